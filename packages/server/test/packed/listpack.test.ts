import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ElementView } from '../../src/keyspace/packed/element-view.ts'
import * as listpack from '../../src/keyspace/packed/listpack.ts'
import { HeapRegion, type Region } from '../../src/keyspace/packed/region.ts'
import { Random } from '../support/random.ts'
import { SlabRegion } from '../support/slab-region.ts'

const view = new ElementView()

function empty(): SlabRegion {
  const region = new SlabRegion()
  listpack.create(region)
  return region
}

function append(region: Region, text: string | Buffer): number {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
  return listpack.append(region, bytes, 0, bytes.length)
}

function isValid(region: Region): boolean {
  return listpack.validate(region.bytes, region.start, region.length, true)
}

/** Checks everything that can be read of a listpack, from both ends, against the elements it should have. */
function checkAgainst(region: SlabRegion, model: Buffer[]): void {
  assert.ok(isValid(region), 'valid')
  assert.ok(region.isIntact(), 'nothing written outside')
  assert.is(listpack.count(region), model.length)
  assert.is(listpack.totalBytes(region), region.length)
  let position = listpack.first(region)
  const positions: number[] = []
  for (const element of model) {
    assert.ok(
      listpack.element(region, position).equals(element),
      `${listpack.element(region, position)} ${element}`,
    )
    positions.push(position)
    position = listpack.next(region, position)
  }
  assert.is(position, listpack.NO_POSITION)
  position = listpack.last(region)
  for (const expected of positions.toReversed()) {
    assert.is(position, expected)
    position = listpack.previous(region, position)
  }
  assert.is(position, listpack.NO_POSITION)
  for (let index = -model.length - 2; index < model.length + 2; index++) {
    assert.is(
      listpack.seek(region, index),
      positions.at(index < 0 || index < model.length ? index : model.length) ?? -1,
    )
  }
}

// Encodings as bytes: a listpack of one element each.
const ENCODED: [string, string][] = [
  ['0', '0001'],
  ['127', '7f01'],
  ['128', 'c08002'],
  ['-1', 'dfff02'],
  ['4095', 'cfff02'],
  ['-4096', 'd00002'],
  ['4096', 'f1001003'],
  ['-32768', 'f1008003'],
  ['32768', 'f200800004'],
  ['-8388608', 'f200008004'],
  ['8388608', 'f30000800005'],
  ['-2147483648', 'f30000008005'],
  ['2147483648', 'f4000000800000000009'],
  ['9007199254740993', 'f4010000000000200009'],
  ['9223372036854775807', 'f4ffffffffffffff7f09'],
  ['-9223372036854775808', 'f4000000000000008009'],
  ['9223372036854775808', '933932323333373230333638353437373538303814'],
  ['-0', '822d3003'],
  ['', '8001'],
  ['abc', '8361626304'],
]

test('every encoding, byte for byte', () => {
  for (const [text, hex] of ENCODED) {
    const region = empty()
    append(region, text)
    const body = region.used().subarray(listpack.HEADER_BYTES, -1).toString('hex')
    assert.is(body, hex, text)
    checkAgainst(region, [Buffer.from(text)])
  }
})

test('strings around every length at which an encoding or a backward size grows', () => {
  for (const length of [62, 63, 64, 65, 125, 126, 127, 128, 4094, 4095, 4096, 16376, 16382, 16383, 16390]) {
    const region = empty()
    const model = [Buffer.from('before'), Buffer.alloc(length, 'y'), Buffer.from('77')]
    for (const element of model) append(region, element)
    checkAgainst(region, model)
  }
  const region = new HeapRegion()
  listpack.create(region)
  for (const length of [2097140, 2097150, 2097160]) append(region, Buffer.alloc(length, 'z'))
  append(region, 'end')
  assert.ok(isValid(region))
  assert.is(listpack.element(region, listpack.seek(region, 2)).length, 2097160)
  assert.is(listpack.element(region, listpack.previous(region, listpack.last(region))).length, 2097160)
})

test('integers read as numbers, and past 2^53 as bigints', () => {
  const region = empty()
  const values = [
    0n,
    -1n,
    2n ** 53n - 1n,
    2n ** 53n + 1n,
    -(2n ** 63n),
    2n ** 63n - 1n,
    -4097n,
    70000n,
    -70000n,
    2n ** 40n,
  ]
  for (const value of values) append(region, String(value))
  let position = listpack.first(region)
  for (const value of values) {
    listpack.read(region, position, view)
    assert.ok(view.isInteger)
    assert.is(view.toBigint(), value)
    assert.is(view.integer, Number(value))
    assert.is(view.isSafe, Number.isSafeInteger(Number(value)))
    position = listpack.next(region, position)
  }
})

