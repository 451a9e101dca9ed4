// The digits of a double, by the Grisu2 algorithm (Loitsch, "Printing Floating-Point Numbers Quickly and Accurately with
// Integers", 2010), which Redis prints with. It is quick and its digits always read back as the same double, but some of
// its results, about one in six hundred, are not the shortest or not the nearest there are: JavaScript's own are, so that
// they will not do. Numbers of 64 bits are pairs of 32 here.

/** The most digits there can be, with room to spare. */
const MOST_DIGITS = 20
const FIRST_POWER = -348
const LAST_POWER = 340
const POWER_STEP = 8
const POWER_COUNT = (LAST_POWER - FIRST_POWER) / POWER_STEP + 1
const SIGNIFICANT_BITS = 64
/** Scaled by its power of ten, a number has its binary point so many places from the right. */
const FEWEST_PLACES = 32
const MOST_PLACES = 60
const TENS_PER_BIT = 0.30102999566398114
const WORD = 2 ** 32
const HALF_WORD = 0x80000000
const HIDDEN_BIT = 0x100000
const EXPONENT_BIAS = 1075
const SHIFT = 11
const ZERO_DIGIT = 48

/** Powers of ten of 64 significant bits: high and low words, and the exponents of two. */
const powerHigh = new Uint32Array(POWER_COUNT)
const powerLow = new Uint32Array(POWER_COUNT)
const powerExponent = new Int32Array(POWER_COUNT)
for (let index = 0; index < POWER_COUNT; index++) {
  const { significand, exponent } = roundedPower(FIRST_POWER + index * POWER_STEP)
  powerHigh[index] = Number(significand >> 32n)
  powerLow[index] = Number(significand & 0xffffffffn)
  powerExponent[index] = exponent
}

/** 10^power as `significand * 2^exponent`, the significand of exactly 64 bits, rounded to nearest. */
function roundedPower(power: number): { significand: bigint; exponent: number } {
  const exact = 10n ** BigInt(Math.abs(power))
  const bits = exact.toString(2).length
  // One bit more than is kept decides which way to round. None of the powers is exactly half way.
  const places = power < 0 ? bits + SIGNIFICANT_BITS + 1 : SIGNIFICANT_BITS + 1 - bits
  const scaled = power < 0 ? (1n << BigInt(places)) / exact : shift(exact, places)
  const surplus = scaled.toString(2).length - SIGNIFICANT_BITS
  const significand = (scaled + (1n << BigInt(surplus - 1))) >> BigInt(surplus)
  return { significand, exponent: surplus - places }
}

function shift(value: bigint, places: number): bigint {
  return places >= 0 ? value << BigInt(places) : value >> BigInt(-places)
}

const view = new DataView(new ArrayBuffer(8))

// Results of the functions below, as 64 bits, and bounds; in arrays, because variables of so large numbers are allocated.
const result = new Uint32Array(2)
const upper = new Uint32Array(2)
/** How much less than the upper bound the number is. */
const valueGap = new Uint32Array(2)
/** How much less than the upper bound the lower bound is. */
const gap = new Uint32Array(2)
const HIGH = 0
const LOW = 1

/** The upper word of the product of two words. */
function upperWord(a: number, b: number): number {
  const lower = (a & 0xffff) * b
  return Math.floor(((a >>> 16) * b + Math.floor(lower / 0x10000)) / 0x10000)
}

/** The upper 64 bits of a product, rounded. */
function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const middle = (Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bHigh) >>> 0) + upperWord(aLow, bLow)
  const carry = Math.floor((middle + HALF_WORD) / WORD)
  const sum = upperWord(aHigh, bLow) + upperWord(aLow, bHigh) + (Math.imul(aHigh, bHigh) >>> 0) + carry
  result[LOW] = sum
  result[HIGH] = upperWord(aHigh, bHigh) + Math.floor(sum / WORD)
}

function add(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const sum = aLow + bLow
  result[LOW] = sum
  result[HIGH] = aHigh + bHigh + (sum >= WORD ? 1 : 0)
}

function subtract(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  result[LOW] = aLow - bLow
  result[HIGH] = aHigh - bHigh - (aLow < bLow ? 1 : 0)
}

function isLess(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh < bHigh || (aHigh === bHigh && aLow < bLow)
}

function timesTen(pair: Uint32Array): void {
  const product = (pair[LOW] as number) * 10
  pair[LOW] = product
  pair[HIGH] = (pair[HIGH] as number) * 10 + Math.floor(product / WORD)
}

function keep(pair: Uint32Array): void {
  pair[HIGH] = result[HIGH] as number
  pair[LOW] = result[LOW] as number
}

/** The power of ten that brings a number of 64 bits with this exponent of two to few enough places, chosen as Redis does. */
function indexOfPower(exponent: number): number {
  const approximate = Math.trunc(-(exponent + POWER_COUNT) * TENS_PER_BIT)
  let index = Math.trunc((approximate - FIRST_POWER) / POWER_STEP)
  for (;;) {
    const places = placesAfter(exponent, index)
    if (places > MOST_PLACES) index++
    else if (places < FEWEST_PLACES) index--
    else return index
  }
}

/** Places after the binary point of the product with a power of ten. */
function placesAfter(exponent: number, index: number): number {
  return -(exponent + (powerExponent[index] as number) + SIGNIFICANT_BITS)
}

/** What {@link findDigits} found: the value is the integer that the digits, which are text, make, times `10^scale`. */
export const found = { digits: new Uint8Array(MOST_DIGITS), count: 0, scale: 0 }

