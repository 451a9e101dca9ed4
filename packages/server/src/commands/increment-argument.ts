import { CommandError } from '@modis/sdk'
import {
  addLongDouble,
  formatLongDouble,
  type LongDouble,
  parseLongDouble,
  parseSafeInteger,
} from '../keyspace/packed/numbers.ts'
import { notAFloat, type RequestArgs } from '../protocol/request-args.ts'

const notFinite = new CommandError('increment would produce NaN or Infinity')

/**
 * Argument `index` as an integer to add, as a bigint where it is past ±(2^53 − 1).
 * @throws CommandError `ERR value is not an integer or out of range`
 */
export function incrementArgument(args: RequestArgs, index: number): number | bigint {
  const value = parseSafeInteger(args.buffer, args.starts[index] as number, args.ends[index] as number)
  return Number.isNaN(value) ? args.integer64(index) : value
}

/**
 * Argument `index` as a floating point number to add.
 * @throws CommandError `ERR value is not a valid float`
 */
export function floatArgument(args: RequestArgs, index: number): LongDouble {
  const value = parseLongDouble(args.buffer, args.starts[index] as number, args.ends[index] as number)
  if (value === undefined) throw notAFloat
  return value
}

/**
 * The text of the sum of the number `bytes[from, to)` and `by`.
 * @throws CommandError `error` where the bytes are no number; `ERR increment would produce NaN or Infinity`
 */
export function floatSum(
  bytes: Buffer,
  from: number,
  to: number,
  by: LongDouble,
  error: CommandError = notAFloat,
): Buffer {
  const value = parseLongDouble(bytes, from, to)
  if (value === undefined) throw error
  const sum = addLongDouble(value, by)
  if (sum === undefined) throw notFinite
  return Buffer.from(formatLongDouble(sum), 'latin1')
}
