import { Socket } from 'node:net'
import type { CommandError } from '@modis/sdk'
import { type Client, type ClientLink, Gate } from '../client/client.ts'
import { dispatchMuted } from '../client/reply-mode.ts'
import { giveBuffer } from '../protocol/buffer-pool.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { ProtocolError, RequestParser } from '../protocol/request-parser.ts'
import type { Server } from '../server.ts'

/** Replies that wait for a slow reader beyond this many bytes stop us from reading its next requests. */
const PAUSE_READING_BYTES = 32 * 1024 * 1024
const RESUME_READING_BYTES = 1024 * 1024
/** A reply buffer at least half full is handed to the socket; a smaller rest is copied so that the buffer can be used on. */
const COPY_BELOW = 0.5

/** Larger replies leave their buffer to the socket, which gives it back; for small ones that costs more than it saves. */
const LENT_BYTES = 16 * 1024

/** What every connection reads into: requests run before the next read, and what is left over is copied out. */
const receiveBuffer = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * A socket over the handle of `accepted` that reads into `receiveBuffer`. Node offers this to clients only; for
 * accepted sockets it allocates, shrinks and collects a buffer for every read, which costs a third of the time a
 * pipelined request takes.
 */
function withSharedBuffer(accepted: Socket, receive: (bytes: number) => void): Socket | undefined {
  const holder = accepted as unknown as { _handle: object | null }
  const handle = holder._handle
  if (handle === null || typeof (handle as { useUserBuffer?: unknown }).useUserBuffer !== 'function')
    return undefined
  const options = {
    handle,
    allowHalfOpen: true,
    readable: true,
    writable: true,
    onread: {
      buffer: receiveBuffer,
      callback: (bytes: number) => {
        receive(bytes)
        return true
      },
    },
  }
  holder._handle = null
  return new Socket(options as ConstructorParameters<typeof Socket>[0])
}

/** One client's socket: bytes in to requests, replies out to bytes. */
export class Connection implements ClientLink {
  readonly #server: Server
  readonly #socket: Socket
  readonly #parser: RequestParser
  readonly client: Client
  readonly address: string
  readonly localAddress: string
  readonly isUnix: boolean
  readonly isLoopback: boolean
  #paused = false
  /** Requests wait in the parser for the replies before them to be taken. */
  #stalled = false
  #processing = false
  #softLimitSinceMs = 0

