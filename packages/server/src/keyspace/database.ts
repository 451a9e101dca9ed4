import { Arena } from './arena.ts'
import { bytesCopy, copyBytes } from './copy-bytes.ts'
import { Entry } from './entry.ts'
import {
  blockSize,
  chunkOf,
  ENCODING_MASK,
  ENCODING_SHIFT,
  Encoding,
  EXPIRY_BYTES,
  expiryOf,
  HAS_EXPIRY,
  HAS_METADATA,
  HEADER_BYTES,
  isObject,
  keyBytes,
  keyLength,
  keyStart,
  TYPE_MASK,
  Type,
  VERSION_MASK,
  VERSION_SHIFT,
  valueWord,
  wordBase,
  wordsOf,
} from './entry-layout.ts'
import { hashBytes } from './hash-bytes.ts'
import type { Keyspace } from './keyspace.ts'
import { detachMovedMetadata, takeMetadata, writeMetadata } from './metadata.ts'
import { LargeString, type LargeValue } from './objects.ts'
import { Table } from './table.ts'

/** Strings longer than this are objects of their own. */
export const MAX_INLINE_STRING_BYTES = 64 * 1024

/** One numbered database: its keys, their values and expiries. */
export class Database {
  readonly keyspace: Keyspace
  readonly arena: Arena
  index: number
  /** Index of all keys. */
  keys: Table
  /** Index of the keys that have an expiry: the same entries. */
  expiring: Table
  /** What modules have attached to keys, by key; undefined as long as there is nothing. */
  metadata: Table | undefined
  /** Mean time to live sampled by the expiry cycle, in milliseconds. */
  averageTtlMs = 0

  constructor(keyspace: Keyspace, index: number) {
    this.keyspace = keyspace
    this.arena = keyspace.arena
    this.index = index
    this.keys = new Table(this.arena)
    this.expiring = new Table(this.arena)
  }

  /** Number of keys, those which have expired but were not found out yet included. */
  get size(): number {
    return this.keys.size
  }

  /**
   * The entry of key `source[from, to)` for reading, or undefined. Deletes it first where it has expired, counts a hit
   * or a miss, and moves the access clock.
   */
  read(source: Uint8Array, from: number, to: number): Entry | undefined {
    const address = this.#live(source, from, to)
    const keyspace = this.keyspace
    if (address === 0) {
      keyspace.misses++
      if (keyspace.missHook !== undefined) keyspace.missHook(this, source.subarray(from, to) as Buffer)
      return undefined
    }
    keyspace.hits++
    if (keyspace.touchOnRead) keyspace.touch(address)
    return new Entry(this, this.keys.hash, address)
  }

  /** As {@link read}, leaving the access clock as it is: for commands that ask about a key without using its value. */
  look(source: Uint8Array, from: number, to: number): Entry | undefined {
    const { keyspace } = this
    const { touchOnRead } = keyspace
    keyspace.touchOnRead = false
    const entry = this.read(source, from, to)
    keyspace.touchOnRead = touchOnRead
    return entry
  }

  /** The entry of a key that is about to be changed, or undefined; as {@link read} without counting. */
  write(source: Uint8Array, from: number, to: number): Entry | undefined {
    const address = this.#live(source, from, to, false)
    if (address === 0) return undefined
    const keyspace = this.keyspace
    if (keyspace.snapshot !== undefined) keyspace.snapshot.beforeChange(this, address)
    if (keyspace.touchOnRead) keyspace.touch(address)
    return new Entry(this, this.keys.hash, address)
  }

  /** The entry of a key without any effect but the deletion of an expired one: for introspection. */
  peek(source: Uint8Array, from: number, to: number): Entry | undefined {
    const address = this.#live(source, from, to)
    return address === 0 ? undefined : new Entry(this, this.keys.hash, address)
  }

  /** The view of an entry whose address is known, such as one a scan visited. */
  entryAt(address: number): Entry {
    const start = keyStart(this.arena, address)
    const hash = hashBytes(chunkOf(this.arena, address), start, start + keyLength(this.arena, address))
    return new Entry(this, hash, address)
  }

  /** Whether the entry at `address` has expired by the keyspace's clock. */
  hasExpired(address: number): boolean {
    const words = wordsOf(this.arena, address)
    if (((words[wordBase(address)] as number) & HAS_EXPIRY) === 0) return false
    return this.keyspace.expiryEnabled && expiryOf(this.arena, address) < this.keyspace.nowMs
  }

