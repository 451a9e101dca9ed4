// Buffers for replies and for requests that arrive in pieces. Memory that JavaScript allocates anew for each makes it collect
// garbage ever so often, which costs a busy server with large values more than half of its time.

const SMALLEST_SHIFT = 12
const LARGEST_SHIFT = 22
/** Bytes kept of buffers of one size at most, and buffers. */
const KEPT_BYTES = 4 << 20
const KEPT_BUFFERS = 64

/** Unused buffers, by the binary logarithm of their size. */
const kept: Buffer[][] = Array.from({ length: LARGEST_SHIFT + 1 }, () => [])

/** A buffer of at least `bytes` bytes of undefined contents. */
export function takeBuffer(bytes: number): Buffer {
  const shift = Math.max(SMALLEST_SHIFT, 32 - Math.clz32(bytes - 1))
  if (shift > LARGEST_SHIFT) return Buffer.allocUnsafeSlow(bytes)
  return kept[shift]?.pop() ?? Buffer.allocUnsafeSlow(1 << shift)
}

/** Takes a buffer back; nothing may use its bytes any more. */
export function giveBuffer(buffer: Buffer): void {
  const shift = 31 - Math.clz32(buffer.length)
  if (shift < SMALLEST_SHIFT || shift > LARGEST_SHIFT || buffer.length !== 1 << shift) return
  const same = kept[shift] as Buffer[]
  if (same.length < Math.min(KEPT_BUFFERS, KEPT_BYTES >> shift)) same.push(buffer)
}
