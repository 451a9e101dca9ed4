import {
  type BytesLike,
  type DataType,
  type HashValue,
  type Key,
  type KeyMode,
  type KeyspaceEventClass,
  type KeyType,
  type ListValue,
  type OwnValue,
  ReadOnlyKeyError,
  type SetValue,
  type SortedSetValue,
  StaleKeyError,
  type StringValue,
} from '@modis/sdk'
import type { Database } from '../../keyspace/database.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { TYPE_NAMES, Type } from '../../keyspace/entry-layout.ts'
import type { ModuleValue } from '../data-types.ts'
import type { Access } from './access.ts'
import { bufferOf, integerOf } from './bytes.ts'
import { HashView } from './hash-view.ts'
import { ListView } from './list-view.ts'
import { OwnView } from './own-view.ts'
import { SetView } from './set-view.ts'
import { SortedSetView } from './sorted-set-view.ts'
import { StringView } from './string-view.ts'

/**
 * A key opened by a module. Its entry is looked up anew by each operation, because other handles may have moved it, unless
 * the keyspace says that nothing has been moved since the last one.
 */
export class KeyHandle implements Key {
  readonly access: Access
  readonly database: Database
  /** The name is `bytes[from, to)`: of a key among the arguments, the request's own bytes, see {@link keepName}. */
  bytes: Buffer
  from: number
  to: number
  readonly mode: KeyMode
  /** The argument key opened before this one by the same call. */
  previous: KeyHandle | undefined
  #isNameBorrowed = false
  #entry: Entry | undefined
  #layoutVersion = -1

  constructor(access: Access, database: Database, bytes: Buffer, from: number, to: number, mode: KeyMode) {
    this.access = access
    this.database = database
    this.bytes = bytes
    this.from = from
    this.to = to
    this.mode = mode
  }

