import type {
  Arguments,
  Bridge,
  CallerInfo,
  CallResult,
  CommandDocumentation,
  CommandRegistration,
  Slice,
} from '@modis/bridge'
import { CommandError } from '@modis/sdk'
import { deniedToModule } from '../../../acl/denials.ts'
import type { User } from '../../../acl/user.ts'
import type { Client } from '../../../client/client.ts'
import type { Command } from '../../../dispatch/command.ts'
import type { CommandContext } from '../../../dispatch/command-context.ts'
import { unknownCommand, unknownSubcommand, wrongArity } from '../../../dispatch/command-errors.ts'
import { keysOf } from '../../../dispatch/command-keys.ts'
import type { Database } from '../../../keyspace/database.ts'
import { RequestArgs } from '../../../protocol/request-args.ts'
import type { Server } from '../../../server.ts'
import { CollectionHost } from './collection-host.ts'
import { copyOf } from './keyspace-host.ts'
import type { LoadingModule } from './loading-module.ts'
import { ModuleUsers } from './module-users.ts'
import { classOf, KEY_FLAG_BITS, NOTIFY_BITS, SERVER_EVENTS, type ToldEvent } from './numbers.ts'

/** `CallStatus` and `CallFlag` of the bridge, which is imported for its types only. */
const Status = {
  done: 0,
  blocked: 1,
  unknownCommand: 2,
  wrongArity: 3,
  notAllowed: 4,
  accessDenied: 5,
  noSpace: 6,
} as const
const Flag = {
  checkAcl: 1 << 3,
  scriptMode: 1 << 4,
  noWrites: 1 << 5,
  respectOom: 1 << 6,
  dryRun: 1 << 7,
  allowBlock: 1 << 8,
} as const

const CallerFlag = { denyBlocking: 1 << 0, multi: 1 << 1, unixSocket: 1 << 5 } as const

/** Commands that make the connection one of another sort; Redis refuses them as it does for a client that may not block. */
const LASTING_COMMANDS: Readonly<Record<string, string>> = {
  monitor: "MONITOR isn't allowed for DENY BLOCKING client",
  subscribe: "SUBSCRIBE isn't allowed for a DENY BLOCKING client",
  psubscribe: "PSUBSCRIBE isn't allowed for a DENY BLOCKING client",
  ssubscribe: "SSUBSCRIBE isn't allowed for a DENY BLOCKING client",
}

const noSuchUser = new CommandError('The user of the context does not exist any more', 'NOPERM')

/** Commands about a connection, which a call of a module has none of. */
const CONNECTION_COMMANDS = new Set([
  ...['auth', 'hello', 'quit', 'reset', 'multi', 'exec', 'discard', 'watch', 'unwatch'],
  ...['unsubscribe', 'punsubscribe', 'sunsubscribe'],
])

/** Commands for Redis modules: those they register, those they call, and the events they hear of. */
export class CommandHost extends CollectionHost {
  /** Modules whose load runs, by the bridge's numbers. */
  readonly loading = new Map<number, LoadingModule>()
  /** The users that modules hold. */
  protected readonly users: ModuleUsers
  protected readonly bridge: () => Bridge
  readonly #idle: { client: Client; args: RequestArgs }[] = []
  readonly #promises = new Map<number, Client>()
  /** Clients without a connection that have run a command of a Redis module, by id. */
  readonly #internal = new Map<number, Client>()
  #lastPromise = 0
  #nobody: Client | undefined
  #unlistenKeys: (() => void) | undefined
  #unlistenServer: (() => void)[] = []
  #unfilter: (() => void) | undefined
  #jobsQueued = false

  constructor(server: Server, bridge: () => Bridge) {
    super(server)
    this.bridge = bridge
    this.users = new ModuleUsers(server)
  }

  createCommand(command: CommandRegistration): boolean {
    return this.loading.get(command.module)?.addCommand(command) ?? false
  }

  documentCommand(documentation: CommandDocumentation): void {
    this.#loadingOf(documentation.command)?.document(documentation)
  }

