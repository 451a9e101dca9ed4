import { decompressLzf } from '@modis/sdk/internal'
import { CorruptDataError } from '../../keyspace/packed/corrupt-data-error.ts'
import { Crc64 } from '../codec/crc64.ts'
import { StringEncoding } from './format.ts'

const WINDOW_BYTES = 1024 * 1024
const STEP_BYTES = 16 * 1024 * 1024

/** Fills `target[from, to)` with the next bytes of a file, possibly fewer; returns how many, 0 at the end. */
export type Fill = (target: Buffer, from: number, to: number) => number

/**
 * Reads the elements of the RDB format from memory or, through a window, from a file. Whatever the bytes are, it reads
 * within bounds and makes room only for bytes that are there.
 */
export class RdbReader {
  #buffer: Buffer
  #at: number
  #end: number
  /** File offset of `buffer[0]`. */
  #base = 0
  readonly #fill: Fill | undefined
  readonly #crc: Crc64 | undefined
  #summedTo = 0
  /** Bytes since {@link beginCapture} that have left the window; undefined while nothing is captured. */
  #captured: Buffer[] | undefined
  #captureFrom = 0

  private constructor(buffer: Buffer, end: number, fill: Fill | undefined, checksum: boolean) {
    this.#buffer = buffer
    this.#at = 0
    this.#end = end
    this.#fill = fill
    this.#crc = checksum ? new Crc64() : undefined
  }

  /** Reads from `bytes`. */
  static of(bytes: Buffer): RdbReader {
    return new RdbReader(bytes, bytes.length, undefined, false)
  }

  /** Reads from a file through a window. */
  static from(fill: Fill, checksum: boolean): RdbReader {
    return new RdbReader(Buffer.allocUnsafeSlow(WINDOW_BYTES), 0, fill, checksum)
  }

  /** Offset from the start of the file or payload. */
  get offset(): number {
    return this.#base + this.#at
  }

  /** Whether all bytes have been read; of a file, as far as it was looked into. */
  get atEnd(): boolean {
    return this.#at >= this.#end
  }

  /** An error about the bytes at the present offset. */
  corrupt(reason: string): CorruptDataError {
    return new CorruptDataError('rdb', this.offset, reason)
  }

  byte(): number {
    this.#need(1)
    return this.#buffer[this.#at++] as number
  }

  /** A length that may be specially encoded: −1 − encoding where it is. */
  #lengthOrEncoding(): number {
    const first = this.byte()
    const kind = first >>> 6
    if (kind === 0) return first & 0x3f
    if (kind === 1) return ((first & 0x3f) << 8) | this.byte()
    if (kind === 3) return -1 - (first & 0x3f)
    if (first === 0x80) {
      this.#need(4)
      this.#at += 4
      return this.#buffer.readUInt32BE(this.#at - 4)
    }
    if (first !== 0x81) throw this.corrupt(`unknown length encoding ${first}`)
    this.#need(8)
    this.#at += 8
    return Number(this.#buffer.readBigUInt64BE(this.#at - 8))
  }

  /**
   * A length or number of elements.
   * @throws CorruptDataError where an encoded string stands in its place
   */
  length(): number {
    const value = this.#lengthOrEncoding()
    if (value < 0) throw this.corrupt(`a string encoded as ${-1 - value} where a length belongs`)
    return value
  }

