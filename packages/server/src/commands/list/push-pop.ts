import type { Command } from '../../dispatch/command.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { wrongArity } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as lists from '../../keyspace/types/list.ts'
import { positiveArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { deleteEmptied } from '../key-results.ts'

export function lpush(ctx: CommandContext, args: RequestArgs): void {
  push(ctx, args, 'head', true)
}

export function rpush(ctx: CommandContext, args: RequestArgs): void {
  push(ctx, args, 'tail', true)
}

export function lpushx(ctx: CommandContext, args: RequestArgs): void {
  push(ctx, args, 'head', false)
}

export function rpushx(ctx: CommandContext, args: RequestArgs): void {
  push(ctx, args, 'tail', false)
}

function push(ctx: CommandContext, args: RequestArgs, end: lists.End, creates: boolean): void {
  const { buffer, count } = args
  let entry = ctx.database.write(buffer, args.start(1), args.end(1))
  if (entry === undefined) {
    if (!creates) {
      ctx.reply.integer(0)
      return
    }
    entry = lists.create(ctx.database, buffer, args.start(1), args.end(1))
  } else entry.expect(Type.list)
  let bytes = 0
  for (let i = 2; i < count; i++) bytes += args.length(i)
  lists.expectElements(entry, count - 2, bytes)
  for (let i = 2; i < count; i++) lists.push(entry, end, buffer, args.start(i), args.end(i))
  ctx.reply.integer(lists.size(entry))
  ctx.changed(args, 1, 'list', pushEvent(end), count - 2)
}

/** Name of the event of an element added at an end. */
export function pushEvent(end: lists.End): string {
  return end === 'head' ? 'lpush' : 'rpush'
}

export function lpop(ctx: CommandContext, args: RequestArgs): void {
  pop(ctx, args, 'head')
}

export function rpop(ctx: CommandContext, args: RequestArgs): void {
  pop(ctx, args, 'tail')
}

function pop(ctx: CommandContext, args: RequestArgs, end: lists.End): void {
  const { reply } = ctx
  if (args.count > 3) throw wrongArity(ctx.command as Command)
  const count = args.count === 3 ? positiveArgument(args, 2) : undefined
  const entry = ctx.database.write(args.buffer, args.start(1), args.end(1))?.expect(Type.list)
  if (count === undefined) {
    if (entry === undefined) reply.null()
    else popOne(ctx, args, 1, entry, end)
  } else if (entry === undefined) reply.nullArray()
  else if (count === 0) reply.array(0)
  else popMany(ctx, args, 1, entry, end, count)
}

/** Replies with the element at an end of the list at the key in argument `index` and removes it. */
export function popOne(
  ctx: CommandContext,
  args: RequestArgs,
  index: number,
  entry: Entry,
  end: lists.End,
): void {
  lists.forEachFrom(entry, end === 'head' ? 0 : -1, 1, 'forward', (bytes, from, to) => {
    ctx.reply.bulkRange(bytes, from, to)
  })
  lists.drop(entry, end)
  elementsRemoved(ctx, args, index, entry, end, 1)
}

/** As {@link popOne} for up to `count` elements, 1 or more, replying with an array. */
export function popMany(
  ctx: CommandContext,
  args: RequestArgs,
  index: number,
  entry: Entry,
  end: lists.End,
  count: number,
): void {
  const { reply } = ctx
  const size = lists.size(entry)
  const taken = Math.min(count, size)
  const isHead = end === 'head'
  reply.array(taken)
  lists.forEachFrom(entry, isHead ? 0 : -1, taken, isHead ? 'forward' : 'backward', (bytes, from, to) => {
    reply.bulkRange(bytes, from, to)
  })
  lists.removeRange(entry, isHead ? 0 : size - taken, taken)
  elementsRemoved(ctx, args, index, entry, end, taken)
}

/** What follows the removal of `count` elements from an end of the list at the key in argument `index`. */
export function elementsRemoved(
  ctx: CommandContext,
  args: RequestArgs,
  index: number,
  entry: Entry,
  end: lists.End,
  count: number,
): void {
  ctx.changed(args, index, 'list', end === 'head' ? 'lpop' : 'rpop', count)
  settle(ctx, args, index, entry)
}

/** Deletes a list that has lost its last element, and gives another the encoding that its size now calls for. */
export function settle(ctx: CommandContext, args: RequestArgs, index: number, entry: Entry): void {
  if (lists.size(entry) > 0) lists.shrink(entry)
  else deleteEmptied(ctx, args, index, entry)
}
