import type { CommandContext } from '../../dispatch/command-context.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import type { End } from '../../keyspace/types/list.ts'
import { timeoutArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { type Taking, takingArguments, waitForKeys } from '../several-keys.ts'
import { endArgument } from './move.ts'
import { popMany, popOne } from './push-pop.ts'

/** Takes elements from the first list that has any and replies with its key and them; false where none has. */
function popFirst(ctx: CommandContext, args: RequestArgs, { first, end, side, count }: Taking<End>): boolean {
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

function popOrWait(ctx: CommandContext, args: RequestArgs, taking: Taking<End>, timeoutMs: number): void {
  if (popFirst(ctx, args, taking)) return
  if (!ctx.mayBlock) ctx.reply.nullArray()
  else waitForKeys(ctx, args, taking, Type.list, timeoutMs, (later, held) => popFirst(later, held, taking))
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
  if (!popFirst(ctx, args, takingArguments(args, 1, endArgument))) ctx.reply.nullArray()
}

export function blmpop(ctx: CommandContext, args: RequestArgs): void {
  const taking = takingArguments(args, 2, endArgument)
  popOrWait(ctx, args, taking, timeoutArgument(args, 1, ctx.nowMs))
}
