const DIGITS = 17
const SMALLEST_PLAIN_EXPONENT = -4

/** A score with 17 significant digits, as C's `%.17g` prints it: what ZSCAN shows of large sorted sets in Redis. */
export function longScoreText(score: number): string {
  if (!Number.isFinite(score)) return score > 0 ? 'inf' : '-inf'
  if (score === 0) return Object.is(score, -0) ? '-0' : '0'
  const text = Math.abs(score).toExponential(DIGITS - 1)
  const mark = text.indexOf('e')
  const digits = text.slice(0, mark).replace('.', '').replace(/0+$/, '')
  return (score < 0 ? '-' : '') + layOut(digits, Number(text.slice(mark + 1)))
}

/** Lays out `d.ddd * 10^exponent`, given its digits. */
function layOut(digits: string, exponent: number): string {
  if (exponent < SMALLEST_PLAIN_EXPONENT || exponent >= DIGITS) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    const size = String(Math.abs(exponent)).padStart(2, '0')
    return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = exponent + 1
  if (digits.length <= whole) return digits.padEnd(whole, '0')
  return `${digits.slice(0, whole)}.${digits.slice(whole)}`
}
