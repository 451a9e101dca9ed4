import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { compareEvents } from '../support/events.ts'
import { type Pair, startPair } from '../support/pair.ts'
import type { ReplyError, Value } from '../support/resp.ts'
import { Seeded } from '../support/seeded.ts'

const test = suite('set commands')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_each, index) => from + index)
const words = (count: number, prefix = 'm'): string[] => numbers(0, count).map((index) => prefix + index)

async function encoding(key: string): Promise<Value> {
  return pair.modis.call('OBJECT', 'ENCODING', key)
}

for (const version of [2, 3] as const) {
  test(`adding, removing and asking in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        SADD s 1 2 3 | SADD s 3 4 | SADD s | SADD | SCARD s | SCARD none | SCARD | SMEMBERS s
        SMEMBERS none | SMEMBERS s x | SISMEMBER s 1 | SISMEMBER s 9 | SISMEMBER none 1 | SISMEMBER s
        SISMEMBER s 01 | SISMEMBER s -0 | SISMEMBER s "" | SMISMEMBER s 1 9 2 | SMISMEMBER none 1 2
        SMISMEMBER s | SREM s 1 9 2 | SREM s 1 | SREM none 1 | SREM s | SREM s 3 4 5 | EXISTS s
        SADD bin "\\x00\\r\\n" "" | SCARD bin | SISMEMBER bin "" | SISMEMBER bin "\\x00\\r\\n"
        SADD wide -9223372036854775808 9223372036854775807 0 32768 | SMEMBERS wide | SREM wide 32768
        SISMEMBER wide 9223372036854775807 | SISMEMBER wide 9223372036854775808 | SMEMBERS wide
      `),
    )
    await pair.compareUnordered('SMEMBERS', 'bin')
    await pair.speak(2)
  })

  test(`the wrong type is refused in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('SET', 'str', 'x')
    await pair.prepare('SADD', 's', '1')
    await pair.script(
      ...commands(`
        SADD str 1 | SREM str 1 | SCARD str | SMEMBERS str | SISMEMBER str 1 | SMISMEMBER str 1 | SPOP str
        SPOP str 1 | SRANDMEMBER str | SRANDMEMBER str 1 | SMOVE str s 1 | SMOVE s str 1 | SMOVE none str 1
        SINTER s str | SINTER none str | SUNION s str | SDIFF s str | SDIFF none str | SINTERSTORE d s str
        SUNIONSTORE d s str | SDIFFSTORE d str s | SINTERCARD 2 s str | SSCAN str 0 | EXISTS d | SMEMBERS s
        GET str | SUNIONSTORE str s | SMEMBERS str
      `),
    )
    await pair.speak(2)
  })

  test(`moving in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('SADD', 'a', '1', '2')
    await pair.script(
      ...commands(`
        SMOVE a b 1 | SMOVE a b 1 | SMOVE a a 2 | SMOVE a a 9 | SMOVE none b 1 | SMOVE a b | SMOVE a b 2
        EXISTS a | SMEMBERS b | SMOVE b a x | SMOVE b a 1 | SMEMBERS a | SMEMBERS b
      `),
    )
    await pair.speak(2)
  })

  test(`popping and sampling in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('SADD', 's', 'only')
    await pair.script(
      ...commands(`
        SPOP none | SPOP none 1 | SPOP none 0 | SPOP s 0 | SPOP s -1 | SPOP s x | SPOP s 1 2 | SPOP
        SRANDMEMBER none | SRANDMEMBER none 1 | SRANDMEMBER s | SRANDMEMBER s 0 | SRANDMEMBER s 1
        SRANDMEMBER s 5 | SRANDMEMBER s -3 | SRANDMEMBER s x | SRANDMEMBER s 1 2 | SRANDMEMBER s 1.5
        SRANDMEMBER s -9223372036854775808 | SRANDMEMBER s 9223372036854775807 | SPOP s 99999999999999999999
        SPOP s 9223372036854775807 | EXISTS s | SADD s 7 | SPOP s | EXISTS s
      `),
    )
    await pair.speak(2)
  })

  test(`intersections, unions and differences in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('SADD', 'a', ...numbers(0, 40))
    await pair.prepare('SADD', 'b', ...numbers(20, 60))
    await pair.prepare('SADD', 'w', ...words(30), ...numbers(0, 30))
    await pair.prepare('SADD', 'big', ...words(700), ...numbers(0, 25))
    const sources = [
      'a',
      'b',
      'w',
      'big',
      'none',
      'a b',
      'b a',
      'a w',
      'a b w',
      'w big',
      'big a',
      'a none',
      'none a',
    ]
    sources.push('a a', 'w w b', 'big big', 'a b none', 'b w big a', 'none none')
    for (const keys of sources) {
      for (const operation of ['SINTER', 'SUNION', 'SDIFF']) {
        await pair.compareUnordered(operation, ...keys.split(' '))
        await pair.compare(`${operation}STORE`, 'd', ...keys.split(' '))
        await pair.compareUnordered('SMEMBERS', 'd')
        await pair.compare('EXISTS', 'd')
      }
      const count = keys.split(' ').length
      await pair.compare('SINTERCARD', count, ...keys.split(' '))
      await pair.compare('SINTERCARD', count, ...keys.split(' '), 'LIMIT', 3)
      await pair.compare('SINTERCARD', count, ...keys.split(' '), 'limit', 0)
    }
    await pair.script(
      ...commands(`
        SINTER | SUNION | SDIFF | SINTERSTORE d | SINTERCARD 0 a | SINTERCARD -1 a | SINTERCARD x a
        SINTERCARD 2 a | SINTERCARD 1 a b | SINTERCARD 1 a LIMIT | SINTERCARD 1 a LIMIT -1 | SINTERCARD 1
        SINTERCARD 1 a LIMIT x | SINTERCARD 1 a LIMIT 1 LIMIT 2 | SINTERCARD 99999999999 a
        SINTERSTORE a a b | SMEMBERS a | SUNIONSTORE b a b | SDIFFSTORE b b a | SMEMBERS b
        SDIFFSTORE b b b | EXISTS b
      `),
    )
    await pair.speak(2)
  })

  test(`scanning in RESP${version}`, async () => {
    await pair.speak(version)
    await pair.prepare('SADD', 'small', ...numbers(0, 20))
    await pair.script(
      ...commands(`
        SSCAN small 0 | SSCAN small 0 COUNT 2 | SSCAN small 0 MATCH 1* | SSCAN small 5 | SSCAN none 0
        SSCAN none 0 NONSENSE | SSCAN small x | SSCAN small 0 COUNT 0 | SSCAN small 0 COUNT x | SSCAN small
        SSCAN small 0 MATCH | SSCAN small 0 COUNT | SSCAN small 0 TYPE set | SSCAN small -1 MATCH *
        SSCAN small 18446744073709551615 | SSCAN small 18446744073709551616 | SSCAN small " 0"
      `),
    )
    await pair.speak(2)
  })
}

