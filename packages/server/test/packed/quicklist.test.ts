import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as listpack from '../../src/keyspace/packed/listpack.ts'
import {
  exceedsLimit,
  ListCursor,
  QuickList,
  setPlainThreshold,
} from '../../src/keyspace/packed/quicklist.ts'
import { HeapRegion } from '../../src/keyspace/packed/region.ts'
import { DumpPayload } from '../support/dump-payload.ts'
import { Random } from '../support/random.ts'
import { RealRedis } from '../support/real-redis.ts'

const LIST_QUICKLIST_2 = 18
const PLAIN = 1
const PACKED = 2
// From 7.2 on, Redis estimates the size of an element as this project does; before, nodes fill a few bytes further. From
// 7.2 on, a small list is also a listpack of its own kind, without nodes for large elements.
const VERSION_7_2 = 70200

const cursor = new ListCursor()

/** One change, made alike to a quicklist, to an array and to a real list. */
type Change = {
  command: (string | number | Buffer)[]
  apply(list: QuickList): void
  model(model: Buffer[]): void
}

function randomChange(random: Random, length: number, element: Buffer, pivot: Buffer): Change {
  const to = element.length
  const index = random.below(Math.max(length, 1))
  switch (length === 0 ? random.below(2) : random.below(12)) {
    case 0:
    case 1:
      return {
        command: ['RPUSH', 'list', element],
        apply: (list) => list.pushTail(element, 0, to),
        model: (model) => model.push(element),
      }
    case 2:
    case 3:
      return {
        command: ['LPUSH', 'list', element],
        apply: (list) => list.pushHead(element, 0, to),
        model: (model) => model.unshift(element),
      }
    case 4:
      return { command: ['LPOP', 'list'], apply: (list) => list.dropHead(), model: (model) => model.shift() }
    case 5:
      return { command: ['RPOP', 'list'], apply: (list) => list.dropTail(), model: (model) => model.pop() }
    case 6:
      return {
        command: ['LSET', 'list', index - (random.below(2) === 0 ? length : 0), element],
        apply: (list) => {
          assert.ok(list.seek(index, cursor))
          list.replace(cursor, element, 0, to)
        },
        model: (model) => model.splice(index, 1, element),
      }
    case 7:
    case 8:
      return insertion(random.below(2) === 0, element, pivot)
    case 9: {
      const count = random.below(5) - 2
      return {
        command: ['LREM', 'list', count, pivot],
        apply: (list) => list.removeValue(pivot, 0, pivot.length, count),
        model: (model) => removeFromModel(model, pivot, count),
      }
    }
    default: {
      const front = random.below(4)
      const kept = Math.max(1, length - front - random.below(4))
      return {
        command: ['LTRIM', 'list', front, front + kept - 1],
        apply: (list) => list.trim(front, front + kept - 1),
        model: (model) => model.splice(0, model.length, ...model.slice(front, front + kept)),
      }
    }
  }
}

function insertion(isBefore: boolean, element: Buffer, pivot: Buffer): Change {
  return {
    command: ['LINSERT', 'list', isBefore ? 'BEFORE' : 'AFTER', pivot, element],
    apply: (list) => {
      let stands = list.seek(0, cursor)
      while (stands && !list.matches(cursor, pivot, 0, pivot.length)) stands = list.step(cursor, 'forward')
      if (!stands) return
      if (isBefore) list.insertBefore(cursor, element, 0, element.length)
      else list.insertAfter(cursor, element, 0, element.length)
    },
    model: (model) => {
      const index = model.findIndex((each) => each.equals(pivot))
      if (index >= 0) model.splice(isBefore ? index : index + 1, 0, element)
    },
  }
}

function removeFromModel(model: Buffer[], value: Buffer, count: number): void {
  if (count < 0) model.reverse()
  let left = count === 0 ? model.length : Math.abs(count)
  for (let index = 0; index < model.length && left > 0; ) {
    if (!model[index]?.equals(value)) index++
    else left -= model.splice(index, 1).length
  }
  if (count < 0) model.reverse()
}

/** The elements, read through a cursor in one direction. */
function read(list: QuickList, direction: 'forward' | 'backward'): Buffer[] {
  const found: Buffer[] = []
  let stands = list.seek(direction === 'forward' ? 0 : -1, cursor)
  while (stands) {
    found.push(cursor.element.toBuffer())
    stands = list.step(cursor, direction)
  }
  return found
}

