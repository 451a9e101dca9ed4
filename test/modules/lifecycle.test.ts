import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ModuleFolder, ModuleServer, plain } from './module-folder.ts'

const test = suite('module lifecycle')
const folder = new ModuleFolder()
let modis: ModuleServer

const greeter = (greeting: string): string =>
  `{ name: 'greet', commands: { 'greet.say': { summary: 'Greets.', run: () => '${greeting}' } } }`

test.before(async () => {
  modis = await ModuleServer.start(folder)
})
test.after(async () => {
  await modis.stop()
  folder.remove()
})
test.after.each(async () => {
  for (const module of (await modis.call('MODULE', 'LIST')) as string[][])
    await modis.call('MODULE', 'UNLOAD', module[1] ?? '')
})

test('a package is loaded by name, listed, called and unloaded', async () => {
  const path = folder.define('greet', greeter('hello'), '', { version: '1.2.3' })
  assert.is(await modis.call('MODULE', 'LOAD', 'greet', 'a', 'b c'), 'OK')
  assert.equal(await modis.call('MODULE', 'LIST'), [
    ['name', 'greet', 'ver', 10203, 'path', path, 'args', ['a', 'b c']],
  ])
  assert.is(await modis.call('greet.say'), 'hello')
  assert.is(await modis.call('GREET.SAY'), 'hello')
  assert.is(await modis.call('MODULE', 'UNLOAD', 'greet'), 'OK')
  assert.equal(await modis.call('MODULE', 'LIST'), [])
  assert.match(String(await modis.call('greet.say')), /^-ERR unknown command 'greet.say'/)
  await modis.logged(/Module 'greet' loaded from .*greet \(package, 1\.2\.3, 1 command, [\d.]+ ms\)/)
  for (const state of ['resolved', 'opened', 'checked', 'live', 'unloaded'])
    await modis.logged(new RegExp(`Module 'greet': ${state} after [\\d.]+ ms`))
})

test('a package is loaded by its folder, its scope, a subpath and a symbolic link', async () => {
  const path = folder.define('by-folder', greeter('folder'))
  assert.is(await modis.call('MODULE', 'LOAD', path), 'OK')
  assert.is(await modis.call('greet.say'), 'folder')
  await modis.call('MODULE', 'UNLOAD', 'greet')

  folder.define('@scope/greet', greeter('scoped'))
  assert.is(await modis.call('MODULE', 'LOAD', '@scope/greet'), 'OK')
  assert.is(await modis.call('greet.say'), 'scoped')
  await modis.call('MODULE', 'UNLOAD', 'greet')

  const source = `import { defineModule } from '@modis/sdk'\nexport default defineModule(${greeter('part')})`
  folder.write('parts', { 'lib/part.js': source }, { exports: { './part': './lib/part.js' } })
  assert.is(await modis.call('MODULE', 'LOAD', 'parts/part'), 'OK')
  assert.is(await modis.call('greet.say'), 'part')
  await modis.call('MODULE', 'UNLOAD', 'greet')

  const workspace = join(folder.root, 'workspace')
  mkdirSync(workspace)
  cpSync(path, join(workspace, 'linked'), { recursive: true })
  symlinkSync(join(workspace, 'linked'), folder.path('linked'))
  assert.is(await modis.call('MODULE', 'LOAD', 'linked'), 'OK')
  assert.is(await modis.call('greet.say'), 'folder')
})

test('a module in CommonJS is loaded, compiled ones with a default within their exports included', async () => {
  const text = `const sdk = require('@modis/sdk'); module.exports = sdk.defineModule(${greeter('cjs')})`
  folder.write('cjs', { 'index.js': text }, { type: 'commonjs', exports: undefined, main: 'index.js' })
  const reply = await modis.call('MODULE', 'LOAD', 'cjs')
  // Node 20 cannot require an ESM package such as the SDK; where it can, the module is loaded.
  if (reply !== 'OK') assert.match(String(reply), /MODIS_MODULE_EVALUATION/)
  const wrapped = `export default { default: (await import('./real.js')).default }`
  const real = `import { defineModule } from '@modis/sdk'\nexport default defineModule(${greeter('wrapped')})`
  folder.write('wrapped', { 'index.js': wrapped, 'real.js': real })
  await modis.call('MODULE', 'UNLOAD', 'greet')
  assert.is(await modis.call('MODULE', 'LOAD', 'wrapped'), 'OK')
  assert.is(await modis.call('greet.say'), 'wrapped')
})

const files = (version: number): Record<string, string> => ({
  'index.js': `import { defineModule } from '@modis/sdk'
import { value } from './lib/value.js'
import data from './data.json' with { type: 'json' }
import legacy from './legacy.cjs'
import { stays } from 'dependency'
export default defineModule({
  name: 'fresh',
  commands: { 'fresh.all': { summary: 'All.', run: () => [value, data.value, legacy.value, stays] } },
})`,
  'lib/value.js': `export { value } from './deeper.js'`,
  'lib/deeper.js': `export const value = ${version}`,
  'data.json': `{ "value": ${version} }`,
  'legacy.cjs': `module.exports = require('./legacy-part.cjs')`,
  'legacy-part.cjs': `exports.value = ${version}`,
})

