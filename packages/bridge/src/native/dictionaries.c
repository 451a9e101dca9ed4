/* Ordered dictionaries: skip lists with a link back, so that iterators go both ways. */

#include "bridge.h"

enum { MAXIMUM_HEIGHT = 24 };

typedef struct Node {
  void *value;
  struct Node *back; /* NULL for the first */
  size_t key_length;
  int height;
  struct Node *next[];
} Node;

struct RedisModuleDict {
  Node *head; /* before the first: has no key */
  Node *last;
  uint64_t count;
  uint64_t version; /* grows with every change of structure */
  size_t bytes;
  int height;
  uint32_t random;
};

struct RedisModuleDictIter {
  RedisModuleDict *dict;
  Node *node; /* valid while `version` is the dictionary's */
  uint64_t version;
  bool fresh; /* sought, and not yet returned */
  bool ended;
  Buffer key; /* of the current element */
};

static unsigned char *key_of(Node *node) { return (unsigned char *)&node->next[node->height]; }

static Node *node_new(int height, const void *key, size_t length, void *value) {
  Node *node = must_calloc(sizeof *node + (size_t)height * sizeof(Node *) + length + 1);
  node->height = height;
  node->key_length = length;
  node->value = value;
  if (length) memcpy(key_of(node), key, length);
  return node;
}

static size_t node_bytes(Node *node) {
  return sizeof *node + (size_t)node->height * sizeof(Node *) + node->key_length + 1;
}

static int compare(Node *node, const void *key, size_t length) {
  size_t shorter = node->key_length < length ? node->key_length : length;
  int order = shorter ? memcmp(key_of(node), key, shorter) : 0;
  if (order != 0) return order;
  return node->key_length == length ? 0 : node->key_length < length ? -1 : 1;
}

/* The last node before `key` at each height; returns the one after it at the lowest. */
static Node *find_before(RedisModuleDict *dict, const void *key, size_t length, Node **before) {
  Node *node = dict->head;
  for (int level = dict->height - 1; level >= 0; level--) {
    while (node->next[level] && compare(node->next[level], key, length) < 0) node = node->next[level];
    if (before) before[level] = node;
  }
  return node->next[0];
}

static Node *find(RedisModuleDict *dict, const void *key, size_t length) {
  Node *node = find_before(dict, key, length, NULL);
  return node && compare(node, key, length) == 0 ? node : NULL;
}

/* One level more with a chance of one in four. */
static int random_height(RedisModuleDict *dict) {
  int height = 1;
  do {
    dict->random ^= dict->random << 13;
    dict->random ^= dict->random >> 17;
    dict->random ^= dict->random << 5;
  } while ((dict->random & 3) == 0 && ++height < MAXIMUM_HEIGHT);
  return height;
}

static void insert(RedisModuleDict *dict, const void *key, size_t length, void *value, Node **before) {
  Node *node = node_new(random_height(dict), key, length, value);
  for (; dict->height < node->height; dict->height++) before[dict->height] = dict->head;
  for (int level = 0; level < node->height; level++) {
    node->next[level] = before[level]->next[level];
    before[level]->next[level] = node;
  }
  node->back = before[0] == dict->head ? NULL : before[0];
  if (node->next[0]) node->next[0]->back = node;
  else dict->last = node;
  dict->count++;
  dict->version++;
  dict->bytes += node_bytes(node);
}

RedisModuleDict *rm_CreateDict(RedisModuleCtx *context) {
  RedisModuleDict *dict = must_calloc(sizeof *dict);
  dict->head = node_new(MAXIMUM_HEIGHT, NULL, 0, NULL);
  dict->height = 1;
  dict->random = 0x9e3779b9u ^ (uint32_t)((uintptr_t)dict >> 4);
  if (dict->random == 0) dict->random = 1;
  dict->bytes = sizeof *dict + node_bytes(dict->head);
  auto_add(context, AUTO_DICT, dict);
  return dict;
}

/* Values are the module's to free. */
void rm_FreeDict(RedisModuleCtx *context, RedisModuleDict *dict) {
  if (dict == NULL) return;
  auto_remove(context, AUTO_DICT, dict);
  for (Node *node = dict->head; node;) {
    Node *next = node->next[0];
    free(node);
    node = next;
  }
  free(dict);
}

