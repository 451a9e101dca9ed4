const STAR = 0x2a
const QUESTION = 0x3f
const OPEN = 0x5b
const CLOSE = 0x5d
const CARET = 0x5e
const DASH = 0x2d
const BACKSLASH = 0x5c

/**
 * A glob-style pattern over bytes, with Redis's rules: `*`, `?`, `[abc]`, `[^a-z]` and `\` before a character that is to
 * be taken as it is. Matching takes time proportional to pattern times text at worst.
 */
export class GlobPattern {
  readonly #pattern: Uint8Array
  /** Whether the pattern is a lone `*`, which everything matches. */
  readonly matchesAll: boolean
  // Where the part of the pattern that was compared last ends: what a match continues with.
  #next = 0

  constructor(pattern: Uint8Array) {
    this.#pattern = pattern
    this.matchesAll = pattern.length === 1 && pattern[0] === STAR
  }

  /** Whether `text[from, to)` matches. */
  matches(text: Uint8Array, from: number, to: number): boolean {
    const pattern = this.#pattern
    let at = 0
    // After a star: where the pattern goes on behind it, and what the star has taken so far ends.
    let starNext = -1
    let starEnd = 0
    while (from < to) {
      if (pattern[at] === STAR) {
        starNext = ++at
        starEnd = from
      } else if (at < pattern.length && this.#matchesOne(at, text[from] as number)) {
        at = this.#next
        from++
      } else if (starNext >= 0) {
        // Only the last star needs to be tried again: what an earlier one took leaves the rest the same choices.
        at = starNext
        from = ++starEnd
      } else {
        return false
      }
    }
    while (pattern[at] === STAR) at++
    return at >= pattern.length
  }

  /** Whether the part of the pattern at `at`, which is no star, matches one byte; sets {@link GlobPattern.#next}. */
  #matchesOne(at: number, byte: number): boolean {
    const pattern = this.#pattern
    switch (pattern[at]) {
      case QUESTION:
        this.#next = at + 1
        return true
      case OPEN:
        return this.#matchesClass(at + 1, byte)
      case BACKSLASH:
        if (at + 1 < pattern.length) at++
        this.#next = at + 1
        return pattern[at] === byte
      default:
        this.#next = at + 1
        return pattern[at] === byte
    }
  }

  /** As {@link GlobPattern.#matchesOne} for the class whose opening bracket is before `at`; it may lack its end. */
  #matchesClass(at: number, byte: number): boolean {
    const pattern = this.#pattern
    const length = pattern.length
    const isNegated = pattern[at] === CARET
    if (isNegated) at++
    let found = false
    for (; at < length && pattern[at] !== CLOSE; at++) {
      if (pattern[at] === BACKSLASH && at + 1 < length) {
        at++
        if (pattern[at] === byte) found = true
      } else if (pattern[at + 1] === DASH && at + 2 < length) {
        const one = pattern[at] as number
        const other = pattern[at + 2] as number
        if (byte >= Math.min(one, other) && byte <= Math.max(one, other)) found = true
        at += 2
      } else if (pattern[at] === byte) {
        found = true
      }
    }
    this.#next = Math.min(at + 1, length)
    return found !== isNegated
  }
}
