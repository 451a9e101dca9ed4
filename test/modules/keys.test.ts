import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ModuleFolder, ModuleServer, plain } from './module-folder.ts'

const test = suite('key handles of modules')
const folder = new ModuleFolder()
let modis: ModuleServer

/** A module whose commands run a piece of code within a command, with `key` opened, and reply its result as JSON. */
const lab = `{
  name: 'lab',
  dataTypes: [box],
  commands: {
    'lab.run': {
      summary: 'Runs code with a key opened for reading and writing.',
      flags: ['write'],
      args: { key: arg.key('RW'), code: arg.string() },
      run: (ctx, { key, code }) => json(new Function('ctx', 'key', 'box', 'sdk', 'return ' + code)(ctx, key, box, sdk)),
    },
    'lab.read': {
      summary: 'Runs code with a key opened for reading.',
      flags: ['readonly'],
      args: { key: arg.key('R'), code: arg.string() },
      run: (ctx, { key, code }) => json(new Function('ctx', 'key', 'box', 'return ' + code)(ctx, key, box)),
    },
  },
}`
const prelude = `
const box = defineDataType({ name: 'lab-boxes', encodingVersion: 0, save: (io, value) => io.string(value.text), load: (io) => ({ text: io.string() }) })
const plain = (value) => {
  if (typeof value === 'bigint') return value + 'n'
  if (Buffer.isBuffer(value)) return value.toString()
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
  return value
}
const json = (value) => (value === undefined ? 'undefined' : JSON.stringify(plain(value)))
`

test.before(async () => {
  folder.define('lab', lab, prelude)
  modis = await ModuleServer.start(folder, { 'enable-debug-command': 'yes' })
  assert.is(await modis.call('MODULE', 'LOAD', 'lab'), 'OK')
})
test.after(async () => {
  await modis.stop()
  folder.remove()
})
test.before.each(async () => {
  for (const key of ['k', 'other']) await modis.call('DEL', key)
})

/** The result of code run with key `k`. */
async function run(code: string, command = 'lab.run'): Promise<unknown> {
  const reply = String(await modis.call(command, 'k', code))
  if (reply.startsWith('-')) return reply
  return reply === 'undefined' ? undefined : JSON.parse(reply)
}

test('a key that does not exist', async () => {
  assert.equal(
    await run('[key.exists, key.type, key.typeName, key.ttlMs, key.expiresAtMs, key.name, key.db, key.mode]'),
    [false, 'none', 'none', null, null, 'k', 0, 'RW'],
  )
  assert.equal(
    await run('[key.persist(), key.expireIn(100), key.delete(), key.unlink(), key.rename("other")]'),
    [false, false, false, false, false],
  )
  assert.equal(
    await run(
      '[key.string.length, key.string.get(), key.string.text(), key.list.length, key.list.get(0), key.list.popHead(), key.hash.size, key.hash.get("f"), key.set.size, key.set.pop(), key.sortedSet.size, key.sortedSet.score("m"), key.sortedSet.popMin()]',
    ),
    [0, null, null, 0, null, null, 0, null, 0, null, 0, null, null],
  )
  assert.is(await modis.call('EXISTS', 'k'), 0)
})

test('expiry, rename and deletion', async () => {
  await modis.call('SET', 'k', 'v')
  assert.is(await run('key.expireIn(100000)'), true)
  assert.ok(Number(await modis.call('PTTL', 'k')) > 90000)
  assert.ok(Number(await run('key.ttlMs')) > 90000)
  assert.is(await run('key.expireAt(ctx.now() + 50000), key.expiresAtMs - ctx.now()'), 50000)
  assert.is(await run('key.rename("other")'), true)
  assert.equal([await modis.call('EXISTS', 'k'), await modis.call('GET', 'other')], [0, 'v'])
  assert.ok(Number(await modis.call('PTTL', 'other')) > 10000)
  assert.is(await run('ctx.key("other").rename("k")'), true)
  assert.is(await run('key.persist()'), true)
  assert.is(await modis.call('TTL', 'k'), -1)
  assert.is(await run('key.expireIn(-1)'), true)
  assert.is(await modis.call('EXISTS', 'k'), 0)
  await modis.call('SET', 'k', 'v')
  assert.equal(await run('[key.delete(), key.exists]'), [true, false])
})

