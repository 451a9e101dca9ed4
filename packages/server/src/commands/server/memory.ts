import { arg } from '@modis/sdk'
import { clientMemory } from '../../client/client-memory.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { Arena } from '../../keyspace/arena.ts'
import { blockSize, Encoding } from '../../keyspace/entry-layout.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import type { BuiltInCommand } from '../family.ts'
import { helpSubcommand } from '../help.ts'
import { memoryReport } from './memory-report.ts'

const TIPS = ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special']

export const memorySubcommands: Readonly<Record<string, BuiltInCommand>> = {
  doctor: {
    summary: 'Tells in words what of the memory is out of proportion.',
    since: '4.0.0',
    complexity: 'O(1)',
    tips: TIPS,
    args: {},
    raw: ({ reply, server }) => reply.verbatim('txt', memoryReport(server)),
  },
  'malloc-stats': {
    summary:
      'Tells of the allocator that the server is built with; that of Modis has no more to say than INFO.',
    since: '4.0.0',
    complexity: 'O(1)',
    tips: TIPS,
    args: {},
    raw: ({ reply }) => reply.verbatim('txt', 'Stats not supported for the current allocator'),
  },
  help: helpSubcommand('4.0.0'),
  purge: {
    summary: 'Gives memory back to the system; Modis does so without being asked.',
    since: '4.0.0',
    complexity: 'O(1)',
    tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
    args: {},
    raw: ({ reply }) => reply.ok(),
  },
  stats: {
    summary: 'Tells how memory is used.',
    since: '4.0.0',
    complexity: 'O(1)',
    tips: TIPS,
    args: {},
    raw: stats,
  },
  usage: {
    summary: 'Estimates the memory that a key takes.',
    since: '4.0.0',
    complexity: 'O(1)',
    flags: ['readonly'],
    args: {
      key: arg.key({ flags: ['RO'] }),
      count: arg.optional(arg.integer({ token: 'SAMPLES' })),
    },
    raw: usage,
  },
}

function usage(ctx: CommandContext, args: RequestArgs): void {
  for (let i = 3; i < args.count; i += 2) {
    if (!args.equals(i, 'SAMPLES') || i + 1 >= args.count) throw syntaxError
    if (longArgument(args, i + 1) < 0) throw syntaxError
  }
  const { database, reply } = ctx
  const entry = database.peek(args.buffer, args.start(2), args.end(2))
  if (entry === undefined) {
    reply.null()
    return
  }
  const own = Arena.blockBytes(blockSize(database.arena, entry.address))
  // The index takes a slot for each key, so a key's share is the mean.
  const share = Math.round(database.arena.indexBytes / Math.max(1, database.size))
  const outside = entry.encoding === Encoding.object ? entry.object().memoryBytes : 0
  reply.integer(own + Math.min(share, own) + outside)
}

function stats({ reply, server }: CommandContext): void {
  const { clients, keyspace, rates } = server
  const used = keyspace.usedBytes
  const peak = rates.peak(used)
  const keys = keyspace.databases.reduce((sum, { size }) => sum + size, 0)
  let clientBytes = 0
  for (const client of clients.values()) clientBytes += clientMemory(client)
  const overhead = keyspace.arena.indexBytes
  const integers: Record<string, number> = {
    'peak.allocated': peak,
    'total.allocated': used,
    'startup.allocated': 0,
    'replication.backlog': 0,
    'clients.slaves': 0,
    'clients.normal': clientBytes,
    'cluster.links': 0,
    'aof.buffer': 0,
    'overhead.total': overhead,
    'keys.count': keys,
    'keys.bytes-per-key': keys === 0 ? 0 : Math.floor(used / keys),
    'dataset.bytes': used - overhead,
  }
  const doubles: Record<string, number> = {
    'dataset.percentage': used === 0 ? 0 : (100 * (used - overhead)) / used,
    'peak.percentage': peak === 0 ? 100 : (100 * used) / peak,
  }
  reply.map(Object.keys(integers).length + Object.keys(doubles).length)
  for (const [name, value] of Object.entries(integers)) {
    reply.bulk(name)
    reply.integer(value)
  }
  for (const [name, value] of Object.entries(doubles)) {
    reply.bulk(name)
    reply.double(value)
  }
}