test('encodings are those of Redis 7.2', async () => {
  const { modis } = pair
  await pair.prepare('CONFIG', 'SET', 'set-max-intset-entries', 512)
  await modis.call('SADD', 's', ...numbers(0, 512))
  assert.is(await encoding('s'), 'intset')
  await modis.call('SADD', 's', 512)
  assert.is(await encoding('s'), 'hashtable')
  await modis.call('SADD', 'mixed', 1, 2, 'three')
  assert.is(await encoding('mixed'), 'listpack')
  await modis.call('SADD', 'mixed', ...words(125))
  assert.is(await encoding('mixed'), 'listpack')
  assert.is(await modis.call('SCARD', 'mixed'), 128)
  await modis.call('SADD', 'mixed', 'one more')
  assert.is(await encoding('mixed'), 'hashtable')
  await modis.call('SADD', 'long', 'x'.repeat(64))
  assert.is(await encoding('long'), 'listpack')
  await modis.call('SADD', 'long', 'x'.repeat(65))
  assert.is(await encoding('long'), 'hashtable')
  // A set of many integers may not become a listpack, and one command that brings many members prepares for them.
  await modis.call('SADD', 'ints', ...numbers(0, 200))
  await modis.call('SADD', 'ints', 'word')
  assert.is(await encoding('ints'), 'hashtable')
  await modis.call('SADD', 'same', ...Array(600).fill(1))
  assert.is(await encoding('same'), 'hashtable')
  await modis.call('SADD', 'few', 1)
  await modis.call('SADD', 'few', ...Array(513).fill(1))
  assert.is(await encoding('few'), 'hashtable')
})

