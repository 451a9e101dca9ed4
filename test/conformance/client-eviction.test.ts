import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RawClient } from '../support/raw-client.ts'
import { type RunningServer, startModis, startRedis } from '../support/servers.ts'
import { until } from '../support/until.ts'

const MEBIBYTE = 1024 * 1024

async function figure(client: RawClient, section: string, name: string): Promise<string | undefined> {
  const text = String(await client.call('INFO', section))
  return new RegExp(`^${name}:(.*)\r$`, 'm').exec(text)?.[1]
}

/** A client that holds about so much memory, in a transaction that it does not run. */
async function hold(port: number, bytes: number, name: string): Promise<RawClient> {
  const client = await RawClient.connect(port)
  await client.call('CLIENT', 'SETNAME', name)
  await client.call('MULTI')
  await client.call('SET', 'key', Buffer.alloc(bytes))
  return client
}

async function totals(client: RawClient): Promise<Map<string, number>> {
  const lines = String(await client.call('CLIENT', 'LIST'))
    .trim()
    .split('\n')
  const of = (line: string, name: string): string => new RegExp(` ${name}=(\\S*)`).exec(line)?.[1] ?? ''
  return new Map(lines.map((line) => [of(line, 'name'), Number(of(line, 'tot-mem'))]))
}

for (const [name, start] of [
  ['modis', startModis],
  ['redis-server', startRedis],
] as const) {
  const test = suite(`maxmemory-clients in ${name}`)
  let server: RunningServer
  let control: RawClient

  test.before(async () => {
    server = await start()
    control = await RawClient.connect(server.port)
    await control.call('CLIENT', 'NO-EVICT', 'ON')
  })
  test.after(async () => {
    control.close()
    await server.stop()
  })
  test.after.each(async () => {
    await control.call('CONFIG', 'SET', 'maxmemory-clients', 0, 'maxmemory', 0)
    await control.call('CONFIG', 'RESETSTAT')
  })

  test('the clients that take most are disconnected, those of NO-EVICT excepted', async () => {
    const small = await hold(server.port, 100_000, 'small')
    const large = await hold(server.port, 4 * MEBIBYTE, 'large')
    const larger = await hold(server.port, 8 * MEBIBYTE, 'larger')
    const kept = await RawClient.connect(server.port)
    await kept.call('CLIENT', 'NO-EVICT', 'ON')
    await kept.call('MULTI')
    await kept.call('SET', 'key', Buffer.alloc(2 * MEBIBYTE))
    const before = await totals(control)
    assert.ok((before.get('larger') ?? 0) > 8 * MEBIBYTE && (before.get('small') ?? 0) < MEBIBYTE)

    await control.call('CONFIG', 'SET', 'maxmemory-clients', '12mb')
    await until('the eviction', () => larger.closed)
    assert.ok(Number(await figure(control, 'stats', 'evicted_clients')) >= 1)
    assert.not(large.closed || small.closed || kept.closed)

    // A client that grows is met when it does.
    const growing = await hold(server.port, 7 * MEBIBYTE, 'growing').catch(() => undefined)
    await until('the eviction', () => large.closed || growing === undefined || growing.closed)
    assert.ok(Number(await figure(control, 'stats', 'evicted_clients')) >= 2)
    assert.not(small.closed || kept.closed)
    for (const client of [small, large, kept, ...(growing === undefined ? [] : [growing])]) client.close()
  })

  test('what a client sends without end and does not read counts as well', async () => {
    await control.call('CONFIG', 'SET', 'maxmemory-clients', '4mb')
    const sender = await RawClient.connect(server.port)
    sender.socket.write(`*2\r\n$3\r\nGET\r\n$${64 * MEBIBYTE}\r\n`)
    sender.socket.write(Buffer.alloc(16 * MEBIBYTE))
    await until('the eviction', () => sender.closed)
    assert.ok(Number(await figure(control, 'stats', 'evicted_clients')) >= 1)
  })

  test('a percentage is one of maxmemory, and nothing without it', async () => {
    await control.call('CONFIG', 'SET', 'maxmemory-clients', '5%')
    assert.equal(await control.call('CONFIG', 'GET', 'maxmemory-clients'), ['maxmemory-clients', '5%'])
    const client = await hold(server.port, 4 * MEBIBYTE, 'client')
    assert.is(String(await figure(control, 'stats', 'evicted_clients')), '0')
    assert.not(client.closed)
    await control.call('CONFIG', 'SET', 'maxmemory', '50mb')
    await until('the eviction', () => client.closed)
    assert.ok(Number(await figure(control, 'stats', 'evicted_clients')) >= 1)
  })

  test.run()
}
