import { ElementView } from './element-view.ts'
import * as listpack from './listpack.ts'
import { allowsInsert, allowsMerge, isPlainSize } from './quicklist-limits.ts'
import { QuickListNode } from './quicklist-node.ts'
import type { HeapRegion } from './region.ts'

export { exceedsLimit, fitsAlone, isPlainSize, setPlainThreshold } from './quicklist-limits.ts'
export { QuickListNode } from './quicklist-node.ts'

/** A place in a {@link QuickList}, and the element there. A change to the list other than through the cursor ends it. */
export class ListCursor {
  /** The element. */
  readonly element = new ElementView()
  /** The node of the element; undefined where the cursor stands nowhere. */
  node: QuickListNode | undefined = undefined
  /** Position of the element in the node's listpack. */
  position = 0
  /** Index of the element within the node. */
  offset = 0
}

/** Which way an iteration goes. */
export type Direction = 'forward' | 'backward'

/**
 * A list of any length: a chain of listpacks, laid out as Redis lays out a quicklist, so that RDB files agree.
 *
 * The source bytes of an element must not lie in the list itself.
 */
export class QuickList {
  /** Setting list-max-listpack-size. A change shows in later operations. */
  fill: number
  /** Setting list-compress-depth, kept for RDB and DEBUG; nodes are never compressed in memory. */
  compressDepth: number
  head: QuickListNode | undefined = undefined
  tail: QuickListNode | undefined = undefined
  #length = 0
  #nodes = 0
  #bytes = 0

  constructor(fill = -2, compressDepth = 0) {
    this.fill = fill
    this.compressDepth = compressDepth
  }

  /** Number of elements. */
  get length(): number {
    return this.#length
  }

  /** Number of nodes. */
  get nodeCount(): number {
    return this.#nodes
  }

  /** Bytes of all listpacks and large elements, without what JavaScript adds to each. */
  get sizeBytes(): number {
    return this.#bytes
  }

  /** The nodes from head to tail, as RDB files store them. */
  *nodes(): Generator<QuickListNode> {
    for (let node = this.head; node !== undefined; node = node.next) yield node
  }

  /** Adds a node at the tail: a valid listpack that is not empty, or one large element as it is. The list takes it over. */
  appendNode(region: HeapRegion, isPlain: boolean): void {
    const node = new QuickListNode(region, isPlain, isPlain ? 1 : listpack.count(region))
    this.#link(node, this.tail, undefined)
    this.#length += node.count
  }

  /** Adds `source[from, to)` at the head. */
  pushHead(source: Buffer, from: number, to: number): void {
    const node = this.head
    if (node !== undefined && allowsInsert(node, this.fill, to - from)) {
      listpack.prepend(node.region, source, from, to)
      this.#grown(node)
    } else {
      // The node that was first will hardly grow any more.
      node?.region.fit()
      this.#insertNode(this.#newNode(source, from, to), undefined, node)
    }
  }

  /** Adds `source[from, to)` at the tail. */
  pushTail(source: Buffer, from: number, to: number): void {
    const node = this.tail
    if (node !== undefined && allowsInsert(node, this.fill, to - from)) {
      listpack.append(node.region, source, from, to)
      this.#grown(node)
    } else {
      node?.region.fit()
      this.#insertNode(this.#newNode(source, from, to), node, undefined)
    }
  }

  /** Removes the first element, if there is one; seek(0) reads it before. */
  dropHead(): void {
    const node = this.head
    if (node !== undefined) this.#removeElement(node, listpack.HEADER_BYTES)
  }

  /** Removes the last element, if there is one; seek(-1) reads it before. */
  dropTail(): void {
    const node = this.tail
    if (node !== undefined) this.#removeElement(node, node.seek(-1))
  }

  /** Moves `cursor` to element `index`, from the tail with -1 where negative; returns whether there is one. */
  seek(index: number, cursor: ListCursor): boolean {
    const wanted = index < 0 ? index + this.#length : index
    if (wanted < 0 || wanted >= this.#length) {
      cursor.node = undefined
      return false
    }
    const [node, offset] = this.#locate(wanted)
    cursor.offset = offset
    this.#place(cursor, node, node.seek(offset))
    return true
  }