test('integers are added without text, whole doubles past 2^53 included', () => {
  const region = empty()
  const values = [5, -70000, 2 ** 53, -(2 ** 62), 3e18, 0, -0]
  for (const value of values) listpack.appendInteger(region, value)
  listpack.insertIntegerAfter(region, listpack.HEADER_BYTES, 1e15)
  const [first, ...others] = values
  checkAgainst(
    region,
    [first ?? 0, 1e15, ...others].map((value) => Buffer.from(String(BigInt(value)))),
  )
})

test('random operations against an array', () => {
  const random = new Random()
  for (let round = 0; round < 60; round++) {
    const region = empty()
    const model: Buffer[] = []
    for (let step = 0; step < 120; step++) {
      const source = Buffer.concat([Buffer.from('1'), random.element(), Buffer.from('2')])
      const from = 1
      const to = source.length - 1
      const element = source.subarray(from, to)
      const index = random.below(Math.max(model.length, 1))
      const position = listpack.seek(region, index)
      switch (model.length === 0 ? random.below(2) : random.below(9)) {
        case 0:
          listpack.append(region, source, from, to)
          model.push(element)
          break
        case 1:
          listpack.prepend(region, source, from, to)
          model.unshift(element)
          break
        case 2:
          listpack.insertBefore(region, position, source, from, to)
          model.splice(index, 0, element)
          break
        case 3:
          assert.is(
            listpack.insertAfter(region, position, source, from, to),
            listpack.seek(region, index + 1),
          )
          model.splice(index + 1, 0, element)
          break
        case 4:
          listpack.replace(region, position, source, from, to)
          model[index] = element
          break
        case 5: {
          const next = listpack.remove(region, position)
          model.splice(index, 1)
          assert.is(next, index < model.length ? listpack.seek(region, index) : listpack.NO_POSITION)
          break
        }
        case 6: {
          const count = random.below(4)
          listpack.removeRange(region, random.below(2) === 0 ? index : index - model.length, count)
          model.splice(index, count)
          break
        }
        case 7: {
          const count = random.below(3)
          const next = listpack.removeFrom(region, position, count)
          model.splice(index, count)
          assert.is(next, index < model.length ? listpack.seek(region, index) : listpack.NO_POSITION)
          break
        }
        default: {
          const other = empty()
          const elements = [random.element(), random.element()]
          for (const each of elements) append(other, each)
          listpack.appendAll(region, other)
          model.push(...elements)
        }
      }
      checkAgainst(region, model)
    }
  }
})

test('find and compare agree with the text of the elements', () => {
  const random = new Random()
  for (let round = 0; round < 300; round++) {
    const region = empty()
    const model: Buffer[] = []
    for (let step = random.below(40); step >= 0; step--) {
      model.push(random.element())
      append(region, model.at(-1) as Buffer)
    }
    const wanted = random.below(3) === 0 ? random.element() : random.pick(model)
    const source = Buffer.concat([Buffer.from('9'), wanted, Buffer.from('9')])
    for (const skip of [0, 1, 2]) {
      const start = random.below(model.length)
      const index = model.findIndex(
        (each, at) => at >= start && (at - start) % (skip + 1) === 0 && each.equals(wanted),
      )
      assert.is(
        listpack.find(region, listpack.seek(region, start), source, 1, source.length - 1, skip),
        index < 0 ? listpack.NO_POSITION : listpack.seek(region, index),
      )
    }
    for (let at = 0; at < model.length; at++) {
      const position = listpack.seek(region, at)
      assert.is(listpack.compare(region, position, source, 1, source.length - 1), model[at]?.equals(wanted))
    }
  }
})

test('past 65534 elements the header stops counting, and counts again below', () => {
  const region = new HeapRegion()
  listpack.create(region)
  const model = 65600
  for (let value = 0; value < model; value++) append(region, String(value % 100))
  assert.is(region.bytes.readUInt16LE(4), 65535)
  assert.is(listpack.count(region), model)
  assert.ok(isValid(region))
  assert.is(String(listpack.element(region, listpack.seek(region, -1))), String((model - 1) % 100))
  assert.is(String(listpack.element(region, listpack.seek(region, 65535))), String(65535 % 100))
  assert.is(listpack.seek(region, model), listpack.NO_POSITION)
  listpack.removeRange(region, -100, 1000)
  assert.is(listpack.count(region), model - 100)
  assert.is(region.bytes.readUInt16LE(4), model - 100)
  assert.ok(isValid(region))
})

