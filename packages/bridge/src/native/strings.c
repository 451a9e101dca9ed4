/* Strings of the API: counted references, usable from any thread. */

#include "bridge.h"

#include <math.h>

RedisModuleString *string_new(const char *bytes, size_t length) {
  RedisModuleString *string = must_alloc(sizeof *string + length + 1);
  atomic_init(&string->references, 1);
  string->length = length;
  string->capacity = length;
  string->bytes = string->inlined;
  if (length) memcpy(string->bytes, bytes, length);
  string->bytes[length] = '\0';
  return string;
}

RedisModuleString *string_retain(RedisModuleString *string) {
  atomic_fetch_add_explicit(&string->references, 1, memory_order_relaxed);
  return string;
}

void string_release(RedisModuleString *string) {
  if (string == NULL) return;
  if (atomic_fetch_sub_explicit(&string->references, 1, memory_order_acq_rel) != 1) return;
  if (string->bytes != string->inlined) free(string->bytes);
  free(string);
}

static RedisModuleString *owned(RedisModuleCtx *context, RedisModuleString *string) {
  auto_add(context, AUTO_STRING, string);
  return string;
}

/* Never fails. `bytes` may be NULL for a string of zeros, which callers then fill in. */
RedisModuleString *rm_CreateString(RedisModuleCtx *context, const char *bytes, size_t length) {
  if (bytes) return owned(context, string_new(bytes, length));
  RedisModuleString *string = string_new("", 0);
  string->bytes = must_calloc(length + 1);
  string->length = string->capacity = length;
  return owned(context, string);
}

RedisModuleString *rm_CreateStringPrintf(RedisModuleCtx *context, const char *format, ...) {
  Buffer text = {0};
  va_list args;
  va_start(args, format);
  buffer_vformat(&text, format, args);
  va_end(args);
  RedisModuleString *string = string_new(text.data, text.length);
  buffer_free(&text);
  return owned(context, string);
}

RedisModuleString *rm_CreateStringFromLongLong(RedisModuleCtx *context, long long value) {
  char text[NUMBER_TEXT];
  return owned(context, string_new(text, format_signed(text, value)));
}

RedisModuleString *rm_CreateStringFromULongLong(RedisModuleCtx *context, unsigned long long value) {
  char text[NUMBER_TEXT];
  return owned(context, string_new(text, format_unsigned(text, value)));
}

RedisModuleString *rm_CreateStringFromDouble(RedisModuleCtx *context, double value) {
  char text[NUMBER_TEXT];
  return owned(context, string_new(text, format_double(text, value)));
}

