import type { DataType, Log } from '@modis/sdk'
import type { Client } from '../../client/client.ts'
import type { Server } from '../../server.ts'
import type { RegisteredType } from '../data-types.ts'
import type { ModuleRecord } from '../module-record.ts'
import type { ModuleWait } from './waiting.ts'

/** What all contexts of one version of a TypeScript module share. */
export class ModuleRuntime {
  readonly server: Server
  readonly record: ModuleRecord
  readonly log: Log
  /** Present values of the configuration by parameter; CONFIG SET changes them in place. */
  readonly config: Record<string, unknown>
  /** The module's data types as registered. */
  readonly types = new Map<DataType<unknown>, RegisteredType>()
  /** Clients that wait for a promise or for keys on the module's behalf. */
  readonly waits = new Set<ModuleWait>()
  /** One-shot timers that have not fired. */
  pendingTimers = 0
  #state: 'loading' | 'live' | 'draining' | 'replaced' | 'gone' = 'loading'
  #ending: AbortController | undefined

  constructor(server: Server, record: ModuleRecord, config: Record<string, unknown>) {
    this.server = server
    this.record = record
    this.config = config
    this.log = moduleLog(server, record)
  }

  /** Whether calls of the module's commands are refused. */
  get refusesCalls(): boolean {
    return this.#state === 'draining' || this.#state === 'gone'
  }

  /** Whether the module, or this version of it, is over: nothing may be done in its name any more. */
  get isGone(): boolean {
    return this.#state === 'gone'
  }

  /** Whether values of the module's data types are this version's own. */
  get ownsValues(): boolean {
    return this.#state === 'live' || this.#state === 'draining'
  }

  /** Whether another version of the module has taken over. */
  get isReplaced(): boolean {
    return this.#state === 'replaced'
  }

  /** Aborted when the module is being unloaded or replaced. */
  get signal(): AbortSignal {
    this.#ending ??= new AbortController()
    if (this.#state !== 'live' && this.#state !== 'loading') this.#ending.abort()
    return this.#ending.signal
  }

  goLive(): void {
    this.#state = 'live'
    if (this.#ending?.signal.aborted) this.#ending = undefined
  }

  drain(state: 'draining' | 'replaced'): void {
    this.#state = state
    this.#ending?.abort()
  }

  end(): void {
    this.#state = 'gone'
    this.#ending?.abort()
  }

  /** Calls a function of the module outside of a command; a throw is logged and counted, never passed on. */
  guard(what: string, work: () => unknown): void {
    try {
      const result = work()
      if (result instanceof Promise) result.catch((error) => this.failed(what, error))
    } catch (error) {
      this.failed(what, error)
    }
  }

  /** Logs and counts what a function of the module threw. */
  failed(what: string, error: unknown): void {
    this.record.failures++
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.server.log.warning(`Module '${this.record.name}': ${what} threw: ${text}`)
  }
}

function moduleLog(server: Server, record: ModuleRecord): Log {
  const marked = (message: string): string => `<${record.name}> ${message}`
  return {
    debug: (message) => server.log.debug(marked(message)),
    verbose: (message) => server.log.verbose(marked(message)),
    notice: (message) => server.log.notice(marked(message)),
    warning: (message) => server.log.warning(marked(message)),
  }
}

/** Whether a module's command may make `client` wait. */
export function mayBlock(client: Client): boolean {
  return client.context.mayBlock && client.transaction === undefined
}
