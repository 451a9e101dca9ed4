import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Pair, startPair } from '../support/pair.ts'
import type { RawClient } from '../support/raw-client.ts'
import { ReplyError, type Value } from '../support/resp.ts'

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
  await pair.compare('TTL', key)
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
      ...[
        'DBSIZE',
        'EXISTS string none list string',
        'TOUCH string none list',
        'TYPE string',
        'TYPE none',
        'DEL none',
        'EXISTS',
      ],
      ...['DEL', 'TYPE', 'TOUCH', 'UNLINK'],
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
    ...[
      'RENAME none x',
      'RENAME none none',
      'RENAME string string',
      'RENAMENX string string',
      'RENAMENX none none',
    ],
    ...[
      'RENAMENX string list',
      'TYPE list',
      'EXPIRE string 100',
      'RENAME string moved',
      'TTL moved',
      'EXISTS string',
      'GET moved',
    ],
    ...[
      'EXPIRE list 200',
      'RENAME moved list',
      'TTL list',
      'GET list',
      'RENAMENX list fresh',
      'TTL fresh',
      'RENAME hash fresh',
      'TTL fresh',
    ],
  )
  for (const key of ['big-string', 'big-list', 'big-set', 'big-zset', 'big-hash', 'intset', 'zset']) {
    await pair.compare('EXPIRE', key, 1000)
    await pair.compare('RENAME', key, `new-${key}`)
    await sameValue(`new-${key}`)
    await sameValue(key)
  }
})

test('COPY', async () => {
  await fill()
  await pair.script(
    ...[
      'COPY none x',
      'COPY string string',
      'COPY string list',
      'COPY string list REPLACE',
      'GET list',
      'COPY string x DB 1',
    ],
    ...[
      'COPY string string DB 1',
      'COPY string string DB 1',
      'COPY string string DB 1 REPLACE',
      'COPY string x DB 99',
    ],
    ...[
      'COPY string x DB -1',
      'COPY string x DB y',
      'COPY string x DB',
      'COPY string x BOGUS',
      'COPY string x DB 99999999999',
    ],
    ...[
      'EXPIRE string 100',
      'COPY string timed',
      'TTL timed',
      'COPY string x REPLACE DB 1 REPLACE',
      'COPY string',
      'COPY none none',
    ],
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
    ...[
      'HSET copy-big-hash element-1 changed',
      'HGET big-hash element-1',
      'LSET copy-big-list 0 changed',
      'LINDEX big-list 0',
    ],
    ...[
      'ZADD copy-big-zset 99 element-1',
      'ZSCORE big-zset element-1',
      'SREM copy-big-set element-1',
      'SISMEMBER big-set element-1',
    ],
    ...[
      'SETRANGE copy-big-string 0 changed',
      'GETRANGE big-string 0 8',
      'SELECT 1',
      'GET string',
      'TTL x',
      'SELECT 0',
    ],
  )
})

test('MOVE, SWAPDB and SELECT', async () => {
  await fill()
  await pair.script(
    ...[
      'MOVE none 1',
      'MOVE string 0',
      'MOVE string 99',
      'MOVE string x',
      'MOVE string -1',
      'MOVE string 1',
      'EXISTS string',
    ],
    ...[
      'MOVE string 99999999999',
      'EXPIRE list 100',
      'MOVE list 1',
      'SET list here',
      'SELECT 1',
      'GET string',
      'TTL list',
      'LRANGE list 0 -1',
    ],
    ...[
      'MOVE list 0',
      'SELECT 0',
      'SWAPDB 0 1',
      'GET string',
      'SELECT 1',
      'GET list',
      'SWAPDB 1 1',
      'SWAPDB 0 x',
      'SWAPDB x 0',
    ],
    ...['SWAPDB 0 99', 'SWAPDB -1 0', 'SWAPDB 0', 'SWAPDB 0 99999999999', 'SELECT 0'],
  )
})

