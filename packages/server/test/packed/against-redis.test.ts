import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as intset from '../../src/keyspace/packed/intset.ts'
import * as listpack from '../../src/keyspace/packed/listpack.ts'
import { formatDouble } from '../../src/keyspace/packed/numbers.ts'
import { HeapRegion } from '../../src/keyspace/packed/region.ts'
import { Crc64 } from '../../src/persistence/codec/crc64.ts'
import { DumpPayload } from '../support/dump-payload.ts'
import { Random } from '../support/random.ts'
import { RealRedis } from '../support/real-redis.ts'

const SET_INTSET = 11
const HASH_LISTPACK = 16
const ZSET_LISTPACK = 17

let redis: RealRedis

test.before(async () => {
  redis = await RealRedis.start('--rdbcompression', 'no')
})

test.after(() => redis.stop())

function create(): HeapRegion {
  const region = new HeapRegion()
  listpack.create(region)
  return region
}

function used(region: HeapRegion): Buffer {
  return region.bytes.subarray(0, region.length)
}

async function packedBytes(key: string, type: number): Promise<Buffer> {
  const payload = new DumpPayload(await redis.dump(key))
  assert.is(payload.byte(), type)
  const bytes = payload.string()
  assert.ok(payload.isAtEnd)
  return bytes
}

/** A field or value that redis-server with its default settings keeps in a listpack. */
function small(random: Random): Buffer {
  return random.element().subarray(0, 64)
}

test('hashes: fields set, changed and deleted leave the bytes redis-server has', async () => {
  const random = new Random()
  for (let round = 0; round < 30; round++) {
    const region = create()
    const key = `hash${round}`
    const fields: Buffer[] = []
    for (let step = 0; step < 60; step++) {
      const field = random.below(3) === 0 && fields.length > 0 ? random.pick(fields) : small(random)
      const value = small(random)
      const at = listpack.find(region, listpack.first(region), field, 0, field.length, 1)
      if (random.below(4) === 0) {
        await redis.client.call('HDEL', key, field)
        if (at !== listpack.NO_POSITION) listpack.removeFrom(region, at, 2)
        continue
      }
      await redis.client.call('HSET', key, field, value)
      if (at !== listpack.NO_POSITION) {
        listpack.replace(region, listpack.next(region, at), value, 0, value.length)
      } else {
        fields.push(field)
        listpack.append(region, field, 0, field.length)
        listpack.append(region, value, 0, value.length)
      }
    }
    if (listpack.count(region) === 0) continue
    assert.equal(used(region), await packedBytes(key, HASH_LISTPACK), `seed ${random.seed}`)
  }
})

test('sorted sets: members and scores inserted in order are the bytes redis-server has', async () => {
  const random = new Random()
  for (let round = 0; round < 30; round++) {
    const key = `zset${round}`
    const members = new Map<string, number>()
    for (let step = 0; step < 60; step++) {
      // Fractions that 17 digits print as shortly as the shortest form does, and integers of all sizes.
      const score = random.below(2) === 0 ? (random.below(4000) - 2000) / 8 : Number(random.integer64() >> 3n)
      const member = small(random)
      members.set(member.toString('latin1'), score)
      await redis.client.call('ZADD', key, score, member)
    }
    const region = create()
    const sorted = [...members].sort(([left, a], [right, b]) => a - b || (left < right ? -1 : 1))
    for (const [member, score] of sorted) {
      const bytes = Buffer.from(member, 'latin1')
      listpack.append(region, bytes, 0, bytes.length)
      const text = Buffer.from(formatDouble(score))
      if (Number.isInteger(score)) listpack.appendInteger(region, score)
      else listpack.append(region, text, 0, text.length)
    }
    assert.equal(used(region), await packedBytes(key, ZSET_LISTPACK), `seed ${random.seed}`)
  }
})

test('intsets: integers of all sizes added and removed leave the bytes redis-server has', async () => {
  const random = new Random()
  for (let round = 0; round < 40; round++) {
    const region = new HeapRegion()
    intset.create(region)
    const key = `set${round}`
    const bits = random.pick([15n, 16n, 31n, 32n, 63n])
    for (let step = 0; step < 80; step++) {
      const value = BigInt.asIntN(Number(bits) + 1, random.integer64()) >> BigInt(random.below(3))
      const bytes = Buffer.from(String(value))
      const isRemoval = random.below(5) === 0
      const changed = await redis.client.call(isRemoval ? 'SREM' : 'SADD', key, bytes)
      const change = isRemoval ? intset.removeText : intset.addText
      assert.is(change(region, bytes, 0, bytes.length), changed === 1)
      // The key is gone with its last value, and its width with it.
      if (intset.length(region) === 0) intset.create(region)
    }
    if (intset.length(region) > 0) {
      assert.equal(used(region), await packedBytes(key, SET_INTSET), `seed ${random.seed}`)
    }
  }
})

test('redis-server takes back what was written here', async () => {
  const region = create()
  for (let index = 0; index < 40; index++) {
    const bytes = Buffer.from(`element-${index * index}`)
    listpack.append(region, bytes, 0, bytes.length)
    listpack.appendInteger(region, index * index * index - 1000)
  }
  await redis.client.call('SET', 'template', 'value')
  const trailer = ((await redis.client.call('DUMP', 'template')) as Buffer).subarray(-10, -8)
  const length = Buffer.from([0x40 | (region.length >>> 8), region.length & 0xff])
  const body = Buffer.concat([Buffer.from([HASH_LISTPACK]), length, used(region), trailer])
  const crc = new Crc64()
  crc.update(body, 0, body.length)
  const sum = Buffer.alloc(8)
  crc.writeTo(sum, 0)
  await redis.client.call('RESTORE', 'restored', 0, Buffer.concat([body, sum]))
  assert.is(await redis.client.call('HLEN', 'restored'), 40)
  assert.is(String(await redis.client.call('HGET', 'restored', 'element-81')), '-271')
})

test.run()
