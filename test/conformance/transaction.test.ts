import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilBothBlocked } from '../support/blocked.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { textOf } from '../support/resp.ts'
import { until } from '../support/until.ts'

const test = suite('transactions')
let pair: Pair
let other: Pair

test.before(async () => {
  pair = await startPair()
  other = await pair.connect()
})
test.before.each(() => other.prepare('FLUSHALL'))
test.after(() => pair.stop())

for (const version of [2, 3] as const) {
  test(`RESP${version}: queues, runs and discards`, async () => {
    await pair.speak(version)
    await pair.script(
      'MULTI',
      'SET a 1',
      'INCR a',
      'HSET h f v',
      'HGETALL h',
      'ZADD z 1.5 m',
      'ZSCORE z m',
      'SMEMBERS none',
      'GET none',
      'EXEC',
      'MULTI',
      'SET a 5',
      'DISCARD',
      'GET a',
      'MULTI',
      'EXEC',
      'EXEC',
      'DISCARD',
      'UNWATCH',
    )
  })

  test(`RESP${version}: a command that cannot be queued spoils the whole`, async () => {
    await pair.speak(version)
    await pair.script(
      'MULTI',
      'SET a 1',
      'NOSUCHCOMMAND',
      'EXEC',
      'GET a',
      'MULTI',
      'GET',
      'PING',
      'EXEC',
      'MULTI',
      'MULTI',
      'WATCH a',
      'SHUTDOWN NOSAVE',
      'EXEC',
      'MULTI',
      'SET a 1',
      'EXEC too many',
      'EXEC',
      'EXEC too many',
      'MULTI',
      'DISCARD x',
      'DISCARD',
    )
  })

  test(`RESP${version}: errors of single commands do not stop the others`, async () => {
    await pair.speak(version)
    await pair.script('MULTI', 'SET a text', 'INCR a', 'LPUSH a x', 'SET b 2', 'EXEC', 'GET b')
  })

  test(`RESP${version}: blocking commands do not block`, async () => {
    await pair.speak(version)
    await pair.script(
      'MULTI',
      'BLPOP none 0',
      'BRPOP none 0',
      'BLMOVE none other LEFT RIGHT 0',
      'BLMPOP 0 1 none LEFT',
      'BZPOPMIN none 0',
      'BZMPOP 0 1 none MIN',
      'RPUSH list x',
      'BLPOP list 0',
      'EXEC',
    )
  })

  test(`RESP${version}: WATCH`, async () => {
    await pair.speak(version)
    await pair.script('SET x 30', 'WATCH x', 'MULTI', 'SET y 1', 'EXEC')
    await pair.compare('WATCH', 'x', 'other')
    await other.prepare('SET', 'x', '31')
    await pair.script('MULTI', 'PING', 'EXEC', 'MULTI', 'PING', 'EXEC')
    for (const change of [
      ['DEL', 'x'],
      ['APPEND', 'x', 'y'],
      ['EXPIRE', 'x', 100],
      ['RENAME', 'x', 'z'],
      ['FLUSHALL'],
    ]) {
      await other.prepare('SET', 'x', '1')
      await pair.compare('WATCH', 'x')
      await other.prepare(...(change as [string, ...string[]]))
      await pair.script('MULTI', 'PING', 'EXEC')
    }
    for (const forget of ['UNWATCH', 'MULTI|DISCARD', 'MULTI|EXEC']) {
      await other.prepare('SET', 'x', '1')
      await pair.script('WATCH x', ...forget.split('|'))
      await other.prepare('SET', 'x', '2')
      await pair.script('MULTI', 'PING', 'EXEC')
    }
  })
}

test('what leaves a watched key as it was does not count as a change', async () => {
  await pair.script('SET x 1', 'WATCH x')
  await other.script(
    'GET x',
    'DEL none',
    'EXPIRE none 10',
    'PERSIST x',
    'SETNX x 5',
    'SREM none a',
    'TOUCH x',
  )
  await pair.script('MULTI', 'PING', 'EXEC')
})

test('keys of other databases are told apart', async () => {
  await pair.script('SET x 1', 'WATCH x')
  await other.script('SELECT 1', 'SET x 2', 'SELECT 0')
  await pair.script('MULTI', 'PING', 'EXEC')
  await pair.script('SELECT 5', 'SET x 1', 'WATCH x')
  await other.script('SWAPDB 4 5')
  await pair.script('MULTI', 'PING', 'EXEC', 'SELECT 0')
})

test('a watched key that expires is a change, unless it had expired already', async () => {
  // In one piece, so that the key is there when it is watched.
  await pair.script('SET x 1 PX 500', 'WATCH x', 'EXISTS x')
  await sleep(550)
  await pair.script('MULTI', 'PING', 'EXEC')
  await pair.prepare('DEBUG', 'SET-ACTIVE-EXPIRE', 0)
  await pair.script('SET x 1 PX 1')
  await sleep(30)
  await pair.script('WATCH x', 'MULTI', 'PING', 'EXEC')
  await pair.script('SET x 1 PX 500', 'WATCH x', 'EXISTS x')
  await sleep(550)
  await pair.script('MULTI', 'PING', 'EXEC')
  await pair.prepare('DEBUG', 'SET-ACTIVE-EXPIRE', 1)
})

test('a transaction is one: others see all of it or nothing', async () => {
  await pair.script('MULTI', 'RPUSH list a', 'RPUSH list b')
  const waiting = await pair.connect()
  const popped = waiting.compare('BLPOP', 'list', 0)
  await untilBothBlocked(other, 1)
  await pair.script('RPUSH list c', 'LRANGE list 0 -1', 'EXEC')
  assert.equal(await popped, ['list', 'a'])
  waiting.disconnect()
})

test('SELECT within a transaction lasts', async () => {
  await pair.script('MULTI', 'SELECT 3', 'SET k 1', 'EXEC', 'GET k', 'SELECT 0', 'GET k')
})

test('a connection that ends forgets what it queued and watched', async () => {
  const gone = await pair.connect()
  await gone.script('WATCH w', 'MULTI', 'SET w 1')
  gone.disconnect()
  await until('the connection to be gone', async () => {
    return !/ multi=1 /.test(textOf(await pair.modis.call('CLIENT', 'LIST')))
  })
  await pair.script('GET w', 'SET w 2')
})

test('a queue that writes waits for the end of a pause', async () => {
  await pair.script('MULTI', 'SET paused 1')
  await other.compare('CLIENT', 'PAUSE', 100_000, 'WRITE')
  const result = pair.compare('EXEC')
  await untilBothBlocked(other, 1)
  await other.script('GET paused', 'CLIENT UNPAUSE')
  await result
  await other.compare('GET', 'paused')
})

test.run()
