import { loadNative } from '@modis/sdk'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type BitOperations, javascript } from '../src/bits.ts'

const native = loadNative<BitOperations>(import.meta.url)

const items = Array.from({ length: 300 }, (_, index) =>
  Buffer.from(Array.from({ length: index % 41 }, (_value, at) => (index * 31 + at * 17) & 255)),
)

/** Filters are read by later versions of this module: these bits must never change. */
const fixedBits = '00000000000200008000000400000001'

test('C and JavaScript set the same bits and give the same answers', () => {
  for (const bytes of [1, 8, 4096]) {
    const [ours, theirs] = [Buffer.alloc(bytes), Buffer.alloc(bytes)]
    for (const hashes of [1, 7, 32]) {
      for (const item of items) {
        assert.is(javascript.add(ours, hashes, item), native.add(theirs, hashes, item))
        assert.ok(javascript.has(theirs, hashes, item))
        assert.ok(native.has(ours, hashes, item))
      }
    }
    assert.equal(ours, theirs)
  }
})

test('the bits are those of the filters on disk', () => {
  const bits = Buffer.alloc(16)
  javascript.add(bits, 4, Buffer.from('hello'))
  assert.is(bits.toString('hex'), fixedBits)
})

test('about as many wrong answers as were allowed', () => {
  const bits = Buffer.alloc(2 ** 11)
  for (let index = 0; index < 1000; index++) native.add(bits, 7, Buffer.from(`member ${index}`))
  let wrong = 0
  for (let index = 0; index < 20_000; index++) if (native.has(bits, 7, Buffer.from(`other ${index}`))) wrong++
  assert.ok(wrong < 20_000 * 0.01, `${wrong} of 20000`)
})

test('the addon refuses what is no filter', () => {
  const item = Buffer.from('item')
  for (const bits of [Buffer.alloc(0), Buffer.alloc(3)])
    assert.throws(() => native.add(bits, 7, item), /power of two/)
  assert.throws(() => native.add('text' as never, 7, item), /expected \(bits: Buffer/)
  assert.throws(() => (native.has as unknown as () => void)(), /expected \(bits: Buffer/)
})

test.run()
