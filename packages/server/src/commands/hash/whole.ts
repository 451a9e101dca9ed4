import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as hashes from '../../keyspace/types/hash.ts'
import { checkPairs, checkRepetitions, symmetricArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { cursorArgument, scanOptions, writeEmptyScan, writeScan } from '../scan-options.ts'

export function hlen(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.readKey(args, 1)
  ctx.reply.integer(entry === undefined ? 0 : hashes.size(entry.expect(Type.hash)))
}

export function hgetall(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const entry = ctx.readKey(args, 1)?.expect(Type.hash)
  reply.map(entry === undefined ? 0 : hashes.size(entry))
  if (entry === undefined) return
  hashes.forEach(entry, (field, fieldFrom, fieldTo, value, valueFrom, valueTo) => {
    reply.bulkRange(field, fieldFrom, fieldTo)
    reply.bulkRange(value, valueFrom, valueTo)
  })
}

export function hkeys(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const entry = ctx.readKey(args, 1)?.expect(Type.hash)
  reply.array(entry === undefined ? 0 : hashes.size(entry))
  if (entry !== undefined) hashes.forEach(entry, (field, from, to) => reply.bulkRange(field, from, to))
}

export function hvals(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const entry = ctx.readKey(args, 1)?.expect(Type.hash)
  reply.array(entry === undefined ? 0 : hashes.size(entry))
  if (entry === undefined) return
  hashes.forEach(entry, (_field, _fieldFrom, _fieldTo, value, from, to) => reply.bulkRange(value, from, to))
}

export function hscan(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const start = cursorArgument(args, 2)
  const entry = ctx.readKey(args, 1)?.expect(Type.hash)
  if (entry === undefined) {
    writeEmptyScan(reply)
    return
  }
  const { count, pattern } = scanOptions(args, 3)
  writeScan(reply, () => {
    let written = 0
    const visit: hashes.FieldVisitor = (field, fieldFrom, fieldTo, value, valueFrom, valueTo) => {
      if (pattern !== undefined && !pattern.matches(field, fieldFrom, fieldTo)) return
      reply.bulkRange(field, fieldFrom, fieldTo)
      reply.bulkRange(value, valueFrom, valueTo)
      written += 2
    }
    const cursor = hashes.scan(entry, start, count, visit)
    return { cursor, written }
  })
}

export function hrandfield(ctx: CommandContext, args: RequestArgs): void {
  if (args.count > 2) {
    drawMany(ctx, args)
    return
  }
  const { reply } = ctx
  const entry = ctx.readKey(args, 1)?.expect(Type.hash)
  if (entry === undefined) reply.null()
  else hashes.randomRepeated(entry, 1, (field, from, to) => reply.bulkRange(field, from, to))
}

function drawMany(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const count = symmetricArgument(args, 2)
  if (args.count > 4 || (args.count === 4 && !args.equals(3, 'WITHVALUES'))) throw syntaxError
  const withValues = args.count === 4
  if (withValues) checkPairs(args, 2, count)
  const entry = ctx.readKey(args, 1)?.expect(Type.hash)
  if (entry === undefined || count === 0) {
    reply.array(0)
    return
  }
  checkRepetitions(count)
  const size = hashes.size(entry)
  const drawn = count < 0 ? -count : Math.min(count, size)
  reply.array(withValues && reply.version === 2 ? drawn * 2 : drawn)
  const visit: hashes.FieldVisitor = (field, fieldFrom, fieldTo, value, valueFrom, valueTo) => {
    if (withValues && reply.version === 3) reply.array(2)
    reply.bulkRange(field, fieldFrom, fieldTo)
    if (withValues) reply.bulkRange(value, valueFrom, valueTo)
  }
  if (count < 0) hashes.randomRepeated(entry, drawn, visit)
  else if (drawn === size) hashes.forEach(entry, visit)
  else hashes.randomDistinct(entry, drawn, visit)
}
