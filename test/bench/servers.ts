import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type RunningServer, type ServerOptions, start } from '../support/servers.ts'

/** The processor the server under test has to itself, and the one of whoever puts load on it. */
export const SERVER_CORE = '0'
export const LOAD_CORE = '1'

const entry = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url))
const TICKS_PER_SECOND = 100

export type ServerName = 'modis' | 'redis'
export const SERVERS: readonly ServerName[] = ['modis', 'redis']

/** Starts the built Modis or the machine's redis-server on its own processor, without persistence. */
export function startPinned(name: ServerName, options: ServerOptions = {}): Promise<RunningServer> {
  const program = name === 'modis' ? [process.execPath, entry] : ['redis-server']
  return start('taskset', ['-c', SERVER_CORE, ...program], { save: '', ...options })
}

/** Seconds of processor time, user and system, that a process has used. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Bytes of memory of a process that are resident. */
export function residentBytes(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(match?.[1]) * 1024
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
