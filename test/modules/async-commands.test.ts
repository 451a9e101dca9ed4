import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilBlocked } from '../support/blocked.ts'
import { labPrelude, labSource, withLab } from './lab-module.ts'
import { plain } from './module-folder.ts'

const test = suite('commands of modules that take their time')
const lab = withLab(test)
const { folder, value } = lab

test('a promise blocks the client alone', async () => {
  const other = await lab.modis.connect()
  const later = lab.modis.call('lab.gate', 'done')
  await untilBlocked(other, 1)
  assert.is(plain(await other.call('PING')), 'PONG')
  await other.call('lab.open', 'done')
  assert.is(await later, 'done')
  const waiting = await Promise.all(
    ['one', 'two', 'three'].map(async (name) => {
      const client = await lab.modis.connect()
      return { client, name, reply: client.call('lab.gate', name) }
    }),
  )
  await untilBlocked(other, 3)
  // The reply comes to whom it belongs, whoever waits longer.
  for (const { client, name, reply } of waiting.reverse()) {
    await other.call('lab.open', name)
    assert.is(plain(await reply), name)
    client.close()
  }
  const replies = await Promise.all([
    lab.modis.call('lab.later', 50, '"first"'),
    lab.modis.call('PING'),
    lab.modis.call('lab.value', '"third"'),
  ])
  assert.equal(replies, ['first', 'PONG', 'third'])
  other.close()
})

test('arguments are read after an await as before it, whatever other clients send meanwhile', async () => {
  const words = Array.from({ length: 40 }, (_, index) => `word ${index}`)
  const clients = await Promise.all(Array.from({ length: 4 }, () => lab.modis.connect()))
  const asked = clients.map(async (client, index) => {
    const ms = String(30 + index)
    // What follows in the same pipeline has its own arguments.
    const [later, echo, next] = await Promise.all([
      client.call('lab.rawlater', ms, ...words, `client ${index}`),
      client.call('ECHO', `echo ${index}`),
      client.call('lab.rawlater', '1', `next ${index}`),
    ])
    assert.equal(plain(later), ['lab.rawlater', ms, ...words, `client ${index}`, ms])
    assert.equal(plain(echo), `echo ${index}`)
    assert.equal(plain(next), ['lab.rawlater', '1', `next ${index}`, '1'])
  })
  const waiting = await lab.modis.connect()
  const served = waiting.call('lab.rawlater', 'KEY', 'awaited', ...words)
  for (let round = 0; round < 20; round++) await lab.modis.call('ECHO', 'x'.repeat(1000))
  await Promise.all(asked)
  await lab.modis.call('SET', 'awaited', '1')
  assert.equal(plain(await served), ['lab.rawlater', 'KEY', 'awaited', ...words])
  await lab.modis.call('DEL', 'awaited')
  for (const client of [...clients, waiting]) client.close()
})

test('async handlers open keys again, and their errors are replies', async () => {
  assert.is(
    await lab.modis.call(
      'lab.later',
      1,
      '(ctx.key("later").string.set("x"), ctx.call("GET", "later").toString())',
    ),
    'x',
  )
  assert.match(
    String(await lab.modis.call('lab.later', 1, 'nothing')),
    /^-ERR lab\.later failed: nothing is not defined/,
  )
  assert.match(
    String(await lab.modis.call('lab.later', 1, '(() => { throw new sdk.CommandError("late", "LATE") })()')),
    /^-LATE late/,
  )
  assert.match(String(await lab.modis.call('lab.later', 1, 'undefined')), /returned nothing/)
  assert.match(
    String(await lab.modis.call('lab.later', 1, 'ctx.reply.integer(1)')),
    /ctx\.reply was used after/,
  )
  const stale =
    '(async () => { const key = ctx.key("later"); key.string.get(); await null; return key.string.text() })()'
  assert.match(
    String(await lab.modis.call('lab.later', 1, stale)),
    /was used after its command had returned or awaited/,
  )
  const reopened =
    '(async () => { ctx.key("later").string.set("1"); await null; return ctx.key("later").string.text() })()'
  assert.is(await lab.modis.call('lab.later', 1, reopened), '1')
  assert.match(String(await value('(() => { globalThis.kept = ctx })()')), /returned nothing/)
  assert.match(
    String(await value('kept.key("x").exists')),
    /the context was used after its command had its reply/,
  )
})

test('what a module throws in callbacks of its own, or a promise nobody waits for, leaves the server running', async () => {
  await value(
    '(setTimeout(() => { throw new Error("in a callback") }, 1), Promise.reject(new Error("forgotten")), 1)',
  )
  assert.is(await lab.modis.call('PING'), 'PONG')
  await lab.modis.logged(/Module 'lab' threw in a callback of its own: Error: in a callback/)
  await lab.modis.logged(/Unhandled rejection.*: Error: forgotten/)
  assert.is(await lab.modis.call('PING'), 'PONG')
  assert.match(String(await lab.modis.call('INFO', 'modules')), /modulestat_lab:.*failures=[1-9]/)
})

