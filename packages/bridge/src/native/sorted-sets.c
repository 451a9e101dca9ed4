/* Sorted sets. A range is a run of ranks, walked through a window of elements read together. */

#include "bridge.h"

enum { WINDOW = 64 };

typedef struct Element {
  RedisModuleString *member;
  double score;
} Element;

struct ZsetRange {
  long first, last; /* ranks; last < first: empty */
  long current;
  bool ended;
  Element window[WINDOW];
  long window_first;
  int window_count;
  uint64_t seen;
};

static void window_clear(ZsetRange *range) {
  for (int i = 0; i < range->window_count; i++) string_release(range->window[i].member);
  range->window_count = 0;
}

void zset_range_free(RedisModuleKey *key) {
  if (key->range == NULL) return;
  window_clear(key->range);
  free(key->range);
  key->range = NULL;
}

static bool is_zset(RedisModuleKey *key) {
  if (key == NULL) return false;
  key_refresh(key);
  return key->type == REDISMODULE_KEYTYPE_ZSET;
}

static int add(RedisModuleKey *key, double score, RedisModuleString *member, int *flags, bool increment,
               double *result) {
  if (!key_writable(key)) return REDISMODULE_ERR;
  key_refresh(key);
  if (key->type != REDISMODULE_KEYTYPE_ZSET && key->type != REDISMODULE_KEYTYPE_EMPTY) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_string(member);
  host_number(score);
  host_number(flags ? *flags : 0);
  host_number(increment);
  bool added = host_call(HOST_zsetAdd) && host_result(0) != 0;
  if (flags) *flags = added ? (int)host_result(1) : 0;
  if (added && result) *result = host_result(2);
  host_end(frame);
  key_changed(key);
  return added ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* Fails for a key of another type, one opened for reading, and a score that is not a number. */
int rm_ZsetAdd(RedisModuleKey *key, double score, RedisModuleString *member, int *flags) {
  return add(key, score, member, flags, false, NULL);
}

int rm_ZsetIncrby(RedisModuleKey *key, double score, RedisModuleString *member, int *flags, double *result) {
  return add(key, score, member, flags, true, result);
}

int rm_ZsetRem(RedisModuleKey *key, RedisModuleString *member, int *deleted) {
  if (!key_writable(key)) return REDISMODULE_ERR;
  key_refresh(key);
  if (key->type != REDISMODULE_KEYTYPE_ZSET && key->type != REDISMODULE_KEYTYPE_EMPTY) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_string(member);
  bool removed = host_call(HOST_zsetRemove) && host_result(0) != 0;
  host_end(frame);
  if (removed) key_changed(key);
  if (deleted) *deleted = removed;
  return REDISMODULE_OK;
}

int rm_ZsetScore(RedisModuleKey *key, RedisModuleString *member, double *score) {
  if (!is_zset(key)) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_string(member);
  bool found = host_call(HOST_zsetScore) && host_result(0) != 0;
  if (found) *score = host_result(1);
  host_end(frame);
  return found ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* Sets the range from the answer to a call that was just made, and ends that call. */
static int start_range(RedisModuleKey *key, HostFrame frame, HostOperation operation, bool from_last) {
  bool known = host_call(operation) && host_result(0) != 0;
  long first = known ? (long)host_result(1) : 0;
  long last = known ? (long)host_result(2) : -1;
  host_end(frame);
  if (!known) return REDISMODULE_ERR;
  zset_range_free(key);
  ZsetRange *range = must_calloc(sizeof *range);
  range->first = first;
  range->last = last;
  range->current = from_last ? last : first;
  range->ended = last < first;
  key->range = range;
  return REDISMODULE_OK;
}

static int score_range(RedisModuleKey *key, double minimum, double maximum, int minimum_excluded,
                       int maximum_excluded, bool from_last) {
  if (!is_zset(key)) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_number(minimum);
  host_number(maximum);
  host_number(minimum_excluded);
  host_number(maximum_excluded);
  return start_range(key, frame, HOST_zsetRankRange, from_last);
}

int rm_ZsetFirstInScoreRange(RedisModuleKey *key, double minimum, double maximum, int minimum_excluded,
                             int maximum_excluded) {
  return score_range(key, minimum, maximum, minimum_excluded, maximum_excluded, false);
}

int rm_ZsetLastInScoreRange(RedisModuleKey *key, double minimum, double maximum, int minimum_excluded,
                            int maximum_excluded) {
  return score_range(key, minimum, maximum, minimum_excluded, maximum_excluded, true);
}

static int lex_range(RedisModuleKey *key, RedisModuleString *minimum, RedisModuleString *maximum,
                     bool from_last) {
  if (!is_zset(key)) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_string(minimum);
  host_string(maximum);
  return start_range(key, frame, HOST_zsetLexRankRange, from_last);
}

/* Bounds as ZRANGEBYLEX takes them; fails for a malformed one. */
int rm_ZsetFirstInLexRange(RedisModuleKey *key, RedisModuleString *minimum, RedisModuleString *maximum) {
  return lex_range(key, minimum, maximum, false);
}

int rm_ZsetLastInLexRange(RedisModuleKey *key, RedisModuleString *minimum, RedisModuleString *maximum) {
  return lex_range(key, minimum, maximum, true);
}

void rm_ZsetRangeStop(RedisModuleKey *key) { zset_range_free(key); }

int rm_ZsetRangeEndReached(RedisModuleKey *key) { return key->range == NULL || key->range->ended; }

/* Reads the elements around the current one: those after it, or before it when going back. */
static void window_read(RedisModuleKey *key) {
  ZsetRange *range = key->range;
  bool backwards = range->window_count > 0 && range->current < range->window_first;
  long first = backwards ? range->current - WINDOW + 1 : range->current;
  if (first < range->first) first = range->first;
  long count = range->last - first + 1 < WINDOW ? range->last - first + 1 : WINDOW;
  window_clear(range);
  HostFrame frame = key_begin(key);
  host_number((double)first);
  host_number((double)count);
  if (host_call(HOST_zsetElements)) {
    const char *at = host_output();
    for (int left = (int)host_result(0); left > 0 && range->window_count < WINDOW; left--) {
      Element *element = &range->window[range->window_count++];
      uint32_t length;
      memcpy(&length, at, sizeof length);
      memcpy(&element->score, at + sizeof length, sizeof element->score);
      at += sizeof length + sizeof element->score;
      element->member = string_new(at, length);
      at += length;
    }
  }
  host_end(frame);
  range->window_first = first;
  range->seen = keyspace_epoch;
}

/* NULL past the end. The score is optional. */
RedisModuleString *rm_ZsetRangeCurrentElement(RedisModuleKey *key, double *score) {
  ZsetRange *range = key->range;
  if (range == NULL || range->last < range->first) return NULL;
  long offset = range->current - range->window_first;
  if (range->seen != keyspace_epoch || offset < 0 || offset >= range->window_count) {
    window_read(key);
    offset = range->current - range->window_first;
    if (offset < 0 || offset >= range->window_count) return NULL;
  }
  if (score) *score = range->window[offset].score;
  RedisModuleString *member = string_retain(range->window[offset].member);
  auto_add(key->context, AUTO_STRING, member);
  return member;
}

static int move(RedisModuleKey *key, long step) {
  ZsetRange *range = key->range;
  if (range == NULL || range->last < range->first) return 0;
  long next = range->current + step;
  if (next < range->first || next > range->last) {
    range->ended = true;
    return 0;
  }
  range->current = next;
  return 1;
}

int rm_ZsetRangeNext(RedisModuleKey *key) { return move(key, 1); }

int rm_ZsetRangePrev(RedisModuleKey *key) { return move(key, -1); }
