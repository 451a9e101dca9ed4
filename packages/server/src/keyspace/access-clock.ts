import type { Keyspace } from './keyspace.ts'

// The 24 bits of access clock in every entry. For LRU they are the seconds since the epoch at the last access, for LFU the
// minutes at the last decay (16 bits) and a counter that grows with the logarithm of the accesses (8 bits).

/** Counter of a new key: enough that it is not the first to be evicted. */
const NEW_COUNTER = 5
const LARGEST_COUNTER = 255
const MINUTE_MS = 60_000
const SECOND_MS = 1000
const CLOCK_MASK = 0xffffff
const MINUTES_MASK = 0xffff

/** How the LFU counter moves: the options `lfu-log-factor` and `lfu-decay-time`. */
export interface FrequencyRules {
  logFactor: number
  /** Minutes after which a counter falls by one; 0 for never. */
  decayMinutes: number
}

/** The LRU clock of a key that is used now. */
export function newIdleClock(nowMs: number): number {
  return Math.floor(nowMs / SECOND_MS) & CLOCK_MASK
}

/** Seconds since the last access, from an LRU clock. */
export function idleSeconds(clock: number, nowMs: number): number {
  return (newIdleClock(nowMs) - clock) & CLOCK_MASK
}

function minutesOf(nowMs: number): number {
  return Math.floor(nowMs / MINUTE_MS) & MINUTES_MASK
}

/** The LFU clock of a key that comes into being now. */
export function newFrequencyClock(nowMs: number): number {
  return (minutesOf(nowMs) << 8) | NEW_COUNTER
}

/** The counter of an LFU clock, less what it has lost since it was last set. */
export function frequency(clock: number, nowMs: number, rules: FrequencyRules): number {
  const counter = clock & 0xff
  if (rules.decayMinutes === 0) return counter
  const elapsed = (minutesOf(nowMs) - (clock >>> 8)) & MINUTES_MASK
  return Math.max(0, counter - Math.floor(elapsed / rules.decayMinutes))
}

/** The LFU clock of a key after an access. */
function touched(clock: number, nowMs: number, rules: FrequencyRules): number {
  let counter = frequency(clock, nowMs, rules)
  if (counter < LARGEST_COUNTER) {
    const above = Math.max(0, counter - NEW_COUNTER)
    if (Math.random() * (above * rules.logFactor + 1) < 1) counter++
  }
  return (minutesOf(nowMs) << 8) | counter
}

/** Has a keyspace keep LFU clocks, or LRU clocks where `rules` is undefined. */
export function keepClocks(keyspace: Keyspace, rules: FrequencyRules | undefined): void {
  if (rules === undefined) keyspace.lfuTouch = undefined
  else keyspace.lfuTouch = (clock) => touched(clock, keyspace.nowMs, rules)
  keyspace.tick()
}
