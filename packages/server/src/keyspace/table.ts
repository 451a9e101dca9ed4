import { type Arena, CHUNK_SHIFT, GRANULE_MASK } from './arena.ts'
import { keyOffset } from './entry-layout.ts'
import { hashBytes, keyWords, MAX_KEY_WORDS } from './hash-bytes.ts'

const MIN_BITS = 3
const MAX_BITS = 12
const HASH_SPACE = 2 ** 32
/** How much fuller than the mean the fullest segments are taken to be: hashes spread evenly, deletions need not. */
const FULLEST = 2
/** Bytes of one slot of the directory. */
const DIRECTORY_BYTES = 8

/** Slots of the largest segments that were given up, to be used again. */
const spareSlots: Int32Array[] = []
const MOST_SPARE_SLOTS = 64

/** Slots of a segment. The large ones lie in shared memory for the reason the arena's chunks do. */
function newSlots(bits: number): Int32Array {
  if (bits < MAX_BITS) return new Int32Array(2 << bits)
  return spareSlots.pop()?.fill(0) ?? new Int32Array(new SharedArrayBuffer(8 << bits))
}

/** Takes back the slots of a segment that is no more: V8 is in no hurry to collect shared memory. */
function giveSlots(slots: Int32Array): void {
  if (slots.length === 2 << MAX_BITS && spareSlots.length < MOST_SPARE_SLOTS) spareSlots.push(slots)
}

/** A power of two of slots; a slot is two words, the hash and the entry's address (0 where the slot is empty). */
class Segment {
  slots: Int32Array
  bits: number
  /** `32 - bits`: how far a hash, its directory bits shifted out, is shifted right to give its home slot. */
  shift: number
  /** Number of leading hash bits that all entries of this segment share. */
  depth: number
  count = 0

  constructor(bits: number, depth: number) {
    this.slots = newSlots(bits)
    this.bits = bits
    this.shift = 32 - bits
    this.depth = depth
  }
}

/**
 * Index of entries in an {@link Arena} by their key bytes: an extendible hash table.
 *
 * The leading bits of a hash pick a segment from the directory, the next bits the home slot within the segment, and
 * linear probing does the rest. A full segment splits in two, so growth costs some tens of microseconds however many
 * entries there are. Entries stand in the order of their hashes up to probing, which makes a position in hash space a
 * scan cursor that stays valid across any growth and shrinking.
 *
 * The table never owns the entries: it maps a hash and key bytes to an address.
 */
export class Table {
  readonly #arena: Arena
  #directory: Segment[] = [new Segment(MIN_BITS, 0)]
  #depth = 0
  #size = 0
  /** Hash of the key that {@link find} looked for last. */
  hash = 0
  #indexBytes = (8 << MIN_BITS) + DIRECTORY_BYTES

  constructor(arena: Arena) {
    this.#arena = arena
    arena.indexBytes += this.#indexBytes
  }

  /** Number of entries. */
  get size(): number {
    return this.#size
  }

  /** Bytes of the index itself, entries excluded. */
  get indexBytes(): number {
    return this.#indexBytes
  }

  /** Address of the entry whose key is `source[from, to)`, or 0; the key's hash is left in {@link hash}. */
  find(source: Uint8Array, from: number, to: number): number {
    const hash = hashBytes(source, from, to)
    this.hash = hash
    // Shifting in two steps because a shift by 32 would shift by nothing.
    const segment = this.#directory[(hash >>> 1) >>> (31 - this.#depth)] as Segment
    const slots = segment.slots
    const mask = slots.length - 1
    let at = ((hash << segment.depth) >>> segment.shift) << 1
    for (;;) {
      const address = slots[at + 1] as number
      if (address === 0) return 0
      if (slots[at] === hash && this.#keyIs(address, source, from, to)) return address
      at = (at + 2) & mask
    }
  }

  /** Whether the entry's key is `source[from, to)`, the key that was hashed last. */
  #keyIs(address: number, source: Uint8Array, from: number, to: number): boolean {
    const words = this.#arena.words[address >>> CHUNK_SHIFT] as Int32Array
    const base = (address & GRANULE_MASK) << 2
    const length = to - from
    if (words[base + 2] !== length) return false
    const offset = keyOffset(words[base] as number)
    const wordCount = length >> 2
    const bytes = this.#arena.chunks[address >>> CHUNK_SHIFT] as Uint8Array
    const start = (base << 2) + offset
    if (wordCount > MAX_KEY_WORDS)
      return (source as Buffer).compare(bytes, start, start + length, from, to) === 0
    const first = base + (offset >> 2)
    for (let i = 0; i < wordCount; i++) if (words[first + i] !== keyWords[i]) return false
    for (let i = length & ~3; i < length; i++) if (bytes[start + i] !== source[from + i]) return false
    return true
  }

