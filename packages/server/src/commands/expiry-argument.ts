import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../dispatch/command-context.ts'
import { parseSafeInteger } from '../keyspace/packed/numbers.ts'
import type { RequestArgs } from '../protocol/request-args.ts'

const MAX_INTEGER = 2n ** 63n - 1n
const MIN_INTEGER = -(2n ** 63n)
const MILLISECONDS = 1000

/** The error of a time that is not allowed or cannot be told in 64 bits of milliseconds. */
export function invalidExpireTime(ctx: CommandContext): CommandError {
  return new CommandError(`invalid expire time in '${ctx.command?.fullName}' command`)
}

/**
 * Argument `index`, a time in seconds or milliseconds from now or since the epoch, as milliseconds since the epoch. It
 * may be negative or past; past ±(2^53 − 1) it is rounded.
 * @throws CommandError where it is no integer, or more milliseconds than 64 bits hold
 */
export function timeArgument(
  ctx: CommandContext,
  args: RequestArgs,
  index: number,
  isSeconds: boolean,
  isRelative: boolean,
): number {
  const value = parseSafeInteger(args.buffer, args.starts[index] as number, args.ends[index] as number)
  const timeMs = (isSeconds ? value * MILLISECONDS : value) + (isRelative ? ctx.nowMs : 0)
  if (Number.isSafeInteger(timeMs)) return timeMs
  // Only times beyond all calendars come here; they are checked as exactly as Redis does.
  let exact = args.integer64(index)
  if (isSeconds) exact *= BigInt(MILLISECONDS)
  const base = isRelative ? BigInt(ctx.nowMs) : 0n
  if (exact < MIN_INTEGER || exact > MAX_INTEGER - base) throw invalidExpireTime(ctx)
  return Number(exact + base)
}

/**
 * As {@link timeArgument}, for a time that must be positive as it is given.
 * @throws CommandError `ERR invalid expire time in '…' command`
 */
export function expiryArgument(
  ctx: CommandContext,
  args: RequestArgs,
  index: number,
  isSeconds: boolean,
  isRelative: boolean,
): number {
  const timeMs = timeArgument(ctx, args, index, isSeconds, isRelative)
  if (timeMs <= (isRelative ? ctx.nowMs : 0)) throw invalidExpireTime(ctx)
  return timeMs
}
