import type { Arena } from '../arena.ts'
import { copyBytes } from '../copy-bytes.ts'
import type { Database } from '../database.ts'
import { Dictionary } from '../dictionary.ts'
import type { Entry } from '../entry.ts'
import { Encoding, Type } from '../entry-layout.ts'
import { LooseValue, type ValueHolder } from '../loose-value.ts'
import type { LargeValue } from '../objects.ts'
import { ElementView } from '../packed/element-view.ts'
import * as intset from '../packed/intset.ts'
import * as listpack from '../packed/listpack.ts'
import { INTEGER_TEXT_BYTES, isInteger64 } from '../packed/numbers.ts'

// Sets of up to some members are packed: as an intset while all members are integers, else as a listpack. What outgrows
// the thresholds becomes a dictionary and never goes back, as in Redis. Every function takes a holder of a set.

const LARGEST_INTSET = 1 << 30
// Bytes a member of 64 bits takes in a listpack at most.
const INTEGER_BYTES = 10
const OBJECT_BYTES = 64
const SCAN_COUNT = 256

/** A set past the thresholds: a dictionary of its members, without values. */
export class LargeSet implements LargeValue {
  readonly encodingName = 'hashtable'
  readonly members: Dictionary

  constructor(arena: Arena) {
    this.members = new Dictionary(arena)
  }

  get memoryBytes(): number {
    return this.members.memoryBytes + OBJECT_BYTES
  }

  get outsideBytes(): number {
    return OBJECT_BYTES
  }

  dispose(limit: number): boolean {
    return this.members.dispose(limit)
  }
}

/** Called with each member, `bytes[from, to)`; the range is valid during the call only. */
export type MemberVisitor = (bytes: Buffer, from: number, to: number) => void

type SetEncoding = typeof Encoding.intset | typeof Encoding.listpack | typeof Encoding.object

/** The encoding for a new set whose first member is `source[from, to)` and which is to get about `count` members. */
function encodingFor(
  database: Database,
  source: Buffer,
  from: number,
  to: number,
  count: number,
): SetEncoding {
  const { limits } = database.keyspace
  if (count <= limits.setIntsetEntries && isInteger64(source, from, to)) return Encoding.intset
  return count <= limits.setEntries ? Encoding.listpack : Encoding.object
}

/** Makes `holder` an empty set in `encoding`. */
export function initialize(holder: ValueHolder, encoding: SetEncoding): void {
  if (encoding === Encoding.object) {
    holder.setObject(new LargeSet(holder.database.arena))
  } else if (encoding === Encoding.intset) {
    holder.setInline(encoding, intset.HEADER_BYTES)
    intset.create(holder)
  } else {
    holder.setInline(encoding, listpack.EMPTY_BYTES)
    listpack.create(holder)
  }
}

/**
 * Adds key `key[keyFrom, keyTo)`, which must not exist, with an empty set, to be given members at once: `source[from, to)`
 * first and about `count` in all, which decides how it is packed.
 */
export function create(
  database: Database,
  key: Buffer,
  keyFrom: number,
  keyTo: number,
  source: Buffer,
  from: number,
  to: number,
  count: number,
): Entry {
  const encoding = encodingFor(database, source, from, to, count)
  if (encoding === Encoding.object) {
    return database.createObject(key, keyFrom, keyTo, Type.set, new LargeSet(database.arena))
  }
  const isIntset = encoding === Encoding.intset
  const bytes = isIntset ? intset.HEADER_BYTES : listpack.EMPTY_BYTES
  const entry = database.create(key, keyFrom, keyTo, Type.set, encoding, bytes)
  if (isIntset) intset.create(entry)
  else listpack.create(entry)
  return entry
}

/** Prepares for `count` members being added at once: more than a packed set may have make it a dictionary now. */
export function expectMembers(holder: ValueHolder, count: number): void {
  const { encoding } = holder
  if (encoding === Encoding.object) return
  const { limits } = holder.database.keyspace
  if (count > (encoding === Encoding.intset ? limits.setIntsetEntries : limits.setEntries)) {
    becomeDictionary(holder)
  }
}

/** Applies the thresholds to a packed set that came from elsewhere, such as a file. */
export function applyLimits(holder: ValueHolder): void {
  expectMembers(holder, size(holder))
}

