/* Blocked clients. A command hands its client over; any thread may answer it later.
 *
 * The structure is referred to by the module (until UnblockClient), by thread-safe contexts and by
 * the queue of the main thread, and goes with the last of them. */

#include "authentication.h"

#include <limits.h>
#include <time.h>

struct RedisModuleBlockedClient {
  _Atomic int references;
  uint64_t number;
  Module *module;
  Caller caller;
  bool waiting; /* the client is there and waits */
  bool on_keys;
  bool on_auth;
  _Atomic bool unblocked; /* UnblockClient was called, or its effect is due */
  bool aborted;
  RedisModuleCmdFunc reply_callback, timeout_callback;
  RedisModuleAuthCallback auth_callback;
  RedisModuleDisconnectFunc disconnect_callback;
  void (*free_data)(RedisModuleCtx *, void *);
  void *data;
  Reply reply; /* from thread-safe contexts */
  Command *command;
  RedisModuleString **arguments;
  int argument_count;
  uint64_t measure_start;
  uint64_t measured_us;
};

static Table blocked_clients;
static uint64_t next_number = 1;

static uint64_t now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

void blocked_retain(RedisModuleBlockedClient *blocked) { atomic_fetch_add(&blocked->references, 1); }

void blocked_release(RedisModuleBlockedClient *blocked) {
  if (atomic_fetch_sub(&blocked->references, 1) != 1) return;
  reply_free(&blocked->reply);
  arguments_free(blocked->arguments, blocked->argument_count);
  free(blocked);
}

Reply *blocked_reply(RedisModuleBlockedClient *blocked) { return &blocked->reply; }
Caller blocked_caller(RedisModuleBlockedClient *blocked) { return blocked->caller; }
Module *blocked_module(RedisModuleBlockedClient *blocked) { return blocked->module; }
bool blocked_waiting(RedisModuleBlockedClient *blocked) { return blocked->waiting && !blocked->aborted; }

/* Why the client of this context may not block; NULL when it may. */
static const char *refusal(RedisModuleCtx *context, bool on_auth, long long timeout_ms) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  if (timeout_ms > LLONG_MAX - (long long)time.tv_sec * 1000) return "timeout is out of range";
  if (context->caller.flags & CALLER_SCRIPT) return "Blocking module command called from Lua script";
  if (context->caller.flags & CALLER_MULTI) return "Blocking module command called from transaction";
  if (context->caller.flags & CALLER_DENY_BLOCKING) {
    return "Blocking module command called from a context that does not allow blocking";
  }
  if (context->flags & CONTEXT_BLOCKED_REPLY) {
    return "Blocking module command called from a Reply callback context";
  }
  if (!on_auth && auth_in_progress(context->caller.client)) {
    return "Clients undergoing module based authentication can only be blocked on auth";
  }
  return NULL;
}

static void tell_host(RedisModuleBlockedClient *blocked, long long timeout_ms, RedisModuleString **keys,
                      int count, int flags) {
  HostFrame frame = host_begin();
  host_number((double)blocked->number);
  host_number(blocked->caller.client);
  host_number((double)timeout_ms);
  host_number(flags & REDISMODULE_BLOCK_UNBLOCK_DELETED ? 1 : 0);
  host_number(blocked->timeout_callback != NULL);
  host_arguments(keys, count);
  host_call(HOST_blockClient);
  host_end(frame);
}

/* Never fails: a client that may not block gets an error at once, and the handle serves nobody. */
static RedisModuleBlockedClient *block(RedisModuleCtx *context, RedisModuleBlockedClient settings,
                                       long long timeout_ms, RedisModuleString **keys, int count, int flags) {
  RedisModuleBlockedClient *blocked = must_alloc(sizeof *blocked);
  *blocked = settings;
  atomic_init(&blocked->references, 1);
  atomic_init(&blocked->unblocked, false);
  blocked->number = next_number++;
  blocked->module = context->module;
  blocked->caller = context->caller;
  blocked->command = context->command;
  blocked->argument_count = context->argument_count;
  blocked->arguments = must_alloc((size_t)context->argument_count * sizeof(RedisModuleString *));
  for (int i = 0; i < context->argument_count; i++) {
    blocked->arguments[i] = string_retain(context->arguments[i]);
  }
  reply_start(&blocked->reply, context->caller.resp);
  atomic_fetch_add(&blocked->module->blocked_clients, 1);
  const char *error = refusal(context, blocked->on_auth, timeout_ms);
  if (error) {
    rm_ReplyWithErrorFormat(context, "ERR %s", error);
    return blocked;
  }
  blocked->waiting = true;
  context->blocked = blocked;
  table_set(&blocked_clients, blocked->number, blocked);
  tell_host(blocked, timeout_ms, keys, count, flags);
  return blocked;
}

