import { arg, CommandError, type CommandFlag } from '@modis/sdk'
import { Gate } from '../../client/client.ts'
import type { PauseMode } from '../../client/pauses.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import type { BuiltInCommand } from '../family.ts'
import { helpSubcommand, subcommandSyntax } from '../help.ts'
import { describeClient } from './describe.ts'
import { isPlain, setClientName } from './names.ts'
import { kill, list } from './select.ts'
import { caching, redirectionOf, tracking, trackingInfo } from './tracking.ts'

const FLAGS: readonly CommandFlag[] = ['noscript', 'loading', 'stale', 'sentinel']
const ADMIN: readonly CommandFlag[] = ['admin', ...FLAGS]
const ALL_NODES = ['request_policy:all_nodes', 'response_policy:all_succeeded']
const CLIENTS = 'O(N), N being the connections'

const onOff = (): BuiltInCommand['args'] => ({
  enabled: arg.oneof({
    on: arg.token('ON', { required: true }),
    off: arg.token('OFF', { required: true }),
  }),
})

const clientTypes = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, arg.token(name, { required: true })]))

const killTypes = {
  normal: arg.token('normal', { required: true }),
  master: arg.token('master', { required: true, since: '3.2.0' }),
  slave: arg.token('slave', { required: true }),
  replica: arg.token('replica', { required: true, since: '5.0.0' }),
  pubsub: arg.token('pubsub', { required: true }),
}

