/* Configuration parameters of modules. */

#include "bridge.h"

#include <errno.h>
#include <limits.h>
#include <strings.h>

typedef enum { CONFIG_BOOL, CONFIG_NUMERIC, CONFIG_STRING, CONFIG_ENUM } ConfigKind;

typedef struct Config {
  int number;
  Module *module;
  ConfigKind kind;
  char *name;
  unsigned flags;
  long long minimum, maximum;
  char **enum_names;
  int *enum_values;
  int enum_count;
  union {
    RedisModuleConfigGetBoolFunc boolean;
    RedisModuleConfigGetNumericFunc numeric;
    RedisModuleConfigGetStringFunc string;
    RedisModuleConfigGetEnumFunc enumeration;
  } get;
  union {
    RedisModuleConfigSetBoolFunc boolean;
    RedisModuleConfigSetNumericFunc numeric;
    RedisModuleConfigSetStringFunc string;
    RedisModuleConfigSetEnumFunc enumeration;
  } set;
  RedisModuleConfigApplyFunc apply;
  void *data;
} Config;

static Table configs;
static int next_number = 1;

static void config_free(Config *config) {
  for (int i = 0; i < config->enum_count; i++) free(config->enum_names[i]);
  free(config->enum_names);
  free(config->enum_values);
  free(config->name);
  free(config);
}

/* The name of an enum value; several, separated by blanks, for bit flags. */
static void enum_text(const Config *config, int value, Buffer *text) {
  for (int i = 0; i < config->enum_count; i++) {
    if (config->enum_values[i] == value) {
      buffer_text(text, config->enum_names[i]);
      return;
    }
  }
  if (!(config->flags & REDISMODULE_CONFIG_BITFLAGS)) {
    buffer_text(text, "unknown");
    return;
  }
  for (int i = 0; i < config->enum_count; i++) {
    int bits = config->enum_values[i];
    if (bits == 0 || (value & bits) != bits) continue;
    if (text->length) buffer_byte(text, ' ');
    buffer_text(text, config->enum_names[i]);
    value &= ~bits;
  }
}

static void flag(Buffer *json, const char *name, bool set) {
  json_key(json, name);
  json_boolean(json, set);
}

static const char *const kind_names[] = {"bool", "numeric", "string", "enum"};

static void write_config(Buffer *json, const Config *config, const char *initial) {
  char text[NUMBER_TEXT];
  json_open(json, '{');
  json_key(json, "module");
  json_number(json, config->module->number);
  json_key(json, "number");
  json_number(json, config->number);
  json_key(json, "name");
  json_string(json, config->name);
  json_key(json, "type");
  json_string(json, kind_names[config->kind]);
  json_key(json, "default");
  json_string(json, initial);
  json_key(json, "min");
  format_signed(text, config->minimum);
  json_string(json, text);
  json_key(json, "max");
  format_signed(text, config->maximum);
  json_string(json, text);
  json_key(json, "enumNames");
  json_open(json, '[');
  for (int i = 0; i < config->enum_count; i++) json_string(json, config->enum_names[i]);
  json_close(json, ']');
  json_key(json, "flags");
  json_open(json, '{');
  flag(json, "immutable", config->flags & REDISMODULE_CONFIG_IMMUTABLE);
  flag(json, "sensitive", config->flags & REDISMODULE_CONFIG_SENSITIVE);
  flag(json, "hidden", config->flags & REDISMODULE_CONFIG_HIDDEN);
  flag(json, "protected", config->flags & REDISMODULE_CONFIG_PROTECTED);
  flag(json, "denyLoading", config->flags & REDISMODULE_CONFIG_DENY_LOADING);
  flag(json, "memory", config->flags & REDISMODULE_CONFIG_MEMORY);
  flag(json, "bitFlags", config->flags & REDISMODULE_CONFIG_BITFLAGS);
  flag(json, "unprefixed", config->flags & REDISMODULE_CONFIG_UNPREFIXED);
  json_close(json, '}');
  json_close(json, '}');
}

/* 0, or the errno of a registration that cannot be: EBUSY outside of OnLoad, EINVAL for a bad name
 * or flag. */
static int problem(RedisModuleCtx *context, const char *name, ConfigKind kind, unsigned flags) {
  unsigned known = REDISMODULE_CONFIG_IMMUTABLE | REDISMODULE_CONFIG_SENSITIVE | REDISMODULE_CONFIG_HIDDEN |
                   REDISMODULE_CONFIG_PROTECTED | REDISMODULE_CONFIG_DENY_LOADING |
                   REDISMODULE_CONFIG_UNPREFIXED;
  if (kind == CONFIG_NUMERIC) known |= REDISMODULE_CONFIG_MEMORY;
  if (kind == CONFIG_ENUM) known |= REDISMODULE_CONFIG_BITFLAGS;
  if (context->module == NULL || context->module->load_context == NULL) return EBUSY;
  if ((flags & ~known) || *name == '\0') return EINVAL;
  for (const char *at = name; *at; at++) {
    bool valid = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
                 *at == '-' || *at == '_' || *at == '.';
    if (!valid) return EINVAL;
  }
  return 0;
}

