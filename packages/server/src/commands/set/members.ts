import type { CommandContext } from '../../dispatch/command-context.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as sets from '../../keyspace/types/set.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { deleteEmptied } from '../key-results.ts'
import { cursorArgument, scanOptions, writeEmptyScan, writeScan } from '../scan-options.ts'

export function sadd(ctx: CommandContext, args: RequestArgs): void {
  const { buffer, count } = args
  const { database } = ctx
  const from = args.start(1)
  const to = args.end(1)
  let entry = database.write(buffer, from, to)
  if (entry !== undefined) sets.expectMembers(entry.expect(Type.set), count - 2)
  else entry = sets.create(database, buffer, from, to, buffer, args.start(2), args.end(2), count - 2)
  let added = 0
  for (let i = 2; i < count; i++) if (sets.add(entry, buffer, args.start(i), args.end(i))) added++
  if (added > 0) ctx.changed(args, 1, 'set', 'sadd', added)
  ctx.reply.integer(added)
}

export function srem(ctx: CommandContext, args: RequestArgs): void {
  const { buffer, count } = args
  const entry = ctx.database.write(buffer, args.start(1), args.end(1))?.expect(Type.set)
  let removed = 0
  let isEmpty = false
  for (let i = 2; entry !== undefined && i < count && !isEmpty; i++) {
    if (!sets.remove(entry, buffer, args.start(i), args.end(i))) continue
    removed++
    isEmpty = sets.size(entry) === 0
  }
  if (removed > 0) ctx.changed(args, 1, 'set', 'srem', removed)
  if (isEmpty) deleteEmptied(ctx, args, 1, entry as Entry)
  ctx.reply.integer(removed)
}

export function smove(ctx: CommandContext, args: RequestArgs): void {
  const { buffer } = args
  const { database, reply } = ctx
  const source = database.write(buffer, args.start(1), args.end(1))
  let target = database.write(buffer, args.start(2), args.end(2))
  if (source === undefined) {
    reply.integer(0)
    return
  }
  source.expect(Type.set)
  target?.expect(Type.set)
  const from = args.start(3)
  const to = args.end(3)
  if (source.address === target?.address) {
    reply.integer(sets.has(source, buffer, from, to) ? 1 : 0)
    return
  }
  if (!sets.remove(source, buffer, from, to)) {
    reply.integer(0)
    return
  }
  ctx.changed(args, 1, 'set', 'srem')
  if (sets.size(source) === 0) deleteEmptied(ctx, args, 1, source)
  target ??= sets.create(database, buffer, args.start(2), args.end(2), buffer, from, to, 1)
  if (sets.add(target, buffer, from, to)) ctx.changed(args, 2, 'set', 'sadd')
  reply.integer(1)
}

export function scard(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.set)
  ctx.reply.integer(entry === undefined ? 0 : sets.size(entry))
}

export function sismember(ctx: CommandContext, args: RequestArgs): void {
  const { buffer } = args
  const entry = ctx.database.read(buffer, args.start(1), args.end(1))?.expect(Type.set)
  const isMember = entry !== undefined && sets.has(entry, buffer, args.start(2), args.end(2))
  ctx.reply.integer(isMember ? 1 : 0)
}

export function smismember(ctx: CommandContext, args: RequestArgs): void {
  const { buffer, count } = args
  const entry = ctx.database.read(buffer, args.start(1), args.end(1))?.expect(Type.set)
  ctx.reply.array(count - 2)
  for (let i = 2; i < count; i++) {
    const isMember = entry !== undefined && sets.has(entry, buffer, args.start(i), args.end(i))
    ctx.reply.integer(isMember ? 1 : 0)
  }
}

export function smembers(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const entry = ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.set)
  reply.set(entry === undefined ? 0 : sets.size(entry))
  if (entry !== undefined) sets.forEach(entry, (bytes, from, to) => reply.bulkRange(bytes, from, to))
}

export function sscan(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const start = cursorArgument(args, 2)
  const entry = ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.set)
  if (entry === undefined) {
    writeEmptyScan(reply)
    return
  }
  const { count, pattern } = scanOptions(args, 3)
  writeScan(reply, () => {
    let written = 0
    const cursor = sets.scan(entry, start, count, (bytes, from, to) => {
      if (pattern !== undefined && !pattern.matches(bytes, from, to)) return
      reply.bulkRange(bytes, from, to)
      written++
    })
    return { cursor, written }
  })
}
