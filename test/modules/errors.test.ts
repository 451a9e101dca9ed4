import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ModuleFolder, ModuleServer } from './module-folder.ts'

const test = suite('errors of modules')
const folder = new ModuleFolder()
let modis: ModuleServer

const empty = `{ name: 'empty' }`

test.before(async () => {
  modis = await ModuleServer.start(folder)
})
test.after(async () => {
  await modis.stop()
  folder.remove()
})
test.after.each(async () => {
  assert.is(await modis.call('PING'), 'PONG')
})

/** Asserts that a load is refused at a step with a reason and a code, and leaves nothing behind. */
async function refused(step: string, reason: RegExp, code: string, ...command: string[]): Promise<void> {
  const before = await state()
  const reply = String(await modis.call(...command))
  assert.ok(reply.startsWith(`-ERR Error loading the extension. ${step}: `), reply)
  assert.match(reply, reason)
  assert.ok(reply.endsWith(`[${code}]`), reply)
  assert.equal(await state(), before)
}

/** What clients see of modules. */
async function state(): Promise<unknown> {
  return [
    await modis.call('MODULE', 'LIST'),
    await modis.call('COMMAND', 'COUNT'),
    await modis.call('CONFIG', 'GET', '*.*'),
  ]
}

const load = (...words: string[]): string[] => ['MODULE', 'LOAD', ...words]

/** Compiles C to a shared object. */
function compile(name: string, source: string, ...options: string[]): string {
  const path = join(folder.root, name)
  writeFileSync(`${path}.c`, source)
  execFileSync('cc', ['-shared', '-fPIC', '-o', path, `${path}.c`, ...options])
  return path
}

test('what is not there: where it was looked for', async () => {
  await refused(
    'resolve',
    new RegExp(`no package 'nothing'; looked in ${folder.directory}`),
    'MODIS_MODULE_NOT_FOUND',
    ...load('nothing'),
  )
  await refused(
    'resolve',
    /there is no file or folder \/no\/such\.so/,
    'MODIS_MODULE_NOT_FOUND',
    ...load('/no/such.so'),
  )
})

test('names that are none', async () => {
  for (const name of ['', '../../etc', 'a/../../b', 'with space', '@scope', '/etc/passwd'])
    await refused(
      'resolve',
      /./,
      name.startsWith('..') ? 'MODIS_MODULE_NOT_FOUND' : 'MODIS_MODULE_NAME',
      ...load(name),
    )
})

test('packages without a usable manifest or entry', async () => {
  folder.write('no-json', { 'package.json': '{ "name": ' })
  await refused('resolve', /no-json\/package\.json is not JSON/, 'MODIS_MODULE_MANIFEST', ...load('no-json'))
  folder.write('not-exported', {}, { exports: { './other': './index.js' } })
  await refused(
    'resolve',
    /"exports" of .* does not give an entry/,
    'MODIS_MODULE_MANIFEST',
    ...load('not-exported'),
  )
  await refused(
    'resolve',
    /"exports" of .* does not give '\.\/part'/,
    'MODIS_MODULE_MANIFEST',
    ...load('not-exported/part'),
  )
  folder.write('unbuilt', {}, { exports: './dist/index.js' })
  await refused(
    'resolve',
    /dist\/index\.js, the entry of the package, does not exist; was it built\?/,
    'MODIS_MODULE_NO_ENTRY',
    ...load('unbuilt'),
  )
  folder.write('outside', {}, { exports: undefined, main: '../empty/index.js' })
  await refused('resolve', /lies outside of the package/, 'MODIS_MODULE_MANIFEST', ...load('outside'))
  mkdirSync(join(folder.root, 'plain-folder'))
  await refused(
    'resolve',
    /cannot read .*plain-folder\/package\.json/,
    'MODIS_MODULE_MANIFEST',
    ...load(join(folder.root, 'plain-folder')),
  )
  folder.write('nothing-in-it', {}, { exports: undefined })
  await refused('resolve', /has no entry/, 'MODIS_MODULE_NO_ENTRY', ...load('nothing-in-it'))
})

