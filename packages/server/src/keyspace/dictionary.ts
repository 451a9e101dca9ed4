import type { Arena } from './arena.ts'
import { bytesCopy, copyBytes } from './copy-bytes.ts'
import { chunkOf, HEADER_BYTES, keyLength, keyStart, valueWord, wordBase, wordsOf } from './entry-layout.ts'
import { hashBytes } from './hash-bytes.ts'
import { Table } from './table.ts'

/**
 * A map from bytes to bytes in an {@link Arena}: the fields of a large hash, the members of a large set or sorted set.
 * Entries are named by address; an address stays valid until its entry is set to a value of another length or deleted.
 */
export class Dictionary {
  readonly arena: Arena
  readonly #table: Table
  #entryBytes = 0

  constructor(arena: Arena) {
    this.arena = arena
    this.#table = new Table(arena)
  }

  get size(): number {
    return this.#table.size
  }

  /** Bytes of all entries and of the index. */
  get memoryBytes(): number {
    return this.#entryBytes + this.#table.indexBytes
  }

  /** Address of the entry with key `source[from, to)`, or 0. */
  find(source: Uint8Array, from: number, to: number): number {
    return this.#table.find(source, from, to)
  }

  /**
   * Adds or overwrites an entry; returns whether it is new. The sources must not lie in this dictionary's own entries.
   */
  set(
    source: Uint8Array,
    from: number,
    to: number,
    value: Uint8Array,
    valueFrom: number,
    valueTo: number,
  ): boolean {
    const existing = this.#table.find(source, from, to)
    const hash = this.#table.hash
    const valueBytes = valueTo - valueFrom
    const address = this.#blockFor(hash, existing, source, from, to, valueBytes)
    const start = this.valueStart(address)
    copyBytes(value, valueFrom, valueTo, chunkOf(this.arena, address), start)
    return existing === 0
  }

  /** Whether the last {@link reserve} added its entry. */
  reservedNew = false

  /**
   * Address of the entry with key `source[from, to)`, which is added with `valueBytes` undefined bytes of value where there
   * is none. All values of a dictionary used this way have the same length.
   */
  reserve(source: Uint8Array, from: number, to: number, valueBytes: number): number {
    const existing = this.#table.find(source, from, to)
    this.reservedNew = existing === 0
    return this.#blockFor(this.#table.hash, existing, source, from, to, valueBytes)
  }

  /** Adds a key without a value; returns whether it is new. */
  add(source: Uint8Array, from: number, to: number): boolean {
    if (this.#table.find(source, from, to) !== 0) return false
    this.#blockFor(this.#table.hash, 0, source, from, to, 0)
    return true
  }

  /** Removes the entry at `address`. */
  deleteAt(address: number): void {
    const start = this.keyStart(address)
    const hash = hashBytes(this.chunk(address), start, start + this.keyLength(address))
    this.#table.remove(hash, address)
    this.#release(address)
  }

  /** Removes the entry with key `source[from, to)`; returns whether there was one. */
  delete(source: Uint8Array, from: number, to: number): boolean {
    const address = this.#table.find(source, from, to)
    if (address === 0) return false
    this.#table.remove(this.#table.hash, address)
    this.#release(address)
    return true
  }

  /** The chunk that holds the entry; the offsets of the methods below point into it. */
  chunk(address: number): Buffer {
    return chunkOf(this.arena, address)
  }

  keyStart(address: number): number {
    return keyStart(this.arena, address)
  }

  keyLength(address: number): number {
    return keyLength(this.arena, address)
  }

  valueStart(address: number): number {
    return keyStart(this.arena, address) + keyLength(this.arena, address)
  }

  valueLength(address: number): number {
    return valueWord(this.arena, address)
  }

  /** A copy of the entry's key. */
  key(address: number): Buffer {
    const start = this.keyStart(address)
    return bytesCopy(this.chunk(address), start, start + this.keyLength(address))
  }

  /** A copy of the entry's value. */
  value(address: number): Buffer {
    const start = this.valueStart(address)
    return bytesCopy(this.chunk(address), start, start + this.valueLength(address))
  }

  /** As {@link Table.scan}. */
  scan(cursor: number, count: number, visit: (address: number) => void): number {
    return this.#table.scan(cursor, count, visit)
  }

  /** As {@link Table.forEach}. */
  forEach(visit: (address: number) => void): void {
    this.#table.forEach(visit)
  }

  /** Address of an entry drawn at random, or 0. */
  random(): number {
    return this.#table.random()
  }

  /** Gives back the memory of up to about `limit` entries; returns whether all is given back. The dictionary is unusable after. */
  dispose(limit: number): boolean {
    return this.#table.drain(limit, (address) => this.#release(address))
  }

  #blockFor(
    hash: number,
    existing: number,
    source: Uint8Array,
    from: number,
    to: number,
    valueBytes: number,
  ): number {
    if (existing !== 0) {
      if (valueWord(this.arena, existing) === valueBytes) return existing
      this.#table.remove(hash, existing)
      this.#release(existing)
    }
    const size = HEADER_BYTES + to - from + valueBytes
    const address = this.arena.allocate(size)
    this.#entryBytes += size
    const words = wordsOf(this.arena, address)
    const base = wordBase(address)
    words[base] = 0
    words[base + 1] = 0
    words[base + 2] = to - from
    words[base + 3] = valueBytes
    copyBytes(source, from, to, chunkOf(this.arena, address), (base << 2) + HEADER_BYTES)
    this.#table.insert(hash, address)
    return address
  }

  #release(address: number): void {
    const size = HEADER_BYTES + keyLength(this.arena, address) + valueWord(this.arena, address)
    this.#entryBytes -= size
    this.arena.release(address, size)
  }
}
