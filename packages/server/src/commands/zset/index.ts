import { arg } from '@modis/sdk'
import { defineFamily } from '../family.ts'
import { zadd, zincrby, zrem } from './change.ts'
import { zdiff, zdiffstore, zinter, zintercard, zinterstore, zunion, zunionstore } from './combine.ts'
import { zcard, zcount, zlexcount, zmscore, zrank, zrevrank, zscan, zscore } from './lookup.ts'
import { bzmpop, bzpopmax, bzpopmin, zmpop, zpopmax, zpopmin } from './pop.ts'
import { zrandmember } from './random.ts'
import {
  zrange,
  zrangebylex,
  zrangebyscore,
  zrangestore,
  zremrangebylex,
  zremrangebyrank,
  zremrangebyscore,
  zrevrange,
  zrevrangebylex,
  zrevrangebyscore,
} from './range.ts'

const read = { flags: ['RO', 'access'] } as const
const update = { flags: ['RW', 'update'] } as const
const remove = { flags: ['RW', 'delete'] } as const
const take = { flags: ['RW', 'access', 'delete'] } as const
const overwrite = { flags: ['OW', 'update'] } as const

const withscores = arg.token('WITHSCORES')
const limit = arg.optional(arg.block({ offset: arg.integer(), count: arg.integer() }, { token: 'LIMIT' }))
const sortby = { byscore: arg.token('BYSCORE'), bylex: arg.token('BYLEX') } as const
const weighed = {
  weight: arg.optional(arg.many(arg.integer({ token: 'WEIGHTS' }))),
  aggregate: arg.optional(
    arg.oneof(
      { sum: arg.token('SUM'), min: arg.token('MIN'), max: arg.token('MAX') },
      { token: 'AGGREGATE' },
    ),
  ),
} as const
const sources = { key: arg.keys(read, { count: 'numkeys' }) } as const
const stored = { destination: arg.key(overwrite), ...sources } as const
const several = {
  key: arg.keys(take, { count: 'numkeys' }),
  where: arg.oneof({ min: arg.token('MIN'), max: arg.token('MAX') }),
  count: arg.optional(arg.integer({ token: 'COUNT' })),
} as const
const waited = { key: arg.keys(take), timeout: arg.double() } as const
const ranked = {
  key: arg.key(read),
  member: arg.bytes(),
  withscore: arg.token('WITHSCORE'),
} as const

const logarithmic = 'O(log(N)), N being the members'
const perRange = 'O(log(N)+M), N being the members and M those in the range'
const perTaken = 'O(log(N)*M), N being the members and M those taken'
const perUnion = 'O(N)+O(M*log(M)), N being the members of all sources together and M those of the result'
const perInter =
  'O(N*K)+O(M*log(M)) at worst, N being the members of the smallest source, K the sources and M the members of the result'
const perDiff =
  'O(L+(N-K)*log(N)) at worst, L being the members of all sources, N those of the first and K those of the result'
const perTaking = 'O(K)+O(M*log(N)), K being the keys given, N the members and M those taken'
const doubleTimeout = ['6.0.0', 'Takes the timeout as a double.'] as const
const withScoreAdded = ['7.2.0', 'Takes `WITHSCORE`.'] as const

