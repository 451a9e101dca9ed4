import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilBlocked } from '../support/blocked.ts'
import { until } from '../support/until.ts'
import { ModuleFolder, ModuleServer, plain } from './module-folder.ts'

const test = suite('data types of modules')
const folder = new ModuleFolder()
let modis: ModuleServer

/** A module with a data type whose values are `{ n, text }`; its save writes `version`. */
const counters = (
  options: { version?: number; save?: string; load?: string; hooks?: string; name?: string } = {},
): [string, string] => [
  `{
    name: 'counters',
    dataTypes: [counter],
    commands: {
      'counter.add': {
        summary: 'Adds.',
        flags: ['write'],
        args: { key: arg.key('RW'), by: arg.integer({ default: 1 }) },
        run: (_ctx, { key, by }) => { const value = key.value(counter).getOrCreate(() => ({ n: 0, text: '', made: ${options.version ?? 1} })); value.n += by; key.value(counter).changed(); globalThis.adds++; return value.n },
      },
      'counter.get': {
        summary: 'Gets.',
        args: { key: arg.key('R') },
        run: (_ctx, { key }) => { const value = key.value(counter).get(); return value === undefined ? null : [value.n, value.made] },
      },
      'counter.freed': { summary: 'Freed.', run: () => freed },
      'counter.late': {
        summary: 'Uses its value after a reload.',
        flags: ['write'],
        args: { key: arg.bytes() },
        async run(ctx, { key }) { await new Promise((resolve) => { globalThis.goOn = resolve }); return ctx.key(key).value(counter).get().n },
      },
      'counter.go-on': { summary: 'Lets counter.late go on.', run: () => { globalThis.goOn(); return 1 } },
    },
  }`,
  `let freed = 0
  const counter = defineDataType({
    name: '${options.name ?? 'modis-cnt'}',
    encodingVersion: ${options.version ?? 1},
    save(io, value) { ${options.save ?? ''}; io.unsigned(value.n); io.string('text') },
    load(io, encodingVersion) { ${options.load ?? `const n = io.unsigned(); io.string(); return { n, made: encodingVersion * 100 + ${options.version ?? 1} }`} },
    free() { freed++ },
    ${options.hooks ?? ''}
  })`,
]

test.before(async () => {
  folder.define('counters', ...counters())
  modis = await ModuleServer.start(folder, { 'enable-debug-command': 'yes' })
})
test.after(async () => {
  await modis.stop()
  folder.remove()
})
test.before.each(async () => {
  await modis.call('FLUSHALL')
  folder.define('counters', ...counters())
  assert.is(await modis.call('MODULE', 'LOAD', 'counters'), 'OK')
})
test.after.each(async () => {
  await modis.call('FLUSHALL')
  assert.is(await modis.call('MODULE', 'UNLOAD', 'counters'), 'OK')
})

test('values survive a reload, by the save of the old version and the load of the new', async () => {
  for (let key = 0; key < 500; key++) await modis.call('counter.add', `key:${key}`, key)
  await modis.call('SELECT', 5)
  await modis.call('counter.add', 'elsewhere', 7)
  await modis.call('SELECT', 0)
  await modis.call('EXPIRE', 'key:1', 1000)
  folder.define('counters', ...counters({ version: 2 }))
  assert.is(await modis.call('MODULE', 'RELOAD', 'counters'), 'OK')
  for (const key of [0, 1, 250, 499]) assert.equal(await modis.call('counter.get', `key:${key}`), [key, 102])
  assert.ok(Number(await modis.call('TTL', 'key:1')) > 900)
  assert.is(await modis.call('TYPE', 'key:1'), 'modis-cnt')
  assert.is(await modis.call('counter.add', 'key:499', 1), 500)
  await modis.call('SELECT', 5)
  assert.equal(await modis.call('counter.get', 'elsewhere'), [7, 102])
  await modis.call('SELECT', 0)
})

test('values that change while a reload is under way are taken over as they are at its end', async () => {
  const size = 20000
  for (let key = 0; key < size; key += 500) {
    const batch = Array.from({ length: 500 }, (_, index) => modis.call('counter.add', `key:${key + index}`))
    await Promise.all(batch)
  }
  // Loading takes its time until enough commands have been served meanwhile, be the machine as busy as it will.
  const slow = `const until = performance.now() + (globalThis.adds > 30 ? 0 : 0.2); while (performance.now() < until); const n = io.unsigned(); io.string(); return { n, made: 2 }`
  const [definition, prelude] = counters({ version: 2, load: slow })
  folder.define('counters', definition, `globalThis.adds = 0\n${prelude}`)
  const other = await modis.connect()
  let adds = 0
  let isOver = false
  const adding = (async () => {
    for (; !isOver; adds++) await other.call('counter.add', `key:${adds % size}`)
  })()
  assert.is(await modis.call('MODULE', 'RELOAD', 'counters'), 'OK')
  isOver = true
  await adding
  other.close()
  let sum = 0
  for (let key = 0; key < size; key += 500) {
    const batch = Array.from({ length: 500 }, (_, index) => modis.call('counter.get', `key:${key + index}`))
    for (const value of (await Promise.all(batch)) as number[][]) sum += value[0] ?? Number.NaN
  }
  assert.is(sum, size + adds)
  assert.ok(adds > 20, `only ${adds} commands were served during the reload`)
})

