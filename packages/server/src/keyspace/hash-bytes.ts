import { randomBytes } from 'node:crypto'

// HalfSipHash-1-3: keyed, so that a client who chooses the keys cannot choose the collisions, and made of 32-bit
// operations only, which JavaScript engines compile to single instructions.
const seed = randomBytes(8)
const seedLow = seed.readInt32LE(0)
const seedHigh = seed.readInt32LE(4)
const initial2 = 0x6c796765 ^ seedLow
const initial3 = 0x74656462 ^ seedHigh

/** Longest key whose words {@link hashBytes} leaves behind, in words. */
export const MAX_KEY_WORDS = 32

/**
 * The whole 32-bit words of the key hashed last, at most {@link MAX_KEY_WORDS}: assembling them is the larger part of
 * comparing unaligned bytes with an aligned key, and hashing has done it already.
 */
export const keyWords = new Int32Array(MAX_KEY_WORDS)

/** Hash of `source[from, to)` as a signed 32-bit integer, keyed with a seed drawn when the process started. */
export function hashBytes(source: Uint8Array, from: number, to: number): number {
  let v0 = seedLow
  let v1 = seedHigh
  let v2 = initial2
  let v3 = initial3
  const length = to - from
  const wordsEnd = to - (length & 3)
  let at = from
  let word = 0
  let index = 0
  for (; at < wordsEnd; at += 4) {
    word =
      (source[at] as number) |
      ((source[at + 1] as number) << 8) |
      ((source[at + 2] as number) << 16) |
      ((source[at + 3] as number) << 24)
    if (index < MAX_KEY_WORDS) keyWords[index++] = word
    v3 ^= word
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= word
  }
  word = length << 24
  if (at < to) word |= source[at] as number
  if (at + 1 < to) word |= (source[at + 1] as number) << 8
  if (at + 2 < to) word |= (source[at + 2] as number) << 16
  v3 ^= word
  // One round for the last word, three to finish.
  for (let round = 0; round < 4; round++) {
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    if (round === 0) {
      v0 ^= word
      v2 ^= 0xff
    }
  }
  return v1 ^ v3
}
