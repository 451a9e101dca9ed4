// Many clients that say nothing: they cost little, they are refused politely where there are too many, and they leave
// nothing behind.
import { readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import * as assert from 'uvu/assert'
import { mostDescriptors } from '../support/descriptors.ts'
import { suiteNeeding } from '../support/needs.ts'
import { RawClient } from '../support/raw-client.ts'
import { textOf } from '../support/resp.ts'
import { type RunningServer, startModis, startRedis, startSmallModis } from '../support/servers.ts'
import { until } from '../support/until.ts'

const test = suiteNeeding('idle clients', 'redis-server')
const WANTED = 5000
/** Fewer than the backlog of a listening socket: beyond it, the system makes newcomers wait for a second. */
const AT_ONCE = 250
const KIBIBYTE = 1024
const MOST_BYTES_PER_CLIENT = 20 * KIBIBYTE
/** Less than half of what a client takes. */
const MOST_BYTES_KEPT = 2.5 * KIBIBYTE
/** Clients that come and go in all, whatever number can be there at once. */
const VISITS = 12_500

let modis: RunningServer
let client: RawClient

test.before(async () => {
  modis = await startModis()
  client = await RawClient.connect(modis.port)
})

test.after(async () => {
  client.close()
  await modis.stop()
})

/** Clients that this machine lets a process have. */
function possibleClients(): number {
  const descriptors = mostDescriptors()
  const count = Math.min(WANTED, descriptors - 200)
  if (count < WANTED)
    console.warn(`only ${count} clients: this machine allows a process ${descriptors} descriptors`)
  return count
}

function residentBytes(server: RunningServer): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * KIBIBYTE
}

function openDescriptors(server: RunningServer): number {
  return readdirSync(`/proc/${server.process.pid}/fd`).length
}

/** A connection that sends a request and has had the reply. */
async function open(port: number, request = 'PING\r\n'): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise((resolve, reject) => {
    socket.once('connect', () => socket.write(request))
    socket.once('data', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => {})
  return socket
}

async function openMany(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const size = Math.min(AT_ONCE, count - sockets.length)
    sockets.push(...(await Promise.all(Array.from({ length: size }, () => open(port)))))
  }
  return sockets
}

async function field(from: RawClient, section: string, name: string): Promise<number> {
  const text = textOf(await from.call('INFO', section))
  return Number(new RegExp(`^${name}:(\\d+)\r$`, 'm').exec(text)?.[1])
}

function connectedClients(from: RawClient): Promise<number> {
  return field(from, 'clients', 'connected_clients')
}

async function closeAll(sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy()
  await until('the server to notice', async () => (await connectedClients(client)) === 1)
}

test('thousands of idle clients cost little, and the server goes on serving', async () => {
  const count = possibleClients()
  // What any first client brings into memory is not counted.
  await closeAll(await openMany(modis.port, AT_ONCE))
  const before = residentBytes(modis)
  const sockets = await openMany(modis.port, count)
  assert.is(await connectedClients(client), count + 1)
  const bytesPerClient = (residentBytes(modis) - before) / count
  assert.ok(
    bytesPerClient < MOST_BYTES_PER_CLIENT,
    `${(bytesPerClient / KIBIBYTE).toFixed(1)} KiB for each idle client`,
  )
  assert.is(textOf(await client.call('SET', 'served', 'yes')), 'OK')
  assert.is(textOf(await client.call('GET', 'served')), 'yes')
  const list = textOf(await client.call('CLIENT', 'LIST'))
  assert.is(list.trimEnd().split('\n').length, count + 1)
  await closeAll(sockets)
  assert.is(
    textOf(await client.call('CLIENT', 'LIST'))
      .trimEnd()
      .split('\n').length,
    1,
  )
})

test('clients that leave give their memory and descriptors back', async () => {
  const count = possibleClients() >> 2
  const rounds = Math.ceil(VISITS / count)
  // In so small a heap no garbage can lie about for long, so what grows is kept.
  const small = await startSmallModis({ heapMebibytes: 64 })
  const watcher = await RawClient.connect(small.port)
  const round = async (): Promise<number> => {
    for (const socket of await openMany(small.port, count)) socket.destroy()
    await until('the server to notice', async () => (await connectedClients(watcher)) === 1)
    return residentBytes(small)
  }
  try {
    for (let warmUp = 0; warmUp < 3; warmUp++) await round()
    const descriptors = openDescriptors(small)
    const before = residentBytes(small)
    let after = 0
    for (let number = 0; number < rounds; number++) after = await round()
    const keptPerClient = (after - before) / (rounds * count)
    const told = `${Math.round(keptPerClient)} bytes are kept of each client that left`
    assert.ok(keptPerClient < MOST_BYTES_KEPT, told)
    await until('all descriptors to be closed', () => openDescriptors(small) === descriptors)
  } finally {
    watcher.close()
    await small.stop()
  }
})