/** Number of members. */
export function size(holder: ValueHolder): number {
  switch (holder.encoding) {
    case Encoding.object:
      return holder.object<LargeSet>().members.size
    case Encoding.intset:
      return intset.length(holder)
    default:
      return listpack.count(holder)
  }
}

/** Whether `source[from, to)` is a member. */
export function has(holder: ValueHolder, source: Buffer, from: number, to: number): boolean {
  switch (holder.encoding) {
    case Encoding.object:
      return holder.object<LargeSet>().members.find(source, from, to) !== 0
    case Encoding.intset:
      return intset.findText(holder, source, from, to)
    default:
      return find(holder, source, from, to) !== listpack.NO_POSITION
  }
}

function find(holder: ValueHolder, source: Buffer, from: number, to: number): number {
  return listpack.find(holder, listpack.first(holder), source, from, to, 0)
}

/** Adds `source[from, to)`, which does not lie in the set itself; returns whether it is new. */
export function add(holder: ValueHolder, source: Buffer, from: number, to: number): boolean {
  switch (holder.encoding) {
    case Encoding.object:
      return holder.object<LargeSet>().members.add(source, from, to)
    case Encoding.intset:
      return addToIntset(holder, source, from, to)
    default:
      return addToListpack(holder, source, from, to)
  }
}

function addToIntset(holder: ValueHolder, source: Buffer, from: number, to: number): boolean {
  const { limits } = holder.database.keyspace
  if (intset.addText(holder, source, from, to)) {
    if (intset.length(holder) > Math.min(limits.setIntsetEntries, LARGEST_INTSET)) becomeDictionary(holder)
    return true
  }
  // It was there already, or it is no integer.
  if (isInteger64(source, from, to)) return false
  const bytes = to - from
  const count = intset.length(holder)
  const fits =
    count < limits.setEntries &&
    bytes <= limits.setValueBytes &&
    longestText(holder, count) <= limits.setValueBytes &&
    count * INTEGER_BYTES + bytes < listpack.MOST_BYTES
  if (fits) {
    becomeListpack(holder)
    listpack.append(holder, source, from, to)
  } else {
    becomeDictionary(holder)
    holder.object<LargeSet>().members.add(source, from, to)
  }
  return true
}

/** Bytes of the longest of `count` integers as text: one of the two at the ends. */
function longestText(holder: ValueHolder, count: number): number {
  if (count === 0) return 0
  const text = Buffer.allocUnsafe(INTEGER_TEXT_BYTES)
  return Math.max(intset.copyElement(holder, 0, text, 0), intset.copyElement(holder, count - 1, text, 0))
}

function addToListpack(holder: ValueHolder, source: Buffer, from: number, to: number): boolean {
  if (find(holder, source, from, to) !== listpack.NO_POSITION) return false
  const { limits } = holder.database.keyspace
  const bytes = to - from
  if (
    bytes <= limits.setValueBytes &&
    listpack.count(holder) < limits.setEntries &&
    listpack.isSafeToAdd(holder, bytes)
  ) {
    listpack.append(holder, source, from, to)
  } else {
    becomeDictionary(holder)
    holder.object<LargeSet>().members.add(source, from, to)
  }
  return true
}

/** Removes `source[from, to)`; returns whether it was a member. The key of a set left empty is the caller's to delete. */
export function remove(holder: ValueHolder, source: Buffer, from: number, to: number): boolean {
  switch (holder.encoding) {
    case Encoding.object:
      return holder.object<LargeSet>().members.delete(source, from, to)
    case Encoding.intset:
      return intset.removeText(holder, source, from, to)
    default: {
      const position = find(holder, source, from, to)
      if (position === listpack.NO_POSITION) return false
      listpack.remove(holder, position)
      return true
    }
  }
}

/** Calls `visit` with every member; it must not change this set. */
export function forEach(holder: ValueHolder, visit: MemberVisitor): void {
  switch (holder.encoding) {
    case Encoding.object: {
      const { members } = holder.object<LargeSet>()
      members.forEach((address) => {
        visitAddress(members, address, visit)
      })
      return
    }
    case Encoding.intset: {
      const text = Buffer.allocUnsafe(INTEGER_TEXT_BYTES)
      const count = intset.length(holder)
      for (let index = 0; index < count; index++) {
        visit(text, 0, intset.copyElement(holder, index, text, 0))
      }
      return
    }
    default: {
      const element = new ListpackElement()
      let position = listpack.first(holder)
      for (; position !== listpack.NO_POSITION; position = listpack.next(holder, position)) {
        element.visit(holder, position, visit)
      }
    }
  }
}

