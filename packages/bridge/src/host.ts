// What the C side asks of the server that embeds it. Everything here concerns the keyspace, the
// clients or the registries of the server; strings, replies, dictionaries, threads and the wire
// formats stay in C and never come this way.
//
// All calls arrive on the main thread. Byte arguments are ranges of memory shared with C: read or
// copy them before returning, never keep them. Nothing here may throw in normal operation: a throw
// is logged and the module sees the failure value of the API function it called.

import type { UserHost } from './user-host.ts'

/** A range of bytes in shared memory, valid until the call that received it returns. */
export interface Slice {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** Bytes given to C, which copies them before anything else happens. */
export type ByteSource = Slice | Uint8Array

/** Arguments of a command: argument i is bytes[offsets[first + 2i] … offsets[first + 2i + 1]]. */
export interface Arguments {
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
  readonly first: number
  readonly count: number
}

/** What a key holds. The numbers are those of REDISMODULE_KEYTYPE_*. */
export const KeyType = {
  empty: 0,
  string: 1,
  list: 2,
  hash: 3,
  set: 4,
  zset: 5,
  module: 6,
  stream: 7,
} as const

/** Filled in by `openKey`. The fields that do not apply to the type are ignored. */
export interface KeyState {
  /** One of `KeyType`. */
  type: number
  /** Bytes of a string, elements of an aggregate. */
  length: number
  /** For `KeyType.module`: the number that `registerType` was given. */
  moduleType: number
  /** For `KeyType.module`: the pointer that `moduleValueSet` was given. */
  value: number
}

/** Bits of `mode` in `openKey`, as modules pass them. */
export const OpenMode = {
  read: 1 << 0,
  write: 1 << 1,
  noTouch: 1 << 16,
  noNotify: 1 << 17,
  noStats: 1 << 18,
  noExpire: 1 << 19,
  /** No effect of any kind: used by the bridge itself to look again at a key it has open. */
  noEffects: 1 << 20,
  accessExpired: 1 << 21,
} as const

/** Bits of `flags` in `zsetAdd`. `added`, `updated` and `nop` come back in the result. */
export const ZsetFlag = {
  onlyExisting: 1 << 0,
  onlyNew: 1 << 1,
  added: 1 << 2,
  updated: 1 << 3,
  nop: 1 << 4,
  greater: 1 << 5,
  less: 1 << 6,
} as const

/** Reused between calls: read it at once. */
export interface ZsetAddResult {
  flags: number
  score: number
}

/** A run of ranks, both ends included; empty when last < first. Reused between calls. */
export interface RankRange {
  first: number
  last: number
}

export interface ZsetElement {
  member: ByteSource
  score: number
}

/** Who a command runs for. */
export interface CallerInfo {
  /** Connected client, or 0 for a context without one. */
  client: number
  db: number
  /** Protocol of the reply: 2 or 3. */
  resp: number
  /** Bits of `CallerFlag`. */
  flags: number
}

export const CallerFlag = {
  /** The client may not be blocked (MULTI, scripts, RM_Call without K). */
  denyBlocking: 1 << 0,
  multi: 1 << 1,
  script: 1 << 2,
  /** The command came over a replication link or from the AOF. */
  replicated: 1 << 3,
  multiDirty: 1 << 4,
  unixSocket: 1 << 5,
  /** Somebody waits to hear which keys change: `signalModified` is called for each, at once. */
  changesWanted: 1 << 6,
} as const

/** Bits of `flags` in `call`: the modifiers of RM_Call's format string. */
export const CallFlag = {
  /** `!` replicate the command. */
  replicate: 1 << 0,
  /** `A` and not to the AOF. */
  noAof: 1 << 1,
  /** `R` and not to replicas. */
  noReplicas: 1 << 2,
  /** `C` check the ACL of the user of the context. */
  checkAcl: 1 << 3,
  /** `S` refuse what scripts may not run, as from a script. */
  scriptMode: 1 << 4,
  /** `W` refuse writes. */
  noWrites: 1 << 5,
  /** `M` refuse deny-oom commands when over maxmemory. */
  respectOom: 1 << 6,
  /** `D` check everything, run nothing. */
  dryRun: 1 << 7,
  /** `K` the command may block; the reply may then be a promise. */
  allowBlock: 1 << 8,
} as const

/**
 * How `call` ended. `done` carries the reply; `blocked` carries nothing yet: the server delivers it
 * later with `Bridge.callFinished`. Everything else means that the command did not run, and carries
 * the error line without its leading dash.
 */
export const CallStatus = {
  done: 0,
  blocked: 1,
  unknownCommand: 2,
  wrongArity: 3,
  notAllowed: 4,
  accessDenied: 5,
  noSpace: 6,
  readOnly: 7,
  notInScript: 8,
} as const

export interface CallResult {
  status: number
  /** RESP bytes for `done`, an error line for a refusal. */
  bytes: ByteSource | null
  /** For `blocked`: the number that `callFinished` and `callAbort` use. */
  promise?: number
}

/** A command as a module registers it; `number` identifies it in `Bridge.invoke`. */
export interface CommandRegistration {
  module: number
  number: number
  name: string
  /** For a subcommand: the number of its container. */
  parent: number | null
  /** Flags of RM_CreateCommand, already validated, without the ones that mean nothing. */
  flags: string[]
  firstKey: number
  lastKey: number
  keyStep: number
}

export interface CommandArgument {
  name: string
  /** Lower case, as COMMAND DOCS writes it: string, integer, double, key, pattern, … */
  type: string
  keySpecIndex: number
  token: string | null
  summary: string | null
  since: string | null
  deprecatedSince: string | null
  displayText: string | null
  /** optional, multiple, multiple_token. */
  flags: string[]
  arguments: CommandArgument[]
}

export interface CommandKeySpec {
  notes: string | null
  /** RW, OW, access, … as COMMAND INFO writes them, in Redis's order. */
  flags: string[]
  begin:
    | { type: 'index'; position: number }
    | { type: 'keyword'; keyword: string; startFrom: number }
    | { type: 'unknown' }
  find:
    | { type: 'range'; lastKey: number; keyStep: number; limit: number }
    | { type: 'keynum'; keyNumberIndex: number; firstKey: number; keyStep: number }
    | { type: 'unknown' }
}

export interface CommandDocumentation {
  command: number
  summary: string | null
  complexity: string | null
  since: string | null
  history: { since: string; changes: string }[]
  tips: string[]
  /** 0 when the module does not say. */
  arity: number
  keySpecs: CommandKeySpec[]
  arguments: CommandArgument[]
}

export interface TypeRegistration {
  module: number
  /** Identifies the type in every call of this interface. */
  number: number
  /** Nine characters. */
  name: string
  encodingVersion: number
  /** The 64 bits written in RDB files before a value, as a decimal. */
  rdbId: string
  /** Which of the optional callbacks the type has. */
  methods: {
    save: boolean
    load: boolean
    rewrite: boolean
    memoryUsage: boolean
    digest: boolean
    copy: boolean
    unlink: boolean
    freeEffort: boolean
    auxSave: boolean
    auxLoad: boolean
  }
  /** 1: aux data before the keys, 2: after them, 3: both. */
  auxTriggers: number
}

export interface ConfigRegistration {
  module: number
  /** Identifies the parameter in `configGet`, `configSet` and `configApply`. */
  number: number
  /** As the module gave it, without the module's prefix. */
  name: string
  type: 'bool' | 'numeric' | 'string' | 'enum'
  /** As CONFIG GET would show it; null only for a string without default. */
  default: string | null
  /** Decimal. */
  min: string
  max: string
  enumNames: string[]
  flags: {
    immutable: boolean
    sensitive: boolean
    hidden: boolean
    protected: boolean
    denyLoading: boolean
    memory: boolean
    bitFlags: boolean
    unprefixed: boolean
  }
}

/** Keys and values. Low level, as the API is: none of these notifies or marks a key as modified. */
export interface KeyspaceHost {
  /** Looks a key up with the effects `mode` (bits of `OpenMode`) asks for, and fills in `state`. */
  openKey(db: number, key: Slice, mode: number, state: KeyState): void
  keyExists(db: number, key: Slice): boolean
  /** False when there is no such key. `async`: free it in the background (UNLINK). */
  deleteKey(db: number, key: Slice, async: boolean): boolean
  /** The key was changed in the eyes of users: WATCH, client side caching, dirty counter. */
  signalModified(db: number, key: Slice): void
  /** As `signalModified` for so many keys; told when a command is over, where nobody wants to know which keys they are. */
  keysModified(count: number): void
  /** Milliseconds since the epoch; -1 for none or no key. */
  expireGet(db: number, key: Slice): number
  /** -1 takes the expiry away. False when there is no such key. */
  expireSet(db: number, key: Slice, atMs: number): boolean
  dbSize(db: number): number
  randomKey(db: number): ByteSource | null
  /** FLUSHALL as the API's ResetDataset does it. */
  resetDataset(restartAof: boolean, async: boolean): void
  /** Idle milliseconds (LRU), -1 under an LFU policy or without the key. */
  idleGet(db: number, key: Slice): number
  idleSet(db: number, key: Slice, idleMs: number): boolean
  /** Logarithmic counter (LFU), -1 under another policy or without the key. */
  frequencyGet(db: number, key: Slice): number
  frequencySet(db: number, key: Slice, frequency: number): boolean

