import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { mostDescriptors } from '../support/descriptors.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { ReplyError, Status } from '../support/resp.ts'
import { startModis } from '../support/servers.ts'
import { until } from '../support/until.ts'

const test = suite('CONFIG')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.after(() => pair.stop())

/** Options whose defaults are Modis's own: who may load modules, and what Debian's build or the newer Redis has. */
const OWN_DEFAULTS = [
  'enable-module-command',
  'enable-debug-command',
  'dir',
  'port',
  'bind',
  'pidfile',
  'aof-load-truncated',
  'latency-tracking',
]

test('every option of redis-server is there, with its default', async () => {
  const [modis, redis] = (await pair.both('CONFIG', 'GET', '*')) as [string[], string[]]
  const pairsOf = (reply: string[]): Map<string, string> =>
    new Map(reply.flatMap((name, i) => (i % 2 === 0 ? [[name, reply[i + 1] as string]] : [])))
  const own = pairsOf(modis)
  for (const [name, value] of pairsOf(redis)) {
    if (name === 'aof-disable-auto-gc') continue
    assert.ok(own.has(name), name)
    // Where descriptors are few, either server keeps as many as it needs itself.
    if (name === 'maxclients' && mostDescriptors() < 11_000) continue
    if (!OWN_DEFAULTS.includes(name)) assert.is(own.get(name), value, name)
  }
  for (const newer of [
    'set-max-listpack-entries',
    'set-max-listpack-value',
    'proto-max-bulk-len',
    'module-add',
    'module-strict',
  ]) {
    assert.ok(own.has(newer), newer)
  }
})

for (const version of [2, 3] as const) {
  test(`RESP${version}: GET and SET, values, bounds and errors`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        CONFIG GET | CONFIG GET nosuch | CONFIG GET maxmemory | CONFIG GET MaxMemory maxmemory | CONFIG GET [x
        CONFIG SET | CONFIG SET a | CONFIG SET nosuch 1 | CONFIG SET maxmemory | CONFIG SET maxmemory 1 timeout
        CONFIG SET maxmemory x | CONFIG SET maxmemory -1 | CONFIG SET maxmemory 1mb | CONFIG GET maxmemory
        CONFIG SET maxmemory 1M | CONFIG GET maxmemory | CONFIG SET maxmemory 1Gb | CONFIG GET maxmemory
        CONFIG SET maxmemory 10 timeout x | CONFIG GET maxmemory | CONFIG SET maxmemory 10 nosuch 1 | CONFIG GET maxmemory
        CONFIG SET maxmemory 0 MAXMEMORY 1 | CONFIG SET maxmemory 0 timeout 0 | CONFIG GET maxmemory
        CONFIG SET databases 3 | CONFIG SET timeout -1 | CONFIG SET timeout 01 | CONFIG SET timeout 99999999999
        CONFIG SET maxmemory-policy x | CONFIG SET maxmemory-policy ALLKEYS-LRU | CONFIG GET maxmemory-policy
        CONFIG SET maxmemory-policy noeviction | CONFIG SET slave-priority 7 | CONFIG GET replica-priority
        CONFIG GET slave-priority | CONFIG SET replica-priority 100 slave-priority 100 | CONFIG SET port x
        CONFIG SET dir /tmp | CONFIG SET dbfilename x | CONFIG SET hz 0 | CONFIG GET hz | CONFIG SET hz 100000
        CONFIG GET hz | CONFIG SET hz 10 | CONFIG SET rdbcompression maybe | CONFIG SET rdbcompression NO
        CONFIG GET rdbcompression | CONFIG SET rdbcompression yes | CONFIG GET unixsocketperm
        CONFIG SET maxmemory-clients 5% | CONFIG GET maxmemory-clients | CONFIG SET maxmemory-clients 500%
        CONFIG SET maxmemory-clients 0 | CONFIG SET zset-max-ziplist-value 70 | CONFIG GET zset-max-*value
        CONFIG SET zset-max-listpack-value 64 | CONFIG RESETSTAT | CONFIG RESETSTAT x | CONFIG REWRITE | CONFIG REWRITE x
      `).filter((line) => !line.includes('*')),
    )
  })

  test(`RESP${version}: options of several words`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        CONFIG SET save "1 2 3" | CONFIG SET save "0 1" | CONFIG SET save "x 1" | CONFIG SET save "10 20" | CONFIG GET save
        CONFIG SET save "10 20 30 40" | CONFIG GET save | CONFIG SET save "" | CONFIG GET save
        CONFIG SET client-output-buffer-limit "x 1 2 3" | CONFIG SET client-output-buffer-limit "normal 1 2"
        CONFIG SET client-output-buffer-limit "normal 1mb 2mb 3" | CONFIG GET client-output-buffer-limit
        CONFIG SET client-output-buffer-limit "normal 1x 2mb 3" | CONFIG SET client-output-buffer-limit "normal 1 2 -3"
        CONFIG SET client-output-buffer-limit "pubsub 0 0 0 replica 1 1 1" | CONFIG GET client-output-buffer-limit
        CONFIG SET client-output-buffer-limit "normal 0 0 0" | CONFIG SET notify-keyspace-events xyz
        CONFIG SET notify-keyspace-events KEA | CONFIG GET notify-keyspace-events | CONFIG SET notify-keyspace-events mKz$
        CONFIG GET notify-keyspace-events | CONFIG SET notify-keyspace-events "" | CONFIG GET notify-keyspace-events
        CONFIG SET oom-score-adj-values "1 2" | CONFIG SET oom-score-adj-values "1 2 9999"
        CONFIG SET latency-tracking-info-percentiles "50 99.5" | CONFIG GET latency-tracking-info-percentiles
        CONFIG SET latency-tracking-info-percentiles "50 199" | CONFIG SET latency-tracking-info-percentiles "x"
        CONFIG SET latency-tracking-info-percentiles "50 99 99.9" | CONFIG SET shutdown-on-sigint "now nosave"
        CONFIG GET shutdown-on-sigint | CONFIG SET shutdown-on-sigint "save nosave" | CONFIG SET shutdown-on-sigint x
        CONFIG SET shutdown-on-sigint default
      `),
    )
  })
}

