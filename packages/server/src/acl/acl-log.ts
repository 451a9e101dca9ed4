import type { Client } from '../client/client.ts'
import { describeClient } from '../commands/client/describe.ts'
import type { Server } from '../server.ts'

/** What was refused: running a command, using a key or a channel, or logging in. */
export type DenialReason = 'command' | 'key' | 'channel' | 'auth'

/** Where it was refused. */
export type DenialContext = 'toplevel' | 'multi' | 'lua' | 'module'

/** Something a user was refused. */
export interface AclLogEvent {
  readonly reason: DenialReason
  readonly context: DenialContext
  /** The command's full name, the key or the channel; the first argument of the command that logs in. */
  readonly object: Buffer
  /** Name of the user, lossless text. */
  readonly user: string
  /** Undefined where a module acts for nobody. */
  readonly client: Client | undefined
}

/** Equal events of some time, as ACL LOG shows them. */
export interface AclLogEntry extends AclLogEvent {
  readonly id: number
  readonly createdAtMs: number
  updatedAtMs: number
  count: number
  /** The client of the last of the events, as CLIENT LIST shows it. */
  clientInfo: string
}

/** Equal events within so many milliseconds become one entry. */
const GROUPED_MS = 60_000
/** Most bytes of an object, or letters of a name, that are kept: requests may hold far more. */
const MOST_KEPT = 16 * 1024
/** Entries that are looked through for an equal one. */
const LOOKED_THROUGH = 10

/** What users were refused, the latest first, and how often. */
export class AclLog {
  readonly #server: Server
  #entries: AclLogEntry[] = []
  #nextId = 0
  #mostEntries = 0

  constructor(server: Server) {
    this.#server = server
    server.config.follow(['acllog-max-len'], () => {
      this.#mostEntries = server.config.integer('acllog-max-len')
    })
  }

  get entries(): readonly AclLogEntry[] {
    return this.#entries
  }

  /** Counts what was refused, and keeps it for ACL LOG. */
  add(given: AclLogEvent): void {
    this.#server.stats.denied[given.reason]++
    const event = {
      ...given,
      object: Buffer.from(given.object.subarray(0, MOST_KEPT)),
      user: given.user.slice(0, MOST_KEPT),
    }
    const nowMs = Date.now()
    const clientInfo = event.client === undefined ? '' : describeClient(this.#server, event.client)
    const at = this.#entries
      .slice(0, LOOKED_THROUGH)
      .findIndex((entry) => nowMs - entry.updatedAtMs <= GROUPED_MS && isSame(entry, event))
    const [same] = at < 0 ? [] : this.#entries.splice(at, 1)
    if (same !== undefined) {
      same.count++
      same.updatedAtMs = nowMs
      same.clientInfo = clientInfo
      this.#entries.unshift(same)
      return
    }
    const id = this.#nextId++
    // The client itself must not be kept by what it was refused.
    const entry = {
      ...event,
      client: undefined,
      id,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      count: 1,
      clientInfo,
    }
    this.#entries.unshift(entry)
    if (this.#entries.length > this.#mostEntries) this.#entries.length = this.#mostEntries
  }

  clear(): void {
    this.#entries = []
  }
}

function isSame(one: AclLogEvent, other: AclLogEvent): boolean {
  return (
    one.reason === other.reason &&
    one.context === other.context &&
    one.user === other.user &&
    one.object.equals(other.object)
  )
}