export const zsetFamily = defineFamily({
  name: 'zset',
  group: 'sorted-set',
  categories: ['sortedset'],
  commands: {
    bzmpop: {
      summary:
        'Takes elements from the first of several sorted sets that has any, waiting for one if need be.',
      since: '7.0.0',
      complexity: perTaking,
      flags: ['write', 'blocking'],
      args: { timeout: arg.double(), ...several },
      raw: bzmpop,
    },
    bzpopmax: {
      summary:
        'Takes the element with the highest score of the first sorted set that has any, waiting if need be.',
      since: '5.0.0',
      complexity: logarithmic,
      history: [doubleTimeout],
      flags: ['write', 'fast', 'blocking'],
      args: waited,
      raw: bzpopmax,
    },
    bzpopmin: {
      summary:
        'Takes the element with the lowest score of the first sorted set that has any, waiting if need be.',
      since: '5.0.0',
      complexity: logarithmic,
      history: [doubleTimeout],
      flags: ['write', 'fast', 'blocking'],
      args: waited,
      raw: bzpopmin,
    },
    zadd: {
      summary: 'Adds members to a sorted set or changes their scores.',
      since: '1.2.0',
      complexity: 'O(log(N)) for each member given, N being the members',
      history: [
        ['2.4.0', 'Takes several members.'],
        ['3.0.2', 'Takes `XX`, `NX`, `CH` and `INCR`.'],
        ['6.2.0', 'Takes `GT` and `LT`.'],
      ],
      flags: ['write', 'denyoom', 'fast'],
      args: {
        key: arg.key(update),
        condition: arg.optional(arg.oneof({ nx: arg.token('NX'), xx: arg.token('XX') }, { since: '3.0.2' })),
        comparison: arg.optional(arg.oneof({ gt: arg.token('GT'), lt: arg.token('LT') }, { since: '6.2.0' })),
        change: arg.token('CH', { since: '3.0.2' }),
        increment: arg.token('INCR', { since: '3.0.2' }),
        data: arg.many(arg.block({ score: arg.double(), member: arg.bytes() })),
      },
      raw: zadd,
    },
    zcard: {
      summary: 'Counts the members of a sorted set.',
      since: '1.2.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      args: { key: arg.key({ flags: ['RO'] }) },
      raw: zcard,
    },
    zcount: {
      summary: 'Counts the members whose scores are within a range.',
      since: '2.0.0',
      complexity: logarithmic,
      flags: ['readonly', 'fast'],
      args: { key: arg.key(read), min: arg.double(), max: arg.double() },
      raw: zcount,
    },
    zdiff: {
      summary: 'Returns the members of the first sorted set that are in none of the others.',
      since: '6.2.0',
      complexity: perDiff,
      flags: ['readonly'],
      args: { ...sources, withscores },
      raw: zdiff,
    },
    zdiffstore: {
      summary: 'Stores the members of the first sorted set that are in none of the others.',
      since: '6.2.0',
      complexity: perDiff,
      flags: ['write', 'denyoom'],
      args: stored,
      raw: zdiffstore,
    },
    zincrby: {
      summary: 'Adds to the score of a member.',
      since: '1.2.0',
      complexity: logarithmic,
      flags: ['write', 'denyoom', 'fast'],
      args: {
        key: arg.key({ flags: ['RW', 'access', 'update'] }),
        increment: arg.integer(),
        member: arg.bytes(),
      },
      raw: zincrby,
    },
    zinter: {
      summary: 'Returns the members that all sorted sets have.',
      since: '6.2.0',
      complexity: perInter,
      flags: ['readonly'],
      args: { ...sources, ...weighed, withscores },
      raw: zinter,
    },
    zintercard: {
      summary: 'Counts the members that all sorted sets have.',
      since: '7.0.0',
      complexity: 'O(N*K) at worst, N being the members of the smallest sorted set and K the sorted sets',
      flags: ['readonly'],
      args: { ...sources, limit: arg.optional(arg.integer({ token: 'LIMIT' })) },
      raw: zintercard,
    },
    zinterstore: {
      summary: 'Stores the members that all sorted sets have.',
      since: '2.0.0',
      complexity: perInter,
      flags: ['write', 'denyoom'],
      args: { ...stored, ...weighed },
      raw: zinterstore,
    },
    zlexcount: {
      summary: 'Counts the members within a range by their bytes.',
      since: '2.8.9',
      complexity: logarithmic,
      flags: ['readonly', 'fast'],
      args: { key: arg.key(read), min: arg.bytes(), max: arg.bytes() },
      raw: zlexcount,
    },
    zmpop: {
      summary: 'Takes elements from the first of several sorted sets that has any.',
      since: '7.0.0',
      complexity: perTaking,
      flags: ['write'],
      args: several,
      raw: zmpop,
    },
    zmscore: {
      summary: 'Returns the scores of several members.',
      since: '6.2.0',
      complexity: 'O(N), N being the members asked for',
      flags: ['readonly', 'fast'],
      args: { key: arg.key(read), member: arg.many(arg.bytes()) },
      raw: zmscore,
    },
    zpopmax: {
      summary: 'Takes the elements with the highest scores.',
      since: '5.0.0',
      complexity: perTaken,
      flags: ['write', 'fast'],
      args: { key: arg.key(take), count: arg.optional(arg.integer()) },
      raw: zpopmax,
    },
    zpopmin: {
      summary: 'Takes the elements with the lowest scores.',
      since: '5.0.0',
      complexity: perTaken,
      flags: ['write', 'fast'],
      args: { key: arg.key(take), count: arg.optional(arg.integer()) },
      raw: zpopmin,
    },
    zrandmember: {
      summary: 'Returns members drawn at random from a sorted set.',
      since: '6.2.0',
      complexity: 'O(N), N being the members returned',
      flags: ['readonly'],
      tips: ['nondeterministic_output'],
      args: { key: arg.key(read), options: arg.optional(arg.block({ count: arg.integer(), withscores })) },
      raw: zrandmember,
    },
    zrange: {
      summary: 'Returns the members within a range of ranks, scores or members.',
      since: '1.2.0',
      complexity: perRange,
      history: [['6.2.0', 'Takes `REV`, `BYSCORE`, `BYLEX` and `LIMIT`.']],
      flags: ['readonly'],
      args: {
        key: arg.key(read),
        start: arg.bytes(),
        stop: arg.bytes(),
        sortby: arg.optional(arg.oneof(sortby, { since: '6.2.0' })),
        rev: arg.token('REV', { since: '6.2.0' }),
        limit: arg.optional(
          arg.block({ offset: arg.integer(), count: arg.integer() }, { token: 'LIMIT', since: '6.2.0' }),
        ),
        withscores,
      },
      raw: zrange,
    },
    zrangebylex: {
      summary: 'Returns the members within a range by their bytes.',
      since: '2.8.9',
      complexity: perRange,
      deprecatedSince: '6.2.0',
      replacedBy: 'ZRANGE with BYLEX',
      flags: ['readonly'],
      args: { key: arg.key(read), min: arg.bytes(), max: arg.bytes(), limit },
      raw: zrangebylex,
    },
    zrangebyscore: {
      summary: 'Returns the members whose scores are within a range.',
      since: '1.0.5',
      complexity: perRange,
      history: [['2.0.0', 'Takes `WITHSCORES`.']],
      deprecatedSince: '6.2.0',
      replacedBy: 'ZRANGE with BYSCORE',
      flags: ['readonly'],
      args: {
        key: arg.key(read),
        min: arg.double(),
        max: arg.double(),
        withscores: arg.token('WITHSCORES', { since: '2.0.0' }),
        limit,
      },
      raw: zrangebyscore,
    },
    zrangestore: {
      summary: 'Stores the members within a range of ranks, scores or members.',
      since: '6.2.0',
      complexity: perRange,
      flags: ['write', 'denyoom'],
      args: {
        dst: arg.key(overwrite),
        src: arg.key(read),
        min: arg.bytes(),
        max: arg.bytes(),
        sortby: arg.optional(arg.oneof(sortby)),
        rev: arg.token('REV'),
        limit,
      },
      raw: zrangestore,
    },
    zrank: {
      summary: 'Returns the rank of a member, lowest score first.',
      since: '2.0.0',
      complexity: logarithmic,
      history: [withScoreAdded],
      flags: ['readonly', 'fast'],
      args: ranked,
      raw: zrank,
    },
    zrem: {
      summary: 'Removes members from a sorted set; an emptied one goes.',
      since: '1.2.0',
      complexity: 'O(M*log(N)), N being the members and M those given',
      history: [['2.4.0', 'Takes several members.']],
      flags: ['write', 'fast'],
      args: { key: arg.key(remove), member: arg.many(arg.bytes()) },
      raw: zrem,
    },
    zremrangebylex: {
      summary: 'Removes the members within a range by their bytes; an emptied sorted set goes.',
      since: '2.8.9',
      complexity: perRange,
      flags: ['write'],
      args: { key: arg.key(remove), min: arg.bytes(), max: arg.bytes() },
      raw: zremrangebylex,
    },
    zremrangebyrank: {
      summary: 'Removes the members within a range of ranks; an emptied sorted set goes.',
      since: '2.0.0',
      complexity: perRange,
      flags: ['write'],
      args: { key: arg.key(remove), start: arg.integer(), stop: arg.integer() },
      raw: zremrangebyrank,
    },
    zremrangebyscore: {
      summary: 'Removes the members whose scores are within a range; an emptied sorted set goes.',
      since: '1.2.0',
      complexity: perRange,
      flags: ['write'],
      args: { key: arg.key(remove), min: arg.double(), max: arg.double() },
      raw: zremrangebyscore,
    },
    zrevrange: {
      summary: 'Returns the members within a range of ranks, highest score first.',
      since: '1.2.0',
      complexity: perRange,
      deprecatedSince: '6.2.0',
      replacedBy: 'ZRANGE with REV',
      flags: ['readonly'],
      args: { key: arg.key(read), start: arg.integer(), stop: arg.integer(), withscores },
      raw: zrevrange,
    },
    zrevrangebylex: {
      summary: 'Returns the members within a range by their bytes, the last first.',
      since: '2.8.9',
      complexity: perRange,
      deprecatedSince: '6.2.0',
      replacedBy: 'ZRANGE with REV and BYLEX',
      flags: ['readonly'],
      args: { key: arg.key(read), max: arg.bytes(), min: arg.bytes(), limit },
      raw: zrevrangebylex,
    },
    zrevrangebyscore: {
      summary: 'Returns the members whose scores are within a range, highest score first.',
      since: '2.2.0',
      complexity: perRange,
      history: [['2.1.6', 'Bounds may be exclusive.']],
      deprecatedSince: '6.2.0',
      replacedBy: 'ZRANGE with REV and BYSCORE',
      flags: ['readonly'],
      args: { key: arg.key(read), max: arg.double(), min: arg.double(), withscores, limit },
      raw: zrevrangebyscore,
    },
    zrevrank: {
      summary: 'Returns the rank of a member, highest score first.',
      since: '2.0.0',
      complexity: logarithmic,
      history: [withScoreAdded],
      flags: ['readonly', 'fast'],
      args: ranked,
      raw: zrevrank,
    },
    zscan: {
      summary: 'Goes through the members of a sorted set and their scores, some with each call.',
      since: '2.8.0',
      complexity: 'O(1) for each call, O(N) for all members, N being their number',
      flags: ['readonly'],
      tips: ['nondeterministic_output'],
      args: {
        key: arg.key(read),
        cursor: arg.integer(),
        pattern: arg.optional(arg.pattern({ token: 'MATCH' })),
        count: arg.optional(arg.integer({ token: 'COUNT' })),
      },
      raw: zscan,
    },
    zscore: {
      summary: 'Returns the score of a member.',
      since: '1.2.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      args: { key: arg.key(read), member: arg.bytes() },
      raw: zscore,
    },
    zunion: {
      summary: 'Returns the members that any of the sorted sets has.',
      since: '6.2.0',
      complexity: perUnion,
      flags: ['readonly'],
      args: { ...sources, ...weighed, withscores },
      raw: zunion,
    },
    zunionstore: {
      summary: 'Stores the members that any of the sorted sets has.',
      since: '2.0.0',
      complexity: perUnion,
      flags: ['write', 'denyoom'],
      args: { ...stored, ...weighed },
      raw: zunionstore,
    },
  },
})
