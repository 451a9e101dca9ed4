import type { KeyspaceEventClass } from '@modis/sdk'
import type { CommandContext } from '../dispatch/command-context.ts'
import type { Entry } from '../keyspace/entry.ts'
import type { Type } from '../keyspace/entry-layout.ts'
import type { LooseValue } from '../keyspace/loose-value.ts'
import type { RequestArgs } from '../protocol/request-args.ts'

/** Deletes the key in argument `index`, whose value has lost its last element. */
export function deleteEmptied(ctx: CommandContext, args: RequestArgs, index: number, entry: Entry): void {
  ctx.database.delete(entry)
  ctx.changed(args, index, 'generic', 'del', 0)
}

/**
 * Makes a computed value that of the key in argument 1, or deletes the key where the value has no elements. Replies with
 * the number of elements, which is `size`.
 */
export function storeResult(
  ctx: CommandContext,
  args: RequestArgs,
  result: LooseValue,
  size: number,
  type: Type,
  eventClass: KeyspaceEventClass,
  event: string,
): void {
  const from = args.start(1)
  const to = args.end(1)
  if (size > 0) {
    result.store(args.buffer, from, to, type)
    ctx.changed(args, 1, eventClass, event)
  } else {
    result.discard()
    const existing = ctx.database.write(args.buffer, from, to)
    if (existing !== undefined) {
      ctx.database.delete(existing)
      ctx.changed(args, 1, 'generic', 'del')
    }
  }
  ctx.reply.integer(size)
}