test('a value that the new version refuses leaves everything as it was', async () => {
  await modis.call('counter.add', 'good', 1)
  await modis.call('counter.add', 'bad', 13)
  folder.define(
    'counters',
    ...counters({
      version: 2,
      load: `const n = io.unsigned(); if (n === 13) throw new Error('unlucky'); io.string(); return { n, made: 2 }`,
    }),
  )
  assert.is(
    await modis.call('MODULE', 'RELOAD', 'counters'),
    "-ERR Error reloading the extension. carry over: a value of the data type 'modis-cnt' cannot be taken over: unlucky [MODIS_MODULE_VALUES]",
  )
  assert.equal(await modis.call('counter.get', 'good'), [1, 1])
  assert.is(await modis.call('counter.add', 'bad', 1), 14)
  folder.define('counters', ...counters({ version: 2, load: `io.unsigned(); return { n: 0 }` }))
  assert.match(String(await modis.call('MODULE', 'RELOAD', 'counters')), /expected the end, found a string/)
  folder.define('counters', ...counters({ name: 'other-cnt' }))
  assert.match(
    String(await modis.call('MODULE', 'RELOAD', 'counters')),
    /there are 2 values of the data type 'modis-cnt', which the new version does not have/,
  )
  assert.is(await modis.call('counter.add', 'bad', 1), 15)
})

test('a command of the old version that is still running cannot touch the values of the new', async () => {
  await modis.call('counter.add', 'key', 3)
  const other = await modis.connect()
  const late = other.call('counter.late', 'key')
  await untilBlocked(modis.client, 1)
  assert.is(await modis.call('MODULE', 'RELOAD', 'counters'), 'OK')
  await modis.call('counter.go-on')
  assert.match(
    String(plain(await late)),
    /^-ERR module 'counters' was replaced by another version while this command ran/,
  )
  assert.equal(await modis.call('counter.get', 'key'), [3, 101])
  other.close()
})

test('a module with values is not unloaded; with none left it is', async () => {
  await modis.call('counter.add', 'key')
  assert.is(
    await modis.call('MODULE', 'UNLOAD', 'counters'),
    "-ERR Error unloading module: the module exports one or more module-side data types, can't unload",
  )
  assert.is(await modis.call('counter.add', 'key'), 2)
  await modis.call('SET', 'key', 'overwritten')
  assert.is(await modis.call('counter.freed'), 1)
  assert.is(await modis.call('MODULE', 'UNLOAD', 'counters'), 'OK')
  assert.is(await modis.call('MODULE', 'LOAD', 'counters'), 'OK')
})

test('values are freed by deletion, expiry, FLUSHALL and replacement', async () => {
  for (const key of ['deleted', 'unlinked', 'expired', 'renamed over', 'flushed'])
    await modis.call('counter.add', key)
  await modis.call('DEL', 'deleted')
  await modis.call('UNLINK', 'unlinked')
  await modis.call('PEXPIRE', 'expired', 1)
  await modis.call('SET', 'text', 'x')
  await modis.call('RENAME', 'text', 'renamed over')
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.is(await modis.call('EXISTS', 'expired'), 0)
  assert.is(await modis.call('counter.freed'), 4)
  await modis.call('FLUSHALL')
  await until('the value to be freed', async () => (await modis.call('counter.freed')) === 5)
})

test('values that are much work to free are freed after the command', async () => {
  folder.define('counters', ...counters({ hooks: 'freeEffort: () => 1000' }))
  await modis.call('MODULE', 'RELOAD', 'counters')
  await modis.call('counter.add', 'key')
  assert.equal(await modis.client.batch([['DEL', 'key'], ['counter.freed']]), [1, 0])
  await until('the value to be freed', async () => (await modis.call('counter.freed')) === 1)
})

test('COPY, RENAME, MOVE, DUMP and RESTORE', async () => {
  await modis.call('counter.add', 'key', 4)
  assert.is(await modis.call('COPY', 'key', 'copy'), 1)
  assert.is(await modis.call('counter.add', 'copy', 1), 5)
  assert.equal(await modis.call('counter.get', 'key'), [4, 1])
  assert.is(await modis.call('RENAME', 'copy', 'renamed'), 'OK')
  assert.is(await modis.call('MOVE', 'renamed', 2), 1)
  const dump = await modis.client.call('DUMP', 'key')
  assert.is(await modis.call('RESTORE', 'restored', 0, Buffer.from(String(dump), 'latin1')), 'OK')
  assert.equal(await modis.call('counter.get', 'restored'), [4, 101])
  const broken = Buffer.from(String(dump), 'latin1')
  broken[12] = (broken[12] ?? 0) ^ 0xff
  assert.match(
    String(await modis.call('RESTORE', 'broken', 0, broken)),
    /^-ERR DUMP payload version or checksum are wrong/,
  )
})

