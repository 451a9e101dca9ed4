import { boolean, inSection, integer, MAX_INT, MAX_LONG, memory, oneof, withoutEffect } from './builders.ts'

const POLICIES = [
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'noeviction',
]

export const memoryOptions = inSection('memory', [
  memory('maxmemory', 0, [0, MAX_LONG], 'Memory for keys and values; 0 for no limit.'),
  oneof('maxmemory-policy', 'noeviction', POLICIES, 'What is evicted when `maxmemory` is reached.'),
  integer('maxmemory-samples', 5, [1, MAX_INT], 'Keys looked at to find one to evict.'),
  integer('maxmemory-eviction-tenacity', 10, [0, 100], 'How long one command may evict; 100 for no limit.'),
  integer('lfu-log-factor', 10, [0, MAX_INT], 'How slowly the LFU counter grows.'),
  integer('lfu-decay-time', 1, [0, MAX_INT], 'Minutes after which the LFU counter falls by one.'),
  integer('active-expire-effort', 1, [1, 10], 'Effort to find expired keys that nobody asks for.'),
  ...withoutEffect([
    boolean('lazyfree-lazy-eviction', false, 'Frees evicted values in the background; Modis always does.'),
    boolean('lazyfree-lazy-expire', false, 'Frees expired values in the background; Modis always does.'),
    boolean(
      'lazyfree-lazy-server-del',
      false,
      'Frees overwritten values in the background; Modis always does.',
    ),
    boolean('lazyfree-lazy-user-del', false, 'Makes DEL free in the background; Modis always does.'),
    boolean('lazyfree-lazy-user-flush', false, 'Makes FLUSHALL free in the background; Modis always does.'),
    boolean('activerehashing', true, 'Grows tables in idle time.'),
    boolean('jemalloc-bg-thread', true, 'Frees memory on a thread.'),
    boolean('activedefrag', false, 'Defragments memory.', { only: false }),
    memory('active-defrag-ignore-bytes', 100 << 20, [1, MAX_LONG], 'Waste that is left alone.'),
    integer('active-defrag-threshold-lower', 10, [0, 1000], 'Waste at which it starts.'),
    integer('active-defrag-threshold-upper', 100, [0, 1000], 'Waste of greatest effort.'),
    integer('active-defrag-cycle-min', 1, [1, 99], 'Least effort.'),
    integer('active-defrag-cycle-max', 25, [1, 99], 'Greatest effort.'),
    integer('active-defrag-max-scan-fields', 1000, [1, MAX_LONG], 'Fields of a large value.'),
  ]),
])
