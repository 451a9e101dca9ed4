import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CallerFlag } from '../src/host.ts'
import { compile, load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'
import { parse } from './support/resp.ts'

const test = suite<{ host: MemoryHost; client: Client }>('keys')

test.before((context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  load(context.host, compile('keys'))
})

test.after(({ host }) => {
  host.close()
})

for (const name of ['generic', 'strings', 'lists', 'hashes', 'zsets', 'scanning']) {
  test(`keys.${name} finds everything as it should be`, async ({ host, client }) => {
    host.resetDataset()
    assert.is((await host.send(client, `keys.${name}`)).toString(), '+OK\r\n')
  })
}

test('closing a key that was open for writing marks it as modified', async ({ host, client }) => {
  host.modified.length = 0
  client.flags |= CallerFlag.changesWanted
  await host.send(client, 'keys.modified', 'k', 'v')
  client.flags &= ~CallerFlag.changesWanted
  assert.equal(host.modified, ['k', 'v'])
  assert.is(parse(await host.send(client, 'get', 'k')), 'v')
})

test('where nobody wants to know which keys are modified, a command tells how many they were', async ({
  host,
  client,
}) => {
  host.modified.length = 0
  host.modifiedCount = 0
  await host.send(client, 'keys.modified', 'k', 'v')
  assert.equal(host.modified, [])
  assert.is(host.modifiedCount, 2)
})

test('bytes changed in place reach the keyspace when the key is closed', async ({ host, client }) => {
  await host.send(client, 'set', 'k', 'HeLLo')
  await host.send(client, 'keys.flip', 'k')
  assert.is(parse(await host.send(client, 'get', 'k')), 'hEllO')
})

test('a value larger than the shared memory goes both ways', async ({ host, client }) => {
  const large = 'x'.repeat(2_000_000)
  await host.send(client, 'keys.modified', 'large', large)
  await host.send(client, 'keys.flip', 'large')
  assert.is(parse(await host.send(client, 'get', 'large')), large.toUpperCase())
})

test.run()
