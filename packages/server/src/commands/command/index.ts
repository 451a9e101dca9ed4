import { arg, CommandError, type CommandFlag } from '@modis/sdk'
import type { Command } from '../../dispatch/command.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { hasKeys, keysOf } from '../../dispatch/command-keys.ts'
import { allCommands } from '../../info/sections/commands.ts'
import { matchesGlob } from '../../keyspace/glob.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { defineFamily } from '../family.ts'
import { helpSubcommand } from '../help.ts'
import { writeCommandDocs, writeCommandInfo, writeKeyFlags } from './describe.ts'

const FLAGS: readonly CommandFlag[] = ['loading', 'stale', 'sentinel']
const UNORDERED = ['nondeterministic_output_order']
const LOOK_UPS = 'O(N), N being the commands asked for'
const ALL_COMMANDS = 'O(N), N being the commands of the server'

const commandWithArguments = {
  command: arg.string(),
  arg: arg.many(arg.bytes({ name: 'arg' }), { min: 0 }),
}

export const commandFamily = defineFamily({
  name: 'command',
  group: 'server',
  categories: ['connection'],
  commands: {
    command: {
      summary: 'Tells about all commands.',
      since: '2.8.13',
      complexity: ALL_COMMANDS,
      flags: FLAGS,
      tips: UNORDERED,
      arity: -1,
      raw: (ctx) => infoOfAll(ctx),
      subcommands: {
        count: {
          summary: 'Returns the number of commands.',
          since: '2.8.13',
          complexity: 'O(1)',
          flags: FLAGS,
          args: {},
          raw: ({ reply, server }) => reply.integer(server.registry.commands.size),
        },
        docs: {
          summary: 'Returns the documentation of commands.',
          since: '7.0.0',
          complexity: LOOK_UPS,
          flags: FLAGS,
          tips: UNORDERED,
          args: { commandName: arg.many(arg.string(), { min: 0 }) },
          raw: docs,
        },
        getkeys: {
          summary: 'Returns the keys of a command with its arguments.',
          since: '2.8.13',
          complexity: 'O(N), N being the arguments of the command',
          flags: FLAGS,
          args: commandWithArguments,
          raw: (ctx, args) => getKeys(ctx, args, false),
        },
        getkeysandflags: {
          summary: 'Returns the keys of a command with its arguments, and what it does with each.',
          since: '7.0.0',
          complexity: 'O(N), N being the arguments of the command',
          flags: FLAGS,
          args: commandWithArguments,
          raw: (ctx, args) => getKeys(ctx, args, true),
        },
        help: helpSubcommand('5.0.0', ['loading', 'stale', 'sentinel']),
        info: {
          summary: 'Tells about commands.',
          since: '2.8.13',
          complexity: LOOK_UPS,
          flags: FLAGS,
          tips: UNORDERED,
          history: [['7.0.0', 'Without a name it tells about all commands.']],
          args: { commandName: arg.many(arg.string(), { min: 0 }) },
          raw: info,
        },
        list: {
          summary: 'Returns the names of commands.',
          since: '7.0.0',
          complexity: ALL_COMMANDS,
          flags: FLAGS,
          tips: UNORDERED,
          args: {
            filterby: arg.optional(
              arg.oneof(
                {
                  moduleName: arg.string({ token: 'MODULE' }),
                  category: arg.string({ token: 'ACLCAT' }),
                  pattern: arg.pattern({ token: 'PATTERN' }),
                },
                { token: 'FILTERBY' },
              ),
            ),
          },
          raw: list,
        },
      },
    },
  },
})

const invalidCommand = new CommandError('Invalid command specified')
const noKeys = new CommandError('The command has no key arguments')
const wrongCount = new CommandError('Invalid number of arguments specified for command')
const wrongArguments = new CommandError('Invalid arguments specified for command')

function infoOfAll({ reply, server }: CommandContext): void {
  const { commands } = server.registry
  reply.array(commands.size)
  for (const command of commands.values()) writeCommandInfo(reply, command)
}

function info(ctx: CommandContext, args: RequestArgs): void {
  if (args.count === 2) {
    infoOfAll(ctx)
    return
  }
  const { reply, server } = ctx
  reply.array(args.count - 2)
  for (let i = 2; i < args.count; i++) {
    const command = server.registry.find(args.string(i))
    if (command === undefined) reply.null()
    else writeCommandInfo(reply, command)
  }
}

function docs({ reply, server }: CommandContext, args: RequestArgs): void {
  const asked: Command[] = []
  for (let i = 2; i < args.count; i++) {
    const command = server.registry.find(args.string(i))
    if (command !== undefined) asked.push(command)
  }
  const commands = args.count === 2 ? [...server.registry.commands.values()] : asked
  reply.map(commands.length)
  for (const command of commands) {
    reply.bulk(command.fullName)
    writeCommandDocs(reply, command)
  }
}

function getKeys({ reply, server }: CommandContext, args: RequestArgs, withFlags: boolean): void {
  const request = args.slice(2)
  const command = server.registry.resolve(request)
  if (command === undefined) throw invalidCommand
  if (!hasKeys(command)) throw noKeys
  if (!command.accepts(request.count)) throw wrongCount
  const keys = keysOf(command, request)
  if (keys.length === 0 && !command.flags.has('no_mandatory_keys')) throw wrongArguments
  reply.array(keys.length)
  for (const { index, flags } of keys) {
    if (withFlags) reply.array(2)
    reply.bulkRange(request.buffer, request.start(index), request.end(index))
    if (withFlags) writeKeyFlags(reply, flags)
  }
}

function list({ reply, server }: CommandContext, args: RequestArgs): void {
  let matches: (command: Command) => boolean = () => true
  if (args.count === 5 && args.equals(2, 'FILTERBY')) matches = filterArgument(args)
  else if (args.count !== 2) throw syntaxError
  const found = [...allCommands(server.registry.commands.values())].filter(matches)
  reply.array(found.length)
  for (const { fullName } of found) reply.bulk(fullName)
}

function filterArgument(args: RequestArgs): (command: Command) => boolean {
  if (args.equals(3, 'MODULE')) {
    const name = args.string(4)
    return ({ module }) => module.kind !== 'built-in' && module.name === name
  }
  if (args.equals(3, 'ACLCAT')) {
    const category = args.string(4).toLowerCase()
    return ({ categories }) => categories.includes(category)
  }
  if (!args.equals(3, 'PATTERN')) throw syntaxError
  const pattern = args.bytes(4)
  return ({ fullName }) => {
    const name = Buffer.from(fullName)
    return matchesGlob(pattern, 0, pattern.length, name, 0, name.length, true)
  }
}
