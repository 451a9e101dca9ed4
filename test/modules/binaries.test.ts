import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/until.ts'
import { ModuleFolder, ModuleServer } from './module-folder.ts'

const test = suite('Redis module binaries')
const include = fileURLToPath(new URL('../../packages/bridge/include', import.meta.url))
const folder = new ModuleFolder()
const target = `${process.platform}-${process.arch}`
let modis: ModuleServer

/** A Redis module with a command that replies `version`, a data type of counters, and an OnUnload. */
const source = (version: string, onLoad = 'return REDISMODULE_OK;'): string => `
#include <stdlib.h>
#include "redismodule.h"
static RedisModuleType *type;
static int reply_version(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv; (void)argc;
  return RedisModule_ReplyWithCString(ctx, "${version}");
}
static int add(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc != 2) return RedisModule_WrongArity(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ | REDISMODULE_WRITE);
  long long *value = NULL;
  if (RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY) {
    value = RedisModule_Calloc(1, sizeof *value);
    RedisModule_ModuleTypeSetValue(key, type, value);
  } else value = RedisModule_ModuleTypeGetValue(key);
  (*value)++;
  RedisModule_CloseKey(key);
  return RedisModule_ReplyWithLongLong(ctx, *value);
}
static void save(RedisModuleIO *io, void *value) { RedisModule_SaveSigned(io, *(long long *)value); }
static void *load(RedisModuleIO *io, int version) {
  (void)version;
  long long *value = RedisModule_Alloc(sizeof *value);
  *value = RedisModule_LoadSigned(io);
  return value;
}
int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv; (void)argc;
  if (RedisModule_Init(ctx, "tally", ${version.length}, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  RedisModuleTypeMethods methods = { .version = REDISMODULE_TYPE_METHOD_VERSION, .rdb_save = save, .rdb_load = load, .free = RedisModule_Free };
  type = RedisModule_CreateDataType(ctx, "tally-cnt", 0, &methods);
  if (type == NULL) return REDISMODULE_ERR;
  if (RedisModule_CreateCommand(ctx, "tally.version", reply_version, "readonly fast", 0, 0, 0) != REDISMODULE_OK) return REDISMODULE_ERR;
  if (RedisModule_CreateCommand(ctx, "tally.add", add, "write", 1, 1, 1) != REDISMODULE_OK) return REDISMODULE_ERR;
  ${onLoad}
}
int RedisModule_OnUnload(RedisModuleCtx *ctx) {
  RedisModule_Log(ctx, "notice", "unloading version ${version}");
  return REDISMODULE_OK;
}
`

/** Compiles a module to `path`. */
function compile(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true })
  const file = join(folder.root, 'module.c')
  writeFileSync(file, text)
  execFileSync('cc', ['-shared', '-fPIC', '-O1', `-I${include}`, '-o', path, file])
  return path
}

test.before(async () => {
  modis = await ModuleServer.start(folder)
})
test.after(async () => {
  await modis.stop()
  folder.remove()
})
test.after.each(async () => {
  await modis.call('FLUSHALL')
  await modis.call('MODULE', 'UNLOAD', 'tally')
})

const kindIs = async (kind: string): Promise<void> =>
  assert.match(String(await modis.call('INFO', 'modules')), new RegExp(`modulestat_tally:kind=${kind},`))

test('a shared object by its path: loaded, replaced in place, reloaded, unloaded', async () => {
  const path = compile(join(folder.root, 'tally.so'), source('one'))
  assert.is(await modis.call('MODULE', 'LOAD', path), 'OK')
  await kindIs('shared-object')
  assert.equal(await modis.call('MODULE', 'LIST'), [['name', 'tally', 'ver', 3, 'path', path, 'args', []]])
  assert.equal(
    [
      await modis.call('tally.version'),
      await modis.call('tally.add', 'k'),
      await modis.call('tally.add', 'k'),
    ],
    ['one', 1, 2],
  )
  // Overwriting the very file that is in use would crash a server that had opened it itself.
  copyFileSync(compile(join(folder.root, 'newer.so'), source('three')), path)
  assert.is(await modis.call('tally.version'), 'one')
  assert.is(await modis.call('MODULE', 'RELOAD', 'tally'), 'OK')
  assert.equal([await modis.call('tally.version'), await modis.call('tally.add', 'k')], ['three', 3])
  await modis.logged(/<tally> unloading version one/)
  assert.is(
    await modis.call('MODULE', 'UNLOAD', 'tally'),
    "-ERR Error unloading module: the module exports one or more module-side data types, can't unload",
  )
  await modis.call('DEL', 'k')
  assert.is(await modis.call('MODULE', 'UNLOAD', 'tally'), 'OK')
  await modis.logged(/<tally> unloading version three/)
  assert.match(String(await modis.call('tally.version')), /unknown command/)
})

