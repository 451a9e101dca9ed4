import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RawClient } from '../support/raw-client.ts'
import { start, startModis } from '../support/servers.ts'
import { ModuleFolder, ModuleServer, plain } from './module-folder.ts'

const test = suite('configuration and modules')
const folder = new ModuleFolder()
let modis: ModuleServer

const tuned = (extra = ''): string => `{
  name: 'tuned',
  config: {
    size: config.integer({ default: 1024, min: 1, max: 1048576, memory: true }),
    count: config.integer({ default: 5, min: -10, max: 10 }),
    strict: config.boolean({ default: false }),
    mode: config.enum({ values: ['fast', 'exact', 'Both'], default: 'fast' }),
    parts: config.flags({ values: ['a', 'b', 'c'], default: ['a'] }),
    title: config.string({
      default: '', maxLength: 5,
      apply(value) { if (value === 'bad') throw new Error('a bad title'); applied.push(value) },
    }),
    fixed: config.integer({ default: 1, immutable: true }),
    secret: config.string({ default: 'x', hidden: true, sensitive: true, maxLength: 3 }),
    guarded: config.string({ default: 'x', protected: true }),
    ${extra}
  },
  load: ({ args }) => args,
  commands: {
    'tuned.get': { summary: 'Configuration.', run: (ctx) => JSON.stringify(ctx.config) },
    'tuned.args': { summary: 'Arguments.', run: (ctx) => ctx.state },
    'tuned.applied': { summary: 'Applied.', run: () => applied.splice(0) },
  },
}`

