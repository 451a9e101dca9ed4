import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compareEvents } from '../support/events.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { DoubleText, type ReplyError, type Value } from '../support/resp.ts'
import { Seeded } from '../support/seeded.ts'
import { compareAll, fill, indexes } from '../support/sorted-sets.ts'

const test = suite('sorted set commands')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

const LARGE = 400

function encoding(key: string): Promise<Value> {
  return pair.modis.call('OBJECT', 'ENCODING', key)
}

for (const version of [2, 3] as const) {
  test(`ZADD and ZINCRBY in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.script(
      ...['ZADD z 1 a 2 b', 'ZADD z 1 a 3 b 4 c', 'ZADD z CH 1 a 5 b 6 d', 'ZADD z NX 9 a 9 e'],
      ...['ZADD z XX 9 f 8 a', 'ZADD z XX CH 9 f 7 a', 'ZADD z GT CH 6 a 8 b', 'ZADD z LT CH 6 a 9 b'],
      ...['ZADD z GT XX 1 g', 'ZADD z GT 1 g', 'ZADD z gt lt 1 a', 'ZADD z NX XX 1 a', 'ZADD z NX GT 1 a'],
      ...['ZADD z LT NX 1 a', 'ZADD z NX XX GT LT 1 a', 'ZADD z INCR 1.5 a', 'ZADD z INCR 1 new'],
      ...['ZADD z NX INCR 1 new', 'ZADD z XX INCR 1 none', 'ZADD z INCR 1 a 2 b', 'ZADD z GT INCR -1 a'],
      ...['ZADD z LT INCR 1 a', 'ZADD z LT INCR -1 a', 'ZADD z CH INCR 1 a', 'ZADD z XX 1', 'ZADD z NX'],
      ...['ZADD none XX 1 a', 'ZADD none XX INCR 1 a', 'EXISTS none', 'ZADD z 1', 'ZADD z', 'ZADD'],
      ...['ZADD z 1 a 2', 'ZADD z x a', 'ZADD z nan a', 'ZADD z 1 a nan b', 'ZADD z "" a', 'ZADD z " 1" a'],
      ...['ZADD z 1e999 a', 'ZADD z 0x10 hex', 'ZADD z CH CH 1 q', 'ZADD z inf a -inf b', 'ZADD z +inf c'],
      ...['ZADD z -Infinity d', 'ZADD z INCR -inf a', 'ZINCRBY z inf b', 'ZINCRBY z nan a'],
      ...['ZINCRBY z 2 n', 'ZINCRBY z -2.5 n', 'ZINCRBY z 1e10 n', 'ZINCRBY z x n', 'ZINCRBY z 1'],
      ...['ZINCRBY none 3 m', 'ZADD dup 1 a 2 a 3 a', 'ZADD bin 0 "" 0 "\\x00" 0 "\\xff\\r\\n" 0 a 0 aa'],
      ...['ZRANGE bin 0 -1', 'ZADD ints 5 7 5 -7 5 70 5 6', 'ZRANGE ints 0 -1 WITHSCORES'],
    )
    await compareAll(pair, 'z', 'none', 'dup')
    await pair.speak(2)
  })

  test(`asking for scores and ranks in RESP${version}`, async () => {
    await pair.speak(version)
    await fill(pair, 'large', LARGE)
    await pair.prepare('ZADD', 'small', 1, 'a', 2.5, 'b', 'inf', 'c', 0, 12)
    await pair.script(
      ...['ZSCORE small a', 'ZSCORE small b', 'ZSCORE small c', 'ZSCORE small none', 'ZSCORE none a'],
      ...['ZSCORE small', 'ZSCORE large m7', 'ZMSCORE small a none c 12', 'ZMSCORE none a b'],
      ...['ZMSCORE small', 'ZMSCORE large m1 m399 m400', 'ZCARD small', 'ZCARD large', 'ZCARD none'],
      ...['ZCARD', 'ZRANK small a', 'ZRANK small 12', 'ZRANK small none', 'ZRANK none a'],
      ...['ZREVRANK small a', 'ZRANK small', 'ZRANK large m77', 'ZREVRANK large m77', 'ZRANK large x'],
      ...['ZREVRANK none x', 'ZSCORE small 012', 'ZRANK small ""'],
    )
    await pair.speak(2)
  })

  test(`taking from the ends in RESP${version}`, async () => {
    await pair.speak(version)
    for (const count of [30, LARGE]) {
      await fill(pair, 'z', count)
      await pair.script(
        ...['ZPOPMIN z', 'ZPOPMAX z', 'ZPOPMIN z 3', 'ZPOPMAX z 3', 'ZPOPMIN z 0', 'ZPOPMAX z 1'],
        ...['ZPOPMIN none', 'ZPOPMIN none 2', 'ZPOPMIN', 'ZPOPMIN z -1', 'ZPOPMAX z x', 'ZPOPMIN z 1 2'],
        ...['ZPOPMIN z 1.5', 'ZMPOP 1 z MIN', 'ZMPOP 2 none z MAX', 'ZMPOP 1 z min COUNT 2'],
        ...['ZMPOP 2 none z MAX count 3', 'ZMPOP 1 none MIN', 'ZMPOP 2 none none2 MAX COUNT 5'],
        ...['ZMPOP 0 z MIN', 'ZMPOP -1 z MIN', 'ZMPOP x z MIN', 'ZMPOP 1 z', 'ZMPOP 1 z MID'],
        ...['ZMPOP 1 z MIN COUNT', 'ZMPOP 1 z MIN COUNT 0', 'ZMPOP 1 z MIN COUNT -1'],
        ...['ZMPOP 1 z MIN COUNT 1 COUNT 1', 'ZMPOP 5 z MIN', 'ZMPOP 1 z MIN NONSENSE'],
        ...['ZMPOP 1 z MIN COUNT x', 'ZMPOP 99999999999 z MIN', 'ZCARD z', 'BZPOPMIN z 0'],
        ...['BZPOPMAX none z 0', 'BZMPOP 0 2 none z MAX COUNT 2', 'BZMPOP 0 1 z MIN', 'BZPOPMIN z'],
        ...['BZPOPMIN z x', 'BZPOPMIN z -1', 'BZMPOP x 1 z MIN', 'BZMPOP -1 1 z MIN', 'BZMPOP 0 0 z MIN'],
        ...['BZMPOP 0 1 z', 'BZMPOP 0 1 z MIN COUNT 0', 'BZPOPMIN none 0.01', 'BZMPOP 0.01 1 none MAX'],
        ...['ZPOPMAX z 1000', 'EXISTS z'],
      )
    }
    await pair.speak(2)
  })

  test(`the wrong type is refused in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('SET', 'str', 'x')
    await pair.prepare('ZADD', 'z', 1, 'a')
    await pair.script(
      ...['ZADD str 1 a', 'ZADD str XX 1 a', 'ZADD str x a', 'ZINCRBY str 1 a', 'ZREM str a'],
      ...['ZSCORE str a', 'ZMSCORE str a', 'ZCARD str', 'ZCOUNT str 0 1', 'ZCOUNT str a b'],
      ...['ZLEXCOUNT str - +', 'ZRANK str a', 'ZREVRANK str a', 'ZRANGE str 0 -1', 'ZRANGE str a b'],
      ...['ZRANGEBYSCORE str 0 1', 'ZRANGEBYLEX str - +', 'ZREVRANGE str 0 -1', 'ZREMRANGEBYRANK str 0 -1'],
      ...['ZREMRANGEBYSCORE str 0 1', 'ZREMRANGEBYLEX str - +', 'ZPOPMIN str', 'ZPOPMAX str 0'],
      ...['ZMPOP 2 none str MIN', 'ZMPOP 2 z str MIN', 'BZPOPMIN str 0', 'BZPOPMAX none str z 0'],
      ...['BZMPOP 0 1 str MIN', 'ZRANDMEMBER str', 'ZRANDMEMBER str 1', 'ZSCAN str 0', 'ZUNION 2 z str'],
      ...['ZUNION 1 str NONSENSE', 'ZINTERSTORE d 2 none str', 'ZDIFF 1 str', 'ZINTERCARD 2 none str'],
      ...['ZRANGESTORE d str 0 -1', 'ZRANGESTORE str none 0 -1', 'EXISTS str', 'SET str x', 'ZADD z 1 a'],
      ...['ZUNIONSTORE str 1 z', 'ZRANGE str 0 -1', 'GET z', 'SADD z a', 'ZSCAN str 0 NONSENSE'],
      ...['ZADD z 1 a'],
    )
    await pair.speak(2)
  })
}

