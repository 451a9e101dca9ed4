import { rejects, start } from '@modis/sdk/test'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const server = await start()

test.after(() => server.stop())

test('greets, and counts the greetings', async () => {
  assert.is(await server.call('my-module.greet', 'visits', 'Ada'), 'Hello, Ada! Greetings so far: 1')
  assert.is(await server.call('my-module.greet', 'visits'), 'Hello, world! Greetings so far: 2')
})

test('refuses a key that holds something else', async () => {
  await server.call('RPUSH', 'list', 'element')
  await rejects(server.call('my-module.greet', 'list'), 'WRONGTYPE')
})

test.run()