test.before(async () => {
  folder.define('tuned', tuned(), 'const applied = []')
  folder.define(
    'greet',
    `{ name: 'greet', commands: { 'greet.say': { summary: 'Says.', run: () => 'hello' } } }`,
  )
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

const defaults = {
  size: 1024,
  count: 5,
  strict: false,
  mode: 'fast',
  parts: ['a'],
  title: '',
  fixed: 1,
  secret: 'x',
  guarded: 'x',
}
const values = async (): Promise<Record<string, unknown>> => JSON.parse(String(await modis.call('tuned.get')))

test('what may be secret of MODULE LOADEX is not shown by SLOWLOG', async () => {
  await modis.call('CONFIG', 'SET', 'slowlog-log-slower-than', 0)
  const given = [
    'CONFIG',
    'tuned.count',
    '3',
    'CONFIG',
    'tuned.secret',
    'abc',
    'CONFIG',
    'title',
    'def',
    'ARGS',
    'CONFIG',
    'a',
    'b',
  ]
  assert.is(await modis.call('MODULE', 'LOADEX', 'tuned', ...given), 'OK')
  await modis.call('MODULE', 'UNLOAD', 'tuned')
  await modis.call('MODULE', 'LOADEX', 'nosuch', 'CONFIG', 'nosuch.key', 'ghi')
  await modis.call('CONFIG', 'SET', 'slowlog-log-slower-than', 10_000)
  const entries = (await modis.call('SLOWLOG', 'GET', 10)) as [number, number, number, string[]][]
  const lines = entries.map(([, , , args]) => args.join(' '))
  const shown =
    'MODULE LOADEX tuned CONFIG tuned.count 3 CONFIG tuned.secret (redacted) CONFIG title (redacted) ARGS CONFIG a b'
  assert.ok(lines.includes(shown), lines.join('\n'))
  assert.ok(lines.includes('MODULE LOADEX nosuch CONFIG nosuch.key (redacted)'), lines.join('\n'))
})

test('every type in CONFIG GET and SET, once for each CONFIG SET', async () => {
  const given = ['CONFIG', 'tuned.count', '-3', 'CONFIG', 'tuned.fixed', '9']
  assert.is(await modis.call('MODULE', 'LOADEX', 'tuned', ...given), 'OK')
  assert.equal(await values(), { ...defaults, count: -3, fixed: 9 })
  const settings = {
    'tuned.size': '2kb',
    'tuned.strict': 'YES',
    'TUNED.mode': 'Exact',
    'tuned.parts': 'c b',
    'tuned.title': 'hello',
  }
  assert.is(await modis.call('CONFIG', 'SET', ...Object.entries(settings).flat()), 'OK')
  const changed = {
    ...defaults,
    count: -3,
    fixed: 9,
    size: 2048,
    strict: true,
    mode: 'exact',
    parts: ['b', 'c'],
    title: 'hello',
  }
  assert.equal(await values(), changed)
  assert.equal(await modis.call('tuned.applied'), ['hello'])
  assert.equal(await modis.call('CONFIG', 'GET', 'tuned.s*'), ['tuned.size', '2048', 'tuned.strict', 'yes'])
  assert.equal(await modis.call('CONFIG', 'GET', 'tuned.secret'), ['tuned.secret', 'x'])
  folder.define('tuned', tuned('added: config.integer({ default: 77 }),'), 'const applied = []')
  assert.is(await modis.call('MODULE', 'LOADEX', 'tuned', 'CONFIG', 'count', '4'), 'OK')
  assert.equal(await values(), { ...changed, count: 4, added: 77 })
  await modis.call('MODULE', 'UNLOAD', 'tuned')
  assert.equal(await modis.call('CONFIG', 'GET', 'tuned.*'), [])
  folder.define('tuned', tuned(), 'const applied = []')
})

test('bad values: which parameter, what is allowed, and nothing is changed', async () => {
  await modis.call('MODULE', 'LOAD', 'tuned')
  const wrong: [string, string, RegExp][] = [
    ['count', '11', /- argument must be an integer between -10 and 10 inclusive, got '11'$/],
    ['count', 'x', /- argument must be an integer between -10 and 10 inclusive, got 'x'$/],
    ['strict', 'maybe', /- argument must be 'yes' or 'no', got 'maybe'$/],
    ['mode', 'slow', /- argument\(s\) must be one of the following: fast, exact, Both, got 'slow'$/],
    [
      'parts',
      'd a',
      /- argument\(s\) must be some of the following, separated by spaces: a, b, c, got 'd a'$/,
    ],
    ['title', 'too long', /- argument must not be longer than 5 bytes, got 'too long'$/],
    ['title', 'bad', /- a bad title$/],
    ['secret', 'xxxxx', /- argument must not be longer than 3 bytes$/],
    ['fixed', '2', /can't set immutable config/],
    ['guarded', 'y', /can't set protected config/],
    ['none', '1', /Unknown option/],
  ]
  for (const [name, text, reason] of wrong) {
    const reply = await modis.call('CONFIG', 'SET', 'tuned.size', '1', `tuned.${name}`, text)
    assert.match(String(reply), reason, name)
    assert.match(String(reply), `'tuned.${name}'`)
    assert.equal(await values(), defaults, name)
  }
})

test('the names of an enum are matched and shown in the letters they were declared with', async () => {
  await modis.call('MODULE', 'LOAD', 'tuned')
  assert.is(await modis.call('CONFIG', 'SET', 'tuned.mode', 'both'), 'OK')
  assert.equal(await modis.call('CONFIG', 'GET', 'tuned.mode'), ['tuned.mode', 'Both'])
})

test('CONFIG SET module-add loads, with arguments, and loads again', async () => {
  assert.is(await modis.call('CONFIG', 'SET', 'module-add', 'tuned one two'), 'OK')
  assert.equal(await modis.call('tuned.args'), ['one', 'two'])
  assert.equal(await modis.call('CONFIG', 'GET', 'module-add'), ['module-add', 'tuned'])
  assert.is(await modis.call('CONFIG', 'SET', 'module-add', 'tuned three'), 'OK')
  assert.equal(await modis.call('tuned.args'), ['three'])
  assert.match(
    String(await modis.call('CONFIG', 'SET', 'module-add', 'nothing')),
    /^-ERR CONFIG SET failed \(possibly related to argument 'module-add'\) - .*no package 'nothing'/,
  )
})

/** Starts a server with a configuration file; resolves with its log and how it ended where it does not start. */
async function startWith(
  lines: string[],
  ...args: string[]
): Promise<{ client: RawClient; file: string; stop(): Promise<void> }> {
  const home = mkdtempSync(join(folder.root, 'home-'))
  const file = join(home, 'redis.conf')
  writeFileSync(file, `${[`module-directories ${folder.directory}`, 'save ""', ...lines].join('\n')}\n`)
  const main = new URL('../../packages/server/src/main.ts', import.meta.url).pathname
  const program = ['--conditions=modis-source', '--import', 'tsx', main, file, ...args]
  const server = await start(process.execPath, program, {})
  const client = await RawClient.connect(server.port)
  return {
    client,
    file,
    stop: async () => {
      client.close()
      await server.stop()
    },
  }
}

test('modules and their parameters in the configuration file and on the command line', async () => {
  const lines = ['loadmodule tuned from "the file"', 'tuned.count 7', 'tuned.parts a c', 'module-add greet']
  const server = await startWith(lines, '--tuned.title', 'line')
  assert.equal(plain(await server.client.call('tuned.args')), ['from', 'the file'])
  const shown = JSON.parse(String(plain(await server.client.call('tuned.get'))))
  assert.equal(shown, { ...defaults, count: 7, parts: ['a', 'c'], title: 'line' })
  assert.is(plain(await server.client.call('greet.say')), 'hello')
  await server.client.call('CONFIG', 'SET', 'tuned.count', '8')
  assert.is(plain(await server.client.call('CONFIG', 'REWRITE')), 'OK')
  const rewritten = readFileSync(server.file, 'utf8')
  assert.match(rewritten, /^loadmodule tuned from "the file"$/m)
  assert.match(rewritten, /^module-add greet$/m)
  assert.match(rewritten, /^tuned\.count 8$/m)
  await server.stop()
})

test('a parameter is found in any case, and shown as the module spells it', async () => {
  folder.define(
    'mixed',
    `{
      name: 'Mixed',
      config: { maxItems: config.integer({ default: 3 }) },
      commands: { 'mixed.max': { summary: 'Parameter.', run: (ctx) => ctx.config.maxItems } },
    }`,
  )
  const server = await startWith(['loadmodule mixed', 'mixed.MAXITEMS 4'])
  const call = async (...words: [string, ...string[]]): Promise<unknown> =>
    plain(await server.client.call(...words))
  assert.is(await call('mixed.max'), 4)
  assert.is(await call('CONFIG', 'SET', 'Mixed.maxItems', '5'), 'OK')
  assert.equal(await call('CONFIG', 'GET', 'MIXED.*'), ['Mixed.maxItems', '5'])
  assert.equal(await call('CONFIG', 'GET', 'mixed.maxitems'), ['mixed.maxitems', '5'])
  assert.is(await call('MODULE', 'RELOAD', 'Mixed'), 'OK')
  assert.is(await call('mixed.max'), 5)
  assert.is(await call('CONFIG', 'REWRITE'), 'OK')
  assert.match(readFileSync(server.file, 'utf8'), /^Mixed\.maxItems 5$/m)
  assert.is(await call('CONFIG', 'REWRITE'), 'OK')
  assert.match(readFileSync(server.file, 'utf8'), /^Mixed\.maxItems 5$/m)
  assert.is(await call('MODULE', 'UNLOAD', 'Mixed'), 'OK')
  assert.equal(await call('CONFIG', 'GET', 'Mixed.maxItems'), [])
  await server.stop()
})

test('a reload leaves the order of the modules in the configuration file', async () => {
  const server = await startWith(['loadmodule tuned', 'loadmodule greet'])
  assert.is(plain(await server.client.call('MODULE', 'RELOAD', 'tuned')), 'OK')
  await server.client.call('CONFIG', 'REWRITE')
  assert.match(readFileSync(server.file, 'utf8'), /^loadmodule tuned\nloadmodule greet$/m)
  await server.stop()
})

test('a module that needs another stands after it in the configuration file, whatever brought each in', async () => {
  folder.define('needy', `{ name: 'needy', requires: { modules: { greet: '^1.0.0' } }, commands: {} }`)
  const server = await startWith(['# modules', 'loadmodule tuned', '# more'])
  await server.client.call('CONFIG', 'SET', 'module-add', 'greet')
  assert.is(plain(await server.client.call('MODULE', 'LOAD', 'needy')), 'OK')
  assert.is(plain(await server.client.call('CONFIG', 'REWRITE')), 'OK')
  const rewritten = readFileSync(server.file, 'utf8')
  await server.stop()
  assert.match(
    rewritten,
    /^# modules\nloadmodule tuned\n# more$[\s\S]*^module-add greet\n+loadmodule needy$/m,
  )
  const again = await startWith(rewritten.split('\n').filter((line) => !line.startsWith('dir ')))
  assert.is(plain(await again.client.call('greet.say')), 'hello')
  await again.stop()
})

test('a module that does not load stops the start with the reason', async () => {
  const failing: [string[], RegExp][] = [
    [['loadmodule nothing'], /no package 'nothing'; looked in .*MODIS_MODULE_NOT_FOUND/],
    [['loadmodule tuned', 'tuned.count 11'], /tuned\.count: .*between -10 and 10/],
    [['loadmodule tuned', 'tuned.none 1'], /no parameter 'tuned\.none'/],
    [['nobody.param 1'], /'nobody\.param' is configured, but no module has that parameter/],
  ]
  for (const [lines, reason] of failing) {
    const message = await startWith(lines).then(
      async (server) => {
        await server.stop()
        return 'it started'
      },
      (error: Error) => error.message,
    )
    assert.match(message, reason)
  }
})

test('modules are found in the nearest node_modules of the working directory when nothing is said', async () => {
  const server = await startModis({ save: '' })
  const client = await RawClient.connect(server.port)
  const reply = String(plain(await client.call('MODULE', 'LOAD', 'no-such-module')))
  assert.match(reply, /looked in \S*\/test\/node_modules \[|looked in \S*\/test\/node_modules,/)
  client.close()
  await server.stop()
})

test('enable-module-command: no, local and yes', async () => {
  const refusal =
    '-ERR MODULE command not allowed. If the enable-module-command option is set to "local", you can run it from a ' +
    'local connection, otherwise you need to set this option in the configuration file, and then restart the server.'
  const none = await ModuleServer.start(folder, { 'enable-module-command': 'no' })
  assert.is(await none.call('MODULE', 'LOAD', 'greet'), refusal)
  assert.is(await none.call('MODULE', 'RELOAD', 'greet'), refusal)
  assert.is(await none.call('MODULE', 'UNLOAD', 'greet'), refusal)
  assert.equal(await none.call('MODULE', 'LIST'), [])
  assert.match(
    String(await none.call('CONFIG', 'SET', 'enable-module-command', 'yes')),
    /can't set immutable config/,
  )
  await none.stop()
  assert.equal(await modis.call('CONFIG', 'GET', 'enable-module-command'), ['enable-module-command', 'local'])
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)
  if (outside === undefined) return
  const open = await ModuleServer.start(folder, { bind: '0.0.0.0', 'protected-mode': 'no' })
  const socket = connect({ host: outside.address, port: open.server.port })
  await new Promise((resolve) => socket.once('connect', resolve))
  const remote = new RawClient(socket)
  assert.is(plain(await remote.call('MODULE', 'LOAD', 'greet')), refusal)
  assert.is(
    plain(await remote.call('CONFIG', 'SET', 'module-add', 'greet')),
    "-ERR CONFIG SET failed (possibly related to argument 'module-add') - enable-module-command forbids it",
  )
  assert.is(await open.call('MODULE', 'LOAD', 'greet'), 'OK')
  assert.is(plain(await remote.call('greet.say')), 'hello')
  remote.close()
  await open.stop()
  assert.is(await modis.call('MODULE', 'LOAD', 'greet'), 'OK')
})

test.run()
