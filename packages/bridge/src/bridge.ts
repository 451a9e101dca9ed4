// What the bridge does for the server: the other direction of host.ts.

import type { Arguments, CallerInfo } from './host.ts'

/** What RedisModule_OnLoad is called with: pointers for koffi. */
export interface LoadFrame {
  context: bigint
  argv: bigint
  argc: number
}

/** What still ties a module to the process. */
export interface ModuleUsage {
  commands: number
  types: number
  timers: number
  blockedClients: number
  threadContexts: number
  /** Names of modules that fetched an API which this one exports. */
  apiUsers: string[]
  /** Bits of REDISMODULE_OPTIONS_*. */
  options: number
}

/** One row of the function table. */
export interface FunctionStatus {
  name: string
  section: string
  since: string
  implemented: boolean
  /** Why it is absent; empty for an implemented one. */
  reason: string
}

export interface TypeLoadResult {
  /** The new value. */
  value: number
  /** How many bytes it took, its closing opcode included. */
  consumed: number
}

/** What keys have of each class of metadata: value i is eight bytes from 8·i on, and bit i of `mask` says it is set. */
export interface MetadataValues {
  mask: number
  /** 64 bytes. */
  readonly bytes: Uint8Array
}

/** How metadata comes to another key. */
export const MetadataTransfer = { copy: 0, rename: 1, move: 2 } as const
export type MetadataTransfer = (typeof MetadataTransfer)[keyof typeof MetadataTransfer]

/** `unknown`: no class of that name is registered, or it does not load; `left out`: the module wants none of it. */
export type MetadataLoaded =
  | { outcome: 'loaded'; metadataClass: number; low: number; high: number }
  | { outcome: 'unknown' | 'left out' | 'refused' | 'corrupt' }

export interface Authentication {
  /**
   * Whether a module decided about it; otherwise the server's own users do. `waits`: a module made the client wait, and
   * `BridgeHost.authUnblocked` follows.
   */
  outcome: 'not handled' | 'denied' | 'welcome' | 'waits'
  /** When denied: the error the client gets, with its code after a dash where it has one; null for the usual one. */
  error: string | null
}

/** Result of a command: how many bytes of `Bridge.output` are its reply, or `replyPending`. */
export type ReplyLength = number

/** The client waits: the reply arrives through `BridgeHost.unblocked`. */
export const replyPending = -1

/** Data of a server event; which fields are read depends on the event. */
export interface ServerEventData {
  /** flush: database or -1; swapdb: first; cron loop: hz; progress: 0 to 1024; module: version. */
  number?: number
  /** flush: 1 when synchronous; swapdb: second; client: its number. */
  second?: number
  /** module: name; config: names separated by blanks. */
  text?: string
  /** key events: the key. */
  key?: Uint8Array
}

/** Sockets without the event loop, for the middle of something long. Descriptors must not block. */
export interface Sockets {
  /** Moves those that have something to read, or whose peer has gone, to the front, and returns how many they are. */
  pollDescriptors(descriptors: Int32Array): number
  /** Bytes read; 0 at the end of the stream, -1 where there are none. */
  readDescriptor(descriptor: number, into: Uint8Array): number
  /** A connection that waits at a listening descriptor, or -1. */
  acceptDescriptor(descriptor: number): number
}

export interface Bridge {
  /** Replies and saved values are left here; read them before calling the bridge again. */
  readonly output: Uint8Array
  /** What a module measured of the work for the client that `blockedTimeout` or `blockedKeyReady` served last. */
  readonly measuredUs: number
  readonly functions: readonly FunctionStatus[]

  /** Before OnLoad. `module` is a number of the server's choice, new for every load. */
  beginLoad(module: number, args: readonly Uint8Array[]): LoadFrame
  /** After OnLoad. When it failed, everything the module registered is dropped. */
  endLoad(module: number, loaded: boolean): void
  /** Before OnUnload; returns its context. The lock is lent to the module's threads meanwhile. */
  beginUnload(module: number): bigint
  /** After OnUnload. When it agreed, everything of the module is dropped. */
  endUnload(module: number, unloaded: boolean): void
  usage(module: number): ModuleUsage
  /**
   * Bytes that all modules hold of what they have allocated through the API, as of the last turn of the event loop or the
   * last time a module's code ran.
   */
  readonly moduleBytes: number

  /** Runs a command of a module. */
  invoke(command: number, args: Arguments, caller: CallerInfo): ReplyLength
  /** Asks a `getkeys-api` command for its keys: positions and REDISMODULE_CMD_KEY_* flags. */
  commandKeys(command: number, args: Arguments): { positions: number[]; flags: number[] }
  /** Asks a `getchannels-api` command for its channels. */
  commandChannels(command: number, args: Arguments): { positions: number[]; flags: number[] }
  /** Runs the command filters. Null when the arguments stay as they are. */
  filterCommand(args: Arguments, client: number): Uint8Array[] | null

