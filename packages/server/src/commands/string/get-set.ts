import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Encoding, Type } from '../../keyspace/entry-layout.ts'
import type { LargeString } from '../../keyspace/objects.ts'
import { stringLength, textEncoding } from '../../keyspace/types/string.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { expiryArgument } from '../expiry-argument.ts'

/** Options of SET and GETEX, as bits. */
const Option = {
  nx: 1,
  xx: 2,
  get: 4,
  keepTtl: 8,
  persist: 16,
  ex: 32,
  px: 64,
  exAt: 128,
  pxAt: 256,
} as const

const TIME = Option.ex | Option.px | Option.exAt | Option.pxAt

/** The options of one call: what was given, and where the time stands. */
interface Options {
  given: number
  timeIndex: number
}

/** Replies the string of an entry, or null where there is none. */
export function replyString(ctx: CommandContext, entry: Entry | undefined): void {
  if (entry === undefined) {
    ctx.reply.null()
    return
  }
  if (entry.expect(Type.string).encoding === Encoding.object) {
    const large = entry.object<LargeString>()
    ctx.reply.bulkRange(large.bytes, 0, large.length)
  } else ctx.reply.bulkRange(entry.bytes, entry.start, entry.start + entry.length)
}

export function get(ctx: CommandContext, args: RequestArgs): void {
  replyString(ctx, ctx.client.database.read(args.buffer, args.starts[1] as number, args.ends[1] as number))
}

export function set(ctx: CommandContext, args: RequestArgs): void {
  if (args.count > 3) {
    setWithOptions(ctx, args)
    return
  }
  store(ctx, args, 1, 2, -1)
  ctx.reply.ok()
}

/** Sets the key in argument `keyIndex` to argument `valueIndex`, with an expiry or −1. */
export function store(
  ctx: CommandContext,
  args: RequestArgs,
  keyIndex: number,
  valueIndex: number,
  expiry: number,
  event = 'set',
): void {
  const { buffer, starts, ends } = args
  const from = starts[valueIndex] as number
  const to = ends[valueIndex] as number
  ctx.client.database.setString(
    buffer,
    starts[keyIndex] as number,
    ends[keyIndex] as number,
    buffer,
    from,
    to,
    textEncoding(buffer, from, to),
    expiry,
  )
  ctx.changed(args, keyIndex, 'string', event)
}

function setWithOptions(ctx: CommandContext, args: RequestArgs): void {
  const { given, timeIndex } = readOptions(
    args,
    3,
    Option.nx | Option.xx | Option.get | Option.keepTtl | TIME,
  )
  let expiry = (given & TIME) !== 0 ? timeArgument(ctx, args, timeIndex, given) : -1
  const wantsOld = (given & Option.get) !== 0
  if (wantsOld) replyString(ctx, ctx.readKey(args, 1))
  if ((given & (Option.nx | Option.xx | Option.keepTtl)) !== 0) {
    const entry = ctx.writeKey(args, 1)
    if (((given & Option.nx) !== 0 && entry) || ((given & Option.xx) !== 0 && !entry)) {
      if (!wantsOld) ctx.reply.null()
      return
    }
    if ((given & Option.keepTtl) !== 0) expiry = entry?.expiry ?? -1
  }
  store(ctx, args, 1, 2, expiry)
  if ((given & TIME) !== 0) notifyExpire(ctx, args)
  if (!wantsOld) ctx.reply.ok()
}

function notifyExpire(ctx: CommandContext, args: RequestArgs): void {
  if (!ctx.server.notifications.idle) ctx.notify('generic', 'expire', args.bytes(1))
}

function timeArgument(ctx: CommandContext, args: RequestArgs, index: number, given: number): number {
  const isSeconds = (given & (Option.ex | Option.exAt)) !== 0
  const isRelative = (given & (Option.ex | Option.px)) !== 0
  return expiryArgument(ctx, args, index, isSeconds, isRelative)
}

