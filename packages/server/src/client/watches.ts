import type { Database } from '../keyspace/database.ts'
import type { Keyspace } from '../keyspace/keyspace.ts'
import type { Client } from './client.ts'

/** Keys that clients WATCH. A change to one makes the transactions of its watchers fail. */
export class Watches {
  readonly #watchers = new Map<string, Set<Client>>()

  get isEmpty(): boolean {
    return this.#watchers.size === 0
  }

  /** Number of keys watched. */
  get size(): number {
    return this.#watchers.size
  }

  watch(client: Client, database: Database, key: Buffer): void {
    const name = nameOf(database, key)
    client.watched ??= new Set()
    client.watched.add(name)
    const clients = this.#watchers.get(name) ?? new Set()
    this.#watchers.set(name, clients.add(client))
  }

  unwatch(client: Client): void {
    for (const name of client.watched ?? []) {
      const clients = this.#watchers.get(name)
      clients?.delete(client)
      if (clients?.size === 0) this.#watchers.delete(name)
    }
    client.watched = undefined
    client.watchDirty = false
  }

  /** Finds out which of the keys a client watches have expired; their end marks the client. */
  expire(client: Client, keyspace: Keyspace): void {
    for (const name of client.watched ?? []) {
      const colon = name.indexOf(':')
      const key = Buffer.from(name.slice(colon + 1), 'latin1')
      keyspace.databases[Number(name.slice(0, colon))]?.peek(key, 0, key.length)
    }
  }

  /** Marks the clients that watch `key`. */
  changed(database: Database, key: Buffer): void {
    for (const client of this.#watchers.get(nameOf(database, key)) ?? []) client.watchDirty = true
  }

  /** Marks the clients that watch any key of `database` for which `affects` holds. */
  changedAll(database: Database, affects: (key: Buffer) => boolean): void {
    const prefix = `${database.index}:`
    for (const [name, clients] of this.#watchers) {
      if (!name.startsWith(prefix) || !affects(Buffer.from(name.slice(prefix.length), 'latin1'))) continue
      for (const client of clients) client.watchDirty = true
    }
  }
}

function nameOf(database: Database, key: Buffer): string {
  return `${database.index}:${key.toString('latin1')}`
}
