import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Crc64, crc64 } from '../../src/persistence/codec/crc64.ts'
import { Random } from '../support/random.ts'
import { RealRedis } from '../support/real-redis.ts'

/** The definition, bit by bit, with arithmetic that cannot overflow. */
function slowCrc(bytes: Buffer): bigint {
  let crc = 0n
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0x95ac9329ac4bc9b5n : crc >> 1n
  }
  return crc
}

test('the check value of the polynomial', () => {
  assert.is(crc64(Buffer.from('123456789'), 0, 9), 0xe9c6d914c4b8d9can)
  assert.is(crc64(Buffer.alloc(0), 0, 0), 0n)
})

test('any range, in any pieces', () => {
  const random = new Random()
  for (let round = 0; round < 500; round++) {
    const bytes = random.bytes(200)
    const from = random.below(bytes.length + 1)
    const to = from + random.below(bytes.length - from + 1)
    const expected = slowCrc(bytes.subarray(from, to))
    assert.is(crc64(bytes, from, to), expected)
    const crc = new Crc64()
    for (let at = from; at < to; ) {
      const next = Math.min(to, at + 1 + random.below(20))
      crc.update(bytes, at, next)
      at = next
    }
    assert.is(crc.value(), expected)
    const written = Buffer.alloc(10)
    assert.is(crc.writeTo(written, 1), 9)
    assert.is(written.readBigUInt64LE(1), expected)
    assert.ok(crc.matches(written, 1))
    written[1 + random.below(8)] ^= 1 << random.below(8)
    assert.not(crc.matches(written, 1))
    crc.reset()
    assert.is(crc.value(), 0n)
  }
})

test('the CRC of what redis-server dumps', async () => {
  const redis = await RealRedis.start()
  const random = new Random()
  try {
    for (let round = 0; round < 50; round++) {
      await redis.client.call('SET', 'key', random.bytes(3000))
      const payload = (await redis.client.call('DUMP', 'key')) as Buffer
      const crc = new Crc64()
      crc.update(payload, 0, payload.length - 8)
      assert.ok(crc.matches(payload, payload.length - 8))
    }
  } finally {
    await redis.stop()
  }
})

test.run()
