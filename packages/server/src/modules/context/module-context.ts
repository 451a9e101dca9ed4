import type {
  CallArgument,
  CallOptions,
  CallReply,
  Context,
  FilteredCommand,
  InfoWriter,
  KeyspaceEvent,
  KeyspaceEventFilter,
  Log,
  ModuleContext,
  ServerEvents,
  Timer,
  Unsubscribe,
} from '@modis/sdk'
import { isVersion } from '@modis/sdk/internal'
import { matchesGlob } from '../../keyspace/glob.ts'
import type { KeyspaceListener } from '../../keyspace/notifications.ts'
import { RequestArgs } from '../../protocol/request-args.ts'
import { FilteredRequest } from '../filters.ts'
import { InfoText } from '../info-sections.ts'
import type { Registration } from '../registration.ts'
import { CallContext } from './call-context.ts'
import type { ModuleRuntime } from './runtime.ts'
import { startTimer } from './timer.ts'

const NO_OPTIONS: CallOptions = {}
/** Classes that a keyspace filter without classes leaves out. */
const RARE_CLASSES: readonly string[] = ['key-miss', 'loaded', 'new']

/** Makes what a TypeScript module is given when it loads. Its functions may be destructured. */
export function makeModuleContext(runtime: ModuleRuntime, registration: Registration): ModuleContext {
  const { server, record, log } = runtime
  const { resources, args } = record
  const call = (options: CallOptions, command: string, values: readonly CallArgument[]): CallReply => {
    requireAlive(runtime)
    const database = server.keyspace.databases[0]
    if (database === undefined) throw new Error('the server has no database 0')
    return server.caller.call(record, database, undefined, options, command, values)
  }
  return {
    name: record.name,
    args,
    config: runtime.config,
    log: log as Log,
    get signal() {
      return runtime.signal
    },
    call: <Shape extends CallReply>(command: string, ...values: readonly CallArgument[]) =>
      call(NO_OPTIONS, command, values) as Shape,
    callWith: <Shape extends CallReply>(
      options: CallOptions,
      command: string,
      ...values: readonly CallArgument[]
    ) => call(options, command, values) as Shape,
    setTimer: (delayMs, callback, options): Timer => {
      requireAlive(runtime)
      return startTimer(runtime, delayMs, callback, options?.repeat ?? false)
    },
    onKeyspaceEvent: (filter, handler) => resources.add(onKeyspaceEvent(runtime, filter, handler)),
    onServerEvent: (name, handler) => resources.add(onServerEvent(runtime, name, handler)),
    info: (callback) =>
      onceLive(registration, () => server.infoSections.add(record.name, infoSource(runtime, callback))),
    filter: (filter, options) =>
      onceLive(registration, () => addFilter(runtime, filter, options?.includeOwn ?? false)),
    exportApi: (name, version, api) => exportApi(registration, name, version, api),
    importApi: <Api extends object>(name: string, range: string): Api =>
      server.sharedApis.import(record, name, range, (undo) => resources.add(undo)) as Api,
    withDatabase: (db, work) => withDatabase(runtime, db, work),
  }
}

function requireAlive(runtime: ModuleRuntime): void {
  if (runtime.isGone) throw new Error(`module '${runtime.record.name}' is not loaded any more`)
}

/** Registers something now, or when the module goes live where it is still loading. */
function onceLive(registration: Registration, register: () => () => void): Unsubscribe {
  const { resources, state } = registration.record
  if (state === 'live') return resources.add(register())
  let undo: (() => void) | undefined
  let isWanted = true
  registration.whenLive(() => {
    if (isWanted) undo = resources.add(register())
  })
  return () => {
    isWanted = false
    undo?.()
  }
}

function onKeyspaceEvent(
  runtime: ModuleRuntime,
  filter: KeyspaceEventFilter,
  handler: (event: KeyspaceEvent) => void,
): () => void {
  const { classes } = filter
  const pattern = filter.pattern === undefined ? undefined : Buffer.from(filter.pattern)
  const listener: KeyspaceListener = (eventClass, event, key, database) => {
    if (classes === undefined ? RARE_CLASSES.includes(eventClass) : !classes.includes(eventClass)) return
    if (pattern !== undefined && !matchesGlob(pattern, 0, pattern.length, key, 0, key.length)) return
    runtime.guard(`its handler of '${event}' events`, () =>
      handler({ class: eventClass, event, key, db: database.index }),
    )
  }
  return runtime.server.notifications.listen(listener)
}

function onServerEvent<Name extends keyof ServerEvents>(
  runtime: ModuleRuntime,
  name: Name,
  handler: (event: ServerEvents[Name]) => void,
): () => void {
  return runtime.server.events.on(name, (event) =>
    runtime.guard(`its handler of '${name}' events`, () => handler(event)),
  )
}

function infoSource(runtime: ModuleRuntime, callback: (writer: InfoWriter) => void): () => string {
  return () => {
    const text = new InfoText(runtime.record.name)
    runtime.guard('its INFO callback', () => callback(text))
    return text.text
  }
}

function addFilter(
  runtime: ModuleRuntime,
  filter: (command: FilteredCommand) => void,
  includeOwn: boolean,
): () => void {
  return runtime.server.commandFilters.add({
    module: runtime.record,
    includeOwn,
    filter: (client, args) => {
      const request = new FilteredRequest(client, args)
      let result: RequestArgs | undefined
      runtime.guard('its command filter', () => {
        filter(request)
        result = request.result
      })
      return result
    },
  })
}

function exportApi(registration: Registration, name: string, version: string, api: object): void {
  const { server, record, replaces } = registration
  if (!isVersion(version)) throw new Error(`the version '${version}' of the API '${name}' is not semver`)
  server.sharedApis.checkExport(name, record.state === 'live' ? record : replaces)
  registration.exports.set(name, version)
  onceLive(registration, () => server.sharedApis.export(record, name, version, api))
}

/** Runs `work` with a context of a database, as a batch of commands of its own. */
function withDatabase<Result>(runtime: ModuleRuntime, db: number, work: (ctx: Context) => Result): Result {
  requireAlive(runtime)
  const { server } = runtime
  const database = server.keyspace.databases[db]
  if (database === undefined) throw new RangeError(`there is no database ${db}`)
  const client = server.clients.createInternal()
  client.database = database
  const call = new CallContext(runtime, client.context, RequestArgs.from([]))
  server.enter()
  const end = (): void => {
    call.finish()
    client.reply.release()
  }
  let result: Result
  try {
    result = work(call)
  } catch (error) {
    end()
    throw error
  } finally {
    call.suspend()
    if (server.blocking.readyCount > 0) server.blocking.serve()
    server.leave()
  }
  if (result instanceof Promise) return result.finally(end) as Result
  end()
  return result
}
