/* What JavaScript calls about values of data types. */

#include "environment.h"

#include <setjmp.h>

extern __thread jmp_buf *rdb_escape;

/* The type in slot 0 and the value in slot 1; throws for a type that is gone. */
static RedisModuleType *type_of(napi_env env, void **value) {
  RedisModuleType *type = type_by_number((int)slots[0]);
  *value = (void *)(uintptr_t)slots[1];
  if (type == NULL) napi_throw_error(env, "ERR_BRIDGE_NO_TYPE", "the module of this data type is not loaded");
  return type;
}

/* Saves a value up to and including the closing opcode. */
static void save_value(RedisModuleIO *io, void *value) {
  Running before = running_enter(io->module, "saving a value");
  io->type->methods.rdb_save(io, value);
  running_leave(before);
  buffer_byte(&io->out, 0);
}

/* type, value, database; key. */
static napi_value entry_type_save(napi_env env, napi_callback_info info) {
  Bytes in[2];
  void *value;
  read_bytes(env, info, in);
  RedisModuleType *type = type_of(env, &value);
  if (type == NULL) return NULL;
  RedisModuleIO io = {.module = type->module, .type = type, .saving = true, .db = (int)slots[2]};
  io.key = string_of(in[0]);
  save_value(&io, value);
  give(io.out.data, io.out.length);
  string_release(io.key);
  io_finish(&io);
  return NULL;
}

/* Calls the loader; NULL when the module refuses or the bytes make no sense to it. */
static void *guarded_load(RedisModuleIO *io, int encoding_version) {
  jmp_buf escape;
  jmp_buf *outer = rdb_escape;
  void *volatile value = NULL;
  Running before = running_enter(io->module, "loading a value");
  rdb_escape = &escape;
  if (setjmp(escape) == 0) value = io->type->methods.rdb_load(io, encoding_version);
  rdb_escape = outer;
  running_leave(before);
  return value;
}

/* As guarded_load; `complete` where the bytes end with the value. One that does not is freed. */
static void *load_value(RedisModuleIO *io, int encoding_version, bool *complete) {
  void *value = guarded_load(io, encoding_version);
  *complete = value && io_at_end(io);
  if (value && !*complete) io->type->methods.free(value);
  return value;
}

/* type, encoding version, database; payload, key. Slots: value, consumed. */
static napi_value entry_type_load(napi_env env, napi_callback_info info) {
  Bytes in[2];
  void *unused;
  read_bytes(env, info, in);
  int encoding_version = (int)slots[1];
  RedisModuleType *type = type_of(env, &unused);
  if (type == NULL) return NULL;
  RedisModuleIO io = {.module = type->module,
                      .type = type,
                      .in = in[0].data,
                      .in_length = in[0].length,
                      .db = (int)slots[2],
                      .key = string_of(in[1])};
  bool complete;
  void *value = load_value(&io, encoding_version, &complete);
  slots[0] = (double)(uintptr_t)value;
  slots[1] = (double)io.position;
  if (value == NULL) {
    napi_throw_error(env, "ERR_BRIDGE_LOAD",
                     io.failed ? "the value's bytes are corrupt" : "the module refused the value");
  } else if (!complete) {
    napi_throw_error(env, "ERR_BRIDGE_LOAD", "the value's bytes go on after its end, or stop before it");
  }
  string_release(io.key);
  io_finish(&io);
  return NULL;
}

/* The value of `to` that becomes of one of `from`, by way of its bytes; NULL where it does not. */
static void *carry(RedisModuleType *from, RedisModuleType *to, void *value, RedisModuleString *no_key) {
  RedisModuleIO out = {.module = from->module, .type = from, .saving = true, .key = no_key};
  save_value(&out, value);
  RedisModuleIO in = {.module = to->module,
                      .type = to,
                      .in = (const unsigned char *)out.out.data,
                      .in_length = out.out.length,
                      .key = no_key};
  bool complete;
  void *carried = load_value(&in, from->encoding_version, &complete);
  io_finish(&in);
  io_finish(&out);
  return complete ? carried : NULL;
}

/* from, to; values, as doubles. Puts what became of each in its place, and the number of those into
 * slot 0: fewer than all where one is refused. */
static napi_value entry_type_carry(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  RedisModuleType *from = type_by_number((int)slots[0]), *to = type_by_number((int)slots[1]);
  double *values = (double *)in[0].data;
  RedisModuleString *no_key = string_of((Bytes){0});
  size_t done = 0;
  for (; from && to && done < in[0].length; done++) {
    void *carried = carry(from, to, (void *)(uintptr_t)values[done], no_key);
    if (carried == NULL) break;
    values[done] = (double)(uintptr_t)carried;
  }
  string_release(no_key);
  slots[0] = (double)done;
  return NULL;
}

/* type, when. */
static napi_value entry_type_aux_save(napi_env env, napi_callback_info info) {
  (void)info;
  void *unused;
  int when = (int)slots[1];
  RedisModuleType *type = type_of(env, &unused);
  if (type == NULL) return NULL;
  RedisModuleTypeMethods *methods = &type->methods;
  RedisModuleIO io = {.module = type->module, .type = type, .saving = true, .db = -1};
  Running before = running_enter(type->module, "saving aux data");
  if (methods->aux_save2) methods->aux_save2(&io, when);
  else if (methods->aux_save) methods->aux_save(&io, when);
  running_leave(before);
  /* The newer callback leaves nothing at all when it writes nothing. */
  if (io.out.length || !methods->aux_save2) buffer_byte(&io.out, 0);
  give(io.out.data, io.out.length);
  io_finish(&io);
  return NULL;
}

