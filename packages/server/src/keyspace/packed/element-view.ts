import { bytesCopy, copyBytes } from '../copy-bytes.ts'
import { formatHalves, formatInteger } from './integers.ts'

/**
 * One decoded element of a packed encoding: an integer, or a range of bytes. Made once and reused for every read.
 *
 * The range points into the memory that was read and is valid until that is changed or moves.
 */
export class ElementView {
  isInteger = false
  /** The value of an integer element, rounded to the nearest double where {@link ElementView.isSafe} is false. */
  integer = 0
  /** Whether `integer` is exact, that is, within ±(2^53 − 1). */
  isSafe = true
  /** Upper and lower 32 bits of an integer element in two's complement, both signed. */
  high = 0
  low = 0
  /** Where the bytes of an element that is no integer lie: `bytes[from, to)`. */
  bytes: Buffer = NO_BYTES
  from = 0
  to = 0

  /** The value of an integer element, exact over the whole 64-bit range. */
  toBigint(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low >>> 0)
  }

  /** Bytes of the element as text. */
  get textLength(): number {
    return this.isInteger ? formatHalves(this.high, this.low, scratch, 0) : this.to - this.from
  }

  /** Writes the element as text at `at`; returns the offset after it. An integer takes up to 20 bytes. */
  copyTo(into: Buffer, at: number): number {
    if (!this.isInteger) return copyBytes(this.bytes, this.from, this.to, into, at)
    return this.high === this.low >> 31
      ? formatInteger(this.low, into, at)
      : formatHalves(this.high, this.low, into, at)
  }

  /** A copy of the element as text. */
  toBuffer(): Buffer {
    if (this.isInteger) return Buffer.from(scratch.subarray(0, formatHalves(this.high, this.low, scratch, 0)))
    return bytesCopy(this.bytes, this.from, this.to)
  }

  /** Makes this view an integer that fits 32 bits. */
  setSmall(value: number): void {
    this.isInteger = true
    this.isSafe = true
    this.integer = value
    this.low = value
    this.high = value >> 31
  }

  /** Makes this view the 64-bit integer with these halves. */
  setHalves(high: number, low: number): void {
    this.isInteger = true
    this.high = high
    this.low = low
    this.integer = high * 0x100000000 + (low >>> 0)
    this.isSafe = Number.isSafeInteger(this.integer)
  }

  /** Makes this view the bytes `bytes[from, to)`. */
  setBytes(bytes: Buffer, from: number, to: number): void {
    this.isInteger = false
    this.bytes = bytes
    this.from = from
    this.to = to
  }
}

const NO_BYTES = Buffer.alloc(0)
const scratch = Buffer.alloc(20)
