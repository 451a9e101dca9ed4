/* Pointers by number: open addressing with linear probing. */

#include "bridge.h"

/* Numbers are handed out in sequence; this spreads them over the table. */
static size_t slot_of(const Table *table, uint64_t key) {
  return (size_t)((key * 0x9e3779b97f4a7c15ull) >> 32) & (table->capacity - 1);
}

static size_t find(const Table *table, uint64_t key) {
  size_t slot = slot_of(table, key);
  while (table->values[slot] && table->keys[slot] != key) slot = (slot + 1) & (table->capacity - 1);
  return slot;
}

void *table_get(const Table *table, uint64_t key) {
  return table->count ? table->values[find(table, key)] : NULL;
}

static void grow(Table *table) {
  Table bigger = {.capacity = table->capacity ? table->capacity * 2 : 16};
  bigger.keys = must_calloc(bigger.capacity * sizeof(uint64_t));
  bigger.values = must_calloc(bigger.capacity * sizeof(void *));
  for (size_t i = 0; i < table->capacity; i++) {
    if (table->values[i]) table_set(&bigger, table->keys[i], table->values[i]);
  }
  free(table->keys);
  free(table->values);
  *table = bigger;
}

/* Entries after a removed one move back, so that no probe stops early. */
static void remove_slot(Table *table, size_t hole) {
  size_t mask = table->capacity - 1;
  table->values[hole] = NULL;
  table->count--;
  for (size_t next = (hole + 1) & mask; table->values[next]; next = (next + 1) & mask) {
    size_t home = slot_of(table, table->keys[next]);
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    table->keys[hole] = table->keys[next];
    table->values[hole] = table->values[next];
    table->values[next] = NULL;
    hole = next;
  }
}

void table_set(Table *table, uint64_t key, void *value) {
  if (value == NULL) {
    if (table->count == 0) return;
    size_t slot = find(table, key);
    if (table->values[slot]) remove_slot(table, slot);
    return;
  }
  if (table->count * 2 >= table->capacity) grow(table);
  size_t slot = find(table, key);
  if (table->values[slot] == NULL) {
    table->keys[slot] = key;
    table->count++;
  }
  table->values[slot] = value;
}
