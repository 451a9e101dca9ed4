// The same shared object in both servers: what a Redis module does there, it does here.
import * as assert from 'uvu/assert'
import { suiteNeeding } from '../support/needs.ts'
import { type Pair, startPair, words } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { CompiledModules } from '../support/redis-modules.ts'
import { type ReplyError, Status } from '../support/resp.ts'
import { until } from '../support/until.ts'

const test = suiteNeeding('Redis modules in both servers', 'redis-server')
const modules = new CompiledModules()
let pair: Pair

test.before(async () => {
  pair = await startPair({ 'enable-module-command': 'yes' })
})
test.after(async () => {
  await pair.stop()
  modules.remove()
})

test('a module that leaves its parameters unset is refused', async () => {
  const [ours, theirs] = await pair.both('MODULE', 'LOAD', modules.compile('parameters'), 'unset')
  assert.match((ours as ReplyError).text, /has not called RedisModule_LoadConfigs/)
  assert.match((theirs as ReplyError).text, /Error loading the extension/)
})

test('parameters of every type are registered, read, set and refused', async () => {
  await pair.compare('MODULE', 'LOADEX', modules.compile('parameters'), 'CONFIG', 'parameters.size', '2kb')
  await pair.compareUnordered('CONFIG', 'GET', 'parameters.*')
  await pair.script(
    'parameters.applied',
    'CONFIG SET parameters.enabled no parameters.size 1mb parameters.color "green blue"',
    'CONFIG SET parameters.label "some text"',
    'CONFIG SET parameters.fixed 5',
  )
  // Modis says what it was given as well.
  for (const refused of [
    'CONFIG SET parameters.size 13',
    'CONFIG SET parameters.size 2mb',
    'CONFIG SET parameters.size many',
    'CONFIG SET parameters.color yellow',
    'CONFIG SET parameters.enabled perhaps',
    'CONFIG SET parameters.label one parameters.size 13',
  ]) {
    for (const reply of await pair.both(...words(refused)))
      assert.match(
        (reply as ReplyError).text,
        /CONFIG SET failed \(possibly related to argument 'parameters\.\w+'\) - \w/,
      )
  }
  await pair.compare('parameters.applied')
  await pair.compareUnordered('CONFIG', 'GET', 'parameters.*')
  await pair.script('MODULE UNLOAD parameters', 'CONFIG GET parameters.*', 'CONFIG SET parameters.size 1')
})

test('a module may be called as a family of commands is', async () => {
  await pair.compare('MODULE', 'LOAD', modules.compile('hash'))
  await pair.script('HSET h f v', 'HGETALL h', 'DEL h')
})

test('COMMAND tells the flags, categories and key specifications that a module gave its commands', async () => {
  for (const name of ['hash.set', 'hash.plain', 'hash.movable']) await pair.compare('COMMAND', 'INFO', name)
  const docs = await pair.both('COMMAND', 'DOCS', 'hash.plain')
  assert.equal(docs[0], docs[1])
})

test('a module hears which key loses a value of its type', async () => {
  await pair.script(
    'hash.set k1 2',
    'DEL k1',
    'hash.unlinked',
    'SELECT 3',
    'hash.set k2 2',
    'UNLINK k2',
    'hash.unlinked',
    'hash.set k3 2',
    'SET k3 text',
    'hash.unlinked',
    'hash.set k4 2',
    'RENAME k4 k5',
    'hash.unlinked',
    'DEL k3 k5',
    'SELECT 0',
  )
})

test('a copy that a module does not make is an error of its own', async () => {
  await pair.script(
    'hash.set even 2',
    'COPY even copied',
    'hash.set odd 3',
    'COPY odd copied2',
    'EXISTS copied copied2',
  )
})

test('a module sees that EXEC runs its command, and may not block there', async () => {
  await pair.script(
    'hash.in-transaction',
    'MULTI',
    'hash.in-transaction',
    'hash.call hash.in-transaction',
    'hash.block',
    'EXEC',
    'hash.in-transaction',
  )
})

