import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { wrongArity } from '../../dispatch/command-errors.ts'
import type { Command } from '../../dispatch/command.ts'
import { ByteRange } from '../../keyspace/byte-range.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import { formatInteger, formatInteger64, INTEGER_TEXT_BYTES } from '../../keyspace/packed/numbers.ts'
import * as hashes from '../../keyspace/types/hash.ts'
import { addToInteger } from '../../keyspace/types/string.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { floatArgument, floatSum, incrementArgument } from '../increment-argument.ts'
import { cursorArgument, scanOptions, writeEmptyScan, writeScan } from '../scan-options.ts'

const notAnInteger = new CommandError('hash value is not an integer')
const notAFloat = new CommandError('hash value is not a float')
const digits = Buffer.alloc(INTEGER_TEXT_BYTES)
const range = new ByteRange()
const ZERO = Buffer.from('0')

/** The hash in argument 1 for reading. */
function readHash(ctx: CommandContext, args: RequestArgs): Entry | undefined {
  return ctx.readKey(args, 1)?.expect(Type.hash)
}

/** The hash in argument 1 for writing, created empty where there is none: it must be given a field at once. */
function writeHash(ctx: CommandContext, args: RequestArgs): Entry {
  const entry = ctx.writeKey(args, 1)?.expect(Type.hash)
  return entry ?? hashes.create(ctx.database, args.buffer, args.start(1), args.end(1))
}

export function hset(ctx: CommandContext, args: RequestArgs): void {
  ctx.reply.integer(setFields(ctx, args))
}

export function hmset(ctx: CommandContext, args: RequestArgs): void {
  setFields(ctx, args)
  ctx.reply.ok()
}

/** Sets the fields from argument 2 on; returns how many are new. */
function setFields(ctx: CommandContext, args: RequestArgs): number {
  const { buffer, count, starts, ends } = args
  if (count % 2 !== 0) throw wrongArity(ctx.command as Command)
  const entry = writeHash(ctx, args)
  hashes.expectFields(entry, starts, ends, 2, count)
  let added = 0
  for (let i = 2; i < count; i += 2) {
    const isNew = hashes.set(
      entry,
      buffer,
      starts[i] as number,
      ends[i] as number,
      buffer,
      starts[i + 1] as number,
      ends[i + 1] as number,
    )
    if (isNew) added++
  }
  ctx.changed(args, 1, 'hash', 'hset', (count - 2) / 2)
  return added
}

export function hsetnx(ctx: CommandContext, args: RequestArgs): void {
  const { buffer, starts, ends } = args
  const entry = ctx.writeKey(args, 1)?.expect(Type.hash)
  if (entry !== undefined && hashes.has(entry, buffer, args.start(2), args.end(2))) {
    ctx.reply.integer(0)
    return
  }
  const target = entry ?? hashes.create(ctx.database, buffer, args.start(1), args.end(1))
  hashes.expectFields(target, starts, ends, 2, args.count)
  hashes.set(target, buffer, args.start(2), args.end(2), buffer, args.start(3), args.end(3))
  ctx.changed(args, 1, 'hash', 'hset')
  ctx.reply.integer(1)
}

export function hget(ctx: CommandContext, args: RequestArgs): void {
  const entry = readHash(ctx, args)
  if (entry !== undefined && hashes.get(entry, args.buffer, args.start(2), args.end(2), range)) {
    ctx.reply.bulkRange(range.bytes, range.from, range.to)
  } else ctx.reply.null()
}

export function hmget(ctx: CommandContext, args: RequestArgs): void {
  const { buffer, count } = args
  const { reply } = ctx
  const entry = readHash(ctx, args)
  reply.array(count - 2)
  for (let i = 2; i < count; i++) {
    if (entry !== undefined && hashes.get(entry, buffer, args.start(i), args.end(i), range)) {
      reply.bulkRange(range.bytes, range.from, range.to)
    } else reply.null()
  }
}

export function hstrlen(ctx: CommandContext, args: RequestArgs): void {
  const entry = readHash(ctx, args)
  const found = entry !== undefined && hashes.get(entry, args.buffer, args.start(2), args.end(2), range)
  ctx.reply.integer(found ? range.length : 0)
}

export function hexists(ctx: CommandContext, args: RequestArgs): void {
  const entry = readHash(ctx, args)
  const exists = entry !== undefined && hashes.has(entry, args.buffer, args.start(2), args.end(2))
  ctx.reply.integer(exists ? 1 : 0)
}

