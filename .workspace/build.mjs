// npm run build: installs and builds what has changed.

import { prepare } from './prepare.mjs'
import { fail } from './run.mjs'

try {
  await prepare({ native: 'required' })
} catch (error) {
  fail(error)
}
