import { createHash, timingSafeEqual } from 'node:crypto'
import type { Command } from '../dispatch/command.ts'
import { bytesOf } from '../protocol/lossless-text.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { AclRuleError, RuleRefusal, ruleErrors } from './acl-error.ts'
import { type CommandNames, lowerCase } from './command-rules.ts'
import { mergeSelectors, splitSelector } from './merge-selectors.ts'
import { type Refused, Selector, Touched } from './selector.ts'

export { KeyPermission } from './selector.ts'

/** Why a user may not do something. `object` is the command's full name, the key or the channel. */
export interface Denial {
  readonly reason: 'command' | 'key' | 'channel'
  readonly object: Buffer
}

/** What users need of the server. */
export interface UserHost {
  readonly names: CommandNames
  /** Whether new users may use all channels: `acl-pubsub-default`. */
  readonly allowsChannels: boolean
}

const HASH = /^[0-9a-f]{64}$/

/** Everything that rules say of a user. */
class UserState {
  isEnabled = false
  hasNoPassword = false
  sanitizesPayloads = true
  /** SHA-256 in lower-case hexadecimal, in the order they were given. */
  passwords = new Set<string>()
  root: Selector
  others: Selector[] = []

  constructor(root: Selector) {
    this.root = root
  }

  get selectors(): readonly Selector[] {
    return [this.root, ...this.others]
  }
}

/** What a name and rules say: who may log in as it, and what may then be done. */
export class User {
  /** Lossless text, see protocol/lossless-text.ts. */
  readonly name: string
  readonly #host: UserHost
  #state: UserState
  #selectors: readonly Selector[]
  #isUnrestricted: boolean
  #description: string | undefined
  /** A change of rules has taken channels away; {@link Users.changed} closes who has subscribed to them, and resets it. */
  hasLostChannels = false

  /** A user that may do nothing yet. */
  constructor(name: string, host: UserHost) {
    this.name = name
    this.#host = host
    this.#state = new UserState(new Selector(host.names, host.allowsChannels))
    this.#selectors = this.#state.selectors
    this.#isUnrestricted = false
  }

  get isEnabled(): boolean {
    return this.#state.isEnabled
  }

  /** Whether any password will do. */
  get hasNoPassword(): boolean {
    return this.#state.hasNoPassword
  }

  /** Whether nothing is refused: the dispatcher then skips the checks wholly. */
  get isUnrestricted(): boolean {
    return this.#isUnrestricted
  }

  /** `on` or `off`, `nopass` and so forth, in the order Redis shows them. */
  get flags(): string[] {
    const { isEnabled, hasNoPassword, sanitizesPayloads } = this.#state
    return [
      isEnabled ? 'on' : 'off',
      ...(hasNoPassword ? ['nopass'] : []),
      sanitizesPayloads ? 'sanitize-payload' : 'skip-sanitize-payload',
    ]
  }

  /** SHA-256 of each password in hexadecimal. */
  get passwords(): Iterable<string> {
    return this.#state.passwords
  }

  /** The user's own selector, then the others. */
  get selectors(): readonly Selector[] {
    return this.#selectors
  }

  /**
   * Applies rules in their order: all of them, or none where one is wrong. A selector may be spread over several.
   * @throws AclRuleError with Redis's message
   */
  setRules(rules: readonly string[]): void {
    const state = this.#copyOfState()
    for (const rule of mergeSelectors(rules)) this.#apply(state, rule)
    this.#take(state)
  }

  /** Applies rules whose selectors are each one; returns what is wrong with them, and leaves the user alone then. */
  trySetRules(rules: readonly string[]): AclRuleError[] {
    const state = this.#copyOfState()
    const errors: AclRuleError[] = []
    for (const rule of rules) {
      try {
        this.#apply(state, rule)
      } catch (error) {
        if (!(error instanceof AclRuleError)) throw error
        errors.push(error)
      }
    }
    if (errors.length === 0) this.#take(state)
    return errors
  }

  /** Becomes what another user is, but for the name. */
  copyRulesOf(other: User): void {
    this.#take(other.#copyOfState())
  }

