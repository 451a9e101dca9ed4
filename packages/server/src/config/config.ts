import { matchesGlob } from '../keyspace/glob.ts'
import { ConfigError, ConfigSetError, type Setting, type SettingSource } from './config-error.ts'
import type { DirectiveOption, Option, OptionValue } from './option.ts'
import { allowedValues, formatOption, parseOption, sameValue } from './option-value.ts'
import { OBSOLETE, OPTIONS, REFUSED } from './options.ts'
import { nearest } from './suggestion.ts'

/** Called after a change of options; what it throws, or rejects with, undoes the change. */
export type ConfigListener = () => void | Promise<void>

/** Where a value is kept, when that is not the configuration itself: a module's own variable. */
export interface ValueAccessor {
  get(): OptionValue
  /** @throws Error whose message refuses the value */
  set(value: OptionValue): void
}

/** An option of a module; its name is `module.parameter`. */
export interface ModuleOption {
  readonly option: Exclude<Option, DirectiveOption>
  readonly accessor?: ValueAccessor
  /** Called once after each change of any of the module's options that share it. */
  readonly apply?: ConfigListener
}

/** What carries out a directive, for CONFIG GET, SET and REWRITE. */
export interface Directive {
  /** Its value for CONFIG GET. */
  get(): string
  /** Carries it out. */
  set(words: readonly string[]): void | Promise<void>
  /** What CONFIG REWRITE is to leave of it in the file. */
  lines(): readonly DirectiveLine[]
}

/** A line that carries out a directive. */
export interface DirectiveLine {
  readonly words: readonly string[]
  /** Lines of all directives of a section stand in the file in this order. */
  readonly order: number
}

/** Rights of the client that changes the configuration. */
export interface ChangeRights {
  /** May set protected options. */
  readonly protected: boolean
  /** May carry out directives, which load modules. */
  readonly directives: boolean
  /** Data is being loaded. */
  readonly loading: boolean
}

interface Slot {
  readonly name: string
  readonly option: Option
  /** Name of the module whose option it is. */
  readonly owner?: string
  readonly accessor?: ValueAccessor
}

/**
 * Present values of the server's options and its modules'. Everything about an option follows from its entry in
 * {@link OPTIONS}.
 */
export class Config {
  /** By name in lower case, aliases included: modules may spell theirs otherwise. */
  readonly #slots = new Map<string, Slot>()
  readonly #values = new Map<string, OptionValue>()
  readonly #listeners = new Map<string, Set<ConfigListener>>()
  readonly #directives = new Map<string, Directive>()
  readonly #pending = new Map<string, Setting>()
  /** Directives of the start in the order they were given, to be carried out by whoever knows them. */
  readonly startDirectives: Setting[] = []
  /** Path of the configuration file; undefined where there is none. */
  file: string | undefined
  /** Whether the file is in Redis's format, so that CONFIG REWRITE can write it. */
  isFileRewritable = false

  /** @throws ConfigError for the first setting that is wrong */
  constructor(settings: readonly Setting[] = []) {
    for (const option of OPTIONS) this.#addSlot({ name: option.name, option })
    const given = new Set<string>()
    for (const setting of settings) this.#take(setting, given)
  }

