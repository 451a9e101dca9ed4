/** The densest code is a match of three bytes that stands for 264. */
const largestGrowth = 88

/** Whether `compressed` bytes can possibly stand for `length` bytes; checked before anything is allocated. */
const isPlausibleLzfLength = (compressed: number, length: number): boolean =>
  length > 0 && length <= compressed * largestGrowth

/**
 * Decompresses LZF, the compression of strings in RDB files, as liblzf defines it.
 * Returns `null` where the bytes `from` to `to` of `source` are not LZF of exactly `length` bytes.
 */
export const decompressLzf = (
  source: Uint8Array,
  from: number,
  to: number,
  length: number,
): Buffer | null => {
  if (!isPlausibleLzfLength(to - from, length)) return null
  const target = Buffer.allocUnsafe(length)
  let read = from
  let written = 0
  while (read < to) {
    const control = source[read++] as number
    if (control < 32) {
      const run = control + 1
      if (read + run > to || written + run > length) return null
      // A literal is 32 bytes at most, for which a copy by a call costs more.
      for (const end = read + run; read < end; ) target[written++] = source[read++] as number
      continue
    }
    let run = control >> 5
    if (run === 7) {
      if (read >= to) return null
      run += source[read++] as number
    }
    if (read >= to) return null
    const distance = ((control & 31) << 8) + (source[read++] as number) + 1
    run += 2
    if (distance > written || written + run > length) return null
    // A run may overlap its own output, so it is copied byte by byte.
    for (let end = written + run; written < end; written++)
      target[written] = target[written - distance] as number
  }
  return written === length ? target : null
}
