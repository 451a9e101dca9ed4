import { CommandError } from '@modis/sdk'
import { outOfRange } from '../dispatch/command-errors.ts'
import { isInteger64, parseDouble, parseLongDouble, parseSafeInteger } from '../keyspace/packed/numbers.ts'
import { notAnInteger, type RequestArgs } from './request-args.ts'

const MINUS = 0x2d
const MILLISECONDS = 1000
const LONG_RANGE = 2 ** 63
const MIN_LONG = '-9223372036854775808'

const MOST_PAIRS = 2n ** 62n - 1n

/** Most elements with repetitions that one call returns. */
const MOST_REPETITIONS = 10_000_000

const notPositive = new CommandError('value is out of range, must be positive')
const notInRange = new CommandError(
  'value is out of range, value must between -9223372036854775807 and 9223372036854775807',
)
const notATimeout = new CommandError('timeout is not a float or out of range')
const timeoutTooLong = new CommandError('timeout is out of range')
const timeoutNegative = new CommandError('timeout is negative')

/**
 * Argument `index` as a signed 64-bit integer, for what counts or indexes things that are in memory: past ±(2^53 − 1) it
 * comes back as that limit, which means the same.
 * @throws CommandError `notInteger` where it is no integer; `ERR value is not an integer or out of range` unless given
 */
export function longArgument(
  args: RequestArgs,
  index: number,
  notInteger: CommandError = notAnInteger,
): number {
  const from = args.starts[index] as number
  const to = args.ends[index] as number
  const value = parseSafeInteger(args.buffer, from, to)
  if (!Number.isNaN(value)) return value
  if (!isInteger64(args.buffer, from, to)) throw notInteger
  return args.buffer[from] === MINUS ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
}

/**
 * As {@link longArgument}, for a value of at least `min`.
 * @throws CommandError `error` where the argument is no integer or less
 */
export function atLeast(args: RequestArgs, index: number, min: number, error: CommandError): number {
  const value = longArgument(args, index, error)
  if (value < min) throw error
  return value
}

/**
 * As {@link longArgument}, for a count of 0 or more.
 * @throws CommandError `ERR value is out of range, must be positive`, also where the argument is no integer
 */
export function positiveArgument(args: RequestArgs, index: number): number {
  return atLeast(args, index, 0, notPositive)
}

/**
 * As {@link longArgument}, for a number whose sign says something apart and which must therefore have a counterpart.
 * @throws CommandError `ERR value is out of range, value must between …` for −2^63
 */
export function symmetricArgument(args: RequestArgs, index: number): number {
  const value = longArgument(args, index)
  if (value === Number.MIN_SAFE_INTEGER && args.string(index) === MIN_LONG) throw notInRange
  return value
}

/**
 * Makes sure of a count of elements to draw at random: a negative one asks for that many with repetitions, however few
 * there are, and is bounded because the whole reply is made at once.
 * @throws CommandError `ERR value is out of range` for more repetitions than {@link MOST_REPETITIONS}
 */
export function checkRepetitions(count: number): void {
  if (count < -MOST_REPETITIONS) throw outOfRange
}

/**
 * Makes sure that argument `index`, `count` as {@link symmetricArgument} gives it, is a 64-bit number when it is doubled:
 * a count of elements that come with their values.
 * @throws CommandError `ERR value is out of range`
 */
export function checkPairs(args: RequestArgs, index: number, count: number): void {
  if (Math.abs(count) !== Number.MAX_SAFE_INTEGER) return
  const exact = args.integer64(index)
  if (exact > MOST_PAIRS || exact < -MOST_PAIRS) throw outOfRange
}

/**
 * Argument `index`, the seconds a command may block, in milliseconds, rounded up; 0 stands for ever.
 * @throws CommandError `ERR timeout is …` where it is no number, negative or past 64 bits
 */
export function timeoutArgument(args: RequestArgs, index: number, nowMs: number): number {
  const seconds = secondsArgument(args, index)
  const timeoutMs = Math.ceil(seconds * MILLISECONDS)
  if (timeoutMs >= LONG_RANGE) throw timeoutTooLong
  if (timeoutMs < 0) throw timeoutNegative
  if (timeoutMs + nowMs >= LONG_RANGE) throw timeoutTooLong
  return timeoutMs
}

function secondsArgument(args: RequestArgs, index: number): number {
  const from = args.start(index)
  const to = args.end(index)
  const seconds = parseDouble(args.buffer, from, to)
  if (!Number.isNaN(seconds)) return seconds
  // Redis parses with a wider range, where such a number is more than any timeout or less than a millisecond.
  const wide = parseLongDouble(args.buffer, from, to)
  if (wide === undefined) throw notATimeout
  const magnitude = wide.exponent > 0 ? Number.POSITIVE_INFINITY : Number.MIN_VALUE
  return wide.mantissa < 0n ? -magnitude : magnitude
}