uint64_t rm_DictSize(RedisModuleDict *dict) { return dict->count; }

size_t rm_MallocSizeDict(RedisModuleDict *dict) { return dict->bytes; }

static int put(RedisModuleDict *dict, void *key, size_t length, void *value, bool replace) {
  Node *before[MAXIMUM_HEIGHT];
  Node *node = find_before(dict, key, length, before);
  if (node == NULL || compare(node, key, length) != 0) {
    insert(dict, key, length, value, before);
    return REDISMODULE_OK;
  }
  if (replace) node->value = value;
  return REDISMODULE_ERR;
}

/* Fails when the key is there. */
int rm_DictSetC(RedisModuleDict *dict, void *key, size_t length, void *value) {
  return put(dict, key, length, value, false);
}

int rm_DictSet(RedisModuleDict *dict, RedisModuleString *key, void *value) {
  return put(dict, key->bytes, key->length, value, false);
}

/* Sets the value in any case; fails, as in Redis, when it replaced one. */
int rm_DictReplaceC(RedisModuleDict *dict, void *key, size_t length, void *value) {
  return put(dict, key, length, value, true);
}

int rm_DictReplace(RedisModuleDict *dict, RedisModuleString *key, void *value) {
  return put(dict, key->bytes, key->length, value, true);
}

void *rm_DictGetC(RedisModuleDict *dict, void *key, size_t length, int *no_key) {
  Node *node = find(dict, key, length);
  if (no_key) *no_key = node == NULL;
  return node ? node->value : NULL;
}

void *rm_DictGet(RedisModuleDict *dict, RedisModuleString *key, int *no_key) {
  return rm_DictGetC(dict, key->bytes, key->length, no_key);
}

/* Fails when there is no such key. `old` is a place for its value, or NULL. */
int rm_DictDelC(RedisModuleDict *dict, void *key, size_t length, void *old) {
  Node *before[MAXIMUM_HEIGHT];
  Node *node = find_before(dict, key, length, before);
  if (node == NULL || compare(node, key, length) != 0) return REDISMODULE_ERR;
  if (old) *(void **)old = node->value;
  for (int level = 0; level < node->height; level++) {
    if (before[level]->next[level] == node) before[level]->next[level] = node->next[level];
  }
  if (node->next[0]) node->next[0]->back = node->back;
  else dict->last = node->back;
  while (dict->height > 1 && dict->head->next[dict->height - 1] == NULL) dict->height--;
  dict->count--;
  dict->version++;
  dict->bytes -= node_bytes(node);
  free(node);
  return REDISMODULE_OK;
}

int rm_DictDel(RedisModuleDict *dict, RedisModuleString *key, void *old) {
  return rm_DictDelC(dict, key->bytes, key->length, old);
}

/* The node an operator asks for: ^ first, $ last, == > >= < <= by key. NULL when there is none. */
static Node *seek(RedisModuleDict *dict, const char *operator, const void *key, size_t length) {
  if (operator[0] == '^') return dict->head->next[0];
  if (operator[0] == '$') return dict->last;
  Node *at = find_before(dict, key, length, NULL);
  bool equal = at && compare(at, key, length) == 0;
  if (operator[0] == '=') return equal ? at : NULL;
  bool inclusive = operator[1] == '=';
  if (operator[0] == '>') return equal && !inclusive ? at->next[0] : at;
  if (operator[0] != '<') return NULL;
  if (equal && inclusive) return at;
  return at ? at->back : dict->last;
}

static void take_place(RedisModuleDictIter *iterator, Node *node) {
  iterator->node = node;
  iterator->version = iterator->dict->version;
  iterator->ended = node == NULL;
  if (node == NULL) return;
  iterator->key.length = 0;
  buffer_append(&iterator->key, key_of(node), node->key_length);
  buffer_byte(&iterator->key, '\0');
  iterator->key.length--;
}

