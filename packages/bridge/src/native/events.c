/* Server events. */

#include "bridge.h"

typedef struct Listener {
  struct Listener *next;
  Module *module;
  RedisModuleEvent event;
  RedisModuleEventCallback function;
} Listener;

static Listener *listeners;
static int depth;

enum { EVENT_COUNT = REDISMODULE_EVENT_CLUSTER_SLOT_MIGRATION_TRIM + 1 };

/* How many subevents each event has, as REDISMODULE_SUBEVENT_* count them; 0: no such event. */
static const int subevent_counts[EVENT_COUNT] = {
    [REDISMODULE_EVENT_REPLICATION_ROLE_CHANGED] = 2,
    [REDISMODULE_EVENT_PERSISTENCE] = 6,
    [REDISMODULE_EVENT_FLUSHDB] = 2,
    [REDISMODULE_EVENT_LOADING] = 5,
    [REDISMODULE_EVENT_CLIENT_CHANGE] = 2,
    [REDISMODULE_EVENT_SHUTDOWN] = 1,
    [REDISMODULE_EVENT_REPLICA_CHANGE] = 2,
    [REDISMODULE_EVENT_MASTER_LINK_CHANGE] = 2,
    [REDISMODULE_EVENT_CRON_LOOP] = 1,
    [REDISMODULE_EVENT_MODULE_CHANGE] = 2,
    [REDISMODULE_EVENT_LOADING_PROGRESS] = 2,
    [REDISMODULE_EVENT_SWAPDB] = 1,
    [REDISMODULE_EVENT_FORK_CHILD] = 2,
    [REDISMODULE_EVENT_REPL_ASYNC_LOAD] = 3,
    [REDISMODULE_EVENT_EVENTLOOP] = 2,
    [REDISMODULE_EVENT_CONFIG] = 1,
    [REDISMODULE_EVENT_KEY] = 4,
};

int rm_IsSubEventSupported(RedisModuleEvent event, uint64_t subevent) {
  return event.id < EVENT_COUNT && subevent < (uint64_t)subevent_counts[event.id];
}

static void tell_host(void) {
  uint64_t wanted = 0;
  for (Listener *each = listeners; each; each = each->next) {
    if (each->function) wanted |= 1ull << each->event.id;
  }
  host_ask(HOST_serverEventsWanted, 0, 1, (double)wanted);
}

/* What is cancelled while an event is delivered goes when that is over. */
static void tidy(void) {
  Listener **at = &listeners;
  while (depth == 0 && *at) {
    Listener *listener = *at;
    if (listener->function) {
      at = &listener->next;
      continue;
    }
    *at = listener->next;
    free(listener);
  }
}

/* One function a module and event; NULL cancels. Fails for an unknown event, and when there is
 * nothing to cancel. */
int rm_SubscribeToServerEvent(RedisModuleCtx *context, RedisModuleEvent event,
                              RedisModuleEventCallback function) {
  if (context->module == NULL || event.id >= EVENT_COUNT || subevent_counts[event.id] == 0) {
    return REDISMODULE_ERR;
  }
  for (Listener *each = listeners; each; each = each->next) {
    if (each->module != context->module || each->event.id != event.id || !each->function) continue;
    each->function = function;
    tidy();
    tell_host();
    return REDISMODULE_OK;
  }
  if (function == NULL) return REDISMODULE_ERR;
  Listener *listener = must_calloc(sizeof *listener);
  *listener = (Listener){listeners, context->module, event, function};
  listeners = listener;
  tell_host();
  return REDISMODULE_OK;
}

typedef union EventData {
  RedisModuleClientInfo client;
  RedisModuleFlushInfo flush;
  RedisModuleModuleChange module;
  RedisModuleConfigChange config;
  RedisModuleCronLoop cron;
  RedisModuleLoadingProgress progress;
  RedisModuleSwapDbInfo swap;
  RedisModuleKeyInfo key;
  RedisModuleReplicationInfo replication;
} EventData;

enum { MAXIMUM_NAMES = 64 };

