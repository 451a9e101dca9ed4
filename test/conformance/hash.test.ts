import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { compareEvents } from '../support/events.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { ReplyError, type Value } from '../support/resp.ts'
import { Seeded } from '../support/seeded.ts'

const test = suite('hash commands')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

/** A hash of one encoding each: `small` is a listpack, `large` a dictionary. */
async function fill(): Promise<void> {
  await pair.prepare('HSET', 'small', 'f1', 'v1', 'f2', '2', '3', 'v3', 'f4', '-70000', 'f5', '')
  const fields = Array.from({ length: 600 }, (_none, index) => [`f${index}`, `v${index}`]).flat()
  await pair.prepare('HSET', 'large', ...fields)
}

const HASHES = ['small', 'large', 'none'] as const

for (const version of [2, 3] as const) {
  test(`reading in RESP${version}`, async () => {
    await fill()
    await pair.speak(version)
    for (const key of HASHES) {
      await pair.script(
        ...commands(`
          HLEN ${key} | HGET ${key} f1 | HGET ${key} f2 | HGET ${key} 3 | HGET ${key} none
          HMGET ${key} f1 none f2 f1 | HEXISTS ${key} f1 | HEXISTS ${key} none | HSTRLEN ${key} f1
          HSTRLEN ${key} f4 | HSTRLEN ${key} f5 | HSTRLEN ${key} none
        `),
      )
      await pair.compareUnordered('HGETALL', key)
      await pair.compareUnordered('HKEYS', key)
      await pair.compareUnordered('HVALS', key)
      await pair.compare('OBJECT', 'ENCODING', key)
    }
    // A listpack keeps its order, so these agree byte for byte.
    await pair.script(
      ...commands(`
        HGETALL small | HKEYS small | HVALS small | HGETALL none | HKEYS none | HVALS none
      `),
    )
    await pair.speak(2)
  })
}

test('setting', async () => {
  await fill()
  for (const key of HASHES) {
    await pair.script(
      ...commands(`
        HSET ${key} f1 new | HSET ${key} f1 again g 1 h 2 | HMSET ${key} f1 x i 3 | HSETNX ${key} f1 no
        HSETNX ${key} fresh yes | HMGET ${key} f1 g h i fresh | HSET ${key} f1 | HSET ${key} f1 a f2
        HMSET ${key} f1 | HSETNX ${key} f1 | HSET ${key} "" "" | HGET ${key} "" | HSET ${key} dup 1 dup 2
        HGET ${key} dup | HLEN ${key} | HSET ${key} "\\x00\\r\\n" "\\xff\\x00" | HGET ${key} "\\x00\\r\\n"
      `),
    )
    await pair.compareUnordered('HGETALL', key)
  }
  await pair.script(
    ...commands(`
      HSET | HSET x | HSET x y | HMSET x | HGET x | HMGET x | HDEL x | HLEN | HLEN a b | HGETALL
      HSTRLEN x
    `),
  )
})

test('deleting', async () => {
  await fill()
  for (const key of HASHES) {
    await pair.script(
      ...commands(`
        HDEL ${key} f1 | HDEL ${key} f1 | HDEL ${key} f2 none f4 f4 | HLEN ${key} | HDEL ${key} none
      `),
    )
    await pair.compareUnordered('HGETALL', key)
  }
  await pair.script(
    ...commands(`
      HDEL small f5 3 more never | EXISTS small | HSET one f v | EXPIRE one 100 | HDEL one f
      HSET one f v | TTL one
    `),
  )
  const fields = Array.from({ length: 600 }, (_none, index) => `f${index}`)
  await pair.compare('HDEL', 'large', ...fields)
  await pair.script('EXISTS large')
})

test('HINCRBY over the whole range', async () => {
  await fill()
  for (const key of ['small', 'large', 'fresh']) {
    await pair.script(
      ...commands(`
        HINCRBY ${key} n 5 | HINCRBY ${key} n -7 | HINCRBY ${key} n 0 | HGET ${key} n
        HINCRBY ${key} f1 1 | HINCRBY ${key} n x | HINCRBY ${key} n 1.5
        HSET ${key} n 9223372036854775806 | HINCRBY ${key} n 1 | HINCRBY ${key} n 1 | HGET ${key} n
        HSET ${key} n -9223372036854775807 | HINCRBY ${key} n -1 | HINCRBY ${key} n -1
        HINCRBY ${key} n 9223372036854775807 | HINCRBY ${key} n 9223372036854775808 | HSET ${key} n " 1"
        HINCRBY ${key} n 1 | HSET ${key} n "" | HINCRBY ${key} n 1 | HSET ${key} n 01 | HINCRBY ${key} n 1
        HINCRBY ${key} n | HSET ${key} n 9007199254740991 | HINCRBY ${key} n 2
        HINCRBY ${key} n -9007199254740993 | HGET ${key} n
      `),
    )
  }
})