test('a binary for another platform', async () => {
  folder.write('foreign', { 'prebuilds/plan9-mips/foreign.node': '' }, { exports: undefined })
  await refused(
    'resolve',
    /no binary for \w+-\w+.*; found prebuilds\/plan9-mips\/foreign\.node/,
    'MODIS_MODULE_NO_PREBUILD',
    ...load('foreign'),
  )
  folder.write(
    'split',
    {},
    {
      exports: undefined,
      optionalDependencies: { 'split-plan9-mips': '1.0.0', 'split-linux-none': '1.0.0' },
    },
  )
  folder.write(
    'split-plan9-mips',
    { 'lib.so': '' },
    { exports: undefined, main: 'lib.so', os: ['plan9'], cpu: ['mips'] },
  )
  await refused(
    'resolve',
    /split-plan9-mips \(not for this platform\), split-linux-none \(not installed\)/,
    'MODIS_MODULE_NO_PREBUILD',
    ...load('split'),
  )
})

test('evaluation: a missing dependency, a throw, a syntax error, no module', async () => {
  folder.write('lonely', { 'index.js': `import 'no-such-package'` })
  await refused('open', /no-such-package/, 'MODIS_MODULE_DEPENDENCY', ...load('lonely'))
  folder.write('partial', { 'index.js': `import './no-such-file.js'` })
  await refused('open', /no-such-file\.js/, 'MODIS_MODULE_DEPENDENCY', ...load('partial'))
  folder.write('throws', {
    'index.js': `import './lib/deep.js'`,
    'lib/deep.js': `\n  throw new TypeError('too deep')`,
  })
  await refused(
    'open',
    /TypeError: too deep at lib\/deep\.js:2:\d+/,
    'MODIS_MODULE_EVALUATION',
    ...load('throws'),
  )
  await refused(
    'open',
    /TypeError: too deep at lib\/deep\.js:2:\d+/,
    'MODIS_MODULE_EVALUATION',
    ...load('throws'),
  )
  folder.write('no-module', { 'index.js': 'export default 42' })
  await refused(
    'open',
    /default export of .* is not a module made by defineModule/,
    'MODIS_MODULE_NOT_A_MODULE',
    ...load('no-module'),
  )
  folder.write('no-default', { 'index.js': 'export const x = 1' })
  await refused('open', /is not a module/, 'MODIS_MODULE_NOT_A_MODULE', ...load('no-default'))
})

test('definitions: contract, names, flags, schemas', async () => {
  folder.write('future', { 'index.js': `export default { name: 'future', contract: 99 }` })
  await refused('check', /version 99 of the contract/, 'MODIS_MODULE_CONTRACT', ...load('future'))
  const wrong: [string, RegExp][] = [
    [`{ name: 'has space' }`, /module name 'has space'/],
    [
      `{ name: 'flagged', commands: { x: { summary: 'X.', flags: ['wirte'], run: () => 1 } } }`,
      /unknown flag 'wirte'/,
    ],
    [`{ name: 'named', commands: { 'x y': { summary: 'X.', run: () => 1 } } }`, /command 'x y'/],
    [`{ name: 'silent', commands: { x: { summary: 'X.' } } }`, /needs run, raw or subcommands/],
    [`{ name: 'limits', config: { n: config.integer({ default: 5, max: 3 }) } }`, /default/],
    [`{ name: 'typed', dataTypes: [{ name: 'short' }] }`, /defineDataType/],
  ]
  for (const [definition, reason] of wrong) {
    folder.define('wrong', definition)
    await refused('check', reason, 'MODIS_MODULE_DEFINITION', ...load('wrong'))
  }
})

