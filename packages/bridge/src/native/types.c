/* Data types: registration, and the values in the keyspace. */

#include "bridge.h"

#include <errno.h>

static Table types;
static int next_number = 1;

RedisModuleType *type_by_number(int number) { return table_get(&types, (uint64_t)number); }

/* Nine characters of six bits and ten bits of version; 0 for what does not fit. */
static uint64_t encode_id(const char *name, int encoding_version) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (strlen(name) != 9 || encoding_version < 0 || encoding_version > 1023) return 0;
  uint64_t id = 0;
  for (int i = 0; i < 9; i++) {
    const char *at = strchr(alphabet, name[i]);
    if (at == NULL) return 0;
    id = id << 6 | (uint64_t)(at - alphabet);
  }
  return id << 10 | (uint64_t)encoding_version;
}

/* A module built against an older version of the structure has less of it. */
static RedisModuleTypeMethods copy_methods(const RedisModuleTypeMethods *methods) {
  static const size_t sizes[] = {
      0,
      offsetof(RedisModuleTypeMethods, aux_load),
      offsetof(RedisModuleTypeMethods, free_effort),
      offsetof(RedisModuleTypeMethods, mem_usage2),
      offsetof(RedisModuleTypeMethods, aux_save2),
      sizeof(RedisModuleTypeMethods),
  };
  RedisModuleTypeMethods copy = {0};
  uint64_t version = methods->version < 5 ? methods->version : 5;
  memcpy(&copy, methods, sizes[version]);
  return copy;
}

static void method(Buffer *json, const char *name, bool present) {
  json_key(json, name);
  json_boolean(json, present);
}

static bool register_type(const RedisModuleType *type) {
  const RedisModuleTypeMethods *methods = &type->methods;
  Buffer json = {0};
  json_open(&json, '{');
  json_key(&json, "module");
  json_number(&json, type->module->number);
  json_key(&json, "number");
  json_number(&json, type->number);
  json_key(&json, "name");
  json_string(&json, type->name);
  json_key(&json, "encodingVersion");
  json_number(&json, type->encoding_version);
  json_key(&json, "rdbId");
  char id[NUMBER_TEXT];
  format_unsigned(id, type->id);
  json_string(&json, id);
  json_key(&json, "methods");
  json_open(&json, '{');
  method(&json, "save", methods->rdb_save);
  method(&json, "load", methods->rdb_load);
  method(&json, "rewrite", methods->aof_rewrite);
  method(&json, "memoryUsage", methods->mem_usage || methods->mem_usage2);
  method(&json, "digest", methods->digest);
  method(&json, "copy", methods->copy || methods->copy2);
  method(&json, "unlink", methods->unlink || methods->unlink2);
  method(&json, "freeEffort", methods->free_effort || methods->free_effort2);
  method(&json, "auxSave", methods->aux_save || methods->aux_save2);
  method(&json, "auxLoad", methods->aux_load);
  json_close(&json, '}');
  json_key(&json, "auxTriggers");
  json_number(&json, methods->aux_save_triggers);
  json_close(&json, '}');
  HostFrame frame = host_begin();
  host_bytes(json.data, json.length);
  bool accepted = host_call(HOST_registerType) && host_result(0) != 0;
  host_end(frame);
  buffer_free(&json);
  return accepted;
}

/* Only while the module loads. NULL for a malformed name or version, and for a name that is taken. */
RedisModuleType *rm_CreateDataType(RedisModuleCtx *context, const char *name, int encoding_version,
                                   RedisModuleTypeMethods *methods) {
  Module *module = context->module;
  uint64_t id = encode_id(name, encoding_version);
  if (module == NULL || module->load_context == NULL || id == 0 || methods->version == 0) return NULL;
  RedisModuleType *type = must_calloc(sizeof *type);
  type->number = next_number++;
  type->module = module;
  type->id = id;
  type->encoding_version = encoding_version;
  memcpy(type->name, name, 10);
  type->methods = copy_methods(methods);
  if (!register_type(type)) {
    free(type);
    return NULL;
  }
  table_set(&types, (uint64_t)type->number, type);
  module->types++;
  return type;
}

