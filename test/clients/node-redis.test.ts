// Applications that use node-redis (the package `redis`) find in Modis the server that they expect.
import { BasicClientSideCache, createClient, ErrorReply, RESP_TYPES } from 'redis'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ModuleFolder } from '../modules/module-folder.ts'
import { until } from '../support/until.ts'
import { answersModule, ClientServers, collect, untilOneWaits } from './fixtures.ts'

const test = suite('node-redis')
/** Left alone, the library gives a command up after five seconds, also one that waits for a connection. */
const PATIENT = { timeout: 120_000 }
const opened = new Set<Client>()
let servers: ClientServers

interface Options {
  readonly RESP?: 2 | 3
  readonly url?: string
  readonly name?: string
  readonly database?: number
  readonly username?: string
  readonly password?: string
  readonly socket?:
    | { readonly path: string; readonly tls: false }
    | { readonly port: number; readonly host: string }
}

test.before(async () => {
  servers = await ClientServers.start()
})

test.after.each(() => {
  for (const client of opened) client.destroy()
  opened.clear()
})

test.after(() => servers.stop())

function create(options: Options) {
  const { RESP = 3, socket, url, ...others } = options
  const place = socket ?? { port: servers.port, host: '127.0.0.1' }
  const reconnect = { reconnectStrategy: 50 }
  const where = url === undefined ? { socket: { ...place, ...reconnect } } : { url, socket: reconnect }
  const client = createClient({ ...others, ...where, RESP, commandOptions: PATIENT })
  // Without a listener, a lost connection would end this process.
  client.on('error', () => {})
  opened.add(client)
  return client
}

type Client = ReturnType<typeof create>

async function open(options: Options = {}): Promise<Client> {
  const client = create(options)
  await client.connect()
  assert.ok(client.isReady)
  return client
}

/** A test that runs in both versions of the protocol, on an empty server. */
function testBoth(name: string, run: (client: Client, RESP: 2 | 3) => Promise<void>): void {
  for (const RESP of [2, 3] as const) {
    test(`${name}, RESP${RESP}`, async () => {
      const client = await open({ RESP })
      await client.flushAll()
      await run(client, RESP)
    })
  }
}

testBoth('says who it is when it connects', async (_client, RESP) => {
  const client = await open({ RESP, name: 'application', database: 3 })
  const { name, db, libName, resp } = await client.clientInfo()
  assert.equal({ name, db, libName, resp }, { name: 'application', db: 3, libName: 'node-redis', resp: RESP })
  const hello = await client.hello()
  assert.equal([hello.server, hello.proto, hello.mode], ['redis', RESP, 'standalone'])
})

testBoth('commands given before there is a connection wait for it', async (client, RESP) => {
  const early = create({ RESP, database: 2 })
  const connected = early.connect()
  const replies = await Promise.all([early.set('early', 'bird'), early.get('early'), connected])
  assert.equal(replies.slice(0, 2), ['OK', 'bird'])
  await client.select(2)
  assert.is(await client.get('early'), 'bird')
})

testBoth('strings, numbers and bytes', async (client) => {
  assert.is(await client.set('text', 'žluťoučký', { expiration: { type: 'EX', value: 100 } }), 'OK')
  assert.is(await client.get('text'), 'žluťoučký')
  assert.is(await client.get('absent'), null)
  assert.is(await client.set('text', 'other', { condition: 'NX' }), null)
  assert.is(await client.incrBy('number', 42), 42)
  assert.equal(await client.mGet(['text', 'absent', 'number']), ['žluťoučký', null, '42'])
  const bytes = Buffer.from(Array.from({ length: 256 }, (_each, index) => index))
  await client.set(bytes, bytes)
  const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  assert.equal(await binary.get(bytes), bytes)
  assert.ok((await client.ttl('text')) > 0)
  assert.is(await client.type('text'), 'string')
  assert.is(await client.exists(['text', 'number', 'absent']), 2)
})

