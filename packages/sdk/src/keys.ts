import type { DataType } from './data-type.ts'

/** Bytes or text; text is encoded as UTF-8. */
export type BytesLike = Uint8Array | string

/** What a key is opened for: `R` forbids changes, `W` and `RW` allow them. */
export type KeyMode = 'R' | 'W' | 'RW'

/** Type of the value at a key; `none` where there is no key, `module` for a data type of a module. */
export type KeyType = 'none' | 'string' | 'list' | 'hash' | 'set' | 'zset' | 'stream' | 'module'

/**
 * One key of one database, opened by a command.
 *
 * A handle is valid until the handler returns or first awaits; then every use but that of its name throws
 * {@link StaleKeyError}. Changes through it notify, touch watched keys and count as changes for persistence, as the
 * built-in commands do. A key opened with mode `R` throws {@link ReadOnlyKeyError} when it is to be changed.
 */
export interface Key {
  /** The key's name, as a copy. It may be read as long as the command goes on: after an `await`, too, and in `blockOnKeys`. */
  readonly name: Buffer
  /** Number of the database. */
  readonly db: number
  readonly mode: KeyMode
  /** Whether there is a value; an expired key does not exist. */
  readonly exists: boolean
  readonly type: KeyType
  /** Type as the command `TYPE` prints it: for a module's data type its nine-character name. */
  readonly typeName: string
  /** Time to live in milliseconds; `null` where the key does not expire or does not exist. */
  readonly ttlMs: number | null
  /** Point in time of the expiry in milliseconds since 1970; `null` where the key does not expire or does not exist. */
  readonly expiresAtMs: number | null
  /** Lets the key expire `ms` milliseconds from now; false where it does not exist. A past time deletes it. */
  expireIn(ms: number): boolean
  /** Lets the key expire at `unixTimeMs`; false where it does not exist. A past time deletes it. */
  expireAt(unixTimeMs: number): boolean
  /** Removes the expiry; false where there was none. */
  persist(): boolean
  /** Deletes the key; false where it did not exist. */
  delete(): boolean
  /** As {@link Key.delete}, large values being freed later. */
  unlink(): boolean
  /** Moves value and expiry to another name of the same database, replacing what is there; false where there is no key. */
  rename(name: BytesLike): boolean
  /** The value as a string. @throws CommandError `WRONGTYPE` where it is another type */
  readonly string: StringValue
  /** The value as a list. @throws CommandError `WRONGTYPE` where it is another type */
  readonly list: ListValue
  /** The value as a hash. @throws CommandError `WRONGTYPE` where it is another type */
  readonly hash: HashValue
  /** The value as a set. @throws CommandError `WRONGTYPE` where it is another type */
  readonly set: SetValue
  /** The value as a sorted set. @throws CommandError `WRONGTYPE` where it is another type */
  readonly sortedSet: SortedSetValue
  /** The value as one of the module's own data types. @throws CommandError `WRONGTYPE` where it is another type */
  value<Value>(type: DataType<Value>): OwnValue<Value>
}

/** A string value. Positions are in bytes; where the key does not exist, reads see an empty string. */
export interface StringValue {
  /** Length in bytes; 0 where there is no key. */
  readonly length: number
  /** The whole value, copied; `null` where there is no key. */
  get(): Buffer | null
  /** The whole value as UTF-8; `null` where there is no key. */
  text(): string | null
  /** Replaces the value. The expiry is removed unless `keepTtl`. */
  set(value: BytesLike, options?: { readonly keepTtl?: boolean }): void
  /** Appends and returns the new length. @throws CommandError past `proto-max-bulk-len` */
  append(value: BytesLike): number
  /** Bytes `start` to `end`, both inclusive; negative positions count from the end, as in `GETRANGE`. */
  range(start: number, end: number): Buffer
  /** Overwrites from `offset`, padding with zeros, as `SETRANGE`; returns the new length. */
  setRange(offset: number, value: BytesLike): number
  /** Cuts or pads with zeros to `length` bytes. */
  truncate(length: number): void
  /** Adds to the value read as a 64-bit integer. @throws CommandError where it is none, or would overflow */
  increment(by: number | bigint): bigint
  /** Adds to the value read as a double. @throws CommandError where it is none, or the sum is not finite */
  incrementDouble(by: number): number
}

/** A list. Indices are zero-based; negative ones count from the tail. An emptied list deletes its key. */
export interface ListValue extends Iterable<Buffer> {
  readonly length: number
  get(index: number): Buffer | null
  text(index: number): string | null
  /** Replaces one element; false where `index` is out of range. */
  set(index: number, value: BytesLike): boolean
  /** Adds at the head, the last argument ending up first; returns the new length. */
  pushHead(...values: readonly BytesLike[]): number
  /** Adds at the tail; returns the new length. */
  pushTail(...values: readonly BytesLike[]): number
  popHead(): Buffer | null
  popTail(): Buffer | null
  /** Inserts before `index` (its length appends); false where `index` is out of range. */
  insert(index: number, value: BytesLike): boolean
  /** Removes one element; false where `index` is out of range. */
  removeAt(index: number): boolean
  /** Elements `start` to `stop`, both inclusive. */
  range(start: number, stop: number): Buffer[]
  /** Keeps elements `start` to `stop`, both inclusive. */
  trim(start: number, stop: number): void
}

