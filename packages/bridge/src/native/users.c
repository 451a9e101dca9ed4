/* Users, what they may do, and authentication by modules. */

#include "bridge.h"

#include <errno.h>

struct RedisModuleUser {
  int number; /* of the host */
  bool owned; /* made by CreateModuleUser: freeing the handle frees the user */
};

/* What the host takes for a user that it does not have. */
enum { NO_SUCH_USER = -1 };

typedef struct Authenticated {
  Module *module;
  RedisModuleUserChangedFunc function;
  void *data;
} Authenticated;

typedef struct AuthCallback {
  struct AuthCallback *next;
  Module *module;
  RedisModuleAuthCallback function;
} AuthCallback;

static Table authenticated; /* by client */
static AuthCallback *callbacks;

static RedisModuleUser *handle_of(int number, bool owned) {
  if (number == 0) return NULL;
  RedisModuleUser *user = must_alloc(sizeof *user);
  *user = (RedisModuleUser){number, owned};
  return user;
}

static int number_from_name(HostOperation operation, const char *name, size_t length) {
  HostFrame frame = host_begin();
  host_bytes(name, length);
  int number = host_call(operation) ? (int)host_result(0) : 0;
  host_end(frame);
  return number;
}

/* Modules take for granted that they get a user: one that the host cannot make may do nothing. */
RedisModuleUser *rm_CreateModuleUser(const char *name) {
  int number = number_from_name(HOST_userCreate, name, strlen(name));
  return handle_of(number == 0 ? NO_SUCH_USER : number, true);
}

/* NULL when there is no such user. Freed with FreeModuleUser, which leaves the user alone. */
RedisModuleUser *rm_GetModuleUserFromUserName(RedisModuleString *name) {
  return handle_of(number_from_name(HOST_userByName, name->bytes, name->length), false);
}

void rm_FreeModuleUser(RedisModuleUser *user) {
  if (user == NULL) return;
  if (user->owned && user->number != NO_SUCH_USER) host_ask(HOST_userFree, 0, 1, (double)user->number);
  free(user);
}

void rm_SetContextUser(RedisModuleCtx *context, const RedisModuleUser *user) {
  context->user_handle = user;
  context->user = user ? user->number : 0;
}

const RedisModuleUser *rm_GetContextUser(RedisModuleCtx *context) { return context->user_handle; }

static RedisModuleString *text_of(RedisModuleCtx *context, HostOperation operation,
                                  const RedisModuleUser *user) {
  if (user == NULL) return NULL;
  HostFrame frame = host_begin();
  host_number(user->number);
  RedisModuleString *text = host_call(operation) ? host_output_string(0) : NULL;
  host_end(frame);
  if (text) auto_add(context, AUTO_STRING, text);
  return text;
}

RedisModuleString *rm_GetUserUsername(RedisModuleCtx *context, const RedisModuleUser *user) {
  return text_of(context, HOST_userName, user);
}

RedisModuleString *rm_GetModuleUserACLString(RedisModuleUser *user) {
  return text_of(NULL, HOST_userRules, user);
}

/* The name of the client's user; NULL without a client. */
RedisModuleString *rm_GetCurrentUserName(RedisModuleCtx *context) {
  if (context->caller.client == 0) return NULL;
  return rm_GetClientUserNameById(context, (uint64_t)context->caller.client);
}

static char *set_rules(RedisModuleUser *user, const char *rules) {
  HostFrame frame = host_begin();
  host_number(user->number);
  host_text(rules);
  char *error = host_call(HOST_userSetRules) ? host_output_text(0) : must_strdup("the server failed");
  host_end(frame);
  return error;
}

/* Modules do not look whether CreateModuleUser gave them a user. */
int rm_SetModuleUserACL(RedisModuleUser *user, const char *rule) {
  if (user == NULL) return REDISMODULE_ERR;
  char *error = set_rules(user, rule);
  free(error);
  return error ? REDISMODULE_ERR : REDISMODULE_OK;
}

int rm_SetModuleUserACLString(RedisModuleCtx *context, RedisModuleUser *user, const char *rules,
                              RedisModuleString **error) {
  if (user == NULL) {
    if (error) *error = rm_CreateStringPrintf(context, "ERR The user does not exist");
    return REDISMODULE_ERR;
  }
  char *text = set_rules(user, rules);
  if (text && error) *error = rm_CreateString(context, text, strlen(text));
  free(text);
  return text ? REDISMODULE_ERR : REDISMODULE_OK;
}

static int allowed(bool yes) {
  if (!yes) errno = EACCES;
  return yes ? REDISMODULE_OK : REDISMODULE_ERR;
}

static int invalid(void) {
  errno = EINVAL;
  return REDISMODULE_ERR;
}

/* ENOENT for an unknown command, EACCES for one that is not allowed. */
int rm_ACLCheckCommandPermissions(RedisModuleUser *user, RedisModuleString **arguments, int count) {
  if (user == NULL || arguments == NULL || count <= 0) return invalid();
  HostFrame frame = host_begin();
  host_number(user->number);
  host_arguments(arguments, count);
  int answer = host_call(HOST_userMayRun) ? (int)host_result(0) : 0;
  host_end(frame);
  if (answer == 2) {
    errno = ENOENT;
    return REDISMODULE_ERR;
  }
  return allowed(answer == 1);
}