test('FLUSHDB and FLUSHALL', async () => {
  await fill()
  await pair.script(
    ...[
      'SELECT 1',
      'SET a 1',
      'SELECT 0',
      'FLUSHDB BOGUS',
      'FLUSHDB ASYNC SYNC',
      'FLUSHDB',
      'DBSIZE',
      'SELECT 1',
      'DBSIZE',
      'SELECT 0',
    ],
    ...[
      'SET a 1',
      'FLUSHDB async',
      'DBSIZE',
      'SET a 1',
      'FLUSHDB sync',
      'DBSIZE',
      'SET a 1',
      'FLUSHALL ASYNC',
      'DBSIZE',
      'SELECT 1',
      'DBSIZE',
    ],
    ...['FLUSHALL SYNC', 'FLUSHALL BOGUS', 'SELECT 0', 'SET a 1', 'GET a'],
  )
})

test('KEYS and patterns', async () => {
  const names = [
    'a',
    'b',
    'ab',
    'abc',
    'a*c',
    'a?c',
    '[x]',
    'x-y',
    'k\xff',
    'k\x80',
    'k\x00z',
    'A',
    '^',
    'a]',
    '\\',
    'key:1',
    'key:22',
    'key:333',
    ' ',
  ]
  for (const name of names) await pair.prepare('SET', Buffer.from(name, 'latin1'), 1)
  const patterns = [
    ...[
      '*',
      '?',
      '??',
      'a*',
      '*c',
      'a?c',
      'a\\*c',
      'a\\?c',
      '[ab]',
      '[^ab]',
      '[a-c]',
      '[c-a]',
      '[^a-c]',
      '[a-c',
      '[',
      '[]',
      '[^]',
      '[^',
      '[a',
      '[\\]',
    ],
    ...[
      '[\\^]',
      '[x]',
      '\\[x\\]',
      'x-y',
      'x[-]y',
      'key:*',
      'key:?',
      'key:[0-9]',
      'key:[0-9][0-9]',
      '*:*',
      '**',
      '***a***',
      '*?',
      '?*',
      '',
      '\\',
      '\\\\',
      'a\\',
    ],
    ...[
      'k[\x80-\xff]',
      'k[a-\xff]',
      'k\x00*',
      'k?z',
      '[a-]',
      '[--z]',
      '*a*b*',
      'a**c',
      'a]',
      '[]a]',
      '[a-b-c]',
      '*[',
      '*]',
      ' ',
      '[A-Z]',
      '*\\',
    ],
  ]
  for (const pattern of patterns) await pair.compareUnordered('KEYS', Buffer.from(pattern, 'latin1'))
  await pair.prepare('SET', '', 'the empty key')
  for (const pattern of ['', '*', '?', '**']) await pair.compareUnordered('KEYS', pattern)
  await pair.script('KEYS', 'KEYS a b')
})

test('patterns drawn at random', async () => {
  const alphabet = 'aab*?[]^-\\'
  const draw = (letters: string, length: number): string =>
    Array.from(
      { length: Math.floor(Math.random() * length) },
      () => letters[Math.floor(Math.random() * letters.length)],
    ).join('')
  for (let name = 0; name < 60; name++) await pair.prepare('SET', `k${draw('aab-]^', 8)}`, 1)
  for (let round = 0; round < 600; round++) await pair.compareUnordered('KEYS', `k${draw(alphabet, 12)}`)
})

test('a hostile pattern costs time in proportion, not more', async () => {
  await pair.modis.call('SET', 'a'.repeat(200), 1)
  const start = performance.now()
  assert.equal(await pair.modis.call('KEYS', `${'a*'.repeat(50)}b`), [])
  assert.equal(await pair.modis.call('KEYS', `${'*?'.repeat(50)}b`), [])
  assert.ok(performance.now() - start < 1000)
})

/** Scans to the end; returns what came, with repetitions, and the number of calls. */
async function scanAll(client: RawClient, ...options: readonly (string | number)[]): Promise<string[]> {
  const found: string[] = []
  let cursor = '0'
  do {
    const [next, names] = (await client.call('SCAN', cursor, ...options)) as [string, string[]]
    found.push(...names)
    cursor = next
  } while (cursor !== '0')
  return found
}

