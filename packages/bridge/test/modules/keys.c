/* Keys of every type, scanning, expiry and databases. */

#include "check.h"

#include <math.h>

static RedisModuleString *text(RedisModuleCtx *ctx, const char *bytes) {
  return RedisModule_CreateString(ctx, bytes, strlen(bytes));
}

COMMAND(generic) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleString *name = text(ctx, "g");
  CHECK(RedisModule_OpenKey(ctx, name, REDISMODULE_READ) == NULL &&
        RedisModule_KeyType(NULL) == REDISMODULE_KEYTYPE_EMPTY);
  CHECK(RedisModule_ValueLength(NULL) == 0);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, name, REDISMODULE_READ | REDISMODULE_WRITE);
  CHECK(key && RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY);
  CHECK(RedisModule_SetExpire(key, 1000) == REDISMODULE_ERR);
  CHECK(RedisModule_StringSet(key, text(ctx, "value")) == REDISMODULE_OK);
  CHECK(RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_STRING && RedisModule_ValueLength(key) == 5);
  CHECK(RedisModule_GetExpire(key) == REDISMODULE_NO_EXPIRE &&
        RedisModule_GetAbsExpire(key) == REDISMODULE_NO_EXPIRE);
  CHECK(RedisModule_SetExpire(key, -5) == REDISMODULE_ERR &&
        RedisModule_SetExpire(key, 100000) == REDISMODULE_OK);
  CHECK(RedisModule_GetExpire(key) > 90000 && RedisModule_GetExpire(key) <= 100000);
  mstime_t at = RedisModule_Milliseconds() + 50000;
  CHECK(RedisModule_SetAbsExpire(key, at) == REDISMODULE_OK && RedisModule_GetAbsExpire(key) == at);
  CHECK(RedisModule_SetExpire(key, REDISMODULE_NO_EXPIRE) == REDISMODULE_OK &&
        RedisModule_GetExpire(key) == REDISMODULE_NO_EXPIRE);
  mstime_t idle;
  long long frequency;
  CHECK(RedisModule_SetLRU(key, 77000) == REDISMODULE_OK &&
        RedisModule_GetLRU(key, &idle) == REDISMODULE_OK && idle == 77000);
  CHECK(RedisModule_GetLFU(key, &frequency) == REDISMODULE_OK && frequency == -1 &&
        RedisModule_SetLFU(key, 3) == REDISMODULE_ERR);
  CHECK(same(RedisModule_GetKeyNameFromModuleKey(key), "g") && RedisModule_GetDbIdFromModuleKey(key) == 0);
  CHECK(RedisModule_KeyExists(ctx, name) && RedisModule_DbSize(ctx) == 1 &&
        same(RedisModule_RandomKey(ctx), "g"));
  CHECK(!RedisModule_HashFieldMinExpire || RedisModule_HashFieldMinExpire(key) == REDISMODULE_NO_EXPIRE);
  RedisModuleKey *reading = RedisModule_OpenKey(ctx, name, REDISMODULE_READ);
  CHECK(RedisModule_DeleteKey(reading) == REDISMODULE_ERR &&
        RedisModule_SetExpire(reading, 5) == REDISMODULE_ERR);
  CHECK(RedisModule_DeleteKey(key) == REDISMODULE_OK &&
        RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY);
  CHECK(RedisModule_UnlinkKey(key) == REDISMODULE_OK && !RedisModule_KeyExists(ctx, name) &&
        RedisModule_DbSize(ctx) == 0);
  CHECK(RedisModule_GetSelectedDb(ctx) == 0 && RedisModule_SelectDb(ctx, 99) == REDISMODULE_ERR);
  CHECK(RedisModule_SelectDb(ctx, 3) == REDISMODULE_OK && RedisModule_GetSelectedDb(ctx) == 3);
  CHECK(RedisModule_SelectDb(ctx, 0) == REDISMODULE_OK);
  int (*modes)(void) = RedisModule_GetOpenKeyModesAll;
  CHECK(!modes || (modes() & REDISMODULE_OPEN_KEY_NOEFFECTS));
  return done(ctx);
}

