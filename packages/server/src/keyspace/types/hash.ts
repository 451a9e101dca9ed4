import type { Arena } from '../arena.ts'
import type { ByteRange } from '../byte-range.ts'
import { copyBytes } from '../copy-bytes.ts'
import type { Database } from '../database.ts'
import { Dictionary } from '../dictionary.ts'
import type { Entry } from '../entry.ts'
import { Encoding, Type } from '../entry-layout.ts'
import type { ValueHolder } from '../loose-value.ts'
import type { LargeValue } from '../objects.ts'
import { ElementView } from '../packed/element-view.ts'
import * as listpack from '../packed/listpack.ts'
import { INTEGER_TEXT_BYTES } from '../packed/numbers.ts'

// Hashes of up to some fields, with short fields and values, are one listpack of fields and values in turn. What outgrows
// the thresholds becomes a dictionary and never goes back, as in Redis. Every function takes a holder of a hash.

const OBJECT_BYTES = 64

/** A hash past the thresholds: a dictionary from fields to values. */
export class LargeHash implements LargeValue {
  readonly encodingName = 'hashtable'
  readonly fields: Dictionary

  constructor(arena: Arena) {
    this.fields = new Dictionary(arena)
  }

  get memoryBytes(): number {
    return this.fields.memoryBytes + OBJECT_BYTES
  }

  get outsideBytes(): number {
    return OBJECT_BYTES
  }

  dispose(limit: number): boolean {
    return this.fields.dispose(limit)
  }
}

/** Called with a field `bytes[from, to)` and its value; the ranges are valid during the call only. */
export type FieldVisitor = (
  bytes: Buffer,
  from: number,
  to: number,
  valueBytes: Buffer,
  valueFrom: number,
  valueTo: number,
) => void

/** Makes `holder` an empty hash. */
export function initialize(holder: ValueHolder): void {
  holder.setInline(Encoding.listpack, listpack.EMPTY_BYTES)
  listpack.create(holder)
}

/** Adds key `source[from, to)`, which must not exist, with an empty hash, to be given fields at once. */
export function create(database: Database, source: Uint8Array, from: number, to: number): Entry {
  const entry = database.create(source, from, to, Type.hash, Encoding.listpack, listpack.EMPTY_BYTES)
  listpack.create(entry)
  return entry
}

/** Number of fields. */
export function size(holder: ValueHolder): number {
  if (holder.encoding === Encoding.object) return holder.object<LargeHash>().fields.size
  return listpack.count(holder) >>> 1
}

/** Position of a packed hash's field, or `NO_POSITION`. */
function findField(holder: ValueHolder, source: Buffer, from: number, to: number): number {
  return listpack.find(holder, listpack.first(holder), source, from, to, 1)
}

const view = new ElementView()
const text = Buffer.alloc(INTEGER_TEXT_BYTES)

/** Points `into` at the value of field `source[from, to)`; false where there is none. Valid until the next call or change. */
export function get(holder: ValueHolder, source: Buffer, from: number, to: number, into: ByteRange): boolean {
  if (holder.encoding === Encoding.object) {
    const { fields } = holder.object<LargeHash>()
    const address = fields.find(source, from, to)
    if (address === 0) return false
    const start = fields.valueStart(address)
    into.set(fields.chunk(address), start, start + fields.valueLength(address))
    return true
  }
  const position = findField(holder, source, from, to)
  if (position === listpack.NO_POSITION) return false
  listpack.read(holder, listpack.next(holder, position), view)
  if (view.isInteger) into.set(text, 0, view.copyTo(text, 0))
  else into.set(view.bytes, view.from, view.to)
  return true
}

/** Whether there is a field `source[from, to)`. */
export function has(holder: ValueHolder, source: Buffer, from: number, to: number): boolean {
  if (holder.encoding === Encoding.object)
    return holder.object<LargeHash>().fields.find(source, from, to) !== 0
  return findField(holder, source, from, to) !== listpack.NO_POSITION
}

/**
 * Prepares for arguments `first` and on of a request, `starts` and `ends` telling where they lie, being set at once: where
 * one is too long for a packed hash, or they are too many, it becomes a dictionary now.
 */
