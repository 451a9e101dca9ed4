import type { ByteRange } from '../../keyspace/byte-range.ts'
import { compareBytes } from '../../keyspace/compare-bytes.ts'

const INITIAL_BYTES = 1024
const INITIAL_ROWS = 64

/** Many byte strings in one buffer, by number: no object for each. */
export class ByteRows {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES)
  // Where each row ends; it starts where the one before ends. Doubles, because together they may pass 2^31.
  #ends = new Float64Array(INITIAL_ROWS)
  count = 0

  /** Adds a copy of `source[from, to)`. */
  add(source: Buffer, from: number, to: number): void {
    const start = this.#start(this.count)
    const end = start + to - from
    if (end > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(end, this.#bytes.length * 2))
      this.#bytes.copy(grown, 0, 0, start)
      this.#bytes = grown
    }
    if (this.count === this.#ends.length) {
      const grown = new Float64Array(this.#ends.length * 2)
      grown.set(this.#ends)
      this.#ends = grown
    }
    source.copy(this.#bytes, start, from, to)
    this.#ends[this.count++] = end
  }

  #start(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] as number)
  }

  /** Points `into` at a row, until the next is added. */
  read(row: number, into: ByteRange): void {
    into.set(this.#bytes, this.#start(row), this.#ends[row] as number)
  }

  /** Order of two rows as bytes: negative, zero or positive. */
  compare(one: number, other: number): number {
    return compareBytes(
      this.#bytes,
      this.#start(one),
      this.#ends[one] as number,
      this.#bytes,
      this.#start(other),
      this.#ends[other] as number,
    )
  }

  /** The numbers of all rows, in the order they were added. */
  order(): Int32Array {
    const order = new Int32Array(this.count)
    for (let row = 0; row < order.length; row++) order[row] = row
    return order
  }
}
