import { arg, config, defineModule } from '@modis/sdk'
import { historyType } from './history.ts'

export default defineModule({
  name: 'my-module',
  dataTypes: [historyType],
  config: {
    'max-length': config.integer({
      summary: 'How many values a history keeps.',
      default: 100,
      min: 1,
      max: 1_000_000,
    }),
  },
  commands: {
    'my-module.add': {
      summary: 'Adds a value to a history and returns how many it keeps.',
      flags: ['write', 'denyoom'],
      args: { history: arg.key('RW'), value: arg.bytes() },
      run(ctx, { history, value }) {
        const own = history.value(historyType)
        const { values } = own.getOrCreate(() => ({ values: [] }))
        values.push(value)
        values.splice(0, values.length - ctx.config['max-length'])
        own.changed()
        return values.length
      },
    },
    'my-module.recent': {
      summary: 'Returns the newest values of a history, newest first.',
      flags: ['readonly'],
      args: { history: arg.key('R'), count: arg.integer({ default: 10, min: 0 }) },
      run(_ctx, { history, count }) {
        const values = history.value(historyType).get()?.values ?? []
        return values.slice(Math.max(0, values.length - count)).reverse()
      },
    },
  },
})
