import { CommandError } from '@modis/sdk'
import type { Command } from '../../dispatch/command.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { wrongArity } from '../../dispatch/command-errors.ts'
import { ByteRange } from '../../keyspace/byte-range.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import { formatInteger, formatInteger64, INTEGER_TEXT_BYTES } from '../../keyspace/packed/numbers.ts'
import * as hashes from '../../keyspace/types/hash.ts'
import { addToInteger } from '../../keyspace/types/string.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { floatArgument, floatSum, incrementArgument } from '../increment-argument.ts'

const ZERO = Buffer.from('0')
const notAnInteger = new CommandError('hash value is not an integer')
const notAFloat = new CommandError('hash value is not a float')
const notFinite = new CommandError('value is NaN or Infinity')
const digits = Buffer.alloc(INTEGER_TEXT_BYTES)
const range = new ByteRange()

function readHash(ctx: CommandContext, args: RequestArgs): Entry | undefined {
  return ctx.readKey(args, 1)?.expect(Type.hash)
}

/** The hash of the key in argument 1, which comes into being where there is none. */
function writeHash(ctx: CommandContext, args: RequestArgs): Entry {
  const entry = ctx.writeKey(args, 1)
  if (entry !== undefined) return entry.expect(Type.hash)
  return hashes.create(ctx.database, args.buffer, args.starts[1] as number, args.ends[1] as number)
}

/** Points {@link range} at the value of the field in argument `index`; false where there is none. */
function readField(entry: Entry, args: RequestArgs, index: number): boolean {
  return hashes.get(entry, args.buffer, args.starts[index] as number, args.ends[index] as number, range)
}

function setField(entry: Entry, args: RequestArgs, field: number, value: number): boolean {
  const { buffer, starts, ends } = args
  return hashes.set(
    entry,
    buffer,
    starts[field] as number,
    ends[field] as number,
    buffer,
    starts[value] as number,
    ends[value] as number,
  )
}

/** Sets the pairs of fields and values from argument 2 on; returns how many fields are new. */
function setFields(ctx: CommandContext, args: RequestArgs): number {
  const { count } = args
  if (count % 2 === 1) throw wrongArity(ctx.command as Command)
  const entry = writeHash(ctx, args)
  if (count > 4) hashes.expectFields(entry, args.starts, args.ends, 2, count)
  let created = 0
  for (let index = 2; index < count; index += 2) if (setField(entry, args, index, index + 1)) created++
  ctx.changed(args, 1, 'hash', 'hset', (count - 2) / 2)
  return created
}

export function hset(ctx: CommandContext, args: RequestArgs): void {
  ctx.reply.integer(setFields(ctx, args))
}

export function hmset(ctx: CommandContext, args: RequestArgs): void {
  setFields(ctx, args)
  ctx.reply.ok()
}

export function hsetnx(ctx: CommandContext, args: RequestArgs): void {
  const { buffer, starts, ends } = args
  const entry = writeHash(ctx, args)
  if (hashes.has(entry, buffer, starts[2] as number, ends[2] as number)) {
    ctx.reply.integer(0)
    return
  }
  setField(entry, args, 2, 3)
  ctx.changed(args, 1, 'hash', 'hset')
  ctx.reply.integer(1)
}

export function hget(ctx: CommandContext, args: RequestArgs): void {
  const entry = readHash(ctx, args)
  if (entry === undefined || !readField(entry, args, 2)) ctx.reply.null()
  else ctx.reply.bulkRange(range.bytes, range.from, range.to)
}

export function hmget(ctx: CommandContext, args: RequestArgs): void {
  const entry = readHash(ctx, args)
  ctx.reply.array(args.count - 2)
  for (let index = 2; index < args.count; index++) {
    if (entry === undefined || !readField(entry, args, index)) ctx.reply.null()
    else ctx.reply.bulkRange(range.bytes, range.from, range.to)
  }
}

export function hexists(ctx: CommandContext, args: RequestArgs): void {
  const entry = readHash(ctx, args)
  ctx.reply.integer(entry !== undefined && readField(entry, args, 2) ? 1 : 0)
}

export function hstrlen(ctx: CommandContext, args: RequestArgs): void {
  const entry = readHash(ctx, args)
  ctx.reply.integer(entry !== undefined && readField(entry, args, 2) ? range.length : 0)
}

export function hdel(ctx: CommandContext, args: RequestArgs): void {
  const { buffer, starts, ends } = args
  const entry = ctx.writeKey(args, 1)?.expect(Type.hash)
  let removed = 0
  let isEmpty = false
  for (let index = 2; entry !== undefined && index < args.count && !isEmpty; index++) {
    if (!hashes.remove(entry, buffer, starts[index] as number, ends[index] as number)) continue
    removed++
    isEmpty = hashes.size(entry) === 0
  }
  if (isEmpty) ctx.database.delete(entry as Entry)
  if (removed > 0) ctx.changed(args, 1, 'hash', 'hdel', removed)
  if (isEmpty) ctx.changed(args, 1, 'generic', 'del', 0)
  ctx.reply.integer(removed)
}

export function hincrby(ctx: CommandContext, args: RequestArgs): void {
  const by = incrementArgument(args, 3)
  const entry = writeHash(ctx, args)
  const sum = readField(entry, args, 2)
    ? addToInteger(range.bytes, range.from, range.to, by, notAnInteger)
    : by
  const length = typeof sum === 'bigint' ? formatInteger64(sum, digits, 0) : formatInteger(sum, digits, 0)
  hashes.set(entry, args.buffer, args.starts[2] as number, args.ends[2] as number, digits, 0, length)
  ctx.changed(args, 1, 'hash', 'hincrby')
  ctx.reply.integer(sum)
}

export function hincrbyfloat(ctx: CommandContext, args: RequestArgs): void {
  const by = floatArgument(args, 3)
  if (by.infinity !== 0) throw notFinite
  const entry = writeHash(ctx, args)
  if (!readField(entry, args, 2)) range.set(ZERO, 0, 1)
  const text = floatSum(range.bytes, range.from, range.to, by, notAFloat)
  hashes.set(entry, args.buffer, args.starts[2] as number, args.ends[2] as number, text, 0, text.length)
  ctx.changed(args, 1, 'hash', 'hincrbyfloat')
  ctx.reply.bulk(text)
}
