/* The Redis Modules C API, as a module sees it.
 *
 * A module includes this file, calls RedisModule_Init first thing in RedisModule_OnLoad, and from
 * then on calls the server through the function pointers below. Names, numbers and layouts are
 * those every Redis-compatible server uses: a module built against this file runs on any of them. A
 * pointer is NULL when the server does not provide the function. */

#ifndef REDISMODULE_H
#define REDISMODULE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

typedef long long mstime_t;
typedef long long ustime_t;

/* What functions return. */
#define REDISMODULE_OK 0
#define REDISMODULE_ERR 1

/* What authentication callbacks return. */
#define REDISMODULE_AUTH_HANDLED 0
#define REDISMODULE_AUTH_NOT_HANDLED 1

/* Versions of this interface and of the structures that grow. */
#define REDISMODULE_APIVER_1 1
#define REDISMODULE_TYPE_METHOD_VERSION 5
#define REDISMODULE_KEY_META_VERSION 1

/* Modes of OpenKey. */
#define REDISMODULE_READ (1 << 0)
#define REDISMODULE_WRITE (1 << 1)
#define REDISMODULE_OPEN_KEY_NOTOUCH (1 << 16)
#define REDISMODULE_OPEN_KEY_NONOTIFY (1 << 17)
#define REDISMODULE_OPEN_KEY_NOSTATS (1 << 18)
#define REDISMODULE_OPEN_KEY_NOEXPIRE (1 << 19)
#define REDISMODULE_OPEN_KEY_NOEFFECTS (1 << 20)
#define REDISMODULE_OPEN_KEY_ACCESS_EXPIRED (1 << 21)
#define REDISMODULE_OPEN_KEY_ACCESS_TRIMMED (1 << 22)

/* Ends of a list. */
#define REDISMODULE_LIST_HEAD 0
#define REDISMODULE_LIST_TAIL 1

/* Types of keys. */
#define REDISMODULE_KEYTYPE_EMPTY 0
#define REDISMODULE_KEYTYPE_STRING 1
#define REDISMODULE_KEYTYPE_LIST 2
#define REDISMODULE_KEYTYPE_HASH 3
#define REDISMODULE_KEYTYPE_SET 4
#define REDISMODULE_KEYTYPE_ZSET 5
#define REDISMODULE_KEYTYPE_MODULE 6
#define REDISMODULE_KEYTYPE_STREAM 7
#define REDISMODULE_KEYTYPE_ARRAY 8

/* Types of replies. */
#define REDISMODULE_REPLY_UNKNOWN -1
#define REDISMODULE_REPLY_STRING 0
#define REDISMODULE_REPLY_ERROR 1
#define REDISMODULE_REPLY_INTEGER 2
#define REDISMODULE_REPLY_ARRAY 3
#define REDISMODULE_REPLY_NULL 4
#define REDISMODULE_REPLY_MAP 5
#define REDISMODULE_REPLY_SET 6
#define REDISMODULE_REPLY_BOOL 7
#define REDISMODULE_REPLY_DOUBLE 8
#define REDISMODULE_REPLY_BIG_NUMBER 9
#define REDISMODULE_REPLY_VERBATIM_STRING 10
#define REDISMODULE_REPLY_ATTRIBUTE 11
#define REDISMODULE_REPLY_PROMISE 12

/* Lengths that are filled in later, and no expiry. */
#define REDISMODULE_POSTPONED_LEN -1
#define REDISMODULE_POSTPONED_ARRAY_LEN -1
#define REDISMODULE_NO_EXPIRE -1

/* Flags of ZsetAdd and ZsetIncrby, in and out. */
#define REDISMODULE_ZADD_XX (1 << 0)
#define REDISMODULE_ZADD_NX (1 << 1)
#define REDISMODULE_ZADD_ADDED (1 << 2)
#define REDISMODULE_ZADD_UPDATED (1 << 3)
#define REDISMODULE_ZADD_NOP (1 << 4)
#define REDISMODULE_ZADD_GT (1 << 5)
#define REDISMODULE_ZADD_LT (1 << 6)

/* Flags of HashSet and HashGet. */
#define REDISMODULE_HASH_NONE 0
#define REDISMODULE_HASH_NX (1 << 0)
#define REDISMODULE_HASH_XX (1 << 1)
#define REDISMODULE_HASH_CFIELDS (1 << 2)
#define REDISMODULE_HASH_EXISTS (1 << 3)
#define REDISMODULE_HASH_COUNT_ALL (1 << 4)
#define REDISMODULE_HASH_EXPIRE_TIME (1 << 5)

/* Given as a value to HashSet, deletes the field. */
#define REDISMODULE_HASH_DELETE ((RedisModuleString *)(long)1)

/* Flags of configuration parameters. */
#define REDISMODULE_CONFIG_DEFAULT 0
#define REDISMODULE_CONFIG_IMMUTABLE (1ULL << 0)
#define REDISMODULE_CONFIG_SENSITIVE (1ULL << 1)
#define REDISMODULE_CONFIG_HIDDEN (1ULL << 4)
#define REDISMODULE_CONFIG_PROTECTED (1ULL << 5)
#define REDISMODULE_CONFIG_DENY_LOADING (1ULL << 6)
#define REDISMODULE_CONFIG_MEMORY (1ULL << 7)
#define REDISMODULE_CONFIG_BITFLAGS (1ULL << 8)
#define REDISMODULE_CONFIG_UNPREFIXED (1ULL << 9)

/* Flags of the stream functions. */
#define REDISMODULE_STREAM_ADD_AUTOID (1 << 0)
#define REDISMODULE_STREAM_ITERATOR_EXCLUSIVE (1 << 0)
#define REDISMODULE_STREAM_ITERATOR_REVERSE (1 << 1)
#define REDISMODULE_STREAM_TRIM_APPROX (1 << 0)

/* What GetContextFlags tells. */
#define REDISMODULE_CTX_FLAGS_LUA (1 << 0)
#define REDISMODULE_CTX_FLAGS_MULTI (1 << 1)
#define REDISMODULE_CTX_FLAGS_MASTER (1 << 2)
#define REDISMODULE_CTX_FLAGS_SLAVE (1 << 3)
#define REDISMODULE_CTX_FLAGS_READONLY (1 << 4)
#define REDISMODULE_CTX_FLAGS_CLUSTER (1 << 5)
#define REDISMODULE_CTX_FLAGS_AOF (1 << 6)
#define REDISMODULE_CTX_FLAGS_RDB (1 << 7)
#define REDISMODULE_CTX_FLAGS_MAXMEMORY (1 << 8)
#define REDISMODULE_CTX_FLAGS_EVICT (1 << 9)
#define REDISMODULE_CTX_FLAGS_OOM (1 << 10)
#define REDISMODULE_CTX_FLAGS_OOM_WARNING (1 << 11)
#define REDISMODULE_CTX_FLAGS_REPLICATED (1 << 12)
#define REDISMODULE_CTX_FLAGS_LOADING (1 << 13)
#define REDISMODULE_CTX_FLAGS_REPLICA_IS_STALE (1 << 14)
#define REDISMODULE_CTX_FLAGS_REPLICA_IS_CONNECTING (1 << 15)
#define REDISMODULE_CTX_FLAGS_REPLICA_IS_TRANSFERRING (1 << 16)
#define REDISMODULE_CTX_FLAGS_REPLICA_IS_ONLINE (1 << 17)
#define REDISMODULE_CTX_FLAGS_ACTIVE_CHILD (1 << 18)
#define REDISMODULE_CTX_FLAGS_MULTI_DIRTY (1 << 19)
#define REDISMODULE_CTX_FLAGS_IS_CHILD (1 << 20)
#define REDISMODULE_CTX_FLAGS_DENY_BLOCKING (1 << 21)
#define REDISMODULE_CTX_FLAGS_RESP3 (1 << 22)
#define REDISMODULE_CTX_FLAGS_ASYNC_LOADING (1 << 23)
#define REDISMODULE_CTX_FLAGS_SERVER_STARTUP (1 << 24)
#define REDISMODULE_CTX_FLAGS_DEBUG_ENABLED (1 << 25)
#define REDISMODULE_CTX_FLAGS_TRIM_IN_PROGRESS (1 << 26)

/* Classes of keyspace notifications. */
#define REDISMODULE_NOTIFY_KEYSPACE (1 << 0)
#define REDISMODULE_NOTIFY_KEYEVENT (1 << 1)
#define REDISMODULE_NOTIFY_GENERIC (1 << 2)
#define REDISMODULE_NOTIFY_STRING (1 << 3)
#define REDISMODULE_NOTIFY_LIST (1 << 4)
#define REDISMODULE_NOTIFY_SET (1 << 5)
#define REDISMODULE_NOTIFY_HASH (1 << 6)
#define REDISMODULE_NOTIFY_ZSET (1 << 7)
#define REDISMODULE_NOTIFY_EXPIRED (1 << 8)
#define REDISMODULE_NOTIFY_EVICTED (1 << 9)
#define REDISMODULE_NOTIFY_STREAM (1 << 10)
#define REDISMODULE_NOTIFY_KEY_MISS (1 << 11)
#define REDISMODULE_NOTIFY_LOADED (1 << 12)
#define REDISMODULE_NOTIFY_MODULE (1 << 13)
#define REDISMODULE_NOTIFY_NEW (1 << 14)
#define REDISMODULE_NOTIFY_OVERWRITTEN (1 << 15)
#define REDISMODULE_NOTIFY_TYPE_CHANGED (1 << 16)
#define REDISMODULE_NOTIFY_KEY_TRIMMED (1 << 17)
#define REDISMODULE_NOTIFY_SUBKEYSPACE (1 << 19)
#define REDISMODULE_NOTIFY_SUBKEYEVENT (1 << 20)
#define REDISMODULE_NOTIFY_SUBKEYSPACEITEM (1 << 21)
#define REDISMODULE_NOTIFY_SUBKEYSPACEEVENT (1 << 22)
#define REDISMODULE_NOTIFY_ARRAY (1 << 23)
#define REDISMODULE_NOTIFY_FLAG_NONE 0
#define REDISMODULE_NOTIFY_FLAG_SUBKEYS_REQUIRED (1 << 0)

#define REDISMODULE_NOTIFY_ALL \
  (REDISMODULE_NOTIFY_GENERIC | REDISMODULE_NOTIFY_STRING | REDISMODULE_NOTIFY_LIST | \
   REDISMODULE_NOTIFY_SET | REDISMODULE_NOTIFY_HASH | REDISMODULE_NOTIFY_ZSET | \
   REDISMODULE_NOTIFY_EXPIRED | REDISMODULE_NOTIFY_EVICTED | REDISMODULE_NOTIFY_STREAM | \
   REDISMODULE_NOTIFY_MODULE | REDISMODULE_NOTIFY_ARRAY)

/* The reply to a command on a key of another type. */
#define REDISMODULE_ERRORMSG_WRONGTYPE "WRONGTYPE Operation against a key holding the wrong kind of value"

#define REDISMODULE_POSITIVE_INFINITE (1.0 / 0.0)
#define REDISMODULE_NEGATIVE_INFINITE (-1.0 / 0.0)

/* Nodes of a cluster. */
#define REDISMODULE_NODE_ID_LEN 40
#define REDISMODULE_NODE_MYSELF (1 << 0)
#define REDISMODULE_NODE_MASTER (1 << 1)
#define REDISMODULE_NODE_SLAVE (1 << 2)
#define REDISMODULE_NODE_PFAIL (1 << 3)
#define REDISMODULE_NODE_FAIL (1 << 4)
#define REDISMODULE_NODE_NOFAILOVER (1 << 5)
#define REDISMODULE_CLUSTER_FLAG_NONE 0
#define REDISMODULE_CLUSTER_FLAG_NO_FAILOVER (1 << 1)
#define REDISMODULE_CLUSTER_FLAG_NO_REDIRECTION (1 << 2)

/* Levels of Log. */
#define REDISMODULE_LOGLEVEL_DEBUG "debug"
#define REDISMODULE_LOGLEVEL_VERBOSE "verbose"
#define REDISMODULE_LOGLEVEL_NOTICE "notice"
#define REDISMODULE_LOGLEVEL_WARNING "warning"

/* When aux data is saved. */
#define REDISMODULE_AUX_BEFORE_RDB (1 << 0)
#define REDISMODULE_AUX_AFTER_RDB (1 << 1)

/* Flags of Yield, BlockClientOnKeysWithFlags and RegisterCommandFilter. */
#define REDISMODULE_YIELD_FLAG_NONE (1 << 0)
#define REDISMODULE_YIELD_FLAG_CLIENTS (1 << 1)
#define REDISMODULE_BLOCK_UNBLOCK_DEFAULT (0)
#define REDISMODULE_BLOCK_UNBLOCK_DELETED (1 << 0)
#define REDISMODULE_CMDFILTER_NOSELF (1 << 0)

/* Flags of SetModuleOptions. */
#define REDISMODULE_OPTIONS_HANDLE_IO_ERRORS (1 << 0)
#define REDISMODULE_OPTION_NO_IMPLICIT_SIGNAL_MODIFIED (1 << 1)
#define REDISMODULE_OPTIONS_HANDLE_REPL_ASYNC_LOAD (1 << 2)
#define REDISMODULE_OPTIONS_ALLOW_NESTED_KEYSPACE_NOTIFICATIONS (1 << 3)

/* Flags of command arguments, keys and channels. */
#define REDISMODULE_CMD_ARG_NONE (0)
#define REDISMODULE_CMD_ARG_OPTIONAL (1 << 0)
#define REDISMODULE_CMD_ARG_MULTIPLE (1 << 1)
#define REDISMODULE_CMD_ARG_MULTIPLE_TOKEN (1 << 2)
#define REDISMODULE_CMD_KEY_RO (1ULL << 0)
#define REDISMODULE_CMD_KEY_RW (1ULL << 1)
#define REDISMODULE_CMD_KEY_OW (1ULL << 2)
#define REDISMODULE_CMD_KEY_RM (1ULL << 3)
#define REDISMODULE_CMD_KEY_ACCESS (1ULL << 4)
#define REDISMODULE_CMD_KEY_UPDATE (1ULL << 5)
#define REDISMODULE_CMD_KEY_INSERT (1ULL << 6)
#define REDISMODULE_CMD_KEY_DELETE (1ULL << 7)
#define REDISMODULE_CMD_KEY_NOT_KEY (1ULL << 8)
#define REDISMODULE_CMD_KEY_INCOMPLETE (1ULL << 9)
#define REDISMODULE_CMD_KEY_VARIABLE_FLAGS (1ULL << 10)
#define REDISMODULE_CMD_CHANNEL_PATTERN (1ULL << 0)
#define REDISMODULE_CMD_CHANNEL_PUBLISH (1ULL << 1)
#define REDISMODULE_CMD_CHANNEL_SUBSCRIBE (1ULL << 2)
#define REDISMODULE_CMD_CHANNEL_UNSUBSCRIBE (1ULL << 3)

/* What EventLoopAdd waits for. */
#define REDISMODULE_EVENTLOOP_READABLE 1
#define REDISMODULE_EVENTLOOP_WRITABLE 2