/** A hash. An emptied hash deletes its key. */
export interface HashValue extends Iterable<[field: Buffer, value: Buffer]> {
  /** Number of fields. */
  readonly size: number
  has(field: BytesLike): boolean
  get(field: BytesLike): Buffer | null
  text(field: BytesLike): string | null
  /** Sets one field; true where it is new. */
  set(field: BytesLike, value: BytesLike): boolean
  /** Sets one field only where it is absent; true where it was set. */
  setIfAbsent(field: BytesLike, value: BytesLike): boolean
  /** Sets several fields; returns how many are new. */
  setAll(fields: Iterable<readonly [BytesLike, BytesLike]> | Readonly<Record<string, BytesLike>>): number
  /** Removes one field; false where it was absent. */
  delete(field: BytesLike): boolean
  /** Adds to a field read as a 64-bit integer. @throws CommandError where it is none, or would overflow */
  increment(field: BytesLike, by: number | bigint): bigint
  /** Adds to a field read as a double. @throws CommandError where it is none, or the sum is not finite */
  incrementDouble(field: BytesLike, by: number): number
  fields(): Buffer[]
  values(): Buffer[]
  /** Fields and values as text. */
  toObject(): Record<string, string>
}

/** A set. An emptied set deletes its key. */
export interface SetValue extends Iterable<Buffer> {
  /** Number of members. */
  readonly size: number
  has(member: BytesLike): boolean
  /** Adds members; returns how many are new. */
  add(...members: readonly BytesLike[]): number
  /** Removes members; returns how many were there. */
  delete(...members: readonly BytesLike[]): number
  /** Removes and returns a random member. */
  pop(): Buffer | null
  /** A random member, which stays. */
  random(): Buffer | null
}

/** A bound of a range of scores: a number is inclusive; `{ exclusive: n }` leaves `n` out. */
export type ScoreBound = number | { readonly exclusive: number }

/** A bound of a lexicographic range: bytes are inclusive; `-` and `+` infinity as symbols of order. */
export type LexBound = BytesLike | { readonly exclusive: BytesLike } | { readonly infinity: '-' | '+' }

/** How a range of a sorted set is walked. */
export interface RangeOptions {
  /** From the highest to the lowest. */
  readonly reverse?: boolean
  /** Elements to skip. */
  readonly offset?: number
  /** Most elements to return. */
  readonly limit?: number
}

/** One element of a sorted set. */
export interface ScoredMember {
  readonly member: Buffer
  readonly score: number
}

/** Conditions of {@link SortedSetValue.add}, as the options of `ZADD`. */
export interface AddOptions {
  /** Only new members (`NX`) or only existing ones (`XX`). */
  readonly when?: 'absent' | 'present'
  /** Only where the new score is greater (`GT`) or less (`LT`); new members are added all the same. */
  readonly only?: 'greater' | 'less'
}

/** A sorted set. An emptied sorted set deletes its key. */
export interface SortedSetValue extends Iterable<ScoredMember> {
  /** Number of members. */
  readonly size: number
  score(member: BytesLike): number | null
  /** Position in ascending order (descending with `reverse`), zero-based; `null` where the member is absent. */
  rank(member: BytesLike, options?: { readonly reverse?: boolean }): number | null
  /** Adds a member or changes its score. @throws CommandError where `score` is not a number */
  add(member: BytesLike, score: number, options?: AddOptions): 'added' | 'updated' | 'unchanged'
  /** Adds to a score; returns the new one, `null` where `options` forbade it. */
  increment(member: BytesLike, by: number, options?: AddOptions): number | null
  /** Removes members; returns how many were there. */
  delete(...members: readonly BytesLike[]): number
  popMin(): ScoredMember | null
  popMax(): ScoredMember | null
  /** Number of members with a score from `min` to `max`. */
  count(min: ScoreBound, max: ScoreBound): number
  /** Members by position, both ends inclusive, negative ones from the end. */
  rangeByRank(start: number, stop: number, options?: Pick<RangeOptions, 'reverse'>): ScoredMember[]
  rangeByScore(min: ScoreBound, max: ScoreBound, options?: RangeOptions): ScoredMember[]
  rangeByLex(min: LexBound, max: LexBound, options?: RangeOptions): ScoredMember[]
}

/** A value of one of the module's own data types. */
export interface OwnValue<Value> {
  /** The value itself, not a copy; `undefined` where there is no key. Report changes with {@link OwnValue.changed}. */
  get(): Value | undefined
  /** The value; where there is no key, what `create` returns is stored first. */
  getOrCreate(create: () => Value): Value
  /** Replaces the value, the old one being freed; the expiry is removed unless `keepTtl`. */
  set(value: Value, options?: { readonly keepTtl?: boolean }): void
  /** Says that the value was changed in place: watched keys, memory use and persistence follow. */
  changed(): void
}
