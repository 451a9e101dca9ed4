import type { Database } from '../../keyspace/database.ts'
import { Entry } from '../../keyspace/entry.ts'
import { keyLength, keyStart } from '../../keyspace/entry-layout.ts'
import type { Keyspace, SnapshotHook } from '../../keyspace/keyspace.ts'
import { METADATA_RDB_VERSION, RdbOpcode } from './format.ts'
import type { RdbWriter } from './rdb-writer.ts'
import type { ValueCodec } from './value-codec.ts'
import { savedMetadata, savesMetadata } from './values/metadata.ts'

const MAX_VERSION = 255
const SCAN_COUNT = 64

/** What a file says of the server that wrote it, beyond the keys. */
export interface SaveInfo {
  /** Fields at the head of the file. */
  readonly fields: Readonly<Record<string, string>>
  /** Writes what modules want to stand before and after the keys. */
  writeAux(writer: RdbWriter, when: 'before' | 'after'): void
  /** Eviction policy in force: whether idle times or access frequencies are worth saving. */
  readonly clocks: 'none' | 'lru' | 'lfu'
}

/**
 * Writes one snapshot of a keyspace, as it was when the job began, while commands go on.
 *
 * The job walks the keys a little at a time. Every entry carries the number of the last snapshot it was written to;
 * before a key that this snapshot has not met changes or goes, the keyspace has the job write it first. Keys made
 * after the beginning are born with the snapshot's number and are left out. A flush ends the walk: see {@link aborted}.
 */
export class SaveJob implements SnapshotHook {
  readonly #keyspace: Keyspace
  readonly #writer: RdbWriter
  readonly #values: ValueCodec
  readonly #info: SaveInfo
  readonly #version: number
  #databaseAt = 0
  #cursor = 0
  #selected: Database | undefined
  /** The databases were flushed while the snapshot was being taken, so what is written is of no use. */
  aborted = false
  /** Keys written. */
  keys = 0
  #failure: { readonly error: unknown } | undefined

  constructor(keyspace: Keyspace, writer: RdbWriter, values: ValueCodec, info: SaveInfo) {
    this.#keyspace = keyspace
    this.#writer = writer
    this.#values = values
    this.#info = info
    if (keyspace.unfinishedSnapshots === MAX_VERSION - 1) makeAllCurrent(keyspace)
    this.#version = keyspace.snapshotVersion === MAX_VERSION ? 1 : keyspace.snapshotVersion + 1
    // What a module has to say before the keys may fail, and a snapshot that never began must not be told of changes.
    this.#begin()
    keyspace.snapshotVersion = this.#version
    keyspace.unfinishedSnapshots++
    keyspace.snapshot = this
  }

  #begin(): void {
    const writer = this.#writer
    const version = savesMetadata(this.#keyspace.databases) ? METADATA_RDB_VERSION : this.#values.version
    writer.raw(Buffer.from(`REDIS${String(version).padStart(4, '0')}`))
    for (const [name, value] of Object.entries(this.#info.fields)) {
      writer.byte(RdbOpcode.aux)
      writer.text(name)
      writer.text(value)
    }
    this.#info.writeAux(writer, 'before')
  }

  /**
   * Writes for about `budgetMs` milliseconds; returns whether all keys are written.
   * @throws what a module's data type threw when a value of it was saved, now or since the last step
   */
  step(budgetMs: number): boolean {
    if (this.#failure !== undefined) throw this.#failure.error
    const end = performance.now() + budgetMs
    while (this.#databaseAt < this.#keyspace.databases.length) {
      if (performance.now() >= end) return false
      const database = this.#keyspace.databases[this.#databaseAt] as Database
      this.#cursor = database.keys.scan(this.#cursor, SCAN_COUNT, (address) => this.#write(database, address))
      if (this.#cursor === 0) this.#databaseAt++
    }
    this.#keyspace.unfinishedSnapshots = 0
    return true
  }

  /** Writes the end of the file and lets go of the keyspace. */
  finish(): void {
    this.#info.writeAux(this.#writer, 'after')
    this.#writer.byte(RdbOpcode.end)
    this.#writer.checksum()
    this.#writer.end()
    this.release()
  }

  /** Lets go of the keyspace. */
  release(): void {
    if (this.#keyspace.snapshot === this) this.#keyspace.snapshot = undefined
  }

  /** A value that cannot be saved is the end of the snapshot, not of the command that changes it. */
  beforeChange(database: Database, address: number): void {
    try {
      this.#write(database, address)
    } catch (error) {
      this.#failure = { error }
      this.release()
    }
  }

  beforeFlush(_database: Database): void {
    this.aborted = true
    this.release()
  }

  #write(database: Database, address: number): void {
    if (this.#keyspace.versionOf(address) === this.#version) return
    this.#keyspace.setVersion(address, this.#version)
    if (this.#selected !== database) this.#select(database)
    const entry = new Entry(database, 0, address)
    writeKey(this.#writer, this.#values, entry, this.#info.clocks, this.#keyspace)
    this.keys++
  }

  #select(database: Database): void {
    this.#selected = database
    this.#writer.byte(RdbOpcode.selectDatabase)
    this.#writer.length(database.index)
    this.#writer.byte(RdbOpcode.resizeDatabase)
    this.#writer.length(database.keys.size)
    this.#writer.length(database.expiring.size)
  }
}

/**
 * Gives every entry the number of the last snapshot, as if that had been finished: the next has a number that no entry
 * has. Needed once in 254 snapshots that fail one after another, because numbers are used anew after 255.
 */
function makeAllCurrent(keyspace: Keyspace): void {
  for (const { keys } of keyspace.databases) {
    keys.forEach((address) => {
      keyspace.setVersion(address, keyspace.snapshotVersion)
    })
  }
  keyspace.unfinishedSnapshots = 0
}

/** Writes one key with its expiry and value. */
function writeKey(
  writer: RdbWriter,
  values: ValueCodec,
  entry: Entry,
  clocks: SaveInfo['clocks'],
  keyspace: Keyspace,
): void {
  const { expiry } = entry
  if (expiry >= 0) {
    writer.byte(RdbOpcode.expiryMs)
    writer.time(expiry)
  }
  if (clocks === 'lru') {
    writer.byte(RdbOpcode.idle)
    writer.length((keyspace.newClock - entry.clock) & 0xffffff)
  } else if (clocks === 'lfu') {
    writer.byte(RdbOpcode.frequency)
    writer.byte(entry.clock & 0xff)
  }
  const metadata = entry.hasMetadata ? savedMetadata(entry) : undefined
  if (metadata !== undefined) writer.raw(metadata)
  writer.byte(values.typeOf(entry))
  const { arena } = keyspace
  const from = keyStart(arena, entry.address)
  writer.string(entry.bytes, from, from + keyLength(arena, entry.address))
  values.write(writer, entry)
}
