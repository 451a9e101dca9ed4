import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { AttributedValue, VerbatimString } from '../src/index.ts'
import {
  eventually,
  freePort,
  ReplyError,
  rejects,
  start,
  TestClient,
  type TestServer,
} from '../src/test/index.ts'

const redis = { module: false, program: ['redis-server'] } as const

const test = suite<{ server: TestServer }>('test kit, with redis-server')

test.before(async (context) => {
  context.server = await start({ ...redis, config: { 'notify-keyspace-events': 'KEA', maxmemory: 0 } })
})

test.after(async ({ server }) => {
  await server.stop()
})

test('replies in RESP2', async ({ server }) => {
  assert.is(await server.call('SET', 'text', 'héllo'), 'OK')
  assert.is(await server.call('GET', 'text'), 'héllo')
  assert.is(await server.call('GET', 'nothing'), null)
  assert.is(await server.call('INCRBY', 'n', 9007199254740993n), 9007199254740993n)
  assert.is(await server.call('INCRBY', 'n', '-9007199254740993'), 0)
  await server.call('RPUSH', 'list', 'a', 1)
  assert.equal(await server.call('LRANGE', 'list', 0, -1), ['a', '1'])
  const binary = await server.client({ buffers: true })
  await binary.call('SET', 'bytes', Buffer.from([0, 255, 13, 10]))
  assert.equal(await binary.call('GET', 'bytes'), Buffer.from([0, 255, 13, 10]))
})

test('errors are thrown by calls and returned by pipelines', async ({ server }) => {
  const error = await rejects(server.call('INCR'), /^ERR wrong number of arguments/)
  assert.instance(error, ReplyError)
  assert.is((error as ReplyError).code, 'ERR')
  const client = await server.client()
  await client.call('RPUSH', 'pipelined', 'x')
  const [length, wrong, pong] = await client.pipeline([['LLEN', 'pipelined'], ['GET', 'pipelined'], ['PING']])
  assert.is(length, 1)
  assert.is((wrong as ReplyError).code, 'WRONGTYPE')
  assert.is(pong, 'PONG')
})

test('replies in RESP3, whatever the chunks', async ({ server }) => {
  const client = await server.client({ resp: 3 })
  const debug = (kind: string): Promise<unknown> => client.call('DEBUG', 'PROTOCOL', kind)
  await client.call('HSET', 'hash', 'field', 'value')
  assert.equal(await client.call('HGETALL', 'hash'), new Map([['field', 'value']]))
  await client.call('SADD', 'set', 'one')
  assert.equal(await client.call('SMEMBERS', 'set'), new Set(['one']))
  await client.call('ZADD', 'sorted', '1.5', 'm')
  assert.is(await client.call('ZSCORE', 'sorted', 'm'), 1.5)
  assert.is(await client.call('GET', 'nothing'), null)
  const text = 'x'.repeat(300_000)
  await client.call('SET', 'long', text)
  assert.is(await client.call('GET', 'long'), text)
  assert.instance(await client.call('INFO', 'server'), VerbatimString)
  assert.is(await debug('null'), null)
  const popularity = new Map([['key-popularity', ['key:123', 90]]])
  const attributed = new AttributedValue(popularity, 'Some real reply following the attribute')
  assert.equal(await debug('attrib'), attributed)
})

test('messages that the server sends on its own', async ({ server }) => {
  for (const resp of [2, 3] as const) {
    const client = await server.client({ resp })
    assert.equal(await client.call('SUBSCRIBE', 'news'), ['subscribe', 'news', 1])
    await server.call('PUBLISH', 'news', 'hello')
    assert.equal(await client.message(60_000), ['message', 'news', 'hello'])
    await rejects(client.message(20), 'no message within 20 ms')
  }
})

test('a lost connection rejects what waits', async ({ server }) => {
  const client = await server.client()
  const id = await client.call<number>('CLIENT', 'ID')
  const lost = rejects(client.call('BLPOP', 'nothing', 0), /closed the connection/)
  await server.call('CLIENT', 'KILL', 'ID', id)
  await lost
  assert.ok(client.closed)
  await rejects(client.call('PING'), /closed the connection/)
})

test('a reply that does not come in time is an error, and the next is not mistaken for it', async ({
  server,
}) => {
  const client = await server.client({ timeoutMs: 30 })
  await rejects(client.call('BLPOP', 'nothing', 1), 'no reply to BLPOP within 30 ms')
  await eventually(async () => assert.is(await client.call('ECHO', 'hello'), 'hello'), 60_000)
})

test('data survives a restart and goes with the server', async () => {
  const server = await start(redis)
  await server.call('SET', 'kept', 'yes')
  await server.call('CONFIG', 'SET', 'maxmemory', '5000000')
  await server.call('CONFIG', 'REWRITE')
  const { port } = server
  await server.restart()
  assert.is(server.port, port)
  assert.is(await server.call('GET', 'kept'), 'yes')
  assert.equal(await server.call('CONFIG', 'GET', 'maxmemory'), ['maxmemory', '5000000'])
  assert.is(server.log().match(/Ready to accept connections/g)?.length, 2)
  await server.stop()
  assert.not(existsSync(server.folder))
  await rejects(TestClient.open({ port }), /ECONNREFUSED/)
})

test('a server that does not start says why', async () => {
  await rejects(start({ ...redis, config: { maxmemory: 'much' } }), /ended with status 1.*maxmemory/s)
  await rejects(start({ ...redis, modules: ['/nowhere.so'] }), /nowhere\.so/)
  await rejects(start({ ...redis, program: ['no-such-program'] }), /ENOENT/)
  await rejects(start({ module: '/' }), /no package\.json in \/ or above it/)
})

test('ports are free, and no two calls are given the same', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()))
  assert.is(new Set(ports).size, 50)
  const program = `import { freePort } from ${JSON.stringify(new URL('../src/test/free-port.ts', import.meta.url).href)}
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()))
    process.stdout.write(JSON.stringify(ports))`
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program]
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  // It ends although it holds ports, and none of them is one of ours.
  assert.is(status, 0)
  assert.is(new Set([...ports, ...(JSON.parse(stdout) as number[])]).size, 100)
})

test('expectations', async () => {
  await rejects(rejects(Promise.resolve([1n])), 'got the value ["1n"]')
  await rejects(rejects(Promise.reject(new Error('this')), /that/), 'matching /that/, got: this')
  let attempts = 0
  const third = await eventually(() => {
    attempts++
    if (attempts < 3) throw new Error('not yet')
    return attempts
  })
  assert.is(third, 3)
  await rejects(
    eventually(() => assert.ok(false, 'never'), 30),
    'never',
  )
})

test.run()
