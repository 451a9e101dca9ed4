import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as zsets from '../../keyspace/types/zset.ts'
import { positiveArgument, timeoutArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { deleteEmptied } from '../key-results.ts'
import { type Taking, takingArguments, waitForKeys } from '../several-keys.ts'

/** The end of a sorted set that elements are taken from. */
type Side = 'min' | 'max'

function sideArgument(args: RequestArgs, index: number): Side {
  if (args.equals(index, 'MIN')) return 'min'
  if (args.equals(index, 'MAX')) return 'max'
  throw syntaxError
}

/** Removes `count` elements from one end and writes them, members and scores, in arrays of two where `isNested` is set. */
function take(
  ctx: CommandContext,
  args: RequestArgs,
  index: number,
  entry: Entry,
  side: Side,
  count: number,
  isNested: boolean,
): void {
  const { reply } = ctx
  const isMax = side === 'max'
  const range = { first: isMax ? zsets.size(entry) - count : 0, count }
  zsets.forEachInRange(entry, range, isMax ? 'backward' : 'forward', (bytes, from, to, score) => {
    if (isNested) reply.array(2)
    reply.bulkRange(bytes, from, to)
    reply.double(score)
  })
  zsets.removeRange(entry, range)
  ctx.changed(args, index, 'zset', isMax ? 'zpopmax' : 'zpopmin', count)
  if (zsets.size(entry) === 0) deleteEmptied(ctx, args, index, entry)
}

export function zpopmin(ctx: CommandContext, args: RequestArgs): void {
  pop(ctx, args, 'min')
}

export function zpopmax(ctx: CommandContext, args: RequestArgs): void {
  pop(ctx, args, 'max')
}

function pop(ctx: CommandContext, args: RequestArgs, side: Side): void {
  if (args.count > 3) throw syntaxError
  const hasCount = args.count === 3
  const count = hasCount ? positiveArgument(args, 2) : 1
  const entry = ctx.database.write(args.buffer, args.start(1), args.end(1))?.expect(Type.zset)
  if (entry === undefined || count === 0) {
    ctx.reply.array(0)
    return
  }
  const taken = Math.min(count, zsets.size(entry))
  const isNested = hasCount && ctx.reply.version > 2
  ctx.reply.array(isNested ? taken : taken * 2)
  take(ctx, args, 1, entry, side, taken, isNested)
}

/** Takes elements from the first sorted set that has any and replies with its key and them; false where none has. */
function popFirst(
  ctx: CommandContext,
  args: RequestArgs,
  { first, end, side, count }: Taking<Side>,
): boolean {
  for (let i = first; i < end; i++) {
    const entry = ctx.database.write(args.buffer, args.start(i), args.end(i))?.expect(Type.zset)
    if (entry === undefined) continue
    const taken = Math.min(count ?? 1, zsets.size(entry))
    ctx.reply.array(count === undefined ? 3 : 2)
    ctx.reply.bulkRange(args.buffer, args.start(i), args.end(i))
    if (count !== undefined) ctx.reply.array(taken)
    take(ctx, args, i, entry, side, taken, count !== undefined)
    return true
  }
  return false
}

function popOrWait(ctx: CommandContext, args: RequestArgs, taking: Taking<Side>, timeoutMs: number): void {
  if (popFirst(ctx, args, taking)) return
  if (!ctx.mayBlock) ctx.reply.nullArray()
  else waitForKeys(ctx, args, taking, Type.zset, timeoutMs, (later, held) => popFirst(later, held, taking))
}

export function bzpopmin(ctx: CommandContext, args: RequestArgs): void {
  popSide(ctx, args, 'min')
}

export function bzpopmax(ctx: CommandContext, args: RequestArgs): void {
  popSide(ctx, args, 'max')
}

function popSide(ctx: CommandContext, args: RequestArgs, side: Side): void {
  const end = args.count - 1
  const timeoutMs = timeoutArgument(args, end, ctx.nowMs)
  popOrWait(ctx, args, { first: 1, end, side, count: undefined }, timeoutMs)
}

export function zmpop(ctx: CommandContext, args: RequestArgs): void {
  if (!popFirst(ctx, args, takingArguments(args, 1, sideArgument))) ctx.reply.nullArray()
}

export function bzmpop(ctx: CommandContext, args: RequestArgs): void {
  const taking = takingArguments(args, 2, sideArgument)
  popOrWait(ctx, args, taking, timeoutArgument(args, 1, ctx.nowMs))
}
