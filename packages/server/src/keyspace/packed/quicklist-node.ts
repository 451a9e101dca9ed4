import { sameBytes } from '../copy-bytes.ts'
import type { ElementView } from './element-view.ts'
import * as listpack from './listpack.ts'
import { HeapRegion } from './region.ts'

/** A stretch of a {@link QuickList}: a listpack, or where `isPlain` is set, one large element as it is. */
export class QuickListNode {
  readonly region: HeapRegion
  readonly isPlain: boolean
  /** Number of elements, never 0 while the node is in a list. */
  count: number
  previous: QuickListNode | undefined = undefined
  next: QuickListNode | undefined = undefined
  /** Bytes of the node when its list last added up its size. */
  noted = 0

  constructor(region: HeapRegion, isPlain: boolean, count: number) {
    this.region = region
    this.isPlain = isPlain
    this.count = count
  }

  /** A node with a listpack of the one element `source[from, to)`. */
  static packed(source: Buffer, from: number, to: number): QuickListNode {
    const region = new HeapRegion()
    listpack.create(region)
    listpack.append(region, source, from, to)
    return new QuickListNode(region, false, 1)
  }

  /** A node that is the one element `source[from, to)`. */
  static plain(source: Buffer, from: number, to: number): QuickListNode {
    return new QuickListNode(HeapRegion.copyOf(source, from, to), true, 1)
  }

  /** Decodes the element at `position`. */
  read(position: number, into: ElementView): void {
    if (this.isPlain) into.setBytes(this.region.bytes, 0, this.region.length)
    else listpack.read(this.region, position, into)
  }

  /** Whether the element at `position` is `source[from, to)`. */
  matches(position: number, source: Buffer, from: number, to: number): boolean {
    if (!this.isPlain) return listpack.compare(this.region, position, source, from, to)
    return this.region.length === to - from && sameBytes(this.region.bytes, 0, source, from, to - from)
  }

  /** Position of the element with this index in the node, which is in range. */
  seek(offset: number): number {
    return this.isPlain ? 0 : listpack.seek(this.region, offset)
  }

  /** Splits the elements before `offset`, 1 or more, off into a new node. */
  splitBefore(offset: number): QuickListNode {
    const front = new QuickListNode(this.#copy(), false, offset)
    listpack.removeRange(front.region, offset, this.count - offset)
    listpack.removeRange(this.region, 0, offset)
    this.count -= offset
    return front
  }

  /** Splits the elements after `offset`, which is not the last, off into a new node. */
  splitAfter(offset: number): QuickListNode {
    const kept = offset + 1
    const back = new QuickListNode(this.#copy(), false, this.count - kept)
    listpack.removeRange(back.region, 0, kept)
    listpack.removeRange(this.region, kept, this.count - kept)
    this.count = kept
    return back
  }

  #copy(): HeapRegion {
    return HeapRegion.copyOf(this.region.bytes, 0, this.region.length)
  }
}
