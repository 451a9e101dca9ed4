import { connect, type Socket } from 'node:net'
import RedisParser from 'redis-parser'
import type { CallArgument } from '../context.ts'
import { AttributedValue, type ReplyValue } from '../reply.ts'
import { ReplyError } from './reply-error.ts'
import { type Decoded, exactNumber, Resp3Decoder } from './resp3-decoder.ts'

/** How a test client connects. */
export interface ClientOptions {
  /** Protocol version; 2 unless given. With 3 the client sends `HELLO 3` first. */
  readonly resp?: 2 | 3
  /** Gives bulk strings as Buffers instead of text. */
  readonly buffers?: boolean
  /** Longest time a call waits for its reply, in milliseconds; 30 000 unless given. */
  readonly timeoutMs?: number
}

/** Where a server listens: a port of this machine, or a unix socket. */
export type Endpoint = { readonly port: number; readonly host?: string } | { readonly path: string }

interface Waiter {
  /** Name of a command that is answered out of band, such as `subscribe`. */
  readonly confirmation?: string | undefined
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

const defaultCallTimeoutMs = 30_000
const defaultMessageTimeoutMs = 5000

/**
 * A connection to a server under test. Replies arrive in the order of the calls; what the server sends on its own
 * (messages, invalidations) is read with {@link TestClient.message}.
 */
export class TestClient {
  private readonly socket: Socket
  private readonly buffers: boolean
  private readonly timeoutMs: number
  private readonly calls: Waiter[] = []
  private readonly messages: unknown[] = []
  private readonly readers: Waiter[] = []
  private decoder: { feed(chunk: Buffer): void }
  private failure: Error | undefined

  private constructor(socket: Socket, options: ClientOptions) {
    this.socket = socket
    this.buffers = options.buffers ?? false
    this.timeoutMs = options.timeoutMs ?? defaultCallTimeoutMs
    this.decoder = this.resp2()
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.receive(chunk))
    socket.on('error', (error) => this.fail(error))
    socket.on('close', () => this.fail(new Error('the server closed the connection')))
  }

  /** Connects. @throws Error where nothing listens, or the server refuses the protocol version */
  static async open(endpoint: Endpoint, options: ClientOptions = {}): Promise<TestClient> {
    const socket = connect({ host: '127.0.0.1', ...endpoint })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    const client = new TestClient(socket, options)
    if (options.resp === 3) await client.call('HELLO', '3')
    return client
  }

  /** Whether the connection has ended. */
  get closed(): boolean {
    return this.failure !== undefined
  }

  /**
   * Sends one command and gives its reply: text (or Buffers), numbers, arrays; with RESP3 also `Map`, `Set`, booleans
   * and so on. `Shape` states what the caller knows about the reply; it is not checked.
   * @throws ReplyError where the reply is an error
   */
  async call<Shape = unknown>(command: string, ...args: readonly CallArgument[]): Promise<Shape> {
    const [reply] = await this.pipeline([[command, ...args]])
    if (!(reply instanceof ReplyError)) return reply as Shape
    // The stack tells who called, not how the bytes came in.
    Error.captureStackTrace(reply)
    throw reply
  }

  /** Sends several commands at once and gives their replies in order; error replies are values here. */
  pipeline(commands: readonly (readonly CallArgument[])[]): Promise<unknown[]> {
    if (this.failure !== undefined) return Promise.reject(this.failure)
    const replies = commands.map(
      ([name]) =>
        new Promise<unknown>((resolve, reject) =>
          this.calls.push({ resolve, reject, confirmation: confirmationOf(name) }),
        ),
    )
    this.socket.write(Buffer.concat(commands.map(encodeCommand)))
    const version = protocolVersion(commands)
    if (version !== undefined) this.followVersion(version, replies.at(-1) as Promise<unknown>)
    return this.inTime(Promise.all(replies), String(commands[0]?.[0]))
  }

  /** Sends bytes as they are; no reply is waited for, what comes is a {@link TestClient.message}. */
  write(bytes: Uint8Array | string): void {
    this.socket.write(bytes)
  }

