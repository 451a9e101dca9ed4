/* What needs no server: strings, memory, dictionaries, replies, time, random numbers. */

#include "check.h"

#include <limits.h>
#include <math.h>

COMMAND(strings) {
  UNUSED_ARGUMENTS();
  RedisModuleString *string = RedisModule_CreateString(ctx, "a\0b", 3);
  size_t length;
  CHECK(memcmp(RedisModule_StringPtrLen(string, &length), "a\0b", 4) == 0 && length == 3);
  CHECK(RedisModule_StringAppendBuffer(ctx, string, "cd", 2) == REDISMODULE_OK);
  for (int i = 0; i < 1000; i++) CHECK(RedisModule_StringAppendBuffer(ctx, string, "x", 1) == REDISMODULE_OK);
  RedisModule_StringPtrLen(string, &length);
  CHECK(length == 1005);
  RedisModule_TrimStringAllocation(string);
  CHECK(RedisModule_MallocSizeString(string) >= 1005);
  RedisModule_RetainString(ctx, string);
  CHECK(RedisModule_StringAppendBuffer(ctx, string, "x", 1) == REDISMODULE_ERR);
  RedisModule_FreeString(ctx, string);
  RedisModule_FreeString(ctx, string);
  RedisModule_AutoMemory(ctx);
  CHECK(same(RedisModule_CreateStringPrintf(ctx, "%s-%d", "x", 7), "x-7"));
  CHECK(same(RedisModule_CreateStringFromLongLong(ctx, LLONG_MIN), "-9223372036854775808"));
  CHECK(same(RedisModule_CreateStringFromULongLong(ctx, ULLONG_MAX), "18446744073709551615"));
  /* Before 7.2, Redis wrote all seventeen digits. */
  if (RedisModule_GetServerVersion() >= 0x070200) {
    CHECK(same(RedisModule_CreateStringFromDouble(ctx, 0.1), "0.1"));
    CHECK(same(RedisModule_CreateStringFromDouble(ctx, 1e300), "1e+300"));
    CHECK(same(RedisModule_CreateStringFromDouble(ctx, -2.5e-7), "-2.5e-7"));
    /* What Redis finds is not always the shortest or the nearest. */
    CHECK(same(RedisModule_CreateStringFromDouble(ctx, 0.19312), "0.19312000000000001"));
    CHECK(same(RedisModule_CreateStringFromDouble(ctx, 1144036537550326.75), "1144036537550326.7"));
    CHECK(same(RedisModule_CreateStringFromDouble(ctx, 0x1p-1074), "5e-324"));
  }
  CHECK(same(RedisModule_CreateStringFromDouble(ctx, 17179869184.5), "17179869184.5"));
  CHECK(same(RedisModule_CreateStringFromDouble(ctx, 3), "3"));
  CHECK(same(RedisModule_CreateStringFromDouble(ctx, INFINITY), "inf"));
  CHECK(same(RedisModule_CreateStringFromLongDouble(ctx, 2.5L, 1), "2.5"));
  CHECK(same(RedisModule_CreateStringFromLongDouble(ctx, -0.0L, 1), "0"));
  RedisModuleStreamID id = {5, 7};
  RedisModuleString *stream = RedisModule_CreateStringFromStreamID(ctx, &id);
  CHECK(same(stream, "5-7"));
  CHECK(RedisModule_StringToStreamID(stream, &id) == REDISMODULE_OK && id.ms == 5 && id.seq == 7);
  stream = RedisModule_CreateString(ctx, "+", 1);
  CHECK(RedisModule_StringToStreamID(stream, &id) == REDISMODULE_OK && id.ms == UINT64_MAX);
  CHECK(RedisModule_StringToStreamID(RedisModule_CreateString(ctx, "5-x", 3), &id) == REDISMODULE_ERR);
  RedisModuleString *held = RedisModule_HoldString(ctx, stream);
  CHECK(held == stream);
  CHECK(same(RedisModule_CreateStringFromString(ctx, stream), "+"));
  RedisModuleString *a = RedisModule_CreateString(ctx, "abc", 3),
                    *b = RedisModule_CreateString(ctx, "abd", 3);
  CHECK(RedisModule_StringCompare(a, b) < 0 && RedisModule_StringCompare(b, a) > 0);
  CHECK(RedisModule_StringCompare(a, a) == 0);
  CHECK(RedisModule_StringCompare(a, RedisModule_CreateString(ctx, "abcd", 4)) < 0);
  return done(ctx);
}

