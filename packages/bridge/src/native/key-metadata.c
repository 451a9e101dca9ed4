/* Classes of key metadata: eight bytes that a module attaches to keys, and what it does with them when
 * something happens to the key. The values lie in the keyspace; here is what they stand for. */

#include "key-metadata.h"

#include <setjmp.h>

extern __thread jmp_buf *rdb_escape;

enum { NAME_LENGTH = 4, MOST_VERSION = 31, VERSION_BITS = 5, FLAG_BITS = 3, FLAG_MASK = 7 };
enum { KEY_METADATA_OPCODE = 243, FIELDS_END = 0 };

typedef struct MetaClass {
  struct MetaClass *next; /* among the retired ones */
  Module *module;
  int id;
  uint32_t specification; /* name, version and flags as RDB files have them */
  RedisModuleKeyMetaClassConfig config;
} MetaClass;

/* Ids are given to names: a class that was released gets its id again when it comes back, and finds the
 * values that keys still have. */
static struct {
  char name[NAME_LENGTH + 1]; /* empty: free */
  MetaClass *current;         /* NULL once released */
  MetaClass *pending;         /* of a new version of the module, which takes over when it is live */
} classes[METADATA_CLASSES];

/* Of versions of modules that were replaced: what they say of their ids means nothing any more. */
static MetaClass *retired;

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/* 24 bits of name, 5 of version, 3 of flags. False for what does not fit. */
static bool encode(const char *name, int version, uint64_t flags, uint32_t *specification) {
  if (name == NULL || strlen(name) != NAME_LENGTH || version < 0 || version > MOST_VERSION) return false;
  uint32_t bits = 0;
  for (int i = 0; i < NAME_LENGTH; i++) {
    const char *at = strchr(alphabet, name[i]);
    if (at == NULL) return false;
    bits = bits << 6 | (uint32_t)(at - alphabet);
  }
  *specification = (bits << VERSION_BITS | (uint32_t)version) << FLAG_BITS | (uint32_t)(flags & FLAG_MASK);
  return true;
}

static int version_of(uint32_t specification) { return (int)(specification >> FLAG_BITS) & MOST_VERSION; }

static int id_of_name(const char *name) {
  for (int id = 1; id < METADATA_CLASSES; id++) {
    if (strcmp(classes[id].name, name) == 0) return id;
  }
  return 0;
}

static int free_id(void) {
  for (int id = 1; id < METADATA_CLASSES; id++) {
    if (classes[id].name[0] == '\0') return id;
  }
  return 0;
}

/* Whether the server lets `module` register a class now, in the place of one of `owner` if there is one. */
static bool allowed(const Module *module, const Module *owner) {
  int owner_number = owner ? owner->number : 0;
  return host_ask(HOST_metadataClassAllowed, 0, 2, (double)module->number, (double)owner_number) != 0;
}

/* The class's id, from 1 to 7. Negative: -1 outside of OnLoad, -2 and -3 for a structure that is missing
 * or newer, -4 for a malformed or taken name, or when there is no room for another. */
RedisModuleKeyMetaClassId rm_CreateKeyMetaClass(RedisModuleCtx *context, const char *name, int version,
                                                RedisModuleKeyMetaClassConfig *config) {
  Module *module = context->module;
  uint32_t specification;
  if (module == NULL || !allowed(module, NULL)) return -1;
  if (config == NULL) return -2;
  if (config->version == 0 || config->version > REDISMODULE_KEY_META_VERSION) return -3;
  if (!encode(name, version, config->flags, &specification)) return -4;
  int id = id_of_name(name);
  if (id == 0) id = free_id();
  if (id == 0 || classes[id].pending) return -4;
  MetaClass *current = classes[id].current;
  if (current && (current->module == module || !allowed(module, current->module))) return -4;
  MetaClass *class = must_calloc(sizeof *class);
  *class = (MetaClass){.module = module, .id = id, .specification = specification, .config = *config};
  memcpy(classes[id].name, name, NAME_LENGTH + 1);
  if (current) classes[id].pending = class;
  else classes[id].current = class;
  return id;
}