static Config *config_new(RedisModuleCtx *context, const char *name, ConfigKind kind, unsigned flags) {
  int error = problem(context, name, kind, flags);
  if (error) {
    errno = error;
    return NULL;
  }
  Config *config = must_calloc(sizeof *config);
  config->module = context->module;
  config->kind = kind;
  config->name = must_strdup(name);
  config->flags = flags;
  config->minimum = LLONG_MIN;
  config->maximum = LLONG_MAX;
  return config;
}

/* Takes over `config`. EALREADY when the server has a parameter of this name. */
static int config_register(Config *config, const char *initial) {
  config->number = next_number++;
  Buffer json = {0};
  write_config(&json, config, initial);
  HostFrame frame = host_begin();
  host_bytes(json.data, json.length);
  char *refusal = host_call(HOST_registerConfig) ? host_output_text(0) : must_strdup("the server failed");
  host_end(frame);
  buffer_free(&json);
  if (refusal) {
    log_format(config->module, "warning", "Configuration parameter '%s' was refused: %s", config->name,
               refusal);
    free(refusal);
    config_free(config);
    errno = EALREADY;
    return REDISMODULE_ERR;
  }
  table_set(&configs, (uint64_t)config->number, config);
  return REDISMODULE_OK;
}

int rm_RegisterBoolConfig(RedisModuleCtx *context, const char *name, int initial, unsigned flags,
                          RedisModuleConfigGetBoolFunc get, RedisModuleConfigSetBoolFunc set,
                          RedisModuleConfigApplyFunc apply, void *data) {
  Config *config = config_new(context, name, CONFIG_BOOL, flags);
  if (config == NULL) return REDISMODULE_ERR;
  config->get.boolean = get;
  config->set.boolean = set;
  config->apply = apply;
  config->data = data;
  return config_register(config, initial ? "yes" : "no");
}

int rm_RegisterNumericConfig(RedisModuleCtx *context, const char *name, long long initial, unsigned flags,
                             long long minimum, long long maximum, RedisModuleConfigGetNumericFunc get,
                             RedisModuleConfigSetNumericFunc set, RedisModuleConfigApplyFunc apply,
                             void *data) {
  Config *config = config_new(context, name, CONFIG_NUMERIC, flags);
  if (config == NULL) return REDISMODULE_ERR;
  config->minimum = minimum;
  config->maximum = maximum;
  config->get.numeric = get;
  config->set.numeric = set;
  config->apply = apply;
  config->data = data;
  char text[NUMBER_TEXT];
  format_signed(text, initial);
  return config_register(config, text);
}

int rm_RegisterStringConfig(RedisModuleCtx *context, const char *name, const char *initial, unsigned flags,
                            RedisModuleConfigGetStringFunc get, RedisModuleConfigSetStringFunc set,
                            RedisModuleConfigApplyFunc apply, void *data) {
  Config *config = config_new(context, name, CONFIG_STRING, flags);
  if (config == NULL) return REDISMODULE_ERR;
  config->get.string = get;
  config->set.string = set;
  config->apply = apply;
  config->data = data;
  return config_register(config, initial);
}

int rm_RegisterEnumConfig(RedisModuleCtx *context, const char *name, int initial, unsigned flags,
                          const char **names, const int *values, int count, RedisModuleConfigGetEnumFunc get,
                          RedisModuleConfigSetEnumFunc set, RedisModuleConfigApplyFunc apply, void *data) {
  Config *config = config_new(context, name, CONFIG_ENUM, flags);
  if (config == NULL) return REDISMODULE_ERR;
  config->enum_names = must_alloc((size_t)count * sizeof(char *));
  config->enum_values = must_alloc((size_t)count * sizeof(int));
  for (int i = 0; i < count; i++) {
    config->enum_names[i] = must_strdup(names[i]);
    config->enum_values[i] = values[i];
  }
  config->enum_count = count;
  config->get.enumeration = get;
  config->set.enumeration = set;
  config->apply = apply;
  config->data = data;
  Buffer text = {0};
  enum_text(config, initial, &text);
  buffer_byte(&text, '\0');
  int result = config_register(config, text.data);
  buffer_free(&text);
  return result;
}

/* Fails when a value from LOADEX or the configuration file is refused, or outside of OnLoad. */
static int load(RedisModuleCtx *context, bool defaults_only) {
  if (context->module == NULL || context->module->load_context == NULL) {
    errno = EBUSY;
    return REDISMODULE_ERR;
  }
  double loaded = host_ask(HOST_loadConfigs, 0, 2, (double)context->module->number, (double)defaults_only);
  return loaded != 0 ? REDISMODULE_OK : REDISMODULE_ERR;
}

int rm_LoadConfigs(RedisModuleCtx *context) { return load(context, false); }

int rm_LoadDefaultConfigs(RedisModuleCtx *context) { return load(context, true); }

