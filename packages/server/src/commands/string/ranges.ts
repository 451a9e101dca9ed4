import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { ByteRange } from '../../keyspace/byte-range.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import {
  appendString,
  createString,
  overwriteString,
  readString,
  stringLength,
} from '../../keyspace/types/string.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { store } from './get-set.ts'

const NO_BYTES = Buffer.alloc(0)
const offsetOutOfRange = new CommandError('offset is out of range')
const tooLong = new CommandError('string exceeds maximum allowed size (proto-max-bulk-len)')
const range = new ByteRange()

/** @throws CommandError where a string of `length` bytes would be longer than `proto-max-bulk-len` */
function expectAllowed(ctx: CommandContext, length: number): void {
  if (length > ctx.server.requestLimits.maxBulkBytes) throw tooLong
}

export function append(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.writeKey(args, 1)
  if (entry === undefined) {
    store(ctx, args, 1, 2, -1, 'append')
    ctx.reply.integer(args.length(2))
    return
  }
  expectAllowed(ctx, stringLength(entry.expect(Type.string)) + args.length(2))
  const length = appendString(entry, args.buffer, args.starts[2] as number, args.ends[2] as number)
  ctx.changed(args, 1, 'string', 'append')
  ctx.reply.integer(length)
}

export function setrange(ctx: CommandContext, args: RequestArgs): void {
  const offset = longArgument(args, 2)
  if (offset < 0) throw offsetOutOfRange
  const entry = ctx.writeKey(args, 1)?.expect(Type.string)
  const added = args.length(3)
  if (added === 0) {
    ctx.reply.integer(entry === undefined ? 0 : stringLength(entry))
    return
  }
  expectAllowed(ctx, offset + added)
  const from = args.starts[1] as number
  const to = args.ends[1] as number
  const target = entry ?? createString(ctx.database, args.buffer, from, to, offset + added)
  const length = overwriteString(
    target,
    offset,
    args.buffer,
    args.starts[3] as number,
    args.ends[3] as number,
  )
  ctx.changed(args, 1, 'string', 'setrange')
  ctx.reply.integer(length)
}

export function getrange(ctx: CommandContext, args: RequestArgs): void {
  let start = longArgument(args, 2)
  let end = longArgument(args, 3)
  const entry = ctx.readKey(args, 1)
  if (entry === undefined) {
    ctx.reply.bulk(NO_BYTES)
    return
  }
  readString(entry.expect(Type.string), range)
  const length = range.length
  const isEmpty = start < 0 && end < 0 && start > end
  if (start < 0) start = Math.max(0, start + length)
  if (end < 0) end = Math.max(0, end + length)
  end = Math.min(end, length - 1)
  if (isEmpty || start > end) ctx.reply.bulk(NO_BYTES)
  else ctx.reply.bulkRange(range.bytes, range.from + start, range.from + end + 1)
}
