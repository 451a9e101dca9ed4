/* Blocked clients, threads and the lock, timers, the event loop, child processes. */

#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

static void start(void *(*function)(void *), void *data) {
  pthread_t thread;
  pthread_create(&thread, NULL, function, data);
  pthread_detach(thread);
}

static RedisModuleString *text(RedisModuleCtx *ctx, const char *bytes) {
  return RedisModule_CreateString(ctx, bytes, strlen(bytes));
}

/* A thread that uses the keyspace under the lock and replies itself. */
static void *work(void *data) {
  RedisModuleBlockedClient *blocked = data;
  RedisModuleCtx *ctx = RedisModule_GetThreadSafeContext(blocked);
  RedisModule_AutoMemory(ctx);
  RedisModule_BlockedClientMeasureTimeStart(blocked);
  usleep(2000);
  RedisModule_BlockedClientMeasureTimeEnd(blocked);
  RedisModule_ThreadSafeContextLock(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, text(ctx, "from-thread"), REDISMODULE_WRITE);
  RedisModule_HashSet(key, REDISMODULE_HASH_CFIELDS, "field", text(ctx, "value"), NULL);
  RedisModule_CloseKey(key);
  RedisModuleCallReply *reply = RedisModule_Call(ctx, "hgetall", "c", "from-thread");
  RedisModule_ReplyWithArray(ctx, 2);
  RedisModule_ReplyWithCallReply(ctx, reply);
  RedisModule_FreeCallReply(reply);
  RedisModule_ThreadSafeContextUnlock(ctx);
  RedisModule_ReplyWithLongLong(ctx, (long long)RedisModule_GetClientId(ctx));
  RedisModule_UnblockClient(blocked, NULL);
  RedisModule_FreeThreadSafeContext(ctx);
  return NULL;
}

COMMAND(background) {
  UNUSED_ARGUMENTS();
  start(work, RedisModule_BlockClient(ctx, NULL, NULL, NULL, 0));
  return REDISMODULE_OK;
}

/* A reply callback that gets the thread's data and the command's arguments. */
static atomic_int data_freed;

static void free_data(RedisModuleCtx *ctx, void *data) {
  (void)ctx;
  RedisModule_Free(data);
  atomic_fetch_add(&data_freed, 1);
}

static int reply_with_data(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  if (!RedisModule_IsBlockedReplyRequest(ctx) || RedisModule_IsBlockedTimeoutRequest(ctx))
    return RedisModule_ReplyWithError(ctx, "ERR not a reply");
  if (RedisModule_GetBlockedClientHandle(ctx) == NULL)
    return RedisModule_ReplyWithError(ctx, "ERR no handle");
  RedisModule_ReplyWithArray(ctx, 2);
  RedisModule_ReplyWithString(ctx, argv[argc - 1]);
  return RedisModule_ReplyWithCString(ctx, RedisModule_GetBlockedClientPrivateData(ctx));
}

static int reply_with_timeout(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  UNUSED_ARGUMENTS();
  if (!RedisModule_IsBlockedTimeoutRequest(ctx)) return RedisModule_ReplyWithError(ctx, "ERR not a timeout");
  return RedisModule_ReplyWithSimpleString(ctx, "too late");
}

static RedisModuleBlockedClient *held;
static atomic_int gone;

static void on_gone(RedisModuleCtx *ctx, RedisModuleBlockedClient *blocked) {
  atomic_fetch_add(&gone, RedisModule_BlockedClientDisconnected(ctx) ? 1 : 100);
  RedisModule_UnblockClient(blocked, RedisModule_Strdup("gone"));
}

/* threads.hold timeout word */
COMMAND(hold) {
  long long timeout;
  CHECK(argc == 3 && RedisModule_StringToLongLong(argv[1], &timeout) == REDISMODULE_OK);
  held = RedisModule_BlockClient(ctx, reply_with_data, reply_with_timeout, free_data, timeout);
  RedisModule_SetDisconnectCallback(held, on_gone);
  return REDISMODULE_OK;
}

COMMAND(let_go) {
  (void)argc;
  RedisModule_UnblockClient(held, RedisModule_Strdup(RedisModule_StringPtrLen(argv[1], NULL)));
  return done(ctx);
}

