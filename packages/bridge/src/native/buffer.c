/* Bytes that grow, and the JSON in which registrations travel to JavaScript. */

#include "bridge.h"

void buffer_reserve(Buffer *buffer, size_t extra) {
  if (buffer->capacity - buffer->length >= extra) return;
  size_t capacity = buffer->capacity ? buffer->capacity * 2 : 256;
  while (capacity - buffer->length < extra) capacity *= 2;
  buffer->data = must_realloc(buffer->data, capacity);
  buffer->capacity = capacity;
}

void buffer_append(Buffer *buffer, const void *data, size_t length) {
  if (length == 0) return;
  buffer_reserve(buffer, length);
  memcpy(buffer->data + buffer->length, data, length);
  buffer->length += length;
}

void buffer_text(Buffer *buffer, const char *text) { buffer_append(buffer, text, strlen(text)); }

void buffer_byte(Buffer *buffer, char byte) { buffer_append(buffer, &byte, 1); }

void buffer_vformat(Buffer *buffer, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  if (length >= 0) {
    /* One more for the NUL that vsnprintf writes and that is not part of the buffer. */
    buffer_reserve(buffer, (size_t)length + 1);
    vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
    buffer->length += (size_t)length;
  }
  va_end(again);
}

void buffer_format(Buffer *buffer, const char *format, ...) {
  va_list args;
  va_start(args, format);
  buffer_vformat(buffer, format, args);
  va_end(args);
}

void buffer_free(Buffer *buffer) {
  free(buffer->data);
  *buffer = (Buffer){0};
}

/* A value needs a comma before it unless it follows an opening bracket or a key. */
static void json_separate(Buffer *json) {
  if (json->length == 0) return;
  char last = json->data[json->length - 1];
  if (last != '{' && last != '[' && last != ':') buffer_byte(json, ',');
}

void json_open(Buffer *json, char bracket) {
  json_separate(json);
  buffer_byte(json, bracket);
}

void json_close(Buffer *json, char bracket) { buffer_byte(json, bracket); }

void json_key(Buffer *json, const char *key) {
  json_string(json, key);
  buffer_byte(json, ':');
}

void json_bytes(Buffer *json, const char *text, size_t length) {
  json_separate(json);
  buffer_byte(json, '"');
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\') {
      buffer_byte(json, '\\');
      buffer_byte(json, (char)c);
    } else if (c < 0x20) {
      buffer_format(json, "\\u%04x", c);
    } else {
      buffer_byte(json, (char)c);
    }
  }
  buffer_byte(json, '"');
}

void json_string(Buffer *json, const char *text) {
  if (text) {
    json_bytes(json, text, strlen(text));
  } else {
    json_separate(json);
    buffer_text(json, "null");
  }
}

void json_number(Buffer *json, long long number) {
  json_separate(json);
  buffer_format(json, "%lld", number);
}

void json_boolean(Buffer *json, bool value) {
  json_separate(json);
  buffer_text(json, value ? "true" : "false");
}
