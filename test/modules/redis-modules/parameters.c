/* A module with configuration parameters of every type. */

#include <string.h>

#include "redismodule.h"

static int enabled;
static long long size;
static int color;
static RedisModuleString *label;
static int applied;

static int get_enabled(const char *name, void *data) {
  (void)name;
  return *(int *)data;
}

static int set_enabled(const char *name, int value, void *data, RedisModuleString **error) {
  (void)name, (void)error;
  *(int *)data = value;
  return REDISMODULE_OK;
}

static long long get_size(const char *name, void *data) {
  (void)name;
  return *(long long *)data;
}

static int set_size(const char *name, long long value, void *data, RedisModuleString **error) {
  (void)name;
  if (value == 13) {
    *error = RedisModule_CreateString(NULL, "13 brings bad luck", 18);
    return REDISMODULE_ERR;
  }
  *(long long *)data = value;
  return REDISMODULE_OK;
}

static int get_color(const char *name, void *data) {
  (void)name;
  return *(int *)data;
}

static int set_color(const char *name, int value, void *data, RedisModuleString **error) {
  (void)name, (void)error;
  *(int *)data = value;
  return REDISMODULE_OK;
}

static RedisModuleString *get_label(const char *name, void *data) {
  (void)name, (void)data;
  return label;
}

static int set_label(const char *name, RedisModuleString *value, void *data, RedisModuleString **error) {
  (void)name, (void)data, (void)error;
  if (label) RedisModule_FreeString(NULL, label);
  RedisModule_RetainString(NULL, value);
  label = value;
  return REDISMODULE_OK;
}

static int on_apply(RedisModuleCtx *ctx, void *data, RedisModuleString **error) {
  (void)ctx, (void)data, (void)error;
  applied++;
  return REDISMODULE_OK;
}

static int count_applied(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  return RedisModule_ReplyWithLongLong(ctx, applied);
}

/* With an argument, the parameters are left unset. */
int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  const char *names[] = {"red", "green", "blue"};
  const int values[] = {1, 2, 4};
  if (RedisModule_Init(ctx, "parameters", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK ||
      RedisModule_RegisterBoolConfig(ctx, "enabled", 1, REDISMODULE_CONFIG_DEFAULT, get_enabled, set_enabled,
                                     on_apply, &enabled) != REDISMODULE_OK ||
      RedisModule_RegisterNumericConfig(ctx, "size", 1024, REDISMODULE_CONFIG_MEMORY, 1, 1 << 20, get_size,
                                        set_size, NULL, &size) != REDISMODULE_OK ||
      RedisModule_RegisterEnumConfig(ctx, "color", 1, REDISMODULE_CONFIG_BITFLAGS, names, values, 3, get_color,
                                     set_color, NULL, &color) != REDISMODULE_OK ||
      RedisModule_RegisterStringConfig(ctx, "label", "none", REDISMODULE_CONFIG_DEFAULT, get_label, set_label,
                                       NULL, NULL) != REDISMODULE_OK ||
      RedisModule_RegisterNumericConfig(ctx, "fixed", 7, REDISMODULE_CONFIG_IMMUTABLE, 0, 10, get_size,
                                        set_size, NULL, &size) != REDISMODULE_OK)
    return REDISMODULE_ERR;
  /* A name that is taken is refused; the others stay. */
  if (RedisModule_RegisterBoolConfig(ctx, "enabled", 1, REDISMODULE_CONFIG_DEFAULT, get_enabled, set_enabled,
                                     NULL, &enabled) == REDISMODULE_OK)
    return REDISMODULE_ERR;
  if (argc == 0 && RedisModule_LoadConfigs(ctx) != REDISMODULE_OK) return REDISMODULE_ERR;
  return RedisModule_CreateCommand(ctx, "parameters.applied", count_applied, "readonly", 0, 0, 0);
}

int RedisModule_OnUnload(RedisModuleCtx *ctx) {
  (void)ctx;
  if (label) RedisModule_FreeString(NULL, label);
  label = NULL;
  return REDISMODULE_OK;
}
