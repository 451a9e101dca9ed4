import type { Database } from '../../keyspace/database.ts'
import type { Server } from '../../server.ts'
import { RdbOpcode, READABLE_RDB_VERSION } from './format.ts'
import type { RdbReader } from './rdb-reader.ts'
import type { ValueCodec } from './value-codec.ts'

/** How a load went. */
export interface Loaded {
  /** Keys put into the keyspace. */
  readonly keys: number
  /** Keys left out because their time had come. */
  readonly expired: number
}

/** Expiry and access clock that stand before a key. */
interface KeyAttributes {
  expiry: number
  idleSeconds: number
  frequency: number
}

/** Keys after which modules are told how far a load has come. */
const PROGRESS_KEYS = 10_000
const NO_ATTRIBUTES: Readonly<KeyAttributes> = { expiry: -1, idleSeconds: -1, frequency: -1 }

/**
 * Reads a whole RDB file into the keyspace.
 * @throws CorruptDataError with the offset and the reason where it is damaged or of a version not known
 */
export function loadRdb(server: Server, reader: RdbReader, values: ValueCodec, totalBytes: number): Loaded {
  const version = readHeader(reader)
  const { keyspace } = server
  let database = keyspace.databases[0] as Database
  let attributes = { ...NO_ATTRIBUTES }
  const loaded = { keys: 0, expired: 0 }
  const tellsLoaded = server.notifications.wants('loaded')
  for (;;) {
    const opcode = reader.byte()
    if (opcode === RdbOpcode.end) break
    switch (opcode) {
      case RdbOpcode.expirySeconds:
        attributes.expiry = reader.seconds() * 1000
        continue
      case RdbOpcode.expiryMs:
        attributes.expiry = reader.time()
        continue
      case RdbOpcode.idle:
        attributes.idleSeconds = reader.length()
        continue
      case RdbOpcode.frequency:
        attributes.frequency = reader.byte()
        continue
      case RdbOpcode.selectDatabase:
        database = selectDatabase(server, reader)
        continue
      case RdbOpcode.resizeDatabase:
        reader.length()
        reader.length()
        continue
      case RdbOpcode.aux:
        readField(server, reader)
        continue
      case RdbOpcode.moduleAux:
        values.readAux(reader)
        continue
      case RdbOpcode.function2:
      case RdbOpcode.functionPre:
        throw reader.corrupt('the file holds functions, which this server does not have')
    }
    const { key, holder } = values.readKey(reader, opcode, database)
    if (attributes.expiry >= 0 && attributes.expiry < keyspace.nowMs) {
      holder.discard()
      loaded.expired++
    } else {
      if (database.peek(key, 0, key.length) !== undefined)
        throw reader.corrupt(`key '${key}' stands in the file twice`)
      const entry = holder.store(key, attributes.expiry)
      if (attributes.idleSeconds >= 0) entry.clock = keyspace.newClock - attributes.idleSeconds
      else if (attributes.frequency >= 0) entry.clock = (entry.clock & ~0xff) | attributes.frequency
      if (tellsLoaded) server.notifications.notify('loaded', 'loaded', entry.key, database)
      loaded.keys++
      if (loaded.keys % PROGRESS_KEYS === 0 && server.events.wants('loading-progress')) {
        server.events.emit('loading-progress', { loadedBytes: reader.offset, totalBytes })
      }
    }
    attributes = { ...NO_ATTRIBUTES }
  }
  if (version >= 5 && !reader.checksumHolds()) {
    throw reader.corrupt(`the checksum of the ${totalBytes} bytes does not match`)
  }
  return loaded
}

function readHeader(reader: RdbReader): number {
  const magic = reader.raw(9).toString('latin1')
  const version = /^REDIS(\d{4})$/.exec(magic)?.[1]
  if (version === undefined)
    throw reader.corrupt(`the file does not begin with REDIS and a version but '${magic}'`)
  const number = Number(version)
  if (number < 1 || number > READABLE_RDB_VERSION) {
    throw reader.corrupt(`version ${number} of the format; versions 1 to ${READABLE_RDB_VERSION} can be read`)
  }
  return number
}

function selectDatabase(server: Server, reader: RdbReader): Database {
  const index = reader.length()
  const database = server.keyspace.databases[index]
  if (database === undefined) {
    throw reader.corrupt(`database ${index}, but the server has ${server.keyspace.databases.length}`)
  }
  return database
}

function readField(server: Server, reader: RdbReader): void {
  const name = reader.string().toString()
  const value = reader.string().toString()
  if (name === 'redis-ver') server.log.notice(`Loading RDB produced by version ${value}`)
  else if (name === 'used-mem') {
    server.log.notice(`RDB memory usage when created ${(Number(value) / 2 ** 20).toFixed(2)} Mb`)
    if (server.persistence.loading !== undefined) server.persistence.loading.savedMemoryBytes = Number(value)
  }
}
