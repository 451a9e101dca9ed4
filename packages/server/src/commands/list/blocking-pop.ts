import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import type { End } from '../../keyspace/types/list.ts'
import { atLeast, timeoutArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { endArgument, isList } from './move.ts'
import { popMany, popOne } from './push-pop.ts'

const noKeys = new CommandError('numkeys should be greater than 0')
const noCount = new CommandError('count should be greater than 0')

/** What to take from the first list that has any elements. */
interface Wanted {
  /** Argument of the first key, and of the one after the last. */
  readonly first: number
  readonly end: number
  readonly side: End
  /** Most elements, or undefined for one that is not within an array of its own. */
  readonly count: number | undefined
}

/** Takes elements from the first list that has any and replies with its key and them; false where none has. */
function popFirst(ctx: CommandContext, args: RequestArgs, { first, end, side, count }: Wanted): boolean {
  for (let i = first; i < end; i++) {
    const entry = ctx.database.write(args.buffer, args.start(i), args.end(i))?.expect(Type.list)
    if (entry === undefined) continue
    ctx.reply.array(2)
    ctx.reply.bulkRange(args.buffer, args.start(i), args.end(i))
    if (count === undefined) popOne(ctx, args, i, entry, side)
    else popMany(ctx, args, i, entry, side, count)
    return true
  }
  return false
}

/** Parses `numkeys key… LEFT|RIGHT [COUNT count]`, numkeys being argument `index`. */
function severalKeys(args: RequestArgs, index: number): Wanted {
  const first = index + 1
  const end = first + atLeast(args, index, 1, noKeys)
  if (end >= args.count) throw syntaxError
  const side = endArgument(args, end)
  let count = 1
  if (end + 1 < args.count) {
    if (end + 3 > args.count || !args.equals(end + 1, 'COUNT')) throw syntaxError
    count = atLeast(args, end + 2, 1, noCount)
    if (end + 3 < args.count) throw syntaxError
  }
  return { first, end, side, count }
}

function popOrWait(ctx: CommandContext, args: RequestArgs, wanted: Wanted, timeoutMs: number): void {
  if (popFirst(ctx, args, wanted)) return
  if (!ctx.mayBlock) {
    ctx.reply.nullArray()
    return
  }
  const held = args.clone()
  const keys: Buffer[] = []
  for (let i = wanted.first; i < wanted.end; i++) keys.push(held.bytes(i))
  ctx.block({
    keys,
    timeoutMs,
    retry: (later, key) => isList(later, key) && popFirst(later, held, wanted),
    timeout: (later) => later.reply.nullArray(),
  })
}

export function blpop(ctx: CommandContext, args: RequestArgs): void {
  popSide(ctx, args, 'head')
}

export function brpop(ctx: CommandContext, args: RequestArgs): void {
  popSide(ctx, args, 'tail')
}

function popSide(ctx: CommandContext, args: RequestArgs, side: End): void {
  const end = args.count - 1
  const timeoutMs = timeoutArgument(args, end, ctx.nowMs)
  popOrWait(ctx, args, { first: 1, end, side, count: undefined }, timeoutMs)
}

export function lmpop(ctx: CommandContext, args: RequestArgs): void {
  if (!popFirst(ctx, args, severalKeys(args, 1))) ctx.reply.nullArray()
}

export function blmpop(ctx: CommandContext, args: RequestArgs): void {
  const wanted = severalKeys(args, 2)
  popOrWait(ctx, args, wanted, timeoutArgument(args, 1, ctx.nowMs))
}
