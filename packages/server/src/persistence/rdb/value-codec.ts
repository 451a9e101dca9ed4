import type { Database } from '../../keyspace/database.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import type { Server } from '../../server.ts'
import { Crc64 } from '../codec/crc64.ts'
import {
  DUMP_FOOTER_BYTES,
  METADATA_RDB_VERSION,
  RDB_VERSION,
  RdbOpcode,
  RdbType,
  READABLE_RDB_VERSION,
} from './format.ts'
import { RdbReader } from './rdb-reader.ts'
import { RdbWriter } from './rdb-writer.ts'
import { hashType, readHash, writeHash } from './values/hash.ts'
import { readList, writeList } from './values/list.ts'
import type { LoadedValue } from './values/loaded-value.ts'
import { loadMetadata, savedMetadata, withMetadata } from './values/metadata.ts'
import { readModuleAux, readModuleValue, writeModuleAux, writeModuleValue } from './values/module.ts'
import { readSet, setType, writeSet } from './values/set.ts'
import { readString, writeString } from './values/string.ts'
import { readSortedSet, sortedSetType, writeSortedSet } from './values/zset.ts'

const NO_KEY = Buffer.alloc(0)

/** Writes and reads values of all types in the RDB format, as files, DUMP and RESTORE have them. */
export class ValueCodec {
  readonly #server: Server
  /** Version of the format that is written. */
  version: number = RDB_VERSION

  constructor(server: Server) {
    this.#server = server
    server.config.follow(['rdb-version'], () => {
      this.version = server.config.integer('rdb-version')
    })
  }

  /** The RDB type under which the value at `entry` is written. */
  typeOf(entry: Entry): number {
    switch (entry.type) {
      case Type.string:
        return RdbType.string
      case Type.list:
        return RdbType.listQuicklist2
      case Type.set:
        return setType(entry, this.version)
      case Type.zset:
        return sortedSetType(entry)
      case Type.hash:
        return hashType(entry)
      case Type.module:
        return RdbType.module2
      default:
        throw new Error(`values of type ${entry.type} cannot be saved`)
    }
  }

  write(writer: RdbWriter, entry: Entry): void {
    switch (entry.type) {
      case Type.string:
        writeString(writer, entry)
        break
      case Type.list:
        writeList(writer, entry)
        break
      case Type.set:
        writeSet(writer, entry, this.version)
        break
      case Type.zset:
        writeSortedSet(writer, entry)
        break
      case Type.hash:
        writeHash(writer, entry)
        break
      default:
        writeModuleValue(writer, entry, entry.database)
    }
  }

  /**
   * Reads a value of RDB type `type` that is to be that of `key`.
   * @throws CorruptDataError where it is malformed, or of a type this server does not know
   */
  read(reader: RdbReader, type: number, database: Database, key: Buffer): LoadedValue {
    switch (type) {
      case RdbType.string:
        return readString(reader, database)
      case RdbType.list:
      case RdbType.listZiplist:
      case RdbType.listQuicklist:
      case RdbType.listQuicklist2:
        return readList(reader, type, database)
      case RdbType.set:
      case RdbType.setIntset:
      case RdbType.setListpack:
        return readSet(reader, type, database)
      case RdbType.zset:
      case RdbType.zset2:
      case RdbType.zsetZiplist:
      case RdbType.zsetListpack:
        return readSortedSet(reader, type, database)
      case RdbType.hash:
      case RdbType.hashZipmap:
      case RdbType.hashZiplist:
      case RdbType.hashListpack:
        return readHash(reader, type, database)
      case RdbType.module2:
        return readModuleValue(reader, this.#server.dataTypes, database, key)
      default:
        throw reader.corrupt(`a value of RDB type ${type}, which this server does not know`)
    }
  }

  /**
   * Reads a key of a file with its value, from behind the first byte on, which is `opcode`.
   * @throws CorruptDataError where it is malformed, or of a type this server does not know
   */
  readKey(reader: RdbReader, opcode: number, database: Database): { key: Buffer; holder: LoadedValue } {
    let key: Buffer = NO_KEY
    const holder = this.#withMetadata(reader, opcode, database, (type) => {
      key = reader.string()
      return this.read(reader, type, database, key)
    })
    return { key, holder }
  }

  /** Reads what stands before the type of a value, where `opcode` is not that type, and then the value with `read`. */
  #withMetadata(
    reader: RdbReader,
    opcode: number,
    database: Database,
    read: (type: number) => LoadedValue,
  ): LoadedValue {
    if (opcode !== RdbOpcode.keyMetadata) return read(opcode)
    const metadata = loadMetadata(reader, database, this.#server.log)
    try {
      return withMetadata(read(reader.byte()), database, metadata)
    } catch (error) {
      database.keyspace.metadata?.free(undefined, metadata)
      throw error
    }
  }

  /** Writes what modules want to stand before or after the keys of a file. */
  writeAux(writer: RdbWriter, when: 'before' | 'after'): void {
    writeModuleAux(writer, this.#server.dataTypes, RdbOpcode.moduleAux, when)
  }

  readAux(reader: RdbReader): void {
    readModuleAux(reader, this.#server.dataTypes)
  }

  /** The value at `entry` as DUMP prints it: type, value, version and checksum. */
  dump(entry: Entry): Buffer {
    const writer = new RdbWriter({ compress: this.#server.config.boolean('rdbcompression'), checksum: true })
    const metadata = savedMetadata(entry)
    const version = metadata === undefined ? this.version : METADATA_RDB_VERSION
    if (metadata !== undefined) writer.raw(metadata)
    writer.byte(this.typeOf(entry))
    this.write(writer, entry)
    writer.byte(version & 0xff)
    writer.byte(version >> 8)
    writer.checksum()
    return writer.bytes
  }

  /** Whether `payload` ends with a version this server can read and with the checksum of what is before it. */
  hasValidFooter(payload: Buffer): boolean {
    if (payload.length < DUMP_FOOTER_BYTES) return false
    const footer = payload.length - DUMP_FOOTER_BYTES
    if (payload.readUInt16LE(footer) > READABLE_RDB_VERSION) return false
    const crc = new Crc64()
    crc.update(payload, 0, footer + 2)
    return crc.matches(payload, footer + 2)
  }

  /**
   * Reads what {@link dump} wrote.
   * @throws CorruptDataError where it is malformed or has bytes left over
   */
  restore(payload: Buffer, database: Database, key: Buffer): LoadedValue {
    const reader = RdbReader.of(payload.subarray(0, payload.length - DUMP_FOOTER_BYTES))
    const value = this.#withMetadata(reader, reader.byte(), database, (type) =>
      this.read(reader, type, database, key),
    )
    if (reader.atEnd) return value
    value.discard()
    throw reader.corrupt('bytes after the value')
  }
}
