import type { ByteSource, RankRange, Slice, ZsetAddResult, ZsetElement } from '@modis/bridge'
import { ByteRange } from '../../../keyspace/byte-range.ts'
import type { Entry } from '../../../keyspace/entry.ts'
import { Type } from '../../../keyspace/entry-layout.ts'
import * as hashes from '../../../keyspace/types/hash.ts'
import * as lists from '../../../keyspace/types/list.ts'
import * as zsets from '../../../keyspace/types/zset.ts'
import { bufferOf, copyOf, KeyHost } from './keyspace-host.ts'

/** Bits of `flags` in {@link CollectionHost.zsetAdd}, as the bridge has them. */
const Zset = { onlyExisting: 1, onlyNew: 2, added: 4, updated: 8, nop: 16, greater: 32, less: 64 } as const

const LEAST = 0x2d
const MOST = 0x2b
const INCLUDED = 0x5b
const EXCLUDED = 0x28

/** Lists, hashes and sorted sets for Redis modules. */
export class CollectionHost extends KeyHost {
  /** The collection of `type` at a key, created where there is none; undefined where the key holds something else. */
  #collection(db: number, key: Slice, type: number, create: () => Entry): Entry | undefined {
    const entry = this.database(db).write(bufferOf(key), key.start, key.end)
    if (entry === undefined) return create()
    return entry.type === type ? entry : undefined
  }

  #readable(db: number, key: Slice, type: number): Entry | undefined {
    const entry = this.peek(db, key)
    return entry?.type === type ? entry : undefined
  }

  listPush(db: number, key: Slice, atTail: boolean, value: Slice): boolean {
    const create = (): Entry => lists.create(this.database(db), bufferOf(key), key.start, key.end)
    const entry = this.#collection(db, key, Type.list, create)
    if (entry === undefined) return false
    lists.expectElements(entry, 1, value.end - value.start)
    lists.push(entry, atTail ? 'tail' : 'head', bufferOf(value), value.start, value.end)
    return true
  }

  listPop(db: number, key: Slice, atTail: boolean): ByteSource | null {
    const entry = this.writable(db, key, Type.list)
    if (entry === undefined) return null
    const element = lists.elementAt(entry, atTail ? -1 : 0)
    lists.drop(entry, atTail ? 'tail' : 'head')
    this.#shrinkList(entry)
    return element ?? null
  }

  #shrinkList(entry: Entry): void {
    if (lists.size(entry) === 0) entry.database.delete(entry)
    else lists.shrink(entry)
  }

  listGet(db: number, key: Slice, index: number): ByteSource | null {
    const entry = this.#readable(db, key, Type.list)
    return entry === undefined ? null : (lists.elementAt(entry, index) ?? null)
  }

  listSet(db: number, key: Slice, index: number, value: Slice): boolean {
    const entry = this.writable(db, key, Type.list)
    if (entry === undefined) return false
    lists.expectElements(entry, 1, value.end - value.start)
    const walk = new lists.ListWalk(entry)
    if (!walk.seek(index)) return false
    walk.replace(bufferOf(value), value.start, value.end)
    return true
  }

  listInsert(db: number, key: Slice, index: number, value: Slice): boolean {
    const entry = this.writable(db, key, Type.list)
    if (entry === undefined) return (index === 0 || index === -1) && this.listPush(db, key, index < 0, value)
    const size = lists.size(entry)
    if (index === size || index === -size - 1) return this.listPush(db, key, index > 0, value)
    lists.expectElements(entry, 1, value.end - value.start)
    const walk = new lists.ListWalk(entry)
    if (!walk.seek(index)) return false
    if (index < 0) walk.insertAfter(bufferOf(value), value.start, value.end)
    else walk.insertBefore(bufferOf(value), value.start, value.end)
    return true
  }

  listDelete(db: number, key: Slice, index: number): boolean {
    const entry = this.writable(db, key, Type.list)
    if (entry === undefined) return false
    const walk = new lists.ListWalk(entry)
    if (!walk.seek(index)) return false
    walk.remove('forward')
    this.#shrinkList(entry)
    return true
  }

  hashGet(db: number, key: Slice, field: Slice): ByteSource | null {
    const entry = this.#readable(db, key, Type.hash)
    const range = new ByteRange()
    if (entry === undefined || !hashes.get(entry, bufferOf(field), field.start, field.end, range)) return null
    return { bytes: range.bytes, start: range.from, end: range.to }
  }

  hashSet(db: number, key: Slice, field: Slice, value: Slice): boolean {
    const create = (): Entry => hashes.create(this.database(db), bufferOf(key), key.start, key.end)
    const entry = this.#collection(db, key, Type.hash, create)
    if (entry === undefined) return false
    return !hashes.set(
      entry,
      bufferOf(field),
      field.start,
      field.end,
      bufferOf(value),
      value.start,
      value.end,
    )
  }

  hashDelete(db: number, key: Slice, field: Slice): boolean {
    const entry = this.writable(db, key, Type.hash)
    if (entry === undefined || !hashes.remove(entry, bufferOf(field), field.start, field.end)) return false
    if (hashes.size(entry) === 0) entry.database.delete(entry)
    return true
  }

  zsetAdd(
    db: number,
    key: Slice,
    score: number,
    member: Slice,
    flags: number,
    increment: boolean,
    into: ZsetAddResult,
  ): boolean {
    into.flags = Zset.nop
    into.score = 0
    if (Number.isNaN(score)) return false
    const length = member.end - member.start
    const exists = this.#readable(db, key, Type.zset) !== undefined
    if (!exists && (flags & Zset.onlyExisting) !== 0) return true
    const create = (): Entry => zsets.create(this.database(db), bufferOf(key), key.start, key.end, 1, length)
    const entry = this.#collection(db, key, Type.zset, create)
    if (entry === undefined) return false
    const outcome = zsets.update(
      entry,
      bufferOf(member),
      member.start,
      member.end,
      score,
      updateFlags(flags, increment),
    )
    if (outcome === 'notANumber') return false
    into.flags = outcome === 'added' ? Zset.added : outcome === 'updated' ? Zset.updated : Zset.nop
    into.score = zsets.updated.score
    return true
  }

  zsetScore(db: number, key: Slice, member: Slice): number | undefined {
    const entry = this.#readable(db, key, Type.zset)
    if (entry === undefined) return undefined
    const score = zsets.scoreOf(entry, bufferOf(member), member.start, member.end)
    return Number.isNaN(score) ? undefined : score
  }

  zsetRemove(db: number, key: Slice, member: Slice): boolean {
    const entry = this.writable(db, key, Type.zset)
    if (entry === undefined || !zsets.remove(entry, bufferOf(member), member.start, member.end)) return false
    if (zsets.size(entry) === 0) entry.database.delete(entry)
    return true
  }

  zsetRankRange(
    db: number,
    key: Slice,
    minimum: number,
    maximum: number,
    minimumExcluded: boolean,
    maximumExcluded: boolean,
    into: RankRange,
  ): void {
    const entry = this.#readable(db, key, Type.zset)
    const bounds = {
      min: minimum,
      max: maximum,
      isMinExclusive: minimumExcluded,
      isMaxExclusive: maximumExcluded,
    }
    assignRange(into, entry === undefined ? { first: 0, count: 0 } : zsets.scoreRange(entry, bounds))
  }

  zsetLexRankRange(db: number, key: Slice, minimum: Slice, maximum: Slice, into: RankRange): boolean {
    const min = memberBound(minimum)
    const max = memberBound(maximum)
    if (min === undefined || max === undefined) return false
    const entry = this.#readable(db, key, Type.zset)
    assignRange(into, entry === undefined ? { first: 0, count: 0 } : zsets.memberRange(entry, { min, max }))
    return true
  }

  zsetElements(db: number, key: Slice, first: number, count: number): ZsetElement[] {
    const entry = this.#readable(db, key, Type.zset)
    const elements: ZsetElement[] = []
    if (entry === undefined) return elements
    const size = zsets.size(entry)
    const range = { first, count: Math.min(count, size - first) }
    zsets.forEachInRange(entry, range, 'forward', (bytes, from, to, score) => {
      elements.push({ member: Buffer.from(bytes.subarray(from, to)), score })
    })
    return elements
  }
}

function assignRange(into: RankRange, { first, count }: zsets.RankRange): void {
  into.first = first
  into.last = first + count - 1
}

function updateFlags(flags: number, increment: boolean): number {
  const { UpdateFlag } = zsets
  let bits = increment ? UpdateFlag.increment : 0
  if ((flags & Zset.onlyNew) !== 0) bits |= UpdateFlag.ifAbsent
  if ((flags & Zset.onlyExisting) !== 0) bits |= UpdateFlag.ifPresent
  if ((flags & Zset.greater) !== 0) bits |= UpdateFlag.ifGreater
  if ((flags & Zset.less) !== 0) bits |= UpdateFlag.ifLess
  return bits
}

/** A bound in the syntax of ZRANGEBYLEX; undefined where it is malformed. */
function memberBound(slice: Slice): zsets.MemberBound | undefined {
  const text = copyOf(slice)
  if (text.length === 1 && text[0] === LEAST) return 'lowest'
  if (text.length === 1 && text[0] === MOST) return 'highest'
  if (text[0] !== INCLUDED && text[0] !== EXCLUDED) return undefined
  return { bytes: text.subarray(1), isExclusive: text[0] === EXCLUDED }
}
