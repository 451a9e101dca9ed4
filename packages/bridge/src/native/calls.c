/* Commands called, replicated or written to the AOF by modules: everything with a format string. */

#include "bridge.h"

#include <errno.h>

/* CallStatus of host.ts, and the errno each means. */
static const int status_errno[] = {0, 0, ENOENT, EINVAL, EPERM, EACCES, ENOSPC, EROFS, ESPIPE};
enum { STATUS_DONE = 0, STATUS_BLOCKED = 1, STATUS_COUNT = sizeof status_errno / sizeof status_errno[0] };

typedef struct List {
  RedisModuleString **items;
  int count, capacity;
} List;

static void list_add(List *list, RedisModuleString *string) {
  if (list->count == list->capacity) {
    list->capacity = list->capacity ? list->capacity * 2 : 8;
    list->items = must_realloc(list->items, (size_t)list->capacity * sizeof *list->items);
  }
  list->items[list->count++] = string;
}

void arguments_free(RedisModuleString **arguments, int count) {
  for (int i = 0; i < count; i++) string_release(arguments[i]);
  free(arguments);
}

static int modifier_flag(char letter) {
  switch (letter) {
  case '!': return FORMAT_REPLICATE;
  case 'A': return FORMAT_NO_AOF;
  case 'R': return FORMAT_NO_REPLICAS;
  case '3': return FORMAT_RESP3;
  case '0': return FORMAT_RESP_AUTO;
  case 'C': return FORMAT_CHECK_ACL;
  case 'S': return FORMAT_SCRIPT_MODE;
  case 'W': return FORMAT_NO_WRITES;
  case 'M': return FORMAT_RESPECT_OOM;
  case 'E': return FORMAT_ERRORS_AS_REPLIES;
  case 'D': return FORMAT_DRY_RUN | FORMAT_ERRORS_AS_REPLIES;
  case 'K': return FORMAT_ALLOW_BLOCK;
  default: return 0;
  }
}

RedisModuleString **format_arguments(const char *command, const char *format, va_list args, int *count,
                                     int *flags) {
  List list = {0};
  list_add(&list, string_new(command, strlen(command)));
  for (const char *at = format; *at; at++) {
    const char *bytes;
    RedisModuleString **vector;
    size_t length;
    switch (*at) {
    case 'c':
      bytes = va_arg(args, const char *);
      list_add(&list, string_new(bytes, strlen(bytes)));
      break;
    case 's': list_add(&list, string_retain(va_arg(args, RedisModuleString *))); break;
    case 'b':
      bytes = va_arg(args, const char *);
      length = va_arg(args, size_t);
      list_add(&list, string_new(bytes, length));
      break;
    case 'l': list_add(&list, rm_CreateStringFromLongLong(NULL, va_arg(args, long long))); break;
    case 'v':
      vector = va_arg(args, RedisModuleString **);
      length = va_arg(args, size_t);
      for (size_t i = 0; i < length; i++) list_add(&list, string_retain(vector[i]));
      break;
    default:
      if (modifier_flag(*at) == 0) {
        arguments_free(list.items, list.count);
        return NULL;
      }
      *flags |= modifier_flag(*at);
    }
  }
  *count = list.count;
  return list.items;
}

static void replicate_verbatim(RedisModuleCtx *context) {
  HostFrame frame = host_begin();
  host_caller(&context->caller);
  host_call(HOST_replicateVerbatim);
  host_end(frame);
}

/* What a command has left for its end, before something is replicated that is to come after it. */
static void replicate_left(RedisModuleCtx *context) {
  if (!context->aftermath || !context->aftermath->verbatim) return;
  context->aftermath->verbatim = false;
  replicate_verbatim(context);
}

/* The reply, or NULL with errno: a command that did not run leaves an error only when asked to. */
static RedisModuleCallReply *run(RedisModuleCtx *context, RedisModuleString **arguments, int count,
                                 int flags) {
  Caller caller = context->caller;
  caller.resp = flags & FORMAT_RESP3 ? 3 : flags & FORMAT_RESP_AUTO ? caller.resp : 2;
  HostFrame frame = host_begin();
  host_number(flags & (FORMAT_RESP3 - 1));
  host_caller(&caller);
  host_number(context->user);
  host_arguments(arguments, count);
  int status = STATUS_COUNT;
  long long length = -1;
  RedisModuleCallReply *reply = NULL;
  if (host_call(HOST_call)) {
    status = (int)host_result(0);
    length = host_output_length(1);
  }
  if (status == STATUS_DONE && length >= 0) {
    reply = call_reply_new(context, host_output(), (size_t)length, caller.resp);
  } else if (status == STATUS_BLOCKED) {
    reply = call_reply_promise(context, (uint64_t)host_result(2), caller.resp);
  } else if (status != STATUS_DONE) {
    char *line = status < STATUS_COUNT ? host_output_text(1) : NULL;
    if (flags & FORMAT_ERRORS_AS_REPLIES) {
      reply = call_reply_error(context, line ? line : "ERR the command could not be called");
    }
    free(line);
    errno = status < STATUS_COUNT ? status_errno[status] : EIO;
  }
  host_end(frame);
  return reply;
}

