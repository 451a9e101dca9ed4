import type { CommandError } from './errors.ts'
import type { KeyspaceEvent, KeyspaceEventClass, KeyspaceEventFilter, ServerEvents } from './events.ts'
import type { BytesLike, Key, KeyMode } from './keys.ts'
import type { Reply, ReplyValue, VerbatimString } from './reply.ts'

/** An argument of a command called by a module; numbers are formatted as Redis does. */
export type CallArgument = BytesLike | number | bigint

/**
 * A reply converted for the module: simple strings are strings, bulk strings Buffers (strings with `text`), integers
 * numbers or, beyond ±(2^53 − 1), `bigint`, doubles numbers, maps `Map`, sets `Set`, nulls `null`.
 */
export type CallReply =
  | string
  | number
  | bigint
  | boolean
  | null
  | Buffer
  | VerbatimString
  | CommandError
  | CallReply[]
  | Map<CallReply, CallReply>
  | Set<CallReply>

/** How {@link Caller.callWith} calls. */
export interface CallOptions {
  /** `throw` (the default) throws an error reply as a {@link CommandError}; `return` returns it. */
  readonly errors?: 'throw' | 'return'
  /** Decodes bulk strings as UTF-8. */
  readonly text?: boolean
  /** Protocol version in which the command answers; 3 unless given, so that maps and doubles keep their type. */
  readonly resp?: 2 | 3
  /**
   * Runs as the user of the client, as if the client had sent the command itself: where its ACL rules forbid the command,
   * a key or a channel, the call fails with `NOPERM` and `ACL LOG` tells of it. Without it, and where there is no client,
   * a call may do anything.
   */
  readonly asClient?: boolean
  /** Whether the command's effects reach replicas and the AOF; true unless given. */
  readonly replicate?: boolean
}

/** Calls commands from within. Arguments are passed as they are; nothing is split at spaces. */
export interface Caller {
  /**
   * Runs a command at once and returns its reply, RESP3-typed. A command that would block answers as if its time
   * were up. `Shape` states what the caller knows about the reply; it is not checked.
   * @throws CommandError where the command answers with an error
   */
  call<Shape extends CallReply = CallReply>(command: string, ...args: readonly CallArgument[]): Shape
  /** As {@link Caller.call}, with options. */
  callWith<Shape extends CallReply = CallReply>(
    options: CallOptions,
    command: string,
    ...args: readonly CallArgument[]
  ): Shape
}

/** Writes to the server's log, marked with the module's name. */
export interface Log {
  debug(message: string): void
  verbose(message: string): void
  notice(message: string): void
  warning(message: string): void
}

/** Who sent a command. */
export interface ClientInfo {
  /** Unique while the server runs. */
  readonly id: number
  /** Name set by `CLIENT SETNAME`; empty where there is none. */
  readonly name: string
  /** Name of the ACL user. */
  readonly user: string
  /** `ip:port`, or the path of the unix socket with `:0`. */
  readonly address: string
  readonly db: number
  /** Protocol version: 2 or 3. */
  readonly resp: 2 | 3
  /** The command comes from a module's call, a timer or an event rather than from a connection. */
  readonly isInternal: boolean
}

/** Circumstances of the running command. */
export interface ExecutionFlags {
  /** Within `MULTI`/`EXEC`. */
  readonly transaction: boolean
  /** Within a script or function. */
  readonly script: boolean
  /** The command comes from the master or the AOF. */
  readonly replicated: boolean
  /** A promise or {@link Context.blockOnKeys} may block the client; otherwise the server answers at once. */
  readonly mayBlock: boolean
  readonly loading: boolean
  /** `maxmemory` is reached. */
  readonly outOfMemory: boolean
}

/** Returned by {@link BlockOnKeys.retry} while there is nothing to serve the client with. */
export const stillBlocked: unique symbol = Symbol.for('modis.still-blocked')

/** How to wait for keys; see {@link Context.blockOnKeys}. */
export interface BlockOnKeys<State, Config> {
  readonly keys: readonly (Key | BytesLike)[]
  /** Longest wait in milliseconds; 0 waits without end. */
  readonly timeoutMs: number
  /**
   * Called, with a context of its own, each time one of the keys was written. Returns the reply, `undefined` when it
   * was written to `ctx.reply`, or {@link stillBlocked} to wait on.
   */
  retry(ctx: Context<State, Config>): ReplyValue | undefined | typeof stillBlocked
  /** The reply when the time is up; within a transaction or script, at once. */
  timeout(ctx: Context<State, Config>): ReplyValue | undefined
}