static int reads_as(RedisModuleCtx *ctx, const char *text, long long expected) {
  RedisModuleString *string = RedisModule_CreateString(ctx, text, strlen(text));
  long long value;
  int read = RedisModule_StringToLongLong(string, &value) == REDISMODULE_OK && value == expected;
  RedisModule_FreeString(ctx, string);
  return read;
}

static int is_no_integer(RedisModuleCtx *ctx, const char *text) {
  RedisModuleString *string = RedisModule_CreateString(ctx, text, strlen(text));
  long long value;
  int refused = RedisModule_StringToLongLong(string, &value) == REDISMODULE_ERR;
  RedisModule_FreeString(ctx, string);
  return refused;
}

COMMAND(numbers) {
  UNUSED_ARGUMENTS();
  CHECK(reads_as(ctx, "0", 0) && reads_as(ctx, "-1", -1));
  CHECK(reads_as(ctx, "9223372036854775807", LLONG_MAX) && reads_as(ctx, "-9223372036854775808", LLONG_MIN));
  CHECK(is_no_integer(ctx, "") && is_no_integer(ctx, "-") && is_no_integer(ctx, "+1") &&
        is_no_integer(ctx, "01"));
  CHECK(is_no_integer(ctx, " 1") && is_no_integer(ctx, "1 ") && is_no_integer(ctx, "-0"));
  CHECK(is_no_integer(ctx, "9223372036854775808") && is_no_integer(ctx, "-9223372036854775809"));
  RedisModule_AutoMemory(ctx);
  double number;
  long double large;
  unsigned long long big;
  CHECK(RedisModule_StringToDouble(RedisModule_CreateString(ctx, "-1.5e3", 6), &number) == REDISMODULE_OK);
  CHECK(number == -1500);
  CHECK(RedisModule_StringToDouble(RedisModule_CreateString(ctx, "inf", 3), &number) == REDISMODULE_OK);
  CHECK(isinf(number));
  CHECK(RedisModule_StringToDouble(RedisModule_CreateString(ctx, "nan", 3), &number) == REDISMODULE_ERR);
  CHECK(RedisModule_StringToDouble(RedisModule_CreateString(ctx, "1x", 2), &number) == REDISMODULE_ERR);
  CHECK(RedisModule_StringToDouble(RedisModule_CreateString(ctx, "", 0), &number) == REDISMODULE_ERR);
  CHECK(RedisModule_StringToLongDouble(RedisModule_CreateString(ctx, "0.25", 4), &large) == REDISMODULE_OK);
  CHECK(large == 0.25L);
  RedisModuleString *maximum = RedisModule_CreateString(ctx, "18446744073709551615", 20);
  CHECK(RedisModule_StringToULongLong(maximum, &big) == REDISMODULE_OK && big == ULLONG_MAX);
  CHECK(RedisModule_StringToULongLong(RedisModule_CreateString(ctx, "-1", 2), &big) == REDISMODULE_ERR);
  return done(ctx);
}

COMMAND(memory) {
  UNUSED_ARGUMENTS();
  char *bytes = RedisModule_Alloc(10);
  memset(bytes, 1, 10);
  bytes = RedisModule_Realloc(bytes, 1000);
  CHECK(bytes[9] == 1 && RedisModule_MallocSize(bytes) >= 1000 &&
        RedisModule_MallocUsableSize(bytes) >= 1000);
  RedisModule_Free(bytes);
  bytes = RedisModule_Calloc(3, 5);
  CHECK(bytes[14] == 0);
  RedisModule_Free(bytes);
  bytes = RedisModule_Strdup("text");
  CHECK(strcmp(bytes, "text") == 0);
  if (RedisModule_TryRealloc) bytes = RedisModule_TryRealloc(bytes, 20);
  RedisModule_Free(bytes);
  volatile size_t too_much = SIZE_MAX / 2;
  CHECK(RedisModule_TryAlloc(too_much) == NULL);
  CHECK(!RedisModule_TryCalloc || RedisModule_TryCalloc(too_much, 4) == NULL);
  RedisModule_Free(NULL);
  char *first = RedisModule_PoolAlloc(ctx, 3);
  long *aligned = RedisModule_PoolAlloc(ctx, 16);
  char *huge = RedisModule_PoolAlloc(ctx, 100000);
  CHECK(first && ((uintptr_t)aligned & 7) == 0);
  memset(huge, 2, 100000);
  aligned[1] = 5;
  CHECK(RedisModule_PoolAlloc(ctx, 0) == NULL);
  CHECK(RedisModule_GetUsedMemoryRatio() >= 0);
  return done(ctx);
}

