import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { sameIdleTime } from '../support/idle-time.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { type Argument, RawClient } from '../support/raw-client.ts'
import { type ReplyError, textOf } from '../support/resp.ts'
import { until } from '../support/until.ts'

const test = suite('expiry')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

test('EXPIRE, EXPIREAT, PEXPIRE, PEXPIREAT and what they answer', async () => {
  await pair.script(
    ...commands(`
      EXPIRE none 10 | SET a 1 | TTL a | PTTL a | EXPIRETIME a | PEXPIRETIME a | TTL none | PTTL none
      EXPIRETIME none | PEXPIRETIME none | EXPIRE a 100 | TTL a | PEXPIRE a 200499 | TTL a
      EXPIREAT a 33177117420 | EXPIRETIME a | PEXPIRETIME a | PEXPIREAT a 33177117420600 | EXPIRETIME a
      PEXPIRETIME a | PERSIST a | PERSIST a | PERSIST none | TTL a | GET a | EXPIRE a | EXPIRE a x
      EXPIRE a 1.5 | EXPIRE a "" | TTL a | EXPIRE a 0 | EXISTS a | SET a 1 | EXPIRE a -1 | EXISTS a
      SET a 1 | EXPIREAT a 1 | EXISTS a | SET a 1 | PEXPIREAT a 0 | EXISTS a | SET a 1 | PEXPIRE a -5
      EXISTS a | SET a 1 | PEXPIREAT a -9223372036854775808 | EXISTS a
    `),
  )
})

test('conditions', async () => {
  const conditions = [
    'NX',
    'XX',
    'GT',
    'LT',
    'nx',
    'XX GT',
    'XX LT',
    'NX XX',
    'NX GT',
    'NX LT',
    'GT LT',
    'NX NX',
    'BOGUS',
    'XX BOGUS',
  ]
  for (const condition of conditions) {
    for (const [present, next] of [
      [0, 100],
      [200, 100],
      [100, 200],
      [100, 100],
    ]) {
      await pair.prepare('SET', 'a', 1)
      if (present !== 0) await pair.prepare('EXPIREAT', 'a', 33177117420 + (present as number))
      await pair.compare('EXPIREAT', 'a', 33177117420 + (next as number), ...condition.split(' '))
      await pair.compare('EXPIRETIME', 'a')
    }
    await pair.prepare('SET', 'a', 1)
    await pair.compare('PEXPIREAT', 'a', 5, ...condition.split(' '))
    await pair.compare('EXISTS', 'a')
    await pair.compare('EXPIRE', 'none', 5, ...condition.split(' '))
  }
})

test('the ends of the range', async () => {
  await pair.prepare('SET', 'a', 1)
  await pair.script(
    ...commands(`
      EXPIRE a 9223372036854775807 | EXPIRE a 9223372036854775 | EXPIRE a 9223372036854776
      EXPIRE a 9223372036854775808 | EXPIRE a -9223372036854776 | PEXPIRE a 9223372036854775807
      PEXPIRE a 9223370399119966000 | EXPIREAT a 9223372036854776 | TTL a | EXPIRE a 10000000000 | TTL a
      EXPIREAT a 9007199254740 | EXPIRETIME a | PEXPIREAT a 9007199254740991 | PEXPIRETIME a
      EXPIRE a -9223372036854775808 | EXPIRE a -9223372036854775 | EXISTS a
    `),
  )
})

test('keys are gone once their time has come', async () => {
  await pair.script('SET string 1', 'RPUSH list 1', 'HSET hash f v')
  await pair.script('PEXPIRE string 100000', 'EXISTS string list hash', 'GET string')
  for (const key of ['string', 'list', 'hash']) await pair.prepare('PEXPIRE', key, 1)
  await wait(20)
  await pair.script(
    ...commands(`
      EXISTS string list hash | GET string | TYPE list | TTL hash | OBJECT ENCODING hash | KEYS *
      RANDOMKEY | SCAN 0 | HGET hash f | APPEND string x | TTL string | HSET hash f w | TTL hash
      RENAME list x | COPY list y | DEL list | PERSIST list | EXPIRE list 10 | SORT list
    `),
  )
})

test('writing over a key removes its expiry, changing its value does not', async () => {
  const keep = [
    'APPEND a 1',
    'INCR a',
    'SETRANGE a 0 1',
    'GETEX a',
    'SET a 1 KEEPTTL',
    'INCRBYFLOAT a 1',
    'RENAME a b',
    'COPY a b',
    'GETRANGE a 0 0',
  ]
  const remove = [
    'SET a 1',
    'GETSET a 1',
    'MSET a 1',
    'SET a 1 GET',
    'PERSIST a',
    'GETEX a PERSIST',
    'SETNX b 1',
    'SORT none STORE a',
  ]
  for (const command of [...keep, ...remove]) {
    await pair.script('FLUSHALL', 'SET a 1 EXAT 33177117420', command, 'EXPIRETIME a', 'EXPIRETIME b')
  }
})

