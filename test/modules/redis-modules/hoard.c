/* A module that takes memory which belongs to no key, in commands and on a thread of its own. */

#include <pthread.h>

#include "redismodule.h"

static void *hoard;

static int take(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  long long bytes;
  if (argc != 2) return RedisModule_WrongArity(ctx);
  if (RedisModule_StringToLongLong(argv[1], &bytes) != REDISMODULE_OK)
    return RedisModule_ReplyWithError(ctx, "ERR not a number");
  hoard = RedisModule_Realloc(hoard, (size_t)bytes);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

static int give(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  RedisModule_Free(hoard);
  hoard = NULL;
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

static void *take_ten_mebibytes(void *data) {
  hoard = RedisModule_Calloc(10, 1024 * 1024);
  return data;
}

static int take_aside(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  pthread_t thread;
  if (pthread_create(&thread, NULL, take_ten_mebibytes, NULL) != 0)
    return RedisModule_ReplyWithError(ctx, "ERR no thread");
  pthread_detach(thread);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  if (RedisModule_Init(ctx, "hoard", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  RedisModule_CreateCommand(ctx, "hoard.take", take, "write", 0, 0, 0);
  RedisModule_CreateCommand(ctx, "hoard.give", give, "", 0, 0, 0);
  RedisModule_CreateCommand(ctx, "hoard.take-aside", take_aside, "", 0, 0, 0);
  return REDISMODULE_OK;
}
