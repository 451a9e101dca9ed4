import { type AnyCommand, CommandError, type CommandFlag, type KeySpec } from '@modis/sdk'
import { compileKeyFinder, describe, type SchemaDescription } from '@modis/sdk/internal'
import { Command, type Handler } from '../dispatch/command.ts'
import type { KeyArgument } from '../dispatch/command-keys.ts'
import { CommandTable } from '../dispatch/command-table.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { ModuleRecord } from './module-record.ts'

/** Makes the server's handler for a definition of some kind of module. */
export type HandlerFactory = (definition: AnyCommand, fullName: string) => Handler | undefined

/** All modules and their commands: the one door through which commands come in. */
export class Registry {
  readonly commands = new CommandTable()
  /** Loaded modules by name, in the order they came. */
  readonly modules = new Map<string, ModuleRecord>()
  /** The families of commands that are part of the server. */
  readonly builtIns = new Map<string, ModuleRecord>()
  /** ACL categories that modules have added to Redis's. */
  readonly categories = new Set<string>()

  /** The command called `name`, or `container|name` for a subcommand. */
  find(name: string): Command | undefined {
    const [first = '', second, ...more] = name.toLowerCase().split('|')
    const command = more.length === 0 ? this.commands.get(first) : undefined
    return second === undefined ? command : command?.subcommands?.get(second)
  }

  /** The command that a request means, or undefined. */
  resolve(args: RequestArgs): Command | undefined {
    const command = this.commands.find(args, 0)
    if (command?.subcommands === undefined || args.count < 2) return command
    return command.subcommands.get(args.string(1).toLowerCase())
  }

  /**
   * Makes a module's record known, last or at a place among the others. The module's commands follow with
   * {@link register}.
   */
  addModule(module: ModuleRecord, place = this.modules.size): void {
    if (module.kind === 'built-in') {
      this.builtIns.set(module.name, module)
      return
    }
    const following = [...this.modules.values()].slice(place)
    this.modules.set(module.name, module)
    for (const category of module.categories) this.categories.add(category)
    for (const each of following) {
      this.modules.delete(each.name)
      this.modules.set(each.name, each)
    }
  }

  /**
   * Builds the command `name` of `module` without making it visible yet.
   * @throws CommandError where the name is malformed
   */
  build(
    module: ModuleRecord,
    name: string,
    definition: AnyCommand,
    handlers: HandlerFactory,
    parent?: Command,
  ): Command {
    const lower = name.toLowerCase()
    if (!/^[^\s|\0]+$/.test(lower)) throw new CommandError(`Invalid command name '${name}'`)
    const description = describe(definition.args ?? {}, {
      nameWords: parent === undefined ? 1 : 2,
      ...(definition.arity === undefined ? {} : { arity: definition.arity }),
      ...(definition.keySpecs === undefined ? {} : { keySpecs: definition.keySpecs }),
    })
    const flags = flagsOf(definition, module, description)
    const command: Command = new Command({
      name: lower,
      // Redis shows the names of modules' commands as they were given.
      ...(isRedisModule(module) && name !== lower ? { shownName: name } : {}),
      module,
      ...(parent === undefined ? {} : { parent }),
      arity: arityOf(definition, description.arity),
      flags,
      // A Redis module names all categories of its commands itself.
      categories: isRedisModule(module)
        ? [...(definition.categories ?? [])]
        : categoriesOf(flags, definition.categories ?? []),
      description,
      definition: findingKeys(definition, description, parent === undefined ? 1 : 2),
      ...optionalHandler(handlers(definition, parent === undefined ? lower : `${parent.fullName}|${lower}`)),
    })
    if (definition.subcommands !== undefined) {
      command.subcommands = new Map()
      for (const [subname, subdefinition] of Object.entries(definition.subcommands)) {
        const subcommand = this.build(module, subname, subdefinition as AnyCommand, handlers, command)
        command.subcommands.set(subcommand.name, subcommand)
      }
    }
    return command
  }

