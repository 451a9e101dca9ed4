import { arg, CommandError, SimpleString } from '@modis/sdk'
import type { CommandContext } from '../dispatch/command-context.ts'
import { syntaxError } from '../dispatch/command-errors.ts'
import { CorruptDataError } from '../keyspace/packed/corrupt-data-error.ts'
import { saveInProgress } from '../persistence/persistence.ts'
import { longArgument } from '../protocol/number-arguments.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { defineFamily } from './family.ts'

const busyKey = new CommandError('Target key name already exists.', 'BUSYKEY')
const invalidTtl = new CommandError('Invalid TTL value, must be >= 0')
const invalidIdleTime = new CommandError('Invalid IDLETIME value, must be >= 0')
const invalidFrequency = new CommandError('Invalid FREQ value, must be >= 0 and <= 255')
const wrongFooter = new CommandError('DUMP payload version or checksum are wrong')
const badFormat = new CommandError('Bad data format')
const MOST_FREQUENCY = 255

export const persistenceFamily = defineFamily({
  name: 'persistence',
  group: 'server',
  categories: [],
  commands: {
    save: {
      summary: 'Saves all keys to the RDB file while every client waits.',
      since: '1.0.0',
      complexity: 'O(N), N being the keys of all databases',
      flags: ['admin', 'noscript', 'no_async_loading', 'no_multi'],
      raw: save,
    },
    bgsave: {
      summary: 'Saves all keys to the RDB file while the server goes on.',
      since: '1.0.0',
      complexity: 'O(1)',
      history: [['3.2.2', 'Takes SCHEDULE.']],
      flags: ['admin', 'noscript', 'no_async_loading'],
      args: { schedule: arg.token('SCHEDULE', { since: '3.2.2' }) },
      raw: bgsave,
    },
    lastsave: {
      summary: 'Tells when the last save succeeded.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['loading', 'stale', 'fast'],
      categories: ['admin', 'dangerous'],
      tips: ['nondeterministic_output'],
      raw: lastsave,
    },
    dump: {
      summary: 'Returns the value of a key in a form that RESTORE takes.',
      group: 'generic',
      since: '2.6.0',
      complexity: 'O(N), N being the bytes of the value',
      flags: ['readonly'],
      categories: ['keyspace'],
      tips: ['nondeterministic_output'],
      args: { key: arg.key({ flags: ['RO', 'access'] }) },
      raw: dump,
    },
    restore: {
      summary: 'Creates a key from what DUMP returned.',
      group: 'generic',
      since: '2.6.0',
      complexity: 'O(N), N being the bytes of the value; O(N*log(N)) for a sorted set',
      history: [
        ['3.0.0', 'Takes REPLACE.'],
        ['5.0.0', 'Takes ABSTTL.'],
        ['5.0.0', 'Takes IDLETIME and FREQ.'],
      ],
      flags: ['write', 'denyoom'],
      categories: ['keyspace', 'dangerous'],
      args: {
        key: arg.key({ flags: ['OW', 'update'] }),
        ttl: arg.integer64(),
        serializedValue: arg.bytes(),
        replace: arg.token('REPLACE', { since: '3.0.0' }),
        absttl: arg.token('ABSTTL', { since: '5.0.0' }),
        seconds: arg.optional(arg.integer({ token: 'IDLETIME', since: '5.0.0' })),
        frequency: arg.optional(arg.integer({ token: 'FREQ', since: '5.0.0' })),
      },
      raw: restore,
    },
  },
})

function save(ctx: CommandContext): void {
  const { persistence } = ctx.server
  if (persistence.inProgress) throw saveInProgress
  try {
    persistence.saveNow()
  } catch {
    // The log has the reason; the reply is Redis's.
    ctx.reply.error('', 'ERR')
    return
  }
  ctx.reply.ok()
}

function bgsave(ctx: CommandContext, args: RequestArgs): SimpleString {
  const { persistence } = ctx.server
  if (args.count > 2 || (args.count === 2 && !args.equals(1, 'SCHEDULE'))) throw syntaxError
  if (persistence.inProgress) throw saveInProgress
  persistence.saveInBackground()
  return new SimpleString('Background saving started')
}

function lastsave(ctx: CommandContext): number {
  return ctx.server.persistence.lastSaveSeconds
}

function dump(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.readKey(args, 1)
  if (entry === undefined) ctx.reply.null()
  else ctx.reply.bulk(ctx.server.persistence.values.dump(entry))
}

interface RestoreOptions {
  replace: boolean
  absolute: boolean
  idleSeconds: number
  frequency: number
}

function restoreOptions(args: RequestArgs): RestoreOptions {
  const options = { replace: false, absolute: false, idleSeconds: -1, frequency: -1 }
  for (let i = 4; i < args.count; i++) {
    const hasValue = i + 1 < args.count
    if (args.equals(i, 'REPLACE')) options.replace = true
    else if (args.equals(i, 'ABSTTL')) options.absolute = true
    else if (hasValue && options.frequency < 0 && args.equals(i, 'IDLETIME')) {
      options.idleSeconds = longArgument(args, ++i)
      if (options.idleSeconds < 0) throw invalidIdleTime
    } else if (hasValue && options.idleSeconds < 0 && args.equals(i, 'FREQ')) {
      options.frequency = longArgument(args, ++i)
      if (options.frequency < 0 || options.frequency > MOST_FREQUENCY) throw invalidFrequency
    } else throw syntaxError
  }
  return options
}

function restore(ctx: CommandContext, args: RequestArgs): void {
  const { database } = ctx
  const { keyspace } = ctx.server
  const options = restoreOptions(args)
  const existing = ctx.writeKey(args, 1)
  if (existing !== undefined && !options.replace) throw busyKey
  const ttl = longArgument(args, 2)
  if (ttl < 0) throw invalidTtl
  const key = args.bytes(1)
  const value = loadedValue(ctx, args.bytes(3), key)
  const expiry = ttl === 0 ? -1 : options.absolute ? ttl : ttl + ctx.nowMs
  if (expiry >= 0 && expiry < ctx.nowMs) {
    value.discard()
    const replaced = ctx.writeKey(args, 1)
    if (replaced !== undefined) {
      database.delete(replaced)
      ctx.changed(args, 1, 'generic', 'del')
    }
    ctx.reply.ok()
    return
  }
  const entry = value.store(key, expiry)
  if (options.idleSeconds >= 0) entry.clock = keyspace.newClock - options.idleSeconds
  else if (options.frequency >= 0) entry.clock = (entry.clock & ~MOST_FREQUENCY) | options.frequency
  ctx.changed(args, 1, 'generic', 'restore')
  ctx.reply.ok()
}

function loadedValue(
  ctx: CommandContext,
  payload: Buffer,
  key: Buffer,
): ReturnType<typeof ctx.server.persistence.values.restore> {
  const { values } = ctx.server.persistence
  if (!values.hasValidFooter(payload)) throw wrongFooter
  try {
    return values.restore(payload, ctx.database, key)
  } catch (error) {
    if (!(error instanceof CorruptDataError))
      ctx.server.log.verbose(`RESTORE of '${key}' was refused: ${error}`)
    throw badFormat
  }
}
