import { CommandError } from '@modis/sdk'
import type { ByteRange } from '../byte-range.ts'
import { copyBytes } from '../copy-bytes.ts'
import { type Database, MAX_INLINE_STRING_BYTES } from '../database.ts'
import type { Entry } from '../entry.ts'
import { Encoding, Type } from '../entry-layout.ts'
import { LargeString } from '../objects.ts'
import {
  formatInteger,
  formatInteger64,
  INTEGER_TEXT_BYTES,
  isInteger64,
  parseInteger64,
  parseSafeInteger,
} from '../packed/numbers.ts'

// String values: up to 64 KiB they lie in their entries, beyond that they are objects. What the functions below are
// given as a source must not lie in the keyspace, because writing may move what lies there.

/** Longest string that OBJECT ENCODING calls `embstr`. */
const MAX_EMBEDDED_BYTES = 44
const MIN_INTEGER = -(2n ** 63n)
const MAX_INTEGER = 2n ** 63n - 1n

const notAnInteger = new CommandError('value is not an integer or out of range')
const overflow = new CommandError('increment or decrement would overflow')

const digits = Buffer.alloc(INTEGER_TEXT_BYTES)

/** Points `into` at the bytes of a string value. */
export function readString(entry: Entry, into: ByteRange): void {
  if (entry.encoding === Encoding.object) {
    const large = entry.object<LargeString>()
    into.set(large.bytes, 0, large.length)
  } else into.set(entry.bytes, entry.start, entry.start + entry.length)
}

export function stringLength(entry: Entry): number {
  return entry.encoding === Encoding.object ? entry.object<LargeString>().length : entry.length
}

/** How a string of these bytes is kept when it is set as a whole: as an integer, short or long. */
export function textEncoding(bytes: Buffer, from: number, to: number): Encoding {
  const length = to - from
  if (length <= INTEGER_TEXT_BYTES && isInteger64(bytes, from, to)) return Encoding.integer
  return length <= MAX_EMBEDDED_BYTES ? Encoding.embedded : Encoding.raw
}

/** As {@link textEncoding} for text that is not to be taken for an integer, such as a sum of floating point numbers. */
export function plainEncoding(length: number): Encoding {
  return length <= MAX_EMBEDDED_BYTES ? Encoding.embedded : Encoding.raw
}

/** Name of a string's encoding for OBJECT ENCODING. */
export function stringEncodingName(encoding: Encoding): 'int' | 'embstr' | 'raw' {
  if (encoding === Encoding.integer) return 'int'
  return encoding === Encoding.embedded ? 'embstr' : 'raw'
}

/** Adds a key, which must not exist, with a string of `length` zero bytes. */
export function createString(
  database: Database,
  source: Uint8Array,
  from: number,
  to: number,
  length: number,
): Entry {
  if (length > MAX_INLINE_STRING_BYTES) {
    return database.createObject(source, from, to, Type.string, new LargeString(Buffer.alloc(length)))
  }
  const entry = database.create(source, from, to, Type.string, Encoding.raw, length)
  entry.bytes.fill(0, entry.start, entry.start + length)
  return entry
}

/** Puts another string in the place of an entry's; key and expiry stay. */
export function replaceString(
  entry: Entry,
  source: Buffer,
  from: number,
  to: number,
  encoding: Encoding,
): void {
  const length = to - from
  if (length > MAX_INLINE_STRING_BYTES) {
    entry.setObject(new LargeString(Buffer.from(source.subarray(from, to))))
    return
  }
  if (entry.encoding === Encoding.object) entry.setInline(encoding, length)
  else {
    if (entry.length !== length) entry.resize(length)
    entry.encoding = encoding
  }
  copyBytes(source, from, to, entry.bytes, entry.start)
}

