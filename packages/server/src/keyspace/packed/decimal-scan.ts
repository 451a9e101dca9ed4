const ZERO = 48
const POINT = 46
const PLUS = 43
const MINUS = 45
const LARGEST_EXPONENT = 1e8

/** Significant digits that a double always holds exactly. */
export const EXACT_DIGITS = 15

/** What the last {@link scanDecimal} found besides its value; shared, so that scanning allocates nothing. */
export const scanned = { exponent: 0, digits: 0 }

/**
 * Scans `bytes[at, to)` as unsigned decimal digits with an optional point and exponent. Returns the value of its first
 * significant digits as an integer, to be scaled by ten to the `scanned.exponent`, or -1 where the text is not a number.
 * The integer is exact where `scanned.digits`, the number of significant digits, is at most {@link EXACT_DIGITS}.
 */
export function scanDecimal(bytes: Buffer, at: number, to: number): number {
  let mantissa = 0
  let digits = 0
  let exponent = 0
  let seen = false
  let pointAt = -1
  for (; at < to; at++) {
    const digit = bytes[at] - ZERO
    if (digit >= 0 && digit <= 9) {
      seen = true
      if (digits > 0 || digit > 0) digits++
      if (digits <= EXACT_DIGITS) mantissa = mantissa * 10 + digit
      else exponent++
      if (pointAt >= 0) exponent--
    } else if (bytes[at] === POINT && pointAt < 0) {
      pointAt = at
    } else {
      break
    }
  }
  if (!seen) return -1
  if (at < to) {
    const scale = scanExponentPart(bytes, at, to)
    if (Number.isNaN(scale)) return -1
    exponent += scale
  }
  scanned.exponent = exponent
  scanned.digits = digits
  return mantissa
}

/** Value of the exponent `e[+-]digits` that must fill `bytes[at, to)`, clamped; NaN where it does not. */
function scanExponentPart(bytes: Buffer, at: number, to: number): number {
  if ((bytes[at] | 32) !== 101) return Number.NaN
  at++
  const isNegative = bytes[at] === MINUS
  if (at < to && (isNegative || bytes[at] === PLUS)) at++
  if (at >= to) return Number.NaN
  let exponent = 0
  for (; at < to; at++) {
    const digit = bytes[at] - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    if (exponent < LARGEST_EXPONENT) exponent = exponent * 10 + digit
  }
  return isNegative ? -exponent : exponent
}