test('HINCRBYFLOAT', async () => {
  await fill()
  for (const key of ['small', 'large', 'fresh']) {
    await pair.script(
      ...commands(`
        HINCRBYFLOAT ${key} n 1.5 | HINCRBYFLOAT ${key} n 0.1 | HINCRBYFLOAT ${key} n -1.6
        HINCRBYFLOAT ${key} f1 1 | HINCRBYFLOAT ${key} n x | HINCRBYFLOAT ${key} n nan
        HINCRBYFLOAT ${key} n inf | HINCRBYFLOAT ${key} n -inf | HINCRBYFLOAT ${key} n 5e3
        HSET ${key} n inf | HINCRBYFLOAT ${key} n 1 | HSET ${key} n 5.0e3 | HINCRBYFLOAT ${key} n 2.0e2
        HSET ${key} n " 1" | HINCRBYFLOAT ${key} n 1 | HSET ${key} n 3
        HINCRBYFLOAT ${key} n 1.000000000000000005 | HINCRBYFLOAT ${key} n 1e-18 | HGET ${key} n
        HINCRBYFLOAT ${key} n
      `),
    )
  }
})

test('types', async () => {
  await pair.prepare('SET', 's', 1)
  await pair.script(
    ...commands(`
      HSET s f v | HSETNX s f v | HGET s f | HMGET s f | HGETALL s | HKEYS s | HVALS s | HLEN s | HDEL s f
      HEXISTS s f | HSTRLEN s f | HINCRBY s f 1 | HINCRBYFLOAT s f 1 | HSCAN s 0 | HRANDFIELD s
      HRANDFIELD s 1 | HMSET s f v | HINCRBY s f x | HINCRBYFLOAT s f x
    `),
  )
})

test('encodings', async () => {
  const encoding = async (key: string): Promise<void> => {
    await pair.compare('OBJECT', 'ENCODING', key)
    await pair.compare('HLEN', key)
  }
  for (let index = 0; index < 514; index++) {
    await pair.compare('HSET', 'count', `f${index}`, index)
    if (index > 508) await encoding('count')
  }
  for (let index = 0; index < 514; index++) await pair.compare('HDEL', 'count', `f${index + 1}`)
  await encoding('count')
  for (const length of [63, 64, 65]) {
    await pair.compare('HSET', `value${length}`, 'f', 'x'.repeat(length))
    await pair.compare('HSET', `field${length}`, 'x'.repeat(length), 'v')
    await pair.compare('HSET', `grow${length}`, 'f', 'v')
    await pair.compare('HSET', `grow${length}`, 'f', 'x'.repeat(length))
    await pair.compare('HINCRBY', `incr${length}`, 'x'.repeat(length), 1)
    await pair.compare('HINCRBYFLOAT', `float${length}`, 'x'.repeat(length), 1)
    await pair.compare('HSETNX', `nx${length}`, 'f', 'x'.repeat(length))
    for (const key of ['value', 'field', 'grow', 'incr', 'float', 'nx']) await encoding(`${key}${length}`)
  }
  // Redis 7.2 goes by the number of arguments, even where a field is named twice; 7.0 does not yet.
  const twice = Array.from({ length: 513 }, () => ['same', 'x']).flat()
  await pair.modis.call('HSET', 'twice', ...twice)
  assert.is(await pair.modis.call('OBJECT', 'ENCODING', 'twice'), 'hashtable')
  assert.is(await pair.modis.call('HLEN', 'twice'), 1)
})

test('thresholds follow the configuration', async () => {
  await pair.prepare('CONFIG', 'SET', 'hash-max-listpack-entries', 3, 'hash-max-listpack-value', 5)
  await pair.script(
    ...commands(`
      HSET a 1 1 2 2 3 3 | OBJECT ENCODING a | HSET a 4 4 | OBJECT ENCODING a | HSET b f 12345
      OBJECT ENCODING b | HSET b f 123456 | OBJECT ENCODING b
    `),
  )
  await pair.prepare('CONFIG', 'SET', 'hash-max-listpack-entries', 0)
  await pair.script('HSET c 1 1', 'OBJECT ENCODING c')
  // What comes packed stays packed, however long its values are, unless there are too many.
  await pair.prepare('CONFIG', 'SET', 'hash-max-listpack-entries', 3, 'hash-max-listpack-value', 64)
  await pair.prepare('HSET', 'd', 'field', 'longer than five')
  await pair.prepare('CONFIG', 'SET', 'hash-max-listpack-value', 5)
  for (const client of [pair.modis, pair.redis]) {
    const payload = (await client.raw('DUMP', 'd')).bytes
    await client.call('RESTORE', 'e', 0, payload.subarray(payload.indexOf('\n') + 1, -2))
  }
  await pair.script('OBJECT ENCODING e', 'HGETALL e')
  await pair.prepare('CONFIG', 'SET', 'hash-max-listpack-entries', 512, 'hash-max-listpack-value', 64)
})

