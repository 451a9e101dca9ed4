import { type BytesLike, CommandError, type HashValue } from '@modis/sdk'
import { ByteRange } from '../../keyspace/byte-range.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as hashes from '../../keyspace/types/hash.ts'
import { addToInteger } from '../../keyspace/types/string.ts'
import { bufferOf, doubleSum, EncodedRange, integerOf, requireBytes } from './bytes.ts'
import type { KeyHandle } from './key.ts'

const ZERO = Buffer.from('0')
const notAnInteger = new CommandError('hash value is not an integer')
const notAFloat = new CommandError('hash value is not a float')
const range = new ByteRange()
// Used within one call of a method, none of which calls another that uses them.
const encodedField = new EncodedRange()
const encodedValue = new EncodedRange()

function setEncoded(entry: Entry, field: BytesLike, value: BytesLike): boolean {
  encodedField.encode(field)
  encodedValue.encode(value)
  const { bytes, from, to } = encodedField
  return hashes.set(entry, bytes, from, to, encodedValue.bytes, encodedValue.from, encodedValue.to)
}

/** A key's value as a hash, for modules. */
export class HashView implements HashValue {
  readonly #key: KeyHandle

  constructor(key: KeyHandle) {
    this.#key = key
  }

  #read(): Entry | undefined {
    return this.#key.read()?.expect(Type.hash)
  }

  #write(): Entry | undefined {
    return this.#key.write()?.expect(Type.hash)
  }

  #create(): Entry {
    const { database, bytes, from, to } = this.#key
    return hashes.create(database, bytes, from, to)
  }

  get size(): number {
    const entry = this.#read()
    return entry === undefined ? 0 : hashes.size(entry)
  }

  /** Points `range` at the value of a field; false where there is none. */
  #find(entry: Entry | undefined, field: BytesLike): boolean {
    if (entry === undefined) return false
    encodedField.encode(field)
    return hashes.get(entry, encodedField.bytes, encodedField.from, encodedField.to, range)
  }

  has(field: BytesLike): boolean {
    const entry = this.#read()
    const name = bufferOf(field)
    return entry !== undefined && hashes.has(entry, name, 0, name.length)
  }

  get(field: BytesLike): Buffer | null {
    return this.#find(this.#read(), field) ? range.copy() : null
  }

  text(field: BytesLike): string | null {
    if (!this.#find(this.#read(), field)) return null
    return range.bytes.toString('utf8', range.from, range.to)
  }

  set(field: BytesLike, value: BytesLike): boolean {
    return this.#set(this.#write(), bufferOf(field), bufferOf(value), 'hset')
  }

  setIfAbsent(field: BytesLike, value: BytesLike): boolean {
    const entry = this.#write()
    const name = bufferOf(field)
    if (entry !== undefined && hashes.has(entry, name, 0, name.length)) return false
    return this.#set(entry, name, bufferOf(value), 'hset')
  }

  #set(entry: Entry | undefined, name: Buffer, value: Buffer, event: string): boolean {
    const isNew = hashes.set(entry ?? this.#create(), name, 0, name.length, value, 0, value.length)
    this.#key.changed('hash', event)
    return isNew
  }

  setAll(fields: Iterable<readonly [BytesLike, BytesLike]> | Readonly<Record<string, BytesLike>>): number {
    const present = this.#write()
    const entries = Symbol.iterator in fields ? [...fields] : undefined
    const names = entries === undefined ? Object.keys(fields) : undefined
    const count = names?.length ?? (entries as unknown[]).length
    if (count === 0) return 0
    const pair = (i: number): readonly [BytesLike, BytesLike] => {
      if (entries !== undefined) return entries[i] as readonly [BytesLike, BytesLike]
      const name = (names as string[])[i] as string
      return [name, (fields as Record<string, BytesLike>)[name] as BytesLike]
    }
    // A value that is no text and no bytes is refused before anything is changed.
    for (let i = 0; i < count; i++) for (const each of pair(i)) requireBytes(each)
    const entry = present ?? this.#create()
    let added = 0
    for (let i = 0; i < count; i++) if (setEncoded(entry, ...pair(i))) added++
    this.#key.changed('hash', 'hset', count)
    return added
  }

  delete(field: BytesLike): boolean {
    const entry = this.#write()
    const name = bufferOf(field)
    if (entry === undefined || !hashes.remove(entry, name, 0, name.length)) return false
    this.#key.changedToEmpty(entry, hashes.size(entry) === 0, 'hash', 'hdel')
    return true
  }

  increment(field: BytesLike, by: number | bigint): bigint {
    const entry = this.#write()
    const name = bufferOf(field)
    if (typeof by === 'number') integerOf(by, 'the increment')
    const sum = this.#find(entry, name)
      ? addToInteger(range.bytes, range.from, range.to, by, notAnInteger)
      : by
    this.#set(entry, name, Buffer.from(sum.toString()), 'hincrby')
    return BigInt(sum)
  }

  incrementDouble(field: BytesLike, by: number): number {
    const entry = this.#write()
    const name = bufferOf(field)
    if (!this.#find(entry, name)) range.set(ZERO, 0, 1)
    const text = doubleSum(range, by, notAFloat)
    this.#set(entry, name, text, 'hincrbyfloat')
    return Number(text.toString('latin1'))
  }

  #pairs(): [field: Buffer, value: Buffer][] {
    const entry = this.#read()
    const pairs: [Buffer, Buffer][] = []
    if (entry === undefined) return pairs
    hashes.forEach(entry, (bytes, from, to, valueBytes, valueFrom, valueTo) => {
      const value = Buffer.from(valueBytes.subarray(valueFrom, valueTo))
      pairs.push([Buffer.from(bytes.subarray(from, to)), value])
    })
    return pairs
  }

  fields(): Buffer[] {
    return this.#pairs().map(([field]) => field)
  }

  values(): Buffer[] {
    return this.#pairs().map(([, value]) => value)
  }

  toObject(): Record<string, string> {
    return Object.fromEntries(this.#pairs().map(([field, value]) => [field.toString(), value.toString()]))
  }

  [Symbol.iterator](): Iterator<[field: Buffer, value: Buffer]> {
    return this.#pairs()[Symbol.iterator]()
  }
}