  #addSlot(slot: Slot): void {
    const { option } = slot
    this.#slots.set(slot.name.toLowerCase(), slot)
    if (option.alias !== undefined) this.#slots.set(option.alias, { ...slot, name: option.alias })
    if (option.type !== 'directive' && slot.accessor === undefined)
      this.#values.set(option.name, defaultOf(option))
  }

  #take(setting: Setting, given: Set<string>): void {
    const name = setting.name.toLowerCase()
    const { words, source } = setting
    const slot = this.#slots.get(name)
    if (slot === undefined) {
      if (OBSOLETE.includes(name)) return
      if (!name.includes('.')) throw new ConfigError(unknownOption(name, this.#slots.keys()), source, name)
      if (words.length === 0) throw new ConfigError('Module config specified without value', source, name)
      this.#pending.set(name, setting)
      return
    }
    const { option } = slot
    if (option.type === 'directive') {
      if (words.length < option.minWords) {
        throw new ConfigError('wrong number of arguments', source, name, allowedValues(option))
      }
      this.startDirectives.push({ ...setting, name: option.name })
      return
    }
    const adds =
      option.type === 'words' && option.repeatable === true && given.has(option.name) && words[0] !== ''
    const present = this.#values.get(option.name) as OptionValue
    const value = parseSetting(option, words, present, source)
    this.#values.set(option.name, adds ? [...(present as string[]), ...(value as string[])] : value)
    given.add(option.name)
  }

  /** Value of an integer option: a number, bytes, or a percentage as a negative number. */
  integer(name: string): number {
    return this.#value(name) as number
  }

  boolean(name: string): boolean {
    return this.#value(name) as boolean
  }

  /** Value of a string or enum option. */
  text(name: string): string {
    return this.#value(name) as string
  }

  /** Value of an option of several words. */
  words(name: string): readonly string[] {
    return this.#value(name) as readonly string[]
  }

  #value(name: string): OptionValue {
    const value = this.#values.get(name) ?? this.#slots.get(name.toLowerCase())?.accessor?.get()
    if (value === undefined) throw new Error(`there is no option '${name}'`)
    return value
  }

  /** Calls `listener` now and after every change of one of `names`, once for a CONFIG SET of several. */
  follow(names: readonly string[], listener: () => void): void {
    this.onChange(names, listener)
    listener()
  }

  /** As {@link follow} without the call now; `listener` may take its time, and may refuse the change by throwing. */
  onChange(names: readonly string[], listener: ConfigListener): void {
    for (const name of names) {
      const listeners = this.#listeners.get(name) ?? new Set()
      this.#listeners.set(name, listeners.add(listener))
    }
  }

  /** Says what carries out a directive from now on. */
  setDirective(name: string, directive: Directive): void {
    this.#directives.set(name, directive)
  }

  /** Every option that has a value, the server's first, then the modules'. */
  *options(): IterableIterator<Option> {
    for (const { name, option } of this.#slots.values()) if (name === option.name) yield option
  }

  /** A value as CONFIG GET shows it. */
  shown(option: Option): string {
    if (option.type === 'directive') return this.#directives.get(option.name)?.get() ?? ''
    return formatOption(option, this.#value(option.name))
  }

  /** The value of an option that is no directive where nobody gives it one. */
  defaultOf(option: Exclude<Option, DirectiveOption>): OptionValue {
    return defaultOf(option)
  }

  /** The present value of an option that is no directive. */
  valueOf(option: Option): OptionValue {
    return this.#value(option.name)
  }

  /** Names of the directives that somebody carries out. */
  get directives(): readonly string[] {
    return [...this.#directives.keys()]
  }

  /** Lines that CONFIG REWRITE writes for a directive; undefined where nobody carries it out. */
  directiveLines(name: string): readonly DirectiveLine[] | undefined {
    return this.#directives.get(name)?.lines()
  }

  /** The option called `name`, which may be an alias, or undefined. */
  find(name: string): Option | undefined {
    return this.#slots.get(name.toLowerCase())?.option
  }

  /** Names and values that match any of `patterns`; a name without wildcards also finds hidden options. */
  get(patterns: readonly string[]): [name: string, value: string][] {
    const found = new Map<string, [string, string]>()
    for (const pattern of patterns) {
      const lower = pattern.toLowerCase()
      if (!/[[*?]/.test(lower)) {
        const option = this.find(lower)
        if (option !== undefined && isShown(option) && !found.has(lower))
          found.set(lower, [pattern, this.shown(option)])
        continue
      }
      for (const [key, { name, option }] of this.#slots) {
        if (option.hidden || !isShown(option) || found.has(key) || !matches(lower, key)) continue
        found.set(key, [name, this.shown(option)])
      }
    }
    return [...found.values()]
  }

  /**
   * CONFIG SET: all of `pairs` take effect, or none. Listeners run once; where one of them takes its time, so does
   * this.
   * @throws ConfigSetError with the reply
   */
  set(pairs: readonly (readonly [name: string, text: string])[], rights: ChangeRights): void | Promise<void> {
    const targets = this.#targets(pairs, rights)
    const directives: (() => void | Promise<void>)[] = []
    const values = new Map<Slot, OptionValue>()
    targets.forEach((slot, index) => {
      const { option } = slot
      const text = (pairs[index] as readonly [string, string])[1]
      const words = option.type === 'words' || option.type === 'directive' ? text.split(' ') : [text]
      attempt(slot, () => {
        if (option.type === 'directive') directives.push(() => this.#carryOut(slot, words))
        else values.set(slot, parseOption(option, words, this.#value(option.name)))
      })
    })
    if (directives.length === 0) return this.#change(values)
    return runAll(directives).then(() => this.#change(values))
  }

  #targets(pairs: readonly (readonly [name: string, text: string])[], rights: ChangeRights): Slot[] {
    const slots: Slot[] = []
    const seen = new Set<Slot>()
    let refused: [name: string, reason: string] | undefined
    let deniedWhileLoading = false
    for (const [name] of pairs) {
      const slot = this.#slots.get(name.toLowerCase())
      if (slot === undefined || !isShown(slot.option)) {
        throw new ConfigSetError(`Unknown option or number of arguments for CONFIG SET - '${name}'`)
      }
      const { option } = slot
      if (refused !== undefined || deniedWhileLoading) continue
      if (option.immutable) refused = [name, "can't set immutable config"]
      else if (option.type === 'directive' && !rights.directives)
        refused = [name, 'enable-module-command forbids it']
      else if (option.protected && !rights.protected) refused = [name, "can't set protected config"]
      else if (option.deniedWhileLoading && rights.loading) deniedWhileLoading = true
      else if (seen.has(slot)) refused = [name, 'duplicate parameter']
      seen.add(slot)
      slots.push(slot)
    }
    if (refused !== undefined) throw failed(refused[0], refused[1])
    if (deniedWhileLoading) throw new ConfigSetError('Redis is loading the dataset in memory', 'LOADING')
    return slots
  }

  async #carryOut(slot: Slot, words: readonly string[]): Promise<void> {
    const directive = this.#directives.get(slot.option.name)
    if (directive === undefined) throw failed(slot.name, 'not available here')
    try {
      const given = words.filter((word) => word !== '')
      // What CONFIG GET shows while nothing was given can be set again.
      if (given.length > 0) await directive.set(given)
    } catch (error) {
      throw failed(slot.name, reasonOf(error))
    }
  }

  /** Puts values in place and tells the listeners; a listener that refuses brings the old values back. */
  #change(values: ReadonlyMap<Slot, OptionValue>): void | Promise<void> {
    const former = new Map<Slot, OptionValue>()
    for (const [slot, value] of values) {
      const old = this.#value(slot.option.name)
      if (sameValue(old, value)) continue
      try {
        this.#put(slot, value)
      } catch (error) {
        this.#restore(former)
        throw failed(slot.option.name, reasonOf(error))
      }
      former.set(slot, old)
    }
    const listeners = new Map<ConfigListener, string>()
    for (const slot of former.keys()) {
      for (const listener of this.#listeners.get(slot.option.name) ?? [])
        listeners.set(listener, slot.option.name)
    }
    return this.#tell([...listeners], former)
  }

  #put({ option, accessor }: Slot, value: OptionValue): void {
    if (accessor === undefined) this.#values.set(option.name, value)
    else accessor.set(value)
  }

  #restore(former: ReadonlyMap<Slot, OptionValue>): void {
    for (const [slot, value] of former) this.#put(slot, value)
  }

  #tell(
    listeners: readonly [ConfigListener, string][],
    former: ReadonlyMap<Slot, OptionValue>,
  ): void | Promise<void> {
    const waits: Promise<void>[] = []
    const undo = (error: unknown, name: string): never => {
      this.#restore(former)
      for (const [listener] of listeners) void this.#quietly(listener)
      throw failed(name, reasonOf(error))
    }
    for (const [listener, name] of listeners) {
      try {
        const result = listener()
        if (result instanceof Promise) waits.push(result.catch((error) => undo(error, name)))
      } catch (error) {
        undo(error, name)
      }
    }
    if (waits.length > 0) return Promise.all(waits).then(() => undefined)
  }

  /** Tells a listener about values that it has accepted before. */
  async #quietly(listener: ConfigListener): Promise<void> {
    try {
      await listener()
    } catch {
      // The change is refused already, and the client hears of the first reason.
    }
  }

  /**
   * Makes the options of a module known, all or none. They start at their defaults, or at what their accessors say.
   * @throws Error where a name is taken
   */
  addModuleOptions(owner: string, added: readonly ModuleOption[]): void {
    for (const { option } of added) {
      if (this.find(option.name) !== undefined) throw new Error(`there is an option '${option.name}' already`)
    }
    for (const { option, accessor, apply } of added) {
      this.#addSlot({ name: option.name, option, owner, ...(accessor === undefined ? {} : { accessor }) })
      if (apply !== undefined) this.onChange([option.name], apply)
    }
  }

  /** Forgets all options of a module. */
  removeModuleOptions(owner: string): void {
    for (const [key, slot] of this.#slots) {
      if (slot.owner !== owner) continue
      const { name } = slot
      this.#slots.delete(key)
      this.#values.delete(name)
      this.#listeners.delete(name)
    }
  }

  /** Settings `module.parameter` of the file and command line whose module has not come yet, by name. */
  get pending(): ReadonlyMap<string, Setting> {
    return this.#pending
  }

  /** Takes the pending settings of a module: the text of each by the option's full name. */
  takePending(owner: string): Map<string, string> {
    const taken = new Map<string, string>()
    for (const [name, { words }] of this.#pending) {
      if (!name.startsWith(`${owner.toLowerCase()}.`)) continue
      taken.set(name, words.join(' '))
      this.#pending.delete(name)
    }
    return taken
  }
}

function defaultOf(option: Exclude<Option, DirectiveOption>): OptionValue {
  const value = option.default
  return option.type === 'string' ? (option.normalize?.(value as string) ?? value) : value
}

function matches(pattern: string, name: string): boolean {
  const patternBytes = Buffer.from(pattern)
  const nameBytes = Buffer.from(name)
  return matchesGlob(patternBytes, 0, patternBytes.length, nameBytes, 0, nameBytes.length)
}

function isShown(option: Option): boolean {
  return option.type !== 'directive' || option.settable
}

/** The words of a file or command line: one word of an option that takes several may hold them all. */
function parseSetting(
  option: Option,
  words: readonly string[],
  present: OptionValue,
  source: SettingSource,
): OptionValue {
  const split =
    option.type === 'words' && words.length === 1 && words[0] !== ''
      ? (words[0] as string).split(' ').filter((word) => word !== '')
      : words
  try {
    return parseOption(option, split, present)
  } catch (error) {
    throw new ConfigError(refusalOf(option, split, error), source, option.name, allowedValues(option))
  }
}

/** Why words are no value of an option, as far as what is allowed, which follows, does not say it. */
function refusalOf(option: Option, words: readonly string[], error: unknown): string {
  const reason = reasonOf(error)
  if (option.sensitive) return reason
  const shown = `cannot be '${words.join(' ')}'`
  const isPlain = ['integer', 'boolean', 'enum'].includes(option.type)
  return isPlain && words.length === 1 ? shown : `${shown}: ${reason}`
}

function unknownOption(name: string, known: Iterable<string>): string {
  const refused = REFUSED[name]
  if (refused !== undefined) return refused
  const suggestion = nearest(name, known)
  return `there is no such option${suggestion === undefined ? '' : `; did you mean '${suggestion}'?`}`
}

function attempt(slot: Slot, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw failed(slot.name, reasonOf(error))
  }
}

async function runAll(works: readonly (() => void | Promise<void>)[]): Promise<void> {
  for (const work of works) await work()
}

function failed(name: string, reason: string): ConfigSetError {
  return new ConfigSetError(`CONFIG SET failed (possibly related to argument '${name}') - ${reason}`)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
