import * as assert from 'uvu/assert'

/** Asserts that two values are the same one; unlike uvu's `is`, NaN is NaN and -0 is not 0. */
export function same(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) assert.is(actual, expected, message)
  assert.ok(Object.is(actual, expected), message)
}
