import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LEAF_SIZE } from '../../src/keyspace/sorted-nodes.ts'
import { type MemberOrder, ScoreCursor, ScoreTree } from '../../src/keyspace/sorted-tree.ts'
import { Random } from '../support/random.ts'

/** Members as a dictionary would hold them: their bytes by address. A removed address must not be asked for again. */
class Members implements MemberOrder {
  readonly #bytes: (Buffer | undefined)[] = []

  add(bytes: Buffer): number {
    this.#bytes.push(bytes)
    // Addresses use all 32 bits.
    return (this.#bytes.length - 1) | 0x80000000
  }

  remove(address: number): void {
    this.#bytes[address & 0x7fffffff] = undefined
  }

  bytes(address: number): Buffer {
    const bytes = this.#bytes[address & 0x7fffffff]
    if (bytes === undefined) throw new Error(`address ${address} is not in use`)
    return bytes
  }

  compareMembers(left: number, right: number): number {
    return this.bytes(left).compare(this.bytes(right))
  }

  compareMember(address: number, bytes: Buffer, from: number, to: number): number {
    return this.bytes(address).compare(bytes, from, to)
  }
}

type Element = { score: number; address: number }

/** A tree and the sorted array it should be equal to. */
class Pair {
  readonly members = new Members()
  readonly tree = new ScoreTree(this.members)
  readonly model: Element[] = []
  #next = 0

  /** A new member whose place among others is random. */
  newMember(random: Random): number {
    return this.members.add(Buffer.from(`${random.below(1e6).toString(36)}-${this.#next++}`))
  }

  compare(left: Element, right: Element): number {
    return left.score - right.score || this.members.compareMembers(left.address, right.address)
  }

  /** Where an element is, or would be, in the model. */
  place(element: Element): number {
    let from = 0
    let to = this.model.length
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.compare(this.model[middle] as Element, element) < 0) from = middle + 1
      else to = middle
    }
    return from
  }

  insert(score: number, address: number): void {
    const place = this.place({ score, address })
    this.model.splice(place, 0, { score, address })
    this.tree.insert(score, address)
    assert.is(this.tree.rank(score, address), place)
  }

  remove(rank: number): void {
    const [{ score, address }] = this.model.splice(rank, 1) as [Element]
    assert.ok(this.tree.remove(score, address))
    this.members.remove(address)
  }

  removeRange(first: number, count: number): void {
    for (const { address } of this.model.splice(first, count)) this.members.remove(address)
    this.tree.removeRange(first, count)
  }

  rescore(rank: number, score: number): void {
    const [{ score: old, address }] = this.model.splice(rank, 1) as [Element]
    this.model.splice(this.place({ score, address }), 0, { score, address })
    this.tree.rescore(old, address, score)
  }

  check(): void {
    const { tree, model } = this
    assert.is(tree.size, model.length)
    const cursor = new ScoreCursor()
    let rank = 0
    for (let stands = tree.seek(0, cursor); stands; stands = tree.next(cursor)) {
      const element = model[rank] as Element
      if (cursor.score !== element.score || cursor.address !== element.address || cursor.rank !== rank) {
        assert.unreachable(`rank ${rank} is ${cursor.score} ${cursor.address}`)
      }
      rank++
    }
    assert.is(rank, model.length)
    for (let stands = tree.seek(model.length - 1, cursor); stands; stands = tree.previous(cursor)) {
      rank--
      if (cursor.address !== model[rank]?.address || cursor.rank !== rank)
        assert.unreachable(`back to ${rank}`)
    }
    assert.is(rank, 0)
    assert.not(tree.seek(model.length, cursor))
    assert.not(tree.seek(-1, cursor))
  }

  checkLookups(random: Random): void {
    const { tree, model } = this
    for (let round = 0; round < 30 && model.length > 0; round++) {
      const rank = random.below(model.length)
      const { score, address } = model[rank] as Element
      assert.is(tree.rank(score, address), rank)
      assert.is(tree.rank(score + 0.123, address), -1)
      for (const bound of [
        score,
        score + 0.5,
        score - 0.5,
        Number.NEGATIVE_INFINITY,
        Number.POSITIVE_INFINITY,
      ]) {
        const atLeast = model.filter((each) => each.score < bound).length
        const above = model.filter((each) => each.score <= bound).length
        assert.is(tree.firstInScores(bound, false), atLeast)
        assert.is(tree.firstInScores(bound, true), above)
        assert.is(tree.lastInScores(bound, false), above - 1)
        assert.is(tree.lastInScores(bound, true), atLeast - 1)
      }
    }
  }
}

