import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  formatHalves,
  formatInteger,
  formatInteger64,
  Integer64,
  isInteger64,
  parseHalves,
  parseInteger64,
  parseSafeInteger,
} from '../../src/keyspace/packed/numbers.ts'
import { Random } from '../support/random.ts'
import { same } from '../support/same.ts'

const CANONICAL = /^(0|-?[1-9][0-9]*)$/

/** What string2ll makes of a text. */
function expected(text: string): bigint | undefined {
  if (!CANONICAL.test(text)) return undefined
  const value = BigInt(text)
  return BigInt.asIntN(64, value) === value ? value : undefined
}

function check(text: string): void {
  // Bytes around the text must not matter.
  const bytes = Buffer.from(`12${text}34`, 'latin1')
  const from = 2
  const to = from + text.length
  const value = expected(text)
  assert.is(isInteger64(bytes, from, to), value !== undefined, `isInteger64 ${JSON.stringify(text)}`)
  assert.is(parseInteger64(bytes, from, to), value, `parseInteger64 ${text}`)
  const isSafe = value !== undefined && BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))
  same(parseSafeInteger(bytes, from, to), isSafe ? Number(value) : Number.NaN, `parseSafeInteger ${text}`)
  const halves = new Integer64()
  assert.is(parseHalves(bytes, from, to, halves), value !== undefined, `parseHalves ${text}`)
  if (value === undefined) return
  assert.is(halves.toBigint(), value)
  assert.is(halves.toNumber(), Number(value))
  const into = Buffer.alloc(40, 0x7e)
  for (const [name, end] of [
    ['formatInteger64', formatInteger64(value, into, 1)],
    ['formatHalves', formatHalves(halves.high, halves.low, into, 1)],
    ['formatInteger', isSafe ? formatInteger(Number(value), into, 1) : 1 + text.length],
  ] as const) {
    assert.is(into.toString('latin1', 1, end), text, name)
    assert.is(into[end], 0x7e, `${name} wrote past its end`)
  }
}

test('integers at the edges of every range', () => {
  for (const bits of [7, 8, 12, 15, 16, 23, 24, 31, 32, 33, 52, 53, 54, 62, 63, 64]) {
    for (let near = -2n; near <= 2n; near++) {
      check(String(2n ** BigInt(bits) + near))
      check(String(-(2n ** BigInt(bits)) + near))
    }
  }
  for (let digits = 1; digits <= 21; digits++) {
    for (const digit of ['1', '5', '9']) {
      check(digit.repeat(digits))
      check(`-${digit.repeat(digits)}`)
      check(`1${'0'.repeat(digits)}`)
      check(`-1${'0'.repeat(digits)}`)
    }
  }
})

test('what is no integer', () => {
  for (const text of [
    ...[
      '',
      '-',
      '+1',
      '-0',
      '00',
      '01',
      '-01',
      ' 1',
      '1 ',
      '1.0',
      '1e3',
      '0x1',
      '1\0',
      '--1',
      '1-',
      'a',
      '1a',
      '/',
      ':',
    ],
    ...['12345678901234567a', '-922337203685477580x', '99999999999999999999999', '9223372036854775808'],
    ...['-9223372036854775809', '18446744073709551616', '1234567:8', '123456789/', '1234567890123:'],
  ]) {
    check(text)
  }
})

test('random integers and random changes to them', () => {
  const random = new Random()
  for (let round = 0; round < 20_000; round++) {
    const text = String(random.integer64())
    check(text)
    check(random.mutate(Buffer.from(text, 'latin1')).toString('latin1'))
  }
})

test('halves of numbers and bigints agree', () => {
  const random = new Random()
  const halves = new Integer64()
  for (let round = 0; round < 20_000; round++) {
    const value = random.integer64()
    halves.setBigint(value)
    assert.is(halves.toBigint(), value)
    const integral = Number(value)
    if (Math.abs(integral) >= 2 ** 63) continue
    halves.setNumber(integral)
    assert.is(halves.toBigint(), BigInt(integral))
  }
})

test.run()