test('scores are written as Redis 7.2 writes them', async () => {
  const { modis } = pair
  const scores: [text: string, written: string][] = [
    ['0.1', '0.1'],
    ['3.0', '3'],
    ['-0.5', '-0.5'],
    ['1e3', '1000'],
    ['1.1e-7', '1.1e-7'],
    ['1e21', '1e+21'],
    ['123456789012345678', '123456789012345680'],
    ['9007199254740993', '9007199254740992'],
    ['4611686018427387904', '4611686018427387904'],
    ['5e18', '5e+18'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['5e-324', '5e-324'],
    ['inf', 'inf'],
    ['-inf', '-inf'],
    ['0x1p-2', '0.25'],
  ]
  for (const version of [2, 3]) {
    await modis.call('HELLO', version)
    for (const count of [0, LARGE]) {
      await modis.call('DEL', 'z')
      if (count > 0) await fill(pair, 'z', count)
      for (const [text, written] of scores) {
        await modis.call('ZADD', 'z', text, 'member')
        const expected = version === 2 ? written : new DoubleText(written)
        assert.equal(await modis.call('ZSCORE', 'z', 'member'), expected, `${text} beside ${count}`)
      }
    }
  }
  await modis.call('HELLO', 2)
})

test('WITHSCORE of ZRANK and ZREVRANK, new in Redis 7.2', async () => {
  const { modis } = pair
  await fill(pair, 'large', LARGE)
  await modis.call('ZADD', 'z', 1, 'a', 2.5, 'b', 3, 'c')
  assert.equal(await modis.call('ZRANK', 'z', 'b', 'WITHSCORE'), [1, '2.5'])
  assert.equal(await modis.call('ZREVRANK', 'z', 'a', 'withscore'), [2, '1'])
  assert.equal(await modis.call('ZRANK', 'large', 'm0', 'WITHSCORE'), [0, '0'])
  assert.is((await modis.raw('ZRANK', 'z', 'none', 'WITHSCORE')).bytes.toString(), '*-1\r\n')
  assert.is((await modis.raw('ZRANK', 'none', 'a', 'WITHSCORE')).bytes.toString(), '*-1\r\n')
  assert.is(((await modis.call('ZRANK', 'z', 'a', 'WITHSCORES')) as ReplyError).text, 'ERR syntax error')
  assert.is(
    ((await modis.call('ZRANK', 'z', 'a', 'WITHSCORE', 'x')) as ReplyError).text,
    "ERR wrong number of arguments for 'zrank' command",
  )
  await modis.call('HELLO', 3)
  assert.is((await modis.raw('ZRANK', 'z', 'b', 'WITHSCORE')).bytes.toString(), '*2\r\n:1\r\n,2.5\r\n')
  assert.is((await modis.raw('ZREVRANK', 'z', 'none', 'WITHSCORE')).bytes.toString(), '_\r\n')
  await modis.call('HELLO', 2)
})

test('encodings change where those of Redis do', async () => {
  const both = async (): Promise<Value> => pair.compare('OBJECT', 'ENCODING', 'z')
  await pair.prepare('ZADD', 'z', ...indexes(128).flatMap((index) => [index, `m${index}`]))
  assert.is(await both(), 'listpack')
  await pair.prepare('ZADD', 'z', 1, 'm0')
  assert.is(await both(), 'listpack')
  await pair.prepare('ZADD', 'z', 1, 'one more')
  assert.is(await both(), 'skiplist')
  await pair.prepare('ZREM', 'z', 'one more', 'm1')
  assert.is(await both(), 'skiplist')
  await pair.prepare('DEL', 'z')
  await pair.prepare('ZADD', 'z', 1, 'x'.repeat(64))
  assert.is(await both(), 'listpack')
  await pair.prepare('ZADD', 'z', 1, 'x'.repeat(65))
  assert.is(await both(), 'skiplist')
  await pair.compare('ZRANGE', 'z', 0, -1, 'WITHSCORES')
  for (const limit of [0, 3]) {
    await pair.prepare('DEL', 'z')
    await pair.prepare('CONFIG', 'SET', 'zset-max-listpack-entries', limit)
    await pair.prepare('ZADD', 'z', 1, 'a')
    await both()
    await pair.prepare('ZADD', 'z', 1, 'a', 2, 'b', 3, 'c')
    await both()
    await pair.compare('ZUNIONSTORE', 'z', 1, 'z', 'WEIGHTS', 2)
    await both()
  }
  // One command that brings many elements prepares for them, in Redis 7.2, whether or not they are new.
  await pair.modis.call('ZADD', 'few', 1, 'a')
  assert.is(await encoding('few'), 'listpack')
  await pair.modis.call('ZADD', 'few', ...indexes(4).flatMap(() => [1, 'a']))
  assert.is(await encoding('few'), 'skiplist')
  await pair.prepare('CONFIG', 'SET', 'zset-max-listpack-entries', 128)
})

test('every element is as likely to be drawn', async () => {
  const { modis } = pair
  // The statistic has the mean 99 and the deviation 14 for a fair draw of one in a hundred.
  const limit = 99 + 14 * 8
  for (const prefix of ['m', 'x'.repeat(70)]) {
    const all = indexes(100).map((index) => prefix + index)
    await modis.call('DEL', 'z')
    await modis.call('ZADD', 'z', ...all.flatMap((member, score) => [score, member]))
    for (const count of [1, 20, 60, -2000]) {
      const counts = new Map(all.map((member) => [member, 0]))
      let drawn = 0
      while (drawn < 20_000) {
        const calls = Array.from({ length: count === 1 ? 500 : 20 }, () =>
          modis.call('ZRANDMEMBER', 'z', count),
        )
        for (const members of (await Promise.all(calls)) as string[][]) {
          if (count > 0) assert.is(new Set(members).size, count)
          for (const member of members) counts.set(member, (counts.get(member) as number) + 1)
          drawn += members.length
        }
      }
      const expected = drawn / all.length
      const deviation = [...counts.values()].reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0)
      assert.ok(deviation < limit, `${count} of ${await encoding('z')}: ${deviation}`)
    }
  }
})

