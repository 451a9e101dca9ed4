import { basename, dirname, resolve as resolvePath } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Server } from '../server.ts'
import { CarryOvers } from './carry-over.ts'
import { checkDependents, checkRequirements, dependents } from './check.ts'
import type { ModuleInstance } from './kinds/kind.ts'
import { ModuleError } from './module-error.ts'
import { type ModuleRecord, type ModuleState, newRecord } from './module-record.ts'
import { openModule } from './open.ts'
import { type LoadOptions, Registration, withdraw } from './registration.ts'
import { defaultDirectories, type ModuleSource, resolveModule } from './resolve.ts'
import { retireCommands } from './retired-commands.ts'

/** How long MODULE UNLOAD waits for what still runs on the module's behalf. */
const DRAIN_MS = 5000
const POLL_MS = 10

/** Folder of the server's own code, as stacks show it. */
const SERVER_FOLDER = fileURLToPath(new URL('..', import.meta.url))

type DirectiveName = 'loadmodule' | 'module-add'

/** Brings modules in and out: every state of their lives, one module at a time. */
export class Modules {
  readonly #server: Server
  #last: Promise<unknown> = Promise.resolve()
  /** Versions that were replaced and still have something running. */
  readonly #retiring = new Set<Promise<void>>()

  constructor(server: Server) {
    this.#server = server
    for (const name of ['loadmodule', 'module-add'] as const) {
      server.config.setDirective(name, {
        get: () =>
          this.#loadedBy(name)
            .map(({ source }) => source)
            .join(' '),
        set: async (words) => {
          await this.load(words[0] ?? '', { args: words.slice(1), config: new Map() }, name)
        },
        lines: () =>
          this.#loaded.flatMap(({ source, args, directive }, order) =>
            directive === name ? [{ order, words: [source, ...args] }] : [],
          ),
      })
    }
  }

  /** The modules that are loaded, in the order they came. */
  get #loaded(): ModuleRecord[] {
    return [...this.#server.registry.modules.values()]
  }

  #loadedBy(directive: DirectiveName): ModuleRecord[] {
    return this.#loaded.filter((record) => record.directive === directive)
  }

  /** Folders in which modules are looked for by name. */
  get directories(): readonly string[] {
    const { config } = this.#server
    const given = config.words('module-directories')
    if (given.length > 0) return given.map((directory) => resolvePath(directory))
    return defaultDirectories([process.cwd(), ...(config.file === undefined ? [] : [dirname(config.file)])])
  }

  /**
   * Loads what the configuration names, in its order.
   * @throws ModuleError for the first that fails, or where a parameter was given whose module did not come
   */
  async loadConfigured(): Promise<void> {
    const { config } = this.#server
    for (const { name, words } of config.startDirectives) {
      if (name !== 'loadmodule' && name !== 'module-add') continue
      const [request = '', ...args] = words
      await this.load(request, { args, config: new Map() }, name)
    }
    for (const name of config.pending.keys()) {
      throw new ModuleError(
        'MODIS_MODULE_CONFIG_UNKNOWN',
        `'${name}' is configured, but no module has that parameter`,
      )
    }
  }

  /**
   * Loads a module; one that is live already is replaced by what is there now.
   * @throws ModuleError; nothing of the module is left then, or the old version of it goes on
   */
  load(
    request: string,
    options: LoadOptions,
    directive: DirectiveName = 'loadmodule',
  ): Promise<ModuleRecord> {
    return this.#exclusively(() => this.#load(request, options, directive))
  }

  /**
   * Loads a live module anew from where it came from, with the arguments and the configuration it has.
   * @throws ModuleError
   */
  reload(name: string): Promise<ModuleRecord> {
    return this.#exclusively(() => {
      const { source, args, directive } = this.#find(name)
      return this.#load(source, { args, config: new Map() }, directive ?? 'loadmodule')
    })
  }

  /** @throws ModuleError where it is not loaded, or cannot go yet */
  unload(name: string): Promise<void> {
    return this.#exclusively(() => this.#unload(this.#find(name)))
  }

  /**
   * The name of the package whose code threw `error` in a callback of its own, such as a timer of Node's, and counts it
   * as a failure of that module. Undefined where the error came through the server's code, or from elsewhere.
   */
  blame(error: unknown): string | undefined {
    const stack = error instanceof Error ? (error.stack ?? '') : ''
    if (stack.includes(SERVER_FOLDER)) return undefined
    const culprit = this.#loaded.find(({ path }) => stack.includes(`${path}/`))
    if (culprit === undefined) return undefined
    culprit.failures++
    return culprit.name
  }

  /** Lets every module clean up, before the server ends. */
  async close(): Promise<void> {
    await this.#exclusively(async () => {
      for (const record of this.#loaded.reverse()) await this.#end(record)
    })
    await Promise.all(this.#retiring)
  }

  /** One change at a time, in the order they were asked for. */
  #exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work, work)
    this.#last = result.catch(() => undefined)
    return result
  }

  #find(name: string): ModuleRecord {
    const { modules, builtIns } = this.#server.registry
    const record = modules.get(name) ?? builtIns.get(name)
    if (record === undefined)
      throw new ModuleError('MODIS_MODULE_NOT_LOADED', 'no such module with that name')
    if (record.kind === 'built-in') {
      throw new ModuleError('MODIS_MODULE_BUILT_IN', `'${name}' is part of the server`)
    }
    return record
  }

  async #load(request: string, options: LoadOptions, directive: DirectiveName): Promise<ModuleRecord> {
    const stages = new Stages(this.#server, request)
    try {
      const source = resolveModule(request, this.directories)
      stages.reach('resolved')
      const instance = await openModule(source, this.#server)
      stages.reach('opened')
      return await this.#bringIn(source, instance, options, directive, stages)
    } catch (error) {
      const reason = error instanceof ModuleError ? error : unexpected(error)
      this.#server.log.warning(`Module ${request} failed to load: ${reason.reason}`)
      if (reason.cause instanceof Error && reason.code !== 'MODIS_MODULE_CONFIG_VALUE') {
        this.#server.log.verbose(reason.cause.stack ?? reason.cause.message)
      }
      throw reason
    }
  }

  /** Takes an opened module through check and load to live. */
  async #bringIn(
    source: ModuleSource,
    instance: ModuleInstance,
    options: LoadOptions,
    directive: DirectiveName,
    stages: Stages,
  ): Promise<ModuleRecord> {
    const replaces = this.#loaded.find((record) => record.source === source.name)
    const record = newRecord({
      name: instance.facts.name ?? basename(source.file),
      kind: source.kind,
      version: instance.facts.version ?? source.version ?? '0.0.0',
      path: source.kind === 'shared object' ? source.file : source.folder,
      source: source.name,
      args: options.args,
      directive,
      instance,
    })
    stages.record = record
    const registration = new Registration(this.#server, record, options, replaces)
    let carried: CarryOvers | undefined
    let isLoaded = false
    try {
      if (instance.facts.name !== undefined) registration.identify(instance.facts.name)
      checkRequirements(this.#server, record, instance.facts.requires)
      stages.reach('checked')
      stages.enter('loading')
      record.value = await instance.load(registration)
      isLoaded = true
      checkDependents(this.#server, record)
      registration.check()
      carried = new CarryOvers(replaces?.types ?? [], registration.types)
      await carried.prepare()
      // From here to the end of the switch nothing else runs.
      registration.check()
      carried.finish()
    } catch (error) {
      carried?.cancel()
      if (isLoaded) await this.#undoLoad(record, instance)
      registration.rollback()
      instance.close()
      record.state = 'failed'
      throw error
    }
    const former = replaces?.commands.slice() ?? []
    registration.commit()
    record.state = 'live'
    const freed = carried.switch()
    this.#server.keyspace.objects.forgetNatives()
    retireCommands(former, registration.commands)
    stages.live()
    this.#server.events.emit('module-loaded', { name: record.name, version: record.version })
    if (replaces !== undefined) await this.#retire(replaces, freed)
    return record
  }

  /** Lets a module clean up whose own load went well, but which may not come in all the same. */
  async #undoLoad(record: ModuleRecord, instance: ModuleInstance): Promise<void> {
    try {
      instance.agree()
      await instance.cleanup()
    } catch (error) {
      this.#server.log.warning(`Module '${record.name}': its cleanup threw: ${(error as Error).message}`)
    }
  }

  /** Ends a version that was replaced, at once where nothing of it runs any more. */
  async #retire(record: ModuleRecord, freed: Promise<void>): Promise<void> {
    const instance = record.instance as ModuleInstance
    this.#enter(record, 'draining')
    instance.replaced()
    const end = async (): Promise<void> => {
      await freed
      while (instance.waitingClients > 0) await sleep(POLL_MS)
      try {
        instance.agree()
      } catch (error) {
        this.#server.log.warning(
          `The replaced version of module '${record.name}' stays in memory: ${(error as Error).message}`,
        )
        return
      }
      await this.#cleanUp(record)
    }
    const ended = end().finally(() => this.#retiring.delete(ended))
    this.#retiring.add(ended)
    if (instance.waitingClients === 0) await ended
  }

  async #unload(record: ModuleRecord): Promise<void> {
    const server = this.#server
    const instance = record.instance as ModuleInstance
    try {
      await this.#settleValues(record)
      this.#requireFree(record)
      this.#enter(record, 'draining')
      await this.#drain(record)
      this.#requireFree(record)
      instance.agree()
    } catch (error) {
      if (record.state === 'draining') instance.resume()
      record.state = 'live'
      server.log.warning(`Error unloading module ${record.name}: ${(error as Error).message}`)
      throw error
    }
    const former = record.commands.slice()
    withdraw(server, record)
    retireCommands(former, new Map())
    await this.#cleanUp(record)
    server.log.notice(`Module ${record.name} unloaded`)
    server.events.emit('module-unloaded', { name: record.name, version: record.version })
  }

  /** Values whose keys are gone may wait to be freed; they are freed first, so that they do not hold the module. */
  async #settleValues(record: ModuleRecord): Promise<void> {
    const { keyspace } = this.#server
    const hasValues = (): boolean => record.types.some(({ values }) => values.count > 0)
    while (hasValues() && keyspace.pendingDisposals > 0) {
      keyspace.disposeSome(1)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** @throws ModuleError with Redis's words where something keeps the module from going */
  #requireFree(record: ModuleRecord): void {
    const server = this.#server
    const inUse = (message: string): ModuleError => new ModuleError('MODIS_MODULE_IN_USE', message)
    if (record.types.some(({ values }) => values.count > 0)) {
      throw inUse("the module exports one or more module-side data types, can't unload")
    }
    const users = [
      ...server.sharedApis.usersOf(record),
      ...dependents(server, record.name).map(([user]) => user),
    ]
    if (users.length > 0) {
      throw inUse(
        `the module exports APIs used by other modules. Please unload them first and try again (${[...new Set(users)].join(', ')})`,
      )
    }
    const refusal = record.instance?.refusal
    if (refusal !== undefined) throw inUse(refusal)
  }

  /** Waits for what runs on the module's behalf. */
  async #drain(record: ModuleRecord): Promise<void> {
    const instance = record.instance as ModuleInstance
    const until = performance.now() + DRAIN_MS
    instance.drain()
    while (instance.waitingClients > 0) {
      if (performance.now() > until) {
        throw new ModuleError(
          'MODIS_MODULE_IN_USE',
          'the module has blocked clients. Please wait for them to be unblocked and try again',
        )
      }
      await sleep(POLL_MS)
    }
  }

  /** Ends a module with the server, whatever still uses it. */
  async #end(record: ModuleRecord): Promise<void> {
    record.instance?.drain()
    const former = record.commands.slice()
    withdraw(this.#server, record)
    retireCommands(former, new Map())
    await this.#cleanUp(record)
  }

  async #cleanUp(record: ModuleRecord): Promise<void> {
    const startedMs = performance.now()
    const instance = record.instance as ModuleInstance
    try {
      await instance.cleanup()
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#server.log.warning(`Module '${record.name}': its cleanup threw: ${text}`)
    }
    instance.close()
    record.state = 'unloaded'
    this.#server.log.verbose(`Module '${record.name}': unloaded after ${elapsed(startedMs)}`)
  }

  #enter(record: ModuleRecord, state: ModuleState): void {
    record.state = state
    this.#server.log.verbose(`Module '${record.name}': ${state}`)
  }
}

