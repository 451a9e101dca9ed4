/* Named as a family of commands of the server: what a module sees of contexts, keys and time. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "redismodule.h"

#define COMMAND(name) static int name(RedisModuleCtx *ctx, RedisModuleString **argv, int argc)
#define UNUSED() (void)ctx, (void)argv, (void)argc
#define FLAG(yes) RedisModule_ReplyWithLongLong(ctx, (yes) ? 1 : 0)

static RedisModuleType *type;
static RedisModuleString *last_unlinked;
static int last_unlinked_db;
static long long sleeps, wakes;

static void unlinked(RedisModuleKeyOptCtx *place, const void *value) {
  (void)value;
  if (last_unlinked) RedisModule_FreeString(NULL, last_unlinked);
  last_unlinked = RedisModule_CreateStringFromString(NULL, RedisModule_GetKeyNameFromOptCtx(place));
  last_unlinked_db = RedisModule_GetDbIdFromOptCtx(place);
}

static void *load(RedisModuleIO *io, int version) {
  (void)version;
  long long *value = RedisModule_Alloc(sizeof *value);
  *value = RedisModule_LoadSigned(io);
  return value;
}

static void save(RedisModuleIO *io, void *value) { RedisModule_SaveSigned(io, *(long long *)value); }

/* Odd values cannot be copied. */
static void *copy(RedisModuleString *from, RedisModuleString *to, const void *value) {
  (void)from, (void)to;
  if (*(const long long *)value % 2) return NULL;
  long long *made = RedisModule_Alloc(sizeof *made);
  *made = *(const long long *)value;
  return made;
}

COMMAND(set_value) {
  if (argc != 3) return RedisModule_WrongArity(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_WRITE);
  long long *value = RedisModule_Alloc(sizeof *value);
  RedisModule_StringToLongLong(argv[2], value);
  RedisModule_ModuleTypeSetValue(key, type, value);
  RedisModule_CloseKey(key);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

COMMAND(unlinked_last) {
  UNUSED();
  RedisModule_ReplyWithArray(ctx, 2);
  if (last_unlinked) RedisModule_ReplyWithString(ctx, last_unlinked);
  else RedisModule_ReplyWithNull(ctx);
  return RedisModule_ReplyWithLongLong(ctx, last_unlinked_db);
}

COMMAND(in_transaction) {
  UNUSED();
  return FLAG(RedisModule_GetContextFlags(ctx) & REDISMODULE_CTX_FLAGS_MULTI);
}

COMMAND(block) {
  UNUSED();
  RedisModuleBlockedClient *blocked = RedisModule_BlockClient(ctx, NULL, NULL, NULL, 0);
  RedisModule_UnblockClient(blocked, NULL);
  return REDISMODULE_OK;
}

COMMAND(client_has_name) {
  UNUSED();
  RedisModuleString *name = RedisModule_GetClientNameById(ctx, RedisModule_GetClientId(ctx));
  int has = name != NULL;
  if (name) RedisModule_FreeString(ctx, name);
  return FLAG(has);
}

COMMAND(certificate) {
  UNUSED();
  return FLAG(RedisModule_GetClientCertificate(ctx, RedisModule_GetClientId(ctx)) != NULL);
}

/* Also without access control lists a module gets a user, which it gives rules and a context. */
COMMAND(make_user) {
  UNUSED();
  RedisModuleUser *user = RedisModule_CreateModuleUser("hash-user");
  int made = user != NULL;
  RedisModule_SetModuleUserACL(user, "on");
  RedisModule_FreeModuleUser(user);
  return FLAG(made);
}

static void never(RedisModuleCtx *ctx, void *data) { (void)ctx, (void)data; }

COMMAND(timer_rest) {
  UNUSED();
  uint64_t rest = 0;
  RedisModuleTimerID timer = RedisModule_CreateTimer(ctx, 10000, never, NULL);
  usleep(100);
  RedisModule_GetTimerInfo(ctx, timer, &rest, NULL);
  RedisModule_StopTimer(ctx, timer, NULL);
  return FLAG(rest > 9000 && rest < 10000);
}

COMMAND(call) {
  if (argc < 2) return RedisModule_WrongArity(ctx);
  const char *name = RedisModule_StringPtrLen(argv[1], NULL);
  RedisModuleCallReply *reply = RedisModule_Call(ctx, name, "Ev", argv + 2, (size_t)argc - 2);
  if (reply == NULL) return RedisModule_ReplyWithError(ctx, "ERR no reply");
  RedisModule_ReplyWithCallReply(ctx, reply);
  RedisModule_FreeCallReply(reply);
  return REDISMODULE_OK;
}

static void on_loop(RedisModuleCtx *ctx, RedisModuleEvent event, uint64_t subevent, void *data) {
  (void)ctx, (void)event, (void)data;
  if (subevent == REDISMODULE_SUBEVENT_EVENTLOOP_BEFORE_SLEEP) sleeps++;
  else wakes++;
}

COMMAND(loop_even) {
  UNUSED();
  return FLAG(sleeps == wakes);
}

COMMAND(time_stands) {
  UNUSED();
  /* Since Redis 7.2. */
  if (RedisModule_CachedMicroseconds == NULL) return FLAG(1);
  long long before = RedisModule_CachedMicroseconds();
  usleep(100);
  RedisModule_FreeCallReply(RedisModule_Call(ctx, "PING", ""));
  return FLAG(before == RedisModule_CachedMicroseconds());
}

static int ready(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argc;
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ);
  RedisModule_CloseKey(key);
  return key ? REDISMODULE_ERR : RedisModule_ReplyWithSimpleString(ctx, "gone");
}