COMMAND(string_values) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, text(ctx, "s"), REDISMODULE_READ | REDISMODULE_WRITE);
  size_t length;
  CHECK(RedisModule_StringDMA(key, &length, REDISMODULE_READ) != NULL && length == 0);
  CHECK(RedisModule_StringTruncate(key, 0) == REDISMODULE_OK &&
        RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY);
  CHECK(RedisModule_StringTruncate(key, 4) == REDISMODULE_OK && RedisModule_ValueLength(key) == 4);
  char *bytes = RedisModule_StringDMA(key, &length, REDISMODULE_WRITE);
  CHECK(length == 4 && memcmp(bytes, "\0\0\0\0", 4) == 0);
  memcpy(bytes, "abcd", 4);
  RedisModuleCallReply *reply = RedisModule_Call(ctx, "get", "c", "s");
  CHECK(memcmp(RedisModule_CallReplyStringPtr(reply, &length), "abcd", 4) == 0);
  CHECK(RedisModule_StringTruncate(key, 2) == REDISMODULE_OK &&
        RedisModule_StringTruncate(key, 5) == REDISMODULE_OK);
  bytes = RedisModule_StringDMA(key, &length, REDISMODULE_WRITE);
  CHECK(length == 5 && memcmp(bytes, "ab\0\0\0", 5) == 0);
  bytes[4] = 'z';
  RedisModuleKey *other = RedisModule_OpenKey(ctx, text(ctx, "s"), REDISMODULE_READ);
  CHECK(memcmp(RedisModule_StringDMA(other, &length, REDISMODULE_READ), "ab\0\0z", 5) == 0);
  CHECK(RedisModule_StringSet(other, text(ctx, "x")) == REDISMODULE_ERR);
  CHECK(RedisModule_StringTruncate(key, 600u * 1024 * 1024) == REDISMODULE_ERR);
  RedisModuleKey *list = RedisModule_OpenKey(ctx, text(ctx, "not-a-string"), REDISMODULE_WRITE);
  RedisModule_ListPush(list, REDISMODULE_LIST_TAIL, text(ctx, "1"));
  CHECK(RedisModule_StringDMA(list, &length, REDISMODULE_READ) == NULL);
  CHECK(RedisModule_StringTruncate(list, 1) == REDISMODULE_ERR);
  RedisModule_DeleteKey(list);
  return done(ctx);
}

COMMAND(lists) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, text(ctx, "l"), REDISMODULE_READ | REDISMODULE_WRITE);
  CHECK(RedisModule_ListPop(key, REDISMODULE_LIST_HEAD) == NULL && errno == ENOTSUP);
  CHECK(RedisModule_ListInsert(key, 0, text(ctx, "b")) == REDISMODULE_OK);
  CHECK(RedisModule_ListPush(key, REDISMODULE_LIST_HEAD, text(ctx, "a")) == REDISMODULE_OK);
  CHECK(RedisModule_ListPush(key, REDISMODULE_LIST_TAIL, text(ctx, "d")) == REDISMODULE_OK);
  CHECK(RedisModule_ListInsert(key, 2, text(ctx, "c")) == REDISMODULE_OK);
  CHECK(RedisModule_ListInsert(key, -1, text(ctx, "e")) == REDISMODULE_OK &&
        RedisModule_ValueLength(key) == 5);
  CHECK(same(RedisModule_ListGet(key, 0), "a") && same(RedisModule_ListGet(key, 2), "c") &&
        same(RedisModule_ListGet(key, -1), "e"));
  CHECK(RedisModule_ListGet(key, 5) == NULL && errno == EDOM);
  CHECK(RedisModule_ListSet(key, 1, text(ctx, "B")) == REDISMODULE_OK &&
        same(RedisModule_ListGet(key, 1), "B"));
  CHECK(RedisModule_ListSet(key, 9, text(ctx, "x")) == REDISMODULE_ERR && errno == EDOM);
  CHECK(RedisModule_ListDelete(key, -2) == REDISMODULE_OK && same(RedisModule_ListGet(key, -2), "c"));
  CHECK(same(RedisModule_ListPop(key, REDISMODULE_LIST_TAIL), "e") &&
        same(RedisModule_ListPop(key, REDISMODULE_LIST_HEAD), "a"));
  CHECK(RedisModule_ListPush(key, REDISMODULE_LIST_TAIL, NULL) == REDISMODULE_ERR && errno == EINVAL);
  RedisModuleKey *reading = RedisModule_OpenKey(ctx, text(ctx, "l"), REDISMODULE_READ);
  CHECK(RedisModule_ListPush(reading, REDISMODULE_LIST_TAIL, text(ctx, "x")) == REDISMODULE_ERR &&
        errno == EBADF);
  CHECK(RedisModule_ListPop(reading, REDISMODULE_LIST_TAIL) == NULL && errno == EBADF);
  RedisModule_ListPop(key, REDISMODULE_LIST_HEAD);
  RedisModule_ListPop(key, REDISMODULE_LIST_HEAD);
  CHECK(RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY);
  return done(ctx);
}

