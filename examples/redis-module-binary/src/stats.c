/* A Redis module: running statistics of the numbers that are added to a key. The same binary runs in Redis and in Modis.
 *
 * Mean and variance are kept by Welford's method, which needs no numbers to be remembered and does not lose precision
 * when they are large and close together. */

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "redismodule.h"

/* Layout of a value in RDB files, written by save_stats. */
#define ENCODING_VERSION 0

static RedisModuleType *stats_type;

struct stats {
    uint64_t count;
    double mean;
    double squares; /* Sum of the squared distances from the mean. */
    double min;
    double max;
};

static void add_number(struct stats *stats, double number) {
    double distance = number - stats->mean;
    stats->count++;
    stats->mean += distance / (double)stats->count;
    stats->squares += distance * (number - stats->mean);
    if (stats->count == 1 || number < stats->min) stats->min = number;
    if (stats->count == 1 || number > stats->max) stats->max = number;
}

static double variance(const struct stats *stats) {
    return stats->count > 1 ? stats->squares / (double)(stats->count - 1) : 0;
}

/* Opens a key; *stats is NULL where there is none, and so is *key where it is opened for reading alone. Replies with an
 * error and returns false where there is a value of another type. */
static bool open_stats(RedisModuleCtx *ctx, RedisModuleString *name, int mode, RedisModuleKey **key,
                       struct stats **stats) {
    *key = RedisModule_OpenKey(ctx, name, mode);
    *stats = NULL;
    if (RedisModule_KeyType(*key) == REDISMODULE_KEYTYPE_EMPTY) return true;
    if (RedisModule_ModuleTypeGetType(*key) != stats_type) {
        RedisModule_ReplyWithError(ctx, REDISMODULE_ERRORMSG_WRONGTYPE);
        return false;
    }
    *stats = RedisModule_ModuleTypeGetValue(*key);
    return true;
}

/* stats.add key number [number ...]: replies with how many numbers the key has seen. */
static int stats_add(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
    RedisModule_AutoMemory(ctx);
    if (argc < 3) return RedisModule_WrongArity(ctx);
    /* All numbers are checked before the first one counts. */
    double number;
    for (int i = 2; i < argc; i++) {
        if (RedisModule_StringToDouble(argv[i], &number) != REDISMODULE_OK || !isfinite(number))
            return RedisModule_ReplyWithError(ctx, "ERR value is not a valid float");
    }
    RedisModuleKey *key;
    struct stats *stats;
    if (!open_stats(ctx, argv[1], REDISMODULE_READ | REDISMODULE_WRITE, &key, &stats)) return REDISMODULE_OK;
    if (stats == NULL) {
        stats = RedisModule_Calloc(1, sizeof(*stats));
        RedisModule_ModuleTypeSetValue(key, stats_type, stats);
    }
    for (int i = 2; i < argc; i++) {
        RedisModule_StringToDouble(argv[i], &number);
        add_number(stats, number);
    }
    RedisModule_ReplicateVerbatim(ctx);
    return RedisModule_ReplyWithLongLong(ctx, (long long)stats->count);
}

static void reply_field(RedisModuleCtx *ctx, const char *name, double value) {
    RedisModule_ReplyWithCString(ctx, name);
    RedisModule_ReplyWithDouble(ctx, value);
}

/* stats.get key: a map of count, mean, variance, min and max; null where there is no key. */
static int stats_get(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
    RedisModule_AutoMemory(ctx);
    if (argc != 2) return RedisModule_WrongArity(ctx);
    RedisModuleKey *key;
    struct stats *stats;
    if (!open_stats(ctx, argv[1], REDISMODULE_READ, &key, &stats)) return REDISMODULE_OK;
    if (stats == NULL) return RedisModule_ReplyWithNull(ctx);
    RedisModule_ReplyWithMap(ctx, 5);
    RedisModule_ReplyWithCString(ctx, "count");
    RedisModule_ReplyWithLongLong(ctx, (long long)stats->count);
    reply_field(ctx, "mean", stats->mean);
    reply_field(ctx, "variance", variance(stats));
    reply_field(ctx, "min", stats->min);
    reply_field(ctx, "max", stats->max);
    return REDISMODULE_OK;
}

static void save_stats(RedisModuleIO *rdb, void *value) {
    const struct stats *stats = value;
    RedisModule_SaveUnsigned(rdb, stats->count);
    RedisModule_SaveDouble(rdb, stats->mean);
    RedisModule_SaveDouble(rdb, stats->squares);
    RedisModule_SaveDouble(rdb, stats->min);
    RedisModule_SaveDouble(rdb, stats->max);
}

static void *load_stats(RedisModuleIO *rdb, int encoding_version) {
    if (encoding_version != ENCODING_VERSION) return NULL;
    struct stats *stats = RedisModule_Calloc(1, sizeof(*stats));
    stats->count = RedisModule_LoadUnsigned(rdb);
    stats->mean = RedisModule_LoadDouble(rdb);
    stats->squares = RedisModule_LoadDouble(rdb);
    stats->min = RedisModule_LoadDouble(rdb);
    stats->max = RedisModule_LoadDouble(rdb);
    if (!RedisModule_IsIOError(rdb)) return stats;
    RedisModule_Free(stats);
    return NULL;
}

static void free_stats(void *value) {
    RedisModule_Free(value);
}

static size_t stats_memory(const void *value) {
    (void)value;
    return sizeof(struct stats);
}

static void *copy_stats(RedisModuleString *from, RedisModuleString *to, const void *value) {
    (void)from;
    (void)to;
    struct stats *copy = RedisModule_Alloc(sizeof(*copy));
    memcpy(copy, value, sizeof(*copy));
    return copy;
}

static void digest_stats(RedisModuleDigest *digest, void *value) {
    const struct stats *stats = value;
    RedisModule_DigestAddLongLong(digest, (long long)stats->count);
    RedisModule_DigestAddStringBuffer(digest, (const char *)&stats->mean, sizeof(stats->mean));
    RedisModule_DigestAddStringBuffer(digest, (const char *)&stats->squares, sizeof(stats->squares));
    RedisModule_DigestEndSequence(digest);
}

int RedisModule_OnLoad(RedisModuleCtx *ctx, RedisModuleString **argv, int argc) {
    (void)argv;
    if (RedisModule_Init(ctx, "stats", 1, REDISMODULE_APIVER_1) == REDISMODULE_ERR) return REDISMODULE_ERR;
    if (argc > 0) {
        RedisModule_Log(ctx, "warning", "stats takes no arguments");
        return REDISMODULE_ERR;
    }
    /* Without this a file that is cut short would end the server instead of failing to load. */
    RedisModule_SetModuleOptions(ctx, REDISMODULE_OPTIONS_HANDLE_IO_ERRORS);
    RedisModuleTypeMethods methods = {
        .version = REDISMODULE_TYPE_METHOD_VERSION,
        .rdb_load = load_stats,
        .rdb_save = save_stats,
        .mem_usage = stats_memory,
        .digest = digest_stats,
        .free = free_stats,
        .copy = copy_stats,
    };
    stats_type = RedisModule_CreateDataType(ctx, "statistic", ENCODING_VERSION, &methods);
    if (stats_type == NULL) return REDISMODULE_ERR;
    if (RedisModule_CreateCommand(ctx, "stats.add", stats_add, "write deny-oom fast", 1, 1, 1) == REDISMODULE_ERR)
        return REDISMODULE_ERR;
    return RedisModule_CreateCommand(ctx, "stats.get", stats_get, "readonly fast", 1, 1, 1);
}
