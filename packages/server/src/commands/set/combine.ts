import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Encoding, Type } from '../../keyspace/entry-layout.ts'
import { LooseValue } from '../../keyspace/loose-value.ts'
import { isInteger64 } from '../../keyspace/packed/numbers.ts'
import * as sets from '../../keyspace/types/set.ts'
import { atLeast } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { storeResult } from '../key-results.ts'

const noKeys = new CommandError('numkeys should be greater than 0')
const tooManyKeys = new CommandError("Number of keys can't be greater than number of args")
const negativeLimit = new CommandError("LIMIT can't be negative")

/** The sets at `count` keys from argument `first` on; undefined where there is no key. */
function readSets(
  ctx: CommandContext,
  args: RequestArgs,
  first: number,
  count: number,
): (Entry | undefined)[] {
  const sources: (Entry | undefined)[] = []
  for (let i = first; i < first + count; i++) {
    const entry = ctx.database.read(args.buffer, args.start(i), args.end(i))
    sources.push(entry?.expect(Type.set))
  }
  return sources
}

function sizeOf(source: Entry | undefined): number {
  return source === undefined ? 0 : sets.size(source)
}

/** The sets, smallest first, or undefined where one of them is empty and so is what they share. */
function smallestFirst(sources: readonly (Entry | undefined)[]): [Entry, ...Entry[]] | undefined {
  const present = sources.filter((source) => source !== undefined)
  const [first, ...rest] = present.sort((left, right) => sets.size(left) - sets.size(right))
  return first === undefined || present.length < sources.length ? undefined : [first, ...rest]
}

/** Visits the members of the smallest set that all others have, until `visit` returns false. */
function visitShared(
  [smallest, ...rest]: readonly [Entry, ...Entry[]],
  visit: (bytes: Buffer, from: number, to: number) => boolean,
): void {
  const others = rest.filter((other) => other.address !== smallest.address)
  sets.forEachWhile(smallest, (bytes, from, to) => {
    for (const other of others) if (!sets.has(other, bytes, from, to)) return true
    return visit(bytes, from, to)
  })
}

export function sinter(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const sources = smallestFirst(readSets(ctx, args, 1, args.count - 1))
  const mark = reply.deferred()
  let shared = 0
  if (sources !== undefined) {
    visitShared(sources, (bytes, from, to) => {
      reply.bulkRange(bytes, from, to)
      shared++
      return true
    })
  }
  reply.endDeferred(mark, 'set', shared)
}

export function sintercard(ctx: CommandContext, args: RequestArgs): void {
  const keys = atLeast(args, 1, 1, noKeys)
  if (keys > args.count - 2) throw tooManyKeys
  let limit = 0
  for (let i = keys + 2; i < args.count; i += 2) {
    if (!args.equals(i, 'LIMIT') || i + 1 === args.count) throw syntaxError
    limit = atLeast(args, i + 1, 0, negativeLimit)
  }
  const sources = smallestFirst(readSets(ctx, args, 2, keys))
  let shared = 0
  if (sources !== undefined) visitShared(sources, () => ++shared !== limit)
  ctx.reply.integer(shared)
}

export function sinterstore(ctx: CommandContext, args: RequestArgs): void {
  const sources = smallestFirst(readSets(ctx, args, 2, args.count - 2))
  const result = new LooseValue(ctx.database)
  const isIntset = sources?.[0].encoding === Encoding.intset
  sets.initialize(result, isIntset ? Encoding.intset : Encoding.listpack)
  let allIntegers = true
  if (sources !== undefined) {
    visitShared(sources, (bytes, from, to) => {
      allIntegers &&= isInteger64(bytes, from, to)
      sets.add(result, bytes, from, to)
      return true
    })
  }
  if (allIntegers) sets.becomeIntset(result)
  store(ctx, args, result, 'sinterstore')
}

function store(ctx: CommandContext, args: RequestArgs, result: LooseValue, event: string): void {
  storeResult(ctx, args, result, sets.size(result), Type.set, 'set', event)
}

function union(ctx: CommandContext, sources: readonly (Entry | undefined)[]): LooseValue {
  const result = new LooseValue(ctx.database)
  sets.initialize(result, Encoding.intset)
  for (const source of sources) {
    if (source !== undefined) sets.forEach(source, (bytes, from, to) => sets.add(result, bytes, from, to))
  }
  return result
}

/** The members of the first set that are in none of the others, by whichever of two ways has less to do. */
function difference(ctx: CommandContext, sources: readonly (Entry | undefined)[]): LooseValue {
  const result = new LooseValue(ctx.database)
  sets.initialize(result, Encoding.intset)
  const [first, ...rest] = sources
  if (first === undefined) return result
  const others = rest.filter((other) => other !== undefined)
  if (others.some((other) => other.address === first.address)) return result
  // Asking each other set for each member, which is given some advantage, or walking all sets once.
  const asked = (sets.size(first) * (others.length + 1)) / 2
  const walked = sources.reduce((sum, source) => sum + sizeOf(source), 0)
  if (Math.floor(asked) <= walked) {
    others.sort((left, right) => sets.size(right) - sets.size(left))
    sets.forEach(first, (bytes, from, to) => {
      if (!others.some((other) => sets.has(other, bytes, from, to))) sets.add(result, bytes, from, to)
    })
    return result
  }
  sets.forEach(first, (bytes, from, to) => sets.add(result, bytes, from, to))
  for (const other of others) {
    if (sets.size(result) === 0) break
    sets.forEach(other, (bytes, from, to) => sets.remove(result, bytes, from, to))
  }
  return result
}

function replyWith(ctx: CommandContext, result: LooseValue): void {
  const { reply } = ctx
  reply.set(sets.size(result))
  sets.forEach(result, (bytes, from, to) => reply.bulkRange(bytes, from, to))
  result.discard()
}

export function sunion(ctx: CommandContext, args: RequestArgs): void {
  replyWith(ctx, union(ctx, readSets(ctx, args, 1, args.count - 1)))
}

export function sunionstore(ctx: CommandContext, args: RequestArgs): void {
  store(ctx, args, union(ctx, readSets(ctx, args, 2, args.count - 2)), 'sunionstore')
}

export function sdiff(ctx: CommandContext, args: RequestArgs): void {
  replyWith(ctx, difference(ctx, readSets(ctx, args, 1, args.count - 1)))
}

export function sdiffstore(ctx: CommandContext, args: RequestArgs): void {
  store(ctx, args, difference(ctx, readSets(ctx, args, 2, args.count - 2)), 'sdiffstore')
}