/** As {@link forEach}, until `visit` returns false. */
export function forEachWhile(
  holder: ValueHolder,
  visit: (bytes: Buffer, from: number, to: number) => boolean,
): void {
  let goesOn = true
  const guarded: MemberVisitor = (bytes, from, to) => {
    if (goesOn) goesOn = visit(bytes, from, to)
  }
  if (holder.encoding !== Encoding.object) {
    forEach(holder, guarded)
    return
  }
  const { members } = holder.object<LargeSet>()
  let cursor = 0
  do {
    cursor = members.scan(cursor, SCAN_COUNT, (address) => visitAddress(members, address, guarded))
  } while (goesOn && cursor !== 0)
}

/**
 * Visits members from `cursor` on, about `count` of them, and returns the cursor to go on from, 0 at the end. A packed set
 * is visited whole.
 */
export function scan(holder: ValueHolder, cursor: number, count: number, visit: MemberVisitor): number {
  if (holder.encoding !== Encoding.object) {
    forEach(holder, visit)
    return 0
  }
  const { members } = holder.object<LargeSet>()
  return members.scan(cursor, count, (address) => visitAddress(members, address, visit))
}

function visitAddress(members: Dictionary, address: number, visit: MemberVisitor): void {
  const start = members.keyStart(address)
  visit(members.chunk(address), start, start + members.keyLength(address))
}

/** Hands the elements of a listpack to visitors as text. */
class ListpackElement {
  readonly #view = new ElementView()
  readonly #text = Buffer.allocUnsafe(INTEGER_TEXT_BYTES)

