// Work that takes long and gives others time in its middle: the same shared object in both servers.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suiteNeeding } from '../support/needs.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { connectSoon, type RawClient } from '../support/raw-client.ts'
import { CompiledModules } from '../support/redis-modules.ts'
import { ReplyError, textOf, type Value } from '../support/resp.ts'
import { freePort, type RunningServer, startModis } from '../support/servers.ts'
import { until } from '../support/until.ts'

const test = suiteNeeding('busy Redis modules', 'redis-server')
const modules = new CompiledModules()
const options = {
  'enable-module-command': 'yes',
  'busy-reply-threshold': 20,
  loadmodule: modules.compile('busy'),
}
let pair: Pair

test.before(async () => {
  pair = await startPair(options)
})
test.after(async () => {
  await pair.stop()
  modules.remove()
})

// A test that fails leaves nothing behind that would stop the others.
test.after.each(() => pair.prepare('busy.stop'))

/** Resolves when a server refuses commands. */
async function refuses(client: RawClient): Promise<void> {
  await until('the server to refuse commands', async () => (await client.call('PING')) instanceof ReplyError)
}

/** Has both servers begin something long; resolves, when both refuse commands, with what is going to be replied. */
async function begin(...command: readonly string[]): Promise<{ worker: Pair; replies: Promise<unknown> }> {
  const worker = await pair.connect()
  const replies = worker.both(...command)
  // They never come where a test fails before it has read them.
  replies.catch(() => {})
  await Promise.all([refuses(pair.modis), refuses(pair.redis)])
  return { worker, replies }
}

test('in the middle of a long command others are refused, in the words of the module', async () => {
  const { worker, replies } = await begin('busy.run', 'Counting sheep')
  const following = worker.both('PING')
  following.catch(() => {})
  assert.is(textOf(await pair.compare('PING')), 'BUSY Counting sheep')
  await pair.script(
    'SET k v',
    'nosuch',
    'GET',
    'PING a b c',
    'CONFIG GET maxmemory',
    'INFO',
    'SHUTDOWN',
    'busy.run',
  )
  await pair.compare('busy.stop')
  assert.equal(await replies, [42, 42])
  assert.equal((await following).map(textOf), ['PONG', 'PONG'])
  await pair.script('PING', 'GET k')
  worker.disconnect()
})

test('what is allowed while the server is busy works', async () => {
  const { worker, replies } = await begin('busy.run')
  await pair.script('PING', 'AUTH default any', 'WATCH k', 'UNWATCH', 'RESET', 'MULTI', 'SET k v', 'EXEC')
  await pair.script('MULTI', 'DISCARD', 'SHUTDOWN SAVE', 'SHUTDOWN NOW')
  await pair.compare('busy.stop')
  await replies
  worker.disconnect()
})

test('clients come and go meanwhile', async () => {
  const { worker, replies } = await begin('busy.nested')
  const others = await Promise.all(Array.from({ length: 20 }, () => pair.connect()))
  for (const other of others) await other.script('PING', 'MULTI', 'GET k')
  for (const other of others.slice(10)) other.disconnect()
  const more = await pair.connect()
  await more.script('PING')
  await pair.compare('busy.stop')
  assert.equal(await replies, [42, 42])
  for (const other of [...others.slice(0, 10), more]) {
    await other.script('PING', 'SET k v', 'GET k')
    other.disconnect()
  }
  await until('those that left to be forgotten', async () => {
    const [modis, redis] = await pair.both('CLIENT', 'LIST')
    return [modis, redis].every((list) => String(list).trim().split('\n').length === 2)
  })
  worker.disconnect()
})

test('a thread that has the lock lets clients in as well', async () => {
  const { worker, replies } = await begin('busy.thread')
  assert.is(textOf(await pair.compare('PING')), 'BUSY A thread has the lock')
  await pair.compare('busy.stop')
  assert.equal(((await replies) as Value[]).map(textOf), ['done', 'done'])
  await pair.script('PING')
  worker.disconnect()
})

test('what a module watches is served where clients are not let in', async () => {
  const replies = pair.both('busy.watch')
  const other = await pair.connect()
  await other.script('PING')
  assert.equal((await replies).map(textOf), ['OK', 'OK'])
  other.disconnect()
})

test('before the threshold nobody is served', async () => {
  await pair.prepare('CONFIG', 'SET', 'busy-reply-threshold', 600_000)
  const other = await pair.connect()
  const replies = pair.both('busy.for', '150')
  await other.script('PING')
  assert.equal((await replies).map(textOf), ['OK', 'OK'])
  await pair.prepare('CONFIG', 'SET', 'busy-reply-threshold', options['busy-reply-threshold'])
  other.disconnect()
})

test('while a value is loaded, commands are refused for that reason', async () => {
  await pair.prepare('busy.set', 'k', 'slow')
  const { worker, replies } = await begin('DEBUG', 'RELOAD')
  assert.match(textOf(await pair.compare('PING')), /^LOADING/)
  const [modis] = await pair.both('INFO', 'persistence')
  assert.match(String(modis), 'loading:1\r')
  await pair.compare('busy.stop')
  assert.equal(((await replies) as Value[]).map(textOf), ['OK', 'OK'])
  await pair.script('PING', 'TYPE k')
  worker.disconnect()
})

test('a server that starts tells clients that it loads, and leaves the file alone when it is shut down then', async () => {
  await pair.prepare('busy.set', 'k', 'slow')
  await pair.prepare('SAVE')
  const file = join(pair.modisServer.folder, 'dump.rdb')
  const saved = readFileSync(file)
  const port = await freePort()
  const begun = (): Promise<RunningServer> =>
    startModis({ ...options, dir: pair.modisServer.folder, port, save: '3600 1' })
  const first = begun()
  const client = await connectSoon(port)
  assert.match(textOf(await client.call('GET', 'k')), /^LOADING/)
  assert.match(String(await client.call('INFO', 'persistence')), `loading_total_bytes:${saved.length}\r\n`)
  client.call('SHUTDOWN', 'SAVE').catch(() => {})
  await first.then(
    () => assert.unreachable('a server that was shut down got ready'),
    (error) => assert.match(error.message, 'it ended with 0'),
  )
  assert.ok(readFileSync(file).equals(saved))
  const second = begun()
  const other = await connectSoon(port)
  await refuses(other)
  assert.is(textOf(await other.call('busy.stop')), 'OK')
  await (await second).stop()
})

test('SHUTDOWN NOSAVE ends a server that is busy', async () => {
  const ending = await startPair(options)
  const worker = await ending.connect()
  void worker.modis.call('busy.run').catch(() => {})
  void worker.redis.call('busy.run').catch(() => {})
  await Promise.all([refuses(ending.modis), refuses(ending.redis)])
  for (const [server, client] of [
    [ending.modisServer, ending.modis],
    [ending.redisServer, ending.redis],
  ] as const) {
    client.call('SHUTDOWN', 'NOSAVE').catch(() => {})
    await until('the process to end', () => server.process.exitCode !== null)
    assert.is(server.process.exitCode, 0)
  }
  await ending.stop()
})

test.run()