/** Cuts a string, or extends it with zero bytes, to `length`. */
export function resizeString(entry: Entry, length: number): void {
  if (entry.encoding === Encoding.object) {
    entry.object<LargeString>().resize(length)
    return
  }
  if (length > MAX_INLINE_STRING_BYTES) {
    const large = Buffer.alloc(length)
    copyBytes(entry.bytes, entry.start, entry.start + entry.length, large, 0)
    entry.setObject(new LargeString(large))
    return
  }
  const old = entry.length
  entry.resize(length)
  entry.encoding = Encoding.raw
  if (length > old) entry.bytes.fill(0, entry.start + old, entry.start + length)
}

/** Overwrites a string from `offset` on with `source[from, to)`, filling a gap with zero bytes; returns its length. */
export function overwriteString(
  entry: Entry,
  offset: number,
  source: Buffer,
  from: number,
  to: number,
): number {
  const length = Math.max(stringLength(entry), offset + to - from)
  resizeString(entry, length)
  if (entry.encoding === Encoding.object) source.copy(entry.object<LargeString>().bytes, offset, from, to)
  else copyBytes(source, from, to, entry.bytes, entry.start + offset)
  return length
}

/** Adds `source[from, to)` at the end of a string; returns its length. */
export function appendString(entry: Entry, source: Buffer, from: number, to: number): number {
  return overwriteString(entry, stringLength(entry), source, from, to)
}

/**
 * Adds `by` to the integer at key `source[from, to)`, whose entry is `entry`; without one it counts as 0 and is created.
 * Returns the sum, as a bigint where it is past ±(2^53 − 1).
 * @throws CommandError where the string is no integer, or the sum is past 64 bits
 */
export function incrementString(
  database: Database,
  entry: Entry | undefined,
  source: Uint8Array,
  from: number,
  to: number,
  by: number | bigint,
): number | bigint {
  const sum = entry === undefined ? by : addInteger(entry, by)
  const length = typeof sum === 'bigint' ? formatInteger64(sum, digits, 0) : formatInteger(sum, digits, 0)
  if (entry !== undefined) replaceString(entry, digits, 0, length, Encoding.integer)
  else {
    const created = database.create(source, from, to, Type.string, Encoding.integer, length)
    copyBytes(digits, 0, length, created.bytes, created.start)
  }
  return sum
}

function addInteger(entry: Entry, by: number | bigint): number | bigint {
  if (entry.encoding === Encoding.object) throw notAnInteger
  return addToInteger(entry.bytes, entry.start, entry.start + entry.length, by)
}

/**
 * The sum of `by` and the integer `bytes[from, to)`, as a bigint where it is past ±(2^53 − 1).
 * @throws CommandError where the bytes are no integer (`notInteger`), or the sum is past 64 bits
 */
export function addToInteger(
  bytes: Buffer,
  from: number,
  to: number,
  by: number | bigint,
  notInteger: CommandError = notAnInteger,
): number | bigint {
  if (typeof by === 'number') {
    const sum = parseSafeInteger(bytes, from, to) + by
    if (Number.isSafeInteger(sum)) return sum
  }
  const value = parseInteger64(bytes, from, to)
  if (value === undefined) throw notInteger
  const sum = value + BigInt(by)
  if (sum < MIN_INTEGER || sum > MAX_INTEGER) throw overflow
  const rounded = Number(sum)
  return Number.isSafeInteger(rounded) ? rounded : sum
}

/** Copies a string to key `source[from, to)` of `target`, which must not exist. */
export function copyValue(
  entry: Entry,
  target: Database,
  source: Uint8Array,
  from: number,
  to: number,
  expiry: number,
): Entry {
  if (entry.encoding === Encoding.object) {
    const large = entry.object<LargeString>()
    const copy = new LargeString(Buffer.from(large.bytes.subarray(0, large.length)))
    return target.createObject(source, from, to, Type.string, copy, expiry)
  }
  const copy = target.create(source, from, to, Type.string, entry.encoding, entry.length, expiry)
  copyBytes(entry.bytes, entry.start, entry.start + entry.length, copy.bytes, copy.start)
  return copy
}
