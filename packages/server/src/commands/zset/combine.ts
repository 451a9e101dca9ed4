import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { type Entry, wrongType } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import { LooseValue } from '../../keyspace/loose-value.ts'
import { parseDouble } from '../../keyspace/packed/numbers.ts'
import * as sets from '../../keyspace/types/set.ts'
import * as zsets from '../../keyspace/types/zset.ts'
import { atLeast, longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { storeResult } from '../key-results.ts'
import { writeRange } from './elements.ts'

const notAWeight = new CommandError('weight value is not a float')
const negativeLimit = new CommandError("LIMIT can't be negative")

/** A sorted set, or a set whose members all have the score 1, that goes into a result. */
interface Source {
  /** Undefined where there is no key. */
  readonly entry: Entry | undefined
  weight: number
}

/** Adds up, or chooses between, two scores of one member. */
type Aggregate = (left: number, right: number) => number

// An infinite score with no weight is not a number, which never counts as the smaller or larger one, as in Redis.
const aggregates = {
  sum: (left, right) => orZero(left + right),
  // biome-ignore lint/complexity/useMathMinMax: Math.min would return what is not a number.
  min: (left, right) => (right < left ? right : left),
  // biome-ignore lint/complexity/useMathMinMax: Math.max would return what is not a number.
  max: (left, right) => (right > left ? right : left),
} satisfies Record<string, Aggregate>

/** The convention for infinities of either sign together, and for an infinite score with no weight: they make 0. */
function orZero(score: number): number {
  return Number.isNaN(score) ? 0 : score
}

type Operation = 'union' | 'inter' | 'diff'

interface Combination {
  readonly operation: Operation
  readonly sources: Source[]
  aggregate: Aggregate
  withScores: boolean
  /** Where to stop counting, 0 for nowhere. */
  limit: number
}

/** What is done with a result. */
type Purpose = 'reply' | 'store' | 'count'

/** Reads the keys whose number is argument `index`, and the options that follow. */
function combination(
  ctx: CommandContext,
  args: RequestArgs,
  index: number,
  operation: Operation,
  purpose: Purpose,
): Combination {
  const keys = longArgument(args, index)
  if (keys < 1)
    throw new CommandError(`at least 1 input key is needed for '${ctx.command?.fullName}' command`)
  const end = index + 1 + keys
  if (end > args.count) throw syntaxError
  const sources: Source[] = []
  for (let i = index + 1; i < end; i++) {
    const entry = ctx.database.read(args.buffer, args.start(i), args.end(i))
    if (entry !== undefined && entry.type !== Type.zset && entry.type !== Type.set) throw wrongType
    sources.push({ entry, weight: 1 })
  }
  const parsed: Combination = { operation, sources, aggregate: aggregates.sum, withScores: false, limit: 0 }
  let i = end
  while (i < args.count) i += option(args, i, parsed, purpose)
  return parsed
}

/** Parses the option at argument `index`; returns how many arguments it takes. */
function option(args: RequestArgs, index: number, parsed: Combination, purpose: Purpose): number {
  const { sources, operation } = parsed
  const left = args.count - index
  const isWeighed = operation !== 'diff' && purpose !== 'count'
  if (isWeighed && left > sources.length && args.equals(index, 'WEIGHTS')) {
    sources.forEach((source, at) => {
      source.weight = weightArgument(args, index + 1 + at)
    })
    return sources.length + 1
  }
  if (isWeighed && left >= 2 && args.equals(index, 'AGGREGATE')) {
    if (args.equals(index + 1, 'SUM')) parsed.aggregate = aggregates.sum
    else if (args.equals(index + 1, 'MIN')) parsed.aggregate = aggregates.min
    else if (args.equals(index + 1, 'MAX')) parsed.aggregate = aggregates.max
    else throw syntaxError
    return 2
  }
  if (purpose === 'reply' && args.equals(index, 'WITHSCORES')) {
    parsed.withScores = true
    return 1
  }
  if (purpose === 'count' && left >= 2 && args.equals(index, 'LIMIT')) {
    parsed.limit = atLeast(args, index + 1, 0, negativeLimit)
    return 2
  }
  throw syntaxError
}

function weightArgument(args: RequestArgs, index: number): number {
  const weight = parseDouble(args.buffer, args.start(index), args.end(index))
  if (Number.isNaN(weight)) throw notAWeight
  return weight
}

function sizeOf({ entry }: Source): number {
  if (entry === undefined) return 0
  return entry.type === Type.set ? sets.size(entry) : zsets.size(entry)
}

/** Visits members with their scores until `visit` returns false. */
function forEachWhile(
  { entry }: Source,
  visit: (bytes: Buffer, from: number, to: number, score: number) => boolean,
): void {
  if (entry === undefined) return
  if (entry.type === Type.set) sets.forEachWhile(entry, (bytes, from, to) => visit(bytes, from, to, 1))
  else zsets.forEachWhile(entry, visit)
}

function forEach(source: Source, visit: zsets.ScoreVisitor): void {
  forEachWhile(source, (bytes, from, to, score) => {
    visit(bytes, from, to, score)
    return true
  })
}

/** Score of member `bytes[from, to)`, NaN where it is not in the source. */
function scoreIn({ entry }: Source, bytes: Buffer, from: number, to: number): number {
  if (entry === undefined) return Number.NaN
  if (entry.type === Type.zset) return zsets.scoreOf(entry, bytes, from, to)
  return sets.has(entry, bytes, from, to) ? 1 : Number.NaN
}

function isSame(left: Source, right: Source): boolean {
  return left.entry !== undefined && left.entry.address === right.entry?.address
}

function bySize(left: Source, right: Source): number {
  return sizeOf(left) - sizeOf(right)
}

/** Visits the members that all sources have, with their aggregated scores, until `visit` returns false. */
function visitShared(
  { sources, aggregate }: Combination,
  visit: (bytes: Buffer, from: number, to: number, score: number) => boolean,
): void {
  const [smallest, ...others] = sources.sort(bySize) as [Source, ...Source[]]
  forEachWhile(smallest, (bytes, from, to, own) => {
    let score = orZero(own * smallest.weight)
    for (const other of others) {
      const found = isSame(other, smallest) ? own : scoreIn(other, bytes, from, to)
      if (Number.isNaN(found)) return true
      score = aggregate(score, found * other.weight)
    }
    return visit(bytes, from, to, score)
  })
}

function intersect(set: zsets.LargeSortedSet, asked: Combination): void {
  visitShared(asked, (bytes, from, to, score) => {
    set.place(set.reserve(bytes, from, to), score)
    return true
  })
}

function unite(set: zsets.LargeSortedSet, { sources, aggregate }: Combination): void {
  const { members } = set
  for (const source of sources.sort(bySize)) {
    forEach(source, (bytes, from, to, own) => {
      const score = orZero(own * source.weight)
      const address = set.reserve(bytes, from, to)
      set.noteScore(address, members.reservedNew ? score : aggregate(set.scoreAt(address), score))
    })
  }
  // Only now are the scores final, and with them the places.
  members.forEach((address) => {
    set.tree.insert(set.scoreAt(address), address)
  })
}

/** Adds what only the first source has, by whichever of two ways has less to do. */
function subtract(set: zsets.LargeSortedSet, { sources }: Combination): void {
  const [first, ...others] = sources as [Source, ...Source[]]
  if (sizeOf(first) === 0 || others.some((other) => isSame(first, other))) return
  // Asking each other source for each member, which is given some advantage, or walking all of them once.
  const asked = Math.floor((sizeOf(first) * sources.length) / 2)
  const walked = sources.reduce((sum, source) => sum + sizeOf(source), 0)
  if (asked <= walked) {
    others.sort((left, right) => bySize(right, left))
    forEach(first, (bytes, from, to, score) => {
      if (others.every((other) => Number.isNaN(scoreIn(other, bytes, from, to)))) {
        set.place(set.reserve(bytes, from, to), score)
      }
    })
    return
  }
  forEach(first, (bytes, from, to, score) => set.place(set.reserve(bytes, from, to), score))
  for (const other of others) {
    forEachWhile(other, (bytes, from, to) => {
      set.remove(bytes, from, to)
      return set.size > 0
    })
  }
}

const operations = { union: unite, inter: intersect, diff: subtract } as const

function compute(ctx: CommandContext, asked: Combination): LooseValue {
  const result = new LooseValue(ctx.database)
  const set = new zsets.LargeSortedSet(ctx.database.arena)
  result.setObject(set)
  operations[asked.operation](set, asked)
  return result
}

function reply(ctx: CommandContext, args: RequestArgs, operation: Operation): void {
  const asked = combination(ctx, args, 1, operation, 'reply')
  const result = compute(ctx, asked)
  const all = { first: 0, count: zsets.size(result) }
  writeRange(ctx.reply, result, all, 'forward', asked.withScores)
  result.discard()
}

function store(ctx: CommandContext, args: RequestArgs, operation: Operation): void {
  const result = compute(ctx, combination(ctx, args, 2, operation, 'store'))
  zsets.packIfSmall(result)
  storeResult(ctx, args, result, zsets.size(result), Type.zset, 'zset', `z${operation}store`)
}

export function zunion(ctx: CommandContext, args: RequestArgs): void {
  reply(ctx, args, 'union')
}

export function zinter(ctx: CommandContext, args: RequestArgs): void {
  reply(ctx, args, 'inter')
}

export function zdiff(ctx: CommandContext, args: RequestArgs): void {
  reply(ctx, args, 'diff')
}

export function zunionstore(ctx: CommandContext, args: RequestArgs): void {
  store(ctx, args, 'union')
}

export function zinterstore(ctx: CommandContext, args: RequestArgs): void {
  store(ctx, args, 'inter')
}

export function zdiffstore(ctx: CommandContext, args: RequestArgs): void {
  store(ctx, args, 'diff')
}

export function zintercard(ctx: CommandContext, args: RequestArgs): void {
  const asked = combination(ctx, args, 1, 'inter', 'count')
  let shared = 0
  visitShared(asked, () => ++shared !== asked.limit)
  ctx.reply.integer(shared)
}