test('strings', async () => {
  assert.is(await run('key.string.set("hello")'), undefined)
  assert.equal(await run('[key.type, key.string.length, key.string.text(), key.string.get().length]'), [
    'string',
    5,
    'hello',
    5,
  ])
  assert.is(await run('key.string.append(" world")'), 11)
  assert.equal(
    await run(
      '[key.string.range(0, 4), key.string.range(-5, -1), key.string.range(5, 2), key.string.range(0, 100)]',
    ),
    ['hello', 'world', '', 'hello world'],
  )
  assert.is(await run('key.string.setRange(6, "Redis")'), 11)
  assert.is(await modis.call('GET', 'k'), 'hello Redis')
  assert.is(await run('key.string.setRange(13, "!")'), 14)
  assert.is(await modis.call('GET', 'k'), 'hello Redis\0\0!')
  await run('key.string.truncate(5)')
  assert.is(await modis.call('GET', 'k'), 'hello')
  await run('key.string.truncate(7)')
  assert.is(await modis.call('GET', 'k'), 'hello\0\0')
  await run('key.string.truncate(0)')
  assert.equal([await modis.call('EXISTS', 'k'), await modis.call('GET', 'k')], [1, ''])
  await run('key.string.set(Buffer.from([0, 255, 10]))')
  assert.is(await modis.call('STRLEN', 'k'), 3)
  await modis.call('EXPIRE', 'k', 100)
  await run('key.string.set("kept", { keepTtl: true })')
  assert.ok(Number(await modis.call('TTL', 'k')) > 0)
  await run('key.string.set("not kept")')
  assert.is(await modis.call('TTL', 'k'), -1)
  await run('key.string.set("x".repeat(200000)), key.string.append("y")')
  assert.is(await modis.call('STRLEN', 'k'), 200001)
  assert.is(await run('key.string.range(-2, -1)'), 'xy')
})

test('numbers in strings', async () => {
  assert.is(await run('key.string.increment(5)'), '5n')
  assert.is(await modis.call('OBJECT', 'ENCODING', 'k'), 'int')
  assert.is(await run('key.string.increment(9223372036854775802n)'), '9223372036854775807n')
  assert.match(String(await run('key.string.increment(1)')), /^-ERR increment or decrement would overflow/)
  await modis.call('SET', 'k', '1.5')
  assert.is(await run('key.string.incrementDouble(0.25)'), 1.75)
  assert.is(await modis.call('GET', 'k'), '1.75')
  assert.match(String(await run('key.string.increment(1)')), /^-ERR value is not an integer or out of range/)
  assert.match(String(await run('key.string.increment(1.5)')), /must be a whole number/)
  await modis.call('SET', 'k', 'text')
  assert.match(String(await run('key.string.incrementDouble(1)')), /^-ERR value is not a valid float/)
})

test('lists', async () => {
  assert.is(await run('key.list.pushTail("b", "c")'), 2)
  assert.is(await run('key.list.pushHead("a", "z")'), 4)
  assert.equal(await run('[...key.list]'), ['z', 'a', 'b', 'c'])
  assert.equal(await run('[key.list.get(1), key.list.text(-1), key.list.get(4), key.list.length]'), [
    'a',
    'c',
    null,
    4,
  ])
  assert.equal(await run('[key.list.set(0, "y"), key.list.set(9, "n"), key.list.set(-9, "n")]'), [
    true,
    false,
    false,
  ])
  assert.equal(
    await run(
      '[key.list.insert(1, "i"), key.list.insert(5, "end"), key.list.insert(9, "n"), key.list.insert(-1, "before")]',
    ),
    [true, true, false, true],
  )
  assert.equal(await run('key.list.range(0, -1)'), ['y', 'i', 'a', 'b', 'c', 'before', 'end'])
  assert.equal(await run('[key.list.removeAt(-2), key.list.removeAt(1), key.list.removeAt(10)]'), [
    true,
    true,
    false,
  ])
  assert.equal(await modis.call('LRANGE', 'k', 0, -1), ['y', 'a', 'b', 'c', 'end'])
  assert.equal(await run('[key.list.popHead(), key.list.popTail()]'), ['y', 'end'])
  await run('key.list.trim(1, 1)')
  assert.equal(await modis.call('LRANGE', 'k', 0, -1), ['b'])
  assert.is(await run('key.list.popHead()'), 'b')
  assert.is(await modis.call('EXISTS', 'k'), 0)
  await run('key.list.pushTail(...Array.from({ length: 5000 }, (_, i) => "element " + i))')
  assert.equal([await modis.call('LLEN', 'k'), await run('key.list.text(4321)')], [5000, 'element 4321'])
  await run('key.list.trim(5, 1)')
  assert.is(await modis.call('EXISTS', 'k'), 0)
})

