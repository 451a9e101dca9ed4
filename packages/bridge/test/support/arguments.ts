import type { Arguments } from '../../src/index.ts'

/** Strings as arguments of a command. */
export function toArguments(values: readonly (string | Uint8Array)[]): Arguments {
  const parts = values.map((value) => Buffer.from(value))
  const offsets = new Int32Array(parts.length * 2)
  let at = 0
  parts.forEach((part, index) => {
    offsets[2 * index] = at
    at += part.length
    offsets[2 * index + 1] = at
  })
  return { bytes: Buffer.concat(parts), offsets, first: 0, count: parts.length }
}

/** The arguments of a command, each copied. */
export function fromArguments({ bytes, offsets, first, count }: Arguments): Buffer[] {
  return Array.from({ length: count }, (_, index) =>
    Buffer.from(bytes.subarray(offsets[first + 2 * index], offsets[first + 2 * index + 1])),
  )
}
