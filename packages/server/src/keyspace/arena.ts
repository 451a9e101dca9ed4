/** Bytes of one granule: addresses count granules, and every block is a whole number of them. */
const GRANULE_BYTES = 16

/** An address is a chunk number above these bits and a granule within the chunk below them. */
export const CHUNK_SHIFT = 20
export const GRANULE_MASK = (1 << CHUNK_SHIFT) - 1

const CHUNK_BYTES = GRANULE_BYTES << CHUNK_SHIFT
/** Chunks kept over a flush besides the first. */
const MAX_SPARE_CHUNKS = 3
/** Enough for V8 to begin a collection, which it does beside other work. */
const PRESSURE_BYTES = 128 * 1024 * 1024
const FIRST_GRANULE = 3
const MAX_CHUNKS = 1 << (31 - CHUNK_SHIFT + 1)

// Sixteen classes one granule apart, then eight to a doubling: a block wastes at most an eighth of itself.
const LINEAR_CLASSES = 16
const CLASSES_PER_DOUBLING = 8
const LARGEST_POOLED_GRANULES = 1 << 14
const CLASS_GRANULES: readonly number[] = classSizes()
const LARGEST_POOLED_BYTES = LARGEST_POOLED_GRANULES * GRANULE_BYTES

function classSizes(): number[] {
  const sizes: number[] = []
  for (let granules = 1; granules <= LINEAR_CLASSES; granules++) sizes.push(granules)
  for (let base = LINEAR_CLASSES; base < LARGEST_POOLED_GRANULES; base *= 2) {
    for (let part = 1; part <= CLASSES_PER_DOUBLING; part++)
      sizes.push(base + (base * part) / CLASSES_PER_DOUBLING)
  }
  return sizes
}

function classOf(granules: number): number {
  if (granules <= LINEAR_CLASSES) return granules - 1
  // With base the power of two below: the class is the doubling's first plus the eighths of base above it, rounded up.
  const doubling = 31 - Math.clz32(granules - 1)
  const eighth = doubling - 3
  const part = ((granules - 1) >>> eighth) - CLASSES_PER_DOUBLING
  return LINEAR_CLASSES + (doubling - 4) * CLASSES_PER_DOUBLING + part
}

/** Thrown when the address space of the arena is used up. */
export class ArenaFullError extends Error {
  constructor() {
    super(`keyspace memory is full: all ${MAX_CHUNKS} chunks of ${CHUNK_BYTES} bytes are in use`)
    this.name = 'ArenaFullError'
  }
}

/**
 * Memory outside the JavaScript heap, handed out in blocks by size class.
 *
 * A block is named by its address, an integer; address 0 is never handed out. Memory lies in chunks of 16 MiB that the
 * operating system commits as they are touched. A freed block goes to the free list of its class, threaded through the
 * blocks themselves. Blocks of over 256 KiB have a chunk of their own, which goes back to the system when freed.
 */
export class Arena {
  /** The chunks as bytes: byte offset `(address & GRANULE_MASK) * 16` of chunk `address >>> CHUNK_SHIFT`. */
  readonly chunks: Buffer[] = []
  /** The same chunks as 32-bit words: word offset `(address & GRANULE_MASK) * 4`. */
  readonly words: Int32Array[] = []
  readonly #freeHeads = new Int32Array(CLASS_GRANULES.length)
  readonly #freeChunks: number[] = []
  /** Memory of chunks that were given up, to be used again. */
  readonly #spare: SharedArrayBuffer[] = []
  /** Bytes of the tables that index blocks of this arena; kept by the tables themselves. */
  indexBytes = 0
  /** Bytes given up since V8 was last made to collect them. */
  #droppedBytes = 0
  #bump = 0
  #bumpEnd = 0
  #usedBytes = 0
  #reservedBytes = 0

  /** Bytes in blocks handed out, rounding to size classes included. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Bytes of all blocks that were ever handed out: those in use, and those that wait to be handed out again. */
  get touchedBytes(): number {
    return this.#reservedBytes - (this.#bumpEnd - this.#bump) * GRANULE_BYTES
  }

  /** Bytes a block asked for as `size` bytes really has. */
  static blockBytes(size: number): number {
    if (size > LARGEST_POOLED_BYTES) return Math.ceil(size / GRANULE_BYTES) * GRANULE_BYTES
    return (CLASS_GRANULES[classOf((size + GRANULE_BYTES - 1) >>> 4)] as number) * GRANULE_BYTES
  }