/* Waits until its key is gone; CLIENT UNBLOCK has no effect, as there is no reply for that. */
COMMAND(wait_for_end) {
  if (argc != 2) return RedisModule_WrongArity(ctx);
  RedisModule_BlockClientOnKeysWithFlags(ctx, ready, NULL, NULL, 0, argv + 1, 1, NULL,
                                         REDISMODULE_BLOCK_UNBLOCK_DELETED);
  return REDISMODULE_OK;
}

/* Whether there is a key, as an open without any effect tells it. */
COMMAND(peek) {
  if (argc != 2) return RedisModule_WrongArity(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ | REDISMODULE_OPEN_KEY_NOEFFECTS);
  RedisModule_CloseKey(key);
  return FLAG(key != NULL);
}

static long long loaded;

static int on_loaded(RedisModuleCtx *ctx, int kind, const char *event, RedisModuleString *key) {
  (void)ctx, (void)kind, (void)key;
  if (strcmp(event, "loaded") == 0) loaded++;
  return REDISMODULE_OK;
}

COMMAND(loaded_keys) {
  UNUSED();
  return RedisModule_ReplyWithLongLong(ctx, loaded);
}

static void on_readable(int fd, void *data, int mask) { (void)fd, (void)data, (void)mask; }

/* Removing what was never watched is no error, a descriptor that cannot be is one. */
COMMAND(unwatch) {
  UNUSED();
  int ends[2];
  if (pipe(ends) != 0) return RedisModule_ReplyWithError(ctx, "ERR no pipe");
  RedisModule_ReplyWithArray(ctx, 4);
  FLAG(RedisModule_EventLoopAdd(ends[0], REDISMODULE_EVENTLOOP_READABLE, on_readable, NULL) == 0 && errno == 0);
  FLAG(RedisModule_EventLoopDel(ends[0], REDISMODULE_EVENTLOOP_READABLE) == REDISMODULE_OK && errno == 0);
  close(ends[0]);
  close(ends[1]);
  FLAG(RedisModule_EventLoopDel(0, REDISMODULE_EVENTLOOP_READABLE) == REDISMODULE_OK);
  return FLAG(RedisModule_EventLoopDel(99999999, REDISMODULE_EVENTLOOP_READABLE) == REDISMODULE_OK);
}

#define REGISTER(name, function, flags, first, last, step)                                                  \
  if (RedisModule_CreateCommand(ctx, "hash." name, function, flags, first, last, step) != REDISMODULE_OK)   \
  return REDISMODULE_ERR

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  UNUSED();
  if (RedisModule_Init(ctx, "hash", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  RedisModuleTypeMethods methods = {.version = REDISMODULE_TYPE_METHOD_VERSION,
                                    .rdb_load = load,
                                    .rdb_save = save,
                                    .free = RedisModule_Free,
                                    .copy = copy,
                                    .unlink2 = unlinked};
  type = RedisModule_CreateDataType(ctx, "hash-test", 0, &methods);
  if (type == NULL) return REDISMODULE_ERR;
  RedisModule_SubscribeToServerEvent(ctx, RedisModuleEvent_EventLoop, on_loop);
  RedisModule_SubscribeToKeyspaceEvents(ctx, REDISMODULE_NOTIFY_LOADED, on_loaded);
  REGISTER("set", set_value, "write", 1, 1, 1);
  REGISTER("unlinked", unlinked_last, "", 0, 0, 0);
  REGISTER("plain", in_transaction, "", 1, 1, 1);
  REGISTER("movable", in_transaction, "getkeys-api", 1, -1, 2);
  REGISTER("in-transaction", in_transaction, "", 0, 0, 0);
  REGISTER("block", block, "", 0, 0, 0);
  REGISTER("client-has-name", client_has_name, "", 0, 0, 0);
  REGISTER("certificate", certificate, "", 0, 0, 0);
  REGISTER("make-user", make_user, "", 0, 0, 0);
  REGISTER("timer-rest", timer_rest, "", 0, 0, 0);
  REGISTER("call", call, "", 0, 0, 0);
  REGISTER("loop-even", loop_even, "", 0, 0, 0);
  REGISTER("time-stands", time_stands, "", 0, 0, 0);
  REGISTER("wait-for-end", wait_for_end, "", 1, 1, 1);
  REGISTER("peek", peek, "readonly", 1, 1, 1);
  REGISTER("loaded-keys", loaded_keys, "", 0, 0, 0);
  REGISTER("unwatch", unwatch, "", 0, 0, 0);
  return REDISMODULE_OK;
}
