import { copyBytes } from '../copy-bytes.ts'
import type { Database } from '../database.ts'
import type { Entry } from '../entry.ts'
import { Encoding, Type } from '../entry-layout.ts'
import { LooseValue, type ValueHolder } from '../loose-value.ts'
import { ElementView } from '../packed/element-view.ts'
import * as listpack from '../packed/listpack.ts'
import { INTEGER_TEXT_BYTES } from '../packed/numbers.ts'
import type { Direction } from '../packed/quicklist.ts'
import { ScoreCursor } from '../sorted-tree.ts'
import { LargeSortedSet } from './zset-large.ts'
import * as packed from './zset-packed.ts'

export { LargeSortedSet } from './zset-large.ts'

// Sorted sets of up to some members are a listpack; what outgrows the thresholds becomes a dictionary with a tree and stays
// one, as in Redis. Every function takes a holder of a sorted set. Ranks count from 0 in ascending order of scores, then of
// members as bytes.

/** Called with each member, `bytes[from, to)`, and its score; the range is valid during the call only. */
export type ScoreVisitor = (bytes: Buffer, from: number, to: number, score: number) => void

/** Elements that follow each other: `count` of them from rank `first` on. */
export interface RankRange {
  readonly first: number
  readonly count: number
}

/** A range of scores. */
export interface ScoreBounds {
  readonly min: number
  readonly max: number
  readonly isMinExclusive: boolean
  readonly isMaxExclusive: boolean
}

/** An end of a range of members: before or after all of them, or some bytes. */
export type MemberBound = 'lowest' | 'highest' | { readonly bytes: Buffer; readonly isExclusive: boolean }

/** A range of members, which means something where all scores are the same. */
export interface MemberBounds {
  readonly min: MemberBound
  readonly max: MemberBound
}

/** Makes `holder` an empty sorted set that is to get `count` members, the longest of `bytes` bytes. */
export function initialize(holder: ValueHolder, count: number, bytes: number): void {
  if (!fitsPacked(holder.database, count, bytes)) {
    holder.setObject(new LargeSortedSet(holder.database.arena))
    return
  }
  holder.setInline(Encoding.listpack, listpack.EMPTY_BYTES)
  listpack.create(holder)
}

function fitsPacked(database: Database, count: number, bytes: number): boolean {
  const { limits } = database.keyspace
  return count <= limits.zsetEntries && bytes <= limits.zsetValueBytes
}

/**
 * Adds key `source[from, to)`, which must not exist, with an empty sorted set, to be given members at once: about `count`,
 * the first of `bytes` bytes, which decides how it is packed.
 */
export function create(
  database: Database,
  source: Buffer,
  from: number,
  to: number,
  count: number,
  bytes: number,
): Entry {
  if (!fitsPacked(database, count, bytes)) {
    return database.createObject(source, from, to, Type.zset, new LargeSortedSet(database.arena))
  }
  const entry = database.create(source, from, to, Type.zset, Encoding.listpack, listpack.EMPTY_BYTES)
  listpack.create(entry)
  return entry
}

/** Prepares for `count` members being added at once: more than a packed sorted set may have make it a large one now. */
export function expectMembers(holder: ValueHolder, count: number): void {
  if (holder.encoding === Encoding.object || count <= holder.database.keyspace.limits.zsetEntries) return
  becomeLarge(holder)
}

/** Applies the thresholds to a packed sorted set that came from elsewhere, such as a file. */
export function applyLimits(holder: ValueHolder): void {
  expectMembers(holder, size(holder))
}

/** Number of members. */
export function size(holder: ValueHolder): number {
  return holder.encoding === Encoding.object ? holder.object<LargeSortedSet>().size : packed.size(holder)
}

