/* Sockets served in the middle of something long: what the event loop does otherwise, but without
 * entering it a second time, for which neither libuv nor Node.js is made. Works without a start of the
 * bridge: a server that loads its data may have no Redis modules. */

#include "environment.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static napi_value number(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}

/* pollDescriptors(descriptors): those that have something to read, or whose peer has gone, move to
 * the front. Returns how many they are. */
static napi_value descriptors_poll(napi_env env, napi_callback_info info) {
  napi_value value;
  size_t arguments = 1, count = 0;
  void *data = NULL;
  napi_get_cb_info(env, info, &arguments, &value, NULL, NULL);
  if (napi_get_typedarray_info(env, value, NULL, &count, &data, NULL, NULL) != napi_ok) return number(env, 0);
  int32_t *descriptors = data;
  struct pollfd *polled = must_calloc((count + 1) * sizeof *polled);
  for (size_t i = 0; i < count; i++) polled[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
  int ready = 0;
  if (poll(polled, (nfds_t)count, 0) > 0) {
    for (size_t i = 0; i < count; i++) {
      if (polled[i].revents) descriptors[ready++] = polled[i].fd;
    }
  }
  free(polled);
  return number(env, ready);
}

/* readDescriptor(descriptor, into): the number of bytes read from a descriptor that does not block, 0
 * at the end of the stream, -1 where there is nothing or reading fails. */
static napi_value descriptors_read(napi_env env, napi_callback_info info) {
  napi_value values[2];
  size_t arguments = 2, capacity = 0;
  int32_t descriptor = -1;
  void *into = NULL;
  napi_get_cb_info(env, info, &arguments, values, NULL, NULL);
  if (napi_get_value_int32(env, values[0], &descriptor) != napi_ok ||
      napi_get_typedarray_info(env, values[1], NULL, &capacity, &into, NULL, NULL) != napi_ok)
    return number(env, -1);
  ssize_t length;
  do {
    length = read(descriptor, into, capacity);
  } while (length < 0 && errno == EINTR);
  return number(env, (double)length);
}

/* acceptDescriptor(descriptor): a new connection of a listening descriptor that does not block, or -1. */
static napi_value descriptors_accept(napi_env env, napi_callback_info info) {
  napi_value value;
  size_t arguments = 1;
  int32_t descriptor = -1;
  napi_get_cb_info(env, info, &arguments, &value, NULL, NULL);
  if (napi_get_value_int32(env, value, &descriptor) != napi_ok) return number(env, -1);
  int accepted;
  do {
#if defined(__linux__)
    accepted = accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
    accepted = accept(descriptor, NULL, NULL);
#endif
  } while (accepted < 0 && errno == EINTR);
  return number(env, accepted);
}

/* serveWatched(): runs what modules watch and is ready. */
static napi_value serve_watched(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  watchers_serve();
  return NULL;
}

static const Entry entries[] = {{"pollDescriptors", descriptors_poll},
                                {"readDescriptor", descriptors_read},
                                {"acceptDescriptor", descriptors_accept},
                                {"serveWatched", serve_watched}};

void descriptor_entries_define(napi_env env, napi_value exports) {
  define_entries(env, exports, entries, sizeof entries / sizeof entries[0]);
}
