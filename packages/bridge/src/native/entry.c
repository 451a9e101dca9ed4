/* What JavaScript calls: running commands, notifications and the rest. Numbers come in
 * `slots`, bytes as typed arrays; results go into `slots` and `output`. */

#include "authentication.h"
#include "environment.h"

enum { QUICK_ARGUMENTS = 32 };

void read_bytes(napi_env env, napi_callback_info info, Bytes out[2]) {
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

RedisModuleString *string_of(Bytes bytes) { return string_new((const char *)bytes.data, bytes.length); }

void give(const void *bytes, size_t length) {
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
static void invocation_start(Invocation *invocation, Bytes bytes, const int32_t *offsets, int first,
                             int count) {
  invocation->count = count;
  invocation->arguments = invocation->quick;
  if (count > QUICK_ARGUMENTS)
    invocation->arguments = must_alloc((size_t)count * sizeof(RedisModuleString *));
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

/* invoke(bytes, offsets): command, first, count, caller. Slot 0: length, or -1 for "later"; slots 1 and 2: the
 * aftermath. */
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
  Aftermath aftermath = {0};
  context.aftermath = &aftermath;
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
  slots[1] = aftermath.modified;
  slots[2] = aftermath.verbatim;
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
  slots[1] = 0;
  if (blocked_timeout(number, &reply)) {
    give_reply(&reply, NULL);
    slots[1] = (double)blocked_measured(number);
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
  slots[1] = 0;
  if (blocked_key_ready(number, key, &reply)) {
    give_reply(&reply, NULL);
    slots[1] = (double)blocked_measured(number);
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

/* type, database; event, key. Slot 0: whether jobs wait for the end of the command. */
static napi_value entry_keyspace_event(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  int type = (int)slots[0], db = (int)slots[1];
  RedisModuleString *event = string_of(in[0]), *key = string_of(in[1]);
  slots[0] = notify_modules(type, event->bytes, db, key);
  string_release(event);
  string_release(key);
  return NULL;
}

static napi_value entry_post_notification_jobs(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  run_post_notification_jobs(slots[0] == 0);
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

/* caller; user, password. Slots: length of the error or -1, the outcome. */
static napi_value entry_authenticate(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  Caller caller = {slots[0], (int)slots[1], (int)slots[2], (int)slots[3]};
  RedisModuleString *user = string_of(in[0]), *password = string_of(in[1]), *error;
  AuthOutcome outcome = authenticate(&caller, user, password, &error);
  if (error) give(error->bytes, error->length);
  else slots[0] = -1;
  slots[1] = outcome;
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

static const Entry entries[] = {
    {"invoke", entry_invoke},
    {"positions", entry_positions},
    {"filter", entry_filter},
    {"blockedTimeout", entry_blocked_timeout},
    {"blockedGone", entry_blocked_gone},
    {"blockedKeyReady", entry_blocked_key_ready},
    {"callFinished", entry_call_finished},
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

void define_entries(napi_env env, napi_value exports, const Entry *list, size_t count) {
  for (size_t i = 0; i < count; i++) {
    napi_value function;
    napi_create_function(env, list[i].name, NAPI_AUTO_LENGTH, list[i].function, NULL, &function);
    napi_set_named_property(env, exports, list[i].name, function);
  }
}

void entries_define(napi_env env, napi_value exports) {
  define_entries(env, exports, entries, sizeof entries / sizeof entries[0]);
}