COMMAND(hashes) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, text(ctx, "h"), REDISMODULE_READ | REDISMODULE_WRITE);
  RedisModuleString *one, *two;
  int there;
  CHECK(RedisModule_HashSet(key, REDISMODULE_HASH_CFIELDS, "f1", text(ctx, "v1"), "f2", text(ctx, "v2"),
                            NULL) == 0);
  CHECK(errno == ENOENT && RedisModule_ValueLength(key) == 2);
  CHECK(RedisModule_HashSet(key, REDISMODULE_HASH_NONE, text(ctx, "f1"), text(ctx, "w1"), NULL) == 1);
  CHECK(RedisModule_HashSet(key, REDISMODULE_HASH_CFIELDS | REDISMODULE_HASH_COUNT_ALL, "f3", text(ctx, "v3"),
                            NULL) == 1);
  CHECK(RedisModule_HashSet(key, REDISMODULE_HASH_CFIELDS | REDISMODULE_HASH_NX, "f3", text(ctx, "no"),
                            NULL) == 0);
  CHECK(RedisModule_HashSet(key, REDISMODULE_HASH_CFIELDS | REDISMODULE_HASH_XX, "f9", text(ctx, "no"),
                            NULL) == 0);
  CHECK(RedisModule_HashGet(key, REDISMODULE_HASH_CFIELDS, "f1", &one, "f9", &two, NULL) == REDISMODULE_OK);
  CHECK(same(one, "w1") && two == NULL);
  CHECK(RedisModule_HashGet(key, REDISMODULE_HASH_EXISTS, text(ctx, "f3"), &there, NULL) == REDISMODULE_OK &&
        there);
  CHECK(RedisModule_HashSet(key, REDISMODULE_HASH_CFIELDS, "f3", REDISMODULE_HASH_DELETE, NULL) == 1);
  CHECK(RedisModule_HashSet(key, 1 << 20, NULL) == 0 && errno == EINVAL);
  CHECK(RedisModule_HashSet(key, REDISMODULE_HASH_CFIELDS, "f1", REDISMODULE_HASH_DELETE, "f2",
                            REDISMODULE_HASH_DELETE, NULL) == 2);
  CHECK(RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY);
  CHECK(RedisModule_HashGet(key, REDISMODULE_HASH_CFIELDS, "f1", &one, NULL) == REDISMODULE_OK &&
        one == NULL);
  RedisModule_StringSet(key, text(ctx, "x"));
  CHECK(RedisModule_HashSet(key, REDISMODULE_HASH_CFIELDS, "f", text(ctx, "v"), NULL) == 0 &&
        errno == ENOTSUP);
  CHECK(RedisModule_HashGet(key, REDISMODULE_HASH_CFIELDS, "f1", &one, NULL) == REDISMODULE_ERR);
  RedisModule_DeleteKey(key);
  return done(ctx);
}

