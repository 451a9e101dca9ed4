/* The report of a fault: which module was running what, and where. Written with nothing but system
 * calls and backtrace(), then the fault takes its course. */

#include "bridge.h"

#include <signal.h>
#include <unistd.h>

#if __has_include(<execinfo.h>)
#include <execinfo.h>
#else
/* musl has none. */
static int backtrace(void **frames, int count) { return (void)frames, (void)count, 0; }
static void backtrace_symbols_fd(void **frames, int count, int fd) { (void)frames, (void)count, (void)fd; }
#endif

enum { FRAMES = 64, ALTERNATE_STACK = 64 * 1024 };

__thread Running running;

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
enum { SIGNAL_COUNT = sizeof fatal_signals / sizeof fatal_signals[0] };
static struct sigaction previous[SIGNAL_COUNT];
static bool installed;
static pthread_t main_thread;

Running running_enter(const Module *module, const char *what) {
  Running before = running;
  if (before.what == NULL && handler_depth == 0) cached_time_forget();
  running = (Running){module, what};
  return before;
}

static void say(const char *text) {
  size_t length = strlen(text);
  while (length > 0) {
    ssize_t written = write(STDERR_FILENO, text, length);
    if (written <= 0) return;
    text += written;
    length -= (size_t)written;
  }
}

static const char *signal_name(int number) {
  switch (number) {
  case SIGSEGV: return "SIGSEGV";
  case SIGBUS: return "SIGBUS";
  case SIGFPE: return "SIGFPE";
  case SIGILL: return "SIGILL";
  default: return "SIGABRT";
  }
}

static void say_address(const void *address) {
  char text[19] = "0x";
  uintptr_t value = (uintptr_t)address;
  for (int i = 0; i < 16; i++) text[2 + i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
  text[18] = '\0';
  say(text);
}

static void report(int number, siginfo_t *information) {
  say("\n=== MODIS CRASH REPORT ===\nSignal: ");
  say(signal_name(number));
  if (number == SIGSEGV || number == SIGBUS) {
    say(" at address ");
    say_address(information->si_addr);
  }
  say("\nModule: ");
  say(running.module && running.module->name ? running.module->name : "none on this thread");
  say("\nRunning: ");
  say(running.what                                 ? running.what
      : pthread_equal(pthread_self(), main_thread) ? "nothing"
                                                   : "a thread of its own");
  say("\nStack:\n");
  void *frames[FRAMES];
  backtrace_symbols_fd(frames, backtrace(frames, FRAMES), STDERR_FILENO);
  say("=== END OF CRASH REPORT ===\n");
}

/* Node catches faults too: those of WebAssembly it can handle. Only what happens inside a module, or
 * on a thread that is not Node's own, is reported here; everything goes on to whoever was before. */
static void on_fault(int number, siginfo_t *information, void *context) {
  bool ours = running.module || !pthread_equal(pthread_self(), main_thread);
  int index = 0;
  while (fatal_signals[index] != number) index++;
  const struct sigaction *before = &previous[index];
  if (!ours && (before->sa_flags & SA_SIGINFO) && before->sa_sigaction) {
    before->sa_sigaction(number, information, context);
    return;
  }
  if (ours) report(number, information);
  signal(number, SIG_DFL);
  /* A fault happens again on return; a signal sent by someone, abort() included, has to be sent again. */
  if (information->si_code <= 0) raise(number);
}

void crash_install(void) {
  if (installed) return;
  installed = true;
  main_thread = pthread_self();
  /* backtrace() allocates the first time: not in the handler. */
  void *frame;
  backtrace(&frame, 1);
  stack_t current;
  if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) {
    stack_t alternate = {.ss_sp = must_alloc(ALTERNATE_STACK), .ss_size = ALTERNATE_STACK};
    sigaltstack(&alternate, NULL);
  }
  for (int i = 0; i < SIGNAL_COUNT; i++) {
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(fatal_signals[i], &action, &previous[i]);
  }
}
