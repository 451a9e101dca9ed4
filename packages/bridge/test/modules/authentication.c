/* Modules that decide who may log in, at once and after a while. */

#include "check.h"

#include <pthread.h>

/* What a thread is to do for a client that waits. */
typedef struct Task {
  RedisModuleBlockedClient *blocked;
  int aborts;
} Task;

static int freed;
static RedisModuleBlockedClient *held;

static void free_answer(RedisModuleCtx *ctx, void *answer) {
  (void)ctx;
  freed++;
  RedisModule_Free(answer);
}

static void *decide(void *data) {
  Task *task = data;
  if (task->aborts) {
    RedisModule_AbortBlock(task->blocked);
  } else {
    RedisModule_BlockedClientMeasureTimeEnd(task->blocked);
    RedisModule_UnblockClient(task->blocked, RedisModule_Strdup("an answer"));
  }
  RedisModule_Free(task);
  return NULL;
}

static int on_answer(RedisModuleCtx *ctx, RedisModuleString *user, RedisModuleString *password,
                     RedisModuleString **error) {
  (void)user;
  const char *answer = RedisModule_GetBlockedClientPrivateData(ctx);
  if (answer == NULL || strcmp(answer, "an answer") != 0) return REDISMODULE_AUTH_HANDLED;
  if (same(password, "late-skip")) return REDISMODULE_AUTH_NOT_HANDLED;
  if (same(password, "late-allow")) {
    RedisModule_AuthenticateClientWithACLUser(ctx, "default", 7, NULL, NULL, NULL);
    return REDISMODULE_AUTH_HANDLED;
  }
  if (same(password, "late-block")) {
    RedisModule_UnblockClient(RedisModule_BlockClientOnAuth(ctx, on_answer, NULL), NULL);
    return REDISMODULE_AUTH_HANDLED;
  }
  *error = RedisModule_CreateString(ctx, "denied late", 11);
  return REDISMODULE_AUTH_HANDLED;
}

/* Asked first. */
static int slowly(RedisModuleCtx *ctx, RedisModuleString *user, RedisModuleString *password,
                  RedisModuleString **error) {
  (void)user, (void)error;
  size_t length;
  const char *text = RedisModule_StringPtrLen(password, &length);
  if (strncmp(text, "late", 4) != 0) return REDISMODULE_AUTH_NOT_HANDLED;
  if (strcmp(text, "late-plain") == 0) {
    RedisModule_UnblockClient(RedisModule_BlockClient(ctx, NULL, NULL, NULL, 0), NULL);
    return REDISMODULE_AUTH_HANDLED;
  }
  RedisModuleBlockedClient *blocked = RedisModule_BlockClientOnAuth(ctx, on_answer, free_answer);
  if (RedisModule_GetContextFlags(ctx) & REDISMODULE_CTX_FLAGS_MULTI) {
    RedisModule_UnblockClient(blocked, NULL);
    return REDISMODULE_AUTH_HANDLED;
  }
  if (strcmp(text, "late-hold") == 0) {
    held = blocked;
    return REDISMODULE_AUTH_HANDLED;
  }
  RedisModule_BlockedClientMeasureTimeStart(blocked);
  Task *task = RedisModule_Alloc(sizeof *task);
  *task = (Task){blocked, strcmp(text, "late-abort") == 0};
  pthread_t thread;
  pthread_create(&thread, NULL, decide, task);
  pthread_detach(thread);
  return REDISMODULE_AUTH_HANDLED;
}

static int at_once(RedisModuleCtx *ctx, RedisModuleString *user, RedisModuleString *password,
                   RedisModuleString **error) {
  (void)user;
  RedisModule_AutoMemory(ctx);
  if (same(password, "allow") || same(password, "late-skip")) {
    RedisModule_AuthenticateClientWithACLUser(ctx, "default", 7, NULL, NULL, NULL);
    return REDISMODULE_AUTH_HANDLED;
  }
  if (!same(password, "deny")) return REDISMODULE_AUTH_NOT_HANDLED;
  *error = RedisModule_CreateString(ctx, "denied at once", 14);
  return REDISMODULE_AUTH_HANDLED;
}

/* It lets the client in, but leaves the case to others. */
static int halfway(RedisModuleCtx *ctx, RedisModuleString *user, RedisModuleString *password,
                   RedisModuleString **error) {
  (void)user, (void)error;
  if (same(password, "deny"))
    RedisModule_AuthenticateClientWithACLUser(ctx, "default", 7, NULL, NULL, NULL);
  return REDISMODULE_AUTH_NOT_HANDLED;
}

COMMAND(release) {
  UNUSED_ARGUMENTS();
  RedisModule_UnblockClient(held, RedisModule_Strdup("an answer"));
  return done(ctx);
}

COMMAND(freed_answers) {
  UNUSED_ARGUMENTS();
  return RedisModule_ReplyWithLongLong(ctx, freed);
}

COMMAND(outside) {
  UNUSED_ARGUMENTS();
  RedisModule_BlockClientOnAuth(ctx, on_answer, NULL);
  return REDISMODULE_OK;
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  UNUSED_ARGUMENTS();
  if (RedisModule_Init(ctx, "authentication", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK)
    return REDISMODULE_ERR;
  REGISTER("authentication.release", release, "", 0, 0, 0);
  REGISTER("authentication.freed", freed_answers, "", 0, 0, 0);
  REGISTER("authentication.outside", outside, "", 0, 0, 0);
  RedisModule_RegisterAuthCallback(ctx, at_once);
  RedisModule_RegisterAuthCallback(ctx, halfway);
  RedisModule_RegisterAuthCallback(ctx, slowly);
  return REDISMODULE_OK;
}
