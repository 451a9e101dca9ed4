import { rejects, start } from '@modis/sdk/test'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const server = await start({ module: import.meta.url })

test.after(() => server.stop())

test('greets the world, or whoever is named', async () => {
  assert.is(await server.call('HELLO.GREET'), 'Hello, world!')
  assert.is(await server.call('HELLO.GREET', 'Ada'), 'Hello, Ada!')
  await rejects(
    server.call('HELLO.GREET', 'Ada', 'Grace'),
    "wrong number of arguments for 'hello.greet' command",
  )
})

test('goes on after a reload', async () => {
  await server.reload()
  assert.is(await server.call('HELLO.GREET'), 'Hello, world!')
})

test('documents itself', async () => {
  const [, docs] = await server.call<[string, unknown[]]>('COMMAND', 'DOCS', 'hello.greet')
  assert.is(docs[docs.indexOf('summary') + 1], 'Greets someone.')
})

test.run()