static int has(RedisModuleDict *dict, const char *key, long value) {
  int missing;
  void *found = RedisModule_DictGetC(dict, (void *)key, strlen(key), &missing);
  return !missing && (long)found == value;
}

/* The keys from where an operator seeks, joined. */
static void walk(RedisModuleDict *dict, const char *operator, const char *key, int forwards, char *out) {
  RedisModuleDictIter *iterator = RedisModule_DictIteratorStartC(dict, operator, (void *)key, strlen(key));
  size_t length;
  char *at;
  while ((at = forwards ? RedisModule_DictNextC(iterator, &length, NULL)
                        : RedisModule_DictPrevC(iterator, &length, NULL))) {
    out = (char *)memcpy(out, at, length) + length;
  }
  *out = '\0';
  RedisModule_DictIteratorStop(iterator);
}

static int walks(RedisModuleDict *dict, const char *operator, const char *key, int forwards,
                 const char *expected) {
  char out[64];
  walk(dict, operator, key, forwards, out);
  return strcmp(out, expected) == 0;
}

COMMAND(dictionaries) {
  UNUSED_ARGUMENTS();
  RedisModuleDict *dict = RedisModule_CreateDict(NULL);
  const char *keys[] = {"d", "b", "a", "c", "bb"};
  for (long i = 0; i < 5; i++)
    CHECK(RedisModule_DictSetC(dict, (void *)keys[i], strlen(keys[i]), (void *)(i + 1)) == REDISMODULE_OK);
  CHECK(RedisModule_DictSetC(dict, "a", 1, NULL) == REDISMODULE_ERR);
  CHECK(RedisModule_DictSize(dict) == 5 && has(dict, "bb", 5) && RedisModule_MallocSizeDict(dict) > 0);
  int missing;
  CHECK(RedisModule_DictGetC(dict, "zz", 2, &missing) == NULL && missing);
  CHECK(RedisModule_DictReplaceC(dict, "a", 1, (void *)9) == REDISMODULE_ERR && has(dict, "a", 9));
  CHECK(RedisModule_DictReplaceC(dict, "e", 1, (void *)6) == REDISMODULE_OK);
  CHECK(RedisModule_DictDelC(dict, "e", 1, NULL) == REDISMODULE_OK);
  CHECK(walks(dict, "^", "", 1, "abbbcd") && walks(dict, "$", "", 0, "dcbbba"));
  CHECK(walks(dict, ">", "b", 1, "bbcd") && walks(dict, ">=", "b", 1, "bbbcd"));
  CHECK(walks(dict, "<", "b", 0, "a") && walks(dict, "<=", "b", 0, "ba") &&
        walks(dict, "<=", "bz", 0, "bbba"));
  CHECK(walks(dict, "==", "c", 1, "cd") && walks(dict, "==", "x", 1, "") && walks(dict, ">", "d", 1, ""));
  RedisModuleDictIter *iterator = RedisModule_DictIteratorStartC(dict, "^", NULL, 0);
  void *value;
  size_t length;
  while (RedisModule_DictNextC(iterator, &length, &value)) {
    if ((long)value != 2) continue;
    CHECK(RedisModule_DictCompareC(iterator, "==", "b", 1) == REDISMODULE_OK);
    CHECK(RedisModule_DictCompareC(iterator, ">", "b", 1) == REDISMODULE_ERR);
    CHECK(RedisModule_DictDelC(dict, "b", 1, &value) == REDISMODULE_OK && (long)value == 2);
    RedisModule_DictIteratorReseekC(iterator, ">=", "b", 1);
  }
  RedisModule_DictIteratorStop(iterator);
  CHECK(walks(dict, "^", "", 1, "abbcd"));
  /* From the key of an iterator that was stopped, as modules go on after a change. */
  iterator = RedisModule_DictIteratorStartC(dict, "^", NULL, 0);
  char *last = RedisModule_DictNextC(iterator, &length, NULL);
  RedisModule_DictIteratorStop(iterator);
  iterator = RedisModule_DictIteratorStartC(dict, ">", last, length);
  last = RedisModule_DictNextC(iterator, &length, &value);
  CHECK(length > 0 && last[0] == 'b');
  RedisModule_DictIteratorStop(iterator);
  RedisModuleString *name = RedisModule_CreateString(NULL, "str", 3);
  CHECK(RedisModule_DictSet(dict, name, name) == REDISMODULE_OK &&
        RedisModule_DictGet(dict, name, NULL) == name);
  CHECK(RedisModule_DictReplace(dict, name, NULL) == REDISMODULE_ERR);
  iterator = RedisModule_DictIteratorStart(dict, "==", name);
  RedisModuleString *next = RedisModule_DictNext(ctx, iterator, NULL);
  CHECK(same(next, "str") && RedisModule_DictCompare(iterator, "<=", name) == REDISMODULE_OK);
  RedisModule_FreeString(ctx, next);
  RedisModule_DictIteratorReseek(iterator, "<", name);
  RedisModuleString *previous = RedisModule_DictPrev(ctx, iterator, NULL);
  CHECK(same(previous, "d"));
  RedisModule_FreeString(ctx, previous);
  RedisModule_DictIteratorStop(iterator);
  CHECK(RedisModule_DictDel(dict, name, NULL) == REDISMODULE_OK &&
        RedisModule_DictDel(dict, name, NULL) == REDISMODULE_ERR);
  RedisModule_FreeString(NULL, name);
  RedisModule_FreeDict(NULL, dict);
  return done(ctx);
}

