import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as zsets from '../../keyspace/types/zset.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { deleteEmptied } from '../key-results.ts'

const { ifAbsent, ifPresent, ifGreater, ifLess, increment } = zsets.UpdateFlag
/** A flag of ZADD that is none of updating: reply with the number of changed elements. */
const COUNT_CHANGED = 32

const bothConditions = new CommandError('XX and NX options at the same time are not compatible')
const mixedComparisons = new CommandError('GT, LT, and/or NX options at the same time are not compatible')
const severalIncrements = new CommandError('INCR option supports a single increment-element pair')
const notANumber = new CommandError('resulting score is not a number (NaN)')

export function zadd(ctx: CommandContext, args: RequestArgs): void {
  change(ctx, args, 0)
}

export function zincrby(ctx: CommandContext, args: RequestArgs): void {
  change(ctx, args, increment)
}

function optionFlag(args: RequestArgs, index: number): number {
  if (args.equals(index, 'NX')) return ifAbsent
  if (args.equals(index, 'XX')) return ifPresent
  if (args.equals(index, 'CH')) return COUNT_CHANGED
  if (args.equals(index, 'INCR')) return increment
  if (args.equals(index, 'GT')) return ifGreater
  return args.equals(index, 'LT') ? ifLess : 0
}

function checkFlags(flags: number, elements: number): void {
  if ((flags & ifAbsent) !== 0 && (flags & ifPresent) !== 0) throw bothConditions
  const exclusive = flags & (ifAbsent | ifGreater | ifLess)
  if (exclusive !== 0 && exclusive !== ifAbsent && exclusive !== ifGreater && exclusive !== ifLess) {
    throw mixedComparisons
  }
  if ((flags & increment) !== 0 && elements > 1) throw severalIncrements
}

/** Parses the scores from argument `index` on, for the error should one be wrong: it must come before any change. */
function checkScores(args: RequestArgs, index: number): void {
  for (let i = index; i < args.count; i += 2) args.double(i)
}

function change(ctx: CommandContext, args: RequestArgs, given: number): void {
  const { buffer } = args
  let flags = given
  let first = 2
  for (; first < args.count; first++) {
    const flag = optionFlag(args, first)
    if (flag === 0) break
    flags |= flag
  }
  const elements = (args.count - first) / 2
  if (elements === 0 || !Number.isInteger(elements)) throw syntaxError
  checkFlags(flags, elements)
  const firstScore = args.double(first)
  checkScores(args, first + 2)
  const entry = entryToChange(ctx, args, flags, elements, args.length(first + 1))
  let added = 0
  let updated = 0
  let processed = 0
  for (let i = 0; entry !== undefined && i < elements; i++) {
    const member = first + 1 + i * 2
    const score = i === 0 ? firstScore : args.double(member - 1)
    const outcome = zsets.update(entry, buffer, args.start(member), args.end(member), score, flags)
    if (outcome === 'notANumber') throw notANumber
    if (outcome === 'added') added++
    else if (outcome === 'updated') updated++
    if (outcome !== 'skipped') processed++
  }
  const isIncrement = (flags & increment) !== 0
  if (added + updated > 0) ctx.changed(args, 1, 'zset', isIncrement ? 'zincr' : 'zadd', added + updated)
  if (!isIncrement) ctx.reply.integer((flags & COUNT_CHANGED) !== 0 ? added + updated : added)
  else if (processed > 0) ctx.reply.double(zsets.updated.score)
  else ctx.reply.null()
}

/** The sorted set at the key, created if need be; undefined where there is none and only present members may change. */
function entryToChange(
  ctx: CommandContext,
  args: RequestArgs,
  flags: number,
  elements: number,
  firstBytes: number,
): Entry | undefined {
  const from = args.start(1)
  const to = args.end(1)
  const entry = ctx.database.write(args.buffer, from, to)?.expect(Type.zset)
  if (entry !== undefined) {
    zsets.expectMembers(entry, elements)
    return entry
  }
  if ((flags & ifPresent) !== 0) return undefined
  return zsets.create(ctx.database, args.buffer, from, to, elements, firstBytes)
}

export function zrem(ctx: CommandContext, args: RequestArgs): void {
  const { buffer } = args
  const entry = ctx.database.write(buffer, args.start(1), args.end(1))?.expect(Type.zset)
  let removed = 0
  let isEmpty = false
  for (let i = 2; entry !== undefined && i < args.count && !isEmpty; i++) {
    if (!zsets.remove(entry, buffer, args.start(i), args.end(i))) continue
    removed++
    isEmpty = zsets.size(entry) === 0
  }
  if (removed > 0) ctx.changed(args, 1, 'zset', 'zrem', removed)
  if (isEmpty) deleteEmptied(ctx, args, 1, entry as Entry)
  ctx.reply.integer(removed)
}
