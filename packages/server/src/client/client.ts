import type { User } from '../acl/user.ts'
import type { Command } from '../dispatch/command.ts'
import type { CommandContext } from '../dispatch/command-context.ts'
import type { Database } from '../keyspace/database.ts'
import { ReplyWriter } from '../protocol/reply-writer.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Blocked } from './blocking.ts'
import type { TrackingState } from './tracking.ts'

/** Reasons why a client's commands must pass the dispatcher's slow checks; bits of {@link Client.gate}. */
export const Gate = {
  unauthenticated: 1,
  transaction: 2,
  subscribed: 4,
  replyOff: 8,
  restrictedUser: 16,
  noTouch: 32,
} as const

/** What a client's connection does for it; nothing for a client without one. */
export interface ClientLink {
  /** `ip:port`, or `path:0` for a unix socket. */
  readonly address: string
  /** Local end, as {@link address}. */
  readonly localAddress: string
  readonly isUnix: boolean
  readonly isLoopback: boolean
  /** File descriptor, or −1. */
  readonly descriptor: number
  /** Bytes of replies that the operating system has not taken yet. */
  readonly pendingBytes: number
  /** Bytes of requests received and not executed. */
  readonly queryBytes: number
  readonly queryBufferBytes: number
  /** A chunk of requests is being run. */
  readonly isProcessing: boolean
  /** Whether what has arrived may be read now, outside the event loop. */
  readonly isReadable: boolean
  /** Takes requests: the first `bytes` of `chunk`, which may change afterwards. */
  receive(chunk: Buffer, bytes: number): void
  /** Sends what the client's reply writer holds. */
  flush(): void
  /** Goes on with requests that waited while the client was blocked or paused. */
  resume(): void
  /** Closes the connection where replies have waited for too long, or too many of them. */
  checkOutputLimit(): void
  /** Sends what is pending, then closes. */
  closeAfterFlush(): void
  /** Closes at once. */
  destroy(reason: string): void
}

/** Commands queued by MULTI. */
export interface Transaction {
  readonly queue: { readonly command: Command; readonly args: RequestArgs }[]
  /** A command could not be queued: EXEC will refuse. */
  failed: boolean
  // What holds for EXEC because it holds for a command of the queue.
  writes: boolean
  mayReplicate: boolean
  deniesWhenFull: boolean
  deniedWhileLoading: boolean
  queuedBytes: number
}

/** One client: a connection, or the server's own calls on behalf of a module. */
export class Client {
  readonly id: number
  readonly isInternal: boolean
  readonly createdAtMs: number
  name = ''
  libraryName = ''
  libraryVersion = ''
  user: User
  /** Has logged in, or came while nobody had to. */
  isAuthenticated = true
  /** Of a client without a connection: whether the rules of its user hold. Modules' calls usually may do anything. */
  obeysUser: boolean
  database: Database
  readonly reply = new ReplyWriter()
  /** Where the client's commands write; undefined until the client is ready. */
  readonly context: CommandContext
  link: ClientLink | undefined
  /** Bits of {@link Gate}; zero means that nothing stands between a request and its handler. */
  gate = 0
  transaction: Transaction | undefined
  /** Its commands run when memory is full as well: whoever calls them has looked, or does not want to. */
  mayExceedMemory = false
  /** Keys watched, `db:key` in latin1. */
  watched: Set<string> | undefined
  /** A watched key has changed. */
  watchDirty = false
  blocked: Blocked | undefined
  /** The command that blocked the client, with the time it has run so far. */
  waiting: { readonly command: Command; readonly args: RequestArgs; microseconds: number } | undefined
  channels: Set<string> | undefined
  patterns: Set<string> | undefined
  shardChannels: Set<string> | undefined
  /** Set while CLIENT TRACKING is on. */
  tracking: TrackingState | undefined
  /** CLIENT REPLY: `skip` silences the reply of the command that comes or runs, `skip-next` of the one after it. */
  replyMode: 'on' | 'off' | 'skip' | 'skip-next' = 'on'
  noEvict = false
  noTouch = false
  /** Arguments of a command that the command itself wants to be shown nowhere, by their positions. */
  redacted: { readonly command: string; readonly positions: Set<number> } | undefined
  /** No request is read any more; the connection closes when its replies are out. */
  closing = false
  /** Its replies are sent at the end of this turn of the event loop. */
  flushQueued = false
  /** The connection is gone. */
  closed = false
  lastCommand: Command | undefined
  lastInteractionMs: number
  /** Bytes received and sent since the client connected. */
  inputBytes = 0
  outputBytes = 0
  commandsProcessed = 0

  constructor(
    id: number,
    database: Database,
    user: User,
    nowMs: number,
    makeContext: (client: Client) => CommandContext,
    isInternal = false,
  ) {
    this.id = id
    this.database = database
    this.user = user
    this.createdAtMs = nowMs
    this.lastInteractionMs = nowMs
    this.isInternal = isInternal
    this.obeysUser = !isInternal
    this.context = makeContext(this)
  }

  /** Whether the user of the client may do something that a module asks about. */
  may(asks: (user: User) => boolean): boolean {
    if (!this.obeysUser) return true
    // Who has not logged in has a user all the same.
    return this.isAuthenticated && asks(this.user)
  }

  get address(): string {
    return this.link?.address ?? ''
  }

  get db(): number {
    return this.database.index
  }

  get resp(): 2 | 3 {
    return this.reply.version
  }

  /** Number of channels, patterns and shard channels subscribed to. */
  get subscriptionCount(): number {
    return (this.channels?.size ?? 0) + (this.patterns?.size ?? 0) + (this.shardChannels?.size ?? 0)
  }
}
