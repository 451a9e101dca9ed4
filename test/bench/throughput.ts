import { spawn } from 'node:child_process'
import { RawClient } from '../support/raw-client.ts'
import { textOf } from '../support/resp.ts'
import type { RunningServer } from '../support/servers.ts'
import { cpuSeconds, LOAD_CORE, median, SERVERS, type ServerName } from './servers.ts'

/**
 * Requests per second, microseconds of the server's processor time for each, and microseconds in the command itself as
 * INFO commandstats has them.
 */
export interface Throughput {
  readonly perSecond: number
  readonly cpuMicroseconds: number
  readonly commandMicroseconds: number
}

/** One load as `redis-benchmark` is told it. */
export interface Load {
  readonly name: string
  readonly pipeline: number
  readonly requests: number
  /** What follows redis-benchmark's own options, for each server: `-r`, the number of keys, then the command. */
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
    commandMicroseconds: median(runs[name].map((each) => each.commandMicroseconds)),
  })
  return { modis: middle('modis'), redis: middle('redis') }
}

async function run(server: RunningServer, load: Load, command: readonly string[]): Promise<Throughput> {
  const pid = server.process.pid ?? 0
  await ask(server, 'CONFIG', 'RESETSTAT')
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
  const stats = await ask(server, 'INFO', 'commandstats')
  const name = (command[2] ?? '').toLowerCase()
  const perCall = stats.split(`cmdstat_${name}:`)[1]?.match(/usec_per_call=([\d.]+)/)?.[1]
  return {
    perSecond: Number(rate),
    cpuMicroseconds: (cpu / load.requests) * 1e6,
    commandMicroseconds: Number(perCall),
  }
}

async function ask(server: RunningServer, ...command: string[]): Promise<string> {
  const client = await RawClient.connect(server.port)
  try {
    return textOf(await client.call(...command))
  } finally {
    client.close()
  }
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
