/* What JavaScript calls: running commands, data types, notifications and the rest. Numbers come in
 * `slots`, bytes as typed arrays; results go into `slots` and `output`. */

#include "environment.h"

#include <setjmp.h>

extern __thread jmp_buf *rdb_escape;

enum { QUICK_ARGUMENTS = 32 };

typedef struct Bytes {
  const unsigned char *data;
  size_t length;
} Bytes;

/* Up to two typed arrays. Absent ones are empty. */
static void read_bytes(napi_env env, napi_callback_info info, Bytes out[2]) {
  napi_value values[2];
  size_t count = 2;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  for (size_t i = 0; i < 2; i++) {
    void *data = NULL;
    size_t length = 0;
    if (i >= count || napi_get_typedarray_info(env, values[i], NULL, &length, &data, NULL, NULL) != napi_ok) {
      length = 0;
    }
    out[i] = (Bytes){data, length};
  }
}

static RedisModuleString *string_of(Bytes bytes) { return string_new((const char *)bytes.data, bytes.length); }

/* The result bytes of an entry: their length in slot 0. */
static void give(const void *bytes, size_t length) {
  host_output_write(bytes, length);
  slots[0] = (double)length;
}

/* A text or null. Takes over `text`. */
static void give_text(char *text) {
  if (text) give(text, strlen(text));
  else slots[0] = -1;
  free(text);
}

typedef struct Invocation {
  RedisModuleString **arguments;
  int count;
  RedisModuleString *quick[QUICK_ARGUMENTS];
} Invocation;

/* Arguments as offsets into bytes: a pair each, from `first` on. */
static void invocation_start(Invocation *invocation, Bytes bytes, const int32_t *offsets, int first, int count) {
  invocation->count = count;
  invocation->arguments = invocation->quick;
  if (count > QUICK_ARGUMENTS) invocation->arguments = must_alloc((size_t)count * sizeof(RedisModuleString *));
  for (int i = 0; i < count; i++) {
    int32_t start = offsets[first + 2 * i], end = offsets[first + 2 * i + 1];
    invocation->arguments[i] = string_new((const char *)bytes.data + start, (size_t)(end - start));
  }
}

static void invocation_finish(Invocation *invocation) {
  for (int i = 0; i < invocation->count; i++) string_release(invocation->arguments[i]);
  if (invocation->arguments != invocation->quick) free(invocation->arguments);
}

static void give_reply(Reply *reply, const Module *module) {
  Buffer *whole = reply_finish(reply, module);
  give(whole->data, whole->length);
  reply_free(reply);
}

/* invoke(bytes, offsets): command, first, count, caller. Slot 0: length, or -1 for "later". */
static napi_value entry_invoke(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  Command *command = command_by_number((int)slots[0]);
  if (command == NULL || command->function == NULL) {
    napi_throw_error(env, "ERR_BRIDGE_NO_COMMAND", "no such module command");
    return NULL;
  }
  Invocation invocation;
  RedisModuleCtx context;
  Reply reply;
  context_start(&context, command->module, CONTEXT_COMMAND);
  context.caller = (Caller){slots[3], (int)slots[4], (int)slots[5], (int)slots[6]};
  invocation_start(&invocation, in[0], (const int32_t *)in[1].data, (int)slots[1], (int)slots[2]);
  reply_start(&reply, context.caller.resp);
  context.reply = &reply;
  context.command = command;
  context.arguments = invocation.arguments;
  context.argument_count = invocation.count;
  keyspace_epoch++;
  Running before = running_enter(command->module, command->name);
  command->function(&context, invocation.arguments, invocation.count);
  context_finish(&context);
  running_leave(before);
  invocation_finish(&invocation);
  /* The handle may be gone: UnblockClient frees it, but only from the event loop. */
  if (context.blocked && blocked_waiting(context.blocked)) {
    reply_free(&reply);
    slots[0] = -1;
  } else {
    give_reply(&reply, command->module);
  }
  return NULL;
}

