import { arg } from '@modis/sdk'
import { defineFamily } from '../family.ts'
import { blmpop, blpop, brpop, lmpop } from './blocking-pop.ts'
import { lindex, linsert, llen, lpos, lrange, lrem, lset, ltrim } from './elements.ts'
import { blmove, brpoplpush, lmove, rpoplpush } from './move.ts'
import { lpop, lpush, lpushx, rpop, rpush, rpushx } from './push-pop.ts'

const read = { flags: ['RO', 'access'] } as const
const insert = { flags: ['RW', 'insert'] } as const
const remove = { flags: ['RW', 'delete'] } as const
const pop = { flags: ['RW', 'access', 'delete'] } as const

const side = { left: arg.token('LEFT'), right: arg.token('RIGHT') } as const
const pushed = { key: arg.key(insert), element: arg.many(arg.bytes()) } as const
const popped = { key: arg.key(pop), count: arg.optional(arg.integer({ since: '6.2.0' })) } as const
const moved = { source: arg.key(pop), destination: arg.key(insert) } as const
const sides = { wherefrom: arg.oneof(side), whereto: arg.oneof(side) } as const
const several = {
  key: arg.keys(pop, { count: 'numkeys' }),
  where: arg.oneof(side),
  count: arg.optional(arg.integer({ token: 'COUNT' })),
} as const
const timeout = arg.double()

const perElement = 'O(N), N being the elements given'
const perPopped = 'O(N), N being the elements returned'
const perKey = 'O(N), N being the keys given'
const manyElements = (version: string): readonly [string, string] => [version, 'Takes several elements.']
const doubleTimeout = ['6.0.0', 'Takes the timeout as a double.'] as const

