/* File descriptors and one-shot functions on the event loop, and forked children. */

#include "environment.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Watcher {
  int fd;
  int mask;
  RedisModuleEventLoopFunc readable, writable;
  void *data; /* one for both, whoever set it last */
  Module *module;
} Watcher;

static Table watchers;
static size_t watcher_count;

/* What the event loop watches for all of them; there as long as one is. */
static int poller = -1;
static uv_poll_t *poller_handle;

static void watcher_run(int fd, int events) {
  const Watcher *watcher = table_get(&watchers, (uint64_t)fd);
  if (watcher == NULL) return;
  Running before = running_enter(watcher->module, "a file event");
  if (events & watcher->mask & REDISMODULE_EVENTLOOP_READABLE) {
    watcher->readable(fd, watcher->data, REDISMODULE_EVENTLOOP_READABLE);
  }
  /* The function may have removed its watcher, or put another in its place. */
  watcher = table_get(&watchers, (uint64_t)fd);
  if (watcher && (events & watcher->mask & REDISMODULE_EVENTLOOP_WRITABLE)) {
    watcher->writable(fd, watcher->data, REDISMODULE_EVENTLOOP_WRITABLE);
  }
  running_leave(before);
  run_post_notification_jobs(false);
}

/* Runs what is ready now; also called without the event loop. */
void watchers_serve(void) {
  if (poller >= 0) poller_each(poller, watcher_run);
}

static void serve(void *data) {
  (void)data;
  watchers_serve();
}

static void on_event(uv_poll_t *handle, int status, int events) {
  (void)handle;
  (void)status;
  (void)events;
  run_from_loop(serve, NULL);
}

static void on_handle_closed(uv_handle_t *handle) { free(handle); }

static bool poller_start(void) {
  if (poller >= 0) return true;
  if (event_loop == NULL || (poller = poller_open()) < 0) return false;
  poller_handle = must_calloc(sizeof *poller_handle);
  uv_poll_init(event_loop, poller_handle, poller);
  uv_poll_start(poller_handle, UV_READABLE, on_event);
  uv_unref((uv_handle_t *)poller_handle);
  return true;
}

static void poller_end(void) {
  uv_poll_stop(poller_handle);
  uv_close((uv_handle_t *)poller_handle, on_handle_closed);
  close(poller);
  poller = -1;
}

static void watcher_remove(Watcher *watcher) {
  table_set(&watchers, (uint64_t)watcher->fd, NULL);
  free(watcher);
  if (--watcher_count == 0) poller_end();
}

static Watcher *watcher_add(int fd) {
  Watcher *watcher = must_calloc(sizeof *watcher);
  watcher->fd = fd;
  watcher->module = (Module *)running.module;
  table_set(&watchers, (uint64_t)fd, watcher);
  watcher_count++;
  return watcher;
}

static int refuse(int problem) {
  errno = problem;
  return REDISMODULE_ERR;
}

/* EINVAL for a bad mask or function, ERANGE for what is no descriptor, else what the system says of
 * one that cannot be watched. */
int rm_EventLoopAdd(int fd, int mask, RedisModuleEventLoopFunc function, void *data) {
  int known = REDISMODULE_EVENTLOOP_READABLE | REDISMODULE_EVENTLOOP_WRITABLE;
  if (fd < 0 || fd >= getdtablesize()) return refuse(ERANGE);
  if ((mask & ~known) || function == NULL) return refuse(EINVAL);
  if (!poller_start()) return refuse(ERANGE);
  Watcher *watcher = table_get(&watchers, (uint64_t)fd);
  int before = watcher ? watcher->mask : 0;
  if (poller_set(poller, fd, before, before | mask) != 0) {
    int problem = errno;
    if (watcher_count == 0) poller_end();
    return refuse(problem);
  }
  if (watcher == NULL) watcher = watcher_add(fd);
  if (mask & REDISMODULE_EVENTLOOP_READABLE) watcher->readable = function;
  if (mask & REDISMODULE_EVENTLOOP_WRITABLE) watcher->writable = function;
  watcher->data = data;
  watcher->mask |= mask;
  errno = 0;
  return REDISMODULE_OK;
}

static void watcher_drop(Watcher *watcher, int mask) {
  int left = watcher->mask & ~mask;
  /* One that was closed is not watched any more. */
  poller_set(poller, watcher->fd, watcher->mask, left);
  watcher->mask = left;
  if (left == 0) watcher_remove(watcher);
}

int rm_EventLoopDel(int fd, int mask) {
  int known = REDISMODULE_EVENTLOOP_READABLE | REDISMODULE_EVENTLOOP_WRITABLE;
  if (fd < 0 || fd >= getdtablesize()) return refuse(ERANGE);
  if (mask & ~known) return refuse(EINVAL);
  Watcher *watcher = table_get(&watchers, (uint64_t)fd);
  if (watcher) watcher_drop(watcher, mask);
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
    watcher_drop(watcher, watcher->mask);
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

static void child_forget(void) {
  uv_poll_stop(child.handle);
  uv_close((uv_handle_t *)child.handle, on_handle_closed);
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
