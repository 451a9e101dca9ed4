import type { Command } from '../dispatch/command.ts'
import { RuleRefusal, ruleErrors } from './acl-error.ts'

/** What rules need to know of the commands there are. */
export interface CommandNames {
  /** The command called `name`, or `container|name` for a subcommand. */
  find(name: string): Command | undefined
  /** Whether commands of a category can exist: one of Redis's, or one that a module has added. */
  isCategory(name: string): boolean
}

/** Whether a command may be run: always, never, or with one of some first arguments only, in lower case. */
export type CommandVerdict = boolean | ReadonlySet<string>

/** `@category`, `command`, `container|subcommand` or `command|first-argument`, and whether it is allowed. */
interface Rule {
  readonly name: string
  readonly allow: boolean
}

/**
 * Which commands a selector allows: a beginning, everything or nothing, and rules in the order they were given.
 *
 * What they say of a command is worked out when the command is first asked for, from its name and its categories. So a
 * command that a module brings later is decided by the same rules as the others, and a rule whose command has gone with
 * its module waits for it to come again.
 */
export class CommandRules {
  readonly #names: CommandNames
  #allowsByDefault = false
  /** In their order, with gaps where a later one took the place of another: to move one must not move the others. */
  #rules: (Rule | undefined)[] = []
  /** Where each rule is. */
  #places = new Map<string, number>()
  /** Rules with a `|` by what stands before it. */
  #withinCommand = new Map<string, Set<string>>()
  /** What the rules say of commands that were asked for since the last of them was given. */
  #verdicts: WeakMap<Command, CommandVerdict> | undefined

  constructor(names: CommandNames) {
    this.#names = names
  }

  copy(): CommandRules {
    const copy = new CommandRules(this.#names)
    copy.#allowsByDefault = this.#allowsByDefault
    copy.#rules = this.#rules.filter((rule) => rule !== undefined)
    copy.#places = new Map(copy.#rules.map((rule, place) => [(rule as Rule).name, place]))
    copy.#withinCommand = new Map([...this.#withinCommand].map(([name, rules]) => [name, new Set(rules)]))
    return copy
  }

  /** Whether every command is allowed, those that modules may bring included. */
  get allowsAll(): boolean {
    return this.#allowsByDefault && this.#places.size === 0
  }

  /** Begins anew with everything or nothing. */
  reset(allow: boolean): void {
    this.#allowsByDefault = allow
    this.#rules = []
    this.#places.clear()
    this.#withinCommand.clear()
    this.#verdicts = undefined
  }

  /**
   * Adds `+command`, `-command`, `+@category` and their like.
   * @throws RuleRefusal
   */
  add(rule: string): void {
    const allow = rule.startsWith('+')
    const name = rule.slice(1)
    if (name.startsWith('@')) this.#addCategory(name.slice(1), allow)
    else if (allow && name.includes('|')) this.#allowWithin(name)
    else {
      const known = this.#names.find(name)?.fullName ?? (this.#isOrphan(name) ? name : undefined)
      if (known === undefined) throw new RuleRefusal(ruleErrors.unknown)
      this.#put(known, allow)
    }
  }

  /** Whether there is a rule for a command that has gone with its module: such a rule must be replaceable. */
  #isOrphan(name: string): boolean {
    const [container = ''] = name.split('|')
    return this.#places.has(lowerCase(name)) && this.#names.find(container) === undefined
  }

  #addCategory(name: string, allow: boolean): void {
    if (!this.#names.isCategory(lowerCase(name))) throw new RuleRefusal(ruleErrors.unknown)
    this.#put(`@${name}`, allow)
  }

  /** Allows a subcommand, or a command with one first argument. */
  #allowWithin(name: string): void {
    const bar = name.lastIndexOf('|')
    const command = this.#names.find(name.slice(0, bar))
    if (command === undefined) throw new RuleRefusal(ruleErrors.unknown)
    if (command.parent !== undefined) throw new RuleRefusal(ruleErrors.ofSubcommand)
    if (bar === name.length - 1) throw new RuleRefusal(ruleErrors.syntax)
    if (command.subcommands !== undefined && this.#names.find(name) === undefined) {
      throw new RuleRefusal(ruleErrors.unknown)
    }
    this.#put(name, true)
  }

  /** Puts a rule last; what it makes meaningless goes. */
  #put(shownName: string, allow: boolean): void {
    const name = lowerCase(shownName)
    const place = this.#places.get(name)
    if (place !== undefined) this.#rules[place] = undefined
    for (const within of this.#withinCommand.get(name) ?? []) {
      this.#rules[this.#places.get(within) as number] = undefined
      this.#places.delete(within)
    }
    this.#withinCommand.delete(name)
    this.#places.set(name, this.#rules.push({ name, allow }) - 1)
    const bar = name.indexOf('|')
    if (bar > 0) {
      const container = name.slice(0, bar)
      const others = this.#withinCommand.get(container)
      if (others === undefined) this.#withinCommand.set(container, new Set([name]))
      else others.add(name)
    }
    this.#verdicts = undefined
  }

  verdictOf(command: Command): CommandVerdict {
    if (this.#places.size === 0) return this.#allowsByDefault
    this.#verdicts ??= new WeakMap()
    let verdict = this.#verdicts.get(command)
    if (verdict === undefined) {
      verdict = this.#decide(command)
      this.#verdicts.set(command, verdict)
    }
    return verdict
  }

  #decide(command: Command): CommandVerdict {
    const { parent } = command
    const name = lowerCase(command.fullName)
    const container = parent === undefined ? undefined : lowerCase(parent.fullName)
    // A rule for a container holds for all its subcommands, whatever categories they have themselves.
    const categories = new Set(
      parent === undefined ? command.categories : [...command.categories, ...parent.categories],
    )
    let isAllowed = this.#allowsByDefault
    let firstArguments: Set<string> | undefined
    for (const given of this.#rules) {
      if (given === undefined) continue
      const { name: rule, allow } = given
      const isMeant = rule.startsWith('@')
        ? categories.has(rule.slice(1))
        : rule === name || rule === container
      if (isMeant) {
        isAllowed = allow
        firstArguments = undefined
      } else if (rule.startsWith(`${name}|`) && command.subcommands === undefined) {
        firstArguments ??= new Set()
        firstArguments.add(rule.slice(name.length + 1))
      }
    }
    return isAllowed || firstArguments === undefined ? isAllowed : firstArguments
  }

  /** As Redis shows it: `+@all` or `-@all`, and the rules that narrow or widen it. */
  describe(): string {
    let text = this.#allowsByDefault ? '+@all' : '-@all'
    for (const rule of this.#rules) if (rule !== undefined) text += ` ${rule.allow ? '+' : '-'}${rule.name}`
    return text
  }
}

/** Letters of ASCII in lower case, and nothing else changed: the bytes of other characters are compared as they are. */
export function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
