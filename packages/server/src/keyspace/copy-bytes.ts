// Below these lengths a loop beats the fixed cost of a native call; a copy's also makes a view of the source.
const NATIVE_COPY_BYTES = 96
const NATIVE_COMPARE_BYTES = 128
const NATIVE_MOVE_BYTES = 48

/** Copies `source[from, to)` to `target` at `at`; returns the offset after the last byte written. The two must not overlap. */
export function copyBytes(source: Uint8Array, from: number, to: number, target: Buffer, at: number): number {
  const length = to - from
  if (length > NATIVE_COPY_BYTES) {
    // A plain view costs less than `subarray`, which has to ask the source what class its views are of.
    target.set(new Uint8Array(source.buffer, source.byteOffset + from, length), at)
  } else {
    for (let index = 0; index < length; index++) target[at + index] = source[from + index] as number
  }
  return at + length
}

/** Moves `bytes[from, to)` to `at` in the same buffer; the two ranges may overlap. */
export function moveBytes(bytes: Buffer, at: number, from: number, to: number): void {
  if (to - from > NATIVE_MOVE_BYTES) {
    bytes.copyWithin(at, from, to)
  } else if (at < from) {
    while (from < to) bytes[at++] = bytes[from++]
  } else {
    at += to - from
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