export const listFamily = defineFamily({
  name: 'list',
  group: 'list',
  categories: ['list'],
  commands: {
    blmove: {
      summary: 'Moves an element from one list to another, waiting for one if need be.',
      since: '6.2.0',
      complexity: 'O(1)',
      flags: ['write', 'denyoom', 'blocking'],
      args: { ...moved, ...sides, timeout },
      raw: blmove,
    },
    blmpop: {
      summary: 'Takes elements from the first of several lists that has any, waiting for one if need be.',
      since: '7.0.0',
      complexity: 'O(N+M), N being the keys given and M the elements returned',
      flags: ['write', 'blocking'],
      args: { timeout, ...several },
      raw: blmpop,
    },
    blpop: {
      summary: 'Takes the first element of the first list that has any, waiting for one if need be.',
      since: '2.0.0',
      complexity: perKey,
      history: [doubleTimeout],
      flags: ['write', 'blocking'],
      args: { key: arg.keys(pop), timeout },
      raw: blpop,
    },
    brpop: {
      summary: 'Takes the last element of the first list that has any, waiting for one if need be.',
      since: '2.0.0',
      complexity: perKey,
      history: [doubleTimeout],
      flags: ['write', 'blocking'],
      args: { key: arg.keys(pop), timeout },
      raw: brpop,
    },
    brpoplpush: {
      summary: 'Moves the last element of a list to the head of another, waiting for one if need be.',
      since: '2.2.0',
      complexity: 'O(1)',
      history: [doubleTimeout],
      deprecatedSince: '6.2.0',
      replacedBy: 'BLMOVE with RIGHT and LEFT',
      flags: ['write', 'denyoom', 'blocking'],
      args: { ...moved, timeout },
      raw: brpoplpush,
    },
    lindex: {
      summary: 'Returns an element of a list by its index.',
      since: '1.0.0',
      complexity: 'O(N), N being the elements between it and the nearer end',
      flags: ['readonly'],
      args: { key: arg.key(read), index: arg.integer() },
      raw: lindex,
    },
    linsert: {
      summary: 'Inserts an element before or after another.',
      since: '2.2.0',
      complexity: 'O(N), N being the elements before the other',
      flags: ['write', 'denyoom'],
      args: {
        key: arg.key(insert),
        where: arg.oneof({ before: arg.token('BEFORE'), after: arg.token('AFTER') }),
        pivot: arg.bytes(),
        element: arg.bytes(),
      },
      raw: linsert,
    },
    llen: {
      summary: 'Returns the length of a list.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      args: { key: arg.key({ flags: ['RO'] }) },
      raw: llen,
    },
    lmove: {
      summary: 'Moves an element from one list to another.',
      since: '6.2.0',
      complexity: 'O(1)',
      flags: ['write', 'denyoom'],
      args: { ...moved, ...sides },
      raw: lmove,
    },
    lmpop: {
      summary: 'Takes elements from the first of several lists that has any.',
      since: '7.0.0',
      complexity: 'O(N+M), N being the keys given and M the elements returned',
      flags: ['write'],
      args: several,
      raw: lmpop,
    },
    lpop: {
      summary: 'Takes the first elements of a list.',
      since: '1.0.0',
      complexity: perPopped,
      history: [['6.2.0', 'Takes a count.']],
      flags: ['write', 'fast'],
      args: popped,
      raw: lpop,
    },
    lpos: {
      summary: 'Returns where in a list an element is.',
      since: '6.0.6',
      complexity: 'O(N), N being the elements looked at',
      flags: ['readonly'],
      args: {
        key: arg.key(read),
        element: arg.bytes(),
        rank: arg.optional(arg.integer({ token: 'RANK' })),
        numMatches: arg.optional(arg.integer({ token: 'COUNT' })),
        len: arg.optional(arg.integer({ token: 'MAXLEN' })),
      },
      raw: lpos,
    },
    lpush: {
      summary: 'Adds elements at the head of a list, which comes into being if need be.',
      since: '1.0.0',
      complexity: perElement,
      history: [manyElements('2.4.0')],
      flags: ['write', 'denyoom', 'fast'],
      args: pushed,
      raw: lpush,
    },
    lpushx: {
      summary: 'Adds elements at the head of a list, should it exist.',
      since: '2.2.0',
      complexity: perElement,
      history: [manyElements('4.0.0')],
      flags: ['write', 'denyoom', 'fast'],
      args: pushed,
      raw: lpushx,
    },
    lrange: {
      summary: 'Returns a range of elements of a list.',
      since: '1.0.0',
      complexity: 'O(S+N), S being the elements between the range and the nearer end and N those in it',
      flags: ['readonly'],
      args: { key: arg.key(read), start: arg.integer(), stop: arg.integer() },
      raw: lrange,
    },
    lrem: {
      summary: 'Removes elements equal to the one given; an emptied list goes.',
      since: '1.0.0',
      complexity: 'O(N+M), N being the length of the list and M the elements removed',
      flags: ['write'],
      args: { key: arg.key(remove), count: arg.integer(), element: arg.bytes() },
      raw: lrem,
    },
    lset: {
      summary: 'Replaces an element of a list by its index.',
      since: '1.0.0',
      complexity: 'O(N), N being the elements between it and the nearer end',
      flags: ['write', 'denyoom'],
      args: { key: arg.key({ flags: ['RW', 'update'] }), index: arg.integer(), element: arg.bytes() },
      raw: lset,
    },
    ltrim: {
      summary: 'Removes the elements outside a range; an emptied list goes.',
      since: '1.0.0',
      complexity: 'O(N), N being the elements removed',
      flags: ['write'],
      args: { key: arg.key(remove), start: arg.integer(), stop: arg.integer() },
      raw: ltrim,
    },
    rpop: {
      summary: 'Takes the last elements of a list.',
      since: '1.0.0',
      complexity: perPopped,
      history: [['6.2.0', 'Takes a count.']],
      flags: ['write', 'fast'],
      args: popped,
      raw: rpop,
    },
    rpoplpush: {
      summary: 'Moves the last element of a list to the head of another.',
      since: '1.2.0',
      complexity: 'O(1)',
      deprecatedSince: '6.2.0',
      replacedBy: 'LMOVE with RIGHT and LEFT',
      flags: ['write', 'denyoom'],
      args: moved,
      raw: rpoplpush,
    },
    rpush: {
      summary: 'Adds elements at the tail of a list, which comes into being if need be.',
      since: '1.0.0',
      complexity: perElement,
      history: [manyElements('2.4.0')],
      flags: ['write', 'denyoom', 'fast'],
      args: pushed,
      raw: rpush,
    },
    rpushx: {
      summary: 'Adds elements at the tail of a list, should it exist.',
      since: '2.2.0',
      complexity: perElement,
      history: [manyElements('4.0.0')],
      flags: ['write', 'denyoom', 'fast'],
      args: pushed,
      raw: rpushx,
    },
  },
})
