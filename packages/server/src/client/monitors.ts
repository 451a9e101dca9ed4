import type { Command } from '../dispatch/command.ts'
import { ServerGate } from '../dispatch/server-gate.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import { nowMicroseconds } from '../wall-clock.ts'
import type { Client } from './client.ts'
import { quoted } from './quoted.ts'
import { redactedFrom } from './redaction.ts'

/** Clients that have sent MONITOR: they see every command of all clients. */
export class Monitors {
  readonly #server: Server
  readonly #clients = new Set<Client>()

  constructor(server: Server) {
    this.#server = server
  }

  has(client: Client): boolean {
    return this.#clients.has(client)
  }

  get size(): number {
    return this.#clients.size
  }

  add(client: Client): void {
    this.#clients.add(client)
    this.#server.dispatcher.gate |= ServerGate.observed
  }

  remove(client: Client): void {
    if (!this.#clients.delete(client) || this.#clients.size > 0) return
    this.#server.dispatcher.gate &= ~ServerGate.observed
  }

  /** Shows a command that has run; administrative ones are left out, passwords are not shown. */
  show(client: Client, command: Command, args: RequestArgs): void {
    if (command.flags.has('skip_monitor') || command.flags.has('admin') || this.#clients.size === 0) return
    const words: string[] = []
    const secret = redactedFrom(this.#server.config, client, command, args)
    for (let i = 0; i < args.count; i++) words.push(secret(i) ? '"(redacted)"' : quoted(args.bytes(i)))
    const time = (nowMicroseconds() / 1e6).toFixed(6)
    const address = client.isInternal
      ? 'module'
      : client.link?.isUnix
        ? `unix:${client.link.address.slice(0, -2)}`
        : client.address
    const line = `+${time} [${client.db} ${address}] ${words.join(' ')}\r\n`
    for (const monitor of this.#clients) {
      monitor.reply.rawText(line)
      this.#server.flushSoon(monitor)
    }
  }
}
