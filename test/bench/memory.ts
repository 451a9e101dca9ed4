import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/** How long a client waited for an answer, and how long the server's threads ran meanwhile, in microseconds. */
export interface Wait {
  readonly wall: number
  readonly processor: number
}

/**
 * Longest answers to PING, longest first, while a server takes in `keys` keys. It has taken in some before: the first
 * requests of a process pay for the compilation of its code.
 */
export async function longestWaits(
  name: ServerName,
  keys: number,
  perSecond: number,
): Promise<readonly Wait[]> {
  const folder = mkdtempSync(join(tmpdir(), 'modis-probe-'))
  const program = join(folder, 'probe')
  const server = await startPinned(name)
  try {
    execFileSync('cc', ['-O2', '-o', program, fileURLToPath(new URL('./probe.c', import.meta.url))])
    await loadKeys(server.port, 0, COMPILING_KEYS)
    const args = ['-c', LOAD_CORE, program, String(server.port), String(server.process.pid)]
    const probe = spawn('taskset', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await loadKeys(server.port, COMPILING_KEYS, keys, perSecond)
    return await finish(probe)
  } finally {
    await server.stop('SIGKILL')
    rmSync(folder, { recursive: true })
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
}

function finish(probe: ChildProcess): Promise<readonly Wait[]> {
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