  /** The next thing the server sent on its own. @throws Error where nothing came within `timeoutMs` */
  message(timeoutMs = defaultMessageTimeoutMs): Promise<unknown> {
    if (this.messages.length > 0) return Promise.resolve(this.messages.shift())
    if (this.failure !== undefined) return Promise.reject(this.failure)
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve: (value) => {
          clearTimeout(timer)
          resolve(value)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      const timer = setTimeout(() => {
        this.readers.splice(this.readers.indexOf(waiter), 1)
        reject(new Error(`no message within ${timeoutMs} ms`))
      }, timeoutMs)
      this.readers.push(waiter)
    })
  }

  /** Ends the connection; calls without a reply are rejected. */
  async close(): Promise<void> {
    if (this.socket.destroyed) return
    const closed = new Promise<void>((resolve) => this.socket.once('close', () => resolve()))
    this.socket.destroy()
    await closed
  }

  /** A reply that comes after all is still taken off the line, but nobody hears of it. */
  private inTime<Value>(replies: Promise<Value>, command: string): Promise<Value> {
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error(`no reply to ${command} within ${this.timeoutMs} ms`))
      const timer = setTimeout(fail, this.timeoutMs)
      replies.then(resolve, reject).finally(() => clearTimeout(timer))
    })
  }

  private resp2(): { feed(chunk: Buffer): void } {
    const parser = new RedisParser({
      // With both options simple and bulk strings are Buffers, and strings are integers of any size.
      returnBuffers: true,
      stringNumbers: true,
      returnReply: (value: unknown) => this.deliver({ value: fromResp2(value), push: false }),
      returnError: (error) => this.deliver({ value: new ReplyError(error.message), push: false }),
      returnFatalError: (error) => this.socket.destroy(error),
    })
    return { feed: (chunk) => parser.execute(chunk) }
  }

  private receive(chunk: Buffer): void {
    try {
      this.decoder.feed(chunk)
    } catch (error) {
      this.socket.destroy(error as Error)
    }
  }

  /** The reply to `HELLO` is already in the new version, so the decoder changes when it is sent. */
  private followVersion(version: 2 | 3, reply: Promise<unknown>): void {
    const former = this.decoder
    if (version === 3) this.decoder = new Resp3Decoder((decoded) => this.deliver(decoded))
    else this.decoder = this.resp2()
    // A refused HELLO leaves the version as it was; an error reads the same in both.
    reply.then(
      (value) => {
        if (value instanceof ReplyError) this.decoder = former
      },
      () => {},
    )
  }

  private deliver({ value, push }: Decoded): void {
    const shown = this.buffers ? value : toText(value)
    const answers = !push || this.confirms(value)
    const waiter = (answers ? this.calls.shift() : undefined) ?? this.readers.shift()
    if (waiter === undefined) this.messages.push(shown)
    else waiter.resolve(shown)
  }

  /** In RESP3 the confirmation of a subscription is a push, yet it is what the call waits for. */
  private confirms(value: unknown): boolean {
    const expected = this.calls[0]?.confirmation
    return expected !== undefined && Array.isArray(value) && String(value[0]) === expected
  }

  private fail(error: Error): void {
    this.failure ??= error
    for (const waiter of [...this.calls.splice(0), ...this.readers.splice(0)]) waiter.reject(this.failure)
  }
}

const confirmationOf = (name: CallArgument | undefined): string | undefined => {
  const lower = String(name).toLowerCase()
  return /^[ps]?(?:un)?subscribe$/.test(lower) ? lower : undefined
}

const protocolVersion = (commands: readonly (readonly CallArgument[])[]): 2 | 3 | undefined => {
  const last = commands.at(-1) ?? []
  if (String(last[0]).toUpperCase() === 'RESET') return 2
  if (String(last[0]).toUpperCase() !== 'HELLO') return undefined
  if (String(last[1]) === '3') return 3
  return String(last[1]) === '2' ? 2 : undefined
}

const encodeCommand = (words: readonly CallArgument[]): Buffer => {
  const parts: Buffer[] = [Buffer.from(`*${words.length}\r\n`)]
  for (const word of words) {
    const bytes = word instanceof Uint8Array ? Buffer.from(word) : Buffer.from(String(word))
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}

const fromResp2 = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(fromResp2)
  if (typeof value === 'string') return exactNumber(value)
  return value instanceof Error ? new ReplyError(value.message) : value
}

/** A reply with all its Buffers decoded as UTF-8. */
export const toText = (value: unknown): unknown => {
  if (Buffer.isBuffer(value)) return value.toString('utf8')
  if (Array.isArray(value)) return value.map(toText)
  if (value instanceof Set) return new Set([...value].map(toText))
  if (value instanceof AttributedValue) {
    const attributes = toText(value.attributes) as Map<string, ReplyValue>
    return new AttributedValue(attributes, toText(value.value) as ReplyValue)
  }
  if (value instanceof Map) return new Map([...value].map(([key, element]) => [toText(key), toText(element)]))
  return value
}
