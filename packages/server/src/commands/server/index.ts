import { arg, CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { infoText } from '../../info/info.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { version } from '../../version.ts'
import { nowMicroseconds } from '../../wall-clock.ts'
import { defineFamily } from '../family.ts'
import { latencySubcommands } from './latency.ts'
import { memorySubcommands } from './memory.ts'
import { shutdown } from './shutdown.ts'
import { slowlogSubcommands } from './slowlog.ts'

export const serverFamily = defineFamily({
  name: 'server',
  group: 'server',
  categories: [],
  commands: {
    info: {
      summary: 'Tells about the server in sections of text.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['loading', 'stale', 'sentinel'],
      categories: ['dangerous'],
      tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
      history: [['7.0.0', 'Takes several sections.']],
      args: { section: arg.many(arg.string(), { min: 0 }) },
      raw: info,
    },
    latency: {
      summary: 'A container for commands about how long things take.',
      since: '2.8.13',
      complexity: 'That of the subcommand.',
      subcommands: latencySubcommands,
    },
    lolwut: {
      summary: 'Shows the version of the server.',
      since: '5.0.0',
      flags: ['readonly', 'fast'],
      args: { version: arg.optional(arg.integer({ token: 'VERSION' })) },
      arity: -1,
      raw: ({ reply }) => reply.verbatim('txt', `Modis ver. ${version}\n`),
    },
    memory: {
      summary: 'A container for commands about memory.',
      since: '4.0.0',
      complexity: 'That of the subcommand.',
      subcommands: memorySubcommands,
    },
    monitor: {
      summary: 'Shows every command that the server runs.',
      since: '1.0.0',
      flags: ['admin', 'noscript', 'loading', 'stale'],
      args: {},
      raw: monitor,
    },
    role: {
      summary: 'Tells the part the server has in replication.',
      since: '2.8.12',
      complexity: 'O(1)',
      flags: ['noscript', 'loading', 'stale', 'fast', 'sentinel'],
      categories: ['admin', 'dangerous'],
      args: {},
      raw: role,
    },
    shutdown: {
      summary: 'Saves the data and ends the server.',
      since: '1.0.0',
      complexity: 'O(N) where the data is saved, N being all keys; else O(1)',
      flags: ['admin', 'noscript', 'loading', 'stale', 'no_multi', 'sentinel', 'allow_busy'],
      history: [['7.0.0', 'Takes `NOW`, `FORCE` and `ABORT`.']],
      args: {
        saveSelector: arg.optional(
          arg.oneof({
            nosave: arg.token('NOSAVE', { required: true }),
            save: arg.token('SAVE', { required: true }),
          }),
        ),
        now: arg.token('NOW', { since: '7.0.0' }),
        force: arg.token('FORCE', { since: '7.0.0' }),
        abort: arg.token('ABORT', { since: '7.0.0' }),
      },
      arity: -1,
      raw: shutdown,
    },
    slowlog: {
      summary: 'A container for commands about commands that took long.',
      since: '2.2.12',
      complexity: 'That of the subcommand.',
      subcommands: slowlogSubcommands,
    },
    time: {
      summary: 'Returns the time of the server.',
      since: '2.6.0',
      complexity: 'O(1)',
      flags: ['loading', 'stale', 'fast'],
      tips: ['nondeterministic_output'],
      args: {},
      raw: time,
    },
  },
})

function info(ctx: CommandContext, args: RequestArgs): void {
  const sections: string[] = []
  for (let i = 1; i < args.count; i++) sections.push(args.string(i))
  ctx.reply.verbatim('txt', infoText(ctx.server, sections))
}

function monitor({ client, mayBlock, reply, server }: CommandContext): void {
  if (!mayBlock) throw new CommandError("MONITOR isn't allowed for DENY BLOCKING client")
  if (server.monitors.has(client)) return
  server.monitors.add(client)
  reply.ok()
}

function role({ reply }: CommandContext): void {
  reply.array(3)
  reply.bulk('master')
  reply.integer(0)
  reply.array(0)
}

function time({ reply }: CommandContext): void {
  const microseconds = nowMicroseconds()
  reply.array(2)
  reply.bulk(String(Math.floor(microseconds / 1e6)))
  reply.bulk(String(microseconds % 1e6))
}
