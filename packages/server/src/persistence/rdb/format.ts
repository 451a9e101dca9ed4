// Numbers of the RDB format as of Redis 7.2, version 11.

/** The latest version that is written where keys have no metadata. */
export const RDB_VERSION = 11

/** The version of what has keys with metadata: that of Redis 8.8. */
export const METADATA_RDB_VERSION = 14

/** The latest version that is read. Types of values that came with later versions are refused one by one. */
export const READABLE_RDB_VERSION = 14

/** The first version in which a small set may be a listpack. */
export const SET_LISTPACK_VERSION = 11

/** Types of values. */
export const RdbType = {
  string: 0,
  list: 1,
  set: 2,
  zset: 3,
  hash: 4,
  zset2: 5,
  module: 6,
  module2: 7,
  hashZipmap: 9,
  listZiplist: 10,
  setIntset: 11,
  zsetZiplist: 12,
  hashZiplist: 13,
  listQuicklist: 14,
  streamListpacks: 15,
  hashListpack: 16,
  zsetListpack: 17,
  listQuicklist2: 18,
  streamListpacks2: 19,
  setListpack: 20,
  streamListpacks3: 21,
} as const

/** Opcodes between keys. */
export const RdbOpcode = {
  keyMetadata: 243,
  function2: 245,
  functionPre: 246,
  moduleAux: 247,
  idle: 248,
  frequency: 249,
  aux: 250,
  resizeDatabase: 251,
  expiryMs: 252,
  expirySeconds: 253,
  selectDatabase: 254,
  end: 255,
} as const

/** Kinds of specially encoded strings. */
export const StringEncoding = { int8: 0, int16: 1, int32: 2, lzf: 3 } as const

/** Node containers of a quicklist. */
export const QuicklistContainer = { plain: 1, packed: 2 } as const

/** Bytes of the version and checksum behind a DUMP payload. */
export const DUMP_FOOTER_BYTES = 10
