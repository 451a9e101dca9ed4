// Applications that use ioredis find in Modis the server that they expect.
import { Redis, type RedisOptions } from 'ioredis'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ModuleFolder } from '../modules/module-folder.ts'
import { until } from '../support/until.ts'
import { answersModule, ClientServers, collect, untilOneWaits } from './fixtures.ts'

const test = suite('ioredis')
const opened = new Set<Redis>()
let servers: ClientServers

test.before(async () => {
  servers = await ClientServers.start()
})

test.after.each(() => {
  for (const client of opened) client.disconnect()
  opened.clear()
})

test.after(() => servers.stop())

/** A client that has passed the library's own check of readiness, which reads INFO. */
async function open(options: RedisOptions = {}): Promise<Redis> {
  const client = new Redis({ port: servers.port, lazyConnect: true, ...options })
  opened.add(client)
  await client.connect()
  assert.is(client.status, 'ready')
  return client
}

/** A test that runs in both versions of the protocol, on an empty server. */
function testBoth(name: string, run: (client: Redis, protocol: 2 | 3) => Promise<void>): void {
  for (const protocol of [2, 3] as const) {
    test(`${name}, RESP${protocol}`, async () => {
      const client = await open({ protocol })
      await client.flushall()
      await run(client, protocol)
    })
  }
}

testBoth('says who it is when it connects', async (_client, protocol) => {
  const client = await open({ protocol, connectionName: 'application', db: 3 })
  const info = String(await client.client('INFO'))
  assert.match(info, / name=application /)
  assert.match(info, new RegExp(` db=3 .* resp=${protocol} .*lib-name=ioredis`))
  assert.is(await client.client('GETNAME'), 'application')
})

testBoth('commands given before there is a connection wait for it', async (client, protocol) => {
  const early = new Redis({ port: servers.port, protocol, db: 2 })
  opened.add(early)
  assert.equal(await Promise.all([early.set('early', 'bird'), early.get('early')]), ['OK', 'bird'])
  await client.select(2)
  assert.is(await client.get('early'), 'bird')
})

testBoth('strings, numbers and bytes', async (client) => {
  assert.is(await client.set('text', 'žluťoučký'), 'OK')
  assert.is(await client.get('text'), 'žluťoučký')
  assert.is(await client.get('absent'), null)
  assert.is(await client.set('text', 'other', 'EX', 100, 'NX'), null)
  assert.is(await client.setnx('number', 40), 1)
  assert.is(await client.incrby('number', 2), 42)
  assert.is(await client.incrbyfloat('number', 0.5), '42.5')
  assert.equal(await client.mget('text', 'absent', 'number'), ['žluťoučký', null, '42.5'])
  const bytes = Buffer.from(Array.from({ length: 256 }, (_each, index) => index))
  await client.set(bytes, bytes)
  assert.equal(await client.getBuffer(bytes), bytes)
  assert.is(await client.expire('text', 100), 1)
  assert.ok((await client.ttl('text')) > 0)
  assert.is(await client.type('text'), 'string')
  assert.is(await client.del('text', 'number', 'absent'), 2)
})

testBoth('hashes hold objects', async (client) => {
  const user = { id: '7', name: 'Anna', tags: JSON.stringify(['a', { deep: [1, null] }]) }
  assert.is(await client.hset('user:7', user), 3)
  assert.equal(await client.hgetall('user:7'), user)
  assert.equal(await client.hgetall('absent'), {})
  assert.equal(await client.hmget('user:7', 'name', 'absent'), ['Anna', null])
  assert.is(await client.hincrby('user:7', 'visits', 3), 3)
  assert.is(await client.hdel('user:7', 'visits', 'absent'), 1)
  assert.equal((await client.hkeys('user:7')).sort(), ['id', 'name', 'tags'])
})

testBoth('lists, sets and sorted sets', async (client) => {
  await client.rpush('list', 'a', 'b', 'c')
  assert.equal(await client.lrange('list', 0, -1), ['a', 'b', 'c'])
  assert.is(await client.lmove('list', 'other', 'LEFT', 'RIGHT'), 'a')
  assert.equal(await client.lpop('list', 5), ['b', 'c'])
  await client.sadd('set', 'x', 'y')
  assert.is(await client.sismember('set', 'x'), 1)
  assert.equal((await client.smembers('set')).sort(), ['x', 'y'])
  await client.zadd('sorted', '1.5', 'low', '3', 'high', '+inf', 'highest')
  assert.is(await client.zscore('sorted', 'low'), '1.5')
  assert.is(await client.zscore('sorted', 'absent'), null)
  assert.equal(await client.zrange('sorted', '0', '1', 'WITHSCORES'), ['low', '1.5', 'high', '3'])
  assert.equal(await client.zrangebyscore('sorted', '(1.5', '+inf'), ['high', 'highest'])
  assert.equal(await client.zpopmin('sorted'), ['low', '1.5'])
})