function checkAgainst(list: QuickList, model: Buffer[]): void {
  assert.is(list.length, model.length)
  assert.equal(read(list, 'forward'), model)
  assert.equal(read(list, 'backward').reverse(), model)
  let nodes = 0
  let bytes = 0
  for (const node of list.nodes()) {
    nodes++
    bytes += node.region.length
    if (node.isPlain) assert.is(node.count, 1)
    else assert.ok(listpack.validate(node.region.bytes, 0, node.region.length, true))
    if (!node.isPlain) assert.is(listpack.count(node.region), node.count)
    assert.is(node.next?.previous ?? node, node)
  }
  assert.is(list.nodeCount, nodes)
  assert.is(list.sizeBytes, bytes)
  assert.is(list.head === undefined, model.length === 0)
  assert.is(list.tail === undefined, model.length === 0)
  assert.not(list.seek(model.length, cursor))
  assert.not(list.seek(-model.length - 1, cursor))
  for (let index = 0; index < model.length; index += 1 + (model.length >> 4)) {
    assert.ok(list.seek(index, cursor))
    assert.equal(cursor.element.toBuffer(), model[index])
    assert.ok(list.seek(index - model.length, cursor))
    assert.equal(cursor.element.toBuffer(), model[index])
  }
}

/** Elements that fill nodes at different rates; few enough distinct ones that values repeat. */
function listElement(random: Random): Buffer {
  if (random.below(3) === 0) return random.element()
  return Buffer.from(`item-${random.below(12)}${'-'.repeat(random.pick([0, 0, 5, 200]))}`)
}

/** The nodes of a real list, as its DUMP has them. */
function nodesOf(payload: DumpPayload): string[] {
  assert.is(payload.byte(), LIST_QUICKLIST_2)
  const nodes: string[] = []
  for (let left = payload.length(); left > 0; left--) {
    const kind = payload.length()
    nodes.push(`${kind}:${payload.string().toString('hex')}`)
  }
  assert.ok(payload.isAtEnd)
  return nodes
}

function ownNodes(list: QuickList): string[] {
  return [...list.nodes()].map(
    ({ isPlain, region }) => `${isPlain ? PLAIN : PACKED}:${region.bytes.toString('hex', 0, region.length)}`,
  )
}

test('random changes against an array, for every setting', () => {
  const random = new Random()
  for (const fill of [-1, -2, -5, -9, 0, 1, 2, 3, 7, 128, 30000]) {
    const list = new QuickList(fill)
    const model: Buffer[] = []
    for (let step = 0; step < 700; step++) {
      const pivot = model.length > 0 && random.below(5) > 0 ? random.pick(model) : listElement(random)
      const change = randomChange(random, model.length, listElement(random), pivot)
      change.apply(list)
      change.model(model)
      if (step % 10 === 0) checkAgainst(list, model)
    }
    checkAgainst(list, model)
  }
})

test('large elements have nodes of their own, under every change', () => {
  const random = new Random()
  setPlainThreshold(100)
  try {
    for (const fill of [-1, -2, 3, 128]) {
      const list = new QuickList(fill)
      const model: Buffer[] = []
      let plain = 0
      for (let step = 0; step < 700; step++) {
        const pivot = model.length > 0 ? random.pick(model) : listElement(random)
        const change = randomChange(random, model.length, listElement(random), pivot)
        change.apply(list)
        change.model(model)
        if (step % 10 === 0) checkAgainst(list, model)
        for (const node of list.nodes()) {
          if (!node.isPlain) continue
          assert.ok(node.region.length >= 100)
          plain++
        }
      }
      assert.ok(plain > 0)
    }
  } finally {
    setPlainThreshold(0)
  }
})

