/* Commands: their registration, and what they tell about their keys. */

#include "bridge.h"

#include <errno.h>
#include <strings.h>

static Table commands;
static int next_number = 1;

Command *command_by_number(int number) { return table_get(&commands, (uint64_t)number); }

static const char *const known_flags[] = {
    "write",
    "readonly",
    "admin",
    "deny-oom",
    "deny-script",
    "allow-loading",
    "pubsub",
    "random",
    "blocking",
    "allow-stale",
    "no-monitor",
    "no-slowlog",
    "fast",
    "no-auth",
    "may-replicate",
    "getkeys-api",
    "getchannels-api",
    "no-cluster",
    "no-mandatory-keys",
    "allow-busy",
    "internal",
    "touches-arbitrary-keys",
    NULL,
};

static const char *known_flag(const char *text, size_t length) {
  for (int i = 0; known_flags[i]; i++) {
    if (strlen(known_flags[i]) == length && strncasecmp(known_flags[i], text, length) == 0)
      return known_flags[i];
  }
  return NULL;
}

/* False for a flag that does not exist. `random` is accepted and means nothing. */
static bool write_flags(Buffer *json, const char *flags) {
  json_open(json, '[');
  for (const char *at = flags ? flags : ""; *at;) {
    size_t length = strcspn(at, " ");
    const char *flag = length ? known_flag(at, length) : "random";
    if (flag == NULL) return false;
    if (strcmp(flag, "random") != 0) json_string(json, flag);
    at += length;
    if (*at) at++;
  }
  json_close(json, ']');
  return true;
}

static bool register_command(Command *command, const char *name, const char *flags, int first, int last,
                             int step) {
  Buffer json = {0};
  json_open(&json, '{');
  json_key(&json, "module");
  json_number(&json, command->module->number);
  json_key(&json, "number");
  json_number(&json, command->number);
  json_key(&json, "name");
  json_string(&json, name);
  json_key(&json, "parent");
  if (command->parent) json_number(&json, command->parent->number);
  else json_string(&json, NULL);
  json_key(&json, "firstKey");
  json_number(&json, first);
  json_key(&json, "lastKey");
  json_number(&json, last);
  json_key(&json, "keyStep");
  json_number(&json, step);
  json_key(&json, "flags");
  bool accepted = write_flags(&json, flags);
  json_close(&json, '}');
  if (accepted) {
    HostFrame frame = host_begin();
    host_bytes(json.data, json.length);
    accepted = host_call(HOST_createCommand) && host_result(0) != 0;
    host_end(frame);
  }
  buffer_free(&json);
  return accepted;
}

static Command *create(Module *module, Command *parent, const char *name, RedisModuleCmdFunc function,
                       const char *flags, int first, int last, int step) {
  if (strpbrk(name, " \r\n|@=,")) return NULL;
  Command *command = must_calloc(sizeof *command);
  command->number = next_number++;
  command->module = module;
  command->parent = parent;
  command->function = function;
  Buffer full = {0};
  if (parent) buffer_format(&full, "%s|%s", parent->name, name);
  else buffer_text(&full, name);
  buffer_byte(&full, '\0');
  command->name = full.data;
  table_set(&commands, (uint64_t)command->number, command);
  if (!register_command(command, name, flags, first, last, step)) {
    table_set(&commands, (uint64_t)command->number, NULL);
    free(command->name);
    free(command);
    return NULL;
  }
  module->commands++;
  command->next = module->command_list;
  module->command_list = command;
  return command;
}