test('expired keys that nobody asks for are found', async () => {
  const { modis } = pair
  await modis.call('DEBUG', 'SET-ACTIVE-EXPIRE', 0)
  for (let index = 0; index < 5000; index++) void modis.call('SET', `k${index}`, 1, 'PX', 1 + (index % 100))
  for (let index = 0; index < 100; index++) void modis.call('SET', `stay${index}`, 1, 'EX', 1000)
  await modis.call('SET', 'forever', 1)
  assert.is(await modis.call('DBSIZE'), 5101)
  await modis.call('DEBUG', 'SET-ACTIVE-EXPIRE', 1)
  await until('the expired keys to be found', async () => (await modis.call('DBSIZE')) === 101)
})

test('the search for expired keys leaves the server time to answer', async () => {
  const { modis } = pair
  const count = 100_000
  const interruptions = async (): Promise<number> => {
    const stats = textOf(await modis.call('INFO', 'stats'))
    return Number(/^expired_time_cap_reached_count:(\d+)\r$/m.exec(stats)?.[1])
  }
  await modis.call('DEBUG', 'SET-ACTIVE-EXPIRE', 0)
  for (let index = 0; index < count; index++) void modis.call('SET', `many${index}`, 1, 'PX', 1)
  assert.is(await modis.call('DBSIZE'), count)
  const before = await interruptions()
  await modis.call('DEBUG', 'SET-ACTIVE-EXPIRE', 1)
  await until('the expired keys to be found', async () => (await modis.call('DBSIZE')) === 0)
  // Slices are of one millisecond. How long a PING waits for one also depends on what else the machine does.
  const slices = (await interruptions()) - before
  assert.ok(slices >= 10, `${count} keys were deleted in ${slices} slices`)
})

test('in all databases', async () => {
  const { modis } = pair
  for (const database of [0, 3, 15]) {
    await modis.call('SELECT', database)
    await modis.call('SET', 'k', 1, 'PX', 30)
  }
  for (const database of [0, 3, 15]) {
    await modis.call('SELECT', database)
    await until('the key to expire', async () => (await modis.call('DBSIZE')) === 0)
  }
  await modis.call('SELECT', 0)
})

test('an expired event for every key, whoever finds it', async () => {
  const listener = await pair.connect()
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', 'Ex')
  await listener.compare('SUBSCRIBE', '__keyevent@0__:expired')
  await pair.prepare('SET', 'asked', 1, 'PX', 20)
  await wait(30)
  await pair.compare('GET', 'asked')
  await pair.prepare('SET', 'found', 1, 'PX', 20)
  const asked = await Promise.all([listener.modis.next(), listener.redis.next()])
  assert.equal(asked[0].bytes, asked[1].bytes)
  const found = await Promise.all([listener.modis.next(), listener.redis.next()])
  assert.equal(found[0].bytes, found[1].bytes)
  assert.ok(found[0].bytes.includes('found'))
  listener.disconnect()
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', '')
})

test('a transaction fails when a watched key expires', async () => {
  // In one piece, for a key that had expired when it was watched is another matter.
  await pair.script('SET w 1 PX 500', 'WATCH w', 'EXISTS w')
  await wait(550)
  await pair.script('MULTI', 'PING', 'EXEC')
})