/** What a handler may do, beyond its arguments: one object for each run of a command. */
export interface Context<State = unknown, Config = unknown> extends Caller {
  /** What the module's `load` returned. */
  readonly state: State
  /** Present values of the module's configuration. */
  readonly config: Config
  readonly client: ClientInfo
  /** Number of the selected database. */
  readonly db: number
  readonly flags: ExecutionFlags
  /** Aborted when the client is gone or the module is being unloaded; for async handlers. */
  readonly signal: AbortSignal
  /** Writes the reply directly, instead of returning a value; not after an `await`. */
  readonly reply: Reply
  readonly log: Log
  /**
   * Opens a key of the selected database; the mode is `RW` unless given. An async handler opens its keys again after
   * each `await`.
   */
  key(name: BytesLike, mode?: KeyMode): Key
  /**
   * Blocks the client until `retry` serves it or the time is up; return what this returns. The handler tries first
   * and calls this when there was nothing. When the module is reloaded meanwhile, the command starts anew in the new
   * version; when it is unloaded, the client gets an `UNBLOCKED` error.
   */
  blockOnKeys(options: BlockOnKeys<State, Config>): Promise<ReplyValue | undefined>
  /** Publishes to a channel (a shard channel with `sharded`); returns how many clients of this server got it. */
  publish(channel: BytesLike, message: BytesLike, options?: { readonly sharded?: boolean }): number
  /** Sends a keyspace notification; the class is `module` unless given. */
  notify(event: string, key: Key | BytesLike, eventClass?: KeyspaceEventClass): void
  /** Sends this command to replicas and the AOF instead of the one the client sent; may be called several times. */
  replicate(command: string, ...args: readonly CallArgument[]): void
  /** Milliseconds since 1970; the same during one run of a command. */
  now(): number
  /**
   * Whether the client's user may run `command` with `args`, with the keys and channels among them. False as well for a
   * command that there is not, or that takes other arguments. Where there is no client, in
   * {@link ModuleContext.withDatabase} and in what a module calls without `asClient`, this and the following are true.
   */
  mayRun(command: string, ...args: readonly CallArgument[]): boolean
  /**
   * Whether the client's user may use a key in this way; with `prefix`, all keys that begin so. Keys that are arguments of
   * the command itself were checked before it ran; keys whose names it makes up or reads elsewhere are not.
   */
  mayAccess(key: BytesLike, mode: KeyMode, options?: { readonly prefix?: boolean }): boolean
  /** Whether the client's user may publish and subscribe to a channel; with `pattern`, to all channels it matches. */
  mayUseChannel(channel: BytesLike, options?: { readonly pattern?: boolean }): boolean
  /**
   * Refuses what the client's user may not do: notes it in `ACL LOG` and fails with `NOPERM`, in the words in which the
   * server does. `object` is the command's name, the key or the channel.
   * @throws CommandError always
   */
  deny(reason: DenialReason, object: BytesLike): never
}

/** What a client's user may not run or use; see {@link Context.deny}. */
export type DenialReason = 'command' | 'key' | 'channel'

/**
 * A timer of a module. One that fires once is a reason not to unload until it has fired or was cleared; one that repeats
 * is stopped by the unload. A reload stops all timers of the old version.
 */
export interface Timer {
  /** Milliseconds until it fires next; 0 when it is done. */
  readonly remainingMs: number
  clear(): void
}

/** Undoes a registration. All of a module's registrations are undone when it is unloaded. */
export type Unsubscribe = () => void

/** One section of `INFO`, filled by {@link ModuleContext.info}; its title is `<module>_<name>`. */
export interface InfoSection {
  field(name: string, value: string | number | bigint): void
  /** A field that holds fields, printed `name:a=1,b=2`. */
  fields(name: string, values: Readonly<Record<string, string | number | bigint>>): void
}

/** What an INFO callback writes to. */
export interface InfoWriter {
  /** Starts a section; without a name it is titled as the module. */
  section(name?: string): InfoSection
}

/** A command before it is looked up, as a filter sees it. Position 0 is the command's name. */
export interface FilteredCommand {
  readonly clientId: number
  readonly count: number
  get(index: number): Buffer
  replace(index: number, value: BytesLike): void
  insert(index: number, value: BytesLike): void
  delete(index: number): void
}

/**
 * What a module is given when it loads. Everything registered through it is undone when the load fails and when the
 * module is unloaded. The functions may be destructured.
 */
export interface ModuleContext<Config = unknown> extends Caller {
  /** The module's name. */
  readonly name: string
  /** The strings after the module's name, or after `ARGS`. */
  readonly args: readonly string[]
  /** Present values of the module's configuration. */
  readonly config: Config
  readonly log: Log
  /** Aborted when the module is being unloaded. */
  readonly signal: AbortSignal
  /** Runs `callback` once after `delayMs` milliseconds, or every `delayMs` with `repeat`. A throw is logged. */
  setTimer(delayMs: number, callback: () => void, options?: { readonly repeat?: boolean }): Timer
  onKeyspaceEvent(filter: KeyspaceEventFilter, handler: (event: KeyspaceEvent) => void): Unsubscribe
  onServerEvent<Name extends keyof ServerEvents>(
    name: Name,
    handler: (event: ServerEvents[Name]) => void,
  ): Unsubscribe
  /** Adds sections to `INFO`; called for each INFO that shows modules. */
  info(callback: (writer: InfoWriter) => void): Unsubscribe
  /** Sees, and may rewrite, every command before it runs; `includeOwn` also those this module calls. */
  filter(filter: (command: FilteredCommand) => void, options?: { readonly includeOwn?: boolean }): Unsubscribe
  /** Offers functions to other modules under a name and a semver version. @throws Error where the name is taken */
  exportApi(name: string, version: string, api: object): void
  /**
   * What another module exports; that module then cannot be unloaded before this one.
   * @throws Error where nothing of that name, or no version in the range, is exported
   */
  importApi<Api extends object>(name: string, range: string): Api
  /** Runs `work` with a context of database `db`, outside any client; for timers, events and background work. */
  withDatabase<Result>(db: number, work: (ctx: Context<unknown, Config>) => Result): Result
}