/* Many keys in an order of its own, with deletions: the structure must stay ordered. */
COMMAND(many_keys) {
  UNUSED_ARGUMENTS();
  RedisModuleDict *dict = RedisModule_CreateDict(NULL);
  for (uint32_t i = 0; i < 20000; i++) {
    uint32_t key = __builtin_bswap32(i * 2654435761u);
    CHECK(RedisModule_DictSetC(dict, &key, sizeof key, (void *)(uintptr_t)i) == REDISMODULE_OK);
  }
  for (uint32_t i = 0; i < 20000; i += 2) {
    uint32_t key = __builtin_bswap32(i * 2654435761u);
    CHECK(RedisModule_DictDelC(dict, &key, sizeof key, NULL) == REDISMODULE_OK);
  }
  CHECK(RedisModule_DictSize(dict) == 10000);
  RedisModuleDictIter *iterator = RedisModule_DictIteratorStartC(dict, "^", NULL, 0);
  uint32_t last = 0, count = 0;
  void *value, *key;
  while ((key = RedisModule_DictNextC(iterator, NULL, &value))) {
    uint32_t number;
    memcpy(&number, key, sizeof number);
    number = __builtin_bswap32(number);
    CHECK(((uintptr_t)value & 1) == 1 && (count == 0 || number > last));
    last = number;
    count++;
  }
  CHECK(count == 10000);
  RedisModule_DictIteratorStop(iterator);
  RedisModule_FreeDict(NULL, dict);
  return done(ctx);
}

COMMAND(replies) {
  UNUSED_ARGUMENTS();
  RedisModule_ReplyWithArray(ctx, REDISMODULE_POSTPONED_LEN);
  RedisModule_ReplyWithLongLong(ctx, -5);
  RedisModule_ReplyWithDouble(ctx, 0.1);
  RedisModule_ReplyWithDouble(ctx, -INFINITY);
  RedisModule_ReplyWithBool(ctx, 1);
  RedisModule_ReplyWithNull(ctx);
  RedisModule_ReplyWithNullArray(ctx);
  RedisModule_ReplyWithMap(ctx, REDISMODULE_POSTPONED_LEN);
  RedisModule_ReplyWithCString(ctx, "key");
  RedisModule_ReplyWithSet(ctx, REDISMODULE_POSTPONED_LEN);
  RedisModule_ReplyWithLongLong(ctx, 1);
  RedisModule_ReplyWithLongLong(ctx, 2);
  RedisModule_ReplySetSetLength(ctx, 2);
  RedisModule_ReplySetMapLength(ctx, 1);
  RedisModule_ReplyWithBigNumber(ctx, "123456789012345678901234567890", 30);
  RedisModule_ReplyWithVerbatimString(ctx, "verb", 4);
  RedisModule_ReplyWithVerbatimStringType(ctx, "mark", 4, "md");
  RedisModule_ReplyWithEmptyArray(ctx);
  RedisModule_ReplyWithEmptyString(ctx);
  RedisModule_ReplyWithLongDouble(ctx, 1.25L);
  RedisModule_ReplyWithError(ctx, "CODE with\r\nbreaks\r\n");
  RedisModule_ReplyWithArray(ctx, 1);
  RedisModule_ReplyWithSimpleString(ctx, "inner");
  RedisModule_ReplySetArrayLength(ctx, 15);
  return REDISMODULE_OK;
}

