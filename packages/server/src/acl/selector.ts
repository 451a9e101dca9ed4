import type { KeyFlag } from '@modis/sdk'
import type { Command } from '../dispatch/command.ts'
import { type ChannelArgument, channelsOf } from '../dispatch/command-channels.ts'
import { hasKeys, type KeyArgument, keysIfTold } from '../dispatch/command-keys.ts'
import { matchesGlob } from '../keyspace/glob.ts'
import { bytesOf, textOf } from '../protocol/lossless-text.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { RuleRefusal, ruleErrors } from './acl-error.ts'
import { type CommandNames, CommandRules, lowerCase } from './command-rules.ts'

/** Bits of what a key is used for. */
export const KeyPermission = { read: 1, write: 2 } as const

const ALL_PERMISSIONS = KeyPermission.read | KeyPermission.write
const STAR = 0x2a
const none: readonly KeyArgument[] = []

interface KeyPattern {
  readonly bytes: Buffer
  permissions: number
}

/** What a request touches, found once for all selectors that ask. */
export class Touched {
  readonly command: Command
  readonly args: RequestArgs
  #keys: readonly KeyArgument[] | null | undefined
  #channels: readonly ChannelArgument[] | undefined

  constructor(command: Command, args: RequestArgs) {
    this.command = command
    this.args = args
  }

  /** Null where the module whose command it is cannot tell them. */
  get keys(): readonly KeyArgument[] | null {
    if (this.#keys === undefined) {
      this.#keys = hasKeys(this.command) ? (keysIfTold(this.command, this.args) ?? null) : none
    }
    return this.#keys
  }

  get channels(): readonly ChannelArgument[] {
    this.#channels ??= channelsOf(this.command, this.args)
    return this.#channels
  }
}

/** What a selector refuses; `index` is the argument's. */
export interface Refused {
  readonly reason: 'command' | 'key' | 'channel'
  readonly index: number
}

const refusedCommand: Refused = { reason: 'command', index: 0 }
/** Of a command whose keys are not known, none is allowed. */
const refusedKeys: Refused = { reason: 'key', index: 0 }

/** Commands, keys and channels that may be used together. A user has one of its own, and any number beside it. */
export class Selector {
  allowsAllKeys = false
  allowsAllChannels: boolean
  /** Patterns of keys by their text. */
  #keys = new Map<string, KeyPattern>()
  #channels = new Map<string, Buffer>()
  #commandRules: CommandRules

  /** @param allowsAllChannels what `acl-pubsub-default` says of a new user */
  constructor(names: CommandNames, allowsAllChannels: boolean) {
    this.#commandRules = new CommandRules(names)
    this.allowsAllChannels = allowsAllChannels
  }

  copy(names: CommandNames): Selector {
    const copy = new Selector(names, this.allowsAllChannels)
    copy.allowsAllKeys = this.allowsAllKeys
    copy.#keys = new Map([...this.#keys].map(([text, pattern]) => [text, { ...pattern }]))
    copy.#channels = new Map(this.#channels)
    copy.#commandRules = this.#commandRules.copy()
    return copy
  }

  /** Whether nothing is refused. */
  get isUnrestricted(): boolean {
    return this.allowsAllKeys && this.allowsAllChannels && this.#commandRules.allowsAll
  }

  get channelPatterns(): Iterable<string> {
    return this.#channels.keys()
  }

  /**
   * Applies one rule about commands, keys or channels.
   * @throws RuleRefusal
   */
  apply(rule: string): void {
    if (this.#applyWord(lowerCase(rule))) return
    if (rule.startsWith('~') || rule.startsWith('%')) this.#addKeys(rule)
    else if (rule.startsWith('&')) this.#addChannels(rule.slice(1))
    else if (rule.startsWith('+') || rule.startsWith('-')) this.#commandRules.add(rule)
    else throw new RuleRefusal(ruleErrors.syntax)
  }

  /** Applies a rule that allows all of something, or nothing; false where it is none of them. */
  #applyWord(word: string): boolean {
    switch (word) {
      case 'allkeys':
      case '~*':
      case 'resetkeys':
        this.#resetKeys(word !== 'resetkeys')
        return true
      case 'allchannels':
      case '&*':
      case 'resetchannels':
        this.#resetChannels(word !== 'resetchannels')
        return true
      case 'allcommands':
      case '+@all':
        this.#commandRules.reset(true)
        return true
      case 'nocommands':
      case '-@all':
        this.#commandRules.reset(false)
        return true
      default:
        return false
    }
  }

