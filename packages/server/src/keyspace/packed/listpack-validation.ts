import { ElementView } from './element-view.ts'
import {
  backwardSize,
  END,
  encodedSize,
  encodingBytes,
  HEADER_BYTES,
  headerCount,
  readBackwards,
  readElement,
  UNKNOWN_COUNT,
  uint32,
} from './listpack-element.ts'

const view = new ElementView()

/**
 * The offset after the element at `at`, which ends before `end`, the offset of the last byte; or -1 where the element is
 * malformed. Reads nothing at or past `end`.
 */
function nextValid(bytes: Buffer, at: number, end: number): number {
  const prefix = encodingBytes(bytes[at])
  if (prefix === 0 || at + prefix > end) return -1
  const size = encodedSize(bytes, at)
  const backwards = backwardSize(size)
  const after = at + size + backwards
  if (after > end || readBackwards(bytes, after - 1) !== size) return -1
  return after
}

/**
 * Whether `bytes[start, start + length)`, which may be anything, is a listpack (Redis: lpValidateIntegrity). Without
 * `deep` only the header and the last byte are looked at; everything else in this folder needs a listpack that is valid
 * throughout.
 */
export function validate(bytes: Buffer, start: number, length: number, deep: boolean): boolean {
  if (length < HEADER_BYTES + 1 || start + length > bytes.length) return false
  if (uint32(bytes, start) !== length || bytes[start + length - 1] !== END) return false
  return !deep || countValid(bytes, start, length) >= 0
}

/** Number of elements of a listpack with a valid header, or -1 where an element or their number is wrong. */
function countValid(bytes: Buffer, start: number, length: number): number {
  const end = start + length - 1
  let at = start + HEADER_BYTES
  let elements = 0
  while (at < end) {
    at = nextValid(bytes, at, end)
    if (at < 0) return -1
    elements++
  }
  const noted = headerCount(bytes, start)
  return noted === UNKNOWN_COUNT || noted === elements ? elements : -1
}

/**
 * Whether `bytes[start, start + length)` is a valid listpack of distinct elements, or where `pairs` is set, of an even
 * number of elements whose first, third and so on are distinct: what a set, or a hash or sorted set, has to be.
 */
export function validateUnique(bytes: Buffer, start: number, length: number, pairs: boolean): boolean {
  if (!validate(bytes, start, length, false)) return false
  const elements = countValid(bytes, start, length)
  if (elements < 0 || (pairs && (elements & 1) === 1)) return false
  const seen = new Set<string>()
  const end = start + length - 1
  const step = pairs ? 2 : 1
  let index = 0
  for (let at = start + HEADER_BYTES; at < end; index++) {
    if (index % step === 0) {
      readElement(bytes, at, view)
      const text = view.toBuffer().toString('latin1')
      if (seen.has(text)) return false
      seen.add(text)
    }
    const size = encodedSize(bytes, at)
    at += size + backwardSize(size)
  }
  return true
}
