import { CommandContext } from '../dispatch/command-context.ts'
import type { Server } from '../server.ts'
import { Client } from './client.ts'

/**
 * What modules say of a user and a password: nothing, that the client may come in, or why it may not. With `later` the
 * client has been made to wait, and its command runs again when they know.
 */
export type ModuleVerdict = 'no opinion' | 'welcome' | 'later' | { readonly denied: string | null }

/** Modules that want to be asked at AUTH, and to hear when a client becomes another user. */
export interface Authenticator {
  ask(client: Client, user: Buffer, password: Buffer): ModuleVerdict
  userChanged(client: Client): void
}

/** All clients of a server by id. */
export class Clients {
  /** Undefined as long as no module has to do with who a client is. */
  authenticator: Authenticator | undefined
  readonly #server: Server
  readonly #byId = new Map<number, Client>()
  #nextId = 1

  constructor(server: Server) {
    this.#server = server
  }

  get count(): number {
    return this.#byId.size
  }

  get(id: number): Client | undefined {
    return this.#byId.get(id)
  }

  values(): IterableIterator<Client> {
    return this.#byId.values()
  }

  /** Bytes of requests and replies that all clients together wait to be read or sent. */
  get bufferBytes(): number {
    let bytes = 0
    for (const { link } of this.#byId.values())
      bytes += link === undefined ? 0 : link.pendingBytes + link.queryBufferBytes
    return bytes
  }

  /** A new client with a connection; it must authenticate first where the user `default` has a password. */
  create(): Client {
    const client = this.#make(false)
    this.#byId.set(client.id, client)
    this.#server.users.welcome(client)
    this.#server.events.emit('client-connected', { id: client.id })
    return client
  }

  /** A client without a connection, for commands the server or a module calls. */
  createInternal(): Client {
    const client = this.#make(true)
    client.context.mayBlock = false
    return client
  }

  #make(isInternal: boolean): Client {
    const server = this.#server
    const database = server.keyspace.databases[0]
    if (database === undefined) throw new Error('the server has no database 0')
    const makeContext = (client: Client): CommandContext => new CommandContext(server, client)
    return new Client(
      this.#nextId++,
      database,
      server.users.default,
      server.keyspace.nowMs,
      makeContext,
      isInternal,
    )
  }

  /** Forgets a client that is gone, with everything it had going on. */
  remove(client: Client): void {
    if (!this.#byId.delete(client.id)) return
    this.#server.clientLeft(client)
    this.authenticator?.userChanged(client)
    this.#server.events.emit('client-disconnected', { id: client.id })
  }
}
