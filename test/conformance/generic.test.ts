import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilBothBlocked } from '../support/blocked.ts'
import { commands } from '../support/commands.ts'
import { compareEvents } from '../support/events.ts'
import { sameIdleTime } from '../support/idle-time.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { ReplyError, textOf } from '../support/resp.ts'
import { until } from '../support/until.ts'

const test = suite('generic commands')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

/** One key of every type: `string`, `list`, `set`, `zset` and `hash`, small ones and, with `big-` before, large ones. */
async function fill(): Promise<void> {
  const numbers = Array.from({ length: 700 }, (_none, index) => `element-${index}`)
  const pairs = numbers.flatMap((name, index) => [name, index])
  const scores = numbers.flatMap((name, index) => [index, name])
  await pair.prepare('SET', 'string', 'value')
  await pair.prepare('SET', 'big-string', 'x'.repeat(100_000))
  await pair.prepare('RPUSH', 'list', 'a', 'b', 'c', '1')
  await pair.prepare('RPUSH', 'big-list', ...numbers, 'y'.repeat(10_000))
  await pair.prepare('SADD', 'intset', 3, 1, 2)
  await pair.prepare('SADD', 'big-set', ...numbers)
  await pair.prepare('ZADD', 'zset', 1, 'one', 2, 'two', 3, 'three')
  await pair.prepare('ZADD', 'big-zset', ...scores)
  await pair.prepare('HSET', 'hash', 'f', 'v', 'g', '7')
  await pair.prepare('HSET', 'big-hash', ...pairs)
}

/** The whole value of a key, whatever its type. */
async function sameValue(key: string): Promise<void> {
  const type = await pair.compare('TYPE', key)
  const text = (type as { text: string }).text
  const dump: Record<string, string[]> = {
    string: ['GET', key],
    list: ['LRANGE', key, '0', '-1'],
    set: ['SMEMBERS', key],
    zset: ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    hash: ['HGETALL', key],
    none: ['EXISTS', key],
  }
  await pair.compareUnordered(...(dump[text] as string[]))
  await pair.compare('EXPIRETIME', key)
}

const KEYS = [
  'string',
  'list',
  'intset',
  'zset',
  'hash',
  'big-string',
  'big-list',
  'big-set',
  'big-zset',
  'big-hash',
]

