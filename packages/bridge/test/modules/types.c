/* A data type with every callback: a list of numbers beside one value of each other kind. */

#include "check.h"

#include <stdio.h>

typedef struct Value {
  long long number;
  unsigned long long large;
  double real;
  float small;
  long double wide;
  RedisModuleString *text;
} Value;

static RedisModuleType *type;
static int freed, unlinked, aux_before, aux_loaded;

static void *value_load(RedisModuleIO *io, int encver) {
  if (encver != 2) return NULL;
  Value *value = RedisModule_Calloc(1, sizeof *value);
  value->number = RedisModule_LoadSigned(io);
  value->large = RedisModule_LoadUnsigned(io);
  value->real = RedisModule_LoadDouble(io);
  value->small = RedisModule_LoadFloat(io);
  value->wide = RedisModule_LoadLongDouble(io);
  size_t length;
  char *bytes = RedisModule_LoadStringBuffer(io, &length);
  RedisModuleString *again = RedisModule_LoadString(io);
  if (RedisModule_IsIOError(io)) {
    RedisModule_LogIOError(io, "warning", "cannot load key %s",
                           RedisModule_StringPtrLen(RedisModule_GetKeyNameFromIO(io), NULL));
    RedisModule_Free(bytes);
    if (again) RedisModule_FreeString(NULL, again);
    RedisModule_Free(value);
    return NULL;
  }
  value->text = RedisModule_CreateString(NULL, bytes, length);
  RedisModule_Free(bytes);
  RedisModule_FreeString(NULL, again);
  return value;
}

static void value_save(RedisModuleIO *io, void *pointer) {
  Value *value = pointer;
  size_t length;
  const char *bytes = RedisModule_StringPtrLen(value->text, &length);
  RedisModule_SaveSigned(io, value->number);
  RedisModule_SaveUnsigned(io, value->large);
  RedisModule_SaveDouble(io, value->real);
  RedisModule_SaveFloat(io, value->small);
  RedisModule_SaveLongDouble(io, value->wide);
  RedisModule_SaveStringBuffer(io, bytes, length);
  RedisModule_SaveString(io, value->text);
}

static void value_rewrite(RedisModuleIO *io, RedisModuleString *key, void *pointer) {
  Value *value = pointer;
  RedisModule_EmitAOF(io, "types.set", "sls", key, value->number, value->text);
}

static void value_free(void *pointer) {
  Value *value = pointer;
  RedisModule_FreeString(NULL, value->text);
  RedisModule_Free(value);
  freed++;
}

static size_t value_memory(RedisModuleKeyOptCtx *options, const void *value, size_t samples) {
  (void)value;
  return 1000 + samples + (size_t)RedisModule_GetDbIdFromOptCtx(options);
}

static void value_digest(RedisModuleDigest *digest, void *pointer) {
  Value *value = pointer;
  size_t length;
  const char *bytes = RedisModule_StringPtrLen(value->text, &length);
  RedisModule_DigestAddLongLong(digest, value->number);
  RedisModule_DigestAddStringBuffer(digest, bytes, length);
  RedisModule_DigestEndSequence(digest);
}

static void *value_copy(RedisModuleKeyOptCtx *options, const void *pointer) {
  const Value *value = pointer;
  if (!same(RedisModule_GetToKeyNameFromOptCtx(options), "copy")) return NULL;
  Value *copy = RedisModule_Alloc(sizeof *copy);
  *copy = *value;
  copy->text = RedisModule_CreateStringFromString(NULL, value->text);
  copy->number += RedisModule_GetToDbIdFromOptCtx(options);
  return copy;
}

static void value_unlink(RedisModuleString *key, const void *value) {
  (void)key;
  (void)value;
  unlinked++;
}

static size_t value_effort(RedisModuleString *key, const void *value) {
  (void)value;
  return RedisModule_StringPtrLen(key, NULL)[0] == 'k' ? 42 : 1;
}

static void aux_save(RedisModuleIO *io, int when) {
  if (when == REDISMODULE_AUX_BEFORE_RDB) RedisModule_SaveSigned(io, aux_before);
}

static int aux_load(RedisModuleIO *io, int encver, int when) {
  if (encver != 2 || when != REDISMODULE_AUX_BEFORE_RDB) return REDISMODULE_ERR;
  aux_loaded = (int)RedisModule_LoadSigned(io);
  return REDISMODULE_OK;
}

static Value *value_new(long long number, RedisModuleString *text) {
  Value *value = RedisModule_Calloc(1, sizeof *value);
  *value = (Value){number, (unsigned long long)number * 3, 0.5 * (double)number, 1.25f, 2.5L, text};
  RedisModule_RetainString(NULL, text);
  return value;
}

/* types.set key number text */
COMMAND(set) {
  (void)argc;
  long long number;
  RedisModule_StringToLongLong(argv[2], &number);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ | REDISMODULE_WRITE);
  int key_type = RedisModule_KeyType(key);
  CHECK(key_type == REDISMODULE_KEYTYPE_EMPTY || RedisModule_ModuleTypeGetType(key) == type);
  CHECK(RedisModule_ModuleTypeSetValue(key, type, value_new(number, argv[3])) == REDISMODULE_OK);
  CHECK(RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_MODULE && RedisModule_ValueLength(key) == 0);
  RedisModule_CloseKey(key);
  return done(ctx);
}

