/* Commands called from modules, their replies, replication and publishing. */

#include "check.h"

static int is_text(RedisModuleCallReply *reply, const char *text) {
  size_t length;
  const char *bytes = RedisModule_CallReplyStringPtr(reply, &length);
  return bytes && length == strlen(text) && memcmp(bytes, text, length) == 0;
}

static int starts(RedisModuleCallReply *reply, const char *text) {
  size_t length;
  const char *bytes = RedisModule_CallReplyStringPtr(reply, &length);
  return bytes && length >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

COMMAND(formats) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleString *key = RedisModule_CreateString(ctx, "k", 1);
  RedisModuleString *parts[2] = {key, RedisModule_CreateString(ctx, "vector", 6)};
  CHECK(is_text(RedisModule_Call(ctx, "set", "sb", key, "a\0b", (size_t)3), "OK"));
  RedisModuleCallReply *reply = RedisModule_Call(ctx, "get", "s", key);
  size_t length;
  CHECK(memcmp(RedisModule_CallReplyStringPtr(reply, &length), "a\0b", 3) == 0 && length == 3);
  CHECK(RedisModule_CallReplyLength(reply) == 3);
  RedisModule_Call(ctx, "set", "v", parts, (size_t)2);
  CHECK(is_text(RedisModule_Call(ctx, "get", "c", "k"), "vector"));
  RedisModule_Call(ctx, "set", "cl", "k", -42ll);
  CHECK(is_text(RedisModule_Call(ctx, "get", "c", "k"), "-42"));
  errno = 0;
  CHECK(RedisModule_Call(ctx, "get", "x", "k") == NULL && errno == EBADF);
  CHECK(RedisModule_Call(ctx, "no-such", "c", "k") == NULL && errno == ENOENT);
  CHECK(RedisModule_Call(ctx, "set", "Wcc", "k", "v") == NULL && errno == ENOSPC);
  reply = RedisModule_Call(ctx, "no-such", "E");
  CHECK(RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_ERROR &&
        starts(reply, "ERR unknown command 'no-such'"));
  if (RedisModule_GetServerVersion() >= 0x070200)
    CHECK(RedisModule_Call(ctx, "ping", "D") == NULL && errno == 0);
  RedisModuleCtx *detached = RedisModule_GetDetachedThreadSafeContext(ctx);
  RedisModuleCallReply *pong = RedisModule_Call(detached, "ping", "C");
  CHECK(is_text(pong, "PONG"));
  RedisModule_FreeCallReply(pong);
  RedisModule_FreeThreadSafeContext(detached);
  return done(ctx);
}

COMMAND(replies) {
  UNUSED_ARGUMENTS();
  RedisModuleCallReply *reply = RedisModule_Call(ctx, "hset", "ccccc", "h", "f1", "v1", "f2", "v2");
  CHECK(RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_INTEGER &&
        RedisModule_CallReplyInteger(reply) == 2);
  RedisModuleString *string = RedisModule_CreateStringFromCallReply(reply);
  CHECK(same(string, "2") && RedisModule_CallReplyStringPtr(reply, NULL) == NULL);
  RedisModule_FreeString(ctx, string);
  RedisModule_FreeCallReply(reply);
  reply = RedisModule_Call(ctx, "hgetall", "c", "h");
  CHECK(RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_ARRAY &&
        RedisModule_CallReplyLength(reply) == 4);
  RedisModuleCallReply *element = RedisModule_CallReplyArrayElement(reply, 3);
  CHECK(is_text(element, "v2") && RedisModule_CallReplyArrayElement(reply, 4) == NULL);
  CHECK(RedisModule_CallReplyInteger(element) == INT64_MIN &&
        RedisModule_CallReplySetElement(reply, 0) == NULL);
  RedisModule_FreeCallReply(element);
  CHECK(is_text(element, "v2"));
  size_t length;
  CHECK(memcmp(RedisModule_CallReplyProto(element, &length), "$2\r\nv2\r\n", 8) == 0 && length == 8);
  RedisModule_FreeCallReply(reply);
  reply = RedisModule_Call(ctx, "get", "c", "nothing");
  CHECK(RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_NULL &&
        RedisModule_CreateStringFromCallReply(reply) == NULL);
  RedisModule_FreeCallReply(reply);
  CHECK(RedisModule_CallReplyType(NULL) == REDISMODULE_REPLY_UNKNOWN);
  return done(ctx);
}