export function expectFields(
  holder: ValueHolder,
  starts: Int32Array,
  ends: Int32Array,
  first: number,
  count: number,
): void {
  if (holder.encoding === Encoding.object) return
  const { limits } = holder.database.keyspace
  if ((count - first) >>> 1 > limits.hashEntries) {
    becomeDictionary(holder)
    return
  }
  let bytes = 0
  for (let i = first; i < count; i++) {
    const length = (ends[i] as number) - (starts[i] as number)
    if (length > limits.hashValueBytes) {
      becomeDictionary(holder)
      return
    }
    bytes += length
  }
  if (!listpack.isSafeToAdd(holder, bytes)) becomeDictionary(holder)
}

/**
 * Sets field `source[from, to)` to `value[valueFrom, valueTo)`; returns whether it is new. Neither may lie in this hash.
 */
export function set(
  holder: ValueHolder,
  source: Buffer,
  from: number,
  to: number,
  value: Buffer,
  valueFrom: number,
  valueTo: number,
): boolean {
  if (holder.encoding !== Encoding.object) {
    const { limits } = holder.database.keyspace
    const bytes = Math.max(to - from, valueTo - valueFrom)
    if (bytes <= limits.hashValueBytes && listpack.isSafeToAdd(holder, to - from + valueTo - valueFrom)) {
      return setPacked(holder, source, from, to, value, valueFrom, valueTo)
    }
    becomeDictionary(holder)
  }
  return holder.object<LargeHash>().fields.set(source, from, to, value, valueFrom, valueTo)
}

function setPacked(
  holder: ValueHolder,
  source: Buffer,
  from: number,
  to: number,
  value: Buffer,
  valueFrom: number,
  valueTo: number,
): boolean {
  const position = findField(holder, source, from, to)
  if (position !== listpack.NO_POSITION) {
    listpack.replace(holder, listpack.next(holder, position), value, valueFrom, valueTo)
    return false
  }
  listpack.append(holder, source, from, to)
  listpack.append(holder, value, valueFrom, valueTo)
  if (listpack.count(holder) >>> 1 > holder.database.keyspace.limits.hashEntries) becomeDictionary(holder)
  return true
}

/** Removes field `source[from, to)`; returns whether there was one. */
export function remove(holder: ValueHolder, source: Buffer, from: number, to: number): boolean {
  if (holder.encoding === Encoding.object) return holder.object<LargeHash>().fields.delete(source, from, to)
  const position = findField(holder, source, from, to)
  if (position === listpack.NO_POSITION) return false
  listpack.removeFrom(holder, position, 2)
  return true
}

/** Calls `visit` with every field and its value; it must not change this hash. */
export function forEach(holder: ValueHolder, visit: FieldVisitor): void {
  if (holder.encoding === Encoding.object) {
    const { fields } = holder.object<LargeHash>()
    fields.forEach((address) => {
      visitAddress(fields, address, visit)
    })
    return
  }
  const pair = new PackedPair()
  let position = listpack.first(holder)
  while (position !== listpack.NO_POSITION) position = pair.visit(holder, position, visit)
}

/**
 * Visits fields from `cursor` on, about `count` of them, and returns the cursor to go on from, 0 at the end. A packed hash
 * is visited whole.
 */
export function scan(holder: ValueHolder, cursor: number, count: number, visit: FieldVisitor): number {
  if (holder.encoding !== Encoding.object) {
    forEach(holder, visit)
    return 0
  }
  const { fields } = holder.object<LargeHash>()
  return fields.scan(cursor, count, (address) => visitAddress(fields, address, visit))
}

function visitAddress(fields: Dictionary, address: number, visit: FieldVisitor): void {
  const chunk = fields.chunk(address)
  const start = fields.keyStart(address)
  const end = start + fields.keyLength(address)
  visit(chunk, start, end, chunk, end, end + fields.valueLength(address))
}

/** Hands pairs of a packed hash to visitors as text. */
class PackedPair {
  readonly #field = new ElementView()
  readonly #value = new ElementView()
  readonly #fieldText = Buffer.allocUnsafe(INTEGER_TEXT_BYTES)
  readonly #valueText = Buffer.allocUnsafe(INTEGER_TEXT_BYTES)

