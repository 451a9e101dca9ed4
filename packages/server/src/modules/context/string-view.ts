import { type BytesLike, CommandError, type StringValue } from '@modis/sdk'
import { ByteRange } from '../../keyspace/byte-range.ts'
import { bytesCopy } from '../../keyspace/copy-bytes.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as strings from '../../keyspace/types/string.ts'
import { notAFloat } from '../../protocol/request-args.ts'
import { absoluteRange, bufferOf, doubleSum, integerOf } from './bytes.ts'
import type { KeyHandle } from './key.ts'

const EMPTY = Buffer.alloc(0)
const tooLong = new CommandError('string exceeds maximum allowed size (proto-max-bulk-len)')
const ZERO = Buffer.from('0')
const range = new ByteRange()

/** A key's value as a string, for modules. */
export class StringView implements StringValue {
  readonly #key: KeyHandle

  constructor(key: KeyHandle) {
    this.#key = key
  }

  #read(): Entry | undefined {
    return this.#key.read()?.expect(Type.string)
  }

  #write(): Entry | undefined {
    return this.#key.write()?.expect(Type.string)
  }

  get length(): number {
    const entry = this.#read()
    return entry === undefined ? 0 : strings.stringLength(entry)
  }

  get(): Buffer | null {
    const entry = this.#read()
    if (entry === undefined) return null
    strings.readString(entry, range)
    return range.copy()
  }

  text(): string | null {
    const entry = this.#read()
    if (entry === undefined) return null
    strings.readString(entry, range)
    return range.bytes.toString('utf8', range.from, range.to)
  }

  set(value: BytesLike, options?: { readonly keepTtl?: boolean }): void {
    const key = this.#key
    key.requireWritable()
    const bytes = bufferOf(value)
    this.#requireLength(bytes.length)
    const expiry = options?.keepTtl === true ? (key.write()?.expiry ?? -1) : -1
    const encoding = strings.textEncoding(bytes, 0, bytes.length)
    key.database.setString(key.bytes, key.from, key.to, bytes, 0, bytes.length, encoding, expiry)
    key.changed('string', 'set')
  }

  append(value: BytesLike): number {
    const bytes = bufferOf(value)
    const entry = this.#write() ?? this.#create(bytes)
    this.#requireLength(strings.stringLength(entry) + bytes.length)
    const length = strings.appendString(entry, bytes, 0, bytes.length)
    this.#key.changed('string', 'append')
    return length
  }

  /** An empty string at the key, made where `bytes` are allowed to be written to it. */
  #create(bytes: Buffer): Entry {
    this.#requireLength(bytes.length)
    const { database, bytes: name, from, to } = this.#key
    return strings.createString(database, name, from, to, 0)
  }

  range(start: number, end: number): Buffer {
    const entry = this.#read()
    if (entry === undefined) return EMPTY
    strings.readString(entry, range)
    const [first, last] = absoluteRange(integerOf(start, 'start'), integerOf(end, 'end'), range.length)
    if (last < first) return EMPTY
    return bytesCopy(range.bytes, range.from + first, range.from + last + 1)
  }

  setRange(offset: number, value: BytesLike): number {
    if (integerOf(offset, 'the offset') < 0) throw new CommandError('offset is out of range')
    const bytes = bufferOf(value)
    const entry = this.#write()
    if (bytes.length === 0) return entry === undefined ? 0 : strings.stringLength(entry)
    this.#requireLength(offset + bytes.length)
    const length = strings.overwriteString(entry ?? this.#create(EMPTY), offset, bytes, 0, bytes.length)
    this.#key.changed('string', 'setrange')
    return length
  }

  truncate(length: number): void {
    const entry = this.#write()
    if (integerOf(length, 'the length') < 0)
      throw new RangeError(`the length must not be negative, got ${length}`)
    this.#requireLength(length)
    if (entry === undefined && length === 0) return
    // As RedisModule_StringTruncate does, a string cut to nothing stays.
    if (entry !== undefined && length === 0)
      strings.replaceString(entry, EMPTY, 0, 0, strings.plainEncoding(0))
    else strings.resizeString(entry ?? this.#create(EMPTY), length)
    this.#key.changed('string', 'set')
  }

  increment(by: number | bigint): bigint {
    const entry = this.#write()
    if (typeof by === 'number') integerOf(by, 'the increment')
    const { database, bytes, from, to } = this.#key
    const sum = strings.incrementString(database, entry, bytes, from, to, by)
    this.#key.changed('string', 'incrby')
    return BigInt(sum)
  }

  incrementDouble(by: number): number {
    const entry = this.#write()
    if (entry === undefined) range.set(ZERO, 0, 1)
    else strings.readString(entry, range)
    const text = doubleSum(range, by, notAFloat)
    const target = entry ?? this.#create(EMPTY)
    strings.replaceString(target, text, 0, text.length, strings.plainEncoding(text.length))
    this.#key.changed('string', 'incrbyfloat')
    return Number(text.toString('latin1'))
  }

  #requireLength(length: number): void {
    if (length > this.#key.access.runtime.server.requestLimits.maxBulkBytes) throw tooLong
  }
}
