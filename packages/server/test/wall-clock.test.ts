import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nowMicroseconds } from '../src/wall-clock.ts'

const test = suite('wall clock')
const systemNow = Date.now

test.after.each(() => {
  Date.now = systemNow
})

test('microseconds go on steadily', () => {
  let before = nowMicroseconds()
  assert.ok(Math.abs(before / 1000 - Date.now()) < 5)
  for (let i = 0; i < 10_000; i++) {
    const now = nowMicroseconds()
    assert.ok(now >= before, `${now} after ${before}`)
    before = now
  }
})

test('the time follows the system’s clock when that is set', () => {
  for (const hours of [1, -2, 0]) {
    Date.now = () => systemNow() + hours * 3_600_000
    assert.ok(Math.abs(nowMicroseconds() / 1000 - Date.now()) < 5, `set by ${hours} hours`)
  }
})

test.run()
