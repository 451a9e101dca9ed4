/* Classes of key metadata. `text` keeps a string for each key, `flag` eight plain bytes. */

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

static RedisModuleKeyMetaClassId text, flag;
static int alive, unlinked, freed_without_key;
static char last_freed[64];
static int pass_on = 1, broken_load;

static int text_copy(RedisModuleKeyOptCtx *place, uint64_t *value) {
  const char *to = RedisModule_StringPtrLen(RedisModule_GetToKeyNameFromOptCtx(place), NULL);
  char joined[128];
  snprintf(joined, sizeof joined, "%s for %s in %d", (char *)*value, to,
           RedisModule_GetToDbIdFromOptCtx(place));
  if (!pass_on) return 0;
  *value = (uint64_t)RedisModule_Strdup(joined);
  alive++;
  return 1;
}

static int text_rename(RedisModuleKeyOptCtx *place, uint64_t *value) {
  (void)value;
  return pass_on && RedisModule_GetDbIdFromOptCtx(place) == RedisModule_GetToDbIdFromOptCtx(place);
}

static int text_move(RedisModuleKeyOptCtx *place, uint64_t *value) {
  (void)value;
  return pass_on && RedisModule_GetToKeyNameFromOptCtx(place) == NULL;
}

static void text_unlink(RedisModuleKeyOptCtx *place, uint64_t *value) {
  unlinked++;
  if (!same(RedisModule_GetKeyNameFromOptCtx(place), "early")) return;
  RedisModule_Free((char *)*value);
  alive--;
  *value = 0;
}

static void text_free(const char *key, uint64_t value) {
  if (key == NULL) freed_without_key++;
  snprintf(last_freed, sizeof last_freed, "%s", key ? key : "");
  RedisModule_Free((char *)value);
  alive--;
}

static void text_save(RedisModuleIO *io, void *reserved, uint64_t *value) {
  (void)reserved;
  const char *bytes = (const char *)*value;
  if (strcmp(bytes, "unsaved")) RedisModule_SaveStringBuffer(io, bytes, strlen(bytes));
}

static int text_load(RedisModuleIO *io, uint64_t *value, int version) {
  if (version > 3) return -1;
  size_t length;
  char *bytes = RedisModule_LoadStringBuffer(io, &length);
  if (bytes == NULL || (length == 4 && memcmp(bytes, "skip", 4) == 0)) {
    RedisModule_Free(bytes);
    return bytes ? 0 : -1;
  }
  char *loaded = RedisModule_Alloc(length + 1);
  memcpy(loaded, bytes, length);
  loaded[length] = '\0';
  RedisModule_Free(bytes);
  *value = (uint64_t)loaded;
  alive++;
  if (broken_load) RedisModule_LoadUnsigned(io);
  return 1;
}

static void text_rewrite(RedisModuleIO *io, void *reserved, uint64_t value) {
  (void)reserved;
  RedisModule_EmitAOF(io, "meta.set", "sc", RedisModule_GetKeyNameFromIO(io), (const char *)value);
}

static RedisModuleKeyMetaClassConfig text_config(void) {
  return (RedisModuleKeyMetaClassConfig){.version = REDISMODULE_KEY_META_VERSION,
                                         .flags = 1 << REDISMODULE_META_ALLOW_IGNORE,
                                         .copy = text_copy,
                                         .rename = text_rename,
                                         .move = text_move,
                                         .unlink = text_unlink,
                                         .free = text_free,
                                         .rdb_load = text_load,
                                         .rdb_save = text_save,
                                         .aof_rewrite = text_rewrite};
}

/* meta.set key text */
COMMAND(set_text) {
  (void)argc;
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ | REDISMODULE_WRITE);
  if (RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY) {
    CHECK(RedisModule_SetKeyMeta(text, key, 1) == REDISMODULE_ERR);
    RedisModule_CloseKey(key);
    return RedisModule_ReplyWithNull(ctx);
  }
  uint64_t old = 0;
  if (RedisModule_GetKeyMeta(text, key, &old) == REDISMODULE_OK && old) text_free("", old);
  alive++;
  int set = RedisModule_SetKeyMeta(text, key,
                                   (uint64_t)RedisModule_Strdup(RedisModule_StringPtrLen(argv[2], NULL)));
  RedisModule_CloseKey(key);
  CHECK(set == REDISMODULE_OK);
  return done(ctx);
}

/* meta.get key */
COMMAND(get_text) {
  (void)argc;
  uint64_t value = 0;
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ);
  CHECK(key == NULL || RedisModule_SetKeyMeta(text, key, 1) == REDISMODULE_ERR);
  int found = RedisModule_GetKeyMeta(text, key, &value) == REDISMODULE_OK && value;
  CHECK(key == NULL || RedisModule_GetKeyMeta(text, key, NULL) == REDISMODULE_ERR);
  RedisModule_CloseKey(key);
  return found ? RedisModule_ReplyWithCString(ctx, (const char *)value) : RedisModule_ReplyWithNull(ctx);
}