test('what a module learns of its client, of time and of the event loop', async () => {
  await pair.script(
    ...['hash.client-has-name', 'CLIENT SETNAME somebody', 'hash.client-has-name', 'hash.certificate'],
    ...[
      'hash.make-user',
      'hash.timer-rest',
      'hash.loop-even',
      'hash.loop-even',
      'hash.time-stands',
      'hash.unwatch',
    ],
  )
})

test('commands that need a connection of their own answer a module as they do in Redis', async () => {
  await pair.script(
    'hash.call monitor',
    'hash.call subscribe a',
    'hash.call psubscribe a',
    'hash.call ssubscribe a',
  )
})

test("a module's call may exceed the limit of memory", async () => {
  await pair.script(
    ...[
      'CONFIG SET maxmemory 1',
      'SET x 1',
      'hash.call set x 1',
      'hash.call get x',
      'CONFIG SET maxmemory 0',
    ],
  )
})

test('an error that a module passes on counts once', async () => {
  await pair.script('CONFIG RESETSTAT', 'SET text x', 'hash.call hgetall text')
  const [modis, redis] = await pair.both('INFO', 'errorstats')
  assert.is(String(modis), String(redis))
})

test('keys that are loaded are told to modules', async () => {
  await pair.script('FLUSHALL', 'SET a 1', 'RPUSH b 1', 'hash.set c 2', 'DEBUG RELOAD', 'hash.loaded-keys')
})

test('a key whose time has come stays where it is opened without effect', async () => {
  const { modis } = pair
  await pair.script('DEBUG SET-ACTIVE-EXPIRE 0', 'FLUSHALL', 'SET short 1 PX 1', 'SET long 1')
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.is(await modis.call('hash.peek', 'short'), 0)
  assert.is(await modis.call('hash.peek', 'long'), 1)
  assert.is(await modis.call('DBSIZE'), 2)
  await pair.script('EXISTS short', 'DBSIZE', 'DEBUG SET-ACTIVE-EXPIRE 1')
})

test('a client that waits for a key hears of its end; no other may end the wait', async () => {
  const { modis } = pair
  for (const [end, ...args] of [['DEL', 'awaited'], ['FLUSHALL'], ['PEXPIRE', 'awaited', '1']] as const) {
    await modis.call('SET', 'awaited', '1')
    const waiting = await RawClient.connect(pair.modisServer.port)
    const id = await waiting.call('CLIENT', 'ID')
    const reply = waiting.call('hash.wait-for-end', 'awaited')
    await until('the client waits', async () =>
      /blocked_clients:1\r/.test(String(await modis.call('INFO', 'clients'))),
    )
    assert.is(await modis.call('CLIENT', 'UNBLOCK', String(id)), 0)
    await modis.call(end, ...args)
    assert.is(((await reply) as { text: string }).text, 'gone')
    waiting.close()
  }
})

test('values are told of as keys lose them, databases are emptied and data is loaded again', async () => {
  await pair.compare('MODULE', 'LOAD', modules.compile('registry'))
  await pair.script(
    'registry.set a 5',
    'DEBUG DIGEST-VALUE a',
    'registry.set a 6',
    'SET a text',
    'registry.set a 7',
    'RENAME a b',
    'MOVE b 3',
    'registry.set c 8',
    'registry.notes',
    'FLUSHDB',
    'registry.set c 9',
    'DEBUG RELOAD',
    'registry.notes',
    'FLUSHALL ASYNC',
    'registry.notes',
    // Names are shown as the module gives them, and found in any case.
    'REGISTRY.SET a',
    'COMMAND INFO registry.set registry.notes',
    'COMMAND DOCS registry.notes',
  )
})

