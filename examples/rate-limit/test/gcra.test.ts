import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { take } from '../src/gcra.ts'

const limit = { burst: 3, rate: 2, periodMs: 1000 }

test('a full bucket gives as much as it holds, then refills evenly', () => {
  let fullAtMs = 0
  for (const remaining of [2, 1, 0]) {
    const outcome = take(limit, fullAtMs, 10_000, 1)
    assert.ok(outcome.allowed)
    assert.is(outcome.remaining, remaining)
    fullAtMs = outcome.fullAtMs
  }
  assert.is(fullAtMs, 11_500)
  const refused = take(limit, fullAtMs, 10_000, 1)
  assert.equal(refused, {
    allowed: false,
    remaining: 0,
    retryAfterMs: 500,
    resetAfterMs: 1500,
    fullAtMs: 11_500,
  })
  assert.not(take(limit, fullAtMs, 10_499, 1).allowed)
  assert.ok(take(limit, fullAtMs, 10_500, 1).allowed)
  assert.is(take(limit, fullAtMs, 60_000, 0).remaining, 3)
})

test('more than a bucket holds is never given', () => {
  const outcome = take(limit, 0, 10_000, 4)
  assert.not(outcome.allowed)
  assert.is(outcome.retryAfterMs, -1)
  assert.is(outcome.fullAtMs, 10_000)
})

test('asking takes nothing', () => {
  assert.equal(take(limit, 0, 10_000, 0), {
    allowed: true,
    remaining: 3,
    retryAfterMs: 0,
    resetAfterMs: 0,
    fullAtMs: 10_000,
  })
})

test.run()