test('values drawn at random agree with redis-server', async () => {
  const random = new Seeded(7_204)
  const value = (): string | number => {
    const kind = random.next()
    if (kind < 0.3) return Math.floor((random.next() - 0.5) * 10 ** random.integer(0, 18))
    return 'xyz'.repeat(random.integer(0, kind < 0.9 ? 10 : 400))
  }
  for (let round = 0; round < 1500; round++) {
    const field = `f${random.integer(0, 60)}`
    const pick = random.next()
    if (pick < 0.55) await pair.compare('HSET', 'h', field, value())
    else if (pick < 0.75) await pair.compare('HDEL', 'h', field, `f${round % 60}`)
    else if (pick < 0.85) await pair.compare('HINCRBY', 'h', field, random.integer(0, 1000))
    else await pair.compare('HGET', 'h', field)
    if (round % 100 === 99) {
      await pair.compareUnordered('HGETALL', 'h')
      await pair.compare('OBJECT', 'ENCODING', 'h')
      if (round % 500 === 499) await pair.prepare('DEL', 'h')
    }
  }
})

test('HRANDFIELD', async () => {
  await fill()
  for (const version of [2, 3] as const) {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        HRANDFIELD none | HRANDFIELD none 5 | HRANDFIELD none -5 | HRANDFIELD none 5 WITHVALUES
        HRANDFIELD none -9223372036854775807 WITHVALUES | HRANDFIELD none -4611686018427387903 WITHVALUES
        HRANDFIELD small 0 | HRANDFIELD small 0 WITHVALUES | HRANDFIELD small x | HRANDFIELD small 1 BOGUS
        HRANDFIELD small 1 WITHVALUES x | HRANDFIELD | HRANDFIELD small 100
        HRANDFIELD small 100 WITHVALUES | HRANDFIELD small -9223372036854775808
        HRANDFIELD small 9223372036854775807 | HRANDFIELD small 9223372036854775807 WITHVALUES
        HRANDFIELD small 5 withvalues | HRANDFIELD small 9223372036854775808
      `),
    )
    await pair.compareUnordered('HRANDFIELD', 'large', 1000)
  }
  await pair.speak(2)
  const { modis } = pair
  for (const key of ['small', 'large']) {
    const all = new Set((await modis.call('HKEYS', key)) as string[])
    for (const count of [1, 3, 4, 100, 300, 599].filter((each) => each < all.size)) {
      const drawn = (await modis.call('HRANDFIELD', key, count)) as string[]
      assert.is(drawn.length, count)
      assert.is(new Set(drawn).size, count, 'all of them different')
      assert.ok(drawn.every((field) => all.has(field)))
    }
    const repeated = (await modis.call('HRANDFIELD', key, -1000)) as string[]
    assert.is(repeated.length, 1000)
    assert.ok(new Set(repeated).size > Math.min(all.size, 300) * 0.9, 'drawn from all')
    const flat = (await modis.call('HRANDFIELD', key, -20, 'WITHVALUES')) as string[]
    assert.is(flat.length, 40)
    for (let at = 0; at < 40; at += 2)
      assert.is(await modis.call('HGET', key, flat[at] as string), flat[at + 1])
    assert.ok(all.has((await modis.call('HRANDFIELD', key)) as string))
  }
  await pair.speak(3)
  const nested = (await modis.call('HRANDFIELD', 'large', 3, 'WITHVALUES')) as [string, string][]
  assert.is(nested.length, 3)
  for (const [field, value] of nested) assert.is(value, field.replace('f', 'v'))
  await pair.speak(2)
})

test('HRANDFIELD draws every field as often', async () => {
  const fields = Array.from({ length: 600 }, (_none, index) => [`f${index}`, index]).flat()
  await pair.modis.call('HSET', 'large', ...fields)
  await pair.modis.call('HSET', 'small', 'a', 1, 'b', 2, 'c', 3, 'd', 4)
  for (const [key, size] of [
    ['small', 4],
    ['large', 600],
  ] as const) {
    const draws = size * 200
    const counts = new Map<Value, number>()
    for (const field of (await pair.modis.call('HRANDFIELD', key, -draws)) as string[]) {
      counts.set(field, (counts.get(field) ?? 0) + 1)
    }
    assert.is(counts.size, size)
    // Six standard deviations of a count with a mean of 200.
    for (const count of counts.values())
      assert.ok(Math.abs(count - 200) < 6 * Math.sqrt(200) + 60, `${key}: ${count}`)
  }
})

/** Scans a hash to the end; returns field and value pairs, with repetitions. */
async function scanAll(key: string, ...options: readonly (string | number)[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  let cursor = '0'
  do {
    const [next, flat] = (await pair.modis.call('HSCAN', key, cursor, ...options)) as [string, string[]]
    for (let at = 0; at < flat.length; at += 2) found.set(flat[at] as string, flat[at + 1] as string)
    cursor = next
  } while (cursor !== '0')
  return found
}

test('HSCAN', async () => {
  await fill()
  // Redis 7.0 turns the order of a listpack round, 7.2 does not.
  assert.equal(await pair.modis.call('HSCAN', 'small', 0), ['0', await pair.modis.call('HGETALL', 'small')])
  for (const options of ['', ' COUNT 1', ' MATCH f*', ' MATCH v*', ' MATCH f* COUNT 1']) {
    const [modis, redis] = await pair.both(...`HSCAN small 0${options}`.split(' '))
    assert.equal((modis as string[][]).flat().sort(), (redis as string[][]).flat().sort(), options)
  }
  await pair.script(
    ...commands(`
      HSCAN none 0 | HSCAN none 5 MATCH a | HSCAN small x | HSCAN small | HSCAN small 0 COUNT 0
      HSCAN small 0 TYPE hash | HSCAN small 0 BOGUS | HSCAN none x | HSCAN none 0 BOGUS
    `),
  )
  assert.is((await scanAll('large')).size, 600)
  assert.is((await scanAll('large', 'COUNT', 1)).size, 600)
  assert.equal(
    [...(await scanAll('large', 'MATCH', 'f12?'))].sort(),
    Array.from({ length: 10 }, (_none, index) => [`f12${index}`, `v12${index}`]),
  )
})

test('HSCAN returns every field that is there all the while', async () => {
  const { modis } = pair
  const steady = Array.from({ length: 1000 }, (_none, index) => [`steady${index}`, index]).flat()
  await modis.call('HSET', 'h', ...steady)
  const found = new Set<string>()
  let cursor = '0'
  let round = 0
  do {
    const [next, flat] = (await modis.call('HSCAN', 'h', cursor, 'COUNT', 5)) as [string, string[]]
    for (let at = 0; at < flat.length; at += 2) found.add(flat[at] as string)
    cursor = next
    for (let index = 0; index < 30; index++) void modis.call('HSET', 'h', `passing${round * 30 + index}`, 1)
    if (round % 40 === 39)
      for (let index = 0; index < round * 30; index++) void modis.call('HDEL', 'h', `passing${index}`)
    round++
  } while (cursor !== '0')
  for (let index = 0; index < 1000; index++) assert.ok(found.has(`steady${index}`))
})

test('large fields and values', async () => {
  for (const length of [1000, 70_000, 300_000, 2_000_000]) {
    const big = Buffer.alloc(length, 'ab\x00')
    await pair.compare('HSET', 'h', `f${length}`, big)
    await pair.compare('HSET', 'h', big, 'v')
    await pair.compare('HGET', 'h', `f${length}`)
    await pair.compare('HGET', 'h', big)
    await pair.compare('HSTRLEN', 'h', `f${length}`)
    await pair.compare('HSET', 'h', `f${length}`, 'short')
    await pair.compare('HDEL', 'h', big)
  }
  await pair.compareUnordered('HGETALL', 'h')
})

test('keyspace events of the hash commands', async () => {
  await compareEvents(
    pair,
    ...commands(`
      HSET h a 1 b 2 | HSET h a 1 | HMSET h a 1 | HSETNX h a 1 | HSETNX h c 1 | HINCRBY h a 1
      HINCRBYFLOAT h a 1 | HDEL h a none | HDEL h none | HDEL h b c d | HINCRBY h a x
    `),
  )
})

test('a transaction fails when a watched hash was written, not when it was read', async () => {
  const other = await pair.connect()
  for (const command of [
    'HSET h f 2',
    'HDEL h f',
    'HSETNX h g 1',
    'HINCRBY h n 1',
    'HDEL h none',
    'HSETNX h f 1',
    'HGETALL h',
    'HSCAN h 0',
    'HRANDFIELD h',
  ]) {
    await pair.prepare('DEL', 'h')
    await pair.prepare('HSET', 'h', 'f', 1)
    await pair.script('WATCH h')
    await other.compareUnordered(...command.split(' '))
    await pair.script('MULTI', 'PING', 'EXEC')
  }
  other.disconnect()
})

test('a count of repetitions beyond all measure is refused', async () => {
  await pair.modis.call('HSET', 'h', 'f', 'v')
  assert.instance(await pair.modis.call('HRANDFIELD', 'h', '-4611686018427387904'), ReplyError)
  assert.is(await pair.modis.call('HGET', 'h', 'f'), 'v')
})

test.run()
