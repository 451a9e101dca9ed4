/* File descriptors and one-shot functions on the event loop, and forked children. */

#include "environment.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Watcher {
  uv_poll_t handle;
  int fd;
  int mask;
  RedisModuleEventLoopFunc readable, writable;
  void *data; /* one for both, whoever set it last */
  Module *module;
} Watcher;

static Table watchers;

static void on_closed(uv_handle_t *handle) { free(handle->data); }

typedef struct Ready {
  Watcher *watcher;
  int events;
} Ready;

static void watcher_run(void *data) {
  Ready *ready = data;
  uint64_t fd = (uint64_t)ready->watcher->fd;
  Watcher *watcher = ready->watcher;
  Running before = running_enter(watcher->module, "a file event");
  if ((ready->events & UV_READABLE) && (watcher->mask & REDISMODULE_EVENTLOOP_READABLE)) {
    watcher->readable(watcher->fd, watcher->data, REDISMODULE_EVENTLOOP_READABLE);
  }
  /* The function may have removed its watcher, or put another in its place. */
  if (table_get(&watchers, fd) == watcher && (ready->events & UV_WRITABLE) &&
      (watcher->mask & REDISMODULE_EVENTLOOP_WRITABLE)) {
    watcher->writable(watcher->fd, watcher->data, REDISMODULE_EVENTLOOP_WRITABLE);
  }
  running_leave(before);
  run_post_notification_jobs(false);
}

static void on_event(uv_poll_t *handle, int status, int events) {
  /* An error shows as ready in every way that is waited for: the function then meets it itself. */
  Ready ready = {handle->data, status < 0 ? UV_READABLE | UV_WRITABLE : events};
  run_from_loop(watcher_run, &ready);
}

