/* Pointers by 64-bit number. */

#ifndef MODIS_TABLE_H
#define MODIS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Table {
  uint64_t *keys;
  void **values; /* NULL: free slot */
  size_t count;
  size_t capacity; /* a power of two */
} Table;

void *table_get(const Table *table, uint64_t key);
void table_set(Table *table, uint64_t key, void *value); /* value NULL removes */

#endif
