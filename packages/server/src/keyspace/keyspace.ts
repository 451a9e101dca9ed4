import { newFrequencyClock, newIdleClock } from './access-clock.ts'
import { Arena } from './arena.ts'
import { Database } from './database.ts'
import { DetachedTable } from './detached-table.ts'
import type { Entry } from './entry.ts'
import {
  blockSize,
  isObject,
  Type,
  VERSION_MASK,
  VERSION_SHIFT,
  valueWord,
  wordBase,
  wordsOf,
} from './entry-layout.ts'
import { DetachedMetadata, type MetadataOwner } from './metadata.ts'
import { type LargeValue, ObjectStore } from './objects.ts'
import { PackedLimits } from './packed-limits.ts'
import { Table } from './table.ts'

/** What the server does when something happens to keys that the keyspace finds out by itself. */
export interface KeyspaceEvents {
  /** A key was deleted because its time had come. */
  expired(database: Database, key: Buffer): void
  /** A key came into being; the place where blocked clients wait for lists, sorted sets, streams and module values. */
  created(database: Database, entry: Entry): void
}

/** Why a key loses its value. */
export type RemovalReason = 'deleted' | 'expired' | 'evicted' | 'overwritten'

/** Called by the keyspace while a snapshot is being written, before an entry that it may not have met yet changes. */
export interface SnapshotHook {
  beforeChange(database: Database, address: number): void
  /** All keys of `database` are about to go at once. */
  beforeFlush(database: Database): void
}

/** Elements of a large value that are given back at once when it is deleted; the rest follows in slices. */
const DISPOSE_AT_ONCE = 64
const DISPOSE_SLICE = 2000

/** All databases of a server and the memory they share. */
export class Keyspace {
  readonly arena = new Arena()
  readonly objects = new ObjectStore()
  readonly databases: Database[] = []
  readonly limits = new PackedLimits()
  readonly #events: KeyspaceEvents
  #disposing: LargeValue[] = []
  /** Wall clock in milliseconds since the epoch, moved on by {@link tick} once for every batch of commands. */
  nowMs = Date.now()
  /** Access clock given to new and touched entries: seconds, or the LFU clock and counter. */
  newClock = 0
  /** Whether reads move the access clock; CLIENT NO-TOUCH and loading turn it off. */
  touchOnRead = true
  /** Whether keys past their expiry are deleted and hidden. */
  expiryEnabled = true
  /** Whether reading an expired key leaves it where it is, unseen: while CLIENT PAUSE wants the data not to change. */
  keepsExpired = false
  /**
   * Moves on whenever an entry comes, goes or is moved: as long as it stays the same, every view of an entry that was valid
   * is valid still.
   */
  layoutVersion = 0
  /** Whoever attaches metadata to keys: set before the first key gets some. */
  metadata: MetadataOwner | undefined
  /** Whether modules may register classes of metadata when they are live too; DEBUG allows it. */
  metadataAtAnyTime = false
  /** Number of changes since the last save. */
  dirty = 0
  hits = 0
  misses = 0
  expiredKeys = 0
  evictedKeys = 0
  /** Called for every key that a read did not find; only set while something listens. */
  missHook: ((database: Database, key: Buffer) => void) | undefined
  snapshot: SnapshotHook | undefined
  /** Version byte given to new entries: those with another were there before the running snapshot began. */
  snapshotVersion = 0
  /** Snapshots begun since one was finished: so far back may the version of an entry lie. */
  unfinishedSnapshots = 0
  /** Replaces the plain LRU touch while an LFU policy is in force. */
  lfuTouch: ((clock: number) => number) | undefined

  constructor(databaseCount: number, events: KeyspaceEvents) {
    this.#events = events
    for (let index = 0; index < databaseCount; index++) this.databases.push(new Database(this, index))
    this.tick()
  }

  /** Reads the clock. */
  tick(): void {
    this.nowMs = Date.now()
    this.newClock = this.lfuTouch === undefined ? newIdleClock(this.nowMs) : newFrequencyClock(this.nowMs)
  }

  /** Moves the access clock of the entry at `address`. */
  touch(address: number): void {
    const words = wordsOf(this.arena, address)
    const at = wordBase(address) + 1
    words[at] = this.lfuTouch === undefined ? this.newClock : this.lfuTouch(words[at] as number)
  }

  /** Snapshot version of the entry at `address`. */
  versionOf(address: number): number {
    return ((wordsOf(this.arena, address)[wordBase(address)] as number) & VERSION_MASK) >>> VERSION_SHIFT
  }

  setVersion(address: number, version: number): void {
    const words = wordsOf(this.arena, address)
    const base = wordBase(address)
    words[base] = ((words[base] as number) & ~VERSION_MASK) | (version << VERSION_SHIFT)
  }

  expired(database: Database, key: Buffer): void {
    this.expiredKeys++
    this.#events.expired(database, key)
  }

  created(database: Database, entry: Entry, type: Type): void {
    if (type !== Type.string) this.#events.created(database, entry)
    else this.onNewString?.(database, entry.key)
  }