  visit(holder: ValueHolder, position: number, visit: MemberVisitor): void {
    const view = this.#view
    listpack.read(holder, position, view)
    if (view.isInteger) visit(this.#text, 0, view.copyTo(this.#text, 0))
    else visit(view.bytes, view.from, view.to)
  }
}

/** Visits one member drawn at random from a set that is not empty; every member is as likely. */
export function random(holder: ValueHolder, visit: MemberVisitor): void {
  switch (holder.encoding) {
    case Encoding.object: {
      const { members } = holder.object<LargeSet>()
      visitAddress(members, members.random(), visit)
      return
    }
    case Encoding.intset: {
      const text = Buffer.allocUnsafe(INTEGER_TEXT_BYTES)
      visit(text, 0, intset.copyElement(holder, intset.randomIndex(holder), text, 0))
      return
    }
    default: {
      const index = Math.floor(Math.random() * listpack.count(holder))
      new ListpackElement().visit(holder, listpack.seek(holder, index), visit)
    }
  }
}

/** Visits `count` members, each drawn at random from all of a set that is not empty. */
export function randomRepeated(holder: ValueHolder, count: number, visit: MemberVisitor): void {
  if (holder.encoding !== Encoding.listpack) {
    for (let drawn = 0; drawn < count; drawn++) random(holder, visit)
    return
  }
  const element = new ListpackElement()
  const positions: number[] = []
  let position = listpack.first(holder)
  for (; position !== listpack.NO_POSITION; position = listpack.next(holder, position)) {
    positions.push(position)
  }
  for (let drawn = 0; drawn < count; drawn++) {
    element.visit(holder, positions[Math.floor(Math.random() * positions.length)] as number, visit)
  }
}

/** Visits `count` different members drawn at random, fewer than the set has; their order is not random. */
export function randomDistinct(holder: ValueHolder, count: number, visit: MemberVisitor): void {
  const total = size(holder)
  if (holder.encoding !== Encoding.object || count * 3 > total) {
    // Taking each member with the odds that are left gives every subset of this size the same chance.
    let wanted = count
    let left = total
    forEach(holder, (bytes, from, to) => {
      if (Math.random() * left-- >= wanted) return
      wanted--
      visit(bytes, from, to)
    })
    return
  }
  const { members } = holder.object<LargeSet>()
  const drawn = new Set<number>()
  while (drawn.size < count) {
    const address = members.random()
    if (drawn.has(address)) continue
    drawn.add(address)
    visitAddress(members, address, visit)
  }
}

/** Removes a member drawn at random from a set that is not empty, after visiting it. */
export function popRandom(holder: ValueHolder, visit: MemberVisitor): void {
  switch (holder.encoding) {
    case Encoding.object: {
      const { members } = holder.object<LargeSet>()
      const address = members.random()
      visitAddress(members, address, visit)
      visitAddress(members, address, (bytes, from, to) => members.delete(bytes, from, to))
      return
    }
    case Encoding.intset: {
      const index = intset.randomIndex(holder)
      const text = Buffer.allocUnsafe(INTEGER_TEXT_BYTES)
      visit(text, 0, intset.copyElement(holder, index, text, 0))
      intset.removeAt(holder, index)
      return
    }
    default: {
      const position = listpack.seek(holder, Math.floor(Math.random() * listpack.count(holder)))
      new ListpackElement().visit(holder, position, visit)
      listpack.remove(holder, position)
    }
  }
}

// From where on it is cheaper to pick what stays than what goes.
const KEEP_FACTOR = 5

/** Removes `count` members drawn at random, fewer than the set has, visiting each. */
export function popRandomMany(entry: Entry, count: number, visit: MemberVisitor): void {
  const kept = size(entry) - count
  if (kept * KEEP_FACTOR > count) {
    if (entry.encoding === Encoding.listpack) popFromListpack(entry, count, visit)
    else for (let popped = 0; popped < count; popped++) popRandom(entry, visit)
    return
  }
  const rest = new LooseValue(entry.database)
  initialize(rest, entry.encoding === Encoding.intset ? Encoding.intset : Encoding.listpack)
  const keep: MemberVisitor = (bytes, from, to) => add(rest, bytes, from, to)
  if (entry.encoding === Encoding.listpack) popFromListpack(entry, kept, keep)
  else for (let moved = 0; moved < kept; moved++) popRandom(entry, keep)
  forEach(entry, visit)
  rest.replace(entry)
}

/** Removes `count` elements of a listpack drawn at random in one pass, visiting each. */
function popFromListpack(holder: ValueHolder, count: number, visit: MemberVisitor): void {
  const element = new ListpackElement()
  let left = listpack.count(holder)
  let position = listpack.first(holder)
  for (let wanted = count; wanted > 0; left--) {
    if (Math.random() * left < wanted) {
      element.visit(holder, position, visit)
      position = listpack.remove(holder, position)
      wanted--
    } else {
      position = listpack.next(holder, position)
    }
  }
}

/** Makes a set of integers an intset, should it be one small enough: what a computed set ends as. */
export function becomeIntset(holder: LooseValue): void {
  if (holder.encoding === Encoding.intset) return
  const { setIntsetEntries } = holder.database.keyspace.limits
  if (size(holder) > Math.min(setIntsetEntries, LARGEST_INTSET)) return
  const result = new LooseValue(holder.database)
  initialize(result, Encoding.intset)
  forEach(holder, (bytes, from, to) => intset.addText(result, bytes, from, to))
  takeOver(holder, Encoding.intset, result)
}

function becomeListpack(holder: ValueHolder): void {
  const result = new LooseValue(holder.database)
  initialize(result, Encoding.listpack)
  forEach(holder, (bytes, from, to) => listpack.append(result, bytes, from, to))
  takeOver(holder, Encoding.listpack, result)
}

function becomeDictionary(holder: ValueHolder): void {
  const large = new LargeSet(holder.database.arena)
  forEach(holder, (bytes, from, to) => large.members.add(bytes, from, to))
  holder.setObject(large)
}

function takeOver(holder: ValueHolder, encoding: Encoding, packed: LooseValue): void {
  holder.setInline(encoding, packed.length)
  packed.bytes.copy(holder.bytes, holder.start, 0, packed.length)
}

/**
 * Adds key `source[from, to)` of `target`, which must not exist, with a copy of the set at `entry` in the same encoding
 * and the expiry `expiry`, in milliseconds since the epoch or −1.
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
    const large = new LargeSet(target.arena)
    forEach(entry, (bytes, start, end) => large.members.add(bytes, start, end))
    return target.createObject(source, from, to, Type.set, large, expiry)
  }
  const copy = target.create(source, from, to, Type.set, entry.encoding, entry.length, expiry)
  copyBytes(entry.bytes, entry.start, entry.start + entry.length, copy.bytes, copy.start)
  return copy
}