test('SCAN returns every key that is there all the while', async () => {
  const { modis } = pair
  const steady = Array.from({ length: 3000 }, (_none, index) => `steady:${index}`)
  for (const name of steady) void modis.call('SET', name, 1)
  await modis.call('PING', 'x')
  const found = new Set<string>()
  let cursor = '0'
  let round = 0
  do {
    const [next, names] = (await modis.call('SCAN', cursor, 'COUNT', 7)) as [string, string[]]
    for (const name of names) found.add(name)
    cursor = next
    // The table grows a great deal, and shrinks again.
    for (let index = 0; index < 40; index++) void modis.call('SET', `passing:${round * 40 + index}`, 1)
    if (round % 50 === 49) {
      for (let index = 0; index < round * 40; index++) void modis.call('DEL', `passing:${index}`)
    }
    round++
  } while (cursor !== '0')
  assert.ok(steady.every((name) => found.has(name)))
})

test('SCAN with MATCH, COUNT and TYPE', async () => {
  await fill()
  for (let index = 0; index < 100; index++) await pair.prepare('SET', `key:${index}`, 1)
  const sortedNames = async (...options: readonly (string | number)[]): Promise<void> => {
    const [modis, redis] = await Promise.all([
      scanAll(pair.modis, ...options),
      scanAll(pair.redis, ...options),
    ])
    assert.equal([...new Set(modis)].sort(), [...new Set(redis)].sort(), options.join(' '))
  }
  await sortedNames()
  await sortedNames('COUNT', 3)
  await sortedNames('COUNT', 1000000)
  await sortedNames('MATCH', 'key:1*')
  await sortedNames('match', '*', 'count', 5)
  for (const type of ['string', 'LIST', 'set', 'zset', 'hash', 'stream', 'none', 'bogus', 'module'])
    await sortedNames('TYPE', type)
  await sortedNames('TYPE', 'string', 'MATCH', 'key:?', 'COUNT', 2)
  await pair.script(
    ...[
      'SCAN',
      'SCAN x',
      'SCAN "1 "',
      'SCAN " 1"',
      'SCAN 1x',
      'SCAN 0 COUNT 0',
      'SCAN 0 COUNT -5',
      'SCAN 0 COUNT x',
      'SCAN 0 COUNT',
    ],
    ...[
      'SCAN 0 MATCH',
      'SCAN 0 TYPE',
      'SCAN 0 BOGUS 1',
      'SCAN 18446744073709551616',
      'SCAN 0 COUNT 9223372036854775808',
      'SCAN 0 0',
    ],
  )
  assert.equal(await pair.modis.call('SCAN', '18446744073709551615'), ['0', []])
  assert.equal(await pair.modis.call('SCAN', '4294967296'), ['0', []])
})

test('RANDOMKEY', async () => {
  await pair.script('RANDOMKEY', 'RANDOMKEY x', 'SET only 1', 'RANDOMKEY')
  for (let index = 0; index < 10; index++) await pair.modis.call('SET', `r${index}`, 1)
  const drawn = new Set<Value>()
  for (let round = 0; round < 300; round++) drawn.add(await pair.modis.call('RANDOMKEY'))
  assert.is(drawn.size, 11)
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
      ...[
        'OBJECT ENCODING none',
        'OBJECT REFCOUNT none',
        'OBJECT IDLETIME none',
        'OBJECT FREQ none',
        'OBJECT FREQ string',
        'OBJECT',
      ],
      ...[
        'OBJECT IDLETIME string',
        'OBJECT ENCODING',
        'OBJECT ENCODING a b',
        'OBJECT BOGUS string',
        'OBJECT HELP x',
      ],
      ...[
        'SET n 100',
        'OBJECT REFCOUNT n',
        'SET n 9999',
        'OBJECT REFCOUNT n',
        'SET n 10000',
        'OBJECT REFCOUNT n',
        'SET n -1',
        'OBJECT REFCOUNT n',
      ],
    )
  }
  await pair.speak(2)
  const help = (await pair.modis.call('OBJECT', 'HELP')) as unknown[]
  assert.ok(help.length > 5)
})