testBoth('hashes hold objects', async (client) => {
  const user = { id: '7', name: 'Anna', tags: JSON.stringify(['a', { deep: [1, null] }]) }
  assert.is(await client.hSet('user:7', user), 3)
  assert.equal({ ...(await client.hGetAll('user:7')) }, user)
  assert.equal({ ...(await client.hGetAll('absent')) }, {})
  assert.equal(await client.hmGet('user:7', ['name', 'absent']), ['Anna', null])
  assert.is(await client.hIncrBy('user:7', 'visits', 3), 3)
  assert.is(await client.hDel('user:7', ['visits', 'absent']), 1)
})

testBoth('lists, sets and sorted sets', async (client) => {
  await client.rPush('list', ['a', 'b', 'c'])
  assert.equal(await client.lRange('list', 0, -1), ['a', 'b', 'c'])
  assert.is(await client.lMove('list', 'other', 'LEFT', 'RIGHT'), 'a')
  assert.equal(await client.lPopCount('list', 5), ['b', 'c'])
  await client.sAdd('set', ['x', 'y'])
  assert.is(await client.sIsMember('set', 'x'), 1)
  assert.equal([...(await client.sMembers('set'))].sort(), ['x', 'y'])
  await client.zAdd('sorted', [
    { score: 1.5, value: 'low' },
    { score: 3, value: 'high' },
    { score: Number.POSITIVE_INFINITY, value: 'highest' },
  ])
  assert.is(await client.zScore('sorted', 'low'), 1.5)
  assert.is(await client.zScore('sorted', 'absent'), null)
  assert.equal(plain(await client.zRangeWithScores('sorted', 0, 1)), [
    { value: 'low', score: 1.5 },
    { value: 'high', score: 3 },
  ])
  assert.is((await client.zRangeWithScores('sorted', -1, -1))[0]?.score, Number.POSITIVE_INFINITY)
  assert.equal(plain(await client.zPopMin('sorted')), { value: 'low', score: 1.5 })
})

