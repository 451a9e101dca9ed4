/** Random values, the same in every run; MODIS_SEED draws others. */
export class Random {
  readonly seed: number
  #state: number

  constructor(seed: number = Number(process.env.MODIS_SEED ?? 1)) {
    this.seed = seed
    this.#state = seed | 0
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    // Mulberry32.
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000) * limit)
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T
  }

  /** A signed 64-bit integer, every magnitude about as likely as any other. */
  integer64(): bigint {
    const bits = BigInt(this.below(64))
    let value = 0n
    for (let part = 0; part < 3; part++) value = (value << 24n) | BigInt(this.below(1 << 24))
    value = BigInt.asUintN(Number(bits) + 1, value)
    return BigInt.asIntN(64, this.below(2) === 0 ? value : -value)
  }

  /** Bytes of a length up to `longest`, any of them. */
  bytes(longest: number): Buffer {
    const bytes = Buffer.alloc(this.below(longest + 1))
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.below(256)
    return bytes
  }

  /** What a user might store: an integer, a word, or now and then something long or at the edge of an encoding. */
  element(): Buffer {
    switch (this.below(8)) {
      case 0:
      case 1:
        return Buffer.from(String(this.integer64()))
      case 2:
        return Buffer.from(String(this.below(300) - 100))
      case 3:
        return this.bytes(90)
      case 4:
        return Buffer.alloc(this.pick([0, 62, 63, 64, 65, 125, 126, 127, 128, 129, 300]), 'x')
      case 5:
        return Buffer.from(
          this.pick(['007', '-0', '+1', ' 1', '1 ', '-', '', '9223372036854775808', '1e3', '0']),
        )
      default:
        return Buffer.from(`word${this.below(1000)}`)
    }
  }

  /** A copy of `bytes` with a few bytes changed, cut or added. */
  mutate(bytes: Buffer): Buffer {
    let mutated = Buffer.from(bytes)
    for (let change = this.below(4); change >= 0; change--) {
      const at = this.below(mutated.length + 1)
      const kind = this.below(6)
      if (kind === 0) mutated = Buffer.concat([mutated.subarray(0, at), this.bytes(4), mutated.subarray(at)])
      else if (kind === 1) mutated = Buffer.from(mutated.subarray(0, at))
      else if (at < mutated.length)
        mutated[at] = this.pick([this.below(256), 0, 127, 128, 253, 254, 255, mutated[at] + 1])
    }
    return mutated
  }
}