  #loadingOf(command: number): LoadingModule | undefined {
    return [...this.loading.values()].find((each) => each.commands.has(command))
  }

  setCommandCategories(command: number, categories: string): boolean {
    return this.#loadingOf(command)?.setCategories(command, categories) ?? false
  }

  addCategory(module: number, name: string): 'added' | 'taken' | 'no-room' {
    return this.loading.get(module)?.addCategory(name) ?? 'taken'
  }

  call(given: Arguments, flags: number, caller: CallerInfo, user: number): CallResult {
    const level = this.#idle.pop() ?? this.#newLevel()
    const { client, args } = level
    copyArguments(given, args)
    try {
      const command = this.#find(args)
      if (command instanceof CommandError) return refusal(Status.unknownCommand, command)
      const refused =
        this.#refusal(command, args, flags) ?? this.#runAs(client, command, args, flags, caller, user)
      if (refused !== undefined) return refused
      if ((flags & Flag.dryRun) !== 0) return { status: Status.done, bytes: null }
      client.database = this.database(caller.db)
      client.reply.version = caller.resp === 3 ? 3 : 2
      client.context.mayBlock = (flags & Flag.allowBlock) !== 0
      return this.#run(client, args)
    } finally {
      if (client.blocked === undefined) this.#idle.push(level)
    }
  }

  /** The number by which the bridge knows a client. */
  idOf(client: Client): number {
    if (client.isInternal) this.#internal.set(client.id, client)
    return client.id
  }

  /** The client without a connection that has this number. */
  protected callerOf(id: number): Client | undefined {
    return this.#internal.get(id)
  }

  #newLevel(): { client: Client; args: RequestArgs } {
    const client = this.server.clients.createInternal()
    // A call asks for the limit of memory with a flag of its own.
    client.mayExceedMemory = true
    return { client, args: new RequestArgs(Buffer.alloc(0)) }
  }

  #run(client: Client, args: RequestArgs): CallResult {
    const { server } = this
    const { reply } = client
    server.enter()
    try {
      server.dispatcher.dispatch(client, args)
    } finally {
      server.leave()
    }
    if (client.blocked !== undefined) return this.#promise(client)
    // The bridge copies the bytes before anything else runs, so the buffer may go back at once.
    const bytes = reply.buffer.subarray(0, reply.length)
    reply.release()
    return { status: Status.done, bytes }
  }

  /** The reply of a call that blocked reaches the module when the command has it. */
  #promise(client: Client): CallResult {
    const promise = ++this.#lastPromise
    this.#promises.set(promise, client)
    client.link = {
      ...NO_LINK,
      flush: () => {
        if (client.blocked !== undefined || client.reply.length === 0) return
        const bytes = client.reply.take()
        client.reply.release()
        client.link = undefined
        if (this.#promises.delete(promise)) this.bridge().callFinished(promise, bytes)
      },
    }
    return { status: Status.blocked, bytes: null, promise }
  }

  callAbort(promise: number): boolean {
    const client = this.#promises.get(promise)
    if (client === undefined) return false
    this.#promises.delete(promise)
    this.server.blocking.abandon(client)
    return true
  }

  #find(args: RequestArgs): Command | CommandError {
    const command = this.server.registry.commands.find(args, 0)
    if (command === undefined) return unknownCommand(args)
    if (command.subcommands === undefined || args.count < 2) return command
    const subcommand = command.subcommands.get(args.string(1).toLowerCase())
    if (subcommand === undefined && command.handler === undefined) return unknownSubcommand(command, args)
    return subcommand ?? command
  }

  /** Why a command that a module calls does not run, by the modifiers of the call. */
  #refusal(command: Command, args: RequestArgs, flags: number): CallResult | undefined {
    if (!command.accepts(args.count)) return refusal(Status.wrongArity, wrongArity(command))
    const inScript = (flags & Flag.scriptMode) !== 0 && command.flags.has('noscript')
    if (inScript || CONNECTION_COMMANDS.has(command.name)) {
      return refusal(
        Status.notAllowed,
        new CommandError(`command '${command.fullName}' is not allowed on script mode`),
      )
    }
    const lasting = LASTING_COMMANDS[command.name]
    if (lasting !== undefined) return { status: Status.done, bytes: Buffer.from(`-ERR ${lasting}\r\n`) }
    if ((flags & Flag.noWrites) !== 0 && command.isWrite) {
      const text = `Write command '${command.fullName}' was called while write is not allowed.`
      return refusal(Status.noSpace, new CommandError(text))
    }
    if ((flags & Flag.respectOom) !== 0 && command.deniesWhenFull && !this.server.freeMemory()) {
      return refusal(
        Status.noSpace,
        new CommandError("command not allowed when used memory > 'maxmemory'.", 'OOM'),
      )
    }
    return undefined
  }

  /** Makes `client` run a command as the user that the call is to be made as, or without any rules; tells why not. */
  #runAs(
    client: Client,
    command: Command,
    args: RequestArgs,
    flags: number,
    caller: CallerInfo,
    number: number,
  ): CallResult | undefined {
    client.user = this.server.users.default
    client.obeysUser = false
    if ((flags & Flag.checkAcl) === 0) return undefined
    const own = this.client(caller.client)
    // What a call without rules calls has none either.
    if (number === 0 && own?.obeysUser === false) return undefined
    const user = number === 0 ? this.#userOf(caller) : this.users.get(number)
    if (user === undefined) return refusal(Status.accessDenied, noSuchUser)
    client.user = user
    client.obeysUser = true
    const denial = deniedToModule(this.server, user, this.actor(caller), command, args)
    return denial === undefined ? undefined : refusal(Status.accessDenied, denial)
  }

  /** The user of a caller: `default` for a thread without a client, none for a client that is gone or on its way out. */
  #userOf({ client: id }: CallerInfo): User | undefined {
    if (id === 0) return this.server.users.default
    const client = this.client(id)
    return client === undefined || (client.closing && !client.isAuthenticated) ? undefined : client.user
  }

  protected client(id: number): Client | undefined {
    return this.server.clients.get(id) ?? this.callerOf(id)
  }

  /** The client whose command a module runs now; where a thread or a timer acts, one that has never run any. */
  protected actor({ client: id }: CallerInfo): Client {
    const client = this.client(id)
    if (client?.context.command !== undefined) return client
    this.#nobody ??= this.server.clients.createInternal()
    return this.#nobody
  }

  userMayRun(number: number, given: Arguments): 'yes' | 'no' | 'unknown-command' | 'arity' {
    const args = new RequestArgs(Buffer.alloc(0))
    copyArguments(given, args)
    const command = this.#find(args)
    if (command instanceof CommandError) return 'unknown-command'
    if (!command.accepts(args.count)) return 'arity'
    const user = this.users.get(number)
    return user !== undefined && user.denialOf(command, args) === undefined ? 'yes' : 'no'
  }

  commandKeys(given: Arguments): { positions: number[]; flags: number[] } | 'unknown' | 'arity' | 'nokeys' {
    const args = new RequestArgs(Buffer.alloc(0))
    copyArguments(given, args)
    const command = this.#find(args)
    if (command instanceof CommandError) return 'unknown'
    if (!command.accepts(args.count)) return 'arity'
    const keys = keysOf(command, args)
    if (keys.length === 0) return 'nokeys'
    const bits = (flags: readonly string[]): number =>
      flags.reduce((sum, name) => sum | (KEY_FLAG_BITS[name] ?? 0), 0)
    return { positions: keys.map(({ index }) => index), flags: keys.map(({ flags }) => bits(flags)) }
  }

  /** There is no link to replicas and no AOF yet that would want the command. */
  replicate(_module: number, _args: Arguments, _caller: CallerInfo, _flags: number): boolean {
    return true
  }

  replicateVerbatim(_caller: CallerInfo): void {
    this.server.keyspace.dirty++
  }

  publish(channel: Slice, message: Slice, sharded: boolean): number {
    const { pubsub } = this.server
    const send = sharded ? pubsub.publishToShard : pubsub.publish
    return send.call(pubsub, copyOf(channel), copyOf(message))
  }

  notify(db: number, type: number, event: string, key: Slice): void {
    this.server.notifications.notify(classOf(type), event, copyOf(key), this.database(db))
  }

  keyspaceEventsWanted(types: number): void {
    this.#unlistenKeys?.()
    this.#unlistenKeys = undefined
    if (types === 0) return
    this.#unlistenKeys = this.server.notifications.listen((eventClass, event, key, database) => {
      const bit = NOTIFY_BITS[eventClass]
      if ((types & bit) === 0) return
      if (this.bridge().keyspaceEvent(bit, event, database.index, key)) this.#queueJobs()
    })
  }

  /** Has the jobs run that modules leave for the end of the command; without a command, when the batch is through. */
  #queueJobs(): void {
    this.server.dispatcher.afterCommand = this.#runJobs
    if (this.#jobsQueued) return
    this.#jobsQueued = true
    queueMicrotask(() => {
      this.#jobsQueued = false
      this.server.enter()
      this.#runJobs(true)
      this.server.leave()
    })
  }

  readonly #runJobs = (isOver: boolean): void => {
    if (isOver) this.server.dispatcher.afterCommand = undefined
    this.bridge().runPostNotificationJobs(isOver)
  }

  keyspaceEventFlags(): number {
    const { flags } = this.server.notifications
    let bits = (flags.includes('K') ? 1 : 0) | (flags.includes('E') ? 2 : 0)
    for (const name of Object.keys(NOTIFY_BITS) as (keyof typeof NOTIFY_BITS)[]) {
      if (this.server.notifications.wants(name)) bits |= NOTIFY_BITS[name]
    }
    return bits
  }

  serverEventsWanted(events: number): void {
    for (const unlisten of this.#unlistenServer) unlisten()
    this.#unlistenServer = []
    for (const [name, { event: number, tell }] of Object.entries(SERVER_EVENTS)) {
      if ((events & (1 << number)) === 0) continue
      const listener = (event: never): void => {
        const { subevent, data } = (tell as (event: never) => ToldEvent)(event)
        this.bridge().serverEvent(number, subevent, data)
      }
      this.#unlistenServer.push(this.server.events.on(name as 'shutdown', listener as never))
    }
  }

  commandFiltersWanted(wanted: boolean): void {
    this.#unfilter?.()
    this.#unfilter = undefined
    if (!wanted) return
    const filter = (client: Client, args: RequestArgs): RequestArgs | undefined => {
      const replaced = this.bridge().filterCommand(toArguments(args), client.isInternal ? 0 : client.id)
      return replaced === null ? undefined : RequestArgs.from(replaced)
    }
    // The bridge itself leaves out what a module with NOSELF calls, so that no module is named here.
    this.#unfilter = this.server.commandFilters.add({ module: undefined, includeOwn: true, filter })
  }

  signalReady(db: number, key: Slice): void {
    const database: Database = this.database(db)
    const name = copyOf(key)
    this.server.blocking.signal(database, name)
    this.serveSoon()
  }

  /** Within a command the dispatcher serves the clients when it ends; a module's own thread or timer has no such end. */
  protected serveSoon(): void {
    setImmediate(() => {
      this.server.enter()
      this.server.blocking.serve()
      this.server.leave()
    })
  }
}

