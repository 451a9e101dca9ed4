/* Users, and what they may do. */

#include "authentication.h"

#include <errno.h>

/* What a module has of a user: one that it made, or a name of the server's. The host knows what is
 * behind the number, and that nothing is once the handle is freed. */
struct RedisModuleUser {
  int number;
  const Module *module; /* whose handle it is; NULL where no module was known to run */
};

/* What the host takes for a user that is not there: it may do nothing. */
enum { NO_SUCH_USER = -1 };

static Table handles; /* by number */

static RedisModuleUser *handle_of(int number) {
  RedisModuleUser *user = must_alloc(sizeof *user);
  *user = (RedisModuleUser){number, running.module};
  if (number > 0) table_set(&handles, (uint64_t)number, user);
  return user;
}

int user_number(const RedisModuleUser *user) { return user->number; }

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
  return handle_of(number == 0 ? NO_SUCH_USER : number);
}

/* NULL when there is no such user, as for the name of a context without a client, which is NULL. Freed with
 * FreeModuleUser, which leaves the user alone. */
RedisModuleUser *rm_GetModuleUserFromUserName(RedisModuleString *name) {
  if (name == NULL) return NULL;
  int number = number_from_name(HOST_userByName, name->bytes, name->length);
  return number == 0 ? NULL : handle_of(number);
}

static void forget(int number, bool disconnect) {
  table_set(&handles, (uint64_t)number, NULL);
  host_ask(HOST_userFree, 0, 2, (double)number, (double)disconnect);
}

/* Clients that are authenticated as a user of the module's own lose their connections. */
void rm_FreeModuleUser(RedisModuleUser *user) {
  if (user == NULL) return;
  if (user->number > 0) forget(user->number, true);
  free(user);
}

/* What a module leaves behind is freed; as in Redis, clients that became such a user go on as it. */
void users_drop(Module *module) {
  for (size_t i = 0; i < handles.capacity; i++) {
    RedisModuleUser *user = handles.values[i];
    if (user == NULL || user->module != module) continue;
    forget(user->number, false);
    free(user);
    i = (size_t)-1;
  }
}

/* Only the number is kept: the module may free the handle while the context lives. */
void rm_SetContextUser(RedisModuleCtx *context, const RedisModuleUser *user) {
  context->user = user ? user->number : 0;
}

/* NULL as well once that user is freed. */
const RedisModuleUser *rm_GetContextUser(RedisModuleCtx *context) {
  return context->user > 0 ? table_get(&handles, (uint64_t)context->user) : NULL;
}

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

/* NULL, or why the rules were not applied. One rule is taken as it is; a line is split at its blanks. */
static char *set_rules(RedisModuleUser *user, const char *rules, bool is_line) {
  HostFrame frame = host_begin();
  host_number(user->number);
  host_text(rules);
  host_number(is_line);
  char *error = host_call(HOST_userSetRules) ? host_output_text(0) : must_strdup("The server failed");
  host_end(frame);
  return error;
}

/* Why a rule was refused, by what Redis says of each of its error numbers. */
static int errno_of(const char *error) {
  static const struct {
    int number;
    const char *text;
  } reasons[] = {
      {ENOENT, "Unknown command or category"},  {EINVAL, "Syntax error"},
      {EEXIST, "(or the 'allkeys' flag)"},      {EISDIR, "(or the 'allchannels' flag)"},
      {ENODEV, "The password you are trying"},  {EBADMSG, "The password hash must be"},
      {ECHILD, "Allowing first-arg of a sub"},
  };
  for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
    if (strstr(error, reasons[i].text)) return reasons[i].number;
  }
  return EINVAL;
}

/* Modules do not look whether CreateModuleUser gave them a user. */
int rm_SetModuleUserACL(RedisModuleUser *user, const char *rule) {
  if (user == NULL) return REDISMODULE_ERR;
  char *error = set_rules(user, rule, false);
  int number = error ? errno_of(error) : 0;
  free(error);
  if (number == 0) return REDISMODULE_OK;
  errno = number;
  return REDISMODULE_ERR;
}

int rm_SetModuleUserACLString(RedisModuleCtx *context, RedisModuleUser *user, const char *rules,
                              RedisModuleString **error) {
  if (user == NULL) {
    if (error) *error = rm_CreateStringPrintf(context, "The user does not exist");
    return REDISMODULE_ERR;
  }
  char *text = set_rules(user, rules, true);
  if (text && error) *error = rm_CreateString(context, text, strlen(text));
  free(text);
  return text ? REDISMODULE_ERR : REDISMODULE_OK;
}

static int allowed(bool yes) {
  if (!yes) errno = EACCES;
  return yes ? REDISMODULE_OK : REDISMODULE_ERR;
}

static int failed(int error) {
  errno = error;
  return REDISMODULE_ERR;
}

/* ENOENT for an unknown command, EINVAL for a wrong number of arguments, EACCES where it is not allowed. */
int rm_ACLCheckCommandPermissions(RedisModuleUser *user, RedisModuleString **arguments, int count) {
  static const int errors[] = {EACCES, 0, ENOENT, EINVAL};
  if (user == NULL || arguments == NULL || count <= 0) return failed(EINVAL);
  HostFrame frame = host_begin();
  host_number(user->number);
  host_arguments(arguments, count);
  int answer = host_call(HOST_userMayRun) ? (int)host_result(0) : 0;
  host_end(frame);
  return answer == 1 ? REDISMODULE_OK : failed(errors[answer]);
}

static int may_access(RedisModuleUser *user, RedisModuleString *key, int flags, bool is_prefix) {
  int known = REDISMODULE_CMD_KEY_ACCESS | REDISMODULE_CMD_KEY_INSERT | REDISMODULE_CMD_KEY_DELETE |
              REDISMODULE_CMD_KEY_UPDATE;
  if (user == NULL || key == NULL || (flags & ~known)) return failed(EINVAL);
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

/* To unsubscribe is allowed to everybody. */
int rm_ACLCheckChannelPermissions(RedisModuleUser *user, RedisModuleString *channel, int flags) {
  int known = REDISMODULE_CMD_CHANNEL_PUBLISH | REDISMODULE_CMD_CHANNEL_SUBSCRIBE |
              REDISMODULE_CMD_CHANNEL_UNSUBSCRIBE | REDISMODULE_CMD_CHANNEL_PATTERN;
  if (user == NULL || channel == NULL || (flags & ~known)) return failed(EINVAL);
  if (flags & REDISMODULE_CMD_CHANNEL_UNSUBSCRIBE) return REDISMODULE_OK;
  HostFrame frame = host_begin();
  host_number(user->number);
  host_string(channel);
  host_number((flags & REDISMODULE_CMD_CHANNEL_PATTERN) != 0);
  bool yes = host_call(HOST_userMayAccessChannel) && host_result(0) != 0;
  host_end(frame);
  return allowed(yes);
}

/* Nothing is noted for a reason that there is not. */
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