test('OBJECT FREQ and IDLETIME go by the policy', async () => {
  // Counters fall when a minute ends, which might be in the middle.
  await pair.prepare('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu', 'lfu-decay-time', 0)
  await pair.prepare('MSET', 'a', 'text', 'n', 1)
  await pair.script('OBJECT FREQ a', 'OBJECT IDLETIME a', 'OBJECT REFCOUNT n', 'OBJECT FREQ none')
  await pair.prepare('CONFIG', 'SET', 'maxmemory', '1gb')
  await pair.prepare('SET', 'm', 1)
  await pair.script('OBJECT REFCOUNT m', 'OBJECT FREQ m')
  await pair.prepare('CONFIG', 'SET', 'maxmemory', 0)
  for (let round = 0; round < 500; round++) void pair.modis.call('GET', 'a')
  const frequency = (await pair.modis.call('OBJECT', 'FREQ', 'a')) as number
  assert.ok(frequency > 6 && frequency < 60, `${frequency}`)
  await pair.modis.call('SET', 'a', 'again')
  assert.ok(
    ((await pair.modis.call('OBJECT', 'FREQ', 'a')) as number) >= frequency,
    'a value written over keeps it',
  )
  await pair.prepare('CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'lfu-decay-time', 1)
  await pair.script('OBJECT FREQ a')
  await sameIdleTime(pair, 'a', () => pair.prepare('SET', 'a', 'text'))
})

/** Bytes that the keys take, as INFO tells. */
async function usedMemory(): Promise<number> {
  const info = await pair.modis.call('INFO', 'memory')
  const text = typeof info === 'string' ? info : (info as { text: string }).text
  return Number(/used_memory:(\d+)/.exec(text)?.[1])
}

async function maxMemory(): Promise<number> {
  return Number(((await pair.modis.call('CONFIG', 'GET', 'maxmemory')) as string[])[1])
}

async function limitMemory(policy: string, moreBytes: number): Promise<void> {
  await pair.modis.call('CONFIG', 'SET', 'maxmemory-policy', policy)
  await pair.modis.call('CONFIG', 'SET', 'maxmemory', (await usedMemory()) + moreBytes)
}

test('noeviction refuses what needs memory and nothing else', async () => {
  const { modis } = pair
  await modis.call('SET', 'small', 1)
  await limitMemory('noeviction', 2_000_000)
  let refused: unknown
  for (let index = 0; index < 50 && refused === undefined; index++) {
    const reply = await modis.call('SET', `big${index}`, Buffer.alloc(100_000))
    if ((reply as ReplyError).text?.startsWith('OOM')) refused = reply
  }
  assert.is((refused as ReplyError).text, "OOM command not allowed when used memory > 'maxmemory'.")
  assert.is(await modis.call('GET', 'small'), '1')
  assert.is(await modis.call('DEL', 'big0', 'big1', 'big2'), 3)
  await until('room for a small value', async () => textOf(await modis.call('SET', 'small', 2)) === 'OK')
  await modis.call('CONFIG', 'SET', 'maxmemory', 0)
})

for (const policy of [
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
]) {
  test(`${policy} keeps memory within its limit`, async () => {
    const { modis } = pair
    await limitMemory(policy, 1_000_000)
    const limit = await maxMemory()
    const isVolatile = policy.startsWith('volatile')
    await modis.call('SET', 'persistent', 1)
    for (let index = 0; index < 20_000; index++) {
      const expiry = isVolatile ? ['EX', 10_000 + index] : []
      const reply = modis.call('SET', `key:${index}`, 'x'.repeat(100), ...expiry)
      if (index % 1000 === 999) {
        assert.is(((await reply) as { text: string }).text, 'OK')
        const used = await usedMemory()
        assert.ok(used < limit + 100_000, `${used} of ${limit}`)
      }
    }
    const left = (await modis.call('DBSIZE')) as number
    assert.ok(left > 1000 && left < 10_000, `${left} keys left`)
    if (isVolatile) assert.is(await modis.call('EXISTS', 'persistent'), 1)
    // The keys set last have the longest to live, so they are those that stay.
    if (policy === 'volatile-ttl') {
      const early = await Promise.all(
        Array.from({ length: 1000 }, (_none, index) => modis.call('EXISTS', `key:${index}`)),
      )
      const late = await Promise.all(
        Array.from({ length: 1000 }, (_none, index) => modis.call('EXISTS', `key:${19_000 + index}`)),
      )
      const sum = (values: unknown[]): number => values.filter((value) => value === 0).length
      assert.ok(
        sum(early) > 5 * sum(late) + 100 || sum(late) > 900,
        `${sum(early)} early and ${sum(late)} late ones gone`,
      )
    }
    await modis.call('CONFIG', 'SET', 'maxmemory', 0)
  })
}

test('ten thousand writes in one pipeline stay within the limit', async () => {
  const { modis } = pair
  for (const policy of ['allkeys-lru', 'volatile-ttl', 'allkeys-random']) {
    await limitMemory(policy, 1_000_000)
    const limit = await maxMemory()
    const writes: Argument[][] = []
    for (let index = 0; index < 10_000; index++) {
      writes.push(['SET', `key:${index}`, 'x'.repeat(100 + (index % 10) * 300), 'EX', 10_000 + index])
    }
    const replies = modis.batch(writes)
    const used = await usedMemory()
    assert.ok(used < limit + 100_000, `${used} of ${limit} under ${policy}`)
    for (const reply of await replies) assert.is((reply as { text: string }).text, 'OK')
    await modis.call('CONFIG', 'SET', 'maxmemory', 0)
  }
})

test('writes of large values do not outrun the eviction of small ones, however little time it has', async () => {
  const { modis } = pair
  await modis.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  await modis.call('CONFIG', 'SET', 'maxmemory-eviction-tenacity', 0)
  await modis.batch(Array.from({ length: 50_000 }, (_none, index) => ['SET', `small:${index}`, 1]))
  await limitMemory('allkeys-lru', 0)
  const limit = await maxMemory()
  const large = 'x'.repeat(10_000)
  const replies = modis.batch(Array.from({ length: 300 }, (_none, index) => ['SET', `large:${index}`, large]))
  const used = await usedMemory()
  assert.ok(used < limit + 200_000, `${used} of ${limit}`)
  await replies
  await modis.call('CONFIG', 'SET', 'maxmemory-eviction-tenacity', 10)
  await modis.call('CONFIG', 'SET', 'maxmemory', 0)
})

test('buffers of a client that is gone are not counted', async () => {
  const { modis } = pair
  await modis.call('CONFIG', 'SET', 'maxmemory', '1gb')
  const before = await usedMemory()
  const other = await RawClient.connect(pair.modisServer.port)
  other.socket.write(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2000000\r\n${'x'.repeat(1_000_000)}`)
  await until('the buffer is counted', async () => (await usedMemory()) > before + 1_000_000)
  other.socket.end(`${'x'.repeat(1_000_000)}\r\n`)
  await other.next()
  await modis.call('DEL', 'k')
  await until('the buffer to be forgotten', async () => (await usedMemory()) < before + 500_000)
  await modis.call('CONFIG', 'SET', 'maxmemory', 0)
})

test('any command makes room, but none while the data must not change', async () => {
  const { modis } = pair
  await modis.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random')
  await modis.call('CONFIG', 'SET', 'maxmemory-eviction-tenacity', 100)
  await modis.batch(Array.from({ length: 1000 }, (_none, index) => ['SET', `k${index}`, 'x'.repeat(1000)]))
  const half = Math.floor((await usedMemory()) / 2)
  const limits = (bytes: number): Argument[] => ['CONFIG', 'SET', 'maxmemory', bytes]
  const evicted = await modis.batch([limits(half), ['GET', 'none'], ['DBSIZE'], limits(0)])
  assert.ok((evicted[2] as number) < 600, `${evicted[2]} keys left`)
  await modis.batch([['CLIENT', 'PAUSE', 60_000, 'WRITE'], limits(1)])
  await wait(250)
  assert.is(await modis.call('DBSIZE'), evicted[2])
  await modis.batch([limits(0), ['CLIENT', 'UNPAUSE']])
  await modis.call('CONFIG', 'SET', 'maxmemory-eviction-tenacity', 10)
})

test('a volatile policy refuses once nothing has an expiry', async () => {
  const { modis } = pair
  await limitMemory('volatile-lru', 300_000)
  let refused = false
  for (let index = 0; index < 5000 && !refused; index++) {
    const reply = await modis.call('SET', `key:${index}`, 'x'.repeat(200))
    refused = (reply as ReplyError).text?.startsWith('OOM') === true
  }
  assert.ok(refused)
  await modis.call('CONFIG', 'SET', 'maxmemory', 0)
})

test('frequently used keys survive under allkeys-lfu', async () => {
  const { modis } = pair
  await modis.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu')
  const hot = Array.from({ length: 100 }, (_none, index) => `hot:${index}`)
  for (const key of hot) await modis.call('SET', key, 'x'.repeat(100))
  for (let round = 0; round < 100; round++) await modis.call('MGET', ...hot)
  await limitMemory('allkeys-lfu', 500_000)
  for (let index = 0; index < 10_000; index++) void modis.call('SET', `cold:${index}`, 'x'.repeat(100))
  await modis.call('PING', 'x')
  assert.ok(((await modis.call('EXISTS', ...hot)) as number) > 95)
  await modis.call('CONFIG', 'SET', 'maxmemory', 0)
})

test('large values count, and evicting one is enough', async () => {
  const { modis } = pair
  await modis.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  for (let index = 0; index < 20; index++) await modis.call('SET', `large:${index}`, Buffer.alloc(500_000))
  await limitMemory('allkeys-random', 100_000)
  await modis.call('SET', 'one-more', Buffer.alloc(400_000))
  await modis.call('SET', 'and-a-small-one', 1)
  const left = (await modis.call('DBSIZE')) as number
  assert.ok(left >= 19 && left <= 22, `${left}`)
  await modis.call('CONFIG', 'SET', 'maxmemory', 0)
})

test.run()