RedisModuleString *config_get(int number) {
  Config *config = table_get(&configs, (uint64_t)number);
  if (config == NULL) return NULL;
  Running before = running_enter(config->module, config->name);
  Buffer text = {0};
  RedisModuleString *string;
  switch (config->kind) {
  case CONFIG_BOOL: buffer_text(&text, config->get.boolean(config->name, config->data) ? "yes" : "no"); break;
  case CONFIG_NUMERIC: buffer_format(&text, "%lld", config->get.numeric(config->name, config->data)); break;
  case CONFIG_ENUM: enum_text(config, config->get.enumeration(config->name, config->data), &text); break;
  case CONFIG_STRING:
    string = config->get.string(config->name, config->data);
    if (string) buffer_append(&text, string->bytes, string->length);
    break;
  }
  running_leave(before);
  string = string_new(text.data, text.length);
  buffer_free(&text);
  return string;
}

static char *message(const char *format, ...) {
  Buffer text = {0};
  va_list args;
  va_start(args, format);
  buffer_vformat(&text, format, args);
  va_end(args);
  buffer_byte(&text, '\0');
  return text.data;
}

/* What the module said about a refusal, or a general reason. */
static char *refusal(int result, RedisModuleString *error) {
  char *text = NULL;
  if (result != REDISMODULE_OK) text = must_strdup(error ? error->bytes : "the module refused the value");
  string_release(error);
  return text;
}

static char *set_numeric(Config *config, const char *value, size_t length) {
  long long number;
  bool memory = config->flags & REDISMODULE_CONFIG_MEMORY;
  if (!(memory ? parse_memory(value, length, &number) : parse_signed(value, length, &number))) {
    return must_strdup(memory ? "argument must be a memory value"
                              : "argument couldn't be parsed into an integer");
  }
  if (number < config->minimum || number > config->maximum) {
    return message("argument must be between %lld and %lld inclusive", config->minimum, config->maximum);
  }
  RedisModuleString *error = NULL;
  int result = config->set.numeric(config->name, number, config->data, &error);
  return refusal(result, error);
}

static bool enum_value(Config *config, const char *word, size_t length, int *value) {
  for (int i = 0; i < config->enum_count; i++) {
    const char *name = config->enum_names[i];
    if (strlen(name) != length || strncasecmp(name, word, length) != 0) continue;
    *value |= config->enum_values[i];
    return true;
  }
  return false;
}

static char *set_enum(Config *config, const char *value) {
  int bits = 0, words = 0;
  bool valid = true;
  for (const char *at = value; *at && valid;) {
    size_t length = strcspn(at, " ");
    if (length) words++;
    if (length) valid = enum_value(config, at, length, &bits);
    at += length + (at[length] == ' ');
  }
  if (!valid || words == 0 || (words > 1 && !(config->flags & REDISMODULE_CONFIG_BITFLAGS))) {
    Buffer text = {0};
    buffer_text(&text, "argument(s) must be one of the following: ");
    for (int i = 0; i < config->enum_count; i++)
      buffer_format(&text, i ? ", %s" : "%s", config->enum_names[i]);
    buffer_byte(&text, '\0');
    return text.data;
  }
  RedisModuleString *error = NULL;
  int result = config->set.enumeration(config->name, bits, config->data, &error);
  return refusal(result, error);
}

static char *set_value(Config *config, const char *value, size_t length) {
  RedisModuleString *error = NULL;
  int result, boolean;
  switch (config->kind) {
  case CONFIG_NUMERIC: return set_numeric(config, value, length);
  case CONFIG_ENUM: return set_enum(config, value);
  case CONFIG_BOOL:
    boolean = strcasecmp(value, "yes") == 0;
    if (!boolean && strcasecmp(value, "no") != 0) return must_strdup("argument must be 'yes' or 'no'");
    result = config->set.boolean(config->name, boolean, config->data, &error);
    return refusal(result, error);
  default: {
    RedisModuleString *string = string_new(value, length);
    result = config->set.string(config->name, string, config->data, &error);
    string_release(string);
    return refusal(result, error);
  }
  }
}

char *config_set(int number, const char *value, size_t length) {
  Config *config = table_get(&configs, (uint64_t)number);
  if (config == NULL) return must_strdup("the module is gone");
  /* The enum parser wants a C string. */
  RedisModuleString *copy = string_new(value, length);
  Running before = running_enter(config->module, config->name);
  char *error = set_value(config, copy->bytes, copy->length);
  running_leave(before);
  string_release(copy);
  return error;
}

char *config_apply(int number) {
  Config *config = table_get(&configs, (uint64_t)number);
  if (config == NULL || config->apply == NULL) return NULL;
  RedisModuleCtx context;
  context_start(&context, config->module, 0);
  Running before = running_enter(config->module, config->name);
  RedisModuleString *error = NULL;
  int result = config->apply(&context, config->data, &error);
  context_finish(&context);
  running_leave(before);
  return refusal(result, error);
}

void configs_drop(Module *module) {
  for (size_t i = 0; i < configs.capacity; i++) {
    Config *config = configs.values[i];
    if (config == NULL || config->module != module) continue;
    table_set(&configs, (uint64_t)config->number, NULL);
    config_free(config);
    i = (size_t)-1;
  }
}
