import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import { LooseValue } from '../../keyspace/loose-value.ts'
import * as zsets from '../../keyspace/types/zset.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { deleteEmptied, storeResult } from '../key-results.ts'
import { memberBounds, scoreBounds } from './bounds.ts'
import { writeRange } from './elements.ts'

const limitWithRanks = new CommandError(
  'syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
)
const scoresWithMembers = new CommandError('syntax error, WITHSCORES not supported in combination with BYLEX')

/** What the bounds of a range are. */
type Order = 'rank' | 'score' | 'member'

/** Which elements a command is after, and how it wants them. */
interface RangeRequest {
  order: Order
  isReverse: boolean
  withScores: boolean
  /** Elements to leave out at the start; negative leaves out all. */
  offset: number
  /** Most elements; negative for all. */
  limit: number
}

/** What the name of a command says of its range. */
interface RangeKind {
  readonly order?: Order
  readonly isReverse?: boolean
  /** The result is stored, so there is no reply that scores could be in. */
  readonly isStored?: boolean
}

/** Parses the options from argument `first` on: those that the command's name does not settle. */
function rangeOptions(args: RequestArgs, first: number, kind: RangeKind): RangeRequest {
  const request: RangeRequest = {
    order: kind.order ?? 'rank',
    isReverse: kind.isReverse ?? false,
    withScores: false,
    offset: 0,
    limit: -1,
  }
  let isOrderOpen = kind.order === undefined
  let isDirectionOpen = kind.isReverse === undefined
  for (let i = first; i < args.count; i++) {
    if (!kind.isStored && args.equals(i, 'WITHSCORES')) request.withScores = true
    else if (i + 2 < args.count && args.equals(i, 'LIMIT')) {
      request.offset = longArgument(args, i + 1)
      request.limit = longArgument(args, i + 2)
      i += 2
    } else if (isDirectionOpen && args.equals(i, 'REV')) {
      request.isReverse = true
      isDirectionOpen = false
    } else if (isOrderOpen && args.equals(i, 'BYLEX')) {
      request.order = 'member'
      isOrderOpen = false
    } else if (isOrderOpen && args.equals(i, 'BYSCORE')) {
      request.order = 'score'
      isOrderOpen = false
    } else throw syntaxError
  }
  if (request.limit !== -1 && request.order === 'rank') throw limitWithRanks
  if (request.withScores && request.order === 'member') throw scoresWithMembers
  return request
}

/** Parses the bounds in arguments `min` and `max`; what it returns finds the elements of a set within them. */
function rangeFinder(
  args: RequestArgs,
  min: number,
  max: number,
  order: Order,
): (entry: Entry) => zsets.RankRange {
  if (order === 'score') {
    const bounds = scoreBounds(args, min, max)
    return (entry) => zsets.scoreRange(entry, bounds)
  }
  if (order === 'member') {
    const bounds = memberBounds(args, min, max)
    return (entry) => zsets.memberRange(entry, bounds)
  }
  const start = longArgument(args, min)
  const stop = longArgument(args, max)
  return (entry) => zsets.rankRange(entry, start, stop)
}

/** As {@link rangeFinder} for bounds from argument `first` on, with the request's direction, offset and limit. */
function requestedRange(
  args: RequestArgs,
  first: number,
  request: RangeRequest,
): (entry: Entry) => zsets.RankRange {
  const { order, isReverse, offset, limit } = request
  // Bounds of a reverse range come from the highest to the lowest, ranks count from the end.
  const isSwapped = isReverse && order !== 'rank'
  const find = rangeFinder(args, isSwapped ? first + 1 : first, isSwapped ? first : first + 1, order)
  return (entry) => {
    const range = find(entry)
    if (order === 'rank') {
      return isReverse ? { ...range, first: zsets.size(entry) - range.first - range.count } : range
    }
    const skipped = offset < 0 ? range.count : Math.min(offset, range.count)
    const left = range.count - skipped
    const count = limit < 0 ? left : Math.min(limit, left)
    if (!isReverse) return { first: range.first + skipped, count }
    return { first: range.first + left - count, count }
  }
}

function reply(ctx: CommandContext, args: RequestArgs, kind: RangeKind): void {
  const request = rangeOptions(args, 4, kind)
  const find = requestedRange(args, 2, request)
  const entry = ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.zset)
  if (entry === undefined) {
    ctx.reply.array(0)
    return
  }
  writeRange(ctx.reply, entry, find(entry), request.isReverse ? 'backward' : 'forward', request.withScores)
}

export function zrange(ctx: CommandContext, args: RequestArgs): void {
  reply(ctx, args, {})
}

export function zrevrange(ctx: CommandContext, args: RequestArgs): void {
  reply(ctx, args, { order: 'rank', isReverse: true })
}

export function zrangebyscore(ctx: CommandContext, args: RequestArgs): void {
  reply(ctx, args, { order: 'score', isReverse: false })
}

export function zrevrangebyscore(ctx: CommandContext, args: RequestArgs): void {
  reply(ctx, args, { order: 'score', isReverse: true })
}

export function zrangebylex(ctx: CommandContext, args: RequestArgs): void {
  reply(ctx, args, { order: 'member', isReverse: false })
}

export function zrevrangebylex(ctx: CommandContext, args: RequestArgs): void {
  reply(ctx, args, { order: 'member', isReverse: true })
}

export function zrangestore(ctx: CommandContext, args: RequestArgs): void {
  const request = rangeOptions(args, 5, { isStored: true })
  const find = requestedRange(args, 3, request)
  const entry = ctx.database.read(args.buffer, args.start(2), args.end(2))?.expect(Type.zset)
  const range = entry === undefined ? { first: 0, count: 0 } : find(entry)
  const result = new LooseValue(ctx.database)
  zsets.initialize(result, range.count, 0)
  if (entry !== undefined) {
    zsets.forEachInRange(entry, range, 'forward', (bytes, from, to, score) => {
      zsets.update(result, bytes, from, to, score, 0)
    })
  }
  storeResult(ctx, args, result, range.count, Type.zset, 'zset', 'zrangestore')
}

export function zremrangebyrank(ctx: CommandContext, args: RequestArgs): void {
  remove(ctx, args, 'rank', 'zremrangebyrank')
}

export function zremrangebyscore(ctx: CommandContext, args: RequestArgs): void {
  remove(ctx, args, 'score', 'zremrangebyscore')
}

export function zremrangebylex(ctx: CommandContext, args: RequestArgs): void {
  remove(ctx, args, 'member', 'zremrangebylex')
}

function remove(ctx: CommandContext, args: RequestArgs, order: Order, event: string): void {
  const find = rangeFinder(args, 2, 3, order)
  const entry = ctx.database.write(args.buffer, args.start(1), args.end(1))?.expect(Type.zset)
  let removed = 0
  if (entry !== undefined) {
    const range = find(entry)
    removed = range.count
    if (removed > 0) {
      zsets.removeRange(entry, range)
      ctx.changed(args, 1, 'zset', event, removed)
      if (zsets.size(entry) === 0) deleteEmptied(ctx, args, 1, entry)
    }
  }
  ctx.reply.integer(removed)
}
