import { CommandError } from '@modis/sdk'
import { refuseMeanwhile } from '../acl/denials.ts'
import type { Command, HandlerResult } from '../dispatch/command.ts'
import type { CommandContext } from '../dispatch/command-context.ts'
import type { Database } from '../keyspace/database.ts'
import type { Client } from './client.ts'

/** How a client waits: for keys, for a promise, or for the end of CLIENT PAUSE. */
export interface BlockOptions {
  /** Keys of the client's database that may serve it. */
  readonly keys: readonly Buffer[]
  /** Longest wait in milliseconds; 0 waits without end. */
  readonly timeoutMs: number
  /** Called when one of the keys was written; returns whether it wrote the reply, false to wait on. */
  readonly retry: (ctx: CommandContext, key: Buffer) => boolean
  /** Writes the reply when the time is up. */
  readonly timeout: (ctx: CommandContext) => void
  /** Whether CLIENT UNBLOCK may end the wait; true unless given. */
  readonly unblockable?: boolean
}

/** A client's wait. */
export interface Blocked extends BlockOptions {
  readonly database: Database
  readonly command: Command | undefined
  timer: NodeJS.Timeout | undefined
  /** Called where the client leaves before it is served. */
  readonly abandoned?: () => void
}

/** What serving blocked clients needs of the server. */
export interface BlockingHost {
  /** Runs `work` as part of `client`'s command, counting what it does as a call of `command` would. */
  runBlocked(client: Client, command: Command | undefined, work: (ctx: CommandContext) => HandlerResult): void
  /** The client may go on with its next requests. */
  resumed(client: Client): void
}

/**
 * Clients that wait for keys, in order of arrival for each key. A key is signalled when it comes into being or grows;
 * the clients are served after the command that did it, as Redis does.
 */
export class BlockingKeys {
  readonly #host: BlockingHost
  readonly #waiting = new Map<Database, Map<string, Set<Client>>>()
  #ready: { database: Database; key: Buffer }[] = []
  readonly #blocked = new Set<Client>()
  #serving = false

  constructor(host: BlockingHost) {
    this.#host = host
  }

  /** All clients blocked now, those that wait for a promise included. */
  get clients(): ReadonlySet<Client> {
    return this.#blocked
  }

  /** Number of keys that clients wait for. */
  get keyCount(): number {
    let count = 0
    for (const keys of this.#waiting.values()) count += keys.size
    return count
  }

  /** Makes a client wait. */
  block(client: Client, options: BlockOptions, command: Command | undefined, abandoned?: () => void): void {
    const blocked: Blocked = {
      ...options,
      database: client.database,
      command,
      timer: undefined,
      ...(abandoned === undefined ? {} : { abandoned }),
    }
    client.blocked = blocked
    this.#blocked.add(client)
    for (const key of options.keys) this.#waiters(client.database, key).add(client)
    if (options.timeoutMs > 0) this.#startTimer(client, blocked, Date.now() + options.timeoutMs)
  }

  /** Timers hold at most 2^31 milliseconds, so a longer wait is waited for in parts. */
  #startTimer(client: Client, blocked: Blocked, deadlineMs: number): void {
    const restMs = Math.min(Math.max(deadlineMs - Date.now(), 0), 2 ** 31 - 1)
    blocked.timer = setTimeout(() => {
      if (Date.now() < deadlineMs) this.#startTimer(client, blocked, deadlineMs)
      else this.timeOut(client)
    }, restMs)
  }

  #waiters(database: Database, key: Buffer): Set<Client> {
    const keys = this.#waiting.get(database) ?? new Map<string, Set<Client>>()
    this.#waiting.set(database, keys)
    const name = key.toString('latin1')
    const clients = keys.get(name) ?? new Set()
    keys.set(name, clients)
    return clients
  }

  /** Whether any client waits for a key of `database`. */
  hasWaiters(database: Database): boolean {
    return this.#waiting.has(database)
  }

  /** Notes that `key` may serve the clients that wait for it. */
  signal(database: Database, key: Buffer): void {
    if (this.#waiting.get(database)?.has(key.toString('latin1'))) this.#ready.push({ database, key })
  }

  /** Signals every key of `database` that is waited for; after SWAPDB and the like. */
  signalAll(database: Database): void {
    for (const name of this.#waiting.get(database)?.keys() ?? []) {
      this.#ready.push({ database, key: Buffer.from(name, 'latin1') })
    }
  }

  /** Number of signals not acted on yet; the dispatcher asks after every command. */
  get readyCount(): number {
    return this.#ready.length
  }

  /** Serves the clients that wait for signalled keys. */
  serve(): void {
    if (this.#serving) return
    this.#serving = true
    try {
      while (this.#ready.length > 0) {
        const ready = this.#ready
        this.#ready = []
        for (const { database, key } of ready) this.#serveKey(database, key)
      }
    } finally {
      this.#serving = false
    }
  }

  #serveKey(database: Database, key: Buffer): void {
    const clients = this.#waiting.get(database)?.get(key.toString('latin1'))
    if (clients === undefined) return
    for (const client of [...clients]) {
      const blocked = client.blocked
      if (blocked === undefined || !clients.has(client)) continue
      let served = false
      this.#host.runBlocked(client, blocked.command, (ctx) => {
        const mark = client.reply.length
        try {
          served = refuseMeanwhile(ctx) || blocked.retry(ctx, key)
        } catch (error) {
          served = true
          client.reply.length = mark
          throw error
        }
      })
      if (served) this.release(client)
    }
  }

  /** Ends a client's wait as if its time were up. */
  timeOut(client: Client): void {
    const blocked = client.blocked
    if (blocked === undefined) return
    this.#host.runBlocked(client, blocked.command, (ctx) => blocked.timeout(ctx))
    this.release(client)
  }

  /** Ends a client's wait with an error. */
  fail(client: Client, message: string, code: string): void {
    const blocked = client.blocked
    if (blocked === undefined) return
    this.#host.runBlocked(client, blocked.command, () => {
      throw new CommandError(message, code)
    })
    this.release(client)
  }

  /** Ends a client's wait with a reply that was already written. */
  release(client: Client): void {
    if (client.blocked === undefined) return
    this.#forget(client)
    this.#host.resumed(client)
  }

  /** Ends a client's wait without a word to anybody: its command is about to run again. */
  lift(client: Client): void {
    if (client.blocked !== undefined) this.#forget(client)
  }

  /** Ends the wait of a client that is gone. */
  abandon(client: Client): void {
    const blocked = client.blocked
    if (blocked === undefined) return
    this.#forget(client)
    blocked.abandoned?.()
  }

  #forget(client: Client): void {
    const blocked = client.blocked as Blocked
    clearTimeout(blocked.timer)
    client.blocked = undefined
    this.#blocked.delete(client)
    const keys = this.#waiting.get(blocked.database)
    for (const key of blocked.keys) {
      const name = key.toString('latin1')
      const clients = keys?.get(name)
      clients?.delete(client)
      if (clients?.size === 0) keys?.delete(name)
    }
    if (keys?.size === 0) this.#waiting.delete(blocked.database)
  }
}
