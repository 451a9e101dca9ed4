// Integers as Redis reads and writes them: the canonical decimal form of a signed 64-bit integer and nothing else. No
// leading zeros, plus sign or spaces, so that text and number convert into each other without loss.
//
// Three forms of an integer are in use. A JavaScript number serves all of ±(2^53 − 1). Two 32-bit halves serve the
// encodings, over the whole range and without allocation. A bigint is for callers that need one value past 2^53.

/** Bytes of the longest integer in text, `-9223372036854775808`. */
export const INTEGER_TEXT_BYTES = 20

const ZERO = 48
const MINUS = 45
const SPLIT = 1e9
const SPLIT_DIGITS = 9
const MOST_DIGITS = 19
const SAFE_DIGITS = 16
const LARGEST_DIGITS = Buffer.from('9223372036854775807', 'latin1')

// "00", "01" … "99", one after the other: two digits a division.
const digitPairs = new Uint8Array(200)
for (let pair = 0; pair < 100; pair++) {
  digitPairs[pair * 2] = ZERO + Math.floor(pair / 10)
  digitPairs[pair * 2 + 1] = ZERO + (pair % 10)
}

/** A signed 64-bit integer in two's complement, as two 32-bit halves, both signed. Reused, never stored. */
export class Integer64 {
  high = 0
  low = 0

  /** Sets the value to `value`, an integral number within the 64-bit range. */
  setNumber(value: number): void {
    this.low = value | 0
    this.high = Math.floor(value / 0x100000000) | 0
  }

  /** Sets the value to the low 64 bits of `value`. */
  setBigint(value: bigint): void {
    this.low = Number(BigInt.asIntN(32, value))
    this.high = Number(BigInt.asIntN(32, value >> 32n))
  }

  /** The value as a number, rounded to the nearest where it is past 2^53. */
  toNumber(): number {
    return this.high * 0x100000000 + (this.low >>> 0)
  }

  toBigint(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low >>> 0)
  }
}

/** Value of the `count` digits at `at`, known to be digits and few enough to be exact. */
function digitsAt(bytes: Buffer, at: number, count: number): number {
  let value = 0
  for (const to = at + count; at < to; at++) value = value * 10 + bytes[at] - ZERO
  return value
}

/** Whether `bytes[from, to)` is the canonical text of a signed 64-bit integer (Redis: string2ll). */
export function isInteger64(bytes: Buffer, from: number, to: number): boolean {
  const isNegative = from < to && bytes[from] === MINUS
  const first = isNegative ? from + 1 : from
  const digits = to - first
  if (digits < 1 || digits > MOST_DIGITS) return false
  if (bytes[first] === ZERO) return digits === 1 && !isNegative
  for (let at = first; at < to; at++) {
    const digit = bytes[at] - ZERO
    if (digit < 0 || digit > 9) return false
  }
  return digits < MOST_DIGITS || !exceedsLargest(bytes, first, isNegative)
}

/** Whether the nineteen digits at `first` are past 2^63 − 1, or past 2^63 where negative. */
function exceedsLargest(bytes: Buffer, first: number, isNegative: boolean): boolean {
  for (let index = 0; index < MOST_DIGITS; index++) {
    const difference = bytes[first + index] - LARGEST_DIGITS[index]
    if (difference !== 0) return difference > (isNegative && index === MOST_DIGITS - 1 ? 1 : 0)
  }
  return false
}

/**
 * The integer `bytes[from, to)`, or NaN where that is not the canonical text of one or the value is past ±(2^53 − 1);
 * {@link parseInteger64} tells the two apart.
 */
export function parseSafeInteger(bytes: Buffer, from: number, to: number): number {
  if (from >= to) return Number.NaN
  const isNegative = bytes[from] === MINUS
  let at = isNegative ? from + 1 : from
  const digits = to - at
  if (digits < 1 || digits > SAFE_DIGITS) return Number.NaN
  let value = bytes[at++] - ZERO
  if (value < 1 || value > 9) return value === 0 && digits === 1 && !isNegative ? 0 : Number.NaN
  // Nine digits fit 32 bits, so the engine keeps this loop in integer registers.
  const smallTo = digits > SPLIT_DIGITS ? at + SPLIT_DIGITS - 1 : to
  while (at < smallTo) {
    const digit = bytes[at++] - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    value = (value * 10 + digit) | 0
  }
  if (at === to) return isNegative ? -value : value
  return parseSafeTail(bytes, at, to, value, isNegative)
}

