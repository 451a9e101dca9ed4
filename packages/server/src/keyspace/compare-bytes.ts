// Below this a loop beats the fixed cost of a native comparison.
const NATIVE_COMPARE_BYTES = 32

/** Negative, 0 or positive as `left[from, to)` comes before, is, or comes after `right[rightFrom, rightTo)`, byte by byte. */
export function compareBytes(
  left: Buffer,
  from: number,
  to: number,
  right: Buffer,
  rightFrom: number,
  rightTo: number,
): number {
  const length = to - from
  const rightLength = rightTo - rightFrom
  const shared = Math.min(length, rightLength)
  if (shared > NATIVE_COMPARE_BYTES) return left.compare(right, rightFrom, rightTo, from, to)
  for (let index = 0; index < shared; index++) {
    const difference = left[from + index] - right[rightFrom + index]
    if (difference !== 0) return difference
  }
  return length - rightLength
}
