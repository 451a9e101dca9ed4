/* Who a client is, as far as modules decide it: they are asked at AUTH, let clients in, and hear when
 * one becomes somebody else. */

#include "authentication.h"

/* What a module wants called when a client that it let in becomes another user, or goes. */
typedef struct Authenticated {
  Module *module;
  RedisModuleUserChangedFunc function;
  void *data;
} Authenticated;

typedef struct AuthCallback {
  struct AuthCallback *next;
  uint64_t number; /* grows with every registration */
  Module *module;
  RedisModuleAuthCallback function;
} AuthCallback;

/* An AUTH that modules are being asked about; it may wait for one of them. */
typedef struct Attempt {
  uint64_t asked; /* the callback that was asked last */
  bool welcomed;  /* by that one */
  bool waits;
  RedisModuleBlockedClient *unblocked; /* has waited; its reply callback is to be asked */
} Attempt;

static Table authenticated; /* by client */
static Table attempts;      /* by client */
static AuthCallback *callbacks; /* the last registered first */
static uint64_t last_callback;

/* `function` is called once when the client gets another user, or goes away. */
static int become(RedisModuleCtx *context, HostOperation operation, const char *name, size_t length,
                  int number, RedisModuleUserChangedFunc function, void *data, uint64_t *client_id) {
  double client = context->caller.client;
  if (client == 0) return REDISMODULE_ERR;
  HostFrame frame = host_begin();
  host_number(client);
  if (name) host_bytes(name, length);
  else host_number(number);
  bool became = host_call(operation) && host_result(0) != 0;
  host_end(frame);
  if (!became) return REDISMODULE_ERR;
  /* Whoever let it in before has heard of it from the host. */
  Attempt *attempt = table_get(&attempts, (uint64_t)client);
  if (attempt) attempt->welcomed = true;
  if (client_id) *client_id = (uint64_t)client;
  if (function == NULL) return REDISMODULE_OK;
  Authenticated *record = must_alloc(sizeof *record);
  *record = (Authenticated){context->module, function, data};
  table_set(&authenticated, (uint64_t)client, record);
  return REDISMODULE_OK;
}

/* Fails for a user that is disabled, and where there is no client. */
int rm_AuthenticateClientWithUser(RedisModuleCtx *context, RedisModuleUser *user,
                                  RedisModuleUserChangedFunc function, void *data, uint64_t *client_id) {
  if (user == NULL) return REDISMODULE_ERR;
  return become(context, HOST_authenticate, NULL, 0, user_number(user), function, data, client_id);
}

