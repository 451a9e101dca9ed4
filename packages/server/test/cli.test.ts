import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort as anyFreePort } from '@modis/sdk/test'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DatagramSocket } from './support/datagram-socket.ts'

const test = suite('the command line')
const entry = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const loader = fileURLToPath(import.meta.resolve('tsx'))
const nodeArguments = ['--conditions=modis-source', '--import', loader, entry]
const folder = mkdtempSync(join(tmpdir(), 'modis-cli-'))
const running = new Set<ChildProcess>()
/** How long to wait for what comes sooner or later. */
const PATIENCE_MS = 60_000

test.after(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Started {
  readonly process: ChildProcess
  readonly port: number
  output(): string
  readonly ended: Promise<number | null>
}

/** Runs `modis` to its end. */
function run(...args: string[]): { status: number | null; output: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArguments, ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  })
  return { status, output: stdout, errors: stderr }
}

/** Starts `modis`, with this on its standard input, and waits until it is ready. */
async function start(args: readonly string[], cwd = folder, input = ''): Promise<Started> {
  const child = spawn(process.execPath, [...nodeArguments, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  running.add(child)
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  child.stdin.end(input)
  // Once it is closed, all that it said is here.
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  void ended.then(() => running.delete(child))
  await until(() => {
    if (child.exitCode !== null) throw new Error(`modis did not start:\n${output}`)
    return output.includes('Ready to accept connections')
  })
  const port = Number(/tcp port=(\d+)/.exec(output)?.[1] ?? 0)
  return { process: child, port, output: () => output, ended }
}

/** Waits for something that comes sooner or later. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${PATIENCE_MS / 1000} s for ${holds}`)
    await sleep(20)
  }
}

/** Sends lines to a server, each when the one before has its answer, and resolves with all that was answered. */
async function talk(target: number | string, ...lines: string[]): Promise<string> {
  const socket = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target)
  let answer = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => (answer += chunk))
  for (const line of lines) {
    const before = answer.length
    socket.write(`${line}\r\n`)
    await until(() => answer.length > before || socket.destroyed)
  }
  await sleep(30)
  socket.destroy()
  return answer
}

/** As an argument: a port that no other suite has. */
async function freePort(): Promise<string> {
  return String(await anyFreePort())
}

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('--help names every option that means something, --version the versions', () => {
  const help = run('--help')
  assert.is(help.status, 0)
  for (const name of ['port', 'maxmemory-policy', 'loadmodule', 'module-strict', 'save']) {
    assert.match(help.output, `--${name} `)
  }
  assert.not.match(help.output, '--cluster-enabled')
  assert.match(run('-h').output, /^Usage: modis/)
  const shown = run('--version')
  assert.is(shown.status, 0)
  assert.match(shown.output, /^Modis server v=\d+\.\d+\.\d+ redis=7\.2\.4 node=/)
})

test('what is wrong stops the start and says where and what is allowed', () => {
  const file = write('wrong.conf', '# comment\nport 7000\nmaxmemory-policy never\n')
  const included = write('outer.conf', `port 7000\ninclude ${file}\n`)
  const cases: [args: string[], ...words: string[]][] = [
    [[file], file, 'line 3', "'maxmemory-policy'", 'noeviction', '>>> '],
    [[included], file, 'line 3'],
    [
      ['--maxmemory', '1x'],
      'the command line',
      "'maxmemory': cannot be '1x' (allowed: 0 or more, with units",
    ],
    [['--maxmemry', '1'], "'maxmemry'", "did you mean 'maxmemory'?"],
    [['--port', '70000'], "'port': cannot be '70000' (allowed: 0 to 65535)"],
    [['--dir', join(folder, 'no', 'such')], "'dir'", 'No such file or directory'],
    [['--port'], "'port'", 'wrong number of arguments'],
    [['--port', '1', '2'], "'port'", 'wrong number of arguments'],
    [['--appendonly', 'yes'], "'appendonly'", '`no` alone'],
    [['--replicaof', 'localhost', '6379'], "'replicaof'", 'replication is not part of this version'],
    [['--loadmodule'], "'loadmodule'", 'wrong number of arguments'],
    [[join(folder, 'nosuch.conf')], 'cannot open the configuration file', 'ENOENT'],
    [[folder], 'it is a folder'],
    [[write('quotes.conf', 'requirepass "abc\n')], 'line 1', 'Unbalanced quotes'],
    [[write('loop.conf', `include ${join(folder, 'loop.conf')}\n`)], 'include each other'],
    [['--logfile', join(folder, 'no', 'such', 'folder')], "Can't open the log file"],
    [['--rename-command', 'GET', 'X'], 'commands cannot be renamed'],
    [[write('bad.json', '{"port": [{}]}')], 'bad.json', "'port'"],
    [[write('broken.json', '{')], 'broken.json'],
  ]
  for (const [args, ...words] of cases) {
    const { status, errors } = run(...args)
    assert.is(status, 1, args.join(' '))
    assert.match(errors, 'FATAL CONFIG FILE ERROR')
    for (const word of words) assert.ok(errors.includes(word), `${args.join(' ')}: ${word} in\n${errors}`)
  }
  assert.not.match(run('--requirepass', 'secret', 'secret').errors, 'secret')
})