test('strings that modules set, read or change directly are encoded as in Redis', async () => {
  await pair.compare('MODULE', 'LOAD', modules.compile('strings'))
  const long = 'x'.repeat(45)
  for (const value of ['12', 'text', long]) {
    await pair.script(
      ...[`strings.set k ${value}`, 'OBJECT ENCODING k', 'GET k'],
      ...[`SET k ${value} EX 100`, 'strings.direct k read', 'OBJECT ENCODING k', 'TTL k'],
      ...[`SET k ${value} EX 100`, 'strings.direct k change', 'OBJECT ENCODING k', 'GET k', 'TTL k'],
      ...[`SET k ${value} EX 100`, 'strings.truncate k 2', 'OBJECT ENCODING k', 'GET k', 'TTL k'],
    )
  }
  await pair.script(
    ...['strings.set-number k', 'OBJECT ENCODING k', 'INCR k', 'OBJECT ENCODING k'],
    ...['DEL k', 'strings.truncate k 3', 'OBJECT ENCODING k', 'GET k', 'TTL k'],
  )
})

test('memory that modules take counts, wherever they take it', async () => {
  await pair.compare('MODULE', 'LOAD', modules.compile('hoard'))
  const mebibyte = 1024 * 1024
  for (const client of [pair.modis, pair.redis]) {
    const used = async (): Promise<number> =>
      Number(/used_memory:(\d+)/.exec(String(await client.call('INFO', 'memory')))?.[1])
    const before = await used()
    const grown = async (): Promise<number> => Math.round((await used()) / mebibyte - before / mebibyte)
    await client.call('hoard.take', 10 * mebibyte)
    assert.is(await grown(), 10)
    await client.call('hoard.take', 4 * mebibyte)
    assert.is(await grown(), 4)
    await client.call('CONFIG', 'SET', 'maxmemory', before + 2 * mebibyte)
    assert.is(((await client.call('SET', 'a', '1')) as ReplyError).text.slice(0, 3), 'OOM')
    await client.call('hoard.give')
    assert.is(await grown(), 0)
    assert.equal(await client.call('SET', 'a', '1'), new Status('OK'))
    await client.call('CONFIG', 'SET', 'maxmemory', 0)
    await client.call('hoard.take-aside')
    await until('a thread takes memory', async () => (await grown()) === 10)
    await client.call('hoard.give')
  }
})

test('values of modules count once: by what was allocated for them', async () => {
  const { modis } = pair
  const used = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(String(await modis.call('INFO', 'memory')))?.[1])
  await modis.call('FLUSHALL')
  const before = await used()
  for (let round = 0; round < 2000; round++) await modis.call('registry.set', `registry ${round}`, round)
  const each = ((await used()) - before) / 2000
  assert.ok(each > 24 && each < 200, `${each}`)
  await modis.call('FLUSHALL')
  await until('memory is given back', async () => (await used()) < before + 2000)
})

test('a reload takes values along; where one is refused, all stays as it was', async () => {
  const { modis } = pair
  await modis.call('FLUSHALL')
  for (let round = 0; round < 3000; round++)
    await modis.call('registry.set', `k${round}`, round === 666 ? 1 : round)
  const digest = String(await modis.call('DEBUG', 'DIGEST'))
  for (let round = 0; round < 2; round++) {
    assert.equal(await modis.call('MODULE', 'RELOAD', 'registry'), new Status('OK'))
    assert.is(String(await modis.call('DEBUG', 'DIGEST')), digest)
  }
  await modis.call('registry.set', 'k5', 666)
  const changed = String(await modis.call('DEBUG', 'DIGEST'))
  assert.match(
    ((await modis.call('MODULE', 'RELOAD', 'registry')) as ReplyError).text,
    /a value of the data type '.*' cannot be taken over: the module refused the value/,
  )
  assert.is(String(await modis.call('DEBUG', 'DIGEST')), changed)
  await modis.call('FLUSHALL')
})

test.run()
