import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ConfigValueError, config } from '../src/index.ts'
import { defaultConfig, formatConfigValue, parseConfigValue } from '../src/internal.ts'

const refused = (read: () => unknown, message: string): void =>
  assert.throws(read, (error: Error) => {
    assert.instance(error, ConfigValueError)
    assert.is(error.message, message)
    return true
  })

test('integers, their bounds and memory units', () => {
  const burst = config.integer({ default: 10, min: 1, max: 5_000_000_000 })
  assert.is(parseConfigValue('rl.burst', burst, '5000000000'), 5_000_000_000)
  for (const text of ['0', '5000000001', '1.5', '', 'x', '1k', ' 1', '99999999999999999999'])
    refused(
      () => parseConfigValue('rl.burst', burst, text),
      `rl.burst: argument must be an integer between 1 and 5000000000 inclusive, got '${text}'`,
    )
  const size = config.integer({ default: 0, memory: true, max: 1024 ** 3 })
  for (const [text, value] of [
    ['1k', 1000],
    ['1KB', 1024],
    ['2mb', 2 * 1024 ** 2],
    ['1gb', 1024 ** 3],
    ['7', 7],
  ] as const)
    assert.is(parseConfigValue('size', size, text), value)
  refused(
    () => parseConfigValue('size', size, '2gb'),
    "size: argument must be a memory value of at most 1073741824, got '2gb'",
  )
  refused(
    () => parseConfigValue('size', size, '2x'),
    "size: argument must be a memory value of at most 1073741824, got '2x'",
  )
  assert.is(formatConfigValue(size, 1024), '1024')
})

test('booleans', () => {
  const strict = config.boolean({ default: true })
  assert.is(parseConfigValue('strict', strict, 'No'), false)
  assert.is(formatConfigValue(strict, true), 'yes')
  refused(() => parseConfigValue('strict', strict, '1'), "strict: argument must be 'yes' or 'no', got '1'")
})

test('one of several names, and several of them', () => {
  const mode = config.enum({ values: ['fast', 'exact'], default: 'fast' })
  assert.is(parseConfigValue('mode', mode, 'EXACT'), 'exact')
  refused(
    () => parseConfigValue('mode', mode, 'fast exact'),
    "mode: argument(s) must be one of the following: fast, exact, got 'fast exact'",
  )
  const parts = config.flags({ values: ['a', 'b', 'c'], default: ['a'] })
  assert.equal(parseConfigValue('parts', parts, 'c  A'), ['a', 'c'])
  assert.equal(parseConfigValue('parts', parts, ''), [])
  assert.is(formatConfigValue(parts, ['a', 'c']), 'a c')
  assert.throws(() => parseConfigValue('parts', parts, 'a d'), /some of the following, .*a, b, c, got 'a d'/)
})

test('strings, and a sensitive value is not shown', () => {
  const secret = config.string({ default: '', maxLength: 4, sensitive: true })
  assert.is(parseConfigValue('secret', secret, 'ab'), 'ab')
  refused(
    () => parseConfigValue('secret', secret, 'hidden'),
    'secret: argument must not be longer than 4 bytes',
  )
})

test('defaults by name', () => {
  const schema = { a: config.string({ default: 'x' }), b: config.integer({ default: 3 }) }
  assert.equal(defaultConfig(schema), { a: 'x', b: 3 })
})

test.run()
