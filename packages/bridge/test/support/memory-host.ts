// A host in memory: enough of a server to run modules in the bridge's own tests. The modules and the
// C side are the real ones.

import {
  type Arguments,
  type Authentication,
  type Bridge,
  type BridgeHost,
  CallerFlag,
  type CallerInfo,
  CallFlag,
  type CallResult,
  CallStatus,
  type CommandDocumentation,
  type CommandRegistration,
  type ConfigRegistration,
  createBridge,
  KeyType,
  replyPending,
  type Slice,
  type TypeRegistration,
} from '../../src/index.ts'
import { fromArguments, toArguments } from './arguments.ts'
import { type Client, Clients } from './clients.ts'
import { bytesOf, keyOf } from './keyspace.ts'
import { array, bulk, error, integer, ok } from './resp.ts'

interface Waiting {
  client: Client
  resolve: (reply: Buffer) => void
  keys: string[]
  timer: NodeJS.Timeout | undefined
  /** For a client that waits for a module to authenticate it. */
  authenticate?: () => void
}

export type { Client } from './clients.ts'

type BuiltIn = (client: CallerInfo, args: Buffer[]) => Buffer

const ignored = (): void => {}

export class MemoryHost extends Clients implements BridgeHost {
  readonly bridge: Bridge
  readonly commands = new Map<string, CommandRegistration>()
  readonly documentation: CommandDocumentation[] = []
  readonly categories: string[] = []
  readonly types = new Map<number, TypeRegistration>()
  readonly configs = new Map<string, ConfigRegistration>()
  readonly modules = new Map<number, { name: string; version: number }>()
  readonly logs: string[] = []
  readonly replicated: string[] = []
  readonly published: string[] = []
  readonly events: string[] = []
  readonly redacted: number[] = []
  readonly settings = new Map([
    ['maxmemory', '0'],
    ['appendonly', 'no'],
    ['maxmemory-policy', 'noeviction'],
    ['dir', '/tmp'],
  ])
  readonly waiting = new Map<number, Waiting>()
  configValues = new Map<string, string>()
  wantedEvents = 0
  wantedServerEvents = 0
  filtering = false
  authenticating = false
  measuredUs = 0
  serverFlags = 1 << 2
  #promises = new Map<number, (reply: Buffer) => void>()
  #pendingBlock: number | undefined

  constructor() {
    super()
    this.bridge = createBridge(this)
    this.freeModuleValue = (type, value) => this.bridge.typeFree(type, value)
  }

  /** Ends the host and its bridge; clients that still wait are forgotten. */
  close(): void {
    this.bridge.close()
    for (const { timer } of this.waiting.values()) clearTimeout(timer)
  }

  disconnect(client: Client): void {
    this.clients.delete(client.id)
    for (const [blocked, waiting] of this.waiting) {
      if (waiting.client === client) this.#endWait(blocked, () => this.bridge.blockedGone(blocked))
    }
    this.bridge.userChanged(client.id)
  }

  /** Runs a command as a client would, and resolves with the bytes of its reply. */
  send(client: Client, ...values: (string | Uint8Array)[]): Promise<Buffer> {
    let args = toArguments(values)
    if (this.filtering) {
      const filtered = this.bridge.filterCommand(args, client.id)
      if (filtered) args = toArguments(filtered)
    }
    return new Promise((resolve) => {
      this.#pendingBlock = undefined
      const reply = this.#execute(args, client)
      this.bridge.runPostNotificationJobs(true)
      if (reply) resolve(reply)
      else this.waiting.get(this.#pendingBlock!)!.resolve = resolve
    })
  }

  #execute(args: Arguments, caller: CallerInfo | Client): Buffer | null {
    const info: CallerInfo =
      'id' in caller ? { client: caller.id, db: caller.db, resp: caller.resp, flags: caller.flags } : caller
    const values = fromArguments(args)
    const name = values[0].toString().toLowerCase()
    const command = this.commands.get(`${name}|${values[1]}`.toLowerCase()) ?? this.commands.get(name)
    if (command) {
      const length = this.bridge.invoke(command.number, args, info)
      return length === replyPending ? null : Buffer.from(this.bridge.output.subarray(0, length))
    }
    const builtIn = this.#builtIns[name]
    return builtIn ? builtIn(info, values) : error(`ERR unknown command '${name}'`)
  }

