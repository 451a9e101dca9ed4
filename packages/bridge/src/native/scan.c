/* Scanning the keyspace and the elements of a key. */

#include "bridge.h"

#include <errno.h>

struct RedisModuleScanCursor {
  double position;
  bool done;
};

RedisModuleScanCursor *rm_ScanCursorCreate(void) { return must_calloc(sizeof(RedisModuleScanCursor)); }

void rm_ScanCursorRestart(RedisModuleScanCursor *cursor) { *cursor = (RedisModuleScanCursor){0}; }

void rm_ScanCursorDestroy(RedisModuleScanCursor *cursor) { free(cursor); }

/* The next string of a run of them, each after its length; NULL for one that is absent. */
static RedisModuleString *next_string(const char **at) {
  uint32_t length;
  memcpy(&length, *at, sizeof length);
  *at += sizeof length;
  if (length == UINT32_MAX) return NULL;
  RedisModuleString *string = string_new(*at, length);
  *at += length;
  return string;
}

/* One step; its strings are copied out before the module's function, which may call us, sees one. */
static RedisModuleString **step(HostFrame frame, HostOperation operation, RedisModuleScanCursor *cursor,
                                int *count) {
  RedisModuleString **strings = NULL;
  *count = 0;
  double next = 0;
  if (host_call(operation)) {
    next = host_result(0);
    *count = (int)host_result(1);
    strings = must_alloc((size_t)*count * sizeof *strings);
    const char *at = host_output();
    for (int i = 0; i < *count; i++) strings[i] = next_string(&at);
  }
  host_end(frame);
  cursor->position = next;
  cursor->done = next == 0;
  return strings;
}

/* Calls `function` for some keys. 1 when there are more; 0 at the end, and ENOENT after it. */
int rm_Scan(RedisModuleCtx *context, RedisModuleScanCursor *cursor, RedisModuleScanCB function, void *data) {
  if (cursor->done) {
    errno = ENOENT;
    return 0;
  }
  HostFrame frame = host_begin();
  host_number(context->caller.db);
  host_number(cursor->position);
  int count;
  RedisModuleString **names = step(frame, HOST_scan, cursor, &count);
  for (int i = 0; i < count; i++) {
    RedisModuleKey *key = must_alloc(sizeof *key);
    key_start(key, context, names[i], REDISMODULE_READ);
    function(context, names[i], key, data);
    rm_CloseKey(key);
    string_release(names[i]);
  }
  free(names);
  errno = 0;
  return !cursor->done;
}

/* The same over a hash, set or sorted set; the value is NULL for a set, text for a score. */
int rm_ScanKey(RedisModuleKey *key, RedisModuleScanCursor *cursor, RedisModuleScanKeyCB function,
               void *data) {
  if (key) key_refresh(key);
  if (key == NULL || (key->type != REDISMODULE_KEYTYPE_HASH && key->type != REDISMODULE_KEYTYPE_SET &&
                      key->type != REDISMODULE_KEYTYPE_ZSET)) {
    errno = EINVAL;
    return 0;
  }
  if (cursor->done) {
    errno = ENOENT;
    return 0;
  }
  HostFrame frame = key_begin(key);
  host_number(cursor->position);
  int count;
  RedisModuleString **strings = step(frame, HOST_scanKey, cursor, &count);
  for (int i = 0; i + 1 < count; i += 2) {
    function(key, strings[i], strings[i + 1], data);
    string_release(strings[i]);
    string_release(strings[i + 1]);
  }
  free(strings);
  errno = 0;
  return !cursor->done;
}
