/* Contexts, and the memory that lives as long as they do. */

#include "bridge.h"

struct AutoItem {
  AutoKind kind;
  void *pointer;
};

struct PoolBlock {
  PoolBlock *next;
  size_t used;
  size_t size;
  _Alignas(16) char bytes[];
};

enum { POOL_BLOCK = 8192 };

void context_start(RedisModuleCtx *context, Module *module, int flags) {
  *context = (RedisModuleCtx){.get_api = (void *)get_api, .module = module, .flags = flags};
  context->caller.resp = 2;
}

RedisModuleCtx *context_new(Module *module, int flags) {
  RedisModuleCtx *context = must_alloc(sizeof *context);
  context_start(context, module, flags | CONTEXT_HEAP);
  context->started_us = rm_MonotonicMicroseconds();
  return context;
}

void context_free(RedisModuleCtx *context) {
  if (context == NULL) return;
  context_finish(context);
  free(context);
}

static void auto_release(AutoItem item) {
  switch (item.kind) {
  case AUTO_STRING: string_release(item.pointer); break;
  case AUTO_KEY: rm_CloseKey(item.pointer); break;
  case AUTO_REPLY: call_reply_release(item.pointer); break;
  case AUTO_DICT: rm_FreeDict(NULL, item.pointer); break;
  case AUTO_INFO: rm_FreeServerInfo(NULL, item.pointer); break;
  case AUTO_CONFIG_ITERATOR: rm_ConfigIteratorRelease(NULL, item.pointer); break;
  case AUTO_ALLOCATION: free(item.pointer); break;
  }
}

void context_finish(RedisModuleCtx *context) {
  /* Closing a key can call JavaScript and, through notifications, this module: the list is taken
   * one by one from its end, and new items may appear meanwhile. */
  while (context->auto_count > 0) {
    auto_release(context->auto_items[--context->auto_count]);
  }
  free(context->auto_items);
  context->auto_items = NULL;
  context->auto_capacity = 0;
  while (context->pool) {
    PoolBlock *block = context->pool;
    context->pool = block->next;
    free(block);
  }
}

void rm_AutoMemory(RedisModuleCtx *context) { context->flags |= CONTEXT_AUTO_MEMORY; }

void auto_add(RedisModuleCtx *context, AutoKind kind, void *pointer) {
  if (context == NULL || !(context->flags & CONTEXT_AUTO_MEMORY)) return;
  if (context->auto_count == context->auto_capacity) {
    context->auto_capacity = context->auto_capacity ? context->auto_capacity * 2 : 16;
    context->auto_items =
        must_realloc(context->auto_items, (size_t)context->auto_capacity * sizeof(AutoItem));
  }
  context->auto_items[context->auto_count++] = (AutoItem){kind, pointer};
}

/* What is given back is nearly always recent: the search goes backwards. */
bool auto_remove(RedisModuleCtx *context, AutoKind kind, void *pointer) {
  if (context == NULL || !(context->flags & CONTEXT_AUTO_MEMORY)) return false;
  for (int i = context->auto_count - 1; i >= 0; i--) {
    if (context->auto_items[i].pointer != pointer || context->auto_items[i].kind != kind) continue;
    context->auto_items[i] = context->auto_items[--context->auto_count];
    return true;
  }
  return false;
}

/* Aligned as the size suggests: to the word when it is a multiple of it, to 2 and 4 bytes below. */
void *rm_PoolAlloc(RedisModuleCtx *context, size_t bytes) {
  if (bytes == 0) return NULL;
  size_t alignment = bytes >= sizeof(void *) ? sizeof(void *) : 1;
  while (alignment < sizeof(void *) && bytes % (alignment * 2) == 0) alignment *= 2;
  PoolBlock *block = context->pool;
  size_t start = block ? (block->used + alignment - 1) & ~(alignment - 1) : 0;
  if (block == NULL || start > block->size || bytes > block->size - start) {
    size_t size = bytes > POOL_BLOCK ? bytes : POOL_BLOCK;
    block = must_alloc(sizeof *block + size);
    *block = (PoolBlock){.next = context->pool, .size = size};
    context->pool = block;
    start = 0;
  }
  block->used = start + bytes;
  return block->bytes + start;
}
