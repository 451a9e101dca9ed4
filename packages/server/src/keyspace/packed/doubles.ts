import { EXACT_DIGITS, scanDecimal, scanned } from './decimal-scan.ts'
import { findDigits, found } from './grisu.ts'
import { formatHalves, formatInteger, Integer64 } from './integers.ts'

// Doubles as Redis reads them (strtod, with the restrictions of string2d) and prints them (d2string).

/** Bytes of the longest double in text. */
export const DOUBLE_TEXT_BYTES = 32

const PLUS = 43
const MINUS = 45
const POINT = 46
const ZERO = 48
const LOWER_E = 101
/** Digits that Redis prints in exponent form, one less where there is a sign. */
const MOST_DIGITS = 18
const EXACT_POWER = 22
const LARGEST_EXPONENT = 1e9
// No number needs more text than this, and a string of the longest command argument could not be made at all.
const LONGEST_TEXT = 1 << 20
// Redis prints an integral double as an integer only within half of the 64-bit range.
const INTEGRAL_LIMIT = 2 ** 62

const powersOfTen = new Float64Array(EXACT_POWER + 1)
for (let power = 0; power <= EXACT_POWER; power++) powersOfTen[power] = Number(`1e${power}`)

// Whether the last parse left the range of a double; module state, so that the fast path allocates nothing.
let isOutOfRange = false

/**
 * The double `bytes[from, to)` as C's strtod reads it, without leading space; NaN where it is not one. A value too large
 * comes back infinite and one too small as zero, and `isOutOfRange` says so.
 */
function parseUnchecked(bytes: Buffer, from: number, to: number): number {
  isOutOfRange = false
  if (from >= to || to - from > LONGEST_TEXT) return Number.NaN
  const isNegative = bytes[from] === MINUS
  const at = isNegative || bytes[from] === PLUS ? from + 1 : from
  const mantissa = scanDecimal(bytes, at, to)
  if (mantissa < 0) return parseSpecial(bytes.toString('latin1', at, to), isNegative)
  if (mantissa === 0) return isNegative ? -0 : 0
  let value: number
  const exponent = scanned.exponent
  if (scanned.digits <= EXACT_DIGITS && exponent >= -EXACT_POWER && exponent <= EXACT_POWER) {
    // Both operands are exact, so the one rounding of the operation is the right one.
    value = exponent < 0 ? mantissa / powersOfTen[-exponent] : mantissa * powersOfTen[exponent]
  } else {
    value = Number(bytes.toString('latin1', at, to))
    isOutOfRange = value === 0 || value === Number.POSITIVE_INFINITY
  }
  return isNegative ? -value : value
}

const HEXADECIMAL = /^0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?[0-9]+))?$/

/** The forms of strtod that are not decimal digits: infinities and hexadecimal; NaN for anything else. */
function parseSpecial(text: string, isNegative: boolean): number {
  const lower = text.toLowerCase()
  if (lower === 'inf' || lower === 'infinity') {
    return isNegative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  const parts = parseHexadecimal(lower)
  if (parts === undefined) return Number.NaN
  const value = roundToDouble(parts.mantissa, parts.exponent)
  isOutOfRange = parts.mantissa !== 0n && (value === 0 || value === Number.POSITIVE_INFINITY)
  return isNegative ? -value : value
}

/** Reads hexadecimal floating text in lower case as `mantissa * 2^exponent`; undefined where it is not that. */
export function parseHexadecimal(lower: string): { mantissa: bigint; exponent: number } | undefined {
  const match = HEXADECIMAL.exec(lower)
  if (match === null) return undefined
  const fraction = match[2] ?? ''
  const digits = (match[1] as string) + fraction
  if (digits === '') return undefined
  const scale = Number(match[3] ?? 0)
  const bounded = Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, scale))
  return { mantissa: BigInt(`0x${digits}`), exponent: bounded - fraction.length * 4 }
}

/** `mantissa * 2^exponent` as the nearest double, ties to even. */
function roundToDouble(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0
  const bits = bitLength(mantissa)
  const top = exponent + bits
  if (top > 1024) return Number.POSITIVE_INFINITY
  if (top < -1075) return 0
  const keep = Math.min(53, top + 1074)
  const drop = bits - keep
  const kept = drop > 0 ? shiftRounded(mantissa, drop) : mantissa
  // The kept bits are exact in a double; two factors keep the power of two itself within range.
  const power = exponent + Math.max(drop, 0)
  const half = Math.trunc(power / 2)
  return Number(kept) * 2 ** half * 2 ** (power - half)
}

/** Number of bits of `value`, which is not negative. */
export function bitLength(value: bigint): number {
  if (value <= 0xffffffffn) return 32 - Math.clz32(Number(value))
  const digits = value.toString(16)
  return digits.length * 4 - Math.clz32(Number.parseInt(digits[0] as string, 16)) + 28
}

