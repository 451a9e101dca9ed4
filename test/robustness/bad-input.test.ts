import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RawClient } from '../support/raw-client.ts'
import { textOf } from '../support/resp.ts'
import { Seeded } from '../support/seeded.ts'
import { type RunningServer, startModis, startRedis } from '../support/servers.ts'
import { connectTo } from '../support/sockets.ts'
import { until } from '../support/until.ts'

const MEBIBYTE = 1024 * 1024
const test = suite('bad input')
let modis: RunningServer
let redis: RunningServer
let bystander: RawClient
let other: RawClient

test.before(async () => {
  ;[modis, redis] = await Promise.all([startModis(), startRedis()])
  bystander = await RawClient.connect(modis.port)
  other = await RawClient.connect(redis.port)
  await bystander.call('SET', 'bystander', 'untouched')
})

test.after(async () => {
  for (const client of [bystander, other]) client.close()
  await Promise.all([modis.stop(), redis.stop()])
})

test.after.each(async () => {
  assert.is(textOf(await bystander.call('GET', 'bystander')), 'untouched', 'other clients are unaffected')
})

/** What came back on a connection until now, and whether the server has closed it. */
interface Answer {
  readonly text: string
  readonly closed: boolean
}

/** A connection that takes whatever comes. */
class Exchange {
  readonly #socket: Socket
  readonly #parts: Buffer[] = []
  #isClosed = false

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#parts.push(chunk))
    for (const event of ['end', 'close']) socket.on(event, () => (this.#isClosed = true))
  }

  send(bytes: Buffer | string): void {
    this.#socket.write(bytes)
  }

  get answer(): Answer {
    return { text: Buffer.concat(this.#parts).toString('latin1'), closed: this.#isClosed }
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** How long to look for more than both servers have answered. */
const QUIET_MS = 50

/** Sends bytes to both servers, and asserts that they answer the same and either both close the connection or none. */
async function compare(bytes: Buffer | string): Promise<Answer> {
  const [ours, theirs] = await Promise.all(
    [modis, redis].map(async ({ port }) => new Exchange(await open(port))),
  )
  assert.ok(ours !== undefined && theirs !== undefined)
  for (const each of [ours, theirs]) each.send(bytes)
  await Promise.all([roundTrip(bystander), roundTrip(other)])
  await sleep(QUIET_MS)
  await until('the same answers', () => sameAnswers(ours.answer, theirs.answer)).catch(() => {})
  const { answer } = ours
  assert.equal(answer, theirs.answer)
  for (const each of [ours, theirs]) each.close()
  return answer
}

function sameAnswers(one: Answer, other: Answer): boolean {
  return one.text === other.text && one.closed === other.closed
}

/** Once this is over, a server has seen what was sent to it before. */
async function roundTrip(client: RawClient): Promise<void> {
  for (let i = 0; i < 2; i++) await client.call('PING')
}

async function open(port: number): Promise<Socket> {
  const socket = await connectTo(port)
  socket.on('error', () => {})
  return socket
}

function residentBytes(): number {
  const status = readFileSync(`/proc/${modis.process.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
}

/** Requests whose answer, and whether the connection is closed after it, are the same as redis-server's. */
const REQUESTS: Readonly<Record<string, string>> = {
  'a multibulk length that is no number': '*abc\r\n',
  'a multibulk length of a thousand million': '*1000000000\r\n',
  'a multibulk length beyond 32 bits': '*99999999999\r\n',
  'a negative multibulk length, then a request': '*-5\r\nPING\r\n',
  'an empty multibulk, then a request': '*0\r\nPING\r\n',
  'a bulk length at the limit of 32 bits': '*1\r\n$2147483647\r\n',
  'a bulk length below the limit, never sent': '*1\r\n$536870912\r\n',
  'a negative bulk length': '*1\r\n$-1\r\n',
  'a bulk length that is no number': '*1\r\n$x\r\n',
  'a multibulk length with a leading zero': '*01\r\n$4\r\nPING\r\n',
  'a multibulk length of minus zero': '*-0\r\nPING\r\n',
  'a bulk length with a leading zero': '*1\r\n$04\r\nPING\r\n',
  'a bulk length of minus zero': '*2\r\n$4\r\nECHO\r\n$-0\r\n\r\n',
  'an inline argument with a form feed and a vertical tab':
    '\f\vECHO\ta\fb\v\r\nECHO "a"\fb\r\nECHO "a"\f\r\n',
  'something else than a bulk': '*1\r\n:5\r\n',
  'a request that ends in the middle': '*2\r\n$3\r\nGET\r\n$3\r\nfo',
  'an inline request with open quotes': 'SET "foo bar\r\n',
  'an inline request with text behind the quotes': 'SET "foo"bar x\r\n',
  'empty lines, then a request': '\r\n\r\n\nPING\r\n',
  'a line without carriage return': 'PING\n',
  'an unknown command with zero bytes and line breaks': '*2\r\n$4\r\nx\x00\r\n\r\n$2\r\n\r\n\r\n',
  'a command name with line breaks': '*1\r\n$8\r\nPI\r\nNG\r\n\r\n',
  'a good request before a bad one': '*1\r\n$4\r\nPING\r\n*1\r\n$-9\r\n*1\r\n$4\r\nPING\r\n',
}

for (const [name, request] of Object.entries(REQUESTS)) {
  test(name, async () => {
    await compare(Buffer.from(request, 'latin1'))
  })
}

test('an inline request without end is refused, not collected', async () => {
  const { text } = await compare(Buffer.alloc(70 * 1024, 'a'))
  assert.match(text, /too big inline request/)
})

test('a length line without end is refused, not collected', async () => {
  await compare(Buffer.concat([Buffer.from('*'), Buffer.alloc(70 * 1024, '1')]))
})

test('random bytes never stop the server', async () => {
  const random = new Seeded(7_210)
  for (let round = 0; round < 200; round++) {
    const prefix = ['', '*', '*3\r\n$', '$', '*1\r\n$4\r\n'][round % 5] ?? ''
    const bytes = Buffer.from(Array.from({ length: 1 + ((round * 37) % 900) }, () => random.integer(0, 256)))
    const exchange = new Exchange(await open(modis.port))
    exchange.send(Buffer.concat([Buffer.from(prefix), bytes]))
    await roundTrip(bystander)
    exchange.close()
  }
})

test('every cut of a good pipeline gives the same replies', async () => {
  const pipeline = Buffer.from(
    '*3\r\n$3\r\nSET\r\n$3\r\ncut\r\n$12\r\nab\r\ncd\r\nefgh\r\nGET cut\r\n*2\r\n$3\r\nGET\r\n$3\r\ncut\r\n*1\r\n$4\r\nPING\r\n',
  )
  const expected = '+OK\r\n$12\r\nab\r\ncd\r\nefgh\r\n$12\r\nab\r\ncd\r\nefgh\r\n+PONG\r\n'
  for (let cut = 1; cut < pipeline.length; cut++) {
    const socket = await open(modis.port)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.write(pipeline.subarray(0, cut))
    await sleep(2)
    socket.write(pipeline.subarray(cut))
    await until(`the replies after a cut at byte ${cut}`, () => text.length >= expected.length)
    socket.destroy()
    assert.is(text, expected, `cut at byte ${cut}`)
  }
})

test('a request sent byte by byte', async () => {
  const socket = await open(modis.port)
  const reply = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())))
  for (const byte of Buffer.from('*2\r\n$4\r\nECHO\r\n$5\r\nhello\r\n')) {
    socket.write(Buffer.of(byte))
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.is(await reply, '$5\r\nhello\r\n')
  socket.destroy()
})

test('declared lengths take no memory', async () => {
  const before = residentBytes()
  const sockets: Socket[] = []
  for (let i = 0; i < 200; i++) {
    const socket = await open(modis.port)
    socket.write(i % 2 === 0 ? '*1000000000\r\n$5\r\nhello\r\n' : '*2\r\n$3\r\nGET\r\n$500000000\r\nabc')
    sockets.push(socket)
  }
  await roundTrip(bystander)
  await sleep(300)
  const grown = residentBytes() - before
  for (const socket of sockets) socket.destroy()
  assert.ok(grown < 64 * MEBIBYTE, `200 declarations of gigabytes took ${grown} bytes`)
})

test('a deep pipeline is answered whole and in order', async () => {
  const client = await RawClient.connect(modis.port)
  const count = 50_000
  const replies = Array.from({ length: count }, (_, i) => client.call('ECHO', `n${i}`))
  const values = await Promise.all(replies)
  assert.is(textOf(values[count - 1]), `n${count - 1}`)
  assert.ok(values.every((value, i) => textOf(value) === `n${i}`))
  client.close()
})

test('a client that does not read is not read from either: memory stays bounded', async () => {
  await bystander.call('SET', 'large', Buffer.alloc(MEBIBYTE, 'x'))
  const before = residentBytes()
  const socket = await open(modis.port)
  socket.pause()
  const request = Buffer.from('*2\r\n$3\r\nGET\r\n$5\r\nlarge\r\n'.repeat(100))
  for (let i = 0; i < 20; i++) {
    socket.write(request)
    await sleep(20)
  }
  const grown = residentBytes() - before
  socket.destroy()
  await bystander.call('DEL', 'large')
  // 2000 replies of 1 MiB were asked for; a batch of one read may be answered before reading stops.
  assert.ok(grown < 700 * MEBIBYTE, `${grown} bytes for a client that does not read`)
})

test('a half-closed socket still gets its replies', async () => {
  for (const port of [modis.port, redis.port]) {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    await new Promise((resolve) => socket.once('connect', resolve))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    const ended = new Promise((resolve) => socket.once('close', resolve))
    socket.write('PING\r\nPING\r\n')
    await sleep(50)
    socket.end()
    await ended
    assert.is(text, '+PONG\r\n+PONG\r\n')
  }
})

test('sockets that vanish in the middle of a request leave nothing behind', async () => {
  for (let i = 0; i < 300; i++) {
    const socket = await open(modis.port)
    socket.write('*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$100\r\nabc')
    socket.resetAndDestroy()
  }
  await until('their clients to be gone', async () => {
    return /connected_clients:1\r\n/.test(textOf(await bystander.call('INFO', 'clients')))
  })
})

test.run()
