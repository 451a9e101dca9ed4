import { arg, type KeySpec } from '@modis/sdk'
import { type BuiltInCommand, defineFamily } from '../family.ts'
import { helpSubcommand } from '../help.ts'
import {
  expire,
  expireat,
  expiretime,
  persist,
  pexpire,
  pexpireat,
  pexpiretime,
  pttl,
  ttl,
} from './expire.ts'
import { copy, del, exists, randomkey, rename, renamenx, touch, type } from './keys.ts'
import { objectEncoding, objectFreq, objectIdletime, objectRefcount } from './object.ts'
import { keys, scan } from './scan.ts'
import { sort, sortKeyPositions, sortRo } from './sort.ts'
import { wait } from './wait.ts'

const condition = arg.optional(
  arg.oneof(
    { nx: arg.token('NX'), xx: arg.token('XX'), gt: arg.token('GT'), lt: arg.token('LT') },
    { since: '7.0.0' },
  ),
)

const updatedKey = arg.key({ flags: ['RW', 'update'] })

/** What the commands that set an expiry have in common. */
const expiring: Pick<BuiltInCommand, 'complexity' | 'flags' | 'categories' | 'history'> = {
  complexity: 'O(1)',
  flags: ['write', 'fast'],
  categories: ['keyspace'],
  history: [['7.0.0', 'NX, XX, GT and LT.']],
}

/** What the subcommands of OBJECT have in common. */
const aboutValue: Pick<BuiltInCommand, 'complexity' | 'flags' | 'categories' | 'tips' | 'args'> = {
  complexity: 'O(1)',
  flags: ['readonly'],
  categories: ['keyspace'],
  tips: ['nondeterministic_output'],
  args: { key: arg.key({ flags: ['RO'] }) },
}

const sortArguments = {
  key: arg.key('R'),
  byPattern: arg.optional(arg.pattern({ token: 'BY', display: 'pattern', keySpecIndex: 1 })),
  limit: arg.optional(arg.block({ offset: arg.integer(), count: arg.integer() }, { token: 'LIMIT' })),
  getPattern: arg.optional(
    arg.many(arg.pattern({ token: 'GET', display: 'pattern', keySpecIndex: 1 }), { repeatToken: true }),
  ),
  order: arg.optional(arg.oneof({ asc: arg.token('ASC'), desc: arg.token('DESC') })),
  sorting: arg.token('ALPHA'),
}

const anywhere = { begin: { unknown: true }, find: { unknown: true } } as const

const sortKeys: readonly KeySpec[] = [
  { flags: ['RO', 'access'], begin: { index: 1 }, find: { lastKey: 0, step: 1, limit: 0 } },
  { flags: ['RO', 'access'], notes: 'The keys of BY and GET follow from the elements.', ...anywhere },
]