testBoth('pipelines answer in order, each command for itself', async (client) => {
  const pipeline = client.pipeline()
  for (let index = 0; index < 2000; index++) pipeline.set(`key:${index}`, index).get(`key:${index}`)
  const replies = await pipeline.lpush('key:0', 'element').exec()
  assert.is(replies?.length, 4001)
  for (let index = 0; index < 2000; index++) assert.equal(replies?.[2 * index + 1], [null, String(index)])
  assert.match(String(replies?.[4000]?.[0]), /WRONGTYPE/)
  assert.is(await client.dbsize(), 2000)
})

test('commands of one turn become one pipeline by themselves', async () => {
  const client = await open({ enableAutoPipelining: true })
  await client.flushall()
  const counts = await Promise.all(Array.from({ length: 100 }, () => client.incr('counter')))
  assert.equal(
    counts,
    Array.from({ length: 100 }, (_each, index) => index + 1),
  )
})

testBoth('transactions and WATCH', async (client) => {
  const other = await open()
  const replies = await client.multi().set('balance', 10).incrby('balance', 5).get('balance').exec()
  assert.equal(replies, [
    [null, 'OK'],
    [null, 15],
    [null, '15'],
  ])
  await client.watch('balance')
  await other.set('balance', 1)
  assert.is(await client.multi().set('balance', 100).exec(), null)
  await client.watch('balance')
  assert.equal(await client.multi().incr('balance').exec(), [[null, 2]])
  assert.is(await other.get('balance'), '2')
  // A command that cannot be queued spoils the whole transaction.
  const error = await client.multi().call('SET', 'one').exec().catch(String)
  assert.match(String(error), /EXECABORT/)
})

testBoth('publish and subscribe, by name and by pattern', async (publisher, protocol) => {
  const subscriber = await open({ protocol })
  const heard: string[][] = []
  subscriber.on('message', (channel, message) => heard.push([channel, message]))
  subscriber.on('pmessage', (pattern, channel, message) => heard.push([pattern, channel, message]))
  assert.is(await subscriber.subscribe('news', 'weather'), 2)
  assert.is(await subscriber.psubscribe('n?ws'), 3)
  assert.is(await publisher.publish('news', 'first'), 2)
  assert.is(await publisher.publish('weather', 'sunny'), 1)
  await until('three messages', () => heard.length === 3)
  assert.equal(heard, [
    ['news', 'first'],
    ['n?ws', 'news', 'first'],
    ['weather', 'sunny'],
  ])
  assert.equal(await publisher.pubsub('NUMSUB', 'news'), ['news', 1])
  assert.is(await subscriber.unsubscribe('news', 'weather'), 1)
  assert.is(await subscriber.punsubscribe('n?ws'), 0)
  assert.is(await publisher.publish('news', 'nobody'), 0)
  assert.is(await subscriber.ping(), 'PONG')
})

testBoth('blocking pops', async (client, protocol) => {
  const consumer = await open({ protocol })
  const list = consumer.blpop('jobs', 'urgent', 0)
  await untilOneWaits(() => client.info('clients'))
  await client.rpush('urgent', 'job')
  assert.equal(await list, ['urgent', 'job'])
  const sorted = consumer.bzpopmin('scores', 0)
  await untilOneWaits(() => client.info('clients'))
  await client.zadd('scores', 2.5, 'member')
  assert.equal(await sorted, ['scores', 'member', '2.5'])
  assert.is(await consumer.blpop('jobs', 0.05), null)
})

testBoth('streams of SCAN', async (client) => {
  const fields = Object.fromEntries(Array.from({ length: 1000 }, (_each, index) => [`field:${index}`, index]))
  await client.mset(fields)
  await client.hset('hash', fields)
  await client.sadd('set', ...Object.keys(fields))
  await client.zadd('sorted', ...Object.entries(fields).flatMap(([member, score]) => [score, member]))
  const names = Object.keys(fields).sort()
  assert.equal([...new Set(await collect(client.scanStream({ match: 'field:*', count: 50 })))].sort(), names)
  assert.equal([...new Set(await collect(client.sscanStream('set')))].sort(), names)
  assert.is((await collect(client.hscanStream('hash', { match: 'field:99*' }))).length, 2 * 11)
  assert.is((await collect(client.zscanStream('sorted'))).length, 2 * 1000)
})

testBoth('keyspace notifications', async (client, protocol) => {
  const listener = await open({ protocol })
  const events: string[] = []
  await client.config('SET', 'notify-keyspace-events', 'Ex$')
  listener.on('pmessage', (_pattern, channel, key) => events.push(`${channel} ${key}`))
  await listener.psubscribe('__keyevent@0__:*')
  await client.set('session', 'short', 'PX', 1)
  await until('the key to expire', () => events.length === 2)
  assert.equal(events, ['__keyevent@0__:set session', '__keyevent@0__:expired session'])
  await client.config('SET', 'notify-keyspace-events', '')
})

