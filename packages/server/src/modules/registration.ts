import type { AnyCommand } from '@modis/sdk'
import type { ModuleOption } from '../config/config.ts'
import { ACL_CATEGORIES, MOST_CATEGORIES } from '../dispatch/acl-categories.ts'
import type { Command } from '../dispatch/command.ts'
import type { Server } from '../server.ts'
import type { RegisteredType } from './data-types.ts'
import { ModuleError } from './module-error.ts'
import type { ModuleRecord } from './module-record.ts'
import { type HandlerFactory, isRedisModule } from './registry.ts'

/** What a module is loaded with. */
export interface LoadOptions {
  /** The strings after the name, or after ARGS. */
  readonly args: readonly string[]
  /** What MODULE LOADEX gave, by parameter, with or without the module's name before it. */
  readonly config: ReadonlyMap<string, string>
}

/**
 * Everything one version of a module registers while it loads. Nothing of it is visible before {@link commit}, and
 * {@link rollback} leaves nothing behind.
 */
export class Registration {
  readonly server: Server
  readonly record: ModuleRecord
  readonly options: LoadOptions
  /** The live version that this one is to take the place of. */
  readonly replaces: ModuleRecord | undefined
  readonly commands = new Map<string, Command>()
  readonly types: RegisteredType[] = []
  /** Versions of the APIs it exports, by name. */
  readonly exports = new Map<string, string>()
  readonly #given = new Map<string, string>()
  readonly #used = new Set<string>()
  readonly #whenLive: (() => void)[] = []

  constructor(
    server: Server,
    record: ModuleRecord,
    options: LoadOptions,
    replaces: ModuleRecord | undefined,
  ) {
    this.server = server
    this.record = record
    this.options = options
    this.replaces = replaces
  }

  /**
   * Tells the module's name; a shared object does so while it loads.
   * @throws ModuleError where another module has it
   */
  identify(name: string): void {
    this.#checkName(name)
    this.record.name = name
    this.#collectConfig(name)
  }

