/* Open keys. A handle remembers what it saw and looks again when something may have changed. */

#include "bridge.h"

#include <errno.h>
#include <time.h>

enum { MODE_NO_EFFECTS = REDISMODULE_OPEN_KEY_NOEFFECTS };

uint64_t keyspace_epoch = 1;

/* Handles whose bytes were given out for writing: they go back into the keyspace before anything
 * else can look at it. */
static RedisModuleKey *direct_keys;

HostFrame key_begin(RedisModuleKey *key) {
  HostFrame frame = host_begin();
  host_number(key->db);
  host_string(key->name);
  return frame;
}

static void look(RedisModuleKey *key, int mode) {
  HostFrame frame = key_begin(key);
  host_number(mode);
  key->type = REDISMODULE_KEYTYPE_EMPTY;
  key->length = 0;
  key->module_type = NULL;
  key->value = NULL;
  if (host_call(HOST_openKey)) {
    key->type = (int)host_result(0);
    key->length = (size_t)host_result(1);
    if (key->type == REDISMODULE_KEYTYPE_MODULE) {
      key->module_type = type_by_number((int)host_result(2));
      key->value = (void *)(uintptr_t)host_result(3);
    }
  }
  host_end(frame);
  key->seen = keyspace_epoch;
}

static void write_back(RedisModuleKey *key) {
  HostFrame frame = key_begin(key);
  host_bytes(key->direct, key->direct_length);
  host_number(1);
  host_call(HOST_stringSet);
  host_end(frame);
}

void keys_flush_direct(void) {
  for (RedisModuleKey *key = direct_keys; key; key = key->next_direct) write_back(key);
}

static void forget_direct(RedisModuleKey *key) {
  if (key->direct_dirty) {
    RedisModuleKey **at = &direct_keys;
    while (*at && *at != key) at = &(*at)->next_direct;
    if (*at) *at = key->next_direct;
  }
  free(key->direct);
  key->direct = NULL;
  key->direct_dirty = false;
}

void key_refresh(RedisModuleKey *key) {
  if (key->seen != keyspace_epoch) look(key, MODE_NO_EFFECTS | REDISMODULE_READ);
}

void key_changed(RedisModuleKey *key) {
  keyspace_epoch++;
  (void)key;
}

bool key_writable(RedisModuleKey *key) { return key && (key->mode & REDISMODULE_WRITE); }

void key_start(RedisModuleKey *key, RedisModuleCtx *context, RedisModuleString *name, int mode) {
  *key =
      (RedisModuleKey){.context = context, .module = context->module, .db = context->caller.db, .mode = mode};
  key->name = string_retain(name);
}

/* NULL when opened for reading and there is nothing. */
RedisModuleKey *rm_OpenKey(RedisModuleCtx *context, RedisModuleString *name, int mode) {
  if (direct_keys) keys_flush_direct();
  RedisModuleKey *key = must_alloc(sizeof *key);
  key_start(key, context, name, mode);
  look(key, mode);
  if (key->type == REDISMODULE_KEYTYPE_EMPTY && !(mode & REDISMODULE_WRITE)) {
    string_release(key->name);
    free(key);
    return NULL;
  }
  auto_add(context, AUTO_KEY, key);
  return key;
}

/* Where nobody wants to hear which key it was, all that counts is how many, and a command tells that at its end. */
static void signal_modified(RedisModuleCtx *context, int db, RedisModuleString *name) {
  if (context && context->aftermath && !(context->caller.flags & CALLER_CHANGES_WANTED)) {
    context->aftermath->modified++;
    return;
  }
  HostFrame frame = host_begin();
  host_number(db);
  host_string(name);
  host_call(HOST_signalModified);
  host_end(frame);
}

void key_end(RedisModuleKey *key) {
  if (key->direct_dirty) write_back(key);
  forget_direct(key);
  zset_range_free(key);
  bool implicit = !key->module || !(key->module->options & REDISMODULE_OPTION_NO_IMPLICIT_SIGNAL_MODIFIED);
  if ((key->mode & REDISMODULE_WRITE) && implicit) signal_modified(key->context, key->db, key->name);
  string_release(key->name);
}

void rm_CloseKey(RedisModuleKey *key) {
  if (key == NULL) return;
  auto_remove(key->context, AUTO_KEY, key);
  key_end(key);
  free(key);
}

int rm_GetOpenKeyModesAll(void) {
  return REDISMODULE_READ | REDISMODULE_WRITE | REDISMODULE_OPEN_KEY_NOTOUCH | REDISMODULE_OPEN_KEY_NONOTIFY |
         REDISMODULE_OPEN_KEY_NOSTATS | REDISMODULE_OPEN_KEY_NOEXPIRE | REDISMODULE_OPEN_KEY_NOEFFECTS |
         REDISMODULE_OPEN_KEY_ACCESS_EXPIRED;
}