export const genericFamily = defineFamily({
  name: 'generic',
  group: 'generic',
  categories: [],
  commands: {
    copy: {
      summary: 'Copies the value of a key to another key.',
      since: '6.2.0',
      complexity: 'O(N), N being the number of elements of the value; O(1) for strings',
      flags: ['write', 'denyoom'],
      categories: ['keyspace'],
      args: {
        source: arg.key('R'),
        destination: arg.key('W'),
        destinationDb: arg.optional(arg.integer({ token: 'DB' })),
        replace: arg.token('REPLACE'),
      },
      raw: copy,
    },
    del: {
      summary: 'Deletes keys.',
      since: '1.0.0',
      complexity:
        'O(N), N being the number of keys; the memory of large values is given back in the background',
      flags: ['write'],
      categories: ['keyspace'],
      tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
      args: { key: arg.many(arg.key('RM')) },
      raw: del,
    },
    exists: {
      summary: 'Counts how many of the keys exist.',
      since: '1.0.0',
      complexity: 'O(N), N being the number of keys',
      flags: ['readonly', 'fast'],
      categories: ['keyspace'],
      tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
      history: [['3.0.3', 'Several keys.']],
      args: { key: arg.many(arg.key({ flags: ['RO'] })) },
      raw: exists,
    },
    expire: {
      summary: 'Lets a key expire after some seconds.',
      since: '1.0.0',
      ...expiring,
      args: { key: updatedKey, seconds: arg.integer(), condition },
      raw: expire,
    },
    expireat: {
      summary: 'Lets a key expire at a Unix time in seconds.',
      since: '1.2.0',
      ...expiring,
      args: { key: updatedKey, unixTimeSeconds: arg.unixTime(), condition },
      raw: expireat,
    },
    expiretime: {
      summary: 'Returns the Unix time in seconds at which a key expires.',
      since: '7.0.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      categories: ['keyspace'],
      args: { key: arg.key('R') },
      raw: expiretime,
    },
    keys: {
      summary: 'Returns all keys that match a pattern.',
      since: '1.0.0',
      complexity: 'O(N), N being the number of keys in the database',
      flags: ['readonly'],
      categories: ['keyspace', 'dangerous'],
      tips: ['request_policy:all_shards', 'nondeterministic_output_order'],
      args: { pattern: arg.pattern() },
      raw: keys,
    },
    object: {
      summary: 'Tells about the value at a key.',
      since: '2.2.3',
      complexity: 'Depends on the subcommand',
      subcommands: {
        encoding: {
          summary: 'Returns how the value at a key is encoded.',
          since: '2.2.3',
          ...aboutValue,
          raw: objectEncoding,
        },
        freq: {
          summary: 'Returns the logarithmic access frequency of a key.',
          since: '4.0.0',
          ...aboutValue,
          raw: objectFreq,
        },
        help: { ...helpSubcommand('6.2.0'), categories: ['keyspace'] },
        idletime: {
          summary: 'Returns the seconds since a key was last used.',
          since: '2.2.3',
          ...aboutValue,
          raw: objectIdletime,
        },
        refcount: {
          summary: 'Returns the number of references to the value at a key.',
          since: '2.2.3',
          ...aboutValue,
          raw: objectRefcount,
        },
      },
    },
    persist: {
      summary: 'Removes the expiry of a key.',
      since: '2.2.0',
      complexity: 'O(1)',
      flags: ['write', 'fast'],
      categories: ['keyspace'],
      args: { key: updatedKey },
      raw: persist,
    },
    pexpire: {
      summary: 'Lets a key expire after some milliseconds.',
      since: '2.6.0',
      ...expiring,
      args: { key: updatedKey, milliseconds: arg.integer(), condition },
      raw: pexpire,
    },
    pexpireat: {
      summary: 'Lets a key expire at a Unix time in milliseconds.',
      since: '2.6.0',
      ...expiring,
      args: { key: updatedKey, unixTimeMilliseconds: arg.unixTime(), condition },
      raw: pexpireat,
    },
    pexpiretime: {
      summary: 'Returns the Unix time in milliseconds at which a key expires.',
      since: '7.0.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      categories: ['keyspace'],
      args: { key: arg.key('R') },
      raw: pexpiretime,
    },
    pttl: {
      summary: 'Returns the milliseconds until a key expires.',
      since: '2.6.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      categories: ['keyspace'],
      tips: ['nondeterministic_output'],
      history: [['2.8.0', '-2 for a key that does not exist.']],
      args: { key: arg.key('R') },
      raw: pttl,
    },
    randomkey: {
      summary: 'Returns a key drawn at random.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['readonly'],
      categories: ['keyspace'],
      tips: ['request_policy:all_shards', 'response_policy:special', 'nondeterministic_output'],
      raw: randomkey,
    },
    rename: {
      summary: 'Gives a key another name, replacing what has that name.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['write'],
      categories: ['keyspace'],

      args: { key: arg.key({ flags: ['RW', 'access', 'delete'] }), newkey: arg.key('W') },
      raw: rename,
    },
    renamenx: {
      summary: 'Gives a key another name, but only if nothing has that name.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['write', 'fast'],
      categories: ['keyspace'],
      history: [['3.2.0', 'Two equal names are no error any more.']],
      args: {
        key: arg.key({ flags: ['RW', 'access', 'delete'] }),
        newkey: arg.key({ flags: ['OW', 'insert'] }),
      },
      raw: renamenx,
    },
    scan: {
      summary: 'Goes through the keys of a database step by step.',
      since: '2.8.0',
      complexity: 'O(1) a call, O(N) for all calls together, N being the number of keys in the database',
      flags: ['readonly'],
      categories: ['keyspace'],
      tips: ['nondeterministic_output', 'request_policy:special', 'response_policy:special'],
      history: [['6.0.0', 'TYPE.']],
      args: {
        cursor: arg.integer(),
        pattern: arg.optional(arg.pattern({ token: 'MATCH' })),
        count: arg.optional(arg.integer({ token: 'COUNT' })),
        type: arg.optional(arg.bytes({ token: 'TYPE', since: '6.0.0' })),
      },
      raw: scan,
    },
    sort: {
      summary: 'Sorts the elements of a list, set or sorted set; returns or stores them.',
      since: '1.0.0',
      complexity:
        'O(N+M*log(M)), N being the number of elements and M the number of those returned; O(N) where nothing is sorted',
      flags: ['write', 'denyoom'],
      categories: ['set', 'sortedset', 'list', 'dangerous'],
      args: {
        ...sortArguments,
        destination: arg.optional(arg.key({ token: 'STORE', keySpecIndex: 2 })),
      },
      keySpecs: [...sortKeys, { flags: ['OW', 'update'], notes: 'The key after STORE.', ...anywhere }],
      getKeys: sortKeyPositions,
      raw: sort,
    },
    sort_ro: {
      summary: 'Sorts the elements of a list, set or sorted set and returns them.',
      since: '7.0.0',
      complexity:
        'O(N+M*log(M)), N being the number of elements and M the number of those returned; O(N) where nothing is sorted',
      flags: ['readonly'],
      categories: ['set', 'sortedset', 'list', 'dangerous'],
      args: sortArguments,
      keySpecs: sortKeys,
      getKeys: () => [1],
      raw: sortRo,
    },
    touch: {
      summary: 'Counts how many of the keys exist and moves their access time.',
      since: '3.2.1',
      complexity: 'O(N), N being the number of keys',
      flags: ['readonly', 'fast'],
      categories: ['keyspace'],
      tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
      args: { key: arg.many(arg.key({ flags: ['RO'] })) },
      raw: touch,
    },
    ttl: {
      summary: 'Returns the seconds until a key expires.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      categories: ['keyspace'],
      tips: ['nondeterministic_output'],
      history: [['2.8.0', '-2 for a key that does not exist.']],
      args: { key: arg.key('R') },
      raw: ttl,
    },
    type: {
      summary: 'Returns the type of the value at a key.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      categories: ['keyspace'],
      args: { key: arg.key({ flags: ['RO'] }) },
      raw: type,
    },
    unlink: {
      summary: 'Deletes keys; memory is given back in the background.',
      since: '4.0.0',
      complexity: 'O(1) a key, and O(N) in the background, N being the number of elements of the values',
      flags: ['write', 'fast'],
      categories: ['keyspace'],
      tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
      args: { key: arg.many(arg.key('RM')) },
      raw: del,
    },
    wait: {
      summary: 'Waits until replicas have acknowledged the writes of this connection.',
      since: '3.0.0',
      complexity: 'O(1)',
      categories: ['connection'],
      tips: ['request_policy:all_shards', 'response_policy:agg_min'],
      args: { numreplicas: arg.integer(), timeout: arg.integer() },
      raw: wait,
    },
  },
})