/** Score of member `source[from, to)`, NaN where it is not in the set. */
export function scoreOf(holder: ValueHolder, source: Buffer, from: number, to: number): number {
  if (holder.encoding === Encoding.object) {
    const set = holder.object<LargeSortedSet>()
    const address = set.members.find(source, from, to)
    return address === 0 ? Number.NaN : set.scoreAt(address)
  }
  const position = packed.find(holder, source, from, to)
  return position === listpack.NO_POSITION ? Number.NaN : packed.scoreAt(holder, position)
}

/** Rank of member `source[from, to)`, −1 where it is not in the set. */
export function rankOf(holder: ValueHolder, source: Buffer, from: number, to: number): number {
  if (holder.encoding === Encoding.object) {
    const set = holder.object<LargeSortedSet>()
    const address = set.members.find(source, from, to)
    return address === 0 ? -1 : set.tree.rank(set.scoreAt(address), address)
  }
  const rank = packed.countWhile(holder, (position) => !listpack.compare(holder, position, source, from, to))
  return rank === packed.size(holder) ? -1 : rank
}

/** How {@link update} is to go about it: bits, as the options of ZADD. */
export const UpdateFlag = { ifAbsent: 1, ifPresent: 2, ifGreater: 4, ifLess: 8, increment: 16 } as const

/** What {@link update} did; `skipped` where a flag forbade it, `notANumber` where an increment has no result. */
export type UpdateOutcome = 'added' | 'updated' | 'same' | 'skipped' | 'notANumber'

/** The score that the last {@link update} left, unless it was skipped; shared, so that updating allocates nothing. */
export const updated = { score: 0 }

/**
 * Adds member `source[from, to)`, which does not lie in the set itself, with a score that is not NaN, or changes its
 * score, as `flags` (bits of {@link UpdateFlag}) allow.
 */
export function update(
  holder: ValueHolder,
  source: Buffer,
  from: number,
  to: number,
  score: number,
  flags: number,
): UpdateOutcome {
  if (holder.encoding !== Encoding.object) {
    const position = packed.find(holder, source, from, to)
    if (position !== listpack.NO_POSITION) {
      const outcome = decide(packed.scoreAt(holder, position), score, flags)
      if (outcome !== 'updated') return outcome
      packed.remove(holder, position, 1)
      packed.insert(holder, source, from, to, updated.score)
      return outcome
    }
    if ((flags & UpdateFlag.ifPresent) !== 0) return 'skipped'
    const bytes = to - from
    if (fitsPacked(holder.database, packed.size(holder) + 1, bytes) && listpack.isSafeToAdd(holder, bytes)) {
      packed.insert(holder, source, from, to, score)
      updated.score = score
      return 'added'
    }
    becomeLarge(holder)
  }
  return updateLarge(holder.object<LargeSortedSet>(), source, from, to, score, flags)
}

function updateLarge(
  set: LargeSortedSet,
  source: Buffer,
  from: number,
  to: number,
  score: number,
  flags: number,
): UpdateOutcome {
  let address: number
  if ((flags & UpdateFlag.ifPresent) !== 0) {
    address = set.members.find(source, from, to)
    if (address === 0) return 'skipped'
  } else {
    address = set.reserve(source, from, to)
    if (set.members.reservedNew) {
      set.place(address, score)
      updated.score = score
      return 'added'
    }
  }
  const current = set.scoreAt(address)
  const outcome = decide(current, score, flags)
  if (outcome === 'updated') set.rescore(address, current, updated.score)
  return outcome
}

/**
 * Adds member `source[from, to)` with a score that is not NaN; returns false, without a change, where it is a member
 * already. Quickest for members that come from the highest to the lowest, as in RDB files.
 */
export function load(holder: ValueHolder, source: Buffer, from: number, to: number, score: number): boolean {
  if (holder.encoding === Encoding.object) {
    return holder.object<LargeSortedSet>().load(source, from, to, score)
  }
  return update(holder, source, from, to, score, UpdateFlag.ifAbsent) === 'added'
}