test('the old version goes on when OnLoad of the new one refuses', async () => {
  const path = compile(join(folder.root, 'tally.so'), source('one'))
  await modis.call('MODULE', 'LOAD', path)
  await modis.call('tally.add', 'k')
  compile(path, source('two', 'return REDISMODULE_ERR;'))
  assert.match(String(await modis.call('MODULE', 'RELOAD', 'tally')), /load: .*\[MODIS_MODULE_REFUSED\]$/)
  assert.equal([await modis.call('tally.version'), await modis.call('tally.add', 'k')], ['one', 2])
})

test('an OnLoad that refuses leaves nothing behind', async () => {
  const path = compile(join(folder.root, 'refuses.so'), source('none', 'return REDISMODULE_ERR;'))
  assert.match(String(await modis.call('MODULE', 'LOAD', path)), /load: .*\[MODIS_MODULE_REFUSED\]$/)
  assert.equal(await modis.call('MODULE', 'LIST'), [])
  assert.match(String(await modis.call('tally.version')), /unknown command/)
  assert.is(await modis.call('MODULE', 'LOAD', compile(join(folder.root, 'fine.so'), source('fine'))), 'OK')
})

test('parameters of a Redis module: all of 64 bits, any bytes, names in any letters; what INFO says of its options', async () => {
  const config = `
  if (RedisModule_RegisterNumericConfig(ctx, "long", 1, REDISMODULE_CONFIG_DEFAULT, INT64_MIN, INT64_MAX, get_long, set_long, NULL, NULL) != REDISMODULE_OK) return REDISMODULE_ERR;
  if (RedisModule_RegisterStringConfig(ctx, "bytes", "none", REDISMODULE_CONFIG_DEFAULT, get_bytes, set_bytes, NULL, NULL) != REDISMODULE_OK) return REDISMODULE_ERR;
  const char *names[] = {"Red", "Green"};
  const int values[] = {1, 2};
  if (RedisModule_RegisterEnumConfig(ctx, "colours", 1, REDISMODULE_CONFIG_BITFLAGS, names, values, 2, get_colours, set_colours, NULL, NULL) != REDISMODULE_OK) return REDISMODULE_ERR;
  if (RedisModule_LoadConfigs(ctx) != REDISMODULE_OK) return REDISMODULE_ERR;
  RedisModule_SetModuleOptions(ctx, REDISMODULE_OPTIONS_HANDLE_IO_ERRORS | REDISMODULE_OPTION_NO_IMPLICIT_SIGNAL_MODIFIED);
  return REDISMODULE_OK;`
  const accessors = `
static long long number = 0;
static long long get_long(const char *name, void *data) { (void)name; (void)data; return number; }
static int set_long(const char *name, long long value, void *data, RedisModuleString **error) { (void)name; (void)data; (void)error; number = value; return REDISMODULE_OK; }
static RedisModuleString *bytes = NULL;
static RedisModuleString *get_bytes(const char *name, void *data) { (void)name; (void)data; return bytes; }
static int set_bytes(const char *name, RedisModuleString *value, void *data, RedisModuleString **error) { (void)name; (void)data; (void)error; RedisModule_RetainString(NULL, value); bytes = value; return REDISMODULE_OK; }
static int colours = 0;
static int get_colours(const char *name, void *data) { (void)name; (void)data; return colours; }
static int set_colours(const char *name, int value, void *data, RedisModuleString **error) { (void)name; (void)data; (void)error; colours = value; return REDISMODULE_OK; }
int RedisModule_OnLoad`
  const text = source('1', config).replace('int RedisModule_OnLoad', accessors)
  const path = compile(join(folder.root, 'configured.so'), `#include <stdint.h>\n${text}`)
  const raw = Buffer.from('61ff00c3', 'hex')
  const given = ['CONFIG', 'tally.long', '9223372036854775807', 'CONFIG', 'tally.bytes', raw]
  assert.is(await modis.call('MODULE', 'LOADEX', path, ...given), 'OK')
  assert.match(
    String(await modis.call('INFO', 'modules')),
    /name=tally,.*,options=\[handle-io-errors\|no-implicit-signal-modified\]/,
  )
  const shown = (await modis.client.call('CONFIG', 'GET', 'tally.bytes')) as string[]
  assert.is(shown[1], raw.toString('latin1'))
  assert.equal(await modis.call('CONFIG', 'GET', 'tally.long'), ['tally.long', '9223372036854775807'])
  assert.is(
    await modis.call('CONFIG', 'SET', 'tally.long', '-9223372036854775808', 'tally.colours', 'green RED'),
    'OK',
  )
  assert.equal(await modis.call('CONFIG', 'GET', 'tally.colours'), ['tally.colours', 'Red Green'])
  assert.equal(await modis.call('CONFIG', 'GET', 'tally.long'), ['tally.long', '-9223372036854775808'])
  assert.match(
    String(await modis.call('CONFIG', 'SET', 'tally.long', '9223372036854775808')),
    /'tally\.long'\) - argument must be between -9223372036854775808 and 9223372036854775807 inclusive, got '9223372036854775808'$/,
  )
  assert.match(
    String(await modis.call('CONFIG', 'SET', 'tally.colours', 'blue')),
    /argument\(s\) must be one of the following: Red, Green, got 'blue'$/,
  )
})

