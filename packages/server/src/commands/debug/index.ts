import { CommandError } from '@modis/sdk'
import { parseMemory } from '@modis/sdk/internal'
import { rewriteConfig } from '../../config/rewrite.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { noSuchKey } from '../../dispatch/command-errors.ts'
import { Encoding } from '../../keyspace/entry-layout.ts'
import { matchesGlob } from '../../keyspace/glob.ts'
import { setPlainThreshold } from '../../keyspace/packed/quicklist.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { defineFamily } from '../family.ts'
import { replyLines, subcommandSyntax } from '../help.ts'
import { digestOfKeyspace, digestOfValue } from './digest.ts'
import { describeObject } from './object.ts'
import { populate } from './populate.ts'
import { replyOfType } from './protocol.ts'
import { reload } from './reload.ts'

/** Most milliseconds that one DEBUG SLEEP stops the server. */
const MAX_SLEEP_MS = 3_600_000
/** From this on an element is too large for a listpack in any case. */
const PLAIN_THRESHOLD_LIMIT = 2 ** 32

export const debugFamily = defineFamily({
  name: 'debug',
  group: 'server',
  categories: [],
  commands: {
    debug: {
      summary: 'Looks into the server, and provokes what is hard to come by; for tests.',
      since: '1.0.0',
      complexity: 'That of the subcommand.',
      flags: ['admin', 'noscript', 'loading', 'stale', 'protected'],
      arity: -2,
      raw: debug,
    },
  },
})

type Subcommand = (ctx: CommandContext, args: RequestArgs) => void

interface DebugCommand {
  /** Fewest and most arguments, the name of the subcommand not included. */
  readonly args: readonly [least: number, most: number]
  readonly help: readonly [syntax: string, summary: string]
  readonly run: Subcommand
}

const MANY = Number.POSITIVE_INFINITY

/** The subcommands. They are no subcommands to the command table, as they are none in Redis. */
const subcommands: Readonly<Record<string, DebugCommand>> = {
  'change-repl-id': {
    args: [0, 0],
    help: ['CHANGE-REPL-ID', 'Gives the data a new history, as far as replicas are concerned.'],
    run: (ctx) => {
      ctx.server.newReplicationId()
      ctx.reply.ok()
    },
  },
  'config-rewrite-force-all': {
    args: [0, 0],
    help: ['CONFIG-REWRITE-FORCE-ALL', 'As CONFIG REWRITE, with every option.'],
    run: (ctx) => {
      const { config } = ctx.server
      if (config.file === undefined) throw new CommandError('The server is running without a config file')
      rewriteConfig(config, config.file, true)
      ctx.reply.ok()
    },
  },
  digest: {
    args: [0, 0],
    help: ['DIGEST', 'Shows a digest of all data: the same for the same data.'],
    run: (ctx) => ctx.reply.simple(digestOfKeyspace(ctx.server.keyspace).toString('hex')),
  },
  'digest-value': {
    args: [0, MANY],
    help: ['DIGEST-VALUE <key> [<key> ...]', 'Shows the digests of values.'],
    run: digestValue,
  },
  'enable-keymeta-runtime-registration': {
    args: [1, 1],
    help: [
      'ENABLE-KEYMETA-RUNTIME-REGISTRATION <0|1>',
      'Lets modules register classes of key metadata when they are live.',
    ],
    run: (ctx, args) => {
      ctx.server.keyspace.metadataAtAnyTime = isOn(args)
      ctx.reply.ok()
    },
  },
  error: {
    args: [1, 1],
    help: ['ERROR <string>', 'Replies the text as an error.'],
    run: errorReply,
  },
  listpack: {
    args: [1, 1],
    help: ['LISTPACK <key>', 'Logs how long a value kept as a listpack is.'],
    run: listpackLength,
  },
  log: {
    args: [1, 1],
    help: ['LOG <message>', 'Writes to the log.'],
    run: (ctx, args) => {
      ctx.server.log.warning(`DEBUG LOG: ${args.string(2)}`)
      ctx.reply.ok()
    },
  },
  object: {
    args: [1, 1],
    help: ['OBJECT <key>', 'Tells how a value is kept.'],
    run: (ctx, args) => ctx.reply.simple(describeObject(ctx, args)),
  },
  'pause-cron': {
    args: [1, 1],
    help: ['PAUSE-CRON <0|1>', 'Stops periodic work, or lets it go on.'],
    run: (ctx, args) => {
      ctx.server.cron.paused = isOn(args)
      ctx.reply.ok()
    },
  },
  populate: {
    args: [1, 3],
    help: ['POPULATE <count> [<prefix>] [<size>]', 'Creates keys with strings.'],
    run: populate,
  },
  protocol: {
    args: [1, 1],
    help: ['PROTOCOL <type>', 'Replies a value of a type of the protocol.'],
    run: replyOfType,
  },
  'quicklist-packed-threshold': {
    args: [1, 1],
    help: [
      'QUICKLIST-PACKED-THRESHOLD <size>',
      'Sets from which size on an element of a list has a node of its own.',
    ],
    run: packedThreshold,
  },
  reload: {
    args: [0, 3],
    help: [
      'RELOAD [option ...]',
      'Saves the data and loads it again. Options are MERGE, NOFLUSH and NOSAVE.',
    ],
    run: reload,
  },
  'set-active-expire': {
    args: [1, 1],
    help: ['SET-ACTIVE-EXPIRE <0|1>', 'Lets expired keys that nobody asks for be, or deletes them.'],
    run: (ctx, args) => {
      ctx.server.expiryCycle.isEnabled = isOn(args)
      ctx.reply.ok()
    },
  },
  sleep: {
    args: [1, 1],
    help: ['SLEEP <seconds>', 'Stops the server for a while.'],
    run: sleep,
  },
  'stringmatch-len': {
    args: [2, 2],
    help: ['STRINGMATCH-LEN <pattern> <text>', 'Tells whether a text matches a pattern.'],
    run: (ctx, args) => {
      const matches = matchesGlob(
        args.buffer,
        args.start(2),
        args.end(2),
        args.buffer,
        args.start(3),
        args.end(3),
      )
      ctx.reply.integer(matches ? 1 : 0)
    },
  },
}