test('hashes', async () => {
  assert.equal(
    await run(
      '[key.hash.set("a", "1"), key.hash.set("a", "2"), key.hash.setIfAbsent("a", "3"), key.hash.setIfAbsent("b", "4")]',
    ),
    [true, false, false, true],
  )
  assert.equal(
    await run('[key.hash.setAll({ c: "5", a: "6" }), key.hash.setAll([["d", Buffer.from("7")]])]'),
    [1, 1],
  )
  assert.equal(await run('key.hash.toObject()'), { a: '6', b: '4', c: '5', d: '7' })
  assert.equal(
    await run('[key.hash.size, key.hash.has("a"), key.hash.has("z"), key.hash.get("a"), key.hash.text("z")]'),
    [4, true, false, '6', null],
  )
  assert.equal(
    await run(
      '[key.hash.increment("a", 4), key.hash.increment("n", -3n), key.hash.incrementDouble("f", 1.5)]',
    ),
    ['10n', '-3n', 1.5],
  )
  assert.match(
    String(await run('key.hash.set("t", "text"), key.hash.increment("t", 1)')),
    /^-ERR hash value is not an integer/,
  )
  assert.equal(await run('[key.hash.delete("t"), key.hash.delete("t")]'), [true, false])
  assert.equal(await run('[key.hash.fields(), key.hash.values(), [...key.hash].length]'), [
    ['a', 'b', 'c', 'd', 'n', 'f'],
    ['10', '4', '5', '7', '-3', '1.5'],
    6,
  ])
  await run('key.hash.fields().forEach((field) => key.hash.delete(field))')
  assert.is(await modis.call('EXISTS', 'k'), 0)
})

test('sets', async () => {
  assert.equal(await run('[key.set.add("1", "2", "2"), key.set.add("2", "3"), key.set.add()]'), [2, 1, 0])
  assert.is(await modis.call('OBJECT', 'ENCODING', 'k'), 'intset')
  assert.equal(
    await run('[key.set.has("1"), key.set.has("x"), key.set.size, [...key.set].map(String).sort()]'),
    [true, false, 3, ['1', '2', '3']],
  )
  assert.ok(['1', '2', '3'].includes(String(await run('key.set.random()'))))
  assert.equal(await run('[key.set.delete("1", "x"), key.set.size]'), [1, 2])
  assert.is(new Set((await run('[key.set.pop(), key.set.pop(), key.set.pop()]')) as unknown[]).size, 3)
  assert.is(await modis.call('EXISTS', 'k'), 0)
})

