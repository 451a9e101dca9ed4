import { matchesGlob } from '../keyspace/glob.ts'

const STAR = 0x2a

/** A glob-style pattern over bytes, with the rules of {@link matchesGlob}. */
export class GlobPattern {
  readonly #pattern: Uint8Array
  /** Whether the pattern is a lone `*`, which everything matches. */
  readonly matchesAll: boolean

  constructor(pattern: Uint8Array) {
    this.#pattern = pattern
    this.matchesAll = pattern.length === 1 && pattern[0] === STAR
  }

  /** Whether `text[from, to)` matches. */
  matches(text: Uint8Array, from: number, to: number): boolean {
    return matchesGlob(this.#pattern, 0, this.#pattern.length, text, from, to)
  }
}
