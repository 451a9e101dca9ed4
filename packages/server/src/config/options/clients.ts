import { outputBufferRules } from '../words-options.ts'
import { inSection, integer, MAX_LONG, memory, words } from './builders.ts'

export const clientOptions = inSection('clients', [
  integer('maxclients', 10000, [1, 2 ** 32 - 1], 'Most clients connected at once.'),
  words(
    'client-output-buffer-limit',
    'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60',
    outputBufferRules,
    'Bytes of replies that may wait for a slow reader, for each class of client, before it is disconnected.',
  ),
  memory(
    'client-query-buffer-limit',
    1024 ** 3,
    [1024 ** 2, MAX_LONG],
    'Most bytes of requests of one client that wait to be executed.',
  ),
  memory('proto-max-bulk-len', 512 * 1024 ** 2, [1024 ** 2, MAX_LONG], 'Longest argument of a request.'),
  integer(
    'maxmemory-clients',
    0,
    [-100, MAX_LONG],
    'Memory of all clients together, from 128kb, or a share of `maxmemory`, above which those that take most are disconnected; 0 for no limit.',
    { format: 'percent' },
  ),
  integer(
    'tracking-table-max-keys',
    1_000_000,
    [0, MAX_LONG],
    'Most keys remembered for client-side caching; 0 for no limit.',
  ),
])