/* The names of changed parameters, which `text` holds separated by blanks and is cut up for. */
static void fill_names(RedisModuleConfigChange *change, char *text, const char **names) {
  change->version = REDISMODULE_CONFIGCHANGE_VERSION;
  change->config_names = names;
  for (char *at = text; *at && change->num_changes < MAXIMUM_NAMES;) {
    names[change->num_changes++] = at;
    at += strcspn(at, " ");
    if (*at) *at++ = '\0';
  }
}

/* What an event carries besides its numbers; false for nothing. */
static bool fill(EventData *data, int event, double number, double second, char *text, const char **names) {
  memset(data, 0, sizeof *data);
  switch (event) {
  case REDISMODULE_EVENT_FLUSHDB:
    data->flush = (RedisModuleFlushInfo){REDISMODULE_FLUSHINFO_VERSION, (int32_t)second, (int32_t)number};
    return true;
  case REDISMODULE_EVENT_SWAPDB:
    data->swap = (RedisModuleSwapDbInfo){REDISMODULE_SWAPDBINFO_VERSION, (int32_t)number, (int32_t)second};
    return true;
  case REDISMODULE_EVENT_CRON_LOOP:
    data->cron = (RedisModuleCronLoop){REDISMODULE_CRON_LOOP_VERSION, (int32_t)number};
    return true;
  case REDISMODULE_EVENT_LOADING_PROGRESS:
    data->progress =
        (RedisModuleLoadingProgress){REDISMODULE_LOADING_PROGRESS_VERSION, (int32_t)second, (int32_t)number};
    return true;
  case REDISMODULE_EVENT_MODULE_CHANGE:
    data->module = (RedisModuleModuleChange){REDISMODULE_MODULE_CHANGE_VERSION, text, (int32_t)number};
    return true;
  case REDISMODULE_EVENT_CLIENT_CHANGE:
    data->client.version = REDISMODULE_CLIENTINFO_VERSION;
    data->client.id = (uint64_t)second;
    rm_GetClientInfoById(&data->client, (uint64_t)second);
    return true;
  case REDISMODULE_EVENT_REPLICATION_ROLE_CHANGED:
    data->replication.version = REDISMODULE_REPLICATIONINFO_VERSION;
    data->replication.master = number != 0;
    data->replication.masterhost = data->replication.replid1 = data->replication.replid2 = text;
    return true;
  case REDISMODULE_EVENT_CONFIG: fill_names(&data->config, text, names); return true;
  default: return false;
  }
}

void server_event(int event, int subevent, double number, double second, const char *text,
                  RedisModuleString *key) {
  char *copy = must_strdup(text);
  const char *names[MAXIMUM_NAMES];
  EventData data;
  bool filled = fill(&data, event, number, second, copy, names);
  depth++;
  keyspace_epoch++;
  for (Listener *each = listeners; each; each = each->next) {
    if (each->function == NULL || each->event.id != (uint64_t)event) continue;
    RedisModuleCtx context;
    RedisModuleKey opened;
    context_start(&context, each->module, 0);
    if (event == REDISMODULE_EVENT_CLIENT_CHANGE) context.caller.client = second;
    if (event == REDISMODULE_EVENT_KEY) {
      context.caller.db = (int)number;
      key_start(&opened, &context, key, REDISMODULE_READ);
      data.key = (RedisModuleKeyInfo){REDISMODULE_KEYINFO_VERSION, &opened};
    }
    Running before = running_enter(each->module, "a server event");
    each->function(&context, each->event, (uint64_t)subevent,
                   filled || event == REDISMODULE_EVENT_KEY ? &data : NULL);
    if (event == REDISMODULE_EVENT_KEY) key_end(&opened);
    context_finish(&context);
    running_leave(before);
  }
  depth--;
  tidy();
  free(copy);
}

void events_drop(Module *module) {
  for (Listener *each = listeners; each; each = each->next) {
    if (each->module == module) each->function = NULL;
  }
  tidy();
  tell_host();
}
