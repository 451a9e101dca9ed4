import { suite } from 'uvu'
import { commands } from '../support/commands.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { Seeded } from '../support/seeded.ts'

const test = suite('large sorted sets')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

test('a large sorted set keeps its order through every kind of change', async () => {
  const random = new Seeded(4)
  for (let batch = 0; batch < 40; batch++) {
    const pairs = Array.from({ length: 300 }, () => [
      random.integer(0, 5000) / 4,
      `m${random.integer(0, 8000)}`,
    ])
    await pair.compare('ZADD', 'z', ...pairs.flat())
    const low = random.integer(0, 1200)
    await pair.script(
      ...commands(`
        ZREMRANGEBYSCORE z ${low} ${low + 5} | ZREMRANGEBYRANK z ${low} ${low + 60} | ZPOPMAX z 10 | ZPOPMIN z
        ZINCRBY z 100.5 m${low} | ZRANGESTORE d z ${low} ${low + 300} | ZUNIONSTORE z 2 z d AGGREGATE MAX
      `),
    )
    for (let look = 0; look < 20; look++) {
      const name = `m${random.integer(0, 8000)}`
      await pair.script(`ZRANK z ${name}`, `ZREVRANK z ${name}`, `ZCOUNT z ${low} (${low + 100}`)
    }
  }
  await pair.script(
    'ZRANGE z 0 -1 WITHSCORES',
    'ZREVRANGE z 0 -1',
    'ZCARD z',
    'ZDIFFSTORE z 2 z d',
    'ZRANGE z 0 -1',
  )
})

test('a scan shows the scores of a large sorted set in full, as Redis does', async () => {
  const scores =
    '0 1 -1 0.1 -0.5 3.14159265358979 1e21 1e-7 1e22 5e-324 1e15 1e17 0.00001234 2.5e-5 1.7976931348623157e308'
  const more =
    '2251799813685248.5 9007199254740993 9223372036854775807 0.30000000000000004 0.0001 123456.789e3 inf -inf -0'
  await pair.prepare('CONFIG', 'SET', 'zset-max-listpack-entries', 0)
  for (const score of `${scores} ${more}`.split(' ')) await pair.compare('ZADD', 'z', score, `m${score}`)
  await pair.compareUnordered('ZSCAN', 'z', 0, 'COUNT', 1000)
})

test.run()
