/* The addon: starting and stopping the bridge, and the lifecycle of modules. */

#include "environment.h"

/* Slot 0 as a module, or NULL and an exception. */
static Module *module_of(napi_env env) {
  Module *module = module_by_number((int)slots[0]);
  if (module == NULL) napi_throw_error(env, "ERR_BRIDGE_NO_MODULE", "no such module");
  return module;
}

static napi_value pointer_value(napi_env env, const void *pointer) {
  napi_value value = NULL;
  napi_create_bigint_uint64(env, (uint64_t)(uintptr_t)pointer, &value);
  return value;
}

/* start(handlers, shared): true, or false when another environment or server has the bridge. */
static napi_value addon_start(napi_env env, napi_callback_info info) {
  napi_value values[2], result;
  size_t count = 2;
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
  bool started = environment == NULL && loop_start(env);
  if (started) {
    stack_learn();
    threads_start();
    started = host_start(env, values[0], values[1]);
  }
  napi_get_boolean(env, started, &result);
  return result;
}

static napi_value addon_stop(napi_env env, napi_callback_info info) {
  (void)info;
  if (environment != env) return NULL;
  loop_drain();
  threads_stop();
  while (modules) module_drop(modules);
  modules_sweep();
  host_stop();
  return NULL;
}

static napi_value addon_grow_output(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  host_grow_output((size_t)slots[0]);
  return NULL;
}

typedef struct Loading {
  Running running;
  void *stack;
} Loading;

static Loading loading;

/* What the module is doing, for the crash report; and the way back to JavaScript's stack. */
static void lifecycle_enter(Module *module, const char *what) {
  loading.stack = stack_mark();
  loading.running = running_enter(module, what);
}

static void lifecycle_leave(void) {
  running_leave(loading.running);
  stack_unmark(loading.stack);
}

/* beginLoad(arguments): module. Returns [context, argv] as pointers. */
static napi_value addon_begin_load(napi_env env, napi_callback_info info) {
  napi_value list, result;
  size_t count = 1;
  uint32_t length = 0;
  napi_get_cb_info(env, info, &count, &list, NULL, NULL);
  napi_get_array_length(env, list, &length);
  crash_install();
  modules_sweep();
  Module *module = must_calloc(sizeof *module);
  module->number = (int)slots[0];
  module->live = true;
  module->next = modules;
  modules = module;
  module->load_context = context_new(module, 0);
  module->load_argument_count = (int)length;
  module->load_arguments = must_calloc((length + 1) * sizeof(RedisModuleString *));
  for (uint32_t i = 0; i < length; i++) {
    napi_value value;
    void *data = NULL;
    size_t bytes = 0;
    napi_get_element(env, list, i, &value);
    napi_get_typedarray_info(env, value, NULL, &bytes, &data, NULL, NULL);
    module->load_arguments[i] = string_new(data, bytes);
  }
  lifecycle_enter(module, "RedisModule_OnLoad");
  napi_create_array(env, &result);
  napi_set_element(env, result, 0, pointer_value(env, module->load_context));
  napi_set_element(env, result, 1, pointer_value(env, module->load_arguments));
  return result;
}

/* endLoad: module, loaded. */
static napi_value addon_end_load(napi_env env, napi_callback_info info) {
  (void)info;
  bool loaded = slots[1] != 0;
  Module *module = module_of(env);
  if (module == NULL) return NULL;
  lifecycle_leave();
  context_free(module->load_context);
  module->load_context = NULL;
  arguments_free(module->load_arguments, module->load_argument_count);
  module->load_arguments = NULL;
  if (!loaded) module_drop(module);
  return NULL;
}

static napi_value addon_begin_unload(napi_env env, napi_callback_info info) {
  (void)info;
  Module *module = module_of(env);
  if (module == NULL) return NULL;
  /* OnUnload may stop timers, cancel subscriptions and so on: a context of its own. */
  RedisModuleCtx *context = context_new(module, 0);
  module->load_arguments = (RedisModuleString **)context;
  lifecycle_enter(module, "RedisModule_OnUnload");
  threads_open();
  return pointer_value(env, context);
}

/* endUnload: module, unloaded. */
static napi_value addon_end_unload(napi_env env, napi_callback_info info) {
  (void)info;
  bool unloaded = slots[1] != 0;
  Module *module = module_of(env);
  if (module == NULL) return NULL;
  threads_close();
  lifecycle_leave();
  context_free((RedisModuleCtx *)module->load_arguments);
  module->load_arguments = NULL;
  if (unloaded) module_drop(module);
  return NULL;
}

/* usage: module. JSON in output. */
static napi_value addon_usage(napi_env env, napi_callback_info info) {
  (void)info;
  Module *module = module_of(env);
  if (module == NULL) return NULL;
  Buffer json = {0};
  json_open(&json, '{');
  json_key(&json, "commands");
  json_number(&json, module->commands);
  json_key(&json, "types");
  json_number(&json, module->types);
  json_key(&json, "timers");
  json_number(&json, module->timers);
  json_key(&json, "blockedClients");
  json_number(&json, atomic_load(&module->blocked_clients));
  json_key(&json, "threadContexts");
  json_number(&json, atomic_load(&module->thread_contexts));
  json_key(&json, "options");
  json_number(&json, module->options);
  json_key(&json, "apiUsers");
  shared_api_users(module, &json);
  json_close(&json, '}');
  host_output_write(json.data, json.length);
  slots[0] = (double)json.length;
  buffer_free(&json);
  return NULL;
}

/* functions(): the table as JSON text. */
static napi_value addon_functions(napi_env env, napi_callback_info info) {
  (void)info;
  static const struct {
    const char *section, *name, *since, *reason;
  } rows[] = {
#define FN(section, tier, since, result, name, parameters) {#section, #name, #since, NULL},
#define NO(section, tier, since, result, name, parameters, ...) {#section, #name, #since, #__VA_ARGS__},
#include "functions.def"
#undef FN
#undef NO
  };
  Buffer json = {0};
  json_open(&json, '[');
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    json_open(&json, '{');
    json_key(&json, "name");
    json_string(&json, rows[i].name);
    json_key(&json, "section");
    json_string(&json, rows[i].section);
    json_key(&json, "since");
    json_string(&json, rows[i].since);
    json_key(&json, "implemented");
    json_boolean(&json, rows[i].reason == NULL);
    json_key(&json, "reason");
    json_string(&json, rows[i].reason ? rows[i].reason : "");
    json_close(&json, '}');
  }
  json_close(&json, ']');
  napi_value text;
  napi_create_string_utf8(env, json.data, json.length, &text);
  buffer_free(&json);
  return text;
}

static const Entry lifecycle[] = {
    {"start", addon_start},          {"stop", addon_stop},        {"growOutput", addon_grow_output},
    {"beginLoad", addon_begin_load}, {"endLoad", addon_end_load}, {"beginUnload", addon_begin_unload},
    {"endUnload", addon_end_unload}, {"usage", addon_usage},      {"functions", addon_functions},
};

NAPI_MODULE_INIT() {
  define_entries(env, exports, lifecycle, sizeof lifecycle / sizeof lifecycle[0]);
  entries_define(env, exports);
  type_entries_define(env, exports);
  metadata_entries_define(env, exports);
  descriptor_entries_define(env, exports);
  return exports;
}