COMMAND(abort_block) {
  UNUSED_ARGUMENTS();
  RedisModuleBlockedClient *blocked = RedisModule_BlockClient(ctx, reply_with_data, NULL, free_data, 0);
  if (RedisModule_BlockClientSetPrivateData) {
    RedisModule_BlockClientSetPrivateData(blocked, ctx);
    CHECK(RedisModule_BlockClientGetPrivateData(blocked) == ctx);
  }
  RedisModule_AbortBlock(blocked);
  return RedisModule_ReplyWithSimpleString(ctx, "aborted");
}

COMMAND(counters) {
  UNUSED_ARGUMENTS();
  RedisModule_ReplyWithArray(ctx, 2);
  RedisModule_ReplyWithLongLong(ctx, data_freed);
  return RedisModule_ReplyWithLongLong(ctx, gone);
}

/* Blocked on keys: served when the key holds a list that has an element. */
static int serve(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  UNUSED_ARGUMENTS();
  RedisModuleString *name = RedisModule_GetBlockedClientReadyKey(ctx);
  RedisModuleKey *key = RedisModule_OpenKey(ctx, name, REDISMODULE_READ | REDISMODULE_WRITE);
  RedisModuleString *element = RedisModule_ListPop(key, REDISMODULE_LIST_HEAD);
  RedisModule_CloseKey(key);
  if (element == NULL) return REDISMODULE_ERR;
  RedisModule_ReplyWithString(ctx, element);
  RedisModule_FreeString(ctx, element);
  return REDISMODULE_OK;
}

static RedisModuleBlockedClient *waiting;

/* threads.wait timeout key [key ...] */
COMMAND(wait_for_keys) {
  long long timeout;
  RedisModule_StringToLongLong(argv[1], &timeout);
  waiting =
      RedisModule_BlockClientOnKeys(ctx, serve, timeout < 0 ? NULL : reply_with_timeout, free_data,
                                    timeout < 0 ? 0 : timeout, argv + 2, argc - 2, RedisModule_Strdup("x"));
  return REDISMODULE_OK;
}

COMMAND(give_up) {
  UNUSED_ARGUMENTS();
  return RedisModule_ReplyWithLongLong(ctx, RedisModule_UnblockClient(waiting, NULL));
}

COMMAND(push) {
  (void)argc;
  RedisModuleKey *key = RedisModule_OpenKey(ctx, argv[1], REDISMODULE_WRITE);
  if (!same(argv[2], "")) RedisModule_ListPush(key, REDISMODULE_LIST_TAIL, argv[2]);
  RedisModule_CloseKey(key);
  RedisModule_SignalKeyAsReady(ctx, argv[1]);
  return done(ctx);
}

/* Many threads at once, each adding to one counter under the lock. */
enum { ROUNDS = 50 };
static atomic_int running_threads;

static void *count_up(void *data) {
  RedisModuleBlockedClient *blocked = data;
  RedisModuleCtx *ctx = RedisModule_GetThreadSafeContext(blocked);
  RedisModuleString *name = text(NULL, "counter");
  for (int i = 0; i < ROUNDS; i++) {
    RedisModule_ThreadSafeContextLock(ctx);
    RedisModuleKey *key = RedisModule_OpenKey(ctx, name, REDISMODULE_READ | REDISMODULE_WRITE);
    size_t length;
    const char *bytes = RedisModule_StringDMA(key, &length, REDISMODULE_READ);
    long long value = length ? strtoll(bytes, NULL, 10) : 0;
    RedisModuleString *next = RedisModule_CreateStringFromLongLong(NULL, value + 1);
    RedisModule_StringSet(key, next);
    RedisModule_FreeString(NULL, next);
    RedisModule_CloseKey(key);
    RedisModule_ThreadSafeContextUnlock(ctx);
    if (i % 10 == 0) usleep(100);
  }
  RedisModule_FreeString(NULL, name);
  if (atomic_fetch_sub(&running_threads, 1) == 1) {
    RedisModule_ReplyWithSimpleString(ctx, "counted");
    RedisModule_UnblockClient(blocked, NULL);
  }
  RedisModule_FreeThreadSafeContext(ctx);
  return NULL;
}

