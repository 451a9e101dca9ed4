/* Defragmentation. The allocator here is never defragmented: registrations are accepted, callbacks
 * are never made, and nothing is ever moved. */

#include "bridge.h"

struct RedisModuleDefragCtx {
  int db;
};

int rm_RegisterDefragFunc(RedisModuleCtx *context, RedisModuleDefragFunc function) {
  (void)context;
  (void)function;
  return REDISMODULE_OK;
}

int rm_RegisterDefragFunc2(RedisModuleCtx *context, RedisModuleDefragFunc2 function) {
  (void)context;
  (void)function;
  return REDISMODULE_OK;
}

int rm_RegisterDefragCallbacks(RedisModuleCtx *context, RedisModuleDefragFunc start,
                               RedisModuleDefragFunc end) {
  (void)context;
  (void)start;
  (void)end;
  return REDISMODULE_OK;
}

void *rm_DefragAlloc(RedisModuleDefragCtx *context, void *pointer) {
  (void)context;
  (void)pointer;
  return NULL;
}

void *rm_DefragAllocRaw(RedisModuleDefragCtx *context, size_t size) {
  (void)context;
  return must_alloc(size);
}

void rm_DefragFreeRaw(RedisModuleDefragCtx *context, void *pointer) {
  (void)context;
  free(pointer);
}

RedisModuleString *rm_DefragRedisModuleString(RedisModuleDefragCtx *context, RedisModuleString *string) {
  (void)context;
  (void)string;
  return NULL;
}

RedisModuleDict *rm_DefragRedisModuleDict(RedisModuleDefragCtx *context, RedisModuleDict *dict,
                                          RedisModuleDefragDictValueCallback callback,
                                          RedisModuleString **seek) {
  (void)context;
  (void)dict;
  (void)callback;
  *seek = NULL;
  return NULL;
}

int rm_DefragShouldStop(RedisModuleDefragCtx *context) {
  (void)context;
  return 0;
}

int rm_DefragCursorSet(RedisModuleDefragCtx *context, unsigned long cursor) {
  (void)context;
  (void)cursor;
  return REDISMODULE_ERR;
}

int rm_DefragCursorGet(RedisModuleDefragCtx *context, unsigned long *cursor) {
  (void)context;
  (void)cursor;
  return REDISMODULE_ERR;
}

int rm_GetDbIdFromDefragCtx(RedisModuleDefragCtx *context) { return context->db; }

const RedisModuleString *rm_GetKeyNameFromDefragCtx(RedisModuleDefragCtx *context) {
  (void)context;
  return NULL;
}
