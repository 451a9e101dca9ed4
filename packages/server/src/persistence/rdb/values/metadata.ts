import type { Database } from '../../../keyspace/database.ts'
import type { Entry } from '../../../keyspace/entry.ts'
import { METADATA_CLASSES, Metadata, readMetadata, writeMetadata } from '../../../keyspace/metadata.ts'
import type { Log } from '../../../log.ts'
import type { RdbReader } from '../rdb-reader.ts'
import type { LoadedValue } from './loaded-value.ts'
import { skipFields } from './module.ts'

// What modules have attached to a key stands before the type of its value: the number of classes, then for each of them
// 32 bits that name it, and fields as in a module's value.

/** Flag in a class's 32 bits: the file may be read where nobody knows the class. */
const MAY_BE_IGNORED = 1
const SPECIFICATION_BYTES = 4
const NAME_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'
const NAME_SHIFTS = [26, 20, 14, 8]

/** What is to be written before the type of an entry's value, opcode included; undefined for nothing. */
export function savedMetadata(entry: Entry): Uint8Array | undefined {
  const { database } = entry
  const metadata = readMetadata(entry)
  if (metadata === undefined) return undefined
  const bytes = database.keyspace.metadata?.save({ database, key: entry.key }, metadata)
  return bytes === undefined || bytes.length === 0 ? undefined : bytes
}

/** Whether a file with all keys may have metadata in it. */
export function savesMetadata(databases: readonly Database[]): boolean {
  return databases.some(
    ({ metadata, keyspace }) =>
      metadata !== undefined && metadata.size > 0 && keyspace.metadata?.saves === true,
  )
}

/**
 * Reads what follows the opcode of metadata.
 * @throws Error where it is malformed, or of a class that must be known and is not
 */
export function loadMetadata(reader: RdbReader, database: Database, log: Log): Metadata {
  const owner = database.keyspace.metadata
  const metadata = new Metadata()
  try {
    const count = reader.length()
    if (count >= METADATA_CLASSES) throw reader.corrupt(`${count} classes of metadata at one key`)
    for (let i = 0; i < count; i++) {
      const specification = reader.raw(SPECIFICATION_BYTES).readUInt32LE(0)
      reader.beginCapture()
      skipFields(reader)
      const fields = reader.endCapture()
      if ((owner?.load(specification, fields, database, metadata) ?? 'unknown') !== 'unknown') continue
      const name = className(specification)
      if ((specification & MAY_BE_IGNORED) === 0)
        throw reader.corrupt(`metadata of class '${name}', which no loaded module has or loads`)
      log.verbose(`Skipping metadata for class '${name}' (not registered or missing rdb_load)`)
    }
  } catch (error) {
    owner?.free(undefined, metadata)
    throw error
  }
  return metadata
}

/** A value that gets its key's metadata when it is stored. */
export function withMetadata(value: LoadedValue, database: Database, metadata: Metadata): LoadedValue {
  if (metadata.mask === 0) return value
  return {
    store(key, expiry) {
      const entry = value.store(key, expiry)
      writeMetadata(entry, metadata)
      return entry
    },
    discard() {
      value.discard()
      database.keyspace.metadata?.free(undefined, metadata)
    },
  }
}

function className(specification: number): string {
  return NAME_SHIFTS.map((shift) => NAME_CHARACTERS[(specification >>> shift) & 63]).join('')
}