  /** @param mayKeep whether an expired key may stay where it is, unseen; one that is about to be changed may not */
  #live(source: Uint8Array, from: number, to: number, mayKeep = true): number {
    const address = this.keys.find(source, from, to)
    if (address === 0 || !this.hasExpired(address)) return address
    if (mayKeep && this.keyspace.keepsExpired) return 0
    this.expire(new Entry(this, this.keys.hash, address))
    return 0
  }

  /** Deletes a key because its time has come. */
  expire(entry: Entry): void {
    const key = entry.key
    this.keyspace.removalReason = 'expired'
    this.delete(entry)
    this.keyspace.removalReason = 'deleted'
    this.keyspace.expired(this, key)
  }

  /**
   * Adds key `source[from, to)`, which must not exist, with `valueLength` inline bytes of undefined contents. The
   * value is to be written at the returned view's `start`.
   */
  create(
    source: Uint8Array,
    from: number,
    to: number,
    type: Type,
    encoding: Encoding,
    valueLength: number,
    expiry = -1,
  ): Entry {
    const hash = hashBytes(source, from, to)
    const entry = new Entry(
      this,
      hash,
      this.#newEntry(hash, source, from, to, type, encoding, valueLength, expiry),
    )
    this.keyspace.created(this, entry, type)
    return entry
  }

  /** As {@link create}, with an object as the value. */
  createObject(
    source: Uint8Array,
    from: number,
    to: number,
    type: Type,
    value: LargeValue,
    expiry = -1,
  ): Entry {
    const entry = this.create(source, from, to, type, Encoding.raw, 0, expiry)
    entry.setObject(value)
    return entry
  }

  #newEntry(
    hash: number,
    source: Uint8Array,
    from: number,
    to: number,
    type: Type,
    encoding: Encoding,
    valueLength: number,
    expiry: number,
  ): number {
    const keyspace = this.keyspace
    const expiryBytes = expiry >= 0 ? EXPIRY_BYTES : 0
    const address = this.arena.allocate(HEADER_BYTES + expiryBytes + (to - from) + valueLength)
    this.keyspace.layoutVersion++
    const words = wordsOf(this.arena, address)
    const base = wordBase(address)
    words[base] =
      type | (encoding << ENCODING_SHIFT) | (expiryBytes << 4) | (keyspace.snapshotVersion << VERSION_SHIFT)
    words[base + 1] = keyspace.newClock
    words[base + 2] = to - from
    words[base + 3] = valueLength
    const chunk = chunkOf(this.arena, address)
    const at = base << 2
    if (expiryBytes !== 0) chunk.writeDoubleLE(expiry, at + HEADER_BYTES)
    copyBytes(source, from, to, chunk, at + HEADER_BYTES + expiryBytes)
    this.keys.insert(hash, address)
    if (expiryBytes !== 0) this.expiring.insert(hash, address)
    return address
  }

  /** Deletes a key. Memory of a large value is given back in slices. */
  delete(entry: Entry): void {
    const keyspace = this.keyspace
    if (keyspace.snapshot !== undefined) keyspace.snapshot.beforeChange(this, entry.address)
    if (entry.hasMetadata) this.#deleteWithMetadata(entry)
    else this.#remove(entry)
  }

  #deleteWithMetadata(entry: Entry): void {
    const { metadata: owner, removalReason } = this.keyspace
    const { key } = entry
    const metadata = takeMetadata(entry)
    if (metadata !== undefined) owner?.unlink({ database: this, key }, metadata)
    // What the module did in the meantime may have moved the key, or deleted it.
    const address = this.keys.find(key, 0, key.length)
    if (address !== 0) {
      if (address !== entry.address) entry.reload(address)
      const added = takeMetadata(entry)
      if (added !== undefined) owner?.free(key, added)
      this.keyspace.removalReason = removalReason
      this.#remove(entry)
    }
    if (metadata !== undefined) owner?.free(key, metadata)
  }

  #remove(entry: Entry): void {
    const keyspace = this.keyspace
    keyspace.layoutVersion++
    if (keyspace.removeHook !== undefined) keyspace.removeHook(this, entry, keyspace.removalReason)
    const words = wordsOf(this.arena, entry.address)
    const base = wordBase(entry.address)
    const word0 = words[base] as number
    if (isObject(this.arena, entry.address)) entry.object().unlinked?.(this.index, () => entry.key)
    this.keys.remove(entry.hash, entry.address)
    if ((word0 & HAS_EXPIRY) !== 0) this.expiring.remove(entry.hash, entry.address)
    keyspace.releaseEntry(entry.address)
  }

  /**
   * Sets key `source[from, to)` to the string `value[valueFrom, valueTo)`, whatever it held before, and gives it the
   * expiry `expiry` (−1: none). The caller says in `encoding` whether it is an integer, short or long. `value` must
   * not lie in keyspace memory.
   */
  setString(
    source: Uint8Array,
    from: number,
    to: number,
    value: Uint8Array,
    valueFrom: number,
    valueTo: number,
    encoding: Encoding,
    expiry = -1,
  ): void {
    const valueLength = valueTo - valueFrom
    let address = this.keys.find(source, from, to)
    const hash = this.keys.hash
    if (address !== 0 && this.hasExpired(address)) {
      this.expire(new Entry(this, hash, address))
      address = 0
    }
    if (address !== 0 && this.#fits(address, valueLength, expiry)) {
      this.keyspace.layoutVersion++
      if (this.keyspace.snapshot !== undefined) this.keyspace.snapshot.beforeChange(this, address)
      if (this.keyspace.removeHook !== undefined) {
        this.keyspace.removeHook(this, new Entry(this, hash, address), 'overwritten')
      }
      const words = wordsOf(this.arena, address)
      const base = wordBase(address)
      words[base] = ((words[base] as number) & (VERSION_MASK | HAS_EXPIRY)) | (encoding << ENCODING_SHIFT)
      words[base + 1] = this.#clockAfter(words[base + 1] as number)
      words[base + 3] = valueLength
      if (expiry >= 0) chunkOf(this.arena, address).writeDoubleLE(expiry, (base << 2) + HEADER_BYTES)
    } else {
      const old = address === 0 ? undefined : new Entry(this, hash, address)
      const clock = old === undefined ? this.keyspace.newClock : this.#clockAfter(old.clock)
      if (old !== undefined) this.overwrite(old)
      const isLarge = valueLength > MAX_INLINE_STRING_BYTES
      address = this.#newEntry(
        hash,
        source,
        from,
        to,
        Type.string,
        encoding,
        isLarge ? 0 : valueLength,
        expiry,
      )
      wordsOf(this.arena, address)[wordBase(address) + 1] = clock
      if (old === undefined) this.keyspace.createdString(this, source, from, to)
      if (isLarge) {
        new Entry(this, hash, address).setObject(
          new LargeString(Buffer.from(value.subarray(valueFrom, valueTo))),
        )
        return
      }
    }
    const start = keyStart(this.arena, address) + (to - from)
    copyBytes(value, valueFrom, valueTo, chunkOf(this.arena, address), start)
  }

  /** Deletes a key that is to have another value at once. */
  overwrite(entry: Entry): void {
    this.keyspace.removalReason = 'overwritten'
    this.delete(entry)
    this.keyspace.removalReason = 'deleted'
  }

  /** Access clock of a key whose value is overwritten: it inherits how often the old one was used. */
  #clockAfter(clock: number): number {
    const { lfuTouch } = this.keyspace
    return lfuTouch === undefined ? this.keyspace.newClock : lfuTouch(clock)
  }

  /** Whether a string of `valueLength` bytes and this expiry can take the place of the entry's value in its block. */
  #fits(address: number, valueLength: number, expiry: number): boolean {
    const words = wordsOf(this.arena, address)
    const base = wordBase(address)
    const word0 = words[base] as number
    if ((word0 & HAS_METADATA) !== 0 || ((word0 & HAS_EXPIRY) !== 0) !== expiry >= 0) return false
    if ((word0 & ENCODING_MASK) >>> ENCODING_SHIFT === Encoding.object) return false
    if (words[base + 3] === valueLength) return true
    if (valueLength > MAX_INLINE_STRING_BYTES) return false
    const size = blockSize(this.arena, address)
    const wanted = size - (words[base + 3] as number) + valueLength
    return sameBlock(size, wanted)
  }

  /** Gives a key an expiry in milliseconds since the epoch, or with −1 takes it away. */
  setExpiry(entry: Entry, expiry: number): void {
    const has = entry.expiry >= 0
    if (expiry >= 0 && has) {
      chunkOf(this.arena, entry.address).writeDoubleLE(expiry, (wordBase(entry.address) << 2) + HEADER_BYTES)
      return
    }
    if (expiry < 0 && !has) return
    const old = entry.address
    const oldSize = blockSize(this.arena, old)
    const oldBase = wordBase(old)
    const oldWords = wordsOf(this.arena, old)
    this.keyspace.layoutVersion++
    const size = oldSize + (has ? -EXPIRY_BYTES : EXPIRY_BYTES)
    const address = this.arena.allocate(size)
    const words = wordsOf(this.arena, address)
    const base = wordBase(address)
    const chunk = chunkOf(this.arena, address)
    for (let i = 0; i < 4; i++) words[base + i] = oldWords[oldBase + i] as number
    words[base] = (words[base] as number) ^ HAS_EXPIRY
    if (!has) chunk.writeDoubleLE(expiry, (base << 2) + HEADER_BYTES)
    const bodyFrom = keyStart(this.arena, old)
    const bodyTo = (oldBase << 2) + oldSize
    copyBytes(chunkOf(this.arena, old), bodyFrom, bodyTo, chunk, keyStart(this.arena, address))
    this.keys.move(entry.hash, old, address)
    if (has) this.expiring.remove(entry.hash, old)
    else this.expiring.insert(entry.hash, address)
    this.arena.release(old, oldSize)
    entry.reload(address)
  }

  /** Changes the length of an entry's inline value, keeping the bytes it has; the entry may move. */
  resizeInline(entry: Entry, length: number): void {
    if (length === entry.length) return
    this.keyspace.layoutVersion++
    const old = entry.address
    const oldSize = blockSize(this.arena, old)
    const size = oldSize - entry.length + length
    if (sameBlock(oldSize, size)) {
      wordsOf(this.arena, old)[wordBase(old) + 3] = length
      entry.length = length
      return
    }
    const kept = oldSize - entry.length + Math.min(length, entry.length)
    const address = this.arena.allocate(size)
    const from = wordBase(old) << 2
    copyBytes(
      chunkOf(this.arena, old),
      from,
      from + kept,
      chunkOf(this.arena, address),
      wordBase(address) << 2,
    )
    wordsOf(this.arena, address)[wordBase(address) + 3] = length
    this.keys.move(entry.hash, old, address)
    if (entry.expiry >= 0) this.expiring.move(entry.hash, old, address)
    this.arena.release(old, oldSize)
    entry.reload(address)
  }

  /** Puts an object in the place of an entry's value. */
  replaceWithObject(entry: Entry, value: LargeValue): void {
    if (entry.encoding === Encoding.object) {
      const handle = valueWord(this.arena, entry.address)
      const previous = entry.object()
      this.keyspace.objects.set(handle, value)
      this.keyspace.disposeLater(previous)
      return
    }
    this.resizeInline(entry, 0)
    entry.encoding = Encoding.object
    wordsOf(this.arena, entry.address)[wordBase(entry.address) + 3] = this.keyspace.objects.add(value)
  }

  /** Puts inline bytes of undefined contents in the place of an entry's value. */
  replaceWithInline(entry: Entry, encoding: Encoding, length: number): void {
    if (entry.encoding === Encoding.object) {
      const handle = valueWord(this.arena, entry.address)
      wordsOf(this.arena, entry.address)[wordBase(entry.address) + 3] = 0
      entry.encoding = encoding
      entry.length = 0
      this.keyspace.disposeObject(handle)
    }
    entry.encoding = encoding
    this.resizeInline(entry, length)
  }

  /** Relabels the type of a value that is about to be replaced. */
  setType(entry: Entry, type: Type): void {
    const words = wordsOf(this.arena, entry.address)
    const base = wordBase(entry.address)
    words[base] = ((words[base] as number) & ~TYPE_MASK) | type
  }

  /**
   * Moves an entry's value, type and expiry to key `source[from, to)` of `target`, which must not exist, and deletes
   * the entry: constant time for large values.
   */
  moveTo(entry: Entry, target: Database, source: Uint8Array, from: number, to: number): Entry {
    if (this.keyspace.snapshot !== undefined) this.keyspace.snapshot.beforeChange(this, entry.address)
    const metadata = entry.hasMetadata
      ? detachMovedMetadata(entry, target, Buffer.from(source.subarray(from, to)))
      : undefined
    const { type, encoding, expiry, clock } = entry
    let moved: Entry
    if (encoding === Encoding.object) {
      const value = entry.object()
      value.unlinked?.(this.index, () => entry.key)
      // The handle stays with the old entry for deletion, so it is given a value that is free to dispose of.
      this.keyspace.objects.set(valueWord(this.arena, entry.address), EMPTY)
      this.delete(entry)
      moved = target.createObject(source, from, to, type, value, expiry)
    } else {
      const value = bytesCopy(entry.bytes, entry.start, entry.start + entry.length)
      this.delete(entry)
      moved = target.create(source, from, to, type, encoding, value.length, expiry)
      moved.bytes.set(value, moved.start)
    }
    moved.clock = clock
    if (metadata !== undefined) writeMetadata(moved, metadata)
    return moved
  }

  /** Key of a live entry drawn at random, or undefined where there is none. */
  randomKey(): Buffer | undefined {
    for (let tries = 0; this.keys.size > 0; tries++) {
      const address = this.keys.random()
      // Where nearly all keys are past their expiry but may not be deleted, an expired one is better than no end.
      if (!this.hasExpired(address) || tries > 100) return keyBytes(this.arena, address)
      if (!this.keyspace.keepsExpired) this.expire(this.entryAt(address))
    }
    return undefined
  }
}

const EMPTY = new LargeString(Buffer.alloc(0))

/** Whether blocks of these sizes are of one size class, so that one can serve as the other. */
function sameBlock(sizeA: number, sizeB: number): boolean {
  if ((sizeA + 15) >>> 4 === (sizeB + 15) >>> 4) return true
  return Arena.blockBytes(sizeA) === Arena.blockBytes(sizeB)
}
