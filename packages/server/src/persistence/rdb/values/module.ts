import type { Database } from '../../../keyspace/database.ts'
import type { Entry } from '../../../keyspace/entry.ts'
import { Type } from '../../../keyspace/entry-layout.ts'
import type { DataTypes, ModuleValue, RegisteredType } from '../../../modules/data-types.ts'
import type { RdbReader } from '../rdb-reader.ts'
import type { RdbWriter } from '../rdb-writer.ts'
import type { LoadedValue } from './loaded-value.ts'

/** Opcodes of the fields of a module's value. */
const Field = { end: 0, signed: 1, unsigned: 2, float: 3, double: 4, string: 5 } as const

const WHEN = { before: 1, after: 2 } as const
const VERSION_BITS = 10n
const SHOWN_CHARACTERS = 64
const VERSION_MASK = (1n << VERSION_BITS) - 1n
const NAME_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

export function writeModuleValue(writer: RdbWriter, entry: Entry, database: Database): void {
  const value = entry.object<ModuleValue>()
  writer.unsigned64(value.type.id)
  writer.raw(value.save({ db: database.index, key: entry.key }))
}

export function readModuleValue(
  reader: RdbReader,
  types: DataTypes,
  database: Database,
  key: Buffer,
): LoadedValue {
  const id = reader.unsigned64()
  const type = types.byId(id)
  if (type === undefined)
    throw reader.corrupt(`a value of type '${typeName(id)}', which no loaded module has`)
  reader.beginCapture()
  skipFields(reader)
  const bytes = reader.endCapture()
  const place = { db: database.index, key }
  const value = loadValue(reader, type, bytes, Number(id & VERSION_MASK), place)
  return {
    store(name, expiry) {
      const existing = database.write(name, 0, name.length)
      if (existing !== undefined) database.delete(existing)
      return database.createObject(name, 0, name.length, Type.module, value, expiry)
    },
    discard: () => database.keyspace.disposeLater(value),
  }
}

/** The file is sound, but the module may not take what stands in it: the error says which, and where. */
function loadValue(
  reader: RdbReader,
  type: RegisteredType,
  bytes: Uint8Array,
  encodingVersion: number,
  place: { readonly db: number; readonly key: Buffer },
): ModuleValue {
  try {
    return type.load(bytes, 0, bytes.length, encodingVersion, place).value
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `at byte ${reader.offset} module '${type.module.name}' refuses the value of its type '${type.name}' ` +
        `at key '${place.key.toString().slice(0, SHOWN_CHARACTERS)}': ${reason}`,
      { cause: error },
    )
  }
}

/** Writes what modules want to stand before or after the keys, with `opcode` before each. */
export function writeModuleAux(
  writer: RdbWriter,
  types: DataTypes,
  opcode: number,
  when: 'before' | 'after',
): void {
  for (const type of types.values()) {
    const bytes = type.methods.auxSave?.(when)
    if (bytes === undefined) continue
    writer.byte(opcode)
    writer.unsigned64(type.id)
    writer.length(Field.unsigned)
    writer.length(WHEN[when])
    writer.raw(bytes)
  }
}

export function readModuleAux(reader: RdbReader, types: DataTypes): void {
  const id = reader.unsigned64()
  if (reader.length() !== Field.unsigned) throw reader.corrupt('malformed data of a module')
  const when = reader.length() === WHEN.before ? 'before' : 'after'
  const type = types.byId(id)
  reader.beginCapture()
  skipFields(reader)
  const bytes = reader.endCapture()
  const isEmpty = bytes.length === 1
  if (type?.methods.auxLoad !== undefined) type.methods.auxLoad(bytes, Number(id & VERSION_MASK), when)
  else if (!isEmpty) throw unknownType(reader, id)
}

/** Reads over the fields of a module's value, the closing opcode included. */
export function skipFields(reader: RdbReader): void {
  for (;;) {
    const opcode = reader.length()
    switch (opcode) {
      case Field.end:
        return
      case Field.signed:
      case Field.unsigned:
        reader.unsigned64()
        break
      case Field.float:
        reader.raw(4)
        break
      case Field.double:
        reader.raw(8)
        break
      case Field.string:
        reader.string()
        break
      default:
        throw reader.corrupt(`unknown field ${opcode} in the value of a module`)
    }
  }
}

/** The file is sound, but needs a module that is not there. */
function unknownType(reader: RdbReader, id: bigint): Error {
  const remedy = 'load that module first, with loadmodule'
  return new Error(
    `at byte ${reader.offset} a value of type '${typeName(id)}', which no loaded module has: ${remedy}`,
  )
}

/** The nine characters that a type's id holds. */
function typeName(id: bigint): string {
  let name = ''
  for (let shift = 58n; shift >= VERSION_BITS; shift -= 6n)
    name += NAME_CHARACTERS[Number((id >> shift) & 63n)]
  return name
}
