/* Keyspace notifications, and the jobs that may write once a notification is over. */

#include "bridge.h"

typedef struct Subscription {
  struct Subscription *next;
  Module *module;
  int types;
  RedisModuleNotificationFunc function;
  int active; /* calls of the function that are running */
} Subscription;

typedef struct Job {
  struct Job *next;
  Module *module;
  RedisModuleString *key; /* NULL: `function` is to be called, else `key_function` */
  union {
    RedisModulePostNotificationJobFunc function;
    RedisModulePostNotifyJobPerKeyFunc key_function;
  };
  void (*free_data)(void *);
  void *data;
  int db;
} Job;

static Subscription *subscriptions;
static Job *first_job, **last_job = &first_job;
static bool running_jobs, running_key_job;
static int depth; /* of notifications being delivered: the list is tidied at 0 */

static void tell_host(void) {
  int types = 0;
  for (Subscription *each = subscriptions; each; each = each->next) types |= each->types;
  host_ask(HOST_keyspaceEventsWanted, 0, 1, (double)types);
}

int rm_SubscribeToKeyspaceEvents(RedisModuleCtx *context, int types, RedisModuleNotificationFunc function) {
  Subscription *subscription = must_calloc(sizeof *subscription);
  subscription->module = context->module;
  subscription->types = types;
  subscription->function = function;
  Subscription **at = &subscriptions;
  while (*at) at = &(*at)->next;
  *at = subscription;
  tell_host();
  return REDISMODULE_OK;
}

/* What is cancelled while notifications are delivered only stops matching, and goes later. */
static void tidy(void) {
  Subscription **at = &subscriptions;
  while (depth == 0 && *at) {
    Subscription *subscription = *at;
    if (subscription->types) {
      at = &subscription->next;
      continue;
    }
    *at = subscription->next;
    free(subscription);
  }
}

/* Fails when there is no subscription with this function and types. */
int rm_UnsubscribeFromKeyspaceEvents(RedisModuleCtx *context, int types,
                                     RedisModuleNotificationFunc function) {
  int found = REDISMODULE_ERR;
  for (Subscription *each = subscriptions; each; each = each->next) {
    if (each->module != context->module || each->function != function || !(each->types & types)) continue;
    each->types &= ~types;
    found = REDISMODULE_OK;
  }
  tidy();
  tell_host();
  return found;
}

/* A module does not hear of what it causes while it hears of something, unless it asked to. Returns
 * whether jobs wait for the end of the command. */
bool notify_modules(int type, const char *event, int db, RedisModuleString *key) {
  depth++;
  keyspace_epoch++;
  for (Subscription *each = subscriptions; each; each = each->next) {
    bool nested =
        each->module && (each->module->options & REDISMODULE_OPTIONS_ALLOW_NESTED_KEYSPACE_NOTIFICATIONS);
    if (!(each->types & type) || (each->active && !nested)) continue;
    RedisModuleCtx context;
    context_start(&context, each->module, 0);
    context.caller.db = db;
    Running before = running_enter(each->module, "a keyspace notification");
    each->active++;
    each->function(&context, type, event, key);
    each->active--;
    context_finish(&context);
    running_leave(before);
  }
  depth--;
  tidy();
  return first_job != NULL;
}

bool refused_in_key_job(const Module *module, const char *what) {
  static bool told;
  if (running_key_job && !told) {
    log_format(module, "warning", "A job for a key must not %s; refused, and logged only once.", what);
    told = true;
  }
  return running_key_job;
}

/* Fails in a job for a key. */
int rm_NotifyKeyspaceEvent(RedisModuleCtx *context, int type, const char *event, RedisModuleString *key) {
  if (refused_in_key_job(context->module, "send keyspace events")) return REDISMODULE_ERR;
  keys_flush_direct();
  HostFrame frame = host_begin();
  host_number(context->caller.db);
  host_number(type);
  host_text(event);
  host_string(key);
  host_call(HOST_notify);
  host_end(frame);
  return REDISMODULE_OK;
}

int rm_GetNotifyKeyspaceEvents(void) { return (int)host_ask(HOST_keyspaceEventFlags, 0, 0); }

int rm_GetKeyspaceNotificationFlagsAll(void) { return (REDISMODULE_NOTIFY_TYPE_CHANGED << 1) - 1; }

static Job *job_add(RedisModuleCtx *context, void *data, void (*free_data)(void *)) {
  Job *job = must_calloc(sizeof *job);
  job->module = context->module;
  job->db = context->caller.db;
  job->data = data;
  job->free_data = free_data;
  *last_job = job;
  last_job = &job->next;
  return job;
}

static void job_free(Job *job) {
  if (job->free_data) job->free_data(job->data);
  string_release(job->key);
  free(job);
}

/* `free_data` is called when the job has run, or never will. Fails while a file is loaded, for such a job may write;
 * `data` stays with the caller then. */
int rm_AddPostNotificationJob(RedisModuleCtx *context, RedisModulePostNotificationJobFunc function,
                              void *data, void (*free_data)(void *)) {
  if (rm_GetContextFlags(NULL) & REDISMODULE_CTX_FLAGS_LOADING) return REDISMODULE_ERR;
  job_add(context, data, free_data)->function = function;
  return REDISMODULE_OK;
}

/* Such a job neither calls commands nor sends keyspace events, so that it can run between the commands
 * of a transaction. Fails outside a notification, and leaves `data` to the caller then. */
int rm_AddPostNotificationJobForKey(RedisModuleCtx *context, RedisModulePostNotifyJobPerKeyFunc function,
                                    RedisModuleString *key, void *data, void (*free_data)(void *)) {
  if (depth == 0 || key == NULL) return REDISMODULE_ERR;
  Job *job = job_add(context, data, free_data);
  job->key = string_retain(key);
  job->key_function = function;
  return REDISMODULE_OK;
}

static void job_run(Job *job) {
  RedisModuleCtx context;
  context_start(&context, job->module, 0);
  context.caller.db = job->db;
  Running before = running_enter(job->module, "a job after a notification");
  keyspace_epoch++;
  running_key_job = job->key != NULL;
  if (job->key) job->key_function(&context, job->key, job->data);
  else job->function(&context, job->data);
  context_finish(&context);
  running_key_job = false;
  job_free(job);
  running_leave(before);
}

/* Jobs may add jobs: they run in the same go. Nothing runs while a module waits for a command: the job
 * could change what it, or the command that notified it, is working with. */
void run_post_notification_jobs(bool for_keys_only) {
  if (running_jobs || handler_depth) return;
  running_jobs = true;
  for (Job **at = &first_job; *at;) {
    Job *job = *at;
    if (for_keys_only && job->key == NULL) {
      at = &job->next;
      continue;
    }
    *at = job->next;
    if (last_job == &job->next) last_job = at;
    job_run(job);
  }
  running_jobs = false;
}

static void drop_jobs(Module *module) {
  for (Job **at = &first_job; *at;) {
    Job *job = *at;
    if (job->module != module) {
      at = &job->next;
      continue;
    }
    *at = job->next;
    job_free(job);
  }
  last_job = &first_job;
  while (*last_job) last_job = &(*last_job)->next;
}

void notifications_drop(Module *module) {
  drop_jobs(module);
  for (Subscription *each = subscriptions; each; each = each->next) {
    if (each->module == module) each->types = 0;
  }
  tidy();
  tell_host();
}