COMMAND(resp3) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModule_Call(ctx, "hset", "ccc", "h3", "f", "v");
  /* A string made from an element is managed as well: the sanitizer would find it otherwise. */
  RedisModuleCallReply *pair = RedisModule_Call(ctx, "hgetall", "c", "h3");
  CHECK(same(RedisModule_CreateStringFromCallReply(RedisModule_CallReplyArrayElement(pair, 1)), "v"));
  RedisModuleCallReply *reply = RedisModule_Call(ctx, "hgetall", "3c", "h3"), *key, *value;
  CHECK(RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_MAP && RedisModule_CallReplyLength(reply) == 1);
  CHECK(RedisModule_CallReplyMapElement(reply, 0, &key, &value) == REDISMODULE_OK && is_text(key, "f") &&
        is_text(value, "v"));
  CHECK(RedisModule_CallReplyMapElement(reply, 1, &key, &value) == REDISMODULE_ERR);
  reply = RedisModule_Call(ctx, "resp3-zoo", "3");
  RedisModuleCallReply *attribute = RedisModule_CallReplyAttribute(reply);
  CHECK(RedisModule_CallReplyType(attribute) == REDISMODULE_REPLY_ATTRIBUTE &&
        RedisModule_CallReplyLength(attribute) == 1);
  CHECK(RedisModule_CallReplyAttributeElement(attribute, 0, &key, &value) == REDISMODULE_OK &&
        is_text(key, "ttl"));
  CHECK(RedisModule_CallReplyInteger(value) == 3600);
  CHECK(RedisModule_CallReplyType(reply) == REDISMODULE_REPLY_ARRAY &&
        RedisModule_CallReplyLength(reply) == 7);
  RedisModuleCallReply *items[7];
  for (size_t i = 0; i < 7; i++) items[i] = RedisModule_CallReplyArrayElement(reply, i);
  CHECK(RedisModule_CallReplyType(items[0]) == REDISMODULE_REPLY_BOOL &&
        RedisModule_CallReplyBool(items[0]) == 1);
  CHECK(RedisModule_CallReplyType(items[1]) == REDISMODULE_REPLY_DOUBLE &&
        RedisModule_CallReplyDouble(items[1]) == 1.5);
  size_t length;
  const char *format;
  CHECK(memcmp(RedisModule_CallReplyBigNumber(items[2], &length), "12345678901234567890", 20) == 0 &&
        length == 20);
  CHECK(memcmp(RedisModule_CallReplyVerbatim(items[3], &length, &format), "abc", 3) == 0 && length == 3 &&
        memcmp(format, "txt", 3) == 0);
  CHECK(RedisModule_CallReplyType(items[4]) == REDISMODULE_REPLY_NULL &&
        RedisModule_CallReplyType(items[5]) == REDISMODULE_REPLY_SET);
  CHECK(RedisModule_CallReplyInteger(RedisModule_CallReplySetElement(items[5], 0)) == 1);
  CHECK(RedisModule_CallReplyMapElement(items[6], 0, &key, &value) == REDISMODULE_OK &&
        RedisModule_CallReplyInteger(value) == 2);
  CHECK(RedisModule_CallReplyBool(items[1]) == INT32_MIN &&
        RedisModule_CallReplyBigNumber(items[1], &length) == NULL);
  return done(ctx);
}

/* calls.forward command [arg ...]: its reply, whatever it is. */
COMMAND(forward) {
  RedisModuleCallReply *reply =
      RedisModule_Call(ctx, RedisModule_StringPtrLen(argv[1], NULL), "E0v", argv + 2, (size_t)(argc - 2));
  int result = RedisModule_ReplyWithCallReply(ctx, reply);
  RedisModule_FreeCallReply(reply);
  return result;
}

