import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { timeArgument } from '../expiry-argument.ts'

const MAX_INTEGER = 2n ** 63n - 1n
const MILLISECONDS = 1000

/** Conditions of EXPIRE and its like, as bits. */
const Condition = { nx: 1, xx: 2, gt: 4, lt: 8 } as const

const nxWithOthers = new CommandError('NX and XX, GT or LT options at the same time are not compatible')
const gtWithLt = new CommandError('GT and LT options at the same time are not compatible')

export function expire(ctx: CommandContext, args: RequestArgs): void {
  setExpiry(ctx, args, true, true)
}

export function expireat(ctx: CommandContext, args: RequestArgs): void {
  setExpiry(ctx, args, true, false)
}

export function pexpire(ctx: CommandContext, args: RequestArgs): void {
  setExpiry(ctx, args, false, true)
}

export function pexpireat(ctx: CommandContext, args: RequestArgs): void {
  setExpiry(ctx, args, false, false)
}

function setExpiry(ctx: CommandContext, args: RequestArgs, isSeconds: boolean, isRelative: boolean): void {
  const conditions = args.count > 3 ? readConditions(args) : 0
  const expiry = timeArgument(ctx, args, 2, isSeconds, isRelative)
  const entry = ctx.writeKey(args, 1)
  if (entry === undefined || (conditions !== 0 && !isMet(conditions, entry.expiry, expiry))) {
    ctx.reply.integer(0)
    return
  }
  if (expiry <= ctx.nowMs) {
    ctx.database.delete(entry)
    ctx.changed(args, 1, 'generic', 'del')
  } else {
    ctx.database.setExpiry(entry, expiry)
    ctx.changed(args, 1, 'generic', 'expire')
  }
  ctx.reply.integer(1)
}

function readConditions(args: RequestArgs): number {
  let conditions = 0
  for (let index = 3; index < args.count; index++) {
    if (args.equals(index, 'NX')) conditions |= Condition.nx
    else if (args.equals(index, 'XX')) conditions |= Condition.xx
    else if (args.equals(index, 'GT')) conditions |= Condition.gt
    else if (args.equals(index, 'LT')) conditions |= Condition.lt
    else throw new CommandError(`Unsupported option ${args.string(index)}`)
  }
  if ((conditions & Condition.nx) !== 0 && conditions !== Condition.nx) throw nxWithOthers
  if ((conditions & Condition.gt) !== 0 && (conditions & Condition.lt) !== 0) throw gtWithLt
  return conditions
}

/** Whether an expiry may be set over the present one, −1 standing for none, that is, for a life without end. */
function isMet(conditions: number, present: number, expiry: number): boolean {
  if ((conditions & Condition.nx) !== 0 && present >= 0) return false
  if ((conditions & Condition.xx) !== 0 && present < 0) return false
  if ((conditions & Condition.gt) !== 0 && (present < 0 || expiry <= present)) return false
  return (conditions & Condition.lt) === 0 || present < 0 || expiry < present
}

export function ttl(ctx: CommandContext, args: RequestArgs): void {
  replyExpiry(ctx, args, true, true)
}

export function pttl(ctx: CommandContext, args: RequestArgs): void {
  replyExpiry(ctx, args, false, true)
}

export function expiretime(ctx: CommandContext, args: RequestArgs): void {
  replyExpiry(ctx, args, true, false)
}

export function pexpiretime(ctx: CommandContext, args: RequestArgs): void {
  replyExpiry(ctx, args, false, false)
}

function replyExpiry(ctx: CommandContext, args: RequestArgs, isSeconds: boolean, isRelative: boolean): void {
  const entry = ctx.lookAtKey(args, 1)
  if (entry === undefined) {
    ctx.reply.integer(-2)
    return
  }
  const { expiry } = entry
  if (expiry < 0) {
    ctx.reply.integer(-1)
    return
  }
  const timeMs = Math.max(0, isRelative ? expiry - ctx.nowMs : expiry)
  const time = isSeconds ? Math.floor((timeMs + MILLISECONDS / 2) / MILLISECONDS) : timeMs
  if (Number.isSafeInteger(time)) ctx.reply.integer(time)
  else ctx.reply.integer(BigInt(time) > MAX_INTEGER ? MAX_INTEGER : BigInt(time))
}

export function persist(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.writeKey(args, 1)
  if (entry === undefined || entry.expiry < 0) {
    ctx.reply.integer(0)
    return
  }
  ctx.database.setExpiry(entry, -1)
  ctx.changed(args, 1, 'generic', 'persist')
  ctx.reply.integer(1)
}
