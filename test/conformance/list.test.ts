import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { compareEvents } from '../support/events.ts'
import { type Pair, startPair } from '../support/pair.ts'
import type { ReplyError, Value } from '../support/resp.ts'
import { Seeded } from '../support/seeded.ts'

const test = suite('list commands')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

const elements = (count: number, bytes = 1): string[] =>
  Array.from({ length: count }, (_each, index) => `${index}`.padStart(bytes, 'e'))

async function encoding(key: string): Promise<Value> {
  return pair.modis.call('OBJECT', 'ENCODING', key)
}

for (const version of [2, 3] as const) {
  test(`pushing, popping and looking in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        RPUSH l a b c | LPUSH l 1 2 3 | LRANGE l 0 -1 | LLEN l | LLEN none | RPUSH l | LPUSH | LLEN
        RPUSHX none x | LPUSHX none x | EXISTS none | RPUSHX l x y | LPUSHX l z | LPUSHX l | LINDEX l 0
        LINDEX l -1 | LINDEX l 3 | LINDEX l 99 | LINDEX l -99 | LINDEX none 0 | LINDEX l x | LINDEX none x
        LINDEX l 9223372036854775807 | LINDEX l 9223372036854775808 | LINDEX l | LRANGE l 2 4
        LRANGE l -3 -2 | LRANGE l 4 2 | LRANGE l -99 99 | LRANGE l 99 100 | LRANGE none 0 1
        LRANGE l 0 9223372036854775807 | LRANGE l -9223372036854775808 1 | LRANGE l a 1 | LRANGE none 0 b
        LPOP l | RPOP l | LPOP l 2 | RPOP l 2 | LPOP l 0 | LPOP none | LPOP none 2 | LPOP none 0
        RPOP none 3 | LPOP l -1 | LPOP l x | LPOP l 1 2 | LPOP | LRANGE l 0 -1 | RPOP l 99 | EXISTS l
        RPUSH bin "" "\\x00\\r\\n" 9223372036854775807 -9223372036854775808 007 -0 | LRANGE bin 0 -1
      `),
    )
    await pair.speak(2)
  })

  test(`changing in the middle in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('RPUSH', 'l', ...elements(8), 3, 3)
    await pair.script(
      ...commands(`
        LINSERT l BEFORE 3 x | LINSERT l after 3 y | LINSERT l BEFORE none x | LINSERT none BEFORE 1 x
        LINSERT l middle 3 x | LINSERT l BEFORE 3 | LINSERT l AFTER 7 end | LINSERT l BEFORE 0 start
        LRANGE l 0 -1 | LSET l 0 first | LSET l -1 last | LSET l 99 x | LSET l -99 x | LSET l x x
        LSET none 0 x | LSET none x x | LSET l 0 | LRANGE l 0 -1 | LREM l 1 3 | LREM l -1 x | LREM l 0 y
        LREM l 0 none | LREM none 0 x | LREM l x x | LREM none x x | LREM l 1 | LRANGE l 0 -1 | LTRIM l 1 -2
        LTRIM l 0 -1 | LTRIM l x 1 | LTRIM none 0 1 | LTRIM none x 1 | LRANGE l 0 -1
        LTRIM l -3 9223372036854775807 | LRANGE l 0 -1 | LTRIM l 5 1 | EXISTS l | RPUSH l a a | LREM l 5 a
        EXISTS l
      `),
    )
    await pair.speak(2)
  })

  test(`finding positions in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('RPUSH', 'l', ...'a b c 1 2 3 c c'.split(' '))
    await pair.script(
      ...commands(`
        LPOS l a | LPOS l c | LPOS l c RANK 1 | LPOS l c RANK 2 | LPOS l c RANK 4 | LPOS l c RANK -1
        LPOS l c RANK -3 | LPOS l c RANK -4 | LPOS l c COUNT 0 | LPOS l c COUNT 1 | LPOS l c COUNT 2
        LPOS l c COUNT 99 RANK 2 | LPOS l c RANK -1 COUNT 0 | LPOS l c RANK -2 COUNT 0 | LPOS l x COUNT 2
        LPOS l x | LPOS none x | LPOS none x COUNT 1 | LPOS l c MAXLEN 1 | LPOS l c MAXLEN 3 | LPOS l 1
        LPOS l c COUNT 0 MAXLEN 7 | LPOS l c COUNT 0 MAXLEN 7 RANK -1 | LPOS l c MAXLEN 0 | LPOS l c RANK 0
        LPOS l c COUNT -1 | LPOS l c MAXLEN -1 | LPOS l c RANK x | LPOS l c COUNT x | LPOS l c MAXLEN x
        LPOS l c RANK | LPOS l c NONSENSE 1 | LPOS l | LPOS l c RANK 9223372036854775807
      `),
    )
    // Redis 7.0 takes this number for a rank.
    const outOfRange = (await pair.modis.call('LPOS', 'l', 'c', 'RANK', '-9223372036854775808')) as ReplyError
    const limit = '9223372036854775807'
    assert.is(outOfRange.text, `ERR value is out of range, value must between -${limit} and ${limit}`)
    await pair.speak(2)
  })

  test(`moving in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('RPUSH', 'a', ...elements(5))
    await pair.script(
      ...commands(`
        LMOVE a b LEFT RIGHT | LMOVE a b RIGHT LEFT | lmove a b left left | LMOVE a b RIGHT RIGHT
        LRANGE a 0 -1 | LRANGE b 0 -1 | RPOPLPUSH b b | LRANGE b 0 -1 | LMOVE b b LEFT RIGHT | LRANGE b 0 -1
        RPOPLPUSH a b | EXISTS a | RPOPLPUSH a b | LMOVE none b LEFT RIGHT | LMOVE a b UP LEFT
        LMOVE a b LEFT | RPOPLPUSH a | RPUSH one x | RPOPLPUSH one one | LRANGE one 0 -1
      `),
    )
    await pair.speak(2)
  })

  test(`popping from several lists in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('RPUSH', 'a', ...elements(5))
    await pair.prepare('RPUSH', 'b', 'x', 'y')
    await pair.script(
      ...commands(`
        LMPOP 2 none a LEFT | LMPOP 2 none a RIGHT COUNT 2 | LMPOP 1 none LEFT | LMPOP 2 a b LEFT COUNT 99
        EXISTS a | LMPOP 2 a b left count 1 | LMPOP 0 a LEFT | LMPOP -1 a LEFT | LMPOP x a LEFT | LMPOP 1 a
        LMPOP 1 a UP | LMPOP 1 a LEFT COUNT 0 | LMPOP 1 a LEFT COUNT x | LMPOP 1 a LEFT COUNT
        LMPOP 2 a LEFT | LMPOP 1 a LEFT COUNT 1 COUNT 1 | LMPOP 1 a LEFT NONSENSE | LMPOP 99999999999 a LEFT
        LMPOP 1
      `),
    )
    await pair.speak(2)
  })

  test(`the wrong type is refused in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('SET', 'str', 'x')
    await pair.prepare('RPUSH', 'l', 'x')
    await pair.script(
      ...commands(`
        RPUSH str x | LPUSHX str x | LPOP str | LPOP str 1 | LLEN str | LINDEX str 0 | LINDEX str x
        LRANGE str 0 1 | LRANGE str x 1 | LSET str 0 x | LREM str 0 x | LTRIM str 0 1 | LPOS str x
        LINSERT str BEFORE x y | LMOVE str l LEFT LEFT | LMOVE l str LEFT LEFT | LMOVE none str LEFT LEFT
        RPOPLPUSH l str | LMPOP 2 none str LEFT | LMPOP 2 l str LEFT | LMPOP 2 str l LEFT | EXISTS l
      `),
    )
    await pair.speak(2)
  })
}

test('encodings are those of Redis 7.2', async () => {
  const { modis } = pair
  await modis.call('RPUSH', 'l', ...elements(100, 40))
  assert.is(await encoding('l'), 'listpack')
  await modis.call('RPUSH', 'l', ...elements(100, 40))
  assert.is(await encoding('l'), 'quicklist')
  // A shrinking list goes back only when it is down to half of one node.
  await modis.call('LTRIM', 'l', 0, 149)
  assert.is(await encoding('l'), 'quicklist')
  await modis.call('LTRIM', 'l', 0, 49)
  assert.is(await encoding('l'), 'listpack')
  await modis.call('RPUSH', 'big', 'x'.repeat(9000))
  assert.is(await encoding('big'), 'quicklist')
  await modis.call('LSET', 'big', 0, 'small')
  assert.is(await encoding('big'), 'listpack')
  await modis.call('LSET', 'big', 0, 'x'.repeat(9000))
  assert.is(await encoding('big'), 'quicklist')

  await pair.prepare('CONFIG', 'SET', 'list-max-listpack-size', 4)
  await modis.call('RPUSH', 'c', ...elements(4))
  assert.is(await encoding('c'), 'listpack')
  await modis.call('LINSERT', 'c', 'BEFORE', 'none', 'x')
  assert.is(await encoding('c'), 'quicklist')
  await modis.call('LPOP', 'c')
  assert.is(await encoding('c'), 'quicklist')
  await modis.call('LREM', 'c', 0, '3')
  assert.is(await encoding('c'), 'listpack')
  assert.equal(await modis.call('LRANGE', 'c', 0, -1), ['1', '2'])
  await pair.prepare('CONFIG', 'SET', 'list-max-listpack-size', -2)
})

test('a list of elements of any size keeps them all', async () => {
  const random = new Seeded(77)
  for (let step = 0; step < 300; step++) {
    const element = random.pick(['a', 'B']).repeat(random.pick([1, 60, 70, 5000, 20_000]))
    await pair.compare(random.pick(['RPUSH', 'LPUSH']), 'l', element, step)
  }
  await pair.compare('LRANGE', 'l', 0, -1)
  for (let step = 0; step < 500; step++) await pair.compare(random.pick(['RPOP', 'LPOP']), 'l')
  await pair.compare('LRANGE', 'l', 0, -1)
})

test('events and changes are those of Redis', async () => {
  await compareEvents(
    pair,
    ...commands(`
      RPUSH a 1 2 3 | LPUSH a 0 | LPUSHX a z | RPUSHX none x | LPOP a | RPOP a 2 | LPOP a 99 | LPOP none
      RPUSH a 1 2 3 | LINSERT a BEFORE 2 x | LINSERT a BEFORE 9 x | LSET a 0 y | LREM a 0 none | LREM a 0 y
      LTRIM a 0 -1 | LTRIM a 1 1 | LMOVE a b LEFT RIGHT | RPOPLPUSH b b | LTRIM b 5 1 | RPUSH a 1 2
      LMPOP 2 none a LEFT COUNT 1 | BLPOP a 0 | RPUSH a 1 2 | BRPOPLPUSH a b 0 | BLMPOP 0 1 a RIGHT
      LREM b 0 2
    `),
  )
})

for (const size of [-2, 5]) {
  test(`random commands have the same results at a node size of ${size}`, async () => {
    const random = new Seeded(20_240_602 + size)
    const keys = ['a', 'b', 'c']
    const key = (): string => random.pick(keys)
    const element = (): string =>
      random.pick([
        `${random.integer(-20, 20)}`,
        `w${random.integer(0, 20)}`,
        'long'.repeat(random.integer(1, 400)),
      ])
    const index = (): string => `${random.integer(-30, 30)}`
    const several = (): string[] => Array.from({ length: random.integer(1, 8) }, element)
    const end = (): string => random.pick(['LEFT', 'RIGHT'])
    const commands: (() => string[])[] = [
      () => [random.pick(['RPUSH', 'LPUSH', 'RPUSHX', 'LPUSHX']), key(), ...several()],
      () => ['RPUSH', key(), ...several(), ...several()],
      () => [random.pick(['LPOP', 'RPOP']), key(), ...random.pick([[], [`${random.integer(0, 6)}`]])],
      () => ['LINSERT', key(), random.pick(['BEFORE', 'AFTER']), element(), element()],
      () => ['LSET', key(), index(), element()],
      () => ['LREM', key(), `${random.integer(-3, 3)}`, element()],
      () => ['LTRIM', key(), `${random.integer(0, 5)}`, `${random.integer(-5, 60)}`],
      () => ['LINDEX', key(), index()],
      () => ['LRANGE', key(), index(), index()],
      () => ['LPOS', key(), element(), 'COUNT', '0', 'RANK', random.pick(['1', '-1', '2', '-2'])],
      () => ['LMOVE', key(), key(), end(), end()],
      () => ['LMPOP', '2', key(), key(), end(), 'COUNT', `${random.integer(1, 5)}`],
    ]
    await pair.prepare('CONFIG', 'SET', 'list-max-listpack-size', size)
    for (let step = 0; step < 3000; step++) await pair.compare(...random.pick(commands)())
    for (const each of keys) await pair.compare('LRANGE', each, 0, -1)
    await pair.prepare('CONFIG', 'SET', 'list-max-listpack-size', -2)
  })
}

test.run()