test('optional hooks: copy, memory use, digest', async () => {
  folder.define(
    'counters',
    ...counters({
      hooks: `copy: (value, from, to) => ({ n: value.n, made: from + '>' + to }), memoryUsage: () => 12345, digest: (digest, value) => { digest.add(value.n); digest.endSequence() }`,
    }),
  )
  await modis.call('MODULE', 'RELOAD', 'counters')
  await modis.call('counter.add', 'key', 4)
  await modis.call('COPY', 'key', 'copy')
  assert.equal(await modis.call('counter.get', 'copy'), [4, 'key>copy'])
  const usage = await modis.call('MEMORY', 'USAGE', 'key')
  assert.ok(Number(usage) >= 12345, String(usage))
})

test('a hook that throws fails its command, which names it, the data type and the module', async () => {
  const hooks = `copy() { throw new Error('no copies') }, digest() { throw 'no digests' },`
  folder.define(
    'counters',
    ...counters({ save: "if (value.n === 13) throw new Error('no thirteen')", hooks }),
  )
  assert.is(await modis.call('MODULE', 'RELOAD', 'counters'), 'OK')
  await modis.call('counter.add', 'key', 13)
  const blame = (hook: string, reason: string): string =>
    `-ERR '${hook}' of the data type 'modis-cnt' of module 'counters' threw: ${reason}`
  assert.is(await modis.call('DUMP', 'key'), blame('save', 'no thirteen'))
  assert.is(await modis.call('COPY', 'key', 'other'), blame('copy', 'no copies'))
  assert.equal(await modis.call('DEBUG', 'DIGEST-VALUE', 'key'), [blame('digest', 'no digests')])
  await modis.logged(/Module 'counters': 'save' of its data type 'modis-cnt' threw: Error: no thirteen/)
  assert.match(String(await modis.call('INFO', 'modules')), /modulestat_counters:.*failures=3,/)
  assert.is(await modis.call('SAVE'), '-ERR')
})

test('a value that cannot be saved ends a background save, and no command that changes it', async () => {
  folder.define('counters', ...counters({ save: "if (value.n === 13) throw new Error('no thirteen')" }))
  assert.is(await modis.call('MODULE', 'RELOAD', 'counters'), 'OK')
  await modis.call('counter.add', 'key', 13)
  const replies = await modis.client.batch([['BGSAVE'], ['DEL', 'key'], ['EXISTS', 'key']])
  assert.equal(replies.map(plain), ['Background saving started', 1, 0])
  await modis.logged(/Saving the DB to .* failed: 'save' of the data type 'modis-cnt' of module 'counters'/)
  await until('a save that works again', async () => (await modis.call('SAVE')) === 'OK')
})

test('memory use that is no number is not counted', async () => {
  for (const answer of ['NaN', '-5', '"many"', 'Infinity']) {
    folder.define('counters', ...counters({ hooks: `memoryUsage: () => ${answer},` }))
    assert.is(await modis.call('MODULE', 'RELOAD', 'counters'), 'OK')
    for (let i = 0; i < 3; i++) await modis.call('counter.add', 'key')
    const bytes = Number(await modis.call('MEMORY', 'USAGE', 'key'))
    assert.ok(bytes > 0 && bytes < 1000, `${answer}: ${bytes}`)
    assert.match(String(await modis.call('INFO', 'memory')), /^used_memory:\d+\r$/m)
  }
  await modis.logged(/'memoryUsage' of its data type 'modis-cnt' threw: RangeError: it returned -5/)
})

test('values survive a restart; without the module the file is refused', async () => {
  await modis.call('counter.add', 'key', 42)
  assert.is(await modis.call('SAVE'), 'OK')
  const file = join(modis.server.folder, 'dump.rdb')
  assert.ok(existsSync(file))
  const copy = join(folder.root, 'dump.rdb')
  cpSync(file, copy)
  const second = await ModuleServer.start(folder, { dir: folder.root, loadmodule: 'counters' })
  assert.equal(plain(await second.client.call('counter.get', 'key')), [42, 101])
  await second.stop()
  folder.define('counters', ...counters({ load: "throw new Error('not today')" }))
  const refused = await ModuleServer.start(folder, { dir: folder.root, loadmodule: 'counters' }).then(
    async (server) => {
      await server.stop()
      return 'it started'
    },
    (error: Error) => error.message,
  )
  assert.match(
    refused,
    /at byte \d+ module 'counters' refuses the value of its type 'modis-cnt' at key 'key': not today/,
  )
  const refusal = await ModuleServer.start(folder, { dir: folder.root }).then(
    async (server) => {
      await server.stop()
      return 'it started'
    },
    (error: Error) => error.message,
  )
  assert.match(refusal, /modis-cnt/)
})

test.run()
