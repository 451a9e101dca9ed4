import { matchesGlob } from '../keyspace/glob.ts'
import { ReplyWriter } from '../protocol/reply-writer.ts'
import { type Client, Gate } from './client.ts'

/** Called for a message on a channel that the server itself, or a module, listens to. */
export type MessageListener = (message: Buffer, channel: Buffer) => void

/** What publish/subscribe needs of the server. */
export interface PubsubHost {
  /** Sends what was written to a client soon. */
  flushSoon(client: Client): void
}

/** Kinds of subscription; the names are the first words of their messages. */
type Kind = 'subscribe' | 'psubscribe' | 'ssubscribe'

const NAMES = {
  subscribe: { message: 'message', unsubscribe: 'unsubscribe', own: 'channels' },
  psubscribe: { message: 'pmessage', unsubscribe: 'punsubscribe', own: 'patterns' },
  ssubscribe: { message: 'smessage', unsubscribe: 'sunsubscribe', own: 'shardChannels' },
} as const

interface Pattern {
  readonly bytes: Buffer
  readonly clients: Set<Client>
  readonly listeners: Set<MessageListener>
}

/**
 * Publish/subscribe: channels, patterns of channels and shard channels, by the bytes of their names as latin1.
 *
 * A message for the client whose command publishes it follows that command's reply, as in Redis.
 */
export class Pubsub {
  readonly #host: PubsubHost
  readonly #channels = new Map<string, Set<Client>>()
  readonly #shardChannels = new Map<string, Set<Client>>()
  readonly #patterns = new Map<string, Pattern>()
  readonly #listeners = new Map<string, Set<MessageListener>>()
  /** Messages for clients in the middle of a command. */
  readonly #deferred = new Map<Client, Buffer[]>()
  readonly #scratch = { 2: scratchWriter(2), 3: scratchWriter(3) }

  constructor(host: PubsubHost) {
    this.#host = host
  }

  /** Whether nobody has subscribed to anything, so that publishing is idle. */
  get isEmpty(): boolean {
    return this.#channels.size === 0 && this.#patterns.size === 0 && this.#listeners.size === 0
  }

  get channelCount(): number {
    return this.#channels.size
  }

  get patternCount(): number {
    return this.#patterns.size
  }

  get shardChannelCount(): number {
    return this.#shardChannels.size
  }

  /** Names of the channels somebody has subscribed to that match `pattern`; all where there is none. */
  channelNames(pattern: Buffer | undefined, sharded: boolean): Buffer[] {
    const names = [...(sharded ? this.#shardChannels : this.#channels).keys()]
    const all = names.map((name) => Buffer.from(name, 'latin1'))
    return pattern === undefined
      ? all
      : all.filter((name) => matchesGlob(pattern, 0, pattern.length, name, 0, name.length))
  }

  /** Number of clients subscribed to a channel. */
  subscriberCount(channel: Buffer, sharded: boolean): number {
    const channels = sharded ? this.#shardChannels : this.#channels
    return channels.get(channel.toString('latin1'))?.size ?? 0
  }

  /** Subscribes a client and writes the confirmation. */
  subscribe(client: Client, kind: Kind, channel: Buffer): void {
    const name = channel.toString('latin1')
    client[NAMES[kind].own] ??= new Set()
    const own = client[NAMES[kind].own] as Set<string>
    if (!own.has(name)) {
      own.add(name)
      this.#subscribers(kind, name, channel).add(client)
    }
    this.#confirm(client, kind, kind, channel)
    client.gate |= Gate.subscribed
  }

  #subscribers(kind: Kind, name: string, channel: Buffer): Set<Client> {
    if (kind === 'psubscribe') return this.#pattern(name, channel).clients
    const channels = kind === 'subscribe' ? this.#channels : this.#shardChannels
    const clients = channels.get(name) ?? new Set()
    channels.set(name, clients)
    return clients
  }

  #pattern(name: string, bytes: Buffer): Pattern {
    const pattern = this.#patterns.get(name) ?? { bytes, clients: new Set(), listeners: new Set() }
    this.#patterns.set(name, pattern)
    return pattern
  }

  /** Ends a client's subscriptions to `channels`, or to all it has, and confirms each. */
  unsubscribe(client: Client, kind: Kind, channels: readonly Buffer[] | undefined): void {
    const { unsubscribe, own } = NAMES[kind]
    const names = channels ?? [...(client[own] ?? [])].map((name) => Buffer.from(name, 'latin1'))
    for (const channel of names) {
      this.#forget(client, kind, channel.toString('latin1'))
      this.#confirm(client, kind, unsubscribe, channel)
    }
    if (channels === undefined && names.length === 0) this.#confirm(client, kind, unsubscribe, undefined)
    if (client.subscriptionCount === 0) client.gate &= ~Gate.subscribed
  }

