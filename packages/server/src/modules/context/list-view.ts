import type { BytesLike, ListValue } from '@modis/sdk'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as lists from '../../keyspace/types/list.ts'
import { absoluteRange, bufferOf, integerOf } from './bytes.ts'
import type { KeyHandle } from './key.ts'

/** A key's value as a list, for modules. */
export class ListView implements ListValue {
  readonly #key: KeyHandle

  constructor(key: KeyHandle) {
    this.#key = key
  }

  #read(): Entry | undefined {
    return this.#key.read()?.expect(Type.list)
  }

  #write(): Entry | undefined {
    return this.#key.write()?.expect(Type.list)
  }

  get length(): number {
    const entry = this.#read()
    return entry === undefined ? 0 : lists.size(entry)
  }

  get(index: number): Buffer | null {
    const entry = this.#read()
    integerOf(index, 'the index')
    return entry === undefined ? null : (lists.elementAt(entry, index) ?? null)
  }

  text(index: number): string | null {
    return this.get(index)?.toString() ?? null
  }

  set(index: number, value: BytesLike): boolean {
    const entry = this.#write()
    if (entry === undefined || !inside(integerOf(index, 'the index'), lists.size(entry))) return false
    const bytes = bufferOf(value)
    lists.expectElements(entry, 1, bytes.length)
    const walk = new lists.ListWalk(entry)
    walk.seek(index)
    walk.replace(bytes, 0, bytes.length)
    this.#key.changed('list', 'lset')
    lists.shrink(entry)
    return true
  }

  pushHead(...values: readonly BytesLike[]): number {
    return this.#push('head', values)
  }

  pushTail(...values: readonly BytesLike[]): number {
    return this.#push('tail', values)
  }

  #push(end: lists.End, values: readonly BytesLike[]): number {
    const key = this.#key
    const present = this.#write()
    if (values.length === 0) return present === undefined ? 0 : lists.size(present)
    const elements = values.map(bufferOf)
    const entry = present ?? lists.create(key.database, key.bytes, key.from, key.to)
    lists.expectElements(
      entry,
      elements.length,
      elements.reduce((bytes, element) => bytes + element.length, 0),
    )
    for (const element of elements) lists.push(entry, end, element, 0, element.length)
    key.changed('list', end === 'head' ? 'lpush' : 'rpush', elements.length)
    return lists.size(entry)
  }

  popHead(): Buffer | null {
    return this.#pop('head')
  }

  popTail(): Buffer | null {
    return this.#pop('tail')
  }

  #pop(end: lists.End): Buffer | null {
    const entry = this.#write()
    if (entry === undefined) return null
    const element = lists.elementAt(entry, end === 'head' ? 0 : -1) ?? null
    lists.drop(entry, end)
    this.#removed(entry, end === 'head' ? 'lpop' : 'rpop', 1)
    return element
  }

  insert(index: number, value: BytesLike): boolean {
    const entry = this.#write()
    const size = entry === undefined ? 0 : lists.size(entry)
    if (integerOf(index, 'the index') === size) {
      this.pushTail(value)
      return true
    }
    if (entry === undefined || !inside(index, size)) return false
    const bytes = bufferOf(value)
    lists.expectElements(entry, 1, bytes.length)
    const walk = new lists.ListWalk(entry)
    walk.seek(index)
    walk.insertBefore(bytes, 0, bytes.length)
    this.#key.changed('list', 'linsert')
    return true
  }

  removeAt(index: number): boolean {
    const entry = this.#write()
    if (entry === undefined) return false
    const size = lists.size(entry)
    if (!inside(integerOf(index, 'the index'), size)) return false
    lists.removeRange(entry, index < 0 ? index + size : index, 1)
    this.#removed(entry, 'lrem', 1)
    return true
  }

  range(start: number, stop: number): Buffer[] {
    const entry = this.#read()
    const elements: Buffer[] = []
    if (entry === undefined) return elements
    const [first, last] = absoluteRange(integerOf(start, 'start'), integerOf(stop, 'stop'), lists.size(entry))
    if (last < first) return elements
    lists.forEachFrom(entry, first, last - first + 1, 'forward', (bytes, from, to) => {
      elements.push(Buffer.from(bytes.subarray(from, to)))
    })
    return elements
  }

  trim(start: number, stop: number): void {
    const entry = this.#write()
    if (entry === undefined) return
    const size = lists.size(entry)
    const [first, last] = absoluteRange(integerOf(start, 'start'), integerOf(stop, 'stop'), size)
    const count = Math.max(last - first + 1, 0)
    lists.keepRange(entry, count === 0 ? 0 : first, count)
    this.#removed(entry, 'ltrim', size - count)
  }

  #removed(entry: Entry, event: string, count: number): void {
    const isEmpty = lists.size(entry) === 0
    if (!isEmpty) lists.shrink(entry)
    this.#key.changedToEmpty(entry, isEmpty, 'list', event, count)
  }

  [Symbol.iterator](): Iterator<Buffer> {
    return this.range(0, -1)[Symbol.iterator]()
  }
}

function inside(index: number, size: number): boolean {
  return index >= -size && index < size
}
