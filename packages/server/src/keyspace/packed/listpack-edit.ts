import { moveBytes } from '../copy-bytes.ts'
import { Integer64, parseHalves } from './integers.ts'
import {
  backwardSize,
  END,
  entrySize,
  HEADER_BYTES,
  headerCount,
  integerSize,
  stringSize,
  UNKNOWN_COUNT,
  writeBackwards,
  writeHeader,
  writeInteger,
  writeString,
} from './listpack-element.ts'
import { count, EMPTY_BYTES, NO_POSITION, seek } from './listpack-read.ts'
import type { Region } from './region.ts'

/** Most bytes a listpack may take; Redis refuses to add beyond it. */
export const MOST_BYTES = 1 << 30

const INTEGER_TEXT_LIMIT = 20

/** Thrown when adding an element would take a listpack past {@link MOST_BYTES}. */
export class ListpackFullError extends Error {
  constructor(bytes: number) {
    super(`a listpack of ${bytes} bytes is over the limit of ${MOST_BYTES}`)
    this.name = 'ListpackFullError'
  }
}

// The element about to be written, between measuring it and writing it.
const pending = new Integer64()
let pendingIsInteger = false

/** Prepares the element `source[from, to)`, an integer where it is the text of one; returns its encoded size. */
function prepare(source: Buffer, from: number, to: number): number {
  pendingIsInteger = to - from <= INTEGER_TEXT_LIMIT && parseHalves(source, from, to, pending)
  return pendingIsInteger ? integerSize(pending) : stringSize(to - from)
}

/** Prepares an integer element; returns its encoded size. */
function prepareInteger(value: number): number {
  pendingIsInteger = true
  pending.setNumber(value)
  return integerSize(pending)
}

/** Writes the prepared element of `size` encoded bytes at offset `at`; the source matters only to a string. */
function writePrepared(
  bytes: Buffer,
  at: number,
  source: Buffer,
  from: number,
  to: number,
  size: number,
): number {
  const after = pendingIsInteger
    ? writeInteger(bytes, at, pending, size)
    : writeString(bytes, at, source, from, to)
  return writeBackwards(bytes, after, size)
}

/** Makes the gap of `removed` bytes at `position` one of `added` bytes, and counts `elements` more. */
function splice(region: Region, position: number, removed: number, added: number, elements: number): void {
  const before = region.length
  const after = before + added - removed
  if (after > before) {
    if (after > MOST_BYTES) throw new ListpackFullError(after)
    region.resize(after)
  }
  const at = region.start + position
  moveBytes(region.bytes, at + added, at + removed, region.start + before)
  if (after < before) region.resize(after)
  const noted = headerCount(region.bytes, region.start)
  writeHeader(region.bytes, region.start, after, noted === UNKNOWN_COUNT ? noted : noted + elements)
}

/** Makes `region` an empty listpack. */
export function create(region: Region): void {
  region.resize(EMPTY_BYTES)
  writeHeader(region.bytes, region.start, EMPTY_BYTES, 0)
  region.bytes[region.start + HEADER_BYTES] = END
}

/** Whether `add` more bytes keep the listpack within {@link MOST_BYTES}. */
export function isSafeToAdd(region: Region, add: number): boolean {
  return region.length + add <= MOST_BYTES
}

function insertPrepared(
  region: Region,
  position: number,
  source: Buffer,
  from: number,
  to: number,
  size: number,
): void {
  splice(region, position, 0, size + backwardSize(size), 1)
  writePrepared(region.bytes, region.start + position, source, from, to, size)
}

/**
 * Inserts `source[from, to)` before the element at `position`; the new element is then at `position`.
 * @throws ListpackFullError where the listpack would become too large; it is then unchanged. So do all that follow.
 */
export function insertBefore(
  region: Region,
  position: number,
  source: Buffer,
  from: number,
  to: number,
): void {
  insertPrepared(region, position, source, from, to, prepare(source, from, to))
}

/** Inserts `source[from, to)` after the element at `position`; returns the position of the new element. */
export function insertAfter(
  region: Region,
  position: number,
  source: Buffer,
  from: number,
  to: number,
): number {
  const after = position + entrySize(region.bytes, region.start + position)
  insertPrepared(region, after, source, from, to, prepare(source, from, to))
  return after
}

