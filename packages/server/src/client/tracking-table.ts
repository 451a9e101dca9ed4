/** So many maps share the keys: one alone would stop the server for long whenever it grows. */
const SHARDS = 256

/** The clients that may hold a key, by their numbers; most keys are held by one. */
type Readers = number | Set<number>

/** Which clients have read which keys, in order to tell them once a key changes. */
export class TrackingTable {
  #shards: Map<string, Readers>[] = []
  #keyCount = 0
  #itemCount = 0

  constructor() {
    this.clear()
  }

  /** Number of keys. */
  get keyCount(): number {
    return this.#keyCount
  }

  /** Number of pairs of a key and a client. */
  get itemCount(): number {
    return this.#itemCount
  }

  /** Notes that a client has read a key. */
  add(key: string, client: number): void {
    const shard = this.#shardOf(key)
    const readers = shard.get(key)
    if (readers === undefined) {
      shard.set(key, client)
      this.#keyCount++
      this.#itemCount++
    } else if (typeof readers !== 'number') {
      if (!readers.has(client)) this.#itemCount++
      readers.add(client)
    } else if (readers !== client) {
      shard.set(key, new Set([readers, client]))
      this.#itemCount++
    }
  }

  /** Takes a key out and returns the clients that have read it. */
  take(key: string): Iterable<number> {
    const shard = this.#shardOf(key)
    const readers = shard.get(key)
    if (readers === undefined) return []
    shard.delete(key)
    const ids = typeof readers === 'number' ? [readers] : readers
    this.#keyCount--
    this.#itemCount -= typeof readers === 'number' ? 1 : readers.size
    return ids
  }

  /** Any key, a long known one rather than a new one; undefined where there is none. */
  anyKey(): string | undefined {
    const first = Math.floor(Math.random() * SHARDS)
    for (let i = 0; i < SHARDS && this.#keyCount > 0; i++) {
      const { value } = (this.#shards[(first + i) % SHARDS] as Map<string, Readers>).keys().next()
      if (value !== undefined) return value
    }
    return undefined
  }

  clear(): void {
    this.#shards = Array.from({ length: SHARDS }, () => new Map())
    this.#keyCount = 0
    this.#itemCount = 0
  }

  #shardOf(key: string): Map<string, Readers> {
    let hash = 0
    // The end of a key is what differs among those of an application.
    for (let i = Math.max(0, key.length - 16); i < key.length; i++) {
      hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0
    }
    return this.#shards[(hash ^ (hash >>> 15)) & (SHARDS - 1)] as Map<string, Readers>
  }
}