/* positions(bytes, offsets): command, first, count, channels. Slot 0: how many; pairs in output. */
static napi_value entry_positions(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  Command *command = command_by_number((int)slots[0]);
  bool channels = slots[3] != 0;
  if (command == NULL || command->function == NULL) {
    slots[0] = 0;
    return NULL;
  }
  Invocation invocation;
  RedisModuleCtx context;
  Positions positions = {0};
  context_start(&context, command->module, channels ? CONTEXT_CHANNELS_REQUEST : CONTEXT_KEYS_REQUEST);
  invocation_start(&invocation, in[0], (const int32_t *)in[1].data, (int)slots[1], (int)slots[2]);
  context.command = command;
  context.positions = &positions;
  Running before = running_enter(command->module, command->name);
  command->function(&context, invocation.arguments, invocation.count);
  context_finish(&context);
  running_leave(before);
  invocation_finish(&invocation);
  Buffer pairs = {0};
  for (int i = 0; i < positions.count; i++) {
    int32_t pair[2] = {positions.positions[i], positions.flags[i]};
    buffer_append(&pairs, pair, sizeof pair);
  }
  host_output_write(pairs.data, pairs.length);
  slots[0] = positions.count;
  buffer_free(&pairs);
  free(positions.positions);
  free(positions.flags);
  return NULL;
}

/* filter(bytes, offsets): first, count, client. Slot 0: -1 for unchanged, else how many arguments;
 * each in output after its length. */
static napi_value entry_filter(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  Invocation invocation;
  double client = slots[2];
  invocation_start(&invocation, in[0], (const int32_t *)in[1].data, (int)slots[0], (int)slots[1]);
  size_t size = (size_t)invocation.count * sizeof(RedisModuleString *);
  RedisModuleString **arguments = memcpy(must_alloc(size), invocation.arguments, size);
  int count = invocation.count;
  if (invocation.arguments != invocation.quick) free(invocation.arguments);
  bool changed = filters_run(NULL, client, &arguments, &count);
  Buffer packed = {0};
  for (int i = 0; i < count && changed; i++) {
    uint32_t length = (uint32_t)arguments[i]->length;
    buffer_append(&packed, &length, sizeof length);
    buffer_append(&packed, arguments[i]->bytes, length);
  }
  host_output_write(packed.data, packed.length);
  slots[0] = changed ? count : -1;
  buffer_free(&packed);
  arguments_free(arguments, count);
  return NULL;
}

static napi_value entry_blocked_timeout(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  Reply reply;
  uint64_t number = (uint64_t)slots[0];
  reply_start(&reply, (int)slots[1]);
  if (blocked_timeout(number, &reply)) {
    give_reply(&reply, NULL);
  } else {
    slots[0] = -1;
  }
  return NULL;
}

static napi_value entry_blocked_gone(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  blocked_gone((uint64_t)slots[0]);
  return NULL;
}

static napi_value entry_blocked_key_ready(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  Reply reply;
  uint64_t number = (uint64_t)slots[0];
  reply_start(&reply, (int)slots[1]);
  RedisModuleString *key = string_of(in[0]);
  keyspace_epoch++;
  if (blocked_key_ready(number, key, &reply)) {
    give_reply(&reply, NULL);
  } else {
    reply_free(&reply);
    slots[0] = -1;
  }
  string_release(key);
  return NULL;
}

static napi_value entry_call_finished(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  promise_finished((uint64_t)slots[0], (const char *)in[0].data, in[0].length);
  return NULL;
}