test('what is drawn and what is refused', async () => {
  for (const version of [2, 3] as const) {
    await pair.speak(version)
    await pair.prepare('ZADD', 'one', 1.5, 'only')
    await fill(pair, 'large', LARGE)
    await pair.script(
      ...['ZRANDMEMBER none', 'ZRANDMEMBER none 2', 'ZRANDMEMBER one', 'ZRANDMEMBER one 1'],
      ...['ZRANDMEMBER one 5 WITHSCORES', 'ZRANDMEMBER one -3 WITHSCORES', 'ZRANDMEMBER one 0'],
      ...['ZRANDMEMBER one x', 'ZRANDMEMBER one 1 NONSENSE', 'ZRANDMEMBER one 1 WITHSCORES x'],
      ...['ZRANDMEMBER one 9223372036854775807 WITHSCORES', 'ZRANDMEMBER one -9223372036854775808'],
      ...['ZRANDMEMBER one -9223372036854775807 WITHSCORES', 'ZRANDMEMBER one 9223372036854775807'],
      ...[
        'ZRANDMEMBER none -9223372036854775807 WITHSCORES',
        'ZRANDMEMBER none -4611686018427387904 WITHSCORES',
      ],
      ...[
        'ZRANDMEMBER none -4611686018427387903 WITHSCORES',
        'ZRANDMEMBER',
        'ZRANDMEMBER large 400',
        'ZRANDMEMBER large 500 WITHSCORES',
      ],
    )
    for (const count of [5, 300, -50]) {
      const reply = (await pair.modis.call('ZRANDMEMBER', 'large', count, 'WITHSCORES')) as Value[]
      const pairs =
        version === 2
          ? indexes(reply.length / 2).map((index) => reply.slice(index * 2, index * 2 + 2))
          : (reply as Value[][])
      assert.is(pairs.length, Math.abs(count))
      for (const [member, score] of pairs as [string, Value][]) {
        assert.equal(await pair.modis.call('ZSCORE', 'large', member), score)
      }
    }
  }
  await pair.speak(2)
})