for (const scores of [3, 1000, 1e9]) {
  test(`random changes against a sorted array, with up to ${scores} scores`, () => {
    const random = new Random()
    const pair = new Pair()
    // Grows over several levels of nodes, stays a while, and shrinks to nothing.
    for (const [steps, removals] of [
      [9000, 2],
      [6000, 5],
      [14_000, 8],
    ] as const) {
      for (let step = 0; step < steps; step++) {
        const length = pair.model.length
        const choice = length === 0 ? 9 : random.below(10)
        if (choice < removals) {
          if (random.below(100) === 0)
            pair.removeRange(random.below(length), random.below(random.pick([5, 700, 2000])))
          else pair.remove(random.below(length))
        } else if (random.below(4) === 0 && length > 0) {
          const rank = random.below(length)
          const near = (pair.model[rank] as Element).score + random.below(3) - 1
          pair.rescore(rank, random.below(2) === 0 ? near : random.below(scores))
        } else {
          pair.insert(random.below(scores), pair.newMember(random))
        }
        if (step % 1000 === 0) {
          pair.check()
          pair.checkLookups(random)
        }
      }
      pair.check()
    }
    pair.removeRange(0, pair.model.length)
    pair.check()
    pair.insert(1, pair.newMember(random))
    pair.check()
  })
}

test('ranges of members among equal scores', () => {
  const random = new Random()
  const pair = new Pair()
  for (let count = 0; count < 5000; count++) pair.insert(0, pair.newMember(random))
  const texts = pair.model.map(({ address }) => pair.members.bytes(address))
  for (let round = 0; round < 500; round++) {
    const bound = random.below(2) === 0 ? random.pick(texts) : Buffer.from(random.below(1e6).toString(36))
    const source = Buffer.concat([Buffer.from('!'), bound, Buffer.from('!')])
    const to = source.length - 1
    const before = texts.filter((text) => text.compare(bound) < 0).length
    const through = texts.filter((text) => text.compare(bound) <= 0).length
    assert.is(pair.tree.firstInMembers(source, 1, to, false), before)
    assert.is(pair.tree.firstInMembers(source, 1, to, true), through)
    assert.is(pair.tree.lastInMembers(source, 1, to, false), through - 1)
    assert.is(pair.tree.lastInMembers(source, 1, to, true), before - 1)
  }
})

test('infinite scores come first and last', () => {
  const pair = new Pair()
  const random = new Random()
  for (const score of [
    Number.POSITIVE_INFINITY,
    0,
    Number.NEGATIVE_INFINITY,
    1e308,
    -1e308,
    Number.POSITIVE_INFINITY,
  ]) {
    pair.insert(score, pair.newMember(random))
  }
  pair.check()
  assert.is(pair.tree.firstInScores(Number.NEGATIVE_INFINITY, true), 1)
  assert.is(pair.tree.lastInScores(Number.POSITIVE_INFINITY, true), 3)
})

