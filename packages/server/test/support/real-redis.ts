import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RedisClient } from './redis-client.ts'

const START_TIMEOUT_MS = 60_000

/** A real redis-server of its own on a unix socket in a temporary directory, and a client to it. */
export class RealRedis {
  readonly client: RedisClient
  /** Its version as one number: 7.0.15 is 70015. */
  readonly version: number
  readonly #process: ChildProcess
  readonly #directory: string

  private constructor(client: RedisClient, version: number, process: ChildProcess, directory: string) {
    this.client = client
    this.version = version
    this.#process = process
    this.#directory = directory
  }

  /** Starts the redis-server on the path; `options` are its further arguments. */
  static async start(...options: string[]): Promise<RealRedis> {
    const directory = await mkdtemp(join(tmpdir(), 'modis-real-redis-'))
    const socket = join(directory, 'redis.sock')
    const server = spawn(
      'redis-server',
      ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', directory, ...options],
      { stdio: 'ignore' },
    )
    const failed = new Promise<never>((_, reject) => server.once('error', reject))
    const client = await Promise.race([failed, connectWithin(socket, START_TIMEOUT_MS)])
    const info = String(await client.call('INFO', 'server'))
    const [, major, minor, patch] = /redis_version:(\d+)\.(\d+)\.(\d+)/.exec(info) as RegExpExecArray
    const version = Number(major) * 10000 + Number(minor) * 100 + Number(patch)
    return new RealRedis(client, version, server, directory)
  }

  /** The serialized value of a key without the version and CRC that end it. */
  async dump(key: string): Promise<Buffer> {
    const payload = (await this.client.call('DUMP', key)) as Buffer
    return payload.subarray(0, payload.length - 10)
  }

  async stop(): Promise<void> {
    this.client.close()
    const exited = new Promise((resolve) => this.#process.once('exit', resolve))
    if (this.#process.kill('SIGKILL')) await exited
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 10 })
  }
}

async function connectWithin(socket: string, timeoutMs: number): Promise<RedisClient> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    try {
      return await RedisClient.open(socket)
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(20)
    }
  }
}
