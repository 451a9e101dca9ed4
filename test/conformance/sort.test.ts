import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { ReplyError } from '../support/resp.ts'
import { Seeded } from '../support/seeded.ts'

const test = suite('SORT')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

test('SORT', async () => {
  await pair.prepare('RPUSH', 'l', 5, 3, 10, 1, 7, 2, 3)
  await pair.prepare('RPUSH', 'words', 'pear', 'apple', 'fig', 'Apple', '', 'fig2')
  await pair.prepare('SADD', 's', 5, 3, 10, 1)
  await pair.prepare('ZADD', 'z', 1, 'c', 2, 'a', 3, 'b')
  await pair.prepare('ZADD', 'zn', 1, '30', 2, '10', 3, '20')
  for (const [id, weight] of [
    [1, 50],
    [2, 40],
    [3, 30],
    [5, 20],
    [7, 10],
    [10, 0],
  ]) {
    await pair.prepare('MSET', `weight_${id}`, weight as number, `object_${id}`, `o${id}`)
    await pair.prepare('HSET', `hash_${id}`, 'weight', weight as number, 'name', `n${id}`)
  }
  for (const version of [2, 3] as const) {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        SORT l | SORT l DESC | SORT l ASC DESC ASC | SORT l ALPHA | SORT l ALPHA DESC | SORT l LIMIT 1 3
        SORT l LIMIT 0 0 | SORT l LIMIT -1 2 | SORT l LIMIT 2 -1 | SORT l LIMIT 100 10
        SORT l LIMIT 2 100 | SORT words ALPHA | SORT words ALPHA DESC | SORT words | SORT s | SORT z ALPHA
        SORT z | SORT zn | SORT zn DESC | SORT none | SORT none ALPHA | SORT_RO l | SORT_RO l STORE x
        SORT l BY weight_* | SORT l BY weight_* DESC | SORT l BY hash_*->weight | SORT l BY none_*
        SORT l BY none_* ALPHA DESC | SORT l BY weight_* ALPHA | SORT l BY nosort | SORT l BY nosort DESC
        SORT l BY nosort LIMIT 1 2 | SORT l BY nosort DESC LIMIT 1 2 | SORT z BY nosort
        SORT z BY nosort DESC | SORT z BY nosort LIMIT 1 1 | SORT z BY nosort DESC LIMIT 0 2 | SORT l BY #
        SORT l GET object_* | SORT l GET # GET object_* GET hash_*->name | SORT l GET none_*
        SORT l GET nostar | SORT l GET hash_*->none | SORT l GET hash_* | SORT l GET weight_*->x
        SORT l GET hash_*-> | SORT l LIMIT 0 2 GET # | SORT l BY weight_* LIMIT 1 2 GET # GET object_*
        SORT l BY hash_*->name ALPHA GET # | SORT l BY | SORT l GET | SORT l LIMIT 1 | SORT l LIMIT x 1
        SORT l STORE | SORT l BOGUS | SORT | SORT hash_1 | SORT weight_1 | SORT_RO
        SORT l by weight_* desc limit 0 2 get object_*
      `),
    )
  }
  await pair.speak(2)
  await pair.script(
    ...commands(`
      SORT l STORE out | LRANGE out 0 -1 | TYPE out | SORT l DESC GET object_* GET none_* STORE out
      LRANGE out 0 -1 | SORT none STORE out | EXISTS out | SET out text | SORT l STORE out | TYPE out
      SORT l STORE l | LRANGE l 0 -1 | SORT s BY nosort STORE out | LRANGE out 0 -1
      SORT s BY nosort DESC STORE out | LRANGE out 0 -1 | EXPIRE out 100 | SORT l STORE out | TTL out
      SORT l LIMIT 0 0 STORE out | EXISTS out
    `),
  )
})

test('SORT reads numbers as C does', async () => {
  for (const values of [
    ['1e3', '0x10', '-inf', 'inf', '.5'],
    ['', '1'],
    [' 1', '0'],
    ['1 ', '0'],
    ['nan'],
    ['abc', '1'],
    ['-0', '0', '+1'],
    ['  '],
  ]) {
    await pair.prepare('DEL', 'n')
    await pair.prepare('RPUSH', 'n', ...values)
    await pair.compare('SORT', 'n')
    await pair.compare('SORT', 'n', 'DESC')
  }
  await pair.prepare('DEL', 'n')
  await pair.prepare('RPUSH', 'n', Buffer.from('2\x00x'), '1')
  await pair.compare('SORT', 'n')
  // Redis 7.0 would refuse what comes after such a number, too.
  await pair.modis.call('RPUSH', 'n', '1e400')
  assert.instance(await pair.modis.call('SORT', 'n'), ReplyError)
})

test('SORT of many elements', async () => {
  const random = new Seeded(7_206)
  const numbers = Array.from({ length: 3000 }, () => random.integer(0, 1000))
  await pair.prepare('RPUSH', 'many', ...numbers)
  await pair.script(
    ...commands(`
      SORT many | SORT many DESC LIMIT 10 50 | SORT many ALPHA | SORT many BY w_* | SORT many STORE sorted
      LRANGE sorted 0 -1
    `),
  )
  assert.is(await pair.modis.call('OBJECT', 'ENCODING', 'sorted'), 'quicklist')
  await pair.modis.call('SORT', 'many', 'LIMIT', 0, 2000, 'STORE', 'sorted')
  assert.is(await pair.modis.call('OBJECT', 'ENCODING', 'sorted'), 'listpack')
})

test.run()