  /** The node of element `index`, which is in range, and the element's index within it. */
  #locate(index: number): [QuickListNode, number] {
    if (index < this.#length / 2) {
      let node = this.head as QuickListNode
      for (; index >= node.count; node = node.next as QuickListNode) index -= node.count
      return [node, index]
    }
    let node = this.tail as QuickListNode
    let first = this.#length - node.count
    while (index < first) {
      node = node.previous as QuickListNode
      first -= node.count
    }
    return [node, index - first]
  }

  #place(cursor: ListCursor, node: QuickListNode, position: number): void {
    cursor.node = node
    cursor.position = position
    node.read(position, cursor.element)
  }

  /** Moves `cursor` on by one element; returns false, the cursor then nowhere, at the end. */
  step(cursor: ListCursor, direction: Direction): boolean {
    const node = cursor.node
    if (node === undefined) return false
    if (direction === 'forward') {
      const after = node.isPlain ? listpack.NO_POSITION : listpack.next(node.region, cursor.position)
      if (after === listpack.NO_POSITION) return this.#enter(cursor, node.next, direction)
      cursor.offset++
      this.#place(cursor, node, after)
    } else {
      const before = node.isPlain ? listpack.NO_POSITION : listpack.previous(node.region, cursor.position)
      if (before === listpack.NO_POSITION) return this.#enter(cursor, node.previous, direction)
      cursor.offset--
      this.#place(cursor, node, before)
    }
    return true
  }

  /** Moves `cursor` to the element of `node` that comes first in `direction`. */
  #enter(cursor: ListCursor, node: QuickListNode | undefined, direction: Direction): boolean {
    cursor.node = node
    if (node === undefined) return false
    cursor.offset = direction === 'forward' ? 0 : node.count - 1
    this.#place(cursor, node, node.seek(cursor.offset))
    return true
  }

  /** Makes the element at `cursor` be `source[from, to)`; ends the cursor. */
  replace(cursor: ListCursor, source: Buffer, from: number, to: number): void {
    const node = cursor.node as QuickListNode
    if (!node.isPlain && !isPlainSize(to - from)) {
      listpack.replace(node.region, cursor.position, source, from, to)
      this.#resized(node)
      cursor.node = undefined
      return
    }
    const position = cursor.position
    this.insertAfter(cursor, source, from, to)
    this.#removeElement(node, position)
  }

  /** Inserts `source[from, to)` before the element at `cursor`; ends the cursor. */
  insertBefore(cursor: ListCursor, source: Buffer, from: number, to: number): void {
    const node = cursor.node as QuickListNode
    cursor.node = undefined
    const bytes = to - from
    if (allowsInsert(node, this.fill, bytes)) {
      listpack.insertBefore(node.region, cursor.position, source, from, to)
      this.#grown(node)
    } else if (cursor.offset === 0) {
      const previous = node.previous
      if (previous !== undefined && allowsInsert(previous, this.fill, bytes)) {
        listpack.append(previous.region, source, from, to)
        this.#grown(previous)
      } else {
        this.#insertNode(this.#newNode(source, from, to), previous, node)
      }
    } else {
      const front = node.splitBefore(cursor.offset)
      this.#resized(node)
      this.#link(front, node.previous, node)
      this.#insertAtSplit(node, front, node, source, from, to)
    }
  }

  /** Inserts `source[from, to)` after the element at `cursor`; ends the cursor. */
  insertAfter(cursor: ListCursor, source: Buffer, from: number, to: number): void {
    const node = cursor.node as QuickListNode
    cursor.node = undefined
    const bytes = to - from
    if (allowsInsert(node, this.fill, bytes)) {
      listpack.insertAfter(node.region, cursor.position, source, from, to)
      this.#grown(node)
    } else if (cursor.offset === node.count - 1) {
      const next = node.next
      if (next !== undefined && allowsInsert(next, this.fill, bytes)) {
        listpack.prepend(next.region, source, from, to)
        this.#grown(next)
      } else {
        this.#insertNode(this.#newNode(source, from, to), node, next)
      }
    } else {
      const back = node.splitAfter(cursor.offset)
      this.#resized(node)
      this.#link(back, node, node.next)
      this.#insertAtSplit(node, node, back, source, from, to)
    }
  }

  /**
   * Inserts between `left` and `right`, the halves of a full node, of which `kept` was the whole: into the other one, or
   * where the element is large, between them.
   */
  #insertAtSplit(
    kept: QuickListNode,
    left: QuickListNode,
    right: QuickListNode,
    source: Buffer,
    from: number,
    to: number,
  ): void {
    if (isPlainSize(to - from)) {
      this.#insertNode(QuickListNode.plain(source, from, to), left, right)
      return
    }
    const half = kept === left ? right : left
    if (half === right) listpack.prepend(half.region, source, from, to)
    else listpack.append(half.region, source, from, to)
    this.#grown(half)
    this.#mergeAround(kept)
  }

  /** Joins the neighbours of `center` with it and with each other where the setting allows, in Redis's order. */
  #mergeAround(center: QuickListNode): void {
    const { previous, next } = center
    if (previous !== undefined) this.#merge(previous.previous, previous)
    if (next !== undefined) this.#merge(next, next.next)
    const joined = this.#merge(center.previous, center)
    this.#merge(joined, joined.next)
  }

  /** Joins two neighbours if the setting allows; returns the node that now ends them. */
  #merge<T extends QuickListNode | undefined>(left: QuickListNode | undefined, right: T): QuickListNode | T {
    if (left === undefined || right === undefined || !allowsMerge(left, right, this.fill)) return right
    listpack.appendAll(left.region, right.region)
    left.count += right.count
    this.#unlink(right)
    this.#resized(left)
    return left
  }

  /** Removes the element at `cursor` and moves it to the next in `direction`; returns false where there is none. */
  remove(cursor: ListCursor, direction: Direction): boolean {
    const node = cursor.node as QuickListNode
    const { previous, next } = node
    const isGone = node.count === 1
    const after = this.#removeElement(node, cursor.position)
    if (direction === 'forward') {
      if (isGone || after === listpack.NO_POSITION) return this.#enter(cursor, next, direction)
      this.#place(cursor, node, after)
    } else {
      if (isGone || cursor.offset === 0) return this.#enter(cursor, previous, direction)
      cursor.offset--
      this.#place(cursor, node, listpack.previous(node.region, cursor.position))
    }
    return true
  }

  /**
   * Removes elements equal to `source[from, to)`: the first `count`, the last `-count` where it is negative, all where it
   * is 0. Returns how many were removed.
   */
  removeValue(source: Buffer, from: number, to: number, count: number): number {
    const direction = count < 0 ? 'backward' : 'forward'
    const limit = count === 0 ? this.#length : Math.abs(count)
    const cursor = new ListCursor()
    let removed = 0
    let stands = this.seek(count < 0 ? -1 : 0, cursor)
    while (stands && removed < limit) {
      if (this.matches(cursor, source, from, to)) {
        stands = this.remove(cursor, direction)
        removed++
      } else {
        stands = this.step(cursor, direction)
      }
    }
    return removed
  }

  /** Whether the element at `cursor` is `source[from, to)`. */
  matches(cursor: ListCursor, source: Buffer, from: number, to: number): boolean {
    return (cursor.node as QuickListNode).matches(cursor.position, source, from, to)
  }

  /** Removes up to `count` elements from element `index` on; a negative index counts from the tail. */
  removeRange(index: number, count: number): void {
    const first = index < 0 ? index + this.#length : index
    if (first < 0 || first >= this.#length) return
    let left = Math.min(count, this.#length - first)
    if (left <= 0) return
    let [node, offset]: [QuickListNode | undefined, number] = this.#locate(first)
    while (left > 0 && node !== undefined) {
      const next: QuickListNode | undefined = node.next
      const removed = Math.min(left, node.count - offset)
      if (removed === node.count) {
        this.#unlink(node)
      } else {
        listpack.removeRange(node.region, offset, removed)
        node.count -= removed
        this.#resized(node)
      }
      this.#length -= removed
      left -= removed
      node = next
      offset = 0
    }
  }

  /** Keeps elements `first` to `last`, both included and counted from 0, and removes all others. */
  trim(first: number, last: number): void {
    const kept = Math.max(0, Math.min(last + 1, this.#length))
    this.removeRange(kept, this.#length - kept)
    this.removeRange(0, first)
  }

  #newNode(source: Buffer, from: number, to: number): QuickListNode {
    return isPlainSize(to - from)
      ? QuickListNode.plain(source, from, to)
      : QuickListNode.packed(source, from, to)
  }

  /** Links a new node of one element. */
  #insertNode(
    node: QuickListNode,
    previous: QuickListNode | undefined,
    next: QuickListNode | undefined,
  ): void {
    this.#link(node, previous, next)
    this.#length++
  }

  #link(node: QuickListNode, previous: QuickListNode | undefined, next: QuickListNode | undefined): void {
    node.previous = previous
    node.next = next
    if (previous === undefined) this.head = node
    else previous.next = node
    if (next === undefined) this.tail = node
    else next.previous = node
    this.#nodes++
    this.#resized(node)
  }

  #unlink(node: QuickListNode): void {
    const { previous, next } = node
    if (previous === undefined) this.head = next
    else previous.next = next
    if (next === undefined) this.tail = previous
    else next.previous = previous
    this.#nodes--
    this.#bytes -= node.noted
  }

  /** Takes note of an element added to `node`. */
  #grown(node: QuickListNode): void {
    node.count++
    this.#length++
    this.#resized(node)
  }

  #resized(node: QuickListNode): void {
    this.#bytes += node.region.length - node.noted
    node.noted = node.region.length
  }

  /** Removes the element at `position` of `node`; returns the position of the one after it in the node, if any. */
  #removeElement(node: QuickListNode, position: number): number {
    this.#length--
    if (node.count === 1) {
      this.#unlink(node)
      return listpack.NO_POSITION
    }
    const after = listpack.remove(node.region, position)
    node.count--
    this.#resized(node)
    return after
  }
}
