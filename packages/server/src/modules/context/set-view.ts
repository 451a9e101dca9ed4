import type { BytesLike, SetValue } from '@modis/sdk'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as sets from '../../keyspace/types/set.ts'
import { bufferOf } from './bytes.ts'
import type { KeyHandle } from './key.ts'

/** A key's value as a set, for modules. */
export class SetView implements SetValue {
  readonly #key: KeyHandle

  constructor(key: KeyHandle) {
    this.#key = key
  }

  #read(): Entry | undefined {
    return this.#key.read()?.expect(Type.set)
  }

  #write(): Entry | undefined {
    return this.#key.write()?.expect(Type.set)
  }

  get size(): number {
    const entry = this.#read()
    return entry === undefined ? 0 : sets.size(entry)
  }

  has(member: BytesLike): boolean {
    const entry = this.#read()
    const bytes = bufferOf(member)
    return entry !== undefined && sets.has(entry, bytes, 0, bytes.length)
  }

  add(...members: readonly BytesLike[]): number {
    const present = this.#write()
    const given = members.map(bufferOf)
    const first = given[0]
    if (first === undefined) return 0
    const { database, bytes, from, to } = this.#key
    if (present !== undefined) sets.expectMembers(present, given.length)
    const entry = present ?? sets.create(database, bytes, from, to, first, 0, first.length, given.length)
    let added = 0
    for (const member of given) if (sets.add(entry, member, 0, member.length)) added++
    if (added > 0) this.#key.changed('set', 'sadd', added)
    return added
  }

  delete(...members: readonly BytesLike[]): number {
    const entry = this.#write()
    if (entry === undefined) return 0
    let removed = 0
    for (const member of members.map(bufferOf)) if (sets.remove(entry, member, 0, member.length)) removed++
    if (removed > 0) this.#key.changedToEmpty(entry, sets.size(entry) === 0, 'set', 'srem', removed)
    return removed
  }

  pop(): Buffer | null {
    const entry = this.#write()
    if (entry === undefined) return null
    let popped: Buffer | null = null
    sets.popRandom(entry, (bytes, from, to) => {
      popped = Buffer.from(bytes.subarray(from, to))
    })
    this.#key.changedToEmpty(entry, sets.size(entry) === 0, 'set', 'spop')
    return popped
  }

  random(): Buffer | null {
    const entry = this.#read()
    if (entry === undefined) return null
    let drawn: Buffer | null = null
    sets.random(entry, (bytes, from, to) => {
      drawn = Buffer.from(bytes.subarray(from, to))
    })
    return drawn
  }

  [Symbol.iterator](): Iterator<Buffer> {
    const entry = this.#read()
    const members: Buffer[] = []
    if (entry !== undefined) {
      sets.forEach(entry, (bytes, from, to) => members.push(Buffer.from(bytes.subarray(from, to))))
    }
    return members[Symbol.iterator]()
  }
}