/* Server events. */
#define REDISMODULE_EVENT_REPLICATION_ROLE_CHANGED 0
#define REDISMODULE_EVENT_PERSISTENCE 1
#define REDISMODULE_EVENT_FLUSHDB 2
#define REDISMODULE_EVENT_LOADING 3
#define REDISMODULE_EVENT_CLIENT_CHANGE 4
#define REDISMODULE_EVENT_SHUTDOWN 5
#define REDISMODULE_EVENT_REPLICA_CHANGE 6
#define REDISMODULE_EVENT_MASTER_LINK_CHANGE 7
#define REDISMODULE_EVENT_CRON_LOOP 8
#define REDISMODULE_EVENT_MODULE_CHANGE 9
#define REDISMODULE_EVENT_LOADING_PROGRESS 10
#define REDISMODULE_EVENT_SWAPDB 11
#define REDISMODULE_EVENT_REPL_BACKUP 12
#define REDISMODULE_EVENT_FORK_CHILD 13
#define REDISMODULE_EVENT_REPL_ASYNC_LOAD 14
#define REDISMODULE_EVENT_EVENTLOOP 15
#define REDISMODULE_EVENT_CONFIG 16
#define REDISMODULE_EVENT_KEY 17
#define REDISMODULE_EVENT_CLUSTER_SLOT_MIGRATION 18
#define REDISMODULE_EVENT_CLUSTER_SLOT_MIGRATION_TRIM 19
#define REDISMODULE_EVENT_REPLROLECHANGED_NOW_MASTER 0
#define REDISMODULE_EVENT_REPLROLECHANGED_NOW_REPLICA 1

/* Parts of server events. */
#define REDISMODULE_SUBEVENT_PERSISTENCE_RDB_START 0
#define REDISMODULE_SUBEVENT_PERSISTENCE_AOF_START 1
#define REDISMODULE_SUBEVENT_PERSISTENCE_SYNC_RDB_START 2
#define REDISMODULE_SUBEVENT_PERSISTENCE_ENDED 3
#define REDISMODULE_SUBEVENT_PERSISTENCE_FAILED 4
#define REDISMODULE_SUBEVENT_PERSISTENCE_SYNC_AOF_START 5
#define REDISMODULE_SUBEVENT_LOADING_RDB_START 0
#define REDISMODULE_SUBEVENT_LOADING_AOF_START 1
#define REDISMODULE_SUBEVENT_LOADING_REPL_START 2
#define REDISMODULE_SUBEVENT_LOADING_ENDED 3
#define REDISMODULE_SUBEVENT_LOADING_FAILED 4
#define REDISMODULE_SUBEVENT_CLIENT_CHANGE_CONNECTED 0
#define REDISMODULE_SUBEVENT_CLIENT_CHANGE_DISCONNECTED 1
#define REDISMODULE_SUBEVENT_MASTER_LINK_UP 0
#define REDISMODULE_SUBEVENT_MASTER_LINK_DOWN 1
#define REDISMODULE_SUBEVENT_REPLICA_CHANGE_ONLINE 0
#define REDISMODULE_SUBEVENT_REPLICA_CHANGE_OFFLINE 1
#define REDISMODULE_SUBEVENT_FLUSHDB_START 0
#define REDISMODULE_SUBEVENT_FLUSHDB_END 1
#define REDISMODULE_SUBEVENT_MODULE_LOADED 0
#define REDISMODULE_SUBEVENT_MODULE_UNLOADED 1
#define REDISMODULE_SUBEVENT_CONFIG_CHANGE 0
#define REDISMODULE_SUBEVENT_LOADING_PROGRESS_RDB 0
#define REDISMODULE_SUBEVENT_LOADING_PROGRESS_AOF 1
#define REDISMODULE_SUBEVENT_REPL_BACKUP_CREATE 0
#define REDISMODULE_SUBEVENT_REPL_BACKUP_RESTORE 1
#define REDISMODULE_SUBEVENT_REPL_BACKUP_DISCARD 2
#define REDISMODULE_SUBEVENT_REPL_ASYNC_LOAD_STARTED 0
#define REDISMODULE_SUBEVENT_REPL_ASYNC_LOAD_ABORTED 1
#define REDISMODULE_SUBEVENT_REPL_ASYNC_LOAD_COMPLETED 2
#define REDISMODULE_SUBEVENT_FORK_CHILD_BORN 0
#define REDISMODULE_SUBEVENT_FORK_CHILD_DIED 1
#define REDISMODULE_SUBEVENT_EVENTLOOP_BEFORE_SLEEP 0
#define REDISMODULE_SUBEVENT_EVENTLOOP_AFTER_SLEEP 1
#define REDISMODULE_SUBEVENT_KEY_DELETED 0
#define REDISMODULE_SUBEVENT_KEY_EXPIRED 1
#define REDISMODULE_SUBEVENT_KEY_EVICTED 2
#define REDISMODULE_SUBEVENT_KEY_OVERWRITTEN 3
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_IMPORT_STARTED 0
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_IMPORT_FAILED 1
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_IMPORT_COMPLETED 2
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_MIGRATE_STARTED 3
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_MIGRATE_FAILED 4
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_MIGRATE_COMPLETED 5
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_MIGRATE_MODULE_PROPAGATE 6
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_TRIM_STARTED 0
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_TRIM_COMPLETED 1
#define REDISMODULE_SUBEVENT_CLUSTER_SLOT_MIGRATION_TRIM_BACKGROUND 2

/* Flags of a client. */
#define REDISMODULE_CLIENTINFO_FLAG_SSL (1 << 0)
#define REDISMODULE_CLIENTINFO_FLAG_PUBSUB (1 << 1)
#define REDISMODULE_CLIENTINFO_FLAG_BLOCKED (1 << 2)
#define REDISMODULE_CLIENTINFO_FLAG_TRACKING (1 << 3)
#define REDISMODULE_CLIENTINFO_FLAG_UNIXSOCKET (1 << 4)
#define REDISMODULE_CLIENTINFO_FLAG_MULTI (1 << 5)

/* Opaque to modules. */
typedef struct RedisModuleString RedisModuleString;
typedef struct RedisModuleKey RedisModuleKey;
typedef struct RedisModuleCtx RedisModuleCtx;
typedef struct RedisModuleCommand RedisModuleCommand;
typedef struct RedisModuleCallReply RedisModuleCallReply;
typedef struct RedisModuleType RedisModuleType;
typedef struct RedisModuleBlockedClient RedisModuleBlockedClient;
typedef struct RedisModuleClusterInfo RedisModuleClusterInfo;
typedef struct RedisModuleDict RedisModuleDict;
typedef struct RedisModuleDictIter RedisModuleDictIter;
typedef struct RedisModuleCommandFilterCtx RedisModuleCommandFilterCtx;
typedef struct RedisModuleCommandFilter RedisModuleCommandFilter;
typedef struct RedisModuleServerInfoData RedisModuleServerInfoData;
typedef struct RedisModuleScanCursor RedisModuleScanCursor;
typedef struct RedisModuleUser RedisModuleUser;
typedef struct RedisModuleKeyOptCtx RedisModuleKeyOptCtx;
typedef struct RedisModuleRdbStream RedisModuleRdbStream;
typedef struct RedisModuleConfigIterator RedisModuleConfigIterator;
typedef struct RedisModuleIO RedisModuleIO;
typedef struct RedisModuleDigest RedisModuleDigest;
typedef struct RedisModuleInfoCtx RedisModuleInfoCtx;
typedef struct RedisModuleDefragCtx RedisModuleDefragCtx;
typedef uint64_t RedisModuleTimerID;
typedef int RedisModuleKeyMetaClassId;

typedef struct RedisModuleStreamID {
  uint64_t ms;
  uint64_t seq;
} RedisModuleStreamID;

/* The documentation of a command, for SetCommandInfo. */
typedef enum {
  REDISMODULE_ARG_TYPE_STRING,
  REDISMODULE_ARG_TYPE_INTEGER,
  REDISMODULE_ARG_TYPE_DOUBLE,
  REDISMODULE_ARG_TYPE_KEY,
  REDISMODULE_ARG_TYPE_PATTERN,
  REDISMODULE_ARG_TYPE_UNIX_TIME,
  REDISMODULE_ARG_TYPE_PURE_TOKEN,
  REDISMODULE_ARG_TYPE_ONEOF,
  REDISMODULE_ARG_TYPE_BLOCK
} RedisModuleCommandArgType;

typedef enum {
  REDISMODULE_KSPEC_BS_INVALID = 0,
  REDISMODULE_KSPEC_BS_UNKNOWN,
  REDISMODULE_KSPEC_BS_INDEX,
  REDISMODULE_KSPEC_BS_KEYWORD
} RedisModuleKeySpecBeginSearchType;

typedef enum {
  REDISMODULE_KSPEC_FK_OMITTED = 0,
  REDISMODULE_KSPEC_FK_UNKNOWN,
  REDISMODULE_KSPEC_FK_RANGE,
  REDISMODULE_KSPEC_FK_KEYNUM
} RedisModuleKeySpecFindKeysType;

typedef struct RedisModuleCommandArg {
  const char *name;
  RedisModuleCommandArgType type;
  int key_spec_index; /* for a KEY; -1 for the others */
  const char *token;
  const char *summary;
  const char *since;
  int flags; /* REDISMODULE_CMD_ARG_* */
  const char *deprecated_since;
  struct RedisModuleCommandArg *subargs; /* ends with a zeroed element */
  const char *display_text;
} RedisModuleCommandArg;

typedef struct {
  const char *since;
  const char *changes;
} RedisModuleCommandHistoryEntry;

typedef struct {
  const char *notes;
  uint64_t flags; /* REDISMODULE_CMD_KEY_* */
  RedisModuleKeySpecBeginSearchType begin_search_type;
  union {
    struct {
      int pos;
    } index;
    struct {
      const char *keyword;
      int startfrom; /* negative: from the end, backwards */
    } keyword;
  } bs;
  RedisModuleKeySpecFindKeysType find_keys_type;
  union {
    struct {
      int lastkey; /* relative to the first key; negative: from the end */
      int keystep;
      int limit; /* with lastkey -1: one part in `limit` of the rest */
    } range;
    struct {
      int keynumidx;
      int firstkey;
      int keystep;
    } keynum;
  } fk;
} RedisModuleCommandKeySpec;

typedef struct {
  int version;
  size_t sizeof_historyentry;
  size_t sizeof_keyspec;
  size_t sizeof_arg;
} RedisModuleCommandInfoVersion;

static const RedisModuleCommandInfoVersion RedisModule_CurrentCommandInfoVersion = {
    .version = 1,
    .sizeof_historyentry = sizeof(RedisModuleCommandHistoryEntry),
    .sizeof_keyspec = sizeof(RedisModuleCommandKeySpec),
    .sizeof_arg = sizeof(RedisModuleCommandArg)};

#define REDISMODULE_COMMAND_INFO_VERSION (&RedisModule_CurrentCommandInfoVersion)

typedef struct {
  const RedisModuleCommandInfoVersion *version; /* REDISMODULE_COMMAND_INFO_VERSION */
  const char *summary;
  const char *complexity;
  const char *since;
  RedisModuleCommandHistoryEntry *history;
  const char *tips; /* separated by blanks */
  int arity;        /* -N: N or more */
  RedisModuleCommandKeySpec *key_specs;
  RedisModuleCommandArg *args;
} RedisModuleCommandInfo;

/* A server event: which one, and which layout of its data the module knows. */
typedef struct RedisModuleEvent {
  uint64_t id;
  uint64_t dataver;
} RedisModuleEvent;

#define REDISMODULE_EVENT_VALUE(name, id) \
  static const RedisModuleEvent RedisModuleEvent_##name __attribute__((unused)) = {id, 1}
REDISMODULE_EVENT_VALUE(ReplicationRoleChanged, REDISMODULE_EVENT_REPLICATION_ROLE_CHANGED);
REDISMODULE_EVENT_VALUE(Persistence, REDISMODULE_EVENT_PERSISTENCE);
REDISMODULE_EVENT_VALUE(FlushDB, REDISMODULE_EVENT_FLUSHDB);
REDISMODULE_EVENT_VALUE(Loading, REDISMODULE_EVENT_LOADING);
REDISMODULE_EVENT_VALUE(ClientChange, REDISMODULE_EVENT_CLIENT_CHANGE);
REDISMODULE_EVENT_VALUE(Shutdown, REDISMODULE_EVENT_SHUTDOWN);
REDISMODULE_EVENT_VALUE(ReplicaChange, REDISMODULE_EVENT_REPLICA_CHANGE);
REDISMODULE_EVENT_VALUE(CronLoop, REDISMODULE_EVENT_CRON_LOOP);
REDISMODULE_EVENT_VALUE(MasterLinkChange, REDISMODULE_EVENT_MASTER_LINK_CHANGE);
REDISMODULE_EVENT_VALUE(ModuleChange, REDISMODULE_EVENT_MODULE_CHANGE);
REDISMODULE_EVENT_VALUE(LoadingProgress, REDISMODULE_EVENT_LOADING_PROGRESS);
REDISMODULE_EVENT_VALUE(SwapDB, REDISMODULE_EVENT_SWAPDB);
REDISMODULE_EVENT_VALUE(ReplAsyncLoad, REDISMODULE_EVENT_REPL_ASYNC_LOAD);
REDISMODULE_EVENT_VALUE(ForkChild, REDISMODULE_EVENT_FORK_CHILD);
REDISMODULE_EVENT_VALUE(EventLoop, REDISMODULE_EVENT_EVENTLOOP);
REDISMODULE_EVENT_VALUE(Config, REDISMODULE_EVENT_CONFIG);
REDISMODULE_EVENT_VALUE(Key, REDISMODULE_EVENT_KEY);
REDISMODULE_EVENT_VALUE(ClusterSlotMigration, REDISMODULE_EVENT_CLUSTER_SLOT_MIGRATION);
REDISMODULE_EVENT_VALUE(ClusterSlotMigrationTrim, REDISMODULE_EVENT_CLUSTER_SLOT_MIGRATION_TRIM);
#undef REDISMODULE_EVENT_VALUE

#define REDISMODULE_CLIENTINFO_VERSION 1
typedef struct RedisModuleClientInfo {
  uint64_t version;
  uint64_t flags;
  uint64_t id;
  char addr[46];
  uint16_t port;
  uint16_t db;
} RedisModuleClientInfoV1;
#define RedisModuleClientInfo RedisModuleClientInfoV1
#define REDISMODULE_CLIENTINFO_INITIALIZER_V1 {.version = 1}

#define REDISMODULE_REPLICATIONINFO_VERSION 1
typedef struct RedisModuleReplicationInfo {
  uint64_t version;
  int master;
  char *masterhost;
  int masterport;
  char *replid1;
  char *replid2;
  uint64_t repl1_offset;
  uint64_t repl2_offset;
} RedisModuleReplicationInfoV1;
#define RedisModuleReplicationInfo RedisModuleReplicationInfoV1

#define REDISMODULE_FLUSHINFO_VERSION 1
typedef struct RedisModuleFlushInfo {
  uint64_t version;
  int32_t sync;
  int32_t dbnum; /* -1: all */
} RedisModuleFlushInfoV1;
#define RedisModuleFlushInfo RedisModuleFlushInfoV1

#define REDISMODULE_MODULE_CHANGE_VERSION 1
typedef struct RedisModuleModuleChange {
  uint64_t version;
  const char *module_name;
  int32_t module_version;
} RedisModuleModuleChangeV1;
#define RedisModuleModuleChange RedisModuleModuleChangeV1

#define REDISMODULE_CONFIGCHANGE_VERSION 1
typedef struct RedisModuleConfigChange {
  uint64_t version;
  uint32_t num_changes;
  const char **config_names;
} RedisModuleConfigChangeV1;
#define RedisModuleConfigChange RedisModuleConfigChangeV1