/** What becomes of a member whose score is `current`; `updated` and `same` set the new score. */
function decide(current: number, score: number, flags: number): UpdateOutcome {
  if ((flags & UpdateFlag.ifAbsent) !== 0) return 'skipped'
  const wanted = (flags & UpdateFlag.increment) !== 0 ? current + score : score
  if (Number.isNaN(wanted)) return 'notANumber'
  if ((flags & UpdateFlag.ifLess) !== 0 && wanted >= current) return 'skipped'
  if ((flags & UpdateFlag.ifGreater) !== 0 && wanted <= current) return 'skipped'
  updated.score = wanted
  return wanted === current ? 'same' : 'updated'
}

/** Removes member `source[from, to)`; returns whether it was there. The key of a set left empty is the caller's to delete. */
export function remove(holder: ValueHolder, source: Buffer, from: number, to: number): boolean {
  if (holder.encoding === Encoding.object) return holder.object<LargeSortedSet>().remove(source, from, to)
  const position = packed.find(holder, source, from, to)
  if (position === listpack.NO_POSITION) return false
  packed.remove(holder, position, 1)
  return true
}

/** Removes the elements of a range. */
export function removeRange(holder: ValueHolder, { first, count }: RankRange): void {
  if (count <= 0) return
  if (holder.encoding !== Encoding.object) {
    packed.remove(holder, listpack.seek(holder, first * 2), count)
  } else if (count === size(holder)) {
    // Starting over leaves the old elements to be disposed of in slices.
    holder.setObject(new LargeSortedSet(holder.database.arena))
  } else {
    holder.object<LargeSortedSet>().removeRanks(first, count)
  }
}

/** The elements with ranks `start` to `stop`, both included, negative ones from the end. */
export function rankRange(holder: ValueHolder, start: number, stop: number): RankRange {
  const total = size(holder)
  const first = Math.max(start < 0 ? total + start : start, 0)
  const last = Math.min(stop < 0 ? total + stop : stop, total - 1)
  return { first, count: Math.max(last - first + 1, 0) }
}

/** The elements with scores within `bounds`. */
export function scoreRange(holder: ValueHolder, bounds: ScoreBounds): RankRange {
  const { min, max, isMinExclusive, isMaxExclusive } = bounds
  if (holder.encoding === Encoding.object) {
    const { tree } = holder.object<LargeSortedSet>()
    return between(tree.firstInScores(min, isMinExclusive), tree.lastInScores(max, isMaxExclusive) + 1)
  }
  const first = packed.countWhile(holder, (position) => {
    const score = packed.scoreAt(holder, position)
    return isMinExclusive ? score <= min : score < min
  })
  const end = packed.countWhile(holder, (position) => {
    const score = packed.scoreAt(holder, position)
    return isMaxExclusive ? score < max : score <= max
  })
  return between(first, end)
}

function between(first: number, end: number): RankRange {
  return { first, count: Math.max(end - first, 0) }
}

/** The elements with members within `bounds`, for a set whose scores are all the same. */
export function memberRange(holder: ValueHolder, bounds: MemberBounds): RankRange {
  return between(countBefore(holder, bounds.min, false), countBefore(holder, bounds.max, true))
}

/** Number of members before a bound; of those that are the bound itself, all are counted if it is the end of a range. */
function countBefore(holder: ValueHolder, bound: MemberBound, isEnd: boolean): number {
  if (bound === 'lowest') return 0
  if (bound === 'highest') return size(holder)
  const { bytes, isExclusive } = bound
  const isThrough = isEnd !== isExclusive
  if (holder.encoding === Encoding.object) {
    return holder.object<LargeSortedSet>().tree.firstInMembers(bytes, 0, bytes.length, isThrough)
  }
  return packed.countWhile(holder, (position) => {
    const order = packed.compareMember(holder, position, bytes, 0, bytes.length)
    return isThrough ? order <= 0 : order < 0
  })
}

