import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toArguments } from './support/arguments.ts'
import { compile, load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'
import { parse } from './support/resp.ts'
import { until } from './support/until.ts'

const test = suite<{ host: MemoryHost; client: Client }>('calls')

test.before((context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  load(context.host, compile('calls'))
})

test.after(({ host }) => {
  host.close()
})

for (const name of ['formats', 'replies', 'resp3', 'positions', 'no-cluster']) {
  test(`calls.${name} finds everything as it should be`, async ({ host, client }) => {
    assert.is((await host.send(client, `calls.${name}`)).toString(), '+OK\r\n')
  })
}

test('a reply passed on is the reply', async ({ host, client }) => {
  await host.send(client, 'hset', 'forwarded', 'f', 'v')
  assert.equal(parse(await host.send(client, 'calls.forward', 'hgetall', 'forwarded')), ['f', 'v'])
  const three = parse(await host.send(host.connect(3), 'calls.forward', 'hgetall', 'forwarded'))
  assert.equal(three, new Map([['f', 'v']]))
  const refused = parse(await host.send(client, 'calls.forward', 'nothing'))
  assert.is((refused as Error).message, "ERR unknown command 'nothing'")
})

test('a RESP3 reply cannot be passed on to a RESP2 client', async ({ host, client }) => {
  await host.send(client, 'hset', 'forwarded', 'f', 'v')
  const refused = parse(await host.send(client, 'calls.forward3', 'hgetall', 'forwarded'))
  assert.is((refused as Error).message, 'ERR needs RESP3')
  assert.is((await host.send(client, 'calls.forward3', 'ping')).toString(), '+PONG\r\n')
})

test('calls within calls keep their arguments', async ({ host, client }) => {
  assert.is(parse(await host.send(client, 'calls.nest', '200')), 200)
})

test('large values travel through nested calls', async ({ host, client }) => {
  const large = 'y'.repeat(1_000_000)
  assert.is(parse(await host.send(client, 'calls.forward', 'calls.forward', 'echo', large)), large)
})

test('replication and publishing reach the host', async ({ host, client }) => {
  host.replicated.length = 0
  await host.send(client, 'calls.replication')
  assert.equal(host.replicated, ['set copy calls.replication', `verbatim ${client.id}`, 'set called 1'])
  await host.send(client, 'calls.publishing', 'channel', 'text')
  assert.equal(host.published, ['channel text', 'schannel text'])
})

test('a command tells its keys and channels', ({ host }) => {
  const { number } = host.commands.get('calls.keyed')!
  const args = toArguments(['calls.keyed', 'a', 'x', 'b'])
  assert.equal(host.bridge.commandKeys(number, args).positions, [1, 3])
  assert.equal(host.bridge.commandChannels(number, args), { positions: [2], flags: [2] })
})

test('a blocking command that was called ends with its handler', async ({ host, client }) => {
  await host.send(client, 'calls.promise', 'calls.hold')
  await host.send(client, 'calls.release')
  await until('the promise to be kept', async () => {
    return parse(await host.send(client, 'calls.promised')) === 107
  })
  assert.is(parse(await host.send(client, 'calls.abort')), -1)
})

test('a blocking command that was called can be given up', async ({ host, client }) => {
  await host.send(client, 'calls.promise', 'calls.hold')
  assert.is(parse(await host.send(client, 'calls.abort')), 100)
  await host.send(client, 'calls.release')
})

test('a command that may not block is refused politely', async ({ host, client }) => {
  const refused = parse(await host.send(client, 'calls.forward', 'calls.hold'))
  assert.match((refused as Error).message, /^ERR Blocking module command called from/)
  await host.send(client, 'calls.release')
})

test.run()
