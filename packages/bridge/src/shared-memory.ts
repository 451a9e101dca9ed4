// The memory that C and JavaScript see alike: numbers in `slots`, bytes from C in `input`, bytes for C
// in `output`. C replaces input and output when they are too small.

import type { Arguments, ByteSource, CallerInfo, Slice } from './host.ts'

/** The addon's half of the channel, as far as this file needs it. */
export interface OutputOwner {
  /** Makes `output` at least slots[0] bytes large. */
  growOutput(): void
}

export class SharedMemory {
  slots = new Float64Array(0)
  /** Bytes that modules hold, in the last slot. */
  get moduleBytes(): number {
    return this.slots[this.slots.length - 1]
  }

  input: Uint8Array = new Uint8Array(0)
  output: Uint8Array = new Uint8Array(0)
  #offsets = new Int32Array(0)
  readonly #owner: OutputOwner

  constructor(owner: OutputOwner) {
    this.#owner = owner
  }

  /** The object on which C sets `slots`, `input` and `output`. */
  receiver(): object {
    const memory = this
    return {
      set slots(buffer: ArrayBuffer) {
        memory.slots = new Float64Array(buffer)
      },
      set input(buffer: ArrayBuffer) {
        memory.input = Buffer.from(buffer)
        memory.#offsets = new Int32Array(buffer)
      },
      set output(buffer: ArrayBuffer) {
        memory.output = Buffer.from(buffer)
      },
    }
  }

  /** The bytes whose offsets are in two slots. */
  slice(slot: number): Slice {
    return { bytes: this.input, start: this.slots[slot], end: this.slots[slot + 1] }
  }

  text(slot: number): string {
    return (this.input as Buffer).toString('utf8', this.slots[slot], this.slots[slot + 1])
  }

  args(slot: number): Arguments {
    return {
      bytes: this.input,
      offsets: this.#offsets,
      first: this.slots[slot],
      count: this.slots[slot + 1],
    }
  }

  caller(slot: number): CallerInfo {
    const { slots } = this
    return { client: slots[slot], db: slots[slot + 1], resp: slots[slot + 2], flags: slots[slot + 3] }
  }

  reserve(bytes: number): void {
    if (bytes <= this.output.length) return
    this.slots[0] = bytes
    this.#owner.growOutput()
  }

  /** Leaves bytes for C, and their length (-1 for null) in a slot. */
  giveBytes(slot: number, source: ByteSource | null): void {
    if (source === null) {
      this.slots[slot] = -1
      return
    }
    const bytes = source instanceof Uint8Array ? source : source.bytes.subarray(source.start, source.end)
    this.reserve(bytes.length)
    this.output.set(bytes)
    this.slots[slot] = bytes.length
  }

  giveText(slot: number, text: string | null): void {
    this.giveBytes(slot, text === null ? null : Buffer.from(text))
  }

  /** What an entry of the addon left: slots[0] bytes of output. */
  takeText(): string {
    return (this.output as Buffer).toString('utf8', 0, this.slots[0])
  }

  takeBytes(): Uint8Array {
    return Buffer.from(this.output.subarray(0, this.slots[0]))
  }
}

/** Strings for C one after the other, each after its length. */
export class PackedStrings {
  count = 0
  #length = 0
  #bytes = Buffer.allocUnsafe(1024)

  add(source: ByteSource | null): void {
    this.count++
    if (source === null) {
      this.#length = this.#room(4).writeUInt32LE(0xffffffff, this.#length)
      return
    }
    const bytes = source instanceof Uint8Array ? source : source.bytes.subarray(source.start, source.end)
    this.#length = this.#room(4 + bytes.length).writeUInt32LE(bytes.length, this.#length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** A sorted set's element: length, score, member. */
  addScored(source: ByteSource, score: number): void {
    this.count++
    const bytes = source instanceof Uint8Array ? source : source.bytes.subarray(source.start, source.end)
    const room = this.#room(12 + bytes.length)
    room.writeUInt32LE(bytes.length, this.#length)
    room.writeDoubleLE(score, this.#length + 4)
    room.set(bytes, this.#length + 12)
    this.#length += 12 + bytes.length
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #room(extra: number): Buffer {
    const needed = this.#length + extra
    if (needed > this.#bytes.length) {
      const bigger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(bigger, 0, 0, this.#length)
      this.#bytes = bigger
    }
    return this.#bytes
  }
}
