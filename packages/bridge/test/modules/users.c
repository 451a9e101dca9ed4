/* What a module asks about users and clients. */

#include "check.h"

COMMAND(rights) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleString *error = NULL, *key = RedisModule_CreateString(ctx, "mine", 4),
                    *other = RedisModule_CreateString(ctx, "other", 5);
  RedisModuleUser *user = RedisModule_CreateModuleUser("module-user");
  CHECK(RedisModule_SetModuleUserACL(user, "bogus") == REDISMODULE_ERR &&
        RedisModule_SetModuleUserACL(user, "~mine") == REDISMODULE_OK);
  CHECK(RedisModule_SetModuleUserACLString(ctx, user, "bogus", &error) == REDISMODULE_ERR && error);
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
        REDISMODULE_ERR);
  RedisModuleString *ping = RedisModule_CreateString(ctx, "ping", 4);
  CHECK(RedisModule_ACLCheckCommandPermissions(user, &ping, 1) == REDISMODULE_ERR && errno == EACCES);
  CHECK(RedisModule_ACLCheckCommandPermissions(user, &key, 1) == REDISMODULE_ERR && errno == ENOENT);
  RedisModule_ACLAddLogEntry(ctx, user, key, REDISMODULE_ACL_LOG_KEY);
  RedisModule_SetContextUser(ctx, user);
  CHECK(RedisModule_GetContextUser(ctx) == user);
  RedisModule_SetContextUser(ctx, NULL);
  RedisModule_FreeModuleUser(user);
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

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  UNUSED_ARGUMENTS();
  if (RedisModule_Init(ctx, "users", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  REGISTER("users.rights", rights, "", 0, 0, 0);
  REGISTER("users.clients", clients, "", 0, 0, 0);
  return REDISMODULE_OK;
}