COMMAND(many) {
  (void)argc;
  long long count;
  RedisModule_StringToLongLong(argv[1], &count);
  RedisModuleBlockedClient *blocked = RedisModule_BlockClient(ctx, NULL, NULL, NULL, 0);
  atomic_store(&running_threads, (int)count);
  for (long long i = 0; i < count; i++) start(count_up, blocked);
  return REDISMODULE_OK;
}

/* What a thread may not do without the lock fails, and what it may do works. */
static void *lawless(void *data) {
  RedisModuleBlockedClient *blocked = data;
  RedisModuleCtx *ctx = RedisModule_GetThreadSafeContext(blocked);
  RedisModuleString *name = text(NULL, "lawless");
  RedisModule_Log(ctx, "notice", "from a thread without the lock");
  RedisModuleKey *key = RedisModule_OpenKey(ctx, name, REDISMODULE_READ);
  RedisModuleCallReply *reply = RedisModule_Call(ctx, "ping", "");
  RedisModule_ReplyWithArray(ctx, 2);
  RedisModule_ReplyWithBool(ctx, key == NULL);
  RedisModule_ReplyWithBool(ctx, reply == NULL);
  RedisModule_FreeString(NULL, name);
  RedisModule_UnblockClient(blocked, NULL);
  RedisModule_FreeThreadSafeContext(ctx);
  return NULL;
}

COMMAND(without_lock) {
  UNUSED_ARGUMENTS();
  start(lawless, RedisModule_BlockClient(ctx, NULL, NULL, NULL, 0));
  return REDISMODULE_OK;
}

/* The main thread holds the lock by nature; another may get it while nothing happens. */
static void *try_to_lock(void *data) {
  RedisModuleBlockedClient *blocked = data;
  RedisModuleCtx *ctx = RedisModule_GetThreadSafeContext(blocked);
  int locked = REDISMODULE_ERR;
  for (int i = 0; i < 2000 && locked == REDISMODULE_ERR; i++) {
    locked = RedisModule_ThreadSafeContextTryLock(ctx);
    if (locked == REDISMODULE_ERR) usleep(1000);
  }
  if (locked == REDISMODULE_OK) {
    RedisModuleCallReply *reply = RedisModule_Call(ctx, "ping", "");
    RedisModule_ReplyWithCallReply(ctx, reply);
    RedisModule_FreeCallReply(reply);
    RedisModule_Yield(ctx, REDISMODULE_YIELD_FLAG_NONE, "busy in a thread");
    RedisModule_ThreadSafeContextUnlock(ctx);
  } else {
    RedisModule_ReplyWithError(ctx, "ERR never free");
  }
  RedisModule_UnblockClient(blocked, NULL);
  RedisModule_FreeThreadSafeContext(ctx);
  return NULL;
}

COMMAND(try_lock) {
  UNUSED_ARGUMENTS();
  CHECK(RedisModule_ThreadSafeContextTryLock(ctx) == REDISMODULE_ERR && errno == EBUSY);
  start(try_to_lock, RedisModule_BlockClient(ctx, NULL, NULL, NULL, 0));
  return REDISMODULE_OK;
}

/* Timers */
static int ticks;
static RedisModuleTimerID chained;

static void on_tick(RedisModuleCtx *ctx, void *data) {
  ticks++;
  RedisModule_FreeCallReply(RedisModule_Call(ctx, "set", "cl", "ticks", (long long)ticks));
  if (RedisModule_StopTimer(ctx, chained, NULL) == REDISMODULE_OK) ticks += 1000;
  if (data && ticks < 3) chained = RedisModule_CreateTimer(ctx, 5, on_tick, data);
}

COMMAND(timers) {
  UNUSED_ARGUMENTS();
  uint64_t remaining;
  void *data;
  RedisModuleTimerID id = RedisModule_CreateTimer(ctx, 60000, on_tick, &ticks);
  CHECK(RedisModule_GetTimerInfo(ctx, id, &remaining, &data) == REDISMODULE_OK && data == &ticks);
  CHECK(remaining > 59000 && remaining <= 60000);
  CHECK(RedisModule_StopTimer(ctx, id, &data) == REDISMODULE_OK &&
        RedisModule_StopTimer(ctx, id, NULL) == REDISMODULE_ERR);
  CHECK(RedisModule_GetTimerInfo(ctx, id, NULL, NULL) == REDISMODULE_ERR);
  chained = RedisModule_CreateTimer(ctx, 5, on_tick, &ticks);
  return done(ctx);
}