void types_drop(Module *module) {
  for (size_t i = 0; i < types.capacity; i++) {
    RedisModuleType *type = types.values[i];
    if (type == NULL || type->module != module) continue;
    table_set(&types, (uint64_t)type->number, NULL);
    free(type);
    i = (size_t)-1;
  }
  module->types = 0;
}

RedisModuleType *rm_ModuleTypeGetType(RedisModuleKey *key) {
  if (key == NULL) return NULL;
  key_refresh(key);
  return key->module_type;
}

void *rm_ModuleTypeGetValue(RedisModuleKey *key) {
  if (key == NULL) return NULL;
  key_refresh(key);
  return key->value;
}

/* JavaScript numbers hold pointers as long as they are below 2^53, as user memory is. */
static bool fits_number(const void *value) { return (uintptr_t)value <= (uintptr_t)1 << 53; }

static int store(RedisModuleKey *key, HostOperation operation, RedisModuleType *type, void *value) {
  if (!fits_number(value)) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_number(type->number);
  host_number((double)(uintptr_t)value);
  bool stored = host_call(operation);
  host_end(frame);
  key_changed(key);
  return stored ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* Replaces whatever the key held, which is freed. */
int rm_ModuleTypeSetValue(RedisModuleKey *key, RedisModuleType *type, void *value) {
  if (!key_writable(key)) return REDISMODULE_ERR;
  return store(key, HOST_moduleValueSet, type, value);
}

/* Fails unless the key holds a value of this type, which the caller gets back. */
int rm_ModuleTypeReplaceValue(RedisModuleKey *key, RedisModuleType *type, void *value, void **old) {
  if (!key_writable(key)) return REDISMODULE_ERR;
  key_refresh(key);
  if (key->type != REDISMODULE_KEYTYPE_MODULE || key->module_type != type) return REDISMODULE_ERR;
  void *previous = key->value;
  if (store(key, HOST_moduleValueReplace, type, value) != REDISMODULE_OK) return REDISMODULE_ERR;
  if (old) *old = previous;
  return REDISMODULE_OK;
}

const RedisModuleString *rm_GetKeyNameFromOptCtx(RedisModuleKeyOptCtx *context) { return context->from; }

const RedisModuleString *rm_GetToKeyNameFromOptCtx(RedisModuleKeyOptCtx *context) { return context->to; }

int rm_GetDbIdFromOptCtx(RedisModuleKeyOptCtx *context) { return context->from_db; }

int rm_GetToDbIdFromOptCtx(RedisModuleKeyOptCtx *context) { return context->to_db; }

const RedisModuleString *rm_GetKeyNameFromDigest(RedisModuleDigest *digest) { return digest->key; }

int rm_GetDbIdFromDigest(RedisModuleDigest *digest) { return digest->db; }

/* Elements are mixed in order until the sequence ends; sequences are combined without order. */
void rm_DigestAddStringBuffer(RedisModuleDigest *digest, const char *bytes, size_t length) {
  unsigned char hash[20];
  sha1(bytes, length, hash);
  for (int i = 0; i < 20; i++) digest->open[i] ^= hash[i];
  sha1(digest->open, 20, hash);
  memcpy(digest->open, hash, 20);
}

void rm_DigestAddLongLong(RedisModuleDigest *digest, long long value) {
  char text[NUMBER_TEXT];
  rm_DigestAddStringBuffer(digest, text, format_signed(text, value));
}

void rm_DigestEndSequence(RedisModuleDigest *digest) {
  unsigned char hash[20];
  sha1(digest->open, 20, hash);
  for (int i = 0; i < 20; i++) digest->closed[i] ^= hash[i];
  memset(digest->open, 0, 20);
}
