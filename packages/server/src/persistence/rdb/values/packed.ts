import { bytesCopy } from '../../../keyspace/copy-bytes.ts'
import type { Database } from '../../../keyspace/database.ts'
import { Encoding } from '../../../keyspace/entry-layout.ts'
import { LooseValue } from '../../../keyspace/loose-value.ts'
import { ziplistToListpack, zipmapToListpack } from '../../../keyspace/packed/legacy.ts'
import * as listpack from '../../../keyspace/packed/listpack.ts'
import type { RdbReader } from '../rdb-reader.ts'

/**
 * A listpack from a payload as a loose value.
 * @throws CorruptDataError where it is malformed, empty, or holds an element of a set or hash twice
 */
export function readListpack(
  reader: RdbReader,
  database: Database,
  elements: 'unique' | 'pairs' | 'any',
): LooseValue {
  const bytes = reader.string()
  if (!listpack.validate(bytes, 0, bytes.length, true)) throw reader.corrupt('a malformed listpack')
  return adopt(reader, database, bytes, elements)
}

/** As {@link readListpack}, from a ziplist of an older format. */
export function readZiplist(reader: RdbReader, database: Database, elements: 'pairs' | 'any'): LooseValue {
  const bytes = reader.string()
  const value = new LooseValue(database)
  ziplistToListpack(bytes, 0, bytes.length, value)
  return adopt(reader, database, bytesCopy(value.bytes, value.start, value.start + value.length), elements)
}

/** As {@link readListpack}, from a zipmap of a still older format. */
export function readZipmap(reader: RdbReader, database: Database): LooseValue {
  const bytes = reader.string()
  const value = new LooseValue(database)
  zipmapToListpack(bytes, 0, bytes.length, value)
  return adopt(reader, database, bytesCopy(value.bytes, value.start, value.start + value.length), 'pairs')
}

function adopt(
  reader: RdbReader,
  database: Database,
  bytes: Buffer,
  elements: 'unique' | 'pairs' | 'any',
): LooseValue {
  const value = new LooseValue(database)
  value.setInline(Encoding.listpack, bytes.length)
  bytes.copy(value.bytes, value.start)
  const count = listpack.count(value)
  if (count === 0) throw reader.corrupt('an empty collection')
  if (elements === 'pairs' && count % 2 !== 0) throw reader.corrupt(`${count} elements where pairs belong`)
  if (elements !== 'any' && !listpack.validateUnique(bytes, 0, bytes.length, elements === 'pairs')) {
    throw reader.corrupt('an element that stands twice in a collection of distinct ones')
  }
  return value
}