RedisModuleString *rm_CreateStringFromLongDouble(RedisModuleCtx *context, long double value, int human) {
  Buffer text = {0};
  if (isnan(value) || isinf(value)) {
    buffer_text(&text, isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
  } else {
    buffer_format(&text, human ? "%.17Lf" : "%.17Lg", value);
    if (human) {
      while (text.data[text.length - 1] == '0') text.length--;
      if (text.data[text.length - 1] == '.') text.length--;
      if (text.length == 2 && memcmp(text.data, "-0", 2) == 0) {
        text.length = 0;
        buffer_byte(&text, '0');
      }
    }
  }
  RedisModuleString *string = string_new(text.data, text.length);
  buffer_free(&text);
  return owned(context, string);
}

RedisModuleString *rm_CreateStringFromString(RedisModuleCtx *context, const RedisModuleString *string) {
  return owned(context, string_new(string->bytes, string->length));
}

RedisModuleString *rm_CreateStringFromStreamID(RedisModuleCtx *context, const RedisModuleStreamID *id) {
  return rm_CreateStringPrintf(context, "%llu-%llu", (unsigned long long)id->ms, (unsigned long long)id->seq);
}

/* A string that auto memory holds is taken out of its hands first. */
void rm_FreeString(RedisModuleCtx *context, RedisModuleString *string) {
  auto_remove(context, AUTO_STRING, string);
  string_release(string);
}

/* Auto memory gives its reference to the caller; without it, the caller gets one more. */
void rm_RetainString(RedisModuleCtx *context, RedisModuleString *string) {
  if (!auto_remove(context, AUTO_STRING, string)) string_retain(string);
}

RedisModuleString *rm_HoldString(RedisModuleCtx *context, RedisModuleString *string) {
  return owned(context, string_retain(string));
}

/* A NULL string is described rather than crashed on, as modules print what they were given. */
const char *rm_StringPtrLen(const RedisModuleString *string, size_t *length) {
  static const char missing[] = "(NULL string reply referenced in module)";
  if (length) *length = string ? string->length : sizeof missing - 1;
  return string ? string->bytes : missing;
}

int rm_StringToLongLong(const RedisModuleString *string, long long *value) {
  return parse_signed(string->bytes, string->length, value) ? REDISMODULE_OK : REDISMODULE_ERR;
}

int rm_StringToULongLong(const RedisModuleString *string, unsigned long long *value) {
  return parse_unsigned(string->bytes, string->length, value) ? REDISMODULE_OK : REDISMODULE_ERR;
}

int rm_StringToDouble(const RedisModuleString *string, double *value) {
  return parse_double(string->bytes, string->length, value) ? REDISMODULE_OK : REDISMODULE_ERR;
}

int rm_StringToLongDouble(const RedisModuleString *string, long double *value) {
  double rough;
  if (!parse_double(string->bytes, string->length, &rough)) return REDISMODULE_ERR;
  *value = strtold(string->bytes, NULL);
  return REDISMODULE_OK;
}

/* `ms-seq`, `ms`, `-` or `+`. */
int rm_StringToStreamID(const RedisModuleString *string, RedisModuleStreamID *id) {
  const char *text = string->bytes;
  unsigned long long ms, seq = 0;
  if (string->length == 1 && (text[0] == '-' || text[0] == '+')) {
    id->ms = id->seq = text[0] == '-' ? 0 : UINT64_MAX;
    return REDISMODULE_OK;
  }
  const char *dash = memchr(text, '-', string->length);
  size_t first = dash ? (size_t)(dash - text) : string->length;
  char head[NUMBER_TEXT];
  if (first >= sizeof head) return REDISMODULE_ERR;
  memcpy(head, text, first);
  head[first] = '\0';
  if (!parse_unsigned(head, first, &ms)) return REDISMODULE_ERR;
  if (dash && !parse_unsigned(dash + 1, string->length - first - 1, &seq)) return REDISMODULE_ERR;
  id->ms = ms;
  id->seq = seq;
  return REDISMODULE_OK;
}

int rm_StringCompare(const RedisModuleString *a, const RedisModuleString *b) {
  size_t shorter = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->bytes, b->bytes, shorter);
  if (order != 0) return order;
  return a->length == b->length ? 0 : a->length < b->length ? -1 : 1;
}

/* Grows in place. Fails for a string that someone else refers to. */
int rm_StringAppendBuffer(RedisModuleCtx *context, RedisModuleString *string, const char *bytes,
                          size_t length) {
  (void)context;
  if (atomic_load(&string->references) != 1) {
    log_line(NULL, "warning",
             "Module attempted to use an in-place string modify operation with a string "
             "referenced multiple times. Please check the code for API usage correctness.");
    return REDISMODULE_ERR;
  }
  size_t total = string->length + length;
  if (total > string->capacity) {
    size_t capacity = total * 2;
    bool inlined = string->bytes == string->inlined;
    char *grown = must_realloc(inlined ? NULL : string->bytes, capacity + 1);
    if (inlined) memcpy(grown, string->inlined, string->length);
    string->bytes = grown;
    string->capacity = capacity;
  }
  memcpy(string->bytes + string->length, bytes, length);
  string->length = total;
  string->bytes[total] = '\0';
  return REDISMODULE_OK;
}

void rm_TrimStringAllocation(RedisModuleString *string) {
  if (string->bytes == string->inlined || string->capacity == string->length) return;
  string->bytes = must_realloc(string->bytes, string->length + 1);
  string->capacity = string->length;
}
