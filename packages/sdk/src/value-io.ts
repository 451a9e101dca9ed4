import type { ValueReader, ValueWriter } from './data-type.ts'
import { ValueFormatError } from './errors.ts'
import type { BytesLike } from './keys.ts'
import { decompressLzf } from './lzf.ts'

/** Opcodes of a module's value in RDB files (type 7, `MODULE_2`), as Redis numbers them. */
const valueOpcode = { end: 0, signed: 1, unsigned: 2, float: 3, double: 4, string: 5 } as const

const opcodeNames: readonly string[] = [
  'the end',
  'a signed integer',
  'an unsigned integer',
  'a float',
  'a double',
  'a string',
]

const largestUnsigned = 0xffff_ffff_ffff_ffffn
const smallestSigned = -0x8000_0000_0000_0000n
const largestSigned = 0x7fff_ffff_ffff_ffffn

const toInteger = (value: number | bigint): bigint => {
  if (typeof value === 'bigint') return value
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${value} is not an integer within ±(2^53 − 1); pass a bigint`)
  return BigInt(value)
}

/**
 * Writes fields in the form of RDB's `MODULE_2` values, into memory. `offset` is the number of bytes written;
 * {@link ValueEncoder.finish} ends the value.
 */
export class ValueEncoder implements ValueWriter {
  private buffer: Buffer
  offset = 0

  constructor(initialBytes = 256) {
    this.buffer = Buffer.allocUnsafe(initialBytes)
  }

  unsigned(value: number | bigint): void {
    const integer = toInteger(value)
    if (integer < 0n || integer > largestUnsigned)
      throw new RangeError(`${value} is not an unsigned 64-bit integer`)
    this.length(valueOpcode.unsigned)
    this.length64(integer)
  }

  /** Redis stores signed integers as the unsigned integer of the same 64 bits; so does this. */
  signed(value: number | bigint): void {
    const integer = toInteger(value)
    if (integer < smallestSigned || integer > largestSigned)
      throw new RangeError(`${value} is not a signed 64-bit integer`)
    this.length(valueOpcode.unsigned)
    this.length64(BigInt.asUintN(64, integer))
  }

  double(value: number): void {
    this.length(valueOpcode.double)
    this.reserve(8)
    this.offset = this.buffer.writeDoubleLE(value, this.offset)
  }

  float(value: number): void {
    this.length(valueOpcode.float)
    this.reserve(4)
    this.offset = this.buffer.writeFloatLE(value, this.offset)
  }

  string(value: BytesLike): void {
    this.length(valueOpcode.string)
    const size = typeof value === 'string' ? Buffer.byteLength(value) : value.length
    this.length(size)
    this.reserve(size)
    if (typeof value === 'string') this.buffer.write(value, this.offset, size, 'utf8')
    else this.buffer.set(value, this.offset)
    this.offset += size
  }

  /** An unsigned integer in the RDB length encoding, without an opcode; used for the type's id. */
  length64(value: bigint): void {
    if (value <= 0xffff_ffffn) {
      this.length(Number(value))
      return
    }
    this.reserve(9)
    this.buffer[this.offset] = 0x81
    this.offset = this.buffer.writeBigUInt64BE(value, this.offset + 1)
  }

  /** Ends the value and returns all bytes written; the encoder is not used again. */
  finish(): Buffer {
    this.length(valueOpcode.end)
    return this.buffer.subarray(0, this.offset)
  }

  private length(value: number): void {
    this.reserve(5)
    if (value < 1 << 6) {
      this.buffer[this.offset++] = value
    } else if (value < 1 << 14) {
      this.offset = this.buffer.writeUInt16BE(0x4000 | value, this.offset)
    } else {
      this.buffer[this.offset] = 0x80
      this.offset = this.buffer.writeUInt32BE(value, this.offset + 1)
    }
  }

  private reserve(bytes: number): void {
    const needed = this.offset + bytes
    if (needed <= this.buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2))
    this.buffer.copy(grown, 0, 0, this.offset)
    this.buffer = grown
  }
}

/**
 * Reads fields in the form of RDB's `MODULE_2` values from `buffer`, between `offset` and `end`. The bytes may be
 * hostile: nothing is read past `end`, nothing is allocated that was only declared, and every fault is a
 * {@link ValueFormatError}.
 */
export class ValueDecoder implements ValueReader {
  private readonly buffer: Buffer
  private readonly end: number
  private readonly base: number
  offset: number

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.offset = offset
    this.base = offset
    this.end = end
  }

  unsigned(): number {
    return this.safe(this.unsigned64(), 'unsigned64()')
  }

  unsigned64(): bigint {
    this.expect(valueOpcode.unsigned)
    return this.length64()
  }

  signed(): number {
    return this.safe(this.signed64(), 'signed64()')
  }

  signed64(): bigint {
    const at = this.offset
    const opcode = this.opcode()
    if (opcode !== valueOpcode.unsigned && opcode !== valueOpcode.signed)
      this.mismatch(valueOpcode.signed, opcode, at)
    return BigInt.asIntN(64, this.length64())
  }

  double(): number {
    this.expect(valueOpcode.double)
    this.need(8)
    this.offset += 8
    return this.buffer.readDoubleLE(this.offset - 8)
  }

  float(): number {
    this.expect(valueOpcode.float)
    this.need(4)
    this.offset += 4
    return this.buffer.readFloatLE(this.offset - 4)
  }

  bytes(): Buffer {
    this.expect(valueOpcode.string)
    return this.rawString()
  }

  string(): string {
    return this.bytes().toString('utf8')
  }

  /** Reads the end of the value. @throws ValueFormatError where fields are left */
  finish(): void {
    this.expect(valueOpcode.end)
  }

  /** Reads over all fields up to and including the end of the value, whatever they are. */
  skip(): void {
    for (;;) {
      const at = this.offset
      const opcode = this.opcode()
      if (opcode === valueOpcode.end) return
      if (opcode === valueOpcode.signed || opcode === valueOpcode.unsigned) this.length64()
      else if (opcode === valueOpcode.float) this.advance(4)
      else if (opcode === valueOpcode.double) this.advance(8)
      else if (opcode === valueOpcode.string) this.skipString()
      else this.fail(`unknown opcode ${opcode}`, at)
    }
  }

  /** An unsigned integer in the RDB length encoding, without an opcode. */
  length64(): bigint {
    const at = this.offset
    this.need(1)
    const first = this.buffer[this.offset] as number
    if (first < 0x40) {
      this.offset += 1
      return BigInt(first)
    }
    if (first < 0x80) {
      this.advance(2)
      return BigInt(this.buffer.readUInt16BE(at) & 0x3fff)
    }
    if (first === 0x80) {
      this.advance(5)
      return BigInt(this.buffer.readUInt32BE(at + 1))
    }
    if (first === 0x81) {
      this.advance(9)
      return this.buffer.readBigUInt64BE(at + 1)
    }
    return this.fail(`unknown length encoding 0x${first.toString(16)}`, at)
  }

  private opcode(): number {
    const opcode = this.length64()
    return opcode > 0xffn ? 0xff : Number(opcode)
  }

  private expect(wanted: number): void {
    const at = this.offset
    const found = this.opcode()
    if (found !== wanted) this.mismatch(wanted, found, at)
  }

  private mismatch(wanted: number, found: number, at: number): never {
    const foundName = opcodeNames[found] ?? `unknown opcode ${found}`
    return this.fail(`expected ${opcodeNames[wanted]}, found ${foundName}`, at)
  }

  /** A length that must fit in what is left, so that it may be used as a number. */
  private byteLength(): number {
    const at = this.offset
    const length = this.length64()
    if (length > BigInt(this.end - this.offset))
      this.fail(`a string of ${length} bytes is declared but ${this.end - this.offset} are left`, at)
    return Number(length)
  }

  private rawString(): Buffer {
    this.need(1)
    const first = this.buffer[this.offset] as number
    if (first >= 0xc0) return this.encodedString(first & 0x3f)
    const length = this.byteLength()
    this.offset += length
    return Buffer.from(this.buffer.subarray(this.offset - length, this.offset))
  }

  /** Redis writes short decimal strings as integers and compresses long ones. */
  private encodedString(encoding: number): Buffer {
    const at = this.offset
    this.offset += 1
    if (encoding < 3) {
      const size = 1 << encoding
      this.advance(size)
      return Buffer.from(String(this.buffer.readIntLE(this.offset - size, size)))
    }
    if (encoding !== 3) this.fail(`unknown string encoding ${encoding}`, at)
    const { compressed, length } = this.compressedLengths(at)
    this.offset += compressed
    const plain = decompressLzf(this.buffer, this.offset - compressed, this.offset, length)
    return plain ?? this.fail('invalid LZF compressed string', at)
  }

  private compressedLengths(at: number): { compressed: number; length: number } {
    const compressed = this.length64()
    const length = this.length64()
    if (compressed > BigInt(this.end - this.offset) || length > BigInt(Number.MAX_SAFE_INTEGER))
      this.fail(`a compressed string of ${compressed} bytes is declared but not there`, at)
    return { compressed: Number(compressed), length: Number(length) }
  }

  private skipString(): void {
    this.need(1)
    const at = this.offset
    const first = this.buffer[at] as number
    if (first < 0xc0) {
      // The length is read first: it moves the offset itself.
      const length = this.byteLength()
      this.offset += length
      return
    }
    const encoding = first & 0x3f
    this.offset += 1
    if (encoding < 3) this.advance(1 << encoding)
    else if (encoding === 3) {
      const { compressed } = this.compressedLengths(at)
      this.offset += compressed
    } else this.fail(`unknown string encoding ${encoding}`, at)
  }

  private safe(value: bigint, wide: string): number {
    const number = Number(value)
    if (!Number.isSafeInteger(number))
      this.fail(`${value} is beyond ±(2^53 − 1) (read it with ${wide})`, this.offset)
    return number
  }

  private advance(bytes: number): void {
    this.need(bytes)
    this.offset += bytes
  }

  private need(bytes: number): void {
    if (this.offset + bytes > this.end) this.fail('the data ends', this.offset)
  }

  private fail(message: string, at: number): never {
    throw new ValueFormatError(message, at - this.base)
  }
}