/** Adds `source[from, to)` at the end; returns the position of the new element. */
export function append(region: Region, source: Buffer, from: number, to: number): number {
  const position = region.length - 1
  insertPrepared(region, position, source, from, to, prepare(source, from, to))
  return position
}

/** Adds `source[from, to)` at the front. */
export function prepend(region: Region, source: Buffer, from: number, to: number): void {
  insertPrepared(region, HEADER_BYTES, source, from, to, prepare(source, from, to))
}

/**
 * Adds an integer at the end; returns the position of the new element. Here and below `value` is an integral number
 * within the signed 64-bit range.
 */
export function appendInteger(region: Region, value: number): number {
  const position = region.length - 1
  insertPrepared(region, position, region.bytes, 0, 0, prepareInteger(value))
  return position
}

/** Inserts an integer after the element at `position`; returns the position of the new element. */
export function insertIntegerAfter(region: Region, position: number, value: number): number {
  const after = position + entrySize(region.bytes, region.start + position)
  insertPrepared(region, after, region.bytes, 0, 0, prepareInteger(value))
  return after
}

function replacePrepared(
  region: Region,
  position: number,
  source: Buffer,
  from: number,
  to: number,
  size: number,
): void {
  const removed = entrySize(region.bytes, region.start + position)
  const added = size + backwardSize(size)
  if (added !== removed) splice(region, position, removed, added, 0)
  writePrepared(region.bytes, region.start + position, source, from, to, size)
}

/** Makes the element at `position` be `source[from, to)`; its position stays. */
export function replace(region: Region, position: number, source: Buffer, from: number, to: number): void {
  replacePrepared(region, position, source, from, to, prepare(source, from, to))
}

/** `position` where an element starts there, or {@link NO_POSITION} at the end. */
function positionOrNone(region: Region, position: number): number {
  return position < region.length - 1 ? position : NO_POSITION
}

/** Removes the element at `position`; returns the position of the one that followed, or {@link NO_POSITION}. */
export function remove(region: Region, position: number): number {
  splice(region, position, entrySize(region.bytes, region.start + position), 0, -1)
  return positionOrNone(region, position)
}

/** Removes up to `elements` elements from the one at `position`; returns as {@link remove} does. */
export function removeFrom(region: Region, position: number, elements: number): number {
  const { bytes, start } = region
  const end = start + region.length - 1
  const from = start + position
  let at = from
  let removed = 0
  for (; removed < elements && at < end; removed++) at += entrySize(bytes, at)
  if (removed > 0) splice(region, position, at - from, 0, -removed)
  return positionOrNone(region, position)
}

/** Removes up to `elements` elements from element `index` on; a negative index counts from the end. */
export function removeRange(region: Region, index: number, elements: number): void {
  if (elements <= 0) return
  const position = seek(region, index)
  if (position === NO_POSITION) return
  const noted = headerCount(region.bytes, region.start)
  if (noted === UNKNOWN_COUNT) {
    removeFrom(region, position, elements)
    return
  }
  const kept = index < 0 ? noted + index : index
  if (noted - kept <= elements) truncate(region, position, kept)
  else removeFrom(region, position, elements)
}

/** Ends the listpack before `position`, where `elements` elements precede it. */
function truncate(region: Region, position: number, elements: number): void {
  region.resize(position + 1)
  region.bytes[region.start + position] = END
  writeHeader(region.bytes, region.start, position + 1, elements)
}

/** Adds all elements of `source`, a listpack in a region of its own, at the end. */
export function appendAll(region: Region, source: Region): void {
  const elements = count(region) + count(source)
  const end = region.length - 1
  const after = end + source.length - HEADER_BYTES
  if (after > MOST_BYTES) throw new ListpackFullError(after)
  region.resize(after)
  source.bytes.copy(
    region.bytes,
    region.start + end,
    source.start + HEADER_BYTES,
    source.start + source.length,
  )
  writeHeader(region.bytes, region.start, after, Math.min(elements, UNKNOWN_COUNT))
}
