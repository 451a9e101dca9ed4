import {
  type AddOptions,
  type BytesLike,
  CommandError,
  type LexBound,
  type RangeOptions,
  type ScoreBound,
  type ScoredMember,
  type SortedSetValue,
} from '@modis/sdk'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as zsets from '../../keyspace/types/zset.ts'
import { bufferOf, integerOf } from './bytes.ts'
import type { KeyHandle } from './key.ts'

const NONE: zsets.RankRange = { first: 0, count: 0 }
const notANumber = new CommandError('resulting score is not a number (NaN)')

/** A key's value as a sorted set, for modules. */
export class SortedSetView implements SortedSetValue {
  readonly #key: KeyHandle

  constructor(key: KeyHandle) {
    this.#key = key
  }

  #read(): Entry | undefined {
    return this.#key.read()?.expect(Type.zset)
  }

  #write(): Entry | undefined {
    return this.#key.write()?.expect(Type.zset)
  }

  get size(): number {
    const entry = this.#read()
    return entry === undefined ? 0 : zsets.size(entry)
  }

  score(member: BytesLike): number | null {
    const entry = this.#read()
    const bytes = bufferOf(member)
    if (entry === undefined) return null
    const score = zsets.scoreOf(entry, bytes, 0, bytes.length)
    return Number.isNaN(score) ? null : score
  }

  rank(member: BytesLike, options?: { readonly reverse?: boolean }): number | null {
    const entry = this.#read()
    const bytes = bufferOf(member)
    if (entry === undefined) return null
    const rank = zsets.rankOf(entry, bytes, 0, bytes.length)
    if (rank < 0) return null
    return options?.reverse === true ? zsets.size(entry) - 1 - rank : rank
  }

  add(member: BytesLike, score: number, options?: AddOptions): 'added' | 'updated' | 'unchanged' {
    if (typeof score !== 'number' || Number.isNaN(score)) throw new CommandError('value is not a valid float')
    const outcome = this.#update(bufferOf(member), score, flagsOf(options), 'zadd')
    return outcome === 'added' || outcome === 'updated' ? outcome : 'unchanged'
  }

  increment(member: BytesLike, by: number, options?: AddOptions): number | null {
    if (typeof by !== 'number' || Number.isNaN(by)) throw new CommandError('value is not a valid float')
    const outcome = this.#update(bufferOf(member), by, flagsOf(options) | zsets.UpdateFlag.increment, 'zincr')
    if (outcome === 'notANumber') throw notANumber
    return outcome === 'skipped' ? null : zsets.updated.score
  }

  #update(member: Buffer, score: number, flags: number, event: string): zsets.UpdateOutcome {
    const present = this.#write()
    if (present === undefined && (flags & zsets.UpdateFlag.ifPresent) !== 0) return 'skipped'
    const { database, bytes, from, to } = this.#key
    const entry = present ?? zsets.create(database, bytes, from, to, 1, member.length)
    const outcome = zsets.update(entry, member, 0, member.length, score, flags)
    if (outcome === 'added' || outcome === 'updated') this.#key.changed('zset', event)
    return outcome
  }

  delete(...members: readonly BytesLike[]): number {
    const entry = this.#write()
    if (entry === undefined) return 0
    let removed = 0
    for (const member of members.map(bufferOf)) if (zsets.remove(entry, member, 0, member.length)) removed++
    if (removed > 0) this.#removed(entry, 'zrem', removed)
    return removed
  }

  popMin(): ScoredMember | null {
    return this.#pop(true)
  }

  popMax(): ScoredMember | null {
    return this.#pop(false)
  }

  #pop(isLowest: boolean): ScoredMember | null {
    const entry = this.#write()
    if (entry === undefined) return null
    const range = { first: isLowest ? 0 : zsets.size(entry) - 1, count: 1 }
    const [popped] = collect(entry, range, false)
    zsets.removeRange(entry, range)
    this.#removed(entry, isLowest ? 'zpopmin' : 'zpopmax', 1)
    return popped ?? null
  }

  #removed(entry: Entry, event: string, count: number): void {
    this.#key.changedToEmpty(entry, zsets.size(entry) === 0, 'zset', event, count)
  }

  count(min: ScoreBound, max: ScoreBound): number {
    const entry = this.#read()
    return entry === undefined ? 0 : zsets.scoreRange(entry, scoreBounds(min, max)).count
  }

  rangeByRank(start: number, stop: number, options?: Pick<RangeOptions, 'reverse'>): ScoredMember[] {
    const entry = this.#read()
    if (entry === undefined) return []
    const range = zsets.rankRange(entry, integerOf(start, 'start'), integerOf(stop, 'stop'))
    if (options?.reverse !== true) return collect(entry, range, false)
    const first = zsets.size(entry) - range.first - range.count
    return collect(entry, { first, count: range.count }, true)
  }

  rangeByScore(min: ScoreBound, max: ScoreBound, options?: RangeOptions): ScoredMember[] {
    const entry = this.#read()
    if (entry === undefined) return []
    return limited(entry, zsets.scoreRange(entry, scoreBounds(min, max)), options)
  }

  rangeByLex(min: LexBound, max: LexBound, options?: RangeOptions): ScoredMember[] {
    const entry = this.#read()
    if (entry === undefined) return []
    return limited(entry, zsets.memberRange(entry, { min: memberBound(min), max: memberBound(max) }), options)
  }

  [Symbol.iterator](): Iterator<ScoredMember> {
    return this.rangeByRank(0, -1)[Symbol.iterator]()
  }
}

