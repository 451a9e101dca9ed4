import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'

const test = suite<{ host: MemoryHost; client: Client }>('users')

test.before((context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  load(context.host, compile('users'))
})

test.after(({ host }) => {
  host.close()
})

test('users.rights finds everything as it should be', async ({ host, client }) => {
  assert.is((await host.send(client, 'users.rights')).toString(), '+OK\r\n')
})

test('users.clients finds everything as it should be', async ({ host, client }) => {
  assert.is((await host.send(client, 'users.clients', 'secret')).toString(), '+OK\r\n')
  assert.equal(host.redacted, [1])
})

test.run()
