/* The cluster functions, as they behave on a server that is not part of a cluster. */

#include "bridge.h"

/* CRC16, CCITT, as the cluster specification has it. */
static unsigned crc16(const char *bytes, size_t length) {
  unsigned crc = 0;
  for (size_t i = 0; i < length; i++) {
    crc ^= (unsigned)(unsigned char)bytes[i] << 8;
    for (int bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
    crc &= 0xffff;
  }
  return crc;
}

/* Only what is between the first pair of braces counts, if there is anything. */
unsigned int rm_ClusterKeySlotC(const char *key, size_t length) {
  const char *open = memchr(key, '{', length);
  if (open) {
    size_t rest = length - (size_t)(open + 1 - key);
    const char *close = memchr(open + 1, '}', rest);
    if (close && close > open + 1) return crc16(open + 1, (size_t)(close - open - 1)) & 16383;
  }
  return crc16(key, length) & 16383;
}

unsigned int rm_ClusterKeySlot(RedisModuleString *key) { return rm_ClusterKeySlotC(key->bytes, key->length); }

/* A short key that falls into the slot: the first of the numbers that does. */
const char *rm_ClusterCanonicalKeyNameInSlot(unsigned int slot) {
  static __thread char name[NUMBER_TEXT];
  if (slot > 16383) return NULL;
  for (unsigned long long number = 0;; number++) {
    size_t length = format_unsigned(name, number);
    if (rm_ClusterKeySlotC(name, length) == slot) return name;
  }
}

void rm_RegisterClusterMessageReceiver(RedisModuleCtx *context, uint8_t type,
                                       RedisModuleClusterMessageReceiver receiver) {
  (void)context;
  (void)type;
  (void)receiver;
}

int rm_SendClusterMessage(RedisModuleCtx *context, const char *target, uint8_t type, const char *message,
                          uint32_t length) {
  (void)context;
  (void)target;
  (void)type;
  (void)message;
  (void)length;
  return REDISMODULE_ERR;
}

char **rm_GetClusterNodesList(RedisModuleCtx *context, size_t *count) {
  (void)context;
  *count = 0;
  return NULL;
}

void rm_FreeClusterNodesList(char **nodes) { free(nodes); }

const char *rm_GetMyClusterID(void) { return NULL; }

size_t rm_GetClusterSize(void) { return 0; }

int rm_GetClusterNodeInfo(RedisModuleCtx *context, const char *id, char *ip, char *master, int *port,
                          int *flags) {
  (void)context;
  (void)id;
  (void)ip;
  (void)master;
  (void)port;
  (void)flags;
  return REDISMODULE_ERR;
}

/* Without a cluster, all slots are here. */
int rm_ClusterCanAccessKeysInSlot(int slot) { return slot >= 0 && slot <= 16383; }

RedisModuleSlotRangeArray *rm_ClusterGetLocalSlotRanges(RedisModuleCtx *context) {
  RedisModuleSlotRangeArray *slots = must_alloc(sizeof *slots + sizeof(RedisModuleSlotRange));
  slots->num_ranges = 1;
  slots->ranges[0] = (RedisModuleSlotRange){0, 16383};
  auto_add(context, AUTO_ALLOCATION, slots);
  return slots;
}

void rm_ClusterFreeSlotRanges(RedisModuleCtx *context, RedisModuleSlotRangeArray *slots) {
  auto_remove(context, AUTO_ALLOCATION, slots);
  free(slots);
}

/* Slots are never trimmed; the calls are counted so that they fail where they would. */
static int trim_disablers;

int rm_ClusterDisableTrim(RedisModuleCtx *context) {
  (void)context;
  trim_disablers++;
  return REDISMODULE_OK;
}

int rm_ClusterEnableTrim(RedisModuleCtx *context) {
  (void)context;
  if (trim_disablers == 0) return REDISMODULE_ERR;
  trim_disablers--;
  return REDISMODULE_OK;
}

/* The secret that the nodes of a cluster share: there is none. */
const char *rm_GetInternalSecret(RedisModuleCtx *context, size_t *length) {
  (void)context;
  *length = 0;
  return NULL;
}

void rm_SetClusterFlags(RedisModuleCtx *context, uint64_t flags) {
  (void)context;
  (void)flags;
}
