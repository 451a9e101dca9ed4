import type { Database } from '../../../keyspace/database.ts'
import type { Entry } from '../../../keyspace/entry.ts'
import { Encoding, Type } from '../../../keyspace/entry-layout.ts'
import { LooseValue } from '../../../keyspace/loose-value.ts'
import * as intset from '../../../keyspace/packed/intset.ts'
import * as set from '../../../keyspace/types/set.ts'
import { RdbType, SET_LISTPACK_VERSION } from '../format.ts'
import type { RdbReader } from '../rdb-reader.ts'
import type { RdbWriter } from '../rdb-writer.ts'
import { type LoadedValue, looseCollection } from './loaded-value.ts'
import { readListpack } from './packed.ts'

export function setType(entry: Entry, version: number): number {
  if (entry.encoding === Encoding.intset) return RdbType.setIntset
  const isPacked = entry.encoding === Encoding.listpack && version >= SET_LISTPACK_VERSION
  return isPacked ? RdbType.setListpack : RdbType.set
}

export function writeSet(writer: RdbWriter, entry: Entry, version: number): void {
  if (setType(entry, version) !== RdbType.set) {
    writer.string(entry.bytes, entry.start, entry.start + entry.length)
    return
  }
  writer.length(set.size(entry))
  set.forEach(entry, (bytes, from, to) => writer.string(bytes, from, to))
}

export function readSet(reader: RdbReader, type: number, database: Database): LoadedValue {
  const value = type === RdbType.set ? readMembers(reader, database) : readPacked(reader, type, database)
  set.applyLimits(value)
  return looseCollection(value, Type.set)
}

function readPacked(reader: RdbReader, type: number, database: Database): LooseValue {
  if (type === RdbType.setListpack) return readListpack(reader, database, 'unique')
  const bytes = reader.string()
  if (!intset.validate(bytes, 0, bytes.length, true)) throw reader.corrupt('a malformed intset')
  const value = new LooseValue(database)
  value.setInline(Encoding.intset, bytes.length)
  bytes.copy(value.bytes, value.start)
  if (intset.length(value) === 0) throw reader.corrupt('an empty set')
  return value
}

function readMembers(reader: RdbReader, database: Database): LooseValue {
  const count = reader.length()
  if (count === 0) throw reader.corrupt('an empty set')
  const value = new LooseValue(database)
  set.initialize(value, Encoding.intset)
  set.expectMembers(value, count)
  try {
    for (let i = 0; i < count; i++) {
      const member = reader.string()
      if (!set.add(value, member, 0, member.length))
        throw reader.corrupt(`set member '${member}' stands twice`)
    }
  } catch (error) {
    value.discard()
    throw error
  }
  return value
}
