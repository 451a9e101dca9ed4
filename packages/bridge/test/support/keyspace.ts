// A small keyspace in memory: what the bridge's tests run modules against.

import {
  type BridgeHost,
  type KeyState,
  type KeyspaceHost,
  KeyType,
  type MetadataValues,
  type RankRange,
  type Slice,
  type ZsetAddResult,
  type ZsetElement,
  ZsetFlag,
} from '../../src/index.ts'

export type Value =
  | { type: typeof KeyType.string; bytes: Buffer }
  | { type: typeof KeyType.list; items: Buffer[] }
  | { type: typeof KeyType.hash; fields: Map<string, Buffer> }
  | { type: typeof KeyType.set; members: Set<string> }
  | { type: typeof KeyType.zset; scores: Map<string, number> }
  | { type: typeof KeyType.module; moduleType: number; value: number }

export interface Entry {
  value: Value
  expireAt: number
  idleMs: number
  metadata?: MetadataValues
}

export function bytesOf({ bytes, start, end }: Slice): Buffer {
  return Buffer.from(bytes.subarray(start, end))
}

export function keyOf(slice: Slice): string {
  return bytesOf(slice).toString('latin1')
}

const fromKey = (key: string): Buffer => Buffer.from(key, 'latin1')

function lengthOf(value: Value): number {
  switch (value.type) {
    case KeyType.string:
      return value.bytes.length
    case KeyType.list:
      return value.items.length
    case KeyType.hash:
      return value.fields.size
    case KeyType.set:
      return value.members.size
    case KeyType.zset:
      return value.scores.size
    default:
      return 0
  }
}

export class Keyspace implements KeyspaceHost {
  readonly databases: Map<string, Entry>[] = Array.from({ length: 16 }, () => new Map())
  /** Total of keysModified. */
  modifiedCount = 0
  /** Keys passed to signalModified, in order. */
  readonly modified: string[] = []
  freeModuleValue: (type: number, value: number) => void = () => {}

  entry(db: number, key: string): Entry | undefined {
    const entry = this.databases[db].get(key)
    if (entry && entry.expireAt >= 0 && entry.expireAt <= Date.now()) {
      this.remove(db, key)
      return undefined
    }
    return entry
  }

  /** The value when it is of the type. */
  get<T extends Value['type']>(db: number, key: string, type: T): Extract<Value, { type: T }> | undefined {
    const value = this.entry(db, key)?.value
    return value?.type === type ? (value as Extract<Value, { type: T }>) : undefined
  }

  put(db: number, key: string, value: Value, keepExpiry = false): void {
    const old = this.databases[db].get(key)
    if (old?.value.type === KeyType.module) this.freeModuleValue(old.value.moduleType, old.value.value)
    this.databases[db].set(key, { value, expireAt: keepExpiry ? (old?.expireAt ?? -1) : -1, idleMs: 0 })
  }

  remove(db: number, key: string): boolean {
    const old = this.databases[db].get(key)
    if (old?.value.type === KeyType.module) this.freeModuleValue(old.value.moduleType, old.value.value)
    return this.databases[db].delete(key)
  }

  /** Whether modules may register classes of metadata; and the module that may take over from another. */
  metadataOwners = { anyone: true, successor: 0 }

  metadataClassAllowed(module: number, owner: number): boolean {
    return owner === 0 ? this.metadataOwners.anyone : this.metadataOwners.successor === module
  }

  metadataGet(db: number, key: Slice, metadataClass: number): { low: number; high: number } | undefined {
    const metadata = this.entry(db, keyOf(key))?.metadata
    if (!metadata || !(metadata.mask & (1 << metadataClass))) return undefined
    const bytes = Buffer.from(metadata.bytes)
    return { low: bytes.readUInt32LE(8 * metadataClass), high: bytes.readUInt32LE(8 * metadataClass + 4) }
  }

  metadataSet(db: number, key: Slice, metadataClass: number, low: number, high: number): boolean {
    const entry = this.entry(db, keyOf(key))
    if (!entry) return false
    entry.metadata ??= { mask: 0, bytes: Buffer.alloc(64) }
    entry.metadata.mask |= 1 << metadataClass
    const bytes = entry.metadata.bytes as Buffer
    bytes.writeUInt32LE(low, 8 * metadataClass)
    bytes.writeUInt32LE(high, 8 * metadataClass + 4)
    return true
  }

  openKey(db: number, key: Slice, _mode: number, state: KeyState): void {
    const value = this.entry(db, keyOf(key))?.value
    state.type = value?.type ?? KeyType.empty
    state.length = value ? lengthOf(value) : 0
    if (value?.type === KeyType.module) {
      state.moduleType = value.moduleType
      state.value = value.value
    }
  }