int rm_AuthenticateClientWithACLUser(RedisModuleCtx *context, const char *name, size_t length,
                                     RedisModuleUserChangedFunc function, void *data, uint64_t *client_id) {
  return become(context, HOST_authenticateByName, name, length, 0, function, data, client_id);
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
  return host_ask(HOST_deauthenticate, 0, 1, (double)client) != 0 ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* The callback registered last is asked first. */
void rm_RegisterAuthCallback(RedisModuleCtx *context, RedisModuleAuthCallback function) {
  AuthCallback *callback = must_alloc(sizeof *callback);
  *callback = (AuthCallback){callbacks, ++last_callback, context->module, function};
  callbacks = callback;
  host_ask(HOST_authCallbacksWanted, 0, 1, 1.0);
}

bool auth_in_progress(double client) { return table_get(&attempts, (uint64_t)client) != NULL; }

void auth_wait(double client) {
  Attempt *attempt = table_get(&attempts, (uint64_t)client);
  if (attempt) attempt->waits = true;
}

/* False when nobody waits for the answer any more. */
bool auth_resume(double client, RedisModuleBlockedClient *blocked) {
  Attempt *attempt = table_get(&attempts, (uint64_t)client);
  if (attempt == NULL) return false;
  attempt->waits = false;
  attempt->unblocked = blocked;
  return true;
}

/* An AUTH that did not run after all is forgotten: nothing may refer to what has waited for it. */
void auth_resumed(double client, const RedisModuleBlockedClient *blocked) {
  Attempt *attempt = table_get(&attempts, (uint64_t)client);
  if (attempt && attempt->unblocked == blocked) auth_forget(client);
}

void auth_forget(double client) {
  Attempt *attempt = table_get(&attempts, (uint64_t)client);
  table_set(&attempts, (uint64_t)client, NULL);
  free(attempt);
}

/* The next callback to be asked. They are looked for by number: modules come and go while clients wait. */
static AuthCallback *callback_after(uint64_t number) {
  AuthCallback *callback = callbacks;
  while (callback && callback->number >= number) callback = callback->next;
  return callback;
}

static Attempt *attempt_of(double client) {
  Attempt *attempt = table_get(&attempts, (uint64_t)client);
  if (attempt) return attempt;
  attempt = must_calloc(sizeof *attempt);
  attempt->asked = UINT64_MAX;
  table_set(&attempts, (uint64_t)client, attempt);
  return attempt;
}

/* An error that was replied rather than returned, such as that the client may not block. */
static RedisModuleString *replied_error(Reply *reply, const Module *module) {
  Buffer *whole = reply_finish(reply, module);
  if (whole->length == 0 || whole->data[0] != '-') return NULL;
  const char *end = memchr(whole->data, '\r', whole->length);
  return end ? string_new(whole->data, (size_t)(end - whole->data)) : NULL;
}

/* Asks one callback, or with `blocked` the one that has its answer now. */
static bool ask(const Caller *caller, Module *module, RedisModuleAuthCallback function,
                RedisModuleBlockedClient *blocked, RedisModuleString *user, RedisModuleString *password,
                RedisModuleString **error) {
  Reply reply;
  reply_start(&reply, caller->resp);
  RedisModuleCtx context;
  context_start(&context, module, 0);
  context.caller = *caller;
  context.reply = &reply;
  *error = NULL;
  if (blocked) blocked_serve(blocked, &context);
  Running before = running_enter(module, "an authentication");
  bool handled = function(&context, user, password, error) == REDISMODULE_AUTH_HANDLED;
  /* With automatic memory, what it tells would go with the context. */
  if (*error) auto_remove(&context, AUTO_STRING, *error);
  context_finish(&context);
  running_leave(before);
  RedisModuleString *replied = replied_error(&reply, module);
  if (replied) {
    string_release(*error);
    *error = replied;
  }
  reply_free(&reply);
  return handled;
}

/* Asks until one takes the case. `error` may be set when that one denied it. */
AuthOutcome authenticate(const Caller *caller, RedisModuleString *user, RedisModuleString *password,
                         RedisModuleString **error) {
  double client = caller->client;
  Attempt *attempt = attempt_of(client);
  RedisModuleBlockedClient *unblocked = attempt->unblocked;
  attempt->unblocked = NULL;
  bool handled = false;
  *error = NULL;
  if (unblocked) {
    RedisModuleAuthCallback function = blocked_auth_callback(unblocked);
    if (function)
      handled = ask(caller, blocked_module(unblocked), function, unblocked, user, password, error);
    blocked_free_data(unblocked);
    attempt = table_get(&attempts, (uint64_t)client);
  }
  while (attempt && !handled) {
    AuthCallback *callback = callback_after(attempt->asked);
    if (callback == NULL) break;
    attempt->asked = callback->number;
    attempt->welcomed = false;
    string_release(*error);
    handled = ask(caller, callback->module, callback->function, NULL, user, password, error);
    attempt = table_get(&attempts, (uint64_t)client);
    /* Who makes the client wait is to say that the case is taken. */
    if (attempt && attempt->waits) return AUTH_WAITS;
  }
  /* The client may have gone meanwhile. */
  if (attempt == NULL) return AUTH_DENIED;
  bool welcomed = attempt->welcomed;
  auth_forget(client);
  return !handled ? AUTH_NOT_HANDLED : welcomed ? AUTH_WELCOME : AUTH_DENIED;
}

/* As in Redis, a client whose change of user the module would hear of does not outlive it. */
static void deauthenticate_clients(Module *module) {
  for (size_t i = 0; i < authenticated.capacity; i++) {
    Authenticated *record = authenticated.values[i];
    if (record == NULL || record->module != module) continue;
    double client = (double)authenticated.keys[i];
    user_changed(client);
    host_ask(HOST_deauthenticate, 0, 1, client);
    i = (size_t)-1;
  }
}

void auth_drop(Module *module) {
  deauthenticate_clients(module);
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
  host_ask(HOST_authCallbacksWanted, 0, 1, (double)(callbacks != NULL));
}
