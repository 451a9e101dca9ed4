import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { noSuchKey, syntaxError } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as lists from '../../keyspace/types/list.ts'
import { atLeast, longArgument, symmetricArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { settle } from './push-pop.ts'

const indexOutOfRange = new CommandError('index out of range')
const zeroRank = new CommandError(
  "RANK can't be zero: use 1 to start from the first match, 2 from the second ... " +
    'or use negative to start from the end of the list',
)
const negativeCount = new CommandError("COUNT can't be negative")
const negativeLength = new CommandError("MAXLEN can't be negative")

function readList(ctx: CommandContext, args: RequestArgs): Entry | undefined {
  return ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.list)
}

function writeList(ctx: CommandContext, args: RequestArgs): Entry | undefined {
  return ctx.database.write(args.buffer, args.start(1), args.end(1))?.expect(Type.list)
}

export function llen(ctx: CommandContext, args: RequestArgs): void {
  const entry = readList(ctx, args)
  ctx.reply.integer(entry === undefined ? 0 : lists.size(entry))
}

export function lindex(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const entry = readList(ctx, args)
  if (entry === undefined) {
    reply.null()
    return
  }
  const element = lists.elementAt(entry, longArgument(args, 2))
  if (element === undefined) reply.null()
  else reply.bulk(element)
}

/** The part of a list of `size` elements that the indices `start` to `stop` name, both included, negative from the tail. */
function span(size: number, start: number, stop: number): { first: number; count: number } {
  const first = Math.max(start < 0 ? size + start : start, 0)
  const last = Math.min(stop < 0 ? size + stop : stop, size - 1)
  return first > last ? { first: 0, count: 0 } : { first, count: last - first + 1 }
}

export function lrange(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const start = longArgument(args, 2)
  const stop = longArgument(args, 3)
  const entry = readList(ctx, args)
  if (entry === undefined) {
    reply.array(0)
    return
  }
  const { first, count } = span(lists.size(entry), start, stop)
  reply.array(count)
  if (count === 0) return
  lists.forEachFrom(entry, first, count, 'forward', (bytes, from, to) => reply.bulkRange(bytes, from, to))
}

export function ltrim(ctx: CommandContext, args: RequestArgs): void {
  const start = longArgument(args, 2)
  const stop = longArgument(args, 3)
  const entry = writeList(ctx, args)
  if (entry !== undefined) {
    const size = lists.size(entry)
    const { first, count } = span(size, start, stop)
    lists.keepRange(entry, first, count)
    ctx.changed(args, 1, 'list', 'ltrim', size - count)
    settle(ctx, args, 1, entry)
  }
  ctx.reply.ok()
}

export function lset(ctx: CommandContext, args: RequestArgs): void {
  const entry = writeList(ctx, args)
  if (entry === undefined) throw noSuchKey
  const index = longArgument(args, 2)
  lists.expectElements(entry, 1, args.length(3))
  const walk = new lists.ListWalk(entry)
  if (!walk.seek(index)) throw indexOutOfRange
  walk.replace(args.buffer, args.start(3), args.end(3))
  ctx.reply.ok()
  ctx.changed(args, 1, 'list', 'lset')
  lists.shrink(entry)
}

export function linsert(ctx: CommandContext, args: RequestArgs): void {
  const { buffer } = args
  const isAfter = args.equals(2, 'AFTER')
  if (!isAfter && !args.equals(2, 'BEFORE')) throw syntaxError
  const entry = writeList(ctx, args)
  if (entry === undefined) {
    ctx.reply.integer(0)
    return
  }
  lists.expectElements(entry, 1, args.length(4))
  const walk = new lists.ListWalk(entry)
  let stands = walk.seek(0)
  while (stands && !walk.matches(buffer, args.start(3), args.end(3))) stands = walk.step('forward')
  if (!stands) {
    ctx.reply.integer(-1)
    return
  }
  if (isAfter) walk.insertAfter(buffer, args.start(4), args.end(4))
  else walk.insertBefore(buffer, args.start(4), args.end(4))
  ctx.changed(args, 1, 'list', 'linsert')
  ctx.reply.integer(lists.size(entry))
}

export function lrem(ctx: CommandContext, args: RequestArgs): void {
  const { buffer } = args
  const count = longArgument(args, 2)
  const entry = writeList(ctx, args)
  let removed = 0
  if (entry !== undefined) {
    const direction = count < 0 ? 'backward' : 'forward'
    const limit = count === 0 ? lists.size(entry) : Math.abs(count)
    const walk = new lists.ListWalk(entry)
    let stands = walk.seek(count < 0 ? -1 : 0)
    while (stands && removed < limit) {
      if (walk.matches(buffer, args.start(3), args.end(3))) {
        stands = walk.remove(direction)
        removed++
      } else stands = walk.step(direction)
    }
    if (removed > 0) {
      ctx.changed(args, 1, 'list', 'lrem', removed)
      settle(ctx, args, 1, entry)
    }
  }
  ctx.reply.integer(removed)
}

/** What LPOS is to look for. */
interface Search {
  /** Which match is the first to count, from 1; negative from the tail. */
  rank: number
  /** Most matches to return, 0 for all; undefined where one is wanted and no array. */
  count: number | undefined
  /** Most elements to compare, 0 for all. */
  length: number
}

function searchOptions(args: RequestArgs): Search {
  const search: Search = { rank: 1, count: undefined, length: 0 }
  for (let i = 3; i < args.count; i += 2) {
    if (i + 1 === args.count) throw syntaxError
    if (args.equals(i, 'RANK')) {
      search.rank = symmetricArgument(args, i + 1)
      if (search.rank === 0) throw zeroRank
    } else if (args.equals(i, 'COUNT')) search.count = atLeast(args, i + 1, 0, negativeCount)
    else if (args.equals(i, 'MAXLEN')) search.length = atLeast(args, i + 1, 0, negativeLength)
    else throw syntaxError
  }
  return search
}

export function lpos(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const { rank, count, length } = searchOptions(args)
  const entry = readList(ctx, args)
  const mark = reply.deferred()
  let found = 0
  if (entry !== undefined) {
    const size = lists.size(entry)
    const limit = length === 0 ? size : Math.min(length, size)
    const isForward = rank > 0
    const walk = new lists.ListWalk(entry)
    let skip = Math.abs(rank) - 1
    let stands = walk.seek(isForward ? 0 : -1)
    for (let index = 0; stands && index < limit; index++) {
      if (walk.matches(args.buffer, args.start(2), args.end(2)) && skip-- <= 0) {
        reply.integer(isForward ? index : size - index - 1)
        if (++found === (count ?? 1)) break
      }
      stands = walk.step(isForward ? 'forward' : 'backward')
    }
  }
  if (count !== undefined) reply.endDeferred(mark, 'array', found)
  else if (found === 0) reply.null()
}
