import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as intset from '../../src/keyspace/packed/intset.ts'
import { Random } from '../support/random.ts'
import { SlabRegion } from '../support/slab-region.ts'

const text = Buffer.alloc(24)

/** Value `index` of an intset. */
function valueAt(region: SlabRegion, index: number): bigint {
  return BigInt(text.toString('latin1', 0, intset.copyElement(region, index, text, 0)))
}

function add(region: SlabRegion, value: number | bigint): boolean {
  const source = Buffer.from(String(value))
  return intset.addText(region, source, 0, source.length)
}

function empty(): SlabRegion {
  const region = new SlabRegion()
  intset.create(region)
  return region
}

function checkAgainst(region: SlabRegion, model: Set<bigint>): void {
  const sorted = [...model].sort((left, right) => (left < right ? -1 : 1))
  assert.is(intset.length(region), sorted.length)
  assert.ok(region.isIntact(), 'nothing written outside')
  assert.is(intset.validate(region.bytes, region.start, region.length, true), sorted.length > 0)
  sorted.forEach((value, index) => {
    assert.is(text.toString('latin1', 0, intset.copyElement(region, index, text, 0)), String(value))
    const source = Buffer.from(String(value))
    assert.ok(intset.findText(region, source, 0, source.length))
  })
}

test('random operations against a set', () => {
  const random = new Random()
  for (let round = 0; round < 40; round++) {
    const region = empty()
    const model = new Set<bigint>()
    const bits = random.pick([8, 16, 17, 32, 33, 54, 64])
    for (let step = 0; step < 150; step++) {
      const value = BigInt.asIntN(bits, random.integer64())
      const source = Buffer.from(`1${value}1`)
      const isKnown = model.has(value)
      assert.is(intset.findText(region, source, 1, source.length - 1), isKnown)
      if (random.below(3) > 0) {
        assert.is(intset.addText(region, source, 1, source.length - 1), !isKnown)
        model.add(value)
      } else {
        assert.is(intset.removeText(region, source, 1, source.length - 1), isKnown)
        model.delete(value)
      }
    }
    checkAgainst(region, model)
    while (model.size > 0) {
      const index = intset.randomIndex(region)
      model.delete(valueAt(region, index))
      intset.removeAt(region, index)
      checkAgainst(region, model)
    }
  }
})

test('the width grows with the first value that needs it, at either end', () => {
  for (const [value, width] of [
    [32767n, 2],
    [-32768n, 2],
    [32768n, 4],
    [-32769n, 4],
    [2147483647n, 4],
    [2147483648n, 8],
    [-2147483649n, 8],
    [2n ** 63n - 1n, 8],
    [-(2n ** 63n), 8],
  ] as const) {
    const region = empty()
    for (const small of [5, -5, 0]) add(region, small)
    assert.is(intset.width(region), 2)
    add(region, value)
    assert.is(intset.width(region), width)
    checkAgainst(region, new Set([5n, -5n, 0n, value]))
  }
})

test('text that is no integer is in no set', () => {
  const region = empty()
  add(region, 1)
  for (const each of ['', 'a', '01', '+1', '9223372036854775808']) {
    const source = Buffer.from(each)
    assert.not(intset.findText(region, source, 0, source.length))
    assert.not(intset.addText(region, source, 0, source.length))
    assert.not(intset.removeText(region, source, 0, source.length))
  }
  assert.is(intset.length(region), 1)
})

test('random picks reach every value', () => {
  const region = empty()
  for (let value = 0; value < 8; value++) add(region, value)
  const picked = new Set<number>()
  for (let round = 0; round < 1000; round++) picked.add(intset.randomIndex(region))
  assert.equal([...picked].sort(), [0, 1, 2, 3, 4, 5, 6, 7])
})

test('validation refuses what is no intset', () => {
  const built = (width: number, ...values: bigint[]) => {
    const bytes = Buffer.alloc(8 + width * values.length)
    bytes.writeUInt32LE(width)
    bytes.writeUInt32LE(values.length, 4)
    values.forEach((value, index) => {
      const all = Buffer.alloc(8)
      all.writeBigInt64LE(value)
      all.copy(bytes, 8 + index * width, 0, width)
    })
    return bytes
  }
  const accepts = (bytes: Buffer, deep = true) => intset.validate(bytes, 0, bytes.length, deep)
  for (const width of [2, 4, 8]) {
    assert.ok(accepts(built(width, -3n, 1n, 20000n)))
    assert.not(accepts(built(width, 1n, 1n)), 'repeated')
    assert.not(accepts(built(width, 2n, 1n)), 'out of order')
    assert.not(accepts(built(width, 1n, -1n)), 'out of order by sign')
    assert.ok(accepts(built(width, 2n, 1n), false))
    assert.not(accepts(built(width)), 'empty')
    assert.not(accepts(built(width, 1n).subarray(0, -1)), 'cut')
    assert.not(accepts(Buffer.concat([built(width, 1n), Buffer.alloc(1)])), 'too long')
  }
  assert.ok(accepts(built(8, -(2n ** 62n), 2n ** 40n - 1n, 2n ** 40n)))
  assert.not(accepts(built(8, 0x1_0000_0001n, 0x1_0000_0000n)))
  assert.not(accepts(built(3, 1n)), 'no such width')
  assert.not(accepts(Buffer.alloc(7)))
  const random = new Random()
  for (let round = 0; round < 5000; round++) {
    const damaged = random.mutate(built(random.pick([2, 4, 8]), -7n, 0n, 5n, 300n))
    if (!accepts(damaged)) continue
    const region = empty()
    region.resize(damaged.length)
    damaged.copy(region.bytes, region.start)
    const values = new Set<bigint>()
    for (let index = 0; index < intset.length(region); index++) values.add(valueAt(region, index))
    checkAgainst(region, values)
  }
})

test.run()