  /**
   * The entry for reading, or undefined.
   * @throws StaleKeyError
   */
  read(): Entry | undefined {
    if (!this.access.active) throw this.#stale()
    const { keyspace } = this.database
    if (this.#layoutVersion === keyspace.layoutVersion) return this.#entry
    this.#entry = this.database.read(this.bytes, this.from, this.to)
    this.#layoutVersion = keyspace.layoutVersion
    return this.#entry
  }

  /**
   * The entry that is about to be changed, or undefined.
   * @throws StaleKeyError
   * @throws ReadOnlyKeyError
   */
  write(): Entry | undefined {
    this.requireWritable()
    const { keyspace } = this.database
    const isKnown = this.#layoutVersion === keyspace.layoutVersion
    // While a snapshot is written, it has to see the entry before it changes.
    if (isKnown && keyspace.snapshot === undefined) return this.#entry
    this.#entry = this.database.write(this.bytes, this.from, this.to)
    this.#layoutVersion = keyspace.layoutVersion
    return this.#entry
  }

  /**
   * @throws StaleKeyError
   * @throws ReadOnlyKeyError
   */
  requireWritable(): void {
    if (!this.access.active) throw this.#stale()
    if (this.mode === 'R') throw new ReadOnlyKeyError(this.#text())
  }

  /** Says that the name lies in memory that is used for other requests once the handler has returned or awaited. */
  borrowName(previous: KeyHandle | undefined): void {
    this.#isNameBorrowed = true
    this.previous = previous
  }

  /** Copies the name, for a command that goes on after its handler has returned or awaited. */
  keepName(): void {
    if (!this.#isNameBorrowed) return
    const name = this.name
    this.bytes = name
    this.from = 0
    this.to = name.length
    this.#isNameBorrowed = false
  }

  get #isNameLost(): boolean {
    return this.#isNameBorrowed && !this.access.active
  }

  #stale(): StaleKeyError {
    return new StaleKeyError(this.#isNameLost ? undefined : this.#text())
  }

  #text(): string {
    return this.bytes.toString('utf8', this.from, this.to)
  }

  /** Records that the value was changed: watchers, the count of changes and the keyspace event follow. */
  changed(eventClass: KeyspaceEventClass, event: string, dirty = 1): void {
    const { server } = this.access.runtime
    server.keyspace.dirty += dirty
    if (server.changesAreIdle) return
    server.signalChange(this.database, this.name, eventClass, event)
  }

  /** Records that the value was changed without an event: modules send those of their data types themselves. */
  touched(): void {
    const { server } = this.access.runtime
    server.keyspace.dirty++
    if (server.changesAreFollowed) server.keyChanged(this.database, this.name)
    if (server.blocking.hasWaiters(this.database)) server.blocking.signal(this.database, this.name)
  }

  /** As {@link changed}, after elements were removed: a value left without any goes, with its key. */
  changedToEmpty(
    entry: Entry,
    isEmpty: boolean,
    eventClass: KeyspaceEventClass,
    event: string,
    dirty = 1,
  ): void {
    if (isEmpty) this.database.delete(entry)
    this.changed(eventClass, event, dirty)
    if (isEmpty) this.changed('generic', 'del', 0)
  }

  get name(): Buffer {
    if (this.#isNameLost) throw this.#stale()
    return Buffer.from(this.bytes.subarray(this.from, this.to))
  }

  get db(): number {
    return this.database.index
  }

  get exists(): boolean {
    return this.read() !== undefined
  }

  get type(): KeyType {
    const entry = this.read()
    return entry === undefined ? 'none' : TYPE_NAMES[entry.type]
  }

  get typeName(): string {
    const entry = this.read()
    if (entry === undefined) return 'none'
    return entry.type === Type.module ? entry.object<ModuleValue>().type.name : TYPE_NAMES[entry.type]
  }

  get ttlMs(): number | null {
    const expiry = this.read()?.expiry ?? -1
    return expiry < 0 ? null : Math.max(expiry - this.database.keyspace.nowMs, 0)
  }

  get expiresAtMs(): number | null {
    const expiry = this.read()?.expiry ?? -1
    return expiry < 0 ? null : expiry
  }

  expireIn(ms: number): boolean {
    return this.expireAt(this.database.keyspace.nowMs + integerOf(ms, 'the time to live'))
  }

  expireAt(unixTimeMs: number): boolean {
    const entry = this.write()
    if (entry === undefined) return false
    const { keyspace } = this.database
    if (integerOf(unixTimeMs, 'the expiry') <= keyspace.nowMs && keyspace.expiryEnabled) {
      this.database.delete(entry)
      this.changed('generic', 'del')
      return true
    }
    this.database.setExpiry(entry, unixTimeMs)
    this.changed('generic', 'expire')
    return true
  }

  persist(): boolean {
    const entry = this.write()
    if (entry === undefined || entry.expiry < 0) return false
    this.database.setExpiry(entry, -1)
    this.changed('generic', 'persist')
    return true
  }

  delete(): boolean {
    const entry = this.write()
    if (entry === undefined) return false
    this.database.delete(entry)
    this.changed('generic', 'del')
    return true
  }

  unlink(): boolean {
    return this.delete()
  }

  rename(name: BytesLike): boolean {
    const entry = this.write()
    if (entry === undefined) return false
    const target = Buffer.from(bufferOf(name))
    if (target.equals(this.bytes.subarray(this.from, this.to))) return true
    const { database } = this
    const { server } = this.access.runtime
    const replaced = database.write(target, 0, target.length)
    if (replaced !== undefined) database.delete(replaced)
    // Deleting another key leaves this entry where it is.
    database.moveTo(entry, database, target, 0, target.length)
    this.changed('generic', 'rename_from')
    server.signalChange(database, target, 'generic', 'rename_to')
    return true
  }

  get string(): StringValue {
    return new StringView(this)
  }

  get list(): ListValue {
    return new ListView(this)
  }

  get hash(): HashValue {
    return new HashView(this)
  }

  get set(): SetValue {
    return new SetView(this)
  }

  get sortedSet(): SortedSetValue {
    return new SortedSetView(this)
  }

  value<Value>(type: DataType<Value>): OwnValue<Value> {
    return new OwnView(this, type)
  }
}
