import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Pair, startPair } from '../support/pair.ts'

const test = suite('unions, intersections and differences of sorted sets')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(async () => {
  await pair.prepare('FLUSHALL')
  await pair.prepare('ZADD', 'a', ...elements(0, 40, (index) => index % 7))
  await pair.prepare('ZADD', 'b', ...elements(20, 70, (index) => index / 4))
  await pair.prepare('ZADD', 'large', ...elements(10, 600, (index) => -index))
  await pair.prepare('ZADD', 'ends', 'inf', 'm1', '-inf', 'm2', 0, 'm3', 'inf', 'm25')
  await pair.prepare('ZADD', 'contrary', '-inf', 'm1', 'inf', 'm2', -0.5, 'm3')
  await pair.prepare('SADD', 'set', ...names(5, 30))
  await pair.prepare('SADD', 'ints', 1, 2, 3)
  await pair.prepare('SADD', 'largeset', ...names(0, 800))
  await pair.prepare('ZADD', 'numbers', 4, 1, 5, 2, 6, 7)
})
test.after(() => pair.stop())

function names(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_each, index) => `m${from + index}`)
}

function elements(from: number, to: number, score: (index: number) => number): (string | number)[] {
  return names(from, to).flatMap((name, index) => [score(from + index), name])
}

const sources = [
  ...['a', 'b', 'none', 'set', 'ints', 'large', 'a b', 'b a', 'a none', 'none a', 'a a', 'none none'],
  ...[
    'a b large',
    'large a',
    'large b set',
    'set a',
    'set set',
    'largeset a',
    'a largeset',
    'large largeset',
  ],
  ...['ints numbers', 'numbers ints', 'ends contrary', 'contrary ends a', 'ends ends', 'a b set ends large'],
]

const wrongArguments = [
  ...['', '0', '0 a', '-1 a', 'x a', '2 a', '1 a b', '99999999999 a', '1 a WEIGHTS', '1 a WEIGHTS x'],
  ...['1 a WEIGHTS 1 2', '2 a b WEIGHTS 1', '1 a WEIGHTS nan', '1 a AGGREGATE', '1 a AGGREGATE AVG'],
  ...['1 a WEIGHTS 1 AGGREGATE SUM', '1 a AGGREGATE MAX WEIGHTS 2', '1 a WITHSCORES WITHSCORES'],
  ...['1 a LIMIT 1', '1 a WITHSCORES WEIGHTS 1', '1 a NONSENSE'],
]

for (const version of [2, 3] as const) {
  test(`all operations on all kinds of source in RESP${version}`, async () => {
    await pair.speak(version)
    for (const keys of sources.map((each) => each.split(' '))) {
      for (const operation of ['ZUNION', 'ZINTER', 'ZDIFF']) {
        await pair.compare(operation, keys.length, ...keys)
        await pair.compare(operation, keys.length, ...keys, 'WITHSCORES')
        await pair.compare(`${operation}STORE`, 'd', keys.length, ...keys)
        await pair.compare('ZRANGE', 'd', 0, -1, 'WITHSCORES')
        await pair.compare('OBJECT', 'ENCODING', 'd')
      }
      for (const limit of [[], ['LIMIT', 0], ['limit', 3], ['LIMIT', 1000]]) {
        await pair.compare('ZINTERCARD', keys.length, ...keys, ...limit)
      }
    }
    await pair.speak(2)
  })

  test(`weights and aggregates in RESP${version}`, async () => {
    await pair.speak(version)
    const weights = ['2', '-1', '0', '0.5', 'inf', '-inf']
    for (const keys of sources.map((each) => each.split(' '))) {
      for (const aggregate of ['SUM', 'MIN', 'MAX', 'min']) {
        for (const shift of [0, 1, 3]) {
          const given = keys.map((_key, index) => weights[(index + shift) % weights.length] as string)
          for (const operation of ['ZUNION', 'ZINTER']) {
            const rest = [keys.length, ...keys, 'WEIGHTS', ...given, 'AGGREGATE', aggregate]
            await pair.compare(operation, ...rest, 'WITHSCORES')
            await pair.compare(`${operation}STORE`, 'd', ...rest)
            await pair.compare('ZRANGE', 'd', 0, -1, 'WITHSCORES')
          }
        }
      }
    }
    await pair.speak(2)
  })

  test(`what is refused in RESP${version}`, async () => {
    await pair.speak(version)
    for (const operation of ['ZUNION', 'ZINTER', 'ZDIFF', 'ZUNIONSTORE d', 'ZINTERSTORE d', 'ZDIFFSTORE d']) {
      await pair.script(...wrongArguments.map((each) => `${operation} ${each}`))
      await pair.prepare('DEL', 'd')
    }
    await pair.script(
      ...['ZINTERCARD', 'ZINTERCARD 1', 'ZINTERCARD 0 a', 'ZINTERCARD 1 a LIMIT', 'ZINTERCARD 1 a LIMIT -1'],
      ...[
        'ZINTERCARD 1 a LIMIT x',
        'ZINTERCARD 1 a WITHSCORES',
        'ZINTERCARD 1 a WEIGHTS 1',
        'ZINTERCARD 2 a',
      ],
      ...['ZINTERCARD 1 a LIMIT 1 LIMIT 2', 'ZINTERCARD 2 a b LIMIT 5', 'ZINTERCARD 1 none LIMIT 5'],
    )
    await pair.speak(2)
  })
}

test('a destination may be a source, hold anything, and goes where nothing is left', async () => {
  await pair.prepare('SET', 'str', 'x', 'EX', 1000)
  await pair.script(
    ...['ZUNIONSTORE a 2 a b', 'ZRANGE a 0 -1 WITHSCORES', 'ZINTERSTORE large 2 large b', 'ZCARD large'],
    ...['ZDIFFSTORE b 2 b large', 'ZRANGE b 0 -1', 'ZDIFFSTORE a 1 a', 'ZCARD a', 'ZUNIONSTORE str 1 set'],
    ...['TTL str', 'TYPE str', 'ZINTERSTORE str 2 a none', 'EXISTS str', 'ZUNIONSTORE set 1 set WEIGHTS 3'],
    ...['TYPE set', 'ZRANGE set 0 2 WITHSCORES', 'ZDIFFSTORE set 2 set set', 'EXISTS set'],
  )
})

test('what a union is made of stays as it was', async () => {
  const before = await pair.modis.call('ZRANGE', 'large', 0, -1, 'WITHSCORES')
  await pair.prepare('ZUNIONSTORE', 'd', 2, 'large', 'largeset')
  await pair.prepare('ZADD', 'd', 'XX', 7, 'm100', 8, 'm200')
  await pair.prepare('ZREM', 'd', 'm300', 'm301')
  assert.equal(await pair.modis.call('ZRANGE', 'large', 0, -1, 'WITHSCORES'), before)
  await pair.compare('ZRANGE', 'd', 0, -1, 'WITHSCORES')
  await pair.compare('ZRANGE', 'large', 0, -1)
})

test.run()
