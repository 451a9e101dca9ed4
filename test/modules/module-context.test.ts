import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/until.ts'
import { ModuleFolder, ModuleServer, plain } from './module-folder.ts'

const test = suite('what modules register')
const folder = new ModuleFolder()
let modis: ModuleServer

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A module that keeps what its `load` was given, and runs code with it. */
const lab = (load: string): [string, string] => [
  `{
    name: 'lab',
    config: { level: config.integer({ default: 3 }) },
    dataTypes: [box],
    load(context) { seen.length = 0; given = context; const ctx = context; ${load} },
    commands: {
      'lab.run': { summary: 'Runs code.', args: { code: arg.string() }, run: (ctx, { code }) => json(new Function('ctx', 'module', 'seen', 'sdk', 'box', 'return ' + code)(ctx, given, seen, sdk, box)) },
      'lab.seen': { summary: 'What was seen.', run: () => json(seen.splice(0)) },
    },
    cleanup() { given.log.notice('cleaned up') },
  }`,
  `let given
  const seen = []
  const box = defineDataType({ name: 'lab-boxes', encodingVersion: 0, save: (io, value) => io.string(value.text), load: (io) => ({ text: io.string() }) })
  const json = (value) => JSON.stringify(value, (_, each) => (each?.type === 'Buffer' ? Buffer.from(each.data).toString() : each)) ?? 'undefined'`,
]

test.before(async () => {
  modis = await ModuleServer.start(folder, { hz: 100 })
})
test.after(async () => {
  await modis.stop()
  folder.remove()
})
test.after.each(async () => {
  await modis.call('FLUSHALL')
  for (const module of (await modis.call('MODULE', 'LIST')) as string[][])
    await modis.call('MODULE', 'UNLOAD', module[1] ?? '')
})

/** Loads the module with this body of its `load`. */
async function load(body = ''): Promise<void> {
  folder.define('lab', ...lab(body))
  assert.is(await modis.call('MODULE', 'LOAD', 'lab'), 'OK')
}
async function seen(): Promise<unknown[]> {
  return JSON.parse(String(await modis.call('lab.seen')))
}
/** All that was seen once it is enough, taken as it comes. */
async function seenUntil(isEnough: (all: unknown[]) => boolean): Promise<unknown[]> {
  const all: unknown[] = []
  await until('enough to be seen', async () => {
    all.push(...(await seen()))
    return isEnough(all)
  })
  return all
}
const run = (code: string): Promise<unknown> => modis.call('lab.run', code)

test('keyspace events: classes, patterns, keys in order, and none after the unload', async () => {
  await load(`
    ctx.onKeyspaceEvent({ classes: ['string', 'generic'] }, (event) => seen.push([event.class, event.event, event.key.toString(), event.db]))
    const stop = ctx.onKeyspaceEvent({ pattern: 'user:*' }, (event) => { seen.push(['pattern', event.key.toString()]); stop() })
    ctx.onKeyspaceEvent({ pattern: 'bad' }, () => { throw new Error('handler failed') })
  `)
  await modis.call('SET', 'user:1', 'x')
  await modis.call('LPUSH', 'list', 'x')
  await modis.call('DEL', 'user:1')
  assert.equal(await seen(), [
    ['string', 'set', 'user:1', 0],
    ['pattern', 'user:1'],
    ['generic', 'del', 'user:1', 0],
  ])
  assert.is(await modis.call('SET', 'bad', 'x'), 'OK')
  await modis.logged(/Module 'lab': its handler of 'set' events threw: Error: handler failed/)
  await modis.call('PSETEX', 'user:2', 1, 'x')
  await sleep(30)
  await modis.call('GET', 'user:2')
  assert.ok((await seen()).length >= 2)
})

