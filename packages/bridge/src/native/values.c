/* Lists and hashes. */

#include "bridge.h"

#include <errno.h>

static int fail(int number) {
  errno = number;
  return REDISMODULE_ERR;
}

/* Why an element at `index` cannot be used; 0 when it can. */
static int list_problem(RedisModuleKey *key, int mode) {
  if (key == NULL) return EINVAL;
  key_refresh(key);
  if (key->type != REDISMODULE_KEYTYPE_LIST) return ENOTSUP;
  return key->mode & mode ? 0 : EBADF;
}

static bool index_fits(RedisModuleKey *key, long index) {
  long length = (long)key->length;
  return index >= -length && index < length;
}

int rm_ListPush(RedisModuleKey *key, int where, RedisModuleString *element) {
  if (key == NULL || element == NULL) return fail(EINVAL);
  key_refresh(key);
  if (key->type != REDISMODULE_KEYTYPE_LIST && key->type != REDISMODULE_KEYTYPE_EMPTY) return fail(ENOTSUP);
  if (!key_writable(key)) return fail(EBADF);
  HostFrame frame = key_begin(key);
  host_number(where == REDISMODULE_LIST_TAIL);
  host_string(element);
  bool pushed = host_call(HOST_listPush) && host_result(0) != 0;
  host_end(frame);
  key_changed(key);
  return pushed ? REDISMODULE_OK : fail(ENOTSUP);
}

RedisModuleString *rm_ListPop(RedisModuleKey *key, int where) {
  int problem = list_problem(key, REDISMODULE_WRITE);
  if (problem) {
    errno = problem;
    return NULL;
  }
  HostFrame frame = key_begin(key);
  host_number(where == REDISMODULE_LIST_TAIL);
  RedisModuleString *element = host_call(HOST_listPop) ? host_output_string(0) : NULL;
  host_end(frame);
  key_changed(key);
  if (element) auto_add(key->context, AUTO_STRING, element);
  return element;
}

RedisModuleString *rm_ListGet(RedisModuleKey *key, long index) {
  int problem = list_problem(key, REDISMODULE_READ | REDISMODULE_WRITE);
  if (problem == 0 && !index_fits(key, index)) problem = EDOM;
  if (problem) {
    errno = problem;
    return NULL;
  }
  HostFrame frame = key_begin(key);
  host_number((double)index);
  RedisModuleString *element = host_call(HOST_listGet) ? host_output_string(0) : NULL;
  host_end(frame);
  if (element) auto_add(key->context, AUTO_STRING, element);
  return element;
}

static int change_element(RedisModuleKey *key, HostOperation operation, long index,
                          RedisModuleString *value) {
  int problem = list_problem(key, REDISMODULE_WRITE);
  if (problem == 0 && !index_fits(key, index)) problem = EDOM;
  if (problem) return fail(problem);
  HostFrame frame = key_begin(key);
  host_number((double)index);
  if (value) host_string(value);
  bool changed = host_call(operation) && host_result(0) != 0;
  host_end(frame);
  key_changed(key);
  return changed ? REDISMODULE_OK : fail(EDOM);
}

int rm_ListSet(RedisModuleKey *key, long index, RedisModuleString *value) {
  if (value == NULL) return fail(EINVAL);
  return change_element(key, HOST_listSet, index, value);
}

/* The new element is at `index` afterwards: one past either end is a push. */
int rm_ListInsert(RedisModuleKey *key, long index, RedisModuleString *value) {
  if (value == NULL || key == NULL) return fail(EINVAL);
  key_refresh(key);
  long length = key->type == REDISMODULE_KEYTYPE_LIST ? (long)key->length : 0;
  bool list = key->type == REDISMODULE_KEYTYPE_LIST || key->type == REDISMODULE_KEYTYPE_EMPTY;
  if (list && (index == length || index == -1)) return rm_ListPush(key, REDISMODULE_LIST_TAIL, value);
  if (list && length > 0 && (index == 0 || index == -length - 1)) {
    return rm_ListPush(key, REDISMODULE_LIST_HEAD, value);
  }
  return change_element(key, HOST_listInsert, index, value);
}

int rm_ListDelete(RedisModuleKey *key, long index) {
  return change_element(key, HOST_listDelete, index, NULL);
}

/* The value, to be released, or NULL. */
static RedisModuleString *hash_get(RedisModuleKey *key, const char *field, size_t length) {
  HostFrame frame = key_begin(key);
  host_bytes(field, length);
  RedisModuleString *value = host_call(HOST_hashGet) ? host_output_string(0) : NULL;
  host_end(frame);
  return value;
}