RedisModuleCallReply *rm_Call(RedisModuleCtx *context, const char *command, const char *format, ...) {
  int count = 0, flags = 0;
  va_list args;
  va_start(args, format);
  RedisModuleString **arguments = format_arguments(command, format, args, &count, &flags);
  va_end(args);
  if (arguments == NULL) {
    errno = EBADF;
    return NULL;
  }
  RedisModuleCallReply *reply = NULL;
  errno = 0;
  /* A thread without a client runs as the default user; a timer or a notification as nobody. */
  bool nobody = context->user == 0 && context->caller.client == 0 && !(context->flags & CONTEXT_THREAD);
  if (refused_in_key_job(context->module, "call commands")) {
    if (flags & FORMAT_ERRORS_AS_REPLIES) {
      reply = call_reply_error(context, "ERR a job for a key cannot call commands");
    }
    errno = EINVAL;
  } else if ((flags & FORMAT_CHECK_ACL) && nobody) {
    if (flags & FORMAT_ERRORS_AS_REPLIES) {
      reply = call_reply_error(
          context, "ERR cannot run as user, no user directly attached to context or context's client");
    }
    errno = ENOTSUP;
  } else {
    keys_flush_direct();
    replicate_left(context);
    if (filter_count) filters_run(context->module, context->caller.client, &arguments, &count);
    reply = run(context, arguments, count, flags);
    keyspace_epoch++;
  }
  int error = errno;
  arguments_free(arguments, count);
  errno = error;
  return reply;
}

/* Fails for a malformed format. */
int rm_Replicate(RedisModuleCtx *context, const char *command, const char *format, ...) {
  int count = 0, flags = 0;
  va_list args;
  va_start(args, format);
  RedisModuleString **arguments = format_arguments(command, format, args, &count, &flags);
  va_end(args);
  if (arguments == NULL) return REDISMODULE_ERR;
  replicate_left(context);
  HostFrame frame = host_begin();
  host_number(context->module ? context->module->number : 0);
  host_caller(&context->caller);
  host_number(flags & (FORMAT_NO_AOF | FORMAT_NO_REPLICAS));
  host_arguments(arguments, count);
  bool replicated = host_call(HOST_replicate) && host_result(0) != 0;
  host_end(frame);
  arguments_free(arguments, count);
  return replicated ? REDISMODULE_OK : REDISMODULE_ERR;
}

int rm_ReplicateVerbatim(RedisModuleCtx *context) {
  replicate_left(context);
  if (context->aftermath) context->aftermath->verbatim = true;
  else replicate_verbatim(context);
  return REDISMODULE_OK;
}

int rm_AvoidReplicaTraffic(void) { return 0; }

/* A malformed format or a value that is being saved to an RDB file writes nothing. */
void rm_EmitAOF(RedisModuleIO *io, const char *command, const char *format, ...) {
  if (io->failed || !io->commands) return;
  int count = 0, flags = 0;
  va_list args;
  va_start(args, format);
  RedisModuleString **arguments = format_arguments(command, format, args, &count, &flags);
  va_end(args);
  if (arguments == NULL) {
    log_format(io->module, "warning",
               "Fatal: AOF method for module data type '%s' emitted an invalid command. Format is '%s'",
               io->type ? io->type->name : "?", format);
    io->failed = true;
    return;
  }
  buffer_format(&io->out, "*%d\r\n", count);
  for (int i = 0; i < count; i++) {
    buffer_format(&io->out, "$%zu\r\n", arguments[i]->length);
    buffer_append(&io->out, arguments[i]->bytes, arguments[i]->length);
    buffer_append(&io->out, "\r\n", 2);
  }
  arguments_free(arguments, count);
}

static int publish(RedisModuleString *channel, RedisModuleString *message, bool sharded) {
  HostFrame frame = host_begin();
  host_string(channel);
  host_string(message);
  host_number(sharded);
  int receivers = host_call(HOST_publish) ? (int)host_result(0) : 0;
  host_end(frame);
  return receivers;
}

int rm_PublishMessage(RedisModuleCtx *context, RedisModuleString *channel, RedisModuleString *message) {
  (void)context;
  return publish(channel, message, false);
}

int rm_PublishMessageShard(RedisModuleCtx *context, RedisModuleString *channel, RedisModuleString *message) {
  (void)context;
  return publish(channel, message, true);
}