test('server events', async () => {
  const names = [
    'flush-start',
    'flush-end',
    'config-changed',
    'databases-swapped',
    'module-loaded',
    'module-unloaded',
    'persistence-start',
    'persistence-end',
    'client-connected',
    'client-disconnected',
    'key-removed',
  ]
  await load(`for (const name of ${JSON.stringify(names)}) ctx.onServerEvent(name, (event) => seen.push([name, json(event)]))
    for (const name of ['cron', 'event-loop-before-sleep', 'event-loop-after-sleep']) { const stop = ctx.onServerEvent(name, (event) => { seen.push([name, json(event)]); stop() }) }`)
  const once = ['cron', 'event-loop-before-sleep', 'event-loop-after-sleep', 'module-loaded']
  await seenUntil((all) => once.every((name) => all.some((each) => (each as string[])[0] === name)))
  await modis.call('FLUSHALL', 'ASYNC')
  await modis.call('CONFIG', 'SET', 'hz', 50)
  await modis.call('SWAPDB', 0, 1)
  await modis.call('SAVE')
  folder.define('other', `{ name: 'other' }`)
  await modis.call('MODULE', 'LOAD', 'other')
  await modis.call('MODULE', 'UNLOAD', 'other')
  const client = await modis.connect()
  await client.call('PING')
  client.close()
  const all = (await seenUntil(({ length }) => length >= 10)).map((each) => (each as string[]).join(' '))
  assert.equal(all.slice(0, 8), [
    'flush-start {"db":-1,"async":true}',
    'flush-end {"db":-1,"async":true}',
    'config-changed {"names":["hz"]}',
    'databases-swapped {"first":0,"second":1}',
    'persistence-start {"target":"rdb","background":false}',
    'persistence-end {"target":"rdb","background":false}',
    'module-loaded {"name":"other","version":"1.0.0"}',
    'module-unloaded {"name":"other","version":"1.0.0"}',
  ])
  assert.match(all[8] ?? '', /^client-connected \{"id":\d+\}/)
  assert.match(all[9] ?? '', /^client-disconnected \{"id":\d+\}/)
})

test('key-removed: why, while the value is still there', async () => {
  await load(
    `ctx.onServerEvent('key-removed', ({ key, reason, db }) => seen.push([key.toString(), reason, db, ctx.withDatabase(db, (inner) => inner.call('EXISTS', key))]))`,
  )
  await modis.call('SET', 'k', 'v')
  await modis.call('SET', 'k', 'w')
  await modis.call('SET', 'k', 'longer than it was before, so that it moves')
  await modis.call('SADD', 's', 'm')
  await modis.call('SUNIONSTORE', 'k', 's')
  await modis.call('DEL', 'k')
  await modis.call('PSETEX', 'e', 1, 'v')
  await sleep(30)
  await modis.call('GET', 'e')
  const reasons = (await seen()).map((each) => (each as unknown[]).slice(0, 2).join(' '))
  assert.equal(reasons, ['k overwritten', 'k overwritten', 'k overwritten', 'k deleted', 'e expired'])
})

test('timers: once, again and again, cleared; a pending one holds the module', async () => {
  await load(`
    ctx.setTimer(20, () => seen.push('once'))
    let count = 0
    const repeated = ctx.setTimer(10, () => { seen.push('again'); if (++count === 3) repeated.clear() }, { repeat: true })
    const cleared = ctx.setTimer(15, () => seen.push('never'))
    cleared.clear()
    const long = ctx.setTimer(60_000, () => seen.push('never'))
    seen.push(long.remainingMs > 50_000 && long.remainingMs <= 60_000)
    long.clear()
    seen.push(long.remainingMs)
    ctx.setTimer(1, () => { throw new Error('timer failed') })
  `)
  const all = await seenUntil(({ length }) => length >= 6)
  assert.equal(all.slice(0, 2), [true, 0])
  assert.equal(all.slice(2).sort(), ['again', 'again', 'again', 'once'])
  await modis.logged(/Module 'lab': its timer threw: Error: timer failed/)
  await run('module.setTimer(60000, () => {}).remainingMs')
  assert.is(
    await modis.call('MODULE', 'UNLOAD', 'lab'),
    '-ERR Error unloading module: the module holds timer that is not fired. Please stop the timer or wait until it fires.',
  )
  assert.is(await modis.call('MODULE', 'RELOAD', 'lab'), 'OK')
  await seenUntil(({ length }) => length >= 6)
  await run(
    '(globalThis.ticks = 0, module.setTimer(5, () => globalThis.ticks++, { repeat: true }).remainingMs)',
  )
  await until('the timer to run', async () => Number(await run('globalThis.ticks')) > 0)
  assert.is(await modis.call('MODULE', 'UNLOAD', 'lab'), 'OK')
  await load()
  const ticks = await run('globalThis.ticks')
  await sleep(30)
  assert.is(await run('globalThis.ticks'), ticks, 'it ended with its module')
})

