import { copyBytes } from './copy-bytes.ts'
import type { Database } from './database.ts'
import { DetachedTable } from './detached-table.ts'
import type { Entry } from './entry.ts'
import {
  blockSize,
  chunkOf,
  HEADER_BYTES,
  keyBytes,
  keyLength,
  keyStart,
  valueWord,
  wordBase,
  wordsOf,
} from './entry-layout.ts'
import { Table } from './table.ts'

// What Redis modules attach to keys beside their values. An entry has one bit that says there is something; the values
// themselves lie in a table of their own, by key, so that keys without any take no byte more. A block of that table is
// laid out as any entry: word 1 is the set of classes, the inline value their values in the order of the classes.

/** Classes are numbered from 1 to 7, as in Redis, where 0 is the expiry. */
export const METADATA_CLASSES = 8
const VALUE_BYTES = 8

/** Eight bytes for each class that a key has metadata of. Bit i of `mask` says that those from 8·i on are set. */
export class Metadata {
  mask = 0
  readonly bytes = Buffer.alloc(METADATA_CLASSES * VALUE_BYTES)

  /** The two halves of the value of a class, or undefined where there is none. */
  get(metadataClass: number): { readonly low: number; readonly high: number } | undefined {
    if ((this.mask & (1 << metadataClass)) === 0) return undefined
    const at = metadataClass * VALUE_BYTES
    return { low: this.bytes.readUInt32LE(at), high: this.bytes.readUInt32LE(at + 4) }
  }

  /** A copy of values that came from elsewhere. */
  static of(mask: number, bytes: Uint8Array): Metadata {
    const metadata = new Metadata()
    metadata.mask = mask
    metadata.bytes.set(bytes)
    return metadata
  }

  /** Takes the values of `classes`, a set of bits, out of these. */
  takeOut(classes: number): Metadata {
    const taken = Metadata.of(this.mask & classes, this.bytes)
    this.mask &= ~classes
    return taken
  }

  set(metadataClass: number, low: number, high: number): void {
    this.mask |= 1 << metadataClass
    const at = metadataClass * VALUE_BYTES
    this.bytes.writeUInt32LE(low, at)
    this.bytes.writeUInt32LE(high, at + 4)
  }
}

/** A key by its name, whether it is there or not. */
export interface KeyPlace {
  readonly database: Database
  readonly key: Buffer
}

/** Whoever gave keys their metadata and knows what it stands for. It is asked about keys that have some, and no others. */
export interface MetadataOwner {
  /** The key is about to lose its value; changes `metadata` as it likes. */
  unlink(place: KeyPlace, metadata: Metadata): void
  /** Gives back what the metadata stands for. `key` is undefined where no key ever had it. */
  free(key: Buffer | undefined, metadata: Metadata): void
  /** The metadata that a copy of the key is to have. */
  copied(from: KeyPlace, to: KeyPlace, metadata: Metadata): Metadata
  /** The metadata that goes along to the new place. What is left in `metadata` is lost with the old one. */
  moved(from: KeyPlace, to: KeyPlace, metadata: Metadata): Metadata
  /** What an RDB file has of the metadata before the type of the value: an opcode and fields, or nothing. */
  save(place: KeyPlace, metadata: Metadata): Uint8Array
  /** Whether {@link save} may write anything at all. */
  readonly saves: boolean
  /**
   * Reads what {@link save} wrote of one class into `metadata`: `specification` is the 32 bits that name the class,
   * `fields` what follows, its end included.
   * @throws Error where the fields are malformed or the module refuses them
   */
  load(
    specification: number,
    fields: Buffer,
    database: Database,
    metadata: Metadata,
  ): 'loaded' | 'left out' | 'unknown'
  /** Commands as RESP that give a key its metadata again. */
  rewrite(place: KeyPlace, metadata: Metadata): Uint8Array
}

function findBlock(table: Table, { database, address }: Entry): number {
  const { arena } = database
  const from = keyStart(arena, address)
  return table.find(chunkOf(arena, address), from, from + keyLength(arena, address))
}

/** The metadata of a key, copied; undefined where it has none. */
export function readMetadata(entry: Entry): Metadata | undefined {
  const table = entry.database.metadata
  if (!entry.hasMetadata || table === undefined) return undefined
  const address = findBlock(table, entry)
  return address === 0 ? undefined : readBlock(entry.database, address)
}

function readBlock({ arena }: Database, address: number): Metadata {
  const metadata = new Metadata()
  const chunk = chunkOf(arena, address)
  let at = keyStart(arena, address) + keyLength(arena, address)
  metadata.mask = wordsOf(arena, address)[wordBase(address) + 1] as number
  for (let i = 0; i < METADATA_CLASSES; i++) {
    if ((metadata.mask & (1 << i)) === 0) continue
    chunk.copy(metadata.bytes, i * VALUE_BYTES, at, at + VALUE_BYTES)
    at += VALUE_BYTES
  }
  return metadata
}

