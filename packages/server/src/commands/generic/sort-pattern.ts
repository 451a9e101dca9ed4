import type { ByteRange } from '../../keyspace/byte-range.ts'
import type { Database } from '../../keyspace/database.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as hashes from '../../keyspace/types/hash.ts'
import { readString } from '../../keyspace/types/string.ts'

const STAR = 0x2a
const ARROW = Buffer.from('->')

/** A pattern of SORT's BY and GET: a key with a `*` for the element, or with `->field` after it a field of a hash there. */
export class SortPattern {
  readonly #isElement: boolean
  /** Whether the pattern has no `*`: it then leads nowhere, and BY does not sort. */
  readonly isConstant: boolean
  readonly #prefix: Buffer
  readonly #suffix: Buffer
  readonly #field: Buffer | undefined
  #key = Buffer.alloc(64)

  constructor(pattern: Buffer) {
    const star = pattern.indexOf(STAR)
    const arrow = star < 0 ? -1 : pattern.indexOf(ARROW, star + 1)
    const hasField = arrow >= 0 && arrow + ARROW.length < pattern.length
    this.#isElement = pattern.length === 1 && pattern[0] === 0x23
    this.isConstant = star < 0
    this.#prefix = pattern.subarray(0, Math.max(star, 0))
    this.#suffix = pattern.subarray(star + 1, hasField ? arrow : pattern.length)
    this.#field = hasField ? pattern.subarray(arrow + ARROW.length) : undefined
  }

  /** Points `into` at what the pattern leads to for an element, until the keyspace changes; false where it is nothing. */
  lookUp(database: Database, element: ByteRange, into: ByteRange): boolean {
    if (this.#isElement) {
      into.set(element.bytes, element.from, element.to)
      return true
    }
    if (this.isConstant) return false
    const entry = database.read(this.#key, 0, this.#writeKey(element))
    if (entry === undefined) return false
    const field = this.#field
    if (field !== undefined)
      return entry.type === Type.hash && hashes.get(entry, field, 0, field.length, into)
    if (entry.type !== Type.string) return false
    readString(entry, into)
    return true
  }

  /** Writes the key for an element to `#key`; returns its length. */
  #writeKey(element: ByteRange): number {
    const prefix = this.#prefix
    const suffix = this.#suffix
    const length = prefix.length + element.length + suffix.length
    if (this.#key.length < length) this.#key = Buffer.alloc(length * 2)
    prefix.copy(this.#key, 0)
    element.bytes.copy(this.#key, prefix.length, element.from, element.to)
    suffix.copy(this.#key, length - suffix.length)
    return length
  }
}
