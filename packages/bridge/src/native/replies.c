/* Replies: RESP2 or RESP3 bytes, appended by the module and handed over once. */

#include "bridge.h"

#include <math.h>

void reply_start(Reply *reply, int resp) { *reply = (Reply){.resp = resp}; }

void reply_free(Reply *reply) {
  buffer_free(&reply->bytes);
  free(reply->postponed);
  *reply = (Reply){0};
}

static void append_number(Buffer *bytes, char kind, long long number) {
  char text[NUMBER_TEXT];
  text[0] = kind;
  size_t length = 1 + format_signed(text + 1, number);
  text[length++] = '\r';
  text[length++] = '\n';
  buffer_append(bytes, text, length);
}

static void append_bulk(Buffer *bytes, const char *data, size_t length) {
  append_number(bytes, '$', (long long)length);
  buffer_reserve(bytes, length + 2);
  memcpy(bytes->data + bytes->length, data, length);
  bytes->length += length;
  buffer_append(bytes, "\r\n", 2);
}

/* Maps are arrays of pairs and sets arrays in RESP2, where attributes do not exist at all. */
static void append_header(Buffer *bytes, int resp, char kind, long length) {
  if (resp == 2 && kind == '%') append_number(bytes, '*', (long long)length * 2);
  else if (resp == 2) append_number(bytes, '*', length);
  else append_number(bytes, kind, length);
}

Buffer *reply_finish(Reply *reply, const Module *module) {
  if (reply->postponed_count == 0) return &reply->bytes;
  Buffer whole = {0};
  buffer_reserve(&whole, reply->bytes.length + (size_t)reply->postponed_count * 24);
  size_t done = 0;
  bool unset = false;
  for (int i = 0; i < reply->postponed_count; i++) {
    Postponed *postponed = &reply->postponed[i];
    buffer_append(&whole, reply->bytes.data + done, postponed->offset - done);
    done = postponed->offset;
    unset |= postponed->length < 0;
    append_header(&whole, reply->resp, postponed->kind, postponed->length < 0 ? 0 : postponed->length);
  }
  if (done < reply->bytes.length) {
    buffer_append(&whole, reply->bytes.data + done, reply->bytes.length - done);
  }
  if (unset) {
    log_format(module, "warning",
               "API misuse detected in module %s: RedisModule_ReplyWith*(REDISMODULE_POSTPONED_LEN) not "
               "matched by the same number of RedisModule_SetReply*Len() calls.",
               module && module->name ? module->name : "unknown");
  }
  buffer_free(&reply->bytes);
  reply->bytes = whole;
  reply->postponed_count = 0;
  return &reply->bytes;
}

static int start_collection(RedisModuleCtx *context, char kind, long length) {
  Reply *reply = context->reply;
  if (reply == NULL) return REDISMODULE_OK;
  if (kind == '|' && reply->resp == 2) return REDISMODULE_ERR;
  if (length != REDISMODULE_POSTPONED_LEN) {
    append_header(&reply->bytes, reply->resp, kind, length);
    return REDISMODULE_OK;
  }
  if (reply->postponed_count == reply->postponed_capacity) {
    reply->postponed_capacity = reply->postponed_capacity ? reply->postponed_capacity * 2 : 8;
    reply->postponed = must_realloc(reply->postponed, (size_t)reply->postponed_capacity * sizeof(Postponed));
  }
  reply->postponed[reply->postponed_count++] = (Postponed){reply->bytes.length, -1, kind};
  return REDISMODULE_OK;
}

/* Sets the length of the innermost collection that has none yet. */
static void set_length(RedisModuleCtx *context, char kind, long length) {
  Reply *reply = context->reply;
  if (reply == NULL || (kind == '|' && reply->resp == 2)) return;
  for (int i = reply->postponed_count - 1; i >= 0; i--) {
    if (reply->postponed[i].length >= 0) continue;
    reply->postponed[i].length = length < 0 ? 0 : length;
    reply->postponed[i].kind = kind;
    return;
  }
  log_format(context->module, "warning",
             "API misuse detected in module %s: RedisModule_ReplySet*Length() called without previous "
             "RedisModule_ReplyWith*(ctx,REDISMODULE_POSTPONED_LEN) call.",
             context->module && context->module->name ? context->module->name : "unknown");
}

static int append_constant(RedisModuleCtx *context, const char *resp2, const char *resp3) {
  Reply *reply = context->reply;
  if (reply) buffer_text(&reply->bytes, reply->resp == 2 ? resp2 : resp3);
  return REDISMODULE_OK;
}

/* A line break inside would end the error early; at the end it is dropped. */
void reply_error(Reply *reply, const char *text, size_t length) {
  while (length && (text[length - 1] == '\r' || text[length - 1] == '\n')) length--;
  while (length && (text[0] == '\r' || text[0] == '\n')) text++, length--;
  if (length == 0 || text[0] != '-') buffer_text(&reply->bytes, "-ERR ");
  size_t start = reply->bytes.length;
  buffer_append(&reply->bytes, text, length);
  for (size_t i = start; i < reply->bytes.length; i++) {
    if (reply->bytes.data[i] == '\r' || reply->bytes.data[i] == '\n') reply->bytes.data[i] = ' ';
  }
  buffer_append(&reply->bytes, "\r\n", 2);
}

int rm_WrongArity(RedisModuleCtx *context) {
  return rm_ReplyWithErrorFormat(context, "ERR wrong number of arguments for '%s' command",
                                 context->command ? context->command->name : "");
}

int rm_ReplyWithLongLong(RedisModuleCtx *context, long long value) {
  if (context->reply) append_number(&context->reply->bytes, ':', value);
  return REDISMODULE_OK;
}

