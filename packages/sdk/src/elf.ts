import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const HEADER_BYTES = 64
const PROGRAM_HEADER_BYTES = 56
const LOADED = 1

/**
 * Whether a file is a 64-bit little-endian ELF file that ends before what it says it holds, as after an interrupted copy.
 * The dynamic linker maps such a file and dies of a bus error, and the process with it. Files of any other format are left
 * to the linker, which says what they are.
 */
export const isTruncatedElf = (path: string): boolean => {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const header = bytesAt(file, 0, HEADER_BYTES)
    if (header.length < HEADER_BYTES || header.readUInt32BE(0) !== 0x7f454c46) return false
    if (header[4] !== 2 || header[5] !== 1) return false
    const count = header.readUInt16LE(56)
    const length = count * PROGRAM_HEADER_BYTES
    if (header.readUInt16LE(54) !== PROGRAM_HEADER_BYTES) return false
    const table = bytesAt(file, Number(header.readBigUInt64LE(32)), length)
    if (table.length < length) return true
    for (let at = 0; at < length; at += PROGRAM_HEADER_BYTES) {
      if (table.readUInt32LE(at) !== LOADED) continue
      const end = table.readBigUInt64LE(at + 8) + table.readBigUInt64LE(at + 32)
      if (end > BigInt(size)) return true
    }
    return false
  } finally {
    closeSync(file)
  }
}

const bytesAt = (file: number, position: number, length: number): Buffer => {
  if (!Number.isSafeInteger(position)) return Buffer.alloc(0)
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(file, bytes, 0, length, position))
}
