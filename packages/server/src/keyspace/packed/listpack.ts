// A listpack, byte for byte as Redis 7 lays it out: a header of 6 bytes (the total in bytes, 32 bits; the number of
// elements, 16 bits, 65535 for "count them"), the elements, and 0xff. An element is its encoding and value, then the size
// of these two written backwards, so that the listpack can be walked from either end.
//
// Positions are offsets from the region's start, so they survive a move of the region. Every function takes a region that
// holds a valid listpack; what comes from outside goes through validate first. The source bytes of an element must not lie
// in the region itself. Meant to be imported as a namespace: `import * as listpack from './packed/listpack.ts'`.

export {
  append,
  appendAll,
  appendInteger,
  create,
  insertAfter,
  insertBefore,
  insertIntegerAfter,
  isSafeToAdd,
  ListpackFullError,
  MOST_BYTES,
  prepend,
  remove,
  removeFrom,
  removeRange,
  replace,
} from './listpack-edit.ts'
export { HEADER_BYTES } from './listpack-element.ts'
export {
  compare,
  count,
  EMPTY_BYTES,
  element,
  find,
  first,
  last,
  NO_POSITION,
  next,
  previous,
  read,
  seek,
  totalBytes,
} from './listpack-read.ts'
export { validate, validateUnique } from './listpack-validation.ts'