test('removal of any range of ranks, at every edge of a leaf', () => {
  const random = new Random()
  for (let round = 0; round < 60; round++) {
    const pair = new Pair()
    const size = random.pick([1, LEAF_SIZE, LEAF_SIZE + 1, 5 * LEAF_SIZE, 70 * LEAF_SIZE])
    for (let score = 0; score < size; score++) {
      const address = pair.newMember(random)
      pair.tree.appendSorted(score, address)
      pair.model.push({ score, address })
    }
    for (let range = 0; range < 6 && pair.model.length > 0; range++) {
      const edge = Math.min(random.below(71) * (LEAF_SIZE - 1), pair.model.length - 1)
      const first = Math.max(0, edge + random.below(3) - 1)
      pair.removeRange(
        first,
        random.pick([1, LEAF_SIZE, 3 * LEAF_SIZE, 40 * LEAF_SIZE]) + random.below(3) - 1,
      )
      pair.check()
    }
    for (let count = 0; count < 50; count++) pair.insert(random.below(size), pair.newMember(random))
    pair.check()
    pair.checkLookups(random)
  }
})

test('sorted input from either end fills the tree tightly', () => {
  for (const isAscending of [true, false]) {
    const pair = new Pair()
    const count = 200_000
    for (let index = 0; index < count; index++) {
      const address = pair.members.add(Buffer.from(`m${index}`))
      if (isAscending) pair.tree.appendSorted(index, address)
      else pair.tree.prependSorted(-index, address)
      pair.model.push({ score: isAscending ? index : -index, address })
    }
    if (!isAscending) pair.model.reverse()
    pair.check()
    assert.ok(pair.tree.memoryBytes < count * 13, `${pair.tree.memoryBytes / count} bytes an element`)
  }
})

test('a small tree takes little memory, and a shrunken one gives it back', () => {
  const random = new Random()
  const pair = new Pair()
  for (let count = 0; count < 150; count++) pair.insert(random.below(1000), pair.newMember(random))
  assert.ok(pair.tree.memoryBytes <= 256 * 12)
  for (let count = 0; count < 20_000; count++) pair.insert(random.below(1000), pair.newMember(random))
  const full = pair.tree.memoryBytes
  assert.ok(full < 20_150 * 12 * 2)
  while (pair.model.length > 200) pair.remove(random.below(pair.model.length))
  assert.ok(pair.tree.memoryBytes < full / 8)
  pair.check()
})

test('ten million elements, and no step that takes long', () => {
  // What the collector or the machine does now and then falls on another step each time; what a step takes does not.
  const runs = Array.from({ length: 3 }, () => millisecondsOfSteps(10_000_000))
  const [first = []] = runs
  const longest = Math.max(...first.map((_ms, step) => Math.min(...runs.map((run) => run[step] as number))))
  // Moving all elements once would take several times as long.
  assert.ok(longest < 50, `${longest} ms`)
})

/** The processor time that each step takes on the way to a tree of so many elements, in it and back to a small one. */
function millisecondsOfSteps(count: number): number[] {
  // Members ordered by number, so that the time measured is the tree's own.
  const tree = new ScoreTree({ compareMembers: (left, right) => left - right, compareMember: () => 0 })
  const steps: number[] = []
  const timed = (step: () => void) => {
    const before = process.cpuUsage()
    step()
    const { user, system } = process.cpuUsage(before)
    steps.push((user + system) / 1000)
  }
  for (let rank = 0; rank < count; rank += 1000) {
    timed(() => {
      for (let next = rank; next < rank + 1000; next++) tree.appendSorted(next * 2, next)
    })
  }
  const random = new Random()
  const cursor = new ScoreCursor()
  for (let step = 0; step < 20_000; step++) {
    const rank = random.below(count)
    timed(() => {
      assert.ok(tree.seek(rank, cursor))
      const { score, address } = cursor
      assert.is(tree.rank(score, address), rank)
      tree.insert(score + 1, -address)
      assert.is(tree.rank(score + 1, -address), rank + 1)
      assert.ok(tree.remove(score + 1, -address))
      assert.is(tree.lastInScores(score, false), rank)
    })
  }
  timed(() => tree.removeRange(1000, count - 2000))
  assert.is(tree.size, 2000)
  assert.ok(tree.seek(1000, cursor))
  assert.is(cursor.score, (count - 1000) * 2)
  return steps
}

test.run()
