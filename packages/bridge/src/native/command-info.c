/* SetCommandInfo: the documentation of a command, checked and sent on as JSON. */

#include "bridge.h"

/* Key specification flags in the order in which Redis lists them. */
static const struct {
  uint64_t bit;
  const char *name;
} key_flags[] = {
    {REDISMODULE_CMD_KEY_RO, "RO"},
    {REDISMODULE_CMD_KEY_RW, "RW"},
    {REDISMODULE_CMD_KEY_OW, "OW"},
    {REDISMODULE_CMD_KEY_RM, "RM"},
    {REDISMODULE_CMD_KEY_ACCESS, "access"},
    {REDISMODULE_CMD_KEY_UPDATE, "update"},
    {REDISMODULE_CMD_KEY_INSERT, "insert"},
    {REDISMODULE_CMD_KEY_DELETE, "delete"},
    {REDISMODULE_CMD_KEY_NOT_KEY, "not_key"},
    {REDISMODULE_CMD_KEY_INCOMPLETE, "incomplete"},
    {REDISMODULE_CMD_KEY_VARIABLE_FLAGS, "variable_flags"},
};

static const char *const argument_types[] = {
    "string", "integer", "double", "key", "pattern", "unix-time", "pure-token", "oneof", "block",
};

/* Elements have the size that the module was built with, which may be less than ours. */
static const void *element(const void *array, size_t index, size_t size) {
  return (const char *)array + index * size;
}

#define FIELD(structure, pointer, field, size)                                                               \
  (offsetof(structure, field) + sizeof(pointer->field) <= (size) ? pointer->field : NULL)

static void text_field(Buffer *json, const char *key, const char *text) {
  json_key(json, key);
  json_string(json, text);
}

/* False for an argument that makes no sense: no name, an unknown type, a container without parts. */
static bool write_arguments(Buffer *json, const RedisModuleCommandArg *arguments, size_t size) {
  bool valid = true;
  json_open(json, '[');
  for (size_t i = 0; arguments; i++) {
    const RedisModuleCommandArg *argument = element(arguments, i, size);
    if (argument->name == NULL) break;
    bool container =
        argument->type == REDISMODULE_ARG_TYPE_ONEOF || argument->type == REDISMODULE_ARG_TYPE_BLOCK;
    valid &= argument->type <= REDISMODULE_ARG_TYPE_BLOCK;
    if (!valid) break;
    valid &= argument->type != REDISMODULE_ARG_TYPE_PURE_TOKEN || argument->token != NULL;
    valid &= argument->type != REDISMODULE_ARG_TYPE_KEY || argument->key_spec_index >= 0;
    valid &= container == (argument->subargs != NULL);
    json_open(json, '{');
    text_field(json, "name", argument->name);
    text_field(json, "type", argument_types[argument->type]);
    json_key(json, "keySpecIndex");
    json_number(json, argument->type == REDISMODULE_ARG_TYPE_KEY ? argument->key_spec_index : -1);
    text_field(json, "token", argument->token);
    text_field(json, "summary", argument->summary);
    text_field(json, "since", argument->since);
    text_field(json, "deprecatedSince", argument->deprecated_since);
    text_field(json, "displayText", FIELD(RedisModuleCommandArg, argument, display_text, size));
    json_key(json, "flags");
    json_open(json, '[');
    if (argument->flags & REDISMODULE_CMD_ARG_OPTIONAL) json_string(json, "optional");
    if (argument->flags & REDISMODULE_CMD_ARG_MULTIPLE) json_string(json, "multiple");
    if (argument->flags & REDISMODULE_CMD_ARG_MULTIPLE_TOKEN) json_string(json, "multiple_token");
    json_close(json, ']');
    json_key(json, "arguments");
    valid &= write_arguments(json, argument->subargs, size);
    json_close(json, '}');
  }
  json_close(json, ']');
  return valid;
}

static bool write_begin(Buffer *json, const RedisModuleCommandKeySpec *spec) {
  json_key(json, "begin");
  json_open(json, '{');
  switch (spec->begin_search_type) {
  case REDISMODULE_KSPEC_BS_UNKNOWN: text_field(json, "type", "unknown"); break;
  case REDISMODULE_KSPEC_BS_INDEX:
    text_field(json, "type", "index");
    json_key(json, "position");
    json_number(json, spec->bs.index.pos);
    break;
  case REDISMODULE_KSPEC_BS_KEYWORD:
    text_field(json, "type", "keyword");
    text_field(json, "keyword", spec->bs.keyword.keyword);
    json_key(json, "startFrom");
    json_number(json, spec->bs.keyword.startfrom);
    break;
  default: return false;
  }
  json_close(json, '}');
  return spec->begin_search_type != REDISMODULE_KSPEC_BS_KEYWORD || spec->bs.keyword.keyword;
}

