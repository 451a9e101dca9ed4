// LZF, the compression of strings in RDB files. What expands it is in the SDK, as values of modules have such strings too.
// The compressed form is a sequence of
//   000LLLLL, then L + 1 bytes                       those bytes as they are
//   LLLOOOOO oooooooo                                L + 2 bytes from O:o + 1 back, L from 1 to 6
//   111OOOOO LLLLLLLL oooooooo                       the same with L + 9 bytes
// where a copy may overlap what it writes.

const HASH_BITS = 14
const LONGEST_LITERAL = 32
const SHORTEST_MATCH = 3
const LONGEST_MATCH = 264
const FARTHEST_MATCH = 8192

// Where three bytes with a certain hash were last seen, as offsets that never repeat from one call to the next: `epoch` is
// what offset 0 of the present input counts as, so that nothing has to be cleared and results do not depend on history.
const lastSeen = new Uint32Array(1 << HASH_BITS)
let epoch = 1

function hashAt(source: Buffer, at: number): number {
  const three = (source[at] << 16) | (source[at + 1] << 8) | source[at + 2]
  return Math.imul(three, 0x9e3779b1) >>> (32 - HASH_BITS)
}

/** Sets the epoch beyond all offsets of the calls before; `length` is that of the present input. */
function startEpoch(length: number): number {
  if (epoch + length > 0xffffffff) {
    lastSeen.fill(0)
    epoch = 1
  }
  const start = epoch
  epoch += length
  return start
}

/** Length of the match between the bytes at `earlier` and at `at`, up to `limit`. */
function matchLength(source: Buffer, earlier: number, at: number, limit: number): number {
  let length = 0
  while (length < limit && source[earlier + length] === source[at + length]) length++
  return length
}

/**
 * Compresses `source[from, to)` into `into[at, at + room)`; returns the number of bytes written, or 0 where they do not
 * fit. Redis takes the compressed form only where it saves four bytes or more: a `room` of `to - from - 4`.
 */
export function compress(
  source: Buffer,
  from: number,
  to: number,
  into: Buffer,
  at: number,
  room: number,
): number {
  const base = startEpoch(to - from) - from
  const end = at + room
  let out = at
  let read = from
  let literals = from
  while (read + SHORTEST_MATCH <= to) {
    const hash = hashAt(source, read)
    const earlier = lastSeen[hash] - base
    lastSeen[hash] = read + base
    const length =
      earlier >= from && read - earlier <= FARTHEST_MATCH
        ? matchLength(source, earlier, read, Math.min(LONGEST_MATCH, to - read))
        : 0
    if (length < SHORTEST_MATCH) {
      read++
      continue
    }
    out = writeLiterals(source, literals, read, into, out, end)
    if (out < 0 || out + (length < 9 ? 2 : 3) > end) return 0
    out = writeMatch(into, out, read - earlier - 1, length - 2)
    // The end of a match is worth knowing too; the bytes inside it seldom are.
    literals = read + length
    if (literals + 1 < to) lastSeen[hashAt(source, literals - 1)] = literals - 1 + base
    read = literals
  }
  out = writeLiterals(source, literals, to, into, out, end)
  return out < 0 ? 0 : out - at
}

/** Writes `source[from, to)` as runs of literals at `at`; returns the offset after them, or -1 where they pass `end`. */
function writeLiterals(
  source: Buffer,
  from: number,
  to: number,
  into: Buffer,
  at: number,
  end: number,
): number {
  while (from < to) {
    const run = Math.min(LONGEST_LITERAL, to - from)
    if (at + 1 + run > end) return -1
    into[at++] = run - 1
    for (const runEnd = from + run; from < runEnd; ) into[at++] = source[from++]
  }
  return at
}

/** Writes a copy of `length` + 2 bytes from `offset` + 1 back; returns the offset after it. */
function writeMatch(into: Buffer, at: number, offset: number, length: number): number {
  if (length < 7) {
    into[at++] = (length << 5) | (offset >>> 8)
  } else {
    into[at++] = 0xe0 | (offset >>> 8)
    into[at++] = length - 7
  }
  into[at++] = offset
  return at
}