test('sorted sets', async () => {
  assert.equal(
    await run(
      '[key.sortedSet.add("a", 1), key.sortedSet.add("b", 2), key.sortedSet.add("a", 1.5), key.sortedSet.add("a", 1.5)]',
    ),
    ['added', 'added', 'updated', 'unchanged'],
  )
  assert.equal(
    await run(
      '[key.sortedSet.add("c", 3, { when: "present" }), key.sortedSet.add("a", 9, { when: "absent" }), key.sortedSet.add("a", 1, { only: "greater" }), key.sortedSet.add("a", 1, { only: "less" })]',
    ),
    ['unchanged', 'unchanged', 'unchanged', 'updated'],
  )
  assert.equal(
    await run(
      '[key.sortedSet.increment("b", 2), key.sortedSet.increment("x", 1, { when: "present" }), key.sortedSet.increment("c", 3)]',
    ),
    [4, null, 3],
  )
  assert.match(String(await run('key.sortedSet.add("a", NaN)')), /^-ERR value is not a valid float/)
  for (const bound of ['NaN', '"1"', 'undefined', '{ exclusive: NaN }'])
    assert.match(
      String(await run(`key.sortedSet.rangeByScore(${bound}, 5)`)),
      /^-ERR lab\.run failed: a bound of scores is a number or \{ exclusive: number \}, got/,
      bound,
    )
  assert.match(
    String(await run('key.sortedSet.rangeByLex({ infinity: "*" }, "z")')),
    /^-ERR lab\.run failed: infinity is '-' or '\+', got '\*'/,
  )
  assert.equal(await run('[...key.sortedSet]'), [
    { member: 'a', score: 1 },
    { member: 'c', score: 3 },
    { member: 'b', score: 4 },
  ])
  assert.equal(
    await run(
      '[key.sortedSet.rank("b"), key.sortedSet.rank("b", { reverse: true }), key.sortedSet.rank("x"), key.sortedSet.score("c"), key.sortedSet.count(1, { exclusive: 4 })]',
    ),
    [2, 0, null, 3, 2],
  )
  const names = (code: string): Promise<unknown> => run(`${code}.map(({ member }) => member)`)
  assert.equal(await names('key.sortedSet.rangeByRank(0, 1)'), ['a', 'c'])
  assert.equal(await names('key.sortedSet.rangeByRank(0, 1, { reverse: true })'), ['b', 'c'])
  assert.equal(await names('key.sortedSet.rangeByScore({ exclusive: 1 }, Infinity)'), ['c', 'b'])
  assert.equal(await names('key.sortedSet.rangeByScore(-Infinity, Infinity, { offset: 1, limit: 1 })'), ['c'])
  assert.equal(await names('key.sortedSet.rangeByScore(-Infinity, Infinity, { reverse: true, offset: 1 })'), [
    'c',
    'a',
  ])
  assert.equal(await run('[key.sortedSet.popMin(), key.sortedSet.popMax()]'), [
    { member: 'a', score: 1 },
    { member: 'b', score: 4 },
  ])
  assert.equal(await run('[key.sortedSet.delete("c", "x"), key.exists]'), [1, false])
  await run('"edcba".split("").forEach((letter) => key.sortedSet.add(letter, 0))')
  assert.equal(await names('key.sortedSet.rangeByLex("b", { exclusive: "d" })'), ['b', 'c'])
  assert.equal(
    await names(
      'key.sortedSet.rangeByLex({ infinity: "-" }, { infinity: "+" }, { reverse: true, limit: 2 })',
    ),
    ['e', 'd'],
  )
  await run('Array.from({ length: 500 }, (_, i) => key.sortedSet.add("m" + i, i))')
  assert.equal(
    [await modis.call('OBJECT', 'ENCODING', 'k'), await run('key.sortedSet.rank("m499")')],
    ['skiplist', 504],
  )
})

test('a value of another type is an error in every view, and nothing is created by looking', async () => {
  await modis.call('RPUSH', 'k', 'x')
  for (const view of [
    'string.get()',
    'hash.get("x")',
    'set.has("x")',
    'sortedSet.score("x")',
    'value(box).get()',
  ]) {
    assert.match(String(await run(`key.${view}`)), /^-WRONGTYPE Operation against a key/, view)
  }
  await modis.call('SET', 'k', 'x')
  assert.match(String(await run('key.list.pushTail("y")')), /^-WRONGTYPE/)
  assert.is(await modis.call('GET', 'k'), 'x')
})

test('keys opened for reading cannot be changed', async () => {
  await modis.call('SET', 'k', 'x')
  assert.is(await run('key.string.text()', 'lab.read'), 'x')
  for (const change of [
    'key.string.set("y")',
    'key.delete()',
    'key.expireIn(1)',
    'ctx.key("k").string.append("y")',
  ])
    assert.match(String(await run(change, 'lab.read')), /was opened for reading \(mode R\)/, change)
  assert.match(String(await run('ctx.key("k", "RW")', 'lab.read')), /opened for reading/)
  assert.is(await modis.call('GET', 'k'), 'x')
})