/* types.get key: number, large, real, small, wide, text */
COMMAND(get) {
  (void)argc;
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ);
  if (key == NULL) return RedisModule_ReplyWithNull(ctx);
  if (RedisModule_ModuleTypeGetType(key) != type) {
    RedisModule_CloseKey(key);
    return RedisModule_ReplyWithError(ctx, REDISMODULE_ERRORMSG_WRONGTYPE);
  }
  Value *value = RedisModule_ModuleTypeGetValue(key);
  RedisModule_ReplyWithArray(ctx, 6);
  RedisModule_ReplyWithLongLong(ctx, value->number);
  RedisModule_ReplyWithLongLong(ctx, (long long)value->large);
  RedisModule_ReplyWithDouble(ctx, value->real);
  RedisModule_ReplyWithDouble(ctx, value->small);
  RedisModule_ReplyWithLongDouble(ctx, value->wide);
  RedisModule_ReplyWithString(ctx, value->text);
  RedisModule_CloseKey(key);
  return REDISMODULE_OK;
}

COMMAND(replace) {
  (void)argc;
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ | REDISMODULE_WRITE);
  void *old = NULL;
  Value *fresh = value_new(77, argv[1]);
  CHECK(RedisModule_ModuleTypeReplaceValue(key, type, fresh, &old) == REDISMODULE_OK && old);
  int before = freed;
  value_free(old);
  CHECK(freed == before + 1);
  RedisModuleKey *reading = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ);
  CHECK(RedisModule_ModuleTypeGetValue(reading) == fresh);
  CHECK(RedisModule_ModuleTypeSetValue(reading, type, fresh) == REDISMODULE_ERR);
  CHECK(RedisModule_ModuleTypeReplaceValue(reading, type, fresh, &old) == REDISMODULE_ERR);
  RedisModule_CloseKey(reading);
  RedisModule_CloseKey(key);
  return done(ctx);
}

/* A value through a string and back. */
COMMAND(through_string) {
  (void)argc;
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ);
  RedisModuleString *bytes = RedisModule_SaveDataTypeToString(ctx, RedisModule_ModuleTypeGetValue(key), type);
  Value *value = RedisModule_LoadDataTypeFromStringEncver(bytes, type, 2);
  CHECK(value && value->number == ((Value *)RedisModule_ModuleTypeGetValue(key))->number);
  value_free(value);
  CHECK(RedisModule_LoadDataTypeFromString(bytes, type) == NULL);
  RedisModule_FreeString(ctx, bytes);
  RedisModule_CloseKey(key);
  return done(ctx);
}

COMMAND(counters) {
  UNUSED_ARGUMENTS();
  RedisModule_ReplyWithArray(ctx, 4);
  RedisModule_ReplyWithLongLong(ctx, freed);
  RedisModule_ReplyWithLongLong(ctx, unlinked);
  RedisModule_ReplyWithLongLong(ctx, aux_loaded);
  return RedisModule_ReplyWithLongLong(ctx, ++aux_before);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (RedisModule_Init(ctx, "types", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  /* `careless` leaves errors to the server. */
  if (argc == 0 || !same(argv[0], "careless"))
    RedisModule_SetModuleOptions(ctx, REDISMODULE_OPTIONS_HANDLE_IO_ERRORS);
  RedisModuleTypeMethods methods = {.version = REDISMODULE_TYPE_METHOD_VERSION,
                                    .rdb_load = value_load,
                                    .rdb_save = value_save,
                                    .aof_rewrite = value_rewrite,
                                    .free = value_free,
                                    .mem_usage2 = value_memory,
                                    .digest = value_digest,
                                    .copy2 = value_copy,
                                    .unlink = value_unlink,
                                    .free_effort = value_effort,
                                    .aux_save = aux_save,
                                    .aux_load = aux_load,
                                    .aux_save_triggers = REDISMODULE_AUX_BEFORE_RDB};
  if (RedisModule_CreateDataType(ctx, "short", 2, &methods) ||
      RedisModule_CreateDataType(ctx, "test-type", 1024, &methods))
    return REDISMODULE_ERR;
  type = RedisModule_CreateDataType(ctx, "test-type", 2, &methods);
  if (type == NULL || RedisModule_GetTypeMethodVersion() < 4) return REDISMODULE_ERR;
  /* A type built against the first version of the structure: what follows must not be read. */
  struct {
    uint64_t version;
    void *functions[6];
  } old = {1, {value_load, value_save, value_rewrite, NULL, NULL, value_free}};
  if (RedisModule_CreateDataType(ctx, "old--type", 0, (RedisModuleTypeMethods *)&old) == NULL)
    return REDISMODULE_ERR;
  REGISTER("types.set", set, "write deny-oom", 1, 1, 1);
  REGISTER("types.get", get, "readonly", 1, 1, 1);
  REGISTER("types.replace", replace, "write", 1, 1, 1);
  REGISTER("types.through", through_string, "readonly", 1, 1, 1);
  REGISTER("types.counters", counters, "readonly", 0, 0, 0);
  return REDISMODULE_OK;
}
