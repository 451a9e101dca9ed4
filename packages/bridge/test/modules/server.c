/* What a module tells the server and asks it: configuration, INFO, events, filters, authentication,
 * documentation and shared functions. */

#include "check.h"

#include <stdio.h>

/* Configuration */
static int enabled;
static long long limit;
static RedisModuleString *label;
static int color;
static int applied;

static int get_enabled(const char *name, void *data) {
  return strcmp(name, "enabled") == 0 && data == &enabled ? enabled : -1;
}

static int set_enabled(const char *name, int value, void *data, RedisModuleString **err) {
  (void)name, (void)err;
  *(int *)data = value;
  return REDISMODULE_OK;
}

static long long get_limit(const char *name, void *data) { return (void)name, (void)data, limit; }

static int set_limit(const char *name, long long value, void *data, RedisModuleString **err) {
  (void)name, (void)data;
  if (value == 13) {
    *err = RedisModule_CreateString(NULL, "13 brings bad luck", 18);
    return REDISMODULE_ERR;
  }
  limit = value;
  return REDISMODULE_OK;
}

static RedisModuleString *get_label(const char *name, void *data) { return (void)name, (void)data, label; }

static int set_label(const char *name, RedisModuleString *value, void *data, RedisModuleString **err) {
  (void)name, (void)data, (void)err;
  if (label) RedisModule_FreeString(NULL, label);
  label = value;
  RedisModule_RetainString(NULL, value);
  return REDISMODULE_OK;
}

static int get_color(const char *name, void *data) { return (void)name, (void)data, color; }

static int set_color(const char *name, int value, void *data, RedisModuleString **err) {
  (void)name, (void)data, (void)err;
  color = value;
  return REDISMODULE_OK;
}

static int apply(RedisModuleCtx *ctx, void *data, RedisModuleString **err) {
  (void)data;
  applied++;
  if (limit != 14) return ctx ? REDISMODULE_OK : REDISMODULE_ERR;
  *err = RedisModule_CreateString(NULL, "14 cannot be applied", 20);
  return REDISMODULE_ERR;
}

static int register_configs(RedisModuleCtx *ctx) {
  const char *names[] = {"red", "green", "blue", "none"};
  const int values[] = {1, 2, 4, 0};
  int failures = 0;
  failures += RedisModule_RegisterBoolConfig(ctx, "enabled", 1, REDISMODULE_CONFIG_DEFAULT, get_enabled,
                                             set_enabled, NULL, &enabled);
  failures += RedisModule_RegisterNumericConfig(ctx, "limit", 10, REDISMODULE_CONFIG_MEMORY, 1, 1 << 20,
                                                get_limit, set_limit, apply, NULL);
  failures += RedisModule_RegisterStringConfig(ctx, "label", "none yet", REDISMODULE_CONFIG_SENSITIVE,
                                               get_label, set_label, NULL, NULL);
  failures += RedisModule_RegisterEnumConfig(ctx, "color", 3, REDISMODULE_CONFIG_BITFLAGS, names, values, 4,
                                             get_color, set_color, NULL, NULL);
  failures += RedisModule_RegisterBoolConfig(ctx, "bad name", 1, 0, get_enabled, set_enabled, NULL, NULL) !=
                  REDISMODULE_ERR ||
              errno != EINVAL;
  failures += RedisModule_RegisterBoolConfig(ctx, "enabled", 1, 0, get_enabled, set_enabled, NULL, NULL) !=
                  REDISMODULE_ERR ||
              errno != EALREADY;
  failures += RedisModule_RegisterBoolConfig(ctx, "memory", 1, REDISMODULE_CONFIG_MEMORY, get_enabled,
                                             set_enabled, NULL, NULL) != REDISMODULE_ERR;
  return failures;
}

COMMAND(late_config) {
  UNUSED_ARGUMENTS();
  CHECK(RedisModule_RegisterBoolConfig(ctx, "late", 1, 0, get_enabled, set_enabled, NULL, NULL) ==
            REDISMODULE_ERR &&
        errno == EBUSY);
  CHECK(RedisModule_LoadConfigs(ctx) == REDISMODULE_ERR &&
        RedisModule_CreateCommand(ctx, "server.late", late_config, "", 0, 0, 0) == REDISMODULE_ERR);
  return RedisModule_ReplyWithLongLong(ctx, applied);
}