test('a listpack refuses to grow past 1 GiB and stays as it was', () => {
  const region = empty()
  append(region, 'kept')
  assert.ok(listpack.isSafeToAdd(region, listpack.MOST_BYTES - region.length))
  assert.not(listpack.isSafeToAdd(region, listpack.MOST_BYTES - region.length + 1))
  // An element of 1 GiB in a buffer that takes no memory until it is touched.
  const huge = Buffer.alloc(listpack.MOST_BYTES)
  assert.throws(
    () => listpack.append(region, huge, 0, huge.length),
    (error: Error) => error instanceof listpack.ListpackFullError,
  )
  checkAgainst(region, [Buffer.from('kept')])
})

test('validation accepts what was built and nothing that only looks like it', () => {
  const region = empty()
  for (const text of ['a', '1', '-5000', 'b'.repeat(70)]) append(region, text)
  const good = Buffer.from(region.used())
  const accepts = (bytes: Buffer, deep = true) => listpack.validate(bytes, 0, bytes.length, deep)
  assert.ok(accepts(good))
  const withByte = (at: number, byte: number) => {
    const changed = Buffer.from(good)
    changed[at] = byte
    return changed
  }
  assert.not(accepts(good.subarray(0, -1)), 'too short')
  assert.not(accepts(Buffer.alloc(0)), 'empty')
  assert.not(accepts(withByte(0, good.length + 1)), 'wrong total')
  assert.not(accepts(withByte(4, 5)), 'wrong count')
  assert.ok(accepts(withByte(4, 5), false), 'the count is only looked at in depth')
  assert.not(accepts(withByte(good.length - 1, 0), false), 'no end mark')
  assert.not(accepts(withByte(6, 0xf5)), 'unknown encoding')
  assert.not(accepts(withByte(6, 0xff)), 'end mark inside')
  assert.not(accepts(withByte(6, 0xf0)), 'length past the end')
  assert.not(accepts(withByte(8, 9)), 'wrong backward size')
  assert.not(listpack.validate(good, 1, good.length, true), 'outside the buffer')
})

test('validation finds repeated elements and odd pairs', () => {
  const built = (...texts: string[]) => {
    const region = empty()
    for (const text of texts) append(region, text)
    return Buffer.from(region.used())
  }
  const unique = (bytes: Buffer, pairs: boolean) => listpack.validateUnique(bytes, 0, bytes.length, pairs)
  assert.ok(unique(built('a', 'b', '1'), false))
  assert.not(unique(built('a', 'b', 'a'), false))
  assert.ok(unique(built('a', '1', 'b', '1'), true))
  assert.not(unique(built('a', '1', 'b'), true))
  assert.not(unique(built('a', '1', 'a', '2'), true))
  // The same value once as an integer and once as text: not how it would be written, but well formed.
  const mixed = Buffer.from('0c000000020007018137 02ff'.replace(' ', ''), 'hex')
  assert.ok(listpack.validate(mixed, 0, mixed.length, true))
  assert.not(unique(mixed, false))
  assert.not(unique(built('a').subarray(0, 8), false))
})

test('a damaged listpack is refused, or is sound', () => {
  const random = new Random()
  for (let round = 0; round < 20_000; round++) {
    const region = empty()
    for (let step = random.below(8); step > 0; step--) append(region, random.element())
    const damaged = random.mutate(region.used())
    // The header has to be right for the elements to be looked at.
    if (random.below(2) === 0 && damaged.length >= 7) damaged.writeUInt32LE(damaged.length)
    listpack.validateUnique(damaged, 0, damaged.length, true)
    if (!listpack.validate(damaged, 0, damaged.length, true)) continue
    const sound = HeapRegion.copyOf(damaged, 0, damaged.length)
    const forward: number[] = []
    for (let at = listpack.first(sound); at !== listpack.NO_POSITION; at = listpack.next(sound, at)) {
      assert.ok(at < sound.length)
      listpack.read(sound, at, view)
      if (!view.isInteger) assert.ok(view.to < sound.length)
      forward.push(at)
    }
    const backward: number[] = []
    for (let at = listpack.last(sound); at !== listpack.NO_POSITION; at = listpack.previous(sound, at))
      backward.unshift(at)
    assert.equal(backward, forward, `seed ${random.seed}`)
    assert.is(listpack.count(sound), forward.length)
  }
})

test.run()
