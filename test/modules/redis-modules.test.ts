// The same shared object in both servers: what a Redis module does there, it does here.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suiteNeeding } from '../support/needs.ts'
import { type Pair, startPair } from '../support/pair.ts'

const test = suiteNeeding('Redis modules in both servers', 'redis-server')
const include = fileURLToPath(new URL('../../packages/bridge/include', import.meta.url))
const sources = fileURLToPath(new URL('./redis-modules', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'modis-redis-modules-'))
let pair: Pair

/** The path of redis-modules/<name>.c, compiled. */
function compile(name: string): string {
  const path = join(folder, `${name}.so`)
  const source = join(sources, `${name}.c`)
  const flags = ['-std=gnu11', '-g', '-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC']
  execFileSync('cc', [...flags, `-I${include}`, '-o', path, source, '-lpthread'])
  return path
}

test.before(async () => {
  pair = await startPair({ 'enable-module-command': 'yes' })
})
test.after(async () => {
  await pair.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('parameters of every type are registered, read, set and refused', async () => {
  await pair.compare('MODULE', 'LOADEX', compile('parameters'), 'CONFIG', 'parameters.size', '2kb')
  await pair.compareUnordered('CONFIG', 'GET', 'parameters.*')
  await pair.script(
    'parameters.applied',
    'CONFIG SET parameters.enabled no parameters.size 1mb parameters.color "green blue"',
    'CONFIG SET parameters.label "some text"',
    'CONFIG SET parameters.size 13',
    'CONFIG SET parameters.size 2mb',
    'CONFIG SET parameters.size many',
    'CONFIG SET parameters.color yellow',
    'CONFIG SET parameters.enabled perhaps',
    'CONFIG SET parameters.fixed 5',
    'CONFIG SET parameters.label one parameters.size 13',
    'parameters.applied',
  )
  await pair.compareUnordered('CONFIG', 'GET', 'parameters.*')
  await pair.script('MODULE UNLOAD parameters', 'CONFIG GET parameters.*', 'CONFIG SET parameters.size 1')
})

test.run()
