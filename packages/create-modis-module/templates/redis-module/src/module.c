/* A Redis module: the same binary runs in Redis and in Modis. */

#include "redismodule.h"

/* my-module.greet counter [name]: counts the greetings at a key. */
static int greet(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
    RedisModule_AutoMemory(ctx);
    if (argc < 2 || argc > 3) return RedisModule_WrongArity(ctx);
    RedisModuleCallReply *times = RedisModule_Call(ctx, "INCR", "s!", argv[1]);
    if (times == NULL) return RedisModule_ReplyWithError(ctx, "ERR cannot count");
    if (RedisModule_CallReplyType(times) != REDISMODULE_REPLY_INTEGER) {
        return RedisModule_ReplyWithCallReply(ctx, times);
    }
    const char *name = argc == 3 ? RedisModule_StringPtrLen(argv[2], NULL) : "world";
    RedisModuleString *text = RedisModule_CreateStringPrintf(
        ctx, "Hello, %s! Greetings so far: %lld", name, RedisModule_CallReplyInteger(times));
    return RedisModule_ReplyWithString(ctx, text);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
    (void)argv;
    (void)argc;
    if (RedisModule_Init(ctx, "my-module", 1, REDISMODULE_APIVER_1) == REDISMODULE_ERR) {
        return REDISMODULE_ERR;
    }
    return RedisModule_CreateCommand(ctx, "my-module.greet", greet, "write deny-oom", 1, 1, 1);
}
