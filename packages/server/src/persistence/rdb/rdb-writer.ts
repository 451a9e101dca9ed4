import { formatDouble } from '../../keyspace/packed/doubles.ts'
import { parseSafeInteger } from '../../keyspace/packed/numbers.ts'
import { Crc64 } from '../codec/crc64.ts'
import { compress } from '../codec/lzf.ts'
import { StringEncoding } from './format.ts'

const INITIAL_BYTES = 4096
/** A sink gets the bytes in pieces of at least this size. */
const PIECE_BYTES = 256 * 1024
const MIN_COMPRESSED_BYTES = 20
const LARGEST_INTEGER_TEXT = 11

/** Where finished bytes go. */
export type Sink = (bytes: Buffer) => void

/** Writes the elements of the RDB format. Without a sink all bytes stay in memory, for DUMP. */
export class RdbWriter {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
  #length = 0
  #total = 0
  readonly #sink: Sink | undefined
  readonly #compress: boolean
  readonly #crc: Crc64 | undefined

  /** `checksum` says whether {@link checksum} will be asked for. */
  constructor(options: { readonly compress: boolean; readonly checksum: boolean; readonly sink?: Sink }) {
    this.#compress = options.compress
    this.#crc = options.checksum ? new Crc64() : undefined
    this.#sink = options.sink
  }

  /** Bytes written so far. */
  get total(): number {
    return this.#total + this.#length
  }

  /** The bytes written; only without a sink. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#length++] = value
  }

  /** A length, or any other unsigned number up to 2^53. */
  length(value: number): void {
    this.#reserve(9)
    const buffer = this.#buffer
    if (value < 64) buffer[this.#length++] = value
    else if (value < 16384) {
      buffer[this.#length++] = 0x40 | (value >>> 8)
      buffer[this.#length++] = value & 0xff
    } else if (value <= 0xffffffff) {
      buffer[this.#length++] = 0x80
      this.#length = buffer.writeUInt32BE(value, this.#length)
    } else {
      buffer[this.#length++] = 0x81
      this.#length = buffer.writeBigUInt64BE(BigInt(value), this.#length)
    }
  }

  /** An unsigned 64-bit number in the encoding of lengths. */
  unsigned64(value: bigint): void {
    if (value <= 0xffffffffn) {
      this.length(Number(value))
      return
    }
    this.#reserve(9)
    this.#buffer[this.#length++] = 0x81
    this.#length = this.#buffer.writeBigUInt64BE(value, this.#length)
  }

  /** A string, as an integer or compressed where that is shorter. */
  string(source: Buffer, from = 0, to: number = source.length): void {
    const bytes = to - from
    if (bytes <= LARGEST_INTEGER_TEXT && this.#integer(source, from, to)) return
    if (this.#compress && bytes > MIN_COMPRESSED_BYTES && this.#compressed(source, from, to)) return
    this.length(bytes)
    this.raw(source, from, to)
  }

  #integer(source: Buffer, from: number, to: number): boolean {
    const value = parseSafeInteger(source, from, to)
    if (!(value >= -(2 ** 31) && value <= 2 ** 31 - 1)) return false
    this.#reserve(5)
    const buffer = this.#buffer
    if (value >= -128 && value <= 127) {
      buffer[this.#length++] = 0xc0 | StringEncoding.int8
      this.#length = buffer.writeInt8(value, this.#length)
    } else if (value >= -32768 && value <= 32767) {
      buffer[this.#length++] = 0xc0 | StringEncoding.int16
      this.#length = buffer.writeInt16LE(value, this.#length)
    } else {
      buffer[this.#length++] = 0xc0 | StringEncoding.int32
      this.#length = buffer.writeInt32LE(value, this.#length)
    }
    return true
  }

  #compressed(source: Buffer, from: number, to: number): boolean {
    const room = to - from - 4
    const packed = Buffer.allocUnsafe(room)
    const bytes = compress(source, from, to, packed, 0, room)
    if (bytes === 0) return false
    this.byte(0xc0 | StringEncoding.lzf)
    this.length(bytes)
    this.length(to - from)
    this.raw(packed, 0, bytes)
    return true
  }

  text(value: string): void {
    this.string(Buffer.from(value))
  }

  /** A double as eight bytes. */
  double(value: number): void {
    this.#reserve(8)
    this.#length = this.#buffer.writeDoubleLE(value, this.#length)
  }

  /** A double as text with a length byte, the form of old sorted sets. */
  textDouble(value: number): void {
    const text = Buffer.from(formatDouble(value))
    this.byte(text.length)
    this.raw(text)
  }

  /** A point in time in milliseconds. */
  time(ms: number): void {
    this.#reserve(8)
    this.#length = this.#buffer.writeBigInt64LE(BigInt(Math.round(ms)), this.#length)
  }

  raw(source: Uint8Array, from = 0, to: number = source.length): void {
    this.#reserve(to - from)
    this.#buffer.set(source.subarray(from, to), this.#length)
    this.#length += to - from
  }

  /** Writes the checksum of all that was written before it: eight bytes, zero where checksums are off. */
  checksum(): void {
    this.#reserve(8)
    if (this.#crc === undefined) {
      this.#buffer.fill(0, this.#length, this.#length + 8)
      this.#length += 8
      return
    }
    this.#crc.update(this.#buffer, 0, this.#length)
    this.#length = this.#crc.writeTo(this.#buffer, this.#length)
  }

  /** Hands what is left to the sink. */
  end(): void {
    this.#sink?.(Buffer.from(this.#buffer.subarray(0, this.#length)))
    this.#total += this.#length
    this.#length = 0
  }

  #reserve(bytes: number): void {
    if (this.#sink !== undefined && this.#length >= PIECE_BYTES) {
      this.#crc?.update(this.#buffer, 0, this.#length)
      this.#sink(Buffer.from(this.#buffer.subarray(0, this.#length)))
      this.#total += this.#length
      this.#length = 0
    }
    const needed = this.#length + bytes
    if (needed <= this.#buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2))
    this.#buffer.copy(grown, 0, 0, this.#length)
    this.#buffer = grown
  }
}