#define REDISMODULE_CRON_LOOP_VERSION 1
typedef struct RedisModuleCronLoopInfo {
  uint64_t version;
  int32_t hz;
} RedisModuleCronLoopV1;
#define RedisModuleCronLoop RedisModuleCronLoopV1

#define REDISMODULE_LOADING_PROGRESS_VERSION 1
typedef struct RedisModuleLoadingProgressInfo {
  uint64_t version;
  int32_t hz;
  int32_t progress; /* 0 to 1024, -1 when unknown */
} RedisModuleLoadingProgressV1;
#define RedisModuleLoadingProgress RedisModuleLoadingProgressV1

#define REDISMODULE_SWAPDBINFO_VERSION 1
typedef struct RedisModuleSwapDbInfo {
  uint64_t version;
  int32_t dbnum_first;
  int32_t dbnum_second;
} RedisModuleSwapDbInfoV1;
#define RedisModuleSwapDbInfo RedisModuleSwapDbInfoV1

#define REDISMODULE_KEYINFO_VERSION 1
typedef struct RedisModuleKeyInfo {
  uint64_t version;
  RedisModuleKey *key; /* open while the callback runs */
} RedisModuleKeyInfoV1;
#define RedisModuleKeyInfo RedisModuleKeyInfoV1

typedef struct RedisModuleSlotRange {
  uint16_t start;
  uint16_t end;
} RedisModuleSlotRange;

typedef struct RedisModuleSlotRangeArray {
  int32_t num_ranges;
  RedisModuleSlotRange ranges[];
} RedisModuleSlotRangeArray;

typedef enum {
  REDISMODULE_ACL_LOG_AUTH = 0,
  REDISMODULE_ACL_LOG_CMD,
  REDISMODULE_ACL_LOG_KEY,
  REDISMODULE_ACL_LOG_CHANNEL
} RedisModuleACLLogEntryReason;

typedef enum {
  REDISMODULE_CONFIG_TYPE_STRING = 0,
  REDISMODULE_CONFIG_TYPE_ENUM,
  REDISMODULE_CONFIG_TYPE_NUMERIC,
  REDISMODULE_CONFIG_TYPE_BOOL,
} RedisModuleConfigType;

/* Callbacks. */
typedef int (*RedisModuleCmdFunc)(RedisModuleCtx *ctx, RedisModuleString **argv, int argc);
typedef void (*RedisModuleDisconnectFunc)(RedisModuleCtx *ctx, RedisModuleBlockedClient *client);
typedef int (*RedisModuleNotificationFunc)(RedisModuleCtx *ctx, int type, const char *event,
                                           RedisModuleString *key);
typedef void (*RedisModuleNotificationWithSubkeysFunc)(RedisModuleCtx *ctx, int type, const char *event,
                                                       RedisModuleString *key, RedisModuleString **subkeys,
                                                       int count);
typedef void (*RedisModulePostNotificationJobFunc)(RedisModuleCtx *ctx, void *data);
typedef void (*RedisModulePostNotifyJobPerKeyFunc)(RedisModuleCtx *ctx, RedisModuleString *key, void *data);
typedef void (*RedisModuleEventCallback)(RedisModuleCtx *ctx, RedisModuleEvent event, uint64_t subevent,
                                         void *data);
typedef void (*RedisModuleEventLoopFunc)(int fd, void *data, int mask);
typedef void (*RedisModuleEventLoopOneShotFunc)(void *data);
typedef void (*RedisModuleInfoFunc)(RedisModuleInfoCtx *ctx, int for_crash_report);
typedef void (*RedisModuleDefragFunc)(RedisModuleDefragCtx *ctx);
typedef int (*RedisModuleDefragFunc2)(RedisModuleDefragCtx *ctx);
typedef int (*RedisModuleDefragDictValueCallback)(RedisModuleDefragCtx *ctx, void *data, unsigned char *key,
                                                  size_t keylen, void **moved);
typedef void (*RedisModuleUserChangedFunc)(uint64_t client_id, void *data);
typedef void (*RedisModuleClusterMessageReceiver)(RedisModuleCtx *ctx, const char *sender, uint8_t type,
                                                  const unsigned char *payload, uint32_t len);
typedef void (*RedisModuleTimerProc)(RedisModuleCtx *ctx, void *data);
typedef void (*RedisModuleCommandFilterFunc)(RedisModuleCommandFilterCtx *filter);
typedef void (*RedisModuleForkDoneHandler)(int exitcode, int bysignal, void *data);
typedef void (*RedisModuleScanCB)(RedisModuleCtx *ctx, RedisModuleString *name, RedisModuleKey *key,
                                  void *data);
typedef void (*RedisModuleScanKeyCB)(RedisModuleKey *key, RedisModuleString *field, RedisModuleString *value,
                                     void *data);
typedef RedisModuleString *(*RedisModuleConfigGetStringFunc)(const char *name, void *data);
typedef long long (*RedisModuleConfigGetNumericFunc)(const char *name, void *data);
typedef int (*RedisModuleConfigGetBoolFunc)(const char *name, void *data);
typedef int (*RedisModuleConfigGetEnumFunc)(const char *name, void *data);
typedef int (*RedisModuleConfigSetStringFunc)(const char *name, RedisModuleString *value, void *data,
                                              RedisModuleString **err);
typedef int (*RedisModuleConfigSetNumericFunc)(const char *name, long long value, void *data,
                                               RedisModuleString **err);
typedef int (*RedisModuleConfigSetBoolFunc)(const char *name, int value, void *data, RedisModuleString **err);
typedef int (*RedisModuleConfigSetEnumFunc)(const char *name, int value, void *data, RedisModuleString **err);
typedef int (*RedisModuleConfigApplyFunc)(RedisModuleCtx *ctx, void *data, RedisModuleString **err);
typedef void (*RedisModuleOnUnblocked)(RedisModuleCtx *ctx, RedisModuleCallReply *reply, void *data);
typedef int (*RedisModuleAuthCallback)(RedisModuleCtx *ctx, RedisModuleString *username,
                                       RedisModuleString *password, RedisModuleString **err);

/* Callbacks of a data type. */
typedef void *(*RedisModuleTypeLoadFunc)(RedisModuleIO *rdb, int encver);
typedef void (*RedisModuleTypeSaveFunc)(RedisModuleIO *rdb, void *value);
typedef int (*RedisModuleTypeAuxLoadFunc)(RedisModuleIO *rdb, int encver, int when);
typedef void (*RedisModuleTypeAuxSaveFunc)(RedisModuleIO *rdb, int when);
typedef void (*RedisModuleTypeRewriteFunc)(RedisModuleIO *aof, RedisModuleString *key, void *value);
typedef size_t (*RedisModuleTypeMemUsageFunc)(const void *value);
typedef size_t (*RedisModuleTypeMemUsageFunc2)(RedisModuleKeyOptCtx *ctx, const void *value, size_t samples);
typedef void (*RedisModuleTypeDigestFunc)(RedisModuleDigest *digest, void *value);
typedef void (*RedisModuleTypeFreeFunc)(void *value);
typedef size_t (*RedisModuleTypeFreeEffortFunc)(RedisModuleString *key, const void *value);
typedef size_t (*RedisModuleTypeFreeEffortFunc2)(RedisModuleKeyOptCtx *ctx, const void *value);
typedef void (*RedisModuleTypeUnlinkFunc)(RedisModuleString *key, const void *value);
typedef void (*RedisModuleTypeUnlinkFunc2)(RedisModuleKeyOptCtx *ctx, const void *value);
typedef void *(*RedisModuleTypeCopyFunc)(RedisModuleString *from, RedisModuleString *to, const void *value);
typedef void *(*RedisModuleTypeCopyFunc2)(RedisModuleKeyOptCtx *ctx, const void *value);
typedef int (*RedisModuleTypeDefragFunc)(RedisModuleDefragCtx *ctx, RedisModuleString *key, void **value);

typedef struct RedisModuleTypeMethods {
  uint64_t version; /* REDISMODULE_TYPE_METHOD_VERSION; fields were added with 2, 3, 4 and 5 */
  RedisModuleTypeLoadFunc rdb_load;
  RedisModuleTypeSaveFunc rdb_save;
  RedisModuleTypeRewriteFunc aof_rewrite;
  RedisModuleTypeMemUsageFunc mem_usage;
  RedisModuleTypeDigestFunc digest;
  RedisModuleTypeFreeFunc free;
  RedisModuleTypeAuxLoadFunc aux_load;
  RedisModuleTypeAuxSaveFunc aux_save;
  int aux_save_triggers;
  RedisModuleTypeFreeEffortFunc free_effort;
  RedisModuleTypeUnlinkFunc unlink;
  RedisModuleTypeCopyFunc copy;
  RedisModuleTypeDefragFunc defrag;
  RedisModuleTypeMemUsageFunc2 mem_usage2;
  RedisModuleTypeFreeEffortFunc2 free_effort2;
  RedisModuleTypeUnlinkFunc2 unlink2;
  RedisModuleTypeCopyFunc2 copy2;
  RedisModuleTypeAuxSaveFunc aux_save2;
} RedisModuleTypeMethods;

/* Metadata beside a key. */
typedef int (*RedisModuleKeyMetaCopyFunc)(RedisModuleKeyOptCtx *ctx, uint64_t *meta);
typedef int (*RedisModuleKeyMetaRenameFunc)(RedisModuleKeyOptCtx *ctx, uint64_t *meta);
typedef int (*RedisModuleKeyMetaMoveFunc)(RedisModuleKeyOptCtx *ctx, uint64_t *meta);
typedef void (*RedisModuleKeyMetaUnlinkFunc)(RedisModuleKeyOptCtx *ctx, uint64_t *meta);
typedef void (*RedisModuleKeyMetaFreeFunc)(const char *keyname, uint64_t meta);
typedef int (*RedisModuleKeyMetaLoadFunc)(RedisModuleIO *rdb, uint64_t *meta, int encver);
typedef void (*RedisModuleKeyMetaSaveFunc)(RedisModuleIO *rdb, void *reserved, uint64_t *meta);
typedef void (*RedisModuleKeyMetaAOFRewriteFunc)(RedisModuleIO *aof, void *reserved, uint64_t meta);
typedef int (*RedisModuleKeyMetaDefragFunc)(RedisModuleDefragCtx *ctx, RedisModuleString *keyname,
                                            uint64_t meta);
typedef size_t (*RedisModuleKeyMetaMemUsageFunc)(RedisModuleKeyOptCtx *ctx, size_t samples, uint64_t meta);
typedef size_t (*RedisModuleKeyMetaFreeEffortFunc)(RedisModuleKeyOptCtx *ctx, uint64_t meta);

/* Bit of `flags`: RDB files with this metadata may be loaded where nobody knows the class. */
#define REDISMODULE_META_ALLOW_IGNORE 0

typedef struct RedisModuleKeyMetaClassConfig {
  uint64_t version;
  uint64_t flags;
  uint64_t reset_value;
  RedisModuleKeyMetaCopyFunc copy;
  RedisModuleKeyMetaRenameFunc rename;
  RedisModuleKeyMetaMoveFunc move;
  RedisModuleKeyMetaUnlinkFunc unlink;
  RedisModuleKeyMetaFreeFunc free;
  RedisModuleKeyMetaLoadFunc rdb_load;
  RedisModuleKeyMetaSaveFunc rdb_save;
  RedisModuleKeyMetaAOFRewriteFunc aof_rewrite;
  RedisModuleKeyMetaDefragFunc defrag;
  RedisModuleKeyMetaMemUsageFunc mem_usage;
  RedisModuleKeyMetaFreeEffortFunc free_effort;
} RedisModuleKeyMetaClassConfig;

/* Everything below is for modules; the server includes this file for the types alone. */
#ifndef REDISMODULE_CORE

/* One definition in each translation unit, merged by the linker. */
#ifndef REDISMODULE_API
#define REDISMODULE_API
#endif
#ifndef REDISMODULE_ATTR
#define REDISMODULE_ATTR __attribute__((__common__))
#endif

