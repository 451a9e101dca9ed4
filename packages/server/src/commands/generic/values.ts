import { CommandError } from '@modis/sdk'
import type { Database } from '../../keyspace/database.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Encoding, TYPE_NAMES, Type } from '../../keyspace/entry-layout.ts'
import { copyMetadata } from '../../keyspace/metadata.ts'
import * as hashes from '../../keyspace/types/hash.ts'
import * as lists from '../../keyspace/types/list.ts'
import * as sets from '../../keyspace/types/set.ts'
import * as strings from '../../keyspace/types/string.ts'
import * as sortedSets from '../../keyspace/types/zset.ts'
import type { ModuleValue } from '../../modules/data-types.ts'

// What the commands on keys of every type need to know of the types.

const copyFailed = new CommandError('module key failed to copy')
const cannotCopy = new CommandError('not supported for this module key')

type Copy = (
  entry: Entry,
  target: Database,
  source: Uint8Array,
  from: number,
  to: number,
  expiry: number,
) => Entry

const copies: Readonly<Partial<Record<Type, Copy>>> = {
  [Type.string]: strings.copyValue,
  [Type.list]: lists.copyValue,
  [Type.set]: sets.copyValue,
  [Type.zset]: sortedSets.copyValue,
  [Type.hash]: hashes.copyValue,
}

type ForEach = (entry: Entry, visit: (bytes: Buffer, from: number, to: number) => void) => void

const walks: Readonly<Partial<Record<Type, ForEach>>> = {
  [Type.list]: lists.forEach,
  [Type.set]: sets.forEach,
  [Type.zset]: sortedSets.forEach,
}

/** Calls `visit` with every element of the list, set or sorted set at `entry`, in its order; it must not change it. */
export const forEachElement: ForEach = (entry, visit) => {
  const walk = walks[entry.type] as ForEach
  walk(entry, visit)
}

/** Name of an entry's type as the TYPE command prints it. */
export function typeName(entry: Entry): string {
  return entry.type === Type.module ? entry.object<ModuleValue>().type.name : TYPE_NAMES[entry.type]
}

/** Name of an entry's encoding as OBJECT ENCODING prints it. */
export function encodingName(entry: Entry): string {
  const { encoding } = entry
  if (encoding === Encoding.object) return entry.object().encodingName
  if (entry.type === Type.string) return strings.stringEncodingName(encoding)
  return encoding === Encoding.intset ? 'intset' : 'listpack'
}

/**
 * Copies the value and expiry of `entry`, whose key is `key`, to key `newKey` of `target`, in place of `existing`.
 * @throws CommandError where the value is of a module's data type that cannot be copied; nothing has changed then
 */
export function copyEntry(
  entry: Entry,
  existing: Entry | undefined,
  target: Database,
  key: Buffer,
  newKey: Buffer,
): void {
  const { expiry, type } = entry
  if (type === Type.module) {
    copyModuleValue(entry, existing, target, key, newKey)
    return
  }
  if (existing !== undefined) target.delete(existing)
  const copy = copies[type] as Copy
  copyMetadata(entry, copy(entry, target, newKey, 0, newKey.length, expiry))
}

function copyModuleValue(
  entry: Entry,
  existing: Entry | undefined,
  target: Database,
  key: Buffer,
  newKey: Buffer,
): void {
  const { expiry } = entry
  const value = entry
    .object<ModuleValue>()
    .copy({ db: entry.database.index, key }, { db: target.index, key: newKey })
  if (value === undefined) throw entry.object<ModuleValue>().type.methods.canCopy ? copyFailed : cannotCopy
  if (existing !== undefined) target.delete(existing)
  copyMetadata(entry, target.createObject(newKey, 0, newKey.length, Type.module, value, expiry))
}
