import type { Bridge, MetadataTransfer, Slice } from '@modis/bridge'
import { ServerGate } from '../../../dispatch/server-gate.ts'
import type { Database } from '../../../keyspace/database.ts'
import {
  forEachWithMetadata,
  type KeyPlace,
  Metadata,
  type MetadataOwner,
  readMetadata,
  writeMetadata,
} from '../../../keyspace/metadata.ts'
import type { Server } from '../../../server.ts'
import { ClientHost } from './client-host.ts'
import type { RedisModuleInstance } from './instance.ts'
import { bufferOf } from './keyspace-host.ts'

/** `MetadataTransfer` of the bridge, which is imported for its types only. */
const Transfer = { copy: 0, rename: 1, move: 2 } as const

/** What Redis modules attach to keys: the classes are the bridge's, the values the keyspace's. */
export class MetadataHost extends ClientHost {
  constructor(server: Server, bridge: () => Bridge) {
    super(server, bridge)
    server.keyspace.metadata = new BridgedMetadata(bridge)
  }

  metadataClassAllowed(module: number, owner: number): boolean {
    const { dispatcher, keyspace } = this.server
    const loading = this.loading.get(module)
    if (owner !== 0) {
      const replaced = loading?.replaces?.instance as RedisModuleInstance | undefined
      return replaced?.number === owner
    }
    const isStarting = (dispatcher.gate & ServerGate.loading) !== 0
    return loading !== undefined || isStarting || keyspace.metadataAtAnyTime
  }

  metadataGet(
    db: number,
    key: Slice,
    metadataClass: number,
  ): { readonly low: number; readonly high: number } | undefined {
    const entry = this.peek(db, key)
    return entry?.hasMetadata === true ? readMetadata(entry)?.get(metadataClass) : undefined
  }

  metadataSet(db: number, key: Slice, metadataClass: number, low: number, high: number): boolean {
    const { touchOnRead } = this.server.keyspace
    // The key is open already, so that this is no further use of it.
    this.server.keyspace.touchOnRead = false
    const entry = this.database(db).write(bufferOf(key), key.start, key.end)
    this.server.keyspace.touchOnRead = touchOnRead
    if (entry === undefined) return false
    const metadata = readMetadata(entry) ?? new Metadata()
    metadata.set(metadataClass, low, high)
    writeMetadata(entry, metadata)
    return true
  }

  /** The classes of a new version of a module take the place of the old ones, with what keys have of them. */
  takeOverMetadata(module: number): void {
    const bridge = this.bridge()
    const { pending } = bridge.metadataClasses(module)
    if (pending === 0) return
    this.#forEach(pending, ({ database, key }, metadata) =>
      bridge.metadataCarry(metadata, module, database.index, key),
    )
    bridge.metadataTakeOver(module)
  }

  /** Gives back what keys have of the classes that a module leaves behind as it goes. */
  dropMetadata(module: number): void {
    const bridge = this.bridge()
    const { live } = bridge.metadataClasses(module)
    if (live === 0) return
    this.#forEach(live, ({ key }, metadata) => bridge.metadataFree(metadata.takeOut(live), key))
  }

  /** Changes the metadata of all keys that have some of `classes`. */
  #forEach(classes: number, change: (place: KeyPlace, metadata: Metadata) => void): void {
    const { keyspace } = this.server
    keyspace.freeDetachedMetadata()
    for (const database of keyspace.databases) {
      forEachWithMetadata(database, (entry, metadata) => {
        if ((metadata.mask & classes) === 0) return
        keyspace.snapshot?.beforeChange(database, entry.address)
        change({ database, key: entry.key }, metadata)
        writeMetadata(entry, metadata)
      })
    }
  }
}

/** Asks the modules, by way of the bridge, what becomes of the metadata of a key. */
class BridgedMetadata implements MetadataOwner {
  readonly #bridge: () => Bridge

  constructor(bridge: () => Bridge) {
    this.#bridge = bridge
  }

  unlink({ database, key }: KeyPlace, metadata: Metadata): void {
    this.#bridge().metadataUnlink(metadata, database.index, key)
  }

  free(key: Buffer | undefined, metadata: Metadata): void {
    this.#bridge().metadataFree(metadata, key ?? null)
  }

  copied(from: KeyPlace, to: KeyPlace, metadata: Metadata): Metadata {
    return this.#transfer(Transfer.copy, from, to, metadata)
  }

  moved(from: KeyPlace, to: KeyPlace, metadata: Metadata): Metadata {
    const transfer = from.database === to.database ? Transfer.rename : Transfer.move
    const moved = this.#transfer(transfer, from, to, metadata)
    metadata.takeOut(moved.mask)
    return moved
  }

  #transfer(transfer: MetadataTransfer, from: KeyPlace, to: KeyPlace, metadata: Metadata): Metadata {
    const { index } = from.database
    const given = this.#bridge().metadataTransfer(
      transfer,
      metadata,
      from.key,
      to.key,
      index,
      to.database.index,
    )
    return Metadata.of(given.mask, given.bytes)
  }

  get saves(): boolean {
    return this.#bridge().metadataSaves()
  }

  save({ database, key }: KeyPlace, metadata: Metadata): Uint8Array {
    return this.#bridge().metadataSave(metadata, database.index, key)
  }

  load(
    specification: number,
    fields: Buffer,
    database: Database,
    metadata: Metadata,
  ): 'loaded' | 'left out' | 'unknown' {
    const loaded = this.#bridge().metadataLoad(specification, fields, database.index)
    switch (loaded.outcome) {
      case 'loaded': {
        const { metadataClass, low, high } = loaded
        const isRepeated = metadata.get(metadataClass) !== undefined
        if (isRepeated) {
          const surplus = new Metadata()
          surplus.set(metadataClass, low, high)
          this.free(undefined, surplus)
          throw new Error('a key has metadata of one class twice')
        }
        metadata.set(metadataClass, low, high)
        return 'loaded'
      }
      case 'refused':
        throw new Error('a module refuses the metadata of a key')
      case 'corrupt':
        throw new Error('the metadata of a key goes on after its end, or stops before it')
      default:
        return loaded.outcome
    }
  }

  rewrite({ database, key }: KeyPlace, metadata: Metadata): Uint8Array {
    return this.#bridge().metadataRewrite(metadata, database.index, key)
  }
}
