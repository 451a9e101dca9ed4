// Measures Modis against redis-server, each alone on one processor core, in one run, and prints Markdown tables of
// medians and ratios. Options: --quick (fewer requests and keys), --only <throughput|module|memory|stall>.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RawClient } from '../support/raw-client.ts'
import type { RunningServer } from '../support/servers.ts'
import { bytesPerKey, longestWaits } from './memory.ts'
import { SERVERS, type ServerName, startPinned } from './servers.ts'
import { compare, type Load, type Throughput } from './throughput.ts'

const quick = process.argv.includes('--quick')
const onlyAt = process.argv.indexOf('--only')
const only = onlyAt < 0 ? undefined : process.argv[onlyAt + 1]
const rounds = quick ? 3 : 5
const PIPELINES = [1, 16, 64]
const KEYS = '100000'
/** A command of examples/redis-module-binary. */
const binaryCommand = ['STATS.ADD', 'numbers:__rand_int__', '1.5']

/** Commands of the module in fixtures/token-bucket, and where they keep a bucket. */
const BUCKETS = [
  ['BENCH.TAKE', 'a hash'],
  ['BENCH.DRAW', 'its own data type'],
] as const

type Pair = Readonly<Record<ServerName, RunningServer>>

if (only === undefined || only === 'throughput') await throughput()
if (only === undefined || only === 'module') await modules()
if (only === undefined || only === 'memory') await memory()
if (only === undefined || only === 'stall') await stalls()

async function throughput(): Promise<void> {
  const tests: readonly (readonly [string, ...string[]])[] = [
    ['SET', 'SET', 'key:__rand_int__', 'x'.repeat(32)],
    ['GET', 'GET', 'key:__rand_int__'],
    ['INCR', 'INCR', 'counter:__rand_int__'],
    ['LPUSH', 'LPUSH', 'list:__rand_int__', 'x'.repeat(16)],
    ['HSET', 'HSET', 'hash:__rand_int__', 'field', 'x'.repeat(16)],
    ['ZADD', 'ZADD', 'zset:__rand_int__', '1', 'member'],
  ]
  heading('Throughput (redis-benchmark, 50 clients, 100 000 keys)', 'Modis/s', 'Redis/s')
  await withPair({}, async (pair) => {
    for (const pipeline of PIPELINES) {
      const requests = (pipeline === 1 ? 200_000 : 1_000_000) / (quick ? 4 : 1)
      for (const [name, ...command] of tests) {
        const args = ['-r', KEYS, ...command]
        row(
          await compare(pair, { name, pipeline, requests, command: { modis: args, redis: args } }, rounds),
          name,
          pipeline,
        )
      }
    }
  })
}

/** The same logic as a TypeScript module and as a Lua script; the same module binary in both servers. */
async function modules(): Promise<void> {
  heading('Modules', 'Modis/s', 'Redis/s', true)
  const bucket = fileURLToPath(new URL('./fixtures/token-bucket', import.meta.url))
  const packageFolder = fileURLToPath(new URL('../../examples/redis-module-binary', import.meta.url))
  const prebuilds = join(packageFolder, 'prebuilds', `${process.platform}-${process.arch}`)
  const shared = join(prebuilds, readdirSync(prebuilds)[0] ?? '')
  await withPair({ loadmodule: shared }, async (pair) => {
    const setUp = await RawClient.connect(pair.modis.port)
    await setUp.call('MODULE', 'LOAD', bucket)
    setUp.close()
    const lua = await RawClient.connect(pair.redis.port)
    const script = readFileSync(new URL('./fixtures/token-bucket.lua', import.meta.url), 'utf8')
    const sha = String(await lua.call('SCRIPT', 'LOAD', script))
    lua.close()
    for (const pipeline of PIPELINES) {
      const requests = (pipeline === 1 ? 100_000 : 300_000) / (quick ? 4 : 1)
      const rest = ['bucket:__rand_int__', '10', '100', '1700000000000']
      for (const [command, storage] of BUCKETS) {
        const load: Load = {
          name: command,
          pipeline,
          requests,
          command: {
            modis: ['-r', KEYS, command, ...rest.map((each) => each.replace('bucket:', `${command}:`))],
            redis: ['-r', KEYS, 'EVALSHA', sha, '1', ...rest],
          },
        }
        row(
          await compare(pair, load, rounds),
          `token bucket: TypeScript module with ${storage}, Lua with a hash`,
          pipeline,
          true,
        )
      }
      const args = ['-r', KEYS, ...binaryCommand]
      const binaryLoad = { name: 'binary', pipeline, requests, command: { modis: args, redis: args } }
      row(await compare(pair, binaryLoad, rounds), `the same .so: ${binaryCommand[0]}`, pipeline, true)
    }
  })
}

async function memory(): Promise<void> {
  const keys = quick ? 200_000 : 1_000_000
  const modis = await bytesPerKey('modis', keys)
  const redis = await bytesPerKey('redis', keys)
  console.log(`\n### Memory\n\n| keys | Modis, bytes a key | Redis, bytes a key | ratio |\n|---|---|---|---|`)
  console.log(`| ${keys} | ${modis.toFixed(1)} | ${redis.toFixed(1)} | ${(modis / redis).toFixed(2)} |`)
}

async function stalls(): Promise<void> {
  const keys = quick ? 1_000_000 : 8_000_000
  console.log(
    `\n### Longest waits for PING while ${keys} keys are loaded, in ms (the server's processor time in them)\n`,
  )
  console.log('| server | the five longest |\n|---|---|')
  for (const name of SERVERS) {
    const waits = await longestWaits(name, keys, 250_000)
    console.log(`| ${name} | ${waits.map((each) => `${ms(each.wall)} (${ms(each.processor)})`).join(', ')} |`)
  }
}

function ms(microseconds: number): string {
  return (microseconds / 1000).toFixed(2)
}

async function withPair(options: Record<string, string>, work: (pair: Pair) => Promise<void>): Promise<void> {
  const pair = { modis: await startPinned('modis', options), redis: await startPinned('redis', options) }
  try {
    await work(pair)
  } finally {
    for (const name of SERVERS) await pair[name].stop('SIGKILL')
  }
}

function heading(title: string, modis: string, redis: string, inCommand = false): void {
  const columns = ['command', 'pipeline', modis, redis, 'ratio', 'CPU µs, Modis', 'CPU µs, Redis', 'ratio']
  if (inCommand) columns.push('µs in the command, Modis', 'Redis', 'ratio')
  console.log(`\n### ${title}\n\n| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`)
}

function row(
  { modis, redis }: Record<ServerName, Throughput>,
  name: string,
  pipeline: number,
  inCommand = false,
): void {
  const ratio = (of: (each: Throughput) => number): string => (of(modis) / of(redis)).toFixed(2)
  const cells = [name, pipeline, Math.round(modis.perSecond), Math.round(redis.perSecond)]
  cells.push(ratio((each) => each.perSecond))
  cells.push(modis.cpuMicroseconds.toFixed(2), redis.cpuMicroseconds.toFixed(2))
  cells.push(ratio((each) => each.cpuMicroseconds))
  if (inCommand) {
    cells.push(modis.commandMicroseconds.toFixed(2), redis.commandMicroseconds.toFixed(2))
    cells.push(ratio((each) => each.commandMicroseconds))
  }
  console.log(`| ${cells.join(' | ')} |`)
}
