import type { Bridge, Slice } from '../../src/index.ts'
import { bytesOf, keyOf } from './keyspace.ts'
import { Users } from './users.ts'

export interface Client {
  id: number
  db: number
  resp: number
  flags: number
  name: Buffer
  user: string
}

/** Clients, each of which is one of the users. */
export abstract class Clients extends Users {
  abstract readonly bridge: Bridge
  readonly clients = new Map<number, Client>()
  #nextClient = 1

  connect(resp = 2): Client {
    const id = this.#nextClient++
    const client = { id, db: 0, resp, flags: 0, name: Buffer.alloc(0), user: 'default' }
    this.clients.set(id, client)
    return client
  }

  selectDb(client: number, db: number): boolean {
    if (db < 0 || db >= 16) return false
    const own = this.clients.get(client)
    if (own) own.db = db
    return true
  }

  clientInfo(
    client: number,
  ): { flags: number; address: string; port: number; db: number; resp: number } | null {
    const own = this.clients.get(client)
    return own ? { flags: 0, address: '127.0.0.1', port: 4242, db: own.db, resp: own.resp } : null
  }

  clientName(client: number): Buffer | null {
    return this.clients.get(client)?.name ?? null
  }

  setClientName(client: number, name: Slice): boolean {
    const own = this.clients.get(client)
    if (!own || /\s/.test(keyOf(name))) return false
    own.name = bytesOf(name)
    return true
  }

  clientUser(client: number): Buffer | null {
    const user = this.clients.get(client)?.user
    return user === undefined ? null : Buffer.from(user)
  }

  authenticate(client: number, user: number): boolean {
    return this.#become(client, this.handles.get(user)?.name)
  }

  authenticateByName(client: number, name: Slice): boolean {
    return this.#become(client, this.users.get(keyOf(name))?.name)
  }

  #become(client: number, name: string | undefined): boolean {
    const own = this.clients.get(client)
    if (!own || name === undefined) return false
    own.user = name
    this.bridge.userChanged(client)
    return true
  }
}