testBoth('commands of a module', async (client) => {
  const modules = new ModuleFolder()
  await client.call('MODULE', 'LOAD', modules.define('answers', answersModule))
  try {
    assert.is(await client.call('ANSWERS.ADD', 'key', 40), 40)
    assert.is(await client.call('ANSWERS.ADD', 'key', '2'), 42)
    // Maps and doubles come as they come to clients of RESP2, unless the application asks for more.
    assert.equal(await client.call('ANSWERS.ALL', 'key'), ['value', '42', 'half', '0.5', 'yes', 1])
    const error = await client.call('ANSWERS.ADD', 'key', 0).catch(String)
    assert.match(String(error), /by must be at least 1/)
    assert.equal(await client.pipeline().call('answers.add', 'key', 1).exec(), [[null, 43]])
  } finally {
    await client.call('MODULE', 'UNLOAD', 'answers')
    modules.remove()
  }
})

test('RESP3 types arrive as such where the application asks for them', async () => {
  const client = await open({ protocol: 3, replyMapping: 'resp3' })
  await client.flushall()
  await client.zadd('sorted', 1.5, 'low')
  assert.is(await client.call('ZSCORE', 'sorted', 'low'), 1.5)
  assert.equal(await client.call('CONFIG', 'GET', 'databases'), { databases: '16' })
})

testBoth('a client killed by another connects again', async (client, protocol) => {
  const victim = await open({ protocol, connectionName: 'victim' })
  const id = await victim.client('ID')
  assert.match(String(await client.client('LIST')), new RegExp(`^id=${id} .* name=victim `, 'm'))
  const again = new Promise((resolve) => victim.once('ready', resolve))
  assert.is(await client.client('KILL', 'ID', id), 1)
  await again
  assert.is.not(await victim.client('ID'), id)
  assert.is(await victim.client('GETNAME'), 'victim')
})

testBoth('a unix socket', async (client, protocol) => {
  const local = await open({ path: servers.path, protocol })
  await local.set('from', 'socket')
  assert.is(await client.get('from'), 'socket')
  assert.match(String(await local.client('INFO')), new RegExp(` addr=${servers.path}:0 .* flags=U `))
})

testBoth('databases', async (client, protocol) => {
  const fifth = await open({ db: 5, protocol })
  await fifth.set('key', 'in five')
  assert.is(await client.get('key'), null)
  await client.select(5)
  assert.is(await client.get('key'), 'in five')
})

for (const protocol of [2, 3] as const) {
  test(`a password, RESP${protocol}`, async () => {
    const client = await open({ port: servers.locked.port, password: 'secret', protocol })
    assert.is(await client.set('key', 'value'), 'OK')
    const named = await open({ port: servers.locked.port, username: 'default', password: 'secret', protocol })
    assert.is(await named.get('key'), 'value')
  })
}

test('a wrong password and none are told', async () => {
  const errors: string[] = []
  for (const password of ['wrong', undefined]) {
    const client = new Redis({
      port: servers.locked.port,
      password,
      lazyConnect: true,
      retryStrategy: () => null,
    })
    opened.add(client)
    client.on('error', (error) => errors.push(String(error)))
    await client.connect().catch((error) => errors.push(String(error)))
    await client.get('key').catch((error) => errors.push(String(error)))
  }
  assert.match(errors.join('\n'), /WRONGPASS/)
  assert.match(errors.join('\n'), /NOAUTH .*authenticated/)
})

for (const protocol of [2, 3] as const) {
  test(`a server that starts again is found again, with data and subscriptions, RESP${protocol}`, async () => {
    const retry = { maxRetriesPerRequest: null, retryStrategy: () => 50 }
    const options = { port: servers.locked.port, password: 'secret', protocol, ...retry }
    const client = await open(options)
    const subscriber = await open(options)
    const heard: string[] = []
    for (const each of [client, subscriber]) each.on('error', () => {})
    subscriber.on('message', (_channel, message) => heard.push(message))
    await subscriber.subscribe('news')
    await client.set('kept', `since RESP${protocol}`)
    const lost = new Promise((resolve) => client.once('close', resolve))
    const restarted = servers.locked.restart()
    await lost
    // Asked for while nobody listens: it waits in the client.
    const kept = client.get('kept')
    await restarted
    assert.is(await kept, `since RESP${protocol}`)
    await until('the subscription', async () => (await client.publish('news', 'after')) === 1)
    await until('the message', () => heard.length === 1)
    assert.equal(heard, ['after'])
  })
}

test.run()
