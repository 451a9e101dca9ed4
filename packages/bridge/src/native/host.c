/* The channel into JavaScript.
 *
 * Numbers travel in `slots`, an array of doubles that both sides see; bytes travel in `input` (from
 * C) and `output` (to C). Nothing is passed as a JavaScript argument: reading a typed array costs
 * JavaScript nothing, whereas every value made through Node-API has its price.
 *
 * `input` is a stack. A handler may call back into a module, whose calls write above what the outer
 * call still refers to. When it is too small, a larger one takes its place; the old one lives as
 * long as JavaScript refers to it. */

#include "environment.h"

#include <limits.h>

/* The slot after those of calls tells how much memory modules hold. */
enum { SLOT_COUNT = 64, MEMORY_SLOT = SLOT_COUNT, USUAL_BYTES = 64 * 1024, MOST_KEPT = 8 * 1024 * 1024 };

double *slots;
napi_env environment;
bool in_forked_child;
int handler_depth;

static napi_ref handlers[HOST_COUNT];
static napi_ref shared_object; /* where JavaScript finds slots, input and output */
static const char *const operation_names[] = {
#define OP(name) #name,
#include "host-operations.def"
#undef OP
};

static struct {
  char *data;
  size_t top, capacity;
  bool published; /* whether JavaScript has this one */
  bool overflow;  /* the call under construction is too large to be made */
} input;

static struct {
  char *data;
  size_t capacity;
} output;

static int slot_count;

static void free_memory(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free(data);
}

/* Gives memory to JavaScript for good: its collector frees it. */
static bool publish(const char *name, void *data, size_t bytes) {
  napi_value object, buffer;
  return napi_get_reference_value(environment, shared_object, &object) == napi_ok &&
         napi_create_external_arraybuffer(environment, data, bytes, free_memory, NULL, &buffer) == napi_ok &&
         napi_set_named_property(environment, object, name, buffer) == napi_ok;
}

static void input_replace(size_t capacity) {
  /* What was never published is still ours to free. */
  if (input.data && !input.published) free(input.data);
  input.data = must_calloc(capacity);
  input.capacity = capacity;
  input.published = false;
}

static void input_reserve(size_t bytes, size_t frame_start) {
  if (input.capacity - input.top >= bytes) return;
  size_t capacity = input.capacity * 2;
  while (capacity - input.top < bytes) capacity *= 2;
  char *grown = must_calloc(capacity);
  memcpy(grown + frame_start, input.data + frame_start, input.top - frame_start);
  if (!input.published) free(input.data);
  input.data = grown;
  input.capacity = capacity;
  input.published = false;
}

static size_t frame_start;

/* A thread without the lock has no business here. Its call fails, and leaves the memory of whoever
 * has the lock alone. */
static __thread bool refused;

HostFrame host_begin(void) {
  HostFrame frame = {.mark = frame_start};
  refused = !holds_lock() || in_forked_child || environment == NULL;
  if (refused) return frame;
  frame_start = input.top;
  slot_count = 0;
  input.overflow = false;
  return frame;
}

void host_end(HostFrame frame) {
  if (refused) return;
  input.top = frame_start;
  frame_start = frame.mark;
  if (input.top == 0 && input.capacity > MOST_KEPT) input_replace(USUAL_BYTES);
}

void host_number(double value) {
  if (!refused) slots[slot_count++] = value;
}

void host_bytes(const void *bytes, size_t length) {
  if (refused) return;
  if (length > (size_t)INT_MAX - 16 || input.top > (size_t)INT_MAX - 16 - length) {
    input.overflow = true;
    length = 0;
  }
  input_reserve(length, frame_start);
  slots[slot_count++] = (double)input.top;
  if (length) memcpy(input.data + input.top, bytes, length);
  input.top += length;
  slots[slot_count++] = (double)input.top;
}

void host_text(const char *text) { host_bytes(text, strlen(text)); }

void host_string(const RedisModuleString *string) { host_bytes(string->bytes, string->length); }

void host_caller(const Caller *caller) {
  host_number(caller->client);
  host_number(caller->db);
  host_number(caller->resp);
  host_number(caller->flags);
}

void host_arguments(RedisModuleString **arguments, int count) {
  if (refused) return;
  size_t bytes = 0;
  for (int i = 0; i < count; i++) bytes += arguments[i]->length;
  size_t table = (size_t)count * 2 * sizeof(int32_t);
  if (bytes > (size_t)INT_MAX - 16 - table || input.top > (size_t)INT_MAX - 16 - table - bytes) {
    input.overflow = true;
    count = 0;
    table = bytes = 0;
  }
  input_reserve(bytes + table + 8, frame_start);
  input.top = (input.top + 3) & ~(size_t)3;
  int32_t *offsets = (int32_t *)(input.data + input.top);
  host_number((double)(input.top / sizeof(int32_t)));
  host_number(count);
  input.top += table;
  for (int i = 0; i < count; i++) {
    offsets[2 * i] = (int32_t)input.top;
    memcpy(input.data + input.top, arguments[i]->bytes, arguments[i]->length);
    input.top += arguments[i]->length;
    offsets[2 * i + 1] = (int32_t)input.top;
  }
}

