// Each doubling of the value is cut into so many steps, so that a percentile is off by at most a sixteenth.
const STEP_BITS = 4
const STEPS = 1 << STEP_BITS
const DOUBLINGS = 26

/** Counts durations in microseconds, from one to about a minute, by size. */
export class Histogram {
  readonly #counts = new Float64Array(DOUBLINGS * STEPS)
  count = 0

  record(microseconds: number): void {
    this.#counts[bucketOf(microseconds)]!++
    this.count++
  }

  /** The duration that `percent` of those recorded do not exceed. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.count))
    let seen = 0
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      seen += this.#counts[bucket] as number
      if (seen >= wanted) return upperBound(bucket)
    }
    return 0
  }

  /** Pairs of a power of two of microseconds and how many took no longer; powers that add none are left out. */
  cumulative(): [microseconds: number, count: number][] {
    const pairs: [number, number][] = []
    let seen = 0
    let bucket = 0
    for (let limit = 1; seen < this.count; limit *= 2) {
      const before = seen
      while (bucket < this.#counts.length && upperBound(bucket) <= limit)
        seen += this.#counts[bucket++] as number
      if (seen > before) pairs.push([limit, seen])
      if (bucket === this.#counts.length) break
    }
    return pairs
  }

  reset(): void {
    this.#counts.fill(0)
    this.count = 0
  }
}

function bucketOf(microseconds: number): number {
  const value = microseconds < 1 ? 1 : microseconds > 2 ** 31 ? 2 ** 31 : Math.ceil(microseconds)
  if (value < STEPS) return value
  const doubling = 31 - Math.clz32(value)
  const step = (value >>> (doubling - STEP_BITS)) & (STEPS - 1)
  const bucket = (doubling - STEP_BITS + 1) * STEPS + step
  return bucket < DOUBLINGS * STEPS ? bucket : DOUBLINGS * STEPS - 1
}

/** The largest duration that falls into a bucket. */
function upperBound(bucket: number): number {
  if (bucket < STEPS) return bucket
  const doubling = Math.floor(bucket / STEPS) + STEP_BITS - 1
  return (STEPS + (bucket % STEPS) + 1) * 2 ** (doubling - STEP_BITS) - 1
}
