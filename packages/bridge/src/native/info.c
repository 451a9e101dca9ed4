/* INFO in both directions: what modules add, and what they ask about the server. */

#include "bridge.h"

#include <strings.h>

struct RedisModuleInfoCtx {
  Module *module;
  Buffer text;
  bool in_section;
  bool in_dictionary;
};

int rm_RegisterInfoFunc(RedisModuleCtx *context, RedisModuleInfoFunc function) {
  if (context->module == NULL) return REDISMODULE_ERR;
  context->module->info = function;
  host_ask(HOST_infoWanted, 0, 1, (double)context->module->number);
  return REDISMODULE_OK;
}

char *module_info(Module *module, bool for_crash_report) {
  RedisModuleInfoCtx info = {.module = module};
  if (module->info) {
    Running before = running_enter(module, "INFO");
    module->info(&info, for_crash_report);
    running_leave(before);
  }
  if (info.in_dictionary) rm_InfoEndDictField(&info);
  buffer_byte(&info.text, '\0');
  return info.text.data;
}

/* What would break the format becomes an underscore. */
static void safe_name(Buffer *text, const char *name) {
  for (; *name; name++) buffer_byte(text, strchr("#:\n\r", *name) ? '_' : *name);
}

/* An empty name gives the module's own section. */
int rm_InfoAddSection(RedisModuleInfoCtx *info, const char *name) {
  if (info->in_dictionary) rm_InfoEndDictField(info);
  if (info->text.length) buffer_text(&info->text, "\r\n");
  buffer_format(&info->text, "# %s", info->module->name);
  if (name && *name) buffer_format(&info->text, "_%s", name);
  buffer_text(&info->text, "\r\n");
  info->in_section = true;
  return REDISMODULE_OK;
}

/* Fails before the first section, as does every field. */
int rm_InfoBeginDictField(RedisModuleInfoCtx *info, const char *name) {
  if (!info->in_section) return REDISMODULE_ERR;
  if (info->in_dictionary) rm_InfoEndDictField(info);
  safe_name(&info->text, info->module->name);
  buffer_byte(&info->text, '_');
  safe_name(&info->text, name);
  buffer_byte(&info->text, ':');
  info->in_dictionary = true;
  return REDISMODULE_OK;
}

int rm_InfoEndDictField(RedisModuleInfoCtx *info) {
  if (!info->in_dictionary) return REDISMODULE_ERR;
  if (info->text.data[info->text.length - 1] == ',') info->text.length--;
  buffer_text(&info->text, "\r\n");
  info->in_dictionary = false;
  return REDISMODULE_OK;
}

static int add_field(RedisModuleInfoCtx *info, const char *name, const char *value, size_t length) {
  if (!info->in_section) return REDISMODULE_ERR;
  if (!info->in_dictionary) {
    safe_name(&info->text, info->module->name);
    buffer_byte(&info->text, '_');
  }
  safe_name(&info->text, name);
  buffer_byte(&info->text, info->in_dictionary ? '=' : ':');
  size_t start = info->text.length;
  buffer_append(&info->text, value, length);
  for (size_t i = start; i < info->text.length; i++) {
    if (strchr("\r\n", info->text.data[i])) info->text.data[i] = '_';
  }
  buffer_text(&info->text, info->in_dictionary ? "," : "\r\n");
  return REDISMODULE_OK;
}

int rm_InfoAddFieldString(RedisModuleInfoCtx *info, const char *name, RedisModuleString *value) {
  return add_field(info, name, value->bytes, value->length);
}

int rm_InfoAddFieldCString(RedisModuleInfoCtx *info, const char *name, const char *value) {
  return add_field(info, name, value, strlen(value));
}

int rm_InfoAddFieldDouble(RedisModuleInfoCtx *info, const char *name, double value) {
  char text[NUMBER_TEXT];
  return add_field(info, name, text, (size_t)snprintf(text, sizeof text, "%.17g", value));
}

int rm_InfoAddFieldLongLong(RedisModuleInfoCtx *info, const char *name, long long value) {
  char text[NUMBER_TEXT];
  return add_field(info, name, text, format_signed(text, value));
}

int rm_InfoAddFieldULongLong(RedisModuleInfoCtx *info, const char *name, unsigned long long value) {
  char text[NUMBER_TEXT];
  return add_field(info, name, text, format_unsigned(text, value));
}

/* INFO text, with line ends replaced by NUL so that values are C strings. */
struct RedisModuleServerInfoData {
  char *text;
  size_t length;
};

/* An unknown section gives no fields; NULL or "" the default sections. */
RedisModuleServerInfoData *rm_GetServerInfo(RedisModuleCtx *context, const char *section) {
  RedisModuleServerInfoData *data = must_calloc(sizeof *data);
  HostFrame frame = host_begin();
  host_text(section ? section : "");
  if (host_call(HOST_serverInfo)) data->text = host_output_text(0);
  host_end(frame);
  if (data->text) data->length = strlen(data->text);
  for (size_t i = 0; i < data->length; i++) {
    if (data->text[i] == '\r' || data->text[i] == '\n') data->text[i] = '\0';
  }
  auto_add(context, AUTO_INFO, data);
  return data;
}

void rm_FreeServerInfo(RedisModuleCtx *context, RedisModuleServerInfoData *data) {
  auto_remove(context, AUTO_INFO, data);
  free(data->text);
  free(data);
}

/* A field, or a part of one: in `keyspace`, `db0` is `keys=1,expires=0`. NULL when there is none. */
const char *rm_ServerInfoGetFieldC(RedisModuleServerInfoData *data, const char *name) {
  size_t length = strlen(name);
  for (size_t at = 0; at < data->length; at += strlen(data->text + at) + 1) {
    const char *line = data->text + at;
    if (*line != '#' && strncmp(line, name, length) == 0 && line[length] == ':') return line + length + 1;
  }
  return NULL;
}

RedisModuleString *rm_ServerInfoGetField(RedisModuleCtx *context, RedisModuleServerInfoData *data,
                                         const char *name) {
  const char *value = rm_ServerInfoGetFieldC(data, name);
  return value ? rm_CreateString(context, value, strlen(value)) : NULL;
}

static void tell(int *error, bool good) {
  if (error) *error = good ? REDISMODULE_OK : REDISMODULE_ERR;
}

/* 0 and an error for what is absent or not such a number, here and below. */
long long rm_ServerInfoGetFieldSigned(RedisModuleServerInfoData *data, const char *name, int *error) {
  const char *value = rm_ServerInfoGetFieldC(data, name);
  long long number = 0;
  tell(error, value && parse_signed(value, strlen(value), &number));
  return number;
}

unsigned long long rm_ServerInfoGetFieldUnsigned(RedisModuleServerInfoData *data, const char *name,
                                                 int *error) {
  const char *value = rm_ServerInfoGetFieldC(data, name);
  unsigned long long number = 0;
  tell(error, value && parse_unsigned(value, strlen(value), &number));
  return number;
}

double rm_ServerInfoGetFieldDouble(RedisModuleServerInfoData *data, const char *name, int *error) {
  const char *value = rm_ServerInfoGetFieldC(data, name);
  double number = 0;
  tell(error, value && parse_double(value, strlen(value), &number));
  return number;
}
