// npm run bench: builds what has changed, then measures. What follows `npm run bench --` goes to the
// benchmark itself.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { prepare } from './prepare.mjs'
import { fail, root } from './run.mjs'

try {
  await prepare()
} catch (error) {
  fail(error)
}
const args = ['--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, args, { cwd: join(root, 'test'), stdio: 'inherit' })
process.exit(status ?? 1)
