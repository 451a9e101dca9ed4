import { arg, CommandError, config, defineModule, type Key, loadNative } from '@modis/sdk'
import { type BitOperations, javascript } from './bits.ts'
import { createFilter, type Filter, filterType } from './filter.ts'

/** Given as an argument of the module, keeps it from using its native part. */
const javascriptOnly = 'javascript'

export default defineModule({
  name: 'bloom',
  group: 'bloom',
  dataTypes: [filterType],
  config: {
    capacity: config.integer({
      summary: 'Items that a filter made by BLOOM.ADD is for.',
      default: 1000,
      min: 1,
    }),
    'error-rate-ppm': config.integer({
      summary: 'Wrong answers in a million that a filter made by BLOOM.ADD may give.',
      default: 10_000,
      min: 1,
      max: 500_000,
    }),
    'max-bytes': config.integer({
      summary: 'Size of the largest filter.',
      default: 64 * 1024 ** 2,
      min: 8,
      memory: true,
    }),
  },
  load({ args, log }) {
    const native = args.includes(javascriptOnly)
      ? undefined
      : loadNative.optional<BitOperations>(import.meta.url, ({ message }) =>
          log.warning(`JavaScript is used instead of the native part: ${message}`),
        )
    return { operations: native ?? javascript, implementation: native ? 'native' : 'javascript' }
  },
  commands: {
    'bloom.reserve': {
      summary: 'Makes an empty filter.',
      since: '0.1.0',
      flags: ['write', 'denyoom'],
      args: {
        filter: arg.key('W'),
        errorRate: arg.double({ min: 1e-9, max: 0.5 }),
        capacity: arg.integer({ min: 1 }),
      },
      run(ctx, { filter, errorRate, capacity }) {
        if (filter.exists) throw new CommandError('the key exists already')
        filter.value(filterType).set(createFilter(capacity, errorRate, ctx.config['max-bytes']))
        return true
      },
    },
    'bloom.add': {
      summary: 'Adds items, and tells for each whether it is new; makes the filter where there is none.',
      since: '0.1.0',
      complexity: 'O(n) for n items',
      flags: ['write', 'denyoom'],
      args: { filter: arg.key('RW'), items: arg.many(arg.bytes(), { name: 'item' }) },
      run(ctx, { filter, items }) {
        const { capacity, 'error-rate-ppm': errorRate, 'max-bytes': maxBytes } = ctx.config
        const stored = filter.value(filterType)
        const value = stored.getOrCreate(() => createFilter(capacity, errorRate / 1_000_000, maxBytes))
        const { operations } = ctx.state
        const isNew = items.map((item) => operations.add(value.bits, value.hashes, item))
        value.items += isNew.filter(Boolean).length
        stored.changed()
        return isNew
      },
    },
    'bloom.exists': {
      summary:
        'Tells for each item whether it was added; an item that was not may be taken for one that was.',
      since: '0.1.0',
      complexity: 'O(n) for n items',
      flags: ['readonly', 'fast'],
      args: { filter: arg.key('R'), items: arg.many(arg.bytes(), { name: 'item' }) },
      run(ctx, { filter, items }) {
        const value = filter.value(filterType).get()
        const { operations } = ctx.state
        return items.map((item) => value !== undefined && operations.has(value.bits, value.hashes, item))
      },
    },
    'bloom.info': {
      summary: 'Tells what a filter was made for, what it holds, and which implementation is in use.',
      since: '0.1.0',
      flags: ['readonly', 'fast'],
      args: { filter: arg.key('R') },
      run(ctx, { filter }) {
        const { capacity, items, hashes, bits } = existing(filter)
        return new Map<string, string | number>([
          ['capacity', capacity],
          ['items', items],
          ['hashes', hashes],
          ['bytes', bits.length],
          ['implementation', ctx.state.implementation],
        ])
      },
    },
  },
})

const existing = (key: Key): Filter => {
  const filter = key.value(filterType).get()
  if (filter === undefined) throw new CommandError('no such key')
  return filter
}