test('DEL, UNLINK, EXISTS, TOUCH, TYPE, DBSIZE', async () => {
  await fill()
  for (const version of [2, 3] as const) {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        DBSIZE | EXISTS string none list string | TOUCH string none list | TYPE string | TYPE none
        DEL none | EXISTS | DEL | TYPE | TOUCH | UNLINK
      `),
    )
    for (const key of KEYS) await pair.compare('TYPE', key)
  }
  await pair.speak(2)
  await pair.script('DEL string list string none', 'UNLINK big-hash big-set none', 'DBSIZE')
  await pair.compare('DEL', ...KEYS)
  await pair.script('DBSIZE', 'DBSIZE x')
})

test('RENAME and RENAMENX', async () => {
  await fill()
  await pair.script(
    ...commands(`
      RENAME none x | RENAME none none | RENAME string string | RENAMENX string string
      RENAMENX none none | RENAMENX string list | TYPE list | EXPIRE string 100 | RENAME string moved
      TTL moved | EXISTS string | GET moved | EXPIRE list 200 | RENAME moved list | TTL list | GET list
      RENAMENX list fresh | TTL fresh | RENAME hash fresh | TTL fresh
    `),
  )
  for (const key of ['big-string', 'big-list', 'big-set', 'big-zset', 'big-hash', 'intset', 'zset']) {
    await pair.compare('EXPIREAT', key, 33177117420)
    await pair.compare('RENAME', key, `new-${key}`)
    await sameValue(`new-${key}`)
    await sameValue(key)
  }
})

test('COPY', async () => {
  await fill()
  await pair.script(
    ...commands(`
      COPY none x | COPY string string | COPY string list | COPY string list REPLACE | GET list
      COPY string x DB 1 | COPY string string DB 1 | COPY string string DB 1
      COPY string string DB 1 REPLACE | COPY string x DB 99 | COPY string x DB -1 | COPY string x DB y
      COPY string x DB | COPY string x BOGUS | COPY string x DB 99999999999 | EXPIRE string 100
      COPY string timed | TTL timed | COPY string x REPLACE DB 1 REPLACE | COPY string | COPY none none
    `),
  )
  for (const key of KEYS) {
    await pair.compare('COPY', key, `copy-${key}`)
    await sameValue(`copy-${key}`)
    await sameValue(key)
    const encoding = await pair.modis.call('OBJECT', 'ENCODING', key)
    assert.is(await pair.modis.call('OBJECT', 'ENCODING', `copy-${key}`), encoding)
  }
  // A copy has a life of its own.
  await pair.script(
    ...commands(`
      HSET copy-big-hash element-1 changed | HGET big-hash element-1 | LSET copy-big-list 0 changed
      LINDEX big-list 0 | ZADD copy-big-zset 99 element-1 | ZSCORE big-zset element-1
      SREM copy-big-set element-1 | SISMEMBER big-set element-1 | SETRANGE copy-big-string 0 changed
      GETRANGE big-string 0 8 | SELECT 1 | GET string | TTL x | SELECT 0
    `),
  )
})

test('MOVE, SWAPDB and SELECT', async () => {
  await fill()
  await pair.script(
    ...commands(`
      MOVE none 1 | MOVE string 0 | MOVE string 99 | MOVE string x | MOVE string -1 | MOVE string 1
      EXISTS string | MOVE string 99999999999 | EXPIRE list 100 | MOVE list 1 | SET list here | SELECT 1
      GET string | TTL list | LRANGE list 0 -1 | MOVE list 0 | SELECT 0 | SWAPDB 0 1 | GET string
      SELECT 1 | GET list | SWAPDB 1 1 | SWAPDB 0 x | SWAPDB x 0 | SWAPDB 0 99 | SWAPDB -1 0 | SWAPDB 0
      SWAPDB 0 99999999999 | SWAPDB 99 x | SELECT 0
    `),
  )
})

test('FLUSHDB and FLUSHALL', async () => {
  await fill()
  await pair.script(
    ...commands(`
      SELECT 1 | SET a 1 | SELECT 0 | FLUSHDB BOGUS | FLUSHDB ASYNC SYNC | FLUSHDB | DBSIZE | SELECT 1
      DBSIZE | SELECT 0 | SET a 1 | FLUSHDB async | DBSIZE | SET a 1 | FLUSHDB sync | DBSIZE | SET a 1
      FLUSHALL ASYNC | DBSIZE | SELECT 1 | DBSIZE | FLUSHALL SYNC | FLUSHALL BOGUS | SELECT 0 | SET a 1
      GET a
    `),
  )
})

test('OBJECT', async () => {
  await fill()
  for (const version of [2, 3] as const) {
    await pair.speak(version)
    for (const key of KEYS) await pair.compare('OBJECT', 'REFCOUNT', key)
    // Redis 7.0 has no listpacks for lists and sets yet.
    const later = new Map([['list', 'listpack']])
    for (const key of KEYS) {
      if (!later.has(key)) await pair.compare('OBJECT', 'ENCODING', key)
      else assert.is(await pair.modis.call('OBJECT', 'ENCODING', key), later.get(key))
    }
    await pair.script(
      ...commands(`
        OBJECT ENCODING none | OBJECT REFCOUNT none | OBJECT IDLETIME none | OBJECT FREQ none
        OBJECT FREQ string | OBJECT | OBJECT ENCODING | OBJECT ENCODING a b
        OBJECT BOGUS string | OBJECT HELP x | SET n 100 | OBJECT REFCOUNT n | SET n 9999
        OBJECT REFCOUNT n | SET n 10000 | OBJECT REFCOUNT n | SET n -1 | OBJECT REFCOUNT n
      `),
    )
  }
  await pair.speak(2)
  await sameIdleTime(pair, 'string', () => pair.prepare('SET', 'string', 'value'))
  const help = (await pair.modis.call('OBJECT', 'HELP')) as unknown[]
  assert.ok(help.length > 5)
})

test('OBJECT IDLETIME moves on, and TOUCH sets it back', async () => {
  const { modis } = pair
  await pair.prepare('SET', 'idle', 1)
  await new Promise((resolve) => setTimeout(resolve, 2100))
  assert.ok(((await modis.call('OBJECT', 'IDLETIME', 'idle')) as number) >= 2)
  for (const look of ['TTL', 'TYPE', 'EXISTS']) await modis.call(look, 'idle')
  assert.ok(((await modis.call('OBJECT', 'IDLETIME', 'idle')) as number) >= 2)
  await sameIdleTime(pair, 'idle', () => pair.prepare('TOUCH', 'idle'))
})

test('WAIT without replicas', async () => {
  await pair.script(
    ...commands(`
      WAIT 0 0 | WAIT 0 100 | WAIT -1 0 | WAIT 1 50 | WAIT x 0 | WAIT 1 x | WAIT 1 -1 | WAIT 1 | MULTI
      WAIT 1 0 | EXEC
    `),
  )
  // Redis 7.0 lets the sum overflow and waits without end.
  const tooLong = await pair.modis.call('WAIT', 1, '9223372036854775807')
  assert.is((tooLong as ReplyError).text, 'ERR timeout is out of range')
  const start = performance.now()
  assert.is(await pair.modis.call('WAIT', 1, 200), 0)
  assert.ok(performance.now() - start >= 190)
})

test('keyspace events of the generic commands', async () => {
  await compareEvents(
    pair,
    ...commands(`
      RPUSH l 3 1 2 | SET a 1 | RENAME a b | RENAMENX b c | COPY c d | COPY c d DB 2 | MOVE c 3
      EXPIRE d 100 | PERSIST d | PERSIST d | EXPIREAT d 1 | SORT l STORE out | SORT none STORE out
      DEL l none | UNLINK l | SET a 1 | RENAME a a | TOUCH a | PEXPIRE a 100000
    `),
  )
})

test('a transaction fails when a watched key was moved, deleted or swapped', async () => {
  const other = await pair.connect()
  const writes = [
    'DEL w',
    'RENAME w v',
    'RENAME a w',
    'COPY a w REPLACE',
    'MOVE w 1',
    'EXPIRE w 100',
    'PERSIST t',
    'FLUSHDB',
    'FLUSHALL',
    'SWAPDB 0 1',
  ]
  for (const write of writes) {
    await pair.prepare('FLUSHALL')
    await pair.prepare('MSET', 'w', 1, 'a', 2, 't', 3)
    await pair.prepare('EXPIRE', 't', 1000)
    await pair.script('WATCH w t')
    await other.script(write)
    await pair.script('MULTI', 'PING', 'EXEC')
  }
  for (const read of [
    'TOUCH w',
    'OBJECT ENCODING w',
    'SORT none',
    'COPY w a REPLACE',
    'RENAMENX a w',
    'PERSIST w',
    'EXPIRE w 10 XX',
    'SWAPDB 5 6',
  ]) {
    await pair.prepare('MSET', 'w', 1, 'a', 2)
    await pair.script('WATCH w')
    await other.script(read)
    await pair.script('MULTI', 'PING', 'EXEC')
  }
  other.disconnect()
})

test('what blocks on a key is served when the key comes by renaming, moving, copying or swapping', async () => {
  for (const bring of [
    ['RENAME', 'src', 'wanted'],
    ['COPY', 'src', 'wanted'],
    ['SORT', 'src', 'STORE', 'wanted'],
  ]) {
    const waiting = await pair.connect()
    await pair.prepare('FLUSHALL')
    await pair.prepare('RPUSH', 'src', 7)
    const popped = Promise.all([
      waiting.modis.call('BLPOP', 'wanted', 0),
      waiting.redis.call('BLPOP', 'wanted', 0),
    ])
    await untilBothBlocked(pair, 1)
    await pair.compare(...bring)
    const [modis, redis] = await popped
    assert.equal(modis, redis)
    assert.equal(modis, ['wanted', '7'])
    waiting.disconnect()
  }
  for (const bring of [
    ['MOVE', 'wanted', '0'],
    ['SWAPDB', '0', '1'],
  ]) {
    const waiting = await pair.connect()
    await pair.prepare('FLUSHALL')
    await pair.prepare('SELECT', 1)
    await pair.prepare('RPUSH', 'wanted', 7)
    const popped = Promise.all([
      waiting.modis.call('BLPOP', 'wanted', 0),
      waiting.redis.call('BLPOP', 'wanted', 0),
    ])
    await untilBothBlocked(pair, 1)
    await pair.compare(...bring)
    assert.equal(await popped, [
      ['wanted', '7'],
      ['wanted', '7'],
    ])
    await pair.prepare('SELECT', 0)
    waiting.disconnect()
  }
})

test('deleting a large value gives its memory back after the command, a part at a time', async () => {
  const { modis } = pair
  const fields = Array.from({ length: 20_000 }, (_none, index) => [`field-${index}`, index]).flat()
  for (let round = 0; round < 10; round++) {
    await modis.call('HSET', 'huge', ...fields.map((field) => `${round}-${field}`))
  }
  assert.is(await modis.call('HLEN', 'huge'), 200_000)
  const figure = (info: unknown, name: string): number =>
    Number(new RegExp(`^${name}:(\\d+)\r$`, 'm').exec(String(info))?.[1])
  const before = figure(textOf(await modis.call('INFO', 'memory')), 'used_memory')
  // In one piece, so that nothing happens in the server between the commands.
  const replies = await modis.batch([
    ['DEL', 'huge'],
    ['EXISTS', 'huge'],
    ['INFO', 'memory'],
  ])
  assert.equal(replies.slice(0, 2), [1, 0])
  const memory = textOf(replies[2])
  assert.ok(figure(memory, 'lazyfree_pending_objects') > 0, 'the value still waits to be freed')
  assert.ok(figure(memory, 'used_memory') > before * 0.9, `${memory} after ${before}`)
  await until('its memory to be given back', async () => {
    const now = textOf(await modis.call('INFO', 'memory'))
    return figure(now, 'lazyfree_pending_objects') === 0 && figure(now, 'used_memory') < before / 2
  })
  assert.instance(await modis.call('HSET', 'huge'), ReplyError)
  assert.is(await modis.call('HSET', 'huge', 'a', 1), 1)
})

test.run()
