import { copyBytes } from '../copy-bytes.ts'
import type { Database } from '../database.ts'
import type { Entry } from '../entry.ts'
import { Encoding, Type } from '../entry-layout.ts'
import type { ValueHolder } from '../loose-value.ts'
import type { LargeValue } from '../objects.ts'
import type { ElementView } from '../packed/element-view.ts'
import * as listpack from '../packed/listpack.ts'
import { INTEGER_TEXT_BYTES } from '../packed/numbers.ts'
import { type Direction, exceedsLimit, fitsAlone, ListCursor, QuickList } from '../packed/quicklist.ts'
import { HeapRegion } from '../packed/region.ts'

// Lists of up to one node's size are a listpack; what outgrows that becomes a quicklist and, unlike the other types, goes
// back when it has shrunk to half of it, as in Redis 7.2. Every function takes a holder of a list.

const NODE_BYTES = 160
const OBJECT_BYTES = 128

/** A list past the size of one node. */
export class LargeList extends QuickList implements LargeValue {
  readonly encodingName = 'quicklist'

  get memoryBytes(): number {
    return this.sizeBytes + this.nodeCount * NODE_BYTES + OBJECT_BYTES
  }

  get outsideBytes(): number {
    return this.memoryBytes
  }

  dispose(): boolean {
    this.head = undefined
    this.tail = undefined
    return true
  }
}

/** An end of a list. */
export type End = 'head' | 'tail'

/** Called with each element, `bytes[from, to)`; the range is valid during the call only. */
export type ElementVisitor = (bytes: Buffer, from: number, to: number) => void

/** Adds key `source[from, to)`, which must not exist, with an empty list, to be given elements at once. */
export function create(database: Database, source: Buffer, from: number, to: number): Entry {
  const entry = database.create(source, from, to, Type.list, Encoding.listpack, listpack.EMPTY_BYTES)
  listpack.create(entry)
  return entry
}

function newLargeList(database: Database): LargeList {
  const { listNodeSize, listCompressDepth } = database.keyspace.limits
  return new LargeList(listNodeSize, listCompressDepth)
}

/** Number of elements. */
export function size(holder: ValueHolder): number {
  return holder.encoding === Encoding.object ? holder.object<LargeList>().length : listpack.count(holder)
}

/** Prepares for `count` elements of `bytes` bytes together being added: what is too much for one node is made a quicklist now. */
export function expectElements(holder: ValueHolder, count: number, bytes: number): void {
  if (holder.encoding === Encoding.object) return
  const { listNodeSize } = holder.database.keyspace.limits
  if (exceedsLimit(listNodeSize, holder.length + bytes, listpack.count(holder) + count))
    becomeQuickList(holder)
}

function becomeQuickList(holder: ValueHolder): void {
  const list = newLargeList(holder.database)
  if (listpack.count(holder) > 0) {
    list.appendNode(HeapRegion.copyOf(holder.bytes, holder.start, holder.start + holder.length), false)
  }
  holder.setObject(list)
}

/** Makes a quicklist of one small node a listpack again; to be called after elements were removed from a list. */
export function shrink(holder: ValueHolder): void {
  tryListpack(holder, true)
}

/** Gives a list the encoding its size calls for; for lists made elsewhere, such as those read from a file. */
export function applyLimits(holder: ValueHolder): void {
  if (holder.encoding === Encoding.object) tryListpack(holder, false)
  else expectElements(holder, 0, 0)
}

function tryListpack(holder: ValueHolder, isShrinking: boolean): void {
  if (holder.encoding !== Encoding.object) return
  const list = holder.object<LargeList>()
  const { head } = list
  if (list.nodeCount !== 1 || head === undefined || head.isPlain) return
  const { region } = head
  const { listNodeSize } = holder.database.keyspace.limits
  if (!fitsAlone(listNodeSize, region.length, list.length, isShrinking)) return
  holder.setInline(Encoding.listpack, region.length)
  copyBytes(region.bytes, region.start, region.start + region.length, holder.bytes, holder.start)
}

/** Adds `source[from, to)` at an end. {@link expectElements} comes first, once for all elements of a command. */
export function push(holder: ValueHolder, end: End, source: Buffer, from: number, to: number): void {
  if (holder.encoding === Encoding.object) {
    const list = holder.object<LargeList>()
    if (end === 'head') list.pushHead(source, from, to)
    else list.pushTail(source, from, to)
  } else if (end === 'head') {
    listpack.prepend(holder, source, from, to)
  } else {
    listpack.append(holder, source, from, to)
  }
}

/** Removes the element at an end of a list that is not empty. {@link shrink} is to follow, or the key's deletion. */
export function drop(holder: ValueHolder, end: End): void {
  if (holder.encoding === Encoding.object) {
    const list = holder.object<LargeList>()
    if (end === 'head') list.dropHead()
    else list.dropTail()
  } else {
    listpack.remove(holder, end === 'head' ? listpack.HEADER_BYTES : listpack.last(holder))
  }
}

/** Removes up to `count` elements from element `index` on, which is 0 or more. {@link shrink} or deletion is to follow. */
export function removeRange(holder: ValueHolder, index: number, count: number): void {
  if (holder.encoding === Encoding.object) holder.object<LargeList>().removeRange(index, count)
  else listpack.removeRange(holder, index, count)
}

