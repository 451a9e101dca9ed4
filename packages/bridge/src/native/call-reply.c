/* What a called command replied. The bytes are parsed where and when the module looks. */

#include "bridge.h"

struct RedisModuleCallReply {
  RedisModuleCtx *context; /* of a reply under auto memory: strings made from it are managed too */
  char *owned;             /* the bytes, when this is a root */
  const char *proto;
  size_t proto_length;
  int type;
  bool root;
  bool parsed;
  int resp;
  const char *text; /* strings, errors, big numbers, verbatim strings */
  size_t text_length;
  long long integer; /* integers, booleans */
  double number;
  RedisModuleCallReply *elements; /* two a pair for maps and attributes */
  size_t element_count;
  RedisModuleCallReply *attribute;
  uint64_t promise;
};

typedef struct Promise {
  Module *module;
  RedisModuleOnUnblocked handler;
  void *data;
  int db, resp; /* of the call */
} Promise;

static Table promises;

/* Bytes come from the server itself: they are well formed, so these helpers need no error path. */
static const char *line_end(const char *at) {
  while (!(at[0] == '\r' && at[1] == '\n')) at++;
  return at;
}

static long long header_number(const char *at) { return strtoll(at + 1, NULL, 10); }

static size_t elements_of(const char *at) {
  long long count = header_number(at);
  if (count < 0) return 0;
  return (size_t)(*at == '%' || *at == '|' ? count * 2 : count);
}

/* Past one reply, its attributes and elements included. */
static const char *skip(const char *at) {
  size_t left = 1;
  while (left > 0) {
    left--;
    const char *next = line_end(at) + 2;
    switch (*at) {
    case '$':
    case '=':
      if (header_number(at) >= 0) next += header_number(at) + 2;
      break;
    case '|': left++; /* what it belongs to follows */ /* fall through */
    case '*':
    case '~':
    case '%': left += elements_of(at); break;
    }
    at = next;
  }
  return at;
}

static bool has_resp3_types(const char *at, const char *end) {
  while (at < end) {
    if (strchr("_%~#,(=|", *at)) return true;
    const char *next = line_end(at) + 2;
    if (*at == '$' && header_number(at) >= 0) next += header_number(at) + 2;
    at = next;
  }
  return false;
}

static void place(RedisModuleCallReply *reply, RedisModuleCtx *context, const char *at, const char *end) {
  *reply = (RedisModuleCallReply){.context = context, .proto = at, .proto_length = (size_t)(end - at)};
}

static int collection_type(char kind) {
  if (kind == '*') return REDISMODULE_REPLY_ARRAY;
  if (kind == '~') return REDISMODULE_REPLY_SET;
  return kind == '%' ? REDISMODULE_REPLY_MAP : REDISMODULE_REPLY_ATTRIBUTE;
}

static const char *parse_elements(RedisModuleCallReply *reply, const char *at) {
  reply->type = collection_type(*at);
  reply->element_count = elements_of(at);
  reply->elements = must_calloc(reply->element_count * sizeof *reply->elements);
  at = line_end(at) + 2;
  for (size_t i = 0; i < reply->element_count; i++) {
    const char *next = skip(at);
    place(&reply->elements[i], reply->context, at, next);
    at = next;
  }
  return at;
}

static void parse_text(RedisModuleCallReply *reply, int type, const char *text, size_t length) {
  reply->type = type;
  reply->text = text;
  reply->text_length = length;
}

static void parse(RedisModuleCallReply *reply) {
  if (reply->parsed) return;
  reply->parsed = true;
  const char *at = reply->proto;
  if (*at == '|') {
    reply->attribute = must_calloc(sizeof *reply->attribute);
    reply->attribute->context = reply->context;
    const char *next = parse_elements(reply->attribute, at);
    reply->attribute->parsed = true;
    reply->attribute->proto = at;
    reply->attribute->proto_length = (size_t)(next - at);
    at = next;
  }
  const char *end = line_end(at);
  bool null = (*at == '$' || *at == '*') && header_number(at) < 0;
  if (null || *at == '_') {
    reply->type = REDISMODULE_REPLY_NULL;
    return;
  }
  switch (*at) {
  case '+': parse_text(reply, REDISMODULE_REPLY_STRING, at + 1, (size_t)(end - at - 1)); break;
  case '-': parse_text(reply, REDISMODULE_REPLY_ERROR, at + 1, (size_t)(end - at - 1)); break;
  case '(': parse_text(reply, REDISMODULE_REPLY_BIG_NUMBER, at + 1, (size_t)(end - at - 1)); break;
  case '$': parse_text(reply, REDISMODULE_REPLY_STRING, end + 2, (size_t)header_number(at)); break;
  case '=': parse_text(reply, REDISMODULE_REPLY_VERBATIM_STRING, end + 2, (size_t)header_number(at)); break;
  case ':':
    reply->type = REDISMODULE_REPLY_INTEGER;
    reply->integer = header_number(at);
    break;
  case '#':
    reply->type = REDISMODULE_REPLY_BOOL;
    reply->integer = at[1] == 't';
    break;
  case ',':
    reply->type = REDISMODULE_REPLY_DOUBLE;
    reply->number = strtod(at + 1, NULL);
    break;
  default: parse_elements(reply, at);
  }
}

