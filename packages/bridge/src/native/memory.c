/* Memory of modules. It is the process's own allocator: a module may hand a pointer it got here to
 * code that calls free(), and the other way round. */

#include "bridge.h"

#include <stdatomic.h>

#if defined(__APPLE__)
#include <malloc/malloc.h>
#define usable_size malloc_size
#else
#include <malloc.h>
#define usable_size malloc_usable_size
#endif

/* Running out of memory ends the process, as the API promises for all but the Try functions. */
static void *checked(void *pointer, size_t bytes) {
  if (pointer == NULL && bytes > 0) {
    fprintf(stderr, "Out of memory: a module asked for %zu bytes\n", bytes);
    abort();
  }
  return pointer;
}

/* Zero bytes still get a pointer of their own. */
static size_t at_least_one(size_t bytes) { return bytes ? bytes : 1; }

void *must_alloc(size_t bytes) { return checked(malloc(at_least_one(bytes)), bytes); }

void *must_calloc(size_t bytes) { return checked(calloc(1, at_least_one(bytes)), bytes); }

void *must_realloc(void *pointer, size_t bytes) {
  return checked(realloc(pointer, at_least_one(bytes)), bytes);
}

char *must_strdup(const char *text) {
  size_t bytes = strlen(text) + 1;
  return memcpy(must_alloc(bytes), text, bytes);
}

/* Bytes that modules hold. Any thread. */
static _Atomic int64_t held_bytes;

double memory_held(void) {
  int64_t bytes = atomic_load_explicit(&held_bytes, memory_order_relaxed);
  /* What a module frees here but had from malloc would bring it below zero. */
  return bytes > 0 ? (double)bytes : 0;
}

static void count(int64_t bytes) { atomic_fetch_add_explicit(&held_bytes, bytes, memory_order_relaxed); }

static size_t size_of(void *pointer) { return pointer ? usable_size(pointer) : 0; }

static void *counted(void *pointer) {
  if (pointer) count((int64_t)usable_size(pointer));
  return pointer;
}

void *rm_Alloc(size_t bytes) { return counted(must_alloc(bytes)); }

void *rm_TryAlloc(size_t bytes) { return counted(malloc(at_least_one(bytes))); }

void *rm_Calloc(size_t count, size_t size) {
  void *pointer = calloc(at_least_one(count), at_least_one(size));
  return counted(checked(pointer, at_least_one(count) * at_least_one(size)));
}

void *rm_TryCalloc(size_t count, size_t size) {
  return counted(calloc(at_least_one(count), at_least_one(size)));
}

/* Freed by a length of zero, as every Redis since 4.0 does. */
void *rm_TryRealloc(void *pointer, size_t bytes) {
  if (bytes == 0 && pointer != NULL) {
    rm_Free(pointer);
    return NULL;
  }
  int64_t before = (int64_t)size_of(pointer);
  void *moved = realloc(pointer, at_least_one(bytes));
  if (moved) count((int64_t)usable_size(moved) - before);
  return moved;
}

void *rm_Realloc(void *pointer, size_t bytes) { return checked(rm_TryRealloc(pointer, bytes), bytes); }

void rm_Free(void *pointer) {
  if (pointer) count(-(int64_t)usable_size(pointer));
  free(pointer);
}

char *rm_Strdup(const char *text) { return counted(must_strdup(text)); }

size_t rm_MallocSize(void *pointer) { return size_of(pointer); }

size_t rm_MallocUsableSize(void *pointer) { return size_of(pointer); }

size_t rm_MallocSizeString(RedisModuleString *string) {
  size_t bytes = usable_size(string);
  return string->bytes == string->inlined ? bytes : bytes + usable_size(string->bytes);
}

float rm_GetUsedMemoryRatio(void) { return (float)host_ask(HOST_usedMemoryRatio, 0, 0); }
