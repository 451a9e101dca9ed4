/** The part of the configuration that limits follow. */
interface LimitSource {
  integer(name: string): number
  follow(names: readonly string[], listener: () => void): void
}

/** Up to where values stay packed: figures of the configuration as plain fields, for code that asks on every command. */
export class PackedLimits {
  hashEntries = 512
  hashValueBytes = 64
  /** Positive: elements of a list node; negative: its size, −1 to −5 for 4 to 64 KiB. */
  listNodeSize = -2
  listCompressDepth = 0
  setIntsetEntries = 512
  setEntries = 128
  setValueBytes = 64
  zsetEntries = 128
  zsetValueBytes = 64

  /** Takes the figures from `source` now and after every change. */
  follow(source: LimitSource): void {
    source.follow(Object.values(OPTION_NAMES), () => {
      for (const field of FIELDS) this[field] = source.integer(OPTION_NAMES[field])
    })
  }
}

type Field = Exclude<keyof PackedLimits, 'follow'>

const OPTION_NAMES: Readonly<Record<Field, string>> = {
  hashEntries: 'hash-max-listpack-entries',
  hashValueBytes: 'hash-max-listpack-value',
  listNodeSize: 'list-max-listpack-size',
  listCompressDepth: 'list-compress-depth',
  setIntsetEntries: 'set-max-intset-entries',
  setEntries: 'set-max-listpack-entries',
  setValueBytes: 'set-max-listpack-value',
  zsetEntries: 'zset-max-listpack-entries',
  zsetValueBytes: 'zset-max-listpack-value',
}

const FIELDS = Object.keys(OPTION_NAMES) as Field[]
