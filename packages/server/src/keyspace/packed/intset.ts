import { moveBytes } from '../copy-bytes.ts'
import { formatHalves, formatInteger, Integer64, parseHalves } from './integers.ts'
import type { Region } from './region.ts'

// An intset, byte for byte as Redis lays it out: the bytes of one value (2, 4 or 8) and the number of values, 32 bits
// each, then the values in ascending order, all little-endian. The first value that needs more bytes widens them all.
//
// Values are given and returned as text. Meant to be imported as a namespace: `import * as intset from
// './packed/intset.ts'`.

/** Bytes before the first value. */
export const HEADER_BYTES = 8

const sought = new Integer64()
const current = new Integer64()

/** Makes `region` an empty intset. */
export function create(region: Region): void {
  region.resize(HEADER_BYTES)
  writeHeader(region.bytes, region.start, 2, 0)
}

function writeHeader(bytes: Buffer, start: number, width: number, values: number): void {
  bytes.writeUInt32LE(width, start)
  bytes.writeUInt32LE(values, start + 4)
}

function int32(bytes: Buffer, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
}

function int16(bytes: Buffer, at: number): number {
  return ((bytes[at] | (bytes[at + 1] << 8)) << 16) >> 16
}

/** Number of values. */
export function length(region: Region): number {
  return int32(region.bytes, region.start + 4) >>> 0
}

/** Bytes of one value: 2, 4 or 8. */
export function width(region: Region): number {
  return region.bytes[region.start]
}

/** Bytes that `value` needs. */
function widthOf(value: Integer64): number {
  const low = value.low
  if (value.high !== low >> 31) return 8
  return low >= -32768 && low <= 32767 ? 2 : 4
}

/** Reads value `index` of the values of `width` bytes at offset `values` into `into`. */
function load(bytes: Buffer, values: number, width: number, index: number, into: Integer64): void {
  const at = values + index * width
  into.low = width === 2 ? int16(bytes, at) : int32(bytes, at)
  into.high = width === 8 ? int32(bytes, at + 4) : into.low >> 31
}

function store(bytes: Buffer, values: number, width: number, index: number, value: Integer64): void {
  const at = values + index * width
  let rest = value.low
  for (let byte = 0; byte < width; byte++) {
    if (byte === 4) rest = value.high
    bytes[at + byte] = rest
    rest >>= 8
  }
}

function isLess(left: Integer64, right: Integer64): boolean {
  return left.high < right.high || (left.high === right.high && left.low >>> 0 < right.low >>> 0)
}

/** Index of {@link sought}, or `-1 - index` where it is absent, `index` being where it belongs. */
function search(region: Region): number {
  const bytes = region.bytes
  const wide = region.bytes[region.start]
  const values = region.start + HEADER_BYTES
  const needed = widthOf(sought)
  let from = 0
  let to = length(region)
  if (needed > wide) return sought.high < 0 ? -1 : -1 - to
  if (wide === 8) return searchWide(bytes, values, to)
  const value = sought.low
  while (from < to) {
    const middle = (from + to) >>> 1
    const found = wide === 2 ? int16(bytes, values + middle * 2) : int32(bytes, values + middle * 4)
    if (found === value) return middle
    if (found < value) from = middle + 1
    else to = middle
  }
  return -1 - from
}

function searchWide(bytes: Buffer, values: number, count: number): number {
  let from = 0
  let to = count
  while (from < to) {
    const middle = (from + to) >>> 1
    load(bytes, values, 8, middle, current)
    if (isLess(current, sought)) from = middle + 1
    else if (isLess(sought, current)) to = middle
    else return middle
  }
  return -1 - from
}

function insertSought(region: Region): boolean {
  const found = search(region)
  if (found >= 0) return false
  const index = -1 - found
  const needed = widthOf(sought)
  const had = width(region)
  const count = length(region)
  const wide = Math.max(needed, had)
  region.resize(HEADER_BYTES + (count + 1) * wide)
  const values = region.start + HEADER_BYTES
  if (needed > had) {
    // What needs more bytes than all the others lies before or after all of them. From the back, nothing is overwritten.
    const shift = index === 0 ? 1 : 0
    for (let from = count - 1; from >= 0; from--) {
      load(region.bytes, values, had, from, current)
      store(region.bytes, values, wide, from + shift, current)
    }
  } else {
    moveBytes(region.bytes, values + (index + 1) * wide, values + index * wide, values + count * wide)
  }
  store(region.bytes, values, wide, index, sought)
  writeHeader(region.bytes, region.start, wide, count + 1)
  return true
}

function removeSought(region: Region): boolean {
  const index = search(region)
  if (index < 0) return false
  const wide = width(region)
  const count = length(region)
  const values = region.start + HEADER_BYTES
  moveBytes(region.bytes, values + index * wide, values + (index + 1) * wide, values + count * wide)
  writeHeader(region.bytes, region.start, wide, count - 1)
  region.resize(HEADER_BYTES + (count - 1) * wide)
  return true
}

/** Whether `source[from, to)` is the text of an integer in the set. */
export function findText(region: Region, source: Buffer, from: number, to: number): boolean {
  return parseHalves(source, from, to, sought) && search(region) >= 0
}

/**
 * Adds the integer whose text is `source[from, to)`; returns whether it is new. The caller has checked that it is one
 * (isInteger64); other text is left out and false.
 */
export function addText(region: Region, source: Buffer, from: number, to: number): boolean {
  return parseHalves(source, from, to, sought) && insertSought(region)
}

/** Removes the integer whose text is `source[from, to)`; returns whether it was there. */
export function removeText(region: Region, source: Buffer, from: number, to: number): boolean {
  return parseHalves(source, from, to, sought) && removeSought(region)
}

/** Removes the value at `index`, which is in range. */
export function removeAt(region: Region, index: number): void {
  load(region.bytes, region.start + HEADER_BYTES, width(region), index, sought)
  removeSought(region)
}

/** Writes value `index` as text at `at`, up to 20 bytes; returns the offset after it. */
export function copyElement(region: Region, index: number, into: Buffer, at: number): number {
  load(region.bytes, region.start + HEADER_BYTES, width(region), index, current)
  if (current.high === current.low >> 31) return formatInteger(current.low, into, at)
  return formatHalves(current.high, current.low, into, at)
}

/** Index of a value drawn at random from a set that is not empty. */
export function randomIndex(region: Region): number {
  return Math.floor(Math.random() * length(region))
}

/**
 * Whether `bytes[start, start + count)`, which may be anything, is an intset that is not empty (Redis:
 * intsetValidateIntegrity). Without `deep` the order of the values is not looked at; everything else here needs it.
 */
export function validate(bytes: Buffer, start: number, count: number, deep: boolean): boolean {
  if (count < HEADER_BYTES || start + count > bytes.length) return false
  const wide = bytes.readUInt32LE(start)
  if (wide !== 2 && wide !== 4 && wide !== 8) return false
  const values = bytes.readUInt32LE(start + 4)
  if (values === 0 || HEADER_BYTES + values * wide !== count) return false
  if (!deep) return true
  load(bytes, start + HEADER_BYTES, wide, 0, sought)
  for (let index = 1; index < values; index++) {
    load(bytes, start + HEADER_BYTES, wide, index, current)
    if (!isLess(sought, current)) return false
    sought.high = current.high
    sought.low = current.low
  }
  return true
}