/* Contexts that belong to no blocked client, which modules make where a command's is not at hand. */
static atomic_int loose_ticks;

static void on_loose_tick(RedisModuleCtx *ctx, void *data) {
  (void)data;
  RedisModule_FreeCallReply(RedisModule_Call(ctx, "ping", ""));
  atomic_fetch_add(&loose_ticks, 1);
}

static void *start_loose_timer(void *data) {
  RedisModuleCtx *ctx = RedisModule_GetThreadSafeContext(NULL);
  RedisModule_ThreadSafeContextLock(ctx);
  RedisModule_SetModuleOptions(ctx, 0);
  RedisModuleTimerID id = RedisModule_CreateTimer(ctx, 60000, on_loose_tick, NULL);
  if (RedisModule_StopTimer(ctx, id, NULL) == REDISMODULE_OK) RedisModule_CreateTimer(ctx, 1, on_loose_tick, NULL);
  RedisModule_ThreadSafeContextUnlock(ctx);
  RedisModule_FreeThreadSafeContext(ctx);
  return data;
}

COMMAND(loose_timers) {
  UNUSED_ARGUMENTS();
  RedisModuleCtx *loose = RedisModule_GetThreadSafeContext(NULL);
  RedisModuleTimerID id = RedisModule_CreateTimer(loose, 1, on_loose_tick, NULL);
  RedisModule_FreeThreadSafeContext(loose);
  CHECK(RedisModule_GetTimerInfo(ctx, id, NULL, NULL) == REDISMODULE_OK);
  start(start_loose_timer, NULL);
  return done(ctx);
}

COMMAND(loose_ticks_so_far) {
  UNUSED_ARGUMENTS();
  return RedisModule_ReplyWithLongLong(ctx, atomic_load(&loose_ticks));
}

/* The event loop */
static int pipe_ends[2];

static void on_readable(int fd, void *data, int mask) {
  char byte;
  if (mask == REDISMODULE_EVENTLOOP_READABLE && read(fd, &byte, 1) == 1) *(char *)data = byte;
  RedisModule_EventLoopDel(fd, REDISMODULE_EVENTLOOP_READABLE);
}

static char received;
static atomic_int shots;

static void on_shot(void *data) { atomic_fetch_add(&shots, *(int *)data); }

static void *shoot(void *data) {
  RedisModule_EventLoopAddOneShot(on_shot, data);
  return NULL;
}

COMMAND(event_loop) {
  UNUSED_ARGUMENTS();
  static int ten = 10;
  CHECK(RedisModule_EventLoopAdd(0, 8, on_readable, NULL) == REDISMODULE_ERR && errno == EINVAL);
  CHECK(RedisModule_EventLoopAdd(-1, REDISMODULE_EVENTLOOP_READABLE, on_readable, NULL) == REDISMODULE_ERR &&
        errno == ERANGE);
  CHECK(RedisModule_EventLoopAddOneShot(NULL, NULL) == REDISMODULE_ERR);
  CHECK(pipe(pipe_ends) == 0);
  CHECK(RedisModule_EventLoopAdd(pipe_ends[0], REDISMODULE_EVENTLOOP_READABLE, on_readable, &received) ==
        REDISMODULE_OK);
  CHECK(write(pipe_ends[1], "!", 1) == 1);
  CHECK(RedisModule_EventLoopAddOneShot(on_shot, &ten) == REDISMODULE_OK);
  start(shoot, &ten);
  return done(ctx);
}

COMMAND(event_loop_result) {
  UNUSED_ARGUMENTS();
  CHECK(received == '!' && shots == 20);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  return done(ctx);
}

/* Descriptors that are closed while they are watched. Redis forgets them without a word. */
static atomic_int reads;

static void on_byte(int fd, void *data, int mask) {
  (void)data;
  char byte;
  if (mask == REDISMODULE_EVENTLOOP_READABLE && read(fd, &byte, 1) == 1) atomic_fetch_add(&reads, 1);
}

