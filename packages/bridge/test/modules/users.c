/* What a module asks about users and clients. */

#include "check.h"

COMMAND(rights) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleString *error = NULL, *key = RedisModule_CreateString(ctx, "mine", 4),
                    *other = RedisModule_CreateString(ctx, "other", 5);
  RedisModuleUser *user = RedisModule_CreateModuleUser("module-user");
  CHECK(RedisModule_SetModuleUserACL(user, "bogus") == REDISMODULE_ERR && errno == EINVAL);
  CHECK(RedisModule_SetModuleUserACL(user, "+@nothing") == REDISMODULE_ERR && errno == ENOENT);
  CHECK(RedisModule_SetModuleUserACLString(ctx, user, "bogus", &error) == REDISMODULE_ERR &&
        same(error, "Error in ACL SETUSER modifier 'bogus': Syntax error"));
  CHECK(RedisModule_SetModuleUserACLString(ctx, user, "bogus", NULL) == REDISMODULE_ERR &&
        RedisModule_SetModuleUserACLString(NULL, user, "~mine &mine", NULL) == REDISMODULE_OK);
  CHECK(RedisModule_SetModuleUserACL(user, "~mine") == REDISMODULE_OK);
  RedisModuleString *rules = RedisModule_GetModuleUserACLString(user);
  CHECK(same(rules, "~mine"));
  RedisModule_FreeString(NULL, rules);
  CHECK(same(RedisModule_GetUserUsername(ctx, user), "module-user"));
  CHECK(RedisModule_ACLCheckKeyPermissions(user, key, REDISMODULE_CMD_KEY_ACCESS) == REDISMODULE_OK);
  CHECK(RedisModule_ACLCheckKeyPermissions(user, other, REDISMODULE_CMD_KEY_ACCESS) == REDISMODULE_ERR &&
        errno == EACCES);
  CHECK(RedisModule_ACLCheckKeyPermissions(user, key, 1 << 30) == REDISMODULE_ERR && errno == EINVAL);
  CHECK(RedisModule_ACLCheckKeyPrefixPermissions(user, key, REDISMODULE_CMD_KEY_ACCESS) == REDISMODULE_ERR);
  CHECK(RedisModule_ACLCheckChannelPermissions(user, key, REDISMODULE_CMD_CHANNEL_PUBLISH) ==
            REDISMODULE_ERR &&
        errno == EACCES);
  CHECK(RedisModule_ACLCheckChannelPermissions(user, key, REDISMODULE_CMD_CHANNEL_UNSUBSCRIBE) ==
        REDISMODULE_OK);
  CHECK(RedisModule_ACLCheckChannelPermissions(user, key, 1 << 20) == REDISMODULE_ERR && errno == EINVAL);
  RedisModuleString *ping = RedisModule_CreateString(ctx, "ping", 4);
  CHECK(RedisModule_ACLCheckCommandPermissions(user, &ping, 1) == REDISMODULE_ERR && errno == EACCES);
  CHECK(RedisModule_ACLCheckCommandPermissions(user, &key, 1) == REDISMODULE_ERR && errno == ENOENT);
  RedisModuleString *pings[] = {ping, ping, ping};
  CHECK(RedisModule_ACLCheckCommandPermissions(user, pings, 3) == REDISMODULE_ERR && errno == EINVAL);
  RedisModule_ACLAddLogEntry(ctx, user, key, REDISMODULE_ACL_LOG_KEY);
  RedisModule_SetContextUser(ctx, user);
  CHECK(RedisModule_GetContextUser(ctx) == user);
  CHECK(RedisModule_Call(ctx, "ping", "C") == NULL && errno == EACCES);
  RedisModule_FreeModuleUser(user);
  /* The context still names a user that is gone: it may do nothing, and least of all what its client may. */
  CHECK(RedisModule_GetContextUser(ctx) == NULL && RedisModule_Call(ctx, "ping", "C") == NULL &&
        errno == EACCES);
  RedisModule_SetContextUser(ctx, NULL);
  CHECK(RedisModule_Call(ctx, "ping", "C") != NULL);
  user = RedisModule_GetModuleUserFromUserName(RedisModule_CreateString(ctx, "default", 7));
  CHECK(user && RedisModule_ACLCheckCommandPermissions(user, &ping, 1) == REDISMODULE_OK);
  RedisModule_FreeModuleUser(user);
  CHECK(RedisModule_SetModuleUserACL(NULL, "on") == REDISMODULE_ERR &&
        RedisModule_GetModuleUserACLString(NULL) == NULL && RedisModule_GetUserUsername(ctx, NULL) == NULL);
  CHECK(RedisModule_GetModuleUserFromUserName(other) == NULL &&
        same(RedisModule_GetCurrentUserName(ctx), "default"));
  return done(ctx);
}

