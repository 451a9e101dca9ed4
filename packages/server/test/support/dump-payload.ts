import { decompressLzf } from '@modis/sdk/internal'

/** Reads the parts of a DUMP payload from real redis-server one after the other. */
export class DumpPayload {
  readonly bytes: Buffer
  /** Number of strings that were stored compressed. */
  compressed = 0
  #at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  byte(): number {
    return this.bytes[this.#at++]
  }

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length
  }

  length(): number {
    const lead = this.byte()
    if (lead < 0x40) return lead
    if (lead < 0x80) return ((lead & 0x3f) << 8) | this.byte()
    if (lead !== 0x80) throw new Error(`no plain length: ${lead}`)
    this.#at += 4
    return this.bytes.readUInt32BE(this.#at - 4)
  }

  string(): Buffer {
    if (this.bytes[this.#at] === 0xc3) {
      this.#at++
      this.compressed++
      const stored = this.length()
      const length = this.length()
      const expanded = decompressLzf(this.bytes, this.#at, this.#at + stored, length)
      if (expanded === null) throw new Error(`no LZF at ${this.#at}`)
      this.#at += stored
      return expanded
    }
    const length = this.length()
    this.#at += length
    return this.bytes.subarray(this.#at - length, this.#at)
  }
}
