import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  DOUBLE_TEXT_BYTES,
  formatDouble,
  parseDouble,
  parseRangeDouble,
  writeDouble,
} from '../../src/keyspace/packed/numbers.ts'
import { Random } from '../support/random.ts'
import { RealRedis } from '../support/real-redis.ts'
import { same } from '../support/same.ts'

let redis: RealRedis

test.before(async () => {
  redis = await RealRedis.start()
})

test.after(() => redis.stop())

function parsed(text: string): number {
  const bytes = Buffer.from(`1${text}1`, 'latin1')
  return parseDouble(bytes, 1, bytes.length - 1)
}

function rangeParsed(text: string): number {
  const bytes = Buffer.from(`1${text}1`, 'latin1')
  return parseRangeDouble(bytes, 1, bytes.length - 1)
}

const ODD_TEXTS = [
  ...[
    '',
    ' ',
    '1 ',
    ' 1',
    '\t1',
    '1\n',
    '.',
    '+',
    '-',
    '+.',
    'e5',
    '1e',
    '1e+',
    '1e-',
    '1e5.',
    '--1',
    '+-1',
    '1..2',
    '1.2.3',
  ],
  ...[
    'inf',
    '-inf',
    '+inf',
    'INF',
    'Infinity',
    '-infinity',
    'infin',
    'infinit',
    'infinityy',
    'nan',
    '-nan',
    'NaN',
    'nan(1)',
  ],
  ...[
    '0x',
    '0x.',
    '0x1',
    '0X1F',
    '-0x1.8',
    '0x1p4',
    '0x1P-4',
    '0x1p',
    '0x.p1',
    '0x1.fffffffffffff8p0',
    '0x1g',
    '0xp1',
  ],
  ...[
    '0x1p1023',
    '0x1p1024',
    '0x1p-1074',
    '0x1p-1075',
    '0x1.8p-1075',
    '0x1p-1076',
    '0x1p99999999999',
    '0x0p99999999999',
  ],
  ...[
    '1e308',
    '1.8e308',
    '1e309',
    '-1e400',
    '1e-323',
    '4.9e-324',
    '2e-324',
    '1e-400',
    '0e999999999999',
    '1e999999999999',
  ],
  ...[
    '1_0',
    '0b1',
    '0o7',
    '1n',
    '1,5',
    '٣',
    '1\0',
    '0.1\0junk',
    '\0',
    '00012',
    '-0',
    '-0.0',
    '+0',
    '5.',
    '.5',
    '-.5e1',
    '1E5',
  ],
  ...[
    '9007199254740993',
    '9007199254740992.9',
    '123456789012345678901234567890',
    '0.1e22',
    '1e22',
    '1e23',
    '8.5e-23',
  ],
  ...[
    `0.${'0'.repeat(400)}1`,
    `1${'0'.repeat(400)}`,
    `1${'0'.repeat(300)}e-300`,
    `0.${'0'.repeat(300)}1e301`,
  ],
  ...[`1.${'0'.repeat(900)}1`, `${'9'.repeat(900)}e-899`],
]

test('scores are accepted and read as redis-server does', async () => {
  for (const text of ODD_TEXTS) {
    const bytes = Buffer.from(text, 'latin1')
    let real: number | undefined
    try {
      await redis.client.call('ZADD', 'scores', bytes, 'member')
      const reply = String(await redis.client.call('ZSCORE', 'scores', 'member'))
      real =
        reply === 'inf'
          ? Number.POSITIVE_INFINITY
          : reply === '-inf'
            ? Number.NEGATIVE_INFINITY
            : Number(reply)
    } catch (error) {
      assert.match(String(error), 'not a valid float')
    }
    // A sorted set keeps -0 as 0.
    const mine = parsed(text)
    same(mine === 0 ? 0 : mine, real === undefined ? Number.NaN : real === 0 ? 0 : real, JSON.stringify(text))
  }
})

test('bounds of score ranges are accepted and read as redis-server does', async () => {
  const { client } = redis
  for (const text of ODD_TEXTS) {
    const mine = rangeParsed(text)
    const bytes = Buffer.from(text, 'latin1')
    await client.call('DEL', 'range')
    if (Number.isNaN(mine)) {
      const error = await client.call('ZCOUNT', 'range', bytes, bytes).then(() => undefined, String)
      // An absent key is not looked up before the bounds are read.
      assert.match(String(error), 'min or max is not a float', JSON.stringify(text))
      continue
    }
    const score =
      mine === Number.POSITIVE_INFINITY ? 'inf' : mine === Number.NEGATIVE_INFINITY ? '-inf' : mine
    await client.call('ZADD', 'range', score, 'member')
    assert.is(await client.call('ZCOUNT', 'range', bytes, bytes), 1, JSON.stringify(text))
  }
})

