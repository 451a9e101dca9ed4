/* Values of data types as bytes: the opcodes that Redis writes for a module's value in RDB files and
 * DUMP payloads, up to and including the closing one. */

#include "bridge.h"

#include <setjmp.h>

enum {
  OPCODE_EOF = 0,
  OPCODE_SIGNED = 1,
  OPCODE_UNSIGNED = 2,
  OPCODE_FLOAT = 3,
  OPCODE_DOUBLE = 4,
  OPCODE_STRING = 5
};

/* Lengths: two bits tell how many follow. The last form holds a string in another encoding. */
enum { LENGTH_6 = 0, LENGTH_14 = 1, LENGTH_32 = 0x80, LENGTH_64 = 0x81, LENGTH_ENCODED = 3 };
enum { ENCODED_INT8 = 0, ENCODED_INT16 = 1, ENCODED_INT32 = 2, ENCODED_LZF = 3 };

static void put_big_endian(Buffer *out, uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) buffer_byte(out, (char)(value >> shift));
}

static void put_length(Buffer *out, uint64_t length) {
  if (length < 1 << 6) {
    buffer_byte(out, (char)length);
  } else if (length < 1 << 14) {
    put_big_endian(out, length | LENGTH_14 << 14, 2);
  } else if (length <= UINT32_MAX) {
    buffer_byte(out, (char)LENGTH_32);
    put_big_endian(out, length, 4);
  } else {
    buffer_byte(out, (char)LENGTH_64);
    put_big_endian(out, length, 8);
  }
}

void rm_SaveUnsigned(RedisModuleIO *io, uint64_t value) {
  if (!io->saving) return;
  put_length(&io->out, OPCODE_UNSIGNED);
  put_length(&io->out, value);
}

/* Redis writes them like unsigned ones: the opcode for signed numbers exists but is not used. */
void rm_SaveSigned(RedisModuleIO *io, int64_t value) { rm_SaveUnsigned(io, (uint64_t)value); }

void rm_SaveStringBuffer(RedisModuleIO *io, const char *bytes, size_t length) {
  if (!io->saving) return;
  put_length(&io->out, OPCODE_STRING);
  put_length(&io->out, length);
  buffer_append(&io->out, bytes, length);
}

void rm_SaveString(RedisModuleIO *io, RedisModuleString *string) {
  rm_SaveStringBuffer(io, string->bytes, string->length);
}

/* Floating point numbers are little endian, as on every machine this runs on. */
void rm_SaveDouble(RedisModuleIO *io, double value) {
  if (!io->saving) return;
  put_length(&io->out, OPCODE_DOUBLE);
  buffer_append(&io->out, &value, sizeof value);
}

void rm_SaveFloat(RedisModuleIO *io, float value) {
  if (!io->saving) return;
  put_length(&io->out, OPCODE_FLOAT);
  buffer_append(&io->out, &value, sizeof value);
}

/* As text in hexadecimal: its size differs between machines. */
void rm_SaveLongDouble(RedisModuleIO *io, long double value) {
  char text[128];
  int length = snprintf(text, sizeof text, "%La", value);
  rm_SaveStringBuffer(io, text, (size_t)length);
}

/* A module that did not say it handles errors goes on with whatever it gets, or crashes: it is not
 * asked further. What it had allocated is lost. */
__thread jmp_buf *rdb_escape;

static void load_failed(RedisModuleIO *io) {
  io->failed = true;
  if (!(io->module->options & REDISMODULE_OPTIONS_HANDLE_IO_ERRORS) && rdb_escape) longjmp(*rdb_escape, 1);
}

static bool take(RedisModuleIO *io, void *out, size_t bytes) {
  if (io->in_length - io->position < bytes) return false;
  memcpy(out, io->in + io->position, bytes);
  io->position += bytes;
  return true;
}

static bool take_big_endian(RedisModuleIO *io, int bytes, uint64_t *value) {
  unsigned char raw[8];
  if (!take(io, raw, (size_t)bytes)) return false;
  *value = 0;
  for (int i = 0; i < bytes; i++) *value = *value << 8 | raw[i];
  return true;
}

static bool take_length(RedisModuleIO *io, uint64_t *length, bool *encoded) {
  unsigned char first;
  *encoded = false;
  if (!take(io, &first, 1)) return false;
  switch (first >> 6) {
  case LENGTH_6: *length = first & 0x3f; return true;
  case LENGTH_14:
    if (!take_big_endian(io, 1, length)) return false;
    *length |= (uint64_t)(first & 0x3f) << 8;
    return true;
  case LENGTH_ENCODED:
    *encoded = true;
    *length = first & 0x3f;
    return true;
  }
  if (first == LENGTH_32) return take_big_endian(io, 4, length);
  return first == LENGTH_64 && take_big_endian(io, 8, length);
}

static bool take_plain_length(RedisModuleIO *io, uint64_t *length) {
  bool encoded;
  return take_length(io, length, &encoded) && !encoded;
}

static bool take_opcode(RedisModuleIO *io, uint64_t expected) {
  uint64_t opcode;
  return !io->failed && !io->saving && take_plain_length(io, &opcode) && opcode == expected;
}

uint64_t rm_LoadUnsigned(RedisModuleIO *io) {
  uint64_t value;
  if (take_opcode(io, OPCODE_UNSIGNED) && take_plain_length(io, &value)) return value;
  load_failed(io);
  return 0;
}

