import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ConfigError, createServer } from '../src/index.ts'

const test = suite('createServer')
const folder = mkdtempSync(join(tmpdir(), 'modis-embed-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** Sends a line and resolves with the first answer. */
function ask(target: number | string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target)
    socket.once('error', reject)
    socket.once('data', (data) => {
      resolve(data.toString())
      socket.destroy()
    })
    socket.write(`${line}\r\n`)
  })
}

test('listens at a free port of the loopback interface, and is gone after close', async () => {
  const server = await createServer()
  assert.ok(server.port > 0)
  assert.is(server.path, undefined)
  assert.is(await ask(server.port, 'PING'), '+PONG\r\n')
  assert.match(await ask(server.port, 'CONFIG GET bind'), '127.0.0.1')
  await server.close()
  await server.ended
  await server.close()
  let refused = false
  await ask(server.port, 'PING').catch((error) => {
    refused = error.code === 'ECONNREFUSED'
  })
  assert.ok(refused)
})

test('several servers in one process have their own data and their own configuration', async () => {
  const [one, other] = await Promise.all([createServer({ databases: 2 }), createServer({ maxmemory: '5mb' })])
  await ask(one.port, 'SET a one')
  assert.is(await ask(other.port, 'GET a'), '$-1\r\n')
  assert.match(await ask(one.port, 'SELECT 2'), 'out of range')
  assert.match(await ask(other.port, 'CONFIG GET maxmemory'), '5242880')
  await Promise.all([one.close(), other.close()])
})

test('options are checked, and the ports that are free stay free', async () => {
  const wrong: [options: Parameters<typeof createServer>[0], words: RegExp][] = [
    [{ nosuch: 1 }, /the options of createServer: 'nosuch': there is no such option/],
    [{ maxmemory: 'much' }, /'maxmemory': cannot be 'much' \(allowed: 0 or more/],
    [{ port: 70000 }, /0 to 65535/],
    [{ hello: { option: 1 } }, /hello\.option/],
  ]
  for (const [options, words] of wrong) {
    let error: unknown
    await createServer(options).catch((reason) => {
      error = reason
    })
    assert.match(String(error), words)
  }
  assert.ok(ConfigError.prototype instanceof Error)
  const taken = createNetServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  let reason = ''
  await createServer({ port }).catch((error) => {
    reason = error.message
  })
  assert.match(reason, 'Address already in use')
  taken.close()
})

test('a unix socket alone', async () => {
  const path = join(folder, 'embedded.sock')
  const server = await createServer({ port: false, unixsocket: path })
  assert.is(server.port, 0)
  assert.is(server.path, path)
  assert.is(await ask(path, 'PING'), '+PONG\r\n')
  await server.close()
  assert.not.ok(existsSync(path))
})

test('reads and keeps data only where that is asked for', async () => {
  const options = { dir: folder, save: '900 1' }
  const first = await createServer(options)
  await ask(first.port, 'SET kept yes')
  await first.close()
  const second = await createServer(options)
  assert.is(await ask(second.port, 'GET kept'), '$3\r\nyes\r\n')
  await second.close()
  const third = await createServer({ dir: join(folder), dbfilename: 'none.rdb' })
  await ask(third.port, 'SET lost yes')
  await third.close()
  assert.not.ok(existsSync(join(folder, 'none.rdb')))
})

test('SHUTDOWN ends the server, not the program', async () => {
  const lines: string[] = []
  const server = await createServer({}, { log: (line) => lines.push(line) })
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('SHUTDOWN NOSAVE\r\n')
  await server.ended
  assert.match(lines.join(''), 'User requested shutdown')
  assert.match(lines.join(''), 'ready to exit')
})

test('no handle is left when close is done', async () => {
  const left = (): string[] => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap')
  // What tests before this one had open goes in its own time.
  for (let looks = 0; looks < 1000 && left().length > 0; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const before = left()
  for (let round = 0; round < 3; round++) {
    const servers = [await createServer(), await createServer()]
    for (const server of servers) await server.close()
    assert.equal(left(), before)
  }
})

test('a program with a closed server ends by itself', () => {
  const index = new URL('../src/index.ts', import.meta.url).href
  const program = `
    import { connect } from 'node:net'
    import { createServer } from ${JSON.stringify(index)}
    const server = await createServer({ unixsocket: ${JSON.stringify(join(folder, 'program.sock'))} })
    const clients = Array.from({ length: 20 }, () => connect(server.port, '127.0.0.1').on('error', () => {}))
    for (const client of clients) client.write('SUBSCRIBE a\\r\\n')
    clients[0].end('BLPOP nothing 0\\r\\n')
    connect(server.port, '127.0.0.1').on('error', () => {}).write('CLIENT PAUSE 100000\\r\\nGET a\\r\\n')
    await new Promise((resolve) => setTimeout(resolve, 200))
    await server.close()
    process.stdout.write('closed')
  `
  const loader = fileURLToPath(import.meta.resolve('tsx'))
  const { stdout, status, signal, stderr } = spawnSync(
    process.execPath,
    ['--conditions=modis-source', '--import', loader, '--input-type=module', '-e', program],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8', timeout: 100_000 },
  )
  assert.is(stderr, '')
  assert.is(stdout, 'closed')
  assert.is(signal, null)
  assert.is(status, 0)
})

test.run()
