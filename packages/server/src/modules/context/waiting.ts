import type { BlockOnKeys, ReplyValue } from '@modis/sdk'
import { CommandError, stillBlocked } from '@modis/sdk'
import type { Client } from '../../client/client.ts'
import type { Command } from '../../dispatch/command.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import type { ReplyWriter } from '../../protocol/reply-writer.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { writeValue } from '../../protocol/write-value.ts'
import { bufferOf } from './bytes.ts'
import type { CallContext } from './call-context.ts'
import { KeyHandle } from './key.ts'
import { mayBlock } from './runtime.ts'

/** A client that waits on a module's behalf. */
export interface ModuleWait {
  readonly client: Client
  /** Asks the module's code to come to an end: aborts the signal of an async handler. */
  abort(): void
  /** Ends the wait and runs the client's command anew, under the version of the module that is live now. */
  handOver(): void
}

/**
 * What `ctx.blockOnKeys` returns, for the handler to return in turn: that the reply comes later, or, where the client may
 * not be blocked, the reply at once. An async handler may await it.
 */
export class KeyWait implements PromiseLike<ReplyValue | undefined> {
  readonly value: ReplyValue | undefined

  constructor(value: ReplyValue | undefined) {
    this.value = value
  }

  // biome-ignore lint/suspicious/noThenProperty: handlers return it as the promise that the contract promises
  then<Result>(
    resolve?: ((value: ReplyValue | undefined) => Result | PromiseLike<Result>) | null,
  ): PromiseLike<Result> {
    return Promise.resolve(this.value).then(resolve) as PromiseLike<Result>
  }
}

const unblocked = new CommandError('client unblocked, the module was unloaded', 'UNBLOCKED')

/**
 * Makes the client wait for a promise. The reply is what it resolves to; where the client leaves or the module is
 * unloaded, the call's signal is aborted.
 */
export function waitForPromise(
  call: CallContext,
  ctx: CommandContext,
  promise: Promise<ReplyValue | undefined>,
): void {
  const { runtime } = call
  const { server } = runtime
  const { client } = ctx
  const command = ctx.command as Command
  if (!mayBlock(client)) {
    promise.catch((error) => failedUnheard(call, command, error))
    // Its client hears that nothing was done, so nothing may be done later.
    call.abort('the command may not wait here')
    call.finish()
    throw new CommandError(
      client.isInternal
        ? 'Blocking module command called from another module'
        : 'Blocking module command called from transaction',
    )
  }
  let isWaiting = true
  const wait: ModuleWait = {
    client,
    abort: () => call.abort('the module is being unloaded'),
    // What has begun goes on; only waits for keys can be taken over.
    handOver: () => call.abort('the module is being replaced by a new version'),
  }
  runtime.waits.add(wait)
  const settle = (work: () => void): void => {
    call.finish()
    runtime.waits.delete(wait)
    if (!isWaiting) return
    isWaiting = false
    server.runBlocked(client, command, work)
    server.blocking.release(client)
  }
  server.blocking.block(
    client,
    { keys: [], timeoutMs: 0, retry: () => false, timeout: () => undefined, unblockable: false },
    command,
    () => {
      isWaiting = false
      call.abort('the client is gone')
    },
  )
  promise.then(
    (value) =>
      settle(() => {
        if (value === undefined) throw noReply(command)
        writeReply(client.reply, value)
      }),
    (error) => {
      command.failed++
      if (!isWaiting) failedUnheard(call, command, error)
      settle(() => {
        throw error
      })
    },
  )
}

/** Logs what a handler threw for which there is no reply any more, unless it only gave up because of that. */
function failedUnheard(call: CallContext, command: Command, error: unknown): void {
  if (error === call.signal.reason || error instanceof CommandError) return
  call.runtime.failed(`'${command.fullName}', whose reply nobody waits for,`, error)
}

/** Writes a value as a whole or not at all, should it hold something that is no reply. */
export function writeReply(reply: ReplyWriter, value: ReplyValue): void {
  const mark = reply.length
  try {
    writeValue(reply, value)
  } catch (error) {
    reply.length = mark
    throw error
  }
}

/** A handler that neither returned a value nor wrote to the reply. */
export function noReply(command: Command): Error {
  return new Error(`the handler of '${command.fullName}' returned nothing and wrote nothing to ctx.reply`)
}

/** Makes the client wait for keys, as `ctx.blockOnKeys` says. */
export function blockOnKeys(
  call: CallContext,
  ctx: CommandContext,
  args: RequestArgs,
  options: BlockOnKeys<unknown, unknown>,
): void {
  const { runtime } = call
  const { server } = runtime
  const { client } = ctx
  const command = ctx.command as Command
  const keys = options.keys.map((key) =>
    key instanceof KeyHandle ? key.name : Buffer.from(bufferOf(key as never)),
  )
  const request = args.clone()
  const unlisten = server.notifications.listen((_class, _event, key, database) =>
    server.blocking.signal(database, key),
  )
  const ended = (): void => {
    unlisten()
    runtime.waits.delete(wait)
  }
  const wait: ModuleWait = {
    client,
    abort: () => {
      ended()
      server.runBlocked(client, command, () => {
        throw unblocked
      })
      server.blocking.release(client)
    },
    handOver: () => {
      ended()
      server.blocking.release(client)
      setImmediate(() => {
        if (client.closed) return
        server.enter()
        server.dispatcher.dispatch(client, request)
        server.flushSoon(client)
        server.leave()
      })
    },
  }
  runtime.waits.add(wait)
  const serve = (retry: (inner: CallContext) => ReplyValue | undefined | typeof stillBlocked): boolean => {
    const inner = call.again()
    const mark = client.reply.length
    try {
      const value = retry(inner)
      if (value === stillBlocked) {
        client.reply.length = mark
        return false
      }
      if (value !== undefined) writeReply(client.reply, value)
      else if (client.reply.length === mark) throw noReply(command)
    } catch (error) {
      client.reply.length = mark
      ended()
      throw error
    } finally {
      inner.finish()
    }
    ended()
    return true
  }
  server.blocking.block(
    client,
    {
      keys,
      timeoutMs: options.timeoutMs,
      retry: () => serve((inner) => options.retry(inner)),
      timeout: () => {
        serve((inner) => options.timeout(inner))
      },
    },
    command,
    ended,
  )
}