test('changes notify, touch watched keys and count as changes', async () => {
  const [watcher, listener] = await Promise.all([modis.connect(), modis.connect()])
  const changes = async (): Promise<number> => {
    const persistence = String(await modis.call('INFO', 'persistence'))
    return Number(/^rdb_changes_since_last_save:(\d+)\r$/m.exec(persistence)?.[1])
  }
  await modis.call('CONFIG', 'SET', 'notify-keyspace-events', 'EA')
  await listener.call('SUBSCRIBE', '__keyevent@0__:hset')
  const before = await changes()
  await watcher.call('WATCH', 'k')
  await run('key.hash.set("f", "v")')
  assert.equal(plain((await listener.next()).value), ['message', '__keyevent@0__:hset', 'k'])
  assert.is(await changes(), before + 1)
  await watcher.call('MULTI')
  await watcher.call('PING')
  assert.is(await watcher.call('EXEC'), null)
  await watcher.call('WATCH', 'other')
  await run('ctx.key("other").value(box).set({ text: "t" })')
  await watcher.call('MULTI')
  assert.is(await watcher.call('EXEC'), null)
  assert.is(await changes(), before + 2)
  await modis.call('CONFIG', 'SET', 'notify-keyspace-events', '')
  watcher.close()
  listener.close()
})

test('handles of one key see each other, and what calls do', async () => {
  assert.equal(
    await run(
      '[key.string.set("1"), ctx.key("k").string.append("2"), ctx.call("APPEND", "k", "3"), key.string.text(), ctx.call("DEL", "k"), key.exists, key.list.pushTail("x"), ctx.call("TYPE", "k")]',
    ),
    [null, 2, 3, '123', 1, false, 1, 'list'],
  )
})

test('own values: shared, replaced, typed', async () => {
  assert.equal(await run('[key.value(box).get(), key.exists]'), [null, false])
  assert.equal(await run('[key.value(box).getOrCreate(() => ({ text: "new" })), key.type, key.typeName]'), [
    { text: 'new' },
    'module',
    'lab-boxes',
  ])
  assert.is(await run('key.value(box).get().text = "changed", key.value(box).changed()'), undefined)
  assert.equal(await run('key.value(box).get()', 'lab.read'), { text: 'changed' })
  await modis.call('EXPIRE', 'k', 100)
  await run('key.value(box).set({ text: "kept" }, { keepTtl: true })')
  assert.ok(Number(await modis.call('TTL', 'k')) > 0)
  await run('key.value(box).set({ text: "other" })')
  assert.is(await modis.call('TTL', 'k'), -1)
  assert.equal(
    [await modis.call('TYPE', 'k'), await modis.call('OBJECT', 'ENCODING', 'k')],
    ['lab-boxes', 'raw'],
  )
  assert.match(String(await modis.call('GET', 'k')), /^-WRONGTYPE/)
  assert.is(await modis.call('COPY', 'k', 'other'), 1)
  await run('key.value(box).get().text = "original"')
  assert.equal(await run('ctx.key("other").value(box).get()'), { text: 'other' })
  assert.match(
    String(await run('key.value({ name: "unknown", id: 1n })')),
    /data type 'unknown' is not among the module's dataTypes/,
  )
  assert.match(
    String(await run('ctx.key("x").value(box).getOrCreate(() => { ctx.key("x").string.set("y") })')),
    /wrote the key itself/,
  )
  await modis.call('DEL', 'x')
})

test('what is no bytes, no number or no index is an error, not a crash', async () => {
  const wrong = [
    'key.string.set(undefined)',
    'key.string.set(42)',
    'key.hash.set("f")',
    'key.list.pushTail(null)',
    'key.list.get(1.5)',
    'key.set.add({})',
    'ctx.key(undefined)',
    'key.string.setRange(-1, "x")',
    'key.string.truncate(-1)',
    'key.expireIn("soon")',
    'key.sortedSet.add("m", "1")',
    'ctx.call("SET", "k", undefined)',
    'ctx.call("SET", "k", NaN)',
  ]
  for (const code of wrong) {
    assert.match(String(await run(code)), /^-ERR/, code)
    assert.is(await modis.call('EXISTS', 'k'), 0, code)
  }
})

test.run()