  /** Null when there is no string there. What is read so is no integer or short string any more: its encoding is raw. */
  stringGet(db: number, key: Slice): ByteSource | null
  /** Replaces whatever is there. A string that is changed `inPlace` keeps its expiry, and its encoding is raw. */
  stringSet(db: number, key: Slice, value: Slice, inPlace: boolean): void

  /** Creates the list when the key is empty. False for another type. */
  listPush(db: number, key: Slice, atTail: boolean, value: Slice): boolean
  /** Null when empty; removes the key with the last element. */
  listPop(db: number, key: Slice, atTail: boolean): ByteSource | null
  /** A negative index counts from the tail. */
  listGet(db: number, key: Slice, index: number): ByteSource | null
  listSet(db: number, key: Slice, index: number, value: Slice): boolean
  /** Before the element at `index`, or after it when counted from the tail. */
  listInsert(db: number, key: Slice, index: number, value: Slice): boolean
  listDelete(db: number, key: Slice, index: number): boolean

  hashGet(db: number, key: Slice, field: Slice): ByteSource | null
  /** True when the field was there already. */
  hashSet(db: number, key: Slice, field: Slice, value: Slice): boolean
  /** Removes the key with the last field. */
  hashDelete(db: number, key: Slice, field: Slice): boolean

  /** With `increment`, as ZADD INCR. `into.flags` gets added, updated or nop. False when NaN. */
  zsetAdd(
    db: number,
    key: Slice,
    score: number,
    member: Slice,
    flags: number,
    increment: boolean,
    into: ZsetAddResult,
  ): boolean
  /** Undefined when it is not a member. */
  zsetScore(db: number, key: Slice, member: Slice): number | undefined
  zsetRemove(db: number, key: Slice, member: Slice): boolean
  zsetRankRange(
    db: number,
    key: Slice,
    minimum: number,
    maximum: number,
    minimumExcluded: boolean,
    maximumExcluded: boolean,
    into: RankRange,
  ): void
  /** Bounds in ZRANGEBYLEX syntax. False when a bound is malformed. */
  zsetLexRankRange(db: number, key: Slice, minimum: Slice, maximum: Slice, into: RankRange): boolean
  /** Up to `count` elements from rank `first` on, in order. */
  zsetElements(db: number, key: Slice, first: number, count: number): ZsetElement[]