COMMAND(clients) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  uint64_t id = RedisModule_GetClientId(ctx);
  RedisModuleClientInfo client = REDISMODULE_CLIENTINFO_INITIALIZER_V1;
  CHECK(RedisModule_GetClientInfoById(&client, id) == REDISMODULE_OK && client.id == id &&
        client.port == 4242);
  CHECK(strcmp(client.addr, "127.0.0.1") == 0 &&
        RedisModule_GetClientInfoById(NULL, 9999) == REDISMODULE_ERR);
  RedisModuleString *name = RedisModule_CreateString(ctx, "named", 5);
  CHECK(RedisModule_SetClientNameById(id, name) == REDISMODULE_OK &&
        same(RedisModule_GetClientNameById(ctx, id), "named"));
  CHECK(RedisModule_SetClientNameById(9999, name) == REDISMODULE_ERR && errno == ENOENT);
  CHECK(RedisModule_SetClientNameById(id, RedisModule_CreateString(ctx, "a b", 3)) == REDISMODULE_ERR &&
        errno == EINVAL);
  CHECK(RedisModule_GetClientNameById(ctx, 9999) == NULL && errno == ENOENT);
  CHECK(same(RedisModule_GetClientUserNameById(ctx, id), "default"));
  CHECK(strcmp(RedisModule_GetCurrentCommandName(ctx), "users.clients") == 0);
  CHECK(RedisModule_RedactClientCommandArgument(ctx, 1) == REDISMODULE_OK &&
        RedisModule_RedactClientCommandArgument(ctx, 0) == REDISMODULE_ERR);
  CHECK(RedisModule_DeauthenticateAndCloseClient(ctx, 9999) == REDISMODULE_ERR);
  return done(ctx);
}

/* A user that the module keeps: given to clients, and freed while they have it. */
static RedisModuleUser *kept;
static int changes;

static void on_change(uint64_t client, void *data) {
  *(int *)data = (int)client;
  changes++;
}

COMMAND(keep) {
  UNUSED_ARGUMENTS();
  static int told;
  uint64_t id = 0;
  int before = changes;
  kept = RedisModule_CreateModuleUser("kept");
  CHECK(RedisModule_AuthenticateClientWithUser(ctx, kept, on_change, &told, &id) == REDISMODULE_OK &&
        id == RedisModule_GetClientId(ctx));
  id = 0;
  CHECK(RedisModule_AuthenticateClientWithUser(ctx, kept, NULL, NULL, &id) == REDISMODULE_OK && id != 0);
  CHECK(changes == before + 1 && told == (int)id);
  CHECK(RedisModule_AuthenticateClientWithACLUser(ctx, "nobody", 6, on_change, &told, &id) ==
        REDISMODULE_ERR);
  CHECK(RedisModule_AuthenticateClientWithUser(ctx, kept, on_change, &told, NULL) == REDISMODULE_OK);
  return done(ctx);
}

COMMAND(drop) {
  UNUSED_ARGUMENTS();
  RedisModule_FreeModuleUser(kept);
  return done(ctx);
}

COMMAND(changed) {
  UNUSED_ARGUMENTS();
  return RedisModule_ReplyWithLongLong(ctx, changes);
}

/* Left behind at the unload. */
COMMAND(leave) {
  UNUSED_ARGUMENTS();
  RedisModule_CreateModuleUser("left");
  return done(ctx);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  UNUSED_ARGUMENTS();
  if (RedisModule_Init(ctx, "users", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  REGISTER("users.rights", rights, "", 0, 0, 0);
  REGISTER("users.clients", clients, "", 0, 0, 0);
  REGISTER("users.keep", keep, "", 0, 0, 0);
  REGISTER("users.drop", drop, "", 0, 0, 0);
  REGISTER("users.changed", changed, "", 0, 0, 0);
  REGISTER("users.leave", leave, "", 0, 0, 0);
  return REDISMODULE_OK;
}
