import { inSection, integer, MAX_INT, MAX_LONG, memory, withoutEffect } from './builders.ts'

export const dataStructureOptions = inSection('data structures', [
  integer(
    'hash-max-listpack-entries',
    512,
    [0, MAX_LONG],
    'Most fields of a hash kept as one packed string.',
    {
      alias: 'hash-max-ziplist-entries',
    },
  ),
  memory(
    'hash-max-listpack-value',
    64,
    [0, MAX_LONG],
    'Longest field or value of a hash kept as one packed string.',
    {
      alias: 'hash-max-ziplist-value',
    },
  ),
  integer(
    'list-max-listpack-size',
    -2,
    [-(2 ** 31), MAX_INT],
    'Size of a list node: entries, or −1 to −5 for 4 to 64 KiB.',
    { alias: 'list-max-ziplist-size' },
  ),
  integer('list-compress-depth', 0, [0, MAX_INT], 'List nodes at either end that are never compressed.'),
  integer('set-max-intset-entries', 512, [0, MAX_LONG], 'Most integers of a set kept as one packed string.'),
  integer('set-max-listpack-entries', 128, [0, MAX_LONG], 'Most members of a set kept as one packed string.'),
  integer('set-max-listpack-value', 64, [0, MAX_LONG], 'Longest member of a set kept as one packed string.'),
  integer(
    'zset-max-listpack-entries',
    128,
    [0, MAX_LONG],
    'Most members of a sorted set kept as one packed string.',
    { alias: 'zset-max-ziplist-entries' },
  ),
  memory(
    'zset-max-listpack-value',
    64,
    [0, MAX_LONG],
    'Longest member of a sorted set kept as one packed string.',
    { alias: 'zset-max-ziplist-value' },
  ),
  ...withoutEffect([
    memory('hll-sparse-max-bytes', 3000, [0, MAX_LONG], 'Longest HyperLogLog kept sparse.'),
    memory('stream-node-max-bytes', 4096, [0, MAX_LONG], 'Most bytes of a stream node.'),
    integer('stream-node-max-entries', 100, [0, MAX_LONG], 'Most entries of a stream node.'),
  ]),
])
