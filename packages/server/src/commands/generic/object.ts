import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Encoding } from '../../keyspace/entry-layout.ts'
import { parseSafeInteger } from '../../keyspace/packed/numbers.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { encodingName } from './values.ts'

/** References that Redis shows for the integers it shares among all keys. */
const SHARED_REFERENCES = 2 ** 31 - 1
const SHARED_INTEGERS = 10_000

const SWITCHING =
  'Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.'
const countsFrequency = new CommandError(
  `An LFU maxmemory policy is selected, idle time not tracked. ${SWITCHING}`,
)
const countsIdleTime = new CommandError(
  `An LFU maxmemory policy is not selected, access frequency not tracked. ${SWITCHING}`,
)

/** Replies null where the key in argument 2 does not exist. */
function withKey(ctx: CommandContext, args: RequestArgs, reply: (entry: Entry) => void): void {
  const entry = ctx.lookAtKey(args, 2)
  if (entry === undefined) ctx.reply.null()
  else reply(entry)
}

export function objectEncoding(ctx: CommandContext, args: RequestArgs): void {
  withKey(ctx, args, (entry) => ctx.reply.bulk(encodingName(entry)))
}

export function objectRefcount(ctx: CommandContext, args: RequestArgs): void {
  withKey(ctx, args, (entry) => ctx.reply.integer(isShared(ctx, entry) ? SHARED_REFERENCES : 1))
}

/** Whether Redis would share the value: small integers, where no policy needs a clock for each key. */
function isShared(ctx: CommandContext, entry: Entry): boolean {
  if (entry.encoding !== Encoding.integer || ctx.server.eviction.needsClocks) return false
  const value = parseSafeInteger(entry.bytes, entry.start, entry.start + entry.length)
  return value >= 0 && value < SHARED_INTEGERS
}

export function objectIdletime(ctx: CommandContext, args: RequestArgs): void {
  withKey(ctx, args, (entry) => {
    if (ctx.server.eviction.countsFrequency) throw countsFrequency
    ctx.reply.integer(ctx.server.eviction.idleSeconds(entry.clock))
  })
}

export function objectFreq(ctx: CommandContext, args: RequestArgs): void {
  withKey(ctx, args, (entry) => {
    if (!ctx.server.eviction.countsFrequency) throw countsIdleTime
    ctx.reply.integer(ctx.server.eviction.frequency(entry.clock))
  })
}
