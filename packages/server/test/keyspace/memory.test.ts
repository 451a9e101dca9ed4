import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Database } from '../../src/keyspace/database.ts'
import type { Entry } from '../../src/keyspace/entry.ts'
import { keyBytes, Type } from '../../src/keyspace/entry-layout.ts'
import { Eviction } from '../../src/keyspace/eviction.ts'
import { ExpiryCycle } from '../../src/keyspace/expiry-cycle.ts'
import { Keyspace } from '../../src/keyspace/keyspace.ts'
import * as hashes from '../../src/keyspace/types/hash.ts'
import * as strings from '../../src/keyspace/types/string.ts'

const test = suite('memory of the keyspace')

function newKeyspace(databases = 2): Keyspace {
  return new Keyspace(databases, { expired() {}, created() {} })
}

function setString(keyspace: Keyspace, key: string, value: Buffer, expiry = -1, database = 0): void {
  const name = Buffer.from(key)
  const encoding = strings.textEncoding(value, 0, value.length)
  keyspace.databases[database]?.setString(name, 0, name.length, value, 0, value.length, encoding, expiry)
}

function setHash(keyspace: Keyspace, key: string, fields: number): void {
  const name = Buffer.from(key)
  const database = keyspace.databases[0]
  if (database === undefined) return
  const entry = hashes.create(database, name, 0, name.length)
  for (let index = 0; index < fields; index++) {
    const field = Buffer.from(`field-${index}`)
    hashes.set(entry, field, 0, field.length, field, 0, field.length)
  }
}

function disposeAll(keyspace: Keyspace): void {
  while (!keyspace.disposeSome(10)) {}
}

/** A keyspace with values of several kinds and sizes, and how much its empty tables took. */
function filled(): { keyspace: Keyspace; emptyBytes: number } {
  const keyspace = newKeyspace()
  const emptyBytes = keyspace.usedBytes
  for (let index = 0; index < 5000; index++) setString(keyspace, `s${index}`, Buffer.alloc(index % 300, 'x'))
  for (let index = 0; index < 2000; index++) {
    setString(keyspace, `e${index}`, Buffer.from(`${index}`), keyspace.nowMs + 1000, index % 2)
  }
  for (let index = 0; index < 20; index++) setString(keyspace, `big${index}`, Buffer.alloc(100_000 + index))
  for (let index = 0; index < 20; index++) setHash(keyspace, `h${index}`, index * 100)
  return { keyspace, emptyBytes }
}

test('what is deleted key by key is given back to the last byte', () => {
  const { keyspace, emptyBytes } = filled()
  assert.ok(keyspace.usedBytes > 3_000_000)
  for (const database of keyspace.databases) {
    for (let key = database.randomKey(); key !== undefined; key = database.randomKey()) {
      const entry = database.peek(key, 0, key.length)
      if (entry !== undefined) database.delete(entry)
    }
  }
  disposeAll(keyspace)
  // Tables shrink to a fraction of their size, not to nothing.
  assert.ok(keyspace.usedBytes - emptyBytes < 100_000, `${keyspace.usedBytes - emptyBytes} bytes left`)
  assert.is(keyspace.arena.usedBytes, 0)
  assert.is(keyspace.objects.outsideBytes, 0)
})

test('what is flushed at once is given back to the last byte', () => {
  const { keyspace, emptyBytes } = filled()
  keyspace.flush(keyspace.databases)
  disposeAll(keyspace)
  assert.is(keyspace.usedBytes - emptyBytes, 0)
})

test('what is flushed beside other databases is given back to the last byte', () => {
  const { keyspace } = filled()
  const [first, second] = keyspace.databases
  const before = newKeyspace()
  for (let index = 1; index < 2000; index += 2) {
    setString(before, `e${index}`, Buffer.from(`${index}`), keyspace.nowMs + 1000, 1)
  }
  if (first !== undefined) keyspace.flush([first])
  disposeAll(keyspace)
  assert.is(second?.size, 1000)
  assert.is(keyspace.usedBytes, before.usedBytes)
})

test('large values among the last keys of a flushed database are given back as well', () => {
  const keyspace = newKeyspace()
  for (let index = 0; index < 20; index++) setHash(keyspace, `h${index}`, 5000)
  for (let index = 0; index < 20_000; index++) setString(keyspace, `s${index}`, Buffer.from('x'))
  setString(keyspace, 'stays', Buffer.from('x'), -1, 1)
  const [first] = keyspace.databases
  if (first !== undefined) keyspace.flush([first])
  disposeAll(keyspace)
  const alone = newKeyspace()
  setString(alone, 'stays', Buffer.from('x'), -1, 1)
  assert.is(keyspace.usedBytes, alone.usedBytes)
})

test('a value that grows is counted anew in time', () => {
  const keyspace = newKeyspace()
  setString(keyspace, 'a', Buffer.alloc(100_000))
  const before = keyspace.usedBytes
  const key = Buffer.from('a')
  const entry = keyspace.databases[0]?.write(key, 0, 1)
  assert.ok(entry !== undefined)
  if (entry !== undefined) strings.overwriteString(entry, 10_000_000, key, 0, 1)
  keyspace.objects.recount(10)
  assert.ok(keyspace.usedBytes - before > 9_800_000)
})

/** Options as a configuration gives them. */
function options(given: Readonly<Record<string, number | string>>): Parameters<Eviction['follow']>[0] {
  const values: Readonly<Record<string, number | string>> = {
    'maxmemory-samples': 5,
    'maxmemory-eviction-tenacity': 100,
    'lfu-log-factor': 10,
    'lfu-decay-time': 1,
    ...given,
  }
  return {
    integer: (name) => values[name] as number,
    text: (name) => values[name] as string,
    follow: (_names, listener) => listener(),
  }
}