test('the log has the lines other software waits for, one line each and without colours', async () => {
  const server = await start(['--port', await freePort()])
  const lines = server.output().trim().split('\n')
  for (const line of lines) {
    assert.match(line, /^\d+:M \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [.*#-] [ -~]+$/)
  }
  assert.match(
    server.output(),
    new RegExp(`oO0OoO0OoO0Oo.*\n.* PID: ${server.process.pid}[\\s\\S]*Server initialized`),
  )
  assert.match(server.output(), /Ready to accept connections tcp port=\d+/)
  server.process.kill('SIGTERM')
  assert.is(await server.ended, 0)
})

test('a file, its includes and the command line, in the order of their words', async () => {
  mkdirSync(join(folder, 'conf.d'))
  write('conf.d/10.conf', 'maxmemory 1mb\ntimeout 7\n')
  write('conf.d/20.conf', 'MAXMEMORY 2mb\n')
  const file = write(
    'full.conf',
    `port 1\n  # indented comment\n\ninclude ${folder}/conf.d/*.conf\ninclude ${folder}/none.d/*.conf\n` +
      `requirepass "a \\x62 'c'"\nclient-output-buffer-limit pubsub 1mb 1mb 1\nsave 10 1\nsave 20 2\nlua-replicate-commands yes\n`,
  )
  const server = await start([
    file,
    '--port',
    await freePort(),
    '--loglevel',
    'warning',
    '--hz=20',
    '--dbfilename x.rdb',
    '--loglevel',
    'notice',
  ])
  const answer = await talk(
    server.port,
    'AUTH "a b \'c\'"',
    'CONFIG GET maxmemory timeout',
    'CONFIG GET save',
    'CONFIG GET hz',
    'CONFIG GET client-output-buffer-limit',
    'CONFIG GET dbfilename',
  )
  for (const text of [
    '+OK',
    '2097152',
    '\r\n7\r\n',
    '10 1 20 2',
    '\r\n20\r\n',
    'pubsub 1048576 1048576 1',
    'x.rdb',
  ]) {
    assert.ok(answer.includes(text), `${text} in ${answer}`)
  }
  server.process.kill('SIGKILL')
  await server.ended
})

test('the standard input can be the file', async () => {
  const server = await start(['-', '--port', await freePort()], folder, 'timeout 11\n')
  assert.match(await talk(server.port, 'CONFIG GET timeout'), '\r\n11\r\n')
  server.process.kill('SIGKILL')
  await server.ended
})

test('modis.config.*, .modisrc and package.json are found where no file is named', async () => {
  const places: [name: string, text: string][] = [
    [
      'modis.config.mjs',
      'export default { timeout: 21, save: ["1 2", "3 4"], "maxmemory-policy": "allkeys-lru" }',
    ],
    ['.modisrc', '{ "timeout": 21, "save": "1 2 3 4", "maxmemory-policy": "allkeys-lru" }'],
    [
      'package.json',
      '{ "name": "x", "modis": { "timeout": 21, "save": [[1, 2], [3, 4]], "maxmemory-policy": "allkeys-lru" } }',
    ],
  ]
  for (const [index, [name, text]] of places.entries()) {
    const place = join(folder, `found-${index}`)
    mkdirSync(place)
    writeFileSync(join(place, name), text)
    const server = await start(['--port', await freePort()], place)
    const answer = await talk(
      server.port,
      'CONFIG GET timeout',
      'CONFIG GET save',
      'CONFIG GET maxmemory-policy',
      'CONFIG REWRITE',
    )
    for (const word of ['\r\n21\r\n', '1 2 3 4', 'allkeys-lru', 'is not in the format of redis.conf']) {
      assert.ok(answer.includes(word), `${name}: ${word} in ${answer}`)
    }
    server.process.kill('SIGKILL')
    await server.ended
  }
})

test('a unix socket, a pid file and a log file, which go and come with the server', async () => {
  const [socket, pidfile, logfile] = ['s.sock', 'modis.pid', 'modis.log'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const child = spawn(
    process.execPath,
    [
      ...nodeArguments,
      '--port',
      '0',
      '--unixsocket',
      socket,
      '--unixsocketperm',
      '700',
      '--pidfile',
      pidfile,
      '--logfile',
      logfile,
    ],
    { cwd: folder, stdio: 'ignore' },
  )
  running.add(child)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await until(() => existsSync(logfile) && readFileSync(logfile, 'utf8').includes('connections unix path='))
  assert.is(readFileSync(pidfile, 'utf8'), `${child.pid}\n`)
  assert.match(await talk(socket, 'PING', 'CLIENT INFO'), new RegExp(`addr=${socket}:0 .*flags=U`))
  child.kill('SIGINT')
  assert.is(await ended, 0)
  assert.not.ok(existsSync(socket))
  assert.not.ok(existsSync(pidfile))
  assert.match(readFileSync(logfile, 'utf8'), 'Received SIGINT scheduling shutdown')
})

test('SIGTERM saves where save points are configured, and what was saved is there at the next start', async () => {
  const place = join(folder, 'data')
  mkdirSync(place)
  const args = ['--port', await freePort(), '--dir', place, '--save', '900 1']
  const server = await start(args)
  await talk(server.port, 'SET kept value')
  server.process.kill('SIGTERM')
  assert.is(await server.ended, 0)
  assert.match(server.output(), 'DB saved on disk')
  const next = await start(args)
  assert.match(
    await talk(next.port, 'GET kept', 'SET other 1', 'CONFIG SET shutdown-on-sigterm nosave'),
    'value',
  )
  next.process.kill('SIGTERM')
  assert.is(await next.ended, 0)
  const last = await start(args)
  assert.match(await talk(last.port, 'GET other'), '$-1')
  last.process.kill('SIGKILL')
  await last.ended
})

test('a second SIGINT ends the server while it saves, a second SIGTERM does not', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const dir = mkdtempSync(join(folder, 'signals-'))
    const save = ['--save', '3600', '1', '--enable-debug-command', 'yes']
    const server = await start(['--port', await freePort(), '--dir', dir, ...save])
    await talk(server.port, 'DEBUG POPULATE 1000000 key 100', 'BGSAVE')
    server.process.kill(signal)
    // Of so many keys that the save is not over before the next signal comes.
    while (!server.output().includes('Saving the final RDB snapshot')) await sleep(1)
    let status: number | null | undefined
    void server.ended.then((result) => (status = result))
    for (; status === undefined; await sleep(20)) server.process.kill(signal)
    if (signal === 'SIGTERM') assert.is(status, 0)
    else assert.is(server.process.signalCode, 'SIGINT')
    assert.is(existsSync(join(dir, 'dump.rdb')), signal === 'SIGTERM')
  }
})

test('a server that loads its data ends at once, and leaves the file as it is', async () => {
  const dir = mkdtempSync(join(folder, 'loading-'))
  const args = [
    '--dir',
    dir,
    '--save',
    '3600',
    '1',
    '--enable-debug-command',
    'yes',
    '--port',
    await freePort(),
  ]
  const first = await start(args)
  await talk(first.port, 'DEBUG POPULATE 600000 key 100')
  first.process.kill('SIGTERM')
  assert.is(await first.ended, 0)
  const { size, mtimeMs } = statSync(join(dir, 'dump.rdb'))
  const child = spawn(process.execPath, [...nodeArguments, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  const ended = new Promise((resolve) => child.once('exit', resolve))
  while (!output.includes('Loading RDB')) await sleep(1)
  child.kill('SIGTERM')
  await ended
  running.delete(child)
  assert.is(child.signalCode, 'SIGTERM')
  assert.not.match(output, 'Ready to accept connections')
  const after = statSync(join(dir, 'dump.rdb'))
  assert.equal([after.size, after.mtimeMs], [size, mtimeMs])
})

test('a port that is taken stops the start with the reason', async () => {
  const server = await start(['--port', await freePort()])
  const { status, output } = run('--port', String(server.port))
  assert.is(status, 1)
  assert.match(output, /Could not create server TCP listening socket .*Address already in use/)
  server.process.kill('SIGKILL')
  await server.ended
})

test('a server that would listen nowhere does not start', () => {
  const { status, output } = run('--port', '0')
  assert.is(status, 1)
  assert.match(output, "can't start: Configured to not listen anywhere")
})

test('a unix socket that cannot be made stops the start with its path', () => {
  const path = join(folder, 'no', 'such', 'folder', 'modis.sock')
  const { status, output, errors } = run('--port', '0', '--unixsocket', path)
  assert.is(status, 1)
  assert.match(output + errors, `Failed opening Unix socket ${path}: `)
})

test('systemd is told when the server starts, is ready and stops', async () => {
  const path = join(folder, 'notify.sock')
  const systemd = new DatagramSocket(path)
  process.env.NOTIFY_SOCKET = path
  try {
    const supervised = ['--supervised', 'systemd', '--daemonize', 'yes', '--save', '']
    const server = await start(['--port', await freePort(), ...supervised])
    assert.is(await systemd.next(), 'STATUS=Modis is loading...')
    assert.is(await systemd.next(), 'READY=1\nSTATUS=Ready to accept connections')
    assert.match(await talk(server.port, 'INFO server'), 'process_supervised:systemd')
    server.process.kill('SIGTERM')
    assert.is(await systemd.next(), 'STOPPING=1')
    assert.is(await server.ended, 0)
  } finally {
    delete process.env.NOTIFY_SOCKET
    systemd.close()
  }
  const alone = await start(['--port', await freePort(), '--supervised', 'systemd'])
  assert.match(alone.output(), 'supervised is systemd, but NOTIFY_SOCKET is not in the environment')
  alone.process.kill('SIGKILL')
  await alone.ended
})

test('CONFIG REWRITE keeps comments and order, and what it writes can be read', async () => {
  const file = write(
    'rewritten.conf',
    '\ufeff# first comment\nmaxmemory 100mb\n\n\n# second\nsave 60 1\nsave 300 10\nrequirepass "a b"\nlist-max-ziplist-size 4\n',
  )
  const args = [file, '--port', await freePort()]
  const server = await start(args)
  const password = 'it\'s \\"new\\"\\n\\x41'
  const answer = await talk(
    server.port,
    'AUTH "a b"',
    `CONFIG SET maxmemory 200mb save "5 5" timeout 3 requirepass "${password}"`,
    'CONFIG REWRITE',
  )
  assert.is(answer, '+OK\r\n+OK\r\n+OK\r\n')
  const text = readFileSync(file, 'latin1')
  const lines = text.split('\n')
  assert.equal(lines.slice(0, 2), ['# first comment', 'maxmemory 200mb'])
  assert.ok(lines.indexOf('save 5 5') > lines.indexOf('# second'))
  assert.is(lines.filter((line) => line.startsWith('save ')).length, 1)
  assert.ok(lines.includes('list-max-listpack-size 4'))
  assert.ok(lines.indexOf('timeout 3') > lines.indexOf('# Generated by CONFIG REWRITE'))
  await talk(server.port, `AUTH "${password}"`, 'CONFIG REWRITE')
  assert.is(readFileSync(file, 'latin1'), text)
  server.process.kill('SIGKILL')
  await server.ended
  const next = await start(args)
  const after = await talk(next.port, `AUTH "${password}"`, 'CONFIG GET save', 'CONFIG GET timeout')
  assert.match(after, /^\+OK[\s\S]*5 5[\s\S]*\r\n3\r\n/)
  next.process.kill('SIGKILL')
  await next.ended
})

/** Waits for a server in the background, and ends it. */
async function endBackground(port: number, pidfile: string): Promise<void> {
  await until(async () => (await talk(port, 'PING')).includes('PONG'))
  const pid = Number(readFileSync(pidfile, 'utf8'))
  assert.match(await talk(port, 'INFO server'), `process_id:${pid}`)
  process.kill(pid, 'SIGTERM')
  await until(() => !existsSync(pidfile))
}

test('daemonize goes on in the background', async () => {
  const pidfile = join(folder, 'background.pid')
  const port = await freePort()
  const { status } = run('--port', port, '--daemonize', 'yes', '--pidfile', pidfile, '--save', '')
  assert.is(status, 0)
  await endBackground(Number(port), pidfile)
})

test('daemonize with a configuration from the standard input', async () => {
  const pidfile = join(folder, 'input.pid')
  const port = await freePort()
  const input = `daemonize yes\nport ${port}\npidfile "${pidfile}"\nsave ""\n`
  const { status } = spawnSync(process.execPath, [...nodeArguments, '-'], {
    cwd: folder,
    input,
    timeout: PATIENCE_MS,
  })
  assert.is(status, 0)
  await endBackground(Number(port), pidfile)
})

test.run()
