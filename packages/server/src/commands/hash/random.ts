import type { CommandContext } from '../../dispatch/command-context.ts'
import { outOfRange, syntaxError } from '../../dispatch/command-errors.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as hashes from '../../keyspace/types/hash.ts'
import { sampleCountArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'

/** Past this the number of elements of a reply with values would overflow in Redis. */
const MOST_WITH_VALUES = 2 ** 62

export function hrandfield(ctx: CommandContext, args: RequestArgs): void {
  if (args.count > 4 || (args.count === 4 && !args.equals(3, 'WITHVALUES'))) throw syntaxError
  if (args.count > 2) {
    sampleMany(ctx, args)
    return
  }
  const entry = ctx.readKey(args, 1)?.expect(Type.hash)
  if (entry === undefined) ctx.reply.null()
  else hashes.random(entry, (bytes, from, to) => ctx.reply.bulkRange(bytes, from, to))
}

function sampleMany(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const withValues = args.count === 4
  const count = sampleCountArgument(args, 2)
  if (withValues && Math.abs(count) > MOST_WITH_VALUES) throw outOfRange
  const entry = ctx.readKey(args, 1)?.expect(Type.hash)
  if (entry === undefined || count === 0) {
    reply.array(0)
    return
  }
  // RESP3 clients get a pair for each field, RESP2 clients fields and values in turn.
  const inPairs = withValues && reply.version === 3
  const header = (fields: number): void => reply.array(withValues && !inPairs ? fields * 2 : fields)
  const visit: hashes.FieldVisitor = (bytes, from, to, valueBytes, valueFrom, valueTo) => {
    if (inPairs) reply.array(2)
    reply.bulkRange(bytes, from, to)
    if (withValues) reply.bulkRange(valueBytes, valueFrom, valueTo)
  }
  const size = hashes.size(entry)
  if (count < 0) {
    header(-count)
    hashes.randomRepeated(entry, -count, visit)
  } else {
    header(Math.min(count, size))
    if (count >= size) hashes.forEach(entry, visit)
    else hashes.randomDistinct(entry, count, visit)
  }
}