COMMAND(attribute) {
  UNUSED_ARGUMENTS();
  if (RedisModule_ReplyWithAttribute(ctx, REDISMODULE_POSTPONED_LEN) == REDISMODULE_OK) {
    RedisModule_ReplyWithCString(ctx, "ttl");
    RedisModule_ReplyWithLongLong(ctx, 3600);
    RedisModule_ReplySetAttributeLength(ctx, 1);
  }
  return RedisModule_ReplyWithString(ctx, argv[0]);
}

COMMAND(misuse) {
  UNUSED_ARGUMENTS();
  RedisModule_ReplySetArrayLength(ctx, 3);
  return RedisModule_ReplyWithArray(ctx, REDISMODULE_POSTPONED_LEN);
}

COMMAND(arity) {
  UNUSED_ARGUMENTS();
  return RedisModule_WrongArity(ctx);
}

COMMAND(big) {
  UNUSED_ARGUMENTS();
  long long bytes;
  CHECK(argc == 2 && RedisModule_StringToLongLong(argv[1], &bytes) == REDISMODULE_OK);
  char *text = RedisModule_Alloc((size_t)bytes);
  memset(text, 'z', (size_t)bytes);
  RedisModule_ReplyWithStringBuffer(ctx, text, (size_t)bytes);
  RedisModule_Free(text);
  return REDISMODULE_OK;
}

COMMAND(count_arguments) {
  (void)argv;
  return RedisModule_ReplyWithLongLong(ctx, argc);
}

COMMAND(clock_and_chance) {
  UNUSED_ARGUMENTS();
  mstime_t now = RedisModule_Milliseconds();
  CHECK(now > 1500000000000ll);
  CHECK(!RedisModule_Microseconds || RedisModule_Microseconds() / 1000 >= now);
  CHECK(!RedisModule_CachedMicroseconds || RedisModule_CachedMicroseconds() / 1000 >= now - 1000);
  uint64_t before = RedisModule_MonotonicMicroseconds();
  CHECK(RedisModule_MonotonicMicroseconds() >= before);
  unsigned char bytes[1000] = {0};
  char hex[41] = {0};
  RedisModule_GetRandomBytes(bytes, sizeof bytes);
  RedisModule_GetRandomHexChars(hex, 40);
  int zeros = 0;
  for (size_t i = 0; i < sizeof bytes; i++) zeros += bytes[i] == 0;
  CHECK(zeros < 100 && strspn(hex, "0123456789abcdef") == 40);
  return done(ctx);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (RedisModule_Init(ctx, "basics", 3, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  int elsewhere = argc > 0 && same(argv[0], "elsewhere");
  /* What Modis does not provide must stay NULL. */
  if (!elsewhere && (RedisModule_StreamAdd || RedisModule_RdbSave)) {
    return REDISMODULE_ERR;
  }
  if (argc > 0 && same(argv[0], "refuse")) return REDISMODULE_ERR;
  REGISTER("basics.strings", strings, "readonly", 0, 0, 0);
  REGISTER("basics.numbers", numbers, "readonly", 0, 0, 0);
  REGISTER("basics.memory", memory, "readonly", 0, 0, 0);
  REGISTER("basics.dictionaries", dictionaries, "readonly", 0, 0, 0);
  REGISTER("basics.many", many_keys, "readonly", 0, 0, 0);
  REGISTER("basics.replies", replies, "readonly fast", 0, 0, 0);
  REGISTER("basics.attribute", attribute, "readonly fast", 0, 0, 0);
  REGISTER("basics.misuse", misuse, "readonly", 0, 0, 0);
  REGISTER("basics.arity", arity, "readonly", 0, 0, 0);
  REGISTER("basics.big", big, "readonly", 0, 0, 0);
  REGISTER("basics.count", count_arguments, "readonly", 0, 0, 0);
  REGISTER("basics.clock", clock_and_chance, "random readonly", 0, 0, 0);
  /* A bad flag, a bad name and a name that is taken. */
  if (RedisModule_CreateCommand(ctx, "basics.flag", arity, "readonly nonsense", 0, 0, 0) == REDISMODULE_OK ||
      RedisModule_CreateCommand(ctx, "get", arity, "", 0, 0, 0) == REDISMODULE_OK ||
      (!elsewhere && RedisModule_CreateCommand(ctx, "bad name", arity, "", 0, 0, 0) == REDISMODULE_OK)) {
    return REDISMODULE_ERR;
  }
  RedisModule_Log(ctx, "notice", "loaded with %d arguments", argc);
  return REDISMODULE_OK;
}

int RedisModule_OnUnload(RedisModuleCtx *ctx) {
  RedisModule_Log(ctx, "notice", "unloading");
  return REDISMODULE_OK;
}