  /** Adds the entry at `address`, whose key must not be in the table yet. */
  insert(hash: number, address: number): void {
    let segment = this.#directory[(hash >>> 1) >>> (31 - this.#depth)] as Segment
    while (segment.count >= (1 << segment.bits) - (1 << (segment.bits - 2))) {
      if (segment.bits < MAX_BITS) this.#resize(segment, segment.bits + 1)
      else if (segment.depth < 20) this.#split(hash, segment)
      else break
      segment = this.#directory[(hash >>> 1) >>> (31 - this.#depth)] as Segment
    }
    place(segment, hash, address)
    this.#size++
  }

  /** Records that the entry at `oldAddress` now lies at `newAddress`. */
  move(hash: number, oldAddress: number, newAddress: number): void {
    const segment = this.#directory[(hash >>> 1) >>> (31 - this.#depth)] as Segment
    segment.slots[this.#slotOf(segment, hash, oldAddress) + 1] = newAddress
  }

  /** Removes the entry at `address`, which must be in the table. */
  remove(hash: number, address: number): void {
    const segment = this.#directory[(hash >>> 1) >>> (31 - this.#depth)] as Segment
    const slots = segment.slots
    const mask = slots.length - 1
    let hole = this.#slotOf(segment, hash, address)
    // Closing the gap by shifting back keeps probe runs free of tombstones, which the scan order relies on.
    let at = (hole + 2) & mask
    while (slots[at + 1] !== 0) {
      const home = (((slots[at] as number) << segment.depth) >>> segment.shift) << 1
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = slots[at] as number
        slots[hole + 1] = slots[at + 1] as number
        hole = at
      }
      at = (at + 2) & mask
    }
    slots[hole + 1] = 0
    segment.count--
    this.#size--
    if (segment.count < 1 << (segment.bits - 3)) this.#shrink(hash, segment)
  }

  /**
   * Visits entries from `cursor` on until at least `count` were visited or the end is reached, and returns the cursor to
   * go on from, 0 at the end. An entry that is in the table from the first call to the last is visited at least once.
   * `visit` must not change the table.
   */
  scan(cursor: number, count: number, visit: (address: number) => void): number {
    let position = cursor
    let visited = 0
    let buckets = 0
    const maxBuckets = count * 10
    while (position < HASH_SPACE) {
      const segment = this.#directory[(position >>> 1) >>> (31 - this.#depth)] as Segment
      const bucketSpan = 2 ** (32 - segment.depth - segment.bits)
      const bucket = Math.floor(position / bucketSpan)
      visited += visitBucket(segment, position, visit)
      position = (bucket + 1) * bucketSpan
      buckets++
      if (position < HASH_SPACE && (visited >= count || buckets >= maxBuckets)) return position
    }
    return 0
  }

  /** Calls `visit` with the address of every entry; `visit` must not change the table. */
  forEach(visit: (address: number) => void): void {
    let previous: Segment | undefined
    for (const segment of this.#directory) {
      if (segment === previous) continue
      previous = segment
      const slots = segment.slots
      for (let at = 1; at < slots.length; at += 2) {
        const address = slots[at] as number
        if (address !== 0) visit(address)
      }
    }
  }

  /** Address of an entry drawn at random, or 0 where the table is empty. */
  random(): number {
    if (this.#size === 0) return 0
    let segment: Segment
    // A segment stands in the directory for its share of all hashes, and is taken as often as it is fuller than others.
    do {
      segment = this.#directory[Math.floor(Math.random() * this.#directory.length)] as Segment
    } while (segment.count * 2 ** segment.depth <= Math.random() * FULLEST * this.#size)
    const mask = segment.slots.length - 1
    let at = Math.floor(Math.random() * (1 << segment.bits)) << 1
    // Independent draws are fair; a sparse segment falls back to the next entry in probe order.
    for (let tries = 0; segment.slots[at + 1] === 0; tries++) {
      at = tries < 100 ? Math.floor(Math.random() * (1 << segment.bits)) << 1 : (at + 2) & mask
    }
    return segment.slots[at + 1] as number
  }

  /** Forgets all entries for good: nothing may use the table any more. */
  discard(): void {
    this.#directory = []
    this.#size = 0
    this.#arena.dropped(this.#indexBytes)
    this.#countBytes(-this.#indexBytes)
  }

  #countBytes(change: number): void {
    this.#indexBytes += change
    this.#arena.indexBytes += change
  }

  /**
   * Takes entries out from the end of the table, calling `release` with the address of each, until `limit` were taken
   * or none is left. For disposing of a table in slices: nothing else may use it any more.
   */
  drain(limit: number, release: (address: number) => void): boolean {
    let taken = 0
    while (this.#directory.length > 0) {
      const segment = this.#directory[this.#directory.length - 1] as Segment
      if (segment.count > 0) {
        if (taken >= limit) return false
        const slots = segment.slots
        for (let at = 1; at < slots.length; at += 2) {
          const address = slots[at] as number
          if (address !== 0) release(address)
        }
        taken += segment.count
        segment.count = 0
        giveSlots(slots)
        segment.slots = new Int32Array(2)
        this.#countBytes(-(8 << segment.bits))
      }
      this.#directory.pop()
    }
    this.discard()
    return true
  }

  #slotOf(segment: Segment, hash: number, address: number): number {
    const slots = segment.slots
    const mask = slots.length - 1
    let at = ((hash << segment.depth) >>> segment.shift) << 1
    while (slots[at + 1] !== address) {
      if (slots[at + 1] === 0) throw new Error(`no entry at address ${address} for hash ${hash}`)
      at = (at + 2) & mask
    }
    return at
  }

