import { EXACT_DIGITS, scanDecimal, scanned } from './decimal-scan.ts'
import { bitLength, parseHexadecimal, shiftRounded } from './doubles.ts'

// INCRBYFLOAT and HINCRBYFLOAT add in C's long double, which on x86-64 has a 64-bit significand, and print the sum with
// "%.17Lf". The same sums come out here because the same format is computed: every step is exact in integers and rounded
// once, to nearest and ties to even.

/** A long double: `mantissa * 2^exponent`, the mantissa signed and of at most 64 bits; or an infinity. */
export interface LongDouble {
  readonly mantissa: bigint
  readonly exponent: number
  /** 1 or -1 for an infinity, else 0. */
  readonly infinity: number
}

const SIGNIFICANT_BITS = 64
const SMALLEST_EXPONENT = -16445
const LARGEST_TOP = 16384
// Redis refuses longer text, which also bounds the integers below.
const LONGEST_TEXT = 5 * 1024 - 1
const LARGEST_DECIMAL_PLACE = 4940
const SMALLEST_DECIMAL_PLACE = -4960
const FRACTION_DIGITS = 17
const FRACTION_SCALE = 10n ** BigInt(FRACTION_DIGITS)
const DECIMAL = /^([0-9]*)(?:\.([0-9]*))?(?:e([+-]?[0-9]+))?$/i
const PLUS = 43
const MINUS = 45
const ZERO: LongDouble = { mantissa: 0n, exponent: 0, infinity: 0 }

const powersOfTen: bigint[] = []
for (let power = 0n; power < 32n; power++) powersOfTen.push(10n ** power)

function powerOfTen(power: number): bigint {
  return power < powersOfTen.length ? (powersOfTen[power] as bigint) : 10n ** BigInt(power)
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** `mantissa * 2^exponent` rounded to a long double; `isInexact` says that a little more follows the mantissa. */
function round(isNegative: boolean, mantissa: bigint, exponent: number, isInexact: boolean): LongDouble {
  const bits = bitLength(mantissa)
  const drop = Math.max(bits - SIGNIFICANT_BITS, SMALLEST_EXPONENT - exponent)
  let kept = mantissa
  let place = exponent
  if (drop > 0) {
    // One more bit below stands for whatever follows: it tells a tie from just over a tie.
    const sticky = (mantissa << 1n) | (isInexact ? 1n : 0n)
    kept = drop > bits + 1 ? 0n : shiftRounded(sticky, drop + 1)
    place += drop
  }
  if (bitLength(kept) + place > LARGEST_TOP) {
    return { mantissa: 0n, exponent: 0, infinity: isNegative ? -1 : 1 }
  }
  return { mantissa: isNegative ? -kept : kept, exponent: place, infinity: 0 }
}

/** The exact quotient `numerator / denominator`, both positive, rounded to a long double. */
function divide(isNegative: boolean, numerator: bigint, denominator: bigint): LongDouble {
  const shift = Math.max(0, SIGNIFICANT_BITS + 2 - bitLength(numerator) + bitLength(denominator))
  const dividend = numerator << BigInt(shift)
  const quotient = dividend / denominator
  return round(isNegative, quotient, -shift, quotient * denominator !== dividend)
}

/** `integer * 10^exponent` as a long double; undefined where it is out of range. `count` is the digits of `integer`. */
function scaleDecimal(
  isNegative: boolean,
  integer: bigint,
  count: number,
  exponent: number,
): LongDouble | undefined {
  if (integer === 0n) return ZERO
  const place = exponent + count
  if (place > LARGEST_DECIMAL_PLACE || place < SMALLEST_DECIMAL_PLACE) return undefined
  const value =
    exponent >= 0
      ? round(isNegative, integer * powerOfTen(exponent), 0, false)
      : divide(isNegative, integer, powerOfTen(-exponent))
  return value.mantissa === 0n ? undefined : value
}

/** Reads unsigned decimal text of more digits than a scan keeps; it is known to be well formed. */
function parseLongDecimal(isNegative: boolean, text: string): LongDouble | undefined {
  const match = DECIMAL.exec(text) as RegExpExecArray
  const fraction = match[2] ?? ''
  const significant = ((match[1] as string) + fraction).replace(/^0+/, '')
  const exponent = Number(match[3] ?? 0) - fraction.length
  return scaleDecimal(isNegative, BigInt(significant), significant.length, exponent)
}

/** Reads hexadecimal text in lower case; undefined where it is not that or is out of range. */
function parseHexadecimalText(isNegative: boolean, lower: string): LongDouble | undefined {
  const parts = parseHexadecimal(lower)
  if (parts === undefined) return undefined
  if (parts.mantissa === 0n) return ZERO
  const top = parts.exponent + bitLength(parts.mantissa)
  if (top > LARGEST_TOP || top < SMALLEST_EXPONENT - 1) return undefined
  const value = round(isNegative, parts.mantissa, parts.exponent, false)
  return value.mantissa === 0n ? undefined : value
}

/**
 * The long double `bytes[from, to)` under the rules for INCRBYFLOAT (Redis: string2ld), or undefined where it is not
 * one: infinities and hexadecimal are allowed; NaN, spaces, values out of range and over 5 KiB of text are not.
 */
export function parseLongDouble(bytes: Buffer, from: number, to: number): LongDouble | undefined {
  if (from >= to || to - from > LONGEST_TEXT) return undefined
  const isNegative = bytes[from] === MINUS
  const at = isNegative || bytes[from] === PLUS ? from + 1 : from
  const mantissa = scanDecimal(bytes, at, to)
  if (mantissa >= 0) {
    if (scanned.digits > EXACT_DIGITS) return parseLongDecimal(isNegative, bytes.toString('latin1', at, to))
    return scaleDecimal(isNegative, BigInt(mantissa), scanned.digits, scanned.exponent)
  }
  const text = bytes.toString('latin1', at, to).toLowerCase()
  if (text === 'inf' || text === 'infinity') {
    return { mantissa: 0n, exponent: 0, infinity: isNegative ? -1 : 1 }
  }
  return parseHexadecimalText(isNegative, text)
}

/**
 * The sum as a long double, or undefined where it is not finite: Redis then refuses with "increment would produce NaN or
 * Infinity".
 */
export function addLongDouble(left: LongDouble, right: LongDouble): LongDouble | undefined {
  if (left.infinity !== 0 || right.infinity !== 0) return undefined
  const exponent = Math.min(left.exponent, right.exponent)
  const sum =
    (left.mantissa << BigInt(left.exponent - exponent)) +
    (right.mantissa << BigInt(right.exponent - exponent))
  const rounded = round(sum < 0n, absolute(sum), exponent, false)
  return rounded.infinity === 0 ? rounded : undefined
}

/**
 * Text of a finite `value` as Redis stores and replies it: plain decimal, rounded to 17 places, trailing zeros removed
 * (Redis: ld2string, human mode).
 */
export function formatLongDouble(value: LongDouble): string {
  const scaled = absolute(value.mantissa) * FRACTION_SCALE
  const places =
    value.exponent >= 0 ? scaled << BigInt(value.exponent) : shiftRounded(scaled, -value.exponent)
  if (places === 0n) return '0'
  const digits = places.toString().padStart(FRACTION_DIGITS + 1, '0')
  const whole = digits.slice(0, -FRACTION_DIGITS)
  const fraction = digits.slice(-FRACTION_DIGITS).replace(/0+$/, '')
  return (value.mantissa < 0n ? '-' : '') + (fraction === '' ? whole : `${whole}.${fraction}`)
}