int rm_ReplyWithErrorFormat(RedisModuleCtx *context, const char *format, ...) {
  if (context->reply == NULL) return REDISMODULE_OK;
  Buffer text = {0};
  buffer_byte(&text, '-');
  va_list args;
  va_start(args, format);
  buffer_vformat(&text, format, args);
  va_end(args);
  reply_error(context->reply, text.data, text.length);
  buffer_free(&text);
  return REDISMODULE_OK;
}

int rm_ReplyWithError(RedisModuleCtx *context, const char *error) {
  return rm_ReplyWithErrorFormat(context, "%s", error);
}

int rm_ReplyWithSimpleString(RedisModuleCtx *context, const char *text) {
  if (context->reply == NULL) return REDISMODULE_OK;
  buffer_byte(&context->reply->bytes, '+');
  buffer_text(&context->reply->bytes, text);
  buffer_append(&context->reply->bytes, "\r\n", 2);
  return REDISMODULE_OK;
}

int rm_ReplyWithArray(RedisModuleCtx *context, long length) { return start_collection(context, '*', length); }

int rm_ReplyWithMap(RedisModuleCtx *context, long length) { return start_collection(context, '%', length); }

int rm_ReplyWithSet(RedisModuleCtx *context, long length) { return start_collection(context, '~', length); }

/* Fails under RESP2, which has no attributes. */
int rm_ReplyWithAttribute(RedisModuleCtx *context, long length) {
  return start_collection(context, '|', length);
}

void rm_ReplySetArrayLength(RedisModuleCtx *context, long length) { set_length(context, '*', length); }

void rm_ReplySetMapLength(RedisModuleCtx *context, long length) { set_length(context, '%', length); }

void rm_ReplySetSetLength(RedisModuleCtx *context, long length) { set_length(context, '~', length); }

void rm_ReplySetAttributeLength(RedisModuleCtx *context, long length) { set_length(context, '|', length); }

int rm_ReplyWithNullArray(RedisModuleCtx *context) { return append_constant(context, "*-1\r\n", "_\r\n"); }

int rm_ReplyWithEmptyArray(RedisModuleCtx *context) { return append_constant(context, "*0\r\n", "*0\r\n"); }

int rm_ReplyWithEmptyString(RedisModuleCtx *context) {
  return append_constant(context, "$0\r\n\r\n", "$0\r\n\r\n");
}

int rm_ReplyWithNull(RedisModuleCtx *context) { return append_constant(context, "$-1\r\n", "_\r\n"); }

int rm_ReplyWithBool(RedisModuleCtx *context, int value) {
  return value ? append_constant(context, ":1\r\n", "#t\r\n") : append_constant(context, ":0\r\n", "#f\r\n");
}

int rm_ReplyWithStringBuffer(RedisModuleCtx *context, const char *bytes, size_t length) {
  if (context->reply) append_bulk(&context->reply->bytes, bytes, length);
  return REDISMODULE_OK;
}

int rm_ReplyWithCString(RedisModuleCtx *context, const char *text) {
  return rm_ReplyWithStringBuffer(context, text, strlen(text));
}

int rm_ReplyWithString(RedisModuleCtx *context, RedisModuleString *string) {
  return rm_ReplyWithStringBuffer(context, string->bytes, string->length);
}

/* `format` is cut to three characters or filled up with blanks. */
int rm_ReplyWithVerbatimStringType(RedisModuleCtx *context, const char *bytes, size_t length,
                                   const char *format) {
  Reply *reply = context->reply;
  if (reply == NULL) return REDISMODULE_OK;
  if (reply->resp == 2) return rm_ReplyWithStringBuffer(context, bytes, length);
  append_number(&reply->bytes, '=', (long long)length + 4);
  buffer_format(&reply->bytes, "%-3.3s:", format);
  buffer_append(&reply->bytes, bytes, length);
  buffer_append(&reply->bytes, "\r\n", 2);
  return REDISMODULE_OK;
}

int rm_ReplyWithVerbatimString(RedisModuleCtx *context, const char *bytes, size_t length) {
  return rm_ReplyWithVerbatimStringType(context, bytes, length, "txt");
}

static int append_float_text(RedisModuleCtx *context, const char *text, size_t length) {
  Reply *reply = context->reply;
  if (reply->resp == 2) return rm_ReplyWithStringBuffer(context, text, length);
  buffer_byte(&reply->bytes, ',');
  buffer_append(&reply->bytes, text, length);
  buffer_append(&reply->bytes, "\r\n", 2);
  return REDISMODULE_OK;
}

int rm_ReplyWithDouble(RedisModuleCtx *context, double value) {
  if (context->reply == NULL) return REDISMODULE_OK;
  char text[NUMBER_TEXT];
  return append_float_text(context, text, format_double(text, value));
}

int rm_ReplyWithLongDouble(RedisModuleCtx *context, long double value) {
  if (context->reply == NULL) return REDISMODULE_OK;
  RedisModuleString *text = rm_CreateStringFromLongDouble(NULL, value, 1);
  int result = append_float_text(context, text->bytes, text->length);
  string_release(text);
  return result;
}

int rm_ReplyWithBigNumber(RedisModuleCtx *context, const char *digits, size_t length) {
  Reply *reply = context->reply;
  if (reply == NULL) return REDISMODULE_OK;
  if (reply->resp == 2) return rm_ReplyWithStringBuffer(context, digits, length);
  buffer_byte(&reply->bytes, '(');
  buffer_append(&reply->bytes, digits, length);
  buffer_append(&reply->bytes, "\r\n", 2);
  return REDISMODULE_OK;
}
