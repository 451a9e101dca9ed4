/* One descriptor that stands for many: it can be read from as soon as something happens to one of
 * them. libuv would not outlive a descriptor that is closed while it is watched; the system's own
 * facility forgets it, and that is what Redis has its modules used to. */

#include "environment.h"

#include <errno.h>
#include <unistd.h>

enum { MOST_AT_ONCE = 64 };

#if defined(__linux__)

#include <sys/epoll.h>

int poller_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int poller_set(int poller, int fd, int before, int mask) {
  struct epoll_event event = {.data.fd = fd};
  if (mask & REDISMODULE_EVENTLOOP_READABLE) event.events |= EPOLLIN;
  if (mask & REDISMODULE_EVENTLOOP_WRITABLE) event.events |= EPOLLOUT;
  if (before && mask == 0) return epoll_ctl(poller, EPOLL_CTL_DEL, fd, &event);
  int status = epoll_ctl(poller, before ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  /* One that was closed meanwhile is not known any more, whatever its number stands for now. */
  if (status != 0 && errno == ENOENT) status = epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
  return status;
}

void poller_each(int poller, void (*happened)(int fd, int mask)) {
  struct epoll_event events[MOST_AT_ONCE];
  int count = epoll_wait(poller, events, MOST_AT_ONCE, 0);
  for (int i = 0; i < count; i++) {
    /* An error or the end of a stream is met by whoever reads or writes. */
    bool ended = (events[i].events & (EPOLLERR | EPOLLHUP)) != 0;
    int mask = (ended || (events[i].events & EPOLLIN)) ? REDISMODULE_EVENTLOOP_READABLE : 0;
    if (ended || (events[i].events & EPOLLOUT)) mask |= REDISMODULE_EVENTLOOP_WRITABLE;
    happened(events[i].data.fd, mask);
  }
}

#else

#include <sys/event.h>

int poller_open(void) { return kqueue(); }

static int filter_set(int poller, int fd, int filter, bool wanted) {
  struct kevent change;
  EV_SET(&change, (uintptr_t)fd, filter, wanted ? EV_ADD : EV_DELETE, 0, 0, NULL);
  return kevent(poller, &change, 1, NULL, 0, NULL);
}

int poller_set(int poller, int fd, int before, int mask) {
  static const int bits[] = {REDISMODULE_EVENTLOOP_READABLE, REDISMODULE_EVENTLOOP_WRITABLE};
  static const int filters[] = {EVFILT_READ, EVFILT_WRITE};
  int status = 0;
  for (int i = 0; i < 2; i++) {
    bool wanted = (mask & bits[i]) != 0;
    if ((wanted || (before & bits[i])) && filter_set(poller, fd, filters[i], wanted) != 0) status = -1;
  }
  return status;
}

void poller_each(int poller, void (*happened)(int fd, int mask)) {
  struct kevent events[MOST_AT_ONCE];
  struct timespec none = {0, 0};
  int count = kevent(poller, NULL, 0, events, MOST_AT_ONCE, &none);
  for (int i = 0; i < count; i++) {
    bool reads = events[i].filter == EVFILT_READ;
    happened((int)events[i].ident, reads ? REDISMODULE_EVENTLOOP_READABLE : REDISMODULE_EVENTLOOP_WRITABLE);
  }
}

#endif
