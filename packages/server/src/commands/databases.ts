import { arg, CommandError } from '@modis/sdk'
import type { CommandContext } from '../dispatch/command-context.ts'
import { syntaxError } from '../dispatch/command-errors.ts'
import type { Database } from '../keyspace/database.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import {
  databaseArgument,
  databaseNumberArgument,
  numberedDatabase,
  sameObject,
} from './database-argument.ts'
import { type BuiltInCommand, defineFamily } from './family.ts'

const invalidFirst = new CommandError('invalid first DB index')
const invalidSecond = new CommandError('invalid second DB index')

/** What FLUSHALL and FLUSHDB have in common. */
const flushing: Omit<BuiltInCommand, 'summary' | 'since' | 'raw'> = {
  complexity: 'O(N), N being the number of keys, in the background',
  flags: ['write'],
  categories: ['dangerous'],
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  history: [
    ['4.0.0', 'ASYNC.'],
    ['6.2.0', 'SYNC.'],
  ],
  args: {
    flushType: arg.optional(
      arg.oneof({
        async: arg.token('ASYNC', { since: '4.0.0' }),
        sync: arg.token('SYNC', { since: '6.2.0' }),
      }),
    ),
  },
}

export const databasesFamily = defineFamily({
  name: 'databases',
  group: 'server',
  categories: ['keyspace'],
  commands: {
    dbsize: {
      summary: 'Returns the number of keys in the database.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      tips: ['request_policy:all_shards', 'response_policy:agg_sum'],
      raw: dbsize,
    },
    flushall: {
      summary: 'Deletes all keys of all databases.',
      since: '1.0.0',
      ...flushing,
      raw: flushall,
    },
    flushdb: {
      summary: 'Deletes all keys of the database.',
      since: '1.0.0',
      ...flushing,
      raw: flushdb,
    },
    move: {
      summary: 'Moves a key to another database.',
      group: 'generic',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['write', 'fast'],
      args: { key: arg.key('RW'), db: arg.integer() },
      raw: move,
    },
    swapdb: {
      summary: 'Swaps two databases.',
      since: '4.0.0',
      complexity: 'O(N), N being the clients that watch or wait for keys of the two',
      flags: ['write', 'fast'],
      categories: ['dangerous'],
      args: { index1: arg.integer(), index2: arg.integer() },
      raw: swapdb,
    },
  },
})

function dbsize(ctx: CommandContext): void {
  ctx.reply.integer(ctx.database.size)
}

function flushdb(ctx: CommandContext, args: RequestArgs): void {
  flush(ctx, args, [ctx.database])
}

function flushall(ctx: CommandContext, args: RequestArgs): void {
  const { keyspace, log, persistence } = ctx.server
  flush(ctx, args, keyspace.databases)
  // As in Redis, a file with the old keys is not left behind where saving is configured.
  if (persistence.savePoints.length === 0) return
  try {
    persistence.saveNow()
  } catch (error) {
    log.warning(`Saving after FLUSHALL failed: ${error instanceof Error ? error.message : error}`)
  }
}

/** Empties databases at once; their memory is given back in slices whether SYNC or ASYNC was asked for. */
function flush(ctx: CommandContext, args: RequestArgs, databases: readonly Database[]): void {
  if (args.count > 2 || (args.count === 2 && !args.equals(1, 'SYNC') && !args.equals(1, 'ASYNC')))
    throw syntaxError
  const isAsync = args.count === 2 && args.equals(1, 'ASYNC')
  ctx.server.keyspace.dirty += ctx.server.flush(databases, isAsync)
  ctx.reply.ok()
}

function swapdb(ctx: CommandContext, args: RequestArgs): void {
  const firstNumber = databaseNumberArgument(args, 1, invalidFirst)
  const secondNumber = databaseNumberArgument(args, 2, invalidSecond)
  const first = numberedDatabase(ctx, firstNumber)
  const second = numberedDatabase(ctx, secondNumber)
  if (first !== second) {
    const { blocking, keyspace, watches } = ctx.server
    const isInEither = (key: Buffer): boolean =>
      first.peek(key, 0, key.length) !== undefined || second.peek(key, 0, key.length) !== undefined
    watches.changedAll(first, isInEither)
    watches.changedAll(second, isInEither)
    keyspace.swap(first, second)
    blocking.signalAll(first)
    blocking.signalAll(second)
    ctx.server.events.emit('databases-swapped', { first: first.index, second: second.index })
  }
  ctx.server.keyspace.dirty++
  ctx.reply.ok()
}

function move(ctx: CommandContext, args: RequestArgs): void {
  const source = ctx.database
  const target = databaseArgument(ctx, args, 2)
  if (source === target) throw sameObject
  const { buffer } = args
  const from = args.starts[1] as number
  const to = args.ends[1] as number
  const entry = source.write(buffer, from, to)
  if (entry === undefined || target.write(buffer, from, to) !== undefined) {
    ctx.reply.integer(0)
    return
  }
  source.moveTo(entry, target, buffer, from, to)
  const key = args.bytes(1)
  ctx.changedKey(source, key, 'generic', 'move_from')
  ctx.changedKey(target, key, 'generic', 'move_to', 0)
  ctx.reply.integer(1)
}
