import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../dispatch/command-context.ts'
import { syntaxError } from '../dispatch/command-errors.ts'
import type { Type } from '../keyspace/entry-layout.ts'
import { atLeast } from '../protocol/number-arguments.ts'
import type { RequestArgs } from '../protocol/request-args.ts'

const noKeys = new CommandError('numkeys should be greater than 0')
const noCount = new CommandError('count should be greater than 0')

/** The arguments that are keys: `first` up to, not including, `end`. */
export interface KeySpan {
  readonly first: number
  readonly end: number
}

/** What a command is to take from the first of several keys that has anything. */
export interface Taking<Side> extends KeySpan {
  /** Which end to take from. */
  readonly side: Side
  /** Most elements; undefined for one that is not within an array of its own. */
  readonly count: number | undefined
}

/**
 * Parses `numkeys key [key …] side [COUNT count]`, numkeys being argument `index`.
 * @throws CommandError where a number is missing or less than 1, for a wrong side, and for anything that follows
 */
export function takingArguments<Side>(
  args: RequestArgs,
  index: number,
  sideArgument: (args: RequestArgs, index: number) => Side,
): Taking<Side> {
  const first = index + 1
  const end = first + atLeast(args, index, 1, noKeys)
  if (end >= args.count) throw syntaxError
  const side = sideArgument(args, end)
  if (end + 1 === args.count) return { first, end, side, count: 1 }
  if (end + 2 === args.count || !args.equals(end + 1, 'COUNT')) throw syntaxError
  const count = atLeast(args, end + 2, 1, noCount)
  if (end + 3 < args.count) throw syntaxError
  return { first, end, side, count }
}

/**
 * Makes the client wait until one of the keys holds a value of `type` and `serve`, given the command's arguments once more,
 * has replied; it returns false to wait on. The reply is null should `timeoutMs` pass first, 0 being for ever.
 */
export function waitForKeys(
  ctx: CommandContext,
  args: RequestArgs,
  { first, end }: KeySpan,
  type: Type,
  timeoutMs: number,
  serve: (ctx: CommandContext, args: RequestArgs) => boolean,
): void {
  const held = args.clone()
  const keys: Buffer[] = []
  for (let i = first; i < end; i++) keys.push(held.bytes(i))
  ctx.block({
    keys,
    timeoutMs,
    // A key of another type does not concern this client, as if it had not come into being.
    retry: (later, key) => later.database.peek(key, 0, key.length)?.type === type && serve(later, held),
    timeout: (later) => later.reply.nullArray(),
  })
}