  /** Ends all subscriptions of a client without a word to it. */
  unsubscribeAll(client: Client): void {
    for (const kind of ['subscribe', 'psubscribe', 'ssubscribe'] as const) {
      for (const name of client[NAMES[kind].own] ?? []) this.#forget(client, kind, name)
    }
    client.gate &= ~Gate.subscribed
    this.#deferred.delete(client)
  }

  #forget(client: Client, kind: Kind, name: string): void {
    if (client[NAMES[kind].own]?.delete(name) !== true) return
    if (kind === 'psubscribe') {
      const pattern = this.#patterns.get(name)
      pattern?.clients.delete(client)
      this.#dropIfIdle(name, pattern)
      return
    }
    const channels = kind === 'subscribe' ? this.#channels : this.#shardChannels
    const clients = channels.get(name)
    clients?.delete(client)
    if (clients?.size === 0) channels.delete(name)
  }

  #dropIfIdle(name: string, pattern: Pattern | undefined): void {
    if (pattern?.clients.size === 0 && pattern.listeners.size === 0) this.#patterns.delete(name)
  }

  #confirm(client: Client, kind: Kind, word: string, channel: Buffer | undefined): void {
    const count =
      kind === 'ssubscribe'
        ? (client.shardChannels?.size ?? 0)
        : (client.channels?.size ?? 0) + (client.patterns?.size ?? 0)
    const { reply } = client
    const mark = reply.deferred()
    reply.push(3)
    reply.bulk(word)
    if (channel === undefined) reply.null()
    else reply.bulk(channel)
    reply.integer(count)
    // A client whose replies are off still gets what is pushed to it.
    if ((client.gate & Gate.replyOff) !== 0) this.#defer(client, reply.take(mark))
  }

  /**
   * Listens to a channel on behalf of the server or a module; the returned function ends it. The listener runs in the
   * middle of the command that publishes.
   */
  listen(channel: Buffer, listener: MessageListener): () => void {
    const name = channel.toString('latin1')
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name)
    }
  }

  /** As {@link listen}, for all channels that match a pattern. */
  listenPattern(pattern: Buffer, listener: MessageListener): () => void {
    const name = pattern.toString('latin1')
    this.#pattern(name, pattern).listeners.add(listener)
    return () => {
      const present = this.#patterns.get(name)
      present?.listeners.delete(listener)
      this.#dropIfIdle(name, present)
    }
  }

  /** Sends a message to all who have subscribed; returns how many clients got it, a client for each subscription. */
  publish(channel: Buffer, message: Buffer): number {
    if (this.isEmpty) return 0
    const name = channel.toString('latin1')
    for (const listener of this.#listeners.get(name) ?? []) listener(message, channel)
    let receivers = this.#send(this.#channels.get(name), ['message', channel, message])
    for (const { bytes, clients, listeners } of this.#patterns.values()) {
      if (!matchesGlob(bytes, 0, bytes.length, channel, 0, channel.length)) continue
      for (const listener of listeners) listener(message, channel)
      receivers += this.#send(clients, ['pmessage', bytes, channel, message])
    }
    return receivers
  }

  /** As {@link publish}, for a shard channel. */
  publishToShard(channel: Buffer, message: Buffer): number {
    return this.#send(this.#shardChannels.get(channel.toString('latin1')), ['smessage', channel, message])
  }

  #send(clients: ReadonlySet<Client> | undefined, parts: readonly (string | Buffer)[]): number {
    if (clients === undefined || clients.size === 0) return 0
    const encoded: { 2?: Buffer; 3?: Buffer } = {}
    const write = (writer: ReplyWriter): void => {
      writer.push(parts.length)
      for (const part of parts) writer.bulk(part)
    }
    for (const client of clients) {
      const bytes = encoded[client.resp] ?? this.encode(client.resp, write)
      encoded[client.resp] = bytes
      this.push(client, bytes)
    }
    return clients.size
  }

  /** What is written, as bytes of a version of the protocol. */
  encode(version: 2 | 3, write: (writer: ReplyWriter) => void): Buffer {
    const writer = this.#scratch[version]
    write(writer)
    const bytes = writer.take()
    writer.release()
    return bytes
  }

  /** Sends a client what it has not asked for now; one that runs a command gets it after the reply. */
  push(client: Client, bytes: Buffer): void {
    if (client.context.command !== undefined) this.#defer(client, bytes)
    else {
      client.reply.raw(bytes)
      this.#host.flushSoon(client)
    }
  }

  #defer(client: Client, bytes: Buffer): void {
    const waiting = this.#deferred.get(client)
    if (waiting === undefined) this.#deferred.set(client, [bytes])
    else waiting.push(bytes)
  }

  /** Writes the messages that waited for the end of a client's command. */
  sendDeferred(client: Client): void {
    const waiting = this.#deferred.get(client)
    if (waiting === undefined) return
    this.#deferred.delete(client)
    for (const bytes of waiting) client.reply.raw(bytes)
  }
}

function scratchWriter(version: 2 | 3): ReplyWriter {
  const writer = new ReplyWriter()
  writer.version = version
  return writer
}
