/* What the few files that speak Node-API share. */

#ifndef MODIS_ENVIRONMENT_H
#define MODIS_ENVIRONMENT_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <uv.h>

#include "bridge.h"

extern napi_env environment;
extern uv_loop_t *event_loop;

/* host.c */
bool host_start(napi_env env, napi_value handlers, napi_value shared);
void host_stop(void);
bool host_run_handler(HostOperation operation); /* on the main thread */
void host_grow_output(size_t bytes);
void host_output_write(const void *bytes, size_t length); /* from C, for JavaScript to read */
extern double *slots;

/* poller.c: masks are those of the API. */
int poller_open(void);
int poller_set(int poller, int fd, int before, int mask); /* -1 and errno where it cannot be watched */
void poller_each(int poller, void (*happened)(int fd, int mask)); /* what is ready now, up to some number */

/* stack.c: calls into JavaScript work only on the stack JavaScript itself runs on, and OnLoad and
 * OnUnload are called on a stack of koffi's. */
void stack_learn(void); /* once, on the main thread */
void *stack_mark(void); /* before koffi switches; returns the previous mark */
void stack_unmark(void *previous);
void stack_run(void (*function)(void *), void *data); /* on the main thread's own stack */

/* entry.c, entry-types.c, entry-metadata.c */
typedef struct Entry {
  const char *name;
  napi_callback function;
} Entry;

typedef struct Bytes {
  const unsigned char *data;
  size_t length;
} Bytes;

void define_entries(napi_env env, napi_value exports, const Entry *list, size_t count);
void entries_define(napi_env env, napi_value exports);
void type_entries_define(napi_env env, napi_value exports);
void metadata_entries_define(napi_env env, napi_value exports);
void descriptor_entries_define(napi_env env, napi_value exports); /* descriptors.c */
/* Up to two typed arrays; absent ones are empty. */
void read_bytes(napi_env env, napi_callback_info info, Bytes out[2]);
RedisModuleString *string_of(Bytes bytes);
/* The result bytes of an entry: their length in slot 0. */
void give(const void *bytes, size_t length);

#endif