  constructor(server: Server, accepted: Socket, unixPath: string | undefined) {
    this.#server = server
    this.#socket = withSharedBuffer(accepted, (bytes) => this.receive(receiveBuffer, bytes)) ?? accepted
    const socket = this.#socket
    this.isUnix = unixPath !== undefined
    this.address =
      unixPath !== undefined ? `${unixPath}:0` : printable(socket.remoteAddress, socket.remotePort)
    this.localAddress =
      unixPath !== undefined ? `${unixPath}:0` : printable(socket.localAddress, socket.localPort)
    this.isLoopback = this.isUnix || /^(127\.|\[?::1\]?:|\[?::ffff:127\.)/.test(this.address)
    this.#parser = new RequestParser(server.requestLimits)
    this.client = server.clients.create()
    this.client.link = this
    if (socket === accepted) socket.on('data', (chunk: Buffer) => this.receive(chunk, chunk.length))
    else socket.resume()
    socket.on('end', () => this.#ended())
    socket.on('drain', () => this.#drained())
    socket.on('error', () => this.destroy('socket error'))
    socket.on('close', () => this.destroy('connection closed'))
  }

  get descriptor(): number {
    return (this.#socket as unknown as { _handle?: { fd?: number } })._handle?.fd ?? -1
  }

  get pendingBytes(): number {
    return this.#socket.writableLength + this.client.reply.length
  }

  get queryBytes(): number {
    return this.#parser.pendingBytes + (this.#processing ? requestBytes(this.#parser.args) : 0)
  }

  get queryBufferBytes(): number {
    return this.#parser.bufferBytes
  }

  get isProcessing(): boolean {
    return this.#processing
  }

  get isReadable(): boolean {
    return !this.#processing && !this.#paused && !this.#stalled && !this.client.closing
  }

  receive(chunk: Buffer, bytes: number): void {
    const client = this.client
    client.inputBytes += bytes
    const { stats } = this.#server
    stats.inputBytes += bytes
    stats.reads++
    if (client.closing) return
    try {
      this.#parser.feed(chunk, bytes)
      this.#process()
    } catch (error) {
      this.#protocolFailed(error)
    }
  }

  /** Runs the requests that have arrived whole, until one blocks the client. */
  #process(): void {
    if (this.#processing) return
    this.#processing = true
    const client = this.client
    const parser = this.#parser
    const server = this.#server
    server.enter()
    client.lastInteractionMs = server.keyspace.nowMs
    try {
      parser.authenticated = (client.gate & Gate.unauthenticated) === 0
      while (client.blocked === undefined && !client.closing && parser.next()) {
        client.commandsProcessed++
        if ((client.gate & Gate.replyOff) === 0) server.dispatcher.dispatch(client, parser.args)
        else dispatchMuted(server, client, parser.args)
        // One chunk of requests can ask for gigabytes: what is written must be taken before the rest is run.
        if (client.reply.length > PAUSE_READING_BYTES) {
          this.#stalled = true
          break
        }
      }
    } finally {
      this.#processing = false
      parser.retain()
      server.leave()
      server.flushSoon(client)
    }
  }

  resume(): void {
    if (this.client.closed || this.#processing) return
    try {
      this.#process()
    } catch (error) {
      this.#protocolFailed(error)
    }
  }

  #protocolFailed(error: unknown): void {
    if (!(error instanceof ProtocolError)) throw error
    const { log } = this.#server
    log.verbose(`${error.message} from client ${this.client.id} at ${this.address}`)
    this.#server.stats.protocolErrors++
    this.client.reply.error(error.message)
    this.#server.stats.countError('ERR')
    this.closeAfterFlush()
  }

  flush(): void {
    const client = this.client
    const reply = client.reply
    const length = reply.length
    if (length === 0) {
      if (client.closing && !client.closed) this.#socket.destroySoon()
      return
    }
    client.outputBytes += length
    const { stats } = this.#server
    stats.outputBytes += length
    stats.writes++
    client.lastInteractionMs = this.#server.keyspace.nowMs
    const socket = this.#socket
    if (socket.destroyed) {
      reply.release()
      return
    }
    if (this.#exceedsLimit(socket.writableLength + length)) return
    const bytes = reply.buffer.subarray(0, length)
    if (socket.writableLength > 0 && length < reply.buffer.length * COPY_BELOW) {
      socket.write(Buffer.from(bytes))
      reply.release()
    } else if (length > LENT_BYTES) {
      const { buffer } = reply
      socket.write(bytes, () => giveBuffer(buffer))
      reply.detach()
    } else {
      socket.write(bytes)
      // Node empties the queue at once when the system took all bytes; only then is the buffer ours again.
      if (socket.writableLength === 0) reply.release()
      else reply.detach()
    }
    if (client.closing) socket.destroySoon()
    else if (socket.writableLength > 0) this.#backPressure()
    if (this.#stalled && !this.#paused) this.#continue()
  }

  /** Goes on with requests that waited for replies to be taken. */
  #continue(): void {
    this.#stalled = false
    setImmediate(() => this.resume())
  }

  /** Closes the connection, and returns true, where more waits for a slow reader than `client-output-buffer-limit` allows. */
  #exceedsLimit(pending: number): boolean {
    const { hardBytes, softBytes, softSeconds } = this.#server.outputLimits.of(this.client)
    if (hardBytes === 0 && softBytes === 0) return false
    const now = Date.now()
    if (softBytes > 0 && pending > softBytes) this.#softLimitSinceMs ||= now
    else this.#softLimitSinceMs = 0
    const isSoft = this.#softLimitSinceMs > 0 && now - this.#softLimitSinceMs >= softSeconds * 1000
    if (!isSoft && (hardBytes === 0 || pending <= hardBytes)) return false
    this.#server.log.warning(
      `Client id=${this.client.id} addr=${this.address} scheduled to be closed ASAP for overcoming of output buffer limits.`,
    )
    this.destroy('output buffer limit')
    return true
  }

  checkOutputLimit(): void {
    if (this.#socket.writableLength > 0) this.#exceedsLimit(this.pendingBytes)
  }

  /** Stops reading from a client that does not read. */
  #backPressure(): void {
    if (this.#socket.writableLength <= PAUSE_READING_BYTES || this.#paused) return
    this.#paused = true
    this.#socket.pause()
  }

  #drained(): void {
    if (!this.#paused || this.#socket.writableLength > RESUME_READING_BYTES) return
    this.#paused = false
    this.#socket.resume()
    if (this.#stalled) this.#continue()
  }

  /** The peer sends no more. Replies still reach it, then the connection closes. */
  #ended(): void {
    if (this.client.blocked !== undefined) this.destroy('connection closed')
    else this.closeAfterFlush()
  }

  closeAfterFlush(): void {
    this.client.closing = true
    if (!this.#processing) this.flush()
  }

  destroy(reason: string): void {
    if (this.client.closed) return
    this.#server.log.verbose(`Client ${this.client.id} at ${this.address} disconnected: ${reason}`)
    this.client.closed = true
    this.client.closing = true
    this.#server.clients.remove(this.client)
    this.client.reply.release()
    this.#socket.destroy()
  }
}

/** Bytes that a request took on its way here. */
function requestBytes(args: RequestArgs): number {
  const header = (length: number): number => String(length).length + 3
  let bytes = header(args.count)
  for (let i = 0; i < args.count; i++) bytes += header(args.length(i)) + args.length(i) + 2
  return bytes
}

/** Refuses a connection with an error before it becomes a client. */
export function refuse(socket: Socket, error: CommandError): void {
  socket.on('error', () => socket.destroy())
  socket.write(`-${error.code} ${error.message}\r\n`)
  socket.destroySoon()
}

function printable(address: string | undefined, port: number | undefined): string {
  if (address === undefined) return '?:0'
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`
}