/* meta.flag key: sets and reads all 64 bits */
COMMAND(set_flag) {
  (void)argc;
  static const uint64_t values[] = {0, 1, 1ull << 32, 0x123456789abcdef0ull, UINT64_MAX};
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ | REDISMODULE_WRITE);
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    uint64_t read = 42;
    CHECK(RedisModule_SetKeyMeta(flag, key, values[i]) == REDISMODULE_OK);
    CHECK(RedisModule_GetKeyMeta(flag, key, &read) == REDISMODULE_OK && read == values[i]);
  }
  CHECK(RedisModule_SetKeyMeta(0, key, 1) == REDISMODULE_ERR);
  CHECK(RedisModule_SetKeyMeta(8, key, 1) == REDISMODULE_ERR);
  CHECK(RedisModule_SetKeyMeta(-1, key, 1) == REDISMODULE_ERR);
  CHECK(RedisModule_SetKeyMeta(7, key, 1) == REDISMODULE_ERR);
  RedisModule_CloseKey(key);
  return done(ctx);
}

/* meta.register name version: the id or the failure */
COMMAND(register_class) {
  (void)argc;
  long long version;
  RedisModule_StringToLongLong(argv[2], &version);
  RedisModuleKeyMetaClassConfig config = text_config();
  const char *name = RedisModule_StringPtrLen(argv[1], NULL);
  return RedisModule_ReplyWithLongLong(
      ctx, RedisModule_CreateKeyMetaClass(ctx, name, (int)version, &config));
}

/* meta.release id */
COMMAND(release_class) {
  (void)argc;
  long long id;
  RedisModule_StringToLongLong(argv[1], &id);
  return RedisModule_ReplyWithLongLong(ctx, RedisModule_ReleaseKeyMetaClass((int)id));
}

COMMAND(structure) {
  UNUSED_ARGUMENTS();
  RedisModuleKeyMetaClassConfig config = text_config();
  CHECK(RedisModule_CreateKeyMetaClass(ctx, "none", 1, NULL) == -2);
  config.version = 0;
  CHECK(RedisModule_CreateKeyMetaClass(ctx, "none", 1, &config) == -3);
  config.version = REDISMODULE_KEY_META_VERSION + 1;
  CHECK(RedisModule_CreateKeyMetaClass(ctx, "none", 1, &config) == -3);
  return done(ctx);
}

/* meta.counters: alive, unlinked, freed without a key, the last freed key */
COMMAND(counters) {
  UNUSED_ARGUMENTS();
  RedisModule_ReplyWithArray(ctx, 4);
  RedisModule_ReplyWithLongLong(ctx, alive);
  RedisModule_ReplyWithLongLong(ctx, unlinked);
  RedisModule_ReplyWithLongLong(ctx, freed_without_key);
  return RedisModule_ReplyWithCString(ctx, last_freed);
}

/* meta.behave pass_on broken_load */
COMMAND(behave) {
  (void)argc;
  pass_on = same(argv[1], "1");
  broken_load = same(argv[2], "1");
  return done(ctx);
}

/* Arguments: the name of the class, its version, `lossy` to leave out what saves and loads. */
int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (RedisModule_Init(ctx, "meta", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  RedisModule_SetModuleOptions(ctx, REDISMODULE_OPTIONS_HANDLE_IO_ERRORS);
  RedisModuleKeyMetaClassConfig config = text_config();
  long long version = 1;
  if (argc > 1) RedisModule_StringToLongLong(argv[1], &version);
  if (argc > 2 && same(argv[2], "lossy")) config.rdb_save = NULL;
  text = RedisModule_CreateKeyMetaClass(ctx, argc > 0 ? RedisModule_StringPtrLen(argv[0], NULL) : "text",
                                        (int)version, &config);
  RedisModuleKeyMetaClassConfig plain = {.version = REDISMODULE_KEY_META_VERSION, .reset_value = UINT64_MAX};
  flag = RedisModule_CreateKeyMetaClass(ctx, "flag", 0, &plain);
  if (text < 0 || flag < 0) return REDISMODULE_ERR;
  REGISTER("meta.set", set_text, "write", 1, 1, 1);
  REGISTER("meta.get", get_text, "readonly", 1, 1, 1);
  REGISTER("meta.flag", set_flag, "write", 1, 1, 1);
  REGISTER("meta.register", register_class, "write", 0, 0, 0);
  REGISTER("meta.release", release_class, "write", 0, 0, 0);
  REGISTER("meta.structure", structure, "readonly", 0, 0, 0);
  REGISTER("meta.counters", counters, "readonly", 0, 0, 0);
  REGISTER("meta.behave", behave, "readonly", 0, 0, 0);
  return argc > 3 ? REDISMODULE_ERR : REDISMODULE_OK;
}

int RedisModule_OnUnload(RedisModuleCtx *ctx) {
  (void)ctx;
  RedisModule_ReleaseKeyMetaClass(text);
  return REDISMODULE_OK;
}