/* The same, asking for RESP3 whatever the client speaks. */
COMMAND(forward3) {
  RedisModuleCallReply *reply =
      RedisModule_Call(ctx, RedisModule_StringPtrLen(argv[1], NULL), "E3v", argv + 2, (size_t)(argc - 2));
  if (RedisModule_ReplyWithCallReply(ctx, reply) == REDISMODULE_ERR)
    RedisModule_ReplyWithError(ctx, "ERR needs RESP3");
  RedisModule_FreeCallReply(reply);
  return REDISMODULE_OK;
}

/* calls.nest depth: calls itself, with memory of every level in use. */
COMMAND(nest) {
  (void)argc;
  long long depth;
  RedisModule_StringToLongLong(argv[1], &depth);
  if (depth == 0) return RedisModule_ReplyWithLongLong(ctx, 0);
  RedisModuleCallReply *reply =
      RedisModule_Call(ctx, "calls.nest", "lcb", depth - 1, "padding", "\0\1\2", (size_t)3);
  long long inner = RedisModule_CallReplyInteger(reply);
  RedisModule_FreeCallReply(reply);
  return RedisModule_ReplyWithLongLong(ctx, inner + 1);
}

COMMAND(replication) {
  (void)argc;
  CHECK(RedisModule_Replicate(ctx, "set", "cs", "copy", argv[0]) == REDISMODULE_OK);
  CHECK(RedisModule_Replicate(ctx, "set", "?", "copy") == REDISMODULE_ERR);
  CHECK(RedisModule_ReplicateVerbatim(ctx) == REDISMODULE_OK && RedisModule_AvoidReplicaTraffic() == 0);
  RedisModule_FreeCallReply(RedisModule_Call(ctx, "set", "!cc", "called", "1"));
  return done(ctx);
}

COMMAND(publishing) {
  (void)argc;
  CHECK(RedisModule_PublishMessage(ctx, argv[1], argv[2]) == 2);
  CHECK(RedisModule_PublishMessageShard(ctx, argv[1], argv[2]) == 2);
  return done(ctx);
}

COMMAND(key_positions) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  RedisModuleString *arguments[4] = {
      RedisModule_CreateString(ctx, "calls.keyed", 11), RedisModule_CreateString(ctx, "a", 1),
      RedisModule_CreateString(ctx, "x", 1), RedisModule_CreateString(ctx, "b", 1)};
  int count, *flags;
  int *positions = RedisModule_GetCommandKeysWithFlags(ctx, arguments, 4, &count, &flags);
  CHECK(positions && count == 2 && positions[0] == 1 && positions[1] == 3);
  CHECK(flags[0] == REDISMODULE_CMD_KEY_RO && (flags[1] & REDISMODULE_CMD_KEY_RW));
  RedisModule_Free(positions);
  RedisModule_Free(flags);
  arguments[0] = RedisModule_CreateString(ctx, "nothing", 7);
  CHECK(RedisModule_GetCommandKeys(ctx, arguments, 1, &count) == NULL && errno == ENOENT);
  arguments[0] = RedisModule_CreateString(ctx, "ping", 4);
  CHECK(RedisModule_GetCommandKeys(ctx, arguments, 1, &count) == NULL && errno == 0);
  return done(ctx);
}

COMMAND(no_cluster) {
  UNUSED_ARGUMENTS();
  RedisModule_AutoMemory(ctx);
  CHECK(RedisModule_ClusterKeySlotC("foo", 3) == 12182 &&
        RedisModule_ClusterKeySlotC("{foo}bar", 8) == 12182);
  RedisModuleSlotRangeArray *slots = RedisModule_ClusterGetLocalSlotRanges(ctx);
  CHECK(slots->num_ranges == 1 && slots->ranges[0].start == 0 && slots->ranges[0].end == 16383);
  CHECK(RedisModule_ClusterCanAccessKeysInSlot(16383) && !RedisModule_ClusterCanAccessKeysInSlot(16384));
  CHECK(RedisModule_ClusterEnableTrim(ctx) == REDISMODULE_ERR);
  CHECK(RedisModule_GetInternalSecret(ctx, &(size_t){1}) == NULL);
  const char *name = RedisModule_ClusterCanonicalKeyNameInSlot(7);
  CHECK(RedisModule_ClusterKeySlotC(name, strlen(name)) == 7 && RedisModule_GetMyClusterID() == NULL);
  return done(ctx);
}