static bool hash_write(RedisModuleKey *key, const char *field, size_t length, RedisModuleString *value) {
  HostFrame frame = key_begin(key);
  host_bytes(field, length);
  if (value) host_string(value);
  bool was_there = host_call(value ? HOST_hashSet : HOST_hashDelete) && host_result(0) != 0;
  host_end(frame);
  return was_there;
}

/* Sets or deletes one field; tells whether it counts. */
static bool hash_set_one(RedisModuleKey *key, int flags, const char *field, size_t length,
                         RedisModuleString *value) {
  if (flags & (REDISMODULE_HASH_XX | REDISMODULE_HASH_NX)) {
    RedisModuleString *present = hash_get(key, field, length);
    string_release(present);
    if ((flags & REDISMODULE_HASH_XX) && !present) return false;
    if ((flags & REDISMODULE_HASH_NX) && present) return false;
  }
  if (value == REDISMODULE_HASH_DELETE) return hash_write(key, field, length, NULL);
  bool updated = hash_write(key, field, length, value);
  return updated || (flags & REDISMODULE_HASH_COUNT_ALL);
}

/* Pairs of field and value up to a NULL field. Returns how many fields were updated or deleted
 * (with COUNT_ALL: or created). On 0, errno is EINVAL, ENOTSUP or EBADF for a call that cannot
 * work, and ENOENT when nothing counted. */
int rm_HashSet(RedisModuleKey *key, int flags, ...) {
  int known =
      REDISMODULE_HASH_NX | REDISMODULE_HASH_XX | REDISMODULE_HASH_CFIELDS | REDISMODULE_HASH_COUNT_ALL;
  int problem = 0;
  if (key == NULL || (flags & ~known)) {
    problem = EINVAL;
  } else {
    key_refresh(key);
    if (key->type != REDISMODULE_KEYTYPE_HASH && key->type != REDISMODULE_KEYTYPE_EMPTY) problem = ENOTSUP;
    else if (!key_writable(key)) problem = EBADF;
  }
  if (problem) {
    errno = problem;
    return 0;
  }
  int count = 0;
  va_list args;
  va_start(args, flags);
  for (;;) {
    void *field = va_arg(args, void *);
    if (field == NULL) break;
    RedisModuleString *value = va_arg(args, RedisModuleString *);
    RedisModuleString *string = field;
    bool plain = flags & REDISMODULE_HASH_CFIELDS;
    count += hash_set_one(key, flags, plain ? field : string->bytes, plain ? strlen(field) : string->length,
                          value);
  }
  va_end(args);
  key_changed(key);
  if (count == 0) errno = ENOENT;
  return count;
}

/* Pairs of field and place for its value up to a NULL field. Fails for a key of another type. */
int rm_HashGet(RedisModuleKey *key, int flags, ...) {
  key_refresh(key);
  if (key->type != REDISMODULE_KEYTYPE_HASH && key->type != REDISMODULE_KEYTYPE_EMPTY) return REDISMODULE_ERR;
  va_list args;
  va_start(args, flags);
  for (;;) {
    void *field = va_arg(args, void *);
    if (field == NULL) break;
    void *place = va_arg(args, void *);
    RedisModuleString *value = NULL;
    if (key->type == REDISMODULE_KEYTYPE_HASH && (flags & REDISMODULE_HASH_CFIELDS)) {
      value = hash_get(key, field, strlen(field));
    } else if (key->type == REDISMODULE_KEYTYPE_HASH) {
      value = hash_get(key, ((RedisModuleString *)field)->bytes, ((RedisModuleString *)field)->length);
    }
    if (flags & REDISMODULE_HASH_EXISTS) {
      *(int *)place = value != NULL;
      string_release(value);
    } else if (flags & REDISMODULE_HASH_EXPIRE_TIME) {
      *(mstime_t *)place = REDISMODULE_NO_EXPIRE;
      string_release(value);
    } else {
      *(RedisModuleString **)place = value;
      if (value) auto_add(key->context, AUTO_STRING, value);
    }
  }
  va_end(args);
  return REDISMODULE_OK;
}

/* Fields do not expire here. */
mstime_t rm_HashFieldMinExpire(RedisModuleKey *key) {
  (void)key;
  return REDISMODULE_NO_EXPIRE;
}