  /** Address of a block of at least `size` bytes (more than 0); its contents are undefined. */
  allocate(size: number): number {
    if (size > LARGEST_POOLED_BYTES)
      return this.#allocateChunk(Math.ceil(size / GRANULE_BYTES) * GRANULE_BYTES)
    const sizeClass = classOf((size + GRANULE_BYTES - 1) >>> 4)
    const granules = CLASS_GRANULES[sizeClass] as number
    this.#usedBytes += granules * GRANULE_BYTES
    const head = this.#freeHeads[sizeClass] as number
    if (head !== 0) {
      const words = this.words[head >>> CHUNK_SHIFT] as Int32Array
      this.#freeHeads[sizeClass] = words[(head & GRANULE_MASK) << 2] as number
      return head
    }
    if (this.#bump + granules > this.#bumpEnd) this.#startChunk()
    const address = this.#bump
    this.#bump += granules
    return address | 0
  }

  /** Gives back the block at `address` that was allocated with `size` bytes. */
  release(address: number, size: number): void {
    if (size > LARGEST_POOLED_BYTES) {
      this.#releaseChunk(address >>> CHUNK_SHIFT)
      return
    }
    const sizeClass = classOf((size + GRANULE_BYTES - 1) >>> 4)
    this.#usedBytes -= (CLASS_GRANULES[sizeClass] as number) * GRANULE_BYTES
    const words = this.words[address >>> CHUNK_SHIFT] as Int32Array
    words[(address & GRANULE_MASK) << 2] = this.#freeHeads[sizeClass] as number
    this.#freeHeads[sizeClass] = address
  }

  /** Forgets every block at once. Some chunks are kept for what comes next; the memory of the others goes back. */
  reset(): void {
    const kept = Math.min(1, this.chunks.length)
    for (const { buffer } of this.chunks.slice(kept)) {
      const isUsual = buffer instanceof SharedArrayBuffer && buffer.byteLength === CHUNK_BYTES
      if (isUsual && this.#spare.length < MAX_SPARE_CHUNKS) this.#spare.push(buffer)
      else this.dropped(buffer.byteLength)
    }
    this.chunks.length = kept
    this.words.length = kept
    this.#freeHeads.fill(0)
    this.#freeChunks.length = 0
    this.#bump = kept * FIRST_GRANULE
    this.#bumpEnd = kept * (GRANULE_MASK + 1)
    this.#usedBytes = 0
    this.#reservedBytes = kept * CHUNK_BYTES
    this.indexBytes = 0
  }

  /** Tells that so many bytes of shared memory are in use no more, so that V8 is made to collect them in time. */
  dropped(bytes: number): void {
    this.#droppedBytes += bytes
    if (this.#droppedBytes < CHUNK_BYTES) return
    this.#droppedBytes = 0
    hastenCollection()
  }

  #startChunk(): void {
    // What is left of the old chunk is cut into the largest free blocks that fit, so that nothing is lost.
    let rest = this.#bumpEnd - this.#bump
    while (rest > 0) {
      let sizeClass = CLASS_GRANULES.length - 1
      while ((CLASS_GRANULES[sizeClass] as number) > rest) sizeClass--
      const granules = CLASS_GRANULES[sizeClass] as number
      this.#usedBytes += granules * GRANULE_BYTES
      this.release(this.#bump | 0, granules * GRANULE_BYTES)
      this.#bump += granules
      rest -= granules
    }
    const chunk = this.#addChunk(CHUNK_BYTES)
    // Granule 0 of chunk 0 stays unused because address 0 means "none". Large allocations begin 16 bytes past a page, so
    // that from the third granule on a block of 64 bytes, which most short strings take, lies within one cache line.
    this.#bump = chunk * (GRANULE_MASK + 1) + FIRST_GRANULE
    this.#bumpEnd = (chunk + 1) * (GRANULE_MASK + 1)
  }

  #addChunk(bytes: number): number {
    const index = this.#freeChunks.pop() ?? this.chunks.length
    if (index >= MAX_CHUNKS) throw new ArenaFullError()
    // Memory of unshared buffers counts towards the pressure that makes V8 collect garbage, some milliseconds for every few
    // chunks though there is nothing to collect; shared memory does not.
    const spare = bytes === CHUNK_BYTES ? this.#spare.pop() : undefined
    const memory = spare ?? new SharedArrayBuffer(bytes)
    this.chunks[index] = Buffer.from(memory)
    this.words[index] = new Int32Array(memory)
    this.#reservedBytes += bytes
    return index
  }

  #allocateChunk(bytes: number): number {
    // Chunk 0 must hold granule 0, so a large block never becomes the first chunk.
    if (this.chunks.length === 0) this.#startChunk()
    const index = this.#addChunk(bytes)
    this.#usedBytes += bytes
    return (index << CHUNK_SHIFT) | 0
  }

  #releaseChunk(index: number): void {
    const bytes = (this.chunks[index] as Buffer).length
    this.#usedBytes -= bytes
    this.#reservedBytes -= bytes
    this.dropped(bytes)
    this.chunks[index] = Buffer.alloc(0)
    this.words[index] = new Int32Array(0)
    this.#freeChunks.push(index)
  }
}

let isHastening = false

/**
 * Has V8 look for garbage, once this turn of the event loop is over. It does not count shared memory, so what was dropped
 * would stay as long as nothing else fills the heap. A large buffer that is never touched takes no memory, but it counts.
 */
function hastenCollection(): void {
  if (isHastening) return
  isHastening = true
  setImmediate(() => {
    isHastening = false
    try {
      new ArrayBuffer(PRESSURE_BYTES)
    } catch {
      // Where not even addresses are left, V8 collects anyway.
    }
  }).unref()
}
