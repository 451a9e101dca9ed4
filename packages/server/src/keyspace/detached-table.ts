import type { LargeValue } from './objects.ts'
import type { Table } from './table.ts'

/** What is left of a table of a flushed database, given back entry by entry by a function that gets the address of each. */
export class DetachedTable implements LargeValue {
  readonly encodingName = 'flushed'
  readonly #table: Table
  readonly #release: (address: number) => void

  constructor(table: Table, release: (address: number) => void) {
    this.#table = table
    this.#release = release
  }

  get memoryBytes(): number {
    return this.#table.indexBytes
  }

  dispose(limit: number): boolean {
    return this.#table.drain(limit, this.#release)
  }
}
