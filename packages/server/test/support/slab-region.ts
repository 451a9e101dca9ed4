import type { Region } from '../../src/keyspace/packed/region.ts'

/**
 * A region that moves within a larger buffer on every resize, its neighbourhood filled with a pattern: what the keyspace's
 * regions may do at worst. A write outside the region, or a stale offset, shows in {@link SlabRegion.isIntact}.
 */
export class SlabRegion implements Region {
  bytes: Buffer
  start = 64
  length = 0

  constructor() {
    this.bytes = Buffer.alloc(256, 0xa5)
  }

  resize(length: number): void {
    const start = this.start === 64 ? 96 : 64
    const moved = Buffer.alloc(start + length + 64, 0xa5)
    this.bytes.copy(moved, start, this.start, this.start + Math.min(this.length, length))
    this.bytes.fill(0xee)
    this.bytes = moved
    this.start = start
    this.length = length
  }

  /** The bytes in use. */
  used(): Buffer {
    return this.bytes.subarray(this.start, this.start + this.length)
  }

  isIntact(): boolean {
    const before = this.bytes.subarray(0, this.start)
    const after = this.bytes.subarray(this.start + this.length)
    return before.every((byte) => byte === 0xa5) && after.every((byte) => byte === 0xa5)
  }
}