static int watched[2], closed_at_once[2], not_open = 1000;

COMMAND(close_watched) {
  UNUSED_ARGUMENTS();
  const int both = REDISMODULE_EVENTLOOP_READABLE | REDISMODULE_EVENTLOOP_WRITABLE;
  CHECK(RedisModule_EventLoopAdd(not_open, REDISMODULE_EVENTLOOP_READABLE, on_byte, NULL) == REDISMODULE_ERR &&
        errno == EBADF);
  CHECK(pipe(watched) == 0 && pipe(closed_at_once) == 0);
  CHECK(RedisModule_EventLoopAdd(watched[0], REDISMODULE_EVENTLOOP_READABLE, on_byte, NULL) == REDISMODULE_OK);
  CHECK(RedisModule_EventLoopAdd(closed_at_once[0], REDISMODULE_EVENTLOOP_READABLE, on_byte, NULL) ==
        REDISMODULE_OK);
  CHECK(write(watched[1], "!", 1) == 1 && write(closed_at_once[1], "!", 1) == 1);
  CHECK(close(closed_at_once[0]) == 0 && close(closed_at_once[1]) == 0);
  CHECK(RedisModule_EventLoopDel(closed_at_once[0], both) == REDISMODULE_OK);
  return done(ctx);
}

/* Once the loop has seen it: closed, changed while closed, and another under the same number. */
COMMAND(reuse_watched) {
  UNUSED_ARGUMENTS();
  if (atomic_load(&reads) < 1) return RedisModule_ReplyWithError(ctx, "ERR not yet");
  int number = watched[0];
  CHECK(close(watched[0]) == 0 && close(watched[1]) == 0);
  CHECK(RedisModule_EventLoopAdd(number, REDISMODULE_EVENTLOOP_WRITABLE, on_byte, NULL) == REDISMODULE_ERR);
  CHECK(pipe(watched) == 0 && (watched[0] == number || dup2(watched[0], number) == number));
  CHECK(RedisModule_EventLoopAdd(number, REDISMODULE_EVENTLOOP_READABLE, on_byte, NULL) == REDISMODULE_OK);
  CHECK(write(watched[1], "!", 1) == 1);
  return done(ctx);
}

COMMAND(reads_so_far) {
  UNUSED_ARGUMENTS();
  return RedisModule_ReplyWithLongLong(ctx, atomic_load(&reads));
}

/* Child processes */
static int child_code = -1, child_signal = -1, to_parent[2];

static void on_child(int code, int by_signal, void *data) {
  (void)data;
  child_code = code;
  child_signal = by_signal;
}

COMMAND(fork_child) {
  (void)argc;
  CHECK(pipe(to_parent) == 0);
  int linger = same(argv[1], "linger");
  int pid = RedisModule_Fork(on_child, NULL);
  if (pid == 0) {
    /* No keyspace here, but memory and files. */
    int flags = RedisModule_GetContextFlags(ctx);
    char answer =
        (flags & REDISMODULE_CTX_FLAGS_IS_CHILD) && RedisModule_Call(ctx, "ping", "") == NULL ? 'y' : 'n';
    RedisModule_SendChildHeartbeat(0.5);
    if (write(to_parent[1], &answer, 1) != 1) answer = 'n';
    while (linger) usleep(1000);
    RedisModule_ExitFromChild(3);
  }
  CHECK(pid > 0 && RedisModule_Fork(on_child, NULL) == -1);
  char answer = 'n';
  CHECK(read(to_parent[0], &answer, 1) == 1 && answer == 'y');
  close(to_parent[0]);
  close(to_parent[1]);
  if (linger)
    CHECK(RedisModule_KillForkChild(pid) == REDISMODULE_OK &&
          RedisModule_KillForkChild(pid) == REDISMODULE_ERR);
  return done(ctx);
}

COMMAND(fork_result) {
  UNUSED_ARGUMENTS();
  RedisModule_ReplyWithArray(ctx, 2);
  RedisModule_ReplyWithLongLong(ctx, child_code);
  return RedisModule_ReplyWithLongLong(ctx, child_signal);
}

