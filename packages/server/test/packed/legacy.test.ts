import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CorruptDataError } from '../../src/keyspace/packed/corrupt-data-error.ts'
import type { ElementView } from '../../src/keyspace/packed/element-view.ts'
import {
  ZiplistReader,
  ZipmapReader,
  ziplistToListpack,
  zipmapToListpack,
} from '../../src/keyspace/packed/legacy.ts'
import * as listpack from '../../src/keyspace/packed/listpack.ts'
import { HeapRegion } from '../../src/keyspace/packed/region.ts'
import { Crc64 } from '../../src/persistence/codec/crc64.ts'
import { Random } from '../support/random.ts'
import { RealRedis } from '../support/real-redis.ts'

const HASH_ZIPMAP = 9
const LIST_ZIPLIST = 10
const HASH_ZIPLIST = 13
const RDB_VERSION = 10

let redis: RealRedis

test.before(async () => {
  // Real redis-server is to look at every byte of what it restores.
  redis = await RealRedis.start('--sanitize-dump-payload', 'yes', '--hash-max-listpack-entries', '1000')
})

test.after(() => redis.stop())

/** The integer encodings of a ziplist: first byte, bytes of the value, smallest and largest value. */
const INTEGERS: [number, number, bigint, bigint][] = [
  [0xfe, 1, -128n, 127n],
  [0xc0, 2, -32768n, 32767n],
  [0xf0, 3, -8388608n, 8388607n],
  [0xd0, 4, -2147483648n, 2147483647n],
  [0xe0, 8, -(2n ** 63n), 2n ** 63n - 1n],
]

function ziplistValue(element: Buffer | bigint): Buffer {
  if (typeof element === 'bigint') {
    if (element >= 0n && element <= 12n) return Buffer.from([0xf1 + Number(element)])
    const [lead, size] = INTEGERS.find(
      ([, , low, high]) => element >= low && element <= high,
    ) as (typeof INTEGERS)[0]
    const bytes = Buffer.alloc(9)
    bytes.writeBigInt64LE(element, 1)
    bytes[0] = lead
    return bytes.subarray(0, 1 + size)
  }
  const length = element.length
  if (length < 64) return Buffer.concat([Buffer.from([length]), element])
  if (length < 16384) return Buffer.concat([Buffer.from([0x40 | (length >>> 8), length & 255]), element])
  const header = Buffer.alloc(5, 0x80)
  header.writeUInt32BE(length, 1)
  return Buffer.concat([header, element])
}

function ziplist(elements: (Buffer | bigint)[]): Buffer {
  const parts: Buffer[] = []
  let previous = 0
  let tail = 10
  let total = 10
  for (const element of elements) {
    const prefix = Buffer.alloc(previous < 254 ? 1 : 5, 0xfe)
    if (previous < 254) prefix[0] = previous
    else prefix.writeUInt32LE(previous, 1)
    const entry = Buffer.concat([prefix, ziplistValue(element)])
    parts.push(entry)
    tail = total
    total += entry.length
    previous = entry.length
  }
  const header = Buffer.alloc(10)
  header.writeUInt32LE(total + 1)
  header.writeUInt32LE(tail, 4)
  header.writeUInt16LE(elements.length, 8)
  return Buffer.concat([header, ...parts, Buffer.from([0xff])])
}

function zipmap(pairs: [Buffer, Buffer, number][]): Buffer {
  const length = (bytes: Buffer) => {
    if (bytes.length < 254) return Buffer.from([bytes.length])
    const long = Buffer.alloc(5, 254)
    long.writeUInt32LE(bytes.length, 1)
    return long
  }
  const parts = pairs.map(([field, value, unused]) =>
    Buffer.concat([
      length(field),
      field,
      length(value),
      Buffer.from([unused]),
      value,
      Buffer.alloc(unused, 0x55),
    ]),
  )
  return Buffer.concat([Buffer.from([Math.min(pairs.length, 254)]), ...parts, Buffer.from([0xff])])
}

/** What RESTORE takes: the type, the encoded value as a string, and the trailer. */
function payload(type: number, value: Buffer): Buffer {
  const length = Buffer.alloc(5, 0x80)
  length.writeUInt32BE(value.length, 1)
  const bytes = Buffer.concat([
    Buffer.from([type]),
    length,
    value,
    Buffer.from([RDB_VERSION, 0]),
    Buffer.alloc(8),
  ])
  const crc = new Crc64()
  crc.update(bytes, 0, bytes.length - 8)
  crc.writeTo(bytes, bytes.length - 8)
  return bytes
}

async function isRestored(type: number, value: Buffer): Promise<boolean> {
  await redis.client.call('DEL', 'restored')
  return redis.client.call('RESTORE', 'restored', 0, payload(type, value)).then(
    () => true,
    () => false,
  )
}

function texts(reader: { next(): boolean }, ...views: ElementView[]): string[] {
  const found: string[] = []
  while (reader.next()) for (const view of views) found.push(view.toBuffer().toString('latin1'))
  return found
}

function ziplistTexts(bytes: Buffer): string[] {
  const reader = new ZiplistReader(bytes, 0, bytes.length)
  return texts(reader, reader.element)
}

function zipmapTexts(bytes: Buffer): string[] {
  const reader = new ZipmapReader(bytes, 0, bytes.length)
  return texts(reader, reader.field, reader.value)
}

function randomElement(random: Random): Buffer | bigint {
  if (random.below(2) === 0) return random.integer64()
  return random.below(20) === 0
    ? Buffer.alloc(random.pick([252, 253, 254, 300, 16383, 16384]), 'q')
    : random.bytes(70)
}

