import type { Entry } from '../../../keyspace/entry.ts'
import type { Type } from '../../../keyspace/entry-layout.ts'
import type { LooseValue } from '../../../keyspace/loose-value.ts'

/** A value that was read from a file or payload and is no key's yet. */
export interface LoadedValue {
  /** Makes it the value of `key`, whatever that held; `expiry` in milliseconds since the epoch, −1 for none. */
  store(key: Buffer, expiry: number): Entry
  /** Gives back its memory where it is not to be stored. */
  discard(): void
}

/** A loaded value of one of the collection types. */
export function looseCollection(value: LooseValue, type: Type): LoadedValue {
  return {
    store: (key, expiry) => value.store(key, 0, key.length, type, expiry),
    discard: () => value.discard(),
  }
}