int rm_KeyType(RedisModuleKey *key) {
  if (key == NULL) return REDISMODULE_KEYTYPE_EMPTY;
  key_refresh(key);
  return key->type;
}

size_t rm_ValueLength(RedisModuleKey *key) {
  if (key == NULL) return 0;
  key_refresh(key);
  return key->type == REDISMODULE_KEYTYPE_MODULE ? 0 : key->length;
}

static int remove_key(RedisModuleKey *key, bool async) {
  if (!key_writable(key)) return REDISMODULE_ERR;
  forget_direct(key);
  HostFrame frame = key_begin(key);
  host_number(async);
  host_call(HOST_deleteKey);
  host_end(frame);
  key_changed(key);
  return REDISMODULE_OK;
}

int rm_DeleteKey(RedisModuleKey *key) { return remove_key(key, false); }

int rm_UnlinkKey(RedisModuleKey *key) { return remove_key(key, true); }

int rm_KeyExists(RedisModuleCtx *context, RedisModuleString *name) {
  HostFrame frame = host_begin();
  host_number(context->caller.db);
  host_string(name);
  int exists = host_call(HOST_keyExists) && host_result(0) != 0;
  host_end(frame);
  return exists;
}

mstime_t rm_GetAbsExpire(RedisModuleKey *key) {
  HostFrame frame = key_begin(key);
  mstime_t at = host_call(HOST_expireGet) ? (mstime_t)host_result(0) : REDISMODULE_NO_EXPIRE;
  host_end(frame);
  return at;
}

/* Milliseconds left, never negative while the key is there. */
mstime_t rm_GetExpire(RedisModuleKey *key) {
  mstime_t at = rm_GetAbsExpire(key);
  if (at == REDISMODULE_NO_EXPIRE) return at;
  mstime_t left = at - rm_Milliseconds();
  return left > 0 ? left : 0;
}

/* Fails for an empty key, one opened for reading, and a negative time. */
int rm_SetAbsExpire(RedisModuleKey *key, mstime_t at) {
  if (!key_writable(key) || (at < 0 && at != REDISMODULE_NO_EXPIRE)) return REDISMODULE_ERR;
  key_refresh(key);
  if (key->type == REDISMODULE_KEYTYPE_EMPTY) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_number((double)at);
  bool set = host_call(HOST_expireSet) && host_result(0) != 0;
  host_end(frame);
  key_changed(key);
  return set ? REDISMODULE_OK : REDISMODULE_ERR;
}

int rm_SetExpire(RedisModuleKey *key, mstime_t expire) {
  if (expire < 0 && expire != REDISMODULE_NO_EXPIRE) return REDISMODULE_ERR;
  return rm_SetAbsExpire(key, expire == REDISMODULE_NO_EXPIRE ? expire : expire + rm_Milliseconds());
}

const RedisModuleString *rm_GetKeyNameFromModuleKey(RedisModuleKey *key) { return key ? key->name : NULL; }

int rm_GetDbIdFromModuleKey(RedisModuleKey *key) { return key ? key->db : -1; }

int rm_SignalModifiedKey(RedisModuleCtx *context, RedisModuleString *name) {
  signal_modified(context, context->caller.db, name);
  return REDISMODULE_OK;
}

int rm_GetSelectedDb(RedisModuleCtx *context) { return context->caller.db; }

/* Fails for a database that does not exist. The client of a command keeps the choice afterwards. */
int rm_SelectDb(RedisModuleCtx *context, int db) {
  HostFrame frame = host_begin();
  host_number(context->flags & CONTEXT_THREAD ? 0 : context->caller.client);
  host_number(db);
  bool selected = host_call(HOST_selectDb) && host_result(0) != 0;
  host_end(frame);
  if (!selected) return REDISMODULE_ERR;
  context->caller.db = db;
  return REDISMODULE_OK;
}

unsigned long long rm_DbSize(RedisModuleCtx *context) {
  return (unsigned long long)host_ask(HOST_dbSize, 0, 1, (double)context->caller.db);
}

RedisModuleString *rm_RandomKey(RedisModuleCtx *context) {
  HostFrame frame = host_begin();
  host_number(context->caller.db);
  RedisModuleString *name = host_call(HOST_randomKey) ? host_output_string(0) : NULL;
  host_end(frame);
  if (name) auto_add(context, AUTO_STRING, name);
  return name;
}