function flagsOf(options: AddOptions | undefined): number {
  let flags = 0
  if (options?.when === 'absent') flags |= zsets.UpdateFlag.ifAbsent
  if (options?.when === 'present') flags |= zsets.UpdateFlag.ifPresent
  if (options?.only === 'greater') flags |= zsets.UpdateFlag.ifGreater
  if (options?.only === 'less') flags |= zsets.UpdateFlag.ifLess
  return flags
}

function scoreBounds(min: ScoreBound, max: ScoreBound): zsets.ScoreBounds {
  return {
    min: scoreOf(min),
    max: scoreOf(max),
    isMinExclusive: typeof min !== 'number',
    isMaxExclusive: typeof max !== 'number',
  }
}

/** @throws RangeError where it is none: compared with what is not a number, every range would be empty */
function scoreOf(bound: ScoreBound): number {
  const score = typeof bound === 'number' ? bound : bound?.exclusive
  if (typeof score === 'number' && !Number.isNaN(score)) return score
  throw new RangeError(`a bound of scores is a number or { exclusive: number }, got ${String(bound)}`)
}

function memberBound(bound: LexBound): zsets.MemberBound {
  if (typeof bound === 'string' || bound instanceof Uint8Array)
    return { bytes: bufferOf(bound), isExclusive: false }
  if ('infinity' in bound) {
    if (bound.infinity !== '-' && bound.infinity !== '+')
      throw new RangeError(`infinity is '-' or '+', got '${String(bound.infinity)}'`)
    return bound.infinity === '-' ? 'lowest' : 'highest'
  }
  return { bytes: bufferOf(bound.exclusive), isExclusive: true }
}

/** The elements of a range, less those that `offset` and `limit` leave out. */
function limited(entry: Entry, range: zsets.RankRange, options: RangeOptions | undefined): ScoredMember[] {
  const offset = integerOf(options?.offset ?? 0, 'offset')
  const reverse = options?.reverse === true
  if (offset < 0 || offset >= range.count) return []
  const rest = range.count - offset
  const count = Math.min(rest, options?.limit === undefined || options.limit < 0 ? rest : options.limit)
  const first = reverse ? range.first + rest - count : range.first + offset
  return collect(entry, count === 0 ? NONE : { first, count }, reverse)
}

function collect(entry: Entry, range: zsets.RankRange, reverse: boolean): ScoredMember[] {
  const members: ScoredMember[] = []
  zsets.forEachInRange(entry, range, reverse ? 'backward' : 'forward', (bytes, from, to, score) => {
    members.push({ member: Buffer.from(bytes.subarray(from, to)), score })
  })
  return members
}