  #resetKeys(allowsAll: boolean): void {
    this.allowsAllKeys = allowsAll
    this.#keys.clear()
  }

  #resetChannels(allowsAll: boolean): void {
    this.allowsAllChannels = allowsAll
    this.#channels.clear()
  }

  #addKeys(rule: string): void {
    if (this.allowsAllKeys) throw new RuleRefusal(ruleErrors.afterAllKeys)
    const [prefix, permissions] = rule.startsWith('~') ? ['~', ALL_PERMISSIONS] : permissionsOf(rule)
    const text = rule.slice(prefix.length)
    if (hasSpaces(text)) throw new RuleRefusal(ruleErrors.syntax)
    const present = this.#keys.get(text)
    if (present !== undefined) present.permissions |= permissions
    else this.#keys.set(text, { bytes: bytesOf(text), permissions })
  }

  #addChannels(text: string): void {
    if (this.allowsAllChannels) throw new RuleRefusal(ruleErrors.afterAllChannels)
    if (hasSpaces(text)) throw new RuleRefusal(ruleErrors.syntax)
    if (!this.#channels.has(text)) this.#channels.set(text, bytesOf(text))
  }

  /** What stands against a request; undefined where nothing does. */
  refusalOf(touched: Touched): Refused | undefined {
    const { command, args } = touched
    if (!command.isAllowedUnauthenticated && !this.#allows(command, args)) return refusedCommand
    if (!this.allowsAllKeys) {
      const { keys } = touched
      if (keys === null) return refusedKeys
      for (const { index, flags } of keys) {
        const key = args.buffer.subarray(args.start(index), args.end(index))
        if (!this.mayAccessKey(key, permissionsFor(flags))) return { reason: 'key', index }
      }
    }
    if (!this.allowsAllChannels) {
      for (const { index, isPattern } of touched.channels) {
        const channel = args.buffer.subarray(args.start(index), args.end(index))
        if (!this.mayAccessChannel(channel, isPattern)) return { reason: 'channel', index }
      }
    }
    return undefined
  }

  #allows(command: Command, args: RequestArgs): boolean {
    const verdict = this.#commandRules.verdictOf(command)
    if (typeof verdict === 'boolean') return verdict
    return args.count > 1 && verdict.has(lowerCase(textOf(args.bytes(1))))
  }

  /** @param isPrefix whether `key` stands for all keys that begin so */
  mayAccessKey(key: Uint8Array, permissions: number, isPrefix = false): boolean {
    if (this.allowsAllKeys) return true
    for (const { bytes, permissions: given } of this.#keys.values()) {
      if ((given & permissions) !== permissions) continue
      // Only a pattern that ends in a star matches whatever may follow the prefix.
      if (isPrefix && !endsInStar(bytes)) continue
      if (matchesGlob(bytes, 0, bytes.length, key, 0, key.length)) return true
    }
    return false
  }

  /** Whether every key there can be may be used. */
  mayAccessEveryKey(permissions: number): boolean {
    if (this.allowsAllKeys) return true
    const pattern = this.#keys.get('*')
    return pattern !== undefined && (pattern.permissions & permissions) === permissions
  }

  /** @param isPattern of PSUBSCRIBE: only the same pattern allows it */
  mayAccessChannel(channel: Uint8Array, isPattern: boolean): boolean {
    if (this.allowsAllChannels) return true
    for (const bytes of this.#channels.values()) {
      if (
        isPattern ? bytes.equals(channel) : matchesGlob(bytes, 0, bytes.length, channel, 0, channel.length)
      ) {
        return true
      }
    }
    return false
  }

  describeCommands(): string {
    return this.#commandRules.describe()
  }

  describeKeys(): string {
    if (this.allowsAllKeys) return '~*'
    const prefixes: Readonly<Record<number, string>> = { 1: '%R~', 2: '%W~', [ALL_PERMISSIONS]: '~' }
    return [...this.#keys].map(([text, { permissions }]) => `${prefixes[permissions]}${text}`).join(' ')
  }

  describeChannels(): string {
    return this.allowsAllChannels ? '&*' : [...this.#channels.keys()].map((text) => `&${text}`).join(' ')
  }

  describe(): string {
    const keys = this.describeKeys()
    const channels = this.describeChannels()
    return [
      ...(keys === '' ? [] : [keys]),
      ...(this.allowsAllChannels ? [] : ['resetchannels']),
      ...(channels === '' ? [] : [channels]),
      this.describeCommands(),
    ].join(' ')
  }
}

/** The start of `%RW~pattern`, and the permissions it names. As in Redis, the rest may be missing from the `~` on. */
function permissionsOf(rule: string): [prefix: string, permissions: number] {
  const [prefix, letters] = /^%(r|w|rw|wr)(?:~|$)/i.exec(rule) ?? []
  if (prefix === undefined || letters === undefined) throw new RuleRefusal(ruleErrors.syntax)
  const lower = letters.toLowerCase()
  let permissions = 0
  if (lower.includes('r')) permissions |= KeyPermission.read
  if (lower.includes('w')) permissions |= KeyPermission.write
  return [prefix, permissions]
}

/** What a user needs for what a command does with a key. */
export function permissionsFor(flags: readonly KeyFlag[]): number {
  let permissions = 0
  for (const flag of flags) {
    if (flag === 'access') permissions |= KeyPermission.read
    else if (flag === 'insert' || flag === 'delete' || flag === 'update') permissions |= KeyPermission.write
  }
  return permissions
}

/** Whether a name or a pattern holds what would tear a line of a file of users apart. */
export function hasSpaces(text: string): boolean {
  return /[ \t\n\v\f\r\0]/.test(text)
}

function endsInStar(pattern: Buffer): boolean {
  if (pattern.at(-1) !== STAR) return false
  let escapes = 0
  while (pattern.at(-2 - escapes) === 0x5c) escapes++
  return escapes % 2 === 0
}