function writeBlock({ arena }: Database, address: number, metadata: Metadata): void {
  const chunk = chunkOf(arena, address)
  let at = keyStart(arena, address) + keyLength(arena, address)
  wordsOf(arena, address)[wordBase(address) + 1] = metadata.mask
  for (let i = 0; i < METADATA_CLASSES; i++) {
    if ((metadata.mask & (1 << i)) === 0) continue
    metadata.bytes.copy(chunk, at, i * VALUE_BYTES, (i + 1) * VALUE_BYTES)
    at += VALUE_BYTES
  }
}

/** Makes `metadata` all that a key has; nobody is told of what it had before. */
export function writeMetadata(entry: Entry, metadata: Metadata): void {
  const { database } = entry
  const { arena } = database
  database.metadata ??= new Table(arena)
  const table = database.metadata
  const old = findBlock(table, entry)
  const { hash } = table
  let valueBytes = 0
  for (let bits = metadata.mask; bits !== 0; bits &= bits - 1) valueBytes += VALUE_BYTES
  if (old !== 0 && valueBytes !== 0 && valueWord(arena, old) === valueBytes) {
    writeBlock(database, old, metadata)
    return
  }
  if (old !== 0) {
    table.remove(hash, old)
    arena.release(old, blockSize(arena, old))
  }
  entry.hasMetadata = valueBytes !== 0
  if (valueBytes === 0) return
  const length = keyLength(arena, entry.address)
  const address = arena.allocate(HEADER_BYTES + length + valueBytes)
  const words = wordsOf(arena, address)
  const base = wordBase(address)
  words[base] = 0
  words[base + 2] = length
  words[base + 3] = valueBytes
  const from = keyStart(arena, entry.address)
  const chunk = chunkOf(arena, entry.address)
  copyBytes(chunk, from, from + length, chunkOf(arena, address), (base << 2) + HEADER_BYTES)
  writeBlock(database, address, metadata)
  table.insert(hash, address)
}

/** Takes a key's metadata off it. */
export function takeMetadata(entry: Entry): Metadata | undefined {
  const metadata = readMetadata(entry)
  if (metadata !== undefined) writeMetadata(entry, new Metadata())
  return metadata
}

/** Gives a copy of a key the metadata that its owner wants it to have. */
export function copyMetadata(entry: Entry, copy: Entry): void {
  const owner = entry.database.keyspace.metadata
  const metadata = readMetadata(entry)
  if (metadata === undefined || owner === undefined) return
  const from = { database: entry.database, key: entry.key }
  const to = { database: copy.database, key: copy.key }
  const copied = owner.copied(from, to, metadata)
  relocate(copy, to.key)
  if (copied.mask !== 0) writeMetadata(copy, copied)
}

/** Takes off a key what is to go along to another place, and returns it. */
export function detachMovedMetadata(entry: Entry, target: Database, newKey: Buffer): Metadata | undefined {
  const owner = entry.database.keyspace.metadata
  const metadata = readMetadata(entry)
  if (metadata === undefined || owner === undefined) return undefined
  const from = { database: entry.database, key: entry.key }
  const moved = owner.moved(from, { database: target, key: newKey }, metadata)
  relocate(entry, from.key)
  writeMetadata(entry, metadata)
  return moved
}

/** Points a view at its key again after a module was called, which may have changed what it liked. */
function relocate(entry: Entry, key: Buffer): void {
  const address = entry.database.keys.find(key, 0, key.length)
  if (address === 0) throw new Error('a module deleted the key that it was asked about')
  if (address !== entry.address) entry.reload(address)
}

/** Calls `visit` with every entry of `database` that has metadata; it may change whatever it likes. */
export function forEachWithMetadata(
  database: Database,
  visit: (entry: Entry, metadata: Metadata) => void,
): void {
  const { metadata: table, arena } = database
  if (table === undefined) return
  const keys: Buffer[] = []
  table.forEach((address) => {
    keys.push(keyBytes(arena, address))
  })
  for (const key of keys) {
    const address = database.keys.find(key, 0, key.length)
    const entry = address === 0 ? undefined : database.entryAt(address)
    const metadata = entry === undefined ? undefined : readMetadata(entry)
    if (entry !== undefined && metadata !== undefined) visit(entry, metadata)
  }
}

/** The metadata of the keys of a flushed database on its way out. */
export class DetachedMetadata extends DetachedTable {
  constructor(database: Database, table: Table) {
    const { arena, keyspace } = database
    super(table, (address) => {
      const key = keyBytes(arena, address)
      const metadata = readBlock(database, address)
      arena.release(address, blockSize(arena, address))
      keyspace.metadata?.free(key, metadata)
    })
  }
}
