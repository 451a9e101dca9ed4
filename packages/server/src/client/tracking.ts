import { CommandError } from '@modis/sdk'
import type { Command } from '../dispatch/command.ts'
import { keysIfTold } from '../dispatch/command-keys.ts'
import { ServerGate } from '../dispatch/server-gate.ts'
import type { ReplyWriter } from '../protocol/reply-writer.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import { type Client, Gate } from './client.ts'
import { TrackingTable } from './tracking-table.ts'

/** Keys forgotten at a time when there are more than `tracking-table-max-keys`; each time it is not enough, more. */
const KEYS_PER_EFFORT = 100
const CHANNEL = '__redis__:invalidate'

/** What CLIENT TRACKING asks for. */
export interface TrackingOptions {
  /** BCAST: it is told of all changes of keys with its prefixes, instead of those of keys it has read. */
  readonly broadcasts: boolean
  readonly optIn: boolean
  readonly optOut: boolean
  /** NOLOOP: it is not told of changes it has made itself. */
  readonly noLoop: boolean
  /** Number of the client that gets the messages; 0 for the client itself. */
  readonly redirect: number
}

/** A client's tracking of keys. */
export interface TrackingState extends TrackingOptions {
  /** Prefixes as latin1; none without BCAST. */
  readonly prefixes: Set<string>
  /** The client that should get the messages was gone when there was one. */
  isRedirectBroken: boolean
  /** CLIENT CACHING has turned the mode round for the next command. */
  isCachingGiven: boolean
  /** Keys to be told of after the reply of the client's own command, as latin1; undefined stands for all keys. */
  readonly pending: (string | undefined)[]
}

interface Prefix {
  readonly clients: Set<Client>
  /** Keys changed in this turn of the event loop, and the client that changed each last, where it tracks keys itself. */
  readonly keys: Map<string, Client | undefined>
}

/**
 * Server-assisted client-side caching: tells clients which of the keys they may hold have changed.
 *
 * Keys are known by name alone, whatever their database, as in Redis.
 */
export class Tracking {
  readonly #server: Server
  readonly #table = new TrackingTable()
  readonly #prefixes = new Map<string, Prefix>()
  #clientCount = 0
  /** The client whose command runs, where it tracks keys. */
  #current: Client | undefined
  /** Depth of commands within commands. */
  #depth = 0
  /** How often in a row there were too many keys after all effort. */
  #failedEfforts = 0
  #broadcastQueued = false
  #maxKeys = 0

  constructor(server: Server) {
    this.#server = server
    server.config.follow(['tracking-table-max-keys'], () => {
      this.#maxKeys = server.config.integer('tracking-table-max-keys')
    })
    server.cron.add(0, () => this.limitKeys())
  }

  /** Whether changes of keys mean nothing to anybody. */
  get isIdle(): boolean {
    return this.#clientCount === 0 && this.#table.keyCount === 0
  }

  get clientCount(): number {
    return this.#clientCount
  }

  get keyCount(): number {
    return this.#table.keyCount
  }

  get itemCount(): number {
    return this.#table.itemCount
  }

  get prefixCount(): number {
    return this.#prefixes.size
  }