int64_t rm_LoadSigned(RedisModuleIO *io) { return (int64_t)rm_LoadUnsigned(io); }

double rm_LoadDouble(RedisModuleIO *io) {
  double value;
  if (take_opcode(io, OPCODE_DOUBLE) && take(io, &value, sizeof value)) return value;
  load_failed(io);
  return 0;
}

float rm_LoadFloat(RedisModuleIO *io) {
  float value;
  if (take_opcode(io, OPCODE_FLOAT) && take(io, &value, sizeof value)) return value;
  load_failed(io);
  return 0;
}

/* A compressed string. Its declared size is believed only as far as compression can go. */
static RedisModuleString *take_compressed(RedisModuleIO *io) {
  uint64_t compressed, length;
  if (!take_plain_length(io, &compressed) || !take_plain_length(io, &length)) return NULL;
  if (compressed > io->in_length - io->position || length / 300 > compressed) return NULL;
  RedisModuleString *string = rm_CreateString(NULL, NULL, length);
  size_t written = lzf_decompress(io->in + io->position, compressed, (unsigned char *)string->bytes, length);
  io->position += compressed;
  if (written == length) return string;
  string_release(string);
  return NULL;
}

static RedisModuleString *take_integer(RedisModuleIO *io, uint64_t encoding) {
  int8_t small;
  int16_t middle;
  int32_t large;
  switch (encoding) {
  case ENCODED_INT8: return take(io, &small, 1) ? rm_CreateStringFromLongLong(NULL, small) : NULL;
  case ENCODED_INT16: return take(io, &middle, 2) ? rm_CreateStringFromLongLong(NULL, middle) : NULL;
  case ENCODED_INT32: return take(io, &large, 4) ? rm_CreateStringFromLongLong(NULL, large) : NULL;
  default: return NULL;
  }
}

static RedisModuleString *take_string(RedisModuleIO *io) {
  uint64_t length;
  bool encoded;
  if (!take_length(io, &length, &encoded)) return NULL;
  if (encoded) return length == ENCODED_LZF ? take_compressed(io) : take_integer(io, length);
  if (length > io->in_length - io->position) return NULL;
  RedisModuleString *string = string_new((const char *)io->in + io->position, length);
  io->position += length;
  return string;
}

/* NULL on error. */
RedisModuleString *rm_LoadString(RedisModuleIO *io) {
  RedisModuleString *string = take_opcode(io, OPCODE_STRING) ? take_string(io) : NULL;
  if (string == NULL) load_failed(io);
  return string;
}

/* Freed by the module; NULL on error. */
char *rm_LoadStringBuffer(RedisModuleIO *io, size_t *length) {
  RedisModuleString *string = rm_LoadString(io);
  if (length) *length = string ? string->length : 0;
  if (string == NULL) return NULL;
  char *bytes = rm_Alloc(string->length + 1);
  memcpy(bytes, string->bytes, string->length + 1);
  string_release(string);
  return bytes;
}

long double rm_LoadLongDouble(RedisModuleIO *io) {
  RedisModuleString *string = rm_LoadString(io);
  long double value = string ? strtold(string->bytes, NULL) : 0;
  string_release(string);
  return value;
}

int rm_IsIOError(RedisModuleIO *io) { return io->failed; }

bool io_at_end(RedisModuleIO *io) {
  uint64_t opcode;
  return !io->failed && take_plain_length(io, &opcode) && opcode == OPCODE_EOF;
}

void io_finish(RedisModuleIO *io) {
  context_free(io->context);
  io->context = NULL;
  buffer_free(&io->out);
}

RedisModuleCtx *rm_GetContextFromIO(RedisModuleIO *io) {
  if (io->context == NULL) {
    io->context = context_new(io->module, 0);
    io->context->caller.db = io->db < 0 ? 0 : io->db;
  }
  return io->context;
}

const RedisModuleString *rm_GetKeyNameFromIO(RedisModuleIO *io) { return io->key; }

int rm_GetDbIdFromIO(RedisModuleIO *io) { return io->db; }

void rm_LogIOError(RedisModuleIO *io, const char *level, const char *format, ...) {
  va_list args;
  va_start(args, format);
  log_vformat(io->module, level, format, args);
  va_end(args);
}

/* The next two write and read a value alone, as a module does to put one inside another. */
RedisModuleString *rm_SaveDataTypeToString(RedisModuleCtx *context, void *value,
                                           const RedisModuleType *type) {
  RedisModuleIO io = {.module = type->module, .type = (RedisModuleType *)type, .saving = true, .db = -1};
  type->methods.rdb_save(&io, value);
  RedisModuleString *string = NULL;
  if (!io.failed) {
    string = string_new(io.out.data, io.out.length);
    auto_add(context, AUTO_STRING, string);
  }
  io_finish(&io);
  return string;
}

/* NULL when the type cannot load. The whole string must be used up in neither Redis nor here. */
void *rm_LoadDataTypeFromStringEncver(const RedisModuleString *string, const RedisModuleType *type,
                                      int encoding_version) {
  RedisModuleIO io = {.module = type->module,
                      .type = (RedisModuleType *)type,
                      .in = (const unsigned char *)string->bytes,
                      .in_length = string->length,
                      .db = -1};
  void *value = type->methods.rdb_load(&io, encoding_version);
  io_finish(&io);
  return value;
}

void *rm_LoadDataTypeFromString(const RedisModuleString *string, const RedisModuleType *type) {
  return rm_LoadDataTypeFromStringEncver(string, type, 0);
}
