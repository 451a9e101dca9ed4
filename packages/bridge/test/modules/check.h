/* Checks inside commands of the test modules: the first that fails is the command's reply. */

#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <string.h>

#include "redismodule.h"

#define TEXT_OF(value) #value
#define LINE_TEXT(line) TEXT_OF(line)
#define CHECK(expression)                                                                                    \
  do {                                                                                                       \
    if (!(expression))                                                                                       \
      return RedisModule_ReplyWithError(ctx, "FAILED " __FILE__ ":" LINE_TEXT(__LINE__) ": " #expression);   \
  } while (0)

#define UNUSED_ARGUMENTS() ((void)argv, (void)argc)

#define COMMAND(name) static int name(RedisModuleCtx *ctx, RedisModuleString **argv, int argc)

#define REGISTER(name, function, flags, first, last, step)                                                   \
  if (RedisModule_CreateCommand(ctx, name, function, flags, first, last, step) != REDISMODULE_OK)            \
  return REDISMODULE_ERR

/* Compares a string with text; false for NULL. */
static inline int same(const RedisModuleString *string, const char *text) {
  size_t length;
  if (string == NULL) return 0;
  const char *bytes = RedisModule_StringPtrLen(string, &length);
  return length == strlen(text) && memcmp(bytes, text, length) == 0;
}

static inline int done(RedisModuleCtx *ctx) { return RedisModule_ReplyWithSimpleString(ctx, "OK"); }

#endif