RedisModuleBlockedClient *rm_BlockClient(RedisModuleCtx *context, RedisModuleCmdFunc reply_callback,
                                         RedisModuleCmdFunc timeout_callback,
                                         void (*free_data)(RedisModuleCtx *, void *), long long timeout_ms) {
  RedisModuleBlockedClient settings = {
      .reply_callback = reply_callback, .timeout_callback = timeout_callback, .free_data = free_data};
  return block(context, settings, timeout_ms, NULL, 0, 0);
}

RedisModuleBlockedClient *rm_BlockClientOnKeysWithFlags(RedisModuleCtx *context,
                                                        RedisModuleCmdFunc reply_callback,
                                                        RedisModuleCmdFunc timeout_callback,
                                                        void (*free_data)(RedisModuleCtx *, void *),
                                                        long long timeout_ms, RedisModuleString **keys,
                                                        int count, void *data, int flags) {
  RedisModuleBlockedClient settings = {.reply_callback = reply_callback,
                                       .timeout_callback = timeout_callback,
                                       .free_data = free_data,
                                       .data = data,
                                       .on_keys = true};
  return block(context, settings, timeout_ms, keys, count, flags);
}

RedisModuleBlockedClient *rm_BlockClientOnKeys(RedisModuleCtx *context, RedisModuleCmdFunc reply_callback,
                                               RedisModuleCmdFunc timeout_callback,
                                               void (*free_data)(RedisModuleCtx *, void *),
                                               long long timeout_ms, RedisModuleString **keys, int count,
                                               void *data) {
  return rm_BlockClientOnKeysWithFlags(context, reply_callback, timeout_callback, free_data, timeout_ms, keys,
                                       count, data, REDISMODULE_BLOCK_UNBLOCK_DEFAULT);
}

/* NULL, with an error for the client, outside of an authentication. */
RedisModuleBlockedClient *rm_BlockClientOnAuth(RedisModuleCtx *context,
                                               RedisModuleAuthCallback reply_callback,
                                               void (*free_data)(RedisModuleCtx *, void *)) {
  if (!auth_in_progress(context->caller.client)) {
    rm_ReplyWithError(
        context, "ERR Module blocking client on auth when not currently undergoing module authentication");
    return NULL;
  }
  RedisModuleBlockedClient settings = {
      .on_auth = true, .auth_callback = reply_callback, .free_data = free_data};
  RedisModuleBlockedClient *blocked = block(context, settings, 0, NULL, 0, 0);
  if (blocked->waiting) auth_wait(blocked->caller.client);
  return blocked;
}

RedisModuleAuthCallback blocked_auth_callback(RedisModuleBlockedClient *blocked) {
  return blocked->auth_callback;
}

void blocked_serve(RedisModuleBlockedClient *blocked, RedisModuleCtx *context) {
  context->flags |= CONTEXT_BLOCKED_REPLY;
  context->blocked = blocked;
  context->blocked_data = blocked->data;
}

/* Runs one of its callbacks with a context of that kind. Returns what the callback returned. */
static int run_callback(RedisModuleBlockedClient *blocked, RedisModuleCmdFunc callback, int flags,
                        RedisModuleString *ready_key, Reply *reply, const char *what) {
  RedisModuleCtx context;
  context_start(&context, blocked->module, flags);
  context.caller = blocked->caller;
  context.reply = reply;
  context.command = blocked->command;
  context.arguments = blocked->arguments;
  context.argument_count = blocked->argument_count;
  context.blocked = blocked;
  context.blocked_data = blocked->data;
  context.ready_key = ready_key;
  Running before = running_enter(blocked->module, what);
  int result = callback(&context, blocked->arguments, blocked->argument_count);
  context_finish(&context);
  running_leave(before);
  return result;
}

void blocked_free_data(RedisModuleBlockedClient *blocked) {
  if (blocked->data == NULL || blocked->free_data == NULL) return;
  RedisModuleCtx context;
  context_start(&context, blocked->module, blocked->waiting ? 0 : CONTEXT_BLOCKED_DISCONNECTED);
  context.caller = blocked->caller;
  context.blocked_data = blocked->data;
  Running before = running_enter(blocked->module, "freeing the data of a blocked client");
  blocked->free_data(&context, blocked->data);
  context_finish(&context);
  running_leave(before);
  blocked->data = NULL;
}

