// The checksum at the end of DUMP payloads, bit by bit: slow, and independent of the server's.
const POLYNOMIAL = 0x95ac9329ac4bc9b5n

/** The CRC-64 ("Jones", reflected) of some bytes. */
export function crc64(bytes: Uint8Array): bigint {
  let crc = 0n
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n
  }
  return crc
}

/** A DUMP payload with the checksum that belongs to it, so that a damaged one gets past the first look. */
export function withChecksum(payload: Buffer): Buffer {
  const sealed = Buffer.from(payload)
  sealed.writeBigUInt64LE(crc64(sealed.subarray(0, -8)), sealed.length - 8)
  return sealed
}
