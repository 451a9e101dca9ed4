import { decompressLzf } from '@modis/sdk/internal'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Crc64 } from '../../src/persistence/codec/crc64.ts'
import { compress } from '../../src/persistence/codec/lzf.ts'
import { DumpPayload } from '../support/dump-payload.ts'
import { Random } from '../support/random.ts'
import { RealRedis } from '../support/real-redis.ts'

let redis: RealRedis

test.before(async () => {
  redis = await RealRedis.start()
})

test.after(() => redis.stop())

/** Compressible bytes of many kinds: runs, repeated words, far repetitions, and noise between them. */
function sample(random: Random): Buffer {
  const parts: Buffer[] = []
  for (let part = random.below(12); part >= 0; part--) {
    switch (random.below(5)) {
      case 0:
        parts.push(Buffer.alloc(random.below(700), random.below(256)))
        break
      case 1:
        parts.push(Buffer.from(`word${random.below(4)} `.repeat(random.below(60))))
        break
      case 2:
        parts.push(random.bytes(100))
        break
      case 3:
        parts.push(parts.length > 0 ? random.pick(parts) : random.bytes(5))
        break
      default:
        parts.push(random.bytes(9000))
    }
  }
  return Buffer.concat(parts)
}

/** Compresses with more than enough room and checks that expanding gives the input back. */
function roundTrip(bytes: Buffer): Buffer {
  const framed = Buffer.concat([Buffer.alloc(3, 1), bytes, Buffer.alloc(3, 1)])
  const room = bytes.length * 2 + 16
  const into = Buffer.alloc(room + 4, 0x7e)
  const written = compress(framed, 3, 3 + bytes.length, into, 2, room)
  const compressed = into.subarray(2, 2 + written)
  if (bytes.length > 0) assert.ok(decompressLzf(into, 2, 2 + written, bytes.length)?.equals(bytes))
  assert.ok(into.subarray(2 + written).every((byte) => byte === 0x7e))
  return compressed
}

test('what was compressed expands to what it was', () => {
  const random = new Random()
  for (let round = 0; round < 400; round++) roundTrip(sample(random))
  for (let length = 0; length < 600; length++) roundTrip(Buffer.alloc(length, 'ab'))
  for (const distance of [8190, 8191, 8192, 8193]) {
    const noise = Buffer.from(Array.from({ length: distance }, () => random.below(256)))
    roundTrip(Buffer.concat([noise, noise]))
  }
})

test('equal input is compressed alike whatever came before', () => {
  const random = new Random()
  const bytes = sample(random)
  const first = Buffer.from(roundTrip(bytes))
  for (let round = 0; round < 20; round++) {
    roundTrip(sample(random))
    assert.equal(Buffer.from(roundTrip(bytes)), first)
  }
})

test('it saves about as much as redis-server does', async () => {
  const words = 'the quick brown fox jumps over the lazy dog and then once more with feeling '
  const json = Array.from({ length: 200 }, (_, id) =>
    JSON.stringify({ id, name: `user ${id}`, isActive: id % 3 === 0 }),
  )
  for (const text of [words.repeat(20), json.join(','), 'x'.repeat(5000)]) {
    await redis.client.call('SET', 'key', text)
    const real = (await redis.dump('key')).length
    assert.ok(roundTrip(Buffer.from(text)).length < real * 1.1 + 8)
  }
})

test('no room, no result, and nothing written past the room', () => {
  const random = new Random()
  for (let round = 0; round < 300; round++) {
    const bytes = sample(random)
    const needed = roundTrip(bytes).length
    const room = Math.max(0, needed - 1 - random.below(5))
    const into = Buffer.alloc(room + 8, 0x7e)
    assert.is(compress(bytes, 0, bytes.length, into, 0, room), 0)
    assert.ok(into.subarray(room).every((byte) => byte === 0x7e))
    if (needed > 0) assert.is(compress(bytes, 0, bytes.length, Buffer.alloc(needed), 0, needed), needed)
  }
})

test('strings that redis-server compressed are expanded', async () => {
  const random = new Random()
  let compressed = 0
  for (let round = 0; round < 200; round++) {
    const bytes = sample(random)
    await redis.client.call('SET', 'key', bytes)
    const payload = new DumpPayload(await redis.dump('key'))
    payload.byte()
    if (bytes.length > 20) assert.equal(payload.string(), bytes)
    compressed += payload.compressed
  }
  assert.ok(compressed > 50)
})

test('redis-server expands what was compressed here', async () => {
  const random = new Random()
  await redis.client.call('SET', 'template', 'value')
  const version = ((await redis.client.call('DUMP', 'template')) as Buffer).subarray(-10, -8)
  const length = (value: number) => {
    const bytes = Buffer.alloc(5, 0x80)
    bytes.writeUInt32BE(value, 1)
    return bytes
  }
  for (let round = 0; round < 200; round++) {
    const bytes = Buffer.concat([Buffer.from('start'), sample(random)])
    const compressed = Buffer.from(roundTrip(bytes))
    const body = Buffer.concat([
      Buffer.from([0, 0xc3]),
      length(compressed.length),
      length(bytes.length),
      compressed,
      version,
      Buffer.alloc(8),
    ])
    const crc = new Crc64()
    crc.update(body, 0, body.length - 8)
    crc.writeTo(body, body.length - 8)
    await redis.client.call('RESTORE', 'restored', 0, body, 'REPLACE')
    assert.equal(await redis.client.call('GET', 'restored'), bytes)
  }
})

test('damaged input is refused or expands to what it declares', () => {
  const random = new Random()
  let refused = 0
  for (let round = 0; round < 3000; round++) {
    const bytes = sample(random)
    const damaged = random.mutate(roundTrip(bytes))
    const expanded = decompressLzf(damaged, 0, damaged.length, bytes.length)
    if (expanded === null) refused++
    else assert.is(expanded.length, bytes.length)
  }
  assert.ok(refused > 500)
})

test('each kind of damage is seen', () => {
  const cases: [string, number, string][] = [
    ['05616263', 6, 'ends inside a literal'],
    ['20', 3, 'ends inside a match'],
    ['0061e0', 12, 'ends before the length of a match'],
    ['0061e001', 12, 'ends before the offset of a match'],
    ['00612005', 4, 'a match before the start'],
    ['00612000', 3, 'a match past the end'],
    ['0261626300', 3, 'a literal that is not there'],
    ['0061', 2, 'too short'],
    ['026162630064', 3, 'a literal past the end'],
  ]
  for (const [hex, length, damage] of cases) {
    const bytes = Buffer.from(hex, 'hex')
    assert.is(decompressLzf(bytes, 0, bytes.length, length), null, damage)
  }
})

test('a declared length beyond what the bytes can hold is not made room for', () => {
  const best = roundTrip(Buffer.alloc(100_000, 'x'))
  assert.is(decompressLzf(best, 0, best.length, 2 ** 40), null)
  assert.is(decompressLzf(best, 0, 0, 1), null)
})

test.run()