static void deliver(RedisModuleBlockedClient *blocked, Buffer *reply, uint64_t elapsed_us) {
  HostFrame frame = host_begin();
  host_number((double)blocked->number);
  host_number(blocked->caller.client);
  host_number((double)elapsed_us);
  host_bytes(reply->data, reply->length);
  host_call(blocked->aborted ? HOST_blockAborted : HOST_unblocked);
  host_end(frame);
}

/* The client's AUTH runs again, and asks the module for what it has found out. */
static void deliver_auth(RedisModuleBlockedClient *blocked) {
  double client = blocked->caller.client;
  if (!auth_resume(client, blocked)) return;
  HostFrame frame = host_begin();
  host_number((double)blocked->number);
  host_number((double)blocked->measured_us);
  host_call(HOST_authUnblocked);
  host_end(frame);
  auth_resumed(client, blocked);
}

static void end(RedisModuleBlockedClient *blocked) {
  blocked->waiting = false;
  atomic_fetch_sub(&blocked->module->blocked_clients, 1);
  blocked_release(blocked);
  run_post_notification_jobs(false);
}

static void finish_auth(RedisModuleBlockedClient *blocked) {
  table_set(&blocked_clients, blocked->number, NULL);
  if (blocked->waiting) deliver_auth(blocked);
  blocked_free_data(blocked);
  end(blocked);
}

/* On the main thread, for each UnblockClient. */
static void finish(void *data) {
  RedisModuleBlockedClient *blocked = data;
  if (blocked->on_auth) {
    finish_auth(blocked);
    return;
  }
  Reply reply;
  reply_start(&reply, blocked->caller.resp);
  uint64_t start = now_us();
  if (blocked->waiting && !blocked->on_keys && blocked->reply_callback) {
    run_callback(blocked, blocked->reply_callback, CONTEXT_BLOCKED_REPLY, NULL, &reply,
                 "the reply of a blocked client");
  }
  uint64_t elapsed = now_us() - start + blocked->measured_us;
  blocked_free_data(blocked);
  Buffer *whole = reply_finish(&reply, blocked->module);
  Buffer *late = reply_finish(&blocked->reply, blocked->module);
  buffer_append(whole, late->data, late->length);
  table_set(&blocked_clients, blocked->number, NULL);
  if (blocked->waiting) deliver(blocked, whole, elapsed);
  reply_free(&reply);
  end(blocked);
}

/* Any thread, with or without the lock. Fails for a client blocked on keys without a timeout
 * callback, for which there would be nothing to reply. */
int rm_UnblockClient(RedisModuleBlockedClient *blocked, void *data) {
  if (blocked->on_keys && blocked->timeout_callback == NULL) return REDISMODULE_ERR;
  if (atomic_exchange(&blocked->unblocked, true)) return REDISMODULE_OK;
  if (!blocked->on_keys) {
    blocked->data = data;
  } else if (blocked->waiting && !blocked->aborted) {
    run_callback(blocked, blocked->timeout_callback, CONTEXT_BLOCKED_TIMEOUT, NULL, &blocked->reply,
                 "the timeout of a blocked client");
  }
  post(finish, blocked);
  return REDISMODULE_OK;
}

/* Within the command that blocked, its client is free again at once and gets the command's reply. */
int rm_AbortBlock(RedisModuleBlockedClient *blocked) {
  blocked->reply_callback = NULL;
  blocked->disconnect_callback = NULL;
  blocked->aborted = true;
  blocked->auth_callback = NULL;
  if (blocked->waiting && on_main_thread() && !blocked->on_auth) {
    Buffer nothing = {0};
    deliver(blocked, &nothing, 0);
    blocked->waiting = false;
  }
  return rm_UnblockClient(blocked, NULL);
}

/* Its time is up. False when it is being unblocked already: it has a reply coming. */
bool blocked_timeout(uint64_t number, Reply *reply) {
  RedisModuleBlockedClient *blocked = table_get(&blocked_clients, number);
  if (blocked == NULL || atomic_load(&blocked->unblocked)) return false;
  if (blocked->timeout_callback) {
    run_callback(blocked, blocked->timeout_callback, CONTEXT_BLOCKED_TIMEOUT, NULL, reply,
                 "the timeout of a blocked client");
  }
  blocked->waiting = false;
  blocked->disconnect_callback = NULL;
  /* A module that waits for keys need not unblock what has timed out. */
  if (blocked->on_keys && !atomic_exchange(&blocked->unblocked, true)) post(finish, blocked);
  return true;
}

