import type { Socket } from 'node:net'
import { Push, read, request, type Value } from './resp.ts'
import { connectTo } from './sockets.ts'
import { until } from './until.ts'

/** One argument of a command. */
export type Argument = string | number | bigint | Uint8Array

/** A reply, as bytes and as what they say. */
export interface RawReply {
  readonly bytes: Buffer
  readonly value: Value
}

interface Waiter {
  readonly resolve: (reply: RawReply) => void
  readonly reject: (error: Error) => void
}

/** A connection that shows replies byte for byte. Commands sent without waiting are pipelined. */
export class RawClient {
  readonly socket: Socket
  #received: Buffer = Buffer.alloc(0)
  readonly #waiting: Waiter[] = []
  /** What came while nobody waited, such as messages of a subscription in RESP2. */
  readonly #unclaimed: RawReply[] = []
  /** Out-of-band data of RESP3 received and not taken yet. */
  readonly pushes: Push[] = []
  #closed = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('close', () => this.#end(new Error('the connection was closed')))
    socket.on('error', (error) => this.#end(error))
  }

  /** Connects to a TCP port of this machine. */
  static async connect(port: number): Promise<RawClient> {
    return new RawClient(await connectTo(port))
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Sends a command; resolves with its whole reply. */
  raw(...command: readonly Argument[]): Promise<RawReply> {
    this.socket.write(request(command))
    return this.next()
  }

  /** Sends a command; resolves with what its reply says. */
  async call(...command: readonly Argument[]): Promise<Value> {
    return (await this.raw(...command)).value
  }

  /** Sends commands in one piece; resolves with what their replies say. */
  async batch(commands: readonly (readonly Argument[])[]): Promise<Value[]> {
    return (await this.rawBatch(commands)).map(({ value }) => value)
  }

  /** Sends commands in one piece; resolves with their whole replies. */
  rawBatch(commands: readonly (readonly Argument[])[]): Promise<RawReply[]> {
    this.socket.write(Buffer.concat(commands.map(request)))
    return Promise.all(commands.map(() => this.next()))
  }

  /** The next reply, for what was written to the socket by hand or comes without a request, be it here already or not. */
  next(): Promise<RawReply> {
    const here = this.#unclaimed.shift()
    if (here !== undefined) return Promise.resolve(here)
    return new Promise((resolve, reject) => {
      if (this.#closed) reject(new Error('the connection is closed'))
      this.#waiting.push({ resolve, reject })
    })
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    while (this.#received.length > 0) {
      const reply = read(this.#received, 0)
      if (reply === undefined) return
      const bytes = this.#received.subarray(0, reply.end)
      this.#received = this.#received.subarray(reply.end)
      if (reply.value instanceof Push) this.pushes.push(reply.value)
      // In RESP3 the confirmation of SUBSCRIBE is itself a push, so what waits may be answered by one.
      const waiter = this.#waiting.shift()
      if (waiter !== undefined) waiter.resolve({ bytes, value: reply.value })
      else if (!(reply.value instanceof Push)) this.#unclaimed.push({ bytes, value: reply.value })
    }
  }

  #end(error: Error): void {
    this.#closed = true
    for (const waiter of this.#waiting.splice(0)) waiter.reject(error)
  }

  close(): void {
    this.socket.destroy()
  }
}

/** A connection to a server that is about to listen. */
export async function connectSoon(port: number): Promise<RawClient> {
  let client: RawClient | undefined
  await until('the server to listen', async () => {
    client = await RawClient.connect(port).catch(() => undefined)
    return client !== undefined
  })
  return client as RawClient
}