static RedisModuleCallReply *new_root(RedisModuleCtx *context) {
  RedisModuleCallReply *reply = must_calloc(sizeof *reply);
  reply->root = true;
  reply->context = context && (context->flags & CONTEXT_AUTO_MEMORY) ? context : NULL;
  auto_add(context, AUTO_REPLY, reply);
  return reply;
}

RedisModuleCallReply *call_reply_new(RedisModuleCtx *context, const char *bytes, size_t length, int resp) {
  RedisModuleCallReply *reply = new_root(context);
  reply->owned = must_alloc(length + 1);
  memcpy(reply->owned, bytes, length);
  reply->owned[length] = '\0';
  reply->proto = reply->owned;
  reply->proto_length = length;
  reply->resp = resp;
  return reply;
}

/* An error that stands for a command that did not run. `line` has no dash; ERR is added if it has
 * no code of its own. */
RedisModuleCallReply *call_reply_error(RedisModuleCtx *context, const char *line) {
  Reply reply;
  reply_start(&reply, 2);
  Buffer text = {0};
  buffer_format(&text, "-%s", line);
  reply_error(&reply, text.data, text.length);
  RedisModuleCallReply *result = call_reply_new(context, reply.bytes.data, reply.bytes.length, 2);
  buffer_free(&text);
  reply_free(&reply);
  return result;
}

RedisModuleCallReply *call_reply_promise(RedisModuleCtx *context, uint64_t number, int resp) {
  RedisModuleCallReply *reply = new_root(context);
  Promise *promise = must_calloc(sizeof *promise);
  promise->module = context->module;
  promise->db = context->caller.db;
  promise->resp = resp;
  table_set(&promises, number, promise);
  reply->parsed = true;
  reply->type = REDISMODULE_REPLY_PROMISE;
  reply->promise = number;
  return reply;
}

static void free_elements(RedisModuleCallReply *reply) {
  for (size_t i = 0; i < reply->element_count; i++) free_elements(&reply->elements[i]);
  free(reply->elements);
  if (reply->attribute) {
    free_elements(reply->attribute);
    free(reply->attribute);
  }
}

void call_reply_release(RedisModuleCallReply *reply) {
  free_elements(reply);
  free(reply->owned);
  free(reply);
}

/* Elements belong to the whole reply: freeing one does nothing. */
void rm_FreeCallReply(RedisModuleCallReply *reply) {
  if (reply == NULL || !reply->root) return;
  auto_remove(reply->context, AUTO_REPLY, reply);
  call_reply_release(reply);
}

void promise_finished(uint64_t number, const char *bytes, size_t length) {
  Promise *promise = table_get(&promises, number);
  if (promise == NULL) return;
  table_set(&promises, number, NULL);
  if (promise->handler && promise->module->live) {
    RedisModuleCtx context;
    context_start(&context, promise->module, 0);
    context.caller.db = promise->db;
    /* The handler frees the reply, at once or later on another thread. */
    RedisModuleCallReply *reply = call_reply_new(NULL, bytes, length, promise->resp);
    Running before = running_enter(promise->module, "the end of a blocking call");
    promise->handler(&context, reply, promise->data);
    context_finish(&context);
    running_leave(before);
  }
  free(promise);
}

void promises_drop(Module *module) {
  for (size_t i = 0; i < promises.capacity; i++) {
    Promise *promise = promises.values[i];
    if (promise == NULL || promise->module != module) continue;
    host_ask(HOST_callAbort, 0, 1, (double)promises.keys[i]);
    table_set(&promises, promises.keys[i], NULL);
    free(promise);
    i = (size_t)-1;
  }
}

void rm_CallReplyPromiseSetUnblockHandler(RedisModuleCallReply *reply, RedisModuleOnUnblocked handler,
                                          void *data) {
  Promise *promise = table_get(&promises, reply->promise);
  if (promise == NULL) return;
  promise->handler = handler;
  promise->data = data;
}

/* Fails when the command has finished already: the handler has run or is about to. */
int rm_CallReplyPromiseAbort(RedisModuleCallReply *reply, void **data) {
  Promise *promise = table_get(&promises, reply->promise);
  if (promise == NULL || host_ask(HOST_callAbort, 0, 1, (double)reply->promise) == 0) return REDISMODULE_ERR;
  if (data) *data = promise->data;
  table_set(&promises, reply->promise, NULL);
  free(promise);
  return REDISMODULE_OK;
}

int rm_CallReplyType(RedisModuleCallReply *reply) {
  if (reply == NULL) return REDISMODULE_REPLY_UNKNOWN;
  parse(reply);
  return reply->type;
}

static bool is(RedisModuleCallReply *reply, int type) { return rm_CallReplyType(reply) == type; }