test('a set that comes member by member is packed as Redis 7.2 packs it', async () => {
  const { modis } = pair
  await modis.call('CONFIG', 'SET', 'rdb-version', 10)
  await modis.call('SADD', 's', 1, 2, 'a')
  const payload = (await modis.raw('DUMP', 's')).bytes
  await modis.call('CONFIG', 'SET', 'rdb-version', 11, 'set-max-intset-entries', 2)
  await modis.call('RESTORE', 't', 0, payload.subarray(payload.indexOf('\n') + 1, -2))
  assert.is(await modis.call('OBJECT', 'ENCODING', 't'), 'hashtable')
  await modis.call('CONFIG', 'SET', 'set-max-intset-entries', 512)
  assert.is(await modis.call('OBJECT', 'ENCODING', 's'), 'listpack')
})

test('computed sets are packed as Redis 7.2 packs them', async () => {
  const { modis } = pair
  await modis.call('SADD', 'ints', ...numbers(0, 20))
  await modis.call('SADD', 'mixed', ...numbers(10, 20), 'word')
  await modis.call('SADD', 'large', ...numbers(0, 30), ...words(200))
  const cases: [string, string][] = [
    ['SINTERSTORE d ints mixed', 'intset'],
    ['SINTERSTORE d mixed large', 'intset'],
    ['SINTERSTORE d mixed mixed', 'listpack'],
    ['SINTERSTORE d large large', 'hashtable'],
    ['SUNIONSTORE d ints', 'intset'],
    ['SUNIONSTORE d ints mixed', 'listpack'],
    ['SUNIONSTORE d ints large', 'hashtable'],
    ['SDIFFSTORE d large mixed', 'hashtable'],
    ['SDIFFSTORE d mixed ints', 'listpack'],
    ['SDIFFSTORE d ints mixed', 'intset'],
  ]
  for (const [command, expected] of cases) {
    await modis.call(...command.split(' '))
    assert.is(await encoding('d'), expected, command)
  }
  // What is left of a large set after nearly all of it was popped starts over as a packed one.
  await modis.call('SADD', 'p', ...words(300))
  const left = 10
  await modis.call('SPOP', 'p', 300 - left)
  assert.is(await encoding('p'), 'listpack')
  assert.is(await modis.call('SCARD', 'p'), left)
})

test('popping and sampling draw different members that were in the set', async () => {
  const { modis } = pair
  for (const all of [numbers(0, 100).map(String), words(100), words(400), numbers(0, 400).map(String)]) {
    for (const count of [1, 5, 60, 99]) {
      await modis.call('DEL', 's')
      await modis.call('SADD', 's', ...all)
      const drawn = (await modis.call('SRANDMEMBER', 's', count)) as string[]
      assert.is(new Set(drawn).size, count)
      assert.ok(drawn.every((member) => all.includes(member)))
      const repeated = (await modis.call('SRANDMEMBER', 's', -3 * count)) as string[]
      assert.is(repeated.length, 3 * count)
      assert.ok(repeated.every((member) => all.includes(member)))
      const popped = (await modis.call('SPOP', 's', count)) as string[]
      assert.is(new Set(popped).size, count)
      const rest = (await modis.call('SMEMBERS', 's')) as string[]
      assert.equal([...rest, ...popped].sort(), [...all].sort())
    }
  }
})

test('every member is as likely to be drawn', async () => {
  const { modis } = pair
  const draws = 20_000
  // The statistic has the mean 99 and the deviation 14 for a fair draw of one in a hundred.
  const limit = 99 + 14 * 8
  for (const all of [numbers(0, 100).map(String), words(100), words(100, 'x'.repeat(70))]) {
    await modis.call('DEL', 's')
    await modis.call('SADD', 's', ...all)
    const ways: [string, () => Promise<Value[]>][] = [
      [
        'one by one',
        async () => Promise.all(Array.from({ length: 2000 }, () => modis.call('SRANDMEMBER', 's'))),
      ],
      ['with repetitions', async () => (await modis.call('SRANDMEMBER', 's', -2000)) as Value[]],
      ['different ones', async () => (await modis.call('SRANDMEMBER', 's', 20)) as Value[]],
    ]
    for (const [name, draw] of ways) {
      const counts = new Map(all.map((member) => [member, 0]))
      for (let drawn = 0; drawn < draws; ) {
        for (const member of await draw()) {
          counts.set(member as string, (counts.get(member as string) as number) + 1)
          drawn++
        }
      }
      const expected = [...counts.values()].reduce((sum, count) => sum + count, 0) / all.length
      const deviation = [...counts.values()].reduce(
        (sum, count) => sum + (count - expected) ** 2 / expected,
        0,
      )
      assert.ok(deviation < limit, `${name} from ${await encoding('s')}: ${deviation}`)
    }
  }
})