COMMAND(sorted_sets) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, text(ctx, "z"), REDISMODULE_READ | REDISMODULE_WRITE);
  double score;
  int flags = 0, deleted;
  CHECK(RedisModule_ZsetAdd(key, 1, text(ctx, "a"), &flags) == REDISMODULE_OK &&
        flags == REDISMODULE_ZADD_ADDED);
  flags = REDISMODULE_ZADD_NX;
  CHECK(RedisModule_ZsetAdd(key, 5, text(ctx, "a"), &flags) == REDISMODULE_OK &&
        flags == REDISMODULE_ZADD_NOP);
  CHECK(RedisModule_ZsetAdd(key, NAN, text(ctx, "n"), NULL) == REDISMODULE_ERR);
  flags = 0;
  CHECK(RedisModule_ZsetIncrby(key, 1.5, text(ctx, "a"), &flags, &score) == REDISMODULE_OK && score == 2.5);
  CHECK(flags == REDISMODULE_ZADD_UPDATED);
  CHECK(RedisModule_ZsetScore(key, text(ctx, "a"), &score) == REDISMODULE_OK && score == 2.5);
  CHECK(RedisModule_ZsetScore(key, text(ctx, "q"), &score) == REDISMODULE_ERR);
  CHECK(RedisModule_ZsetRem(key, text(ctx, "a"), &deleted) == REDISMODULE_OK && deleted == 1);
  CHECK(RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY);
  CHECK(RedisModule_ZsetFirstInScoreRange(key, 0, 1, 0, 0) == REDISMODULE_ERR);
  for (int i = 0; i < 200; i++)
    RedisModule_ZsetAdd(key, i, RedisModule_CreateStringPrintf(ctx, "m%03d", i), NULL);
  int count = 0;
  CHECK(RedisModule_ZsetFirstInScoreRange(key, 10, 190, 1, 0) == REDISMODULE_OK);
  while (!RedisModule_ZsetRangeEndReached(key)) {
    RedisModuleString *member = RedisModule_ZsetRangeCurrentElement(key, &score);
    CHECK(score == 11 + count &&
          same(member,
               RedisModule_StringPtrLen(RedisModule_CreateStringPrintf(ctx, "m%03d", 11 + count), NULL)));
    count++;
    RedisModule_ZsetRangeNext(key);
  }
  CHECK(count == 180 && RedisModule_ZsetRangeNext(key) == 0);
  RedisModule_ZsetRangeStop(key);
  CHECK(RedisModule_ZsetLastInScoreRange(key, -INFINITY, INFINITY, 0, 0) == REDISMODULE_OK);
  for (count = 199; !RedisModule_ZsetRangeEndReached(key); count--) {
    CHECK(RedisModule_ZsetRangeCurrentElement(key, &score) && score == count);
    RedisModule_ZsetRangePrev(key);
  }
  CHECK(count == -1);
  CHECK(RedisModule_ZsetFirstInScoreRange(key, 500, 600, 0, 0) == REDISMODULE_OK &&
        RedisModule_ZsetRangeEndReached(key));
  CHECK(RedisModule_ZsetRangeCurrentElement(key, &score) == NULL);
  RedisModule_DeleteKey(key);
  for (int i = 0; i < 5; i++)
    RedisModule_ZsetAdd(key, 0, RedisModule_CreateStringPrintf(ctx, "%c", 'a' + i), NULL);
  CHECK(RedisModule_ZsetFirstInLexRange(key, text(ctx, "(a"), text(ctx, "[d")) == REDISMODULE_OK);
  CHECK(same(RedisModule_ZsetRangeCurrentElement(key, NULL), "b"));
  CHECK(RedisModule_ZsetLastInLexRange(key, text(ctx, "-"), text(ctx, "[d")) == REDISMODULE_OK);
  CHECK(same(RedisModule_ZsetRangeCurrentElement(key, NULL), "d"));
  CHECK(RedisModule_ZsetFirstInLexRange(key, text(ctx, "bad"), text(ctx, "+")) == REDISMODULE_ERR);
  RedisModule_DeleteKey(key);
  return done(ctx);
}

typedef struct Seen {
  int keys, opened, fields, sum;
} Seen;

static void on_key(RedisModuleCtx *ctx, RedisModuleString *name, RedisModuleKey *key, void *data) {
  Seen *seen = data;
  (void)ctx;
  seen->keys++;
  if (key && RedisModule_KeyType(key) == REDISMODULE_KEYTYPE_STRING && RedisModule_ValueLength(key) == 1)
    seen->opened++;
  (void)name;
}