/* calls.keyed key value key ...: for GETKEYS. */
COMMAND(keyed) {
  if (!RedisModule_IsKeysPositionRequest(ctx)) {
    return RedisModule_IsChannelsPositionRequest(ctx)
               ? (RedisModule_ChannelAtPosWithFlags(ctx, 2, REDISMODULE_CMD_CHANNEL_PUBLISH), REDISMODULE_OK)
               : RedisModule_ReplyWithString(ctx, argv[argc - 1]);
  }
  RedisModule_KeyAtPosWithFlags(ctx, 1, REDISMODULE_CMD_KEY_RO);
  if (argc > 3) RedisModule_KeyAtPos(ctx, 3);
  return REDISMODULE_OK;
}

static RedisModuleCallReply *promise;
static int finished_with;

static void on_finished(RedisModuleCtx *ctx, RedisModuleCallReply *reply, void *data) {
  (void)ctx;
  finished_with = (int)RedisModule_CallReplyInteger(reply) + *(int *)data;
  RedisModule_FreeCallReply(reply);
}

/* calls.promise command: starts a command that blocks; calls.promised tells how it ended. */
COMMAND(make_promise) {
  (void)argc;
  static int offset = 100;
  promise = RedisModule_Call(ctx, RedisModule_StringPtrLen(argv[1], NULL), "K");
  CHECK(RedisModule_CallReplyType(promise) == REDISMODULE_REPLY_PROMISE);
  RedisModule_CallReplyPromiseSetUnblockHandler(promise, on_finished, &offset);
  return done(ctx);
}

COMMAND(abort_promise) {
  UNUSED_ARGUMENTS();
  void *data;
  int result = RedisModule_CallReplyPromiseAbort(promise, &data);
  RedisModule_FreeCallReply(promise);
  promise = NULL;
  return RedisModule_ReplyWithLongLong(ctx, result == REDISMODULE_OK ? *(int *)data : -1);
}

COMMAND(promised) {
  UNUSED_ARGUMENTS();
  return RedisModule_ReplyWithLongLong(ctx, finished_with);
}

/* A command that waits until calls.release. */
static RedisModuleBlockedClient *held;

COMMAND(hold) {
  UNUSED_ARGUMENTS();
  held = RedisModule_BlockClient(ctx, NULL, NULL, NULL, 0);
  return REDISMODULE_OK;
}

COMMAND(release) {
  UNUSED_ARGUMENTS();
  RedisModuleCtx *late = RedisModule_GetThreadSafeContext(held);
  RedisModule_ReplyWithLongLong(late, 7);
  RedisModule_UnblockClient(held, NULL);
  RedisModule_FreeThreadSafeContext(late);
  return done(ctx);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
  UNUSED_ARGUMENTS();
  if (RedisModule_Init(ctx, "calls", 1, REDISMODULE_APIVER_1) != REDISMODULE_OK) return REDISMODULE_ERR;
  REGISTER("calls.formats", formats, "write", 0, 0, 0);
  REGISTER("calls.replies", replies, "write", 0, 0, 0);
  REGISTER("calls.resp3", resp3, "write", 0, 0, 0);
  REGISTER("calls.forward", forward, "write", 0, 0, 0);
  REGISTER("calls.forward3", forward3, "write", 0, 0, 0);
  REGISTER("calls.nest", nest, "write", 0, 0, 0);
  REGISTER("calls.replication", replication, "write", 0, 0, 0);
  REGISTER("calls.publishing", publishing, "write", 0, 0, 0);
  REGISTER("calls.positions", key_positions, "readonly", 0, 0, 0);
  REGISTER("calls.no-cluster", no_cluster, "readonly", 0, 0, 0);
  REGISTER("calls.keyed", keyed, "write getkeys-api getchannels-api", 0, 0, 0);
  REGISTER("calls.promise", make_promise, "write", 0, 0, 0);
  REGISTER("calls.abort", abort_promise, "write", 0, 0, 0);
  REGISTER("calls.promised", promised, "write", 0, 0, 0);
  REGISTER("calls.hold", hold, "blocking", 0, 0, 0);
  REGISTER("calls.release", release, "write", 0, 0, 0);
  return REDISMODULE_OK;
}