test('RELOAD picks up every file of the package, and none of what it depends on', async () => {
  folder.write('dependency', { 'index.js': 'export const stays = 1' })
  folder.write('fresh', files(1))
  assert.is(await modis.call('MODULE', 'LOAD', 'fresh', 'an argument'), 'OK')
  assert.equal(await modis.call('fresh.all'), [1, 1, 1, 1])
  for (const version of [2, 3]) {
    folder.write('fresh', files(version), { version: `${version}.0.0` })
    folder.write('dependency', { 'index.js': `export const stays = ${version}` })
    assert.is(await modis.call('MODULE', 'RELOAD', 'fresh'), 'OK')
    assert.equal(await modis.call('fresh.all'), [version, version, version, 1])
  }
  const [listed] = (await modis.call('MODULE', 'LIST')) as unknown[][]
  assert.equal(listed?.slice(0, 4), ['name', 'fresh', 'ver', 30000])
  assert.equal(listed?.at(-1), ['an argument'])
})

test('loading again is a reload, and a package that was mended loads after it failed', async () => {
  folder.define('greet', greeter('one'))
  await modis.call('MODULE', 'LOAD', 'greet')
  folder.define('greet', '{ name: ')
  assert.match(
    String(await modis.call('MODULE', 'LOAD', 'greet')),
    /open: \w*Error: .*index\.js:\d+.*\[MODIS_MODULE_EVALUATION\]/,
  )
  assert.is(await modis.call('greet.say'), 'one')
  folder.define('greet', greeter('two'))
  assert.is(await modis.call('MODULE', 'LOAD', 'greet'), 'OK')
  assert.is(await modis.call('greet.say'), 'two')
})

test('commands are served without a gap while the module is reloaded again and again', async () => {
  folder.define('greet', greeter('0'))
  await modis.call('MODULE', 'LOAD', 'greet')
  const other = await modis.connect()
  let isOver = false
  const replies = new Set<unknown>()
  const calling = (async () => {
    while (!isOver)
      for (const reply of await Promise.all(Array.from({ length: 20 }, () => other.call('greet.say'))))
        replies.add(plain(reply))
  })()
  for (let version = 1; version <= 10; version++) {
    folder.define('greet', greeter(String(version)))
    assert.is(await modis.call('MODULE', 'RELOAD', 'greet'), 'OK')
    assert.is(await modis.call('greet.say'), String(version))
  }
  isOver = true
  await calling
  other.close()
  assert.equal(
    [...replies].filter((reply) => !/^\d+$/.test(String(reply))),
    [],
  )
})

const counted = (version: string, load: string): string => `{
  name: 'counted',
  async load(ctx) { ${load} },
  commands: {
    'counted.version': { summary: 'Version.', run: (ctx) => ['${version}', ctx.state] },
    'counted.${version}': { summary: 'One of its own.', run: () => 'here' },
  },
  cleanup(state) { sdk.CommandError.log?.push(state) },
}`

test('the old version goes on serving when the new one fails, and nothing of the new one is left', async () => {
  folder.define('counted', counted('one', `return 'state of one'`))
  assert.is(await modis.call('MODULE', 'LOAD', 'counted'), 'OK')
  const failing = `
    ctx.onKeyspaceEvent({}, () => { throw new Error('left behind') })
    ctx.setTimer(1, () => ctx.log.warning('left behind'), { repeat: true })
    ctx.filter((command) => command.replace(0, 'left-behind'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    throw new RangeError('not today')`
  folder.define('counted', counted('two', failing))
  const reply = String(await modis.call('MODULE', 'RELOAD', 'counted'))
  assert.match(
    reply,
    /^-ERR Error reloading the extension\. load: load threw RangeError: not today at index\.js:\d+/,
  )
  assert.match(reply, /\[MODIS_MODULE_THREW\]$/)
  assert.equal(await modis.call('counted.version'), ['one', 'state of one'])
  assert.match(String(await modis.call('counted.two')), /unknown command/)
  // While it loaded, its timer could run; after the line that tells of the failure nothing of it may.
  const failure = /Module counted failed to load: .*not today.*\n/
  await modis.logged(failure)
  await modis.call('SET', 'key', 'value')
  await new Promise((resolve) => setTimeout(resolve, 30))
  const log = modis.server.log()
  const [line = ''] = failure.exec(log) ?? []
  assert.not.match(log.slice(log.indexOf(line)), /left behind/)
  folder.define('counted', counted('three', `return 'state of three'`))
  assert.is(await modis.call('MODULE', 'RELOAD', 'counted'), 'OK')
  assert.equal(await modis.call('counted.version'), ['three', 'state of three'])
  assert.match(String(await modis.call('counted.one')), /unknown command/)
})

