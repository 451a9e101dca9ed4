import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/until.ts'
import { ModuleFolder, ModuleServer, plain } from './module-folder.ts'

const test = suite('what the server does for Redis modules')
const include = fileURLToPath(new URL('../../packages/bridge/include', import.meta.url))
const folder = new ModuleFolder()
const library = join(folder.root, 'services.so')
let modis: ModuleServer

/** A module that decides about logins, hides arguments, tells its keys, notes latencies, calls what blocks and leaves jobs. */
const source = `
#include <stdio.h>
#include <string.h>
#include "redismodule.h"
static long long changes;
static void on_change(uint64_t client, void *data) { (void)client; (void)data; changes++; }
static int is(RedisModuleString *string, const char *text) { return strcmp(RedisModule_StringPtrLen(string, NULL), text) == 0; }
static int decide(RedisModuleCtx *ctx, RedisModuleString *user, RedisModuleString *password, RedisModuleString **error) {
  if (is(password, "module")) {
    if (RedisModule_AuthenticateClientWithACLUser(ctx, "default", 7, on_change, NULL, NULL) != REDISMODULE_OK) return REDISMODULE_AUTH_NOT_HANDLED;
    return REDISMODULE_AUTH_HANDLED;
  }
  if (is(password, "nobody")) {
    return RedisModule_AuthenticateClientWithACLUser(ctx, "nobody", 6, NULL, NULL, NULL) == REDISMODULE_OK ? 99 : REDISMODULE_AUTH_HANDLED;
  }
  if (is(password, "refused")) *error = RedisModule_CreateString(ctx, "not today", 9);
  if (is(password, "coded")) *error = RedisModule_CreateString(ctx, "-TOOLATE come back\\r\\ntomorrow", 28);
  if (*error || is(user, "silent")) return REDISMODULE_AUTH_HANDLED;
  return REDISMODULE_AUTH_NOT_HANDLED;
}
static int asked(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv; (void)argc;
  return RedisModule_ReplyWithLongLong(ctx, changes);
}
static int hide(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  for (int i = 2; i < argc; i += 2)
    if (RedisModule_RedactClientCommandArgument(ctx, i) != REDISMODULE_OK) return RedisModule_ReplyWithError(ctx, "ERR cannot hide");
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}
static int keys(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  if (RedisModule_IsKeysPositionRequest(ctx)) {
    if (argc > 2) RedisModule_KeyAtPosWithFlags(ctx, 2, REDISMODULE_CMD_KEY_RO | REDISMODULE_CMD_KEY_ACCESS);
    if (argc > 3) RedisModule_KeyAtPosWithFlags(ctx, 3, REDISMODULE_CMD_KEY_OW | REDISMODULE_CMD_KEY_INSERT);
    if (argc > 4) RedisModule_KeyAtPos(ctx, 4);
    return REDISMODULE_OK;
  }
  return RedisModule_ReplyWithLongLong(ctx, argc);
}
static int latency(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argc;
  long long milliseconds;
  RedisModule_StringToLongLong(argv[1], &milliseconds);
  RedisModule_LatencyAddSample("of-a-module", milliseconds);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}
static void finished(RedisModuleCtx *ctx, RedisModuleCallReply *reply, void *data) {
  (void)ctx;
  RedisModuleBlockedClient *blocked = data;
  RedisModuleCtx *late = RedisModule_GetThreadSafeContext(blocked);
  RedisModule_ReplyWithCallReply(late, reply);
  RedisModule_FreeThreadSafeContext(late);
  RedisModule_UnblockClient(blocked, NULL);
}
static int wait_for(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  RedisModuleCallReply *reply = RedisModule_Call(ctx, RedisModule_StringPtrLen(argv[1], NULL), "vEK", argv + 2, (size_t)argc - 2);
  if (reply == NULL) return RedisModule_ReplyWithError(ctx, "ERR no reply");
  if (RedisModule_CallReplyType(reply) != REDISMODULE_REPLY_PROMISE) RedisModule_ReplyWithCallReply(ctx, reply);
  else RedisModule_CallReplyPromiseSetUnblockHandler(reply, finished, RedisModule_BlockClient(ctx, NULL, NULL, NULL, 0));
  RedisModule_FreeCallReply(reply);
  return REDISMODULE_OK;
}
static RedisModuleCallReply *pending;
static int begin(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argc;
  pending = RedisModule_Call(ctx, "BLPOP", "sEKl", argv[1], 0LL);
  return RedisModule_ReplyWithBool(ctx, RedisModule_CallReplyType(pending) == REDISMODULE_REPLY_PROMISE);
}
static int give_up(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv; (void)argc;
  void *data;
  int status = RedisModule_CallReplyPromiseAbort(pending, &data);
  RedisModule_FreeCallReply(pending);
  return RedisModule_ReplyWithLongLong(ctx, status);
}
static char jobs[4096];
static void note_key(RedisModuleCtx *ctx, RedisModuleString *key, void *data) {
  RedisModuleKey *opened = RedisModule_OpenKey(ctx, key, REDISMODULE_READ);
  size_t used = strlen(jobs);
  snprintf(jobs + used, sizeof jobs - used, "%s=%d of %d;", (char *)data, (int)RedisModule_ValueLength(opened), (int)RedisModule_DbSize(ctx));
  RedisModule_CloseKey(opened);
}
static void write_key(RedisModuleCtx *ctx, void *data) {
  (void)data;
  RedisModule_FreeCallReply(RedisModule_Call(ctx, "INCR", "c", "jobs"));
}
static int on_key(RedisModuleCtx *ctx, int type, const char *event, RedisModuleString *key) {
  (void)type; (void)event;
  const char *name = RedisModule_StringPtrLen(key, NULL);
  if (strncmp(name, "job:", 4) == 0) RedisModule_AddPostNotificationJobForKey(ctx, note_key, key, RedisModule_Strdup(name), RedisModule_Free);
  if (strncmp(name, "late:", 5) == 0) RedisModule_AddPostNotificationJob(ctx, write_key, NULL, NULL);
  return REDISMODULE_OK;
}
static int told_jobs(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  if (argc > 1) RedisModule_FreeCallReply(RedisModule_Call(ctx, "SET", "sc", argv[1], "x"));
  RedisModule_ReplyWithCString(ctx, jobs);
  jobs[0] = '\\0';
  return REDISMODULE_OK;
}
int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv; (void)argc;
  if (RedisModule_Init(ctx, "services", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  RedisModule_RegisterAuthCallback(ctx, decide);
  RedisModule_SubscribeToKeyspaceEvents(ctx, REDISMODULE_NOTIFY_STRING | REDISMODULE_NOTIFY_LIST | REDISMODULE_NOTIFY_EXPIRED, on_key);
#define COMMAND(name, function, flags) if (RedisModule_CreateCommand(ctx, name, function, flags, 0, 0, 0) != REDISMODULE_OK) return REDISMODULE_ERR
  COMMAND("s.changes", asked, "readonly");
  COMMAND("s.hide", hide, "readonly");
  COMMAND("s.keys", keys, "readonly getkeys-api");
  COMMAND("s.latency", latency, "readonly");
  COMMAND("s.wait", wait_for, "write");
  COMMAND("s.begin", begin, "write");
  COMMAND("s.giveup", give_up, "write");
  COMMAND("s.jobs", told_jobs, "write");
  return REDISMODULE_OK;
}
`

