import { copyBytes } from '../copy-bytes.ts'
import type { ElementView } from './element-view.ts'
import type { Integer64 } from './integers.ts'

// The elements of a listpack as bytes: how they are told apart, measured, decoded and written.

/** Bytes of the header, which is also the position of the first element. */
export const HEADER_BYTES = 6

/** What stands in the header for a number of elements past 65534. */
export const UNKNOWN_COUNT = 0xffff

/** The byte after the last element. */
export const END = 0xff

const SMALL_STRING = 0x80
const SMALL_STRING_BYTES = 64
const MEDIUM_STRING = 0xe0
const MEDIUM_STRING_BYTES = 4096
const LARGE_STRING = 0xf0
const INTEGER_13 = 0xc0
const INTEGER_16 = 0xf1
const INTEGER_24 = 0xf2
const INTEGER_32 = 0xf3
const INTEGER_64 = 0xf4

/** Writes the header of a listpack that starts at offset `start`. */
export function writeHeader(bytes: Buffer, start: number, total: number, elements: number): void {
  bytes[start] = total
  bytes[start + 1] = total >>> 8
  bytes[start + 2] = total >>> 16
  bytes[start + 3] = total >>> 24
  bytes[start + 4] = elements
  bytes[start + 5] = elements >>> 8
}

/** The element count in the header, which may be {@link UNKNOWN_COUNT}. */
export function headerCount(bytes: Buffer, start: number): number {
  return bytes[start + 4] | (bytes[start + 5] << 8)
}

/** Bytes of the encoding and value of the element at offset `at`, without what follows them backwards. */
export function encodedSize(bytes: Buffer, at: number): number {
  const lead = bytes[at]
  if (lead < 0x80) return 1
  if (lead < 0xc0) return 1 + (lead & 0x3f)
  if (lead < 0xe0) return 2
  if (lead < 0xf0) return 2 + (((lead & 0xf) << 8) | bytes[at + 1])
  switch (lead) {
    case LARGE_STRING:
      return 5 + uint32(bytes, at + 1)
    case INTEGER_16:
      return 3
    case INTEGER_24:
      return 4
    case INTEGER_32:
      return 5
    case INTEGER_64:
      return 9
    default:
      return 1
  }
}

/** Bytes that tell encoding and length of an element whose first byte is `lead`; 0 where none starts so. */
export function encodingBytes(lead: number): number {
  if (lead < 0xe0 || (lead > LARGE_STRING && lead <= INTEGER_64)) return 1
  if (lead < LARGE_STRING) return 2
  return lead === LARGE_STRING ? 5 : 0
}

/** Bytes that the backward size takes for an element of `size` bytes. */
export function backwardSize(size: number): number {
  if (size <= 127) return 1
  if (size < 16383) return 2
  if (size < 2097151) return 3
  return size < 268435455 ? 4 : 5
}

/** Bytes of the whole element at offset `at`. */
export function entrySize(bytes: Buffer, at: number): number {
  const lead = bytes[at]
  // What most elements are: a number below 128, or a string of less than 64 bytes.
  if (lead < 0xc0) return lead < 0x80 ? 2 : 2 + (lead & 0x3f)
  const size = encodedSize(bytes, at)
  return size + backwardSize(size)
}

export function uint32(bytes: Buffer, at: number): number {
  return int32(bytes, at) >>> 0
}

function int32(bytes: Buffer, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
}

/** Value of the integer element at offset `at` with encoding `lead`, which is of 32 bits or less. */
function smallInteger(bytes: Buffer, at: number, lead: number): number {
  if (lead < 0x80) return lead
  if (lead < 0xe0) return ((((lead & 0x1f) << 8) | bytes[at + 1]) << 19) >> 19
  if (lead === INTEGER_16) return ((bytes[at + 1] | (bytes[at + 2] << 8)) << 16) >> 16
  if (lead === INTEGER_24) return ((bytes[at + 1] | (bytes[at + 2] << 8) | (bytes[at + 3] << 16)) << 8) >> 8
  return int32(bytes, at + 1)
}

/** Length of the string element at offset `at`, or -1 where it is an integer. */
export function stringLength(bytes: Buffer, at: number, lead: number): number {
  if (lead < 0x80) return -1
  if (lead < 0xc0) return lead & 0x3f
  if (lead < 0xe0) return -1
  if (lead < 0xf0) return ((lead & 0xf) << 8) | bytes[at + 1]
  return lead === LARGE_STRING ? uint32(bytes, at + 1) : -1
}

