// The bridge, as a server uses it: `createBridge(host)` loads the addon and connects the two.

import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type {
  Authentication,
  Bridge,
  FunctionStatus,
  LoadFrame,
  MetadataLoaded,
  MetadataTransfer,
  MetadataValues,
  ModuleUsage,
  ReplyLength,
  ServerEventData,
  Sockets,
  TypeLoadResult,
} from './bridge.ts'
import { createHandlers } from './handlers.ts'
import type { Arguments, BridgeHost, CallerInfo } from './host.ts'
import { SharedMemory } from './shared-memory.ts'

export * from './bridge.ts'
export * from './host.ts'
export type * from './user-host.ts'

/** The addon's exports. Numbers go through the shared slots; see native/entry.c. */
interface Addon extends Sockets {
  start(handlers: object, receiver: object): boolean
  stop(): void
  growOutput(): void
  functions(): string
  beginLoad(args: readonly Uint8Array[]): [bigint, bigint]
  endLoad(): void
  beginUnload(): bigint
  endUnload(): void
  usage(): void
  invoke(bytes: Uint8Array, offsets: Int32Array): void
  positions(bytes: Uint8Array, offsets: Int32Array): void
  filter(bytes: Uint8Array, offsets: Int32Array): void
  blockedTimeout(): void
  blockedGone(): void
  blockedKeyReady(key: Uint8Array): void
  callFinished(reply: Uint8Array): void
  typeSave(key: Uint8Array): void
  typeLoad(payload: Uint8Array, key: Uint8Array): void
  typeAuxSave(): void
  typeAuxLoad(payload: Uint8Array): void
  typeRewrite(key: Uint8Array): void
  typeFree(): void
  typeMeasure(key: Uint8Array): void
  typeDigest(key: Uint8Array): void
  typeCopy(from: Uint8Array, to: Uint8Array): void
  typeCarry(values: Float64Array): void
  metadataUnlink(values: Uint8Array, key: Uint8Array): void
  metadataFree(values: Uint8Array, key: Uint8Array): void
  metadataTransfer(values: Uint8Array, keys: Uint8Array): void
  metadataSave(values: Uint8Array, key: Uint8Array): void
  metadataSaves(): void
  metadataLoad(fields: Uint8Array): void
  metadataRewrite(values: Uint8Array, key: Uint8Array): void
  metadataClasses(): void
  metadataCarry(values: Uint8Array, key: Uint8Array): void
  metadataTakeOver(): void
  keyspaceEvent(event: Uint8Array, key: Uint8Array): void
  postNotificationJobs(): void
  serverEvent(text: Uint8Array, key: Uint8Array): void
  info(): void
  configGet(): void
  configSet(value: Uint8Array): void
  configApply(): void
  authenticate(user: Uint8Array, password: Uint8Array): void
  userChanged(): void
  serveWatched(): void
}

const nothing = new Uint8Array(0)
const measureUnlink = 0
const measureFreeEffort = 1
const measureMemory = 2
const authOutcomes = ['not handled', 'denied', 'welcome', 'waits'] as const
const metadataOutcomes = ['unknown', 'loaded', 'left out', 'refused', 'corrupt'] as const

/** The addon that was built here, if there is one, else the prebuild for this platform. */
function loadAddon(): Addon {
  const load = createRequire(import.meta.url)('node-gyp-build') as (folder: string) => unknown
  return load(dirname(dirname(fileURLToPath(import.meta.url)))) as Addon
}

class NativeBridge implements Bridge {
  readonly #addon: Addon
  readonly #host: BridgeHost
  readonly #memory: SharedMemory
  readonly #eventNames = new Map<string, Uint8Array>()
  measuredUs = 0

