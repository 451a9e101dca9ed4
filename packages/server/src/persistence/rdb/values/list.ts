import type { Database } from '../../../keyspace/database.ts'
import type { Entry } from '../../../keyspace/entry.ts'
import { Encoding, Type } from '../../../keyspace/entry-layout.ts'
import { LooseValue } from '../../../keyspace/loose-value.ts'
import { ziplistToListpack } from '../../../keyspace/packed/legacy.ts'
import * as listpack from '../../../keyspace/packed/listpack.ts'
import { HeapRegion } from '../../../keyspace/packed/region.ts'
import * as list from '../../../keyspace/types/list.ts'
import { QuicklistContainer, RdbType } from '../format.ts'
import type { RdbReader } from '../rdb-reader.ts'
import type { RdbWriter } from '../rdb-writer.ts'
import { type LoadedValue, looseCollection } from './loaded-value.ts'

export function writeList(writer: RdbWriter, entry: Entry): void {
  if (entry.encoding !== Encoding.object) {
    writer.length(1)
    writer.length(QuicklistContainer.packed)
    writer.string(entry.bytes, entry.start, entry.start + entry.length)
    return
  }
  const large = entry.object<list.LargeList>()
  writer.length(large.nodeCount)
  for (const { region, isPlain } of large.nodes()) {
    writer.length(isPlain ? QuicklistContainer.plain : QuicklistContainer.packed)
    writer.string(region.bytes, region.start, region.start + region.length)
  }
}

export function readList(reader: RdbReader, type: number, database: Database): LoadedValue {
  const count = type === RdbType.listZiplist ? 1 : reader.length()
  if (count === 0) throw reader.corrupt('an empty list')
  const { listNodeSize, listCompressDepth } = database.keyspace.limits
  const large = new list.LargeList(listNodeSize, listCompressDepth)
  for (let i = 0; i < count; i++) readPart(reader, type, large)
  // Nodes that are empty are left out, as Redis does with files of old versions; a list of nothing else is refused.
  if (large.length === 0) throw reader.corrupt('an empty list')
  const value = new LooseValue(database)
  value.setObject(large)
  list.applyLimits(value)
  return looseCollection(value, Type.list)
}

/** Reads one element of an old list, or one node of a newer one. */
function readPart(reader: RdbReader, type: number, large: list.LargeList): void {
  if (type === RdbType.list) {
    const element = reader.string()
    large.pushTail(element, 0, element.length)
    return
  }
  const container = type === RdbType.listQuicklist2 ? reader.length() : QuicklistContainer.packed
  const bytes = reader.string()
  if (container === QuicklistContainer.plain) {
    if (bytes.length === 0) throw reader.corrupt('an empty node of a list')
    large.appendNode(HeapRegion.over(bytes), true)
    return
  }
  if (container !== QuicklistContainer.packed) throw reader.corrupt(`unknown kind of list node ${container}`)
  const region = type === RdbType.listQuicklist2 ? validListpack(reader, bytes) : fromZiplist(bytes)
  if (listpack.count(region) > 0) large.appendNode(region, false)
}

function validListpack(reader: RdbReader, bytes: Buffer): HeapRegion {
  if (!listpack.validate(bytes, 0, bytes.length, true)) throw reader.corrupt('a malformed listpack')
  return HeapRegion.over(bytes)
}

function fromZiplist(bytes: Buffer): HeapRegion {
  const region = new HeapRegion()
  ziplistToListpack(bytes, 0, bytes.length, region)
  return region
}