  keyExists(db: number, key: Slice): boolean {
    return this.entry(db, keyOf(key)) !== undefined
  }

  deleteKey(db: number, key: Slice): boolean {
    return this.remove(db, keyOf(key))
  }

  signalModified(_db: number, key: Slice): void {
    this.modified.push(keyOf(key))
  }

  keysModified(count: number): void {
    this.modifiedCount += count
  }

  expireGet(db: number, key: Slice): number {
    return this.entry(db, keyOf(key))?.expireAt ?? -1
  }

  expireSet(db: number, key: Slice, atMs: number): boolean {
    const entry = this.entry(db, keyOf(key))
    if (entry) entry.expireAt = atMs
    return entry !== undefined
  }

  dbSize(db: number): number {
    return this.databases[db].size
  }

  randomKey(db: number): Buffer | null {
    const [key] = this.databases[db].keys()
    return key === undefined ? null : fromKey(key)
  }

  resetDataset(): void {
    this.databases.forEach((database, db) => {
      for (const key of [...database.keys()]) this.remove(db, key)
    })
  }

  idleGet(db: number, key: Slice): number {
    return this.entry(db, keyOf(key))?.idleMs ?? -1
  }

  idleSet(db: number, key: Slice, idleMs: number): boolean {
    const entry = this.entry(db, keyOf(key))
    if (entry) entry.idleMs = idleMs
    return entry !== undefined
  }

  frequencyGet(): number {
    return -1
  }

  frequencySet(): boolean {
    return false
  }

  stringGet(db: number, key: Slice): Buffer | null {
    return this.get(db, keyOf(key), KeyType.string)?.bytes ?? null
  }

  stringSet(db: number, key: Slice, value: Slice, inPlace: boolean): void {
    this.put(db, keyOf(key), { type: KeyType.string, bytes: bytesOf(value) }, inPlace)
  }