  #copyOfState(): UserState {
    const { names } = this.#host
    const { isEnabled, hasNoPassword, sanitizesPayloads, passwords, root, others } = this.#state
    const copy = new UserState(root.copy(names))
    copy.isEnabled = isEnabled
    copy.hasNoPassword = hasNoPassword
    copy.sanitizesPayloads = sanitizesPayloads
    copy.passwords = new Set(passwords)
    copy.others = others.map((selector) => selector.copy(names))
    return copy
  }

  #take(state: UserState): void {
    const before = this.#selectors
    this.#state = state
    this.#selectors = state.selectors
    this.#isUnrestricted = this.#selectors.some((selector) => selector.isUnrestricted)
    this.#description = undefined
    this.hasLostChannels ||= losesChannels(before, this.#selectors)
  }

  #apply(state: UserState, rule: string): void {
    try {
      this.#applyOne(state, rule)
    } catch (error) {
      if (error instanceof RuleRefusal) throw new AclRuleError(rule, error.message)
      throw error
    }
  }

  #applyOne(state: UserState, rule: string): void {
    if (rule === '') return
    const first = rule[0]
    if (first === '>' || first === '#') addPassword(state, passwordHash(rule))
    else if (first === '<' || first === '!') {
      if (!state.passwords.delete(passwordHash(rule))) throw new RuleRefusal(ruleErrors.noSuchPassword)
    } else if (first === '(' && rule.endsWith(')')) state.others.push(this.#selectorOf(rule))
    else if (!this.#applyWord(state, lowerCase(rule))) state.root.apply(rule)
  }

  /** Applies a rule that is a word about the user as a whole; false where it is none of them. */
  #applyWord(state: UserState, word: string): boolean {
    switch (word) {
      case 'on':
      case 'off':
        state.isEnabled = word === 'on'
        return true
      case 'sanitize-payload':
      case 'skip-sanitize-payload':
        state.sanitizesPayloads = word === 'sanitize-payload'
        return true
      case 'nopass':
      case 'resetpass':
        state.hasNoPassword = word === 'nopass'
        state.passwords.clear()
        return true
      case 'clearselectors':
        state.others = []
        return true
      case 'reset':
        this.#reset(state)
        return true
      default:
        return false
    }
  }

  /** Back to what a new user is. */
  #reset(state: UserState): void {
    state.isEnabled = false
    state.hasNoPassword = false
    state.sanitizesPayloads = true
    state.passwords.clear()
    state.others = []
    state.root = new Selector(this.#host.names, this.#host.allowsChannels)
  }

  #selectorOf(rule: string): Selector {
    const selector = new Selector(this.#host.names, this.#host.allowsChannels)
    for (const inner of splitSelector(rule)) selector.apply(inner)
    return selector
  }

  /** The rules that make another user the same, as ACL LIST shows them behind the name. */
  describe(): string {
    this.#description ??= this.#describe()
    return this.#description
  }

  #describe(): string {
    const { root, others, passwords } = this.#state
    return [
      ...this.flags,
      ...[...passwords].map((hash) => `#${hash}`),
      root.describe(),
      ...others.map((selector) => `(${selector.describe()})`),
    ].join(' ')
  }

  /** Why the user may not run a command; undefined where it may. */
  denialOf(command: Command, args: RequestArgs): Denial | undefined {
    if (this.#isUnrestricted) return undefined
    const touched = new Touched(command, args)
    let worst: Refused | undefined
    for (const selector of this.#selectors) {
      const refused = selector.refusalOf(touched)
      if (refused === undefined) return undefined
      if (worst === undefined || isWorse(refused, worst)) worst = refused
    }
    if (worst === undefined) return undefined
    const { reason, index } = worst
    return { reason, object: reason === 'command' ? bytesOf(command.fullName) : args.bytes(index) }
  }

  /** Whether the user may run a command as {@link denialOf} has it, by a selector that allows every key besides. */
  mayRunOnEveryKey(command: Command, args: RequestArgs, permissions: number): boolean {
    if (this.#isUnrestricted) return true
    const touched = new Touched(command, args)
    return this.#selectors.some(
      (selector) => selector.refusalOf(touched) === undefined && selector.mayAccessEveryKey(permissions),
    )
  }

  /**
   * @param permissions bits of {@link KeyPermission}
   * @param isPrefix whether `key` stands for all keys that begin so
   */
  mayAccessKey(key: Uint8Array, permissions: number, isPrefix = false): boolean {
    return this.#selectors.some((selector) => selector.mayAccessKey(key, permissions, isPrefix))
  }

  mayAccessChannel(channel: Uint8Array, isPattern: boolean): boolean {
    return this.#selectors.some((selector) => selector.mayAccessChannel(channel, isPattern))
  }

  /** Whether a password is one of the user's. Whether the user may log in at all is another question. */
  acceptsPassword(password: Uint8Array): boolean {
    if (this.#state.hasNoPassword) return true
    const given = createHash('sha256').update(password).digest()
    let accepts = false
    // Digests have one length, and all are looked at, so that the time of the comparison tells nothing.
    for (const hash of this.#state.passwords) {
      if (timingSafeEqual(given, Buffer.from(hash, 'hex'))) accepts = true
    }
    return accepts
  }
}

function addPassword(state: UserState, hash: string): void {
  state.passwords.add(hash)
  state.hasNoPassword = false
}

/** The hash that a rule gives after `#` or `!`, or that of the password after `>` or `<`. */
function passwordHash(rule: string): string {
  const text = rule.slice(1)
  if (rule[0] === '>' || rule[0] === '<') return createHash('sha256').update(bytesOf(text)).digest('hex')
  if (!HASH.test(text)) throw new RuleRefusal(ruleErrors.badHash)
  return text
}

const SEVERITY = { command: 0, key: 1, channel: 2 } as const

/** Of what several selectors refuse, Redis tells what the one that came furthest has found. */
function isWorse(one: Refused, other: Refused): boolean {
  const difference = SEVERITY[one.reason] - SEVERITY[other.reason]
  return difference > 0 || (difference === 0 && one.index > other.index)
}

/** Whether channels that selectors allow are not all among those that others allow, by their patterns. */
function losesChannels(before: readonly Selector[], after: readonly Selector[]): boolean {
  if (after.some((selector) => selector.allowsAllChannels)) return false
  const kept = new Set(after.flatMap((selector) => [...selector.channelPatterns]))
  return before.some(
    (selector) =>
      selector.allowsAllChannels || [...selector.channelPatterns].some((pattern) => !kept.has(pattern)),
  )
}
