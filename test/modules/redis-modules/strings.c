/* Strings as modules set, read and change them, for what becomes of their encoding. */

#include <string.h>

#include "redismodule.h"

static RedisModuleKey *open_key(RedisModuleCtx *ctx, RedisModuleString *name) {
  return RedisModule_OpenKey(ctx, name, REDISMODULE_READ | REDISMODULE_WRITE);
}

static int set(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc != 3) return RedisModule_WrongArity(ctx);
  RedisModuleKey *key = open_key(ctx, argv[1]);
  RedisModule_StringSet(key, argv[2]);
  RedisModule_CloseKey(key);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

static int set_number(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc != 2) return RedisModule_WrongArity(ctx);
  RedisModuleKey *key = open_key(ctx, argv[1]);
  RedisModuleString *number = RedisModule_CreateStringFromLongLong(ctx, 1234);
  RedisModule_StringSet(key, number);
  RedisModule_FreeString(ctx, number);
  RedisModule_CloseKey(key);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

/* strings.direct <key> read|change */
static int direct(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc != 3) return RedisModule_WrongArity(ctx);
  int changes = strcmp(RedisModule_StringPtrLen(argv[2], NULL), "change") == 0;
  RedisModuleKey *key = open_key(ctx, argv[1]);
  size_t length;
  char *bytes = RedisModule_StringDMA(key, &length, changes ? REDISMODULE_WRITE : REDISMODULE_READ);
  if (changes && length > 0) bytes[0]++;
  RedisModule_ReplyWithStringBuffer(ctx, bytes, length);
  RedisModule_CloseKey(key);
  return REDISMODULE_OK;
}

static int truncate_to(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  long long length;
  if (argc != 3) return RedisModule_WrongArity(ctx);
  if (RedisModule_StringToLongLong(argv[2], &length) != REDISMODULE_OK)
    return RedisModule_ReplyWithError(ctx, "ERR not a number");
  RedisModuleKey *key = open_key(ctx, argv[1]);
  int status = RedisModule_StringTruncate(key, (size_t)length);
  RedisModule_CloseKey(key);
  return RedisModule_ReplyWithLongLong(ctx, status);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  if (RedisModule_Init(ctx, "strings", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  RedisModule_CreateCommand(ctx, "strings.set", set, "write", 1, 1, 1);
  RedisModule_CreateCommand(ctx, "strings.set-number", set_number, "write", 1, 1, 1);
  RedisModule_CreateCommand(ctx, "strings.direct", direct, "write", 1, 1, 1);
  RedisModule_CreateCommand(ctx, "strings.truncate", truncate_to, "write", 1, 1, 1);
  return REDISMODULE_OK;
}