/** The subcommands of CLIENT. */
export const clientSubcommands: Readonly<Record<string, BuiltInCommand>> = {
  caching: {
    summary: 'Says whether the keys of the next command are tracked.',
    since: '6.0.0',
    complexity: 'O(1)',
    flags: FLAGS,
    args: {
      mode: arg.oneof({ yes: arg.token('YES', { required: true }), no: arg.token('NO', { required: true }) }),
    },
    raw: caching,
  },
  getname: {
    summary: 'Returns the name of the connection.',
    since: '2.6.9',
    complexity: 'O(1)',
    flags: FLAGS,
    args: {},
    raw: ({ client, reply }) => (client.name === '' ? reply.null() : reply.bulk(client.name)),
  },
  getredir: {
    summary: 'Returns the client that gets the invalidation messages of the connection.',
    since: '6.0.0',
    complexity: 'O(1)',
    flags: FLAGS,
    args: {},
    raw: ({ client, reply }) => reply.integer(redirectionOf(client.tracking)),
  },
  help: helpSubcommand('5.0.0', ['loading', 'stale', 'sentinel']),
  id: {
    summary: 'Returns the number of the connection.',
    since: '5.0.0',
    complexity: 'O(1)',
    flags: FLAGS,
    args: {},
    raw: ({ client, reply }) => reply.integer(client.id),
  },
  info: {
    summary: 'Tells about the connection.',
    since: '6.2.0',
    complexity: 'O(1)',
    flags: FLAGS,
    tips: ['nondeterministic_output'],
    args: {},
    raw: ({ client, reply, server }) => reply.verbatim('txt', `${describeClient(server, client)}\n`),
  },
  kill: {
    summary: 'Closes connections.',
    since: '2.4.0',
    complexity: CLIENTS,
    flags: ADMIN,
    history: [
      ['2.8.12', 'Takes filters.'],
      ['3.2.0', 'Knows the type `master`.'],
      ['5.0.0', 'Calls the type `slave` `replica`; the old name still works.'],
      ['6.2.0', 'Filters by `LADDR`.'],
    ],
    arity: -3,
    args: {
      filter: arg.oneof({
        oldFormat: arg.string({ display: 'ip:port', deprecatedSince: '2.8.12' }),
        newFormat: arg.many(
          arg.oneof({
            clientId: arg.optional(arg.integer({ token: 'ID', since: '2.8.12' })),
            clientType: arg.optional(
              arg.oneof(killTypes, {
                token: 'TYPE',
                since: '2.8.12',
              }),
            ),
            username: arg.optional(arg.string({ token: 'USER' })),
            addr: arg.optional(arg.string({ token: 'ADDR', display: 'ip:port' })),
            laddr: arg.optional(arg.string({ token: 'LADDR', display: 'ip:port', since: '6.2.0' })),
            skipme: arg.optional(arg.oneof(clientTypes('yes', 'no'), { token: 'SKIPME' })),
          }),
        ),
      }),
    },
    raw: kill,
  },
  list: {
    summary: 'Lists the connections.',
    since: '2.4.0',
    complexity: CLIENTS,
    flags: ADMIN,
    tips: ['nondeterministic_output'],
    history: [
      ['2.8.12', 'Shows the `id`.'],
      ['5.0.0', 'Filters by `TYPE`.'],
      ['6.0.0', 'Shows the `user`.'],
      ['6.2.0', 'Shows `argv-mem`, `tot-mem`, `laddr` and `redir`; filters by `ID`.'],
      ['7.0.0', 'Shows `resp`, `multi-mem`, `rbs` and `rbp`.'],
      ['7.0.3', 'Shows `ssub`.'],
    ],
    args: {
      clientType: arg.optional(
        arg.oneof(clientTypes('normal', 'master', 'replica', 'pubsub'), { token: 'TYPE', since: '5.0.0' }),
      ),
      clientId: arg.many(arg.integer({ token: 'ID', since: '6.2.0' }), { min: 0 }),
    },
    raw: list,
  },
  'no-evict': {
    summary: 'Keeps the connection when others are closed for want of memory.',
    since: '7.0.0',
    complexity: 'O(1)',
    flags: ADMIN,
    args: onOff(),
    raw: (ctx, args) => {
      ctx.client.noEvict = isOn(args)
      ctx.reply.ok()
    },
  },
  'no-touch': {
    summary: 'Keeps the commands of the connection from counting as uses of keys.',
    since: '7.2.0',
    complexity: 'O(1)',
    flags: ['noscript', 'loading', 'stale'],
    args: onOff(),
    raw: noTouch,
  },
  pause: {
    summary: 'Makes commands wait.',
    since: '3.0.0',
    complexity: 'O(1)',
    flags: ADMIN,
    history: [['6.2.0', 'Takes a mode: `WRITE` or `ALL`.']],
    arity: -3,
    args: {
      timeout: arg.integer(),
      mode: arg.optional(
        arg.oneof(
          { write: arg.token('WRITE', { required: true }), all: arg.token('ALL', { required: true }) },
          { since: '6.2.0' },
        ),
      ),
    },
    raw: pause,
  },
  reply: {
    summary: 'Turns the replies of the connection off and on.',
    since: '3.2.0',
    complexity: 'O(1)',
    flags: FLAGS,
    args: {
      action: arg.oneof({
        on: arg.token('ON', { required: true }),
        off: arg.token('OFF', { required: true }),
        skip: arg.token('SKIP', { required: true }),
      }),
    },
    raw: replyMode,
  },
  setinfo: {
    summary: 'Tells which library the connection belongs to.',
    since: '7.2.0',
    complexity: 'O(1)',
    flags: FLAGS,
    tips: ALL_NODES,
    args: {
      attr: arg.oneof({
        libname: arg.string({ token: 'lib-name' }),
        libver: arg.string({ token: 'lib-ver' }),
      }),
    },
    raw: setInfo,
  },
  setname: {
    summary: 'Names the connection.',
    since: '2.6.9',
    complexity: 'O(1)',
    flags: FLAGS,
    tips: ALL_NODES,
    args: { connectionName: arg.string() },
    raw: (ctx, args) => {
      setClientName(ctx.client, args.bytes(2))
      ctx.reply.ok()
    },
  },
  tracking: {
    summary: 'Tells the connection of changes of the keys it has read.',
    since: '6.0.0',
    complexity: 'O(1); O(N*M) with BCAST, N being the prefixes given and M those that the connection has',
    flags: FLAGS,
    arity: -3,
    args: {
      status: arg.oneof({
        on: arg.token('ON', { required: true }),
        off: arg.token('OFF', { required: true }),
      }),
      clientId: arg.optional(arg.integer({ token: 'REDIRECT' })),
      prefix: arg.many(arg.string({ token: 'PREFIX' }), { min: 0, repeatToken: true }),
      BCAST: arg.token('BCAST'),
      OPTIN: arg.token('OPTIN'),
      OPTOUT: arg.token('OPTOUT'),
      NOLOOP: arg.token('NOLOOP'),
    },
    raw: tracking,
  },
  trackinginfo: {
    summary: 'Tells whether the connection tracks keys.',
    since: '6.2.0',
    complexity: 'O(1)',
    flags: FLAGS,
    args: {},
    raw: trackingInfo,
  },
  unblock: {
    summary: 'Ends the wait of a blocked client.',
    since: '5.0.0',
    complexity: 'O(1)',
    flags: ADMIN,
    arity: -3,
    args: {
      clientId: arg.integer(),
      unblockType: arg.optional(
        arg.oneof({
          timeout: arg.token('TIMEOUT', { required: true }),
          error: arg.token('ERROR', { required: true }),
        }),
      ),
    },
    raw: unblock,
  },
  unpause: {
    summary: 'Lets commands that wait for the end of a pause run.',
    since: '6.2.0',
    complexity: 'O(N), N being the connections that wait',
    flags: ADMIN,
    args: {},
    raw: (ctx) => {
      ctx.reply.ok()
      ctx.server.pauses.resume()
    },
  },
}