test('of keys used at different times, those used long ago are evicted first', () => {
  const keyspace = newKeyspace(1)
  const evicted: string[] = []
  const eviction = new Eviction(
    keyspace,
    (_database, key) => evicted.push(key.toString()),
    () => 0,
  )
  const realNow = keyspace.nowMs
  for (let index = 0; index < 2000; index++) {
    keyspace.nowMs = realNow + index * 1000
    keyspace.newClock = Math.floor(keyspace.nowMs / 1000) & 0xffffff
    setString(keyspace, `k${index}`, Buffer.alloc(100))
  }
  eviction.follow(options({ maxmemory: keyspace.usedBytes - 20_000, 'maxmemory-policy': 'allkeys-lru' }))
  keyspace.nowMs = realNow + 2000 * 1000
  assert.is(eviction.freeMemory(), true)
  assert.ok(evicted.length > 50 && evicted.length < 300, `${evicted.length}`)
  const mean = evicted.reduce((sum, key) => sum + Number(key.slice(1)), 0) / evicted.length
  assert.ok(mean < 500, `on average the ${mean}th of 2000`)
  assert.is(keyspace.evictedKeys, evicted.length)
})

test('what clients hold counts', () => {
  const keyspace = newKeyspace(1)
  for (let index = 0; index < 1000; index++) setString(keyspace, `k${index}`, Buffer.alloc(100))
  let others = 0
  const eviction = new Eviction(
    keyspace,
    () => {},
    () => others,
  )
  eviction.follow(options({ maxmemory: keyspace.usedBytes + 10_000, 'maxmemory-policy': 'allkeys-random' }))
  assert.is(eviction.round(), false)
  assert.is(keyspace.evictedKeys, 0)
  others = 50_000
  eviction.round()
  assert.ok(keyspace.evictedKeys > 200 && keyspace.evictedKeys < 500, `${keyspace.evictedKeys}`)
})

test('one call evicts for as long as the tenacity says, and asks to be called again', () => {
  const keyspace = newKeyspace(1)
  for (let index = 0; index < 50_000; index++) setString(keyspace, `k${index}`, Buffer.alloc(100))
  const eviction = new Eviction(
    keyspace,
    () => {},
    () => 0,
  )
  eviction.follow(
    options({ maxmemory: 100_000, 'maxmemory-policy': 'allkeys-random', 'maxmemory-eviction-tenacity': 10 }),
  )
  assert.is(eviction.freeMemory(), true)
  // In half a millisecond. How long that takes by the clock also depends on what else the machine does.
  assert.ok(keyspace.evictedKeys > 0 && keyspace.evictedKeys < 25_000, `${keyspace.evictedKeys} keys`)
  assert.is(eviction.isPending, true)
  while (eviction.isPending) eviction.freeMemory()
  assert.ok(keyspace.usedBytes <= 100_000)
})

test('the expiry cycle finds what has expired within its time', () => {
  const keyspace = newKeyspace()
  const cycle = new ExpiryCycle(keyspace)
  assert.is(cycle.run(1), false)
  for (let index = 0; index < 100_000; index++) {
    setString(keyspace, `k${index}`, Buffer.from('x'), keyspace.nowMs + (index % 2 === 0 ? 1 : 100_000))
  }
  keyspace.nowMs += 10
  assert.is(cycle.run(1), true)
  assert.ok(keyspace.expiredKeys > 0 && keyspace.expiredKeys < 25_000, `${keyspace.expiredKeys} keys`)
  for (let calls = 0; cycle.run(1); calls++) assert.ok(calls < 10_000)
  // It stops where it takes the rest to be a tenth at most; a few more calls find that, too.
  for (let calls = 0; calls < 20_000 && (keyspace.databases[0]?.size ?? 0) > 50_000; calls++) cycle.run(1)
  assert.is(keyspace.databases[0]?.size, 50_000)
  assert.is(keyspace.expiredKeys, 50_000)
  assert.ok(Math.abs((keyspace.databases[0]?.averageTtlMs ?? 0) - 99_990) < 10)
  assert.is(cycle.run(1), false)
})

test('every key is drawn as often as any other, also where most keys of one part of the table are gone', () => {
  const keyspace = newKeyspace(1)
  const database = keyspace.databases[0] as Database
  for (let index = 0; index < 20_000; index++) setString(keyspace, `key:${index}`, Buffer.from('x'))
  const names: Buffer[] = []
  for (let cursor = 0, isFirst = true; isFirst || cursor !== 0; isFirst = false) {
    cursor = database.keys.scan(cursor, 100, (address) => names.push(keyBytes(database.arena, address)))
  }
  // The keys stand in the order of their hashes, so this makes one half of the table sparse.
  const sparse = new Set<string>()
  for (const [index, name] of names.slice(0, 10_000).entries()) {
    if (index % 4 === 0) sparse.add(name.toString())
    else database.delete(database.peek(name, 0, name.length) as Entry)
  }
  const draws = 20_000
  let hits = 0
  for (let drawn = 0; drawn < draws; drawn++) if (sparse.has(String(database.randomKey()))) hits++
  const expected = (draws * sparse.size) / database.size
  assert.ok(
    Math.abs(hits - expected) < 400,
    `${hits} of ${draws} draws for ${sparse.size} of ${database.size} keys`,
  )
})

test('databases that are swapped exchange all they have', () => {
  const keyspace = newKeyspace()
  const [first, second] = keyspace.databases
  setString(keyspace, 'a', Buffer.from('1'))
  if (first !== undefined && second !== undefined) keyspace.swap(first, second)
  assert.is(first?.size, 0)
  assert.is(second?.peek(Buffer.from('a'), 0, 1)?.type, Type.string)
})

test.run()
