import { arg, CommandError } from '@modis/sdk'
import { Gate } from '../client/client.ts'
import { endTransaction } from '../client/transaction.ts'
import type { CommandContext } from '../dispatch/command-context.ts'
import { syntaxError } from '../dispatch/command-errors.ts'
import { writeLoadedModules } from '../modules/loaded-modules.ts'
import { textOf } from '../protocol/lossless-text.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { redisVersion } from '../version.ts'
import { clientSubcommands } from './client/index.ts'
import { setClientName } from './client/names.ts'
import { databaseArgument } from './database-argument.ts'
import { defineFamily } from './family.ts'

export const connectionFamily = defineFamily({
  name: 'connection',
  group: 'connection',
  categories: ['connection'],
  commands: {
    auth: {
      summary: 'Gives the password, so that the connection may send commands.',
      since: '1.0.0',
      complexity: 'O(N), N being the passwords of the user',
      flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'sentinel', 'allow_busy'],
      history: [['6.0.0', 'Takes a user name before the password.']],
      arity: -2,
      args: { username: arg.optional(arg.string({ since: '6.0.0' })), password: arg.string() },
      raw: auth,
    },
    client: {
      summary: 'A container for commands about client connections.',
      since: '2.4.0',
      complexity: 'That of the subcommand.',
      flags: ['sentinel'],
      subcommands: clientSubcommands,
    },
    echo: {
      summary: 'Returns its argument.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['loading', 'stale', 'fast'],
      args: { message: arg.bytes() },
      raw: (ctx, args) => ctx.reply.bulkRange(args.buffer, args.start(1), args.end(1)),
    },
    hello: {
      summary: 'Chooses the protocol version, and tells about the server.',
      since: '6.0.0',
      complexity: 'O(1)',
      flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'sentinel', 'allow_busy'],
      history: [['6.2.0', 'Without a protocol version it only tells about the connection.']],
      args: {
        arguments: arg.optional(
          arg.block({
            protover: arg.integer(),
            auth: arg.optional(
              arg.block({ username: arg.string(), password: arg.string() }, { token: 'AUTH' }),
            ),
            clientname: arg.optional(arg.string({ token: 'SETNAME' })),
          }),
        ),
      },
      raw: hello,
    },
    ping: {
      summary: 'Answers, to show that the server is there.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['fast', 'sentinel'],
      tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
      args: { message: arg.optional(arg.bytes()) },
      raw: ping,
    },
    quit: {
      summary: 'Closes the connection.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['allow_busy', 'noscript', 'loading', 'stale', 'fast', 'no_auth'],
      deprecatedSince: '7.2.0',
      replacedBy: 'closing the connection',
      arity: -1,
      raw: quit,
    },
    reset: {
      summary: 'Brings the connection back to the state it began in.',
      since: '6.2.0',
      complexity: 'O(1)',
      flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
      args: {},
      raw: reset,
    },
    select: {
      summary: 'Selects the database that the connection works with.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['loading', 'stale', 'fast'],
      args: { index: arg.integer() },
      raw: (ctx, args) => {
        ctx.client.database = databaseArgument(ctx, args, 1)
        ctx.reply.ok()
      },
    },
  },
})

const DEFAULT_USER = Buffer.from('default')
const withoutPassword = new CommandError(
  'AUTH <password> called without any password configured for the default user. ' +
    'Are you sure your configuration is correct?',
)
const wrongPassword = new CommandError('invalid username-password pair or user is disabled.', 'WRONGPASS')
const badVersion = new CommandError('Protocol version is not an integer or out of range')
const noSuchVersion = new CommandError('unsupported protocol version', 'NOPROTO')
const notAuthenticated = new CommandError(
  'HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option ' +
    'can be used to authenticate the client and select the RESP protocol version at the same time',
  'NOAUTH',
)

function auth(ctx: CommandContext, args: RequestArgs): void {
  if (args.count > 3) throw syntaxError
  if (args.count === 2 && ctx.server.users.default.hasNoPassword) throw withoutPassword
  const user = args.count === 2 ? DEFAULT_USER : args.bytes(1)
  if (logIn(ctx, user, args.bytes(args.count - 1), args.bytes(0))) ctx.reply.ok()
}