REDISMODULE_API int (*RedisModule_GetApi)(const char *, void *) REDISMODULE_ATTR;
/* The list is generated from src/native/functions.def by `pnpm run generate`. */
/* functions */
REDISMODULE_API void (*RedisModule_EmitAOF)(RedisModuleIO *, const char *, const char *, ...) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_AbortBlock)(RedisModuleBlockedClient *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleBlockedClient *(*RedisModule_BlockClient)(RedisModuleCtx *, RedisModuleCmdFunc, RedisModuleCmdFunc, void (*)(RedisModuleCtx *, void *), long long) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_BlockClientGetPrivateData)(RedisModuleBlockedClient *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleBlockedClient *(*RedisModule_BlockClientOnAuth)(RedisModuleCtx *, RedisModuleAuthCallback, void (*)(RedisModuleCtx *, void *)) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleBlockedClient *(*RedisModule_BlockClientOnKeys)(RedisModuleCtx *, RedisModuleCmdFunc, RedisModuleCmdFunc, void (*)(RedisModuleCtx *, void *), long long, RedisModuleString **, int, void *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleBlockedClient *(*RedisModule_BlockClientOnKeysWithFlags)(RedisModuleCtx *, RedisModuleCmdFunc, RedisModuleCmdFunc, void (*)(RedisModuleCtx *, void *), long long, RedisModuleString **, int, void *, int) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_BlockClientSetPrivateData)(RedisModuleBlockedClient *, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_BlockedClientDisconnected)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_BlockedClientMeasureTimeEnd)(RedisModuleBlockedClient *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_BlockedClientMeasureTimeStart)(RedisModuleBlockedClient *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleBlockedClient *(*RedisModule_GetBlockedClientHandle)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_GetBlockedClientPrivateData)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_GetBlockedClientReadyKey)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_IsBlockedReplyRequest)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_IsBlockedTimeoutRequest)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SetDisconnectCallback)(RedisModuleBlockedClient *, RedisModuleDisconnectFunc) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SignalKeyAsReady)(RedisModuleCtx *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_UnblockClient)(RedisModuleBlockedClient *, void *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleCallReply *(*RedisModule_Call)(RedisModuleCtx *, const char *, const char *, ...) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleCallReply *(*RedisModule_CallReplyArrayElement)(RedisModuleCallReply *, size_t) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleCallReply *(*RedisModule_CallReplyAttribute)(RedisModuleCallReply *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CallReplyAttributeElement)(RedisModuleCallReply *, size_t, RedisModuleCallReply **, RedisModuleCallReply **) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_CallReplyBigNumber)(RedisModuleCallReply *, size_t *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CallReplyBool)(RedisModuleCallReply *) REDISMODULE_ATTR;
REDISMODULE_API double (*RedisModule_CallReplyDouble)(RedisModuleCallReply *) REDISMODULE_ATTR;
REDISMODULE_API long long (*RedisModule_CallReplyInteger)(RedisModuleCallReply *) REDISMODULE_ATTR;
REDISMODULE_API size_t (*RedisModule_CallReplyLength)(RedisModuleCallReply *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CallReplyMapElement)(RedisModuleCallReply *, size_t, RedisModuleCallReply **, RedisModuleCallReply **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CallReplyPromiseAbort)(RedisModuleCallReply *, void **) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_CallReplyPromiseSetUnblockHandler)(RedisModuleCallReply *, RedisModuleOnUnblocked, void *) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_CallReplyProto)(RedisModuleCallReply *, size_t *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleCallReply *(*RedisModule_CallReplySetElement)(RedisModuleCallReply *, size_t) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_CallReplyStringPtr)(RedisModuleCallReply *, size_t *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CallReplyType)(RedisModuleCallReply *) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_CallReplyVerbatim)(RedisModuleCallReply *, size_t *, const char **) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CreateStringFromCallReply)(RedisModuleCallReply *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_FreeCallReply)(RedisModuleCallReply *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_GetClientCertificate)(RedisModuleCtx *, uint64_t) REDISMODULE_ATTR;
REDISMODULE_API unsigned long long (*RedisModule_GetClientId)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetClientInfoById)(void *, uint64_t) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_GetClientNameById)(RedisModuleCtx *, uint64_t) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_GetClientUserNameById)(RedisModuleCtx *, uint64_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetContextFlags)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RedactClientCommandArgument)(RedisModuleCtx *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetClientNameById)(uint64_t, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ClusterCanAccessKeysInSlot)(int) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_ClusterCanonicalKeyNameInSlot)(unsigned int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ClusterDisableTrim)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ClusterEnableTrim)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ClusterFreeSlotRanges)(RedisModuleCtx *, RedisModuleSlotRangeArray *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleSlotRangeArray *(*RedisModule_ClusterGetLocalSlotRanges)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API unsigned int (*RedisModule_ClusterKeySlot)(RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API unsigned int (*RedisModule_ClusterKeySlotC)(const char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ClusterPropagateForSlotMigration)(RedisModuleCtx *, const char *, const char *, ...) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_FreeClusterNodesList)(char **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetClusterNodeInfo)(RedisModuleCtx *, const char *, char *, char *, int *, int *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetClusterNodeSlotRanges)(void) REDISMODULE_ATTR;
REDISMODULE_API char **(*RedisModule_GetClusterNodesList)(RedisModuleCtx *, size_t *) REDISMODULE_ATTR;
REDISMODULE_API size_t (*RedisModule_GetClusterSize)(void) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_GetMyClusterID)(void) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_RegisterClusterMessageReceiver)(RedisModuleCtx *, uint8_t, RedisModuleClusterMessageReceiver) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SendClusterMessage)(RedisModuleCtx *, const char *, uint8_t, const char *, uint32_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SetClusterFlags)(RedisModuleCtx *, uint64_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_AddACLCategory)(RedisModuleCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ChannelAtPosWithFlags)(RedisModuleCtx *, int, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CreateCommand)(RedisModuleCtx *, const char *, RedisModuleCmdFunc, const char *, int, int, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CreateSubcommand)(RedisModuleCommand *, const char *, RedisModuleCmdFunc, const char *, int, int, int) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleCommand *(*RedisModule_GetCommand)(RedisModuleCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int *(*RedisModule_GetCommandKeys)(RedisModuleCtx *, RedisModuleString **, int, int *) REDISMODULE_ATTR;
REDISMODULE_API int *(*RedisModule_GetCommandKeysWithFlags)(RedisModuleCtx *, RedisModuleString **, int, int *, int **) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_GetCurrentCommandName)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_IsChannelsPositionRequest)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_IsKeysPositionRequest)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_KeyAtPos)(RedisModuleCtx *, int) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_KeyAtPosWithFlags)(RedisModuleCtx *, int, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetCommandACLCategories)(RedisModuleCommand *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetCommandInfo)(RedisModuleCommand *, const RedisModuleCommandInfo *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_WrongArity)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_LoadConfigs)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_LoadDefaultConfigs)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RegisterBoolConfig)(RedisModuleCtx *, const char *, int, unsigned int, RedisModuleConfigGetBoolFunc, RedisModuleConfigSetBoolFunc, RedisModuleConfigApplyFunc, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RegisterEnumConfig)(RedisModuleCtx *, const char *, int, unsigned int, const char **, const int *, int, RedisModuleConfigGetEnumFunc, RedisModuleConfigSetEnumFunc, RedisModuleConfigApplyFunc, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RegisterNumericConfig)(RedisModuleCtx *, const char *, long long, unsigned int, long long, long long, RedisModuleConfigGetNumericFunc, RedisModuleConfigSetNumericFunc, RedisModuleConfigApplyFunc, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RegisterStringConfig)(RedisModuleCtx *, const char *, const char *, unsigned int, RedisModuleConfigGetStringFunc, RedisModuleConfigSetStringFunc, RedisModuleConfigApplyFunc, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ConfigGet)(RedisModuleCtx *, const char *, RedisModuleString **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ConfigGetBool)(RedisModuleCtx *, const char *, int *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ConfigGetEnum)(RedisModuleCtx *, const char *, RedisModuleString **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ConfigGetNumeric)(RedisModuleCtx *, const char *, long long *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ConfigGetType)(const char *, RedisModuleConfigType *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleConfigIterator *(*RedisModule_ConfigIteratorCreate)(RedisModuleCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_ConfigIteratorNext)(RedisModuleConfigIterator *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ConfigIteratorRelease)(RedisModuleCtx *, RedisModuleConfigIterator *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ConfigSet)(RedisModuleCtx *, const char *, RedisModuleString *, RedisModuleString **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ConfigSetBool)(RedisModuleCtx *, const char *, int, RedisModuleString **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ConfigSetEnum)(RedisModuleCtx *, const char *, RedisModuleString *, RedisModuleString **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ConfigSetNumeric)(RedisModuleCtx *, const char *, long long, RedisModuleString **) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_DefragAlloc)(RedisModuleDefragCtx *, void *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_DefragAllocRaw)(RedisModuleDefragCtx *, size_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DefragCursorGet)(RedisModuleDefragCtx *, unsigned long *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DefragCursorSet)(RedisModuleDefragCtx *, unsigned long) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_DefragFreeRaw)(RedisModuleDefragCtx *, void *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleDict *(*RedisModule_DefragRedisModuleDict)(RedisModuleDefragCtx *, RedisModuleDict *, RedisModuleDefragDictValueCallback, RedisModuleString **) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_DefragRedisModuleString)(RedisModuleDefragCtx *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DefragShouldStop)(RedisModuleDefragCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetDbIdFromDefragCtx)(RedisModuleDefragCtx *) REDISMODULE_ATTR;
REDISMODULE_API const RedisModuleString *(*RedisModule_GetKeyNameFromDefragCtx)(RedisModuleDefragCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RegisterDefragCallbacks)(RedisModuleCtx *, RedisModuleDefragFunc, RedisModuleDefragFunc) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RegisterDefragFunc)(RedisModuleCtx *, RedisModuleDefragFunc) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RegisterDefragFunc2)(RedisModuleCtx *, RedisModuleDefragFunc2) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleDict *(*RedisModule_CreateDict)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictCompare)(RedisModuleDictIter *, const char *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictCompareC)(RedisModuleDictIter *, const char *, void *, size_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictDel)(RedisModuleDict *, RedisModuleString *, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictDelC)(RedisModuleDict *, void *, size_t, void *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_DictGet)(RedisModuleDict *, RedisModuleString *, int *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_DictGetC)(RedisModuleDict *, void *, size_t, int *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictIteratorReseek)(RedisModuleDictIter *, const char *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictIteratorReseekC)(RedisModuleDictIter *, const char *, void *, size_t) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleDictIter *(*RedisModule_DictIteratorStart)(RedisModuleDict *, const char *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleDictIter *(*RedisModule_DictIteratorStartC)(RedisModuleDict *, const char *, void *, size_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_DictIteratorStop)(RedisModuleDictIter *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_DictNext)(RedisModuleCtx *, RedisModuleDictIter *, void **) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_DictNextC)(RedisModuleDictIter *, size_t *, void **) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_DictPrev)(RedisModuleCtx *, RedisModuleDictIter *, void **) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_DictPrevC)(RedisModuleDictIter *, size_t *, void **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictReplace)(RedisModuleDict *, RedisModuleString *, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictReplaceC)(RedisModuleDict *, void *, size_t, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictSet)(RedisModuleDict *, RedisModuleString *, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DictSetC)(RedisModuleDict *, void *, size_t, void *) REDISMODULE_ATTR;
REDISMODULE_API uint64_t (*RedisModule_DictSize)(RedisModuleDict *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_FreeDict)(RedisModuleCtx *, RedisModuleDict *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_DigestAddLongLong)(RedisModuleDigest *, long long) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_DigestAddStringBuffer)(RedisModuleDigest *, const char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_DigestEndSequence)(RedisModuleDigest *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetDbIdFromDigest)(RedisModuleDigest *) REDISMODULE_ATTR;
REDISMODULE_API const RedisModuleString *(*RedisModule_GetKeyNameFromDigest)(RedisModuleDigest *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_EventLoopAdd)(int, int, RedisModuleEventLoopFunc, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_EventLoopAddOneShot)(RedisModuleEventLoopOneShotFunc, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_EventLoopDel)(int, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CommandFilterArgDelete)(RedisModuleCommandFilterCtx *, int) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CommandFilterArgGet)(RedisModuleCommandFilterCtx *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CommandFilterArgInsert)(RedisModuleCommandFilterCtx *, int, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CommandFilterArgReplace)(RedisModuleCommandFilterCtx *, int, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_CommandFilterArgsCount)(RedisModuleCommandFilterCtx *) REDISMODULE_ATTR;
REDISMODULE_API unsigned long long (*RedisModule_CommandFilterGetClientId)(RedisModuleCommandFilterCtx *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleCommandFilter *(*RedisModule_RegisterCommandFilter)(RedisModuleCtx *, RedisModuleCommandFilterFunc, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_UnregisterCommandFilter)(RedisModuleCtx *, RedisModuleCommandFilter *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ExitFromChild)(int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_Fork)(RedisModuleForkDoneHandler, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_KillForkChild)(int) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SendChildHeartbeat)(double) REDISMODULE_ATTR;
REDISMODULE_API mstime_t (*RedisModule_HashFieldMinExpire)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_HashGet)(RedisModuleKey *, int, ...) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_HashSet)(RedisModuleKey *, int, ...) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_FreeServerInfo)(RedisModuleCtx *, RedisModuleServerInfoData *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleServerInfoData *(*RedisModule_GetServerInfo)(RedisModuleCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_ServerInfoGetField)(RedisModuleCtx *, RedisModuleServerInfoData *, const char *) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_ServerInfoGetFieldC)(RedisModuleServerInfoData *, const char *) REDISMODULE_ATTR;
REDISMODULE_API double (*RedisModule_ServerInfoGetFieldDouble)(RedisModuleServerInfoData *, const char *, int *) REDISMODULE_ATTR;
REDISMODULE_API long long (*RedisModule_ServerInfoGetFieldSigned)(RedisModuleServerInfoData *, const char *, int *) REDISMODULE_ATTR;
REDISMODULE_API unsigned long long (*RedisModule_ServerInfoGetFieldUnsigned)(RedisModuleServerInfoData *, const char *, int *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_InfoAddFieldCString)(RedisModuleInfoCtx *, const char *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_InfoAddFieldDouble)(RedisModuleInfoCtx *, const char *, double) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_InfoAddFieldLongLong)(RedisModuleInfoCtx *, const char *, long long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_InfoAddFieldString)(RedisModuleInfoCtx *, const char *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_InfoAddFieldULongLong)(RedisModuleInfoCtx *, const char *, unsigned long long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_InfoAddSection)(RedisModuleInfoCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_InfoBeginDictField)(RedisModuleInfoCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_InfoEndDictField)(RedisModuleInfoCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RegisterInfoFunc)(RedisModuleCtx *, RedisModuleInfoFunc) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleKeyMetaClassId (*RedisModule_CreateKeyMetaClass)(RedisModuleCtx *, const char *, int, RedisModuleKeyMetaClassConfig *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetKeyMeta)(RedisModuleKeyMetaClassId, RedisModuleKey *, uint64_t *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReleaseKeyMetaClass)(RedisModuleKeyMetaClassId) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetKeyMeta)(RedisModuleKeyMetaClassId, RedisModuleKey *, uint64_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_CloseKey)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API unsigned long long (*RedisModule_DbSize)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DeleteKey)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API mstime_t (*RedisModule_GetAbsExpire)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetDbIdFromModuleKey)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API mstime_t (*RedisModule_GetExpire)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API const RedisModuleString *(*RedisModule_GetKeyNameFromModuleKey)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetLFU)(RedisModuleKey *, long long *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetLRU)(RedisModuleKey *, mstime_t *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetOpenKeyModesAll)(void) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetSelectedDb)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_KeyExists)(RedisModuleCtx *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_KeyType)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleKey *(*RedisModule_OpenKey)(RedisModuleCtx *, RedisModuleString *, int) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_RandomKey)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ResetDataset)(int, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SelectDb)(RedisModuleCtx *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetAbsExpire)(RedisModuleKey *, mstime_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetExpire)(RedisModuleKey *, mstime_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetLFU)(RedisModuleKey *, long long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetLRU)(RedisModuleKey *, mstime_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SignalModifiedKey)(RedisModuleCtx *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_UnlinkKey)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API size_t (*RedisModule_ValueLength)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ExportSharedAPI)(RedisModuleCtx *, const char *, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetContextFlagsAll)(void) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_GetInternalSecret)(RedisModuleCtx *, size_t *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetModuleOptionsAll)(void) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetServerVersion)(void) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_GetSharedAPI)(RedisModuleCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetTypeMethodVersion)(void) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_IsModuleNameBusy)(const char *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SetModuleAttribs)(RedisModuleCtx *, const char *, int, int) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SetModuleOptions)(RedisModuleCtx *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ListDelete)(RedisModuleKey *, long) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_ListGet)(RedisModuleKey *, long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ListInsert)(RedisModuleKey *, long, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_ListPop)(RedisModuleKey *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ListPush)(RedisModuleKey *, int, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ListSet)(RedisModuleKey *, long, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_GetRandomBytes)(unsigned char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_GetRandomHexChars)(char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_LatencyAddSample)(const char *, mstime_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_Log)(RedisModuleCtx *, const char *, const char *, ...) REDISMODULE_ATTR __attribute__((format(printf, 3, 4)));
REDISMODULE_API void (*RedisModule__Assert)(const char *, const char *, int) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_Alloc)(size_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_AutoMemory)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_Calloc)(size_t, size_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_Free)(void *) REDISMODULE_ATTR;
REDISMODULE_API float (*RedisModule_GetUsedMemoryRatio)(void) REDISMODULE_ATTR;
REDISMODULE_API size_t (*RedisModule_MallocSize)(void *) REDISMODULE_ATTR;
REDISMODULE_API size_t (*RedisModule_MallocSizeDict)(RedisModuleDict *) REDISMODULE_ATTR;
REDISMODULE_API size_t (*RedisModule_MallocSizeString)(RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API size_t (*RedisModule_MallocUsableSize)(void *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_PoolAlloc)(RedisModuleCtx *, size_t) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_Realloc)(void *, size_t) REDISMODULE_ATTR;
REDISMODULE_API char *(*RedisModule_Strdup)(const char *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_TryAlloc)(size_t) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_TryCalloc)(size_t, size_t) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_TryRealloc)(void *, size_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_AddPostNotificationJob)(RedisModuleCtx *, RedisModulePostNotificationJobFunc, void *, void (*)(void *)) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_AddPostNotificationJobForKey)(RedisModuleCtx *, RedisModulePostNotifyJobPerKeyFunc, RedisModuleString *, void *, void (*)(void *)) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetKeyspaceNotificationFlagsAll)(void) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetNotifyKeyspaceEvents)(void) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_NotifyKeyspaceEvent)(RedisModuleCtx *, int, const char *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_NotifyKeyspaceEventWithSubkeys)(RedisModuleCtx *, int, const char *, RedisModuleString *, RedisModuleString **, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SubscribeToKeyspaceEvents)(RedisModuleCtx *, int, RedisModuleNotificationFunc) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SubscribeToKeyspaceEventsWithSubkeys)(RedisModuleCtx *, int, int, RedisModuleNotificationWithSubkeysFunc) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_UnsubscribeFromKeyspaceEvents)(RedisModuleCtx *, int, RedisModuleNotificationFunc) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_UnsubscribeFromKeyspaceEventsWithSubkeys)(RedisModuleCtx *, int, int, RedisModuleNotificationWithSubkeysFunc) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_PublishMessage)(RedisModuleCtx *, RedisModuleString *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_PublishMessageShard)(RedisModuleCtx *, RedisModuleString *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleCtx *(*RedisModule_GetContextFromIO)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetDbIdFromIO)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API const RedisModuleString *(*RedisModule_GetKeyNameFromIO)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_IsIOError)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_LoadDataTypeFromString)(const RedisModuleString *, const RedisModuleType *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_LoadDataTypeFromStringEncver)(const RedisModuleString *, const RedisModuleType *, int) REDISMODULE_ATTR;
REDISMODULE_API double (*RedisModule_LoadDouble)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API float (*RedisModule_LoadFloat)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API long double (*RedisModule_LoadLongDouble)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API int64_t (*RedisModule_LoadSigned)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_LoadString)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API char *(*RedisModule_LoadStringBuffer)(RedisModuleIO *, size_t *) REDISMODULE_ATTR;
REDISMODULE_API uint64_t (*RedisModule_LoadUnsigned)(RedisModuleIO *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_LogIOError)(RedisModuleIO *, const char *, const char *, ...) REDISMODULE_ATTR __attribute__((format(printf, 3, 4)));
REDISMODULE_API RedisModuleString *(*RedisModule_SaveDataTypeToString)(RedisModuleCtx *, void *, const RedisModuleType *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SaveDouble)(RedisModuleIO *, double) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SaveFloat)(RedisModuleIO *, float) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SaveLongDouble)(RedisModuleIO *, long double) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SaveSigned)(RedisModuleIO *, int64_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SaveString)(RedisModuleIO *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SaveStringBuffer)(RedisModuleIO *, const char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SaveUnsigned)(RedisModuleIO *, uint64_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RdbLoad)(RedisModuleCtx *, RedisModuleRdbStream *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_RdbSave)(RedisModuleCtx *, RedisModuleRdbStream *, int) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleRdbStream *(*RedisModule_RdbStreamCreateFromFile)(const char *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_RdbStreamFree)(RedisModuleRdbStream *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_AvoidReplicaTraffic)(void) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_Replicate)(RedisModuleCtx *, const char *, const char *, ...) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplicateVerbatim)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ReplySetArrayLength)(RedisModuleCtx *, long) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ReplySetAttributeLength)(RedisModuleCtx *, long) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ReplySetMapLength)(RedisModuleCtx *, long) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ReplySetPushLength)(RedisModuleCtx *, long) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ReplySetSetLength)(RedisModuleCtx *, long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithArray)(RedisModuleCtx *, long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithAttribute)(RedisModuleCtx *, long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithBigNumber)(RedisModuleCtx *, const char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithBool)(RedisModuleCtx *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithCString)(RedisModuleCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithCallReply)(RedisModuleCtx *, RedisModuleCallReply *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithDouble)(RedisModuleCtx *, double) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithEmptyArray)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithEmptyString)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithError)(RedisModuleCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithErrorFormat)(RedisModuleCtx *, const char *, ...) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithLongDouble)(RedisModuleCtx *, long double) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithLongLong)(RedisModuleCtx *, long long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithMap)(RedisModuleCtx *, long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithNull)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithNullArray)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithSet)(RedisModuleCtx *, long) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithSimpleString)(RedisModuleCtx *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithString)(RedisModuleCtx *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithStringBuffer)(RedisModuleCtx *, const char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithVerbatimString)(RedisModuleCtx *, const char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ReplyWithVerbatimStringType)(RedisModuleCtx *, const char *, size_t, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_Scan)(RedisModuleCtx *, RedisModuleScanCursor *, RedisModuleScanCB, void *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleScanCursor *(*RedisModule_ScanCursorCreate)(void) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ScanCursorDestroy)(RedisModuleScanCursor *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ScanCursorRestart)(RedisModuleScanCursor *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ScanKey)(RedisModuleKey *, RedisModuleScanCursor *, RedisModuleScanKeyCB, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_IsSubEventSupported)(RedisModuleEvent, uint64_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SubscribeToServerEvent)(RedisModuleCtx *, RedisModuleEvent, RedisModuleEventCallback) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetAdd)(RedisModuleKey *, double, RedisModuleString *, int *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetFirstInLexRange)(RedisModuleKey *, RedisModuleString *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetFirstInScoreRange)(RedisModuleKey *, double, double, int, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetIncrby)(RedisModuleKey *, double, RedisModuleString *, int *, double *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetLastInLexRange)(RedisModuleKey *, RedisModuleString *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetLastInScoreRange)(RedisModuleKey *, double, double, int, int) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_ZsetRangeCurrentElement)(RedisModuleKey *, double *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetRangeEndReached)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetRangeNext)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetRangePrev)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ZsetRangeStop)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetRem)(RedisModuleKey *, RedisModuleString *, int *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ZsetScore)(RedisModuleKey *, RedisModuleString *, double *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StreamAdd)(RedisModuleKey *, int, RedisModuleStreamID *, RedisModuleString **, int64_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StreamDelete)(RedisModuleKey *, RedisModuleStreamID *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StreamIteratorDelete)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StreamIteratorNextField)(RedisModuleKey *, RedisModuleString **, RedisModuleString **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StreamIteratorNextID)(RedisModuleKey *, RedisModuleStreamID *, long *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StreamIteratorStart)(RedisModuleKey *, int, RedisModuleStreamID *, RedisModuleStreamID *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StreamIteratorStop)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API long long (*RedisModule_StreamTrimByID)(RedisModuleKey *, int, RedisModuleStreamID *) REDISMODULE_ATTR;
REDISMODULE_API long long (*RedisModule_StreamTrimByLength)(RedisModuleKey *, int, long long) REDISMODULE_ATTR;
REDISMODULE_API char *(*RedisModule_StringDMA)(RedisModuleKey *, size_t *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StringSet)(RedisModuleKey *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StringTruncate)(RedisModuleKey *, size_t) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CreateString)(RedisModuleCtx *, const char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CreateStringFromDouble)(RedisModuleCtx *, double) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CreateStringFromLongDouble)(RedisModuleCtx *, long double, int) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CreateStringFromLongLong)(RedisModuleCtx *, long long) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CreateStringFromStreamID)(RedisModuleCtx *, const RedisModuleStreamID *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CreateStringFromString)(RedisModuleCtx *, const RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CreateStringFromULongLong)(RedisModuleCtx *, unsigned long long) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_CreateStringPrintf)(RedisModuleCtx *, const char *, ...) REDISMODULE_ATTR __attribute__((format(printf, 2, 3)));
REDISMODULE_API void (*RedisModule_FreeString)(RedisModuleCtx *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_HoldString)(RedisModuleCtx *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_RetainString)(RedisModuleCtx *, RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StringAppendBuffer)(RedisModuleCtx *, RedisModuleString *, const char *, size_t) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StringCompare)(const RedisModuleString *, const RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API const char *(*RedisModule_StringPtrLen)(const RedisModuleString *, size_t *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StringToDouble)(const RedisModuleString *, double *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StringToLongDouble)(const RedisModuleString *, long double *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StringToLongLong)(const RedisModuleString *, long long *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StringToStreamID)(const RedisModuleString *, RedisModuleStreamID *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StringToULongLong)(const RedisModuleString *, unsigned long long *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_TrimStringAllocation)(RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_FreeThreadSafeContext)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleCtx *(*RedisModule_GetDetachedThreadSafeContext)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleCtx *(*RedisModule_GetThreadSafeContext)(RedisModuleBlockedClient *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ThreadSafeContextLock)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ThreadSafeContextTryLock)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ThreadSafeContextUnlock)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_Yield)(RedisModuleCtx *, int, const char *) REDISMODULE_ATTR;
REDISMODULE_API ustime_t (*RedisModule_CachedMicroseconds)(void) REDISMODULE_ATTR;
REDISMODULE_API ustime_t (*RedisModule_Microseconds)(void) REDISMODULE_ATTR;
REDISMODULE_API mstime_t (*RedisModule_Milliseconds)(void) REDISMODULE_ATTR;
REDISMODULE_API uint64_t (*RedisModule_MonotonicMicroseconds)(void) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleTimerID (*RedisModule_CreateTimer)(RedisModuleCtx *, mstime_t, RedisModuleTimerProc, void *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetTimerInfo)(RedisModuleCtx *, RedisModuleTimerID, uint64_t *, void **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_StopTimer)(RedisModuleCtx *, RedisModuleTimerID, void **) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleType *(*RedisModule_CreateDataType)(RedisModuleCtx *, const char *, int, RedisModuleTypeMethods *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetDbIdFromOptCtx)(RedisModuleKeyOptCtx *) REDISMODULE_ATTR;
REDISMODULE_API const RedisModuleString *(*RedisModule_GetKeyNameFromOptCtx)(RedisModuleKeyOptCtx *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_GetToDbIdFromOptCtx)(RedisModuleKeyOptCtx *) REDISMODULE_ATTR;
REDISMODULE_API const RedisModuleString *(*RedisModule_GetToKeyNameFromOptCtx)(RedisModuleKeyOptCtx *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleType *(*RedisModule_ModuleTypeGetType)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API void *(*RedisModule_ModuleTypeGetValue)(RedisModuleKey *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ModuleTypeReplaceValue)(RedisModuleKey *, RedisModuleType *, void *, void **) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ModuleTypeSetValue)(RedisModuleKey *, RedisModuleType *, void *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ACLAddLogEntry)(RedisModuleCtx *, RedisModuleUser *, RedisModuleString *, RedisModuleACLLogEntryReason) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_ACLAddLogEntryByUserName)(RedisModuleCtx *, RedisModuleString *, RedisModuleString *, RedisModuleACLLogEntryReason) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ACLCheckChannelPermissions)(RedisModuleUser *, RedisModuleString *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ACLCheckCommandPermissions)(RedisModuleUser *, RedisModuleString **, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ACLCheckKeyPermissions)(RedisModuleUser *, RedisModuleString *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_ACLCheckKeyPrefixPermissions)(RedisModuleUser *, RedisModuleString *, int) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_AuthenticateClientWithACLUser)(RedisModuleCtx *, const char *, size_t, RedisModuleUserChangedFunc, void *, uint64_t *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_AuthenticateClientWithUser)(RedisModuleCtx *, RedisModuleUser *, RedisModuleUserChangedFunc, void *, uint64_t *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleUser *(*RedisModule_CreateModuleUser)(const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_DeauthenticateAndCloseClient)(RedisModuleCtx *, uint64_t) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_FreeModuleUser)(RedisModuleUser *) REDISMODULE_ATTR;
REDISMODULE_API const RedisModuleUser *(*RedisModule_GetContextUser)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_GetCurrentUserName)(RedisModuleCtx *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_GetModuleUserACLString)(RedisModuleUser *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleUser *(*RedisModule_GetModuleUserFromUserName)(RedisModuleString *) REDISMODULE_ATTR;
REDISMODULE_API RedisModuleString *(*RedisModule_GetUserUsername)(RedisModuleCtx *, const RedisModuleUser *) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_RegisterAuthCallback)(RedisModuleCtx *, RedisModuleAuthCallback) REDISMODULE_ATTR;
REDISMODULE_API void (*RedisModule_SetContextUser)(RedisModuleCtx *, const RedisModuleUser *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetModuleUserACL)(RedisModuleUser *, const char *) REDISMODULE_ATTR;
REDISMODULE_API int (*RedisModule_SetModuleUserACLString)(RedisModuleCtx *, RedisModuleUser *, const char *, RedisModuleString **) REDISMODULE_ATTR;
/* end of functions */