void rm_ResetDataset(int restart_aof, int async) {
  host_ask(HOST_resetDataset, 0, 2, (double)restart_aof, (double)async);
  keyspace_epoch++;
}

/* Under an eviction policy that keeps another kind of record, the value is -1 and cannot be set. An
 * empty key has none. */
static int access_get(RedisModuleKey *key, HostOperation operation, long long *value) {
  *value = -1;
  if (rm_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  if (host_call(operation)) *value = (long long)host_result(0);
  host_end(frame);
  return REDISMODULE_OK;
}

static int access_set(RedisModuleKey *key, HostOperation operation, long long value) {
  if (rm_KeyType(key) == REDISMODULE_KEYTYPE_EMPTY || value < 0) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_number((double)value);
  bool set = host_call(operation) && host_result(0) != 0;
  host_end(frame);
  return set ? REDISMODULE_OK : REDISMODULE_ERR;
}

int rm_GetLRU(RedisModuleKey *key, mstime_t *idle) { return access_get(key, HOST_idleGet, idle); }

int rm_SetLRU(RedisModuleKey *key, mstime_t idle) { return access_set(key, HOST_idleSet, idle); }

int rm_GetLFU(RedisModuleKey *key, long long *frequency) {
  return access_get(key, HOST_frequencyGet, frequency);
}

int rm_SetLFU(RedisModuleKey *key, long long frequency) {
  return access_set(key, HOST_frequencySet, frequency > 255 ? 255 : frequency);
}

static void fetch_direct(RedisModuleKey *key) {
  HostFrame frame = key_begin(key);
  long long length = host_call(HOST_stringGet) ? host_output_length(0) : -1;
  if (length >= 0) {
    /* The module may still look at what it got before: the same bytes stay in the same place. */
    if (key->direct == NULL || (size_t)length != key->direct_length) {
      key->direct = must_realloc(key->direct, (size_t)length + 1);
    }
    memcpy(key->direct, host_output(), (size_t)length);
    key->direct[length] = '\0';
    key->direct_length = (size_t)length;
  }
  host_end(frame);
}

/* The bytes of a string, to read or to change in place until the key is closed. An empty key has
 * none, and something that is not a string gives NULL. What counts is this mode, not the key's. */
char *rm_StringDMA(RedisModuleKey *key, size_t *length, int mode) {
  static char nothing[1];
  *length = 0;
  if (key == NULL) return NULL;
  key_refresh(key);
  if (key->type == REDISMODULE_KEYTYPE_EMPTY) return nothing;
  if (key->type != REDISMODULE_KEYTYPE_STRING) return NULL;
  if (!key->direct_dirty) fetch_direct(key);
  if (key->direct == NULL) return nothing;
  if ((mode & REDISMODULE_WRITE) && !key->direct_dirty) {
    key->direct_dirty = true;
    key->next_direct = direct_keys;
    direct_keys = key;
  }
  *length = key->direct_length;
  return key->direct;
}

static void store_string(RedisModuleKey *key, const char *bytes, size_t length, bool in_place) {
  HostFrame frame = key_begin(key);
  host_bytes(bytes, length);
  host_number(in_place);
  host_call(HOST_stringSet);
  host_end(frame);
  key_changed(key);
}

int rm_StringSet(RedisModuleKey *key, RedisModuleString *string) {
  if (!key_writable(key)) return REDISMODULE_ERR;
  forget_direct(key);
  store_string(key, string->bytes, string->length, false);
  return REDISMODULE_OK;
}

/* Grows with zeros. Fails above 512 MB, and for a key that is not a string. */
int rm_StringTruncate(RedisModuleKey *key, size_t length) {
  if (!key_writable(key) || length > 512u * 1024 * 1024) return REDISMODULE_ERR;
  key_refresh(key);
  if (key->type != REDISMODULE_KEYTYPE_STRING && key->type != REDISMODULE_KEYTYPE_EMPTY)
    return REDISMODULE_ERR;
  if (key->type == REDISMODULE_KEYTYPE_EMPTY) {
    if (length == 0) return REDISMODULE_OK;
    char *zeros = must_calloc(length);
    store_string(key, zeros, length, true);
    free(zeros);
    return REDISMODULE_OK;
  }
  if (!key->direct_dirty) fetch_direct(key);
  size_t kept = key->direct_length < length ? key->direct_length : length;
  key->direct = must_realloc(key->direct, length + 1);
  memset(key->direct + kept, 0, length + 1 - kept);
  key->direct_length = length;
  store_string(key, key->direct, length, true);
  return REDISMODULE_OK;
}