  #list(db: number, key: Slice): Buffer[] {
    return this.get(db, keyOf(key), KeyType.list)?.items ?? []
  }

  listPush(db: number, key: Slice, atTail: boolean, value: Slice): boolean {
    const name = keyOf(key)
    if (!this.entry(db, name)) this.put(db, name, { type: KeyType.list, items: [] })
    const items = this.#list(db, key)
    if (atTail) items.push(bytesOf(value))
    else items.unshift(bytesOf(value))
    return true
  }

  listPop(db: number, key: Slice, atTail: boolean): Buffer | null {
    const items = this.#list(db, key)
    const item = atTail ? items.pop() : items.shift()
    if (items.length === 0) this.remove(db, keyOf(key))
    return item ?? null
  }

  listGet(db: number, key: Slice, index: number): Buffer | null {
    return this.#list(db, key).at(index) ?? null
  }

  listSet(db: number, key: Slice, index: number, value: Slice): boolean {
    const items = this.#list(db, key)
    items[index < 0 ? items.length + index : index] = bytesOf(value)
    return true
  }

  listInsert(db: number, key: Slice, index: number, value: Slice): boolean {
    const items = this.#list(db, key)
    items.splice(index < 0 ? items.length + index + 1 : index, 0, bytesOf(value))
    return true
  }

  listDelete(db: number, key: Slice, index: number): boolean {
    const items = this.#list(db, key)
    items.splice(index < 0 ? items.length + index : index, 1)
    if (items.length === 0) this.remove(db, keyOf(key))
    return true
  }

  hashGet(db: number, key: Slice, field: Slice): Buffer | null {
    return this.get(db, keyOf(key), KeyType.hash)?.fields.get(keyOf(field)) ?? null
  }

  hashSet(db: number, key: Slice, field: Slice, value: Slice): boolean {
    const name = keyOf(key)
    if (!this.entry(db, name)) this.put(db, name, { type: KeyType.hash, fields: new Map() })
    const { fields } = this.get(db, name, KeyType.hash)!
    const updated = fields.has(keyOf(field))
    fields.set(keyOf(field), bytesOf(value))
    return updated
  }

  hashDelete(db: number, key: Slice, field: Slice): boolean {
    const fields = this.get(db, keyOf(key), KeyType.hash)?.fields
    const removed = fields?.delete(keyOf(field)) ?? false
    if (fields?.size === 0) this.remove(db, keyOf(key))
    return removed
  }

  zsetAdd(
    db: number,
    key: Slice,
    score: number,
    member: Slice,
    flags: number,
    increment: boolean,
    into: ZsetAddResult,
  ): boolean {
    const name = keyOf(key)
    const scores = this.get(db, name, KeyType.zset)?.scores ?? new Map<string, number>()
    const old = scores.get(keyOf(member))
    const next = increment ? (old ?? 0) + score : score
    if (Number.isNaN(next)) return false
    into.score = next
    into.flags = ZsetFlag.nop
    const refused =
      (flags & ZsetFlag.onlyNew && old !== undefined) ||
      (flags & ZsetFlag.onlyExisting && old === undefined) ||
      (flags & ZsetFlag.greater && old !== undefined && next <= old) ||
      (flags & ZsetFlag.less && old !== undefined && next >= old)
    if (refused) return true
    if (old === undefined) into.flags = ZsetFlag.added
    else if (old !== next) into.flags = ZsetFlag.updated
    scores.set(keyOf(member), next)
    if (!this.entry(db, name)) this.put(db, name, { type: KeyType.zset, scores })
    return true
  }

  zsetScore(db: number, key: Slice, member: Slice): number | undefined {
    return this.get(db, keyOf(key), KeyType.zset)?.scores.get(keyOf(member))
  }

  zsetRemove(db: number, key: Slice, member: Slice): boolean {
    const scores = this.get(db, keyOf(key), KeyType.zset)?.scores
    const removed = scores?.delete(keyOf(member)) ?? false
    if (scores?.size === 0) this.remove(db, keyOf(key))
    return removed
  }

  sorted(db: number, key: Slice): [string, number][] {
    const scores = this.get(db, keyOf(key), KeyType.zset)?.scores ?? new Map<string, number>()
    return [...scores].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
  }

  #range(
    elements: [string, number][],
    matches: (element: [string, number]) => boolean,
    into: RankRange,
  ): void {
    into.first = elements.findIndex(matches)
    into.last = elements.findLastIndex(matches)
    if (into.first < 0) into.first = 0
  }

  zsetRankRange(
    db: number,
    key: Slice,
    minimum: number,
    maximum: number,
    minimumExcluded: boolean,
    maximumExcluded: boolean,
    into: RankRange,
  ): void {
    this.#range(
      this.sorted(db, key),
      ([, score]) =>
        (minimumExcluded ? score > minimum : score >= minimum) &&
        (maximumExcluded ? score < maximum : score <= maximum),
      into,
    )
  }

  zsetLexRankRange(db: number, key: Slice, minimum: Slice, maximum: Slice, into: RankRange): boolean {
    const [low, high] = [keyOf(minimum), keyOf(maximum)]
    if (!/^([-+]$|[[(])/.test(low) || !/^([-+]$|[[(])/.test(high)) return false
    const above = (member: string) =>
      low === '-' || (low[0] === '[' ? member >= low.slice(1) : low !== '+' && member > low.slice(1))
    const below = (member: string) =>
      high === '+' || (high[0] === '[' ? member <= high.slice(1) : high !== '-' && member < high.slice(1))
    this.#range(this.sorted(db, key), ([member]) => above(member) && below(member), into)
    return true
  }

  zsetElements(db: number, key: Slice, first: number, count: number): ZsetElement[] {
    return this.sorted(db, key)
      .slice(first, first + count)
      .map(([member, score]) => ({ member: fromKey(member), score }))
  }

  moduleValueSet(db: number, key: Slice, type: number, value: number): void {
    this.put(db, keyOf(key), { type: KeyType.module, moduleType: type, value })
  }

  moduleValueReplace(db: number, key: Slice, _type: number, value: number): void {
    this.get(db, keyOf(key), KeyType.module)!.value = value
  }

  scan(db: number, cursor: number, each: (key: Buffer) => void): number {
    const keys = [...this.databases[db].keys()]
    for (const key of keys.slice(cursor, cursor + 3)) each(fromKey(key))
    return cursor + 3 < keys.length ? cursor + 3 : 0
  }

  scanKey(
    db: number,
    key: Slice,
    cursor: number,
    each: (field: Buffer, value: Buffer | null) => void,
  ): number {
    const value = this.entry(db, keyOf(key))?.value
    let pairs: [string, Buffer | null][] = []
    if (value?.type === KeyType.hash) pairs = [...value.fields]
    if (value?.type === KeyType.set) pairs = [...value.members].map((member) => [member, null])
    if (value?.type === KeyType.zset) {
      pairs = [...value.scores].map(([member, score]) => [member, Buffer.from(String(score))])
    }
    for (const [field, item] of pairs.slice(cursor, cursor + 3)) each(fromKey(field), item)
    return cursor + 3 < pairs.length ? cursor + 3 : 0
  }
}

export type { BridgeHost }