test('OBJECT IDLETIME moves on, and TOUCH sets it back', async () => {
  const { modis } = pair
  await modis.call('SET', 'idle', 1)
  await new Promise((resolve) => setTimeout(resolve, 2100))
  assert.ok(((await modis.call('OBJECT', 'IDLETIME', 'idle')) as number) >= 2)
  for (const look of ['TTL', 'TYPE', 'EXISTS']) await modis.call(look, 'idle')
  assert.ok(((await modis.call('OBJECT', 'IDLETIME', 'idle')) as number) >= 2)
  await modis.call('TOUCH', 'idle')
  assert.ok(((await modis.call('OBJECT', 'IDLETIME', 'idle')) as number) < 2)
})

test('WAIT without replicas', async () => {
  await pair.script(
    ...['WAIT 0 0', 'WAIT 0 100', 'WAIT -1 0', 'WAIT 1 50', 'WAIT x 0', 'WAIT 1 x', 'WAIT 1 -1', 'WAIT 1'],
    ...['MULTI', 'WAIT 1 0', 'EXEC'],
  )
  // Redis 7.0 lets the sum overflow and waits without end.
  const tooLong = await pair.modis.call('WAIT', 1, '9223372036854775807')
  assert.is((tooLong as ReplyError).text, 'ERR timeout is out of range')
  const start = performance.now()
  assert.is(await pair.modis.call('WAIT', 1, 200), 0)
  assert.ok(performance.now() - start >= 190)
})

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
      ...[
        'SORT l',
        'SORT l DESC',
        'SORT l ASC DESC ASC',
        'SORT l ALPHA',
        'SORT l ALPHA DESC',
        'SORT l LIMIT 1 3',
        'SORT l LIMIT 0 0',
      ],
      ...[
        'SORT l LIMIT -1 2',
        'SORT l LIMIT 2 -1',
        'SORT l LIMIT 100 10',
        'SORT l LIMIT 2 100',
        'SORT words ALPHA',
        'SORT words ALPHA DESC',
        'SORT words',
      ],
      ...[
        'SORT s',
        'SORT z ALPHA',
        'SORT z',
        'SORT zn',
        'SORT zn DESC',
        'SORT none',
        'SORT none ALPHA',
        'SORT_RO l',
        'SORT_RO l STORE x',
      ],
      ...[
        'SORT l BY weight_*',
        'SORT l BY weight_* DESC',
        'SORT l BY hash_*->weight',
        'SORT l BY none_*',
        'SORT l BY none_* ALPHA DESC',
        'SORT l BY weight_* ALPHA',
      ],
      ...[
        'SORT l BY nosort',
        'SORT l BY nosort DESC',
        'SORT l BY nosort LIMIT 1 2',
        'SORT l BY nosort DESC LIMIT 1 2',
        'SORT z BY nosort',
        'SORT z BY nosort DESC',
      ],
      ...[
        'SORT z BY nosort LIMIT 1 1',
        'SORT z BY nosort DESC LIMIT 0 2',
        'SORT l BY #',
        'SORT l GET object_*',
        'SORT l GET # GET object_* GET hash_*->name',
      ],
      ...[
        'SORT l GET none_*',
        'SORT l GET nostar',
        'SORT l GET hash_*->none',
        'SORT l GET hash_*',
        'SORT l GET weight_*->x',
        'SORT l GET hash_*->',
        'SORT l LIMIT 0 2 GET #',
      ],
      ...[
        'SORT l BY weight_* LIMIT 1 2 GET # GET object_*',
        'SORT l BY hash_*->name ALPHA GET #',
        'SORT l BY',
        'SORT l GET',
        'SORT l LIMIT 1',
        'SORT l LIMIT x 1',
      ],
      ...[
        'SORT l STORE',
        'SORT l BOGUS',
        'SORT',
        'SORT hash_1',
        'SORT weight_1',
        'SORT_RO',
        'SORT l by weight_* desc limit 0 2 get object_*',
      ],
    )
  }
  await pair.speak(2)
  await pair.script(
    ...[
      'SORT l STORE out',
      'LRANGE out 0 -1',
      'TYPE out',
      'SORT l DESC GET object_* GET none_* STORE out',
      'LRANGE out 0 -1',
      'SORT none STORE out',
      'EXISTS out',
    ],
    ...[
      'SET out text',
      'SORT l STORE out',
      'TYPE out',
      'SORT l STORE l',
      'LRANGE l 0 -1',
      'SORT s BY nosort STORE out',
      'LRANGE out 0 -1',
      'SORT s BY nosort DESC STORE out',
    ],
    ...[
      'LRANGE out 0 -1',
      'EXPIRE out 100',
      'SORT l STORE out',
      'TTL out',
      'SORT l LIMIT 0 0 STORE out',
      'EXISTS out',
    ],
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
  const numbers = Array.from({ length: 3000 }, () => Math.floor(Math.random() * 1000))
  await pair.prepare('RPUSH', 'many', ...numbers)
  await pair.script(
    'SORT many',
    'SORT many DESC LIMIT 10 50',
    'SORT many ALPHA',
    'SORT many BY w_*',
    'SORT many STORE sorted',
    'LRANGE sorted 0 -1',
  )
  assert.is(await pair.modis.call('OBJECT', 'ENCODING', 'sorted'), 'quicklist')
  await pair.modis.call('SORT', 'many', 'LIMIT', 0, 2000, 'STORE', 'sorted')
  assert.is(await pair.modis.call('OBJECT', 'ENCODING', 'sorted'), 'listpack')
})