test('names, commands and data types that are taken: by whom', async () => {
  const type = `const type = defineDataType({ name: 'takentype', encodingVersion: 0, save() {}, load: () => 1 })`
  folder.define(
    'first',
    `{ name: 'first', commands: { 'first.x': { summary: 'X.', run: () => 1 } }, dataTypes: [type] }`,
    type,
  )
  assert.is(await modis.call(...load('first')), 'OK')
  folder.define('second', `{ name: 'first' }`)
  await refused(
    'check',
    /the name 'first' is already taken by a module, loaded from .*node_modules\/first/,
    'MODIS_MODULE_NAME_TAKEN',
    ...load('second'),
  )
  folder.define('second', `{ name: 'string' }`)
  await refused(
    'check',
    /'string' is already taken by a module, a built-in one/,
    'MODIS_MODULE_NAME_TAKEN',
    ...load('second'),
  )
  folder.define('second', `{ name: 'second', commands: { 'FIRST.X': { summary: 'X.', run: () => 1 } } }`)
  await refused(
    'check',
    /the command 'first\.x' is already taken by module 'first'/,
    'MODIS_MODULE_COMMAND_TAKEN',
    ...load('second'),
  )
  folder.define(
    'second',
    `{ name: 'second', commands: { 'second.new': { summary: 'X.', run: () => 1 }, get: { summary: 'X.', run: () => 1 } } }`,
  )
  await refused(
    'check',
    /the command 'get' is already taken by module 'string'/,
    'MODIS_MODULE_COMMAND_TAKEN',
    ...load('second'),
  )
  folder.define('second', `{ name: 'second', dataTypes: [type] }`, type)
  await refused(
    'check',
    /the data type 'takentype' is already taken by module 'first'/,
    'MODIS_MODULE_TYPE_TAKEN',
    ...load('second'),
  )
  folder.define('first', `{ name: 'renamed' }`)
  await refused(
    'check',
    /'first' now calls itself 'renamed' but is loaded as 'first'/,
    'MODIS_MODULE_NAME_TAKEN',
    ...load('first'),
  )
  assert.is(await modis.call('MODULE', 'UNLOAD', 'first'), 'OK')
})

test('requirements, with module-strict yes and no', async () => {
  folder.define('needs', `{ name: 'needs', requires: { modis: '>=99' } }`)
  await refused('check', /it needs Modis >=99; this is \d/, 'MODIS_MODULE_SERVER_VERSION', ...load('needs'))
  folder.define('needs', `{ name: 'needs', requires: { redis: '^6.0.0' } }`)
  await refused(
    'check',
    /it needs Redis \^6\.0\.0; this server acts as 7\.2\.4/,
    'MODIS_MODULE_SERVER_VERSION',
    ...load('needs'),
  )
  folder.define('needs', `{ name: 'needs', requires: { modules: { empty: '^2.0.0' } } }`)
  await refused(
    'check',
    /it needs module 'empty' \^2\.0\.0, which is not loaded/,
    'MODIS_MODULE_REQUIRED',
    ...load('needs'),
  )
  folder.define('empty', empty)
  await modis.call(...load('empty'))
  await refused(
    'check',
    /it needs module 'empty' \^2\.0\.0; 1\.0\.0 is loaded/,
    'MODIS_MODULE_REQUIRED',
    ...load('needs'),
  )
  assert.is(await modis.call('CONFIG', 'SET', 'module-strict', 'no'), 'OK')
  assert.is(await modis.call(...load('needs')), 'OK')
  await modis.logged(
    /Module 'needs': it needs module 'empty' \^2\.0\.0; 1\.0\.0 is loaded; loaded all the same, because module-strict is no/,
  )
  await modis.call('CONFIG', 'SET', 'module-strict', 'yes')
  await modis.call('MODULE', 'UNLOAD', 'needs')
  folder.define('empty', `{ ...${empty}, version: '2.5.0' }`)
  await modis.call('MODULE', 'RELOAD', 'empty')
  assert.is(await modis.call(...load('needs')), 'OK')
  folder.define('empty', `{ ...${empty}, version: '3.0.0' }`)
  assert.match(
    String(await modis.call('MODULE', 'RELOAD', 'empty')),
    /module 'needs' needs it in version \^2\.0\.0; this is 3\.0\.0/,
  )
  assert.match(
    String(await modis.call('MODULE', 'UNLOAD', 'empty')),
    /-ERR Error unloading module: .*Please unload them first and try again \(needs\)/,
  )
  await modis.call('MODULE', 'UNLOAD', 'needs')
  await modis.call('MODULE', 'UNLOAD', 'empty')
})