COMMAND(config_access) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleString *value, *error = NULL;
  RedisModuleConfigType type;
  int boolean;
  long long number;
  CHECK(RedisModule_ConfigGet(ctx, "dir", &value) == REDISMODULE_OK && same(value, "/tmp"));
  CHECK(RedisModule_ConfigGet(ctx, "nothing", &value) == REDISMODULE_ERR);
  CHECK(RedisModule_ConfigGetType("maxmemory", &type) == REDISMODULE_OK &&
        type == REDISMODULE_CONFIG_TYPE_NUMERIC);
  CHECK(RedisModule_ConfigGetType("nothing", &type) == REDISMODULE_ERR);
  CHECK(RedisModule_ConfigGetBool(ctx, "appendonly", &boolean) == REDISMODULE_OK && boolean == 0);
  CHECK(RedisModule_ConfigGetBool(ctx, "dir", &boolean) == REDISMODULE_ERR);
  CHECK(RedisModule_ConfigGetEnum(ctx, "maxmemory-policy", &value) == REDISMODULE_OK &&
        same(value, "noeviction"));
  CHECK(RedisModule_ConfigSetNumeric(ctx, "maxmemory", 123, &error) == REDISMODULE_OK && error == NULL);
  CHECK(RedisModule_ConfigGetNumeric(ctx, "maxmemory", &number) == REDISMODULE_OK && number == 123);
  CHECK(RedisModule_ConfigSetBool(ctx, "appendonly", 1, NULL) == REDISMODULE_OK);
  CHECK(RedisModule_ConfigSetBool(ctx, "dir", 1, &error) == REDISMODULE_ERR && error);
  CHECK(RedisModule_ConfigSet(ctx, "dir", RedisModule_CreateString(ctx, "bad", 3), &error) ==
            REDISMODULE_ERR &&
        same(error, "argument is bad"));
  CHECK(RedisModule_ConfigSetEnum(ctx, "maxmemory-policy", RedisModule_CreateString(ctx, "allkeys-lru", 11),
                                  NULL) == REDISMODULE_OK);
  int count = 0;
  RedisModuleConfigIterator *iterator = RedisModule_ConfigIteratorCreate(ctx, "max*");
  while (RedisModule_ConfigIteratorNext(iterator)) count++;
  RedisModule_ConfigIteratorRelease(ctx, iterator);
  CHECK(count == 2);
  iterator = RedisModule_ConfigIteratorCreate(ctx, NULL);
  CHECK(strcmp(RedisModule_ConfigIteratorNext(iterator), "maxmemory") == 0);
  return done(ctx);
}

/* INFO */
static void info(RedisModuleInfoCtx *ctx, int for_crash_report) {
  if (RedisModule_InfoAddFieldLongLong(ctx, "early", 1) != REDISMODULE_ERR) return;
  RedisModule_InfoAddSection(ctx, "");
  RedisModule_InfoAddFieldLongLong(ctx, "signed", -5);
  RedisModule_InfoAddFieldULongLong(ctx, "unsigned", UINT64_MAX);
  RedisModule_InfoAddFieldDouble(ctx, "real", 0.5);
  RedisModule_InfoAddFieldCString(ctx, "text", for_crash_report ? "crash" : "two\nlines");
  RedisModule_InfoAddSection(ctx, "more");
  RedisModule_InfoBeginDictField(ctx, "dict");
  RedisModule_InfoAddFieldLongLong(ctx, "a", 1);
  RedisModule_InfoAddFieldString(ctx, "b", label);
  RedisModule_InfoEndDictField(ctx);
  RedisModule_InfoBeginDictField(ctx, "open");
  RedisModule_InfoAddFieldLongLong(ctx, "c", 3);
}

