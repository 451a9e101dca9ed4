/** What every option has. */
interface OptionBase {
  readonly name: string
  /** One sentence for the reference page and `modis --help`. */
  readonly summary: string
  /** Another name it is known by. */
  readonly alias?: string
  /** Only set at start. */
  readonly immutable?: boolean
  /** Never shown by the log. */
  readonly sensitive?: boolean
}

/** A whole number, a memory size or a percentage within bounds. */
export interface IntegerOption extends OptionBase {
  readonly type: 'integer' | 'memory'
  readonly default: number
  readonly min: number
  readonly max: number
}

export interface BooleanOption extends OptionBase {
  readonly type: 'boolean'
  readonly default: boolean
}

export interface StringOption extends OptionBase {
  readonly type: 'string'
  readonly default: string
}

export interface EnumOption extends OptionBase {
  readonly type: 'enum'
  readonly default: string
  readonly values: readonly string[]
}

export type Option = IntegerOption | BooleanOption | StringOption | EnumOption

const integer = (name: string, fallback: number, min: number, max: number, summary: string): IntegerOption => ({
  type: 'integer',
  name,
  default: fallback,
  min,
  max,
  summary,
})

/** Every option of the server: parsing, CONFIG GET and SET, bounds, REWRITE and the reference page follow from it. */
export const OPTIONS: readonly Option[] = [
  integer('port', 6379, 0, 65535, 'TCP port to listen at; 0 with the command line means any free port.'),
  { type: 'string', name: 'bind', default: '127.0.0.1 -::1', summary: 'Addresses to listen at, separated by spaces.' },
  integer('databases', 16, 1, 2 ** 31 - 1, 'Number of databases.'),
  integer('maxclients', 10000, 1, 2 ** 32 - 1, 'Most clients connected at once.'),
  { type: 'memory', name: 'proto-max-bulk-len', default: 512 * 1024 * 1024, min: 1024 * 1024, max: 2 ** 31 - 1, summary: 'Longest argument of a request, in bytes.' },
  { type: 'memory', name: 'client-query-buffer-limit', default: 1024 ** 3, min: 1024 * 1024, max: 2 ** 31 - 1, summary: 'Most bytes of requests that wait to be executed.' },
  { type: 'string', name: 'requirepass', default: '', sensitive: true, summary: 'Password clients must give with AUTH.' },
  integer('hash-max-listpack-entries', 512, 0, 2 ** 31 - 1, 'Most fields of a hash kept as one packed string.'),
  integer('hash-max-listpack-value', 64, 0, 2 ** 31 - 1, 'Longest field or value of a hash kept as one packed string.'),
  integer('list-max-listpack-size', -2, -(2 ** 31), 2 ** 31 - 1, 'Size of a list node: entries, or −1 to −5 for 4 to 64 KiB.'),
  integer('list-compress-depth', 0, 0, 2 ** 31 - 1, 'List nodes at either end that are never compressed.'),
  integer('set-max-intset-entries', 512, 0, 2 ** 31 - 1, 'Most integers of a set kept as one packed string.'),
  integer('set-max-listpack-entries', 128, 0, 2 ** 31 - 1, 'Most members of a set kept as one packed string.'),
  integer('set-max-listpack-value', 64, 0, 2 ** 31 - 1, 'Longest member of a set kept as one packed string.'),
  integer('zset-max-listpack-entries', 128, 0, 2 ** 31 - 1, 'Most members of a sorted set kept as one packed string.'),
  integer('zset-max-listpack-value', 64, 0, 2 ** 31 - 1, 'Longest member of a sorted set kept as one packed string.'),
]
