import { arg } from '@modis/sdk'
import { defineFamily } from '../family.ts'
import { zcard } from './members.ts'

export const zsetFamily = defineFamily({
  name: 'sorted-set',
  group: 'sorted-set',
  categories: ['sortedset'],
  commands: {
    zcard: {
      summary: 'Counts the members of a sorted set.',
      since: '1.2.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      args: { key: arg.key({ flags: ['RO'] }) },
      raw: zcard,
    },
  },
})