/** `value >> drop`, rounded to the nearest, ties to even; `drop` is 1 or more. */
export function shiftRounded(value: bigint, drop: number): bigint {
  const shift = BigInt(drop)
  const kept = value >> shift
  const rest = value - (kept << shift)
  const half = 1n << (shift - 1n)
  return rest > half || (rest === half && (kept & 1n) === 1n) ? kept + 1n : kept
}

/**
 * The double `bytes[from, to)` under the rules for increments and scores (Redis: string2d): infinities and hexadecimal
 * are allowed; empty text, NaN, spaces, and values out of range are not. Returns NaN where it is not one.
 */
export function parseDouble(bytes: Buffer, from: number, to: number): number {
  const value = parseUnchecked(bytes, from, to)
  return isOutOfRange ? Number.NaN : value
}

/**
 * A bound of a score range, `bytes[from, to)` without its parenthesis, under the looser rules Redis has for these: what
 * follows a NUL byte is ignored, empty text is 0, leading space is skipped, values out of range become infinite or 0.
 * Returns NaN where it is not one.
 */
export function parseRangeDouble(bytes: Buffer, from: number, to: number): number {
  const nul = from < to ? bytes.indexOf(0, from) : -1
  const end = nul >= 0 && nul < to ? nul : to
  if (from === end) return 0
  let at = from
  while (at < end && (bytes[at] === 32 || (bytes[at] >= 9 && bytes[at] <= 13))) at++
  return parseUnchecked(bytes, at, end)
}

const halves = new Integer64()

/**
 * Writes `value` at `at` as Redis prints scores and doubles in replies, in RESP2 and RESP3 alike (Redis: d2string);
 * returns the offset after it. `bytes` must have room for {@link DOUBLE_TEXT_BYTES}.
 */
export function writeDouble(value: number, bytes: Buffer, at: number): number {
  if (Math.floor(value) === value && value >= -INTEGRAL_LIMIT && value <= INTEGRAL_LIMIT) {
    if (value === 0 && 1 / value < 0) bytes[at++] = MINUS
    if (Number.isSafeInteger(value)) return formatInteger(value, bytes, at)
    halves.setNumber(value)
    return formatHalves(halves.high, halves.low, bytes, at)
  }
  return writeFraction(value, bytes, at)
}

/** `value` as {@link writeDouble} writes it. */
export function formatDouble(value: number): string {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0' : String(value)
  if (Number.isInteger(value) && Math.abs(value) <= INTEGRAL_LIMIT) return String(BigInt(value))
  return formatFraction(value)
}

const fractionText = Buffer.alloc(DOUBLE_TEXT_BYTES)

/** `value` in the digits and the layout that Redis gives to fractions, integers too (Redis: fpconv_dtoa). */
export function formatFraction(value: number): string {
  return fractionText.toString('latin1', 0, writeFraction(value, fractionText, 0))
}

/** As {@link formatFraction}, at offset `at` of `bytes`; returns the offset after it. */
function writeFraction(value: number, bytes: Buffer, at: number): number {
  if (!Number.isFinite(value)) {
    return at + bytes.write(Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf', at, 'latin1')
  }
  const isNegative = value < 0 || Object.is(value, -0)
  if (isNegative) bytes[at++] = MINUS
  if (value === 0) {
    bytes[at] = ZERO
    return at + 1
  }
  findDigits(Math.abs(value))
  return layOut(bytes, at, isNegative)
}

/** Writes the digits that were found, as Redis does: plain near 1 and in exponent form elsewhere. */
function layOut(bytes: Buffer, at: number, isNegative: boolean): number {
  const { digits, count, scale } = found
  const exponent = scale + count - 1
  const size = Math.abs(exponent)
  if (scale >= 0 && size < count + 7)
    return writeZeros(bytes, writeDigits(bytes, at, digits, 0, count), scale)
  if (scale < 0 && (scale > -7 || size < 4)) {
    const whole = count + scale
    const isWhole = whole > 0
    let end = isWhole ? writeDigits(bytes, at, digits, 0, whole) : writeZeros(bytes, at, 1)
    bytes[end++] = POINT
    if (!isWhole) end = writeZeros(bytes, end, -whole)
    return writeDigits(bytes, end, digits, isWhole ? whole : 0, count)
  }
  bytes[at++] = digits[0] as number
  if (count > 1) {
    bytes[at++] = POINT
    at = writeDigits(bytes, at, digits, 1, Math.min(count, MOST_DIGITS - (isNegative ? 1 : 0)))
  }
  bytes[at++] = LOWER_E
  bytes[at++] = exponent < 0 ? MINUS : PLUS
  return formatInteger(size, bytes, at)
}

function writeDigits(bytes: Buffer, at: number, digits: Uint8Array, from: number, to: number): number {
  for (let index = from; index < to; index++) bytes[at++] = digits[index] as number
  return at
}

function writeZeros(bytes: Buffer, at: number, count: number): number {
  for (let written = 0; written < count; written++) bytes[at++] = ZERO
  return at
}
