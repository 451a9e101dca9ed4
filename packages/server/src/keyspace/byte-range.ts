import { bytesCopy } from './copy-bytes.ts'

const NO_BYTES = Buffer.alloc(0)

/** Where bytes lie: `bytes[from, to)`. Made once and set again and again; valid until what it points into changes. */
export class ByteRange {
  bytes: Buffer = NO_BYTES
  from = 0
  to = 0

  set(bytes: Buffer, from: number, to: number): void {
    this.bytes = bytes
    this.from = from
    this.to = to
  }

  get length(): number {
    return this.to - this.from
  }

  /** A copy of the bytes. */
  copy(): Buffer {
    return bytesCopy(this.bytes, this.from, this.to)
  }
}
