/* How a module finds the functions: by name, from the table. */

#include <dlfcn.h>

#include "bridge.h"

typedef struct Row {
  const char *name;
  void *function; /* NULL: absent */
} Row;

static Row rows[] = {
    {"GetApi", (void *)get_api},
#define FN(section, tier, since, result, name, parameters) {#name, (void *)rm_##name},
#define NO(section, tier, since, result, name, parameters, ...) {#name, NULL},
#include "functions.def"
#undef FN
#undef NO
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static int by_name(const void *a, const void *b) {
  return strcmp(((const Row *)a)->name, ((const Row *)b)->name);
}

/* Keeps the library that holds `code` in memory until the process is gone. Whoever opened it closes it
 * when JavaScript ends, and a thread of the module may be running in it still. */
static void keep_library(void *code) {
  static void *kept;
  Dl_info info;
  if (!dladdr(code, &info) || info.dli_fbase == kept) return;
  kept = info.dli_fbase;
  void *library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  /* The flag stays with the library, the reference is not needed. */
  if (library) dlclose(library);
}

/* Fails for a function that is unknown or absent, and leaves the module's pointer as it was. */
int get_api(const char *name, void **target) {
  keep_library(__builtin_return_address(0));
  static bool sorted;
  static const char prefix[] = "RedisModule_";
  if (!sorted) qsort(rows, ROW_COUNT, sizeof(Row), by_name);
  sorted = true;
  if (strncmp(name, prefix, sizeof prefix - 1) != 0) return REDISMODULE_ERR;
  Row wanted = {name + sizeof prefix - 1, NULL};
  Row *row = bsearch(&wanted, rows, ROW_COUNT, sizeof(Row), by_name);
  if (row == NULL || row->function == NULL) return REDISMODULE_ERR;
  *target = row->function;
  return REDISMODULE_OK;
}
