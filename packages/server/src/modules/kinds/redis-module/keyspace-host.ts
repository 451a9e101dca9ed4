import type { ByteSource, KeyState, Slice } from '@modis/bridge'
import { ByteRange } from '../../../keyspace/byte-range.ts'
import type { Database } from '../../../keyspace/database.ts'
import type { Entry } from '../../../keyspace/entry.ts'
import { Encoding, keyBytes, Type } from '../../../keyspace/entry-layout.ts'
import * as hashes from '../../../keyspace/types/hash.ts'
import * as lists from '../../../keyspace/types/list.ts'
import * as sets from '../../../keyspace/types/set.ts'
import { plainEncoding, readString, replaceString, stringLength } from '../../../keyspace/types/string.ts'
import * as zsets from '../../../keyspace/types/zset.ts'
import type { Server } from '../../../server.ts'
import type { ModuleValue, RegisteredType } from '../../data-types.ts'
import { KEY_TYPES } from './numbers.ts'

const WRITE = 1 << 1
const NO_TOUCH = 1 << 16
const NO_STATS = 1 << 18
const NO_EXPIRE = 1 << 19
const NO_EFFECTS = 1 << 20
const ACCESS_EXPIRED = 1 << 21
const SCAN_COUNT = 10
const NO_STRING = Buffer.alloc(0)

/** The bytes of a slice, which the bridge keeps in a Buffer. */
export function bufferOf(slice: Slice): Buffer {
  return slice.bytes as Buffer
}

/** A copy of a slice. */
export function copyOf(slice: Slice): Buffer {
  return Buffer.from(slice.bytes.subarray(slice.start, slice.end))
}

/** Keys and their expiry for Redis modules: the part of the bridge's host that every kind of value needs. */
export class KeyHost {
  readonly server: Server
  /** Data types of Redis modules by the bridge's numbers. */
  readonly types = new Map<number, RegisteredType>()
  readonly #typeNumbers = new Map<RegisteredType, number>()

  constructor(server: Server) {
    this.server = server
  }

  addTypeNumber(number: number, type: RegisteredType): void {
    this.types.set(number, type)
    this.#typeNumbers.set(type, number)
  }

  protected database(db: number): Database {
    return this.server.keyspace.databases[db] as Database
  }

  protected peek(db: number, key: Slice): Entry | undefined {
    return this.database(db).peek(bufferOf(key), key.start, key.end)
  }

  /** The entry that is about to be changed, where it is of `type`. */
  protected writable(db: number, key: Slice, type: number): Entry | undefined {
    const entry = this.database(db).write(bufferOf(key), key.start, key.end)
    return entry?.type === type ? entry : undefined
  }

  openKey(db: number, key: Slice, mode: number, state: KeyState): void {
    const entry = this.#lookUp(this.database(db), key, mode)
    state.length = 0
    if (entry === undefined) {
      state.type = 0
      return
    }
    const { type } = entry
    state.type = KEY_TYPES[type] ?? 0
    switch (type) {
      case Type.string:
        state.length = stringLength(entry)
        break
      case Type.list:
        state.length = lists.size(entry)
        break
      case Type.set:
        state.length = sets.size(entry)
        break
      case Type.hash:
        state.length = hashes.size(entry)
        break
      case Type.zset:
        state.length = zsets.size(entry)
        break
      case Type.module:
        this.#openModuleValue(entry, state)
    }
  }

