import type { Database } from './database.ts'
import { expiryOf, keyBytes } from './entry-layout.ts'
import type { Keyspace } from './keyspace.ts'

// Keys past their expiry go when somebody asks for them; those that nobody asks for are found here. Like Redis's, the
// cycle looks at a few keys at a time and goes on as long as many of them have expired.

const KEYS_PER_LOOK = 20
const KEYS_PER_EFFORT = 5
/** Percentage of expired keys up to which the cycle leaves a database alone. */
const ACCEPTABLE_PERCENT = 10
/** Weight of the newest figures in running means. */
const STALE_WEIGHT = 0.05
const TTL_WEIGHT = 0.02

/** Finds and deletes expired keys, a little at a time. */
export class ExpiryCycle {
  readonly #keyspace: Keyspace
  readonly #cursors = new WeakMap<Database, number>()
  #nextDatabase = 0
  /** `active-expire-effort` less 1: 0 to 9. */
  effort = 0
  /** Estimated percentage of the keys with an expiry that have expired and are still there. */
  stalePercent = 0
  /** Number of times a call had to stop for lack of time. */
  timeLimitReached = 0
  /** Time spent, in milliseconds. */
  spentMs = 0
  /** False leaves expired keys to whoever asks for them; for tests. */
  isEnabled = true

  constructor(keyspace: Keyspace) {
    this.#keyspace = keyspace
  }

  /** Sets its figures back to zero. */
  resetFigures(): void {
    this.stalePercent = 0
    this.timeLimitReached = 0
    this.spentMs = 0
  }

  /** Works for at most about `budgetMs` milliseconds; returns whether there is more to do at once. */
  run(budgetMs: number): boolean {
    const { databases, expiryEnabled } = this.#keyspace
    if (!this.isEnabled || !expiryEnabled || databases.every((each) => each.expiring.size === 0)) {
      this.stalePercent = 0
      return false
    }
    const start = performance.now()
    const end = start + budgetMs
    const look: Look = { sampled: 0, expired: 0 }
    let isOut = false
    for (let tried = 0; tried < databases.length && !isOut; tried++) {
      // The next call begins with the next database, so that a busy one does not starve the others.
      const database = databases[this.#nextDatabase++ % databases.length] as Database
      isOut = this.#runDatabase(database, look, end)
    }
    if (isOut) this.timeLimitReached++
    const percent = look.sampled === 0 ? 0 : (100 * look.expired) / look.sampled
    this.stalePercent += (percent - this.stalePercent) * STALE_WEIGHT
    this.spentMs += performance.now() - start
    return isOut
  }

  /** Looks at keys of a database until few of them have expired; returns whether the time ran out before. */
  #runDatabase(database: Database, total: Look, end: number): boolean {
    const acceptable = ACCEPTABLE_PERCENT - this.effort
    while (database.expiring.size > 0) {
      const { sampled, expired } = this.#look(database)
      total.sampled += sampled
      total.expired += expired
      if (sampled > 0 && (expired * 100) / sampled <= acceptable) return false
      if (performance.now() >= end) return true
    }
    database.averageTtlMs = 0
    return false
  }

  #look(database: Database): Look {
    const { arena } = database
    const now = this.#keyspace.nowMs
    const due: Buffer[] = []
    let sampled = 0
    let alive = 0
    let ttlSum = 0
    const count = KEYS_PER_LOOK + KEYS_PER_EFFORT * this.effort
    const cursor = database.expiring.scan(this.#cursors.get(database) ?? 0, count, (address) => {
      sampled++
      const ttlMs = expiryOf(arena, address) - now
      if (ttlMs < 0) due.push(keyBytes(arena, address))
      else {
        alive++
        ttlSum += ttlMs
      }
    })
    this.#cursors.set(database, cursor)
    // The walk over, a look at those past their time deletes them.
    for (const key of due) database.peek(key, 0, key.length)
    if (alive > 0) {
      const mean = ttlSum / alive
      const weight = database.averageTtlMs === 0 ? 1 : TTL_WEIGHT
      database.averageTtlMs += (mean - database.averageTtlMs) * weight
    }
    return { sampled, expired: due.length }
  }
}

interface Look {
  sampled: number
  expired: number
}
