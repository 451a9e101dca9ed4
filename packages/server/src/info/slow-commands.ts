import type { Client } from '../client/client.ts'
import { redactedFrom } from '../client/redaction.ts'
import type { Command } from '../dispatch/command.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'

const MAX_ARGUMENTS = 32
const MAX_ARGUMENT_BYTES = 128
/** Seconds of the past that the history of one event holds. */
const HISTORY_LENGTH = 160

/** One command that took long. */
export interface SlowEntry {
  readonly id: number
  /** Seconds since the epoch. */
  readonly time: number
  readonly microseconds: number
  readonly args: readonly Buffer[]
  readonly address: string
  readonly clientName: string
}

/** How long one kind of event took, second by second. */
export interface LatencyHistory {
  /** Second since the epoch and the longest time in that second, in milliseconds; the oldest first. */
  readonly samples: { time: number; milliseconds: number }[]
  /** The longest time ever, in milliseconds. */
  longest: number
}

/** What SLOWLOG and LATENCY tell: commands and other events that took longer than the configuration allows. */
export class SlowCommands {
  readonly #server: Server
  #entries: SlowEntry[] = []
  #nextId = 0
  #slowlogMicroseconds = -1
  #slowlogLength = 0
  #latencyMs = 0
  readonly latencies = new Map<string, LatencyHistory>()

  constructor(server: Server) {
    this.#server = server
    const { config } = server
    config.follow(['latency-tracking'], () => {
      server.dispatcher.tracksLatency = config.boolean('latency-tracking')
    })
    config.follow(['slowlog-log-slower-than', 'slowlog-max-len', 'latency-monitor-threshold'], () => {
      this.#slowlogMicroseconds = config.integer('slowlog-log-slower-than')
      this.#slowlogLength = config.integer('slowlog-max-len')
      this.#latencyMs = config.integer('latency-monitor-threshold')
      const fromSlowlog = this.#slowlogMicroseconds < 0 ? Number.POSITIVE_INFINITY : this.#slowlogMicroseconds
      const fromLatency = this.#latencyMs === 0 ? Number.POSITIVE_INFINITY : this.#latencyMs * 1000
      server.dispatcher.slowMicroseconds = Math.min(fromSlowlog, fromLatency)
      this.#entries.length = Math.min(this.#entries.length, this.#slowlogLength)
    })
  }

  /** Entries of SLOWLOG, the latest first. */
  get entries(): readonly SlowEntry[] {
    return this.#entries
  }

  reset(): void {
    this.#entries = []
  }

  /** Notes a command that took `microseconds`. */
  note(client: Client, command: Command, args: RequestArgs, microseconds: number): void {
    if (this.#latencyMs > 0 && microseconds >= this.#latencyMs * 1000) {
      this.noteLatency(command.flags.has('fast') ? 'fast-command' : 'command', microseconds / 1000)
    }
    if (this.#slowlogMicroseconds < 0 || microseconds < this.#slowlogMicroseconds) return
    if (command.flags.has('skip_slowlog') || this.#slowlogLength === 0) return
    this.#entries.unshift({
      id: this.#nextId++,
      time: Math.floor(Date.now() / 1000),
      microseconds: Math.round(microseconds),
      args: shownArguments(this.#server, client, command, args),
      address: client.address,
      clientName: client.name,
    })
    if (this.#entries.length > this.#slowlogLength) this.#entries.length = this.#slowlogLength
  }

  /** Notes that an event, such as `eviction-cycle`, took `milliseconds`; short ones are forgotten at once. */
  noteLatency(event: string, milliseconds: number): void {
    if (this.#latencyMs === 0 || milliseconds < this.#latencyMs) return
    const time = Math.floor(Date.now() / 1000)
    const rounded = Math.floor(milliseconds)
    const history = this.latencies.get(event) ?? { samples: [], longest: 0 }
    this.latencies.set(event, history)
    history.longest = Math.max(history.longest, rounded)
    const last = history.samples.at(-1)
    if (last?.time === time) {
      last.milliseconds = Math.max(last.milliseconds, rounded)
      return
    }
    history.samples.push({ time, milliseconds: rounded })
    if (history.samples.length > HISTORY_LENGTH) history.samples.shift()
  }
}

/** The arguments as SLOWLOG keeps them: not too many, not too long, secrets left out. */
function shownArguments(server: Server, client: Client, command: Command, args: RequestArgs): Buffer[] {
  const secret = redactedFrom(server.config, client, command, args)
  const shown: Buffer[] = []
  for (let i = 0; i < Math.min(args.count, MAX_ARGUMENTS); i++) {
    if (i === MAX_ARGUMENTS - 1 && args.count > MAX_ARGUMENTS) {
      shown.push(Buffer.from(`... (${args.count - MAX_ARGUMENTS + 1} more arguments)`))
    } else if (secret(i)) shown.push(Buffer.from('(redacted)'))
    else if (args.length(i) > MAX_ARGUMENT_BYTES) {
      const rest = args.length(i) - MAX_ARGUMENT_BYTES
      const start = args.start(i)
      const head = args.buffer.subarray(start, start + MAX_ARGUMENT_BYTES)
      shown.push(Buffer.concat([head, Buffer.from(`... (${rest} more bytes)`)]))
    } else shown.push(args.bytes(i))
  }
  return shown
}
