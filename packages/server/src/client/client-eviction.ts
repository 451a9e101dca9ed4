import type { Server } from '../server.ts'
import type { Client } from './client.ts'
import { clientMemory } from './client-memory.ts'

/** Redis takes no smaller limit: with less, nobody could say a word. */
const LEAST_BYTES = 128 * 1024

/**
 * Keeps the memory of all clients together below `maxmemory-clients`: where it is reached, the clients that take most
 * are disconnected until it is not, those of CLIENT NO-EVICT excepted. Clients that had something going on are measured
 * at the end of each turn of the event loop, all of them ten times a second; without a limit, nothing is.
 */
export class ClientEviction {
  readonly #server: Server
  #limitBytes = 0
  #totalBytes = 0
  /** What each client was measured with last, whose sum the total is. */
  #measured = new WeakMap<Client, number>()
  #isHopeless = false
  /** Clients that were disconnected. */
  evicted = 0

  constructor(server: Server) {
    this.#server = server
    server.config.follow(['maxmemory-clients', 'maxmemory'], () => {
      this.#limitBytes = limitOf(
        server.config.integer('maxmemory-clients'),
        server.config.integer('maxmemory'),
      )
      // The reply to who lowers the limit still goes out.
      setImmediate(() => this.check())
    })
    server.cron.add(0, () => this.check())
  }

  /** Measures clients that had something going on, and makes room where that was too much. */
  settle(clients: readonly Client[]): void {
    if (this.#limitBytes === 0) return
    for (const client of clients) {
      if (client.closed) continue
      const bytes = clientMemory(client)
      this.#totalBytes += bytes - (this.#measured.get(client) ?? 0)
      this.#measured.set(client, bytes)
    }
    if (this.#totalBytes >= this.#limitBytes) this.check()
  }

  /** Measures all clients, and makes room where they take too much. */
  check(): void {
    if (this.#limitBytes === 0) return
    const { clients } = this.#server
    this.#measured = new WeakMap()
    this.#totalBytes = 0
    for (const client of clients.values()) {
      const bytes = clientMemory(client)
      this.#measured.set(client, bytes)
      this.#totalBytes += bytes
    }
    if (this.#totalBytes >= this.#limitBytes) this.#evict()
    else this.#isHopeless = false
  }

  #evict(): void {
    const { clients, log } = this.#server
    const size = (client: Client): number => this.#measured.get(client) ?? 0
    const largestFirst = [...clients.values()]
      .filter(({ noEvict }) => !noEvict)
      .sort((one, other) => size(other) - size(one))
    for (const client of largestFirst) {
      if (this.#totalBytes < this.#limitBytes) return
      this.#totalBytes -= size(client)
      this.evicted++
      log.notice(
        `Evicting client: id=${client.id} addr=${client.address} name=${client.name} tot-mem=${size(client)}`,
      )
      client.link?.destroy('evicted')
    }
    if (this.#totalBytes < this.#limitBytes || this.#isHopeless) return
    this.#isHopeless = true
    log.warning('Over client maxmemory after evicting all evictable clients')
  }
}

/** The limit in bytes, 0 for none: `maxmemory-clients` is one, or as a negative number a percentage of `maxmemory`. */
function limitOf(given: number, maxMemory: number): number {
  const bytes = given < 0 ? Math.floor((-given * maxMemory) / 100) : given
  return bytes === 0 ? 0 : Math.max(bytes, LEAST_BYTES)
}