/**
 * Reads the options from argument `first` on, of which `allowed` may be given.
 * @throws CommandError `ERR syntax error`
 */
function readOptions(args: RequestArgs, first: number, allowed: number): Options {
  const options: Options = { given: 0, timeIndex: 0 }
  for (let index = first; index < args.count; index++) {
    const option = optionAt(args, index) & allowed
    if (option === 0 || (options.given & excludedBy(option)) !== 0) throw syntaxError
    options.given |= option
    if ((option & TIME) !== 0) {
      options.timeIndex = ++index
      if (index >= args.count) throw syntaxError
    }
  }
  return options
}

function optionAt(args: RequestArgs, index: number): number {
  switch (args.length(index)) {
    case 2:
      if (args.equals(index, 'EX')) return Option.ex
      if (args.equals(index, 'PX')) return Option.px
      if (args.equals(index, 'NX')) return Option.nx
      return args.equals(index, 'XX') ? Option.xx : 0
    case 3:
      return args.equals(index, 'GET') ? Option.get : 0
    case 4:
      if (args.equals(index, 'EXAT')) return Option.exAt
      return args.equals(index, 'PXAT') ? Option.pxAt : 0
    default:
      if (args.equals(index, 'KEEPTTL')) return Option.keepTtl
      return args.equals(index, 'PERSIST') ? Option.persist : 0
  }
}

/** The options that must not stand before `option`; the same one may. */
function excludedBy(option: number): number {
  if (option === Option.nx) return Option.xx
  if (option === Option.xx) return Option.nx
  if (option === Option.get) return 0
  return (TIME | Option.keepTtl | Option.persist) & ~option
}

export function setnx(ctx: CommandContext, args: RequestArgs): void {
  if (ctx.writeKey(args, 1) !== undefined) {
    ctx.reply.integer(0)
    return
  }
  store(ctx, args, 1, 2, -1)
  ctx.reply.integer(1)
}

export function setex(ctx: CommandContext, args: RequestArgs): void {
  storeWithTime(ctx, args, true)
}

export function psetex(ctx: CommandContext, args: RequestArgs): void {
  storeWithTime(ctx, args, false)
}

function storeWithTime(ctx: CommandContext, args: RequestArgs, isSeconds: boolean): void {
  store(ctx, args, 1, 3, expiryArgument(ctx, args, 2, isSeconds, true))
  notifyExpire(ctx, args)
  ctx.reply.ok()
}

export function getset(ctx: CommandContext, args: RequestArgs): void {
  replyString(ctx, ctx.readKey(args, 1))
  store(ctx, args, 1, 2, -1)
}

export function getdel(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.readKey(args, 1)
  replyString(ctx, entry)
  if (entry === undefined) return
  ctx.database.delete(entry)
  ctx.changed(args, 1, 'generic', 'del')
}

export function getex(ctx: CommandContext, args: RequestArgs): void {
  const { given, timeIndex } = readOptions(args, 2, Option.persist | TIME)
  const found = ctx.readKey(args, 1)
  if (found === undefined || given === 0) {
    replyString(ctx, found)
    return
  }
  found.expect(Type.string)
  const expiry = (given & TIME) !== 0 ? timeArgument(ctx, args, timeIndex, given) : -1
  replyString(ctx, found)
  const entry = ctx.writeKey(args, 1)
  if (entry === undefined) return
  if ((given & (Option.exAt | Option.pxAt)) !== 0 && expiry <= ctx.nowMs) {
    ctx.database.delete(entry)
    ctx.changed(args, 1, 'generic', 'del')
  } else if (expiry >= 0) {
    ctx.database.setExpiry(entry, expiry)
    ctx.changed(args, 1, 'generic', 'expire')
  } else if (entry.expiry >= 0) {
    ctx.database.setExpiry(entry, -1)
    ctx.changed(args, 1, 'generic', 'persist')
  }
}

export function strlen(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.readKey(args, 1)
  ctx.reply.integer(entry === undefined ? 0 : stringLength(entry.expect(Type.string)))
}
