// The test modules in a real redis-server: what they check of the API must hold there as well, or the
// checks are worth nothing. Functions that its version does not have are left out by the modules.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from './support/load.ts'
import { array, bulk } from './support/resp.ts'
import { until } from './support/until.ts'

interface Context {
  folder: string
  stop: () => Promise<void>
}

const test = suite<Context>('the checks of the test modules in redis-server')
const commands = [
  ...['strings', 'numbers', 'memory', 'dictionaries', 'many', 'clock'].map((name) => `basics.${name}`),
  ...['formats', 'replies', 'positions'].map((name) => `calls.${name}`),
  ...['generic', 'strings', 'lists', 'hashes', 'zsets', 'scanning'].map((name) => `keys.${name}`),
  'threads.event-loop',
  'threads.event-loop-result',
]

/** Sends one command and waits for one line of reply. */
function ask(path: string, ...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () => socket.write(array(args.map((arg) => bulk(arg)))))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString())
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the server closed the connection')))
  })
}

test.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'modis-bridge-redis-'))
  const path = join(context.folder, 'socket')
  const modules = ['calls', 'keys', 'threads', 'types'].flatMap((name) => ['--loadmodule', compile(name)])
  const args = ['--port', '0', '--unixsocket', path, '--save', '', '--dir', context.folder]
  const server = spawn(
    'redis-server',
    [...args, '--loadmodule', compile('basics'), 'elsewhere', ...modules],
    { stdio: 'ignore', env: { ...process.env, LD_PRELOAD: '' } },
  )
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()))
  context.stop = async () => {
    server.kill('SIGKILL')
    await ended
  }
  await until('redis-server', async () => {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`)
    return (await ask(path, 'PING').catch(() => '')) !== ''
  })
})

test.after(async ({ folder, stop }) => {
  await stop()
  rmSync(folder, { recursive: true, force: true })
})

for (const command of commands) {
  test(command, async ({ folder }) => {
    const path = join(folder, 'socket')
    await ask(path, 'FLUSHALL')
    // What happens on the event loop takes its time on a busy machine.
    let reply = ''
    await until('the event loop', async () => {
      reply = await ask(path, command)
      return reply === '+OK\r\n' || !command.endsWith('-result')
    }).catch(() => {})
    assert.is(reply, '+OK\r\n')
  })
}

test('a value is saved and rewritten as here', async ({ folder }) => {
  const path = join(folder, 'socket')
  await ask(path, 'types.set', 'key', '5', 'text')
  const text = '\x05\x04text'
  const dump = await ask(path, 'DUMP', 'key')
  assert.ok(dump.includes(`\x02\x05\x02\x0f`))
  assert.ok(dump.includes(`\x05\x060xap-2${text}${text}\0`))
})

const installed = spawnSync('redis-server', ['--version']).status === 0
if (installed && !process.env.MODIS_MODULE_FLAGS) test.run()
else console.log('redis-server is not installed, or cannot load instrumented modules: left out')