test('work outside of commands: calls, keys of any database, async', async () => {
  await load(`
    ctx.call('SET', 'from load', '1')
    ctx.withDatabase(2, (inner) => inner.key('k').string.set('in two'))
    ctx.setTimer(5, async () => {
      const key = await ctx.withDatabase(2, async (inner) => { await null; inner.key('later').list.pushTail('x'); return inner.key('later').list.length })
      seen.push(key)
    })
  `)
  assert.is(await modis.call('GET', 'from load'), '1')
  await modis.call('SELECT', 2)
  assert.is(await modis.call('GET', 'k'), 'in two')
  assert.equal(await seenUntil(({ length }) => length >= 1), [1])
  assert.equal(await modis.call('LRANGE', 'later', 0, -1), ['x'])
  await modis.call('SELECT', 0)
  assert.match(String(await run('module.withDatabase(99, () => 1)')), /there is no database 99/)
})

test('values of data types cannot be touched before the module is live', async () => {
  folder.define('lab', ...lab(`ctx.withDatabase(0, (inner) => inner.key('k').value(box).set({ text: 'x' }))`))
  assert.match(
    String(await modis.call('MODULE', 'LOAD', 'lab')),
    /values of the data type 'lab-boxes' can be used once the module is loaded/,
  )
  assert.is(await modis.call('EXISTS', 'k'), 0)
})

test('a timer wakes clients that wait for keys', async () => {
  await load(`ctx.setTimer(30, () => ctx.call('LPUSH', 'queue', 'x'))`)
  const other = await modis.connect()
  assert.equal(plain(await other.call('BLPOP', 'queue', 0)), ['queue', 'x'])
  other.close()
})