  /** Visits the pair whose field is at `position`; returns the position of the next field. */
  visit(holder: ValueHolder, position: number, visit: FieldVisitor): number {
    const field = this.#field
    const value = this.#value
    listpack.read(holder, position, field)
    const valuePosition = listpack.next(holder, position)
    listpack.read(holder, valuePosition, value)
    if (field.isInteger) field.setBytes(this.#fieldText, 0, field.copyTo(this.#fieldText, 0))
    if (value.isInteger) value.setBytes(this.#valueText, 0, value.copyTo(this.#valueText, 0))
    visit(field.bytes, field.from, field.to, value.bytes, value.from, value.to)
    return listpack.next(holder, valuePosition)
  }
}

/** Visits one field drawn at random from a hash that is not empty; every field is as likely. */
export function random(holder: ValueHolder, visit: FieldVisitor): void {
  if (holder.encoding === Encoding.object) {
    const { fields } = holder.object<LargeHash>()
    visitAddress(fields, fields.random(), visit)
    return
  }
  const index = Math.floor(Math.random() * size(holder))
  new PackedPair().visit(holder, listpack.seek(holder, index * 2), visit)
}

/** Visits `count` fields, each drawn at random from all of a hash that is not empty. */
export function randomRepeated(holder: ValueHolder, count: number, visit: FieldVisitor): void {
  if (holder.encoding === Encoding.object) {
    for (let drawn = 0; drawn < count; drawn++) random(holder, visit)
    return
  }
  const positions: number[] = []
  let position = listpack.first(holder)
  while (position !== listpack.NO_POSITION) {
    positions.push(position)
    position = listpack.next(holder, listpack.next(holder, position))
  }
  const pair = new PackedPair()
  for (let drawn = 0; drawn < count; drawn++) {
    pair.visit(holder, positions[Math.floor(Math.random() * positions.length)] as number, visit)
  }
}

/** Visits `count` different fields drawn at random, fewer than the hash has; their order is not random. */
export function randomDistinct(holder: ValueHolder, count: number, visit: FieldVisitor): void {
  const total = size(holder)
  if (holder.encoding !== Encoding.object || count * 3 > total) {
    // Taking each field with the odds that are left gives every subset of this size the same chance.
    let wanted = count
    let left = total
    forEach(holder, (bytes, from, to, valueBytes, valueFrom, valueTo) => {
      if (Math.random() * left-- >= wanted) return
      wanted--
      visit(bytes, from, to, valueBytes, valueFrom, valueTo)
    })
    return
  }
  const { fields } = holder.object<LargeHash>()
  const drawn = new Set<number>()
  while (drawn.size < count) drawn.add(fields.random())
  for (const address of drawn) visitAddress(fields, address, visit)
}

/** Applies the threshold of entries, as Redis the only one, to a packed hash that came from elsewhere, such as a file. */
export function applyLimits(holder: ValueHolder): void {
  if (holder.encoding === Encoding.object) return
  if (size(holder) > holder.database.keyspace.limits.hashEntries) becomeDictionary(holder)
}

function becomeDictionary(holder: ValueHolder): void {
  const large = new LargeHash(holder.database.arena)
  forEach(holder, (bytes, from, to, valueBytes, valueFrom, valueTo) => {
    large.fields.set(bytes, from, to, valueBytes, valueFrom, valueTo)
  })
  holder.setObject(large)
}

/**
 * Adds key `source[from, to)` of `target`, which must not exist, with a copy of the hash at `entry` in the same encoding
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
    const large = new LargeHash(target.arena)
    forEach(entry, (bytes, start, end, valueBytes, valueStart, valueEnd) => {
      large.fields.set(bytes, start, end, valueBytes, valueStart, valueEnd)
    })
    return target.createObject(source, from, to, Type.hash, large, expiry)
  }
  const copy = target.create(source, from, to, Type.hash, entry.encoding, entry.length, expiry)
  copyBytes(entry.bytes, entry.start, entry.start + entry.length, copy.bytes, copy.start)
  return copy
}
