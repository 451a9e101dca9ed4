import { copyBytes } from '../copy-bytes.ts'
/**
 * A run of bytes that can grow: what a packed encoding is written into.
 *
 * The bytes in use are `bytes[start, start + length)`. Growing may move them, so `bytes` and `start` are read again
 * after every {@link Region.resize}.
 */
export interface Region {
  bytes: Buffer
  start: number
  length: number
  /** Sets `length`, keeping the first `min(old, new)` bytes; the bytes added are not cleared. */
  resize(length: number): void
}

const SMALLEST_CAPACITY = 64
const NO_BYTES = Buffer.alloc(0)

/** A {@link Region} over a buffer of its own: the nodes of a quicklist, and values under construction. */
export class HeapRegion implements Region {
  bytes: Buffer
  start = 0
  length = 0

  /** @param capacity bytes to set aside at once; none by default */
  constructor(capacity = 0) {
    this.bytes = capacity === 0 ? NO_BYTES : Buffer.allocUnsafeSlow(capacity)
  }

  /** A region with a copy of `source[from, to)`. */
  static copyOf(source: Buffer, from: number, to: number): HeapRegion {
    const region = new HeapRegion(to - from)
    copyBytes(source, from, to, region.bytes, 0)
    region.length = to - from
    return region
  }

  /** A region that takes `bytes` over; the caller gives it up. */
  static over(bytes: Buffer): HeapRegion {
    const region = new HeapRegion()
    region.bytes = bytes
    region.length = bytes.length
    return region
  }

  resize(length: number): void {
    const capacity = this.bytes.length
    if (length > capacity) {
      // Half as much again keeps a sequence of appends linear without doubling what a full node wastes.
      this.#move(Math.max(length, SMALLEST_CAPACITY, capacity + (capacity >>> 1)))
    } else if (length < capacity >>> 2 && capacity > SMALLEST_CAPACITY) {
      this.length = length
      this.#move(Math.max(length * 2, SMALLEST_CAPACITY))
    }
    this.length = length
  }

  /** Gives back the capacity beyond `length`, where that is worth a copy. */
  fit(): void {
    if (this.bytes.length - this.length > this.length >>> 3) this.#move(this.length)
  }

  #move(capacity: number): void {
    const moved = Buffer.allocUnsafeSlow(capacity)
    this.bytes.copy(moved, 0, 0, Math.min(this.length, capacity))
    this.bytes = moved
  }
}