test('cleanup gets what load returned, after an unload and after a reload', async () => {
  const tidy = `{
    name: 'tidy',
    load: ({ log, args }) => ({ log, tag: args[0] }),
    cleanup: async (state) => { await null; state.log.notice('cleaned up ' + state.tag) },
  }`
  folder.define('tidy', tidy)
  await modis.call('MODULE', 'LOAD', 'tidy', 'first')
  await modis.call('MODULE', 'LOAD', 'tidy', 'second')
  await modis.logged(/<tidy> cleaned up first/)
  assert.not.match(modis.server.log(), /<tidy> cleaned up second/)
  await modis.call('MODULE', 'UNLOAD', 'tidy')
  await modis.logged(/<tidy> cleaned up second/)
})

test('cleanup also gets what load returned when the module may not come in after all', async () => {
  const definition = (name: string): string => `{
    name: '${name}',
    load: ({ log, exportApi }) => { exportApi('tidy-api', '1.0.0', {}); return { log } },
    commands: { 'tidy.x': { summary: 'X.', run: () => 1 } },
    cleanup: (state) => state.log.notice('undone'),
  }`
  folder.define('tidy', definition('tidy'))
  await modis.call('MODULE', 'LOAD', 'tidy')
  folder.define('user', `{ name: 'user', load: ({ importApi }) => importApi('tidy-api', '^1.0.0') }`)
  await modis.call('MODULE', 'LOAD', 'user')
  folder.define('tidy', definition('tidy').replace("'1.0.0'", "'2.0.0'"))
  assert.match(String(await modis.call('MODULE', 'RELOAD', 'tidy')), /MODIS_MODULE_REQUIRED/)
  await modis.logged(/<tidy> undone/)
  assert.is(await modis.call('tidy.x'), 1)
  await modis.call('MODULE', 'UNLOAD', 'user')
})

test('the client waits for an asynchronous load, others do not', async () => {
  folder.define(
    'door',
    `{ name: 'door', commands: {
      'door.open': { summary: 'Lets the other module finish its load.', run: () => (globalThis.finishLoad === undefined ? 0 : (globalThis.finishLoad(), 1)) },
    } }`,
  )
  assert.is(await modis.call('MODULE', 'LOAD', 'door'), 'OK')
  folder.define(
    'late',
    `{ name: 'late', load: ({ log }) => new Promise((resolve) => { globalThis.finishLoad = resolve; log.notice('load has begun') }) }`,
  )
  const other = await modis.connect()
  const loading = modis.call('MODULE', 'LOAD', 'late')
  await modis.logged(/<late> load has begun/)
  const names = async (): Promise<unknown[]> =>
    (plain(await other.call('MODULE', 'LIST')) as string[][]).map((each) => each[1])
  assert.is(plain(await other.call('PING')), 'PONG')
  assert.equal(await names(), ['door'])
  assert.is(await other.call('door.open'), 1)
  assert.is(await loading, 'OK')
  assert.equal((await names()).sort(), ['door', 'late'])
  other.close()
})

test('commands of a transaction lead to the version that is live when it runs', async () => {
  folder.define('greet', greeter('one'))
  await modis.call('MODULE', 'LOAD', 'greet')
  const other = await modis.connect()
  for (const command of [['MULTI'], ['greet.say']]) await other.call(...command)
  folder.define('greet', greeter('two'))
  await modis.call('MODULE', 'RELOAD', 'greet')
  assert.equal(plain(await other.call('EXEC')), ['two'])
  for (const command of [['MULTI'], ['greet.say']]) await other.call(...command)
  await modis.call('MODULE', 'UNLOAD', 'greet')
  assert.match(JSON.stringify(plain(await other.call('EXEC'))), /unknown command 'greet\.say'/)
  other.close()
})

test('MODULE within a transaction is refused', async () => {
  folder.define('greet', greeter('one'))
  await modis.call('MULTI')
  await modis.call('MODULE', 'LOAD', 'greet')
  assert.equal(await modis.call('EXEC'), [
    '-ERR modules cannot be changed within a transaction or by a module',
  ])
})

test('several loads at once are done one after another', async () => {
  folder.define('greet', greeter('one'))
  folder.define('tidy', `{ name: 'tidy' }`)
  const clients = await Promise.all([modis.connect(), modis.connect(), modis.connect()])
  const replies = await Promise.all([
    clients[0].call('MODULE', 'LOAD', 'greet'),
    clients[1].call('MODULE', 'LOAD', 'tidy'),
    clients[2].call('MODULE', 'LOAD', 'greet'),
  ])
  assert.equal(replies.map(plain), ['OK', 'OK', 'OK'])
  for (const client of clients) client.close()
})

test('a package that vanished is unloaded all the same, and not reloaded', async () => {
  const path = folder.define('greet', greeter('one'))
  await modis.call('MODULE', 'LOAD', 'greet')
  rmSync(path, { recursive: true })
  assert.match(
    String(await modis.call('MODULE', 'RELOAD', 'greet')),
    /resolve: no package 'greet'; looked in .*MODIS_MODULE_NOT_FOUND/,
  )
  assert.is(await modis.call('greet.say'), 'one')
})

test.run()