test.before(async () => {
  const file = join(folder.root, 'services.c')
  writeFileSync(file, source)
  execFileSync('cc', ['-shared', '-fPIC', '-O1', `-I${include}`, '-o', library, file])
  modis = await ModuleServer.start(folder, { loadmodule: library })
})

test.after(async () => {
  await modis.stop()
  folder.remove()
})

const wrong = '-WRONGPASS invalid username-password pair or user is disabled.'

test('AUTH and HELLO ask the module before the password counts', async () => {
  await modis.call('CONFIG', 'SET', 'requirepass', 'secret')
  const client = await modis.connect()
  const call = async (...command: (string | number)[]): Promise<unknown> =>
    plain(await client.call(...command))
  assert.match(String(await call('PING')), /^-NOAUTH/)
  assert.is(await call('AUTH', 'default', 'refused'), '-ERR not today')
  assert.is(await call('AUTH', 'default', 'coded'), '-TOOLATE come back  tomorrow')
  assert.is(await call('AUTH', 'silent', 'whatever'), wrong)
  assert.is(await call('AUTH', 'x', 'nobody'), wrong)
  assert.is(await call('AUTH', 'default', 'guess'), wrong)
  assert.is(await call('HELLO', 2, 'AUTH', 'x', 'refused'), '-ERR not today')
  assert.match(String(await call('PING')), /^-NOAUTH/)
  assert.is(await call('AUTH', 'module'), 'OK')
  assert.is(await call('PING'), 'PONG')
  assert.is(await call('s.changes'), 0)
  // The client comes in anew by the password: the module hears of it, once.
  assert.is(await call('AUTH', 'secret'), 'OK')
  assert.is(await call('AUTH', 'secret'), 'OK')
  assert.is(await call('s.changes'), 1)
  assert.ok(Array.isArray(await call('HELLO', 2, 'AUTH', 'anyone', 'module')))
  assert.is(await call('RESET'), 'RESET')
  assert.match(String(await call('PING')), /^-NOAUTH/)
  assert.is(await call('AUTH', 'anyone', 'module'), 'OK')
  assert.is(await call('s.changes'), 2)
  client.close()
  await modis.call('CONFIG', 'SET', 'requirepass', '')
  await until('the module to hear of it', async () => (await modis.call('s.changes')) === 3)
})