/** The same without prototypes, which the library leaves out of some objects. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

testBoth('commands of one turn are one pipeline and answer in order', async (client) => {
  const replies = await Promise.all(
    Array.from({ length: 2000 }, async (_each, index) => {
      await client.set(`key:${index}`, index)
      return client.get(`key:${index}`)
    }),
  )
  assert.equal(
    replies,
    Array.from({ length: 2000 }, (_each, index) => String(index)),
  )
  const [number, wrong] = await Promise.allSettled([client.incr('key:0'), client.lPush('key:0', 'element')])
  assert.equal(number, { status: 'fulfilled', value: 1 })
  assert.ok(wrong.status === 'rejected' && wrong.reason instanceof ErrorReply)
  assert.is(await client.dbSize(), 2000)
})

testBoth('transactions and WATCH', async (client) => {
  const other = await open()
  const replies = await client.multi().set('balance', 10).incrBy('balance', 5).get('balance').exec()
  assert.equal([...replies], ['OK', 15, '15'])
  await client.watch('balance')
  await other.set('balance', 1)
  const refused = await client
    .multi()
    .set('balance', 100)
    .exec()
    .catch((error: Error) => error.constructor.name)
  assert.is(refused, 'WatchError')
  await client.watch('balance')
  assert.equal([...(await client.multi().incr('balance').exec())], [2])
  assert.is(await other.get('balance'), '2')
})

testBoth('publish and subscribe, by name and by pattern', async (publisher, RESP) => {
  const subscriber = await open({ RESP })
  const heard: string[][] = []
  await subscriber.subscribe(['news', 'weather'], (message, channel) => heard.push([channel, message]))
  await subscriber.pSubscribe('n?ws', (message, channel) => heard.push(['n?ws', channel, message]))
  assert.is(await publisher.publish('news', 'first'), 2)
  assert.is(await publisher.publish('weather', 'sunny'), 1)
  await until('three messages', () => heard.length === 3)
  assert.equal(heard, [
    ['news', 'first'],
    ['n?ws', 'news', 'first'],
    ['weather', 'sunny'],
  ])
  // In RESP3 messages are pushed, so that a subscriber may go on with other commands.
  if (RESP === 3) assert.is(await subscriber.set('while', 'subscribed'), 'OK')
  else await assertRejects(subscriber.set('while', 'subscribed'), /only|subscrib/i)
  assert.equal({ ...(await publisher.pubSubNumSub('news')) }, { news: 1 })
  await subscriber.unsubscribe()
  await subscriber.pUnsubscribe()
  assert.is(await publisher.publish('news', 'nobody'), 0)
  // In RESP2, this library decodes no simple strings once it has subscribed, with redis-server neither.
  assert.is(String(await subscriber.set('after', 'all')), 'OK')
})

async function assertRejects(promise: Promise<unknown>, reason: RegExp): Promise<void> {
  const error = await promise.then(() => 'no error', String)
  assert.match(error, reason)
}

testBoth('blocking pops', async (client, RESP) => {
  const consumer = await open({ RESP })
  const list = consumer.blPop(['jobs', 'urgent'], 0)
  await untilOneWaits(() => client.info('clients'))
  await client.rPush('urgent', 'job')
  assert.equal(plain(await list), { key: 'urgent', element: 'job' })
  const sorted = consumer.bzPopMin('scores', 0)
  await untilOneWaits(() => client.info('clients'))
  await client.zAdd('scores', { score: 2.5, value: 'member' })
  assert.equal(plain(await sorted), { key: 'scores', value: 'member', score: 2.5 })
  assert.is(await consumer.blPop('jobs', 0.05), null)
})

testBoth('iterators of SCAN', async (client) => {
  const names = Array.from({ length: 1000 }, (_each, index) => `field:${index}`)
  await client.mSet(names.map((name): [string, string] => [name, name]))
  await client.hSet('hash', Object.fromEntries(names.map((name) => [name, name])))
  await client.sAdd('set', names)
  await client.zAdd(
    'sorted',
    names.map((value, score) => ({ value, score })),
  )
  names.sort()
  const keys = await collect(client.scanIterator({ MATCH: 'field:*', COUNT: 50 }))
  assert.equal([...new Set(keys)].sort(), names)
  assert.equal([...new Set(await collect(client.sScanIterator('set')))].sort(), names)
  const fields = await collect(client.hScanIterator('hash', { MATCH: 'field:99*' }))
  assert.is(fields.length, 11)
  assert.ok(fields.every(({ field, value }) => field === value))
  const members = await collect(client.zScanIterator('sorted'))
  assert.is(members.length, 1000)
  assert.ok(members.every(({ value, score }) => value === `field:${score}`))
})

testBoth('keyspace notifications', async (client, RESP) => {
  const listener = await open({ RESP })
  const events: string[] = []
  await client.configSet('notify-keyspace-events', 'Ex$')
  await listener.pSubscribe('__keyevent@0__:*', (key, channel) => events.push(`${channel} ${key}`))
  await client.set('session', 'short', { expiration: { type: 'PX', value: 1 } })
  await until('the key to expire', () => events.length === 2)
  assert.equal(events, ['__keyevent@0__:set session', '__keyevent@0__:expired session'])
  await client.configSet('notify-keyspace-events', '')
})

testBoth('commands of a module', async (client, RESP) => {
  const modules = new ModuleFolder()
  await client.sendCommand(['MODULE', 'LOAD', modules.define('answers', answersModule)])
  try {
    assert.is(await client.sendCommand(['ANSWERS.ADD', 'key', '42']), 42)
    const expected =
      RESP === 3 ? { value: '42', half: 0.5, yes: true } : ['value', '42', 'half', '0.5', 'yes', 1]
    assert.equal(plain(await client.sendCommand(['ANSWERS.ALL', 'key'])), expected)
    await assertRejects(client.sendCommand(['ANSWERS.ADD', 'key', '0']), /by must be at least 1/)
    assert.equal([...(await client.multi().addCommand(['answers.add', 'key', '1']).exec())], [43])
  } finally {
    await client.sendCommand(['MODULE', 'UNLOAD', 'answers'])
    modules.remove()
  }
})

testBoth('a client killed by another connects again', async (client, RESP) => {
  const victim = await open({ RESP, name: 'victim' })
  const id = await victim.clientId()
  const listed = (await client.clientList()).find((each) => each.id === id)
  assert.is(listed?.name, 'victim')
  const again = new Promise((resolve) => victim.once('ready', resolve))
  assert.is(await client.clientKill({ filter: 'ID', id }), 1)
  await again
  assert.is.not(await victim.clientId(), id)
  assert.is(await victim.clientGetName(), 'victim')
})

testBoth('a unix socket', async (client, RESP) => {
  const local = await open({ RESP, socket: { path: servers.path, tls: false } })
  await local.set('from', 'socket')
  assert.is(await client.get('from'), 'socket')
  assert.is((await local.clientInfo()).flags, 'U')
})

testBoth('databases, by option and by address', async (client, RESP) => {
  const fifth = await open({ RESP, url: `redis://127.0.0.1:${servers.port}/5` })
  await fifth.set('key', 'in five')
  assert.is(await client.get('key'), null)
  await client.select(5)
  assert.is(await client.get('key'), 'in five')
})

test('what the client has cached is asked for again once it has changed', async () => {
  const cache = new BasicClientSideCache({ ttl: 0, maxEntries: 100, evictPolicy: 'LRU' })
  const socket = { port: servers.port, host: '127.0.0.1', reconnectStrategy: false as const }
  const client = createClient({ RESP: 3, socket, clientSideCache: cache, commandOptions: PATIENT })
  await client.connect()
  const other = await open({ RESP: 3 })
  try {
    await other.set('cached', 'first')
    for (let round = 0; round < 3; round++) assert.is(await client.get('cached'), 'first')
    assert.is(cache.stats().hitCount, 2)
    assert.match(await client.sendCommand(['CLIENT', 'INFO']), / flags=t .* redir=0 /)
    await other.set('cached', 'second')
    await until('the change', async () => (await client.get('cached')) === 'second')
    await other.pExpire('cached', 5)
    await until('the end', async () => (await client.get('cached')) === null)
    await other.set('cached', 'third')
    await until('the new value', async () => (await client.get('cached')) === 'third')
    await other.flushAll()
    await until('the flush', async () => (await client.get('cached')) === null)
  } finally {
    client.destroy()
  }
})

for (const RESP of [2, 3] as const) {
  test(`a password, RESP${RESP}`, async () => {
    const socket = { port: servers.locked.port, host: '127.0.0.1' }
    const client = await open({ RESP, socket, password: 'secret' })
    assert.is(await client.set('key', 'value'), 'OK')
    const named = await open({ RESP, url: `redis://default:secret@127.0.0.1:${servers.locked.port}` })
    assert.is(await named.get('key'), 'value')
    const wrong = createClient({ RESP, socket: { ...socket, reconnectStrategy: false }, password: 'wrong' })
    wrong.on('error', () => {})
    await assertRejects(wrong.connect(), /WRONGPASS/)
  })

  test(`a server that starts again is found again, with data and subscriptions, RESP${RESP}`, async () => {
    const options: Options = {
      RESP,
      socket: { port: servers.locked.port, host: '127.0.0.1' },
      password: 'secret',
    }
    const client = await open(options)
    const subscriber = await open(options)
    const heard: string[] = []
    await subscriber.subscribe('news', (message) => heard.push(message))
    await client.set('kept', `since RESP${RESP}`)
    const lost = new Promise((resolve) => client.once('reconnecting', resolve))
    const restarted = servers.locked.restart()
    await lost
    // Asked for while nobody listens: it waits in the client.
    const kept = client.get('kept')
    await restarted
    assert.is(await kept, `since RESP${RESP}`)
    await until('the subscription', async () => (await client.publish('news', 'after')) === 1)
    await until('the message', () => heard.length === 1)
    assert.equal(heard, ['after'])
  })
}

test.run()
