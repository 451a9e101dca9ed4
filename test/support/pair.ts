import * as assert from 'uvu/assert'
import { type Argument, RawClient, type RawReply } from './raw-client.ts'
import { ReplyError, type Value } from './resp.ts'
import { type RunningServer, type ServerOptions, startModis, startRedis } from './servers.ts'

export type { Argument } from './raw-client.ts'

/** Commands as words in one line; words with blanks or escapes stand in double quotes (`"a b\x00\r\n"`). */
export type CommandLine = string

/** Modis and redis-server side by side, with one connection to each. */
export class Pair {
  readonly modisServer: RunningServer
  readonly redisServer: RunningServer
  readonly modis: RawClient
  readonly redis: RawClient

  constructor(servers: readonly [RunningServer, RunningServer], clients: readonly [RawClient, RawClient]) {
    ;[this.modisServer, this.redisServer] = servers
    ;[this.modis, this.redis] = clients
  }

  /** Sends a command to both and asserts that the replies are the same, byte for byte; returns what they say. */
  async compare(...command: readonly Argument[]): Promise<Value> {
    const [modis, redis] = await Promise.all([this.modis.raw(...command), this.redis.raw(...command)])
    assert.is(shownBytes(modis), shownBytes(redis), shown(command))
    return modis.value
  }

  /** As {@link compare} for replies whose elements come in no order: arrays, sets, maps. */
  async compareUnordered(...command: readonly Argument[]): Promise<Value> {
    const [modis, redis] = await this.both(...command)
    assert.equal(sorted(modis), sorted(redis), shown(command))
    return modis
  }

  /** Sends a command to both and returns what each replied, Modis first. */
  both(...command: readonly Argument[]): Promise<[modis: Value, redis: Value]> {
    return Promise.all([this.modis.call(...command), this.redis.call(...command)])
  }

  /**
   * As {@link compare} for several commands, each a line: `SET key "a value"`. Each server gets them in one piece, so that
   * no time passes between them that one could see and the other not.
   */
  async script(...lines: readonly CommandLine[]): Promise<Value[]> {
    const commands = lines.map(words)
    const [modis, redis] = await Promise.all([this.modis.rawBatch(commands), this.redis.rawBatch(commands)])
    for (const [index, command] of commands.entries()) {
      assert.is(shownBytes(modis[index]), shownBytes(redis[index]), shown(command))
    }
    return modis.map(({ value }) => value)
  }

  /** Sends a command to both without comparing; for what prepares a comparison. Fails where one answers an error. */
  async prepare(...command: readonly Argument[]): Promise<void> {
    for (const value of await this.both(...command)) {
      if (value instanceof ReplyError) throw new Error(`${shown(command)}: ${value.text}`)
    }
  }

  /** Makes both connections speak RESP2 or RESP3. */
  async speak(version: 2 | 3): Promise<void> {
    await this.prepare('HELLO', version)
  }

  /** A further connection to each. */
  async connect(): Promise<Pair> {
    const { modisServer, redisServer } = this
    const clients = await Promise.all([
      RawClient.connect(modisServer.port),
      RawClient.connect(redisServer.port),
    ])
    return new Pair([modisServer, redisServer], clients)
  }

  /** Closes the connections and leaves the servers running. */
  disconnect(): void {
    this.modis.close()
    this.redis.close()
  }

  /** Closes the connections and ends the servers. */
  async stop(): Promise<void> {
    this.disconnect()
    await Promise.all([this.modisServer.stop(), this.redisServer.stop()])
  }
}

/** Starts both servers with the same options, given by their names in redis.conf. */
export async function startPair(options: ServerOptions = {}): Promise<Pair> {
  const [modis, redis] = await Promise.allSettled([startModis(options), startRedis(options)])
  if (modis.status === 'rejected' || redis.status === 'rejected') {
    for (const each of [modis, redis]) if (each.status === 'fulfilled') await each.value.stop('SIGKILL')
    throw modis.status === 'rejected' ? modis.reason : (redis as PromiseRejectedResult).reason
  }
  const clients = await Promise.all([
    RawClient.connect(modis.value.port),
    RawClient.connect(redis.value.port),
  ])
  return new Pair([modis.value, redis.value], clients)
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' }

/** The words of a command line as bytes. */
export function words(line: CommandLine): Buffer[] {
  return (line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) => {
    if (!word.startsWith('"')) return Buffer.from(word)
    const text = word.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_all, code: string) => {
      if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
      return ESCAPES[code] ?? code
    })
    return Buffer.from(text, 'latin1')
  })
}

/** A value with the elements of its arrays, sets and maps in one fixed order, for comparison and display. */
export function sorted(value: Value): unknown {
  if (value instanceof Map) {
    const pairs = [...value].map(([key, each]) => [sorted(key), sorted(each)])
    return { map: byText(pairs) }
  }
  if (value instanceof Set) return { set: byText([...value].map(sorted)) }
  return Array.isArray(value) ? byText(value.map(sorted)) : value
}

function byText(values: unknown[]): unknown[] {
  const texts = new Map(values.map((value) => [value, JSON.stringify(value, asText)]))
  return values.sort((a, b) => ((texts.get(a) as string) < (texts.get(b) as string) ? -1 : 1))
}

function asText(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}

function shownBytes(reply: RawReply | undefined): string | undefined {
  return reply?.bytes.toString('latin1')
}

function shown(command: readonly Argument[]): string {
  const parts = command.map((part) => {
    const text = part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : String(part)
    return /^[\x21-\x7e]+$/.test(text) ? text : JSON.stringify(text)
  })
  const line = parts.join(' ')
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}