  readonly #builtIns: Record<string, BuiltIn> = {
    ping: () => Buffer.from('+PONG\r\n'),
    echo: (_, [, text]) => bulk(text),
    set: ({ db }, [, key, value]) => {
      this.put(db, key.toString('latin1'), { type: KeyType.string, bytes: value })
      this.report(1 << 3, 'set', db, key)
      return ok
    },
    get: ({ db }, [, key]) => bulk(this.get(db, key.toString('latin1'), KeyType.string)?.bytes ?? null),
    del: ({ db }, [, ...keys]) => {
      const removed = keys.filter((key) => this.remove(db, key.toString('latin1')))
      for (const key of removed) this.report(1 << 2, 'del', db, key)
      return integer(removed.length)
    },
    exists: ({ db }, [, key]) => integer(Number(this.entry(db, key.toString('latin1')) !== undefined)),
    hset: ({ db }, [, key, ...pairs]) => {
      const name = key.toString('latin1')
      if (!this.entry(db, name)) this.put(db, name, { type: KeyType.hash, fields: new Map() })
      const { fields } = this.get(db, name, KeyType.hash)!
      for (let index = 0; index < pairs.length; index += 2) {
        fields.set(pairs[index].toString('latin1'), pairs[index + 1])
      }
      this.report(1 << 6, 'hset', db, key)
      return integer(pairs.length / 2)
    },
    hmset: (caller, args) => {
      this.#builtIns.hset(caller, args)
      return ok
    },
    hgetall: ({ db, resp }, [, key]) => {
      const fields = [...(this.get(db, key.toString('latin1'), KeyType.hash)?.fields ?? [])]
      const items = fields.flatMap(([field, value]) => [bulk(Buffer.from(field, 'latin1')), bulk(value)])
      if (resp === 2) return array(items)
      return Buffer.concat([Buffer.from(`%${fields.length}\r\n`), ...items])
    },
    sadd: ({ db }, [, key, ...members]) => {
      const name = key.toString('latin1')
      if (!this.entry(db, name)) this.put(db, name, { type: KeyType.set, members: new Set() })
      for (const member of members) this.get(db, name, KeyType.set)!.members.add(member.toString('latin1'))
      return integer(members.length)
    },
    lrange: ({ db }, [, key]) =>
      array((this.get(db, key.toString('latin1'), KeyType.list)?.items ?? []).map((item) => bulk(item))),
    scan: ({ db }, args) => {
      const pattern = args[args.findIndex((arg) => /^match$/i.test(arg.toString())) + 1].toString('latin1')
      const literal = pattern.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*')
      const matching = [...this.databases[db].keys()].filter((key) =>
        new RegExp(`^${literal}$`, 's').test(key),
      )
      return array([bulk('0'), array(matching.map((key) => bulk(Buffer.from(key, 'latin1'))))])
    },
    select: () => ok,
    'resp3-zoo': () =>
      Buffer.from(
        '|1\r\n+ttl\r\n:3600\r\n*7\r\n#t\r\n,1.5\r\n(12345678901234567890\r\n=7\r\ntxt:abc\r\n_\r\n~1\r\n:1\r\n%1\r\n+k\r\n:2\r\n',
      ),
  }

  /** Tells modules of a keyspace event, as a server does. */
  report(type: number, event: string, db: number, key: Buffer): void {
    this.events.push(`${event} ${key}`)
    if (this.wantedEvents & type) this.bridge.keyspaceEvent(type, event, db, key)
  }

  // Commands

  createCommand(command: CommandRegistration): boolean {
    const parent = [...this.commands.values()].find(({ number }) => number === command.parent)
    const name = (parent ? `${parent.name}|${command.name}` : command.name).toLowerCase()
    if (this.commands.has(name) || name in this.#builtIns) return false
    this.commands.set(name, command)
    return true
  }

  documentCommand(documentation: CommandDocumentation): void {
    this.documentation.push(documentation)
  }

  setCommandCategories(_command: number, categories: string): boolean {
    return categories.split(' ').every((name) => ['read', 'write', ...this.categories].includes(name))
  }

  addCategory(_module: number, name: string): 'added' | 'taken' | 'no-room' {
    if (this.categories.includes(name)) return 'taken'
    if (this.categories.length === 2) return 'no-room'
    this.categories.push(name)
    return 'added'
  }

  call(args: Arguments, flags: number, caller: CallerInfo, user: number): CallResult {
    const values = fromArguments(args)
    const name = values[0].toString().toLowerCase()
    const known = this.commands.has(name) || name in this.#builtIns
    if (!known) {
      return { status: CallStatus.unknownCommand, bytes: Buffer.from(`ERR unknown command '${name}'`) }
    }
    if (flags & CallFlag.noWrites && name === 'set') {
      const text = `ERR Write command '${name}' was called while write is not allowed.`
      return { status: CallStatus.noSpace, bytes: Buffer.from(text) }
    }
    if (flags & CallFlag.checkAcl && user !== 0) {
      const own = this.handles.get(user)
      if (!own?.rules.includes('+@all')) {
        const text = `NOPERM User ${own?.name} has no permissions to run the '${name}' command`
        return { status: CallStatus.accessDenied, bytes: Buffer.from(text) }
      }
    }
    if (flags & CallFlag.dryRun) return { status: CallStatus.done, bytes: null }
    const allowBlock = (flags & CallFlag.allowBlock) !== 0
    const inner = { ...caller, flags: allowBlock ? caller.flags : caller.flags | CallerFlag.denyBlocking }
    if (flags & CallFlag.replicate) this.replicated.push(values.join(' '))
    const reply = this.#execute(args, inner)
    this.bridge.runPostNotificationJobs(true)
    if (reply) return { status: CallStatus.done, bytes: reply }
    const blocked = this.#pendingBlock!
    this.#promises.set(blocked, ignored)
    this.waiting.get(blocked)!.resolve = (bytes) => {
      if (this.#promises.delete(blocked)) this.bridge.callFinished(blocked, bytes)
    }
    return { status: CallStatus.blocked, bytes: null, promise: blocked }
  }

  callAbort(promise: number): boolean {
    return this.#promises.delete(promise)
  }

  commandKeys(args: Arguments): { positions: number[]; flags: number[] } | 'unknown' | 'arity' | 'nokeys' {
    const [name] = fromArguments(args)
    const command = this.commands.get(name.toString().toLowerCase())
    if (command?.flags.includes('getkeys-api')) return this.bridge.commandKeys(command.number, args)
    if (name.toString() === 'get') return { positions: [1], flags: [1 | 16] }
    return name.toString() === 'ping' ? 'nokeys' : 'unknown'
  }

  replicate(_module: number, args: Arguments): boolean {
    this.replicated.push(fromArguments(args).join(' '))
    return true
  }

  replicateVerbatim(caller: CallerInfo): void {
    this.replicated.push(`verbatim ${caller.client}`)
  }

  publish(channel: Slice, message: Slice, sharded: boolean): number {
    this.published.push(`${sharded ? 's' : ''}${keyOf(channel)} ${keyOf(message)}`)
    return 2
  }

  notify(db: number, type: number, event: string, key: Slice): void {
    this.report(type, event, db, bytesOf(key))
  }

  keyspaceEventsWanted(types: number): void {
    this.wantedEvents = types
  }

  keyspaceEventFlags(): number {
    return 12
  }

  serverEventsWanted(events: number): void {
    this.wantedServerEvents = events
  }

  commandFiltersWanted(wanted: boolean): void {
    this.filtering = wanted
  }

  signalReady(_db: number, key: Slice): void {
    const name = bytesOf(key)
    for (const [blocked, waiting] of this.waiting) {
      if (!waiting.keys.includes(name.toString('latin1'))) continue
      const length = this.bridge.blockedKeyReady(blocked, name, waiting.client.resp)
      if (length === replyPending) continue
      const reply = Buffer.from(this.bridge.output.subarray(0, length))
      this.#endWait(blocked, () => waiting.resolve(reply))
    }
  }

  // Clients

  blockClient(blocked: number, client: number, timeoutMs: number, keys: Arguments | null): void {
    this.#pendingBlock = blocked
    const own = this.clients.get(client)!
    const names = keys ? fromArguments(keys).map((key) => key.toString('latin1')) : []
    const timeout = (): void => {
      const length = this.bridge.blockedTimeout(blocked, own.resp)
      if (length === replyPending) return
      const reply = Buffer.from(this.bridge.output.subarray(0, length))
      const waiting = this.waiting.get(blocked)!
      this.#endWait(blocked, () => waiting.resolve(reply))
    }
    const timer = timeoutMs > 0 ? setTimeout(timeout, timeoutMs) : setInterval(ignored, 1000)
    this.waiting.set(blocked, { client: own, resolve: ignored, keys: names, timer })
  }

  #endWait(blocked: number, then: () => void): void {
    clearTimeout(this.waiting.get(blocked)?.timer)
    this.waiting.delete(blocked)
    then()
  }

  unblocked(blocked: number, _client: number, reply: Slice): void {
    const waiting = this.waiting.get(blocked)
    const bytes = bytesOf(reply)
    if (waiting) this.#endWait(blocked, () => waiting.resolve(bytes))
  }

  blockAborted(blocked: number): void {
    const waiting = this.waiting.get(blocked)
    if (waiting) this.#endWait(blocked, () => waiting.resolve(Buffer.alloc(0)))
  }

  redactArgument(_client: number, position: number): boolean {
    this.redacted.push(position)
    return true
  }

  currentCommandName(): string {
    return 'unknown'
  }

  // Users

  aclLogAdd(user: Slice, object: Slice, reason: number): void {
    this.logs.push(`acl ${keyOf(user)} ${keyOf(object)} ${reason}`)
  }

  userMayRun(user: number, args: Arguments): 'yes' | 'no' | 'unknown-command' | 'arity' {
    const name = fromArguments(args)[0].toString()
    if (!(name in this.#builtIns)) return 'unknown-command'
    if (name === 'ping' && args.count > 2) return 'arity'
    return this.handles.get(user)?.rules.includes('+@all') ? 'yes' : 'no'
  }

  deauthenticate(client: number): boolean {
    const own = this.clients.get(client)
    if (own) this.disconnect(own)
    return own !== undefined
  }

  /** What a client that sends AUTH is told by modules, once those that make it wait have decided. */
  async authenticateAs(client: Client, user: string, password: string): Promise<Authentication> {
    const caller = { client: client.id, db: client.db, resp: client.resp, flags: client.flags }
    const ask = (): Authentication =>
      this.bridge.authenticate(caller, Buffer.from(user), Buffer.from(password))
    let answer = ask()
    while (answer.outcome === 'waits') {
      const waiting = this.waiting.get(this.#pendingBlock!)!
      answer = await new Promise((resolve) => {
        waiting.authenticate = () => resolve(ask())
      })
    }
    return answer
  }

  authUnblocked(blocked: number, measuredUs: number): void {
    this.measuredUs += measuredUs
    const waiting = this.waiting.get(blocked)
    if (waiting) this.#endWait(blocked, () => waiting.authenticate?.())
  }

  authCallbacksWanted(wanted: boolean): void {
    this.authenticating = wanted
  }

  // Modules

  moduleNameBusy(name: string): boolean {
    return [...this.modules.values()].some((module) => module.name === name)
  }

  moduleAttributes(module: number, name: string, version: number): void {
    this.modules.set(module, { name, version })
  }

  registerType(type: TypeRegistration): boolean {
    this.types.set(type.number, type)
    return true
  }

  registerConfig(config: ConfigRegistration): string | null {
    if (this.configs.has(config.name)) return 'the name is taken'
    this.configs.set(config.name, config)
    return null
  }

  loadConfigs(module: number, defaultsOnly: boolean): boolean {
    for (const config of this.configs.values()) {
      if (config.module !== module) continue
      const value = defaultsOnly ? config.default : (this.configValues.get(config.name) ?? config.default)
      if (value === null) continue
      const refused = this.bridge.configSet(config.number, value) ?? this.bridge.configApply(config.number)
      if (refused) {
        this.logs.push(`config ${config.name}: ${refused}`)
        return false
      }
    }
    return true
  }

  infoWanted(): void {}

  log(module: number, level: string, message: string): void {
    this.logs.push(`${this.modules.get(module)?.name ?? '-'} ${level} ${message}`)
  }

  latencySample(event: string, milliseconds: number): void {
    this.logs.push(`latency ${event} ${milliseconds}`)
  }

  contextFlags(): number {
    return this.serverFlags
  }

  serverVersion(): number {
    return 0x070204
  }

  usedMemoryRatio(): number {
    return 0.25
  }

  serverInfo(section: string): string {
    const text = '# Server\r\nredis_version:7.2.4\r\nuptime_in_seconds:-3\r\nratio:0.5\r\n'
    return section === 'nothing' ? '' : text
  }

  configNames(pattern: string | null): string[] {
    const names = [...this.settings.keys()]
    return pattern === null ? names : names.filter((name) => name.startsWith(pattern.replace('*', '')))
  }

  configType(name: string): ConfigRegistration['type'] | null {
    const types: Record<string, ConfigRegistration['type']> = {
      maxmemory: 'numeric',
      appendonly: 'bool',
      'maxmemory-policy': 'enum',
      dir: 'string',
    }
    return types[name] ?? null
  }

  configRead(name: string): string | null {
    return this.settings.get(name) ?? null
  }

  configWrite(name: string, value: string): string | null {
    if (!this.settings.has(name)) return `Unknown option '${name}'`
    if (value === 'bad') return 'argument is bad'
    this.settings.set(name, value)
    return null
  }

  yield(_letsClientsIn: boolean, _ageUs: number, busyReply: string | null): number {
    this.logs.push(`yield ${busyReply}`)
    return 0
  }
}
