import { copyBytes } from './copy-bytes.ts'
import type { Database } from './database.ts'
import type { Entry } from './entry.ts'
import { Encoding, type Type } from './entry-layout.ts'
import type { LargeValue } from './objects.ts'
import { HeapRegion, type Region } from './packed/region.ts'

/**
 * Where a value of any encoding lies: a key's {@link Entry}, or a {@link LooseValue}. Small values are the region's bytes
 * themselves, large ones an object.
 */
export interface ValueHolder extends Region {
  readonly database: Database
  encoding: Encoding
  object<Value extends LargeValue>(): Value
  setObject(value: LargeValue): void
  setInline(encoding: Encoding, length: number): void
}

/** A value that is no key's yet: the result of a command under construction, or what a file is being read into. */
export class LooseValue extends HeapRegion implements ValueHolder {
  readonly database: Database
  encoding: Encoding = Encoding.listpack
  #object: LargeValue | undefined

  constructor(database: Database) {
    super()
    this.database = database
  }

  object<Value extends LargeValue>(): Value {
    return this.#object as Value
  }

  setObject(value: LargeValue): void {
    this.discard()
    this.encoding = Encoding.object
    this.#object = value
    this.resize(0)
  }

  setInline(encoding: Encoding, length: number): void {
    this.discard()
    this.encoding = encoding
    this.resize(length)
  }

  /**
   * Makes the value that of key `source[from, to)`, replacing the key and its expiry where there is one. `expiry` is in
   * milliseconds since the epoch, −1 for none. The loose value is used up.
   */
  store(source: Uint8Array, from: number, to: number, type: Type, expiry = -1): Entry {
    const { database } = this
    const existing = database.write(source, from, to)
    if (existing !== undefined) database.overwrite(existing)
    if (this.#object !== undefined) {
      const object = this.#object
      this.#object = undefined
      return database.createObject(source, from, to, type, object, expiry)
    }
    const entry = database.create(source, from, to, type, this.encoding, this.length, expiry)
    copyBytes(this.bytes, 0, this.length, entry.bytes, entry.start)
    return entry
  }

  /** Makes the value that of an entry in place of what it was, which keeps key and expiry. The loose value is used up. */
  replace(entry: Entry): void {
    if (this.#object !== undefined) {
      const object = this.#object
      this.#object = undefined
      entry.setObject(object)
      return
    }
    entry.setInline(this.encoding, this.length)
    copyBytes(this.bytes, 0, this.length, entry.bytes, entry.start)
  }

  /** Gives back the memory of a large value that is not to be stored. */
  discard(): void {
    if (this.#object === undefined) return
    this.database.keyspace.disposeLater(this.#object)
    this.#object = undefined
  }
}
