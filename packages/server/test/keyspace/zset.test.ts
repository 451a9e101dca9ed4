import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Encoding } from '../../src/keyspace/entry-layout.ts'
import { Keyspace } from '../../src/keyspace/keyspace.ts'
import { LooseValue } from '../../src/keyspace/loose-value.ts'
import * as listpack from '../../src/keyspace/packed/listpack.ts'
import * as zsets from '../../src/keyspace/types/zset.ts'

const test = suite('sorted set values')

type Element = readonly [member: string, score: number]

function looseValue(): LooseValue {
  const keyspace = new Keyspace(1, { created() {}, expired() {} })
  const [database] = keyspace.databases
  assert.ok(database)
  return new LooseValue(database)
}

function sortedSet(count: number): LooseValue {
  const value = looseValue()
  zsets.initialize(value, count, 0)
  return value
}

function contents(value: LooseValue): Element[] {
  const elements: Element[] = []
  zsets.forEach(value, (bytes, from, to, score) => elements.push([bytes.toString('latin1', from, to), score]))
  return elements
}

function inOrder(elements: readonly Element[]): Element[] {
  return [...elements].sort(([left, one], [right, other]) => one - other || (left < right ? -1 : 1))
}

const many: readonly Element[] = Array.from({ length: 3000 }, (_each, index) => [
  `member ${index}`,
  ((index * 17) % 101) - 50,
])

test('members are loaded in any order, and none twice', () => {
  const sorted = inOrder(many)
  const orders = { descending: [...sorted].reverse(), ascending: sorted, mixed: many }
  for (const [name, elements] of Object.entries(orders)) {
    for (const count of [20, elements.length]) {
      const chosen = elements.slice(0, count)
      const value = sortedSet(count)
      for (const [member, score] of chosen) {
        const bytes = Buffer.from(member)
        assert.ok(zsets.load(value, bytes, 0, bytes.length, score))
        assert.not.ok(zsets.load(value, bytes, 0, bytes.length, score - 1))
      }
      assert.is(value.encoding, count === 20 ? Encoding.listpack : Encoding.object)
      assert.equal(contents(value), inOrder(chosen), name)
      for (const [rank, [member]] of inOrder(chosen).entries()) {
        assert.is(zsets.rankOf(value, Buffer.from(member), 0, member.length), rank)
      }
    }
  }
})

test('a listpack out of order, as a damaged file may bring, becomes a large set in order', () => {
  const value = looseValue()
  value.setInline(Encoding.listpack, listpack.EMPTY_BYTES)
  listpack.create(value)
  for (const [member, score] of many.slice(0, 200)) {
    listpack.append(value, Buffer.from(member), 0, member.length)
    listpack.appendInteger(value, score)
  }
  zsets.applyLimits(value)
  assert.is(value.encoding, Encoding.object)
  assert.equal(contents(value), inOrder(many.slice(0, 200)))
  for (const [member] of many.slice(0, 200)) {
    assert.ok(zsets.remove(value, Buffer.from(member), 0, member.length))
  }
  assert.is(zsets.size(value), 0)
})

test('what has lost all its members can be given others', () => {
  for (const count of [20, 3000]) {
    const value = sortedSet(count)
    const bytes = Buffer.from('again')
    for (const [member, score] of many.slice(0, count)) {
      zsets.update(value, Buffer.from(member), 0, member.length, score, 0)
    }
    zsets.removeRange(value, { first: 0, count })
    assert.is(zsets.size(value), 0)
    assert.is(zsets.update(value, bytes, 0, bytes.length, 1.5, 0), 'added')
    assert.equal(contents(value), [['again', 1.5]])
  }
})

test('a walk goes both ways from any rank', () => {
  for (const count of [20, 3000]) {
    const elements = inOrder(many.slice(0, count))
    const value = sortedSet(count)
    for (const [member, score] of elements) {
      zsets.update(value, Buffer.from(member), 0, member.length, score, 0)
    }
    const walk = new zsets.SortedSetWalk(value)
    const shown = (): Element => [walk.bytes.toString('latin1', walk.from, walk.to), walk.score]
    for (const rank of [0, 1, count >> 1, count - 1]) {
      for (const direction of ['forward', 'backward'] as const) {
        assert.ok(walk.seek(rank))
        let expected = rank
        do {
          assert.equal(shown(), elements[expected])
          assert.is(walk.rank, expected)
          expected += direction === 'forward' ? 1 : -1
        } while (walk.step(direction))
        assert.is(expected, direction === 'forward' ? count : -1)
      }
    }
    assert.not.ok(walk.seek(count))
  }
})

test.run()
