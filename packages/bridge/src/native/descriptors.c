/* Sockets and watched descriptors served in the middle of a command: what the event loop does
 * otherwise, but without entering it a second time, for which neither libuv nor Node.js is made. */

#include "environment.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* pollDescriptors(descriptors): those that have something to read, or whose peer has gone, move to
 * the front; their number goes to slot 0. What modules watch is served as well. */
static napi_value entry_poll(napi_env env, napi_callback_info info) {
  napi_value value;
  size_t arguments = 1, count = 0;
  void *data = NULL;
  napi_get_cb_info(env, info, &arguments, &value, NULL, NULL);
  slots[0] = 0;
  if (napi_get_typedarray_info(env, value, NULL, &count, &data, NULL, NULL) != napi_ok) return NULL;
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
  watchers_serve();
  slots[0] = ready;
  return NULL;
}

/* readDescriptor(into): slot 0, a descriptor that does not block. Slot 0 becomes the number of bytes
 * read, 0 at the end of the stream, -1 where there is nothing or reading fails. */
static napi_value entry_read(napi_env env, napi_callback_info info) {
  Bytes bytes[2];
  read_bytes(env, info, bytes);
  ssize_t length;
  do {
    length = read((int)slots[0], (void *)bytes[0].data, bytes[0].length);
  } while (length < 0 && errno == EINTR);
  slots[0] = (double)length;
  return NULL;
}

/* acceptDescriptor(): slot 0, a listening descriptor that does not block. Slot 0 becomes that of a
 * new connection, or -1. */
static napi_value entry_accept(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  int accepted;
  do {
#if defined(__linux__)
    accepted = accept4((int)slots[0], NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
    accepted = accept((int)slots[0], NULL, NULL);
#endif
  } while (accepted < 0 && errno == EINTR);
  slots[0] = accepted;
  return NULL;
}

static const Entry entries[] = {
    {"pollDescriptors", entry_poll}, {"readDescriptor", entry_read}, {"acceptDescriptor", entry_accept}};

void descriptor_entries_define(napi_env env, napi_value exports) {
  define_entries(env, exports, entries, sizeof entries / sizeof entries[0]);
}
