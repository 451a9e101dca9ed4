/* Clients, and the state of the server that a command sees. */

#include "bridge.h"

#include <errno.h>

unsigned long long rm_GetClientId(RedisModuleCtx *context) {
  return (unsigned long long)context->caller.client;
}

/* What the host said about a client, in a structure of the only version there is. `target` may be
 * NULL, to ask whether the client exists. */
int rm_GetClientInfoById(void *target, uint64_t client) {
  RedisModuleClientInfo *info = target;
  if (info && info->version != REDISMODULE_CLIENTINFO_VERSION) return REDISMODULE_ERR;
  HostFrame frame = host_begin();
  host_number((double)client);
  bool found = host_call(HOST_clientInfo) && host_output_length(4) >= 0;
  if (found && info) {
    size_t length = (size_t)host_output_length(4);
    memset(info, 0, sizeof *info);
    info->version = REDISMODULE_CLIENTINFO_VERSION;
    info->id = client;
    info->flags = (uint64_t)host_result(0);
    info->port = (uint16_t)host_result(1);
    info->db = (uint16_t)host_result(2);
    memcpy(info->addr, host_output(), length < sizeof info->addr ? length : sizeof info->addr - 1);
  }
  host_end(frame);
  return found ? REDISMODULE_OK : REDISMODULE_ERR;
}

static RedisModuleString *client_text(RedisModuleCtx *context, HostOperation operation, uint64_t client) {
  HostFrame frame = host_begin();
  host_number((double)client);
  RedisModuleString *text = host_call(operation) ? host_output_string(0) : NULL;
  host_end(frame);
  if (text) auto_add(context, AUTO_STRING, text);
  else errno = ENOENT;
  return text;
}

/* NULL with ENOENT when there is no such client. */
RedisModuleString *rm_GetClientNameById(RedisModuleCtx *context, uint64_t client) {
  return client_text(context, HOST_clientName, client);
}

RedisModuleString *rm_GetClientUserNameById(RedisModuleCtx *context, uint64_t client) {
  return client_text(context, HOST_clientUser, client);
}

int rm_SetClientNameById(uint64_t client, RedisModuleString *name) {
  HostFrame frame = host_begin();
  host_number((double)client);
  host_string(name);
  int status = host_call(HOST_setClientName) ? (int)host_result(0) : 0;
  host_end(frame);
  if (status == 1) return REDISMODULE_OK;
  errno = rm_GetClientInfoById(NULL, client) == REDISMODULE_OK ? EINVAL : ENOENT;
  return REDISMODULE_ERR;
}

/* Only in a command, and not for its name. */
int rm_RedactClientCommandArgument(RedisModuleCtx *context, int position) {
  if (!(context->flags & CONTEXT_COMMAND) || position <= 0 || position >= context->argument_count) {
    return REDISMODULE_ERR;
  }
  double redacted = host_ask(HOST_redactArgument, 0, 2, context->caller.client, (double)position);
  return redacted != 0 ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* Connections without TLS have none. */
RedisModuleString *rm_GetClientCertificate(RedisModuleCtx *context, uint64_t client) {
  (void)context;
  (void)client;
  return NULL;
}

int rm_GetContextFlags(RedisModuleCtx *context) {
  int flags = (int)host_ask(HOST_contextFlags, 0, 0);
  if (context) {
    int caller = context->caller.flags;
    if (caller & CALLER_SCRIPT) flags |= REDISMODULE_CTX_FLAGS_LUA;
    if (caller & CALLER_MULTI) flags |= REDISMODULE_CTX_FLAGS_MULTI;
    if (caller & CALLER_REPLICATED) flags |= REDISMODULE_CTX_FLAGS_REPLICATED;
    if (caller & CALLER_MULTI_DIRTY) flags |= REDISMODULE_CTX_FLAGS_MULTI_DIRTY;
    if (caller & (CALLER_DENY_BLOCKING | CALLER_MULTI | CALLER_SCRIPT)) {
      flags |= REDISMODULE_CTX_FLAGS_DENY_BLOCKING;
    }
    if (context->caller.resp == 3) flags |= REDISMODULE_CTX_FLAGS_RESP3;
  }
  if (in_forked_child) flags |= REDISMODULE_CTX_FLAGS_IS_CHILD;
  return flags;
}

int rm_GetContextFlagsAll(void) { return (REDISMODULE_CTX_FLAGS_DEBUG_ENABLED << 1) - 1; }
