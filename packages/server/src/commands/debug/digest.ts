import { createHash } from 'node:crypto'
import { ByteRange } from '../../keyspace/byte-range.ts'
import type { Database } from '../../keyspace/database.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import { formatFraction } from '../../keyspace/packed/numbers.ts'
import * as hash from '../../keyspace/types/hash.ts'
import * as list from '../../keyspace/types/list.ts'
import * as set from '../../keyspace/types/set.ts'
import { readString } from '../../keyspace/types/string.ts'
import * as zset from '../../keyspace/types/zset.ts'
import { ModuleValue } from '../../modules/data-types.ts'

// The digest of Redis's DEBUG DIGEST: equal for equal data, whatever the order in which it came and however it is kept.
// What has an order is mixed in, what has none is combined by exclusive or.

const DIGEST_BYTES = 20
const EXPIRY_MARK = Buffer.from('!!expire!!')

class Digest {
  readonly bytes = Buffer.alloc(DIGEST_BYTES)

  /** Combines with data whose place among the rest does not matter. */
  xor(data: Uint8Array): void {
    const other = sha1(data)
    for (let i = 0; i < DIGEST_BYTES; i++) this.bytes[i] = (this.bytes[i] as number) ^ (other[i] as number)
  }

  /** Combines with data whose place matters. */
  mix(data: Uint8Array): void {
    this.xor(data)
    sha1(this.bytes).copy(this.bytes)
  }
}

function sha1(data: Uint8Array): Buffer {
  return createHash('sha1').update(data).digest()
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** The digest of a whole keyspace. */
export function digestOfKeyspace(keyspace: Keyspace): Buffer {
  const total = new Digest()
  for (const database of keyspace.databases) {
    if (database.size === 0) continue
    total.mix(bigEndian(database.index))
    forEachEntry(database, (entry) => {
      const digest = new Digest()
      digest.mix(entry.key)
      addValue(digest, entry)
      total.xor(digest.bytes)
    })
  }
  return total.bytes
}

function forEachEntry(database: Database, visit: (entry: Entry) => void): void {
  database.keys.forEach((address) => {
    visit(database.entryAt(address))
  })
}

/** The digest of one value with its expiry. */
export function digestOfValue(entry: Entry): Buffer {
  const digest = new Digest()
  addValue(digest, entry)
  return digest.bytes
}

function addValue(digest: Digest, entry: Entry): void {
  const { type } = entry
  digest.mix(bigEndian(type))
  switch (type) {
    case Type.string:
      addString(digest, entry)
      break
    case Type.list:
      list.forEach(entry, (bytes, from, to) => digest.mix(bytes.subarray(from, to)))
      break
    case Type.set:
      set.forEach(entry, (bytes, from, to) => digest.xor(bytes.subarray(from, to)))
      break
    case Type.zset:
      zset.forEach(entry, (bytes, from, to, score) => {
        const member = new Digest()
        member.mix(bytes.subarray(from, to))
        member.mix(Buffer.from(formatFraction(score)))
        digest.xor(member.bytes)
      })
      break
    case Type.hash:
      addHash(digest, entry)
      break
    case Type.module:
      addModuleValue(digest, entry)
  }
  if (entry.expiry >= 0) digest.xor(EXPIRY_MARK)
}

function addString(digest: Digest, entry: Entry): void {
  const range = new ByteRange()
  readString(entry, range)
  digest.mix(range.bytes.subarray(range.from, range.to))
}

function addHash(digest: Digest, entry: Entry): void {
  hash.forEach(entry, (fieldBytes, fieldFrom, fieldTo, bytes, from, to) => {
    const field = new Digest()
    field.mix(fieldBytes.subarray(fieldFrom, fieldTo))
    field.mix(bytes.subarray(from, to))
    digest.xor(field.bytes)
  })
}

function addModuleValue(digest: Digest, entry: Entry): void {
  const value = entry.object()
  if (!(value instanceof ModuleValue)) return
  const own = value.type.methods.digest(value.content, { db: entry.database.index, key: entry.key })
  if (own !== undefined) digest.xor(own)
}
