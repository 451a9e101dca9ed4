// The global of this name is a getter that is called at every use.
import { performance } from 'node:perf_hooks'
import { CommandError } from '@modis/sdk'
import type { ClientLink } from '../client/client.ts'
import { ServerGate } from '../dispatch/server-gate.ts'
import type { Server } from '../server.ts'
import type { Listener } from './listener.ts'

/** Sockets without the event loop; descriptors do not block. */
export interface Sockets {
  /** Moves those that have something to read to the front, and returns how many they are. */
  pollDescriptors(descriptors: Int32Array): number
  /** Bytes read; 0 at the end of the stream, −1 where there are none. */
  readDescriptor(descriptor: number, into: Uint8Array): number
  /** A connection that waits, or −1. */
  acceptDescriptor(descriptor: number): number
}

/** What a module says that gives others time in the middle of its command. */
export interface Pause {
  /** Clients may be served; else only what modules watch is. */
  readonly letsClientsIn: boolean
  /** What clients are refused with, without its code; null for the server's own words. */
  readonly reply: string | null
  /** Milliseconds since the module's work began; −1 for the command that runs. */
  readonly ageMs: number
}

/** Rounds of looking for what is ready, of which each may bring the next: as many as in Redis. */
const ROUNDS = 4
const BUFFER_BYTES = 16 * 1024
const usualRefusal = new CommandError('Redis is busy running a module command.', 'BUSY')

/**
 * Serves clients in the middle of a command that a module knows to take long: most of their commands are refused, those
 * that may run while the server is busy do. The event loop cannot be entered a second time, so sockets are read and
 * accepted directly; timers and promises wait for the command's end, as timers do in Redis.
 */
export class Interludes {
  readonly #server: Server
  #buffer: Buffer | undefined
  /** What commands are refused with now; undefined while no command is in the way. */
  refusal: CommandError | undefined

  constructor(server: Server) {
    this.#server = server
  }

  /**
   * Serves who waits, where the time for it has come.
   * @returns milliseconds after which it may come again
   */
  serve(sockets: Sockets, { letsClientsIn, reply, ageMs }: Pause): number {
    const { config, dispatcher } = this.#server
    const everyMs = 1000 / config.integer('hz')
    const isLoading = (dispatcher.gate & ServerGate.loading) !== 0
    const waitMs = isLoading ? everyMs : config.integer('busy-reply-threshold')
    const restMs = waitMs - (ageMs < 0 ? performance.now() - dispatcher.startedMs : ageMs)
    if (restMs > 0) return restMs
    // While data is loaded, commands are refused for that reason.
    if (!isLoading) this.refusal = reply === null ? usualRefusal : new CommandError(line(reply), 'BUSY')
    try {
      dispatcher.apart(() => this.#rounds(sockets, letsClientsIn || isLoading))
    } finally {
      this.refusal = undefined
    }
    return everyMs
  }

  #rounds(sockets: Sockets, withClients: boolean): void {
    const server = this.#server
    server.flushIdle()
    for (let round = 0; round < ROUNDS && this.#round(sockets, withClients); round++) server.flushIdle()
  }

  /** Returns whether there was anything to do. */
  #round(sockets: Sockets, withClients: boolean): boolean {
    const sources = new Map<number, ClientLink | Listener>()
    if (withClients) {
      for (const listener of this.#server.listeners.all) sources.set(listener.descriptor, listener)
      for (const { link } of this.#server.clients.values())
        if (link?.isReadable === true) sources.set(link.descriptor, link)
    }
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