  /**
   * Begins to track keys for a client, or changes how.
   * @param prefixes with BCAST, those to add; without any, all keys
   * @throws CommandError where a prefix overlaps with another of the client
   */
  enable(client: Client, options: TrackingOptions, prefixes: readonly Buffer[]): void {
    const before = client.tracking
    const names = prefixes.map((prefix) => prefix.toString('latin1'))
    checkPrefixes(names, before?.prefixes ?? new Set())
    const state: TrackingState = {
      ...options,
      prefixes: before?.prefixes ?? new Set(),
      isRedirectBroken: false,
      isCachingGiven: before?.isCachingGiven ?? false,
      pending: before?.pending ?? [],
    }
    client.tracking = state
    if (before === undefined) this.#clientCount++
    this.#server.dispatcher.gate |= ServerGate.tracked
    // The rest of a transaction is tracked already.
    if (this.#depth > 0) this.#enter(client)
    if (!options.broadcasts) return
    for (const name of names.length === 0 ? [''] : names) {
      const prefix = this.#prefixes.get(name) ?? { clients: new Set(), keys: new Map() }
      this.#prefixes.set(name, prefix)
      prefix.clients.add(client)
      state.prefixes.add(name)
    }
  }

  /** Tracks no keys for a client any more. What it has read stays in the table until it changes. */
  disable(client: Client): void {
    const state = client.tracking
    if (state === undefined) return
    this.sendPending(client)
    for (const name of state.prefixes) {
      const prefix = this.#prefixes.get(name)
      prefix?.clients.delete(client)
      if (prefix?.clients.size === 0) this.#prefixes.delete(name)
    }
    client.tracking = undefined
    this.#clientCount--
    if (this.#clientCount === 0) this.#server.dispatcher.gate &= ~ServerGate.tracked
  }

  /** As {@link disable}, for a client that is gone; with the last one goes all that is known. */
  forget(client: Client): void {
    if (client.tracking === undefined) return
    client.tracking.pending.length = 0
    this.disable(client)
    if (this.#clientCount === 0) this.#table.clear()
  }

  /** The client with a number, if messages can reach it still. */
  receiver(id: number): Client | undefined {
    const client = this.#server.clients.get(id)
    return client?.closing === true ? undefined : client
  }

  /** Runs a command of `client`: what it reads is remembered, what it changes is told to it after its reply. */
  during(client: Client, work: () => void): void {
    const { dispatcher } = this.#server
    const outer = this.#current
    this.#depth++
    // Where a module calls a command, it is the client of the module's command that reads.
    if (client.tracking !== undefined) this.#enter(client)
    work()
    this.#depth--
    this.#current = outer
    dispatcher.tracksReads = outer?.tracking?.broadcasts === false
  }

  /** Serves others meanwhile: what they do is nothing that the client read or wrote whose command goes on. */
  apart(work: () => void): void {
    const outer = this.#current
    this.#current = undefined
    const { dispatcher } = this.#server
    const { tracksReads } = dispatcher
    dispatcher.tracksReads = false
    try {
      work()
    } finally {
      this.#current = outer
      dispatcher.tracksReads = tracksReads
    }
  }

  #enter(client: Client): void {
    this.#current = client
    this.#server.dispatcher.tracksReads = client.tracking?.broadcasts === false
  }

  /** Ends what CLIENT CACHING has asked for, once the command it was meant for has run or was refused. */
  endCaching(client: Client, command: Command | undefined): void {
    const isCaching = command?.parent?.name === 'client'
    if (client.tracking === undefined || client.transaction !== undefined || isCaching) return
    if (client.blocked === undefined) client.tracking.isCachingGiven = false
  }

  /** Remembers the keys that the running client reads with a command. */
  remember(command: Command, args: RequestArgs): void {
    const client = this.#current
    const state = client?.tracking
    if (client === undefined || state === undefined || state.broadcasts) return
    if (state.optIn ? !state.isCachingGiven : state.optOut && state.isCachingGiven) return
    for (const { index } of keysIfTold(command, args) ?? []) {
      this.#table.add(args.buffer.toString('latin1', args.start(index), args.end(index)), client.id)
    }
  }

  /**
   * Tells the clients that may hold a key that it has changed.
   * @param isByCommand false where the key has expired or was evicted, which is nobody's doing
   */
  changed(key: Buffer, isByCommand: boolean): void {
    const name = key.toString('latin1')
    if (this.#prefixes.size > 0) this.#noteForBroadcast(name, isByCommand ? this.#current : undefined)
    this.#invalidate(name)
  }

  #invalidate(name: string): void {
    const message = new Invalidation([name])
    for (const id of this.#table.take(name)) {
      const client = this.#server.clients.get(id)
      const state = client?.tracking
      if (client === undefined || state === undefined || state.broadcasts) continue
      if (state.noLoop && client === this.#current) continue
      if (isInCommand(client)) state.pending.push(name)
      else this.#send(client, state, message)
    }
  }

  /** Tells all clients that track keys that all keys are gone. */
  flushed(): void {
    if (this.isIdle) return
    this.#table.clear()
    if (this.#clientCount === 0) return
    const message = new Invalidation(undefined)
    for (const client of this.#server.clients.values()) {
      if (client.tracking === undefined) continue
      if (isInCommand(client)) client.tracking.pending.push(undefined)
      else this.#send(client, client.tracking, message)
    }
  }

  /** Tells a client what its own command has changed, now that the reply is written. */
  sendPending(client: Client): void {
    const state = client.tracking
    if (state === undefined || state.pending.length === 0) return
    for (const name of state.pending.splice(0)) {
      this.#send(client, state, new Invalidation(name === undefined ? undefined : [name]))
    }
  }

  /** Forgets keys where there are more than `tracking-table-max-keys`, as if they had changed. */
  limitKeys(): void {
    const table = this.#table
    if (this.#clientCount === 0 || this.#maxKeys === 0) return
    for (let left = KEYS_PER_EFFORT * (this.#failedEfforts + 1); table.keyCount > this.#maxKeys; left--) {
      const key = left === 0 ? undefined : table.anyKey()
      if (key === undefined) {
        this.#failedEfforts++
        return
      }
      this.#invalidate(key)
    }
    this.#failedEfforts = 0
  }

  #noteForBroadcast(name: string, changer: Client | undefined): void {
    for (const [prefix, { keys }] of this.#prefixes) {
      if (!name.startsWith(prefix)) continue
      keys.set(name, changer)
      if (this.#broadcastQueued) continue
      this.#broadcastQueued = true
      setImmediate(() => this.#broadcast())
    }
  }

  /** Sends what has changed in this turn of the event loop: one message for each prefix. */
  #broadcast(): void {
    this.#broadcastQueued = false
    for (const name of [...this.#prefixes.keys()].sort()) {
      const { clients, keys } = this.#prefixes.get(name) as Prefix
      if (keys.size === 0) continue
      const names = [...keys.keys()].sort()
      const toAll = new Invalidation(names)
      for (const client of clients) {
        const state = client.tracking as TrackingState
        const others = state.noLoop ? names.filter((key) => keys.get(key) !== client) : names
        const message = others.length === names.length ? toAll : new Invalidation(others)
        if (others.length > 0) this.#send(client, state, message)
      }
      keys.clear()
    }
  }

  /** Sends a message for `client` to it or to the client it has named. */
  #send(client: Client, state: TrackingState, message: Invalidation): void {
    const { pubsub } = this.#server
    const receiver = state.redirect === 0 ? client : this.receiver(state.redirect)
    if (receiver === undefined) {
      state.isRedirectBroken = true
      if (client.resp === 3)
        pubsub.push(
          client,
          pubsub.encode(3, (reply) => brokenRedirect(reply, state)),
        )
      return
    }
    // RESP2 has no place for messages but a subscriber's connection.
    const isHeard = receiver.resp === 3 || (state.redirect !== 0 && (receiver.gate & Gate.subscribed) !== 0)
    const version = receiver.resp
    if (isHeard)
      pubsub.push(
        receiver,
        message.bytes(version, () => pubsub.encode(version, message.write)),
      )
  }
}

/** Whether a client is in the middle of a command, so that what is told to it has to follow the reply. */
function isInCommand(client: Client): boolean {
  return client.context.command !== undefined
}

function brokenRedirect(reply: ReplyWriter, { redirect }: TrackingState): void {
  reply.push(2)
  reply.bulk('tracking-redir-broken')
  reply.integer(redirect)
}

/** The message that keys are no longer what they were, written once for each version of the protocol. */
class Invalidation {
  readonly #names: readonly string[] | undefined
  readonly #encoded: { 2?: Buffer; 3?: Buffer } = {}

  /** @param names keys as latin1; undefined for all */
  constructor(names: readonly string[] | undefined) {
    this.#names = names
  }

  bytes(version: 2 | 3, encode: () => Buffer): Buffer {
    const bytes = this.#encoded[version] ?? encode()
    this.#encoded[version] = bytes
    return bytes
  }

  readonly write = (reply: ReplyWriter): void => {
    if (reply.version === 3) {
      reply.push(2)
      reply.bulk('invalidate')
    } else {
      reply.push(3)
      reply.bulk('message')
      reply.bulk(CHANNEL)
    }
    if (this.#names === undefined) {
      reply.null()
      return
    }
    reply.array(this.#names.length)
    for (const name of this.#names) reply.bulk(Buffer.from(name, 'latin1'))
  }
}

/** @throws CommandError where a new prefix overlaps with one that is there or with another new one */
function checkPrefixes(added: readonly string[], present: ReadonlySet<string>): void {
  for (const [index, prefix] of added.entries()) {
    for (const other of [...present].sort()) {
      if (overlap(prefix, other)) throw overlapping(prefix, `an existing prefix '${text(other)}'`)
    }
    for (const other of added.slice(index + 1)) {
      if (overlap(prefix, other)) throw overlapping(prefix, `another provided prefix '${text(other)}'`)
    }
  }
}

function overlap(first: string, second: string): boolean {
  return first.startsWith(second) || second.startsWith(first)
}

function overlapping(prefix: string, other: string): CommandError {
  return new CommandError(
    `Prefix '${text(prefix)}' overlaps with ${other}. Prefixes for a single client must not overlap.`,
  )
}

function text(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString()
}
