// V8 copies from and to shared memory a byte at a time where the two are aligned differently, which takes twenty times as
// long as a plain copy. Buffer's own `fill` copies as C does, for the price of a native call.
const NATIVE_COPY_BYTES = 96
const NATIVE_FILL_BYTES = 224
const NATIVE_COMPARE_BYTES = 128
const NATIVE_MOVE_BYTES = 48
const MOVE_BY_FILL_BYTES = 384

const { fill } = Buffer.prototype

/** Copies `source[from, to)` to `target` at `at`; returns the offset after the last byte written. The two must not overlap. */
export function copyBytes(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
): number {
  const length = to - from
  if (length <= NATIVE_COPY_BYTES) {
    for (let index = 0; index < length; index++) target[at + index] = source[from + index] as number
  } else {
    // A plain view costs less than `subarray`, which has to ask the source what class its views are of.
    const view = new Uint8Array(source.buffer, source.byteOffset + from, length)
    if (length < NATIVE_FILL_BYTES) target.set(view, at)
    else fill.call(target, view, at, at + length)
  }
  return at + length
}

/** A copy of `source[from, to)`. */
export function bytesCopy(source: Uint8Array, from: number, to: number): Buffer {
  const copy = Buffer.allocUnsafe(to - from)
  copyBytes(source, from, to, copy, 0)
  return copy
}

let scratch = Buffer.alloc(0)
const SCRATCH_BYTES = 64 * 1024

/** Moves `bytes[from, to)` to `at` in the same buffer; the two ranges may overlap. */
export function moveBytes(bytes: Buffer, at: number, from: number, to: number): void {
  const length = to - from
  if (length > NATIVE_MOVE_BYTES) {
    const isAligned = ((at - from) & 7) === 0
    const isSmall = length < MOVE_BY_FILL_BYTES
    if (isSmall || isAligned || length > SCRATCH_BYTES || !(bytes.buffer instanceof SharedArrayBuffer)) {
      bytes.copyWithin(at, from, to)
    } else {
      if (scratch.length === 0) scratch = Buffer.alloc(SCRATCH_BYTES)
      copyBytes(bytes, from, to, scratch, 0)
      copyBytes(scratch, 0, length, bytes, at)
    }
  } else if (at < from) {
    while (from < to) bytes[at++] = bytes[from++]
  } else {
    at += length
    while (to > from) bytes[--at] = bytes[--to]
  }
}

/** Whether `length` bytes of `left` at `leftFrom` and of `right` at `rightFrom` are the same. */
export function sameBytes(
  left: Buffer,
  leftFrom: number,
  right: Buffer,
  rightFrom: number,
  length: number,
): boolean {
  if (length > NATIVE_COMPARE_BYTES) {
    return left.compare(right, rightFrom, rightFrom + length, leftFrom, leftFrom + length) === 0
  }
  const leftTo = leftFrom + length
  while (leftFrom < leftTo) if (left[leftFrom++] !== right[rightFrom++]) return false
  return true
}
