// The global of this name is a getter that is called at every use.
import { performance } from 'node:perf_hooks'
import type { Sockets } from '@modis/bridge'
import { CommandError } from '@modis/sdk'
import type { ClientLink } from '../client/client.ts'
import { ServerGate } from '../dispatch/server-gate.ts'
import type { Server } from '../server.ts'
import type { Listener } from './listener.ts'

/** What a module says that gives others time in the middle of its command. */
export interface YieldRequest {
  /** Clients may be served; else only what modules watch is. */
  readonly letsClientsIn: boolean
  /** What clients are refused with, without its code; null for the server's own words. */
  readonly reply: string | null
  /** Milliseconds since the module's work began; −1 for the command that runs. */
  readonly ageMs: number
  /** Runs what modules watch besides clients. */
  serveWatched(): void
}

/** Rounds of looking for what is ready, of which each may bring the next: as many as in Redis. */
const ROUNDS = 4
const BUFFER_BYTES = 16 * 1024
const usualRefusal = new CommandError('Redis is busy running a module command.', 'BUSY')

/**
 * Serves clients in the middle of what takes long: a command whose module says so, or the loading of data. Most of what
 * they want is refused then. The event loop cannot be entered a second time, so sockets are read and accepted directly;
 * timers and promises wait for the end, as timers do in Redis.
 */
export class EventsWhileBlocked {
  readonly #server: Server
  #sockets: Sockets | undefined
  #buffer: Buffer | undefined
  #nextMs = 0
  /** Whether clients are being served in the middle of something. */
  isServing = false
  /** What commands are refused with now because a command is in the way. */
  refusal: CommandError | undefined

  constructor(server: Server) {
    this.#server = server
  }

  /** Gets ready to serve; without the bridge's native part clients wait until whatever takes long is over. */
  async prepare(): Promise<void> {
    try {
      this.#sockets ??= (await import('@modis/bridge')).loadSockets()
    } catch {}
  }

  get #everyMs(): number {
    return 1000 / this.#server.config.integer('hz')
  }

  /**
   * Serves who waits, where the time for it has come.
   * @returns milliseconds after which it may come again
   */
  duringYield({ letsClientsIn, reply, ageMs, serveWatched }: YieldRequest): number {
    const { config, dispatcher } = this.#server
    const isLoading = (dispatcher.gate & ServerGate.loading) !== 0
    const waitMs = isLoading ? this.#everyMs : config.integer('busy-reply-threshold')
    const restMs = waitMs - (ageMs < 0 ? performance.now() - dispatcher.startedMs : ageMs)
    if (restMs > 0) return restMs
    // While data is loaded, commands are refused for that reason.
    if (!isLoading) this.refusal = reply === null ? usualRefusal : new CommandError(line(reply), 'BUSY')
    this.#serve(letsClientsIn || isLoading, serveWatched)
    this.refusal = undefined
    return this.#everyMs
  }

  /** As {@link duringYield}, for the loading of data; to be called as often as one likes. */
  duringLoad(): void {
    const now = performance.now()
    if (now < this.#nextMs) return
    this.#nextMs = now + this.#everyMs
    this.#serve(true, undefined)
  }

  #serve(withClients: boolean, serveWatched: (() => void) | undefined): void {
    const server = this.#server
    if (this.isServing) return
    this.isServing = true
    try {
      server.dispatcher.apart(() => {
        serveWatched?.()
        server.flushIdle()
        if (!withClients || this.#sockets === undefined) return
        for (let round = 0; round < ROUNDS && this.#round(this.#sockets); round++) server.flushIdle()
      })
    } catch (error) {
      // It is no fault of what is going on here: it ends as it would have without.
      setImmediate(() => {
        throw error
      })
    }
    this.isServing = false
  }

  /** Returns whether there was anything to do. */
  #round(sockets: Sockets): boolean {
    const sources = new Map<number, ClientLink | Listener>()
    for (const listener of this.#server.listeners.all) sources.set(listener.descriptor, listener)
    for (const { link } of this.#server.clients.values())
      if (link?.isReadable === true) sources.set(link.descriptor, link)
    sources.delete(-1)
    const descriptors = Int32Array.from(sources.keys())
    const ready = sockets.pollDescriptors(descriptors)
    let found = false
    for (const descriptor of descriptors.subarray(0, ready)) {
      const source = sources.get(descriptor)
      if (source !== undefined && this.#take(sockets, descriptor, source)) found = true
    }
    return found
  }

  #take(sockets: Sockets, descriptor: number, source: ClientLink | Listener): boolean {
    if ('adopt' in source) {
      const accepted = sockets.acceptDescriptor(descriptor)
      if (accepted >= 0) source.adopt(accepted)
      return accepted >= 0
    }
    // One that was closed meanwhile may have left its number to another.
    if (!source.isReadable || source.descriptor !== descriptor) return false
    this.#buffer ??= Buffer.allocUnsafeSlow(BUFFER_BYTES)
    const length = sockets.readDescriptor(descriptor, this.#buffer)
    // The end of a stream shows again, and is dealt with when the command is over.
    if (length > 0) source.receive(this.#buffer, length)
    return length > 0
  }
}

/** An error is one line. */
function line(text: string): string {
  return text.replace(/[\r\n]/g, ' ')
}