static inline int RedisModule_Init(RedisModuleCtx *ctx, const char *name, int version, int api_version) {
  RedisModule_GetApi = (int (*)(const char *, void *))(uintptr_t)((void **)ctx)[0];
  /* requests */
  RedisModule_GetApi("RedisModule_EmitAOF", (void *)&RedisModule_EmitAOF);
  RedisModule_GetApi("RedisModule_AbortBlock", (void *)&RedisModule_AbortBlock);
  RedisModule_GetApi("RedisModule_BlockClient", (void *)&RedisModule_BlockClient);
  RedisModule_GetApi("RedisModule_BlockClientGetPrivateData", (void *)&RedisModule_BlockClientGetPrivateData);
  RedisModule_GetApi("RedisModule_BlockClientOnAuth", (void *)&RedisModule_BlockClientOnAuth);
  RedisModule_GetApi("RedisModule_BlockClientOnKeys", (void *)&RedisModule_BlockClientOnKeys);
  RedisModule_GetApi("RedisModule_BlockClientOnKeysWithFlags", (void *)&RedisModule_BlockClientOnKeysWithFlags);
  RedisModule_GetApi("RedisModule_BlockClientSetPrivateData", (void *)&RedisModule_BlockClientSetPrivateData);
  RedisModule_GetApi("RedisModule_BlockedClientDisconnected", (void *)&RedisModule_BlockedClientDisconnected);
  RedisModule_GetApi("RedisModule_BlockedClientMeasureTimeEnd", (void *)&RedisModule_BlockedClientMeasureTimeEnd);
  RedisModule_GetApi("RedisModule_BlockedClientMeasureTimeStart", (void *)&RedisModule_BlockedClientMeasureTimeStart);
  RedisModule_GetApi("RedisModule_GetBlockedClientHandle", (void *)&RedisModule_GetBlockedClientHandle);
  RedisModule_GetApi("RedisModule_GetBlockedClientPrivateData", (void *)&RedisModule_GetBlockedClientPrivateData);
  RedisModule_GetApi("RedisModule_GetBlockedClientReadyKey", (void *)&RedisModule_GetBlockedClientReadyKey);
  RedisModule_GetApi("RedisModule_IsBlockedReplyRequest", (void *)&RedisModule_IsBlockedReplyRequest);
  RedisModule_GetApi("RedisModule_IsBlockedTimeoutRequest", (void *)&RedisModule_IsBlockedTimeoutRequest);
  RedisModule_GetApi("RedisModule_SetDisconnectCallback", (void *)&RedisModule_SetDisconnectCallback);
  RedisModule_GetApi("RedisModule_SignalKeyAsReady", (void *)&RedisModule_SignalKeyAsReady);
  RedisModule_GetApi("RedisModule_UnblockClient", (void *)&RedisModule_UnblockClient);
  RedisModule_GetApi("RedisModule_Call", (void *)&RedisModule_Call);
  RedisModule_GetApi("RedisModule_CallReplyArrayElement", (void *)&RedisModule_CallReplyArrayElement);
  RedisModule_GetApi("RedisModule_CallReplyAttribute", (void *)&RedisModule_CallReplyAttribute);
  RedisModule_GetApi("RedisModule_CallReplyAttributeElement", (void *)&RedisModule_CallReplyAttributeElement);
  RedisModule_GetApi("RedisModule_CallReplyBigNumber", (void *)&RedisModule_CallReplyBigNumber);
  RedisModule_GetApi("RedisModule_CallReplyBool", (void *)&RedisModule_CallReplyBool);
  RedisModule_GetApi("RedisModule_CallReplyDouble", (void *)&RedisModule_CallReplyDouble);
  RedisModule_GetApi("RedisModule_CallReplyInteger", (void *)&RedisModule_CallReplyInteger);
  RedisModule_GetApi("RedisModule_CallReplyLength", (void *)&RedisModule_CallReplyLength);
  RedisModule_GetApi("RedisModule_CallReplyMapElement", (void *)&RedisModule_CallReplyMapElement);
  RedisModule_GetApi("RedisModule_CallReplyPromiseAbort", (void *)&RedisModule_CallReplyPromiseAbort);
  RedisModule_GetApi("RedisModule_CallReplyPromiseSetUnblockHandler", (void *)&RedisModule_CallReplyPromiseSetUnblockHandler);
  RedisModule_GetApi("RedisModule_CallReplyProto", (void *)&RedisModule_CallReplyProto);
  RedisModule_GetApi("RedisModule_CallReplySetElement", (void *)&RedisModule_CallReplySetElement);
  RedisModule_GetApi("RedisModule_CallReplyStringPtr", (void *)&RedisModule_CallReplyStringPtr);
  RedisModule_GetApi("RedisModule_CallReplyType", (void *)&RedisModule_CallReplyType);
  RedisModule_GetApi("RedisModule_CallReplyVerbatim", (void *)&RedisModule_CallReplyVerbatim);
  RedisModule_GetApi("RedisModule_CreateStringFromCallReply", (void *)&RedisModule_CreateStringFromCallReply);
  RedisModule_GetApi("RedisModule_FreeCallReply", (void *)&RedisModule_FreeCallReply);
  RedisModule_GetApi("RedisModule_GetClientCertificate", (void *)&RedisModule_GetClientCertificate);
  RedisModule_GetApi("RedisModule_GetClientId", (void *)&RedisModule_GetClientId);
  RedisModule_GetApi("RedisModule_GetClientInfoById", (void *)&RedisModule_GetClientInfoById);
  RedisModule_GetApi("RedisModule_GetClientNameById", (void *)&RedisModule_GetClientNameById);
  RedisModule_GetApi("RedisModule_GetClientUserNameById", (void *)&RedisModule_GetClientUserNameById);
  RedisModule_GetApi("RedisModule_GetContextFlags", (void *)&RedisModule_GetContextFlags);
  RedisModule_GetApi("RedisModule_RedactClientCommandArgument", (void *)&RedisModule_RedactClientCommandArgument);
  RedisModule_GetApi("RedisModule_SetClientNameById", (void *)&RedisModule_SetClientNameById);
  RedisModule_GetApi("RedisModule_ClusterCanAccessKeysInSlot", (void *)&RedisModule_ClusterCanAccessKeysInSlot);
  RedisModule_GetApi("RedisModule_ClusterCanonicalKeyNameInSlot", (void *)&RedisModule_ClusterCanonicalKeyNameInSlot);
  RedisModule_GetApi("RedisModule_ClusterDisableTrim", (void *)&RedisModule_ClusterDisableTrim);
  RedisModule_GetApi("RedisModule_ClusterEnableTrim", (void *)&RedisModule_ClusterEnableTrim);
  RedisModule_GetApi("RedisModule_ClusterFreeSlotRanges", (void *)&RedisModule_ClusterFreeSlotRanges);
  RedisModule_GetApi("RedisModule_ClusterGetLocalSlotRanges", (void *)&RedisModule_ClusterGetLocalSlotRanges);
  RedisModule_GetApi("RedisModule_ClusterKeySlot", (void *)&RedisModule_ClusterKeySlot);
  RedisModule_GetApi("RedisModule_ClusterKeySlotC", (void *)&RedisModule_ClusterKeySlotC);
  RedisModule_GetApi("RedisModule_ClusterPropagateForSlotMigration", (void *)&RedisModule_ClusterPropagateForSlotMigration);
  RedisModule_GetApi("RedisModule_FreeClusterNodesList", (void *)&RedisModule_FreeClusterNodesList);
  RedisModule_GetApi("RedisModule_GetClusterNodeInfo", (void *)&RedisModule_GetClusterNodeInfo);
  RedisModule_GetApi("RedisModule_GetClusterNodeSlotRanges", (void *)&RedisModule_GetClusterNodeSlotRanges);
  RedisModule_GetApi("RedisModule_GetClusterNodesList", (void *)&RedisModule_GetClusterNodesList);
  RedisModule_GetApi("RedisModule_GetClusterSize", (void *)&RedisModule_GetClusterSize);
  RedisModule_GetApi("RedisModule_GetMyClusterID", (void *)&RedisModule_GetMyClusterID);
  RedisModule_GetApi("RedisModule_RegisterClusterMessageReceiver", (void *)&RedisModule_RegisterClusterMessageReceiver);
  RedisModule_GetApi("RedisModule_SendClusterMessage", (void *)&RedisModule_SendClusterMessage);
  RedisModule_GetApi("RedisModule_SetClusterFlags", (void *)&RedisModule_SetClusterFlags);
  RedisModule_GetApi("RedisModule_AddACLCategory", (void *)&RedisModule_AddACLCategory);
  RedisModule_GetApi("RedisModule_ChannelAtPosWithFlags", (void *)&RedisModule_ChannelAtPosWithFlags);
  RedisModule_GetApi("RedisModule_CreateCommand", (void *)&RedisModule_CreateCommand);
  RedisModule_GetApi("RedisModule_CreateSubcommand", (void *)&RedisModule_CreateSubcommand);
  RedisModule_GetApi("RedisModule_GetCommand", (void *)&RedisModule_GetCommand);
  RedisModule_GetApi("RedisModule_GetCommandKeys", (void *)&RedisModule_GetCommandKeys);
  RedisModule_GetApi("RedisModule_GetCommandKeysWithFlags", (void *)&RedisModule_GetCommandKeysWithFlags);
  RedisModule_GetApi("RedisModule_GetCurrentCommandName", (void *)&RedisModule_GetCurrentCommandName);
  RedisModule_GetApi("RedisModule_IsChannelsPositionRequest", (void *)&RedisModule_IsChannelsPositionRequest);
  RedisModule_GetApi("RedisModule_IsKeysPositionRequest", (void *)&RedisModule_IsKeysPositionRequest);
  RedisModule_GetApi("RedisModule_KeyAtPos", (void *)&RedisModule_KeyAtPos);
  RedisModule_GetApi("RedisModule_KeyAtPosWithFlags", (void *)&RedisModule_KeyAtPosWithFlags);
  RedisModule_GetApi("RedisModule_SetCommandACLCategories", (void *)&RedisModule_SetCommandACLCategories);
  RedisModule_GetApi("RedisModule_SetCommandInfo", (void *)&RedisModule_SetCommandInfo);
  RedisModule_GetApi("RedisModule_WrongArity", (void *)&RedisModule_WrongArity);
  RedisModule_GetApi("RedisModule_LoadConfigs", (void *)&RedisModule_LoadConfigs);
  RedisModule_GetApi("RedisModule_LoadDefaultConfigs", (void *)&RedisModule_LoadDefaultConfigs);
  RedisModule_GetApi("RedisModule_RegisterBoolConfig", (void *)&RedisModule_RegisterBoolConfig);
  RedisModule_GetApi("RedisModule_RegisterEnumConfig", (void *)&RedisModule_RegisterEnumConfig);
  RedisModule_GetApi("RedisModule_RegisterNumericConfig", (void *)&RedisModule_RegisterNumericConfig);
  RedisModule_GetApi("RedisModule_RegisterStringConfig", (void *)&RedisModule_RegisterStringConfig);
  RedisModule_GetApi("RedisModule_ConfigGet", (void *)&RedisModule_ConfigGet);
  RedisModule_GetApi("RedisModule_ConfigGetBool", (void *)&RedisModule_ConfigGetBool);
  RedisModule_GetApi("RedisModule_ConfigGetEnum", (void *)&RedisModule_ConfigGetEnum);
  RedisModule_GetApi("RedisModule_ConfigGetNumeric", (void *)&RedisModule_ConfigGetNumeric);
  RedisModule_GetApi("RedisModule_ConfigGetType", (void *)&RedisModule_ConfigGetType);
  RedisModule_GetApi("RedisModule_ConfigIteratorCreate", (void *)&RedisModule_ConfigIteratorCreate);
  RedisModule_GetApi("RedisModule_ConfigIteratorNext", (void *)&RedisModule_ConfigIteratorNext);
  RedisModule_GetApi("RedisModule_ConfigIteratorRelease", (void *)&RedisModule_ConfigIteratorRelease);
  RedisModule_GetApi("RedisModule_ConfigSet", (void *)&RedisModule_ConfigSet);
  RedisModule_GetApi("RedisModule_ConfigSetBool", (void *)&RedisModule_ConfigSetBool);
  RedisModule_GetApi("RedisModule_ConfigSetEnum", (void *)&RedisModule_ConfigSetEnum);
  RedisModule_GetApi("RedisModule_ConfigSetNumeric", (void *)&RedisModule_ConfigSetNumeric);
  RedisModule_GetApi("RedisModule_DefragAlloc", (void *)&RedisModule_DefragAlloc);
  RedisModule_GetApi("RedisModule_DefragAllocRaw", (void *)&RedisModule_DefragAllocRaw);
  RedisModule_GetApi("RedisModule_DefragCursorGet", (void *)&RedisModule_DefragCursorGet);
  RedisModule_GetApi("RedisModule_DefragCursorSet", (void *)&RedisModule_DefragCursorSet);
  RedisModule_GetApi("RedisModule_DefragFreeRaw", (void *)&RedisModule_DefragFreeRaw);
  RedisModule_GetApi("RedisModule_DefragRedisModuleDict", (void *)&RedisModule_DefragRedisModuleDict);
  RedisModule_GetApi("RedisModule_DefragRedisModuleString", (void *)&RedisModule_DefragRedisModuleString);
  RedisModule_GetApi("RedisModule_DefragShouldStop", (void *)&RedisModule_DefragShouldStop);
  RedisModule_GetApi("RedisModule_GetDbIdFromDefragCtx", (void *)&RedisModule_GetDbIdFromDefragCtx);
  RedisModule_GetApi("RedisModule_GetKeyNameFromDefragCtx", (void *)&RedisModule_GetKeyNameFromDefragCtx);
  RedisModule_GetApi("RedisModule_RegisterDefragCallbacks", (void *)&RedisModule_RegisterDefragCallbacks);
  RedisModule_GetApi("RedisModule_RegisterDefragFunc", (void *)&RedisModule_RegisterDefragFunc);
  RedisModule_GetApi("RedisModule_RegisterDefragFunc2", (void *)&RedisModule_RegisterDefragFunc2);
  RedisModule_GetApi("RedisModule_CreateDict", (void *)&RedisModule_CreateDict);
  RedisModule_GetApi("RedisModule_DictCompare", (void *)&RedisModule_DictCompare);
  RedisModule_GetApi("RedisModule_DictCompareC", (void *)&RedisModule_DictCompareC);
  RedisModule_GetApi("RedisModule_DictDel", (void *)&RedisModule_DictDel);
  RedisModule_GetApi("RedisModule_DictDelC", (void *)&RedisModule_DictDelC);
  RedisModule_GetApi("RedisModule_DictGet", (void *)&RedisModule_DictGet);
  RedisModule_GetApi("RedisModule_DictGetC", (void *)&RedisModule_DictGetC);
  RedisModule_GetApi("RedisModule_DictIteratorReseek", (void *)&RedisModule_DictIteratorReseek);
  RedisModule_GetApi("RedisModule_DictIteratorReseekC", (void *)&RedisModule_DictIteratorReseekC);
  RedisModule_GetApi("RedisModule_DictIteratorStart", (void *)&RedisModule_DictIteratorStart);
  RedisModule_GetApi("RedisModule_DictIteratorStartC", (void *)&RedisModule_DictIteratorStartC);
  RedisModule_GetApi("RedisModule_DictIteratorStop", (void *)&RedisModule_DictIteratorStop);
  RedisModule_GetApi("RedisModule_DictNext", (void *)&RedisModule_DictNext);
  RedisModule_GetApi("RedisModule_DictNextC", (void *)&RedisModule_DictNextC);
  RedisModule_GetApi("RedisModule_DictPrev", (void *)&RedisModule_DictPrev);
  RedisModule_GetApi("RedisModule_DictPrevC", (void *)&RedisModule_DictPrevC);
  RedisModule_GetApi("RedisModule_DictReplace", (void *)&RedisModule_DictReplace);
  RedisModule_GetApi("RedisModule_DictReplaceC", (void *)&RedisModule_DictReplaceC);
  RedisModule_GetApi("RedisModule_DictSet", (void *)&RedisModule_DictSet);
  RedisModule_GetApi("RedisModule_DictSetC", (void *)&RedisModule_DictSetC);
  RedisModule_GetApi("RedisModule_DictSize", (void *)&RedisModule_DictSize);
  RedisModule_GetApi("RedisModule_FreeDict", (void *)&RedisModule_FreeDict);
  RedisModule_GetApi("RedisModule_DigestAddLongLong", (void *)&RedisModule_DigestAddLongLong);
  RedisModule_GetApi("RedisModule_DigestAddStringBuffer", (void *)&RedisModule_DigestAddStringBuffer);
  RedisModule_GetApi("RedisModule_DigestEndSequence", (void *)&RedisModule_DigestEndSequence);
  RedisModule_GetApi("RedisModule_GetDbIdFromDigest", (void *)&RedisModule_GetDbIdFromDigest);
  RedisModule_GetApi("RedisModule_GetKeyNameFromDigest", (void *)&RedisModule_GetKeyNameFromDigest);
  RedisModule_GetApi("RedisModule_EventLoopAdd", (void *)&RedisModule_EventLoopAdd);
  RedisModule_GetApi("RedisModule_EventLoopAddOneShot", (void *)&RedisModule_EventLoopAddOneShot);
  RedisModule_GetApi("RedisModule_EventLoopDel", (void *)&RedisModule_EventLoopDel);
  RedisModule_GetApi("RedisModule_CommandFilterArgDelete", (void *)&RedisModule_CommandFilterArgDelete);
  RedisModule_GetApi("RedisModule_CommandFilterArgGet", (void *)&RedisModule_CommandFilterArgGet);
  RedisModule_GetApi("RedisModule_CommandFilterArgInsert", (void *)&RedisModule_CommandFilterArgInsert);
  RedisModule_GetApi("RedisModule_CommandFilterArgReplace", (void *)&RedisModule_CommandFilterArgReplace);
  RedisModule_GetApi("RedisModule_CommandFilterArgsCount", (void *)&RedisModule_CommandFilterArgsCount);
  RedisModule_GetApi("RedisModule_CommandFilterGetClientId", (void *)&RedisModule_CommandFilterGetClientId);
  RedisModule_GetApi("RedisModule_RegisterCommandFilter", (void *)&RedisModule_RegisterCommandFilter);
  RedisModule_GetApi("RedisModule_UnregisterCommandFilter", (void *)&RedisModule_UnregisterCommandFilter);
  RedisModule_GetApi("RedisModule_ExitFromChild", (void *)&RedisModule_ExitFromChild);
  RedisModule_GetApi("RedisModule_Fork", (void *)&RedisModule_Fork);
  RedisModule_GetApi("RedisModule_KillForkChild", (void *)&RedisModule_KillForkChild);
  RedisModule_GetApi("RedisModule_SendChildHeartbeat", (void *)&RedisModule_SendChildHeartbeat);
  RedisModule_GetApi("RedisModule_HashFieldMinExpire", (void *)&RedisModule_HashFieldMinExpire);
  RedisModule_GetApi("RedisModule_HashGet", (void *)&RedisModule_HashGet);
  RedisModule_GetApi("RedisModule_HashSet", (void *)&RedisModule_HashSet);
  RedisModule_GetApi("RedisModule_FreeServerInfo", (void *)&RedisModule_FreeServerInfo);
  RedisModule_GetApi("RedisModule_GetServerInfo", (void *)&RedisModule_GetServerInfo);
  RedisModule_GetApi("RedisModule_ServerInfoGetField", (void *)&RedisModule_ServerInfoGetField);
  RedisModule_GetApi("RedisModule_ServerInfoGetFieldC", (void *)&RedisModule_ServerInfoGetFieldC);
  RedisModule_GetApi("RedisModule_ServerInfoGetFieldDouble", (void *)&RedisModule_ServerInfoGetFieldDouble);
  RedisModule_GetApi("RedisModule_ServerInfoGetFieldSigned", (void *)&RedisModule_ServerInfoGetFieldSigned);
  RedisModule_GetApi("RedisModule_ServerInfoGetFieldUnsigned", (void *)&RedisModule_ServerInfoGetFieldUnsigned);
  RedisModule_GetApi("RedisModule_InfoAddFieldCString", (void *)&RedisModule_InfoAddFieldCString);
  RedisModule_GetApi("RedisModule_InfoAddFieldDouble", (void *)&RedisModule_InfoAddFieldDouble);
  RedisModule_GetApi("RedisModule_InfoAddFieldLongLong", (void *)&RedisModule_InfoAddFieldLongLong);
  RedisModule_GetApi("RedisModule_InfoAddFieldString", (void *)&RedisModule_InfoAddFieldString);
  RedisModule_GetApi("RedisModule_InfoAddFieldULongLong", (void *)&RedisModule_InfoAddFieldULongLong);
  RedisModule_GetApi("RedisModule_InfoAddSection", (void *)&RedisModule_InfoAddSection);
  RedisModule_GetApi("RedisModule_InfoBeginDictField", (void *)&RedisModule_InfoBeginDictField);
  RedisModule_GetApi("RedisModule_InfoEndDictField", (void *)&RedisModule_InfoEndDictField);
  RedisModule_GetApi("RedisModule_RegisterInfoFunc", (void *)&RedisModule_RegisterInfoFunc);
  RedisModule_GetApi("RedisModule_CreateKeyMetaClass", (void *)&RedisModule_CreateKeyMetaClass);
  RedisModule_GetApi("RedisModule_GetKeyMeta", (void *)&RedisModule_GetKeyMeta);
  RedisModule_GetApi("RedisModule_ReleaseKeyMetaClass", (void *)&RedisModule_ReleaseKeyMetaClass);
  RedisModule_GetApi("RedisModule_SetKeyMeta", (void *)&RedisModule_SetKeyMeta);
  RedisModule_GetApi("RedisModule_CloseKey", (void *)&RedisModule_CloseKey);
  RedisModule_GetApi("RedisModule_DbSize", (void *)&RedisModule_DbSize);
  RedisModule_GetApi("RedisModule_DeleteKey", (void *)&RedisModule_DeleteKey);
  RedisModule_GetApi("RedisModule_GetAbsExpire", (void *)&RedisModule_GetAbsExpire);
  RedisModule_GetApi("RedisModule_GetDbIdFromModuleKey", (void *)&RedisModule_GetDbIdFromModuleKey);
  RedisModule_GetApi("RedisModule_GetExpire", (void *)&RedisModule_GetExpire);
  RedisModule_GetApi("RedisModule_GetKeyNameFromModuleKey", (void *)&RedisModule_GetKeyNameFromModuleKey);
  RedisModule_GetApi("RedisModule_GetLFU", (void *)&RedisModule_GetLFU);
  RedisModule_GetApi("RedisModule_GetLRU", (void *)&RedisModule_GetLRU);
  RedisModule_GetApi("RedisModule_GetOpenKeyModesAll", (void *)&RedisModule_GetOpenKeyModesAll);
  RedisModule_GetApi("RedisModule_GetSelectedDb", (void *)&RedisModule_GetSelectedDb);
  RedisModule_GetApi("RedisModule_KeyExists", (void *)&RedisModule_KeyExists);
  RedisModule_GetApi("RedisModule_KeyType", (void *)&RedisModule_KeyType);
  RedisModule_GetApi("RedisModule_OpenKey", (void *)&RedisModule_OpenKey);
  RedisModule_GetApi("RedisModule_RandomKey", (void *)&RedisModule_RandomKey);
  RedisModule_GetApi("RedisModule_ResetDataset", (void *)&RedisModule_ResetDataset);
  RedisModule_GetApi("RedisModule_SelectDb", (void *)&RedisModule_SelectDb);
  RedisModule_GetApi("RedisModule_SetAbsExpire", (void *)&RedisModule_SetAbsExpire);
  RedisModule_GetApi("RedisModule_SetExpire", (void *)&RedisModule_SetExpire);
  RedisModule_GetApi("RedisModule_SetLFU", (void *)&RedisModule_SetLFU);
  RedisModule_GetApi("RedisModule_SetLRU", (void *)&RedisModule_SetLRU);
  RedisModule_GetApi("RedisModule_SignalModifiedKey", (void *)&RedisModule_SignalModifiedKey);
  RedisModule_GetApi("RedisModule_UnlinkKey", (void *)&RedisModule_UnlinkKey);
  RedisModule_GetApi("RedisModule_ValueLength", (void *)&RedisModule_ValueLength);
  RedisModule_GetApi("RedisModule_ExportSharedAPI", (void *)&RedisModule_ExportSharedAPI);
  RedisModule_GetApi("RedisModule_GetContextFlagsAll", (void *)&RedisModule_GetContextFlagsAll);
  RedisModule_GetApi("RedisModule_GetInternalSecret", (void *)&RedisModule_GetInternalSecret);
  RedisModule_GetApi("RedisModule_GetModuleOptionsAll", (void *)&RedisModule_GetModuleOptionsAll);
  RedisModule_GetApi("RedisModule_GetServerVersion", (void *)&RedisModule_GetServerVersion);
  RedisModule_GetApi("RedisModule_GetSharedAPI", (void *)&RedisModule_GetSharedAPI);
  RedisModule_GetApi("RedisModule_GetTypeMethodVersion", (void *)&RedisModule_GetTypeMethodVersion);
  RedisModule_GetApi("RedisModule_IsModuleNameBusy", (void *)&RedisModule_IsModuleNameBusy);
  RedisModule_GetApi("RedisModule_SetModuleAttribs", (void *)&RedisModule_SetModuleAttribs);
  RedisModule_GetApi("RedisModule_SetModuleOptions", (void *)&RedisModule_SetModuleOptions);
  RedisModule_GetApi("RedisModule_ListDelete", (void *)&RedisModule_ListDelete);
  RedisModule_GetApi("RedisModule_ListGet", (void *)&RedisModule_ListGet);
  RedisModule_GetApi("RedisModule_ListInsert", (void *)&RedisModule_ListInsert);
  RedisModule_GetApi("RedisModule_ListPop", (void *)&RedisModule_ListPop);
  RedisModule_GetApi("RedisModule_ListPush", (void *)&RedisModule_ListPush);
  RedisModule_GetApi("RedisModule_ListSet", (void *)&RedisModule_ListSet);
  RedisModule_GetApi("RedisModule_GetRandomBytes", (void *)&RedisModule_GetRandomBytes);
  RedisModule_GetApi("RedisModule_GetRandomHexChars", (void *)&RedisModule_GetRandomHexChars);
  RedisModule_GetApi("RedisModule_LatencyAddSample", (void *)&RedisModule_LatencyAddSample);
  RedisModule_GetApi("RedisModule_Log", (void *)&RedisModule_Log);
  RedisModule_GetApi("RedisModule__Assert", (void *)&RedisModule__Assert);
  RedisModule_GetApi("RedisModule_Alloc", (void *)&RedisModule_Alloc);
  RedisModule_GetApi("RedisModule_AutoMemory", (void *)&RedisModule_AutoMemory);
  RedisModule_GetApi("RedisModule_Calloc", (void *)&RedisModule_Calloc);
  RedisModule_GetApi("RedisModule_Free", (void *)&RedisModule_Free);
  RedisModule_GetApi("RedisModule_GetUsedMemoryRatio", (void *)&RedisModule_GetUsedMemoryRatio);
  RedisModule_GetApi("RedisModule_MallocSize", (void *)&RedisModule_MallocSize);
  RedisModule_GetApi("RedisModule_MallocSizeDict", (void *)&RedisModule_MallocSizeDict);
  RedisModule_GetApi("RedisModule_MallocSizeString", (void *)&RedisModule_MallocSizeString);
  RedisModule_GetApi("RedisModule_MallocUsableSize", (void *)&RedisModule_MallocUsableSize);
  RedisModule_GetApi("RedisModule_PoolAlloc", (void *)&RedisModule_PoolAlloc);
  RedisModule_GetApi("RedisModule_Realloc", (void *)&RedisModule_Realloc);
  RedisModule_GetApi("RedisModule_Strdup", (void *)&RedisModule_Strdup);
  RedisModule_GetApi("RedisModule_TryAlloc", (void *)&RedisModule_TryAlloc);
  RedisModule_GetApi("RedisModule_TryCalloc", (void *)&RedisModule_TryCalloc);
  RedisModule_GetApi("RedisModule_TryRealloc", (void *)&RedisModule_TryRealloc);
  RedisModule_GetApi("RedisModule_AddPostNotificationJob", (void *)&RedisModule_AddPostNotificationJob);
  RedisModule_GetApi("RedisModule_AddPostNotificationJobForKey", (void *)&RedisModule_AddPostNotificationJobForKey);
  RedisModule_GetApi("RedisModule_GetKeyspaceNotificationFlagsAll", (void *)&RedisModule_GetKeyspaceNotificationFlagsAll);
  RedisModule_GetApi("RedisModule_GetNotifyKeyspaceEvents", (void *)&RedisModule_GetNotifyKeyspaceEvents);
  RedisModule_GetApi("RedisModule_NotifyKeyspaceEvent", (void *)&RedisModule_NotifyKeyspaceEvent);
  RedisModule_GetApi("RedisModule_NotifyKeyspaceEventWithSubkeys", (void *)&RedisModule_NotifyKeyspaceEventWithSubkeys);
  RedisModule_GetApi("RedisModule_SubscribeToKeyspaceEvents", (void *)&RedisModule_SubscribeToKeyspaceEvents);
  RedisModule_GetApi("RedisModule_SubscribeToKeyspaceEventsWithSubkeys", (void *)&RedisModule_SubscribeToKeyspaceEventsWithSubkeys);
  RedisModule_GetApi("RedisModule_UnsubscribeFromKeyspaceEvents", (void *)&RedisModule_UnsubscribeFromKeyspaceEvents);
  RedisModule_GetApi("RedisModule_UnsubscribeFromKeyspaceEventsWithSubkeys", (void *)&RedisModule_UnsubscribeFromKeyspaceEventsWithSubkeys);
  RedisModule_GetApi("RedisModule_PublishMessage", (void *)&RedisModule_PublishMessage);
  RedisModule_GetApi("RedisModule_PublishMessageShard", (void *)&RedisModule_PublishMessageShard);
  RedisModule_GetApi("RedisModule_GetContextFromIO", (void *)&RedisModule_GetContextFromIO);
  RedisModule_GetApi("RedisModule_GetDbIdFromIO", (void *)&RedisModule_GetDbIdFromIO);
  RedisModule_GetApi("RedisModule_GetKeyNameFromIO", (void *)&RedisModule_GetKeyNameFromIO);
  RedisModule_GetApi("RedisModule_IsIOError", (void *)&RedisModule_IsIOError);
  RedisModule_GetApi("RedisModule_LoadDataTypeFromString", (void *)&RedisModule_LoadDataTypeFromString);
  RedisModule_GetApi("RedisModule_LoadDataTypeFromStringEncver", (void *)&RedisModule_LoadDataTypeFromStringEncver);
  RedisModule_GetApi("RedisModule_LoadDouble", (void *)&RedisModule_LoadDouble);
  RedisModule_GetApi("RedisModule_LoadFloat", (void *)&RedisModule_LoadFloat);
  RedisModule_GetApi("RedisModule_LoadLongDouble", (void *)&RedisModule_LoadLongDouble);
  RedisModule_GetApi("RedisModule_LoadSigned", (void *)&RedisModule_LoadSigned);
  RedisModule_GetApi("RedisModule_LoadString", (void *)&RedisModule_LoadString);
  RedisModule_GetApi("RedisModule_LoadStringBuffer", (void *)&RedisModule_LoadStringBuffer);
  RedisModule_GetApi("RedisModule_LoadUnsigned", (void *)&RedisModule_LoadUnsigned);
  RedisModule_GetApi("RedisModule_LogIOError", (void *)&RedisModule_LogIOError);
  RedisModule_GetApi("RedisModule_SaveDataTypeToString", (void *)&RedisModule_SaveDataTypeToString);
  RedisModule_GetApi("RedisModule_SaveDouble", (void *)&RedisModule_SaveDouble);
  RedisModule_GetApi("RedisModule_SaveFloat", (void *)&RedisModule_SaveFloat);
  RedisModule_GetApi("RedisModule_SaveLongDouble", (void *)&RedisModule_SaveLongDouble);
  RedisModule_GetApi("RedisModule_SaveSigned", (void *)&RedisModule_SaveSigned);
  RedisModule_GetApi("RedisModule_SaveString", (void *)&RedisModule_SaveString);
  RedisModule_GetApi("RedisModule_SaveStringBuffer", (void *)&RedisModule_SaveStringBuffer);
  RedisModule_GetApi("RedisModule_SaveUnsigned", (void *)&RedisModule_SaveUnsigned);
  RedisModule_GetApi("RedisModule_RdbLoad", (void *)&RedisModule_RdbLoad);
  RedisModule_GetApi("RedisModule_RdbSave", (void *)&RedisModule_RdbSave);
  RedisModule_GetApi("RedisModule_RdbStreamCreateFromFile", (void *)&RedisModule_RdbStreamCreateFromFile);
  RedisModule_GetApi("RedisModule_RdbStreamFree", (void *)&RedisModule_RdbStreamFree);
  RedisModule_GetApi("RedisModule_AvoidReplicaTraffic", (void *)&RedisModule_AvoidReplicaTraffic);
  RedisModule_GetApi("RedisModule_Replicate", (void *)&RedisModule_Replicate);
  RedisModule_GetApi("RedisModule_ReplicateVerbatim", (void *)&RedisModule_ReplicateVerbatim);
  RedisModule_GetApi("RedisModule_ReplySetArrayLength", (void *)&RedisModule_ReplySetArrayLength);
  RedisModule_GetApi("RedisModule_ReplySetAttributeLength", (void *)&RedisModule_ReplySetAttributeLength);
  RedisModule_GetApi("RedisModule_ReplySetMapLength", (void *)&RedisModule_ReplySetMapLength);
  RedisModule_GetApi("RedisModule_ReplySetPushLength", (void *)&RedisModule_ReplySetPushLength);
  RedisModule_GetApi("RedisModule_ReplySetSetLength", (void *)&RedisModule_ReplySetSetLength);
  RedisModule_GetApi("RedisModule_ReplyWithArray", (void *)&RedisModule_ReplyWithArray);
  RedisModule_GetApi("RedisModule_ReplyWithAttribute", (void *)&RedisModule_ReplyWithAttribute);
  RedisModule_GetApi("RedisModule_ReplyWithBigNumber", (void *)&RedisModule_ReplyWithBigNumber);
  RedisModule_GetApi("RedisModule_ReplyWithBool", (void *)&RedisModule_ReplyWithBool);
  RedisModule_GetApi("RedisModule_ReplyWithCString", (void *)&RedisModule_ReplyWithCString);
  RedisModule_GetApi("RedisModule_ReplyWithCallReply", (void *)&RedisModule_ReplyWithCallReply);
  RedisModule_GetApi("RedisModule_ReplyWithDouble", (void *)&RedisModule_ReplyWithDouble);
  RedisModule_GetApi("RedisModule_ReplyWithEmptyArray", (void *)&RedisModule_ReplyWithEmptyArray);
  RedisModule_GetApi("RedisModule_ReplyWithEmptyString", (void *)&RedisModule_ReplyWithEmptyString);
  RedisModule_GetApi("RedisModule_ReplyWithError", (void *)&RedisModule_ReplyWithError);
  RedisModule_GetApi("RedisModule_ReplyWithErrorFormat", (void *)&RedisModule_ReplyWithErrorFormat);
  RedisModule_GetApi("RedisModule_ReplyWithLongDouble", (void *)&RedisModule_ReplyWithLongDouble);
  RedisModule_GetApi("RedisModule_ReplyWithLongLong", (void *)&RedisModule_ReplyWithLongLong);
  RedisModule_GetApi("RedisModule_ReplyWithMap", (void *)&RedisModule_ReplyWithMap);
  RedisModule_GetApi("RedisModule_ReplyWithNull", (void *)&RedisModule_ReplyWithNull);
  RedisModule_GetApi("RedisModule_ReplyWithNullArray", (void *)&RedisModule_ReplyWithNullArray);
  RedisModule_GetApi("RedisModule_ReplyWithSet", (void *)&RedisModule_ReplyWithSet);
  RedisModule_GetApi("RedisModule_ReplyWithSimpleString", (void *)&RedisModule_ReplyWithSimpleString);
  RedisModule_GetApi("RedisModule_ReplyWithString", (void *)&RedisModule_ReplyWithString);
  RedisModule_GetApi("RedisModule_ReplyWithStringBuffer", (void *)&RedisModule_ReplyWithStringBuffer);
  RedisModule_GetApi("RedisModule_ReplyWithVerbatimString", (void *)&RedisModule_ReplyWithVerbatimString);
  RedisModule_GetApi("RedisModule_ReplyWithVerbatimStringType", (void *)&RedisModule_ReplyWithVerbatimStringType);
  RedisModule_GetApi("RedisModule_Scan", (void *)&RedisModule_Scan);
  RedisModule_GetApi("RedisModule_ScanCursorCreate", (void *)&RedisModule_ScanCursorCreate);
  RedisModule_GetApi("RedisModule_ScanCursorDestroy", (void *)&RedisModule_ScanCursorDestroy);
  RedisModule_GetApi("RedisModule_ScanCursorRestart", (void *)&RedisModule_ScanCursorRestart);
  RedisModule_GetApi("RedisModule_ScanKey", (void *)&RedisModule_ScanKey);
  RedisModule_GetApi("RedisModule_IsSubEventSupported", (void *)&RedisModule_IsSubEventSupported);
  RedisModule_GetApi("RedisModule_SubscribeToServerEvent", (void *)&RedisModule_SubscribeToServerEvent);
  RedisModule_GetApi("RedisModule_ZsetAdd", (void *)&RedisModule_ZsetAdd);
  RedisModule_GetApi("RedisModule_ZsetFirstInLexRange", (void *)&RedisModule_ZsetFirstInLexRange);
  RedisModule_GetApi("RedisModule_ZsetFirstInScoreRange", (void *)&RedisModule_ZsetFirstInScoreRange);
  RedisModule_GetApi("RedisModule_ZsetIncrby", (void *)&RedisModule_ZsetIncrby);
  RedisModule_GetApi("RedisModule_ZsetLastInLexRange", (void *)&RedisModule_ZsetLastInLexRange);
  RedisModule_GetApi("RedisModule_ZsetLastInScoreRange", (void *)&RedisModule_ZsetLastInScoreRange);
  RedisModule_GetApi("RedisModule_ZsetRangeCurrentElement", (void *)&RedisModule_ZsetRangeCurrentElement);
  RedisModule_GetApi("RedisModule_ZsetRangeEndReached", (void *)&RedisModule_ZsetRangeEndReached);
  RedisModule_GetApi("RedisModule_ZsetRangeNext", (void *)&RedisModule_ZsetRangeNext);
  RedisModule_GetApi("RedisModule_ZsetRangePrev", (void *)&RedisModule_ZsetRangePrev);
  RedisModule_GetApi("RedisModule_ZsetRangeStop", (void *)&RedisModule_ZsetRangeStop);
  RedisModule_GetApi("RedisModule_ZsetRem", (void *)&RedisModule_ZsetRem);
  RedisModule_GetApi("RedisModule_ZsetScore", (void *)&RedisModule_ZsetScore);
  RedisModule_GetApi("RedisModule_StreamAdd", (void *)&RedisModule_StreamAdd);
  RedisModule_GetApi("RedisModule_StreamDelete", (void *)&RedisModule_StreamDelete);
  RedisModule_GetApi("RedisModule_StreamIteratorDelete", (void *)&RedisModule_StreamIteratorDelete);
  RedisModule_GetApi("RedisModule_StreamIteratorNextField", (void *)&RedisModule_StreamIteratorNextField);
  RedisModule_GetApi("RedisModule_StreamIteratorNextID", (void *)&RedisModule_StreamIteratorNextID);
  RedisModule_GetApi("RedisModule_StreamIteratorStart", (void *)&RedisModule_StreamIteratorStart);
  RedisModule_GetApi("RedisModule_StreamIteratorStop", (void *)&RedisModule_StreamIteratorStop);
  RedisModule_GetApi("RedisModule_StreamTrimByID", (void *)&RedisModule_StreamTrimByID);
  RedisModule_GetApi("RedisModule_StreamTrimByLength", (void *)&RedisModule_StreamTrimByLength);
  RedisModule_GetApi("RedisModule_StringDMA", (void *)&RedisModule_StringDMA);
  RedisModule_GetApi("RedisModule_StringSet", (void *)&RedisModule_StringSet);
  RedisModule_GetApi("RedisModule_StringTruncate", (void *)&RedisModule_StringTruncate);
  RedisModule_GetApi("RedisModule_CreateString", (void *)&RedisModule_CreateString);
  RedisModule_GetApi("RedisModule_CreateStringFromDouble", (void *)&RedisModule_CreateStringFromDouble);
  RedisModule_GetApi("RedisModule_CreateStringFromLongDouble", (void *)&RedisModule_CreateStringFromLongDouble);
  RedisModule_GetApi("RedisModule_CreateStringFromLongLong", (void *)&RedisModule_CreateStringFromLongLong);
  RedisModule_GetApi("RedisModule_CreateStringFromStreamID", (void *)&RedisModule_CreateStringFromStreamID);
  RedisModule_GetApi("RedisModule_CreateStringFromString", (void *)&RedisModule_CreateStringFromString);
  RedisModule_GetApi("RedisModule_CreateStringFromULongLong", (void *)&RedisModule_CreateStringFromULongLong);
  RedisModule_GetApi("RedisModule_CreateStringPrintf", (void *)&RedisModule_CreateStringPrintf);
  RedisModule_GetApi("RedisModule_FreeString", (void *)&RedisModule_FreeString);
  RedisModule_GetApi("RedisModule_HoldString", (void *)&RedisModule_HoldString);
  RedisModule_GetApi("RedisModule_RetainString", (void *)&RedisModule_RetainString);
  RedisModule_GetApi("RedisModule_StringAppendBuffer", (void *)&RedisModule_StringAppendBuffer);
  RedisModule_GetApi("RedisModule_StringCompare", (void *)&RedisModule_StringCompare);
  RedisModule_GetApi("RedisModule_StringPtrLen", (void *)&RedisModule_StringPtrLen);
  RedisModule_GetApi("RedisModule_StringToDouble", (void *)&RedisModule_StringToDouble);
  RedisModule_GetApi("RedisModule_StringToLongDouble", (void *)&RedisModule_StringToLongDouble);
  RedisModule_GetApi("RedisModule_StringToLongLong", (void *)&RedisModule_StringToLongLong);
  RedisModule_GetApi("RedisModule_StringToStreamID", (void *)&RedisModule_StringToStreamID);
  RedisModule_GetApi("RedisModule_StringToULongLong", (void *)&RedisModule_StringToULongLong);
  RedisModule_GetApi("RedisModule_TrimStringAllocation", (void *)&RedisModule_TrimStringAllocation);
  RedisModule_GetApi("RedisModule_FreeThreadSafeContext", (void *)&RedisModule_FreeThreadSafeContext);
  RedisModule_GetApi("RedisModule_GetDetachedThreadSafeContext", (void *)&RedisModule_GetDetachedThreadSafeContext);
  RedisModule_GetApi("RedisModule_GetThreadSafeContext", (void *)&RedisModule_GetThreadSafeContext);
  RedisModule_GetApi("RedisModule_ThreadSafeContextLock", (void *)&RedisModule_ThreadSafeContextLock);
  RedisModule_GetApi("RedisModule_ThreadSafeContextTryLock", (void *)&RedisModule_ThreadSafeContextTryLock);
  RedisModule_GetApi("RedisModule_ThreadSafeContextUnlock", (void *)&RedisModule_ThreadSafeContextUnlock);
  RedisModule_GetApi("RedisModule_Yield", (void *)&RedisModule_Yield);
  RedisModule_GetApi("RedisModule_CachedMicroseconds", (void *)&RedisModule_CachedMicroseconds);
  RedisModule_GetApi("RedisModule_Microseconds", (void *)&RedisModule_Microseconds);
  RedisModule_GetApi("RedisModule_Milliseconds", (void *)&RedisModule_Milliseconds);
  RedisModule_GetApi("RedisModule_MonotonicMicroseconds", (void *)&RedisModule_MonotonicMicroseconds);
  RedisModule_GetApi("RedisModule_CreateTimer", (void *)&RedisModule_CreateTimer);
  RedisModule_GetApi("RedisModule_GetTimerInfo", (void *)&RedisModule_GetTimerInfo);
  RedisModule_GetApi("RedisModule_StopTimer", (void *)&RedisModule_StopTimer);
  RedisModule_GetApi("RedisModule_CreateDataType", (void *)&RedisModule_CreateDataType);
  RedisModule_GetApi("RedisModule_GetDbIdFromOptCtx", (void *)&RedisModule_GetDbIdFromOptCtx);
  RedisModule_GetApi("RedisModule_GetKeyNameFromOptCtx", (void *)&RedisModule_GetKeyNameFromOptCtx);
  RedisModule_GetApi("RedisModule_GetToDbIdFromOptCtx", (void *)&RedisModule_GetToDbIdFromOptCtx);
  RedisModule_GetApi("RedisModule_GetToKeyNameFromOptCtx", (void *)&RedisModule_GetToKeyNameFromOptCtx);
  RedisModule_GetApi("RedisModule_ModuleTypeGetType", (void *)&RedisModule_ModuleTypeGetType);
  RedisModule_GetApi("RedisModule_ModuleTypeGetValue", (void *)&RedisModule_ModuleTypeGetValue);
  RedisModule_GetApi("RedisModule_ModuleTypeReplaceValue", (void *)&RedisModule_ModuleTypeReplaceValue);
  RedisModule_GetApi("RedisModule_ModuleTypeSetValue", (void *)&RedisModule_ModuleTypeSetValue);
  RedisModule_GetApi("RedisModule_ACLAddLogEntry", (void *)&RedisModule_ACLAddLogEntry);
  RedisModule_GetApi("RedisModule_ACLAddLogEntryByUserName", (void *)&RedisModule_ACLAddLogEntryByUserName);
  RedisModule_GetApi("RedisModule_ACLCheckChannelPermissions", (void *)&RedisModule_ACLCheckChannelPermissions);
  RedisModule_GetApi("RedisModule_ACLCheckCommandPermissions", (void *)&RedisModule_ACLCheckCommandPermissions);
  RedisModule_GetApi("RedisModule_ACLCheckKeyPermissions", (void *)&RedisModule_ACLCheckKeyPermissions);
  RedisModule_GetApi("RedisModule_ACLCheckKeyPrefixPermissions", (void *)&RedisModule_ACLCheckKeyPrefixPermissions);
  RedisModule_GetApi("RedisModule_AuthenticateClientWithACLUser", (void *)&RedisModule_AuthenticateClientWithACLUser);
  RedisModule_GetApi("RedisModule_AuthenticateClientWithUser", (void *)&RedisModule_AuthenticateClientWithUser);
  RedisModule_GetApi("RedisModule_CreateModuleUser", (void *)&RedisModule_CreateModuleUser);
  RedisModule_GetApi("RedisModule_DeauthenticateAndCloseClient", (void *)&RedisModule_DeauthenticateAndCloseClient);
  RedisModule_GetApi("RedisModule_FreeModuleUser", (void *)&RedisModule_FreeModuleUser);
  RedisModule_GetApi("RedisModule_GetContextUser", (void *)&RedisModule_GetContextUser);
  RedisModule_GetApi("RedisModule_GetCurrentUserName", (void *)&RedisModule_GetCurrentUserName);
  RedisModule_GetApi("RedisModule_GetModuleUserACLString", (void *)&RedisModule_GetModuleUserACLString);
  RedisModule_GetApi("RedisModule_GetModuleUserFromUserName", (void *)&RedisModule_GetModuleUserFromUserName);
  RedisModule_GetApi("RedisModule_GetUserUsername", (void *)&RedisModule_GetUserUsername);
  RedisModule_GetApi("RedisModule_RegisterAuthCallback", (void *)&RedisModule_RegisterAuthCallback);
  RedisModule_GetApi("RedisModule_SetContextUser", (void *)&RedisModule_SetContextUser);
  RedisModule_GetApi("RedisModule_SetModuleUserACL", (void *)&RedisModule_SetModuleUserACL);
  RedisModule_GetApi("RedisModule_SetModuleUserACLString", (void *)&RedisModule_SetModuleUserACLString);
  /* end of requests */
  if (RedisModule_IsModuleNameBusy && RedisModule_IsModuleNameBusy(name)) return REDISMODULE_ERR;
  RedisModule_SetModuleAttribs(ctx, name, version, api_version);
  return REDISMODULE_OK;
}

#define RedisModule_Assert(expression) \
  ((expression) ? (void)0 : (RedisModule__Assert(#expression, __FILE__, __LINE__), exit(1)))
#define RedisModule_IsAOFClient(id) ((id) == UINT64_MAX)
#define RMAPI_FUNC_SUPPORTED(function) ((function) != NULL)
#define REDISMODULE_NOT_USED(value) ((void)(value))

#endif /* REDISMODULE_CORE */
#endif /* REDISMODULE_H */