const NO_LINK = {
  address: '',
  localAddress: '',
  isUnix: false,
  isLoopback: true,
  descriptor: -1,
  pendingBytes: 0,
  queryBytes: 0,
  queryBufferBytes: 0,
  isProcessing: false,
  isReadable: false,
  receive(): void {},
  resume(): void {},
  checkOutputLimit(): void {},
  closeAfterFlush(): void {},
  destroy(): void {},
}

function refusal(status: number, error: CommandError): CallResult {
  return { status, bytes: Buffer.from(`${error.code} ${error.message}`.replace(/[\r\n]/g, ' ')) }
}

/** Copies arguments out of the bridge's memory, which commands within commands use again. */
function copyArguments({ bytes, offsets, first, count }: Arguments, args: RequestArgs): void {
  const from = count > 0 ? (offsets[first] as number) : 0
  const to = count > 0 ? (offsets[first + 2 * count - 1] as number) : 0
  const length = to - from
  if (args.buffer.length < length) args.buffer = Buffer.allocUnsafeSlow(Math.max(length * 2, 256))
  args.buffer.set(bytes.subarray(from, to), 0)
  args.count = 0
  for (let i = 0; i < count; i++) {
    args.push((offsets[first + 2 * i] as number) - from, (offsets[first + 2 * i + 1] as number) - from)
  }
}

/** Bits of `CallerFlag` of the bridge: what a module learns of the circumstances of a command. */
export function flagsOf({ client, mayBlock, server }: CommandContext): number {
  let flags = mayBlock ? 0 : CallerFlag.denyBlocking
  if (server.executing !== undefined) flags |= CallerFlag.multi
  if (client.link?.isUnix === true) flags |= CallerFlag.unixSocket
  return flags
}

let scratch = new Int32Array(64)

/** Arguments as the bridge takes them; valid until the next call. */
export function toArguments(args: RequestArgs): Arguments {
  const { count, starts, ends } = args
  if (scratch.length < count * 2) scratch = new Int32Array(count * 4)
  const offsets = scratch
  for (let i = 0; i < count; i++) {
    offsets[2 * i] = starts[i] as number
    offsets[2 * i + 1] = ends[i] as number
  }
  return { bytes: args.buffer, offsets, first: 0, count }
}