COMMAND(server_info) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  int error;
  RedisModuleServerInfoData *data = RedisModule_GetServerInfo(ctx, "server");
  CHECK(strcmp(RedisModule_ServerInfoGetFieldC(data, "redis_version"), "7.2.4") == 0);
  CHECK(same(RedisModule_ServerInfoGetField(ctx, data, "redis_version"), "7.2.4"));
  CHECK(RedisModule_ServerInfoGetFieldSigned(data, "uptime_in_seconds", &error) == -3 &&
        error == REDISMODULE_OK);
  CHECK(RedisModule_ServerInfoGetFieldUnsigned(data, "uptime_in_seconds", &error) == 0 &&
        error == REDISMODULE_ERR);
  CHECK(RedisModule_ServerInfoGetFieldDouble(data, "ratio", NULL) == 0.5);
  CHECK(RedisModule_ServerInfoGetFieldC(data, "version") == NULL &&
        RedisModule_ServerInfoGetField(ctx, data, "x") == NULL);
  RedisModule_FreeServerInfo(ctx, data);
  data = RedisModule_GetServerInfo(ctx, "nothing");
  CHECK(RedisModule_ServerInfoGetFieldC(data, "redis_version") == NULL);
  CHECK(RedisModule_GetServerVersion() == 0x070204);
  int flags = RedisModule_GetContextFlags(ctx);
  CHECK((flags & REDISMODULE_CTX_FLAGS_MASTER) && !(flags & REDISMODULE_CTX_FLAGS_MULTI));
  CHECK(RedisModule_GetContextFlags(NULL) & REDISMODULE_CTX_FLAGS_MASTER);
  CHECK(RedisModule_GetContextFlagsAll() & REDISMODULE_CTX_FLAGS_RESP3);
  RedisModule_LatencyAddSample("sample", 12);
  return done(ctx);
}

/* Keyspace notifications */
static char heard[4096];
static int nested;

static void note(const char *what, const char *detail, RedisModuleString *name) {
  size_t used = strlen(heard);
  snprintf(heard + used, sizeof heard - used, "%s:%s:%s ", what, detail,
           name ? RedisModule_StringPtrLen(name, NULL) : "");
}

static int freed_jobs;

static void free_job(void *data) {
  RedisModule_FreeString(NULL, data);
  freed_jobs++;
}

static void job(RedisModuleCtx *ctx, void *data) {
  RedisModule_FreeCallReply(RedisModule_Call(ctx, "set", "cs", "job", (RedisModuleString *)data));
}

/* Tells what it may and may not do, and that of an error reply it gets one only with `E`. */
static void job_for_key(RedisModuleCtx *ctx, RedisModuleString *name, void *data) {
  RedisModuleKey *key = RedisModule_OpenKey(ctx, name, REDISMODULE_READ);
  int readable = RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_STRING;
  RedisModule_CloseKey(key);
  errno = 0;
  RedisModuleCallReply *silent = RedisModule_Call(ctx, "set", "cc", "forbidden", "x");
  int refused = silent == NULL && errno == EINVAL;
  errno = 0;
  RedisModuleCallReply *error = RedisModule_Call(ctx, "set", "Ecc", "forbidden", "x");
  refused = refused && RedisModule_CallReplyType(error) == REDISMODULE_REPLY_ERROR && errno == EINVAL;
  RedisModule_FreeCallReply(error);
  refused = refused &&
            RedisModule_NotifyKeyspaceEvent(ctx, REDISMODULE_NOTIFY_MODULE, "x", name) == REDISMODULE_ERR &&
            RedisModule_AddPostNotificationJobForKey(ctx, job_for_key, name, NULL, NULL) == REDISMODULE_ERR;
  note(readable && refused ? "good" : "bad", RedisModule_GetSelectedDb(ctx) == 3 ? "job-in-3" : "job", data);
}

static int on_event(RedisModuleCtx *ctx, int type, const char *event, RedisModuleString *key) {
  (void)type;
  note("event", event, key);
  if (same(key, "nested") && nested++ < 3)
    RedisModule_FreeCallReply(RedisModule_Call(ctx, "set", "cc", "nested", "again"));
  if (same(key, "later")) {
    RedisModule_RetainString(NULL, key);
    if (RedisModule_AddPostNotificationJob(ctx, job, key, free_job) != REDISMODULE_OK) {
      RedisModule_FreeString(ctx, key);
      note("job", "refused", key);
    }
  }
  if (same(key, "keyed")) {
    RedisModule_RetainString(NULL, key);
    RedisModule_AddPostNotificationJobForKey(ctx, job_for_key, key, key, free_job);
    if (RedisModule_AddPostNotificationJobForKey(ctx, job_for_key, NULL, key, free_job) == REDISMODULE_OK)
      note("job", "without-key", key);
  }
  return REDISMODULE_OK;
}

/* Outside a notification no job for a key is taken, and none runs while a module waits for a command.
 * Replies how many jobs have been freed. */
COMMAND(jobs) {
  if (argc > 1) {
    RedisModule_FreeCallReply(RedisModule_Call(ctx, "set", "sc", argv[1], "x"));
    CHECK(strstr(heard, "event:set:keyed") && strstr(heard, "job") == NULL);
  }
  CHECK(RedisModule_AddPostNotificationJobForKey(ctx, job_for_key, argv[0], argv[0], free_job) ==
        REDISMODULE_ERR);
  return RedisModule_ReplyWithLongLong(ctx, freed_jobs);
}