test('what a module hides stands neither in SLOWLOG nor before MONITOR', async () => {
  await modis.call('CONFIG', 'SET', 'slowlog-log-slower-than', 0)
  const watcher = await modis.connect()
  await watcher.call('MONITOR')
  const shown: string[] = []
  assert.is(await modis.call('s.hide', 'a', 'b', 'c', 'd'), 'OK')
  assert.is(await modis.call('ECHO', 'plain'), 'plain')
  const entries = (await modis.call('SLOWLOG', 'GET', 10)) as [number, number, number, string[]][]
  const words = entries.map(([, , , args]) => args.join(' '))
  assert.ok(words.includes('s.hide a (redacted) c (redacted)'), words.join('\n'))
  assert.ok(words.includes('ECHO plain'))
  for (let i = 0; i < 2; i++) shown.push(String(plain((await watcher.next()).value)))
  assert.match(shown[0] as string, /"s\.hide" "a" "\(redacted\)" "c" "\(redacted\)"$/)
  assert.match(shown[1] as string, /"ECHO" "plain"$/)
  watcher.close()
  await modis.call('CONFIG', 'SET', 'slowlog-log-slower-than', 10_000)
})

test('a command tells its keys with what it does with each', async () => {
  const flags = await modis.call('COMMAND', 'GETKEYSANDFLAGS', 's.keys', 'x', 'a', 'b', 'c')
  assert.equal(flags, [
    ['a', ['RO', 'access']],
    ['b', ['OW', 'insert']],
    ['c', ['RW', 'access', 'update']],
  ])
  assert.equal(await modis.call('COMMAND', 'GETKEYS', 's.keys', 'x', 'a'), ['a'])
})

test('LATENCY has the samples of modules that are long enough', async () => {
  assert.is(await modis.call('s.latency', 500), 'OK')
  assert.equal(await modis.call('LATENCY', 'HISTORY', 'of-a-module'), [])
  await modis.call('CONFIG', 'SET', 'latency-monitor-threshold', 100)
  for (const milliseconds of [99, 200, 150]) await modis.call('s.latency', milliseconds)
  const latest = (await modis.call('LATENCY', 'LATEST')) as [string, number, number, number][]
  const [, , last, longest] = latest.find(([event]) => event === 'of-a-module') ?? []
  assert.is(longest, 200)
  assert.ok(last === 200 || last === 150)
  await modis.call('CONFIG', 'SET', 'latency-monitor-threshold', 0)
})

test('a call that blocks is a promise: kept later, or given up', async () => {
  const waiting = await modis.connect()
  const reply = waiting.call('s.wait', 'BLPOP', 'list', '0')
  await modis.call('PING')
  await modis.call('RPUSH', 'list', 'a', 'b')
  assert.equal(plain(await reply), ['list', 'a'])
  assert.equal(plain(await waiting.call('s.wait', 'BLPOP', 'list', '0')), ['list', 'b'])
  assert.is(plain(await waiting.call('s.wait', 'BLPOP', 'list', '0.01')), null)
  assert.match(String(plain(await waiting.call('s.wait', 'BLPOP', 'list', 'x'))), /^-ERR timeout/)
  await modis.call('s.begin', 'list')
  assert.is(await modis.call('s.giveup'), 0)
  await modis.call('RPUSH', 'list', 'c')
  assert.equal(await modis.call('LRANGE', 'list', 0, -1), ['c'])
  waiting.close()
})

test('jobs for keys run after each command, in transactions too; other jobs after what contains it', async () => {
  await modis.call('FLUSHALL')
  const client = await modis.connect()
  const run = async (...commands: (string | number)[][]): Promise<unknown[]> =>
    (await client.batch(commands)).map(plain)
  const transaction = await run(
    ['MULTI'],
    ['SET', 'job:a', '1'],
    ['SET', 'late:b', '1'],
    ['GET', 'jobs'],
    ['APPEND', 'job:a', '23'],
    ['s.jobs'],
    ['EXEC'],
    ['GET', 'jobs'],
  )
  assert.equal(transaction.slice(-2), [['OK', 'OK', null, 3, 'job:a=1 of 1;job:a=3 of 2;'], '1'])
  assert.equal(await run(['MSET', 'job:a', 'x', 'job:c', 'yy'], ['s.jobs']), [
    'OK',
    'job:a=1 of 4;job:c=2 of 4;',
  ])
  // While the module's own command runs, its handles stay as they are.
  assert.equal(await run(['s.jobs', 'job:a'], ['s.jobs']), ['', 'job:a=1 of 4;'])
  client.close()
})

test('jobs run for what happens after or without a command', async () => {
  await modis.call('FLUSHALL')
  const waiting = await modis.connect()
  const reply = waiting.call('BLPOP', 'job:list', 0)
  await until('the client to wait', async () => /blocked_clients:1/.test(String(await modis.call('INFO'))))
  const [, jobs] = (await modis.client.batch([['RPUSH', 'job:list', 'a', 'b'], ['s.jobs']])).map(plain)
  // The list has two items after the push, and one once the waiting client has its own.
  assert.is(jobs, 'job:list=2 of 1;job:list=1 of 1;')
  assert.equal(plain(await reply), ['job:list', 'a'])
  waiting.close()
  await modis.call('SET', 'job:e', '1', 'PX', 20)
  let told = ''
  await until('the key to expire', async () => {
    told += await modis.call('s.jobs')
    return told === 'job:e=1 of 2;job:e=0 of 1;'
  })
})

test.run()
