import { arg, defineModule } from '@modis/sdk'

export default defineModule({
  name: 'hello',
  commands: {
    'hello.greet': {
      summary: 'Greets someone.',
      since: '0.1.0',
      flags: ['fast', 'readonly'],
      args: { name: arg.string({ default: 'world' }) },
      run: (_ctx, { name }) => `Hello, ${name}!`,
    },
  },
})
