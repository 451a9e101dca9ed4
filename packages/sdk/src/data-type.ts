import { ModuleDefinitionError } from './errors.ts'
import type { BytesLike } from './keys.ts'

/**
 * Writes a value's fields into RDB and DUMP payloads, in order; each becomes one opcode of Redis's `MODULE_2` format.
 */
export interface ValueWriter {
  /** An unsigned 64-bit integer. @throws RangeError out of range */
  unsigned(value: number | bigint): void
  /** A signed 64-bit integer. @throws RangeError out of range */
  signed(value: number | bigint): void
  /** A double, exact to the bit. */
  double(value: number): void
  /** A 32-bit float. */
  float(value: number): void
  /** Bytes of any length. */
  string(value: BytesLike): void
}

/**
 * Reads back what a {@link ValueWriter} wrote, in the same order.
 * Every method throws a {@link ValueFormatError} where the next field is of another kind, or the payload ends.
 */
export interface ValueReader {
  /** An unsigned integer. @throws ValueFormatError above 2^53 − 1; use {@link ValueReader.unsigned64} there */
  unsigned(): number
  unsigned64(): bigint
  /** A signed integer. @throws ValueFormatError beyond ±(2^53 − 1); use {@link ValueReader.signed64} there */
  signed(): number
  signed64(): bigint
  double(): number
  float(): number
  bytes(): Buffer
  /** A string decoded as UTF-8. */
  string(): string
}

/** Collects what a value is made of, for `DEBUG DIGEST`. */
export interface ValueDigest {
  /** Adds an element; elements are in order until {@link ValueDigest.endSequence}. */
  add(element: BytesLike | number | bigint): void
  /** Ends one ordered sequence; the sequences of a value are without order among themselves. */
  endSequence(): void
}

/** What {@link defineDataType} is given. */
export interface DataTypeDefinition<Value> {
  /** Nine characters of `A–Z a–z 0–9 - _`, unique among all modules; files on disk refer to the type by it. */
  readonly name: string
  /** Version of the layout that `save` writes, 0 to 1023; `load` gets the version that the data was written with. */
  readonly encodingVersion: number
  save(io: ValueWriter, value: Value): void
  /** @throws any error to refuse the data; the load of the file (or `RESTORE`) fails with it */
  load(io: ValueReader, encodingVersion: number): Value
  /** Rebuilds the value by commands in an AOF rewrite; without it the value is written as a `RESTORE`. */
  rewrite?(
    emit: (command: string, ...args: readonly (BytesLike | number | bigint)[]) => void,
    key: Buffer,
    value: Value,
  ): void
  /** Frees what the garbage collector does not, after the value was deleted or overwritten. */
  free?(value: Value): void
  /** Size of the value in bytes, for `MEMORY USAGE` and eviction. */
  memoryUsage?(value: Value): number
  /** A deep copy for `COPY`; without it the copy is made by `save` and `load`. */
  copy?(value: Value, from: Buffer, to: Buffer): Value
  digest?(digest: ValueDigest, value: Value): void
  /** How much work `free` is, in allocations; above 64, `UNLINK` defers it. */
  freeEffort?(value: Value): number
}

/** A data type of a module; pass it to `key.value(type)` and list it in the module's `dataTypes`. */
export interface DataType<Value> extends DataTypeDefinition<Value> {
  /** The 64-bit identity in RDB files: the name's nine characters of six bits, then ten bits of encoding version. */
  readonly id: bigint
}

const nameCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const nameLength = 9
const largestEncodingVersion = 1023

/**
 * The 64-bit identity of a data type in RDB files.
 * @throws ModuleDefinitionError where the name or the encoding version is not allowed
 */
export const encodeTypeId = (name: string, encodingVersion: number): bigint => {
  if (name.length !== nameLength)
    throw new ModuleDefinitionError(
      `data type name '${name}' has ${name.length} characters; exactly ${nameLength} are needed`,
    )
  if (
    !(Number.isInteger(encodingVersion) && encodingVersion >= 0 && encodingVersion <= largestEncodingVersion)
  )
    throw new ModuleDefinitionError(
      `encodingVersion ${encodingVersion} of data type '${name}' is not an integer from 0 to ${largestEncodingVersion}`,
    )
  let id = 0n
  for (const character of name) {
    const digit = nameCharacters.indexOf(character)
    if (digit < 0)
      throw new ModuleDefinitionError(
        `data type name '${name}' holds '${character}'; allowed are A-Z, a-z, 0-9, - and _`,
      )
    id = (id << 6n) | BigInt(digit)
  }
  return (id << 10n) | BigInt(encodingVersion)
}

/** Name and encoding version of a data type's 64-bit identity. */
export const decodeTypeId = (id: bigint): { name: string; encodingVersion: number } => {
  let name = ''
  for (let rest = BigInt.asUintN(64, id) >> 10n; name.length < nameLength; rest >>= 6n)
    name = nameCharacters.charAt(Number(rest & 63n)) + name
  return { name, encodingVersion: Number(id & 1023n) }
}

/**
 * Defines a data type: values that live at keys, are saved in RDB files, copied and freed like those of Redis.
 * @throws ModuleDefinitionError where the name or the encoding version is not allowed
 */
export const defineDataType = <Value>(definition: DataTypeDefinition<Value>): DataType<Value> =>
  Object.freeze({ ...definition, id: encodeTypeId(definition.name, definition.encodingVersion) })
