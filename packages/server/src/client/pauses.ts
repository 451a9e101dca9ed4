import type { Command } from '../dispatch/command.ts'
import { ServerGate } from '../dispatch/server-gate.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import { type Client, Gate } from './client.ts'
import { dispatchMuted } from './reply-mode.ts'

/** What CLIENT PAUSE holds back: everything, or what may change data. */
export type PauseMode = 'all' | 'write'

/** Longest delay a timer can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** CLIENT PAUSE: commands wait until it ends, those of one client in their order. */
export class Pauses {
  readonly #server: Server
  readonly #held = new Map<Client, RequestArgs>()
  #mode: PauseMode = 'write'
  #endMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(server: Server) {
    this.#server = server
  }

  get active(): boolean {
    return this.#endMs !== 0
  }

  get onlyWrites(): boolean {
    return this.#mode === 'write'
  }

  /** Milliseconds the pause still lasts. */
  get restMs(): number {
    return this.active ? Math.max(0, this.#endMs - Date.now()) : 0
  }

  /** Pauses until `endMs` by the wall clock; a pause that reaches further, or holds more back, is not cut short. */
  pause(mode: PauseMode, endMs: number): void {
    if (!this.active || mode === 'all') this.#mode = mode
    if (endMs > this.#endMs) this.#endMs = endMs
    this.#server.dispatcher.gate |= ServerGate.paused
    this.#server.keyspace.keepsExpired = true
    this.#startTimer()
  }

  #startTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => {
        if (Date.now() < this.#endMs) this.#startTimer()
        else this.resume()
      },
      Math.min(this.restMs, MAX_TIMER_MS),
    )
  }

  /** Ends the pause: what was held back runs now. */
  resume(): void {
    clearTimeout(this.#timer)
    this.#endMs = 0
    this.#server.dispatcher.gate &= ~ServerGate.paused
    this.#server.keyspace.keepsExpired = false
    const held = [...this.#held]
    this.#held.clear()
    for (const [client, args] of held) this.#run(client, args)
  }

  /** Holds a request back, and with it all later ones of its client. */
  hold(client: Client, command: Command, args: RequestArgs): void {
    this.#held.set(client, args.clone())
    const options = { keys: [], timeoutMs: 0, retry: () => false, timeout: () => {}, unblockable: false }
    this.#server.blocking.block(client, options, command)
  }

  #run(client: Client, args: RequestArgs): void {
    const server = this.#server
    server.blocking.lift(client)
    server.enter()
    if ((client.gate & Gate.replyOff) === 0) server.dispatcher.dispatch(client, args)
    else dispatchMuted(server, client, args)
    server.leave()
    // The command may have blocked the client anew.
    if (client.blocked === undefined) server.resumed(client)
    else server.flushSoon(client)
  }

  /** Forgets what was held back of a client that is gone. */
  forget(client: Client): void {
    this.#held.delete(client)
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}