/* type, encoding version, when; payload. Slot 0: consumed. */
static napi_value entry_type_aux_load(napi_env env, napi_callback_info info) {
  Bytes in[2];
  void *unused;
  read_bytes(env, info, in);
  int encoding_version = (int)slots[1], when = (int)slots[2];
  RedisModuleType *type = type_of(env, &unused);
  if (type == NULL) return NULL;
  RedisModuleIO io = {
      .module = type->module, .type = type, .in = in[0].data, .in_length = in[0].length, .db = -1};
  jmp_buf escape;
  jmp_buf *outer = rdb_escape;
  volatile int result = REDISMODULE_ERR;
  Running before = running_enter(type->module, "loading aux data");
  rdb_escape = &escape;
  if (type->methods.aux_load && setjmp(escape) == 0)
    result = type->methods.aux_load(&io, encoding_version, when);
  rdb_escape = outer;
  running_leave(before);
  bool complete = result == REDISMODULE_OK && io_at_end(&io);
  slots[0] = (double)io.position;
  if (!complete)
    napi_throw_error(env, "ERR_BRIDGE_LOAD", "the module refused its aux data, or it is corrupt");
  io_finish(&io);
  return NULL;
}

/* type, value, database; key. */
static napi_value entry_type_rewrite(napi_env env, napi_callback_info info) {
  Bytes in[2];
  void *value;
  read_bytes(env, info, in);
  RedisModuleType *type = type_of(env, &value);
  if (type == NULL) return NULL;
  RedisModuleIO io = {.module = type->module, .type = type, .commands = true, .db = (int)slots[2]};
  io.key = string_of(in[0]);
  Running before = running_enter(type->module, "rewriting a value");
  if (type->methods.aof_rewrite) type->methods.aof_rewrite(&io, io.key, value);
  running_leave(before);
  give(io.out.data, io.out.length);
  string_release(io.key);
  io_finish(&io);
  return NULL;
}

static napi_value entry_type_free(napi_env env, napi_callback_info info) {
  (void)info;
  void *value;
  RedisModuleType *type = type_of(env, &value);
  if (type == NULL) return NULL;
  Running before = running_enter(type->module, "freeing a value");
  if (type->methods.free) type->methods.free(value);
  running_leave(before);
  return NULL;
}

/* type, value, database, what, samples; key. What: 0 unlink, 1 effort to free, 2 memory. */
static napi_value entry_type_measure(napi_env env, napi_callback_info info) {
  Bytes in[2];
  void *value;
  read_bytes(env, info, in);
  RedisModuleType *type = type_of(env, &value);
  if (type == NULL) return NULL;
  RedisModuleTypeMethods *methods = &type->methods;
  RedisModuleKeyOptCtx context = {.from = string_of(in[0]), .from_db = (int)slots[2], .to_db = -1};
  int what = (int)slots[3];
  size_t samples = (size_t)slots[4], result = what == 1 ? 1 : 0;
  Running before = running_enter(type->module, "measuring or unlinking a value");
  if (what == 0 && methods->unlink2) methods->unlink2(&context, value);
  else if (what == 0 && methods->unlink) methods->unlink(context.from, value);
  else if (what == 1 && methods->free_effort2) result = methods->free_effort2(&context, value);
  else if (what == 1 && methods->free_effort) result = methods->free_effort(context.from, value);
  else if (what == 2 && methods->mem_usage2) result = methods->mem_usage2(&context, value, samples);
  else if (what == 2 && methods->mem_usage) result = methods->mem_usage(value);
  running_leave(before);
  slots[0] = (double)result;
  string_release(context.from);
  return NULL;
}

/* type, value, database; key. */
static napi_value entry_type_digest(napi_env env, napi_callback_info info) {
  Bytes in[2];
  void *value;
  read_bytes(env, info, in);
  RedisModuleType *type = type_of(env, &value);
  if (type == NULL) return NULL;
  if (type->methods.digest == NULL) {
    slots[0] = -1;
    return NULL;
  }
  RedisModuleDigest digest = {.key = string_of(in[0]), .db = (int)slots[2]};
  Running before = running_enter(type->module, "digesting a value");
  type->methods.digest(&digest, value);
  running_leave(before);
  give(digest.closed, sizeof digest.closed);
  string_release(digest.key);
  return NULL;
}

/* type, value, from database, to database; from, to. Slot 0: the copy or 0. */
static napi_value entry_type_copy(napi_env env, napi_callback_info info) {
  Bytes in[2];
  void *value, *copy = NULL;
  read_bytes(env, info, in);
  RedisModuleType *type = type_of(env, &value);
  if (type == NULL) return NULL;
  RedisModuleKeyOptCtx context = {string_of(in[0]), string_of(in[1]), (int)slots[2], (int)slots[3]};
  Running before = running_enter(type->module, "copying a value");
  if (type->methods.copy2) copy = type->methods.copy2(&context, value);
  else if (type->methods.copy) copy = type->methods.copy(context.from, context.to, value);
  running_leave(before);
  slots[0] = (double)(uintptr_t)copy;
  string_release(context.from);
  string_release(context.to);
  return NULL;
}

static const Entry entries[] = {
    {"typeSave", entry_type_save},        {"typeLoad", entry_type_load},
    {"typeAuxSave", entry_type_aux_save}, {"typeAuxLoad", entry_type_aux_load},
    {"typeRewrite", entry_type_rewrite},  {"typeFree", entry_type_free},
    {"typeMeasure", entry_type_measure},  {"typeDigest", entry_type_digest},
    {"typeCopy", entry_type_copy},        {"typeCarry", entry_type_carry},
};

void type_entries_define(napi_env env, napi_value exports) {
  define_entries(env, exports, entries, sizeof entries / sizeof entries[0]);
}