  #lookUp(database: Database, key: Slice, mode: number): Entry | undefined {
    const leavesExpired = (mode & (NO_EXPIRE | NO_EFFECTS | ACCESS_EXPIRED)) !== 0
    return leavesExpired ? this.#lookUpExpired(database, key, mode) : this.#find(database, key, mode)
  }

  #find(database: Database, key: Slice, mode: number): Entry | undefined {
    const bytes = bufferOf(key)
    if ((mode & NO_EFFECTS) !== 0) return database.peek(bytes, key.start, key.end)
    if ((mode & WRITE) !== 0) return database.write(bytes, key.start, key.end)
    if ((mode & (NO_TOUCH | NO_STATS)) !== 0) return database.peek(bytes, key.start, key.end)
    return database.read(bytes, key.start, key.end)
  }

  /** The lookup of a key whose time may have come and that stays in any case, seen or unseen. */
  #lookUpExpired(database: Database, key: Slice, mode: number): Entry | undefined {
    const { keyspace } = this.server
    const { keepsExpired, expiryEnabled } = keyspace
    if ((mode & ACCESS_EXPIRED) !== 0) keyspace.expiryEnabled = false
    else keyspace.keepsExpired = true
    try {
      return this.#find(database, key, mode)
    } finally {
      keyspace.keepsExpired = keepsExpired
      keyspace.expiryEnabled = expiryEnabled
    }
  }

  /** A value of a module written in TypeScript has a type no Redis module knows. */
  #openModuleValue(entry: Entry, state: KeyState): void {
    const { objects } = this.server.keyspace
    const handle = entry.handle
    if (objects.nativeType(handle) === 0) {
      const value = entry.object<ModuleValue>()
      const number = this.#typeNumbers.get(value.type)
      if (number !== undefined) objects.noteNative(handle, number, value.content as number)
    }
    state.moduleType = objects.nativeType(handle)
    state.value = objects.nativeAddress(handle)
  }

  keyExists(db: number, key: Slice): boolean {
    return this.peek(db, key) !== undefined
  }

  deleteKey(db: number, key: Slice, _async: boolean): boolean {
    const database = this.database(db)
    const entry = database.write(bufferOf(key), key.start, key.end)
    if (entry === undefined) return false
    database.delete(entry)
    return true
  }

  signalModified(db: number, key: Slice): void {
    this.server.keyspace.dirty++
    if (this.server.changesAreFollowed) this.server.keyChanged(this.database(db), copyOf(key))
  }

  keysModified(count: number): void {
    this.server.keyspace.dirty += count
  }

  expireGet(db: number, key: Slice): number {
    return this.peek(db, key)?.expiry ?? -1
  }

  expireSet(db: number, key: Slice, atMs: number): boolean {
    const database = this.database(db)
    const entry = database.write(bufferOf(key), key.start, key.end)
    if (entry === undefined) return false
    database.setExpiry(entry, atMs)
    return true
  }

  dbSize(db: number): number {
    return this.database(db).size
  }

  randomKey(db: number): ByteSource | null {
    return this.database(db).randomKey() ?? null
  }

  resetDataset(_restartAof: boolean, isAsync: boolean): void {
    const { keyspace } = this.server
    keyspace.dirty += this.server.flush(keyspace.databases, isAsync)
  }

  idleGet(db: number, key: Slice): number {
    const entry = this.peek(db, key)
    const { eviction } = this.server
    return entry === undefined || eviction.countsFrequency ? -1 : eviction.idleSeconds(entry.clock) * 1000
  }

  idleSet(db: number, key: Slice, idleMs: number): boolean {
    const entry = this.peek(db, key)
    if (entry === undefined || this.server.eviction.countsFrequency) return false
    entry.clock = Math.floor((this.server.keyspace.nowMs - idleMs) / 1000)
    return true
  }

  frequencyGet(db: number, key: Slice): number {
    const entry = this.peek(db, key)
    const { eviction } = this.server
    return entry === undefined || !eviction.countsFrequency ? -1 : eviction.frequency(entry.clock)
  }

  frequencySet(db: number, key: Slice, frequency: number): boolean {
    const entry = this.peek(db, key)
    if (entry === undefined || !this.server.eviction.countsFrequency) return false
    entry.clock = (entry.clock & ~0xff) | (frequency & 0xff)
    return true
  }

  moduleValueSet(db: number, key: Slice, type: number, value: number): void {
    const database = this.database(db)
    const existing = database.write(bufferOf(key), key.start, key.end)
    if (existing !== undefined) database.delete(existing)
    const content = (this.types.get(type) as RegisteredType).create(value)
    database.createObject(bufferOf(key), key.start, key.end, Type.module, content)
  }

  moduleValueReplace(db: number, key: Slice, _type: number, value: number): void {
    const entry = this.writable(db, key, Type.module)
    if (entry === undefined) return
    entry.object<ModuleValue>().replace(value, false)
    this.server.keyspace.objects.noteNative(entry.handle, 0, 0)
  }

  scan(db: number, cursor: number, each: (key: ByteSource) => void): number {
    const database = this.database(db)
    const found: number[] = []
    const next = database.keys.scan(cursor, SCAN_COUNT, (address) => found.push(address))
    // The module may change any key while it is called, so the names are copied out first.
    const names = found
      .filter((address) => !database.hasExpired(address))
      .map((address) => keyBytes(database.arena, address))
    for (const name of names) each(name)
    return next
  }

  scanKey(
    db: number,
    key: Slice,
    cursor: number,
    each: (field: ByteSource, value: ByteSource | null) => void,
  ): number {
    const entry = this.peek(db, key)
    if (entry === undefined) return 0
    const found: [field: Buffer, value: Buffer | null][] = []
    const next = scanElements(entry, cursor, found)
    for (const [field, value] of found) each(field, value)
    return next
  }

  stringGet(db: number, key: Slice): ByteSource | null {
    const entry = this.peek(db, key)
    if (entry?.type !== Type.string) return null
    // Redis gives modules the bytes of a string themselves, for which it undoes any other encoding.
    if (entry.encoding !== Encoding.object) entry.encoding = Encoding.raw
    const range = new ByteRange()
    readString(entry, range)
    return { bytes: range.bytes, start: range.from, end: range.to }
  }

  stringSet(db: number, key: Slice, value: Slice, inPlace: boolean): void {
    const database = this.database(db)
    const bytes = bufferOf(value)
    const encoding = inPlace ? Encoding.raw : plainEncoding(value.end - value.start)
    const entry = inPlace ? this.writable(db, key, Type.string) : undefined
    if (entry !== undefined) replaceString(entry, bytes, value.start, value.end, encoding)
    else database.setString(bufferOf(key), key.start, key.end, bytes, value.start, value.end, encoding, -1)
  }
}

/** One step over the elements of a collection, copied. */
function scanElements(entry: Entry, cursor: number, found: [field: Buffer, value: Buffer | null][]): number {
  const copy = (bytes: Buffer, from: number, to: number): Buffer => Buffer.from(bytes.subarray(from, to))
  switch (entry.type) {
    case Type.hash:
      return hashes.scan(entry, cursor, SCAN_COUNT, (bytes, from, to, valueBytes, valueFrom, valueTo) => {
        found.push([copy(bytes, from, to), copy(valueBytes, valueFrom, valueTo)])
      })
    case Type.set:
      return sets.scan(entry, cursor, SCAN_COUNT, (bytes, from, to) =>
        found.push([copy(bytes, from, to), null]),
      )
    case Type.zset:
      return zsets.scan(entry, cursor, SCAN_COUNT, (bytes, from, to, score) => {
        found.push([copy(bytes, from, to), Buffer.from(String(score))])
      })
    default:
      found.push([NO_STRING, null])
      return 0
  }
}