const badPauseMode = new CommandError('CLIENT PAUSE mode must be WRITE or ALL')
const badTimeout = new CommandError('timeout is not an integer or out of range')
const negativeTimeout = new CommandError('timeout is negative')
const timeoutTooLong = new CommandError('timeout is out of range')
const badUnblockReason = new CommandError('CLIENT UNBLOCK reason should be TIMEOUT or ERROR')

function isOn(args: RequestArgs): boolean {
  if (args.equals(2, 'ON')) return true
  if (args.equals(2, 'OFF')) return false
  throw syntaxError
}

function noTouch(ctx: CommandContext, args: RequestArgs): void {
  const { client } = ctx
  client.noTouch = isOn(args)
  if (client.noTouch) client.gate |= Gate.noTouch
  else client.gate &= ~Gate.noTouch
  ctx.reply.ok()
}

function pause(ctx: CommandContext, args: RequestArgs): void {
  if (args.count > 4) throw subcommandSyntax('CLIENT', args)
  let mode: PauseMode = 'all'
  if (args.count === 4 && args.equals(3, 'WRITE')) mode = 'write'
  else if (args.count === 4 && !args.equals(3, 'ALL')) throw badPauseMode
  const timeoutMs = longArgument(args, 2, badTimeout)
  if (timeoutMs < 0) throw negativeTimeout
  const endMs = Date.now() + timeoutMs
  if (!Number.isSafeInteger(endMs)) throw timeoutTooLong
  ctx.server.pauses.pause(mode, endMs)
  ctx.reply.ok()
}

function replyMode({ client, reply }: CommandContext, args: RequestArgs): void {
  if (args.equals(2, 'ON')) {
    client.replyMode = 'on'
    client.gate &= ~Gate.replyOff
    reply.ok()
    return
  }
  if (args.equals(2, 'OFF')) client.replyMode = 'off'
  else if (!args.equals(2, 'SKIP')) throw syntaxError
  else if (client.replyMode !== 'off') client.replyMode = client.replyMode === 'on' ? 'skip' : 'skip-next'
  client.gate |= Gate.replyOff
}

function setInfo({ client, reply }: CommandContext, args: RequestArgs): void {
  const attribute = args.string(2)
  const value = args.bytes(3)
  const isName = args.equals(2, 'LIB-NAME')
  if (!isName && !args.equals(2, 'LIB-VER')) throw new CommandError(`Unrecognized option '${attribute}'`)
  if (!isPlain(value)) {
    throw new CommandError(`${attribute} cannot contain spaces, newlines or special characters.`)
  }
  if (isName) client.libraryName = value.toString('latin1')
  else client.libraryVersion = value.toString('latin1')
  reply.ok()
}

function unblock(ctx: CommandContext, args: RequestArgs): void {
  if (args.count > 4) throw subcommandSyntax('CLIENT', args)
  const withError = args.count === 4 && args.equals(3, 'ERROR')
  if (args.count === 4 && !withError && !args.equals(3, 'TIMEOUT')) throw badUnblockReason
  const target = ctx.server.clients.get(longArgument(args, 2))
  const blocked = target?.blocked
  if (target === undefined || blocked === undefined || blocked.unblockable === false) {
    ctx.reply.integer(0)
    return
  }
  if (withError) ctx.server.blocking.fail(target, 'client unblocked via CLIENT UNBLOCK', 'UNBLOCKED')
  else ctx.server.blocking.timeOut(target)
  ctx.reply.integer(1)
}