static void on_field(RedisModuleKey *key, RedisModuleString *field, RedisModuleString *value, void *data) {
  Seen *seen = data;
  long long number = 0;
  (void)key;
  seen->fields++;
  if (value && RedisModule_StringToLongLong(value, &number) == REDISMODULE_OK) seen->sum += (int)number;
  if (!value) seen->sum += RedisModule_StringPtrLen(field, NULL)[0];
}

COMMAND(scanning) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  for (int i = 0; i < 10; i++) {
    RedisModuleKey *key =
        RedisModule_OpenKey(ctx, RedisModule_CreateStringPrintf(ctx, "k%d", i), REDISMODULE_WRITE);
    RedisModule_StringSet(key, text(ctx, "1"));
    RedisModule_CloseKey(key);
  }
  Seen seen = {0};
  RedisModuleScanCursor *cursor = RedisModule_ScanCursorCreate();
  while (RedisModule_Scan(ctx, cursor, on_key, &seen)) {
  }
  CHECK(seen.keys == 10 && seen.opened == 10);
  CHECK(RedisModule_Scan(ctx, cursor, on_key, &seen) == 0 && errno == ENOENT);
  RedisModule_ScanCursorRestart(cursor);
  RedisModuleKey *hash = RedisModule_OpenKey(ctx, text(ctx, "scan-hash"), REDISMODULE_WRITE);
  for (int i = 0; i < 8; i++) {
    RedisModule_HashSet(hash, REDISMODULE_HASH_NONE, RedisModule_CreateStringPrintf(ctx, "f%d", i),
                        RedisModule_CreateStringFromLongLong(ctx, i), NULL);
  }
  while (RedisModule_ScanKey(hash, cursor, on_field, &seen)) {
  }
  CHECK(seen.fields == 8 && seen.sum == 28);
  RedisModule_ScanCursorRestart(cursor);
  seen = (Seen){0};
  RedisModule_FreeCallReply(RedisModule_Call(ctx, "sadd", "ccc", "scan-set", "a", "b"));
  RedisModuleKey *set = RedisModule_OpenKey(ctx, text(ctx, "scan-set"), REDISMODULE_READ);
  while (RedisModule_ScanKey(set, cursor, on_field, &seen)) {
  }
  CHECK(seen.fields == 2 && seen.sum == 'a' + 'b');
  RedisModule_ScanCursorRestart(cursor);
  RedisModuleKey *string = RedisModule_OpenKey(ctx, text(ctx, "k1"), REDISMODULE_READ);
  CHECK(RedisModule_ScanKey(string, cursor, on_field, &seen) == 0 && errno == EINVAL);
  RedisModule_ScanCursorDestroy(cursor);
  RedisModule_ResetDataset(0, 0);
  CHECK(RedisModule_DbSize(ctx) == 0);
  return done(ctx);
}

COMMAND(modified) {
  (void)argc;
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_WRITE);
  RedisModule_StringSet(key, argv[2]);
  RedisModule_CloseKey(key);
  RedisModule_SignalModifiedKey(ctx, argv[2]);
  return done(ctx);
}

COMMAND(append_direct) {
  (void)argc;
  /* Without CloseKey or auto memory nothing is written before the key is closed. */
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_READ | REDISMODULE_WRITE);
  size_t length;
  char *bytes = RedisModule_StringDMA(key, &length, REDISMODULE_WRITE);
  for (size_t i = 0; i < length; i++) bytes[i] ^= 0x20;
  RedisModule_CloseKey(key);
  return done(ctx);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  UNUSED_ARGUMENTS();
  if (RedisModule_Init(ctx, "keys", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  REGISTER("keys.generic", generic, "write", 0, 0, 0);
  REGISTER("keys.strings", string_values, "write", 0, 0, 0);
  REGISTER("keys.lists", lists, "write", 0, 0, 0);
  REGISTER("keys.hashes", hashes, "write", 0, 0, 0);
  REGISTER("keys.zsets", sorted_sets, "write", 0, 0, 0);
  REGISTER("keys.scanning", scanning, "write", 0, 0, 0);
  REGISTER("keys.modified", modified, "write", 1, 1, 1);
  REGISTER("keys.flip", append_direct, "write", 1, 1, 1);
  return REDISMODULE_OK;
}
