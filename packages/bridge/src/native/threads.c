/* The lock that modules' threads take to use the keyspace.
 *
 * Who runs JavaScript holds it by nature, so it is lent: a thread that wants it queues up and wakes
 * the event loop, which stops and serves that thread's calls until the thread unlocks. While the
 * main thread waits here, the thread has the shared memory of host.c to itself.
 *
 * While the main thread is inside a module's OnLoad or OnUnload it cannot serve, and OnUnload often
 * waits for the module's threads. The lock is then open: threads take it from each other, and calls
 * that need JavaScript fail instead of waiting for ever.
 *
 * Most calls are answered within a microsecond, far sooner than a sleeping thread wakes up: on a
 * machine with more than one processor both sides look again and again for a while before they
 * sleep. How long follows from how often it helped: on a busy machine the other side is not running
 * anyway. */

#include "environment.h"

#include <errno.h>
#include <unistd.h>

typedef struct Waiter {
  struct Waiter *next;
  pthread_cond_t granted_condition;
  bool granted;
} Waiter;

typedef enum { SERVED, OPEN, STOPPED } Mode;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t main_condition = PTHREAD_COND_INITIALIZER;
static pthread_cond_t open_condition = PTHREAD_COND_INITIALIZER;
static pthread_cond_t done_condition = PTHREAD_COND_INITIALIZER;
static Waiter *first_waiter, **last_waiter = &first_waiter;
static int waiter_count;
static _Atomic bool lent;
static _Atomic Mode mode = STOPPED;
static int open_depth;

/* The call that the holder of the lent lock wants made. Who sleeps says so before it looks for the
 * last time; who has news sets it before it looks for sleepers. */
static struct {
  _Atomic bool pending, done;
  _Atomic bool main_sleeps, thread_sleeps;
  bool result;
  HostOperation operation;
} request;

enum { FEWEST_LOOKS = 20, MOST_LOOKS = 1000 };
static bool several_processors;
static _Atomic int thread_looks = FEWEST_LOOKS, main_looks = FEWEST_LOOKS;

static void learn(_Atomic int *looks, bool helped) {
  int now = atomic_load(looks);
  atomic_store(looks, helped ? (now * 2 < MOST_LOOKS ? now * 2 : MOST_LOOKS)
                             : (now / 2 > FEWEST_LOOKS ? now / 2 : FEWEST_LOOKS));
}

static inline void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static pthread_t main_thread;
static __thread bool holding;
_Atomic bool main_is_polling;

bool on_main_thread(void) { return pthread_equal(pthread_self(), main_thread); }

bool holds_lock(void) { return holding || on_main_thread(); }

bool threads_waiting(void) {
  pthread_mutex_lock(&mutex);
  bool waiting = first_waiter != NULL;
  pthread_mutex_unlock(&mutex);
  return waiting;
}

void threads_start(void) {
  main_thread = pthread_self();
  several_processors = sysconf(_SC_NPROCESSORS_ONLN) > 1;
  pthread_mutex_lock(&mutex);
  mode = SERVED;
  open_depth = 0;
  pthread_mutex_unlock(&mutex);
}

/* After this nobody gets the lock any more: the process ends, or the server has closed. */
void threads_stop(void) {
  pthread_mutex_lock(&mutex);
  mode = STOPPED;
  pthread_mutex_unlock(&mutex);
}

void threads_open(void) {
  pthread_mutex_lock(&mutex);
  if (open_depth++ == 0) mode = OPEN;
  pthread_cond_broadcast(&open_condition);
  for (Waiter *waiter = first_waiter; waiter; waiter = waiter->next) {
    pthread_cond_signal(&waiter->granted_condition);
  }
  pthread_mutex_unlock(&mutex);
}

/* Waits for a thread that still has the lock. It cannot wait for us: its calls fail at once. */
void threads_close(void) {
  pthread_mutex_lock(&mutex);
  if (--open_depth == 0) {
    while (lent) pthread_cond_wait(&main_condition, &mutex);
    mode = SERVED;
  }
  bool waiting = first_waiter != NULL;
  pthread_mutex_unlock(&mutex);
  if (waiting) loop_wake();
}

