import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nowMicroseconds } from '../src/wall-clock.ts'

const test = suite('wall clock')
const systemNow = Date.now

test.after.each(() => {
  Date.now = systemNow
})

/** Asserts that a time is that of the system's clock, however long it took to look at that. */
function isNow(microseconds: () => number, message?: string): void {
  const before = Date.now()
  const told = microseconds() / 1000
  const after = Date.now()
  assert.ok(
    told > before - 5 && told < after + 5,
    `${message}: ${told} is not between ${before} and ${after}`,
  )
}

test('microseconds go on steadily', () => {
  isNow(nowMicroseconds)
  let before = nowMicroseconds()
  for (let i = 0; i < 10_000; i++) {
    const now = nowMicroseconds()
    assert.ok(now >= before, `${now} after ${before}`)
    before = now
  }
})

test('the time follows the system’s clock when that is set', () => {
  for (const hours of [1, -2, 0]) {
    Date.now = () => systemNow() + hours * 3_600_000
    isNow(nowMicroseconds, `set by ${hours} hours`)
  }
})

test.run()