COMMAND(heard_and_clear) {
  UNUSED_ARGUMENTS();
  RedisModule_ReplyWithCString(ctx, heard);
  heard[0] = '\0';
  return REDISMODULE_OK;
}

COMMAND(subscribe) {
  (void)argc;
  if (same(argv[1], "on"))
    RedisModule_SubscribeToKeyspaceEvents(ctx, REDISMODULE_NOTIFY_STRING | REDISMODULE_NOTIFY_MODULE,
                                          on_event);
  else
    CHECK(RedisModule_UnsubscribeFromKeyspaceEvents(
              ctx, REDISMODULE_NOTIFY_STRING | REDISMODULE_NOTIFY_MODULE, on_event) == REDISMODULE_OK);
  return done(ctx);
}

COMMAND(notify) {
  (void)argc;
  CHECK(RedisModule_NotifyKeyspaceEvent(ctx, REDISMODULE_NOTIFY_MODULE, "custom", argv[1]) == REDISMODULE_OK);
  CHECK(RedisModule_GetNotifyKeyspaceEvents() == 12);
  CHECK(RedisModule_GetKeyspaceNotificationFlagsAll() & REDISMODULE_NOTIFY_MODULE);
  return done(ctx);
}

/* Server events */
static void on_server_event(RedisModuleCtx *ctx, RedisModuleEvent event, uint64_t subevent, void *data) {
  char detail[128] = "";
  if (event.id == REDISMODULE_EVENT_FLUSHDB) {
    RedisModuleFlushInfo *flush = data;
    snprintf(detail, sizeof detail, "flush-%d-%d-%d", (int)subevent, flush->sync, flush->dbnum);
  } else if (event.id == REDISMODULE_EVENT_CLIENT_CHANGE) {
    RedisModuleClientInfo *client = data;
    snprintf(detail, sizeof detail, "client-%d-%d-%s-%d", (int)subevent, (int)client->id, client->addr,
             client->port);
  } else if (event.id == REDISMODULE_EVENT_KEY) {
    RedisModuleKeyInfo *key = data;
    snprintf(detail, sizeof detail, "key-%d-%d-%zu", (int)subevent, RedisModule_KeyType(key->key),
             RedisModule_ValueLength(key->key));
  } else if (event.id == REDISMODULE_EVENT_CONFIG) {
    RedisModuleConfigChange *change = data;
    snprintf(detail, sizeof detail, "config-%u-%s-%s", change->num_changes, change->config_names[0],
             change->config_names[1]);
  } else if (event.id == REDISMODULE_EVENT_MODULE_CHANGE) {
    RedisModuleModuleChange *change = data;
    snprintf(detail, sizeof detail, "module-%s-%d", change->module_name, change->module_version);
  } else {
    snprintf(detail, sizeof detail, "%d-%d-%d", (int)event.id, (int)subevent, data == NULL);
  }
  (void)ctx;
  note("server", detail, NULL);
}

COMMAND(server_events) {
  (void)argc;
  RedisModuleEventCallback callback = same(argv[1], "on") ? on_server_event : NULL;
  const RedisModuleEvent wanted[] = {RedisModuleEvent_FlushDB,      RedisModuleEvent_ClientChange,
                                     RedisModuleEvent_Key,          RedisModuleEvent_Config,
                                     RedisModuleEvent_ModuleChange, RedisModuleEvent_Persistence};
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
    CHECK(RedisModule_SubscribeToServerEvent(ctx, wanted[i], callback) == REDISMODULE_OK);
  RedisModuleEvent unknown = {999, 1};
  CHECK(RedisModule_SubscribeToServerEvent(ctx, unknown, on_server_event) == REDISMODULE_ERR);
  CHECK(RedisModule_SubscribeToServerEvent(ctx, RedisModuleEvent_Shutdown, NULL) == REDISMODULE_ERR);
  CHECK(RedisModule_IsSubEventSupported(RedisModuleEvent_Loading, 4) &&
        !RedisModule_IsSubEventSupported(RedisModuleEvent_Loading, 5));
  return done(ctx);
}

/* Command filters: `shout` becomes `echo`, `@self` is dropped, `twice` doubles the last argument. */
static RedisModuleCommandFilter *filter;
static int filtered;