test('what would ask for what Modis does not have is refused', async () => {
  for (const [name, value] of [
    ['appendonly', 'yes'],
    ['activedefrag', 'yes'],
    ['tls-port', '7000'],
    ['min-replicas-to-write', '1'],
  ] as const) {
    const reply = await pair.modis.call('CONFIG', 'SET', name, value)
    assert.instance(reply, ReplyError, name)
    assert.match((reply as ReplyError).text, `possibly related to argument '${name}'`)
  }
})

test('requirepass holds for new connections, and for none when it is taken away', async () => {
  await pair.script('AUTH x', 'CONFIG SET requirepass "a b"', 'PING')
  const other = await pair.connect()
  await other.script(
    'PING',
    'GET x',
    'AUTH wrong',
    'AUTH default wrong',
    'AUTH nobody "a b"',
    'AUTH a b c',
    'HELLO 2 AUTH default wrong',
    'MULTI',
    'RESET',
    'AUTH "a b"',
    'PING',
    'RESET',
    'PING',
    'AUTH default "a b"',
    'PING',
  )
  const third = await pair.connect()
  await third.script('GET x')
  await pair.script('CONFIG SET requirepass ""')
  await third.script('GET x')
  other.disconnect()
  third.disconnect()
})

test('before AUTH, requests must be small', async () => {
  await pair.prepare('CONFIG', 'SET', 'requirepass', 'secret')
  for (const request of ['*100\r\n', '*1\r\n$20000\r\n']) {
    const other = await pair.connect()
    for (const client of [other.modis, other.redis]) client.socket.write(request)
    const [modis, redis] = await Promise.all([other.modis.next(), other.redis.next()])
    assert.is(modis.bytes.toString(), redis.bytes.toString())
    other.disconnect()
  }
  await pair.prepare('CONFIG', 'SET', 'requirepass', '')
})

test('maxclients refuses further connections', async () => {
  await pair.speak(2)
  const before = (await pair.both('CONFIG', 'GET', 'maxclients')) as [[string, string], [string, string]]
  await pair.prepare('CONFIG', 'SET', 'maxclients', 1)
  for (const server of [pair.modisServer, pair.redisServer]) {
    const client = await RawClient.connect(server.port)
    assert.equal((await client.next()).value, new ReplyError('ERR max number of clients reached'))
    client.close()
  }
  for (const [client, most] of [
    [pair.modis, before[0]],
    [pair.redis, before[1]],
  ] as const) {
    assert.equal(await client.call('CONFIG', 'SET', 'maxclients', most[1]), new Status('OK'))
  }
})

test('timeout closes idle connections, but not those that wait', async () => {
  const subscriber = await RawClient.connect(pair.modisServer.port)
  await subscriber.call('SUBSCRIBE', 'a')
  const idle = await RawClient.connect(pair.modisServer.port)
  await pair.modis.call('CONFIG', 'SET', 'timeout', 1)
  await until('the idle connection to be closed', () => idle.closed)
  assert.equal(await subscriber.call('PING'), ['pong', ''])
  subscriber.close()
  const client = await RawClient.connect(pair.modisServer.port)
  await client.call('CONFIG', 'SET', 'timeout', 0)
  client.close()
})

test('a slow reader is closed at the limit of its class', async () => {
  const client = await RawClient.connect(pair.modisServer.port)
  const admin = await RawClient.connect(pair.modisServer.port)
  await admin.call('SET', 'large', 'x'.repeat(1_000_000))
  await admin.call('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 3mb 0 0')
  client.socket.pause()
  for (let i = 0; i < 100; i++) client.socket.write('GET large\r\n')
  const reason = /scheduled to be closed ASAP for overcoming of output buffer limits/
  await until('the limit to be reached', () => reason.test(pair.modisServer.log()))
  client.socket.resume()
  await until('the connection to be closed', () => client.closed)
  await admin.call('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 0 0 0')
  admin.close()
  client.close()
})

test('port and bind can be changed while the server runs', async () => {
  const server = await startModis()
  const client = await RawClient.connect(server.port)
  const other = await startModis()
  const taken = await client.call('CONFIG', 'SET', 'port', other.port)
  assert.match(
    (taken as ReplyError).text,
    /possibly related to argument 'port'\) - Unable to listen on this port/,
  )
  const again = await RawClient.connect(server.port)
  assert.equal(await again.call('CONFIG', 'GET', 'port'), ['port', String(server.port)])
  const badAddress = await client.call('CONFIG', 'SET', 'bind', '203.0.113.1')
  assert.match((badAddress as ReplyError).text, /Failed to bind to specified addresses/)
  await other.stop()
  await client.call('CONFIG', 'SET', 'port', other.port)
  const moved = await RawClient.connect(other.port)
  assert.equal(await moved.call('CONFIG', 'GET', 'port'), ['port', String(other.port)])
  assert.is(await client.call('ECHO', 'old connections stay'), 'old connections stay')
  for (const each of [client, again, moved]) each.close()
  await server.stop()
})

test.run()