export function hlen(ctx: CommandContext, args: RequestArgs): void {
  const entry = readHash(ctx, args)
  ctx.reply.integer(entry === undefined ? 0 : hashes.size(entry))
}

export function hdel(ctx: CommandContext, args: RequestArgs): void {
  const { buffer, count } = args
  const entry = ctx.writeKey(args, 1)?.expect(Type.hash)
  let removed = 0
  let isEmpty = false
  for (let i = 2; entry !== undefined && i < count && !isEmpty; i++) {
    if (!hashes.remove(entry, buffer, args.start(i), args.end(i))) continue
    removed++
    isEmpty = hashes.size(entry) === 0
  }
  if (removed > 0) ctx.changed(args, 1, 'hash', 'hdel', removed)
  if (isEmpty) {
    ctx.database.delete(entry as Entry)
    ctx.changed(args, 1, 'generic', 'del', 0)
  }
  ctx.reply.integer(removed)
}

export function hincrby(ctx: CommandContext, args: RequestArgs): void {
  const { buffer } = args
  const by = incrementArgument(args, 3)
  const entry = ctx.writeKey(args, 1)?.expect(Type.hash)
  const exists = entry !== undefined && hashes.get(entry, buffer, args.start(2), args.end(2), range)
  const sum = exists ? addToInteger(range.bytes, range.from, range.to, by, notAnInteger) : by
  const target = entry ?? hashes.create(ctx.database, buffer, args.start(1), args.end(1))
  const length = typeof sum === 'bigint' ? formatInteger64(sum, digits, 0) : formatInteger(sum, digits, 0)
  hashes.set(target, buffer, args.start(2), args.end(2), digits, 0, length)
  ctx.changed(args, 1, 'hash', 'hincrby')
  ctx.reply.integer(sum)
}

export function hincrbyfloat(ctx: CommandContext, args: RequestArgs): void {
  const { buffer } = args
  const by = floatArgument(args, 3)
  const entry = ctx.writeKey(args, 1)?.expect(Type.hash)
  const exists = entry !== undefined && hashes.get(entry, buffer, args.start(2), args.end(2), range)
  if (!exists) range.set(ZERO, 0, 1)
  const text = floatSum(range.bytes, range.from, range.to, by, notAFloat)
  const target = entry ?? hashes.create(ctx.database, buffer, args.start(1), args.end(1))
  hashes.set(target, buffer, args.start(2), args.end(2), text, 0, text.length)
  ctx.changed(args, 1, 'hash', 'hincrbyfloat')
  ctx.reply.bulk(text)
}

export function hgetall(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const entry = readHash(ctx, args)
  reply.map(entry === undefined ? 0 : hashes.size(entry))
  if (entry === undefined) return
  hashes.forEach(entry, (bytes, from, to, valueBytes, valueFrom, valueTo) => {
    reply.bulkRange(bytes, from, to)
    reply.bulkRange(valueBytes, valueFrom, valueTo)
  })
}

export function hkeys(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const entry = readHash(ctx, args)
  reply.array(entry === undefined ? 0 : hashes.size(entry))
  if (entry !== undefined) hashes.forEach(entry, (bytes, from, to) => reply.bulkRange(bytes, from, to))
}

export function hvals(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const entry = readHash(ctx, args)
  reply.array(entry === undefined ? 0 : hashes.size(entry))
  if (entry === undefined) return
  hashes.forEach(entry, (_bytes, _from, _to, valueBytes, from, to) => reply.bulkRange(valueBytes, from, to))
}

export function hscan(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const start = cursorArgument(args, 2)
  const entry = readHash(ctx, args)
  if (entry === undefined) {
    writeEmptyScan(reply)
    return
  }
  const { count, pattern } = scanOptions(args, 3)
  writeScan(reply, () => {
    let written = 0
    const visit: hashes.FieldVisitor = (bytes, from, to, valueBytes, valueFrom, valueTo) => {
      if (pattern !== undefined && !pattern.matches(bytes, from, to)) return
      reply.bulkRange(bytes, from, to)
      reply.bulkRange(valueBytes, valueFrom, valueTo)
      written += 2
    }
    const cursor = hashes.scan(entry, start, count, visit)
    return { cursor, written }
  })
}
