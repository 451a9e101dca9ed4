import { type Arena, CHUNK_SHIFT, GRANULE_MASK } from './arena.ts'

// How an entry lies in its arena block. Everything that indexes bytes by key uses this one layout: the keys of a
// database, the fields of a large hash, the members of a large set or sorted set.
//
//   word 0   type (3 bits) | encoding (4) | has expiry (1) | snapshot version (8) | has metadata (1) | unused (15)
//   word 1   access clock: LRU seconds or LFU minutes and counter (24 bits)
//   word 2   length of the key in bytes
//   word 3   length of the inline value in bytes, or handle of the value where it is an object of its own
//   8 bytes  expiry in milliseconds since the epoch, a double, only where word 0 says so
//   then the key and the inline value, as bytes

export const TYPE_MASK = 0x7
export const ENCODING_SHIFT = 3
export const ENCODING_MASK = 0xf << ENCODING_SHIFT
export const HAS_EXPIRY = 0x80
export const VERSION_SHIFT = 8
export const VERSION_MASK = 0xff << VERSION_SHIFT
/** Modules have attached something to the key: see metadata.ts. */
export const HAS_METADATA = 0x10000

export const HEADER_BYTES = 16
export const EXPIRY_BYTES = 8

/** Types of a value, as numbered in entries. */
export const Type = { string: 0, list: 1, set: 2, zset: 3, hash: 4, module: 5, stream: 6 } as const
export type Type = (typeof Type)[keyof typeof Type]

/**
 * Encodings of a value. `object` values live outside the entry, which holds their handle. `integer` strings are kept as
 * their decimal digits; `embedded` and `raw` differ only in what OBJECT ENCODING says, as in Redis.
 */
export const Encoding = { raw: 0, integer: 1, listpack: 2, intset: 3, object: 4, embedded: 5 } as const
export type Encoding = (typeof Encoding)[keyof typeof Encoding]

/** Name of a type as the TYPE command prints it; data types of modules have their own names. */
export const TYPE_NAMES = ['string', 'list', 'set', 'zset', 'hash', 'module', 'stream'] as const

/** Bytes from the start of an entry to its key, from the entry's word 0. */
export function keyOffset(word0: number): number {
  return HEADER_BYTES + ((word0 & HAS_EXPIRY) >>> 4)
}

/** The chunk that holds the entry at `address`, as bytes; the offsets below point into it. */
export function chunkOf(arena: Arena, address: number): Buffer {
  return arena.chunks[address >>> CHUNK_SHIFT] as Buffer
}

/** The chunk that holds the entry at `address`, as words; {@link wordBase} points into it. */
export function wordsOf(arena: Arena, address: number): Int32Array {
  return arena.words[address >>> CHUNK_SHIFT] as Int32Array
}

/** Index of an entry's word 0 in {@link wordsOf}. */
export function wordBase(address: number): number {
  return (address & GRANULE_MASK) << 2
}

/** Offset of an entry's first key byte in {@link chunkOf}. */
export function keyStart(arena: Arena, address: number): number {
  return ((address & GRANULE_MASK) << 4) + keyOffset(wordsOf(arena, address)[wordBase(address)] as number)
}

/** Length of an entry's key in bytes. */
export function keyLength(arena: Arena, address: number): number {
  return wordsOf(arena, address)[wordBase(address) + 2] as number
}

/** Length of an entry's inline value in bytes, or its handle where the value is an object. */
export function valueWord(arena: Arena, address: number): number {
  return wordsOf(arena, address)[wordBase(address) + 3] as number
}

/** Expiry of an entry in milliseconds since the epoch, or −1 where it has none. */
export function expiryOf(arena: Arena, address: number): number {
  const words = wordsOf(arena, address)
  const base = wordBase(address)
  if (((words[base] as number) & HAS_EXPIRY) === 0) return -1
  return chunkOf(arena, address).readDoubleLE(((address & GRANULE_MASK) << 4) + HEADER_BYTES)
}

/** A copy of an entry's key. */
export function keyBytes(arena: Arena, address: number): Buffer {
  const start = keyStart(arena, address)
  return Buffer.from(chunkOf(arena, address).subarray(start, start + keyLength(arena, address)))
}

/** Whether an entry's value is an object of its own. */
export function isObject(arena: Arena, address: number): boolean {
  const word0 = wordsOf(arena, address)[wordBase(address)] as number
  return (word0 & ENCODING_MASK) >>> ENCODING_SHIFT === Encoding.object
}

/** Bytes of an entry's block as asked for when it was allocated. */
export function blockSize(arena: Arena, address: number): number {
  const words = wordsOf(arena, address)
  const base = wordBase(address)
  const inline = isObject(arena, address) ? 0 : (words[base + 3] as number)
  return keyOffset(words[base] as number) + (words[base + 2] as number) + inline
}
