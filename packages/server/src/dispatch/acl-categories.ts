/** How many ACL categories there may be, those of modules included: Redis keeps them in the bits of a number. */
export const MOST_CATEGORIES = 64

/** The ACL categories of Redis in the order it lists them; modules may add their own. */
export const ACL_CATEGORIES: readonly string[] = [
  'keyspace',
  'read',
  'write',
  'set',
  'sortedset',
  'list',
  'hash',
  'string',
  'bitmap',
  'hyperloglog',
  'geo',
  'stream',
  'pubsub',
  'admin',
  'fast',
  'slow',
  'blocking',
  'dangerous',
  'connection',
  'transaction',
  'scripting',
]