/** A walk along a sorted set, and the element it stands at. A change to the set ends it. */
export class SortedSetWalk {
  /** The member: `bytes[from, to)`. */
  bytes: Buffer
  from = 0
  to = 0
  rank = -1
  readonly #holder: ValueHolder
  readonly #set: LargeSortedSet | undefined
  readonly #cursor = new ScoreCursor()
  readonly #view = new ElementView()
  readonly #text = Buffer.allocUnsafe(INTEGER_TEXT_BYTES)
  #position = listpack.NO_POSITION

  constructor(holder: ValueHolder) {
    this.#holder = holder
    this.#set = holder.encoding === Encoding.object ? holder.object<LargeSortedSet>() : undefined
    this.bytes = this.#text
  }

  /** Score of the member. */
  get score(): number {
    return this.#set === undefined ? packed.scoreAt(this.#holder, this.#position) : this.#cursor.score
  }

  /** Goes to the element of rank `rank`, 0 or more; returns whether there is one. */
  seek(rank: number): boolean {
    this.rank = rank
    if (this.#set !== undefined) return this.#set.tree.seek(rank, this.#cursor) && this.#loadLarge(this.#set)
    return this.#loadPacked(listpack.seek(this.#holder, rank * 2))
  }

  /** As {@link seek} in a packed set, where the caller knows the position that goes with the rank. */
  seekPosition(rank: number, position: number): void {
    this.rank = rank
    this.#loadPacked(position)
  }

  /** Goes on by one element; returns false at the end. */
  step(direction: Direction): boolean {
    const isForward = direction === 'forward'
    this.rank += isForward ? 1 : -1
    if (this.#set !== undefined) {
      const { tree } = this.#set
      const stands = isForward ? tree.next(this.#cursor) : tree.previous(this.#cursor)
      return stands && this.#loadLarge(this.#set)
    }
    const move = isForward ? packed.next : packed.previous
    return this.#loadPacked(move(this.#holder, this.#position))
  }

  #loadLarge({ members }: LargeSortedSet): boolean {
    const { address } = this.#cursor
    this.bytes = members.chunk(address)
    this.from = members.keyStart(address)
    this.to = this.from + members.keyLength(address)
    return true
  }

  #loadPacked(position: number): boolean {
    this.#position = position
    if (position === listpack.NO_POSITION) return false
    const view = this.#view
    listpack.read(this.#holder, position, view)
    this.bytes = view.isInteger ? this.#text : view.bytes
    this.from = view.isInteger ? 0 : view.from
    this.to = view.isInteger ? view.copyTo(this.#text, 0) : view.to
    return true
  }
}

/** Visits the elements of a range in the given direction; `visit` must not change this set. */
export function forEachInRange(
  holder: ValueHolder,
  { first, count }: RankRange,
  direction: Direction,
  visit: ScoreVisitor,
): void {
  if (count <= 0) return
  const walk = new SortedSetWalk(holder)
  let stands = walk.seek(direction === 'forward' ? first : first + count - 1)
  for (let left = count; stands; stands = walk.step(direction)) {
    visit(walk.bytes, walk.from, walk.to, walk.score)
    if (--left === 0) return
  }
}

/** Visits elements in ascending order until `visit` returns false; it must not change this set. */
export function forEachWhile(
  holder: ValueHolder,
  visit: (bytes: Buffer, from: number, to: number, score: number) => boolean,
): void {
  const walk = new SortedSetWalk(holder)
  let stands = walk.seek(0)
  while (stands && visit(walk.bytes, walk.from, walk.to, walk.score)) stands = walk.step('forward')
}

/** Visits all elements in ascending order; `visit` must not change this set. */
export function forEach(holder: ValueHolder, visit: ScoreVisitor): void {
  forEachInRange(holder, { first: 0, count: size(holder) }, 'forward', visit)
}

/**
 * Visits elements from `cursor` on in no order, about `count` of them, and returns the cursor to go on from, 0 at the end.
 * A packed set is visited whole.
 */
export function scan(holder: ValueHolder, cursor: number, count: number, visit: ScoreVisitor): number {
  if (holder.encoding !== Encoding.object) {
    forEach(holder, visit)
    return 0
  }
  const set = holder.object<LargeSortedSet>()
  const { members } = set
  return members.scan(cursor, count, (address) => {
    const from = members.keyStart(address)
    visit(members.chunk(address), from, from + members.keyLength(address), set.scoreAt(address))
  })
}

/** Visits `count` elements, each drawn at random from all of a set that is not empty. */
export function randomRepeated(holder: ValueHolder, count: number, visit: ScoreVisitor): void {
  const walk = new SortedSetWalk(holder)
  const starts = holder.encoding === Encoding.object ? undefined : packed.positions(holder)
  const total = size(holder)
  for (let drawn = 0; drawn < count; drawn++) {
    const rank = Math.floor(Math.random() * total)
    if (starts === undefined) walk.seek(rank)
    else walk.seekPosition(rank, starts[rank] as number)
    visit(walk.bytes, walk.from, walk.to, walk.score)
  }
}

/** Visits `count` different elements drawn at random, fewer than the set has; their order is not random. */
export function randomDistinct(holder: ValueHolder, count: number, visit: ScoreVisitor): void {
  const total = size(holder)
  if (holder.encoding !== Encoding.object || count * 3 > total) {
    // Taking each element with the odds that are left gives every subset of this size the same chance.
    let wanted = count
    let left = total
    forEach(holder, (bytes, from, to, score) => {
      if (Math.random() * left-- >= wanted) return
      wanted--
      visit(bytes, from, to, score)
    })
    return
  }
  const walk = new SortedSetWalk(holder)
  const drawn = new Set<number>()
  while (drawn.size < count) {
    const rank = Math.floor(Math.random() * total)
    if (drawn.has(rank)) continue
    drawn.add(rank)
    walk.seek(rank)
    visit(walk.bytes, walk.from, walk.to, walk.score)
  }
}

function becomeLarge(holder: ValueHolder): void {
  const set = new LargeSortedSet(holder.database.arena)
  // A listpack that came from outside need not be in order, so each member is put where it belongs.
  forEach(holder, (bytes, from, to, score) => {
    const address = set.reserve(bytes, from, to)
    if (set.members.reservedNew) set.place(address, score)
  })
  holder.setObject(set)
}

/** Packs a large set that is small enough after all: what a computed sorted set ends as. */
export function packIfSmall(holder: LooseValue): void {
  const { zsetEntries, zsetValueBytes } = holder.database.keyspace.limits
  if (holder.encoding !== Encoding.object || size(holder) > zsetEntries) return
  const result = new LooseValue(holder.database)
  result.setInline(Encoding.listpack, listpack.EMPTY_BYTES)
  listpack.create(result)
  let fits = true
  forEach(holder, (bytes, from, to, score) => {
    fits &&= to - from <= zsetValueBytes && listpack.isSafeToAdd(result, to - from)
    if (fits) packed.append(result, bytes, from, to, score)
  })
  if (!fits) return
  holder.setInline(Encoding.listpack, result.length)
  result.bytes.copy(holder.bytes, 0, 0, result.length)
}

/**
 * Adds key `source[from, to)` of `target`, which must not exist, with a copy of the sorted set at `entry` in the same
 * encoding and the expiry `expiry`, in milliseconds since the epoch or −1.
 */
export function copyValue(
  entry: Entry,
  target: Database,
  source: Uint8Array,
  from: number,
  to: number,
  expiry: number,
): Entry {
  if (entry.encoding === Encoding.object) {
    const set = new LargeSortedSet(target.arena)
    forEach(entry, (bytes, start, end, score) => set.append(bytes, start, end, score))
    return target.createObject(source, from, to, Type.zset, set, expiry)
  }
  const copy = target.create(source, from, to, Type.zset, entry.encoding, entry.length, expiry)
  copyBytes(entry.bytes, entry.start, entry.start + entry.length, copy.bytes, copy.start)
  return copy
}