test('random texts are read as JavaScript reads them', () => {
  const random = new Random()
  for (let round = 0; round < 50_000; round++) {
    const digits = (most: number) =>
      String(random.integer64())
        .replace('-', '')
        .slice(0, random.below(most + 1))
    const exponent = random.below(2) === 0 ? '' : `e${random.below(60) - 30}`
    const text = `${random.pick(['', '-'])}${digits(18)}.${digits(18)}${exponent}`
    same(parsed(text), /\d\.|\.\d/.test(text) ? Number(text) : Number.NaN, text)
  }
})

// Each in the layout that Redis 7.2 gives it: plain digits within 2^62, then plain or with an exponent by the number of
// digits and their place.
const PRINTED: [number, string][] = [
  [0, '0'],
  [-0, '-0'],
  [3, '3'],
  [-17, '-17'],
  [0.1, '0.1'],
  [-2.5, '-2.5'],
  [1e15, '1000000000000000'],
  [1e17, '100000000000000000'],
  [2 ** 53, '9007199254740992'],
  [2 ** 60, '1152921504606846976'],
  [-(2 ** 60), '-1152921504606846976'],
  [2 ** 62, '4611686018427387904'],
  [2 ** 63, '9223372036854776000'],
  [1e19, '1e+19'],
  [1e20, '1e+20'],
  [-1e21, '-1e+21'],
  [1e22, '1e+22'],
  [1.5e300, '1.5e+300'],
  [123456789012345680000, '123456789012345680000'],
  [0.001, '0.001'],
  [0.0001, '0.0001'],
  [0.000001, '0.000001'],
  [0.0000001, '1e-7'],
  [0.00001234, '1.234e-5'],
  [0.0001234, '1.234e-4'],
  [0.001234, '0.001234'],
  [12345.6789012, '1.23456789012e+4'],
  [1234.56789012345, '1234.56789012345'],
  [123456.789, '123456.789'],
  [3.0000000000000004, '3.0000000000000004'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [5e-324, '5e-324'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
  [Number.NaN, 'nan'],
  // What Redis's algorithm finds is not always the shortest or the nearest.
  [0.19312, '0.19312000000000001'],
  [-0.724717, '-0.7247169999999999'],
  [6.5927e-6, '6.5927000000000004e-6'],
  [1.8755102511208228e-4, '1.8755102511208227e-4'],
  [3.28223e20, '328223000000000030000'],
  [1.08407e21, '1084070000000000100000'],
  [1144036537550326 + 0.75, '1144036537550326.7'],
  [1461920776966502 + 0.25, '1461920776966502.3'],
  [2.2250738585072014e-308, '2.2250738585072014e-308'],
  [2 ** -1022 - 2 ** -1074, '2.225073858507201e-308'],
  [2 ** -100, '7.888609052210118e-31'],
]

test('doubles are printed in the layout of Redis 7.2', () => {
  const bytes = Buffer.alloc(64, 0x7e)
  for (const [value, text] of PRINTED) {
    assert.is(formatDouble(value), text)
    const end = writeDouble(value, bytes, 3)
    assert.is(bytes.toString('latin1', 3, end), text)
    assert.ok(end - 3 <= DOUBLE_TEXT_BYTES)
  }
})

test('integral and short doubles are printed as redis-server prints them', async () => {
  const random = new Random()
  const { client } = redis
  for (let round = 0; round < 500; round++) {
    // Of these, Redis before 7.2, which prints 17 digits, prints no more than the shortest form has.
    const value =
      random.below(2) === 0 ? Number(random.integer64() >> 2n) : random.below(1e6) / 2 ** random.below(5)
    await client.call('ZADD', 'printed', value, 'member')
    if (Number.isInteger(value) && Math.abs(value) > 1e17 && redis.version < 70200) continue
    assert.is(formatDouble(value === 0 ? 0 : value), String(await client.call('ZSCORE', 'printed', 'member')))
  }
})

test('random doubles read back as themselves', () => {
  const random = new Random()
  const bits = Buffer.alloc(8)
  const bytes = Buffer.alloc(DOUBLE_TEXT_BYTES)
  for (let round = 0; round < 50_000; round++) {
    for (let at = 0; at < 8; at++) bits[at] = random.below(256)
    const value = round % 2 === 0 ? bits.readDoubleLE() : random.below(1e9) / 10 ** random.below(20)
    if (Number.isNaN(value)) continue
    const end = writeDouble(value, bytes, 0)
    same(parseDouble(bytes, 0, end), value)
    assert.is(bytes.toString('latin1', 0, end), formatDouble(value))
  }
})

test.run()