function parseSafeTail(bytes: Buffer, at: number, to: number, head: number, isNegative: boolean): number {
  let value = head
  while (at < to) {
    const digit = bytes[at++] - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  if (value > Number.MAX_SAFE_INTEGER) return Number.NaN
  return isNegative ? -value : value
}

/** The integer `bytes[from, to)` anywhere in the signed 64-bit range, or undefined where it is not one. */
export function parseInteger64(bytes: Buffer, from: number, to: number): bigint | undefined {
  return isInteger64(bytes, from, to) ? BigInt(bytes.toString('latin1', from, to)) : undefined
}

/** Reads the integer `bytes[from, to)` into `into`; returns false, `into` unchanged, where it is not one. */
export function parseHalves(bytes: Buffer, from: number, to: number, into: Integer64): boolean {
  const value = parseSafeInteger(bytes, from, to)
  if (!Number.isNaN(value)) {
    into.setNumber(value)
    return true
  }
  if (to - from < SAFE_DIGITS || !isInteger64(bytes, from, to)) return false
  const isNegative = bytes[from] === MINUS
  const first = isNegative ? from + 1 : from
  const middle = to - SPLIT_DIGITS
  // The value is head * 10^9 + tail with a head of up to 34 bits, multiplied in two parts that stay below 2^53.
  const head = digitsAt(bytes, first, middle - first)
  const upper = Math.floor(head / 0x10000) * SPLIT
  const lower = (head % 0x10000) * SPLIT + digitsAt(bytes, middle, SPLIT_DIGITS) + (upper % 0x10000) * 0x10000
  const high = (Math.floor(upper / 0x10000) + Math.floor(lower / 0x100000000)) | 0
  const low = lower | 0
  into.low = isNegative ? -low | 0 : low
  into.high = !isNegative ? high : low === 0 ? -high | 0 : ~high
  return true
}

/** Decimal digits of `value`, an unsigned 32-bit integer below 10^9. */
function digitCount(value: number): number {
  if (value < 1e5) {
    if (value < 100) return value < 10 ? 1 : 2
    return value < 1e3 ? 3 : value < 1e4 ? 4 : 5
  }
  if (value < 1e7) return value < 1e6 ? 6 : 7
  return value < 1e8 ? 8 : 9
}

/** Writes exactly `count` digits of `value`, below 10^9, with leading zeros. */
function writeDigits(value: number, bytes: Buffer, at: number, count: number): void {
  let end = at + count
  while (count >= 2) {
    const rest = (value / 100) | 0
    const pair = (value - rest * 100) << 1
    bytes[--end] = digitPairs[pair + 1]
    bytes[--end] = digitPairs[pair]
    value = rest
    count -= 2
  }
  if (count === 1) bytes[--end] = ZERO + value
}

/** Writes `value`, 0 or more and below 2^63, given as `head * 10^9 + tail`. */
function writeSplit(head: number, tail: number, bytes: Buffer, at: number): number {
  if (head === 0) {
    const count = digitCount(tail)
    writeDigits(tail, bytes, at, count)
    return at + count
  }
  const end =
    head < SPLIT
      ? writeSplit(0, head, bytes, at)
      : writeSplit(Math.floor(head / SPLIT), head % SPLIT, bytes, at)
  writeDigits(tail, bytes, end, SPLIT_DIGITS)
  return end + SPLIT_DIGITS
}

/**
 * Writes `value`, an integer within ±(2^53 − 1), as decimal text at `at`; returns the offset after it. `bytes` must
 * have room for {@link INTEGER_TEXT_BYTES}.
 */
export function formatInteger(value: number, bytes: Buffer, at: number): number {
  if (value < 0) {
    bytes[at++] = MINUS
    value = -value
  }
  if (value < SPLIT) {
    const count = digitCount(value)
    writeDigits(value, bytes, at, count)
    return at + count
  }
  return writeSplit(Math.floor(value / SPLIT), value % SPLIT, bytes, at)
}

/** Writes the 64-bit integer with these two's complement halves, as {@link formatInteger} does. */
export function formatHalves(high: number, low: number, bytes: Buffer, at: number): number {
  if (high === low >> 31) return formatInteger(low, bytes, at)
  if (high < 0) {
    bytes[at++] = MINUS
    high = low === 0 ? -high | 0 : ~high
    low = -low | 0
  }
  // Long division by 10^9 in base 2^16; no remainder times 2^16 leaves 2^53.
  let quotient = 0
  let remainder = 0
  for (let limb = 0; limb < 4; limb++) {
    const half = limb < 2 ? high : low
    const current = remainder * 0x10000 + ((limb & 1) === 0 ? half >>> 16 : half & 0xffff)
    const digit = Math.floor(current / SPLIT)
    quotient = quotient * 0x10000 + digit
    remainder = current - digit * SPLIT
  }
  return writeSplit(quotient, remainder, bytes, at)
}

const scratch = new Integer64()

/** Writes `value`, within the signed 64-bit range, as {@link formatInteger} does. */
export function formatInteger64(value: bigint, bytes: Buffer, at: number): number {
  scratch.setBigint(value)
  return formatHalves(scratch.high, scratch.low, bytes, at)
}
