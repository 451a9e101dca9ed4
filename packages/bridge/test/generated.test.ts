import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MemoryHost } from './support/memory-host.ts'

const test = suite('generated files')
const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))

test('the header and the reference page are what the table of functions says', () => {
  const { status, stderr } = spawnSync(process.execPath, [path('scripts/generate.mjs'), '--check'])
  assert.is(status, 0, String(stderr))
})

test('the table that GetApi uses is the one that was read', () => {
  const host = new MemoryHost()
  const rows = readFileSync(path('src/native/functions.def'), 'utf8').match(/^(FN|NO)\(/gm)!
  assert.is(host.bridge.functions.length, rows.length)
  const absent = host.bridge.functions.filter(({ implemented }) => !implemented)
  assert.is(absent.length, rows.filter((row) => row.startsWith('NO')).length)
  assert.ok(absent.every(({ reason }) => reason.length > 10))
  host.close()
})

test('one bridge at a time', () => {
  const host = new MemoryHost()
  assert.throws(() => new MemoryHost(), /another server/)
  host.close()
  new MemoryHost().close()
})

test.run()
