/* Logging from any thread, time and random numbers. */

#include "bridge.h"

#include <time.h>
#include <unistd.h>
#include <sys/random.h>

typedef struct Line {
  int module;
  char *level;
  char *text;
} Line;

static void send(int module, const char *level, const char *text) {
  HostFrame frame = host_begin();
  host_number(module);
  host_text(level);
  host_text(text);
  if (!host_call(HOST_log)) fprintf(stderr, "%s\n", text);
  host_end(frame);
}

static void send_later(void *data) {
  Line *line = data;
  send(line->module, line->level, line->text);
  free(line->level);
  free(line->text);
  free(line);
}

/* A thread without the lock leaves its line for the main thread. */
void log_line(const Module *module, const char *level, const char *text) {
  int number = module ? module->number : 0;
  if (in_forked_child) {
    fprintf(stderr, "%s\n", text);
  } else if (holds_lock()) {
    send(number, level, text);
  } else {
    Line *line = must_alloc(sizeof *line);
    *line = (Line){number, must_strdup(level), must_strdup(text)};
    post(send_later, line);
  }
}

void log_vformat(const Module *module, const char *level, const char *format, va_list args) {
  Buffer text = {0};
  buffer_vformat(&text, format, args);
  buffer_byte(&text, '\0');
  log_line(module, level, text.data);
  buffer_free(&text);
}

void log_format(const Module *module, const char *level, const char *format, ...) {
  va_list args;
  va_start(args, format);
  log_vformat(module, level, format, args);
  va_end(args);
}

/* `context` may be NULL. An unknown level is verbose. */
void rm_Log(RedisModuleCtx *context, const char *level, const char *format, ...) {
  va_list args;
  va_start(args, format);
  log_vformat(context ? context->module : NULL, level, format, args);
  va_end(args);
}

/* The end of the process, with the crash report that comes with abort(). */
void rm__Assert(const char *expression, const char *file, int line) {
  fprintf(stderr, "Assertion failed in a module: %s, at %s:%d\n", expression, file, line);
  abort();
}

void rm_LatencyAddSample(const char *event, mstime_t milliseconds) {
  HostFrame frame = host_begin();
  host_text(event);
  host_number((double)milliseconds);
  host_call(HOST_latencySample);
  host_end(frame);
}

static _Atomic long long cached_time; /* 0: to be read from the clock */

static long long microseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (long long)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

mstime_t rm_Milliseconds(void) { return microseconds(CLOCK_REALTIME) / 1000; }

ustime_t rm_Microseconds(void) { return microseconds(CLOCK_REALTIME); }

/* The same from the start of what the server runs to its end, notifications and called commands included. */
ustime_t rm_CachedMicroseconds(void) {
  long long cached = atomic_load_explicit(&cached_time, memory_order_relaxed);
  if (cached != 0) return cached;
  cached = microseconds(CLOCK_REALTIME);
  atomic_store_explicit(&cached_time, cached, memory_order_relaxed);
  return cached;
}

void cached_time_forget(void) { atomic_store_explicit(&cached_time, 0, memory_order_relaxed); }

uint64_t rm_MonotonicMicroseconds(void) { return (uint64_t)microseconds(CLOCK_MONOTONIC); }

void rm_GetRandomBytes(unsigned char *bytes, size_t length) {
  /* The system call gives at most 256 at a time. */
  while (length > 0) {
    size_t part = length < 256 ? length : 256;
    if (getentropy(bytes, part) != 0) abort();
    bytes += part;
    length -= part;
  }
}

void rm_GetRandomHexChars(char *text, size_t length) {
  rm_GetRandomBytes((unsigned char *)text, length);
  for (size_t i = 0; i < length; i++) text[i] = "0123456789abcdef"[text[i] & 15];
}
