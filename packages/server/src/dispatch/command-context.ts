import type { KeyspaceEventClass } from '@modis/sdk'
import type { BlockOptions } from '../client/blocking.ts'
import type { Client } from '../client/client.ts'
import type { Database } from '../keyspace/database.ts'
import type { Entry } from '../keyspace/entry.ts'
import type { ReplyWriter } from '../protocol/reply-writer.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import type { Command } from './command.ts'

/** What a built-in command works with: one object for each client, pointed at each command in turn. */
export class CommandContext {
  readonly server: Server
  readonly client: Client
  readonly reply: ReplyWriter
  /** The command that runs now. */
  command: Command | undefined
  /** Whether the command may block its client: not within MULTI/EXEC, a script or a module's call. */
  mayBlock = true

  constructor(server: Server, client: Client) {
    this.server = server
    this.client = client
    this.reply = client.reply
  }

  /** The database the client has selected. */
  get database(): Database {
    return this.client.database
  }

  /** The entry of the key in argument `index`, for reading; as {@link Database.read}. */
  readKey(args: RequestArgs, index: number): Entry | undefined {
    return this.client.database.read(args.buffer, args.starts[index] as number, args.ends[index] as number)
  }

  /** The entry of the key in argument `index`, whose value is not used; as {@link Database.look}. */
  lookAtKey(args: RequestArgs, index: number): Entry | undefined {
    return this.client.database.look(args.buffer, args.starts[index] as number, args.ends[index] as number)
  }

  /** The entry of the key in argument `index`, which is about to be changed; as {@link Database.write}. */
  writeKey(args: RequestArgs, index: number): Entry | undefined {
    return this.client.database.write(args.buffer, args.starts[index] as number, args.ends[index] as number)
  }

  /** Wall clock in milliseconds since the epoch, the same for a whole command. */
  get nowMs(): number {
    return this.server.keyspace.nowMs
  }

  /**
   * Records that the key in argument `index` was changed: clients that watch it, the count of changes since the last
   * save, and the keyspace event `event` follow from it.
   */
  changed(args: RequestArgs, index: number, eventClass: KeyspaceEventClass, event: string, dirty = 1): void {
    const server = this.server
    server.keyspace.dirty += dirty
    if (server.changesAreIdle) return
    this.server.signalChange(this.database, args.bytes(index), eventClass, event)
  }

  /** As {@link changed}, for a key that is not an argument or not of the selected database. */
  changedKey(
    database: Database,
    key: Buffer,
    eventClass: KeyspaceEventClass,
    event: string,
    dirty = 1,
  ): void {
    this.server.keyspace.dirty += dirty
    this.server.signalChange(database, key, eventClass, event)
  }

  /** Sends a keyspace event without recording a change. */
  notify(
    eventClass: KeyspaceEventClass,
    event: string,
    key: Buffer,
    database: Database = this.database,
  ): void {
    if (!this.server.notifications.idle) this.server.notifications.notify(eventClass, event, key, database)
  }

  /** Makes the client wait; the handler then returns without having written a reply. */
  block(options: BlockOptions): void {
    this.server.blocking.block(this.client, options, this.command)
  }
}
