import { CommandError, defineDataType } from '@modis/sdk'

/** Most hashes of one item; an error rate of 10^-9 needs 30. */
const mostHashes = 32
/** The bits of a filter are told apart by hashes of 32 bits. */
const mostBytes = 2 ** 29

/** A Bloom filter. */
export interface Filter {
  /** Bits set for one item. */
  readonly hashes: number
  /** Items it was made for. */
  readonly capacity: number
  /** Items that changed it, which is about as many as were added. */
  items: number
  /** Its bits; the number of bytes is a power of two. */
  readonly bits: Buffer
}

/**
 * A filter that answers wrongly for at most `errorRate` of the items that were not added, up to `capacity` items.
 * @throws CommandError where it would take more than `maxBytes`
 */
export const createFilter = (capacity: number, errorRate: number, maxBytes: number): Filter => {
  const bits = (-capacity * Math.log(errorRate)) / Math.LN2 ** 2
  const bytes = 2 ** Math.max(3, Math.ceil(Math.log2(bits / 8)))
  if (bytes > Math.min(maxBytes, mostBytes))
    throw new CommandError(
      `a filter for ${capacity} items at an error rate of ${errorRate} takes ${bytes} bytes; ` +
        `bloom.max-bytes allows ${Math.min(maxBytes, mostBytes)}`,
    )
  const hashes = Math.min(mostHashes, Math.max(1, Math.round(-Math.log2(errorRate))))
  return { hashes, capacity, items: 0, bits: Buffer.alloc(bytes) }
}

/** Filters as they are kept in RDB files: hashes, capacity, items, bits. */
export const filterType = defineDataType<Filter>({
  name: 'bloomfilt',
  encodingVersion: 0,
  save(io, filter) {
    io.unsigned(filter.hashes)
    io.unsigned(filter.capacity)
    io.unsigned(filter.items)
    io.string(filter.bits)
  },
  load(io) {
    const filter = { hashes: io.unsigned(), capacity: io.unsigned(), items: io.unsigned(), bits: io.bytes() }
    const { hashes, bits } = filter
    const isPower = bits.length > 0 && Number.isInteger(Math.log2(bits.length))
    if (hashes < 1 || hashes > mostHashes || !isPower || bits.length > mostBytes)
      throw new Error(`a filter cannot have ${hashes} hashes and ${bits.length} bytes`)
    return filter
  },
  memoryUsage: (filter) => filter.bits.length,
  copy: (filter) => ({ ...filter, bits: Buffer.from(filter.bits) }),
  digest: (digest, filter) => digest.add(filter.bits),
})