/** Checks that the same changes leave a real list and a quicklist with the same nodes. */
async function compareNodes(fill: number, plainThreshold: number): Promise<void> {
  const options = ['--rdbcompression', 'no', '--list-max-listpack-size', String(fill)]
  const redis = await RealRedis.start(...options, '--enable-debug-command', 'yes')
  const random = new Random()
  setPlainThreshold(plainThreshold)
  try {
    await redis.client.call('DEBUG', 'QUICKLIST-PACKED-THRESHOLD', `${plainThreshold}B`)
    for (let round = 0; round < 6; round++) {
      const list = new QuickList(fill)
      const model: Buffer[] = []
      await redis.client.call('DEL', 'list')
      for (let step = 0; step < 400; step++) {
        const pivot = model.length > 0 ? random.pick(model) : listElement(random)
        const change = randomChange(random, model.length, listElement(random), pivot)
        await redis.client.call(...change.command)
        change.apply(list)
        change.model(model)
      }
      assert.equal(await redis.client.call('LRANGE', 'list', 0, -1), model)
      checkAgainst(list, model)
      const isOlder = redis.version < VERSION_7_2
      if (model.length === 0 || (fill < 0 && isOlder) || (plainThreshold > 0 && !isOlder)) continue
      assert.equal(ownNodes(list), nodesOf(new DumpPayload(await redis.dump('list'))), `seed ${random.seed}`)
    }
  } finally {
    setPlainThreshold(0)
    await redis.stop()
  }
}

for (const fill of [1, 3, 16, -1, -2]) {
  test(`the same changes give redis-server and this the same nodes, with setting ${fill}`, () =>
    compareNodes(fill, 0))
  test(`so they do where elements are large, with setting ${fill}`, () => compareNodes(fill, 100))
}

test('nodes taken over from a file are a list', () => {
  const list = new QuickList()
  const model: Buffer[] = []
  for (let node = 0; node < 5; node++) {
    const region = new HeapRegion()
    listpack.create(region)
    for (let index = 0; index < 3; index++) {
      model.push(Buffer.from(`${node}-${index}`))
      listpack.append(region, model.at(-1) as Buffer, 0, 3)
    }
    list.appendNode(region, false)
    model.push(Buffer.from('plain'))
    list.appendNode(HeapRegion.over(Buffer.from('plain')), true)
  }
  checkAgainst(list, model)
  assert.is(list.removeValue(Buffer.from('plain'), 0, 5, -2), 2)
  list.removeRange(-100, 3)
  list.removeRange(4, 0)
  list.removeRange(2, 1000)
  checkAgainst(list, model.slice(0, 2))
  list.trim(5, 9)
  checkAgainst(list, [])
})

test('removal through a cursor goes on in either direction', () => {
  for (const direction of ['forward', 'backward'] as const) {
    const list = new QuickList(3)
    for (let value = 0; value < 20; value++)
      list.pushTail(Buffer.from(String(value)), 0, String(value).length)
    const kept: string[] = []
    let stands = list.seek(direction === 'forward' ? 0 : -1, cursor)
    while (stands) {
      const value = String(cursor.element.toBuffer())
      if (Number(value) % 3 !== 0) {
        stands = list.remove(cursor, direction)
      } else {
        kept.push(value)
        stands = list.step(cursor, direction)
      }
    }
    if (direction === 'backward') kept.reverse()
    assert.equal(kept, ['0', '3', '6', '9', '12', '15', '18'])
    assert.equal(read(list, 'forward').map(String), kept)
  }
})

test('limits of a small list', () => {
  assert.not(exceedsLimit(-2, 8192, 1e6))
  assert.ok(exceedsLimit(-2, 8193, 1))
  assert.not(exceedsLimit(-1, 4096, 1))
  assert.ok(exceedsLimit(-9, 65537, 1))
  assert.not(exceedsLimit(-9, 65536, 1))
  assert.not(exceedsLimit(128, 8192, 128))
  assert.ok(exceedsLimit(128, 8193, 1))
  assert.ok(exceedsLimit(128, 10, 129))
  assert.ok(exceedsLimit(0, 10, 2))
})

test('a long list is quick at both ends and keeps little beyond its bytes', () => {
  const list = new QuickList()
  const bytes = Buffer.from('element-000000')
  for (let count = 0; count < 200_000; count++) {
    list.pushTail(bytes, 0, bytes.length)
    list.pushHead(bytes, 0, bytes.length)
  }
  assert.is(list.length, 400_000)
  let capacity = 0
  for (const node of list.nodes()) capacity += node.region.bytes.length
  assert.ok(capacity < list.sizeBytes * 1.15, `${capacity} for ${list.sizeBytes}`)
  for (let count = 0; count < 200_000; count++) {
    list.dropHead()
    list.dropTail()
  }
  assert.is(list.sizeBytes, 0)
})

test.run()