/** Bytes of the encoding before the text of a string element. */
export function stringHeader(lead: number): number {
  if (lead < 0xc0) return 1
  return lead < 0xf0 ? 2 : 5
}

/** The backward size that ends at offset `at`; more than an element can have where it is malformed. */
export function readBackwards(bytes: Buffer, at: number): number {
  let size = 0
  let scale = 1
  for (let read = 0; read < 5; read++) {
    const byte = bytes[at - read]
    size += (byte & 127) * scale
    if (byte < 128) return size
    scale *= 128
  }
  return Number.POSITIVE_INFINITY
}

/** Decodes the element at offset `at` into `view`. */
export function readElement(bytes: Buffer, at: number, view: ElementView): void {
  const lead = bytes[at]
  const length = stringLength(bytes, at, lead)
  if (length >= 0) {
    const from = at + stringHeader(lead)
    view.setBytes(bytes, from, from + length)
  } else if (lead === INTEGER_64) {
    view.setHalves(int32(bytes, at + 5), int32(bytes, at + 1))
  } else {
    view.setSmall(smallInteger(bytes, at, lead))
  }
}

/** Whether the integer element at offset `at` has the value `value`. */
export function isInteger(bytes: Buffer, at: number, lead: number, value: Integer64): boolean {
  if (lead === INTEGER_64) return int32(bytes, at + 1) === value.low && int32(bytes, at + 5) === value.high
  return value.high === value.low >> 31 && smallInteger(bytes, at, lead) === value.low
}

/** Bytes of the encoding and value of a string of `length` bytes. */
export function stringSize(length: number): number {
  if (length < SMALL_STRING_BYTES) return 1 + length
  return length < MEDIUM_STRING_BYTES ? 2 + length : 5 + length
}

/** Bytes of the encoding and value of an integer. */
export function integerSize(value: Integer64): number {
  const low = value.low
  if (value.high !== low >> 31) return 9
  if (low >= -4096 && low <= 4095) return low >= 0 && low <= 127 ? 1 : 2
  if (low >= -32768 && low <= 32767) return 3
  return low >= -8388608 && low <= 8388607 ? 4 : 5
}

/** Writes a string element without its backward size; returns the offset after it. */
export function writeString(bytes: Buffer, at: number, source: Buffer, from: number, to: number): number {
  const length = to - from
  if (length < SMALL_STRING_BYTES) {
    bytes[at++] = SMALL_STRING | length
  } else if (length < MEDIUM_STRING_BYTES) {
    bytes[at++] = MEDIUM_STRING | (length >>> 8)
    bytes[at++] = length
  } else {
    bytes[at++] = LARGE_STRING
    at = writeLow(bytes, at, length, 4)
  }
  return copyBytes(source, from, to, bytes, at)
}

/** Writes an integer element of `size` bytes ({@link integerSize}) without its backward size; returns the offset after it. */
export function writeInteger(bytes: Buffer, at: number, value: Integer64, size: number): number {
  const low = value.low
  switch (size) {
    case 1:
      bytes[at] = low
      return at + 1
    case 2:
      bytes[at] = INTEGER_13 | ((low >> 8) & 0x1f)
      bytes[at + 1] = low
      return at + 2
    case 9:
      bytes[at] = INTEGER_64
      return writeLow(bytes, writeLow(bytes, at + 1, low, 4), value.high, 4)
    default:
      // Encodings of 16, 24 and 32 bits follow each other, as do their sizes of 3, 4 and 5.
      bytes[at] = INTEGER_16 + size - 3
      return writeLow(bytes, at + 1, low, size - 1)
  }
}

/** Writes the lowest `count` bytes of `value`, little-endian. */
function writeLow(bytes: Buffer, at: number, value: number, count: number): number {
  for (; count > 0; count--) {
    bytes[at++] = value
    value >>= 8
  }
  return at
}

/** Writes the backward size of an element of `size` bytes; returns the offset after it. */
export function writeBackwards(bytes: Buffer, at: number, size: number): number {
  const after = at + backwardSize(size)
  let left = after - 1
  let rest = size
  // The lowest seven bits come last, and all bytes but the first are marked to say that more precede them.
  while (left > at) {
    bytes[left--] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[at] = rest
  return after
}