static void unlink_waiter(Waiter *waiter) {
  Waiter **at = &first_waiter;
  while (*at && *at != waiter) at = &(*at)->next;
  if (*at == NULL) return;
  *at = waiter->next;
  if (last_waiter == &waiter->next) last_waiter = at;
  waiter_count--;
}

/* A thread that its module left running, after the module was unloaded: it stops here, for good. */
static void stop_for_ever(void) {
  pthread_mutex_lock(&mutex);
  pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  for (;;) pthread_cond_wait(&never, &mutex);
}

/* Called with the mutex held. Returns with the lock held by this thread, or never. */
static void wait_for_turn(Waiter *waiter) {
  while (!waiter->granted) {
    if (mode == OPEN && !lent) {
      unlink_waiter(waiter);
      atomic_store(&lent, true);
      return;
    }
    pthread_cond_wait(&waiter->granted_condition, &mutex);
  }
}

void rm_ThreadSafeContextLock(RedisModuleCtx *context) {
  if (on_main_thread() || holding) return;
  if (context && context->module && !context->module->live) stop_for_ever();
  Waiter waiter = {.granted_condition = PTHREAD_COND_INITIALIZER};
  pthread_mutex_lock(&mutex);
  *last_waiter = &waiter;
  last_waiter = &waiter.next;
  waiter_count++;
  bool wake = mode == SERVED;
  pthread_mutex_unlock(&mutex);
  if (wake) loop_wake();
  pthread_mutex_lock(&mutex);
  wait_for_turn(&waiter);
  pthread_mutex_unlock(&mutex);
  pthread_cond_destroy(&waiter.granted_condition);
  holding = true;
  cached_time_forget();
}

/* Gets the lock when the event loop has nothing to do and nobody else wants it; EBUSY otherwise, and
 * on the main thread, which has it by nature. */
int rm_ThreadSafeContextTryLock(RedisModuleCtx *context) {
  pthread_mutex_lock(&mutex);
  bool open = mode == OPEN && !lent;
  bool idle = mode == SERVED && !lent && first_waiter == NULL && atomic_load(&main_is_polling);
  pthread_mutex_unlock(&mutex);
  if (on_main_thread() || holding || (!open && !idle)) {
    errno = EBUSY;
    return REDISMODULE_ERR;
  }
  rm_ThreadSafeContextLock(context);
  return REDISMODULE_OK;
}

void rm_ThreadSafeContextUnlock(RedisModuleCtx *context) {
  (void)context;
  if (!holding) return;
  holding = false;
  pthread_mutex_lock(&mutex);
  atomic_store(&lent, false);
  pthread_cond_signal(&main_condition);
  if (mode == OPEN && first_waiter) pthread_cond_signal(&first_waiter->granted_condition);
  pthread_mutex_unlock(&mutex);
}

static void signal_sleeper(_Atomic bool *sleeps, pthread_cond_t *condition) {
  if (!atomic_load(sleeps)) return;
  pthread_mutex_lock(&mutex);
  pthread_cond_signal(condition);
  pthread_mutex_unlock(&mutex);
}

/* The holder's side of a call: only one thread can be here. */
bool threads_remote_call(HostOperation operation) {
  if (!holding || atomic_load(&mode) != SERVED) return false;
  request.operation = operation;
  atomic_store(&request.done, false);
  atomic_store(&request.pending, true);
  signal_sleeper(&request.main_sleeps, &main_condition);
  int looks = several_processors ? atomic_load(&thread_looks) : 0;
  for (int i = 0; i < looks && !atomic_load(&request.done); i++) pause_briefly();
  learn(&thread_looks, atomic_load(&request.done));
  if (!atomic_load(&request.done)) {
    pthread_mutex_lock(&mutex);
    atomic_store(&request.thread_sleeps, true);
    while (!atomic_load(&request.done)) pthread_cond_wait(&done_condition, &mutex);
    atomic_store(&request.thread_sleeps, false);
    pthread_mutex_unlock(&mutex);
  }
  return request.result;
}