function debug(ctx: CommandContext, args: RequestArgs): void {
  const name = args.string(1).toLowerCase()
  if (name === 'help' && args.count === 2) {
    help(ctx)
    return
  }
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
  const count = args.count - 2
  if (subcommand === undefined || count < subcommand.args[0] || count > subcommand.args[1]) {
    throw subcommandSyntax('DEBUG', args)
  }
  subcommand.run(ctx, args)
}

function help(ctx: CommandContext): void {
  const lines = Object.values(subcommands).flatMap(({ help: [syntax, summary] }) => [
    syntax,
    `    ${summary}`,
  ])
  const first = 'DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:'
  replyLines(ctx, [first, ...lines, 'HELP', '    Print this help.'])
}

/** Whether argument 2 is a number other than 0, read as C's `atoi` reads it. */
function isOn(args: RequestArgs): boolean {
  return (Number.parseInt(args.string(2), 10) || 0) !== 0
}

function digestValue(ctx: CommandContext, args: RequestArgs): void {
  ctx.reply.array(args.count - 2)
  for (let i = 2; i < args.count; i++) {
    const entry = ctx.database.peek(args.buffer, args.start(i), args.end(i))
    const digest = entry === undefined ? Buffer.alloc(20) : digestOfValue(entry)
    ctx.reply.simple(digest.toString('hex'))
  }
}

function errorReply({ reply }: CommandContext, args: RequestArgs): void {
  const [, code = 'ERR', message = ''] = /^(\S*)\s?(.*)$/s.exec(args.string(2)) ?? []
  reply.error(message, code)
}

function listpackLength(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.database.peek(args.buffer, args.start(2), args.end(2))
  if (entry === undefined) throw noSuchKey
  if (entry.encoding !== Encoding.listpack) throw new CommandError('Not a listpack encoded object.')
  ctx.server.log.notice(`DEBUG LISTPACK: ${entry.length} bytes`)
  ctx.reply.simple('Listpack structure printed on stdout')
}

function packedThreshold({ reply }: CommandContext, args: RequestArgs): void {
  const bytes = parseMemory(args.string(2))
  if (bytes === undefined || bytes >= PLAIN_THRESHOLD_LIMIT) {
    throw new CommandError('argument must be a memory value bigger than 1 and smaller than 4gb')
  }
  setPlainThreshold(bytes)
  reply.ok()
}

function sleep({ reply }: CommandContext, args: RequestArgs): void {
  const seconds = Number.parseFloat(args.string(2)) || 0
  const never = new Int32Array(new SharedArrayBuffer(4))
  Atomics.wait(never, 0, 0, Math.min(Math.max(0, seconds * 1000), MAX_SLEEP_MS))
  reply.ok()
}
