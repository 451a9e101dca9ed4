import type { QuickListNode } from './quicklist-node.ts'

// When a node of a quicklist is full. The setting is list-max-listpack-size: positive, a number of elements; negative, a
// number of bytes by level.

const LEVEL_BYTES = [4096, 8192, 16384, 32768, 65536]
// What Redis allows for the encoding of an element that is yet to be added.
const ELEMENT_OVERHEAD_BYTES = 8
// Where elements are counted, a node of several still stays below this.
const COUNTED_NODE_BYTES = 8192
const LISTPACK_FRAME_BYTES = 7
const DEFAULT_PLAIN_BYTES = 1 << 30

let plainBytes = DEFAULT_PLAIN_BYTES

/**
 * Sets from how many bytes on an element has a node of its own, outside a listpack, in all lists of the process; 0 is the
 * default of 1 GiB (Redis: DEBUG QUICKLIST-PACKED-THRESHOLD).
 */
export function setPlainThreshold(bytes: number): void {
  plainBytes = bytes === 0 ? DEFAULT_PLAIN_BYTES : bytes
}

/** Whether an element of `bytes` bytes has a node of its own. */
export function isPlainSize(bytes: number): boolean {
  return bytes >= plainBytes
}

/**
 * Whether a listpack of `bytes` bytes and `count` elements is more than one node, or one small list, may be under the
 * setting `fill` (Redis: quicklistNodeExceedsLimit).
 */
export function exceedsLimit(fill: number, bytes: number, count: number): boolean {
  if (fill >= 0) return bytes > COUNTED_NODE_BYTES || count > Math.max(fill, 1)
  return bytes > LEVEL_BYTES[Math.min(-fill, LEVEL_BYTES.length) - 1]
}

/**
 * Whether a list that is down to one listpack of `bytes` bytes and `count` elements may be that listpack alone under the
 * setting `fill`. While a list shrinks it must be at half of the limit, lest it go back and forth.
 */
export function fitsAlone(fill: number, bytes: number, count: number, isShrinking: boolean): boolean {
  const share = isShrinking ? 2 : 1
  if (fill >= 0) return count <= Math.floor(Math.max(fill, 1) / share)
  return bytes <= LEVEL_BYTES[Math.min(-fill, LEVEL_BYTES.length) - 1] / share
}

/** Whether an element of `bytes` bytes fits into `node` under the setting `fill`. */
export function allowsInsert(node: QuickListNode | undefined, fill: number, bytes: number): boolean {
  if (node === undefined || node.isPlain || isPlainSize(bytes)) return false
  return !exceedsLimit(fill, node.region.length + bytes + ELEMENT_OVERHEAD_BYTES, node.count + 1)
}

/** Whether two neighbours may be one node under the setting `fill`. */
export function allowsMerge(
  left: QuickListNode | undefined,
  right: QuickListNode | undefined,
  fill: number,
): boolean {
  if (left === undefined || right === undefined || left.isPlain || right.isPlain) return false
  const bytes = left.region.length + right.region.length - LISTPACK_FRAME_BYTES
  return !exceedsLimit(fill, bytes, left.count + right.count)
}