test('a count that would not fit into memory is refused', async () => {
  const { modis } = pair
  await modis.call('SADD', 's', 1)
  assert.is(
    ((await modis.call('SRANDMEMBER', 's', -9_000_000_000)) as ReplyError).text,
    'ERR value is out of range',
  )
  assert.is(await modis.call('SCARD', 's'), 1)
  for (const command of ['SRANDMEMBER', 'HRANDFIELD', 'ZRANDMEMBER']) {
    await pair.script(`${command} none -9000000000`, `${command} none -9223372036854775808`)
  }
})

test('a scan meets all members that were there throughout', async () => {
  const { modis } = pair
  const kept = words(3000)
  await modis.call('SADD', 's', ...kept)
  const seen = new Set<Value>()
  let cursor: Value = '0'
  let round = 0
  do {
    const [next, found]: [Value, Value[]] = (await modis.call(
      'SSCAN',
      's',
      cursor as string,
      'COUNT',
      50,
    )) as never
    for (const member of found) seen.add(member)
    cursor = next
    // The set grows and shrinks meanwhile.
    if (round++ % 2 === 0) await modis.call('SADD', 's', ...words(200, `new${round}-`))
    else await modis.call('SREM', 's', ...words(150, `new${round - 1}-`))
  } while (cursor !== '0')
  assert.ok(kept.every((member) => seen.has(member)))
  const matched = (await modis.call('SSCAN', 's', '0', 'MATCH', 'm1?', 'COUNT', 100_000)) as [Value, Value[]]
  assert.equal(matched[1].sort(), words(20).slice(10).sort())
})

test('events and changes are those of Redis', async () => {
  await compareEvents(
    pair,
    ...commands(`
      SADD a 1 2 3 | SADD a 1 | SREM a 9 | SREM a 1 | SMOVE a b 2 | SMOVE a b 3 | SMOVE b b 2 | SPOP none
      SADD a 1 | SPOP a | SADD a 1 | SPOP a 5 | SADD a 1 2 3 4 | SPOP a 0 | SREM a 1 2 3 4 5 | SADD a 1 2
      SADD b 1 | SUNIONSTORE d a b | SINTERSTORE d a b | SDIFFSTORE d b a | SINTERSTORE d b none
      SUNIONSTORE a a b | SDIFFSTORE none none none
    `),
  )
})

test('random commands have the same results', async () => {
  const random = new Seeded(20_240_601)
  const keys = ['a', 'b', 'c', 'd']
  const member = (): string => random.pick([`${random.integer(-40, 40)}`, `w${random.integer(0, 40)}`, ''])
  const several = (make: () => string): string[] => Array.from({ length: random.integer(1, 6) }, make)
  const key = (): string => random.pick(keys)
  const commands: (() => string[])[] = [
    () => ['SADD', key(), ...several(member)],
    () => ['SADD', key(), ...several(() => `${random.integer(0, 2 ** 40)}`)],
    () => ['SREM', key(), ...several(member)],
    () => ['SMOVE', key(), key(), member()],
    () => ['SMISMEMBER', key(), ...several(member)],
    () => ['SCARD', key()],
    () => [random.pick(['SINTER', 'SUNION', 'SDIFF']), ...several(key)],
    () => [random.pick(['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE']), key(), ...several(key)],
  ]
  await pair.prepare('CONFIG', 'SET', 'set-max-intset-entries', 16)
  await pair.modis.call('CONFIG', 'SET', 'set-max-listpack-entries', 24)
  for (let step = 0; step < 3000; step++) await pair.compareUnordered(...random.pick(commands)())
  for (const each of keys) await pair.compareUnordered('SMEMBERS', each)
  await pair.prepare('CONFIG', 'SET', 'set-max-intset-entries', 512)
  await pair.modis.call('CONFIG', 'SET', 'set-max-listpack-entries', 128)
})

test.run()