static void on_command(RedisModuleCommandFilterCtx *ctx) {
  filtered++;
  if (same(RedisModule_CommandFilterArgGet(ctx, 0), "shout")) {
    RedisModule_CommandFilterArgReplace(ctx, 0, RedisModule_CreateString(NULL, "echo", 4));
  }
  int count = RedisModule_CommandFilterArgsCount(ctx);
  if (same(RedisModule_CommandFilterArgGet(ctx, count - 1), "@self"))
    RedisModule_CommandFilterArgDelete(ctx, count - 1);
  if (same(RedisModule_CommandFilterArgGet(ctx, 0), "twice")) {
    RedisModuleString *last = RedisModule_CommandFilterArgGet(ctx, count - 1);
    RedisModule_RetainString(NULL, last);
    RedisModule_CommandFilterArgInsert(ctx, count, last);
    RedisModule_CommandFilterArgReplace(ctx, 0, RedisModule_CreateString(NULL, "set", 3));
  }
  if (RedisModule_CommandFilterArgGet(ctx, 99) || RedisModule_CommandFilterGetClientId(ctx) == 0)
    filtered += 1000;
}

COMMAND(filters) {
  (void)argc;
  if (same(argv[1], "on")) {
    filter = RedisModule_RegisterCommandFilter(ctx, on_command, REDISMODULE_CMDFILTER_NOSELF);
    int before = filtered;
    RedisModuleCallReply *reply = RedisModule_Call(ctx, "echo", "c", "@self");
    CHECK(filtered == before && RedisModule_CallReplyLength(reply) == 5);
    RedisModule_FreeCallReply(reply);
  } else {
    CHECK(RedisModule_UnregisterCommandFilter(ctx, filter) == REDISMODULE_OK);
  }
  return RedisModule_ReplyWithLongLong(ctx, filtered);
}

/* Users */
static int changed_users;

static void on_user_changed(uint64_t client, void *data) { *(int *)data += client > 0; }

COMMAND(become) {
  (void)argc;
  size_t length;
  uint64_t id;
  const char *name = RedisModule_StringPtrLen(argv[1], &length);
  int result =
      RedisModule_AuthenticateClientWithACLUser(ctx, name, length, on_user_changed, &changed_users, &id);
  RedisModule_ReplyWithArray(ctx, 2);
  RedisModule_ReplyWithLongLong(ctx, result);
  return RedisModule_ReplyWithLongLong(ctx, changed_users);
}

static int on_auth(RedisModuleCtx *ctx, RedisModuleString *user, RedisModuleString *password,
                   RedisModuleString **err) {
  if (!same(user, "guest")) return REDISMODULE_AUTH_NOT_HANDLED;
  if (same(password, "secret")) {
    RedisModule_AuthenticateClientWithACLUser(ctx, "other", 5, NULL, NULL, NULL);
    return REDISMODULE_AUTH_HANDLED;
  }
  *err = RedisModule_CreateString(ctx, "-WRONGPASS not that one", 23);
  return REDISMODULE_AUTH_HANDLED;
}

