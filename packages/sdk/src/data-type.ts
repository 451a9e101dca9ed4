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
  rewrite?(emit: (command: string, ...args: readonly (BytesLike | number | bigint)[]) => void, key: Buffer, value: Value): void
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
