import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@modis/sdk/test'

export { freePort } from '@modis/sdk/test'

const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 60_000
/** A port that was free when it was looked for may be taken when the server starts. */
const PORT_ATTEMPTS = 5
const entry = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))
const fromSources = ['--conditions=modis-source', '--import', 'tsx', entry]
const forTests = { save: '', 'enable-debug-command': 'yes' }

/** Options of a server by name, as on its command line. */
export type ServerOptions = Readonly<Record<string, string | number>>

/** A server of its own process, with a folder of its own that goes with it. */
export interface RunningServer {
  readonly port: number
  readonly process: ChildProcess
  readonly folder: string
  /** What it has logged so far. */
  log(): string
  /** Ends it, at once where a signal is given. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts Modis from its sources, with a configuration file where one is given. */
export function startModis(options: ServerOptions = {}, file?: string): Promise<RunningServer> {
  const args = file === undefined ? fromSources : [...fromSources, file]
  return start(process.execPath, args, { ...forTests, ...options })
}

/** Starts Modis in a process that may have no more than so many descriptors, or so large a heap for JavaScript. */
export function startSmallModis(most: {
  readonly descriptors?: number
  readonly heapMebibytes?: number
}): Promise<RunningServer> {
  const heap = most.heapMebibytes === undefined ? [] : [`--max-old-space-size=${most.heapMebibytes}`]
  const limit = most.descriptors === undefined ? '' : `ulimit -n ${most.descriptors}; `
  return start('sh', ['-c', `${limit}exec "$0" "$@"`, process.execPath, ...heap, ...fromSources], forTests)
}

/** Starts the redis-server of this machine. */
export function startRedis(options: ServerOptions = {}): Promise<RunningServer> {
  return start('redis-server', [], { ...forTests, ...options })
}

/** Starts any server that takes Redis's options and logs when it is ready. */
export async function start(
  program: string,
  args: readonly string[],
  options: ServerOptions,
): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(program, args, { port: await freePort(), ...options })
    } catch (error) {
      const isTaken = options.port === undefined && /address already in use/i.test(String(error))
      if (!isTaken || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

async function launch(
  program: string,
  args: readonly string[],
  options: ServerOptions & { readonly port: string | number },
): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'modis-test-'))
  const port = Number(options.port)
  const settings = Object.entries({ bind: '127.0.0.1', dir: folder, ...options })
  const child = spawn(
    program,
    [...args, ...settings.flatMap(([name, value]) => [`--${name}`, String(value)])],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  // A suite that fails half-way must not leave its servers running.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  let log = ''
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    process.removeListener('exit', kill)
    child.kill(signal)
    const timer = setTimeout(kill, STOP_LIMIT_MS)
    if (child.exitCode === null && child.signalCode === null) await exited
    clearTimeout(timer)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  }
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => reject(new Error(`${program} did not start: ${reason}\n${log}`))
    const timer = setTimeout(() => fail(`not ready after ${START_LIMIT_MS / 1000} s`), START_LIMIT_MS)
    const hear = (chunk: Buffer): void => {
      log += chunk
      if (!log.includes('Ready to accept connections')) return
      clearTimeout(timer)
      resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', (error) => fail(error.message))
    // Once it is closed, all that it logged is here.
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      fail(`it ended with ${signal ?? code}`)
    })
  }).catch(async (error) => {
    await stop('SIGKILL')
    throw error
  })
  return { port, process: child, folder, log: () => log, stop }
}