test('a ziplist is read as redis-server reads it', async () => {
  const random = new Random()
  for (let round = 0; round < 60; round++) {
    const elements = Array.from({ length: 1 + random.below(60) }, () => randomElement(random))
    for (const value of [0n, 12n, 13n, -1n, -129n, 40000n]) elements.push(value)
    const bytes = ziplist(elements)
    const expected = elements.map((each) =>
      typeof each === 'bigint' ? String(each) : each.toString('latin1'),
    )
    assert.equal(ziplistTexts(bytes), expected)
    assert.ok(await isRestored(LIST_ZIPLIST, bytes))
    const real = (await redis.client.call('LRANGE', 'restored', 0, -1)) as Buffer[]
    assert.equal(
      real.map((each) => each.toString('latin1')),
      expected,
    )
    const region = new HeapRegion()
    assert.is(ziplistToListpack(bytes, 0, bytes.length, region), elements.length)
    assert.ok(listpack.validate(region.bytes, 0, region.length, true))
    assert.equal(
      expected.map((_, index) => listpack.element(region, listpack.seek(region, index)).toString('latin1')),
      expected,
    )
  }
})

test('a zipmap is read as redis-server reads it', async () => {
  const random = new Random()
  for (let round = 0; round < 60; round++) {
    const pairs = Array.from({ length: 1 + random.below(20) }, (_, index): [Buffer, Buffer, number] => {
      const value = random.below(8) === 0 ? Buffer.alloc(random.pick([253, 254, 400]), 'v') : random.element()
      return [
        Buffer.from(`field${index}${'x'.repeat(random.pick([0, 0, 0, 253, 300]))}`),
        value,
        random.below(5),
      ]
    })
    const bytes = zipmap(pairs)
    const expected = pairs.flatMap(([field, value]) => [field.toString('latin1'), value.toString('latin1')])
    assert.equal(zipmapTexts(bytes), expected)
    assert.ok(await isRestored(HASH_ZIPMAP, bytes))
    for (const [field, value] of pairs) {
      assert.equal(await redis.client.call('HGET', 'restored', field), value)
    }
    const region = new HeapRegion()
    assert.is(zipmapToListpack(bytes, 0, bytes.length, region), pairs.length)
    assert.ok(listpack.validateUnique(region.bytes, 0, region.length, true))
    assert.is(listpack.count(region), pairs.length * 2)
  }
})

test('the range read may lie anywhere in a buffer, and ends where it is said to', () => {
  const bytes = ziplist([Buffer.from('a'), 5n])
  const within = Buffer.concat([Buffer.alloc(7, 0xff), bytes, Buffer.alloc(7, 0)])
  const reader = new ZiplistReader(within, 7, bytes.length)
  assert.equal(texts(reader, reader.element), ['a', '5'])
  assert.throws(() => new ZiplistReader(bytes, 0, bytes.length + 1), isCorrupt)
  assert.throws(() => new ZiplistReader(bytes, 1, bytes.length), isCorrupt)
  const map = zipmap([[Buffer.from('f'), Buffer.from('v'), 0]])
  assert.throws(() => new ZipmapReader(map, 1, map.length), isCorrupt)
})

function isCorrupt(error: Error): boolean {
  return error instanceof CorruptDataError && error.message.includes(String(error.offset))
}

/** What a reader finds, or undefined where it refuses; any other error fails the test. */
function readOrRefuse(read: (bytes: Buffer) => string[], bytes: Buffer): string[] | undefined {
  try {
    return read(bytes)
  } catch (error) {
    if (!isCorrupt(error as Error)) throw error
    return undefined
  }
}

test('a damaged ziplist is refused where redis-server refuses it', async () => {
  const random = new Random()
  for (let round = 0; round < 4000; round++) {
    const elements = Array.from({ length: 1 + random.below(6) }, () => randomElement(random))
    const damaged = random.mutate(ziplist(elements))
    if (damaged.length >= 4 && random.below(3) > 0) damaged.writeUInt32LE(damaged.length)
    const found = readOrRefuse(ziplistTexts, damaged)
    // An empty list is well formed, yet no value of a key.
    if (found?.length === 0) continue
    const isReal = await isRestored(LIST_ZIPLIST, damaged)
    assert.is(found !== undefined, isReal, `seed ${random.seed} ${damaged.toString('hex')}`)
  }
})

test('a damaged zipmap is refused where redis-server refuses it', async () => {
  const random = new Random()
  for (let round = 0; round < 4000; round++) {
    const pairs = Array.from({ length: 1 + random.below(4) }, (_, index): [Buffer, Buffer, number] => [
      Buffer.from(`f${index}`),
      random.bytes(8),
      random.below(3),
    ])
    const damaged = random.mutate(zipmap(pairs))
    const found = readOrRefuse(zipmapTexts, damaged)
    // Repeated fields are not for the reader to find.
    const fields = (found ?? []).filter((_, index) => index % 2 === 0)
    if (new Set(fields).size < fields.length) continue
    const isReal = await isRestored(HASH_ZIPMAP, damaged)
    assert.is(found !== undefined, isReal, `seed ${random.seed} ${damaged.toString('hex')}`)
  }
})

test('a hash kept in a ziplist becomes the listpack redis-server makes of it', async () => {
  const elements = ['name', 'modis', 'port', '6379', 'negative', '-1', 'big', '123456789012'].map((each) =>
    /^-?\d+$/.test(each) ? BigInt(each) : Buffer.from(each),
  )
  const bytes = ziplist(elements)
  assert.ok(await isRestored(HASH_ZIPLIST, bytes))
  const region = new HeapRegion()
  ziplistToListpack(bytes, 0, bytes.length, region)
  const real = await redis.dump('restored')
  assert.equal(real.subarray(-region.length), region.bytes.subarray(0, region.length))
})

test.run()
