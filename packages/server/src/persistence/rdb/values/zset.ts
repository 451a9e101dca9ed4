import type { Database } from '../../../keyspace/database.ts'
import type { Entry } from '../../../keyspace/entry.ts'
import { Encoding, Type } from '../../../keyspace/entry-layout.ts'
import { LooseValue } from '../../../keyspace/loose-value.ts'
import * as zset from '../../../keyspace/types/zset.ts'
import { RdbType } from '../format.ts'
import type { RdbReader } from '../rdb-reader.ts'
import type { RdbWriter } from '../rdb-writer.ts'
import { type LoadedValue, looseCollection } from './loaded-value.ts'
import { readListpack, readZiplist } from './packed.ts'

export function sortedSetType(entry: Entry): number {
  return entry.encoding === Encoding.object ? RdbType.zset2 : RdbType.zsetListpack
}

export function writeSortedSet(writer: RdbWriter, entry: Entry): void {
  if (entry.encoding !== Encoding.object) {
    writer.string(entry.bytes, entry.start, entry.start + entry.length)
    return
  }
  const count = zset.size(entry)
  writer.length(count)
  // From the highest to the lowest, so that whoever loads it always inserts at the head.
  zset.forEachInRange(entry, { first: 0, count }, 'backward', (bytes, from, to, score) => {
    writer.string(bytes, from, to)
    writer.double(score)
  })
}

export function readSortedSet(reader: RdbReader, type: number, database: Database): LoadedValue {
  const value = readAny(reader, type, database)
  zset.applyLimits(value)
  return looseCollection(value, Type.zset)
}

function readAny(reader: RdbReader, type: number, database: Database): LooseValue {
  if (type === RdbType.zset || type === RdbType.zset2) return readMembers(reader, type, database)
  const value =
    type === RdbType.zsetListpack
      ? readListpack(reader, database, 'pairs')
      : readZiplist(reader, database, 'pairs')
  zset.forEach(value, (bytes, from, to, score) => {
    if (Number.isNaN(score))
      throw reader.corrupt(`member '${bytes.toString('utf8', from, to)}' whose score is no number`)
  })
  return value
}

function readMembers(reader: RdbReader, type: number, database: Database): LooseValue {
  const count = reader.length()
  if (count === 0) throw reader.corrupt('an empty sorted set')
  const value = new LooseValue(database)
  zset.initialize(value, count, 0)
  try {
    for (let i = 0; i < count; i++) {
      const member = reader.string()
      const score = type === RdbType.zset2 ? reader.double() : reader.textDouble()
      if (Number.isNaN(score)) throw reader.corrupt(`member '${member}' whose score is no number`)
      if (!zset.load(value, member, 0, member.length, score)) {
        throw reader.corrupt(`member '${member}' of a sorted set stands twice`)
      }
    }
  } catch (error) {
    value.discard()
    throw error
  }
  return value
}