test('a key knows its name as long as its command goes on, and never tells another', async () => {
  const other = await lab.modis.connect()
  const names = lab.modis.call('lab.keys', 'the first key', 'the second key', 'the third')
  // What other clients send lands in the memory in which the names were received.
  for (let i = 0; i < 20; i++) await other.call('SET', `another key that is as long ${i}`, 'a value')
  assert.equal(await names, [
    'the first key',
    'the second key',
    'the third',
    "The handle of key 'the first key' was used after its command had returned or awaited. " +
      'Open the key again with ctx.key() after each await.',
  ])
  await lab.modis.call('lab.keep', 'kept beyond its command')
  const stale =
    'The handle of a key was used after its command had returned or awaited. ' +
    'Open the key again with ctx.key() after each await.'
  assert.equal(await lab.modis.call('lab.kept'), [stale, stale])
  other.close()
})

test('an async command within a transaction answers with an error', async () => {
  await lab.modis.call('MULTI')
  await lab.modis.call('lab.later', 1, '1')
  assert.equal(await lab.modis.call('EXEC'), ['-ERR Blocking module command called from transaction'])
  // A command that was refused does not do its work all the same, a little later.
  await lab.modis.call('DEL', 'refused')
  await lab.modis.call('MULTI')
  await lab.modis.call('lab.later', 1, 'ctx.key("refused").string.set("x")')
  await lab.modis.call('EXEC')
  await lab.modis.logged(
    /'lab\.later', whose reply nobody waits for, threw: Error: the context was used after/,
  )
  assert.is(await lab.modis.call('EXISTS', 'refused'), 0)
})

test('a client that leaves aborts the signal of its command', async () => {
  const other = await lab.modis.connect()
  void other.call('lab.signal').catch(() => {})
  await untilBlocked(lab.modis.client, 1)
  assert.not.match(lab.modis.server.log(), /<lab> aborted/)
  other.close()
  await lab.modis.logged(/<lab> aborted: the client is gone/)
})

test('what an async command throws after its client left is logged, unless it only gives up', async () => {
  const other = await lab.modis.connect()
  for (const command of ['lab.giveup', 'lab.aftermath']) {
    const leaver = await lab.modis.connect()
    void leaver.call(command).catch(() => {})
    await untilBlocked(other, 1)
    leaver.close()
    await untilBlocked(other, 0)
  }
  await lab.modis.logged(
    /Module 'lab': 'lab\.aftermath', whose reply nobody waits for, threw: Error: out of breath/,
  )
  assert.is(plain(await other.call('PING')), 'PONG')
  assert.not.match(lab.modis.server.log(), /lab\.giveup/)
  other.close()
})

test('blockOnKeys: served by a write of any type, in time or not', async () => {
  const other = await lab.modis.connect()
  await lab.modis.call('DEL', 'awaited')
  const waiting = lab.modis.call('lab.wait', 'awaited')
  await untilBlocked(other, 1)
  await other.call('SET', 'result', 'it')
  await other.call('SET', 'unrelated', '1')
  await other.call('SET', 'awaited', '1')
  assert.equal(await waiting, ['got', 'it'])
  assert.is(plain(await other.call('EXISTS', 'result')), 0)
  await lab.modis.call('DEL', 'awaited')
  const started = performance.now()
  assert.is(await lab.modis.call('lab.wait', 'awaited', 60), 'timeout')
  assert.ok(performance.now() - started >= 55)
  const forList = lab.modis.call('lab.waitasync', 'list')
  await untilBlocked(other, 1)
  await other.call('LPUSH', 'list', 'x')
  assert.is(await forList, 'async got')
  await lab.modis.call('MULTI')
  await lab.modis.call('lab.wait', 'awaited')
  assert.equal(await lab.modis.call('EXEC'), ['timeout'])
  other.close()
})

test('a reload hands waiting clients over to the new version; an unload ends their wait', async () => {
  const other = await lab.modis.connect()
  await lab.modis.call('DEL', 'awaited')
  const waiting = other.call('lab.wait', 'awaited')
  const running = lab.modis.connect().then(async (client) => {
    const reply = plain(await client.call('lab.later', 200, '"of the old version"'))
    client.close()
    return reply
  })
  await untilBlocked(lab.modis.client, 2)
  folder.define('lab', labSource.replace("'got'", "'got from the new version'"), labPrelude)
  assert.is(await lab.modis.call('MODULE', 'RELOAD', 'lab'), 'OK')
  assert.is(await running, 'of the old version')
  await lab.modis.call('SET', 'result', 'x')
  await lab.modis.call('SET', 'awaited', '1')
  assert.equal(plain(await waiting), ['got from the new version', 'x'])
  await lab.modis.call('DEL', 'awaited')
  const again = other.call('lab.wait', 'awaited')
  const signalled = lab.modis.connect().then(async (client) => {
    const reply = plain(await client.call('lab.signal'))
    client.close()
    return reply
  })
  await untilBlocked(lab.modis.client, 2)
  assert.is(await lab.modis.call('MODULE', 'UNLOAD', 'lab'), 'OK')
  assert.is(plain(await again), '-UNBLOCKED client unblocked, the module was unloaded')
  assert.is(await signalled, 'aborted')
  assert.match(String(await lab.modis.call('lab.value', '1')), /unknown command/)
  await lab.modis.call('MODULE', 'LOAD', 'lab')
  assert.is(await value('1'), 1)
  other.close()
})

test.run()