/* Bytes of a text, elements of an array or set, pairs of a map. */
size_t rm_CallReplyLength(RedisModuleCallReply *reply) {
  switch (rm_CallReplyType(reply)) {
  case REDISMODULE_REPLY_STRING:
  case REDISMODULE_REPLY_ERROR: return reply->text_length;
  case REDISMODULE_REPLY_VERBATIM_STRING: return reply->text_length - 4;
  case REDISMODULE_REPLY_ARRAY:
  case REDISMODULE_REPLY_SET: return reply->element_count;
  case REDISMODULE_REPLY_MAP:
  case REDISMODULE_REPLY_ATTRIBUTE: return reply->element_count / 2;
  default: return 0;
  }
}

static RedisModuleCallReply *element(RedisModuleCallReply *reply, int type, size_t index) {
  if (!is(reply, type) || index >= reply->element_count) return NULL;
  return &reply->elements[index];
}

RedisModuleCallReply *rm_CallReplyArrayElement(RedisModuleCallReply *reply, size_t index) {
  return element(reply, REDISMODULE_REPLY_ARRAY, index);
}

RedisModuleCallReply *rm_CallReplySetElement(RedisModuleCallReply *reply, size_t index) {
  return element(reply, REDISMODULE_REPLY_SET, index);
}

static int pair(RedisModuleCallReply *reply, int type, size_t index, RedisModuleCallReply **key,
                RedisModuleCallReply **value) {
  if (!is(reply, type) || index >= reply->element_count / 2) return REDISMODULE_ERR;
  if (key) *key = &reply->elements[2 * index];
  if (value) *value = &reply->elements[2 * index + 1];
  return REDISMODULE_OK;
}

int rm_CallReplyMapElement(RedisModuleCallReply *reply, size_t index, RedisModuleCallReply **key,
                           RedisModuleCallReply **value) {
  return pair(reply, REDISMODULE_REPLY_MAP, index, key, value);
}

int rm_CallReplyAttributeElement(RedisModuleCallReply *reply, size_t index, RedisModuleCallReply **key,
                                 RedisModuleCallReply **value) {
  return pair(reply, REDISMODULE_REPLY_ATTRIBUTE, index, key, value);
}

RedisModuleCallReply *rm_CallReplyAttribute(RedisModuleCallReply *reply) {
  if (reply == NULL) return NULL;
  parse(reply);
  return reply->attribute;
}

long long rm_CallReplyInteger(RedisModuleCallReply *reply) {
  return is(reply, REDISMODULE_REPLY_INTEGER) ? reply->integer : INT64_MIN;
}

double rm_CallReplyDouble(RedisModuleCallReply *reply) {
  return is(reply, REDISMODULE_REPLY_DOUBLE) ? reply->number : INT64_MIN;
}

int rm_CallReplyBool(RedisModuleCallReply *reply) {
  return is(reply, REDISMODULE_REPLY_BOOL) ? (int)reply->integer : INT32_MIN;
}

const char *rm_CallReplyBigNumber(RedisModuleCallReply *reply, size_t *length) {
  if (!is(reply, REDISMODULE_REPLY_BIG_NUMBER)) return NULL;
  *length = reply->text_length;
  return reply->text;
}

/* The text after its three letters of format, which have no NUL after them. */
const char *rm_CallReplyVerbatim(RedisModuleCallReply *reply, size_t *length, const char **format) {
  if (!is(reply, REDISMODULE_REPLY_VERBATIM_STRING)) return NULL;
  *length = reply->text_length - 4;
  if (format) *format = reply->text;
  return reply->text + 4;
}

const char *rm_CallReplyStringPtr(RedisModuleCallReply *reply, size_t *length) {
  if (!is(reply, REDISMODULE_REPLY_STRING) && !is(reply, REDISMODULE_REPLY_ERROR)) return NULL;
  if (length) *length = reply->text_length;
  return reply->text;
}

const char *rm_CallReplyProto(RedisModuleCallReply *reply, size_t *length) {
  if (reply->proto && length) *length = reply->proto_length;
  return reply->proto;
}

/* NULL for what is neither text nor an integer. */
RedisModuleString *rm_CreateStringFromCallReply(RedisModuleCallReply *reply) {
  RedisModuleCtx *context = reply ? reply->context : NULL;
  switch (rm_CallReplyType(reply)) {
  case REDISMODULE_REPLY_STRING:
  case REDISMODULE_REPLY_ERROR: return rm_CreateString(context, reply->text, reply->text_length);
  case REDISMODULE_REPLY_INTEGER: return rm_CreateStringFromLongLong(context, reply->integer);
  default: return NULL;
  }
}

/* Fails for RESP3 types when the client of the context speaks RESP2. */
int rm_ReplyWithCallReply(RedisModuleCtx *context, RedisModuleCallReply *reply) {
  if (context->reply == NULL || reply->proto == NULL) return REDISMODULE_OK;
  if (context->reply->resp == 2 && has_resp3_types(reply->proto, reply->proto + reply->proto_length)) {
    return REDISMODULE_ERR;
  }
  buffer_append(&context->reply->bytes, reply->proto, reply->proto_length);
  return REDISMODULE_OK;
}