/** Keeps `count` elements from element `index` on, which are in the list. {@link shrink} or deletion is to follow. */
export function keepRange(holder: ValueHolder, index: number, count: number): void {
  const after = index + count
  removeRange(holder, after, size(holder) - after)
  removeRange(holder, 0, index)
}

/** A walk along a list, and the element it stands at. Only changes through the walk itself are allowed meanwhile. */
export class ListWalk {
  readonly #holder: ValueHolder
  readonly #list: LargeList | undefined
  readonly #cursor = new ListCursor()
  #position = listpack.NO_POSITION

  constructor(holder: ValueHolder) {
    this.#holder = holder
    this.#list = holder.encoding === Encoding.object ? holder.object<LargeList>() : undefined
  }

  /** The element; valid until the walk moves on or the list changes. */
  get element(): ElementView {
    return this.#cursor.element
  }

  /** Goes to element `index`, from the tail with -1 where negative; returns whether there is one. */
  seek(index: number): boolean {
    if (this.#list !== undefined) return this.#list.seek(index, this.#cursor)
    return this.#place(listpack.seek(this.#holder, index))
  }

  /** Goes on by one element; returns false at the end. */
  step(direction: Direction): boolean {
    if (this.#list !== undefined) return this.#list.step(this.#cursor, direction)
    const step = direction === 'forward' ? listpack.next : listpack.previous
    return this.#place(step(this.#holder, this.#position))
  }

  #place(position: number): boolean {
    this.#position = position
    if (position === listpack.NO_POSITION) return false
    listpack.read(this.#holder, position, this.#cursor.element)
    return true
  }

  /** Whether the element is `source[from, to)`. */
  matches(source: Buffer, from: number, to: number): boolean {
    if (this.#list !== undefined) return this.#list.matches(this.#cursor, source, from, to)
    return listpack.compare(this.#holder, this.#position, source, from, to)
  }

  /** Removes the element and goes on to the next one; returns false where there is none. */
  remove(direction: Direction): boolean {
    if (this.#list !== undefined) return this.#list.remove(this.#cursor, direction)
    const holder = this.#holder
    const after = listpack.remove(holder, this.#position)
    if (direction === 'forward') return this.#place(after)
    return this.#place(
      after === listpack.NO_POSITION ? listpack.last(holder) : listpack.previous(holder, after),
    )
  }

  /** Makes the element be `source[from, to)`; ends the walk. */
  replace(source: Buffer, from: number, to: number): void {
    if (this.#list !== undefined) this.#list.replace(this.#cursor, source, from, to)
    else listpack.replace(this.#holder, this.#position, source, from, to)
  }

  /** Inserts `source[from, to)` before the element; ends the walk. */
  insertBefore(source: Buffer, from: number, to: number): void {
    if (this.#list !== undefined) this.#list.insertBefore(this.#cursor, source, from, to)
    else listpack.insertBefore(this.#holder, this.#position, source, from, to)
  }

  /** Inserts `source[from, to)` after the element; ends the walk. */
  insertAfter(source: Buffer, from: number, to: number): void {
    if (this.#list !== undefined) this.#list.insertAfter(this.#cursor, source, from, to)
    else listpack.insertAfter(this.#holder, this.#position, source, from, to)
  }
}

/** Calls `visit` with `count` elements from element `index` on, which must be in the list, in the given direction. */
export function forEachFrom(
  holder: ValueHolder,
  index: number,
  count: number,
  direction: Direction,
  visit: ElementVisitor,
): void {
  const walk = new ListWalk(holder)
  const { element } = walk
  const text = Buffer.allocUnsafe(INTEGER_TEXT_BYTES)
  let stands = walk.seek(index)
  for (let left = count; stands && left > 0; left--) {
    if (element.isInteger) visit(text, 0, element.copyTo(text, 0))
    else visit(element.bytes, element.from, element.to)
    if (left > 1) stands = walk.step(direction)
  }
}

/** Element `index`, from the tail with -1 where negative, copied; undefined where there is none. */
export function elementAt(holder: ValueHolder, index: number): Buffer | undefined {
  const walk = new ListWalk(holder)
  return walk.seek(index) ? walk.element.toBuffer() : undefined
}

/** Calls `visit` with every element of the list, from head to tail; it must not change this list. */
export function forEach(holder: ValueHolder, visit: ElementVisitor): void {
  forEachFrom(holder, 0, size(holder), 'forward', visit)
}

/**
 * Adds key `source[from, to)` of `target`, which must not exist, with a copy of the list at `entry` in the same encoding
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
    const original = entry.object<LargeList>()
    const list = new LargeList(original.fill, original.compressDepth)
    for (const { region, isPlain } of original.nodes()) {
      list.appendNode(HeapRegion.copyOf(region.bytes, region.start, region.start + region.length), isPlain)
    }
    return target.createObject(source, from, to, Type.list, list, expiry)
  }
  const copy = target.create(source, from, to, Type.list, entry.encoding, entry.length, expiry)
  copyBytes(entry.bytes, entry.start, entry.start + entry.length, copy.bytes, copy.start)
  return copy
}
