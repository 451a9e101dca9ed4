import { type FrequencyRules, frequency, idleSeconds, keepClocks } from './access-clock.ts'
import type { Database } from './database.ts'
import { expiryOf, keyBytes, wordBase, wordsOf } from './entry-layout.ts'
import type { Keyspace } from './keyspace.ts'
import type { Table } from './table.ts'

// Which key goes when memory is short is decided by samples, as in Redis: from every database a few keys are drawn at
// random and put among the best candidates of earlier draws, of which the very best goes.

const POOL_SIZE = 16
const LARGEST_COUNTER = 255
/** Keys evicted between two looks at the time. */
const KEYS_PER_LOOK = 16
/** Keys that a call evicts at the most beyond its time to make up for what was written since the last call. */
const MOST_KEYS_BEYOND_TIME = 1024
const MICROSECONDS_PER_TENACITY = 50
const LINEAR_TENACITY = 10
const TENACITY_GROWTH = 1.15
const ENDLESS_TENACITY = 100
/** What lies outside the keyspace is measured at most so often while memory is short. */
const MEASURE_REST_MS = 1

/** The part of the configuration that eviction follows. */
interface EvictionOptions {
  integer(name: string): number
  text(name: string): string
  follow(names: readonly string[], listener: () => void): void
}

type Criterion = 'idle' | 'frequency' | 'expiry' | 'random'

/** A key that may be evicted; the higher the score, the sooner. */
interface Candidate {
  readonly score: number
  readonly database: Database
  readonly key: Buffer
}

const CRITERIA: Readonly<Record<string, Criterion>> = {
  lru: 'idle',
  lfu: 'frequency',
  ttl: 'expiry',
  random: 'random',
}

/** Keeps the memory of a keyspace within `maxmemory`, by the policy in `maxmemory-policy`. */
export class Eviction {
  readonly #keyspace: Keyspace
  readonly #evicted: (database: Database, key: Buffer) => void
  readonly #rules: FrequencyRules = { logFactor: 10, decayMinutes: 1 }
  /** Candidates of earlier draws, the best last. */
  #pool: Candidate[] = []
  #policy = 'noeviction'
  #criterion: Criterion | undefined
  #isVolatile = false
  #samples = 5
  #limitMs = 0
  #nextDatabase = 0
  /** `maxmemory` in bytes; 0 for no limit. */
  maxBytes = 0
  readonly #measureOthers: () => number
  #measuredAt = 0
  #otherBytes = 0
  /** Whether an eviction ran out of time and is to be gone on with. */
  isPending = false
  /** Bytes that were in use when an eviction ran out of time: writes must not take memory further than that. */
  #reachedBytes = Number.POSITIVE_INFINITY
  /** When memory was found over the limit and stayed there; undefined while it is within. */
  #exceededSinceMs: number | undefined
  #exceededMs = 0

  /**
   * @param evicted called for every key that was evicted
   * @param measureOthers bytes in use beside the keyspace's that count as well: those of clients' buffers
   */
  constructor(
    keyspace: Keyspace,
    evicted: (database: Database, key: Buffer) => void,
    measureOthers: () => number,
  ) {
    this.#keyspace = keyspace
    this.#evicted = evicted
    this.#measureOthers = measureOthers
  }

  /** Takes the options from `source` now and after every change. */
  follow(source: EvictionOptions): void {
    const names = ['maxmemory', 'maxmemory-policy', 'maxmemory-samples', 'maxmemory-eviction-tenacity']
    source.follow([...names, 'lfu-log-factor', 'lfu-decay-time'], () => {
      this.maxBytes = source.integer('maxmemory')
      if (this.maxBytes === 0) {
        this.#otherBytes = 0
        this.#noteLimit(true)
      }
      this.#samples = source.integer('maxmemory-samples')
      this.#limitMs = timeLimitMs(source.integer('maxmemory-eviction-tenacity'))
      this.#rules.logFactor = source.integer('lfu-log-factor')
      this.#rules.decayMinutes = source.integer('lfu-decay-time')
      this.#setPolicy(source.text('maxmemory-policy'))
    })
  }

