import type { BytesLike, CommandError } from '@modis/sdk'
import { floatSum } from '../../commands/increment-argument.ts'
import { ByteRange } from '../../keyspace/byte-range.ts'
import { formatDouble, parseLongDouble } from '../../keyspace/packed/numbers.ts'
import { notAFloat } from '../../protocol/request-args.ts'

/** Bytes or text as a Buffer; bytes are not copied. */
export function bufferOf(value: BytesLike): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  if (Buffer.isBuffer(value)) return value
  requireBytes(value)
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
}

/** @throws TypeError where a module gave something that is neither bytes nor text */
export function requireBytes(value: BytesLike): void {
  if (typeof value === 'string' || value instanceof Uint8Array) return
  throw new TypeError(`expected bytes or text, got ${value === null ? 'null' : typeof value}`)
}

const LONGEST_SCRATCH = 64
const ASCII_END = 0x80

/** A range with memory of its own for short text: encoding that by hand costs less than asking Node for a Buffer. */
export class EncodedRange extends ByteRange {
  readonly #scratch = Buffer.allocUnsafeSlow(LONGEST_SCRATCH)

  /** Makes the range the bytes of `value`; valid until the next call, and as long as `value` itself. */
  encode(value: BytesLike): void {
    if (typeof value === 'string' && value.length <= LONGEST_SCRATCH && this.#ascii(value)) return
    const bytes = bufferOf(value)
    this.set(bytes, 0, bytes.length)
  }

  #ascii(text: string): boolean {
    const scratch = this.#scratch
    const length = text.length
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code >= ASCII_END) return false
      scratch[i] = code
    }
    this.set(scratch, 0, length)
    return true
  }
}

/**
 * An integer that a module gave.
 * @throws RangeError naming `what` where it is none
 */
export function integerOf(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${what} must be a whole number, got ${value}`)
  return value
}

/** Turns an inclusive range with negative positions counting from the end into `[first, last]`, empty where last < first. */
export function absoluteRange(start: number, stop: number, length: number): [first: number, last: number] {
  const first = start < 0 ? Math.max(start + length, 0) : start
  const last = stop < 0 ? stop + length : Math.min(stop, length - 1)
  return [first, last]
}

/**
 * The text of the sum of the number at `range` and `by`, as INCRBYFLOAT makes it.
 * @throws CommandError `error` where there is no number
 */
export function doubleSum(range: ByteRange, by: number, error: CommandError): Buffer {
  const text = Buffer.from(formatDouble(by), 'latin1')
  const addend = parseLongDouble(text, 0, text.length)
  if (addend === undefined) throw notAFloat
  return floatSum(range.bytes, range.from, range.to, addend, error)
}
