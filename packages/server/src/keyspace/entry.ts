import { CommandError } from '@modis/sdk'
import { CHUNK_SHIFT, GRANULE_MASK } from './arena.ts'
import type { Database } from './database.ts'
import {
  chunkOf,
  ENCODING_MASK,
  ENCODING_SHIFT,
  Encoding,
  expiryOf,
  HAS_METADATA,
  keyBytes,
  keyLength,
  keyOffset,
  keyStart,
  TYPE_MASK,
  type Type,
  wordBase,
  wordsOf,
} from './entry-layout.ts'
import type { LargeValue } from './objects.ts'
import type { Region } from './packed/region.ts'

/** The error of a command used on a key of another type. */
export const wrongType = new CommandError(
  'Operation against a key holding the wrong kind of value',
  'WRONGTYPE',
)

const OBJECT_BITS = Encoding.object << ENCODING_SHIFT

/**
 * A view of one key's entry, and of its inline value as a {@link Region} of bytes.
 *
 * A view is valid until its key is deleted, overwritten or replaced through another view. Changing the value through
 * the view keeps the view itself valid.
 */
export class Entry implements Region {
  readonly database: Database
  readonly hash: number
  address: number
  #words: Int32Array
  #base: number
  /** Chunk that holds the entry; changes when {@link resize} moves it. */
  bytes: Buffer
  /** Offset in `bytes` of the inline value. */
  start: number
  /** Length in bytes of the inline value; 0 where the value is an object. */
  length: number

  constructor(database: Database, hash: number, address: number) {
    this.database = database
    this.hash = hash
    this.address = address
    const chunk = address >>> CHUNK_SHIFT
    const words = database.arena.words[chunk] as Int32Array
    const base = (address & GRANULE_MASK) << 2
    const word0 = words[base] as number
    this.#words = words
    this.#base = base
    this.bytes = database.arena.chunks[chunk] as Buffer
    this.start = (base << 2) + keyOffset(word0) + (words[base + 2] as number)
    this.length = (word0 & ENCODING_MASK) === OBJECT_BITS ? 0 : (words[base + 3] as number)
  }

  get type(): Type {
    return ((this.#words[this.#base] as number) & TYPE_MASK) as Type
  }

  get encoding(): Encoding {
    return (((this.#words[this.#base] as number) & ENCODING_MASK) >>> ENCODING_SHIFT) as Encoding
  }

  /** Relabels the inline value; {@link setObject} and {@link setInline} change between inline and object. */
  set encoding(encoding: Encoding) {
    this.#words[this.#base] =
      ((this.#words[this.#base] as number) & ~ENCODING_MASK) | (encoding << ENCODING_SHIFT)
  }

  /** Access clock: 24 bits. */
  get clock(): number {
    return this.#words[this.#base + 1] as number
  }

  set clock(value: number) {
    this.#words[this.#base + 1] = value & 0xffffff
  }

  /** Expiry in milliseconds since the epoch, or −1. */
  get expiry(): number {
    return expiryOf(this.database.arena, this.address)
  }

  /** Whether modules have attached something to the key. */
  get hasMetadata(): boolean {
    return ((this.#words[this.#base] as number) & HAS_METADATA) !== 0
  }

  set hasMetadata(has: boolean) {
    const word0 = this.#words[this.#base] as number
    this.#words[this.#base] = has ? word0 | HAS_METADATA : word0 & ~HAS_METADATA
  }

  /** A copy of the key. */
  get key(): Buffer {
    return keyBytes(this.database.arena, this.address)
  }

  /** Offset in `bytes` of the key's first byte. */
  get keyStart(): number {
    return keyStart(this.database.arena, this.address)
  }

  get keyLength(): number {
    return keyLength(this.database.arena, this.address)
  }

  /**
   * This view, where the value is of `type`.
   * @throws CommandError `WRONGTYPE Operation against a key holding the wrong kind of value`
   */
  expect(type: Type): this {
    if (this.type !== type) throw wrongType
    return this
  }

  /** Handle of the value where it is an object of its own. */
  get handle(): number {
    return this.#words[this.#base + 3] as number
  }

  /** The value where it is an object of its own. */
  object<Value extends LargeValue>(): Value {
    return this.database.keyspace.objects.get(this.#words[this.#base + 3] as number) as Value
  }

  /** Makes `value` the value, whatever it was before; what it was before is disposed of. */
  setObject(value: LargeValue): void {
    this.database.replaceWithObject(this, value)
  }

  /** Makes the value `length` inline bytes of undefined contents in `encoding`; what it was before is disposed of. */
  setInline(encoding: Encoding, length: number): void {
    this.database.replaceWithInline(this, encoding, length)
  }

  resize(length: number): void {
    this.database.resizeInline(this, length)
  }

  /** Points this view at the block the entry was moved to. */
  reload(address: number): void {
    this.address = address
    this.bytes = chunkOf(this.database.arena, address)
    this.#words = wordsOf(this.database.arena, address)
    this.#base = wordBase(address)
    this.start = this.keyStart + this.keyLength
    this.length = this.encoding === Encoding.object ? 0 : (this.#words[this.#base + 3] as number)
  }
}