/* The type in slot 0 and the value in slot 1; throws for a type that is gone. */
static RedisModuleType *type_of(napi_env env, void **value) {
  RedisModuleType *type = type_by_number((int)slots[0]);
  *value = (void *)(uintptr_t)slots[1];
  if (type == NULL) napi_throw_error(env, "ERR_BRIDGE_NO_TYPE", "the module of this data type is not loaded");
  return type;
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
  Running before = running_enter(type->module, "saving a value");
  type->methods.rdb_save(&io, value);
  running_leave(before);
  buffer_byte(&io.out, 0); /* the closing opcode */
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
  void *value = guarded_load(&io, encoding_version);
  bool complete = value && io_at_end(&io);
  if (value && !complete) type->methods.free(value);
  slots[0] = (double)(uintptr_t)value;
  slots[1] = (double)io.position;
  if (value == NULL) {
    napi_throw_error(env, "ERR_BRIDGE_LOAD", io.failed ? "the value's bytes are corrupt" : "the module refused the value");
  } else if (!complete) {
    napi_throw_error(env, "ERR_BRIDGE_LOAD", "the value's bytes go on after its end, or stop before it");
  }
  string_release(io.key);
  io_finish(&io);
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
  RedisModuleIO io = {.module = type->module, .type = type, .in = in[0].data, .in_length = in[0].length, .db = -1};
  jmp_buf escape;
  jmp_buf *outer = rdb_escape;
  volatile int result = REDISMODULE_ERR;
  Running before = running_enter(type->module, "loading aux data");
  rdb_escape = &escape;
  if (type->methods.aux_load && setjmp(escape) == 0) result = type->methods.aux_load(&io, encoding_version, when);
  rdb_escape = outer;
  running_leave(before);
  bool complete = result == REDISMODULE_OK && io_at_end(&io);
  slots[0] = (double)io.position;
  if (!complete) napi_throw_error(env, "ERR_BRIDGE_LOAD", "the module refused its aux data, or it is corrupt");
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

/* type, database; event, key. */
static napi_value entry_keyspace_event(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  int type = (int)slots[0], db = (int)slots[1];
  RedisModuleString *event = string_of(in[0]), *key = string_of(in[1]);
  notify_modules(type, event->bytes, db, key);
  string_release(event);
  string_release(key);
  return NULL;
}

static napi_value entry_post_notification_jobs(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  run_post_notification_jobs();
  return NULL;
}

/* event, subevent, number, second; text, key. */
static napi_value entry_server_event(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  int event = (int)slots[0], subevent = (int)slots[1];
  double number = slots[2], second = slots[3];
  RedisModuleString *text = string_of(in[0]), *key = string_of(in[1]);
  server_event(event, subevent, number, second, text->bytes, key);
  string_release(text);
  string_release(key);
  return NULL;
}

static napi_value entry_info(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  Module *module = module_by_number((int)slots[0]);
  give_text(module ? module_info(module, slots[1] != 0) : must_strdup(""));
  return NULL;
}

static napi_value entry_config_get(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  RedisModuleString *value = config_get((int)slots[0]);
  if (value) give(value->bytes, value->length);
  else slots[0] = -1;
  string_release(value);
  return NULL;
}

static napi_value entry_config_set(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  give_text(config_set((int)slots[0], (const char *)in[0].data, in[0].length));
  return NULL;
}

static napi_value entry_config_apply(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  give_text(config_apply((int)slots[0]));
  return NULL;
}

/* client; user, password. Slots: length of the error or -1, whether it was handled. */
static napi_value entry_authenticate(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  RedisModuleString *user = string_of(in[0]), *password = string_of(in[1]), *error;
  bool handled = authenticate(slots[0], user, password, &error);
  if (error) give(error->bytes, error->length);
  else slots[0] = -1;
  slots[1] = handled;
  string_release(error);
  string_release(user);
  string_release(password);
  return NULL;
}

static napi_value entry_user_changed(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  user_changed(slots[0]);
  return NULL;
}

static const struct {
  const char *name;
  napi_callback function;
} entries[] = {
    {"invoke", entry_invoke},
    {"positions", entry_positions},
    {"filter", entry_filter},
    {"blockedTimeout", entry_blocked_timeout},
    {"blockedGone", entry_blocked_gone},
    {"blockedKeyReady", entry_blocked_key_ready},
    {"callFinished", entry_call_finished},
    {"typeSave", entry_type_save},
    {"typeLoad", entry_type_load},
    {"typeAuxSave", entry_type_aux_save},
    {"typeAuxLoad", entry_type_aux_load},
    {"typeRewrite", entry_type_rewrite},
    {"typeFree", entry_type_free},
    {"typeMeasure", entry_type_measure},
    {"typeDigest", entry_type_digest},
    {"typeCopy", entry_type_copy},
    {"keyspaceEvent", entry_keyspace_event},
    {"postNotificationJobs", entry_post_notification_jobs},
    {"serverEvent", entry_server_event},
    {"info", entry_info},
    {"configGet", entry_config_get},
    {"configSet", entry_config_set},
    {"configApply", entry_config_apply},
    {"authenticate", entry_authenticate},
    {"userChanged", entry_user_changed},
};

bool entry_define(napi_env env, napi_value exports) {
  for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
    napi_value function;
    if (napi_create_function(env, entries[i].name, NAPI_AUTO_LENGTH, entries[i].function, NULL, &function) != napi_ok ||
        napi_set_named_property(env, exports, entries[i].name, function) != napi_ok) {
      return false;
    }
  }
  return true;
}
