import { rejects, start } from '@modis/sdk/test'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const server = await start()

test.after(() => server.stop())

test.before.each(() => server.call('FLUSHALL'))

test('returns the newest values first', async () => {
  for (const value of ['a', 'b', 'c']) await server.call('my-module.add', 'history', value)
  assert.equal(await server.call('my-module.recent', 'history'), ['c', 'b', 'a'])
  assert.equal(await server.call('my-module.recent', 'history', 2), ['c', 'b'])
  assert.equal(await server.call('my-module.recent', 'no such key'), [])
})

test('keeps as many values as it is told', async () => {
  await server.call('CONFIG', 'SET', 'my-module.max-length', 2)
  for (const value of ['a', 'b', 'c']) await server.call('my-module.add', 'history', value)
  assert.equal(await server.call('my-module.recent', 'history'), ['c', 'b'])
  await rejects(server.call('CONFIG', 'SET', 'my-module.max-length', 0), 'max-length')
})

test('values survive a restart, a reload and a copy', async () => {
  await server.call('my-module.add', 'history', 'a')
  await server.restart()
  assert.equal(await server.call('my-module.recent', 'history'), ['a'])
  await server.reload()
  assert.equal(await server.call('my-module.recent', 'history'), ['a'])
  await server.call('COPY', 'history', 'copy')
  await server.call('my-module.add', 'copy', 'b')
  assert.equal(await server.call('my-module.recent', 'history'), ['a'])
})

test('refuses a key that holds something else', async () => {
  await server.call('SET', 'text', 'value')
  await rejects(server.call('my-module.add', 'text', 'a'), 'WRONGTYPE')
})

test.run()