  #checkName(name: string): void {
    const { modules, builtIns } = this.server.registry
    // Redis has no built-in modules that could be in the way of what was written for it.
    const taken = modules.get(name) ?? (isRedisModule(this.record) ? undefined : builtIns.get(name))
    if (taken !== undefined && taken !== this.replaces) {
      const from = taken.path === '' ? 'a built-in one' : `loaded from ${taken.path}`
      throw new ModuleError(
        'MODIS_MODULE_NAME_TAKEN',
        `the name '${name}' is already taken by a module, ${from}`,
      )
    }
    if (this.replaces !== undefined && this.replaces.name !== name) {
      throw new ModuleError(
        'MODIS_MODULE_NAME_TAKEN',
        `'${this.record.source}' now calls itself '${name}' but is loaded as '${this.replaces.name}'; unload that first`,
      )
    }
  }

  /** What the file, MODULE LOADEX and the version to be replaced say about the parameters, the last over the first. */
  #collectConfig(name: string): void {
    const { server, replaces, options } = this
    const prefix = `${name.toLowerCase()}.`
    for (const { option } of replaces?.configOptions ?? []) {
      this.#given.set(option.name.toLowerCase(), server.config.shown(option))
    }
    // What is carried over may have lost its parameter; what a file or LOADEX says must have one.
    for (const full of this.#given.keys()) this.#used.add(full)
    for (const [full, { words }] of server.config.pending) {
      if (full.startsWith(prefix)) this.#set(full, words.join(' '))
    }
    for (const [key, text] of options.config) {
      const full = key.toLowerCase().startsWith(prefix) ? key.toLowerCase() : `${prefix}${key.toLowerCase()}`
      this.#set(full, text)
    }
  }

  #set(fullName: string, text: string): void {
    this.#given.set(fullName, text)
    this.#used.delete(fullName)
  }

  /** What was given for the parameter with this full name; undefined where it is to have its default. */
  configText(fullName: string): string | undefined {
    const lower = fullName.toLowerCase()
    this.#used.add(lower)
    return this.#given.get(lower)
  }

  /** @throws ModuleError where a parameter was given that nobody asked for */
  checkConfigUsed(): void {
    for (const name of this.#given.keys()) {
      if (this.#used.has(name)) continue
      const known = this.record.configOptions.map(({ option }) => option.name)
      const allowed = known.length === 0 ? 'the module has none' : `the module has ${known.join(', ')}`
      throw new ModuleError('MODIS_MODULE_CONFIG_UNKNOWN', `there is no parameter '${name}'; ${allowed}`)
    }
  }

  /**
   * Builds a command with its subcommands.
   * @throws ModuleError where the name is malformed or taken
   */
  addCommand(name: string, definition: AnyCommand, handlers: HandlerFactory): Command {
    this.checkCommand(name)
    if (this.commands.has(name.toLowerCase())) {
      throw new ModuleError(
        'MODIS_MODULE_DEFINITION',
        `the command '${name.toLowerCase()}' is registered twice`,
      )
    }
    let command: Command
    try {
      command = this.server.registry.build(this.record, name, definition, handlers)
    } catch (error) {
      throw new ModuleError('MODIS_MODULE_DEFINITION', (error as Error).message, error)
    }
    this.#noteCategories(command)
    this.commands.set(command.name, command)
    return command
  }

  /** @throws ModuleError where the command is in a category too many */
  #noteCategories(command: Command): void {
    for (const category of command.categories) {
      const isKnown = ACL_CATEGORIES.includes(category) || this.record.categories.has(category)
      if (isKnown) continue
      // Another module's category is as good as one of its own.
      if (this.addCategory(category) === 'no-room') {
        throw new ModuleError(
          'MODIS_MODULE_DEFINITION',
          `there is no room for the ACL category '${category}': ${MOST_CATEGORIES} is the most there may be`,
        )
      }
      this.record.categories.add(category)
    }
    for (const subcommand of command.subcommands?.values() ?? []) this.#noteCategories(subcommand)
  }

  /** Adds an ACL category, in lower case, to those that Redis has; it is there as long as a module needs it. */
  addCategory(name: string): 'added' | 'taken' | 'no-room' {
    const { categories } = this.record
    if (this.hasCategory(name)) return 'taken'
    const { registry } = this.server
    const others = [...registry.categories].filter((each) => registry.hasCategory(each, this.replaces))
    if (ACL_CATEGORIES.length + new Set([...others, ...categories]).size >= MOST_CATEGORIES) return 'no-room'
    categories.add(name)
    return 'added'
  }

  /** Whether a category exists beside what the version to be replaced has added. */
  hasCategory(name: string): boolean {
    if (ACL_CATEGORIES.includes(name) || this.record.categories.has(name)) return true
    return this.server.registry.hasCategory(name, this.replaces)
  }

  /** @throws ModuleError where a command of that name exists, the replaced version's excepted */
  checkCommand(name: string): void {
    const lower = name.toLowerCase()
    const taken = this.server.registry.commands.get(lower)
    if (taken === undefined || taken.module === this.replaces) return
    throw new ModuleError(
      'MODIS_MODULE_COMMAND_TAKEN',
      `the command '${lower}' is already taken by module '${taken.module.name}'`,
    )
  }

  /** @throws ModuleError where the name is taken */
  addType(type: RegisteredType): void {
    this.server.dataTypes.check(type.name, this.replaces)
    this.types.push(type)
  }

  addConfig(option: ModuleOption): void {
    this.record.configOptions.push(option)
  }

  /** Does something at the moment the module becomes visible. */
  whenLive(work: () => void): void {
    this.#whenLive.push(work)
  }

  /** Checks once more what may have changed while the module loaded: load may take its time. */
  check(): void {
    this.#checkName(this.record.name)
    for (const name of this.commands.keys()) this.checkCommand(name)
    for (const type of this.types) this.server.dataTypes.check(type.name, this.replaces)
    for (const { option } of this.record.configOptions) this.#checkOption(option.name)
    this.checkConfigUsed()
    if (this.replaces !== undefined) this.server.sharedApis.checkReplacement(this.replaces, this.exports)
  }

  #checkOption(name: string): void {
    const lower = name.toLowerCase()
    const own =
      this.replaces?.configOptions.some(({ option }) => option.name.toLowerCase() === lower) ?? false
    if (own || this.server.config.find(name) === undefined) return
    throw new ModuleError('MODIS_MODULE_DEFINITION', `there is a configuration option '${name}' already`)
  }

  /** Makes everything visible, in place of the version it replaces. Nothing can fail here any more. */
  commit(): void {
    const { server, record, replaces } = this
    const place = replaces && [...server.registry.modules.values()].indexOf(replaces)
    if (replaces !== undefined) withdraw(server, replaces)
    // The order is that of CONFIG REWRITE and thus of the next start: what others need stays before them.
    server.registry.addModule(record, place)
    for (const command of this.commands.values()) server.registry.register(command)
    for (const type of this.types) {
      server.dataTypes.add(type)
      record.types.push(type)
    }
    server.config.addModuleOptions(record.name, this.record.configOptions)
    server.config.takePending(record.name)
    for (const work of this.#whenLive) work()
  }

  /** Undoes everything after a failed load. */
  rollback(): void {
    this.record.resources.release()
  }
}

/** Takes everything of a module out of sight. */
export function withdraw(server: Server, record: ModuleRecord): void {
  server.registry.removeModule(record)
  for (const type of record.types) server.dataTypes.remove(type)
  server.config.removeModuleOptions(record.name)
  record.resources.release()
}