int rm_DictIteratorReseekC(RedisModuleDictIter *iterator, const char *operator, void *key, size_t length) {
  take_place(iterator, seek(iterator->dict, operator, key, length));
  iterator->fresh = true;
  return 1;
}

int rm_DictIteratorReseek(RedisModuleDictIter *iterator, const char *operator, RedisModuleString *key) {
  return rm_DictIteratorReseekC(iterator, operator, key ? key->bytes : NULL, key ? key->length : 0);
}

RedisModuleDictIter *rm_DictIteratorStartC(RedisModuleDict *dict, const char *operator, void *key,
                                           size_t length) {
  RedisModuleDictIter *iterator = must_calloc(sizeof *iterator);
  iterator->dict = dict;
  rm_DictIteratorReseekC(iterator, operator, key, length);
  return iterator;
}

RedisModuleDictIter *rm_DictIteratorStart(RedisModuleDict *dict, const char *operator,
                                          RedisModuleString *key) {
  return rm_DictIteratorStartC(dict, operator, key ? key->bytes : NULL, key ? key->length : 0);
}

/* Modules stop an iterator and start the next one from the key that it had returned, which in Redis
 * happens to be there still: the key stays until another iterator is stopped. */
void rm_DictIteratorStop(RedisModuleDictIter *iterator) {
  static Buffer last_key;
  Buffer key = iterator->key;
  if (holds_lock()) {
    key = last_key;
    last_key = iterator->key;
  }
  buffer_free(&key);
  free(iterator);
}

/* After a change of the dictionary the place is found again by its key, which may be gone. */
static void step(RedisModuleDictIter *iterator, bool forwards) {
  bool moved = iterator->version != iterator->dict->version;
  if (moved) {
    const char *operator = forwards ? (iterator->fresh ? ">=" : ">") : (iterator->fresh ? "<=" : "<");
    take_place(iterator, seek(iterator->dict, operator, iterator->key.data, iterator->key.length));
  } else if (!iterator->fresh) {
    take_place(iterator, forwards ? iterator->node->next[0] : iterator->node->back);
  }
  iterator->fresh = false;
}

static void *advance(RedisModuleDictIter *iterator, size_t *length, void **value, bool forwards) {
  if (!iterator->ended) step(iterator, forwards);
  if (iterator->ended) return NULL;
  if (length) *length = iterator->key.length;
  if (value) *value = iterator->node->value;
  return iterator->key.data;
}

/* The key, valid until the iterator moves; NULL at the end. */
void *rm_DictNextC(RedisModuleDictIter *iterator, size_t *length, void **value) {
  return advance(iterator, length, value, true);
}

void *rm_DictPrevC(RedisModuleDictIter *iterator, size_t *length, void **value) {
  return advance(iterator, length, value, false);
}

RedisModuleString *rm_DictNext(RedisModuleCtx *context, RedisModuleDictIter *iterator, void **value) {
  size_t length;
  void *key = advance(iterator, &length, value, true);
  return key ? rm_CreateString(context, key, length) : NULL;
}

RedisModuleString *rm_DictPrev(RedisModuleCtx *context, RedisModuleDictIter *iterator, void **value) {
  size_t length;
  void *key = advance(iterator, &length, value, false);
  return key ? rm_CreateString(context, key, length) : NULL;
}

/* Compares the current element with a key; fails too when there is none. */
int rm_DictCompareC(RedisModuleDictIter *iterator, const char *operator, void *key, size_t length) {
  if (iterator->ended) return REDISMODULE_ERR;
  size_t own = iterator->key.length;
  int order = memcmp(iterator->key.data, key, own < length ? own : length);
  if (order == 0) order = own == length ? 0 : own < length ? -1 : 1;
  bool equal = operator[0] == '=' || operator[1] == '=';
  bool holds =
      (operator[0] == '>' && order > 0) || (operator[0] == '<' && order < 0) || (equal && order == 0);
  return holds ? REDISMODULE_OK : REDISMODULE_ERR;
}

int rm_DictCompare(RedisModuleDictIter *iterator, const char *operator, RedisModuleString *key) {
  return rm_DictCompareC(iterator, operator, key->bytes, key->length);
}