/* Only while the module loads. Fails for a bad flag or name, and for a name that is taken. */
int rm_CreateCommand(RedisModuleCtx *context, const char *name, RedisModuleCmdFunc function,
                     const char *flags, int first, int last, int step) {
  Module *module = context->module;
  if (module == NULL || module->load_context == NULL) return REDISMODULE_ERR;
  return create(module, NULL, name, function, flags, first, last, step) ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* Besides what CreateCommand refuses: a parent that is itself a subcommand or runs something. */
int rm_CreateSubcommand(RedisModuleCommand *parent_handle, const char *name, RedisModuleCmdFunc function,
                        const char *flags, int first, int last, int step) {
  Command *parent = (Command *)parent_handle;
  if (parent->module->load_context == NULL || parent->parent || parent->function) return REDISMODULE_ERR;
  bool created = create(parent->module, parent, name, function, flags, first, last, step) != NULL;
  return created ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* Commands of this module alone; `container|sub` for a subcommand. */
RedisModuleCommand *rm_GetCommand(RedisModuleCtx *context, const char *name) {
  Command *command = context->module ? context->module->command_list : NULL;
  while (command && strcasecmp(command->name, name) != 0) command = command->next;
  return (RedisModuleCommand *)command;
}

int rm_SetCommandACLCategories(RedisModuleCommand *handle, const char *categories) {
  Command *command = (Command *)handle;
  if (command->module->load_context == NULL) return REDISMODULE_ERR;
  HostFrame frame = host_begin();
  host_number(command->number);
  host_text(categories ? categories : "");
  bool set = host_call(HOST_setCommandCategories) && host_result(0) != 0;
  host_end(frame);
  return set ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* EINVAL for a bad name or outside of OnLoad, EBUSY for one that is taken, ENOMEM for one too many. */
int rm_AddACLCategory(RedisModuleCtx *context, const char *name) {
  bool valid = context->module && context->module->load_context && *name;
  for (const char *at = name; *at; at++) {
    valid &= (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
             *at == '-' || *at == '_';
  }
  if (!valid) {
    errno = EINVAL;
    return REDISMODULE_ERR;
  }
  HostFrame frame = host_begin();
  host_number(context->module->number);
  host_text(name);
  int answer = host_call(HOST_addCategory) ? (int)host_result(0) : 1;
  host_end(frame);
  if (answer == 0) return REDISMODULE_OK;
  errno = answer == 1 ? EBUSY : ENOMEM;
  return REDISMODULE_ERR;
}

void commands_drop(Module *module) {
  for (Command *command = module->command_list; command; command = command->next) {
    table_set(&commands, (uint64_t)command->number, NULL);
  }
  module->commands = 0;
}

void commands_free(Module *module) {
  while (module->command_list) {
    Command *command = module->command_list;
    module->command_list = command->next;
    free(command->name);
    free(command);
  }
}

static void add_position(RedisModuleCtx *context, int flag, int position, int flags) {
  Positions *positions = context->positions;
  if (positions == NULL || !(context->flags & flag) || position <= 0) return;
  if (positions->count == positions->capacity) {
    positions->capacity = positions->capacity ? positions->capacity * 2 : 16;
    positions->positions = must_realloc(positions->positions, (size_t)positions->capacity * sizeof(int));
    positions->flags = must_realloc(positions->flags, (size_t)positions->capacity * sizeof(int));
  }
  positions->positions[positions->count] = position;
  positions->flags[positions->count++] = flags;
}

int rm_IsKeysPositionRequest(RedisModuleCtx *context) { return (context->flags & CONTEXT_KEYS_REQUEST) != 0; }

void rm_KeyAtPosWithFlags(RedisModuleCtx *context, int position, int flags) {
  add_position(context, CONTEXT_KEYS_REQUEST, position, flags);
}

/* A key about which nothing more is known may be read and changed in any way. */
void rm_KeyAtPos(RedisModuleCtx *context, int position) {
  rm_KeyAtPosWithFlags(context, position,
                       REDISMODULE_CMD_KEY_RW | REDISMODULE_CMD_KEY_ACCESS | REDISMODULE_CMD_KEY_UPDATE);
}

int rm_IsChannelsPositionRequest(RedisModuleCtx *context) {
  return (context->flags & CONTEXT_CHANNELS_REQUEST) != 0;
}

void rm_ChannelAtPosWithFlags(RedisModuleCtx *context, int position, int flags) {
  add_position(context, CONTEXT_CHANNELS_REQUEST, position, flags);
}

/* Results of commandKeys of host.ts that are not positions, with the errno of each. */
static int *key_positions(RedisModuleString **arguments, int count, int *key_count, int **flags) {
  static const int problems[] = {0, ENOENT, EINVAL, 0};
  HostFrame frame = host_begin();
  host_arguments(arguments, count);
  int *positions = NULL;
  int status = host_call(HOST_commandKeys) ? (int)host_result(0) : 1;
  errno = problems[status];
  *key_count = 0;
  if (status == 0) {
    int keys = (int)host_result(1);
    const int32_t *pairs = (const int32_t *)host_output();
    positions = rm_Alloc((size_t)keys * sizeof(int));
    if (flags) *flags = rm_Alloc((size_t)keys * sizeof(int));
    for (int i = 0; i < keys; i++) {
      positions[i] = pairs[2 * i];
      if (flags) (*flags)[i] = pairs[2 * i + 1];
    }
    *key_count = keys;
  }
  host_end(frame);
  return positions;
}

/* NULL with ENOENT for an unknown command, EINVAL for a wrong number of arguments, 0 for a command
 * without keys. The caller frees both arrays. */
int *rm_GetCommandKeysWithFlags(RedisModuleCtx *context, RedisModuleString **arguments, int count,
                                int *key_count, int **flags) {
  (void)context;
  return key_positions(arguments, count, key_count, flags);
}

int *rm_GetCommandKeys(RedisModuleCtx *context, RedisModuleString **arguments, int count, int *key_count) {
  (void)context;
  return key_positions(arguments, count, key_count, NULL);
}

/* Valid until the next call. NULL outside of a command. */
const char *rm_GetCurrentCommandName(RedisModuleCtx *context) {
  static __thread char name[256];
  if (context && context->command) return context->command->name;
  if (context == NULL || context->caller.client == 0) return NULL;
  HostFrame frame = host_begin();
  host_number(context->caller.client);
  char *text = host_call(HOST_currentCommandName) ? host_output_text(0) : NULL;
  host_end(frame);
  snprintf(name, sizeof name, "%s", text ? text : "");
  free(text);
  return name[0] ? name : NULL;
}