  /** Called before a key loses its value; only set while something listens. */
  removeHook: ((database: Database, entry: Entry, reason: RemovalReason) => void) | undefined
  /** Why keys that are deleted now are: set by whoever deletes them for another reason than a command's wish. */
  removalReason: RemovalReason = 'deleted'

  /** Called for every new string key; only set while something listens to `new` events. */
  onNewString: ((database: Database, key: Buffer) => void) | undefined

  createdString(database: Database, source: Uint8Array, from: number, to: number): void {
    if (this.onNewString !== undefined) this.onNewString(database, Buffer.from(source.subarray(from, to)))
  }

  /** Bytes that are in use by what is kept elsewhere; only set while there may be any. */
  measureElsewhere: (() => number) | undefined

  /** Bytes in use by keys, values, indexes, large values' own memory outside the arena, and what is kept elsewhere. */
  get usedBytes(): number {
    const elsewhere = this.measureElsewhere === undefined ? 0 : this.measureElsewhere()
    return this.arena.usedBytes + this.arena.indexBytes + this.objects.outsideBytes + elsewhere
  }

  /** Removes all keys of `databases` and returns how many there were. Takes constant time; memory follows in slices. */
  flush(databases: readonly Database[]): number {
    let removed = 0
    for (const database of databases) {
      removed += database.size
      this.snapshot?.beforeFlush(database)
    }
    this.layoutVersion++
    const others = this.#keepsMemory(databases)
    const metadata: DetachedMetadata[] = []
    const release = (address: number): void => this.releaseEntry(address)
    for (const database of databases) {
      if (database.metadata !== undefined) metadata.push(new DetachedMetadata(database, database.metadata))
      database.metadata = undefined
      if (others && database.size > 0) this.disposeLater(new DetachedTable(database.keys, release))
      else database.keys.discard()
      database.expiring.discard()
      database.keys = new Table(this.arena)
      database.expiring = new Table(this.arena)
      database.averageTtlMs = 0
    }
    if (!others) this.#reset()
    // Modules hear of it when nothing of the keys can be seen any more.
    for (const each of metadata) this.disposeLater(each)
    return removed
  }

  /** Whether something stays in the arena when the keys of `databases` go: other keys, or metadata to be given back. */
  #keepsMemory(databases: readonly Database[]): boolean {
    return (
      this.databases.some(
        (each) =>
          (each.metadata !== undefined && each.metadata.size > 0) ||
          (each.size > 0 && !databases.includes(each)),
      ) || this.#disposing.some((each) => each instanceof DetachedMetadata)
    )
  }

  /** Gives two databases each other's keys. A snapshot that is being taken is given up, as by a flush. */
  swap(first: Database, second: Database): void {
    this.snapshot?.beforeFlush(first)
    const { keys, expiring, metadata, averageTtlMs } = first
    this.layoutVersion++
    first.keys = second.keys
    first.expiring = second.expiring
    first.metadata = second.metadata
    first.averageTtlMs = second.averageTtlMs
    second.keys = keys
    second.expiring = expiring
    second.metadata = metadata
    second.averageTtlMs = averageTtlMs
  }

  /** Forgets all memory at once: what lies in the arena needs no walk, what lies elsewhere is disposed of in slices. */
  #reset(): void {
    const outside = [...this.objects.all(), ...this.#disposing].filter((value) => value.outside === true)
    this.objects.clear()
    this.#disposing = outside
    this.arena.reset()
    for (const { keys, expiring, metadata } of this.databases)
      this.arena.indexBytes += keys.indexBytes + expiring.indexBytes + (metadata?.indexBytes ?? 0)
  }

  /** Gives back the block of an entry that is in no index any more, and its object. */
  releaseEntry(address: number): void {
    if (isObject(this.arena, address)) this.disposeObject(valueWord(this.arena, address))
    this.arena.release(address, blockSize(this.arena, address))
  }

  disposeObject(handle: number): void {
    this.disposeLater(this.objects.take(handle))
  }

  /** Gives back a large value's memory: a little now, the rest in slices by {@link disposeSome}. */
  disposeLater(value: LargeValue): void {
    if (!value.dispose(DISPOSE_AT_ONCE)) this.#disposing.push(value)
  }

  /** Goes on giving back memory for at most `budgetMs` milliseconds; returns whether nothing is left to give back. */
  disposeSome(budgetMs: number): boolean {
    const end = performance.now() + budgetMs
    while (this.#disposing.length > 0) {
      // Values that its entries held may come behind it meanwhile.
      const at = this.#disposing.length - 1
      if (this.#disposing[at]?.dispose(DISPOSE_SLICE)) this.#disposing.splice(at, 1)
      if (performance.now() >= end) break
    }
    return this.#disposing.length === 0
  }

  /** Gives back at once what keys that were flushed had of metadata. */
  freeDetachedMetadata(): void {
    for (const each of this.#disposing) {
      if (each instanceof DetachedMetadata) while (!each.dispose(DISPOSE_SLICE));
    }
    this.#disposing = this.#disposing.filter((each) => !(each instanceof DetachedMetadata))
  }

  /** Number of large values that wait to be given back. */
  get pendingDisposals(): number {
    return this.#disposing.length
  }
}
