/* The event loop: work that other threads leave for the main thread, and the lending of the lock.
 *
 * The handles live as long as the environment and never keep the process alive. */

#include "environment.h"

typedef struct Posted {
  struct Posted *next;
  PostedFunction function;
  void *data;
} Posted;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Posted *first_posted, **last_posted = &first_posted;
static bool wakeable;

uv_loop_t *event_loop;
static uv_async_t wake_handle;
static uv_prepare_t prepare_handle;
static uv_check_t check_handle;
static int open_handles;

static napi_async_context async_context;
static napi_ref async_resource;
static napi_env loop_environment;
static napi_async_cleanup_hook_handle cleanup_hook;

/* Any thread. What is posted runs on the main thread in order, with the lock. */
void post(PostedFunction function, void *data) {
  Posted *posted = must_alloc(sizeof *posted);
  *posted = (Posted){NULL, function, data};
  pthread_mutex_lock(&mutex);
  *last_posted = posted;
  last_posted = &posted->next;
  if (wakeable) uv_async_send(&wake_handle);
  pthread_mutex_unlock(&mutex);
}

void loop_wake(void) {
  pthread_mutex_lock(&mutex);
  if (wakeable) uv_async_send(&wake_handle);
  pthread_mutex_unlock(&mutex);
}

void loop_drain(void) {
  pthread_mutex_lock(&mutex);
  Posted *posted = first_posted;
  first_posted = NULL;
  last_posted = &first_posted;
  pthread_mutex_unlock(&mutex);
  while (posted) {
    Posted *next = posted->next;
    posted->function(posted->data);
    free(posted);
    posted = next;
  }
}

static void run_posted(void *data) {
  (void)data;
  loop_drain();
  threads_serve();
}

void run_from_loop(PostedFunction function, void *data) {
  if (environment == NULL) return;
  napi_handle_scope handles;
  napi_callback_scope callback;
  napi_value resource;
  if (napi_open_handle_scope(loop_environment, &handles) != napi_ok) return;
  if (napi_get_reference_value(loop_environment, async_resource, &resource) == napi_ok &&
      napi_open_callback_scope(loop_environment, resource, async_context, &callback) == napi_ok) {
    function(data);
    napi_close_callback_scope(loop_environment, callback);
  }
  napi_close_handle_scope(loop_environment, handles);
}

static void on_wake(uv_async_t *handle) {
  (void)handle;
  run_from_loop(run_posted, NULL);
}

/* Between these two the loop waits for something to happen: TryLock looks at it. */
static void on_prepare(uv_prepare_t *handle) {
  (void)handle;
  atomic_store(&main_is_polling, true);
  memory_tell();
}

static void on_check(uv_check_t *handle) {
  (void)handle;
  atomic_store(&main_is_polling, false);
}

static void on_closed(uv_handle_t *handle) {
  (void)handle;
  if (--open_handles == 0) napi_remove_async_cleanup_hook(cleanup_hook);
}

static void on_cleanup(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  (void)data;
  threads_stop();
  pthread_mutex_lock(&mutex);
  wakeable = false;
  pthread_mutex_unlock(&mutex);
  environment = NULL;
  event_loop = NULL;
  open_handles = 3;
  uv_close((uv_handle_t *)&wake_handle, on_closed);
  uv_close((uv_handle_t *)&prepare_handle, on_closed);
  uv_close((uv_handle_t *)&check_handle, on_closed);
}

static bool handles_start(void) {
  if (uv_async_init(event_loop, &wake_handle, on_wake) != 0) return false;
  uv_prepare_init(event_loop, &prepare_handle);
  uv_check_init(event_loop, &check_handle);
  uv_prepare_start(&prepare_handle, on_prepare);
  uv_check_start(&check_handle, on_check);
  uv_unref((uv_handle_t *)&wake_handle);
  uv_unref((uv_handle_t *)&prepare_handle);
  uv_unref((uv_handle_t *)&check_handle);
  return true;
}

/* Once an environment; a second call does nothing. */
bool loop_start(void *env) {
  if (event_loop) return loop_environment == env;
  napi_value resource, name;
  loop_environment = env;
  if (napi_get_uv_event_loop(env, &event_loop) != napi_ok || !handles_start() ||
      napi_create_object(env, &resource) != napi_ok ||
      napi_create_string_utf8(env, "modis-bridge", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_reference(env, resource, 1, &async_resource) != napi_ok ||
      napi_async_init(env, resource, name, &async_context) != napi_ok ||
      napi_add_async_cleanup_hook(env, on_cleanup, NULL, &cleanup_hook) != napi_ok) {
    return false;
  }
  pthread_mutex_lock(&mutex);
  wakeable = true;
  pthread_mutex_unlock(&mutex);
  return true;
}
