import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { ByteRange } from '../../keyspace/byte-range.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import {
  createString,
  incrementString,
  plainEncoding,
  readString,
  replaceString,
} from '../../keyspace/types/string.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { floatArgument, floatSum, incrementArgument } from '../increment-argument.ts'

const MIN_INTEGER = -(2n ** 63n)
const ZERO = Buffer.from('0')
const decrementOverflow = new CommandError('decrement would overflow')
const range = new ByteRange()

export function incr(ctx: CommandContext, args: RequestArgs): void {
  add(ctx, args, 1)
}

export function decr(ctx: CommandContext, args: RequestArgs): void {
  add(ctx, args, -1)
}

export function incrby(ctx: CommandContext, args: RequestArgs): void {
  add(ctx, args, incrementArgument(args, 2))
}

export function decrby(ctx: CommandContext, args: RequestArgs): void {
  const by = incrementArgument(args, 2)
  if (by === MIN_INTEGER) throw decrementOverflow
  // Zero is subtracted as it is: its negative is another number, which would be written `-0`.
  add(ctx, args, by === 0 ? 0 : -by)
}

function add(ctx: CommandContext, args: RequestArgs, by: number | bigint): void {
  const entry = ctx.writeKey(args, 1)?.expect(Type.string)
  const from = args.starts[1] as number
  const to = args.ends[1] as number
  const sum = incrementString(ctx.database, entry, args.buffer, from, to, by)
  ctx.changed(args, 1, 'string', 'incrby')
  ctx.reply.integer(sum)
}

export function incrbyfloat(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.writeKey(args, 1)?.expect(Type.string)
  if (entry === undefined) range.set(ZERO, 0, 1)
  else readString(entry, range)
  const text = floatSum(range.bytes, range.from, range.to, floatArgument(args, 2))
  const from = args.starts[1] as number
  const to = args.ends[1] as number
  const target = entry ?? createString(ctx.database, args.buffer, from, to, 0)
  replaceString(target, text, 0, text.length, plainEncoding(text.length))
  ctx.changed(args, 1, 'string', 'incrbyfloat')
  ctx.reply.bulk(text)
}
