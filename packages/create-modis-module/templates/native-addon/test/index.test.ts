import { randomBytes } from 'node:crypto'
import { start } from '@modis/sdk/test'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checksum, checksumInJavaScript, engine } from '../src/checksum.ts'

const server = await start()

test.after(() => server.stop())

test('the addon was built and is used', async () => {
  assert.is(engine, 'native')
  assert.is(await server.call('my-module.engine'), 'native')
})

test('both loops compute the same', () => {
  for (const length of [0, 1, 2, 1000]) {
    const bytes = randomBytes(length)
    assert.is(checksum(bytes), checksumInJavaScript(bytes))
  }
})

test('returns the checksum of a string, and nothing where there is none', async () => {
  await server.call('SET', 'greeting', 'hello')
  assert.is(await server.call('my-module.checksum', 'greeting'), 1335831723)
  assert.is(await server.call('my-module.checksum', 'no such key'), null)
})

test.run()
