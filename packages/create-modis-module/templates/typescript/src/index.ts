import { arg, defineModule } from '@modis/sdk'

export default defineModule({
  name: 'my-module',
  commands: {
    'my-module.greet': {
      summary: 'Greets someone and counts the greetings at a key.',
      flags: ['write', 'fast'],
      args: { counter: arg.key('RW'), name: arg.string({ default: 'world' }) },
      run(_ctx, { counter, name }) {
        const times = counter.string.increment(1)
        return `Hello, ${name}! Greetings so far: ${times}`
      },
    },
  },
})
