const STAR = 0x2a
const QUESTION = 0x3f
const OPEN = 0x5b
const CLOSE = 0x5d
const BACKSLASH = 0x5c
const CARET = 0x5e
const DASH = 0x2d

// Whether the last class that was read holds the byte it was read for.
let classHolds = false

/**
 * Whether `source[from, to)` matches the glob-style pattern `pattern[patternFrom, patternTo)`, as Redis's
 * `stringmatchlen` has it, its oddities included: an empty text matches nothing but an empty pattern, a class that is
 * not closed ends with the pattern, and a range that is the wrong way round is turned round.
 *
 * Takes time in proportion to the product of the two lengths at worst: only the last star is ever tried again.
 */
export function matchesGlob(
  pattern: Uint8Array,
  patternFrom: number,
  patternTo: number,
  source: Uint8Array,
  from: number,
  to: number,
  ignoreCase = false,
): boolean {
  if (from === to) return patternFrom === patternTo
  let at = patternFrom
  let position = from
  let starAt = -1
  let starPosition = 0
  while (position < to) {
    const next = at < patternTo ? (pattern[at] as number) : -1
    if (next === STAR) {
      while (at < patternTo && pattern[at] === STAR) at++
      if (at === patternTo) return true
      starAt = at
      starPosition = position
      continue
    }
    const after = next < 0 ? -1 : matchOne(pattern, at, patternTo, source[position] as number, ignoreCase)
    if (after >= 0) {
      at = after
      position++
    } else if (starAt < 0) {
      return false
    } else {
      at = starAt
      position = ++starPosition
    }
  }
  while (at < patternTo && pattern[at] === STAR) at++
  return at === patternTo
}

/** Matches one byte with the part of the pattern at `at`; returns where the next part starts, or −1. */
function matchOne(pattern: Uint8Array, at: number, end: number, byte: number, ignoreCase: boolean): number {
  let wanted = pattern[at] as number
  if (wanted === QUESTION) return at + 1
  if (wanted === OPEN) {
    const after = readClass(pattern, at + 1, end, byte, ignoreCase)
    return classHolds ? after : -1
  }
  if (wanted === BACKSLASH && at + 1 < end) wanted = pattern[++at] as number
  if (wanted === byte || (ignoreCase && lower(wanted) === lower(byte))) return at + 1
  return -1
}

/** Reads the class whose first byte is at `at`, sets {@link classHolds} for `byte`, and returns where the class ends. */
function readClass(pattern: Uint8Array, at: number, end: number, byte: number, ignoreCase: boolean): number {
  const isNegated = at < end && pattern[at] === CARET
  if (isNegated) at++
  let holds = false
  for (; at < end; at++) {
    const first = pattern[at] as number
    if (first === BACKSLASH && at + 1 < end) {
      at++
      holds ||= pattern[at] === byte
    } else if (first === CLOSE) {
      break
    } else if (at + 2 < end && pattern[at + 1] === DASH) {
      at += 2
      holds ||= inRange(first, pattern[at] as number, byte, ignoreCase)
    } else {
      holds ||= first === byte || (ignoreCase && lower(first) === lower(byte))
    }
  }
  classHolds = holds !== isNegated
  return Math.min(at + 1, end)
}

/** Redis compares the ends of a range as signed bytes, which shows in ranges that reach past ASCII. */
function inRange(first: number, last: number, byte: number, ignoreCase: boolean): boolean {
  let start = signed(first)
  let end = signed(last)
  if (start > end) [start, end] = [end, start]
  if (!ignoreCase) return signed(byte) >= start && signed(byte) <= end
  const value = lower(signed(byte))
  return value >= lower(start) && value <= lower(end)
}

function signed(byte: number): number {
  return (byte << 24) >> 24
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}
