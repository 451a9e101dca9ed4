import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeTypeId, encodeTypeId, ModuleDefinitionError, ValueFormatError } from '../src/index.ts'
import { decompressLzf, ValueDecoder, ValueEncoder } from '../src/internal.ts'
import { start, type TestServer } from '../src/test/index.ts'

const test = suite<{ redis: TestServer }>('values of data types')

test.before(async (context) => {
  context.redis = await start({ module: false, program: ['redis-server'] })
})

test.after(async ({ redis }) => {
  await redis.stop()
})

const integers = [0n, 1n, 63n, 64n, 16383n, 16384n, 0xffff_ffffn, 0x1_0000_0000n, 0xffff_ffff_ffff_ffffn]

test('every field comes back as it was written', () => {
  const encoder = new ValueEncoder(1)
  for (const value of integers) encoder.unsigned(value)
  for (const value of [-1n, -(2n ** 63n), 2n ** 63n - 1n, 0n]) encoder.signed(value)
  for (const value of [0, -0, 1.5, Number.MAX_VALUE, Number.NEGATIVE_INFINITY]) encoder.double(value)
  encoder.float(0.5)
  for (const value of ['', 'héllo', 'x'.repeat(20_000)]) encoder.string(value)
  encoder.string(Buffer.from([0, 255]))
  const decoder = new ValueDecoder(encoder.finish())
  for (const value of integers) assert.is(decoder.unsigned64(), value)
  for (const value of [-1n, -(2n ** 63n), 2n ** 63n - 1n, 0n]) assert.is(decoder.signed64(), value)
  for (const value of [0, -0, 1.5, Number.MAX_VALUE, Number.NEGATIVE_INFINITY])
    assert.ok(Object.is(decoder.double(), value))
  assert.is(decoder.float(), 0.5)
  for (const value of ['', 'héllo', 'x'.repeat(20_000)]) assert.is(decoder.string(), value)
  assert.equal(decoder.bytes(), Buffer.from([0, 255]))
  decoder.finish()
  assert.is(decoder.offset, encoder.offset)
})

test('the bytes are those of RDB', () => {
  const encoder = new ValueEncoder()
  encoder.unsigned(5)
  encoder.signed(-1)
  encoder.unsigned(300)
  encoder.unsigned(70_000)
  encoder.double(1)
  encoder.float(1)
  encoder.string('ab')
  const expected = '0205 0281ffffffffffffffff 02412c 028000011170 04000000000000f03f 030000803f 05026162 00'
  assert.is(encoder.finish().toString('hex'), expected.replaceAll(' ', ''))
})

test('a type id holds name and version, as Redis makes it', () => {
  assert.is(encodeTypeId('AAAAAAAAA', 1), 1n)
  assert.is(encodeTypeId('---------', 1023), ((62n * ((64n ** 9n - 1n) / 63n)) << 10n) | 1023n)
  assert.equal(decodeTypeId(encodeTypeId('ft_index0', 17)), { name: 'ft_index0', encodingVersion: 17 })
  for (const [name, version] of [
    ['short', 0],
    ['ten-chars!', 0],
    ['bad chars', 0],
    ['ft_index0', 1024],
    ['ft_index0', -1],
  ])
    assert.throws(
      () => encodeTypeId(name as string, version as number),
      (error: Error) => error instanceof ModuleDefinitionError && /data type/.test(error.message),
    )
})

test('strings that Redis wrote as integers or compressed are read', async ({ redis }) => {
  const client = await redis.client({ buffers: true })
  const longText = Array.from({ length: 500 }, (_, index) => `${index % 7} some words`).join(', ')
  for (const text of ['-1', '1000', '-2147483648', 'a'.repeat(30), longText, 'short', '']) {
    await client.call('SET', 'k', text)
    const dump = await client.call<Buffer>('DUMP', 'k')
    // Type byte, string, version and checksum: the string alone follows the opcode of a string here.
    const bytes = Buffer.concat([Buffer.from([5]), dump.subarray(1, -10), Buffer.from([0])])
    const decoder = new ValueDecoder(bytes)
    assert.is(decoder.string(), text)
    decoder.finish()
    const skipping = new ValueDecoder(bytes)
    skipping.skip()
    assert.is(skipping.offset, bytes.length)
  }
})

test('what is damaged is refused with the place, and nothing declared is allocated', () => {
  const fails = (hex: string, message: RegExp, read = (io: ValueDecoder): unknown => io.bytes()): void =>
    assert.throws(
      () => read(new ValueDecoder(Buffer.from(hex, 'hex'))),
      (error: Error) => error instanceof ValueFormatError && message.test(error.message),
      `${hex} should fail with ${message}`,
    )
  fails('', /^the data ends at byte 0 of the value$/)
  fails('0205', /^expected a string, found an unsigned integer at byte 0 of the value$/)
  fails(
    '0581ffffffffffffffff61',
    /^a string of 18446744073709551615 bytes is declared but 1 are left at byte 1/,
  )
  fails('05c4', /^unknown string encoding 4 at byte 1/)
  fails('0582', /^unknown length encoding 0x82/)
  fails('05c302817fffffffffffffff6161', /compressed string/)
  fails('05c3028000ffffff6161', /^invalid LZF compressed string/)
  fails('05c1ff', /^the data ends/)
  fails('02', /^the data ends/, (io) => io.unsigned())
  fails('0281ffffffffffffffff', /beyond .*read it with unsigned64/, (io) => io.unsigned())
  fails('0205', /^expected the end, found an unsigned integer/, (io) => io.finish())
  fails('07', /^unknown opcode 7/, (io) => io.skip())
})

test('a value of unknown layout is skipped up to its end', () => {
  const encoder = new ValueEncoder()
  encoder.unsigned(1n << 40n)
  encoder.double(2)
  encoder.float(2)
  encoder.string('some text')
  const bytes = Buffer.concat([Buffer.from('05c0ff05c3051e0061e01400', 'hex'), encoder.finish()])
  const decoder = new ValueDecoder(Buffer.concat([bytes, Buffer.from('rest')]))
  decoder.skip()
  assert.is(decoder.offset, bytes.length)
})

test('random bytes never do anything but fail or be read', () => {
  let seed = 12345
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return seed % below
  }
  let failed = 0
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.from(Array.from({ length: random(24) }, () => (random(3) ? random(8) : random(256))))
    const decoder = new ValueDecoder(bytes)
    try {
      if (round % 2) decoder.skip()
      else decoder.bytes()
      assert.ok(decoder.offset <= bytes.length)
    } catch (error) {
      if (!(error instanceof ValueFormatError)) throw error
      failed++
    }
  }
  assert.ok(failed > 10_000)
})

test('out of range and unsafe numbers are not written', () => {
  const encoder = new ValueEncoder()
  for (const value of [-1, 1.5, 2 ** 53, -1n, 2n ** 64n]) assert.throws(() => encoder.unsigned(value), /not/)
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n, Number.NaN])
    assert.throws(() => encoder.signed(value), /not/)
})

test('LZF that refers before its start, or is too long or short, is refused', () => {
  const decompress = (hex: string, length: number): Buffer | null => {
    const bytes = Buffer.from(hex, 'hex')
    return decompressLzf(bytes, 0, bytes.length, length)
  }
  assert.is(decompress('0061', 1)?.toString(), 'a')
  assert.is(decompress('0061', 2), null)
  assert.is(decompress('016161', 1), null)
  assert.is(decompress('2000', 3), null)
  assert.is(decompress('0061e0', 20), null)
  assert.is(decompress('0061', 1 << 30), null)
})

test.run()
