import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server as NetServer, Socket } from 'node:net'

/** Where a server listens. */
export type Endpoint =
  | { readonly host: string; readonly port: number; readonly backlog: number; readonly ipv6Only?: boolean }
  | { readonly path: string; readonly mode: number; readonly backlog: number }

/** Accepts connections at one endpoint. */
export class Listener {
  readonly #net: NetServer
  readonly #endpoint: Endpoint

  private constructor(net: NetServer, endpoint: Endpoint) {
    this.#net = net
    this.#endpoint = endpoint
  }

  /**
   * Starts to listen.
   * @throws Error with the system's reason, such as `EADDRINUSE`
   */
  static async open(endpoint: Endpoint, accept: (socket: Socket) => void): Promise<Listener> {
    const net = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, accept)
    if ('path' in endpoint) rmSync(endpoint.path, { force: true })
    await new Promise<void>((resolve, reject) => {
      net.once('error', reject)
      net.listen(endpoint, () => {
        net.removeListener('error', reject)
        resolve()
      })
    })
    if ('path' in endpoint && endpoint.mode !== 0) chmodSync(endpoint.path, endpoint.mode)
    return new Listener(net, endpoint)
  }

  /** The port listened at; 0 for a unix socket. */
  get port(): number {
    const address = this.#net.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }

  /** Path of the unix socket listened at. */
  get path(): string | undefined {
    return 'path' in this.#endpoint ? this.#endpoint.path : undefined
  }

  /** The address listened at; empty for a unix socket. */
  get host(): string {
    return 'host' in this.#endpoint ? this.#endpoint.host : ''
  }

  /** File descriptor, or −1. */
  get descriptor(): number {
    return (this.#net as unknown as { _handle?: { fd?: number } | null })._handle?.fd ?? -1
  }

  /** Takes a connection that was accepted outside the event loop. */
  adopt(descriptor: number): void {
    // Like those that the event loop brings: nothing is read before somebody asks for it.
    const options = { fd: descriptor, allowHalfOpen: true, pauseOnCreate: true }
    const socket = new Socket(options)
    if ('host' in this.#endpoint) socket.setNoDelay(true)
    this.#net.emit('connection', socket)
  }

  /** Stops to accept; connections that exist go on. */
  close(): void {
    if (!this.#net.listening) return
    this.#net.close()
    if ('path' in this.#endpoint) rmSync(this.#endpoint.path, { force: true })
  }
}
