import { sameBytes } from '../copy-bytes.ts'
import { ElementView } from './element-view.ts'
import { Integer64, parseHalves } from './integers.ts'
import {
  backwardSize,
  entrySize,
  HEADER_BYTES,
  headerCount,
  isInteger,
  readBackwards,
  readElement,
  stringHeader,
  stringLength,
  UNKNOWN_COUNT,
  uint32,
  writeHeader,
} from './listpack-element.ts'
import type { Region } from './region.ts'

/** The position that is none: before the first element and after the last. */
export const NO_POSITION = -1

/** Bytes of a listpack without elements. */
export const EMPTY_BYTES = 7

const INTEGER_TEXT_LIMIT = 20

const wanted = new Integer64()
const view = new ElementView()

/** Bytes of the listpack, as its header says. */
export function totalBytes(region: Region): number {
  return uint32(region.bytes, region.start)
}

/** Number of elements. Past 65534 it is counted, and noted in the header should it have fallen below that again. */
export function count(region: Region): number {
  const { bytes, start } = region
  const noted = headerCount(bytes, start)
  if (noted !== UNKNOWN_COUNT) return noted
  const end = start + region.length - 1
  let elements = 0
  for (let at = start + HEADER_BYTES; at < end; at += entrySize(bytes, at)) elements++
  if (elements < UNKNOWN_COUNT) writeHeader(bytes, start, region.length, elements)
  return elements
}

/** Position of the first element, or {@link NO_POSITION}. */
export function first(region: Region): number {
  return region.length === EMPTY_BYTES ? NO_POSITION : HEADER_BYTES
}

/** Position of the last element, or {@link NO_POSITION}. */
export function last(region: Region): number {
  return previous(region, region.length - 1)
}

/** Position of the element after the one at `position`, or {@link NO_POSITION}. */
export function next(region: Region, position: number): number {
  const after = position + entrySize(region.bytes, region.start + position)
  return after < region.length - 1 ? after : NO_POSITION
}

/** Position of the element before `position`, or {@link NO_POSITION}. */
export function previous(region: Region, position: number): number {
  if (position === HEADER_BYTES) return NO_POSITION
  const size = readBackwards(region.bytes, region.start + position - 1)
  return position - size - backwardSize(size)
}

/** Position of element `index`, from 0 or, where negative, from the end with -1; {@link NO_POSITION} out of range. */
export function seek(region: Region, index: number): number {
  const noted = headerCount(region.bytes, region.start)
  if (noted !== UNKNOWN_COUNT) {
    if (index < 0) index += noted
    if (index < 0 || index >= noted) return NO_POSITION
    if (index > noted >>> 1) index -= noted
  }
  let position: number
  if (index >= 0) {
    position = first(region)
    for (; index > 0 && position !== NO_POSITION; index--) position = next(region, position)
  } else {
    position = last(region)
    for (; index < -1 && position !== NO_POSITION; index++) position = previous(region, position)
  }
  return position
}

/** Decodes the element at `position` into `into`. */
export function read(region: Region, position: number, into: ElementView): void {
  readElement(region.bytes, region.start + position, into)
}

/** A copy of the element at `position` as text. */
export function element(region: Region, position: number): Buffer {
  read(region, position, view)
  return view.toBuffer()
}

/** Whether the element at `position` is `source[from, to)`, integers compared by value. */
export function compare(region: Region, position: number, source: Buffer, from: number, to: number): boolean {
  const bytes = region.bytes
  const at = region.start + position
  const lead = bytes[at]
  const length = stringLength(bytes, at, lead)
  if (length >= 0) {
    return length === to - from && sameBytes(bytes, at + stringHeader(lead), source, from, length)
  }
  return (
    to - from <= INTEGER_TEXT_LIMIT &&
    parseHalves(source, from, to, wanted) &&
    isInteger(bytes, at, lead, wanted)
  )
}

/**
 * Position of the first element that is `source[from, to)`, starting at `position` and leaving out `skip` elements between
 * one comparison and the next; {@link NO_POSITION} where there is none or `position` is none.
 */
export function find(
  region: Region,
  position: number,
  source: Buffer,
  from: number,
  to: number,
  skip: number,
): number {
  if (position === NO_POSITION) return NO_POSITION
  const { bytes, start } = region
  const end = start + region.length - 1
  const length = to - from
  // Names often differ only at their end, so the last byte is compared first.
  const lastByte = length === 0 ? 0 : source[to - 1]
  // Parsed on meeting the first integer element: 0 until then, 1 where the wanted text is an integer, else -1.
  let parsed = 0
  let at = start + position
  while (at < end) {
    const lead = bytes[at]
    const size = stringLength(bytes, at, lead)
    if (size >= 0) {
      const text = at + stringHeader(lead)
      if (size === length && (size === 0 || bytes[text + size - 1] === lastByte)) {
        if (sameBytes(bytes, text, source, from, size)) return at - start
      }
    } else {
      if (parsed === 0) {
        parsed = length <= INTEGER_TEXT_LIMIT && parseHalves(source, from, to, wanted) ? 1 : -1
      }
      if (parsed === 1 && isInteger(bytes, at, lead, wanted)) return at - start
    }
    at += entrySize(bytes, at)
    for (let skipped = 0; skipped < skip && at < end; skipped++) at += entrySize(bytes, at)
  }
  return NO_POSITION
}
