import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addLongDouble, formatLongDouble, parseLongDouble } from '../../src/keyspace/packed/numbers.ts'
import { Random } from '../support/random.ts'
import { RealRedis } from '../support/real-redis.ts'

let redis: RealRedis

test.before(async () => {
  redis = await RealRedis.start()
})

test.after(() => redis.stop())

/** What INCRBYFLOAT should reply on a key with the text `value`. */
function sum(value: string, increment: string): string {
  const left = Buffer.from(value, 'latin1')
  const right = Buffer.from(increment, 'latin1')
  const parsedLeft = parseLongDouble(left, 0, left.length)
  const parsedRight = parseLongDouble(right, 0, right.length)
  if (parsedLeft === undefined || parsedRight === undefined) return 'ERR value is not a valid float'
  const total = addLongDouble(parsedLeft, parsedRight)
  return total === undefined ? 'ERR increment would produce NaN or Infinity' : formatLongDouble(total)
}

async function realSum(value: string, increment: string): Promise<string> {
  await redis.client.call('SET', 'sum', Buffer.from(value, 'latin1'))
  const reply = redis.client.call('INCRBYFLOAT', 'sum', Buffer.from(increment, 'latin1'))
  return reply.then(String, (error: Error) => error.message)
}

const TEXTS = [
  ...[
    '10.1',
    '0.2',
    '0.1',
    '3.0e3',
    '200',
    '5.0e3',
    '-1.1',
    '1000.1',
    '0',
    '-0',
    '1e17',
    '1e18',
    '9007199254740993',
  ],
  ...[
    '9223372036854775807',
    '-9223372036854775808',
    '18446744073709551615',
    '18446744073709551617',
    '1e-17',
    '5e-18',
    '4e-18',
  ],
  ...[
    '1e4000',
    '-1e4000',
    '1e4932',
    '1.2e4932',
    '1e4933',
    '1e-4000',
    '1e-4960',
    '1e-999999999',
    '1e999999999',
    '0e999999999',
  ],
  ...[
    'inf',
    '-inf',
    'infinity',
    'nan',
    '',
    ' 1',
    '1 ',
    '.',
    '1e',
    '0x10',
    '0x1.8p1',
    '0x1p-70',
    '-0X.8',
    '0x1p17000',
    'abc',
    '1..2',
  ],
  ...[
    '0.000000000000000005',
    '1.000000000000000005',
    '123456789.123456789',
    '0.3333333333333333333333333',
    '1\0',
  ],
]

test('sums and refusals are those of INCRBYFLOAT', async () => {
  for (const value of TEXTS) {
    for (const increment of TEXTS) {
      assert.is(sum(value, increment), await realSum(value, increment), `${value} + ${increment}`)
    }
  }
})

test('random sums are those of INCRBYFLOAT', async () => {
  const random = new Random()
  const digits = (most: number) =>
    String(random.integer64())
      .replace('-', '')
      .slice(0, 1 + random.below(most))
  const decimal = () => {
    const exponent = random.below(4) === 0 ? `e${random.below(40) - 20}` : ''
    return `${random.pick(['', '-'])}${digits(random.pick([3, 8, 19]))}.${digits(random.pick([2, 9, 19]))}${exponent}`
  }
  for (let round = 0; round < 2000; round++) {
    const value = decimal()
    const increment = decimal()
    assert.is(sum(value, increment), await realSum(value, increment), `${value} + ${increment}`)
  }
})

test('text as long as Redis takes it, and longer', async () => {
  for (const length of [5117, 5118, 5119, 5120]) {
    for (const value of [
      `0.${'3'.repeat(length - 2)}`,
      `${'7'.repeat(length - 5)}e-99`,
      `${'7'.repeat(length)}`,
    ]) {
      assert.is(sum(value, '0.5'), await realSum(value, '0.5'), `${value.slice(0, 3)}, ${length} characters`)
    }
  }
})

test.run()
