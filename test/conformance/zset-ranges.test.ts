import { suite } from 'uvu'
import { type Pair, startPair } from '../support/pair.ts'
import { compareAll, fill, indexes } from '../support/sorted-sets.ts'

const test = suite('ranges of sorted sets')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

const LARGE = 400

/** Fills a key of both servers with `count` members that all have one score. */
async function fillWithWords(key: string, count: number): Promise<void> {
  await pair.prepare('ZADD', key, ...indexes(count).flatMap((index) => [0, (index * 37).toString(36)]))
}

for (const version of [2, 3] as const) {
  test(`ranges by rank in RESP${version}`, async () => {
    await pair.speak(version)
    await fill(pair, 'large', LARGE)
    await fill(pair, 'small', 20, 0.5)
    for (const key of ['small', 'large', 'none']) {
      for (const [start, stop] of [
        '0 -1',
        '0 0',
        '3 7',
        '-5 -2',
        '-1000 2',
        '5 3',
        '15 1000',
        '19 19',
        '20 25',
        '-1 0',
      ].map((each) => each.split(' ') as [string, string])) {
        await pair.compare('ZRANGE', key, start, stop)
        await pair.compare('ZRANGE', key, start, stop, 'WITHSCORES', 'REV')
        await pair.compare('ZREVRANGE', key, start, stop, 'withscores')
      }
    }
    await pair.script(
      ...['ZRANGE small 0', 'ZRANGE small a 1', 'ZRANGE small 0 1.5', 'ZRANGE small 0 -1 NONSENSE'],
      ...['ZRANGE small 0 -1 LIMIT 0 1', 'ZRANGE small 0 -1 LIMIT 0 -1', 'ZRANGE small 0 -1 LIMIT 0'],
      ...['ZRANGE small 0 -1 REV REV', 'ZREVRANGE small 0 -1 REV', 'ZREVRANGE small 0 -1 BYSCORE'],
      ...['ZRANGE small 0 9223372036854775807', 'ZRANGE small -9223372036854775808 -1'],
      ...['ZRANGE small 0 9223372036854775808', 'ZRANGE small 0 -1 WITHSCORES WITHSCORES'],
      ...['ZREVRANGE small 0 -1 LIMIT 0 1'],
    )
    await pair.speak(2)
  })

  test(`ranges by score in RESP${version}`, async () => {
    await pair.speak(version)
    await fill(pair, 'large', LARGE)
    await fill(pair, 'small', 30, 0.5)
    const bounds = [
      '-inf +inf',
      '3 9',
      '(3 9',
      '3 (9',
      '(3 (9',
      '9 3',
      '5 5',
      '(5 5',
      '-5 -1',
      '100 200',
      '10.5 (11',
      '(inf -inf',
    ]
    const limits = [
      '',
      'LIMIT 0 3',
      'LIMIT 2 4',
      'LIMIT 5 -1',
      'LIMIT 1000 3',
      'LIMIT -1 3',
      'LIMIT 1 0',
      'LIMIT 0 -7',
    ]
    for (const key of ['small', 'large', 'none']) {
      for (const each of bounds) {
        const [min, max] = each.split(' ') as [string, string]
        await pair.compare('ZCOUNT', key, min, max)
        for (const limit of limits.map((words) => words.split(' ').filter(Boolean))) {
          await pair.compare('ZRANGEBYSCORE', key, min, max, ...limit)
          await pair.compare('ZREVRANGEBYSCORE', key, max, min, ...limit, 'WITHSCORES')
          await pair.compare('ZRANGE', key, min, max, 'BYSCORE', 'WITHSCORES', ...limit)
          await pair.compare('ZRANGE', key, max, min, 'BYSCORE', 'REV', ...limit)
        }
      }
    }
    await pair.script(
      ...['ZCOUNT small a 1', 'ZCOUNT small 1 nan', 'ZCOUNT small ( 5', 'ZCOUNT small "" 5'],
      ...['ZCOUNT small " 1" 5', 'ZCOUNT small "1 " 5', 'ZCOUNT small ((1 5', 'ZCOUNT small 1'],
      ...['ZCOUNT small "1\\x00x" 5', 'ZCOUNT small 1e400 1e500', 'ZRANGEBYSCORE small 1 x'],
      ...['ZRANGEBYSCORE small 1 2 LIMIT 1', 'ZRANGEBYSCORE small 1 2 LIMIT a 1'],
      ...['ZRANGEBYSCORE small 1 2 LIMIT 1 a', 'ZRANGEBYSCORE small 1 2 REV'],
      ...['ZRANGEBYSCORE small 1 2 BYSCORE', 'ZRANGE small 1 2 BYSCORE BYLEX', 'ZRANGE small 1 x BYSCORE'],
      ...['ZRANGEBYSCORE small 1', 'ZRANGE small 0x1 0x2 BYSCORE'],
      ...['ZRANGEBYSCORE small 1 2 WITHSCORES LIMIT 0 1 WITHSCORES'],
    )
    await pair.speak(2)
  })

  test(`ranges of members in RESP${version}`, async () => {
    await pair.speak(version)
    await fillWithWords('large', LARGE)
    await fillWithWords('small', 30)
    const bounds = [
      '- +',
      '[a [k',
      '(a [k',
      '[a (k',
      '[z [a',
      '[ +',
      '( +',
      '- (',
      '+ -',
      '- -',
      '+ +',
      '[1 [1z',
      '[zz +',
      '[a [a',
      '(a (a',
      '[k4 (k5',
    ]
    const limits = ['', 'LIMIT 0 3', 'LIMIT 2 4', 'LIMIT 5 -1', 'LIMIT 1000 3', 'LIMIT -1 3', 'LIMIT 1 0']
    for (const key of ['small', 'large', 'none']) {
      for (const each of bounds) {
        const [min, max] = each.split(' ') as [string, string]
        await pair.compare('ZLEXCOUNT', key, min, max)
        for (const limit of limits.map((words) => words.split(' ').filter(Boolean))) {
          await pair.compare('ZRANGEBYLEX', key, min, max, ...limit)
          await pair.compare('ZREVRANGEBYLEX', key, max, min, ...limit)
          await pair.compare('ZRANGE', key, min, max, 'BYLEX', ...limit)
          await pair.compare('ZRANGE', key, max, min, 'REV', 'BYLEX', ...limit)
        }
      }
    }
    await pair.script(
      ...['ZLEXCOUNT small a [b', 'ZLEXCOUNT small [a b', 'ZLEXCOUNT small "" +', 'ZLEXCOUNT small -x +'],
      ...['ZLEXCOUNT small - ++', 'ZLEXCOUNT small - 5', 'ZLEXCOUNT small -'],
      ...['ZRANGEBYLEX small - + WITHSCORES', 'ZRANGE small - + BYLEX WITHSCORES'],
      ...['ZRANGEBYLEX small - + LIMIT 1', 'ZREVRANGEBYLEX small - +', 'ZRANGEBYLEX none x y'],
      ...['ZLEXCOUNT small "-\\x00junk" "+\\x00junk"'],
    )
    await pair.speak(2)
  })

  test(`removing in RESP${version}`, async () => {
    await pair.speak(version)
    for (const count of [30, LARGE]) {
      await fill(pair, 'z', count)
      await fillWithWords('w', count)
      await pair.script(
        ...['ZREM z m1 m1 none m3', 'ZREM z none', 'ZREM none m1', 'ZREM z', 'ZREMRANGEBYRANK z 2 4'],
        ...['ZREMRANGEBYRANK z -3 -2', 'ZREMRANGEBYRANK z 5 2', 'ZREMRANGEBYRANK z 1000 2000'],
        ...['ZREMRANGEBYRANK none 0 -1', 'ZREMRANGEBYRANK z 0', 'ZREMRANGEBYRANK z a 1'],
        ...['ZREMRANGEBYSCORE z 3 7', 'ZREMRANGEBYSCORE z (8 (9', 'ZREMRANGEBYSCORE z 9 3'],
        ...['ZREMRANGEBYSCORE z x 3', 'ZREMRANGEBYSCORE none 0 1', 'ZREMRANGEBYLEX w [a [c'],
        ...['ZREMRANGEBYLEX w (d (e', 'ZREMRANGEBYLEX w x [e', 'ZREMRANGEBYLEX none - +'],
        ...['ZREMRANGEBYLEX w [c [a'],
      )
      await compareAll(pair, 'z', 'w')
      await pair.script(
        ...['ZREMRANGEBYSCORE z (40 +inf', 'ZREMRANGEBYRANK z 0 -2', 'ZCARD z', 'ZREMRANGEBYRANK z 0 0'],
        ...['EXISTS z', 'ZREMRANGEBYLEX w - +', 'EXISTS w', 'ZADD z 1 a 2 b', 'ZREM z a b c', 'EXISTS z'],
        ...['ZADD z 1 a', 'ZREMRANGEBYSCORE z 1 1', 'EXISTS z'],
      )
    }
    await pair.speak(2)
  })
}