test('a scan meets all members that were there throughout', async () => {
  await fill(pair, 'small', 20, 0.5)
  for (const version of [2, 3] as const) {
    await pair.speak(version)
    await pair.script(
      ...['ZSCAN small 0', 'ZSCAN small 0 COUNT 2', 'ZSCAN small 0 MATCH m1*', 'ZSCAN small 5'],
      ...['ZSCAN none 0', 'ZSCAN none 0 NONSENSE', 'ZSCAN small x', 'ZSCAN small 0 COUNT 0'],
      ...['ZSCAN small 0 MATCH', 'ZSCAN small 0 NOSCORES', 'ZSCAN small'],
    )
  }
  await pair.speak(2)
  await fill(pair, 'large', 3000)
  const { modis } = pair
  const seen = new Map<Value, Value>()
  let cursor: Value = '0'
  do {
    const [next, found]: [Value, Value[]] = (await modis.call(
      'ZSCAN',
      'large',
      cursor as string,
      'COUNT',
      50,
    )) as never
    for (let at = 0; at < found.length; at += 2) seen.set(found[at] as Value, found[at + 1] as Value)
    cursor = next
    await modis.call('ZADD', 'large', ...indexes(100).flatMap((index) => [index, `new${cursor}-${index}`]))
    await modis.call('ZREMRANGEBYSCORE', 'large', '(60', 95)
  } while (cursor !== '0')
  for (const index of indexes(3000)) assert.is(seen.get(`m${index}`), String((index * 7) % 50))
  // Of a large sorted set Redis shows all the digits there are.
  await pair.prepare('ZADD', 'digits', ...indexes(200).flatMap((index) => [index, `pad${index}`]))
  const scores = [0.1, 1e17, 123456789012, 1.5e-5, 0.0001, 1e300, -2.5]
  await pair.prepare('ZADD', 'digits', ...scores.flatMap((score, index) => [score, `d${index}`]))
  await pair.prepare('ZADD', 'digits', 'inf', 'd8', '-inf', 'd9')
  await pair.compareUnordered('ZSCAN', 'digits', 0, 'MATCH', 'd*', 'COUNT', 100_000)
})

