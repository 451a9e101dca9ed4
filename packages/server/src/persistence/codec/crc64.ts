// The CRC that ends RDB files and DUMP payloads: 64 bits, the "Jones" polynomial 0xad93d23594c935a9, reflected, starting
// from 0 and with no final inversion. A step takes eight bytes through eight tables; values are halves of 32 bits, since
// JavaScript has no fast wider integer.

const REFLECTED_HIGH = 0x95ac9329
const REFLECTED_LOW = 0xac4bc9b5
const SLICES = 8

// Entry `slice * 256 + byte`: the CRC of that byte followed by `slice` zero bytes.
const tableHigh = new Int32Array(SLICES * 256)
const tableLow = new Int32Array(SLICES * 256)

function fillTables(): void {
  for (let byte = 0; byte < 256; byte++) {
    let high = 0
    let low = byte
    for (let bit = 0; bit < 8; bit++) {
      const carry = low & 1
      low = (low >>> 1) | (high << 31)
      high >>>= 1
      if (carry === 1) {
        low ^= REFLECTED_LOW
        high ^= REFLECTED_HIGH
      }
    }
    tableHigh[byte] = high
    tableLow[byte] = low
  }
  for (let entry = 256; entry < SLICES * 256; entry++) {
    const high = tableHigh[entry - 256]
    const low = tableLow[entry - 256]
    tableLow[entry] = ((low >>> 8) | (high << 24)) ^ tableLow[low & 255]
    tableHigh[entry] = (high >>> 8) ^ tableHigh[low & 255]
  }
}

fillTables()

/** A CRC-64 in progress: feed it ranges of bytes in order, and read it at any time. */
export class Crc64 {
  #high = 0
  #low = 0

  /** Takes in `bytes[from, to)`. */
  update(bytes: Buffer, from: number, to: number): void {
    let high = this.#high
    let low = this.#low
    let at = from
    for (; at + SLICES <= to; at += SLICES) {
      low ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
      high ^= bytes[at + 4] | (bytes[at + 5] << 8) | (bytes[at + 6] << 16) | (bytes[at + 7] << 24)
      const slice7 = 1792 + (low & 255)
      const slice6 = 1536 + ((low >>> 8) & 255)
      const slice5 = 1280 + ((low >>> 16) & 255)
      const slice4 = 1024 + (low >>> 24)
      const slice3 = 768 + (high & 255)
      const slice2 = 512 + ((high >>> 8) & 255)
      const slice1 = 256 + ((high >>> 16) & 255)
      const slice0 = high >>> 24
      low =
        tableLow[slice7] ^
        tableLow[slice6] ^
        tableLow[slice5] ^
        tableLow[slice4] ^
        tableLow[slice3] ^
        tableLow[slice2] ^
        tableLow[slice1] ^
        tableLow[slice0]
      high =
        tableHigh[slice7] ^
        tableHigh[slice6] ^
        tableHigh[slice5] ^
        tableHigh[slice4] ^
        tableHigh[slice3] ^
        tableHigh[slice2] ^
        tableHigh[slice1] ^
        tableHigh[slice0]
    }
    for (; at < to; at++) {
      const entry = (low ^ bytes[at]) & 255
      low = ((low >>> 8) | (high << 24)) ^ tableLow[entry]
      high = (high >>> 8) ^ tableHigh[entry]
    }
    this.#high = high
    this.#low = low
  }

  /** The CRC of what was taken in so far, 0 or more. */
  value(): bigint {
    return (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0)
  }

  /** Writes the CRC as RDB files hold it, eight bytes little-endian, at `at`; returns the offset after it. */
  writeTo(bytes: Buffer, at: number): number {
    bytes.writeInt32LE(this.#low, at)
    return bytes.writeInt32LE(this.#high, at + 4)
  }

  /** Whether the eight bytes at `at` are the CRC as {@link Crc64.writeTo} writes it. */
  matches(bytes: Buffer, at: number): boolean {
    return bytes.readInt32LE(at) === this.#low && bytes.readInt32LE(at + 4) === this.#high
  }

  /** Starts anew. */
  reset(): void {
    this.#high = 0
    this.#low = 0
  }
}

/** The CRC-64 of `bytes[from, to)`. */
export function crc64(bytes: Buffer, from: number, to: number): bigint {
  const crc = new Crc64()
  crc.update(bytes, from, to)
  return crc.value()
}
