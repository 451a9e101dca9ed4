import * as assert from 'uvu/assert'
import type { Pair } from './pair.ts'

/**
 * Asserts that in both servers a key has been idle since it was used just now. Both count in whole seconds of the clock,
 * which may strike at any moment, in one before the other: so much passed at most as passed here, and one second more.
 */
export async function sameIdleTime(pair: Pair, key: string, use: () => Promise<unknown>): Promise<void> {
  const start = performance.now()
  await use()
  const replies = await pair.both('OBJECT', 'IDLETIME', key)
  const most = (performance.now() - start) / 1000 + 1
  for (const seconds of replies) {
    assert.type(seconds, 'number')
    assert.ok(Number(seconds) >= 0 && Number(seconds) <= most, `${seconds} s idle, ${most} at most`)
  }
}