  /** An unsigned 64-bit number in the encoding of lengths. */
  unsigned64(): bigint {
    this.#need(1)
    if (this.#buffer[this.#at] !== 0x81) return BigInt(this.length())
    this.#need(9)
    this.#at += 9
    return this.#buffer.readBigUInt64BE(this.#at - 8)
  }

  /** A string, copied. */
  string(): Buffer {
    const value = this.#lengthOrEncoding()
    if (value >= 0) return this.raw(value)
    switch (-1 - value) {
      case StringEncoding.int8:
        this.#need(1)
        return Buffer.from(String(this.#buffer.readInt8(this.#at++)))
      case StringEncoding.int16:
        this.#need(2)
        this.#at += 2
        return Buffer.from(String(this.#buffer.readInt16LE(this.#at - 2)))
      case StringEncoding.int32:
        this.#need(4)
        this.#at += 4
        return Buffer.from(String(this.#buffer.readInt32LE(this.#at - 4)))
      case StringEncoding.lzf:
        return this.#compressed()
      default:
        throw this.corrupt(`unknown string encoding ${-1 - value}`)
    }
  }

  #compressed(): Buffer {
    const packedBytes = this.length()
    const bytes = this.length()
    const expanded = decompressLzf(this.raw(packedBytes), 0, packedBytes, bytes)
    if (expanded !== null) return expanded
    throw this.corrupt(`${packedBytes} bytes are not the compressed form of ${bytes}`)
  }

  /** `bytes` bytes, copied. A declared length is believed only as far as bytes really follow. */
  raw(bytes: number): Buffer {
    if (this.#fill === undefined || bytes <= WINDOW_BYTES / 2) {
      this.#need(bytes)
      this.#at += bytes
      return Buffer.from(this.#buffer.subarray(this.#at - bytes, this.#at))
    }
    const parts: Buffer[] = []
    for (let rest = bytes; rest > 0; ) {
      this.#need(1)
      const step = Math.min(rest, this.#end - this.#at, STEP_BYTES)
      parts.push(Buffer.from(this.#buffer.subarray(this.#at, this.#at + step)))
      this.#at += step
      rest -= step
    }
    return Buffer.concat(parts)
  }

  double(): number {
    this.#need(8)
    this.#at += 8
    return this.#buffer.readDoubleLE(this.#at - 8)
  }

  float(): number {
    this.#need(4)
    this.#at += 4
    return this.#buffer.readFloatLE(this.#at - 4)
  }

  /** Starts to keep the bytes that are read. */
  beginCapture(): void {
    this.#captured = []
    this.#captureFrom = this.#at
  }

  /** The bytes read since {@link beginCapture}. */
  endCapture(): Buffer {
    const parts = this.#captured ?? []
    this.#captured = undefined
    return Buffer.concat([...parts, this.#buffer.subarray(this.#captureFrom, this.#at)])
  }

  /** A double as text with a length byte, the form of old sorted sets. */
  textDouble(): number {
    const length = this.byte()
    if (length === 255) return Number.NEGATIVE_INFINITY
    if (length === 254) return Number.POSITIVE_INFINITY
    if (length === 253) return Number.NaN
    const text = this.raw(length).toString('latin1')
    const value = Number(text)
    if (text === '' || Number.isNaN(value)) throw this.corrupt(`score '${text}' is no number`)
    return value
  }

  /** A point in time in milliseconds. */
  time(): number {
    this.#need(8)
    this.#at += 8
    return Number(this.#buffer.readBigInt64LE(this.#at - 8))
  }

  seconds(): number {
    this.#need(4)
    this.#at += 4
    return this.#buffer.readInt32LE(this.#at - 4)
  }

  /** Reads the eight bytes at the end; false where they are set and are not the checksum of all bytes before them. */
  checksumHolds(): boolean {
    this.#sum(this.#at)
    this.#need(8)
    const at = this.#at
    this.#at += 8
    const isOff = this.#buffer.readBigUInt64LE(at) === 0n
    return this.#crc === undefined || isOff || this.#crc.matches(this.#buffer, at)
  }

  #sum(to: number): void {
    this.#crc?.update(this.#buffer, this.#summedTo, to)
    this.#summedTo = to
  }

  /** Makes sure that `bytes` bytes lie behind the position. */
  #need(bytes: number): void {
    while (this.#end - this.#at < bytes) {
      if (this.#fill === undefined || !this.#more(bytes)) {
        throw this.corrupt(
          `the data ends where ${bytes} more bytes were expected and ${this.#end - this.#at} are there`,
        )
      }
    }
  }

  #more(bytes: number): boolean {
    if (this.#at > 0) {
      if (this.#captured !== undefined) {
        this.#captured.push(Buffer.from(this.#buffer.subarray(this.#captureFrom, this.#at)))
        this.#captureFrom = 0
      }
      this.#sum(this.#at)
      this.#buffer.copy(this.#buffer, 0, this.#at, this.#end)
      this.#base += this.#at
      this.#end -= this.#at
      this.#at = 0
      this.#summedTo = 0
    }
    if (bytes > this.#buffer.length)
      throw this.corrupt(`an element of ${bytes} bytes where at most ${this.#buffer.length} fit`)
    const read = (this.#fill as Fill)(this.#buffer, this.#end, this.#buffer.length)
    this.#end += read
    return read > 0
  }
}