test('ranges that are stored', async () => {
  await fill(pair, 'large', LARGE)
  await fill(pair, 'small', 30)
  await fillWithWords('words', 30)
  await pair.script(
    ...['ZRANGESTORE d small 0 -1', 'ZRANGESTORE d small 2 5', 'ZRANGESTORE d small 0 3 REV'],
    ...['ZRANGESTORE d small 3 9 BYSCORE', 'ZRANGESTORE d small 9 3 BYSCORE REV LIMIT 1 2'],
    ...['ZRANGESTORE d words [a [k BYLEX', 'ZRANGESTORE d words [k [a BYLEX REV LIMIT 0 2'],
  )
  await compareAll(pair, 'd')
  await pair.script(
    ...['ZRANGESTORE d large 5 300', 'OBJECT ENCODING d', 'ZRANGESTORE d large 5 30', 'OBJECT ENCODING d'],
    ...['ZRANGESTORE d large (3 20 BYSCORE LIMIT 10 20', 'OBJECT ENCODING d'],
    ...['ZRANGESTORE small small 1 3', 'ZRANGESTORE d small 5 2', 'EXISTS d', 'ZRANGESTORE d none 0 -1'],
    ...['ZRANGESTORE d small 0 -1 WITHSCORES', 'ZRANGESTORE d small 0 -1 LIMIT 1 1'],
    ...['ZRANGESTORE d small 0', 'ZRANGESTORE d small a b', 'ZRANGESTORE d small a b BYLEX'],
    ...['ZRANGESTORE d small x y BYSCORE'],
  )
  await compareAll(pair, 'd', 'small')
})

test.run()