/* What is left out means: the one key where the search begins. */
static bool write_find(Buffer *json, const RedisModuleCommandKeySpec *spec) {
  json_key(json, "find");
  json_open(json, '{');
  bool range = spec->find_keys_type == REDISMODULE_KSPEC_FK_RANGE;
  switch (spec->find_keys_type) {
  case REDISMODULE_KSPEC_FK_UNKNOWN: text_field(json, "type", "unknown"); break;
  case REDISMODULE_KSPEC_FK_OMITTED:
  case REDISMODULE_KSPEC_FK_RANGE:
    text_field(json, "type", "range");
    json_key(json, "lastKey");
    json_number(json, range ? spec->fk.range.lastkey : 0);
    json_key(json, "keyStep");
    json_number(json, range ? spec->fk.range.keystep : 1);
    json_key(json, "limit");
    json_number(json, range ? spec->fk.range.limit : 0);
    break;
  case REDISMODULE_KSPEC_FK_KEYNUM:
    text_field(json, "type", "keynum");
    json_key(json, "keyNumberIndex");
    json_number(json, spec->fk.keynum.keynumidx);
    json_key(json, "firstKey");
    json_number(json, spec->fk.keynum.firstkey);
    json_key(json, "keyStep");
    json_number(json, spec->fk.keynum.keystep);
    break;
  default: return false;
  }
  json_close(json, '}');
  return true;
}

static bool write_key_specs(Buffer *json, const RedisModuleCommandKeySpec *specs, size_t size) {
  bool valid = true;
  json_key(json, "keySpecs");
  json_open(json, '[');
  for (size_t i = 0; specs; i++) {
    const RedisModuleCommandKeySpec *spec = element(specs, i, size);
    if (spec->begin_search_type == REDISMODULE_KSPEC_BS_INVALID) break;
    json_open(json, '{');
    text_field(json, "notes", spec->notes);
    json_key(json, "flags");
    json_open(json, '[');
    uint64_t left = spec->flags;
    for (size_t flag = 0; flag < sizeof key_flags / sizeof key_flags[0]; flag++) {
      if (left & key_flags[flag].bit) json_string(json, key_flags[flag].name);
      left &= ~key_flags[flag].bit;
    }
    json_close(json, ']');
    valid &= left == 0 && write_begin(json, spec) && write_find(json, spec);
    if (!valid) break;
    json_close(json, '}');
  }
  json_close(json, ']');
  return valid;
}

static void write_history(Buffer *json, const RedisModuleCommandHistoryEntry *history, size_t size) {
  json_key(json, "history");
  json_open(json, '[');
  for (size_t i = 0; history; i++) {
    const RedisModuleCommandHistoryEntry *entry = element(history, i, size);
    if (entry->since == NULL) break;
    json_open(json, '{');
    text_field(json, "since", entry->since);
    text_field(json, "changes", entry->changes ? entry->changes : "");
    json_close(json, '}');
  }
  json_close(json, ']');
}

static void write_tips(Buffer *json, const char *tips) {
  json_key(json, "tips");
  json_open(json, '[');
  for (const char *at = tips ? tips : ""; *at;) {
    size_t length = strcspn(at, " ");
    if (length) json_bytes(json, at, length);
    at += length;
    if (*at) at++;
  }
  json_close(json, ']');
}

/* Once a command, while the module loads. Fails for anything that makes no sense, as a whole. */
int rm_SetCommandInfo(RedisModuleCommand *handle, const RedisModuleCommandInfo *info) {
  Command *command = (Command *)handle;
  if (info->version == NULL || info->version->version < 1 || command->documented) return REDISMODULE_ERR;
  Buffer json = {0};
  json_open(&json, '{');
  json_key(&json, "command");
  json_number(&json, command->number);
  text_field(&json, "summary", info->summary);
  text_field(&json, "complexity", info->complexity);
  text_field(&json, "since", info->since);
  json_key(&json, "arity");
  json_number(&json, info->arity);
  write_history(&json, info->history, info->version->sizeof_historyentry);
  write_tips(&json, info->tips);
  bool valid = write_key_specs(&json, info->key_specs, info->version->sizeof_keyspec);
  json_key(&json, "arguments");
  valid = valid && write_arguments(&json, info->args, info->version->sizeof_arg);
  json_close(&json, '}');
  if (valid) {
    HostFrame frame = host_begin();
    host_bytes(json.data, json.length);
    valid = host_call(HOST_documentCommand);
    host_end(frame);
  }
  buffer_free(&json);
  command->documented = valid;
  return valid ? REDISMODULE_OK : REDISMODULE_ERR;
}
