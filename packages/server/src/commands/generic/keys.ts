import type { CommandContext } from '../../dispatch/command-context.ts'
import { noSuchKey, syntaxError } from '../../dispatch/command-errors.ts'
import type { Database } from '../../keyspace/database.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { databaseArgument, sameObject } from '../database-argument.ts'
import { copyEntry, typeName } from './values.ts'

export function del(ctx: CommandContext, args: RequestArgs): void {
  let deleted = 0
  for (let index = 1; index < args.count; index++) {
    const entry = ctx.writeKey(args, index)
    if (entry === undefined) continue
    ctx.database.delete(entry)
    ctx.changed(args, index, 'generic', 'del')
    deleted++
  }
  ctx.reply.integer(deleted)
}

export function exists(ctx: CommandContext, args: RequestArgs): void {
  let count = 0
  for (let index = 1; index < args.count; index++) if (ctx.lookAtKey(args, index) !== undefined) count++
  ctx.reply.integer(count)
}

export function touch(ctx: CommandContext, args: RequestArgs): void {
  let count = 0
  for (let index = 1; index < args.count; index++) if (ctx.readKey(args, index) !== undefined) count++
  ctx.reply.integer(count)
}

export function type(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.lookAtKey(args, 1)
  ctx.reply.simple(entry === undefined ? 'none' : typeName(entry))
}

export function randomkey(ctx: CommandContext): void {
  const key = ctx.database.randomKey()
  if (key === undefined) ctx.reply.null()
  else ctx.reply.bulk(key)
}

export function rename(ctx: CommandContext, args: RequestArgs): void {
  renameUnless(ctx, args, false)
  ctx.reply.ok()
}

export function renamenx(ctx: CommandContext, args: RequestArgs): void {
  ctx.reply.integer(renameUnless(ctx, args, true) ? 1 : 0)
}

/** Renames the key; returns false where nothing was done, because the names are the same or the new one `isTaken`. */
function renameUnless(ctx: CommandContext, args: RequestArgs, isTaken: boolean): boolean {
  const { database } = ctx
  const entry = ctx.writeKey(args, 1)
  if (entry === undefined) throw noSuchKey
  const existing = ctx.writeKey(args, 2)
  if (existing !== undefined) {
    if (isTaken || existing.address === entry.address) return false
    database.delete(existing)
  }
  database.moveTo(entry, database, args.buffer, args.starts[2] as number, args.ends[2] as number)
  ctx.changed(args, 1, 'generic', 'rename_from')
  ctx.changed(args, 2, 'generic', 'rename_to', 0)
  return true
}

export function copy(ctx: CommandContext, args: RequestArgs): void {
  const source = ctx.database
  let target: Database = source
  let replaces = false
  for (let index = 3; index < args.count; index++) {
    if (args.equals(index, 'REPLACE')) replaces = true
    else if (args.equals(index, 'DB') && index + 1 < args.count) target = databaseArgument(ctx, args, ++index)
    else throw syntaxError
  }
  if (target === source && sameArgument(args, 1, 2)) throw sameObject
  const entry = ctx.readKey(args, 1)
  const from = args.starts[2] as number
  const to = args.ends[2] as number
  const existing = entry === undefined ? undefined : target.write(args.buffer, from, to)
  if (entry === undefined || (existing !== undefined && !replaces)) {
    ctx.reply.integer(0)
    return
  }
  copyEntry(entry, existing, target, args.bytes(1), args.bytes(2))
  ctx.changedKey(target, args.bytes(2), 'generic', 'copy_to')
  ctx.reply.integer(1)
}

function sameArgument(args: RequestArgs, one: number, other: number): boolean {
  const { buffer, starts, ends } = args
  return buffer.compare(buffer, starts[other], ends[other], starts[one], ends[one]) === 0
}