void memory_tell(void) {
  if (environment && on_main_thread()) slots[MEMORY_SLOT] = memory_held();
}

double host_result(int index) { return slots[index]; }

const char *host_output(void) { return output.data; }

long long host_output_length(int index) { return (long long)slots[index]; }

RedisModuleString *host_output_string(int index) {
  return slots[index] < 0 ? NULL : string_new(output.data, (size_t)slots[index]);
}

char *host_output_text(int index) {
  if (slots[index] < 0) return NULL;
  size_t length = (size_t)slots[index];
  char *text = must_alloc(length + 1);
  memcpy(text, output.data, length);
  text[length] = '\0';
  return text;
}

/* A handler that throws breaks a promise of host.ts; the module gets a failure, and the log a line. */
static void report_exception(HostOperation operation) {
  bool pending = false;
  napi_value error, text;
  char message[512] = "no message";
  size_t length = 0;
  if (napi_is_exception_pending(environment, &pending) != napi_ok || !pending) return;
  if (napi_get_and_clear_last_exception(environment, &error) == napi_ok &&
      napi_coerce_to_string(environment, error, &text) == napi_ok) {
    napi_get_value_string_utf8(environment, text, message, sizeof message, &length);
  }
  if (napi_is_exception_pending(environment, &pending) == napi_ok && pending) {
    napi_get_and_clear_last_exception(environment, &error);
  }
  if (operation == HOST_log) {
    fprintf(stderr, "The bridge cannot log: %s\n", message);
  } else {
    log_format(NULL, "warning", "The server failed in %s: %s", operation_names[operation], message);
  }
}

static void run_handler(void *data) {
  HostOperation operation = ((HostOperation *)data)[0];
  napi_handle_scope scope;
  napi_value function, receiver, result;
  if (napi_open_handle_scope(environment, &scope) != napi_ok) return;
  bool ready = input.published || publish("input", input.data, input.capacity);
  input.published = ready;
  Running before = running;
  running = (Running){0};
  handler_depth++;
  if (ready && napi_get_reference_value(environment, shared_object, &receiver) == napi_ok &&
      napi_get_reference_value(environment, handlers[operation], &function) == napi_ok &&
      napi_call_function(environment, receiver, function, 0, NULL, &result) == napi_ok) {
    ((HostOperation *)data)[1] = 1;
  } else {
    report_exception(operation);
  }
  handler_depth--;
  running = before;
  napi_close_handle_scope(environment, scope);
}

bool host_run_handler(HostOperation operation) {
  HostOperation call[2] = {operation, 0};
  if (handlers[operation]) stack_run(run_handler, call);
  return call[1] != 0;
}

bool host_call(HostOperation operation) {
  if (refused || input.overflow) return false;
  return on_main_thread() ? host_run_handler(operation) : threads_remote_call(operation);
}

double host_ask(HostOperation operation, double failure, int count, ...) {
  HostFrame frame = host_begin();
  va_list args;
  va_start(args, count);
  for (int i = 0; i < count; i++) host_number(va_arg(args, double));
  va_end(args);
  double result = host_call(operation) ? slots[0] : failure;
  host_end(frame);
  return result;
}

static void output_replace(size_t capacity) {
  char *data = must_calloc(capacity);
  if (!publish("output", data, capacity)) return;
  output.data = data;
  output.capacity = capacity;
}

void host_grow_output(size_t bytes) {
  size_t capacity = output.capacity;
  while (capacity < bytes) capacity *= 2;
  if (capacity > output.capacity) output_replace(capacity);
}

void host_output_write(const void *bytes, size_t length) {
  /* What one large result needed is not kept for ever. */
  if (output.capacity > MOST_KEPT && length <= USUAL_BYTES) output_replace(USUAL_BYTES);
  host_grow_output(length);
  if (length) memcpy(output.data, bytes, length);
}

bool host_start(napi_env env, napi_value functions, napi_value shared) {
  environment = env;
  if (napi_create_reference(env, shared, 1, &shared_object) != napi_ok) return false;
  for (int i = 0; i < HOST_COUNT; i++) {
    napi_value function;
    napi_valuetype type;
    if (napi_get_named_property(env, functions, operation_names[i], &function) != napi_ok ||
        napi_typeof(env, function, &type) != napi_ok || type != napi_function ||
        napi_create_reference(env, function, 1, &handlers[i]) != napi_ok) {
      napi_throw_type_error(env, NULL, operation_names[i]);
      return false;
    }
  }
  slots = must_calloc((SLOT_COUNT + 1) * sizeof(double));
  output.data = must_calloc(USUAL_BYTES);
  output.capacity = USUAL_BYTES;
  input.top = 0;
  frame_start = 0;
  input.data = NULL;
  input_replace(USUAL_BYTES);
  return publish("slots", slots, (SLOT_COUNT + 1) * sizeof(double)) &&
         publish("output", output.data, output.capacity) &&
         (input.published = publish("input", input.data, input.capacity));
}

void host_stop(void) {
  for (int i = 0; i < HOST_COUNT; i++) {
    if (handlers[i]) napi_delete_reference(environment, handlers[i]);
    handlers[i] = NULL;
  }
  if (shared_object) napi_delete_reference(environment, shared_object);
  shared_object = NULL;
  environment = NULL;
}
