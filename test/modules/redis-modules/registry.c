/* A module that keeps account of its values by what the server tells: which keys lose theirs, and
 * when databases are emptied. */

#include <stdio.h>
#include <string.h>

#include "redismodule.h"

static RedisModuleType *type;
static char notes[4096];

static void note(const char *text, long long first, long long second) {
  size_t length = strlen(notes);
  snprintf(notes + length, sizeof notes - length, "%s %lld %lld; ", text, first, second);
}

static int set_value(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  long long number;
  if (argc != 3) return RedisModule_WrongArity(ctx);
  if (RedisModule_StringToLongLong(argv[2], &number) != REDISMODULE_OK)
    return RedisModule_ReplyWithError(ctx, "ERR not a number");
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ | REDISMODULE_WRITE);
  long long *value = RedisModule_Alloc(sizeof *value);
  *value = number;
  RedisModule_ModuleTypeSetValue(key, type, value);
  RedisModule_CloseKey(key);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

static int take_notes(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  RedisModule_ReplyWithCString(ctx, notes);
  notes[0] = '\0';
  return REDISMODULE_OK;
}

static void save(RedisModuleIO *io, void *value) { RedisModule_SaveSigned(io, *(long long *)value); }

static void *load(RedisModuleIO *io, int version) {
  (void)version;
  long long *value = RedisModule_Alloc(sizeof *value);
  *value = RedisModule_LoadSigned(io);
  if (*value == 666) {
    RedisModule_Free(value);
    return NULL;
  }
  note("load", *value, RedisModule_GetDbIdFromIO(io));
  return value;
}

static void digest(RedisModuleDigest *digest, void *value) {
  RedisModule_DigestAddLongLong(digest, *(long long *)value);
  RedisModule_DigestAddStringBuffer(digest, "and", 3);
  RedisModule_DigestEndSequence(digest);
  RedisModule_DigestAddLongLong(digest, 7);
  RedisModule_DigestEndSequence(digest);
}

static void unlinked(RedisModuleKeyOptCtx *options, const void *value) {
  note("unlink", *(const long long *)value, RedisModule_GetDbIdFromOptCtx(options));
}

static void on_flush(RedisModuleCtx *ctx, RedisModuleEvent event, uint64_t subevent, void *data) {
  (void)ctx, (void)event;
  RedisModuleFlushInfo *flush = data;
  note(subevent == REDISMODULE_SUBEVENT_FLUSHDB_START ? "flushing" : "flushed", flush->dbnum, flush->sync);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  RedisModuleTypeMethods methods = {.version = REDISMODULE_TYPE_METHOD_VERSION,
                                    .rdb_load = load,
                                    .rdb_save = save,
                                    .digest = digest,
                                    .unlink2 = unlinked};
  if (RedisModule_Init(ctx, "registry", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  methods.free = RedisModule_Free;
  type = RedisModule_CreateDataType(ctx, "registryx", 0, &methods);
  if (type == NULL ||
      RedisModule_SubscribeToServerEvent(ctx, RedisModuleEvent_FlushDB, on_flush) != REDISMODULE_OK ||
      RedisModule_CreateCommand(ctx, "Registry.Set", set_value, "write", 1, 1, 1) != REDISMODULE_OK ||
      RedisModule_CreateCommand(ctx, "registry.NOTES", take_notes, "readonly", 0, 0, 0) != REDISMODULE_OK)
    return REDISMODULE_ERR;
  return REDISMODULE_OK;
}
