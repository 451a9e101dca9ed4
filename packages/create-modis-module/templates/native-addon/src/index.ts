import { arg, defineModule } from '@modis/sdk'
import { checksum, engine } from './checksum.ts'

export default defineModule({
  name: 'my-module',
  load({ log }) {
    log.notice(`the checksum is computed in ${engine === 'native' ? 'C' : 'JavaScript'}`)
  },
  commands: {
    'my-module.checksum': {
      summary: 'Returns the FNV-1a checksum of the string at a key.',
      flags: ['readonly'],
      args: { key: arg.key('R') },
      run(_ctx, { key }) {
        const bytes = key.string.get()
        return bytes === null ? null : checksum(bytes)
      },
    },
    'my-module.engine': {
      summary: 'Says whether the checksum is computed by the native addon or in JavaScript.',
      flags: ['fast'],
      run: () => engine,
    },
  },
})
