import { arg, CommandError } from '@modis/sdk'
import { deniedSince, replyUncounted } from '../acl/denials.ts'
import { beginTransaction, endTransaction } from '../client/transaction.ts'
import type { CommandContext } from '../dispatch/command-context.ts'
import { ServerGate } from '../dispatch/server-gate.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { defineFamily } from './family.ts'

export const transactionFamily = defineFamily({
  name: 'transaction',
  group: 'transactions',
  categories: ['transaction'],
  commands: {
    discard: {
      summary: 'Forgets the queued commands.',
      since: '2.0.0',
      complexity: 'O(N), N being the queued commands',
      flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
      args: {},
      raw: discard,
    },
    exec: {
      summary: 'Runs the queued commands as one.',
      since: '1.2.0',
      complexity: 'That of the queued commands',
      flags: ['noscript', 'loading', 'stale', 'skip_slowlog'],
      args: {},
      raw: exec,
    },
    multi: {
      summary: 'Starts to queue the commands that follow.',
      since: '1.2.0',
      complexity: 'O(1)',
      flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
      args: {},
      raw: multi,
    },
    unwatch: {
      summary: 'Forgets the keys that are watched.',
      since: '2.2.0',
      complexity: 'O(1)',
      flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
      args: {},
      raw: (ctx) => {
        ctx.server.watches.unwatch(ctx.client)
        ctx.reply.ok()
      },
    },
    watch: {
      summary: 'Makes the next EXEC do nothing if one of the keys changes before it.',
      since: '2.2.0',
      complexity: 'O(N), N being the keys',
      flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
      args: { key: arg.many(arg.key({ flags: ['RO'] })) },
      raw: watch,
    },
  },
})

const nested = new CommandError('MULTI calls can not be nested')
const execWithoutMulti = new CommandError('EXEC without MULTI')
const discardWithoutMulti = new CommandError('DISCARD without MULTI')
const watchInMulti = new CommandError('WATCH inside MULTI is not allowed')
const aborted = new CommandError('Transaction discarded because of previous errors.', 'EXECABORT')

function multi(ctx: CommandContext): void {
  if (ctx.client.transaction !== undefined) throw nested
  beginTransaction(ctx.client)
  ctx.reply.ok()
}

function discard(ctx: CommandContext): void {
  if (ctx.client.transaction === undefined) throw discardWithoutMulti
  endTransaction(ctx.server, ctx.client)
  ctx.reply.ok()
}

function exec(ctx: CommandContext): void {
  const { client, server } = ctx
  const { transaction } = client
  if (transaction === undefined) throw execWithoutMulti
  // A watched key whose time has come is gone, whether anybody has noticed or not.
  server.watches.expire(client, server.keyspace)
  const { watchDirty } = client
  endTransaction(server, client)
  if (transaction.failed) throw aborted
  if (watchDirty) {
    ctx.reply.nullArray()
    return
  }
  ctx.reply.array(transaction.queue.length)
  const isObserved = (server.dispatcher.gate & ServerGate.observed) !== 0
  const { mayBlock } = ctx
  ctx.mayBlock = false
  server.executing = client
  try {
    for (const { command, args } of transaction.queue) {
      const error = deniedSince(server, client, command, args)
      if (error === undefined) server.dispatcher.run(client, command, args)
      else replyUncounted(server, ctx.reply, error)
      if (isObserved) server.monitors.show(client, command, args)
    }
  } finally {
    server.executing = undefined
    ctx.mayBlock = mayBlock
  }
}

function watch(ctx: CommandContext, args: RequestArgs): void {
  const { client, database } = ctx
  if (client.transaction !== undefined) throw watchInMulti
  if (!client.watchDirty) {
    for (let i = 1; i < args.count; i++) {
      // A key that has expired goes now, so that its end does not look like a change later.
      database.peek(args.buffer, args.start(i), args.end(i))
      ctx.server.watches.watch(client, database, args.bytes(i))
    }
  }
  ctx.reply.ok()
}
