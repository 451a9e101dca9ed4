import type { Bridge, CallerInfo } from '@modis/bridge'
import type { CommandContext } from '../../../dispatch/command-context.ts'
import { bytesOf } from '../../../protocol/lossless-text.ts'
import type { RequestArgs } from '../../../protocol/request-args.ts'
import { ModuleError } from '../../module-error.ts'
import type { Registration } from '../../registration.ts'
import type { ModuleFacts, ModuleInstance } from '../kind.ts'
import type { RedisModuleLibrary } from '../library.ts'
import { flagsOf, toArguments } from './command-host.ts'
import { LoadingModule } from './loading-module.ts'
import type { RedisModuleHost } from './module-host.ts'
import { writeOutput } from './output.ts'

const PENDING = -1
const CHANGES_WANTED = 1 << 6
/** Options of RedisModule_SetModuleOptions that INFO shows, in its order. */
const OPTIONS: readonly (readonly [bit: number, name: string])[] = [
  [1 << 0, 'handle-io-errors'],
  [1 << 2, 'handle-repl-async-load'],
  [1 << 1, 'no-implicit-signal-modified'],
]
const UNKNOWN: ModuleFacts = { name: undefined, version: undefined, requires: undefined }

let lastNumber = 0

/** A Redis module binary that is or was loaded. */
export class RedisModuleInstance implements ModuleInstance {
  readonly facts = UNKNOWN
  readonly #host: RedisModuleHost
  readonly #bridge: Bridge
  readonly #library: RedisModuleLibrary
  /** The number by which the bridge knows it. */
  readonly number = ++lastNumber
  readonly #caller = { client: 0, db: 0, resp: 2, flags: 0 }
  #wasCalled = false

  constructor(host: RedisModuleHost, bridge: Bridge, library: RedisModuleLibrary) {
    this.#host = host
    this.#bridge = bridge
    this.#library = library
  }

  async load(registration: Registration): Promise<unknown> {
    const { loading } = this.#host
    const module = new LoadingModule(registration, this.#host, this.#bridge, this.number)
    loading.set(this.number, module)
    let isLoaded = false
    try {
      const args = registration.options.args.map(bytesOf)
      const { context, argv, argc } = this.#bridge.beginLoad(this.number, args)
      this.#wasCalled = true
      isLoaded = this.#library.onLoad(context, argv, argc) === 0
      const omission = isLoaded ? module.omission : undefined
      if (!isLoaded || module.failure !== undefined || omission !== undefined) {
        throw this.#refusal(module, omission)
      }
      registration.whenLive(() => this.#host.takeOverMetadata(this.number))
      module.buildCommands((command, ctx, given) => this.#invoke(command, ctx, given))
    } catch (error) {
      isLoaded = false
      throw error
    } finally {
      loading.delete(this.number)
      if (!isLoaded && this.#wasCalled) this.#host.dropMetadata(this.number)
      this.#bridge.endLoad(this.number, isLoaded)
    }
    return undefined
  }

  #refusal(module: LoadingModule, omission: string | undefined): ModuleError {
    if (module.failure !== undefined) return module.failure
    const said = omission ?? 'returned an error; what it logged stands in the log'
    return new ModuleError('MODIS_MODULE_REFUSED', `RedisModule_OnLoad of ${this.#library.path} ${said}`)
  }

  #invoke(command: number, ctx: CommandContext, args: RequestArgs): void {
    ctx.client.redacted = undefined
    const length = this.#bridge.invoke(command, toArguments(args), this.#callerOf(ctx))
    if (length !== PENDING) writeOutput(ctx.reply, this.#bridge.output, length)
  }

  #callerOf(ctx: CommandContext): CallerInfo {
    const { client } = ctx
    const caller = this.#caller
    caller.client = this.#host.idOf(client)
    caller.db = client.db
    caller.resp = client.resp
    caller.flags = flagsOf(ctx)
    if (this.#host.server.changesAreFollowed) caller.flags |= CHANGES_WANTED
    return caller
  }

  get options(): readonly string[] {
    const bits = this.#bridge.usage(this.number).options
    return OPTIONS.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name)
  }

  get waitingClients(): number {
    return this.#bridge.usage(this.number).blockedClients
  }

  get refusal(): string | undefined {
    const { timers, apiUsers } = this.#bridge.usage(this.number)
    if (apiUsers.length > 0) {
      return `the module exports APIs used by other modules. Please unload them first and try again (${apiUsers.join(', ')})`
    }
    return timers === 0
      ? undefined
      : 'the module holds timer that is not fired. Please stop the timer or wait until it fires.'
  }

  drain(): void {}

  resume(): void {}

  replaced(): void {}

  agree(): void {
    const context = this.#bridge.beginUnload(this.number)
    const { onUnload } = this.#library
    const agrees = onUnload === undefined || onUnload(context) === 0
    if (agrees) this.#host.dropMetadata(this.number)
    this.#bridge.endUnload(this.number, agrees)
    if (!agrees)
      throw new ModuleError(
        'MODIS_MODULE_IN_USE',
        'the module does not let itself be unloaded: its RedisModule_OnUnload refused',
      )
  }

  async cleanup(): Promise<void> {
    this.#host.names.delete(this.number)
  }

  close(): void {
    // Once its code has run, a thread of it may be running still: then the library stays in memory.
    this.#library.close(!this.#wasCalled)
  }
}
