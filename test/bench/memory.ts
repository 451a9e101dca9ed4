import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadKeys } from './loader.ts'
import { LOAD_CORE, residentBytes, type ServerName, startPinned } from './servers.ts'

const SETTLE_MS = 1500
const WARM_UP_KEYS = 1000
const COMPILING_KEYS = 200_000

/** Resident bytes that a server takes for each key when it holds `keys` of them (16-byte keys, 32-byte values). */
export async function bytesPerKey(name: ServerName, keys: number): Promise<number> {
  const server = await startPinned(name)
  try {
    const pid = server.process.pid ?? 0
    await loadKeys(server.port, 0, WARM_UP_KEYS)
    await settle()
    const before = residentBytes(pid)
    await loadKeys(server.port, WARM_UP_KEYS, keys)
    await settle()
    return (residentBytes(pid) - before) / keys
  } finally {
    await server.stop('SIGKILL')
  }
}

/**
 * Longest answers to PING, in microseconds and longest first, while a server takes in `keys` keys. It has taken in some
 * before: the first requests of a process pay for the compilation of its code.
 */
export async function longestStalls(name: ServerName, keys: number, perSecond: number): Promise<number[]> {
  const server = await startPinned(name)
  try {
    await loadKeys(server.port, 0, COMPILING_KEYS)
    const probe = startProbe(server.port)
    await loadKeys(server.port, COMPILING_KEYS, keys, perSecond)
    return await finish(probe)
  } finally {
    await server.stop('SIGKILL')
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}

function startProbe(port: number): ChildProcess {
  const script = fileURLToPath(new URL('./probe.ts', import.meta.url))
  // With a better priority than the loader on the same processor, or it would measure the loader.
  const command = ['nice', '-n', '-10', process.execPath, '--import', 'tsx', script, String(port)]
  return spawn('taskset', ['-c', LOAD_CORE, ...command], { stdio: ['ignore', 'pipe', 'inherit'] })
}

function finish(probe: ChildProcess): Promise<number[]> {
  return new Promise((resolve, reject) => {
    let output = ''
    probe.stdout?.on('data', (chunk) => {
      output += chunk
    })
    probe.once('error', reject)
    probe.once('exit', () => resolve(JSON.parse(output)))
    probe.kill('SIGTERM')
  })
}