test('INFO sections', async () => {
  await load(`
    ctx.info((writer) => { writer.section().field('loads', 1); writer.section('stats').fields('sizes', { a: 1, b: 2n }) })
    ctx.info(() => { throw new Error('info failed') })
  `)
  const info = String(await modis.call('INFO', 'everything'))
  assert.match(info, /# lab\r\nlab_loads:1\r\n/)
  assert.match(info, /# lab_stats\r\nlab_sizes:a=1,b=2\r\n/)
  assert.match(info, /module:name=lab,ver=10000,api=\d+/)
  await modis.logged(/its INFO callback threw: Error: info failed/)
  await modis.call('MODULE', 'UNLOAD', 'lab')
  assert.not.match(String(await modis.call('INFO', 'everything')), /lab_loads/)
})

test('command filters see and rewrite commands', async () => {
  await load(`
    ctx.filter((command) => {
      if (command.get(0).toString().toLowerCase() === 'say') { command.replace(0, 'echo'); command.insert(1, 'filtered'); command.delete(2) }
      if (command.get(0).toString() === 'explode') throw new Error('filter failed')
      if (command.get(0).toString() === 'who') { command.replace(0, 'echo'); command.insert(1, String(command.clientId)) }
    })
  `)
  assert.is(await modis.call('SAY', 'plain'), 'filtered')
  assert.is(await modis.call('who'), String(await modis.call('CLIENT', 'ID')))
  assert.match(String(await modis.call('explode')), /unknown command 'explode'/)
  await modis.logged(/its command filter threw: Error: filter failed/)
  assert.match(String(await run('ctx.call("SAY", "own")')), /unknown command 'SAY'/)
  await modis.call('MODULE', 'UNLOAD', 'lab')
  assert.match(String(await modis.call('SAY', 'plain')), /unknown command/)
})

test('publish and notify', async () => {
  await load()
  const listener = await modis.connect()
  await listener.call('SUBSCRIBE', 'channel')
  await listener.call('SUBSCRIBE', '__keyevent@0__:happened')
  await modis.call('CONFIG', 'SET', 'notify-keyspace-events', 'EAd')
  assert.is(await run('ctx.publish("channel", Buffer.from("hello"))'), '1')
  assert.equal(plain((await listener.next()).value), ['message', 'channel', 'hello'])
  await run(
    'module.setTimer(5, () => module.withDatabase(0, (inner) => inner.publish("channel", "later"))).remainingMs',
  )
  assert.equal(plain((await listener.next()).value), ['message', 'channel', 'later'])
  await run('ctx.notify("happened", "key")')
  assert.equal(plain((await listener.next()).value), ['message', '__keyevent@0__:happened', 'key'])
  await modis.call('CONFIG', 'SET', 'notify-keyspace-events', '')
  listener.close()
})

test('APIs: exported, imported by version, kept across a reload, a reason not to unload', async () => {
  const provider = (version: string, factor: number): string =>
    `{ name: 'provider', load: ({ exportApi }) => { exportApi('math', '${version}', { factor: ${factor}, scale(x) { return x * this.factor } }) } }`
  const user = (range: string): string => `{
    name: 'user',
    load: ({ importApi }) => importApi('math', '${range}'),
    commands: { 'user.scale': { summary: 'Scales.', args: { x: arg.integer() }, run: (ctx, { x }) => [ctx.state.scale(x), ctx.state.factor] } },
  }`
  folder.define('user', user('^1.0.0'))
  assert.match(String(await modis.call('MODULE', 'LOAD', 'user')), /no module exports an API 'math'/)
  folder.define('provider', provider('1.2.0', 2))
  assert.is(await modis.call('MODULE', 'LOAD', 'provider'), 'OK')
  folder.define('user', user('^2.0.0'))
  assert.match(
    String(await modis.call('MODULE', 'LOAD', 'user')),
    /module 'provider' exports the API 'math' in version 1\.2\.0; \^2\.0\.0 is wanted/,
  )
  folder.define('user', user('^1.0.0'))
  assert.is(await modis.call('MODULE', 'LOAD', 'user'), 'OK')
  assert.equal(await modis.call('user.scale', 21), [42, 2])
  assert.match(
    String(await modis.call('MODULE', 'UNLOAD', 'provider')),
    /the module exports APIs used by other modules\. Please unload them first and try again \(user\)/,
  )
  folder.define('provider', provider('1.3.0', 10))
  assert.is(await modis.call('MODULE', 'RELOAD', 'provider'), 'OK')
  assert.equal(await modis.call('user.scale', 21), [210, 10])
  folder.define('provider', provider('2.0.0', 1))
  assert.match(
    String(await modis.call('MODULE', 'RELOAD', 'provider')),
    /module 'user' uses the API 'math' \(\^1\.0\.0\), which would be version 2\.0\.0/,
  )
  assert.equal(await modis.call('user.scale', 21), [210, 10])
  folder.define('rival', `{ name: 'rival', load: ({ exportApi }) => exportApi('math', '1.0.0', {}) }`)
  assert.match(
    String(await modis.call('MODULE', 'LOAD', 'rival')),
    /the API 'math' is already exported by module 'provider'/,
  )
  assert.is(await modis.call('MODULE', 'RELOAD', 'user'), 'OK')
  assert.is(await modis.call('MODULE', 'UNLOAD', 'user'), 'OK')
  assert.is(await modis.call('MODULE', 'UNLOAD', 'provider'), 'OK')
})

test.run()
