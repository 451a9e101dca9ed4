import type { Command } from '../../dispatch/command.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError, wrongArity } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Encoding, Type } from '../../keyspace/entry-layout.ts'
import { formatDouble } from '../../keyspace/packed/numbers.ts'
import * as zsets from '../../keyspace/types/zset.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { cursorArgument, scanOptions, writeEmptyScan, writeScan } from '../scan-options.ts'
import { memberBounds, scoreBounds } from './bounds.ts'
import { longScoreText } from './score-text.ts'

function readSortedSet(ctx: CommandContext, args: RequestArgs): Entry | undefined {
  return ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.zset)
}

export function zcard(ctx: CommandContext, args: RequestArgs): void {
  const entry = readSortedSet(ctx, args)
  ctx.reply.integer(entry === undefined ? 0 : zsets.size(entry))
}

export function zcount(ctx: CommandContext, args: RequestArgs): void {
  const bounds = scoreBounds(args, 2, 3)
  const entry = readSortedSet(ctx, args)
  ctx.reply.integer(entry === undefined ? 0 : zsets.scoreRange(entry, bounds).count)
}

export function zlexcount(ctx: CommandContext, args: RequestArgs): void {
  const bounds = memberBounds(args, 2, 3)
  const entry = readSortedSet(ctx, args)
  ctx.reply.integer(entry === undefined ? 0 : zsets.memberRange(entry, bounds).count)
}

export function zscore(ctx: CommandContext, args: RequestArgs): void {
  writeScore(ctx, args, readSortedSet(ctx, args), 2)
}

export function zmscore(ctx: CommandContext, args: RequestArgs): void {
  const entry = readSortedSet(ctx, args)
  ctx.reply.array(args.count - 2)
  for (let i = 2; i < args.count; i++) writeScore(ctx, args, entry, i)
}

/** Writes the score of the member in argument `index`, null where there is none. */
function writeScore(ctx: CommandContext, args: RequestArgs, entry: Entry | undefined, index: number): void {
  const score =
    entry === undefined ? Number.NaN : zsets.scoreOf(entry, args.buffer, args.start(index), args.end(index))
  if (Number.isNaN(score)) ctx.reply.null()
  else ctx.reply.double(score)
}

export function zrank(ctx: CommandContext, args: RequestArgs): void {
  writeRank(ctx, args, false)
}

export function zrevrank(ctx: CommandContext, args: RequestArgs): void {
  writeRank(ctx, args, true)
}

function writeRank(ctx: CommandContext, args: RequestArgs, isReverse: boolean): void {
  const { reply } = ctx
  if (args.count > 4) throw wrongArity(ctx.command as Command)
  const withScore = args.count === 4
  if (withScore && !args.equals(3, 'WITHSCORE')) throw syntaxError
  const entry = readSortedSet(ctx, args)
  const rank = entry === undefined ? -1 : zsets.rankOf(entry, args.buffer, args.start(2), args.end(2))
  if (entry === undefined || rank < 0) {
    if (withScore) reply.nullArray()
    else reply.null()
    return
  }
  if (withScore) reply.array(2)
  reply.integer(isReverse ? zsets.size(entry) - 1 - rank : rank)
  if (withScore) writeScore(ctx, args, entry, 2)
}

export function zscan(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const start = cursorArgument(args, 2)
  const entry = readSortedSet(ctx, args)
  if (entry === undefined) {
    writeEmptyScan(reply)
    return
  }
  const { count, pattern } = scanOptions(args, 3)
  const scoreText = entry.encoding === Encoding.object ? longScoreText : formatDouble
  writeScan(reply, () => {
    let written = 0
    const cursor = zsets.scan(entry, start, count, (bytes, from, to, score) => {
      if (pattern !== undefined && !pattern.matches(bytes, from, to)) return
      reply.bulkRange(bytes, from, to)
      reply.bulk(scoreText(score))
      written += 2
    })
    return { cursor, written }
  })
}
