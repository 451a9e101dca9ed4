import { arg, CommandError, type CommandFlag } from '@modis/sdk'
import type { Command } from '../../dispatch/command.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import type { Histogram } from '../../info/histogram.ts'
import { allCommands } from '../../info/sections/commands.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import type { BuiltInCommand } from '../family.ts'
import { helpSubcommand } from '../help.ts'
import { latencyGraph, latencyReport } from './latency-report.ts'

const FLAGS: readonly CommandFlag[] = ['admin', 'noscript', 'loading', 'stale']
const TIPS = ['nondeterministic_output', 'request_policy:all_nodes', 'response_policy:special']

export const latencySubcommands: Readonly<Record<string, BuiltInCommand>> = {
  doctor: {
    summary: 'Tells in words which events took long, and what helps.',
    since: '2.8.13',
    complexity: 'O(1)',
    flags: FLAGS,
    tips: TIPS,
    args: {},
    raw: doctor,
  },
  graph: {
    summary: 'Draws how long an event took, second by second.',
    since: '2.8.13',
    complexity: 'O(1)',
    flags: FLAGS,
    tips: TIPS,
    args: { event: arg.string() },
    raw: graph,
  },
  help: helpSubcommand('2.8.13'),
  histogram: {
    summary: 'Returns how many calls of commands took how long.',
    since: '7.0.0',
    complexity: 'O(N), N being the commands that have been called',
    flags: FLAGS,
    tips: TIPS,
    args: { COMMAND: arg.many(arg.string({ name: 'COMMAND' }), { min: 0 }) },
    raw: histogram,
  },
  history: {
    summary: 'Returns how long an event took, second by second.',
    since: '2.8.13',
    complexity: 'O(1)',
    flags: FLAGS,
    tips: TIPS,
    args: { event: arg.string() },
    raw: history,
  },
  latest: {
    summary: 'Returns the latest occurrence of each event that took long.',
    since: '2.8.13',
    complexity: 'O(1)',
    flags: FLAGS,
    tips: TIPS,
    args: {},
    raw: latest,
  },
  reset: {
    summary: 'Forgets events, or all of them.',
    since: '2.8.13',
    complexity: 'O(1)',
    flags: FLAGS,
    tips: ['request_policy:all_nodes', 'response_policy:agg_sum'],
    args: { event: arg.many(arg.string(), { min: 0 }) },
    raw: reset,
  },
}

function doctor({ reply, server }: CommandContext): void {
  const threshold = server.config.integer('latency-monitor-threshold')
  reply.verbatim('txt', latencyReport(server.slowCommands.latencies, threshold))
}

function graph({ reply, server }: CommandContext, args: RequestArgs): void {
  const event = args.string(2)
  const history = server.slowCommands.latencies.get(event)
  if (history === undefined) throw new CommandError(`No samples available for event '${event}'`)
  reply.verbatim('txt', latencyGraph(event, history))
}

function histogram(ctx: CommandContext, args: RequestArgs): void {
  const { registry } = ctx.server
  const asked: Command[] = []
  for (let i = 2; i < args.count; i++) {
    const command = registry.find(args.string(i))
    if (command !== undefined) asked.push(command)
  }
  const commands = args.count === 2 ? registry.commands.values() : asked
  const found: [name: string, histogram: Histogram][] = []
  for (const { fullName, histogram } of allCommands(commands)) {
    if (histogram !== undefined && histogram.count > 0) found.push([fullName, histogram])
  }
  const { reply } = ctx
  reply.map(found.length)
  for (const [name, { count, cumulative }] of found.map(([name, each]) => [name, facts(each)] as const)) {
    reply.bulk(name)
    reply.map(2)
    reply.bulk('calls')
    reply.integer(count)
    reply.bulk('histogram_usec')
    reply.map(cumulative.length)
    for (const [microseconds, calls] of cumulative) {
      reply.integer(microseconds)
      reply.integer(calls)
    }
  }
}

function facts(histogram: Histogram): { count: number; cumulative: [number, number][] } {
  return { count: histogram.count, cumulative: histogram.cumulative() }
}

function history({ reply, server }: CommandContext, args: RequestArgs): void {
  const samples = server.slowCommands.latencies.get(args.string(2))?.samples ?? []
  reply.array(samples.length)
  for (const { time, milliseconds } of samples) {
    reply.array(2)
    reply.integer(time)
    reply.integer(milliseconds)
  }
}

function latest({ reply, server }: CommandContext): void {
  const { latencies } = server.slowCommands
  reply.array(latencies.size)
  for (const [event, { samples, longest }] of latencies) {
    const last = samples.at(-1)
    reply.array(4)
    reply.bulk(event)
    reply.integer(last?.time ?? 0)
    reply.integer(last?.milliseconds ?? 0)
    reply.integer(longest)
  }
}

function reset({ reply, server }: CommandContext, args: RequestArgs): void {
  const { latencies } = server.slowCommands
  const events = args.count === 2 ? [...latencies.keys()] : []
  for (let i = 2; i < args.count; i++) events.push(args.string(i))
  reply.integer(events.filter((event) => latencies.delete(event)).length)
}
