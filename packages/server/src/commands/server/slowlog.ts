import { arg, CommandError, type CommandFlag } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { atLeast } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import type { BuiltInCommand } from '../family.ts'
import { helpSubcommand, subcommandSyntax } from '../help.ts'

const FLAGS: readonly CommandFlag[] = ['admin', 'loading', 'stale']
const DEFAULT_COUNT = 10

const badCount = new CommandError('count should be greater than or equal to -1')

export const slowlogSubcommands: Readonly<Record<string, BuiltInCommand>> = {
  get: {
    summary: 'Returns the latest commands that took long.',
    since: '2.2.12',
    complexity: 'O(N), N being the entries returned',
    flags: FLAGS,
    tips: ['request_policy:all_nodes', 'nondeterministic_output'],
    history: [['4.0.0', 'Tells the address and the name of the client.']],
    args: { count: arg.optional(arg.integer()) },
    arity: -2,
    raw: get,
  },
  help: helpSubcommand('6.2.0'),
  len: {
    summary: 'Returns the number of entries.',
    since: '2.2.12',
    complexity: 'O(1)',
    flags: FLAGS,
    tips: ['request_policy:all_nodes', 'response_policy:agg_sum', 'nondeterministic_output'],
    args: {},
    raw: (ctx) => ctx.reply.integer(ctx.server.slowCommands.entries.length),
  },
  reset: {
    summary: 'Forgets all entries.',
    since: '2.2.12',
    complexity: 'O(N), N being the entries',
    flags: FLAGS,
    tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
    args: {},
    raw: (ctx) => {
      ctx.server.slowCommands.reset()
      ctx.reply.ok()
    },
  },
}

function get({ reply, server }: CommandContext, args: RequestArgs): void {
  if (args.count > 3) throw subcommandSyntax('SLOWLOG', args)
  const { entries } = server.slowCommands
  const count = args.count === 3 ? atLeast(args, 2, -1, badCount) : DEFAULT_COUNT
  const shown = entries.slice(0, count < 0 ? entries.length : count)
  reply.array(shown.length)
  for (const entry of shown) {
    reply.array(6)
    reply.integer(entry.id)
    reply.integer(entry.time)
    reply.integer(entry.microseconds)
    reply.array(entry.args.length)
    for (const each of entry.args) reply.bulk(each)
    reply.bulk(entry.address)
    reply.bulk(entry.clientName)
  }
}