  constructor(addon: Addon, host: BridgeHost) {
    this.#addon = addon
    this.#host = host
    this.#memory = new SharedMemory(addon)
    if (!addon.start(createHandlers(host, this.#memory), this.#memory.receiver())) {
      throw new Error('the bridge serves another server of this process; close that one first')
    }
  }

  get output(): Uint8Array {
    return this.#memory.output
  }

  get moduleBytes(): number {
    return this.#memory.moduleBytes
  }

  get functions(): readonly FunctionStatus[] {
    return JSON.parse(this.#addon.functions()) as FunctionStatus[]
  }

  beginLoad(module: number, args: readonly Uint8Array[]): LoadFrame {
    this.#put(module)
    const [context, argv] = this.#addon.beginLoad(args)
    return { context, argv, argc: args.length }
  }

  endLoad(module: number, loaded: boolean): void {
    this.#put(module, Number(loaded))
    this.#addon.endLoad()
  }

  beginUnload(module: number): bigint {
    this.#put(module)
    return this.#addon.beginUnload()
  }

  endUnload(module: number, unloaded: boolean): void {
    this.#put(module, Number(unloaded))
    this.#addon.endUnload()
  }

  usage(module: number): ModuleUsage {
    this.#put(module)
    this.#addon.usage()
    return JSON.parse(this.#memory.takeText()) as ModuleUsage
  }

  invoke(command: number, args: Arguments, caller: CallerInfo): ReplyLength {
    const { slots } = this.#memory
    slots[0] = command
    slots[1] = args.first
    slots[2] = args.count
    slots[3] = caller.client
    slots[4] = caller.db
    slots[5] = caller.resp
    slots[6] = caller.flags
    this.#addon.invoke(args.bytes, args.offsets)
    const length = slots[0]
    const isVerbatim = slots[2] !== 0
    if (slots[1] !== 0) this.#host.keysModified(slots[1])
    if (isVerbatim) this.#host.replicateVerbatim(caller)
    return length
  }

  commandKeys(command: number, args: Arguments): { positions: number[]; flags: number[] } {
    return this.#positions(command, args, false)
  }

  commandChannels(command: number, args: Arguments): { positions: number[]; flags: number[] } {
    return this.#positions(command, args, true)
  }

  filterCommand(args: Arguments, client: number): Uint8Array[] | null {
    this.#put(args.first, args.count, client)
    this.#addon.filter(args.bytes, args.offsets)
    const count = this.#memory.slots[0]
    if (count < 0) return null
    const output = this.#memory.output as Buffer
    const result: Uint8Array[] = []
    let at = 0
    for (let index = 0; index < count; index++) {
      const length = output.readUInt32LE(at)
      result.push(Buffer.from(output.subarray(at + 4, at + 4 + length)))
      at += 4 + length
    }
    return result
  }

  blockedTimeout(blocked: number, resp: number): ReplyLength {
    this.#put(blocked, resp)
    this.#addon.blockedTimeout()
    this.measuredUs = this.#memory.slots[1]
    return this.#memory.slots[0]
  }

  blockedGone(blocked: number): void {
    this.#put(blocked)
    this.#addon.blockedGone()
  }

  blockedKeyReady(blocked: number, key: Uint8Array, resp: number): ReplyLength {
    this.#put(blocked, resp)
    this.#addon.blockedKeyReady(key)
    this.measuredUs = this.#memory.slots[1]
    return this.#memory.slots[0]
  }

  callFinished(promise: number, reply: Uint8Array): void {
    this.#put(promise)
    this.#addon.callFinished(reply)
  }

  typeSave(type: number, value: number, db: number, key: Uint8Array): Uint8Array {
    this.#put(type, value, db)
    this.#addon.typeSave(key)
    return this.#memory.takeBytes()
  }

  typeLoad(
    type: number,
    encodingVersion: number,
    payload: Uint8Array,
    db: number,
    key: Uint8Array,
  ): TypeLoadResult {
    this.#put(type, encodingVersion, db)
    this.#addon.typeLoad(payload, key)
    const [value, consumed] = this.#memory.slots
    return { value, consumed }
  }

  typeAuxSave(type: number, when: number): Uint8Array {
    this.#put(type, when)
    this.#addon.typeAuxSave()
    return this.#memory.takeBytes()
  }

  typeAuxLoad(type: number, encodingVersion: number, when: number, payload: Uint8Array): number {
    this.#put(type, encodingVersion, when)
    this.#addon.typeAuxLoad(payload)
    return this.#memory.slots[0]
  }

  typeRewrite(type: number, value: number, db: number, key: Uint8Array): Uint8Array {
    this.#put(type, value, db)
    this.#addon.typeRewrite(key)
    return this.#memory.takeBytes()
  }

  typeCarry(from: number, to: number, values: Float64Array): number {
    this.#put(from, to)
    this.#addon.typeCarry(values)
    return this.#memory.slots[0]
  }

  typeFree(type: number, value: number): void {
    this.#put(type, value)
    this.#addon.typeFree()
  }

  typeUnlink(type: number, value: number, db: number, key: Uint8Array): void {
    this.#put(type, value, db, measureUnlink, 0)
    this.#addon.typeMeasure(key)
  }

  typeFreeEffort(type: number, value: number, db: number, key: Uint8Array): number {
    this.#put(type, value, db, measureFreeEffort, 0)
    this.#addon.typeMeasure(key)
    return this.#memory.slots[0]
  }

  typeMemoryUsage(type: number, value: number, db: number, key: Uint8Array, samples: number): number {
    this.#put(type, value, db, measureMemory, samples)
    this.#addon.typeMeasure(key)
    return this.#memory.slots[0]
  }

  typeDigest(type: number, value: number, db: number, key: Uint8Array): Uint8Array | null {
    this.#put(type, value, db)
    this.#addon.typeDigest(key)
    return this.#memory.slots[0] < 0 ? null : this.#memory.takeBytes()
  }

  typeCopy(
    type: number,
    value: number,
    from: Uint8Array,
    to: Uint8Array,
    fromDb: number,
    toDb: number,
  ): number {
    this.#put(type, value, fromDb, toDb)
    this.#addon.typeCopy(from, to)
    return this.#memory.slots[0]
  }

  metadataUnlink(values: MetadataValues, db: number, key: Uint8Array): void {
    this.#put(values.mask, db)
    this.#addon.metadataUnlink(values.bytes, key)
    this.#takeMetadata(values)
  }

  metadataFree(values: MetadataValues, key: Uint8Array | null): void {
    this.#put(values.mask, Number(key !== null))
    this.#addon.metadataFree(values.bytes, key ?? nothing)
  }

  metadataTransfer(
    transfer: MetadataTransfer,
    { mask, bytes }: MetadataValues,
    from: Uint8Array,
    to: Uint8Array,
    fromDb: number,
    toDb: number,
  ): MetadataValues {
    this.#put(mask, transfer, fromDb, toDb, from.length)
    this.#addon.metadataTransfer(bytes, Buffer.concat([from, to]))
    const kept = { mask: 0, bytes: new Uint8Array(bytes.length) }
    this.#takeMetadata(kept)
    return kept
  }

  metadataSave(values: MetadataValues, db: number, key: Uint8Array): Uint8Array {
    this.#put(values.mask, db)
    this.#addon.metadataSave(values.bytes, key)
    return this.#memory.takeBytes()
  }

  metadataSaves(): boolean {
    this.#addon.metadataSaves()
    return this.#memory.slots[0] !== 0
  }

  metadataLoad(specification: number, fields: Uint8Array, db: number): MetadataLoaded {
    this.#put(specification, db)
    this.#addon.metadataLoad(fields)
    const [number, metadataClass, low, high] = this.#memory.slots
    const outcome = metadataOutcomes[number]
    return outcome === 'loaded' ? { outcome, metadataClass, low, high } : { outcome }
  }

  metadataRewrite(values: MetadataValues, db: number, key: Uint8Array): Uint8Array {
    this.#put(values.mask, db)
    this.#addon.metadataRewrite(values.bytes, key)
    return this.#memory.takeBytes()
  }

  metadataClasses(module: number): { live: number; pending: number } {
    this.#put(module)
    this.#addon.metadataClasses()
    const [live, pending] = this.#memory.slots
    return { live, pending }
  }

  metadataCarry(values: MetadataValues, module: number, db: number, key: Uint8Array): void {
    this.#put(values.mask, db, module)
    this.#addon.metadataCarry(values.bytes, key)
    this.#takeMetadata(values)
  }

  metadataTakeOver(module: number): void {
    this.#put(module)
    this.#addon.metadataTakeOver()
  }

  keyspaceEvent(type: number, event: string, db: number, key: Uint8Array): boolean {
    let name = this.#eventNames.get(event)
    if (name === undefined) {
      name = Buffer.from(event)
      this.#eventNames.set(event, name)
    }
    this.#put(type, db)
    this.#addon.keyspaceEvent(name, key)
    return this.#memory.slots[0] !== 0
  }

  runPostNotificationJobs(isOver: boolean): void {
    this.#put(Number(isOver))
    this.#addon.postNotificationJobs()
  }

  serverEvent(event: number, subevent: number, data: ServerEventData): void {
    this.#put(event, subevent, data.number ?? 0, data.second ?? 0)
    this.#addon.serverEvent(Buffer.from(data.text ?? ''), data.key ?? nothing)
  }

  info(module: number, forCrashReport: boolean): string {
    this.#put(module, Number(forCrashReport))
    this.#addon.info()
    return this.#memory.takeText()
  }

  configGet(config: number): Uint8Array {
    this.#put(config)
    this.#addon.configGet()
    return this.#memory.slots[0] < 0 ? new Uint8Array() : this.#memory.takeBytes()
  }

  configSet(config: number, value: string | Uint8Array): string | null {
    this.#put(config)
    this.#addon.configSet(typeof value === 'string' ? Buffer.from(value) : value)
    return this.#textOrNull()
  }

  configApply(config: number): string | null {
    this.#put(config)
    this.#addon.configApply()
    return this.#textOrNull()
  }

  authenticate(caller: CallerInfo, user: Uint8Array, password: Uint8Array): Authentication {
    this.#put(caller.client, caller.db, caller.resp, caller.flags)
    this.#addon.authenticate(user, password)
    const outcome = authOutcomes[this.#memory.slots[1]] ?? 'denied'
    return { outcome, error: this.#textOrNull() }
  }

  userChanged(client: number): void {
    this.#put(client)
    this.#addon.userChanged()
  }

  serveWatched(): void {
    this.#addon.serveWatched()
  }

  close(): void {
    this.#addon.stop()
  }

  #put(...values: number[]): void {
    this.#memory.slots.set(values)
  }

  #takeMetadata(into: MetadataValues): void {
    const { output, slots } = this.#memory
    into.bytes.set(output.subarray(0, slots[0]))
    into.mask = slots[1]
  }

  #textOrNull(): string | null {
    return this.#memory.slots[0] < 0 ? null : this.#memory.takeText()
  }

  #positions(command: number, args: Arguments, channels: boolean): { positions: number[]; flags: number[] } {
    this.#put(command, args.first, args.count, Number(channels))
    this.#addon.positions(args.bytes, args.offsets)
    const count = this.#memory.slots[0]
    const output = this.#memory.output as Buffer
    const positions: number[] = []
    const flags: number[] = []
    for (let index = 0; index < count; index++) {
      positions.push(output.readInt32LE(8 * index))
      flags.push(output.readInt32LE(8 * index + 4))
    }
    return { positions, flags }
  }
}

/**
 * Connects a server with the addon. There is one bridge in a process at a time: its modules are
 * libraries of the process.
 *
 * @throws When there is no prebuild for this platform, or another server has the bridge.
 */
export function createBridge(host: BridgeHost): Bridge {
  return new NativeBridge(loadAddon(), host)
}

/** Reading and accepting outside the event loop, for a server that has not started the bridge as well. */
export function loadSockets(): Sockets {
  return loadAddon()
}
