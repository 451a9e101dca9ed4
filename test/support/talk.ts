import type { Socket } from 'node:net'
import { words } from './pair.ts'
import { Push, read, request, type Value } from './resp.ts'
import { connectTo } from './sockets.ts'

const END = 'the-end'

/** A connection that keeps every byte it gets: replies, pushed data and messages in the order in which they came. */
export class Talker {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  /** Bytes of values read so far. */
  #read = 0
  #waiting: ((value: Value) => void) | undefined
  /** Replies to come before the one that is waited for. */
  #skipping = 0

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#advance()
    })
  }

  /** Connects to a TCP port of this machine. */
  static async connect(port: number): Promise<Talker> {
    return new Talker(await connectTo(port))
  }

  #advance(): void {
    for (;;) {
      const next = read(this.#received.subarray(this.#read), 0)
      if (next === undefined) return
      this.#read += next.end
      if (isUnasked(next.value)) continue
      if (this.#skipping > 0) {
        this.#skipping--
        continue
      }
      const resolve = this.#waiting
      this.#waiting = undefined
      resolve?.(next.value)
    }
  }

  /** Sends a command, given as a line; resolves with its reply, be there pushed data before it or not. */
  say(line: string): Promise<Value> {
    return new Promise((resolve) => {
      this.#waiting = resolve
      this.#socket.write(request(words(line)))
    })
  }

  /** Sends commands, each a line, in one piece; resolves with the last one's reply. */
  sayAtOnce(...lines: readonly string[]): Promise<Value> {
    return new Promise((resolve) => {
      this.#waiting = resolve
      this.#skipping = lines.length - 1
      this.#socket.write(Buffer.concat(lines.map((line) => request(words(line)))))
    })
  }

  /** Sends a command that has no reply. */
  tell(line: string): void {
    this.#socket.write(request(words(line)))
  }

  /** Resolves with all bytes that have come until now, or until the connection was closed. */
  async heard(): Promise<string> {
    this.#socket.write(request(['PING', END]))
    while (!this.#received.includes(END) && !this.#socket.closed) {
      await new Promise((resolve) => this.#socket.once('data', resolve).once('close', resolve))
    }
    return this.#received.toString('latin1')
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** Whether a value is no reply: pushed data, but for what SUBSCRIBE replies, or a message of RESP2. */
function isUnasked(value: Value): boolean {
  const values = value instanceof Push ? value.values : Array.isArray(value) ? value : []
  const isReply = ['subscribe', 'unsubscribe'].includes(String(values[0]))
  return value instanceof Push ? !isReply : values[0] === 'message'
}
