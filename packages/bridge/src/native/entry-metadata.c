/* What JavaScript calls about the metadata of keys. Values come as eight bytes for each class, beside the
 * set of the classes that have one. */

#include "environment.h"
#include "key-metadata.h"

static MetadataValues values_of(Bytes bytes, double mask) {
  MetadataValues values = {.mask = (uint32_t)mask};
  if (bytes.length == sizeof values.value) memcpy(values.value, bytes.data, sizeof values.value);
  return values;
}

/* Values as output, their set in slot 1. */
static void give_values(const MetadataValues *values, uint32_t mask) {
  give(values->value, sizeof values->value);
  slots[1] = mask;
}

/* set, database; values, key. */
static napi_value entry_metadata_unlink(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  MetadataValues values = values_of(in[0], slots[0]);
  RedisModuleKeyOptCtx place = {.from = string_of(in[1]), .from_db = (int)slots[1], .to_db = -1};
  metadata_unlink(&place, &values);
  give_values(&values, values.mask);
  string_release(place.from);
  return NULL;
}

/* set, whether there is a key; values, key. */
static napi_value entry_metadata_free(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  MetadataValues values = values_of(in[0], slots[0]);
  bool has_key = slots[1] != 0;
  RedisModuleString *key = string_of(in[1]);
  metadata_free(has_key ? key->bytes : NULL, &values);
  string_release(key);
  return NULL;
}

/* set, how, databases from and to, length of the key; values, keys from and to in one. */
static napi_value entry_metadata_transfer(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  MetadataValues values = values_of(in[0], slots[0]);
  MetadataTransfer transfer = (MetadataTransfer)slots[1];
  size_t from_length = (size_t)slots[4];
  RedisModuleKeyOptCtx place = {.from_db = (int)slots[2], .to_db = (int)slots[3]};
  const char *names = in[1].length ? (const char *)in[1].data : "";
  place.from = string_new(names, from_length);
  /* MOVE has no name for the new place: it is the old one. */
  if (transfer != METADATA_MOVE)
    place.to = string_new(names + from_length, in[1].length - from_length);
  uint32_t kept = metadata_transfer(transfer, &place, &values);
  give_values(&values, kept);
  string_release(place.from);
  string_release(place.to);
  return NULL;
}

typedef void (*MetadataWriter)(RedisModuleString *key, int db, const MetadataValues *values, Buffer *out);

/* Gives what `write` makes of metadata. set, database; values, key. */
static napi_value give_written(napi_env env, napi_callback_info info, MetadataWriter write) {
  Bytes in[2];
  read_bytes(env, info, in);
  MetadataValues values = values_of(in[0], slots[0]);
  RedisModuleString *key = string_of(in[1]);
  Buffer out = {0};
  write(key, (int)slots[1], &values, &out);
  give(out.data, out.length);
  buffer_free(&out);
  string_release(key);
  return NULL;
}

static napi_value entry_metadata_save(napi_env env, napi_callback_info info) {
  return give_written(env, info, metadata_save);
}

/* Slot 0: whether any class is saved. */
static napi_value entry_metadata_saves(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  slots[0] = metadata_saves();
  return NULL;
}

/* specification, database; fields. Slots: how it went, class, the value's halves. */
static napi_value entry_metadata_load(napi_env env, napi_callback_info info) {
  Bytes in[2];
  int id;
  uint64_t value = 0;
  read_bytes(env, info, in);
  MetadataLoad outcome =
      metadata_load((uint32_t)slots[0], in[0].data, in[0].length, (int)slots[1], &id, &value);
  slots[0] = outcome;
  slots[1] = id;
  slots[2] = (double)(uint32_t)value;
  slots[3] = (double)(value >> 32);
  return NULL;
}

static napi_value entry_metadata_rewrite(napi_env env, napi_callback_info info) {
  return give_written(env, info, metadata_rewrite);
}

/* module. Slots: the set of its classes, and of those that wait to take over. */
static napi_value entry_metadata_classes(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  const Module *module = module_by_number((int)slots[0]);
  slots[0] = module ? metadata_classes_of(module, false) : 0;
  slots[1] = module ? metadata_classes_of(module, true) : 0;
  return NULL;
}

/* set, database, module; values, key. */
static napi_value entry_metadata_carry(napi_env env, napi_callback_info info) {
  Bytes in[2];
  read_bytes(env, info, in);
  MetadataValues values = values_of(in[0], slots[0]);
  RedisModuleString *key = string_of(in[1]);
  metadata_carry(module_by_number((int)slots[2]), key, (int)slots[1], &values);
  give_values(&values, values.mask);
  string_release(key);
  return NULL;
}

/* module. */
static napi_value entry_metadata_take_over(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  metadata_take_over(module_by_number((int)slots[0]));
  return NULL;
}

static const Entry entries[] = {
    {"metadataUnlink", entry_metadata_unlink},     {"metadataFree", entry_metadata_free},
    {"metadataTransfer", entry_metadata_transfer}, {"metadataSave", entry_metadata_save},
    {"metadataSaves", entry_metadata_saves},       {"metadataLoad", entry_metadata_load},
    {"metadataRewrite", entry_metadata_rewrite},   {"metadataClasses", entry_metadata_classes},
    {"metadataCarry", entry_metadata_carry},       {"metadataTakeOver", entry_metadata_take_over},
};

void metadata_entries_define(napi_env env, napi_value exports) {
  define_entries(env, exports, entries, sizeof entries / sizeof entries[0]);
}
