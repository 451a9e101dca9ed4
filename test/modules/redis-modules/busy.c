/* Work that takes long and says so: in a command, on a thread, while a value is loaded. It goes on
 * until busy.stop. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "redismodule.h"

static atomic_bool stopped;
static int pipe_ends[2];

static int is(RedisModuleString *string, const char *text) {
  return strcmp(RedisModule_StringPtrLen(string, NULL), text) == 0;
}

static void work(RedisModuleCtx *ctx, int flags, const char *reply) {
  stopped = false;
  while (!stopped) {
    RedisModule_Yield(ctx, flags, reply);
    usleep(1000);
  }
}

/* busy.run [reply] */
static int run(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  work(ctx, REDISMODULE_YIELD_FLAG_CLIENTS, argc > 1 ? RedisModule_StringPtrLen(argv[1], NULL) : NULL);
  return RedisModule_ReplyWithLongLong(ctx, 42);
}

/* busy.for <milliseconds> */
static int run_for(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  long long milliseconds = 0;
  if (argc != 2 || RedisModule_StringToLongLong(argv[1], &milliseconds) != REDISMODULE_OK)
    return RedisModule_WrongArity(ctx);
  long long end = RedisModule_Milliseconds() + milliseconds;
  while (RedisModule_Milliseconds() < end) {
    RedisModule_Yield(ctx, REDISMODULE_YIELD_FLAG_CLIENTS, "never seen");
    usleep(1000);
  }
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

/* busy.nested: as busy.run, called by another command. */
static int nested(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  (void)argc;
  RedisModuleCallReply *reply = RedisModule_Call(ctx, "busy.run", "");
  return RedisModule_ReplyWithCallReply(ctx, reply);
}

static int stop(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  (void)argc;
  stopped = true;
  /* Whoever is served lets nobody else in. */
  RedisModule_Yield(ctx, REDISMODULE_YIELD_FLAG_CLIENTS, "never seen");
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

static void on_byte(int fd, void *data, int mask) {
  (void)data;
  (void)mask;
  char byte;
  if (read(fd, &byte, 1) == 1) stopped = true;
}

/* busy.watch: goes on until a descriptor that is watched stops it; no clients are let in. */
static int watch(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  (void)argc;
  if (pipe(pipe_ends) != 0 ||
      RedisModule_EventLoopAdd(pipe_ends[0], REDISMODULE_EVENTLOOP_READABLE, on_byte, NULL) != REDISMODULE_OK ||
      write(pipe_ends[1], "x", 1) != 1) {
    return RedisModule_ReplyWithError(ctx, "ERR no pipe");
  }
  work(ctx, REDISMODULE_YIELD_FLAG_NONE, "nobody sees this");
  RedisModule_EventLoopDel(pipe_ends[0], REDISMODULE_EVENTLOOP_READABLE);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

static void *on_thread(void *data) {
  RedisModuleBlockedClient *blocked = data;
  RedisModuleCtx *ctx = RedisModule_GetThreadSafeContext(blocked);
  RedisModule_ThreadSafeContextLock(ctx);
  work(ctx, REDISMODULE_YIELD_FLAG_CLIENTS, "A thread has the lock");
  RedisModule_ThreadSafeContextUnlock(ctx);
  RedisModule_ReplyWithSimpleString(ctx, "done");
  RedisModule_UnblockClient(blocked, NULL);
  RedisModule_FreeThreadSafeContext(ctx);
  return NULL;
}

static int thread(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  (void)argc;
  pthread_t id;
  RedisModuleBlockedClient *blocked = RedisModule_BlockClient(ctx, NULL, NULL, NULL, 0);
  if (pthread_create(&id, NULL, on_thread, blocked) != 0) return REDISMODULE_ERR;
  pthread_detach(id);
  return REDISMODULE_OK;
}

static RedisModuleType *type;

static void *load(RedisModuleIO *io, int version) {
  (void)version;
  char *value = RedisModule_LoadStringBuffer(io, NULL);
  if (value[0] == 's') work(RedisModule_GetContextFromIO(io), REDISMODULE_YIELD_FLAG_CLIENTS, "never seen");
  return value;
}

static void save(RedisModuleIO *io, void *value) { RedisModule_SaveStringBuffer(io, value, 1); }

/* busy.set <key> slow|fast */
static int set(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc != 3) return RedisModule_WrongArity(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_WRITE);
  RedisModule_ModuleTypeSetValue(key, type, RedisModule_Strdup(is(argv[2], "slow") ? "s" : "f"));
  RedisModule_CloseKey(key);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  (void)argc;
  if (RedisModule_Init(ctx, "busy", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  RedisModuleTypeMethods methods = {
      .version = REDISMODULE_TYPE_METHOD_VERSION, .rdb_load = load, .rdb_save = save, .free = RedisModule_Free};
  type = RedisModule_CreateDataType(ctx, "busy-type", 0, &methods);
  const struct {
    const char *name, *flags;
    RedisModuleCmdFunc function;
    int key;
  } commands[] = {{"busy.run", "", run, 0},
                  {"busy.for", "", run_for, 0},
                  {"busy.nested", "", nested, 0},
                  {"busy.stop", "allow-busy allow-loading", stop, 0},
                  {"busy.watch", "", watch, 0},
                  {"busy.thread", "", thread, 0},
                  {"busy.set", "write", set, 1}};
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    int key = commands[i].key;
    if (RedisModule_CreateCommand(ctx, commands[i].name, commands[i].function, commands[i].flags, key, key, key) !=
        REDISMODULE_OK)
      return REDISMODULE_ERR;
  }
  return type ? REDISMODULE_OK : REDISMODULE_ERR;
}
