import { connect, type Socket } from 'node:net'
import Parser from 'redis-parser'

type Waiting = { resolve(reply: unknown): void; reject(error: Error): void }

/** The least a test needs to talk to a server: sends a command, gives its reply with strings as buffers. */
export class RedisClient {
  readonly #socket: Socket
  readonly #waiting: Waiting[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    const parser = new Parser({
      returnBuffers: true,
      returnReply: (reply: unknown) => this.#waiting.shift()?.resolve(reply),
      returnError: (error: Error) => this.#waiting.shift()?.reject(error),
      returnFatalError: (error: Error) => socket.destroy(error),
    })
    socket.on('data', (chunk) => parser.execute(chunk))
    socket.on('close', () => {
      for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error('connection closed'))
    })
  }

  /** Connects to a unix socket. */
  static open(path: string): Promise<RedisClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path, () => {
        socket.off('error', reject)
        resolve(new RedisClient(socket))
      })
      socket.once('error', reject)
    })
  }

  call(...parts: (string | number | Buffer)[]): Promise<unknown> {
    const chunks: Buffer[] = [Buffer.from(`*${parts.length}\r\n`)]
    for (const part of parts) {
      const bytes = typeof part === 'object' ? part : Buffer.from(String(part))
      chunks.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'))
    }
    this.#socket.write(Buffer.concat(chunks))
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  close(): void {
    this.#socket.destroy()
  }
}