/* Until there is a call to make or the lock is free. */
static void wait_for_request(void) {
  int looks = several_processors ? atomic_load(&main_looks) : 0;
  for (int i = 0; i < looks; i++, pause_briefly()) {
    if (!atomic_load(&request.pending) && atomic_load(&lent)) continue;
    learn(&main_looks, true);
    return;
  }
  learn(&main_looks, false);
  pthread_mutex_lock(&mutex);
  atomic_store(&request.main_sleeps, true);
  while (!atomic_load(&request.pending) && atomic_load(&lent)) pthread_cond_wait(&main_condition, &mutex);
  atomic_store(&request.main_sleeps, false);
  pthread_mutex_unlock(&mutex);
}

/* Called with the mutex held; serves one thread until it unlocks. */
static void serve_one(void) {
  Waiter *waiter = first_waiter;
  unlink_waiter(waiter);
  atomic_store(&lent, true);
  waiter->granted = true;
  pthread_cond_signal(&waiter->granted_condition);
  pthread_mutex_unlock(&mutex);
  while (atomic_load(&lent)) {
    wait_for_request();
    if (!atomic_exchange(&request.pending, false)) continue;
    request.result = host_run_handler(request.operation);
    atomic_store(&request.done, true);
    signal_sleeper(&request.thread_sleeps, &done_condition);
  }
  pthread_mutex_lock(&mutex);
}

/* Serves those who wait now. Who comes later waits for the next turn of the event loop, so that
 * threads cannot starve the clients. */
void threads_serve(void) {
  pthread_mutex_lock(&mutex);
  for (int turns = waiter_count; turns > 0 && first_waiter && mode == SERVED; turns--) serve_one();
  bool more = first_waiter != NULL && mode == SERVED;
  pthread_mutex_unlock(&mutex);
  if (more) loop_wake();
}

/* Without a blocked client the context is the module's that runs on this thread; on a thread of a
 * module's own nobody knows whose that is. */
RedisModuleCtx *rm_GetThreadSafeContext(RedisModuleBlockedClient *blocked) {
  Module *module = blocked ? blocked_module(blocked) : (Module *)running.module;
  RedisModuleCtx *context = context_new(module, CONTEXT_THREAD);
  if (blocked) {
    context->blocked = blocked;
    context->reply = blocked_reply(blocked);
    context->caller = blocked_caller(blocked);
    blocked_retain(blocked);
  }
  if (context->module) atomic_fetch_add(&context->module->thread_contexts, 1);
  return context;
}

RedisModuleCtx *rm_GetDetachedThreadSafeContext(RedisModuleCtx *context) {
  RedisModuleCtx *detached = context_new(context->module, CONTEXT_THREAD);
  detached->caller.db = context->caller.db;
  if (detached->module) atomic_fetch_add(&detached->module->thread_contexts, 1);
  return detached;
}

void rm_FreeThreadSafeContext(RedisModuleCtx *context) {
  if (context == NULL) return;
  RedisModuleBlockedClient *blocked = context->blocked;
  if (context->module) atomic_fetch_sub(&context->module->thread_contexts, 1);
  context_free(context);
  if (blocked) blocked_release(blocked);
}

/* The server says when it wants to be asked again: until then a module may call this as often as it
 * likes. Whoever is served meanwhile does not let others in. */
void rm_Yield(RedisModuleCtx *context, int flags, const char *busy_reply) {
  static bool yielding;
  if (!holds_lock() || in_forked_child || yielding) return;
  uint64_t now_us = rm_MonotonicMicroseconds();
  if (now_us < context->next_yield_us) return;
  yielding = true;
  /* Other clients may begin to watch keys meanwhile. */
  context->caller.flags |= CALLER_CHANGES_WANTED;
  HostFrame frame = host_begin();
  host_number((flags & REDISMODULE_YIELD_FLAG_CLIENTS) != 0);
  host_number(context->started_us ? (double)(now_us - context->started_us) : -1);
  host_number(busy_reply != NULL);
  host_text(busy_reply ? busy_reply : "");
  if (host_call(HOST_yield)) context->next_yield_us = now_us + (uint64_t)slots[0];
  host_end(frame);
  yielding = false;
}
