import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { type Pair, startPair } from '../support/pair.ts'
import type { RawClient } from '../support/raw-client.ts'
import { textOf, type Value } from '../support/resp.ts'
import { Seeded } from '../support/seeded.ts'

const test = suite('KEYS, SCAN and RANDOMKEY')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.prepare('FLUSHALL'))
test.after(() => pair.stop())

/** A few keys of every type. */
async function fill(): Promise<void> {
  await pair.prepare('SET', 'string', 'value')
  await pair.prepare('RPUSH', 'list', 'a')
  await pair.prepare('SADD', 'set', 'a')
  await pair.prepare('ZADD', 'zset', 1, 'a')
  await pair.prepare('HSET', 'hash', 'f', 'v')
}

/** Scans to the end; returns what came, with repetitions, and the number of calls. */
async function scanAll(client: RawClient, ...options: readonly (string | number)[]): Promise<string[]> {
  const found: string[] = []
  let cursor = '0'
  do {
    const [next, names] = (await client.call('SCAN', cursor, ...options)) as [string, string[]]
    found.push(...names)
    cursor = next
  } while (cursor !== '0')
  return found
}

/** Words of a text, in latin1; a blank is written `\x20`. */
function latin1(text: string): Buffer[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) =>
      Buffer.from(
        word.replace(/\\x(..)/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
        'latin1',
      ),
    )
}

test('KEYS and patterns', async () => {
  const names = latin1(String.raw`
    a b ab abc a*c a?c [x] x-y k\xff k\x80 k\x00z A ^ a] \ key:1 key:22 key:333 \x20
  `)
  for (const name of names) await pair.prepare('SET', name, 1)
  const patterns = latin1(String.raw`
    * ? ?? a* *c a?c a\*c a\?c [ab] [^ab] [a-c] [c-a] [^a-c] [a-c [ [] [^] [^ [a [\] [\^] [x] \[x\] x-y x[-]y
    key:* key:? key:[0-9] key:[0-9][0-9] *:* ** ***a*** *? ?* \ \\ a\ k[\x80-\xff] k[a-\xff] k\x00* k?z [a-]
    [--z] *a*b* a**c a] []a] [a-b-c] *[ *] \x20 [A-Z] *\
  `)
  for (const pattern of patterns) await pair.compareUnordered('KEYS', pattern)
  await pair.prepare('SET', '', 'the empty key')
  for (const pattern of ['', '*', '?', '**']) await pair.compareUnordered('KEYS', pattern)
  await pair.script('KEYS', 'KEYS a b')
})

test('patterns drawn at random', async () => {
  const alphabet = 'aab*?[]^-\\'
  const random = new Seeded(7_205)
  const draw = (letters: string, length: number): string =>
    Array.from({ length: random.integer(0, length) }, () => random.pick([...letters])).join('')
  for (let name = 0; name < 60; name++) await pair.prepare('SET', `k${draw('aab-]^', 8)}`, 1)
  for (let round = 0; round < 600; round++) await pair.compareUnordered('KEYS', `k${draw(alphabet, 12)}`)
})

test('a hostile pattern costs time in proportion, not more', async () => {
  await pair.modis.call('SET', 'a'.repeat(200), 1)
  const start = performance.now()
  assert.equal(await pair.modis.call('KEYS', `${'a*'.repeat(50)}b`), [])
  assert.equal(await pair.modis.call('KEYS', `${'*?'.repeat(50)}b`), [])
  // Trying all ways in which the stars can match would take longer than anybody lives.
  assert.ok(performance.now() - start < 30_000)
})

test('SCAN returns every key that is there all the while', async () => {
  const { modis } = pair
  const steady = Array.from({ length: 3000 }, (_none, index) => `steady:${index}`)
  for (const name of steady) void modis.call('SET', name, 1)
  await modis.call('PING', 'x')
  const found = new Set<string>()
  let cursor = '0'
  let round = 0
  do {
    const [next, names] = (await modis.call('SCAN', cursor, 'COUNT', 7)) as [string, string[]]
    for (const name of names) found.add(name)
    cursor = next
    // The table grows a great deal, and shrinks again.
    for (let index = 0; index < 40; index++) void modis.call('SET', `passing:${round * 40 + index}`, 1)
    if (round % 50 === 49) {
      for (let index = 0; index < round * 40; index++) void modis.call('DEL', `passing:${index}`)
    }
    round++
  } while (cursor !== '0')
  assert.ok(steady.every((name) => found.has(name)))
})

test('SCAN with MATCH, COUNT and TYPE', async () => {
  await fill()
  for (let index = 0; index < 100; index++) await pair.prepare('SET', `key:${index}`, 1)
  const sortedNames = async (...options: readonly (string | number)[]): Promise<void> => {
    const [modis, redis] = await Promise.all([
      scanAll(pair.modis, ...options),
      scanAll(pair.redis, ...options),
    ])
    assert.equal([...new Set(modis)].sort(), [...new Set(redis)].sort(), options.join(' '))
  }
  await sortedNames()
  await sortedNames('COUNT', 3)
  await sortedNames('COUNT', 1000000)
  await sortedNames('MATCH', 'key:1*')
  await sortedNames('match', '*', 'count', 5)
  for (const type of ['string', 'LIST', 'set', 'zset', 'hash', 'stream', 'none', 'bogus', 'module'])
    await sortedNames('TYPE', type)
  await sortedNames('TYPE', 'string', 'MATCH', 'key:?', 'COUNT', 2)
  await pair.script(
    ...commands(`
      SCAN | SCAN x | SCAN "1 " | SCAN " 1" | SCAN 1x | SCAN 0 COUNT 0 | SCAN 0 COUNT -5 | SCAN 0 COUNT x
      SCAN 0 COUNT | SCAN 0 MATCH | SCAN 0 TYPE | SCAN 0 BOGUS 1 | SCAN 18446744073709551616
      SCAN 0 COUNT 9223372036854775808 | SCAN 0 0
    `),
  )
  await pair.script('SSCAN none "1\\x00"', 'SSCAN none "\\x00x"')
  assert.equal(await pair.modis.call('SCAN', '18446744073709551615'), ['0', []])
  assert.equal(await pair.modis.call('SCAN', '4294967296'), ['0', []])
})

test('RANDOMKEY', async () => {
  await pair.script('RANDOMKEY', 'RANDOMKEY x', 'SET only 1', 'RANDOMKEY')
  for (let index = 0; index < 10; index++) await pair.modis.call('SET', `r${index}`, 1)
  const drawn = new Set<Value>()
  for (let round = 0; round < 300; round++) drawn.add(await pair.modis.call('RANDOMKEY'))
  assert.is(drawn.size, 11)
})

test('RANDOMKEY deletes nothing while CLIENT PAUSE keeps the data as it is', async () => {
  // Redis 7.2.4 never comes back where all keys have expired.
  const { modis } = pair
  await modis.call('SET', 'expired', 'x', 'PX', 1)
  await modis.call('CLIENT', 'PAUSE', 10_000, 'WRITE')
  await sleep(5)
  assert.is(textOf(await modis.call('RANDOMKEY')), 'expired')
  assert.is(await modis.call('DBSIZE'), 1)
  await modis.call('CLIENT', 'UNPAUSE')
})

test.run()