static MetaClass **find_retired(const Module *module, int id) {
  for (MetaClass **at = &retired; *at; at = &(*at)->next) {
    if ((*at)->module == module && (*at)->id == id) return at;
  }
  return NULL;
}

static void drop_retired(MetaClass **at) {
  MetaClass *class = *at;
  *at = class->next;
  free(class);
}

/* The class stands for nothing until it is registered again. Values of it stay with their keys. */
int rm_ReleaseKeyMetaClass(RedisModuleKeyMetaClassId id) {
  if (id < 1 || id >= METADATA_CLASSES) return REDISMODULE_ERR;
  MetaClass **replaced = find_retired(running.module, id);
  if (replaced) {
    drop_retired(replaced);
    return REDISMODULE_OK;
  }
  if (classes[id].current == NULL) return REDISMODULE_ERR;
  free(classes[id].current);
  classes[id].current = NULL;
  return REDISMODULE_OK;
}

/* Whether values of the class mean something to the module that has the key open. */
static bool usable(int id, const RedisModuleKey *key) {
  if (id < 1 || id >= METADATA_CLASSES || classes[id].current == NULL) return false;
  const MetaClass *pending = classes[id].pending;
  return !(pending && pending->module == key->module) && !find_retired(key->module, id);
}

/* Whoever sets a value has to free the one that was there. Fails for an empty key and one that was opened
 * for reading. */