  /** A blocked client's time is up: the reply of its timeout callback; `replyPending` when it is being unblocked. */
  blockedTimeout(blocked: number, resp: number): ReplyLength
  /** A blocked client disconnected, or was unblocked with an error by the server. */
  blockedGone(blocked: number): void
  /** One of its keys is ready: its reply, or `replyPending` when it goes on waiting. */
  blockedKeyReady(blocked: number, key: Uint8Array, resp: number): ReplyLength
  /** A command started by RM_Call with K has its reply. */
  callFinished(promise: number, reply: Uint8Array): void

  /** The payload of an RDB value or DUMP after the type's id, closing opcode included. */
  typeSave(type: number, value: number, db: number, key: Uint8Array): Uint8Array
  /** Throws when the payload is truncated or corrupt, or the module refuses it. */
  typeLoad(
    type: number,
    encodingVersion: number,
    payload: Uint8Array,
    db: number,
    key: Uint8Array,
  ): TypeLoadResult
  /** Aux data, empty when there is none. `when`: 1 before the keys, 2 after them. */
  typeAuxSave(type: number, when: number): Uint8Array
  /** Returns the bytes consumed. */
  typeAuxLoad(type: number, encodingVersion: number, when: number, payload: Uint8Array): number
  /** RESP commands that rebuild the value. */
  typeRewrite(type: number, value: number, db: number, key: Uint8Array): Uint8Array
  /**
   * Makes values of the type `to` of values of `from`, by saving each and loading it; they take their places in `values`.
   * Returns how many there are: fewer than all where one is refused.
   */
  typeCarry(from: number, to: number, values: Float64Array): number
  typeFree(type: number, value: number): void
  typeUnlink(type: number, value: number, db: number, key: Uint8Array): void
  typeFreeEffort(type: number, value: number, db: number, key: Uint8Array): number
  typeMemoryUsage(type: number, value: number, db: number, key: Uint8Array, samples: number): number
  /** 20 bytes to be mixed into DEBUG DIGEST; null when the type has no digest. */
  typeDigest(type: number, value: number, db: number, key: Uint8Array): Uint8Array | null
  /** The copy, or 0 when the type cannot be copied. */
  typeCopy(
    type: number,
    value: number,
    from: Uint8Array,
    to: Uint8Array,
    fromDb: number,
    toDb: number,
  ): number

  /** The key is about to lose its value. Changes `values` as the modules like. */
  metadataUnlink(values: MetadataValues, db: number, key: Uint8Array): void
  /** Gives back what the values stand for. `key` is null where no key ever had them. */
  metadataFree(values: MetadataValues, key: Uint8Array | null): void
  /** The values that the key at the new place gets; `values` stays as it is. */
  metadataTransfer(
    transfer: MetadataTransfer,
    values: MetadataValues,
    from: Uint8Array,
    to: Uint8Array,
    fromDb: number,
    toDb: number,
  ): MetadataValues
  /** What stands before the type of the key's value in RDB files and DUMP payloads, opcode included; may be empty. */
  metadataSave(values: MetadataValues, db: number, key: Uint8Array): Uint8Array
  /** Whether any class is saved. */
  metadataSaves(): boolean
  /** Reads the fields of one class, end included, that follow its 32 bits of `specification`. */
  metadataLoad(specification: number, fields: Uint8Array, db: number): MetadataLoaded
  /** RESP commands that attach the values again. */
  metadataRewrite(values: MetadataValues, db: number, key: Uint8Array): Uint8Array
  /** The classes of a module as sets of bits; `pending` ones wait for `metadataTakeOver`. */
  metadataClasses(module: number): { live: number; pending: number }
  /** Makes `values` those of a module that is about to take over from its former version; some may be lost. */
  metadataCarry(values: MetadataValues, module: number, db: number, key: Uint8Array): void
  /** The pending classes of a module take the place of its former version's. */
  metadataTakeOver(module: number): void

  /**
   * A keyspace event happened; only types in `keyspaceEventsWanted` need be reported. True when jobs now wait for
   * the end of the command.
   */
  keyspaceEvent(type: number, event: string, db: number, key: Uint8Array): boolean
  /**
   * A command is over: runs the jobs that notifications left for this moment; with `isOver` false, for a command
   * after which others of a transaction follow, only those for keys. Does nothing while a module waits for a command.
   */
  runPostNotificationJobs(isOver: boolean): void
  serverEvent(event: number, subevent: number, data: ServerEventData): void
  /** INFO fields of a module, as text lines with `# name` headers. */
  info(module: number, forCrashReport: boolean): string
  configGet(config: number): Uint8Array
  /** Null when set, else why not. */
  configSet(config: number, value: string | Uint8Array): string | null
  /** After all parameters of one CONFIG SET. Null when applied, else why not. */
  configApply(config: number): string | null
  /** Asks the modules' authentication callbacks, in order. */
  authenticate(caller: CallerInfo, user: Uint8Array, password: Uint8Array): Authentication
  /** The user of a client changed: tells the module that had authenticated it. */
  userChanged(client: number): void

  /** Runs what modules watch and is ready, without the event loop. */
  serveWatched(): void

  /** Stops timers, watchers and threads' access. Nothing works afterwards. */
  close(): void
}