/** Logs a module's way into the server, with the time each step took. */
class Stages {
  readonly #server: Server
  readonly #request: string
  readonly #startedMs = performance.now()
  #sinceMs = performance.now()
  record: ModuleRecord | undefined

  constructor(server: Server, request: string) {
    this.#server = server
    this.#request = request
  }

  get #name(): string {
    return this.record?.name ?? this.#request
  }

  /** A step is done. */
  reach(state: ModuleState): void {
    if (this.record !== undefined) this.record.state = state
    this.#server.log.verbose(`Module '${this.#name}': ${state} after ${elapsed(this.#sinceMs)}`)
    this.#sinceMs = performance.now()
  }

  /** A step begins. */
  enter(state: ModuleState): void {
    if (this.record !== undefined) this.record.state = state
  }

  live(): void {
    const { record } = this
    if (record === undefined) return
    record.loadMs = performance.now() - this.#startedMs
    this.#server.log.verbose(`Module '${record.name}': live after ${elapsed(this.#sinceMs)}`)
    const commands = record.commands.length === 1 ? '1 command' : `${record.commands.length} commands`
    this.#server.log.notice(
      `Module '${record.name}' loaded from ${record.path} (${record.kind}, ${record.version}, ${commands}, ${elapsed(this.#startedMs)})`,
    )
  }
}

function unexpected(error: unknown): ModuleError {
  const text = error instanceof Error ? error.message : String(error)
  return new ModuleError('MODIS_MODULE_THREW', text, error)
}

function elapsed(sinceMs: number): string {
  return `${(performance.now() - sinceMs).toFixed(1)} ms`
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