test('LOADEX: its words, and configuration that is unknown, twice or wrong', async () => {
  const schema = `{ name: 'tuned', config: {
    size: config.integer({ default: 5, min: 1, max: 10 }),
    mode: config.enum({ values: ['a', 'b'], default: 'a' }),
    picky: config.string({ default: '', apply(value) { if (value === 'bad') throw new Error('not that one') } }),
  } }`
  folder.define('tuned', schema)
  const loadex = (...words: string[]): string[] => ['MODULE', 'LOADEX', 'tuned', ...words]
  await refused(
    'arguments',
    /expected CONFIG or ARGS, got 'WHAT'/,
    'MODIS_MODULE_ARGUMENTS',
    ...loadex('WHAT'),
  )
  await refused(
    'arguments',
    /CONFIG is to be followed by a name and a value/,
    'MODIS_MODULE_ARGUMENTS',
    ...loadex('CONFIG', 'tuned.size'),
  )
  await refused(
    'arguments',
    /'tuned\.size' is given twice/,
    'MODIS_MODULE_CONFIG_TWICE',
    ...loadex('CONFIG', 'tuned.size', '1', 'CONFIG', 'tuned.size', '2'),
  )
  await refused(
    'arguments',
    /'TUNED\.size' is given twice/,
    'MODIS_MODULE_CONFIG_TWICE',
    ...loadex('CONFIG', 'tuned.size', '1', 'CONFIG', 'TUNED.size', '2'),
  )
  await refused(
    'check',
    /no parameter 'tuned\.none'; the module has tuned\.size, tuned\.mode, tuned\.picky/,
    'MODIS_MODULE_CONFIG_UNKNOWN',
    ...loadex('CONFIG', 'tuned.none', '1'),
  )
  await refused(
    'check',
    /tuned\.size: .*between 1 and 10.*'11'/,
    'MODIS_MODULE_CONFIG_VALUE',
    ...loadex('CONFIG', 'tuned.size', '11'),
  )
  await refused(
    'check',
    /tuned\.mode: .*a, b.*'c'/,
    'MODIS_MODULE_CONFIG_VALUE',
    ...loadex('CONFIG', 'tuned.mode', 'c'),
  )
  await refused(
    'check',
    /tuned\.picky: not that one/,
    'MODIS_MODULE_CONFIG_VALUE',
    ...loadex('CONFIG', 'tuned.picky', 'bad'),
  )
  assert.is(
    await modis.call(...loadex('CONFIG', 'tuned.size', '7', 'CONFIG', 'mode', 'B', 'ARGS', 'x', 'y')),
    'OK',
  )
  assert.equal(await modis.call('CONFIG', 'GET', 'tuned.*'), [
    'tuned.size',
    '7',
    'tuned.mode',
    'b',
    'tuned.picky',
    '',
  ])
  assert.is(await modis.call('MODULE', 'UNLOAD', 'tuned'), 'OK')
  assert.match(
    String(await modis.call('MODULE', 'LOADEX')),
    /wrong number of arguments for 'module\|loadex' command/,
  )
})

test('load throws, at once and later: what and where', async () => {
  folder.define('thrower', `{ name: 'thrower', load() { throw new Error('at once') } }`)
  await refused(
    'load',
    /load threw Error: at once at index\.js:\d+:\d+/,
    'MODIS_MODULE_THREW',
    ...load('thrower'),
  )
  folder.define('thrower', `{ name: 'thrower', async load() { await null; throw 'a string' } }`)
  await refused('load', /load threw a string/, 'MODIS_MODULE_THREW', ...load('thrower'))
  folder.define('thrower', `{ name: 'thrower', load({ call }) { call('LPUSH', 'text', 'x') } }`)
  await modis.call('SET', 'text', 'value')
  await refused(
    'load',
    /load threw CommandError: Operation against a key/,
    'MODIS_MODULE_THREW',
    ...load('thrower'),
  )
})

