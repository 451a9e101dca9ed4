/* Memory of modules. It is the process's own allocator: a module may hand a pointer it got here to
 * code that calls free(), and the other way round. */

#include "bridge.h"

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

void *rm_Alloc(size_t bytes) { return must_alloc(bytes); }

void *rm_TryAlloc(size_t bytes) { return malloc(at_least_one(bytes)); }

void *rm_Calloc(size_t count, size_t size) {
  void *pointer = calloc(at_least_one(count), at_least_one(size));
  return checked(pointer, at_least_one(count) * at_least_one(size));
}

void *rm_TryCalloc(size_t count, size_t size) { return calloc(at_least_one(count), at_least_one(size)); }

/* Freed by a length of zero, as every Redis since 4.0 does. */
void *rm_Realloc(void *pointer, size_t bytes) {
  if (bytes == 0 && pointer != NULL) {
    free(pointer);
    return NULL;
  }
  return must_realloc(pointer, bytes);
}

void *rm_TryRealloc(void *pointer, size_t bytes) {
  if (bytes == 0 && pointer != NULL) {
    free(pointer);
    return NULL;
  }
  return realloc(pointer, at_least_one(bytes));
}

void rm_Free(void *pointer) { free(pointer); }

char *rm_Strdup(const char *text) { return must_strdup(text); }

size_t rm_MallocSize(void *pointer) { return pointer ? usable_size(pointer) : 0; }

size_t rm_MallocUsableSize(void *pointer) { return pointer ? usable_size(pointer) : 0; }

size_t rm_MallocSizeString(RedisModuleString *string) {
  size_t bytes = usable_size(string);
  return string->bytes == string->inlined ? bytes : bytes + usable_size(string->bytes);
}

float rm_GetUsedMemoryRatio(void) { return (float)host_ask(HOST_usedMemoryRatio, 0, 0); }
