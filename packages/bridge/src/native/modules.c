/* Modules: what Init tells about them, the APIs they share, and their end. */

#include "authentication.h"
#include "key-metadata.h"

Module *modules;
static Module *dropped;

Module *module_by_number(int number) {
  for (Module *module = modules; module; module = module->next) {
    if (module->number == number) return module;
  }
  return NULL;
}

/* An API that modules offer each other under a name. */
typedef struct SharedApi {
  struct SharedApi *next;
  char *name;
  void *function;
  Module *owner;
  Module **users;
  int user_count;
} SharedApi;

static SharedApi *shared_apis;

static SharedApi *find_shared(const char *name) {
  for (SharedApi *api = shared_apis; api; api = api->next) {
    if (strcmp(api->name, name) == 0) return api;
  }
  return NULL;
}

/* Fails when the name is taken. */
int rm_ExportSharedAPI(RedisModuleCtx *context, const char *name, void *function) {
  if (find_shared(name)) return REDISMODULE_ERR;
  SharedApi *api = must_calloc(sizeof *api);
  *api = (SharedApi){
      .next = shared_apis, .name = must_strdup(name), .function = function, .owner = context->module};
  shared_apis = api;
  return REDISMODULE_OK;
}

/* NULL when nobody exports it. Who gets it keeps its owner loaded. */
void *rm_GetSharedAPI(RedisModuleCtx *context, const char *name) {
  SharedApi *api = find_shared(name);
  if (api == NULL) return NULL;
  for (int i = 0; i < api->user_count; i++) {
    if (api->users[i] == context->module) return api->function;
  }
  if (context->module && context->module != api->owner) {
    api->users = must_realloc(api->users, (size_t)(api->user_count + 1) * sizeof *api->users);
    api->users[api->user_count++] = context->module;
  }
  return api->function;
}

void shared_api_users(const Module *module, Buffer *json) {
  json_open(json, '[');
  for (SharedApi *api = shared_apis; api; api = api->next) {
    for (int i = 0; api->owner == module && i < api->user_count; i++) json_string(json, api->users[i]->name);
  }
  json_close(json, ']');
}

void shared_apis_drop(Module *module) {
  SharedApi **at = &shared_apis;
  while (*at) {
    SharedApi *api = *at;
    int kept = 0;
    for (int i = 0; i < api->user_count; i++) {
      if (api->users[i] != module) api->users[kept++] = api->users[i];
    }
    api->user_count = kept;
    if (api->owner != module) {
      at = &api->next;
      continue;
    }
    *at = api->next;
    free(api->name);
    free(api->users);
    free(api);
  }
}

int rm_IsModuleNameBusy(const char *name) {
  HostFrame frame = host_begin();
  host_text(name);
  int busy = host_call(HOST_moduleNameBusy) && host_result(0) != 0;
  host_end(frame);
  return busy;
}

/* The inline Init of every module ends with this. Calling it twice changes nothing. */
void rm_SetModuleAttribs(RedisModuleCtx *context, const char *name, int version, int api_version) {
  Module *module = context->module;
  if (module == NULL || module->name) return;
  module->name = must_strdup(name);
  module->version = version;
  HostFrame frame = host_begin();
  host_number(module->number);
  host_text(name);
  host_number(version);
  host_number(api_version);
  host_call(HOST_moduleAttributes);
  host_end(frame);
}

void rm_SetModuleOptions(RedisModuleCtx *context, int options) {
  if (context->module) context->module->options = options;
}

int rm_GetModuleOptionsAll(void) {
  return REDISMODULE_OPTIONS_HANDLE_IO_ERRORS | REDISMODULE_OPTION_NO_IMPLICIT_SIGNAL_MODIFIED |
         REDISMODULE_OPTIONS_HANDLE_REPL_ASYNC_LOAD | REDISMODULE_OPTIONS_ALLOW_NESTED_KEYSPACE_NOTIFICATIONS;
}

int rm_GetServerVersion(void) { return (int)host_ask(HOST_serverVersion, 0, 0); }

int rm_GetTypeMethodVersion(void) { return REDISMODULE_TYPE_METHOD_VERSION; }

/* What refers to the module from elsewhere finds `live` false and leaves its functions alone. The
 * structure itself stays for a while: a thread-safe context may outlive the module. */
void module_drop(Module *module) {
  module->live = false;
  timers_drop(module);
  watchers_drop(module);
  blocked_drop(module);
  notifications_drop(module);
  events_drop(module);
  filters_drop(module);
  configs_drop(module);
  promises_drop(module);
  shared_apis_drop(module);
  auth_drop(module);
  users_drop(module);
  commands_drop(module);
  types_drop(module);
  metadata_drop(module);
  module->info = NULL;
  Module **at = &modules;
  while (*at && *at != module) at = &(*at)->next;
  if (*at) *at = module->next;
  module->next = dropped;
  dropped = module;
}

void modules_sweep(void) {
  Module **at = &dropped;
  while (*at) {
    Module *module = *at;
    if (atomic_load(&module->thread_contexts) || atomic_load(&module->blocked_clients)) {
      at = &module->next;
      continue;
    }
    *at = module->next;
    commands_free(module);
    free(module->name);
    free(module);
  }
}