test('events and changes are those of Redis', async () => {
  await compareEvents(
    pair,
    ...['ZADD z 1 a 2 b 3 c', 'ZADD z 1 a', 'ZADD z XX 1 none', 'ZADD z INCR 1 a', 'ZADD z INCR 0 a'],
    ...['ZINCRBY z 1 b', 'ZADD none XX 1 a', 'ZREM z none', 'ZREM z a', 'ZADD z 1 a 2 b 3 c 4 d 5 e 6 f'],
    ...['ZREMRANGEBYRANK z 0 0', 'ZREMRANGEBYSCORE z 2 2', 'ZREMRANGEBYSCORE z 9 10'],
    ...['ZREMRANGEBYLEX z - [c', 'ZPOPMIN z', 'ZPOPMAX z 5', 'ZADD z 1 a 2 b', 'ZMPOP 1 z MIN'],
    ...['BZPOPMAX z 0', 'ZADD z 1 a 2 b', 'BZMPOP 0 1 z MIN COUNT 9', 'ZADD z 1 a 2 b', 'ZADD y 1 a'],
    ...['ZUNIONSTORE d 2 z y', 'ZINTERSTORE d 2 z y', 'ZDIFFSTORE d 2 z y', 'ZDIFFSTORE d 2 y z'],
    ...['ZDIFFSTORE d 2 y z', 'ZRANGESTORE d z 0 0', 'ZRANGESTORE d z 5 6', 'ZRANGESTORE d z 5 6'],
    ...['ZRANGESTORE z z 0 0', 'ZREMRANGEBYRANK z 0 -1', 'ZREMRANGEBYSCORE y 0 9', 'ZADD w 0 a 0 b'],
    ...['ZREMRANGEBYLEX w - +', 'ZADD w 0 a', 'ZREM w a b', 'ZPOPMIN w'],
  )
})