/* Documentation */
static int document(RedisModuleCtx *ctx) {
  RedisModuleCommandArg subarguments[] = {
      {.name = "on", .type = REDISMODULE_ARG_TYPE_PURE_TOKEN, .token = "ON"},
      {.name = "off", .type = REDISMODULE_ARG_TYPE_PURE_TOKEN, .token = "OFF"},
      {0}};
  RedisModuleCommandArg arguments[] = {{.name = "key", .type = REDISMODULE_ARG_TYPE_KEY, .key_spec_index = 0},
                                       {.name = "switch",
                                        .type = REDISMODULE_ARG_TYPE_ONEOF,
                                        .subargs = subarguments,
                                        .flags = REDISMODULE_CMD_ARG_OPTIONAL},
                                       {0}};
  RedisModuleCommandKeySpec specs[] = {{.flags = REDISMODULE_CMD_KEY_RW | REDISMODULE_CMD_KEY_UPDATE,
                                        .begin_search_type = REDISMODULE_KSPEC_BS_INDEX,
                                        .bs.index.pos = 1,
                                        .find_keys_type = REDISMODULE_KSPEC_FK_RANGE,
                                        .fk.range = {-1, 1, 0}},
                                       {0}};
  RedisModuleCommandHistoryEntry history[] = {{"1.1.0", "Added the \"switch\"."}, {0}};
  RedisModuleCommandInfo good = {.version = REDISMODULE_COMMAND_INFO_VERSION,
                                 .summary = "Documented.",
                                 .complexity = "O(1)",
                                 .since = "1.0.0",
                                 .tips = "one two",
                                 .arity = -2,
                                 .history = history,
                                 .key_specs = specs,
                                 .args = arguments};
  RedisModuleCommandArg broken[] = {{.name = "t", .type = REDISMODULE_ARG_TYPE_PURE_TOKEN}, {0}};
  RedisModuleCommandInfo bad = good;
  bad.args = broken;
  RedisModuleCommand *command = RedisModule_GetCommand(ctx, "server.filters");
  if (command == NULL || RedisModule_GetCommand(ctx, "get")) return 1;
  if (RedisModule_SetCommandInfo(command, &bad) == REDISMODULE_OK) return 1;
  if (RedisModule_SetCommandInfo(command, &good) != REDISMODULE_OK) return 1;
  if (RedisModule_SetCommandInfo(command, &good) == REDISMODULE_OK) return 1;
  if (RedisModule_AddACLCategory(ctx, "module-category") != REDISMODULE_OK) return 1;
  if (RedisModule_AddACLCategory(ctx, "module-category") == REDISMODULE_OK || errno != EBUSY) return 1;
  if (RedisModule_AddACLCategory(ctx, "bad name") == REDISMODULE_OK || errno != EINVAL) return 1;
  if (RedisModule_SetCommandACLCategories(command, "read module-category") != REDISMODULE_OK) return 1;
  if (RedisModule_SetCommandACLCategories(command, "nonsense") == REDISMODULE_OK) return 1;
  return 0;
}

COMMAND(subcommand) {
  (void)argc;
  return RedisModule_ReplyWithString(ctx, argv[1]);
}

static int shared(int value) { return value * 2; }

COMMAND(use_shared) {
  (void)argc;
  int (*function)(int) =
      (int (*)(int))(uintptr_t)RedisModule_GetSharedAPI(ctx, RedisModule_StringPtrLen(argv[1], NULL));
  return RedisModule_ReplyWithLongLong(ctx, function ? function(21) : -1);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv;
  const char *name = argc > 0 ? "user-of-shared" : "server";
  if (RedisModule_Init(ctx, name, 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  if (argc > 0) {
    REGISTER("server.shared", use_shared, "", 0, 0, 0);
    return REDISMODULE_OK;
  }
  REGISTER("server.late-config", late_config, "", 0, 0, 0);
  REGISTER("server.config", config_access, "", 0, 0, 0);
  REGISTER("server.info", server_info, "", 0, 0, 0);
  REGISTER("server.heard", heard_and_clear, "", 0, 0, 0);
  REGISTER("server.subscribe", subscribe, "", 0, 0, 0);
  REGISTER("server.notify", notify, "", 0, 0, 0);
  REGISTER("server.jobs", jobs, "", 0, 0, 0);
  REGISTER("server.events", server_events, "", 0, 0, 0);
  REGISTER("server.filters", filters, "", 0, 0, 0);
  REGISTER("server.become", become, "", 0, 0, 0);
  REGISTER("server.container", NULL, "", 0, 0, 0);
  RedisModuleCommand *container = RedisModule_GetCommand(ctx, "server.container");
  if (RedisModule_CreateSubcommand(container, "sub", subcommand, "", 0, 0, 0) != REDISMODULE_OK)
    return REDISMODULE_ERR;
  RedisModuleCommand *sub = RedisModule_GetCommand(ctx, "server.container|sub");
  if (RedisModule_CreateSubcommand(sub, "subsub", subcommand, "", 0, 0, 0) == REDISMODULE_OK)
    return REDISMODULE_ERR;
  if (document(ctx) || register_configs(ctx)) return REDISMODULE_ERR;
  if (RedisModule_ExportSharedAPI(ctx, "shared", (void *)(uintptr_t)shared) != REDISMODULE_OK)
    return REDISMODULE_ERR;
  if (RedisModule_ExportSharedAPI(ctx, "shared", NULL) == REDISMODULE_OK) return REDISMODULE_ERR;
  RedisModule_RegisterInfoFunc(ctx, info);
  RedisModule_RegisterAuthCallback(ctx, on_auth);
  RedisModule_RegisterDefragFunc(ctx, NULL);
  return RedisModule_LoadConfigs(ctx);
}

int RedisModule_OnUnload(RedisModuleCtx *ctx) {
  (void)ctx;
  if (label) RedisModule_FreeString(NULL, label);
  label = NULL;
  return REDISMODULE_OK;
}