static int may_access(RedisModuleUser *user, RedisModuleString *key, int flags, bool is_prefix) {
  int known = REDISMODULE_CMD_KEY_ACCESS | REDISMODULE_CMD_KEY_INSERT | REDISMODULE_CMD_KEY_DELETE |
              REDISMODULE_CMD_KEY_UPDATE;
  if (user == NULL || key == NULL || (flags & ~known)) return invalid();
  HostFrame frame = host_begin();
  host_number(user->number);
  host_string(key);
  host_number(flags);
  host_number(is_prefix);
  bool yes = host_call(HOST_userMayAccessKey) && host_result(0) != 0;
  host_end(frame);
  return allowed(yes);
}

int rm_ACLCheckKeyPermissions(RedisModuleUser *user, RedisModuleString *key, int flags) {
  return may_access(user, key, flags, false);
}

int rm_ACLCheckKeyPrefixPermissions(RedisModuleUser *user, RedisModuleString *prefix, int flags) {
  return may_access(user, prefix, flags, true);
}

int rm_ACLCheckChannelPermissions(RedisModuleUser *user, RedisModuleString *channel, int flags) {
  if (user == NULL || channel == NULL) return invalid();
  HostFrame frame = host_begin();
  host_number(user->number);
  host_string(channel);
  host_number(flags);
  bool yes = host_call(HOST_userMayAccessChannel) && host_result(0) != 0;
  host_end(frame);
  return allowed(yes);
}

void rm_ACLAddLogEntryByUserName(RedisModuleCtx *context, RedisModuleString *user, RedisModuleString *object,
                                 RedisModuleACLLogEntryReason reason) {
  HostFrame frame = host_begin();
  host_string(user);
  host_string(object);
  host_number(reason);
  host_caller(&context->caller);
  host_call(HOST_aclLogAdd);
  host_end(frame);
}

void rm_ACLAddLogEntry(RedisModuleCtx *context, RedisModuleUser *user, RedisModuleString *object,
                       RedisModuleACLLogEntryReason reason) {
  RedisModuleString *name = text_of(NULL, HOST_userName, user);
  if (name) rm_ACLAddLogEntryByUserName(context, name, object, reason);
  string_release(name);
}

/* `function` is called once when the client gets another user, or goes away. */
int rm_AuthenticateClientWithUser(RedisModuleCtx *context, RedisModuleUser *user,
                                  RedisModuleUserChangedFunc function, void *data, uint64_t *client_id) {
  double client = context->caller.client;
  if (client == 0 || user == NULL) return REDISMODULE_ERR;
  user_changed(client);
  if (host_ask(HOST_authenticate, 0, 2, client, (double)user->number) == 0) return REDISMODULE_ERR;
  if (client_id) *client_id = 0;
  if (function == NULL) return REDISMODULE_OK;
  Authenticated *record = must_alloc(sizeof *record);
  *record = (Authenticated){context->module, function, data};
  table_set(&authenticated, (uint64_t)client, record);
  if (client_id) *client_id = (uint64_t)client;
  return REDISMODULE_OK;
}

int rm_AuthenticateClientWithACLUser(RedisModuleCtx *context, const char *name, size_t length,
                                     RedisModuleUserChangedFunc function, void *data, uint64_t *client_id) {
  RedisModuleUser user = {number_from_name(HOST_userByName, name, length), false};
  if (user.number == 0) return REDISMODULE_ERR;
  return rm_AuthenticateClientWithUser(context, &user, function, data, client_id);
}

void user_changed(double client) {
  Authenticated *record = table_get(&authenticated, (uint64_t)client);
  if (record == NULL) return;
  table_set(&authenticated, (uint64_t)client, NULL);
  Running before = running_enter(record->module, "the change of a client's user");
  record->function((uint64_t)client, record->data);
  running_leave(before);
  free(record);
}

/* Fails when there is no such client. */
int rm_DeauthenticateAndCloseClient(RedisModuleCtx *context, uint64_t client) {
  (void)context;
  return host_ask(HOST_closeClient, 0, 1, (double)client) != 0 ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* The callback registered last is asked first. */
void rm_RegisterAuthCallback(RedisModuleCtx *context, RedisModuleAuthCallback function) {
  AuthCallback *callback = must_alloc(sizeof *callback);
  *callback = (AuthCallback){callbacks, context->module, function};
  callbacks = callback;
  host_ask(HOST_authCallbacksWanted, 0, 1, 1.0);
}

/* Asks until one takes the case. `error` is set when that one denied it. */
bool authenticate(double client, RedisModuleString *user, RedisModuleString *password,
                  RedisModuleString **error) {
  bool handled = false;
  *error = NULL;
  for (AuthCallback *each = callbacks; each && !handled;) {
    AuthCallback *next = each->next;
    RedisModuleCtx context;
    context_start(&context, each->module, 0);
    context.caller.client = client;
    Running before = running_enter(each->module, "an authentication");
    handled = each->function(&context, user, password, error) == REDISMODULE_AUTH_HANDLED;
    context_finish(&context);
    running_leave(before);
    each = next;
  }
  return handled;
}

void auth_drop(Module *module) {
  AuthCallback **at = &callbacks;
  while (*at) {
    AuthCallback *callback = *at;
    if (callback->module != module) {
      at = &callback->next;
      continue;
    }
    *at = callback->next;
    free(callback);
  }
  for (size_t i = 0; i < authenticated.capacity; i++) {
    Authenticated *record = authenticated.values[i];
    if (record == NULL || record->module != module) continue;
    table_set(&authenticated, authenticated.keys[i], NULL);
    free(record);
    i = (size_t)-1;
  }
  host_ask(HOST_authCallbacksWanted, 0, 1, (double)(callbacks != NULL));
}
