/** How fast a bucket refills, and how much it holds. */
export interface Limit {
  /** Tokens a full bucket holds. */
  readonly burst: number
  /** Tokens that flow back in `periodMs`. */
  readonly rate: number
  readonly periodMs: number
}

/** What asking a bucket for tokens comes to. All times are in milliseconds. */
export interface Outcome {
  readonly allowed: boolean
  /** Tokens left. */
  readonly remaining: number
  /** Until the same request would be allowed; 0 where it is, -1 where it never will be. */
  readonly retryAfterMs: number
  /** Until the bucket is full again. */
  readonly resetAfterMs: number
  /** When the bucket will be full, in milliseconds since 1970: all that has to be stored. */
  readonly fullAtMs: number
}

/**
 * The generic cell rate algorithm: a leaky bucket of which only the time at which it will be full is kept.
 * @param fullAtMs of the bucket as it is stored; in the past for a full one
 * @param tokens how many are asked for; 0 asks without taking
 */
export const take = (limit: Limit, fullAtMs: number, nowMs: number, tokens: number): Outcome => {
  const tokenMs = limit.periodMs / limit.rate
  const capacityMs = limit.burst * tokenMs
  const former = Math.max(fullAtMs, nowMs)
  const wanted = former + tokens * tokenMs
  const waitMs = wanted - capacityMs - nowMs
  const allowed = waitMs <= 0
  const fullAt = allowed ? wanted : former
  const missingMs = fullAt - nowMs
  return {
    allowed,
    remaining: Math.max(0, Math.floor((capacityMs - missingMs) / tokenMs)),
    retryAfterMs: retryAfter(allowed, tokens > limit.burst, waitMs),
    resetAfterMs: Math.ceil(missingMs),
    fullAtMs: fullAt,
  }
}

const retryAfter = (allowed: boolean, impossible: boolean, waitMs: number): number => {
  if (allowed) return 0
  return impossible ? -1 : Math.ceil(waitMs)
}
