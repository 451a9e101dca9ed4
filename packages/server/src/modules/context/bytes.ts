import type { BytesLike, CommandError } from '@modis/sdk'
import { floatSum } from '../../commands/increment-argument.ts'
import type { ByteRange } from '../../keyspace/byte-range.ts'
import { formatDouble, parseLongDouble } from '../../keyspace/packed/numbers.ts'
import { notAFloat } from '../../protocol/request-args.ts'

/** Bytes or text as a Buffer; bytes are not copied. */
export function bufferOf(value: BytesLike): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  if (Buffer.isBuffer(value)) return value
  if (!(value instanceof Uint8Array)) {
    throw new TypeError(`expected bytes or text, got ${value === null ? 'null' : typeof value}`)
  }
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
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