test('a package that ships a prebuilt binary', async () => {
  folder.write('tally-prebuilt', {}, { exports: undefined })
  compile(folder.path('tally-prebuilt', 'prebuilds', target, 'tally-prebuilt.node'), source('prebuilt'))
  assert.is(await modis.call('MODULE', 'LOAD', 'tally-prebuilt'), 'OK')
  await kindIs('redis-module-package')
  assert.is(await modis.call('tally.version'), 'prebuilt')
  compile(folder.path('tally-prebuilt', 'prebuilds', target, 'tally-prebuilt.node'), source('prebuilt again'))
  assert.is(await modis.call('MODULE', 'RELOAD', 'tally'), 'OK')
  assert.is(await modis.call('tally.version'), 'prebuilt again')
})

test('a package whose main is a shared object', async () => {
  folder.write('tally-main', {}, { exports: undefined, main: './lib/tally.so' })
  compile(folder.path('tally-main', 'lib', 'tally.so'), source('main'))
  assert.is(await modis.call('MODULE', 'LOAD', folder.path('tally-main')), 'OK')
  assert.is(await modis.call('tally.version'), 'main')
})

test('a package with one optional package for each platform', async () => {
  const optional = { 'tally-other': '1.0.0', 'tally-here': '1.0.0' }
  folder.write('tally-platforms', {}, { exports: undefined, optionalDependencies: optional })
  folder.write('tally-other', { 'tally.so': '' }, { exports: undefined, main: 'tally.so', os: ['plan9'] })
  const here = { exports: undefined, main: 'tally.so', os: [process.platform], cpu: [process.arch] }
  folder.write('tally-here', {}, here)
  compile(folder.path('tally-here', 'tally.so'), source('platform'))
  assert.is(await modis.call('MODULE', 'LOAD', 'tally-platforms'), 'OK')
  await kindIs('redis-module-package')
  assert.is(await modis.call('tally.version'), 'platform')
})

test('private copies go with the server', async () => {
  const path = compile(join(folder.root, 'tally.so'), source('copy'))
  const server = await ModuleServer.start(folder)
  const copies = (): string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`modis-${server.server.process.pid}-`))
  await server.call('MODULE', 'LOAD', path)
  assert.is(copies().length, 1)
  await server.call('MODULE', 'RELOAD', 'tally')
  await until('the copy of the old version to go', () => copies().length === 1)
  await server.stop()
  assert.equal(copies(), [])
  assert.ok(existsSync(path))
})

test.run()