  /**
   * Makes a built command visible to clients.
   * @throws CommandError where another module has the name
   */
  register(command: Command): void {
    const taken = this.commands.get(command.name)
    if (taken !== undefined) {
      throw new CommandError(`command '${command.name}' is already taken by module '${taken.module.name}'`)
    }
    this.commands.add(command)
    command.module.commands.push(command)
  }

  /** Removes a module and all its commands. */
  removeModule(module: ModuleRecord): void {
    for (const command of module.commands) {
      if (this.commands.get(command.name) === command) this.commands.delete(command.name)
    }
    module.commands.length = 0
    if (this.modules.get(module.name) === module) this.modules.delete(module.name)
    for (const category of module.categories) {
      if (!this.hasCategory(category)) this.categories.delete(category)
    }
  }

  /** Whether a loaded module has commands of a category that Redis does not have; one may be left out. */
  hasCategory(name: string, apartFrom?: ModuleRecord): boolean {
    return [...this.modules.values()].some((each) => each !== apartFrom && each.categories.has(name))
  }
}

/**
 * A definition that finds the keys of a call by parsing it, where key specifications alone may miss some: after a token
 * that may be missing, or be the value of another argument, and where positions are not known in advance.
 */
function findingKeys(definition: AnyCommand, { keySpecs }: SchemaDescription, nameWords: number): AnyCommand {
  const { args, run } = definition
  const isVague = keySpecs.some(({ begin, find }) => !('index' in begin) || 'unknown' in find)
  if (run === undefined || args === undefined || !isVague) return definition
  const find = compileKeyFinder(args, nameWords)
  const keyArguments = (request: RequestArgs): KeyArgument[] => {
    try {
      return find(request)
    } catch (error) {
      // Such a call fails before it touches a key.
      if (error instanceof CommandError) return []
      throw error
    }
  }
  return { ...definition, keyArguments } as AnyCommand
}

function optionalHandler(handler: Handler | undefined): { handler?: Handler } {
  return handler === undefined ? {} : { handler }
}

/** A command with subcommands takes at least one of their names, unless it can do without. */
function arityOf(definition: AnyCommand, described: number): number {
  return definition.subcommands !== undefined && definition.arity === undefined && !definition.raw
    ? -2
    : described
}

function flagsOf(
  definition: AnyCommand,
  module: ModuleRecord,
  { keySpecs, movable }: SchemaDescription,
): readonly CommandFlag[] {
  const flags = new Set(definition.flags ?? [])
  if (isRedisModule(module)) {
    flags.add('module')
  } else if (module.kind !== 'built-in') {
    // A module that says nothing of reading or writing says it by how it opens its keys.
    const isSilent = !flags.has('write') && !flags.has('readonly') && keySpecs.length > 0
    if (isSilent) flags.add(keySpecs.some(writes) ? 'write' : 'readonly')
    flags.add('module')
  }
  if (movable) flags.add('movablekeys')
  return [...flags]
}

/** Whether a module is a binary written for the Redis Modules API, which has rules of its own. */
export function isRedisModule({ kind }: ModuleRecord): boolean {
  return kind === 'shared object' || kind === 'redis module package'
}

function writes({ flags }: KeySpec): boolean {
  return flags.some((flag) => flag === 'RW' || flag === 'OW' || flag === 'RM')
}

/** Categories that follow from flags, in Redis's order, then those the definition names. */
function categoriesOf(flags: readonly CommandFlag[], named: readonly string[]): string[] {
  const has = (flag: CommandFlag): boolean => flags.includes(flag)
  const categories = new Set<string>(named)
  if (has('write')) categories.add('write')
  if (has('readonly') && !categories.has('scripting')) categories.add('read')
  if (has('admin')) categories.add('admin').add('dangerous')
  if (has('pubsub')) categories.add('pubsub')
  if (has('fast')) categories.add('fast')
  if (has('blocking')) categories.add('blocking')
  if (!categories.has('fast')) categories.add('slow')
  return [...categories]
}
