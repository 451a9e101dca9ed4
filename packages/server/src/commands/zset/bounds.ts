import { CommandError } from '@modis/sdk'
import { parseRangeDouble } from '../../keyspace/packed/numbers.ts'
import type { MemberBound, MemberBounds, ScoreBounds } from '../../keyspace/types/zset.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'

const OPEN = 0x28
const CLOSED = 0x5b
const LOWEST = 0x2d
const HIGHEST = 0x2b

const notAScore = new CommandError('min or max is not a float')
const notAMember = new CommandError('min or max not valid string range item')

/**
 * The range of scores from argument `min` to argument `max`, each a number that `(` leaves out of the range.
 * @throws CommandError `ERR min or max is not a float`
 */
export function scoreBounds(args: RequestArgs, min: number, max: number): ScoreBounds {
  const isMinExclusive = args.buffer[args.start(min)] === OPEN && args.length(min) > 0
  const isMaxExclusive = args.buffer[args.start(max)] === OPEN && args.length(max) > 0
  return {
    min: scoreBound(args, min, isMinExclusive),
    max: scoreBound(args, max, isMaxExclusive),
    isMinExclusive,
    isMaxExclusive,
  }
}

function scoreBound(args: RequestArgs, index: number, isExclusive: boolean): number {
  const from = args.start(index) + (isExclusive ? 1 : 0)
  const value = parseRangeDouble(args.buffer, from, args.end(index))
  if (Number.isNaN(value)) throw notAScore
  return value
}

/**
 * The range of members from argument `min` to argument `max`: `[` or `(` and a member, `-` or `+`.
 * @throws CommandError `ERR min or max not valid string range item`
 */
export function memberBounds(args: RequestArgs, min: number, max: number): MemberBounds {
  return { min: memberBound(args, min), max: memberBound(args, max) }
}

function memberBound(args: RequestArgs, index: number): MemberBound {
  const bytes = args.bytes(index)
  const [mark, following] = bytes
  if (mark === OPEN || mark === CLOSED) return { bytes: bytes.subarray(1), isExclusive: mark === OPEN }
  // As in Redis, a NUL byte ends the text.
  if (following !== undefined && following !== 0) throw notAMember
  if (mark === LOWEST) return 'lowest'
  if (mark === HIGHEST) return 'highest'
  throw notAMember
}
