// A module that makes users, lets clients be them, calls commands in their names, and decides about logins.

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "redismodule.h"

static RedisModuleUser *own;
static long long changes;

static const char *text(RedisModuleString *string) { return RedisModule_StringPtrLen(string, NULL); }

static void on_change(uint64_t client, void *data) {
  (void)client, (void)data;
  changes++;
}

/* users.own name rules: the client becomes a user that only this module knows. */
static int become_own(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc != 3) return RedisModule_WrongArity(ctx);
  RedisModuleString *error = NULL;
  if (own) RedisModule_FreeModuleUser(own);
  own = RedisModule_CreateModuleUser(text(argv[1]));
  if (RedisModule_SetModuleUserACLString(ctx, own, text(argv[2]), &error) != REDISMODULE_OK) {
    RedisModule_ReplyWithErrorFormat(ctx, "ERR %s", text(error));
    RedisModule_FreeString(ctx, error);
    return REDISMODULE_OK;
  }
  uint64_t id = 0;
  int status = RedisModule_AuthenticateClientWithUser(ctx, own, on_change, NULL, &id);
  return RedisModule_ReplyWithLongLong(ctx, status == REDISMODULE_OK ? (long long)id : -1);
}

static int free_own(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  RedisModule_FreeModuleUser(own);
  own = NULL;
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

static int changed(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  return RedisModule_ReplyWithLongLong(ctx, changes);
}

static int name(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  RedisModule_AutoMemory(ctx);
  return RedisModule_ReplyWithString(ctx, RedisModule_GetCurrentUserName(ctx));
}

/* users.rules name: the rules of a user of the server. */
static int rules(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc != 2) return RedisModule_WrongArity(ctx);
  RedisModuleUser *user = RedisModule_GetModuleUserFromUserName(argv[1]);
  if (user == NULL) return RedisModule_ReplyWithNull(ctx);
  RedisModuleString *line = RedisModule_GetModuleUserACLString(user);
  RedisModule_ReplyWithString(ctx, line);
  RedisModule_FreeString(NULL, line);
  RedisModule_FreeModuleUser(user);
  return REDISMODULE_OK;
}

/* Calls argv[0] and answers with its reply, or with the negative errno. */
static int call_with(RedisModuleCtx *ctx, RedisModuleString *flags, RedisModuleString **argv, int argc) {
  char format[16];
  snprintf(format, sizeof format, "%sv", text(flags));
  errno = 0;
  RedisModuleCallReply *reply = RedisModule_Call(ctx, text(argv[0]), format, argv + 1, (size_t)(argc - 1));
  if (reply == NULL) return RedisModule_ReplyWithLongLong(ctx, -errno);
  RedisModule_ReplyWithCallReply(ctx, reply);
  RedisModule_FreeCallReply(reply);
  return REDISMODULE_OK;
}

/* users.call flags command [arg ...] */
static int call(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc < 3) return RedisModule_WrongArity(ctx);
  return call_with(ctx, argv[1], argv + 2, argc - 2);
}

/* users.as flags rules command [arg ...]: as a user with these rules. */
static int call_as(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc < 4) return RedisModule_WrongArity(ctx);
  RedisModuleUser *user = RedisModule_CreateModuleUser("somebody");
  RedisModule_SetModuleUserACLString(ctx, user, text(argv[2]), NULL);
  RedisModule_SetContextUser(ctx, user);
  call_with(ctx, argv[1], argv + 3, argc - 3);
  RedisModule_FreeModuleUser(user);
  return REDISMODULE_OK;
}

/* users.check name key channel command [arg ...]: what a user of the server may do. */
static int check(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc < 5) return RedisModule_WrongArity(ctx);
  RedisModuleUser *user = RedisModule_GetModuleUserFromUserName(argv[1]);
  int reads = RedisModule_ACLCheckKeyPermissions(user, argv[2], REDISMODULE_CMD_KEY_ACCESS);
  int writes = RedisModule_ACLCheckKeyPermissions(user, argv[2], REDISMODULE_CMD_KEY_INSERT);
  int channel = RedisModule_ACLCheckChannelPermissions(user, argv[3], REDISMODULE_CMD_CHANNEL_PUBLISH);
  errno = 0;
  int runs = RedisModule_ACLCheckCommandPermissions(user, argv + 4, argc - 4);
  int error = errno;
  RedisModule_ReplyWithArray(ctx, 4);
  RedisModule_ReplyWithLongLong(ctx, reads == REDISMODULE_OK);
  RedisModule_ReplyWithLongLong(ctx, writes == REDISMODULE_OK);
  RedisModule_ReplyWithLongLong(ctx, channel == REDISMODULE_OK);
  RedisModule_ReplyWithLongLong(ctx, runs == REDISMODULE_OK ? 0 : error);
  RedisModule_FreeModuleUser(user);
  return REDISMODULE_OK;
}

/* users.log name object */
static int note(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc != 3) return RedisModule_WrongArity(ctx);
  RedisModuleUser *user = RedisModule_GetModuleUserFromUserName(argv[1]);
  RedisModule_ACLAddLogEntry(ctx, user, argv[2], REDISMODULE_ACL_LOG_CHANNEL);
  RedisModule_FreeModuleUser(user);
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