COMMAND(yield) {
  UNUSED_ARGUMENTS();
  RedisModule_Yield(ctx, REDISMODULE_YIELD_FLAG_CLIENTS, "busy");
  return done(ctx);
}

/* A thread that takes the lock again and again until the module is unloaded, which waits for it. */
static atomic_bool stopping;
static pthread_t restless;
static bool restless_started;

static void *never_rest(void *data) {
  RedisModuleCtx *ctx = data;
  while (!atomic_load(&stopping)) {
    RedisModule_ThreadSafeContextLock(ctx);
    RedisModuleCallReply *reply = RedisModule_Call(ctx, "ping", "");
    if (reply) RedisModule_FreeCallReply(reply);
    RedisModule_ThreadSafeContextUnlock(ctx);
  }
  RedisModule_FreeThreadSafeContext(ctx);
  return NULL;
}

COMMAND(start_restless) {
  UNUSED_ARGUMENTS();
  restless_started =
      pthread_create(&restless, NULL, never_rest, RedisModule_GetDetachedThreadSafeContext(ctx)) == 0;
  return done(ctx);
}

int RedisModule_OnUnload(RedisModuleCtx *ctx) {
  (void)ctx;
  atomic_store(&stopping, true);
  if (restless_started) pthread_join(restless, NULL);
  return REDISMODULE_OK;
}

/* threads.crash: a fault in a command; threads.crash-thread: in a thread. */
COMMAND(crash) {
  UNUSED_ARGUMENTS();
  volatile int *nowhere = (int *)16;
  *nowhere = 1;
  return done(ctx);
}

static void *crash_in_thread(void *data) {
  (void)data;
  abort();
}

COMMAND(crash_thread) {
  UNUSED_ARGUMENTS();
  start(crash_in_thread, NULL);
  sleep(5);
  return done(ctx);
}

COMMAND(failed_assertion) {
  UNUSED_ARGUMENTS();
  RedisModule_Assert(argc == 100);
  return done(ctx);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  UNUSED_ARGUMENTS();
  if (RedisModule_Init(ctx, "threads", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  REGISTER("threads.background", background, "write", 0, 0, 0);
  REGISTER("threads.hold", hold, "blocking", 0, 0, 0);
  REGISTER("threads.let-go", let_go, "", 0, 0, 0);
  REGISTER("threads.abort", abort_block, "", 0, 0, 0);
  REGISTER("threads.counters", counters, "", 0, 0, 0);
  REGISTER("threads.wait", wait_for_keys, "write blocking", 2, -1, 1);
  REGISTER("threads.give-up", give_up, "", 0, 0, 0);
  REGISTER("threads.push", push, "write", 1, 1, 1);
  REGISTER("threads.many", many, "write", 0, 0, 0);
  REGISTER("threads.without-lock", without_lock, "", 0, 0, 0);
  REGISTER("threads.try-lock", try_lock, "", 0, 0, 0);
  REGISTER("threads.loose-timers", loose_timers, "", 0, 0, 0);
  REGISTER("threads.loose-ticks", loose_ticks_so_far, "", 0, 0, 0);
  REGISTER("threads.timers", timers, "write", 0, 0, 0);
  REGISTER("threads.event-loop", event_loop, "", 0, 0, 0);
  REGISTER("threads.event-loop-result", event_loop_result, "", 0, 0, 0);
  REGISTER("threads.close-watched", close_watched, "", 0, 0, 0);
  REGISTER("threads.reuse-watched", reuse_watched, "", 0, 0, 0);
  REGISTER("threads.reads", reads_so_far, "", 0, 0, 0);
  REGISTER("threads.fork", fork_child, "", 0, 0, 0);
  REGISTER("threads.fork-result", fork_result, "", 0, 0, 0);
  REGISTER("threads.yield", yield, "", 0, 0, 0);
  REGISTER("threads.restless", start_restless, "", 0, 0, 0);
  REGISTER("threads.crash", crash, "", 0, 0, 0);
  REGISTER("threads.crash-thread", crash_thread, "", 0, 0, 0);
  REGISTER("threads.assert", failed_assertion, "", 0, 0, 0);
  return REDISMODULE_OK;
}