  /** Takes over `value`; frees what the key held. */
  moduleValueSet(db: number, key: Slice, type: number, value: number): void
  /** The same, but without freeing the old value of the same type: the module has it now. */
  moduleValueReplace(db: number, key: Slice, type: number, value: number): void

  /**
   * Whether `module` may register a class of key metadata now: while it loads. With an `owner` (0: none), whether it
   * may take over a class of that module, which it is to replace.
   */
  metadataClassAllowed(module: number, owner: number): boolean
  /** The halves of what a key has of a class (1 to 7); undefined for nothing, or no key. Has no effect on the key. */
  metadataGet(
    db: number,
    key: Slice,
    metadataClass: number,
  ): { readonly low: number; readonly high: number } | undefined
  /** False when there is no such key. Whatever it had of the class is forgotten. */
  metadataSet(db: number, key: Slice, metadataClass: number, low: number, high: number): boolean

  /** One step of SCAN. Returns the next cursor, 0 at the end, and calls `each` per key. */
  scan(db: number, cursor: number, each: (key: ByteSource) => void): number
  /** One step over a hash, set or sorted set (value null for a set). */
  scanKey(
    db: number,
    key: Slice,
    cursor: number,
    each: (field: ByteSource, value: ByteSource | null) => void,
  ): number
}

/** Commands and what they do for clients. */
export interface CommandHost {
  /** False when the name is taken. */
  createCommand(command: CommandRegistration): boolean
  documentCommand(documentation: CommandDocumentation): void
  /** Names as given, separated by blanks. False when one is unknown. */
  setCommandCategories(command: number, categories: string): boolean
  addCategory(module: number, name: string): 'added' | 'taken' | 'no-room'
  /**
   * Runs a command for `caller`, as `user` (a user number), or when that is 0 as the user of its client;
   * without a client, as the default user.
   */
  call(args: Arguments, flags: number, caller: CallerInfo, user: number): CallResult
  /** The module takes its promise back. False when the command has already finished. */
  callAbort(promise: number): boolean
  /** Positions of the keys in `args` and the flags (bits of REDISMODULE_CMD_KEY_*) of each. */
  commandKeys(args: Arguments): { positions: number[]; flags: number[] } | 'unknown' | 'arity' | 'nokeys'
  replicate(module: number, args: Arguments, caller: CallerInfo, flags: number): boolean
  /** Replicates the command that the client of `caller` is running, as it was sent. Must leave the bridge's output alone. */
  replicateVerbatim(caller: CallerInfo): void
  publish(channel: Slice, message: Slice, sharded: boolean): number
  /** Raises a keyspace event on the module's behalf: to clients and to other modules. */
  notify(db: number, type: number, event: string, key: Slice): void
  /** `type` bits that some module listens to; the server need not report others. */
  keyspaceEventsWanted(types: number): void
  /** The `notify-keyspace-events` flags as bits of REDISMODULE_NOTIFY_*. */
  keyspaceEventFlags(): number
  /** Numbers of the server events some module listens to, as a bit set. */
  serverEventsWanted(events: number): void
  /** Whether commands must go through `Bridge.filterCommand`. */
  commandFiltersWanted(wanted: boolean): void
  /** The key may now serve clients blocked on it. */
  signalReady(db: number, key: Slice): void
}

export interface ClientHost {
  /**
   * The client of the running command waits for `blocked`. The server calls `blockedTimeout` after
   * `timeoutMs` (0: never) and `blockedGone` when it disconnects. `keys`, when there are any: it also
   * calls `blockedKeyReady` whenever one of them is signalled ready; `whenDeleted`: also on deletion.
   * `mayTimeOut`: the module has a reply for a timeout, so that CLIENT UNBLOCK can end the wait.
   */
  blockClient(
    blocked: number,
    client: number,
    timeoutMs: number,
    keys: Arguments | null,
    whenDeleted: boolean,
    mayTimeOut: boolean,
  ): void
  /** The client goes on. `reply` is RESP in its protocol, empty for none. */
  unblocked(blocked: number, client: number, reply: Slice, elapsedUs: number): void
  /**
   * A client that waits since `Bridge.authenticate` said so may go on: its authentication is to be asked for again. The
   * module has measured so many microseconds of work for it.
   */
  authUnblocked(blocked: number, measuredUs: number): void
  /**
   * RM_AbortBlock: the client waits no longer. Called before the command returns, which then has a
   * reply as if it had never blocked, or later, when there is none.
   */
  blockAborted(blocked: number, client: number): void
  selectDb(client: number, db: number): boolean
  /** Null when there is no such client. Flags: bits of REDISMODULE_CLIENTINFO_FLAG_*. */
  clientInfo(
    client: number,
  ): { flags: number; address: string; port: number; db: number; resp: number } | null
  clientName(client: number): ByteSource | null
  setClientName(client: number, name: Slice): boolean
  /** Null when there is no such client. */
  clientUser(client: number): ByteSource | null
  /** Hides an argument of the running command in the slow log and MONITOR. */
  redactArgument(client: number, position: number): boolean
  /** Name of the command the client is running, as in INFO commandstats. */
  currentCommandName(client: number): string
}

export interface ModuleHost {
  /** Whether another module than the one being loaded has this name. */
  moduleNameBusy(name: string): boolean
  moduleAttributes(module: number, name: string, version: number, apiVersion: number): void
  /** False when the name and encoding are taken by another live module. */
  registerType(type: TypeRegistration): boolean
  /** Null when accepted, else why not. */
  registerConfig(config: ConfigRegistration): string | null
  /** Sets every parameter of the module: from LOADEX and the configuration file, or to defaults. */
  loadConfigs(module: number, defaultsOnly: boolean): boolean
  infoWanted(module: number): void
  log(module: number, level: string, message: string): void
  latencySample(event: string, milliseconds: number): void
  /** Bits of REDISMODULE_CTX_FLAGS_* that concern the server, not the client. */
  contextFlags(): number
  /** 0xMMmmpp. */
  serverVersion(): number
  usedMemoryRatio(): number
  /** INFO text of a section; empty for the default sections. */
  serverInfo(section: string): string
  configNames(pattern: string | null): string[]
  configType(name: string): ConfigRegistration['type'] | null
  configRead(name: string): string | null
  /** Null when set, else the error. */
  configWrite(name: string, value: string): string | null
  /**
   * Time for others in the middle of a long command: clients where the module lets them in, with the text that they
   * are refused with or null, else only what modules watch.
   * @param ageUs microseconds since the caller's context was made; -1 in a command, whose start the host knows
   * @returns microseconds after which the host wants to be asked again
   */
  yield(letsClientsIn: boolean, ageUs: number, busyReply: string | null): number
}

export interface BridgeHost extends KeyspaceHost, CommandHost, ClientHost, UserHost, ModuleHost {}
