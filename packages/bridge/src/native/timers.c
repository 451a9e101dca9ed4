/* Timers of modules: one handle of the event loop each. Their numbers are never used twice. */

#include "environment.h"

typedef struct Timer {
  uv_timer_t handle;
  uint64_t number;
  RedisModuleTimerProc function;
  void *data;
  Module *module; /* NULL for a context of no known module */
  int db;
  uint64_t due_us; /* by the monotonic clock */
} Timer;

static Table timers;
static uint64_t next_number = 1;

static void on_closed(uv_handle_t *handle) { free(handle->data); }

static void timer_remove(Timer *timer) {
  table_set(&timers, timer->number, NULL);
  if (timer->module) timer->module->timers--;
  uv_close((uv_handle_t *)&timer->handle, on_closed);
}

static void timer_run(void *data) {
  Timer *timer = data;
  RedisModuleCtx context;
  context_start(&context, timer->module, 0);
  context.caller.db = timer->db;
  Running before = running_enter(timer->module, "a timer");
  RedisModuleTimerProc function = timer->function;
  void *argument = timer->data;
  /* Gone before it runs: a timer that asks about itself, or stops itself, finds nothing. */
  timer_remove(timer);
  function(&context, argument);
  context_finish(&context);
  running_leave(before);
  run_post_notification_jobs(false);
}

static void on_timer(uv_timer_t *handle) { run_from_loop(timer_run, handle->data); }

RedisModuleTimerID rm_CreateTimer(RedisModuleCtx *context, mstime_t period, RedisModuleTimerProc function,
                                  void *data) {
  if (event_loop == NULL || in_forked_child) return 0;
  Timer *timer = must_calloc(sizeof *timer);
  timer->number = next_number++;
  timer->function = function;
  timer->data = data;
  timer->module = context->module;
  timer->db = context->caller.db;
  timer->handle.data = timer;
  timer->due_us = rm_MonotonicMicroseconds() + (period > 0 ? (uint64_t)period : 0) * 1000;
  uv_timer_init(event_loop, &timer->handle);
  /* The loop's clock stands still while a command runs. */
  uv_update_time(event_loop);
  uv_timer_start(&timer->handle, on_timer, period > 0 ? (uint64_t)period : 0, 0);
  uv_unref((uv_handle_t *)&timer->handle);
  table_set(&timers, timer->number, timer);
  if (timer->module) timer->module->timers++;
  return timer->number;
}

static Timer *own_timer(RedisModuleCtx *context, RedisModuleTimerID number) {
  Timer *timer = table_get(&timers, number);
  return timer && timer->module == context->module ? timer : NULL;
}

/* Fails when the timer does not exist, has run, or belongs to another module. */
int rm_StopTimer(RedisModuleCtx *context, RedisModuleTimerID number, void **data) {
  Timer *timer = own_timer(context, number);
  if (timer == NULL) return REDISMODULE_ERR;
  if (data) *data = timer->data;
  timer_remove(timer);
  return REDISMODULE_OK;
}

int rm_GetTimerInfo(RedisModuleCtx *context, RedisModuleTimerID number, uint64_t *remaining, void **data) {
  Timer *timer = own_timer(context, number);
  if (timer == NULL) return REDISMODULE_ERR;
  /* In whole milliseconds: of a period some is always gone when a module asks. */
  uint64_t now_us = rm_MonotonicMicroseconds();
  if (remaining) *remaining = timer->due_us > now_us ? (timer->due_us - now_us) / 1000 : 0;
  if (data) *data = timer->data;
  return REDISMODULE_OK;
}

void timers_drop(Module *module) {
  /* Removing moves entries of the table: start over after each. */
  for (size_t i = 0; i < timers.capacity; i++) {
    Timer *timer = timers.values[i];
    if (timer == NULL || timer->module != module) continue;
    timer_remove(timer);
    i = (size_t)-1;
  }
}