int rm_SetKeyMeta(RedisModuleKeyMetaClassId id, RedisModuleKey *key, uint64_t value) {
  if (!key_writable(key) || !usable(id, key)) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_number(id);
  host_number((double)(uint32_t)value);
  host_number((double)(value >> 32));
  bool set = host_call(HOST_metadataSet) && host_result(0) != 0;
  host_end(frame);
  return set ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* Fails when the key has no value of the class. */
int rm_GetKeyMeta(RedisModuleKeyMetaClassId id, RedisModuleKey *key, uint64_t *value) {
  if (key == NULL || value == NULL || !usable(id, key)) return REDISMODULE_ERR;
  HostFrame frame = key_begin(key);
  host_number(id);
  bool found = host_call(HOST_metadataGet) && host_result(0) != 0;
  if (found) *value = (uint64_t)host_result(2) << 32 | (uint64_t)host_result(1);
  host_end(frame);
  return found ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* The class of a value that stands for something, else NULL: callbacks see no reset values. */
static MetaClass *class_of(const MetadataValues *values, int id) {
  MetaClass *class = classes[id].current;
  if (!(values->mask & 1u << id) || class == NULL) return NULL;
  return values->value[id] == class->config.reset_value ? NULL : class;
}

void metadata_unlink(RedisModuleKeyOptCtx *place, MetadataValues *values) {
  for (int id = 1; id < METADATA_CLASSES; id++) {
    MetaClass *class = class_of(values, id);
    if (class == NULL || class->config.unlink == NULL) continue;
    Running before = running_enter(class->module, "unlinking a key's metadata");
    class->config.unlink(place, &values->value[id]);
    running_leave(before);
  }
}

static void free_value(const MetaClass *class, const char *key, uint64_t value) {
  if (class->config.free == NULL) return;
  Running before = running_enter(class->module, "freeing a key's metadata");
  class->config.free(key, value);
  running_leave(before);
}

void metadata_free(const char *key, const MetadataValues *values) {
  for (int id = 1; id < METADATA_CLASSES; id++) {
    MetaClass *class = class_of(values, id);
    if (class) free_value(class, key, values->value[id]);
  }
}

static bool keeps(MetaClass *class, MetadataTransfer transfer, RedisModuleKeyOptCtx *place, uint64_t *value) {
  RedisModuleKeyMetaCopyFunc function = transfer == METADATA_COPY     ? class->config.copy
                                        : transfer == METADATA_RENAME ? class->config.rename
                                                                      : class->config.move;
  if (function == NULL) return transfer != METADATA_COPY;
  Running before = running_enter(class->module, "passing on a key's metadata");
  bool kept = function(place, value) != 0;
  running_leave(before);
  return kept;
}

/* Which values the key at the new place gets, and what they are there. Those of a class that was released
 * follow a key that is renamed or moved, and are not copied. */
uint32_t metadata_transfer(MetadataTransfer transfer, RedisModuleKeyOptCtx *place, MetadataValues *values) {
  uint32_t kept = 0;
  for (int id = 1; id < METADATA_CLASSES; id++) {
    if (!(values->mask & 1u << id)) continue;
    MetaClass *class = class_of(values, id);
    uint64_t value = values->value[id];
    if (class == NULL) {
      if (classes[id].current == NULL && transfer != METADATA_COPY) kept |= 1u << id;
    } else if (keeps(class, transfer, place, &value)) {
      kept |= 1u << id;
      values->value[id] = value;
    }
  }
  return kept;
}

/* The fields of one value with their end, after the class. False when the module writes none. */
static bool save_value(const MetaClass *class, RedisModuleString *key, int db, uint64_t value, Buffer *out) {
  RedisModuleIO io = {.module = class->module, .saving = true, .db = db, .key = key};
  Running before = running_enter(class->module, "saving a key's metadata");
  class->config.rdb_save(&io, NULL, &value);
  running_leave(before);
  bool wrote = io.out.length > 0;
  if (wrote) {
    buffer_append(out, &class->specification, sizeof class->specification);
    buffer_append(out, io.out.data, io.out.length);
    buffer_byte(out, FIELDS_END);
  }
  io_finish(&io);
  return wrote;
}

/* What stands before the type of the key's value in RDB files, or nothing. */
void metadata_save(RedisModuleString *key, int db, const MetadataValues *values, Buffer *out) {
  Buffer fields = {0};
  int count = 0;
  for (int id = 1; id < METADATA_CLASSES; id++) {
    MetaClass *class = class_of(values, id);
    if (class && class->config.rdb_save) count += save_value(class, key, db, values->value[id], &fields);
  }
  if (count > 0) {
    buffer_byte(out, (char)KEY_METADATA_OPCODE);
    buffer_byte(out, (char)count);
    buffer_append(out, fields.data, fields.length);
  }
  buffer_free(&fields);
}

bool metadata_saves(void) {
  for (int id = 1; id < METADATA_CLASSES; id++) {
    if (classes[id].current && classes[id].current->config.rdb_save) return true;
  }
  return false;
}

/* A module that does not handle errors is left in the middle of its loader. */
static int guarded_load(const MetaClass *class, RedisModuleIO *io, uint64_t *value, int version) {
  jmp_buf escape;
  jmp_buf *outer = rdb_escape;
  volatile int result = -1;
  Running before = running_enter(class->module, "loading a key's metadata");
  rdb_escape = &escape;
  if (setjmp(escape) == 0) result = class->config.rdb_load(io, value, version);
  rdb_escape = outer;
  running_leave(before);
  return result;
}

static MetadataLoad load_value(const MetaClass *class, const unsigned char *bytes, size_t length, int db,
                               int version, uint64_t *value) {
  RedisModuleIO io = {.module = class->module, .in = bytes, .in_length = length, .db = db};
  *value = 0;
  int result = guarded_load(class, &io, value, version);
  bool complete = io_at_end(&io) && io.position == length;
  if (result == 1 && !complete && *value != class->config.reset_value) free_value(class, NULL, *value);
  io_finish(&io);
  if (result == 1) return complete ? METADATA_LOADED : METADATA_CORRUPT;
  if (result == 0) return complete ? METADATA_LEFT_OUT : METADATA_CORRUPT;
  return METADATA_REFUSED;
}

MetadataLoad metadata_load(uint32_t specification, const unsigned char *bytes, size_t length, int db, int *id,
                           uint64_t *value) {
  char name[NAME_LENGTH + 1] = {0};
  uint32_t bits = specification >> (VERSION_BITS + FLAG_BITS);
  for (int i = NAME_LENGTH - 1; i >= 0; i--, bits >>= 6) name[i] = alphabet[bits & 63];
  *id = id_of_name(name);
  const MetaClass *class = *id ? classes[*id].current : NULL;
  if (class == NULL || class->config.rdb_load == NULL) return METADATA_UNKNOWN;
  return load_value(class, bytes, length, db, version_of(specification), value);
}

/* Commands that attach the values again. */
void metadata_rewrite(RedisModuleString *key, int db, const MetadataValues *values, Buffer *out) {
  for (int id = 1; id < METADATA_CLASSES; id++) {
    MetaClass *class = class_of(values, id);
    if (class == NULL || class->config.aof_rewrite == NULL) continue;
    RedisModuleIO io = {.module = class->module, .commands = true, .db = db, .key = key};
    Running before = running_enter(class->module, "rewriting a key's metadata");
    class->config.aof_rewrite(&io, NULL, values->value[id]);
    running_leave(before);
    buffer_append(out, io.out.data, io.out.length);
    io_finish(&io);
  }
}

uint32_t metadata_classes_of(const Module *module, bool pending) {
  uint32_t mask = 0;
  for (int id = 1; id < METADATA_CLASSES; id++) {
    const MetaClass *class = pending ? classes[id].pending : classes[id].current;
    if (class && class->module == module) mask |= 1u << id;
  }
  return mask;
}

/* Takes a value from one version of its module to the next. False when the two cannot do that. */
static bool carry_value(const MetaClass *from, const MetaClass *to, RedisModuleString *key, int db,
                        uint64_t *value) {
  if (*value == from->config.reset_value) {
    *value = to->config.reset_value;
    return true;
  }
  Buffer saved = {0};
  size_t before_fields = sizeof from->specification;
  uint64_t loaded;
  bool carried = from->config.rdb_save && to->config.rdb_load &&
                 save_value(from, key, db, *value, &saved) &&
                 load_value(to, (unsigned char *)saved.data + before_fields, saved.length - before_fields, db,
                            version_of(from->specification), &loaded) == METADATA_LOADED;
  buffer_free(&saved);
  free_value(from, key->bytes, *value);
  if (carried) *value = loaded;
  return carried;
}

/* Makes values those of the new version of a module that is about to take over; what cannot be carried
 * over is freed. */
void metadata_carry(const Module *module, RedisModuleString *key, int db, MetadataValues *values) {
  for (int id = 1; id < METADATA_CLASSES; id++) {
    const MetaClass *from = classes[id].current, *to = classes[id].pending;
    if (!(values->mask & 1u << id) || from == NULL || to == NULL || to->module != module) continue;
    if (!carry_value(from, to, key, db, &values->value[id])) values->mask &= ~(1u << id);
  }
}

void metadata_take_over(const Module *module) {
  for (int id = 1; id < METADATA_CLASSES; id++) {
    MetaClass *class = classes[id].pending;
    if (class == NULL || class->module != module) continue;
    MetaClass *replaced = classes[id].current;
    classes[id].pending = NULL;
    classes[id].current = class;
    if (replaced == NULL) continue;
    replaced->next = retired;
    retired = replaced;
  }
}

/* The server has taken the values of the module's classes off their keys before. */
void metadata_drop(Module *module) {
  for (MetaClass **at = &retired; *at;) {
    if ((*at)->module == module) drop_retired(at);
    else at = &(*at)->next;
  }
  for (int id = 1; id < METADATA_CLASSES; id++) {
    if (classes[id].pending && classes[id].pending->module == module) {
      free(classes[id].pending);
      classes[id].pending = NULL;
    }
    if (classes[id].current && classes[id].current->module == module) {
      free(classes[id].current);
      classes[id].current = NULL;
      classes[id].name[0] = '\0';
    }
  }
}