  #resize(segment: Segment, bits: number): void {
    const old = segment.slots
    this.#countBytes((8 << bits) - (8 << segment.bits))
    segment.slots = newSlots(bits)
    segment.bits = bits
    segment.shift = 32 - bits
    segment.count = 0
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] !== 0) place(segment, old[at] as number, old[at + 1] as number)
    }
  }

  #split(hash: number, segment: Segment): void {
    if (segment.depth === this.#depth) {
      const doubled: Segment[] = []
      for (const each of this.#directory) doubled.push(each, each)
      this.#countBytes(this.#directory.length * DIRECTORY_BYTES)
      this.#directory = doubled
      this.#depth++
    }
    const depth = segment.depth + 1
    const low = new Segment(segment.bits, depth)
    const high = new Segment(segment.bits, depth)
    const old = segment.slots
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] === 0) continue
      const entryHash = old[at] as number
      place((entryHash >>> (32 - depth)) & 1 ? high : low, entryHash, old[at + 1] as number)
    }
    giveSlots(old)
    this.#countBytes(8 << segment.bits)
    this.#pointDirectory(hash, depth - 1, low, high)
  }

  /** Points the directory's slots for the first `depth` bits of `hash` at `low` (its first half) and `high`. */
  #pointDirectory(hash: number, depth: number, low: Segment, high: Segment): void {
    const span = 1 << (this.#depth - depth)
    const first = Math.floor(((hash >>> 1) >>> (31 - this.#depth)) / span) * span
    for (let i = 0; i < span; i++) this.#directory[first + i] = i < span / 2 ? low : high
  }

  /** Joins a sparse segment with its equally sparse buddy, or halves it where it is the only one. */
  #shrink(hash: number, segment: Segment): void {
    if (segment.depth === 0) {
      if (segment.bits > MIN_BITS) this.#resize(segment, segment.bits - 1)
      return
    }
    const buddyHash = hash ^ (1 << (32 - segment.depth))
    const buddy = this.#directory[(buddyHash >>> 1) >>> (31 - this.#depth)] as Segment
    if (buddy.depth !== segment.depth || buddy.count + segment.count > 1 << (MAX_BITS - 2)) return
    const joined = new Segment(MAX_BITS, segment.depth - 1)
    for (const part of [segment, buddy]) {
      for (let at = 0; at < part.slots.length; at += 2) {
        if (part.slots[at + 1] !== 0) place(joined, part.slots[at] as number, part.slots[at + 1] as number)
      }
      giveSlots(part.slots)
    }
    this.#countBytes(-(8 << MAX_BITS))
    this.#pointDirectory(hash, joined.depth, joined, joined)
    if (this.#directory.every((each) => each === joined)) {
      this.#countBytes((1 - this.#directory.length) * DIRECTORY_BYTES)
      this.#directory = [joined]
      this.#depth = 0
    }
  }
}

function place(segment: Segment, hash: number, address: number): void {
  const slots = segment.slots
  const mask = slots.length - 1
  let at = ((hash << segment.depth) >>> segment.shift) << 1
  while (slots[at + 1] !== 0) at = (at + 2) & mask
  slots[at] = hash
  slots[at + 1] = address
  segment.count++
}

/** Visits the entries of the bucket that holds hash position `position` whose hash is not below it. */
function visitBucket(segment: Segment, position: number, visit: (address: number) => void): number {
  const slots = segment.slots
  const mask = slots.length - 1
  const home = ((position << segment.depth) >>> segment.shift) << 1
  let visited = 0
  for (let at = home; slots[at + 1] !== 0; at = (at + 2) & mask) {
    const hash = slots[at] as number
    if (((hash << segment.depth) >>> segment.shift) << 1 !== home || hash >>> 0 < position) continue
    visit(slots[at + 1] as number)
    visited++
  }
  return visited
}