test('clients that leave take subscriptions, watches, waits and transactions with them', async () => {
  const requests = [
    'SUBSCRIBE news\r\n',
    'PSUBSCRIBE n*\r\n',
    'WATCH served\r\n',
    'MULTI\r\nSET served no\r\n',
    'MONITOR\r\n',
    'PING\r\nBLPOP queue 0\r\n',
  ]
  const sockets = await Promise.all(
    Array.from({ length: 120 }, (_each, index) => open(modis.port, requests[index % requests.length])),
  )
  await until('clients to block', async () => (await field(client, 'clients', 'blocked_clients')) === 20)
  assert.equal(await client.call('PUBSUB', 'NUMSUB', 'news'), ['news', 20])
  await closeAll(sockets)
  assert.is(await field(client, 'clients', 'blocked_clients'), 0)
  assert.equal(await client.call('PUBSUB', 'NUMSUB', 'news'), ['news', 0])
  assert.is(await client.call('PUBSUB', 'NUMPAT'), 0)
  assert.is(await client.call('RPUSH', 'queue', 'element'), 1, 'nobody takes it')
  assert.is(textOf(await client.call('GET', 'served')), 'yes')
})

/** All that the server says to a newcomer, until it closes the connection. */
function greeting(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  let text = ''
  return new Promise((resolve) => {
    socket.on('data', (chunk) => (text += chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

test('beyond maxclients, newcomers are told and closed as by redis-server', async () => {
  const redis = await startRedis()
  const other = await RawClient.connect(redis.port)
  try {
    for (const [server, each] of [
      [modis, client],
      [redis, other],
    ] as const) {
      const rejected = await field(each, 'stats', 'rejected_connections')
      await each.call('CONFIG', 'SET', 'maxclients', 5)
      const sockets = await openMany(server.port, 4)
      const heard = await Promise.all([greeting(server.port), greeting(server.port)])
      assert.equal(heard, Array(2).fill('-ERR max number of clients reached\r\n'))
      assert.is((await field(each, 'stats', 'rejected_connections')) - rejected, 2)
      assert.is(await connectedClients(each), 5)
      // A place that becomes free is given to the next.
      sockets.pop()?.destroy()
      await until('a free place', async () => (await connectedClients(each)) === 4)
      sockets.push(await open(server.port))
      for (const socket of sockets) socket.destroy()
      await each.call('CONFIG', 'SET', 'maxclients', 10_000)
    }
  } finally {
    other.close()
    await redis.stop()
  }
})

test('where descriptors are few, maxclients is lower, and files can still be opened', async () => {
  const small = await startSmallModis({ descriptors: 300 })
  const each = await RawClient.connect(small.port)
  const [, most] = (await each.call('CONFIG', 'GET', 'maxclients')) as string[]
  assert.is(Number(most), 300 - 64)
  assert.match(small.log(), /maxclients has been reduced to 236/)
  const sockets = await openMany(small.port, Number(most) - 1)
  assert.is(await greeting(small.port), '-ERR max number of clients reached\r\n')
  assert.is(textOf(await each.call('SAVE')), 'OK')
  const refused = textOf(await each.call('CONFIG', 'SET', 'maxclients', 1000))
  assert.match(refused, /not able to handle the specified number of clients, try with 236/)
  assert.equal(await each.call('CONFIG', 'GET', 'maxclients'), ['maxclients', most])
  for (const socket of sockets) socket.destroy()
  each.close()
  await small.stop()
})

test('timeout closes clients that are idle, and none that wait for something', async () => {
  const watcher = await RawClient.connect(modis.port)
  await watcher.call('HELLO', 3)
  await watcher.call('SUBSCRIBE', 'in RESP3, where a subscriber may send any command')
  const exempt = ['SUBSCRIBE news\r\n', 'PING\r\nBLPOP nothing 0\r\n', 'MONITOR\r\n']
  const waiting = await Promise.all(exempt.map((request) => open(modis.port, request)))
  const idle = await openMany(modis.port, 300)
  await watcher.call('CONFIG', 'SET', 'timeout', 1)
  await until('idle clients to be closed', async () => idle.every((socket) => socket.closed))
  await until('the last of them to go', async () => (await connectedClients(watcher)) === 4)
  assert.equal(
    waiting.map((socket) => socket.closed),
    [false, false, false],
  )
  await until('the connection of this suite, as idle as the others, to be closed', () => client.closed)
  await watcher.call('CONFIG', 'SET', 'timeout', 0)
  watcher.close()
  client = await RawClient.connect(modis.port)
  await closeAll(waiting)
})

test.run()
