/* What keys have of the classes of key metadata, and what becomes of it. */

#ifndef MODIS_KEY_METADATA_H
#define MODIS_KEY_METADATA_H

#include "bridge.h"

enum { METADATA_CLASSES = 8 }; /* from 1 on; 0 is the expiry */

/* What a key has of each class; `mask` has a bit for those that are set. */
typedef struct MetadataValues {
  uint32_t mask;
  uint64_t value[METADATA_CLASSES];
} MetadataValues;

/* How a value comes to another key: numbers shared with src/index.ts. */
typedef enum { METADATA_COPY = 0, METADATA_RENAME = 1, METADATA_MOVE = 2 } MetadataTransfer;
typedef enum {
  METADATA_UNKNOWN = 0,
  METADATA_LOADED = 1,
  METADATA_LEFT_OUT = 2,
  METADATA_REFUSED = 3,
  METADATA_CORRUPT = 4
} MetadataLoad;

void metadata_unlink(RedisModuleKeyOptCtx *place, MetadataValues *values);
void metadata_free(const char *key, const MetadataValues *values); /* key NULL: there never was one */
uint32_t metadata_transfer(MetadataTransfer transfer, RedisModuleKeyOptCtx *place, MetadataValues *values);
void metadata_save(RedisModuleString *key, int db, const MetadataValues *values, Buffer *out);
bool metadata_saves(void);
MetadataLoad metadata_load(uint32_t specification, const unsigned char *bytes, size_t length, int db, int *id,
                           uint64_t *value);
void metadata_rewrite(RedisModuleString *key, int db, const MetadataValues *values, Buffer *out);
uint32_t metadata_classes_of(const Module *module, bool pending);
void metadata_carry(const Module *module, RedisModuleString *key, int db, MetadataValues *values);
void metadata_take_over(const Module *module);
void metadata_drop(Module *module);

#endif
