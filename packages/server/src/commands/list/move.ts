import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as lists from '../../keyspace/types/list.ts'
import { timeoutArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { waitForKeys } from '../several-keys.ts'
import { elementsRemoved, pushEvent } from './push-pop.ts'

/**
 * The end of a list that argument `index` names.
 * @throws CommandError `ERR syntax error`
 */
export function endArgument(args: RequestArgs, index: number): lists.End {
  if (args.equals(index, 'LEFT')) return 'head'
  if (args.equals(index, 'RIGHT')) return 'tail'
  throw syntaxError
}

export function lmove(ctx: CommandContext, args: RequestArgs): void {
  const from = endArgument(args, 3)
  const to = endArgument(args, 4)
  if (!move(ctx, args, from, to)) ctx.reply.null()
}

export function rpoplpush(ctx: CommandContext, args: RequestArgs): void {
  if (!move(ctx, args, 'tail', 'head')) ctx.reply.null()
}

/** Moves an element from the list at argument 1 to that at argument 2 and replies with it; false where there is none. */
function move(ctx: CommandContext, args: RequestArgs, from: lists.End, to: lists.End): boolean {
  const { database } = ctx
  const { buffer } = args
  const source = database.write(buffer, args.start(1), args.end(1))?.expect(Type.list)
  if (source === undefined) return false
  let target = database.write(buffer, args.start(2), args.end(2))?.expect(Type.list)
  // One list under two names must change through one view.
  if (target?.address === source.address) target = source
  const element = lists.elementAt(source, from === 'head' ? 0 : -1) as Buffer
  lists.drop(source, from)
  target ??= lists.create(database, buffer, args.start(2), args.end(2))
  pushMoved(ctx, args, target, to, element)
  ctx.reply.bulk(element)
  elementsRemoved(ctx, args, 1, source, from, 1)
  return true
}

function pushMoved(
  ctx: CommandContext,
  args: RequestArgs,
  target: Entry,
  to: lists.End,
  element: Buffer,
): void {
  lists.expectElements(target, 1, element.length)
  lists.push(target, to, element, 0, element.length)
  ctx.changed(args, 2, 'list', pushEvent(to), 0)
}

export function blmove(ctx: CommandContext, args: RequestArgs): void {
  const from = endArgument(args, 3)
  const to = endArgument(args, 4)
  moveOrWait(ctx, args, from, to, timeoutArgument(args, 5, ctx.nowMs))
}

export function brpoplpush(ctx: CommandContext, args: RequestArgs): void {
  moveOrWait(ctx, args, 'tail', 'head', timeoutArgument(args, 3, ctx.nowMs))
}

function moveOrWait(
  ctx: CommandContext,
  args: RequestArgs,
  from: lists.End,
  to: lists.End,
  timeoutMs: number,
): void {
  if (move(ctx, args, from, to)) return
  if (!ctx.mayBlock) {
    ctx.reply.null()
    return
  }
  const source = { first: 1, end: 2 }
  waitForKeys(ctx, args, source, Type.list, timeoutMs, (later, held) => move(later, held, from, to))
}