/**
 * Modules that want to decide about it are asked first, as in Redis. False where one of them makes the client wait: the
 * command runs again when it knows.
 */
function logIn(ctx: CommandContext, user: Buffer, password: Buffer, object: Buffer): boolean {
  const { authenticator } = ctx.server.clients
  const verdict = authenticator?.ask(ctx.client, user, password) ?? 'no opinion'
  if (verdict === 'welcome' || verdict === 'later') return verdict === 'welcome'
  if (verdict !== 'no opinion') throw denial(verdict.denied)
  const { users } = ctx.server
  const found = users.authenticate(user, password)
  if (found === undefined) {
    const context = ctx.server.executing === ctx.client ? 'multi' : 'toplevel'
    users.log.add({ reason: 'auth', context, object, user: textOf(user), client: ctx.client })
    throw wrongPassword
  }
  users.become(ctx.client, found)
  return true
}

/** The error in a module's words; a code of its own stands in them after a dash. */
function denial(text: string | null): CommandError {
  if (text === null) return wrongPassword
  const line = text.replace(/[\r\n]/g, ' ')
  const [, code, message] = /^-(\S+) (.*)$/.exec(line) ?? []
  return code === undefined || message === undefined
    ? new CommandError(line)
    : new CommandError(message, code)
}

function hello(ctx: CommandContext, args: RequestArgs): void {
  const { client } = ctx
  const version = args.count > 1 ? protocolVersion(args) : client.resp
  let name: Buffer | undefined
  let credentials: [user: Buffer, password: Buffer] | undefined
  for (let i = 2; i < args.count; i++) {
    const more = args.count - 1 - i
    if (args.equals(i, 'AUTH') && more >= 2) {
      credentials = [args.bytes(i + 1), args.bytes(i + 2)]
      i += 2
    } else if (args.equals(i, 'SETNAME') && more >= 1) {
      name = args.bytes(++i)
    } else throw new CommandError(`Syntax error in HELLO option '${args.string(i)}'`)
  }
  if (credentials !== undefined && !logIn(ctx, ...credentials, args.bytes(0))) return
  if ((client.gate & Gate.unauthenticated) !== 0) throw notAuthenticated
  if (name !== undefined) setClientName(client, name)
  client.reply.version = version
  describeServer(ctx)
}

function protocolVersion(args: RequestArgs): 2 | 3 {
  if (!args.isInteger(1)) throw badVersion
  const version = Number(args.integer64(1))
  if (version !== 2 && version !== 3) throw noSuchVersion
  return version
}

function describeServer({ reply, client, server }: CommandContext): void {
  reply.map(7)
  reply.bulk('server')
  reply.bulk('redis')
  reply.bulk('version')
  reply.bulk(redisVersion)
  reply.bulk('proto')
  reply.integer(client.resp)
  reply.bulk('id')
  reply.integer(client.id)
  reply.bulk('mode')
  reply.bulk('standalone')
  reply.bulk('role')
  reply.bulk('master')
  reply.bulk('modules')
  writeLoadedModules(reply, server.registry)
}

function ping(ctx: CommandContext, args: RequestArgs): void {
  const { reply, client } = ctx
  if (args.count > 2) throw new CommandError("wrong number of arguments for 'ping' command")
  if ((client.gate & Gate.subscribed) !== 0 && client.resp === 2) {
    reply.array(2)
    reply.bulk('pong')
    reply.bulk(args.count === 2 ? args.bytes(1) : '')
  } else if (args.count === 1) reply.simple('PONG')
  else reply.bulkRange(args.buffer, args.start(1), args.end(1))
}

function quit(ctx: CommandContext): void {
  ctx.reply.ok()
  ctx.client.link?.closeAfterFlush()
}

function reset(ctx: CommandContext): void {
  const { client, server } = ctx
  endTransaction(server, client)
  server.pubsub.unsubscribeAll(client)
  server.tracking.disable(client)
  server.monitors.remove(client)
  client.database = server.keyspace.databases[0] ?? client.database
  client.reply.version = 2
  client.name = ''
  client.noTouch = false
  client.noEvict = false
  client.replyMode = 'on'
  client.gate = 0
  server.users.welcome(client)
  server.clients.authenticator?.userChanged(client)
  ctx.reply.simple('RESET')
}