/** Finds the digits of `value`, which is finite and greater than 0. */
export function findDigits(value: number): void {
  view.setFloat64(0, value)
  const top = view.getUint32(0)
  const bottom = view.getUint32(4)
  const noted = top >>> 20
  const fraction = (top & (HIDDEN_BIT - 1)) + (noted === 0 ? 0 : HIDDEN_BIT)
  let exponent = (noted === 0 ? 1 : noted) - EXPONENT_BIAS - SHIFT
  let numberHigh = ((fraction << SHIFT) | (bottom >>> (32 - SHIFT))) >>> 0
  let numberLow = (bottom << SHIFT) >>> 0
  let halfHigh = 0
  let halfLow = 1 << (SHIFT - 1)
  while (numberHigh < HALF_WORD) {
    numberHigh = ((numberHigh << 1) | (numberLow >>> 31)) >>> 0
    numberLow = (numberLow << 1) >>> 0
    halfHigh = ((halfHigh << 1) | (halfLow >>> 31)) >>> 0
    halfLow = (halfLow << 1) >>> 0
    exponent--
  }
  // Below a power of two, doubles lie twice as close.
  const isPower = fraction === HIDDEN_BIT && bottom === 0
  const index = indexOfPower(exponent)
  scaleBounds(index, numberHigh, numberLow, halfHigh, halfLow, isPower ? halfLow >>> 1 : halfLow)
  found.scale = -(FIRST_POWER + index * POWER_STEP)
  generate(placesAfter(exponent, index) - 32)
}

/** Multiplies the number, and the bounds half a step above and below it, by a power of ten. */
function scaleBounds(
  index: number,
  numberHigh: number,
  numberLow: number,
  halfHigh: number,
  halfLow: number,
  halfBelowLow: number,
): void {
  const byHigh = powerHigh[index] as number
  const byLow = powerLow[index] as number
  add(numberHigh, numberLow, halfHigh, halfLow)
  multiply(result[HIGH] as number, result[LOW] as number, byHigh, byLow)
  // The products are inexact by a unit at most: the bounds are drawn in by so much.
  subtract(result[HIGH] as number, result[LOW] as number, 0, 1)
  keep(upper)
  const upperHigh = upper[HIGH] as number
  const upperLow = upper[LOW] as number
  multiply(numberHigh, numberLow, byHigh, byLow)
  subtract(upperHigh, upperLow, result[HIGH] as number, result[LOW] as number)
  keep(valueGap)
  subtract(numberHigh, numberLow, halfHigh, halfBelowLow)
  multiply(result[HIGH] as number, result[LOW] as number, byHigh, byLow)
  add(result[HIGH] as number, result[LOW] as number, 0, 1)
  subtract(upperHigh, upperLow, result[HIGH] as number, result[LOW] as number)
  keep(gap)
}

/**
 * Generates digits of the upper bound until what is left is within the gap, then moves the last towards the number.
 * @param shift places after the binary point, less 32
 */
function generate(shift: number): void {
  const { digits } = found
  const unitHigh = 1 << shift
  let whole = (upper[HIGH] as number) >>> shift
  let restHigh = (upper[HIGH] as number) & (unitHigh - 1)
  let restLow = upper[LOW] as number
  let count = 0
  let tens = 10
  for (let unit = 1_000_000_000; tens > 0; unit = Math.floor(unit / 10)) {
    const digit = Math.floor(whole / unit)
    if (digit !== 0 || count !== 0) digits[count++] = digit + ZERO_DIGIT
    whole -= digit * unit
    tens--
    const leftHigh = whole * unitHigh + restHigh
    if (!isLess(gap[HIGH] as number, gap[LOW] as number, leftHigh, restLow)) {
      finish(count, tens, leftHigh, restLow, unit * unitHigh)
      return
    }
  }
  for (;;) {
    const product = restLow * 10
    const scaled = restHigh * 10 + Math.floor(product / WORD)
    const digit = scaled >>> shift
    restLow = product >>> 0
    restHigh = scaled & (unitHigh - 1)
    timesTen(gap)
    timesTen(valueGap)
    tens--
    if (digit !== 0 || count !== 0) digits[count++] = digit + ZERO_DIGIT
    if (isLess(restHigh, restLow, gap[HIGH] as number, gap[LOW] as number)) {
      finish(count, tens, restHigh, restLow, unitHigh)
      return
    }
  }
}

/** Lowers the last digit, which counts `unitHigh * 2^32`, while that brings what is printed nearer to the number. */
function finish(count: number, tens: number, restHigh: number, restLow: number, unitHigh: number): void {
  found.count = count
  found.scale += tens
  const gapHigh = gap[HIGH] as number
  const gapLow = gap[LOW] as number
  const valueHigh = valueGap[HIGH] as number
  const valueLow = valueGap[LOW] as number
  while (isLess(restHigh, restLow, valueHigh, valueLow)) {
    subtract(gapHigh, gapLow, restHigh, restLow)
    if (isLess(result[HIGH] as number, result[LOW] as number, unitHigh, 0)) return
    const nextHigh = restHigh + unitHigh
    if (!isLess(nextHigh, restLow, valueHigh, valueLow)) {
      subtract(valueHigh, valueLow, restHigh, restLow)
      const distanceHigh = result[HIGH] as number
      const distanceLow = result[LOW] as number
      subtract(nextHigh, restLow, valueHigh, valueLow)
      if (!isLess(result[HIGH] as number, result[LOW] as number, distanceHigh, distanceLow)) return
    }
    found.digits[count - 1] = (found.digits[count - 1] as number) - 1
    restHigh = nextHigh
  }
}
