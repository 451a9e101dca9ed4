import { type CommandBase, defineModule, type KeyFlag, type Module } from '@modis/sdk'
import type { HandlerResult } from '../dispatch/command.ts'
import type { ChannelArgument } from '../dispatch/command-channels.ts'
import type { CommandContext } from '../dispatch/command-context.ts'
import type { KeyArgument } from '../dispatch/command-keys.ts'
import type { RequestArgs } from '../protocol/request-args.ts'

/** A built-in command: described like any module's, run with the server's own context. */
export interface BuiltInCommand extends CommandBase {
  readonly raw?: (ctx: CommandContext, args: RequestArgs) => HandlerResult | Promise<HandlerResult>
  /** What the command does with its keys, where that depends on its arguments: the flag `variable_flags`. */
  readonly keyFlags?: (args: RequestArgs) => readonly KeyFlag[]
  /** The keys with what the command does with each, where it can tell itself. */
  readonly keyArguments?: (args: RequestArgs) => KeyArgument[]
  /** The channels that it publishes or subscribes to. */
  readonly channelArguments?: (args: RequestArgs) => ChannelArgument[]
  readonly subcommands?: Readonly<Record<string, BuiltInCommand>>
}

/** A family of built-in commands. */
export interface Family {
  readonly name: string
  /** Group of its commands in COMMAND DOCS. */
  readonly group: string
  /** ACL categories of all its commands, without `@`. */
  readonly categories: readonly string[]
  readonly commands: Readonly<Record<string, BuiltInCommand>>
}

/** Makes a family a module, through the very function that modules use. */
export function defineFamily(family: Family): Module {
  const commands: Record<string, BuiltInCommand> = {}
  for (const [name, command] of Object.entries(family.commands))
    commands[name] = withCategories(command, family)
  // The handlers take the server's context, which the public contract cannot name.
  return defineModule({ name: family.name, group: family.group, commands: commands as never })
}

function withCategories(command: BuiltInCommand, family: Family): BuiltInCommand {
  // A container does nothing itself; in Redis it has no categories of its group either.
  const isContainer = command.subcommands !== undefined && command.raw === undefined
  const shared = isContainer ? [] : family.categories
  const named = { ...command, categories: [...shared, ...(command.categories ?? [])] }
  if (command.subcommands === undefined) return named
  const subcommands = Object.entries(command.subcommands).map(([name, sub]) => [
    name,
    withCategories(sub, family),
  ])
  return { ...named, subcommands: Object.fromEntries(subcommands) as Record<string, BuiltInCommand> }
}