test('keyspace events of the generic commands', async () => {
  const listener = await pair.connect()
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', 'KEA')
  await listener.compare('PSUBSCRIBE', '__key*__:*')
  await pair.script(
    ...[
      'RPUSH l 3 1 2',
      'SET a 1',
      'RENAME a b',
      'RENAMENX b c',
      'COPY c d',
      'COPY c d DB 2',
      'MOVE c 3',
      'EXPIRE d 100',
      'PERSIST d',
      'PERSIST d',
    ],
    ...[
      'EXPIREAT d 1',
      'SORT l STORE out',
      'SORT none STORE out',
      'DEL l none',
      'UNLINK l',
      'SET a 1',
      'RENAME a a',
      'TOUCH a',
      'PEXPIRE a 100000',
      'SET last 1',
    ],
  )
  for (let event = 0; ; event++) {
    const [modis, redis] = await Promise.all([listener.modis.next(), listener.redis.next()])
    assert.is(modis.bytes.toString('latin1'), redis.bytes.toString('latin1'), `event ${event}`)
    if (redis.bytes.toString('latin1').includes('__:set\r\n$4\r\nlast')) break
  }
  listener.disconnect()
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', '')
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
      waiting.modis.call('BLPOP', 'wanted', 5),
      waiting.redis.call('BLPOP', 'wanted', 5),
    ])
    await new Promise((resolve) => setTimeout(resolve, 50))
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
      waiting.modis.call('BLPOP', 'wanted', 5),
      waiting.redis.call('BLPOP', 'wanted', 5),
    ])
    await new Promise((resolve) => setTimeout(resolve, 50))
    await pair.compare(...bring)
    assert.equal(await popped, [
      ['wanted', '7'],
      ['wanted', '7'],
    ])
    await pair.prepare('SELECT', 0)
    waiting.disconnect()
  }
})

test('deleting a large value gives its memory back in slices, and the server answers meanwhile', async () => {
  const { modis } = pair
  const fields = Array.from({ length: 20_000 }, (_none, index) => [`field-${index}`, index]).flat()
  for (let round = 0; round < 10; round++) {
    await modis.call('HSET', 'huge', ...fields.map((field) => `${round}-${field}`))
  }
  assert.is(await modis.call('HLEN', 'huge'), 200_000)
  const start = performance.now()
  assert.is(await modis.call('DEL', 'huge'), 1)
  assert.ok(performance.now() - start < 100)
  assert.is(await modis.call('EXISTS', 'huge'), 0)
  assert.instance(await modis.call('HSET', 'huge'), ReplyError)
  assert.is(await modis.call('HSET', 'huge', 'a', 1), 1)
})

test.run()
