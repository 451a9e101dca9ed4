import type { KeyspaceEventClass, ServerEvents } from '@modis/sdk'
import { Type } from '../../../keyspace/entry-layout.ts'

// Numbers of the Redis Modules API that the server and the bridge speak of.

/** `REDISMODULE_NOTIFY_*`: the bit of each class of keyspace events. */
export const NOTIFY_BITS: Readonly<Record<KeyspaceEventClass, number>> = {
  generic: 1 << 2,
  string: 1 << 3,
  list: 1 << 4,
  set: 1 << 5,
  hash: 1 << 6,
  zset: 1 << 7,
  expired: 1 << 8,
  evicted: 1 << 9,
  stream: 1 << 10,
  'key-miss': 1 << 11,
  loaded: 1 << 12,
  module: 1 << 13,
  new: 1 << 14,
}

/** The class of events whose bit is lowest in `bits`; `module` where none is. */
export function classOf(bits: number): KeyspaceEventClass {
  for (const [name, bit] of Object.entries(NOTIFY_BITS)) {
    if ((bits & bit) !== 0) return name as KeyspaceEventClass
  }
  return 'module'
}

/** `REDISMODULE_KEYTYPE_*` of the keyspace's types. */
export const KEY_TYPES: Readonly<Record<number, number>> = {
  [Type.string]: 1,
  [Type.list]: 2,
  [Type.hash]: 3,
  [Type.set]: 4,
  [Type.zset]: 5,
  [Type.module]: 6,
  [Type.stream]: 7,
}

/** Bits of `REDISMODULE_CTX_FLAGS_*` that concern the server. */
export const ContextFlag = {
  multi: 1 << 1,
  master: 1 << 2,
  rdb: 1 << 7,
  maxmemory: 1 << 8,
  evicts: 1 << 9,
  outOfMemory: 1 << 10,
  loading: 1 << 13,
  activeChild: 1 << 18,
} as const

/** Bits of `REDISMODULE_CLIENTINFO_FLAG_*`. */
export const ClientFlag = {
  pubsub: 1 << 1,
  blocked: 1 << 2,
  tracking: 1 << 3,
  unixSocket: 1 << 4,
  multi: 1 << 5,
} as const

/** Bits of `REDISMODULE_CMD_KEY_*` by the flags of key specifications. */
export const KEY_FLAG_BITS: Readonly<Record<string, number>> = {
  RO: 1 << 0,
  RW: 1 << 1,
  OW: 1 << 2,
  RM: 1 << 3,
  access: 1 << 4,
  update: 1 << 5,
  insert: 1 << 6,
  delete: 1 << 7,
  not_key: 1 << 8,
  incomplete: 1 << 9,
  variable_flags: 1 << 10,
}

/** Bits of `REDISMODULE_CMD_CHANNEL_*` that rights depend on. */
export const ChannelBit = { pattern: 1 << 0, publish: 1 << 1, subscribe: 1 << 2 } as const

/** What a server event is to a Redis module: its subevent and data. */
export interface ToldEvent {
  readonly subevent: number
  readonly data: { number?: number; second?: number; text?: string; key?: Uint8Array }
}

/** How one server event is told: `REDISMODULE_EVENT_*`, and what follows from the event itself. */
type Numbering = {
  readonly [Name in keyof ServerEvents]?: {
    readonly event: number
    readonly tell: (event: ServerEvents[Name]) => ToldEvent
  }
}

const SOURCES = { rdb: 0, aof: 1, replica: 2 } as const
const REASONS = { deleted: 0, expired: 1, evicted: 2, overwritten: 3 } as const

const flushed = ({ db, async }: { readonly db: number; readonly async: boolean }): ToldEvent['data'] => ({
  number: db,
  second: async ? 0 : 1,
})

/** How each server event that Redis has too is told to Redis modules. */
export const SERVER_EVENTS: Numbering = {
  'persistence-start': { event: 1, tell: ({ background }) => ({ subevent: background ? 0 : 2, data: {} }) },
  'persistence-end': { event: 1, tell: () => ({ subevent: 3, data: {} }) },
  'persistence-failed': { event: 1, tell: () => ({ subevent: 4, data: {} }) },
  'flush-start': { event: 2, tell: (event) => ({ subevent: 0, data: flushed(event) }) },
  'flush-end': { event: 2, tell: (event) => ({ subevent: 1, data: flushed(event) }) },
  'loading-start': { event: 3, tell: ({ source }) => ({ subevent: SOURCES[source], data: {} }) },
  'loading-end': { event: 3, tell: () => ({ subevent: 3, data: {} }) },
  'loading-failed': { event: 3, tell: () => ({ subevent: 4, data: {} }) },
  'client-connected': { event: 4, tell: ({ id }) => ({ subevent: 0, data: { second: id } }) },
  'client-disconnected': { event: 4, tell: ({ id }) => ({ subevent: 1, data: { second: id } }) },
  shutdown: { event: 5, tell: () => ({ subevent: 0, data: {} }) },
  cron: { event: 8, tell: ({ hz }) => ({ subevent: 0, data: { number: hz } }) },
  'module-loaded': { event: 9, tell: ({ name }) => ({ subevent: 0, data: { text: name } }) },
  'module-unloaded': { event: 9, tell: ({ name }) => ({ subevent: 1, data: { text: name } }) },
  'databases-swapped': {
    event: 11,
    tell: ({ first, second }) => ({ subevent: 0, data: { number: first, second } }),
  },
  'event-loop-before-sleep': { event: 15, tell: () => ({ subevent: 0, data: {} }) },
  'event-loop-after-sleep': { event: 15, tell: () => ({ subevent: 1, data: {} }) },
  'config-changed': { event: 16, tell: ({ names }) => ({ subevent: 0, data: { text: names.join(' ') } }) },
  'key-removed': {
    event: 17,
    tell: ({ db, key, reason }) => ({ subevent: REASONS[reason], data: { number: db, key } }),
  },
}