test('shared objects: what the dynamic linker says', async () => {
  const undefinedSymbol = compile(
    'undefined.so',
    'extern int nowhere_to_be_found(void); int RedisModule_OnLoad(void) { return nowhere_to_be_found(); }',
  )
  await refused(
    'open',
    /undefined symbol: nowhere_to_be_found/,
    'MODIS_MODULE_UNDEFINED_SYMBOL',
    ...load(undefinedSymbol),
  )
  const noOnLoad = compile('other.so', 'int something(void) { return 1; }')
  await refused('open', /does not export RedisModule_OnLoad/, 'MODIS_MODULE_NO_ONLOAD', ...load(noOnLoad))
  mkdirSync(join(folder.root, 'gone'))
  compile('gone/libgone.so', 'int gone(void) { return 1; }')
  const missing = compile(
    'missing.so',
    'extern int gone(void); int RedisModule_OnLoad(void) { return gone(); }',
    `-L${join(folder.root, 'gone')}`,
    '-lgone',
  )
  await refused(
    'open',
    /needs the library libgone\.so, which is not on this machine/,
    'MODIS_MODULE_LIBRARY_MISSING',
    ...load(missing),
  )
  const text = join(folder.root, 'text.so')
  writeFileSync(text, 'this is text\n'.repeat(100), { mode: 0o755 })
  await refused(
    'open',
    /cannot be opened on .*: invalid ELF header/,
    'MODIS_MODULE_NOT_READABLE',
    ...load(text),
  )
  const whole = readFileSync(compile('whole.so', 'int RedisModule_OnLoad(void) { return 0; }'))
  const cut = join(folder.root, 'cut.so')
  for (const length of [70, 3000]) {
    writeFileSync(cut, whole.subarray(0, length), { mode: 0o755 })
    await refused('open', /is truncated/, 'MODIS_MODULE_NOT_READABLE', ...load(cut))
  }
  const plainFile = compile('plain.so', 'int RedisModule_OnLoad(void) { return 0; }')
  chmodSync(plainFile, 0o644)
  await refused(
    'open',
    /does not have execute permissions/,
    'MODIS_MODULE_NOT_EXECUTABLE',
    ...load(plainFile),
  )
})

test('a shared object that never says its name', async () => {
  const anonymous = compile(
    'anonymous.so',
    'int RedisModule_OnLoad(void *c, void **v, int n) { (void)c; (void)v; (void)n; return 0; }',
  )
  const reason = /anonymous\.so has not called RedisModule_Init/
  await refused('load', reason, 'MODIS_MODULE_REFUSED', ...load(anonymous))
  await refused('load', reason, 'MODIS_MODULE_REFUSED', 'MODULE', 'LOADEX', anonymous, 'CONFIG', 'a.b', '1')
})

test('a shared object that needs a newer C library', async () => {
  const versions = join(folder.root, 'versions.map')
  writeFileSync(versions, 'GLIBC_9.99 { global: from_the_future; };\n')
  // A library that gives itself out for the C library of the future, and one that needs it.
  compile(
    'libfuture.so',
    'int from_the_future(void) { return 1; }',
    `-Wl,--version-script=${versions}`,
    '-Wl,-soname,libm.so.6',
  )
  const needy = compile(
    'needy.so',
    'extern int from_the_future(void); int RedisModule_OnLoad(void) { return from_the_future(); }',
    join(folder.root, 'libfuture.so'),
  )
  await refused(
    'open',
    /needs GLIBC_9\.99; the C library of this machine is older/,
    'MODIS_MODULE_LIBC',
    ...load(needy),
  )
})

test('unloading what is not there or built in', async () => {
  assert.is(
    await modis.call('MODULE', 'UNLOAD', 'nothing'),
    '-ERR Error unloading module: no such module with that name',
  )
  assert.is(
    await modis.call('MODULE', 'RELOAD', 'nothing'),
    '-ERR Error reloading the extension. no such module with that name',
  )
  assert.is(
    await modis.call('MODULE', 'UNLOAD', 'string'),
    "-ERR Error unloading module: 'string' is part of the server",
  )
  assert.is(await modis.call('MODULE', 'WHAT'), "-ERR unknown subcommand 'WHAT'. Try MODULE HELP.")
  assert.match(String(await modis.call('MODULE', 'HELP')), /RELOAD/)
})

test.run()