/* users.close id */
static int close_client(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (argc != 2) return RedisModule_WrongArity(ctx);
  long long id;
  RedisModule_StringToLongLong(argv[1], &id);
  return RedisModule_ReplyWithLongLong(ctx, RedisModule_DeauthenticateAndCloseClient(ctx, (uint64_t)id));
}

/* users.key key, and users.keys count key: with a plain key, and with one that only the module can tell. */
static int key(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (RedisModule_IsKeysPositionRequest(ctx)) {
    if (argc > 2) RedisModule_KeyAtPosWithFlags(ctx, 2, REDISMODULE_CMD_KEY_RO | REDISMODULE_CMD_KEY_ACCESS);
    return REDISMODULE_OK;
  }
  return RedisModule_ReplyWithString(ctx, argv[argc - 1]);
}

/* users.channel publish|psubscribe|unsubscribe channel. It tells of an argument that is not there as well. */
static int channel(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (RedisModule_IsChannelsPositionRequest(ctx)) {
    const char *use = argc > 1 ? text(argv[1]) : "";
    int flags = *use == 'u' ? REDISMODULE_CMD_CHANNEL_UNSUBSCRIBE : REDISMODULE_CMD_CHANNEL_PUBLISH;
    if (*use == 'p' && use[1] == 's') flags = REDISMODULE_CMD_CHANNEL_SUBSCRIBE | REDISMODULE_CMD_CHANNEL_PATTERN;
    RedisModule_ChannelAtPosWithFlags(ctx, 2, flags);
    RedisModule_ChannelAtPosWithFlags(ctx, 1000, flags);
    return REDISMODULE_OK;
  }
  return RedisModule_ReplyWithSimpleString(ctx, "OK");
}

static void *decide(void *blocked) {
  usleep(20000);
  RedisModule_UnblockClient(blocked, NULL);
  return NULL;
}

static int decided(RedisModuleCtx *ctx, RedisModuleString *user, RedisModuleString *password,
                   RedisModuleString **error) {
  if (strcmp(text(password), "later") == 0) {
    RedisModule_AuthenticateClientWithACLUser(ctx, text(user), strlen(text(user)), on_change, NULL, NULL);
    return REDISMODULE_AUTH_HANDLED;
  }
  if (strcmp(text(password), "later, perhaps") == 0) return REDISMODULE_AUTH_NOT_HANDLED;
  *error = RedisModule_CreateString(ctx, "not in the end", 14);
  return REDISMODULE_AUTH_HANDLED;
}

static int authenticate(RedisModuleCtx *ctx, RedisModuleString *user, RedisModuleString *password,
                        RedisModuleString **error) {
  (void)user, (void)error;
  if (strncmp(text(password), "later", 5) != 0) return REDISMODULE_AUTH_NOT_HANDLED;
  RedisModuleBlockedClient *blocked = RedisModule_BlockClientOnAuth(ctx, decided, NULL);
  pthread_t thread;
  pthread_create(&thread, NULL, decide, blocked);
  pthread_detach(thread);
  return REDISMODULE_AUTH_HANDLED;
}

/* Servers before 7.4 have no categories of modules. */
static int categorise(RedisModuleCtx *ctx) {
  if (RedisModule_AddACLCategory == NULL) return REDISMODULE_OK;
  if (RedisModule_AddACLCategory(ctx, "tellers") != REDISMODULE_OK) return REDISMODULE_ERR;
  if (RedisModule_AddACLCategory(ctx, "tellers") == REDISMODULE_OK || errno != EBUSY) return REDISMODULE_ERR;
  RedisModuleCommand *command = RedisModule_GetCommand(ctx, "users.name");
  if (RedisModule_SetCommandACLCategories(command, "nosuchcategory") == REDISMODULE_OK) return REDISMODULE_ERR;
  return RedisModule_SetCommandACLCategories(command, "tellers read");
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  (void)argv, (void)argc;
  if (RedisModule_Init(ctx, "users", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  static const struct {
    const char *name;
    RedisModuleCmdFunc function;
    const char *flags;
    int key;
  } commands[] = {
      {"users.own", become_own, "", 0},    {"users.free", free_own, "", 0},  {"users.changed", changed, "", 0},
      {"users.name", name, "", 0},         {"users.rules", rules, "", 0},    {"users.call", call, "", 0},
      {"users.as", call_as, "", 0},        {"users.check", check, "", 0},    {"users.log", note, "", 0},
      {"users.close", close_client, "", 0}, {"users.key", key, "readonly", 1},
      {"users.keys", key, "readonly getkeys-api", 1},
      {"users.channel", channel, "pubsub getchannels-api", 0},
  };
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    int last = commands[i].key;
    if (RedisModule_CreateCommand(ctx, commands[i].name, commands[i].function, commands[i].flags, last, last,
                                  last) != REDISMODULE_OK)
      return REDISMODULE_ERR;
  }
  if (RedisModule_RegisterAuthCallback) RedisModule_RegisterAuthCallback(ctx, authenticate);
  /* While the module loads there is nobody in whose name it could call. */
  errno = 0;
  if (RedisModule_Call(ctx, "PING", "C") != NULL || errno != ENOTSUP) return REDISMODULE_ERR;
  return categorise(ctx);
}