/* Runs what is ready now, without the event loop. */
void watchers_serve(void) {
  size_t count = 0;
  struct pollfd *polled = must_calloc((watchers.capacity + 1) * sizeof *polled);
  for (size_t i = 0; i < watchers.capacity; i++) {
    const Watcher *watcher = watchers.values[i];
    if (watcher == NULL) continue;
    short events = (watcher->mask & REDISMODULE_EVENTLOOP_READABLE) ? POLLIN : 0;
    if (watcher->mask & REDISMODULE_EVENTLOOP_WRITABLE) events |= POLLOUT;
    polled[count++] = (struct pollfd){.fd = watcher->fd, .events = events};
  }
  int ready = poll(polled, (nfds_t)count, 0);
  for (size_t i = 0; ready > 0 && i < count; i++) {
    Watcher *watcher = polled[i].revents ? table_get(&watchers, (uint64_t)polled[i].fd) : NULL;
    if (watcher == NULL) continue;
    /* An error or the end of a stream is met by whoever reads or writes. */
    bool failed = (polled[i].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
    int events = (failed || (polled[i].revents & POLLIN)) ? UV_READABLE : 0;
    if (failed || (polled[i].revents & POLLOUT)) events |= UV_WRITABLE;
    watcher_run(&(Ready){watcher, events});
  }
  free(polled);
}

static void watcher_update(Watcher *watcher) {
  int events = 0;
  if (watcher->mask & REDISMODULE_EVENTLOOP_READABLE) events |= UV_READABLE;
  if (watcher->mask & REDISMODULE_EVENTLOOP_WRITABLE) events |= UV_WRITABLE;
  if (events) {
    uv_poll_start(&watcher->handle, events, on_event);
    return;
  }
  table_set(&watchers, (uint64_t)watcher->fd, NULL);
  uv_close((uv_handle_t *)&watcher->handle, on_closed);
}

/* EINVAL for a bad mask or function, ERANGE for a descriptor that cannot be watched. */
int rm_EventLoopAdd(int fd, int mask, RedisModuleEventLoopFunc function, void *data) {
  int known = REDISMODULE_EVENTLOOP_READABLE | REDISMODULE_EVENTLOOP_WRITABLE;
  if ((mask & ~known) || function == NULL) {
    errno = EINVAL;
    return REDISMODULE_ERR;
  }
  Watcher *watcher = fd >= 0 ? table_get(&watchers, (uint64_t)fd) : NULL;
  if (watcher == NULL) {
    watcher = must_calloc(sizeof *watcher);
    watcher->handle.data = watcher;
    watcher->fd = fd;
    watcher->module = (Module *)running.module;
    if (event_loop == NULL || fd < 0 || uv_poll_init(event_loop, &watcher->handle, fd) != 0) {
      free(watcher);
      errno = ERANGE;
      return REDISMODULE_ERR;
    }
    uv_unref((uv_handle_t *)&watcher->handle);
    table_set(&watchers, (uint64_t)fd, watcher);
  }
  if (mask & REDISMODULE_EVENTLOOP_READABLE) watcher->readable = function;
  if (mask & REDISMODULE_EVENTLOOP_WRITABLE) watcher->writable = function;
  watcher->data = data;
  watcher->mask |= mask;
  watcher_update(watcher);
  errno = 0;
  return REDISMODULE_OK;
}

int rm_EventLoopDel(int fd, int mask) {
  int known = REDISMODULE_EVENTLOOP_READABLE | REDISMODULE_EVENTLOOP_WRITABLE;
  if (fd < 0 || fd >= getdtablesize()) {
    errno = ERANGE;
    return REDISMODULE_ERR;
  }
  if (mask & ~known) {
    errno = EINVAL;
    return REDISMODULE_ERR;
  }
  Watcher *watcher = table_get(&watchers, (uint64_t)fd);
  if (watcher) {
    watcher->mask &= ~mask;
    watcher_update(watcher);
  }
  errno = 0;
  return REDISMODULE_OK;
}

/* One child at a time, as in Redis. Its end is seen as the end of a pipe whose other end only the
 * child has; the event loop's own signal handling is left alone. */
static struct {
  pid_t pid;
  int pipe_end;
  uv_poll_t *handle;
  RedisModuleForkDoneHandler done;
  void *data;
  Module *module;
} child;

void watchers_drop(Module *module) {
  if (child.module == module) child.done = NULL;
  for (size_t i = 0; i < watchers.capacity; i++) {
    Watcher *watcher = watchers.values[i];
    if (watcher == NULL || watcher->module != module) continue;
    watcher->mask = 0;
    watcher_update(watcher);
    i = (size_t)-1;
  }
}

typedef struct OneShot {
  RedisModuleEventLoopOneShotFunc function;
  void *data;
} OneShot;

static void one_shot_run(void *data) {
  OneShot shot = *(OneShot *)data;
  free(data);
  Running before = running_enter(NULL, "a one-shot function");
  shot.function(shot.data);
  running_leave(before);
  run_post_notification_jobs(false);
}

/* Any thread, with or without the lock. */
int rm_EventLoopAddOneShot(RedisModuleEventLoopOneShotFunc function, void *data) {
  if (function == NULL) {
    errno = EINVAL;
    return REDISMODULE_ERR;
  }
  OneShot *shot = must_alloc(sizeof *shot);
  *shot = (OneShot){function, data};
  post(one_shot_run, shot);
  return REDISMODULE_OK;
}

static void on_child_handle_closed(uv_handle_t *handle) { free(handle); }

static void child_forget(void) {
  uv_poll_stop(child.handle);
  uv_close((uv_handle_t *)child.handle, on_child_handle_closed);
  close(child.pipe_end);
  child.pid = 0;
}

static void child_done(void *data) {
  (void)data;
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  child_forget();
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  int by_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  Running before = running_enter(child.done ? child.module : NULL, "the end of its child process");
  if (child.done) child.done(code, by_signal, child.data);
  running_leave(before);
}

static void on_child_event(uv_poll_t *handle, int status, int events) {
  (void)handle;
  (void)status;
  (void)events;
  run_from_loop(child_done, NULL);
}

/* The child has this one thread and no JavaScript: calls that need it fail there. -1 when there
 * is a child already or the system refuses. */
int rm_Fork(RedisModuleForkDoneHandler done, void *data) {
  int ends[2];
  if (event_loop == NULL || child.pid || !on_main_thread() || pipe(ends) != 0) return -1;
  pid_t pid = fork();
  if (pid == 0) {
    in_forked_child = true;
    /* Node's own use of this signal has no place in the child; KillForkChild sends it. */
    signal(SIGUSR1, SIG_DFL);
    close(ends[0]);
    return 0;
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return -1;
  }
  child.pid = pid;
  child.pipe_end = ends[0];
  child.done = done;
  child.data = data;
  child.module = (Module *)running.module;
  child.handle = must_calloc(sizeof *child.handle);
  uv_poll_init(event_loop, child.handle, ends[0]);
  uv_poll_start(child.handle, UV_READABLE | UV_DISCONNECT, on_child_event);
  uv_unref((uv_handle_t *)child.handle);
  return pid;
}

/* Progress is shown by INFO in Redis; nothing waits for it here. */
void rm_SendChildHeartbeat(double progress) { (void)progress; }

int rm_ExitFromChild(int code) { _exit(code); }

int rm_KillForkChild(int pid) {
  if (pid <= 0 || pid != child.pid) return REDISMODULE_ERR;
  kill(child.pid, SIGUSR1);
  int status;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  child_forget();
  return REDISMODULE_OK;
}
