/* Command filters: they see the arguments of every command before it is looked up. */

#include "bridge.h"

struct RedisModuleCommandFilter {
  RedisModuleCommandFilter *next;
  Module *module;
  RedisModuleCommandFilterFunc function;
  int flags;
};

struct RedisModuleCommandFilterCtx {
  RedisModuleString **arguments;
  int count;
  double client;
  bool changed;
};

static RedisModuleCommandFilter *filters;
static int depth;
int filter_count;

static void count_filters(void) {
  filter_count = 0;
  for (RedisModuleCommandFilter *each = filters; each; each = each->next)
    filter_count += each->function != NULL;
  host_ask(HOST_commandFiltersWanted, 0, 1, (double)(filter_count > 0));
}

/* Filters run in the order in which they were registered. */
RedisModuleCommandFilter *rm_RegisterCommandFilter(RedisModuleCtx *context,
                                                   RedisModuleCommandFilterFunc function, int flags) {
  RedisModuleCommandFilter *filter = must_calloc(sizeof *filter);
  *filter = (RedisModuleCommandFilter){NULL, context->module, function, flags};
  RedisModuleCommandFilter **at = &filters;
  while (*at) at = &(*at)->next;
  *at = filter;
  count_filters();
  return filter;
}

/* A filter that goes while commands are filtered only stops to run, and is freed afterwards. */
static void tidy(void) {
  RedisModuleCommandFilter **at = &filters;
  while (depth == 0 && *at) {
    RedisModuleCommandFilter *filter = *at;
    if (filter->function) {
      at = &filter->next;
      continue;
    }
    *at = filter->next;
    free(filter);
  }
}

/* Fails for a filter of another module. */
int rm_UnregisterCommandFilter(RedisModuleCtx *context, RedisModuleCommandFilter *filter) {
  if (filter->module != context->module) return REDISMODULE_ERR;
  filter->function = NULL;
  tidy();
  count_filters();
  return REDISMODULE_OK;
}

void filters_drop(Module *module) {
  for (RedisModuleCommandFilter *each = filters; each; each = each->next) {
    if (each->module == module) each->function = NULL;
  }
  tidy();
  count_filters();
}

/* `caller` is the module whose RM_Call this is; NULL for a command of a client. */
bool filters_run(Module *caller, double client, RedisModuleString ***arguments, int *count) {
  RedisModuleCommandFilterCtx context = {*arguments, *count, client, false};
  depth++;
  for (RedisModuleCommandFilter *each = filters; each; each = each->next) {
    if (each->function == NULL) continue;
    if ((each->flags & REDISMODULE_CMDFILTER_NOSELF) && caller == each->module) continue;
    Running before = running_enter(each->module, "a command filter");
    each->function(&context);
    running_leave(before);
  }
  depth--;
  tidy();
  *arguments = context.arguments;
  *count = context.count;
  return context.changed;
}

int rm_CommandFilterArgsCount(RedisModuleCommandFilterCtx *context) { return context->count; }

/* NULL outside of the arguments. It stays the command's. */
RedisModuleString *rm_CommandFilterArgGet(RedisModuleCommandFilterCtx *context, int position) {
  return position >= 0 && position < context->count ? context->arguments[position] : NULL;
}

/* Takes over `argument`. Fails past the end. */
int rm_CommandFilterArgInsert(RedisModuleCommandFilterCtx *context, int position,
                              RedisModuleString *argument) {
  if (position < 0 || position > context->count) return REDISMODULE_ERR;
  size_t size = (size_t)(context->count + 1) * sizeof *context->arguments;
  context->arguments = must_realloc(context->arguments, size);
  RedisModuleString **at = context->arguments + position;
  memmove(at + 1, at, (size_t)(context->count - position) * sizeof *at);
  *at = argument;
  context->count++;
  context->changed = true;
  return REDISMODULE_OK;
}

int rm_CommandFilterArgReplace(RedisModuleCommandFilterCtx *context, int position,
                               RedisModuleString *argument) {
  if (position < 0 || position >= context->count) return REDISMODULE_ERR;
  string_release(context->arguments[position]);
  context->arguments[position] = argument;
  context->changed = true;
  return REDISMODULE_OK;
}

int rm_CommandFilterArgDelete(RedisModuleCommandFilterCtx *context, int position) {
  if (position < 0 || position >= context->count) return REDISMODULE_ERR;
  RedisModuleString **at = context->arguments + position;
  string_release(*at);
  memmove(at, at + 1, (size_t)(context->count - position - 1) * sizeof *at);
  context->count--;
  context->changed = true;
  return REDISMODULE_OK;
}

unsigned long long rm_CommandFilterGetClientId(RedisModuleCommandFilterCtx *context) {
  return (unsigned long long)context->client;
}
