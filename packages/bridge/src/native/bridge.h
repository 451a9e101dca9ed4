/* What the files of the bridge share: the structures behind the API's opaque types, and the
 * functions that more than one file needs. Each part names the file that implements it. */

#ifndef MODIS_BRIDGE_H
#define MODIS_BRIDGE_H

#define REDISMODULE_CORE
#include "../../include/redismodule.h"
#include "table.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The implementations of the API: rm_CreateString and so on. */
#define FN(section, tier, since, result, name, parameters) result rm_##name parameters;
#define NO(...)
#include "functions.def"
#undef FN
#undef NO

/* ---- buffer.c: bytes that grow, and JSON for what is registered. ---- */

typedef struct Buffer {
  char *data;
  size_t length;
  size_t capacity;
} Buffer;

void buffer_reserve(Buffer *buffer, size_t extra);
void buffer_append(Buffer *buffer, const void *data, size_t length);
void buffer_text(Buffer *buffer, const char *text);
void buffer_byte(Buffer *buffer, char byte);
void buffer_format(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_vformat(Buffer *buffer, const char *format, va_list args);
void buffer_free(Buffer *buffer);

void json_open(Buffer *json, char bracket);
void json_close(Buffer *json, char bracket);
void json_key(Buffer *json, const char *key);
void json_string(Buffer *json, const char *text); /* NULL becomes null */
void json_bytes(Buffer *json, const char *text, size_t length);
void json_number(Buffer *json, long long number);
void json_boolean(Buffer *json, bool value);

/* ---- memory.c ---- */

void *must_alloc(size_t bytes);
void *must_calloc(size_t bytes);
void *must_realloc(void *pointer, size_t bytes);
char *must_strdup(const char *text);
double memory_held(void); /* bytes that modules hold */
void memory_tell(void);   /* lets JavaScript know of them */

/* ---- numbers.c ---- */

#define NUMBER_TEXT 64
size_t format_signed(char *out, long long value);
size_t format_unsigned(char *out, unsigned long long value);
enum { DOUBLE_DIGITS = 20 };
int double_digits(double value, char *digits, int *exponent); /* grisu.c */
size_t format_double(char *out, double value); /* shortest that reads back the same */
bool parse_signed(const char *text, size_t length, long long *value);
bool parse_unsigned(const char *text, size_t length, unsigned long long *value);
bool parse_double(const char *text, size_t length, double *value);
bool parse_memory(const char *text, size_t length, long long *value);

/* ---- strings.c ---- */

struct RedisModuleString {
  _Atomic int references;
  size_t length;
  size_t capacity;
  char *bytes; /* `inlined`, or allocated once the string has grown; always NUL terminated */
  char inlined[];
};

RedisModuleString *string_new(const char *bytes, size_t length);
RedisModuleString *string_retain(RedisModuleString *string);
void string_release(RedisModuleString *string); /* NULL is fine */

/* ---- modules.c ---- */

typedef struct Command Command;
typedef struct Module Module;

struct Module {
  int number;
  char *name; /* NULL until Init */
  int version;
  int options;
  bool live; /* false once unloaded: callbacks are never called again */
  _Atomic int blocked_clients;
  _Atomic int thread_contexts;
  int timers;
  int types;
  int commands;
  RedisModuleInfoFunc info;
  RedisModuleDefragFunc defrag_start, defrag_end;
  RedisModuleCtx *load_context;
  RedisModuleString **load_arguments;
  int load_argument_count;
  Command *command_list;
  Module *next;
};

extern Module *modules;
Module *module_by_number(int number);
/* Takes away everything a module registered. */
void module_drop(Module *module);
/* Frees what dropped modules left, once nothing refers to them: not while one of them runs. */
void modules_sweep(void);

struct Command {
  int number;
  Module *module;
  char *name; /* `container|sub` for a subcommand */
  Command *parent;
  RedisModuleCmdFunc function;
  bool documented;
  Command *next; /* of the same module */
};

Command *command_by_number(int number);
void commands_drop(Module *module); /* nobody can run them any more */
void commands_free(Module *module);

struct RedisModuleType {
  int number;
  Module *module;
  uint64_t id; /* name and encoding version as RDB files have them */
  char name[10];
  int encoding_version;
  RedisModuleTypeMethods methods;
};

RedisModuleType *type_by_number(int number);
void types_drop(Module *module);

/* ---- contexts.c ---- */

typedef struct Reply Reply;
typedef struct AutoItem AutoItem;
typedef struct PoolBlock PoolBlock;

/* Positions that a command tells when asked for its keys or channels. */
typedef struct Positions {
  int *positions;
  int *flags;
  int count;
  int capacity;
} Positions;

enum {
  CONTEXT_AUTO_MEMORY = 1 << 0,
  CONTEXT_COMMAND = 1 << 1,
  CONTEXT_THREAD = 1 << 2,
  CONTEXT_KEYS_REQUEST = 1 << 3,
  CONTEXT_CHANNELS_REQUEST = 1 << 4,
  CONTEXT_BLOCKED_REPLY = 1 << 5,
  CONTEXT_BLOCKED_TIMEOUT = 1 << 6,
  CONTEXT_BLOCKED_DISCONNECTED = 1 << 7,
  CONTEXT_HEAP = 1 << 8,
};

/* Flags of the caller, as in CallerFlag of host.ts. */
enum {
  CALLER_DENY_BLOCKING = 1 << 0,
  CALLER_MULTI = 1 << 1,
  CALLER_SCRIPT = 1 << 2,
  CALLER_REPLICATED = 1 << 3,
  CALLER_MULTI_DIRTY = 1 << 4,
  CALLER_UNIX_SOCKET = 1 << 5,
  CALLER_CHANGES_WANTED = 1 << 6,
};

/* What a command leaves to be told when it is over, in one crossing: see host.ts. */
typedef struct Aftermath {
  int modified; /* keys signalled as modified */
  bool verbatim; /* the command is to be replicated as it came */
} Aftermath;

typedef struct Caller {
  double client; /* 0: none */
  int db;
  int resp;
  int flags;
} Caller;

struct RedisModuleCtx {
  void *get_api; /* first: modules read it from here */
  Module *module;
  Caller caller;
  int flags;
  int user; /* user number of SetContextUser; 0: the client's own */
  Reply *reply; /* NULL: replies go nowhere */
  AutoItem *auto_items;
  int auto_count;
  int auto_capacity;
  PoolBlock *pool;
  Command *command;
  RedisModuleString **arguments;
  int argument_count;
  Aftermath *aftermath; /* NULL: all is told at once */
  RedisModuleBlockedClient *blocked; /* that this command made, or that this context serves */
  void *blocked_data;
  RedisModuleString *ready_key;
  Positions *positions;
  uint64_t started_us;    /* by the monotonic clock; 0 in a command, whose start the server knows */
  uint64_t next_yield_us; /* before this, Yield does nothing */
};

void context_start(RedisModuleCtx *context, Module *module, int flags);
void context_finish(RedisModuleCtx *context); /* frees what auto memory holds; not the reply */
RedisModuleCtx *context_new(Module *module, int flags);
void context_free(RedisModuleCtx *context); /* NULL is fine */

typedef enum {
  AUTO_STRING,
  AUTO_KEY,
  AUTO_REPLY,
  AUTO_DICT,
  AUTO_INFO,
  AUTO_CONFIG_ITERATOR,
  AUTO_ALLOCATION
} AutoKind;
/* Both do nothing when the context is NULL or does not manage memory. */
void auto_add(RedisModuleCtx *context, AutoKind kind, void *pointer);
bool auto_remove(RedisModuleCtx *context, AutoKind kind, void *pointer);

/* ---- host.c: calls into JavaScript. ----
 *
 *   HostFrame frame = host_begin();
 *   host_number(db);
 *   host_bytes(key, length);
 *   bool ok = host_call(HOST_keyExists);
 *   ... host_result(0) ...
 *   host_end(frame);
 *
 * Results must be read before anything else is called, and only when the call succeeded. It fails
 * when the handler threw, for arguments of 2 GiB, from a thread that does not hold the lock, and in a
 * forked child. host_begin and what follows it must only be used by whoever holds the lock. */

#define OP(name) HOST_##name,
typedef enum HostOperation {
#include "host-operations.def"
  HOST_COUNT
} HostOperation;
#undef OP

typedef struct HostFrame {
  size_t mark;
} HostFrame;

HostFrame host_begin(void);
void host_number(double value);
void host_bytes(const void *bytes, size_t length);
void host_text(const char *text);
void host_string(const RedisModuleString *string);
void host_caller(const Caller *caller);
/* argv as one contiguous run with its offsets. */
void host_arguments(RedisModuleString **arguments, int count);
bool host_call(HostOperation operation);
void host_end(HostFrame frame);
double host_result(int index);
const char *host_output(void);
/* Bytes result at index: its length, or -1 for null; the bytes are at host_output(). */
long long host_output_length(int index);
RedisModuleString *host_output_string(int index); /* NULL for null */
char *host_output_text(int index);                /* NUL terminated, to be freed; NULL for null */
/* For handlers without bytes: the numbers, one operation and the first result. */
double host_ask(HostOperation operation, double failure, int count, ...);

extern bool in_forked_child;

/* ---- threads.c ---- */

bool on_main_thread(void);
bool holds_lock(void);
/* Runs `operation` on the main thread, which serves the thread that holds the lock. */
bool threads_remote_call(HostOperation operation);
void threads_start(void);
/* Between these, the lock is given to threads without the main thread's help, and calls that need
 * JavaScript fail: the main thread is inside the module. */
void threads_open(void);
void threads_close(void);
void threads_serve(void);
void threads_stop(void);
bool threads_waiting(void);
extern _Atomic bool main_is_polling;

/* ---- loop.c: what other threads leave for the main thread. ---- */

typedef void (*PostedFunction)(void *data);
void post(PostedFunction function, void *data);
void loop_wake(void);
bool loop_start(void *env);
void loop_drain(void); /* what is posted now */
/* Calls `function` as the event loop calls JavaScript: with its microtasks afterwards. */
void run_from_loop(PostedFunction function, void *data);

/* ---- replies.c ---- */

typedef struct Postponed {
  size_t offset;
  long length; /* -1 until set */
  char kind;
} Postponed;

struct Reply {
  Buffer bytes;
  int resp;
  Postponed *postponed;
  int postponed_count;
  int postponed_capacity;
};

void reply_start(Reply *reply, int resp);
/* The finished bytes, lengths in place; they belong to the reply. */
Buffer *reply_finish(Reply *reply, const Module *module);
void reply_free(Reply *reply);
void reply_error(Reply *reply, const char *text, size_t length); /* adds `-` and ERR as needed */

/* ---- calls.c, call-reply.c ---- */

/* Arguments made from a format string. NULL for a malformed one. */
RedisModuleString **format_arguments(const char *command, const char *format, va_list args, int *count,
                                     int *flags);
void arguments_free(RedisModuleString **arguments, int count);
RedisModuleCallReply *call_reply_new(RedisModuleCtx *context, const char *bytes, size_t length, int resp);
RedisModuleCallReply *call_reply_error(RedisModuleCtx *context, const char *line);
RedisModuleCallReply *call_reply_promise(RedisModuleCtx *context, uint64_t number, int resp);
void call_reply_release(RedisModuleCallReply *reply);
void promise_finished(uint64_t number, const char *bytes, size_t length);
void promises_drop(Module *module);

enum {
  FORMAT_REPLICATE = 1 << 0, /* the first nine are CallFlag of host.ts */
  FORMAT_NO_AOF = 1 << 1,
  FORMAT_NO_REPLICAS = 1 << 2,
  FORMAT_CHECK_ACL = 1 << 3,
  FORMAT_SCRIPT_MODE = 1 << 4,
  FORMAT_NO_WRITES = 1 << 5,
  FORMAT_RESPECT_OOM = 1 << 6,
  FORMAT_DRY_RUN = 1 << 7,
  FORMAT_ALLOW_BLOCK = 1 << 8,
  FORMAT_RESP3 = 1 << 9,
  FORMAT_RESP_AUTO = 1 << 10,
  FORMAT_ERRORS_AS_REPLIES = 1 << 11,
};

/* ---- keys.c ---- */

typedef struct ZsetRange ZsetRange;

struct RedisModuleKey {
  RedisModuleCtx *context;
  Module *module;
  int db;
  int mode;
  RedisModuleString *name;
  int type;
  size_t length;
  RedisModuleType *module_type;
  void *value;
  uint64_t seen; /* `keyspace_epoch` when the four above were read */
  char *direct;  /* bytes handed out by StringDMA */
  size_t direct_length;
  bool direct_dirty; /* handed out for writing */
  ZsetRange *range;
  RedisModuleKey *next_direct;
};

/* Grows whenever something may have changed a key behind an open handle. */
extern uint64_t keyspace_epoch;
/* Brings a handle up to date, and what StringDMA handed out for writing into the keyspace. */
void key_refresh(RedisModuleKey *key);
void key_changed(RedisModuleKey *key);
void keys_flush_direct(void);
bool key_writable(RedisModuleKey *key);
/* Starts a call about `key`: database and name are its first parameters. */
HostFrame key_begin(RedisModuleKey *key);
void key_start(RedisModuleKey *key, RedisModuleCtx *context, RedisModuleString *name, int mode);
void key_end(RedisModuleKey *key); /* what key_start began */
void zset_range_free(RedisModuleKey *key);

/* ---- blocked.c, timers.c, watchers.c, notifications.c, events.c, filters.c, config.c ---- */

void blocked_drop(Module *module);
/* Each returns the length left in the reply given. */
bool blocked_timeout(uint64_t number, Reply *reply);
uint64_t blocked_measured(uint64_t number);
void blocked_gone(uint64_t number);
bool blocked_key_ready(uint64_t number, RedisModuleString *key, Reply *reply);
void blocked_release(RedisModuleBlockedClient *blocked);
void blocked_retain(RedisModuleBlockedClient *blocked);
Reply *blocked_reply(RedisModuleBlockedClient *blocked);
Caller blocked_caller(RedisModuleBlockedClient *blocked);
Module *blocked_module(RedisModuleBlockedClient *blocked);
bool blocked_waiting(RedisModuleBlockedClient *blocked);

void timers_drop(Module *module);
void watchers_drop(Module *module);
void watchers_serve(void);
void notifications_drop(Module *module);
bool notify_modules(int type, const char *event, int db, RedisModuleString *key);
void run_post_notification_jobs(bool for_keys_only);
/* True, with a line in the log, while a job for a key runs: `what` is nothing that it may do. */
bool refused_in_key_job(const Module *module, const char *what);
void events_drop(Module *module);
void server_event(int event, int subevent, double number, double second, const char *text,
                  RedisModuleString *key);
void filters_drop(Module *module);
extern int filter_count;
/* Replaces the arguments when a filter changed them: returns true then. */
bool filters_run(Module *caller, double client, RedisModuleString ***arguments, int *count);
void configs_drop(Module *module);
RedisModuleString *config_get(int number);
char *config_set(int number, const char *value, size_t length); /* NULL or the error, to be freed */
char *config_apply(int number);
void shared_apis_drop(Module *module);
void shared_api_users(const Module *module, Buffer *json);
void defrags_drop(Module *module);

/* ---- rdb.c, types.c ---- */

struct RedisModuleIO {
  RedisModuleCtx *context; /* made when asked for */
  Module *module;
  RedisModuleType *type;
  Buffer out;
  bool saving;
  bool commands; /* EmitAOF may be used */
  const unsigned char *in;
  size_t in_length;
  size_t position;
  bool failed;
  RedisModuleString *key;
  int db;
};

void io_finish(RedisModuleIO *io);
bool io_at_end(RedisModuleIO *io);
size_t lzf_decompress(const unsigned char *in, size_t in_length, unsigned char *out, size_t out_length);

struct RedisModuleKeyOptCtx {
  RedisModuleString *from;
  RedisModuleString *to;
  int from_db;
  int to_db;
};

struct RedisModuleDigest {
  unsigned char open[20];
  unsigned char closed[20];
  RedisModuleString *key;
  int db;
};

void sha1(const void *data, size_t length, unsigned char out[20]);

/* ---- info.c ---- */

char *module_info(Module *module, bool for_crash_report); /* to be freed */

/* ---- log.c, crash.c ---- */

void log_line(const Module *module, const char *level, const char *text);
void log_vformat(const Module *module, const char *level, const char *format, va_list args);
void log_format(const Module *module, const char *level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void cached_time_forget(void);

/* What runs now, for the crash report. */
typedef struct Running {
  const Module *module;
  const char *what;
} Running;
extern __thread Running running;
extern int handler_depth; /* calls of JavaScript that modules wait for */
Running running_enter(const Module *module, const char *what);
static inline void running_leave(Running before) {
  running = before;
  if (before.what == NULL) memory_tell();
}
void crash_install(void);

/* ---- get-api.c ---- */

int get_api(const char *name, void **target);

#endif