/* Microseconds that its module has measured. */
uint64_t blocked_measured(uint64_t number) {
  RedisModuleBlockedClient *blocked = table_get(&blocked_clients, number);
  return blocked ? blocked->measured_us : 0;
}

void blocked_gone(uint64_t number) {
  RedisModuleBlockedClient *blocked = table_get(&blocked_clients, number);
  if (blocked == NULL || !blocked->waiting) return;
  blocked->waiting = false;
  if (blocked->on_auth) auth_forget(blocked->caller.client);
  if (blocked->disconnect_callback) {
    RedisModuleCtx context;
    context_start(&context, blocked->module, CONTEXT_BLOCKED_DISCONNECTED);
    context.caller = blocked->caller;
    context.blocked_data = blocked->data;
    Running before = running_enter(blocked->module, "the disconnection of a blocked client");
    blocked->disconnect_callback(&context, blocked);
    context_finish(&context);
    running_leave(before);
  }
  if (blocked->on_keys && !atomic_exchange(&blocked->unblocked, true)) post(finish, blocked);
}

/* True when the client was served; its reply is complete then. */
bool blocked_key_ready(uint64_t number, RedisModuleString *key, Reply *reply) {
  RedisModuleBlockedClient *blocked = table_get(&blocked_clients, number);
  if (blocked == NULL || !blocked->on_keys || atomic_load(&blocked->unblocked)) return false;
  int result = run_callback(blocked, blocked->reply_callback, CONTEXT_BLOCKED_REPLY, key, reply,
                            "the reply of a client blocked on keys");
  if (result != REDISMODULE_OK) return false;
  blocked->waiting = false;
  blocked->disconnect_callback = NULL;
  atomic_store(&blocked->unblocked, true);
  post(finish, blocked);
  return true;
}

void rm_SetDisconnectCallback(RedisModuleBlockedClient *blocked, RedisModuleDisconnectFunc callback) {
  blocked->disconnect_callback = callback;
}

void *rm_BlockClientGetPrivateData(RedisModuleBlockedClient *blocked) { return blocked->data; }

void rm_BlockClientSetPrivateData(RedisModuleBlockedClient *blocked, void *data) { blocked->data = data; }

int rm_BlockedClientMeasureTimeStart(RedisModuleBlockedClient *blocked) {
  blocked->measure_start = now_us();
  return REDISMODULE_OK;
}

/* Fails without a start. */
int rm_BlockedClientMeasureTimeEnd(RedisModuleBlockedClient *blocked) {
  if (blocked->measure_start == 0) return REDISMODULE_ERR;
  blocked->measured_us += now_us() - blocked->measure_start;
  return REDISMODULE_OK;
}

int rm_IsBlockedReplyRequest(RedisModuleCtx *context) {
  return (context->flags & CONTEXT_BLOCKED_REPLY) != 0;
}

int rm_IsBlockedTimeoutRequest(RedisModuleCtx *context) {
  return (context->flags & CONTEXT_BLOCKED_TIMEOUT) != 0;
}

int rm_BlockedClientDisconnected(RedisModuleCtx *context) {
  return (context->flags & CONTEXT_BLOCKED_DISCONNECTED) != 0;
}

void *rm_GetBlockedClientPrivateData(RedisModuleCtx *context) { return context->blocked_data; }

RedisModuleBlockedClient *rm_GetBlockedClientHandle(RedisModuleCtx *context) { return context->blocked; }

RedisModuleString *rm_GetBlockedClientReadyKey(RedisModuleCtx *context) { return context->ready_key; }

void rm_SignalKeyAsReady(RedisModuleCtx *context, RedisModuleString *key) {
  HostFrame frame = host_begin();
  host_number(context->caller.db);
  host_string(key);
  host_call(HOST_signalReady);
  host_end(frame);
}

/* The server drains a module before it unloads it; what is left has lost its module. */
void blocked_drop(Module *module) {
  for (size_t i = 0; i < blocked_clients.capacity; i++) {
    RedisModuleBlockedClient *blocked = blocked_clients.values[i];
    if (blocked == NULL || blocked->module != module) continue;
    blocked->waiting = false;
    blocked->reply_callback = blocked->timeout_callback = NULL;
    blocked->auth_callback = NULL;
    if (blocked->on_auth) auth_forget(blocked->caller.client);
    blocked->disconnect_callback = NULL;
    blocked->free_data = NULL;
  }
}