  #setPolicy(policy: string): void {
    if (policy === this.#policy) return
    this.#policy = policy
    this.#isVolatile = policy.startsWith('volatile-')
    this.#criterion = CRITERIA[policy.slice(policy.indexOf('-') + 1)]
    // Scores of one policy mean nothing to another.
    this.#pool = []
    keepClocks(this.#keyspace, this.countsFrequency ? this.#rules : undefined)
  }

  /** Whether access clocks count frequency (LFU) rather than time (LRU). */
  get countsFrequency(): boolean {
    return this.#criterion === 'frequency'
  }

  /** Whether each key must have a clock of its own, so that Redis would not share values among keys. */
  get needsClocks(): boolean {
    return this.maxBytes > 0 && (this.#criterion === 'idle' || this.#criterion === 'frequency')
  }

  /** Seconds since the last access, from an entry's clock under a policy that does not count frequency. */
  idleSeconds(clock: number): number {
    return idleSeconds(clock, this.#keyspace.nowMs)
  }

  /** Access frequency on a logarithmic scale of 0 to 255, from an entry's clock under an LFU policy. */
  frequency(clock: number): number {
    return frequency(clock, this.#keyspace.nowMs, this.#rules)
  }

  /** Bytes in use, of what is limited; what lies outside the keyspace as it was measured last. */
  get usedBytes(): number {
    return this.#keyspace.usedBytes + this.#otherBytes
  }

  /** As {@link usedBytes}, measured now. */
  measure(): number {
    if (this.maxBytes > 0) this.#measure(0)
    return this.usedBytes
  }

  /** Periodic work: measures anew, and frees memory where need be; returns whether there is more to do at once. */
  round(): boolean {
    if (this.maxBytes === 0) return false
    this.#measure(0)
    if (this.isPending || this.isOverLimit) this.freeMemory()
    else this.#noteLimit(true)
    return this.isPending
  }

  /** How long memory has been over the limit without a break, in milliseconds; 0 while it is within. */
  get exceededMs(): number {
    return this.#exceededSinceMs === undefined ? 0 : performance.now() - this.#exceededSinceMs
  }

  /** How long memory has been over the limit in all since {@link resetFigures}, in milliseconds. */
  get totalExceededMs(): number {
    return this.#exceededMs + this.exceededMs
  }

  /** Forgets for how long memory was over the limit. */
  resetFigures(): void {
    this.#exceededMs = 0
    this.#exceededSinceMs = undefined
  }

  #noteLimit(isWithin: boolean): void {
    if (!isWithin) {
      this.#exceededSinceMs ??= performance.now()
      return
    }
    this.#exceededMs += this.exceededMs
    this.#exceededSinceMs = undefined
  }

  /** Measures what lies outside the keyspace, unless that was done in the last `restMs` milliseconds. */
  #measure(restMs: number): void {
    const now = performance.now()
    if (now - this.#measuredAt < restMs) return
    this.#measuredAt = now
    this.#otherBytes = this.#measureOthers()
  }

  /** Whether memory is over the limit. */
  get isOverLimit(): boolean {
    return this.maxBytes > 0 && this.usedBytes > this.maxBytes
  }

  /**
   * Brings memory below the limit where the policy allows. Returns false where it cannot; true also where it needs more
   * time than one call may take, {@link isPending} then asking for further calls.
   */
  freeMemory(): boolean {
    this.isPending = false
    if (this.isOverLimit) this.#measure(MEASURE_REST_MS)
    const isFreed = !this.isOverLimit || this.#free(performance.now() + this.#limitMs)
    this.#reachedBytes = this.isPending ? this.usedBytes : Number.POSITIVE_INFINITY
    this.#noteLimit(isFreed && !this.isPending)
    return isFreed
  }

  #free(end: number): boolean {
    // Memory that is on its way out already may be enough.
    if (!this.#finishDisposal(end)) return true
    for (let evicted = 1; this.isOverLimit; evicted++) {
      if (this.#criterion === undefined || !this.#evictOne()) return false
      if (!this.#finishDisposal(end)) return true
      if (evicted % KEYS_PER_LOOK !== 0 || this.#mustMakeUp(evicted)) continue
      if (this.#isOverTime(end)) return true
    }
    return true
  }

  /**
   * Whether more was written since the last call than this one has evicted so far. Time alone would let a client that
   * writes large values outrun the eviction of small ones, and most of all where other processes take the time.
   */
  #mustMakeUp(evicted: number): boolean {
    return evicted < MOST_KEYS_BEYOND_TIME && this.usedBytes > this.#reachedBytes
  }

  /** Gives back memory of large values that were deleted, so that no more keys go than must; false when out of time. */
  #finishDisposal(end: number): boolean {
    while (this.isOverLimit && !this.#keyspace.disposeSome(0)) if (this.#isOverTime(end)) return false
    return true
  }

  #isOverTime(end: number): boolean {
    if (performance.now() < end) return false
    this.isPending = this.isOverLimit
    return true
  }

  #evictOne(): boolean {
    const candidate = this.#criterion === 'random' ? this.#drawAny() : this.#drawBest()
    if (candidate === undefined) return false
    const { database, key } = candidate
    const entry = database.peek(key, 0, key.length)
    // One that had expired is gone by now, which is as good.
    if (entry === undefined) return true
    this.#keyspace.removalReason = 'evicted'
    database.delete(entry)
    this.#keyspace.removalReason = 'deleted'
    this.#keyspace.evictedKeys++
    this.#evicted(database, key)
    return true
  }

  #tableOf(database: Database): Table {
    return this.#isVolatile ? database.expiring : database.keys
  }

  /** Any key of the next database that has one. */
  #drawAny(): Candidate | undefined {
    const { databases } = this.#keyspace
    for (let tried = 0; tried < databases.length; tried++) {
      this.#nextDatabase = (this.#nextDatabase + 1) % databases.length
      const database = databases[this.#nextDatabase] as Database
      const address = this.#tableOf(database).random()
      if (address !== 0) return { score: 0, database, key: keyBytes(database.arena, address) }
    }
    return undefined
  }

  /** The best candidate that still exists, after drawing some more. */
  #drawBest(): Candidate | undefined {
    for (;;) {
      let found = false
      for (const database of this.#keyspace.databases) {
        if (this.#tableOf(database).size === 0) continue
        found = true
        this.#sample(database)
      }
      if (!found) return undefined
      while (this.#pool.length > 0) {
        const best = this.#pool.pop() as Candidate
        if (this.#tableOf(best.database).find(best.key, 0, best.key.length) !== 0) return best
      }
    }
  }

  #sample(database: Database): void {
    const table = this.#tableOf(database)
    for (let drawn = 0; drawn < this.#samples; drawn++) {
      const address = table.random()
      const score = this.#score(database, address)
      const worst = this.#pool[0]
      if (this.#pool.length === POOL_SIZE && worst !== undefined && score <= worst.score) continue
      const key = keyBytes(database.arena, address)
      if (this.#pool.some((each) => each.database === database && each.key.equals(key))) continue
      if (this.#pool.length === POOL_SIZE) this.#pool.shift()
      const at = this.#pool.findIndex((each) => each.score > score)
      this.#pool.splice(at < 0 ? this.#pool.length : at, 0, { score, database, key })
    }
  }

  #score(database: Database, address: number): number {
    if (this.#criterion === 'expiry') return -expiryOf(database.arena, address)
    const clock = wordsOf(database.arena, address)[wordBase(address) + 1] as number
    return this.#criterion === 'frequency' ? LARGEST_COUNTER - this.frequency(clock) : this.idleSeconds(clock)
  }
}

/** How long one call may evict, by `maxmemory-eviction-tenacity`. */
function timeLimitMs(tenacity: number): number {
  if (tenacity >= ENDLESS_TENACITY) return Number.POSITIVE_INFINITY
  const linear = Math.min(tenacity, LINEAR_TENACITY) * MICROSECONDS_PER_TENACITY
  return (linear * TENACITY_GROWTH ** Math.max(0, tenacity - LINEAR_TENACITY)) / 1000
}
