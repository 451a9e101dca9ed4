import { spawn } from 'node:child_process'
import type { RunningServer } from '../support/servers.ts'
import { cpuSeconds, LOAD_CORE, median, SERVERS, type ServerName } from './servers.ts'

/** Requests per second, and microseconds of the server's processor time for each. */
export interface Throughput {
  readonly perSecond: number
  readonly cpuMicroseconds: number
}

/** One load as `redis-benchmark` is told it. */
export interface Load {
  readonly name: string
  readonly pipeline: number
  readonly requests: number
  /** What follows redis-benchmark's own options, for each server. */
  readonly command: Readonly<Record<ServerName, readonly string[]>>
}

/** Runs a load against both servers in turn, `rounds` times, and returns each server's medians. */
export async function compare(
  servers: Readonly<Record<ServerName, RunningServer>>,
  load: Load,
  rounds: number,
): Promise<Record<ServerName, Throughput>> {
  const runs: Record<ServerName, Throughput[]> = { modis: [], redis: [] }
  for (let round = 0; round < rounds; round++) {
    for (const name of SERVERS) runs[name].push(await run(servers[name], load, load.command[name]))
  }
  const middle = (name: ServerName): Throughput => ({
    perSecond: median(runs[name].map((each) => each.perSecond)),
    cpuMicroseconds: median(runs[name].map((each) => each.cpuMicroseconds)),
  })
  return { modis: middle('modis'), redis: middle('redis') }
}

async function run(server: RunningServer, load: Load, command: readonly string[]): Promise<Throughput> {
  const pid = server.process.pid ?? 0
  const before = cpuSeconds(pid)
  const options = [
    '-p',
    String(server.port),
    '-P',
    String(load.pipeline),
    '-n',
    String(load.requests),
    '--csv',
  ]
  const output = await capture('taskset', ['-c', LOAD_CORE, 'redis-benchmark', ...options, ...command])
  const cpu = cpuSeconds(pid) - before
  const rate = /^"[^"]*","([\d.]+)"/m.exec(output.split('\n').slice(1).join('\n'))?.[1]
  if (rate === undefined) throw new Error(`redis-benchmark printed no rate for ${load.name}:\n${output}`)
  return { perSecond: Number(rate), cpuMicroseconds: (cpu / load.requests) * 1e6 }
}

function capture(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${program} ended with ${code}:\n${output}`))
    })
  })
}