test('random commands have the same results', async () => {
  const random = new Seeded(20_240_811)
  const score = (): string =>
    random.pick([`${random.integer(-9, 9)}`, `${random.integer(-20, 20) / 4}`, 'inf', '-inf', '1e3'])
  const member = (): string => random.pick([`${random.integer(-30, 30)}`, `w${random.integer(0, 60)}`, ''])
  const key = (): string => random.pick(['a', 'b', 'c', 'd'])
  const several = <T>(make: () => T): T[] => Array.from({ length: random.integer(1, 6) }, make)
  const rank = (): string => `${random.integer(-60, 60)}`
  const bound = (): string => random.pick(['', '(']) + score()
  const commands: (() => string[])[] = [
    () => ['ZADD', key(), ...several(() => [score(), member()]).flat()],
    () => [
      'ZADD',
      key(),
      random.pick(['NX', 'XX', 'GT', 'LT', 'CH']),
      ...several(() => [score(), member()]).flat(),
    ],
    () => ['ZINCRBY', key(), score(), member()],
    () => ['ZREM', key(), ...several(member)],
    () => ['ZSCORE', key(), member()],
    () => [random.pick(['ZRANK', 'ZREVRANK']), key(), member()],
    () => ['ZRANGE', key(), rank(), rank(), 'WITHSCORES'],
    () => [
      'ZRANGEBYSCORE',
      key(),
      bound(),
      bound(),
      'LIMIT',
      `${random.integer(0, 4)}`,
      `${random.integer(-1, 9)}`,
    ],
    () => ['ZREVRANGEBYSCORE', key(), bound(), bound(), 'WITHSCORES'],
    () => ['ZCOUNT', key(), bound(), bound()],
    () => [random.pick(['ZPOPMIN', 'ZPOPMAX']), key(), `${random.integer(0, 3)}`],
    () => ['ZREMRANGEBYRANK', key(), `${random.integer(0, 60)}`, `${random.integer(0, 60)}`],
    () => ['ZREMRANGEBYSCORE', key(), `${random.integer(0, 9)}`, `(${random.integer(0, 9)}`],
    () => ['ZRANGESTORE', key(), key(), rank(), rank()],
    () => [
      random.pick(['ZUNIONSTORE', 'ZINTERSTORE']),
      key(),
      '2',
      key(),
      key(),
      'AGGREGATE',
      random.pick(['SUM', 'MIN', 'MAX']),
    ],
    () => ['ZDIFFSTORE', key(), '2', key(), key()],
    () => ['OBJECT', 'ENCODING', key()],
  ]
  const isFromRedis70 = (command: readonly string[]): boolean => command[0] === 'OBJECT'
  await pair.prepare('CONFIG', 'SET', 'zset-max-listpack-entries', 24)
  for (let step = 0; step < 6000; step++) {
    const command = random.pick(commands)()
    if (!isFromRedis70(command)) await pair.compare(...command)
  }
  await compareAll(pair, 'a', 'b', 'c', 'd')
  await pair.prepare('CONFIG', 'SET', 'zset-max-listpack-entries', 128)
})

test.run()
