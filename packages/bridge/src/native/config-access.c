/* What modules read and change of the server's configuration. */

#include "bridge.h"

#include <strings.h>

struct RedisModuleConfigIterator {
  char *names; /* each NUL terminated, an empty one at the end */
  char *at;
};

/* The value as CONFIG GET shows it, to be freed; NULL when there is no such parameter. */
static char *read_value(const char *name) {
  HostFrame frame = host_begin();
  host_text(name);
  char *value = host_call(HOST_configRead) ? host_output_text(0) : NULL;
  host_end(frame);
  return value;
}

int rm_ConfigGet(RedisModuleCtx *context, const char *name, RedisModuleString **result) {
  char *value = read_value(name);
  if (value == NULL) return REDISMODULE_ERR;
  *result = rm_CreateString(context, value, strlen(value));
  free(value);
  return REDISMODULE_OK;
}

/* The type's number in RedisModuleConfigType, or -1. */
static int type_of(const char *name) {
  HostFrame frame = host_begin();
  host_text(name);
  int type = host_call(HOST_configType) ? (int)host_result(0) : -1;
  host_end(frame);
  return type;
}

int rm_ConfigGetType(const char *name, RedisModuleConfigType *result) {
  int type = type_of(name);
  if (type < 0) return REDISMODULE_ERR;
  *result = (RedisModuleConfigType)type;
  return REDISMODULE_OK;
}

/* The next three fail for a parameter of another type. */
int rm_ConfigGetBool(RedisModuleCtx *context, const char *name, int *result) {
  (void)context;
  char *value = type_of(name) == REDISMODULE_CONFIG_TYPE_BOOL ? read_value(name) : NULL;
  if (value) *result = strcasecmp(value, "yes") == 0;
  free(value);
  return value ? REDISMODULE_OK : REDISMODULE_ERR;
}

int rm_ConfigGetEnum(RedisModuleCtx *context, const char *name, RedisModuleString **result) {
  if (type_of(name) != REDISMODULE_CONFIG_TYPE_ENUM) return REDISMODULE_ERR;
  return rm_ConfigGet(context, name, result);
}

int rm_ConfigGetNumeric(RedisModuleCtx *context, const char *name, long long *result) {
  (void)context;
  char *value = type_of(name) == REDISMODULE_CONFIG_TYPE_NUMERIC ? read_value(name) : NULL;
  bool valid = value && parse_signed(value, strlen(value), result);
  free(value);
  return valid ? REDISMODULE_OK : REDISMODULE_ERR;
}

static int write_value(RedisModuleCtx *context, const char *name, const char *value, size_t length,
                       RedisModuleString **error) {
  HostFrame frame = host_begin();
  host_text(name);
  host_bytes(value, length);
  RedisModuleString *refusal =
      host_call(HOST_configWrite) ? host_output_string(0) : string_new("the server failed", 17);
  host_end(frame);
  if (refusal == NULL) return REDISMODULE_OK;
  if (error) {
    *error = refusal;
    auto_add(context, AUTO_STRING, refusal);
  } else {
    string_release(refusal);
  }
  return REDISMODULE_ERR;
}

int rm_ConfigSet(RedisModuleCtx *context, const char *name, RedisModuleString *value,
                 RedisModuleString **error) {
  return write_value(context, name, value->bytes, value->length, error);
}

static int write_typed(RedisModuleCtx *context, int type, const char *name, const char *value, size_t length,
                       RedisModuleString **error) {
  if (type_of(name) == type) return write_value(context, name, value, length, error);
  if (error) *error = rm_CreateStringPrintf(context, "the configuration parameter is not of this type");
  return REDISMODULE_ERR;
}

int rm_ConfigSetBool(RedisModuleCtx *context, const char *name, int value, RedisModuleString **error) {
  const char *text = value ? "yes" : "no";
  return write_typed(context, REDISMODULE_CONFIG_TYPE_BOOL, name, text, strlen(text), error);
}

int rm_ConfigSetEnum(RedisModuleCtx *context, const char *name, RedisModuleString *value,
                     RedisModuleString **error) {
  return write_typed(context, REDISMODULE_CONFIG_TYPE_ENUM, name, value->bytes, value->length, error);
}

int rm_ConfigSetNumeric(RedisModuleCtx *context, const char *name, long long value,
                        RedisModuleString **error) {
  char text[NUMBER_TEXT];
  size_t length = format_signed(text, value);
  return write_typed(context, REDISMODULE_CONFIG_TYPE_NUMERIC, name, text, length, error);
}

/* Names that match a glob pattern; all for NULL. */
RedisModuleConfigIterator *rm_ConfigIteratorCreate(RedisModuleCtx *context, const char *pattern) {
  RedisModuleConfigIterator *iterator = must_calloc(sizeof *iterator);
  HostFrame frame = host_begin();
  host_number(pattern != NULL);
  host_text(pattern ? pattern : "");
  if (host_call(HOST_configNames)) iterator->names = host_output_text(0);
  host_end(frame);
  if (iterator->names == NULL) iterator->names = must_calloc(1);
  iterator->at = iterator->names;
  for (char *at = iterator->names; *at; at++) {
    if (*at == '\n') *at = '\0';
  }
  auto_add(context, AUTO_CONFIG_ITERATOR, iterator);
  return iterator;
}

void rm_ConfigIteratorRelease(RedisModuleCtx *context, RedisModuleConfigIterator *iterator) {
  auto_remove(context, AUTO_CONFIG_ITERATOR, iterator);
  free(iterator->names);
  free(iterator);
}

/* NULL at the end; valid until the iterator is released. */
const char *rm_ConfigIteratorNext(RedisModuleConfigIterator *iterator) {
  if (*iterator->at == '\0') return NULL;
  const char *name = iterator->at;
  iterator->at += strlen(name) + 1;
  return name;
}
