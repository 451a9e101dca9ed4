import type { Database } from '../../../keyspace/database.ts'
import type { Entry } from '../../../keyspace/entry.ts'
import { Encoding, Type } from '../../../keyspace/entry-layout.ts'
import { LooseValue } from '../../../keyspace/loose-value.ts'
import * as hash from '../../../keyspace/types/hash.ts'
import { RdbType } from '../format.ts'
import type { RdbReader } from '../rdb-reader.ts'
import type { RdbWriter } from '../rdb-writer.ts'
import { type LoadedValue, looseCollection } from './loaded-value.ts'
import { readListpack, readZiplist, readZipmap } from './packed.ts'

export function hashType(entry: Entry): number {
  return entry.encoding === Encoding.object ? RdbType.hash : RdbType.hashListpack
}

export function writeHash(writer: RdbWriter, entry: Entry): void {
  if (entry.encoding !== Encoding.object) {
    writer.string(entry.bytes, entry.start, entry.start + entry.length)
    return
  }
  writer.length(hash.size(entry))
  hash.forEach(entry, (bytes, from, to, valueBytes, valueFrom, valueTo) => {
    writer.string(bytes, from, to)
    writer.string(valueBytes, valueFrom, valueTo)
  })
}

export function readHash(reader: RdbReader, type: number, database: Database): LoadedValue {
  const value = readAny(reader, type, database)
  hash.applyLimits(value)
  return looseCollection(value, Type.hash)
}

function readAny(reader: RdbReader, type: number, database: Database): LooseValue {
  switch (type) {
    case RdbType.hashListpack:
      return readListpack(reader, database, 'pairs')
    case RdbType.hashZiplist:
      return readZiplist(reader, database, 'pairs')
    case RdbType.hashZipmap:
      return readZipmap(reader, database)
    default:
      return readFields(reader, database)
  }
}

function readFields(reader: RdbReader, database: Database): LooseValue {
  const count = reader.length()
  if (count === 0) throw reader.corrupt('an empty hash')
  const value = new LooseValue(database)
  hash.initialize(value)
  try {
    for (let i = 0; i < count; i++) {
      const field = reader.string()
      const content = reader.string()
      if (!hash.set(value, field, 0, field.length, content, 0, content.length)) {
        throw reader.corrupt(`hash field '${field}' stands twice`)
      }
    }
  } catch (error) {
    value.discard()
    throw error
  }
  return value
}
