/** What the filter does for each item; implemented in JavaScript here and in C by addon.c. */
export interface BitOperations {
  /** Sets the item's bits; true where one of them was not set. */
  add(bits: Buffer, hashes: number, item: Buffer): boolean
  /** Whether all of the item's bits are set. */
  has(bits: Buffer, hashes: number, item: Buffer): boolean
}

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))

const scramble = (block: number): number => Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593)

/** MurmurHash3 for 32 bits. */
const hashBytes = (bytes: Buffer, seed: number): number => {
  let hash = seed
  let at = 0
  for (; at + 4 <= bytes.length; at += 4)
    hash = (Math.imul(rotate(hash ^ scramble(bytes.readInt32LE(at)), 13), 5) + 0xe6546b64) | 0
  let tail = 0
  for (let index = bytes.length - 1; index >= at; index--) tail = (tail << 8) | (bytes[index] as number)
  if (bytes.length > at) hash ^= scramble(tail)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/**
 * The operations in JavaScript. An item's bits lie at `position + i * stride`, both hashes of it, for `i` below the
 * number of hashes; the stride is odd, so that the bits of a power of two are all within reach.
 */
export const javascript: BitOperations = {
  add(bits, hashes, item) {
    const mask = bits.length * 8 - 1
    let position = hashBytes(item, 0)
    const stride = hashBytes(item, position) | 1
    let isNew = false
    for (let index = 0; index < hashes; index++, position = (position + stride) | 0) {
      const bit = (position & mask) >>> 0
      const flag = 1 << (bit & 7)
      const byte = bits[bit >>> 3] as number
      if ((byte & flag) === 0) {
        isNew = true
        bits[bit >>> 3] = byte | flag
      }
    }
    return isNew
  },
  has(bits, hashes, item) {
    const mask = bits.length * 8 - 1
    let position = hashBytes(item, 0)
    const stride = hashBytes(item, position) | 1
    for (let index = 0; index < hashes; index++, position = (position + stride) | 0) {
      const bit = (position & mask) >>> 0
      if (((bits[bit >>> 3] as number) & (1 << (bit & 7))) === 0) return false
    }
    return true
  },
}
