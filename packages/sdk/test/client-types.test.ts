import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { arg, defineModule, generateClientTypes } from '../src/index.ts'

const options = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [`option${index}`, arg.token(`T${index}`)]),
)

const module = defineModule({
  name: 'rate-limit',
  version: '1.2.3',
  commands: {
    'rl.take': {
      summary: 'Takes tokens.',
      args: {
        bucket: arg.key('RW'),
        tokens: arg.integer({ default: 1 }),
        when: arg.optional(arg.oneof({ nx: arg.token('NX'), at: arg.unixTime({ token: 'AT' }) })),
        limit: arg.optional(arg.block({ offset: arg.integer(), count: arg.integer64() }, { token: 'LIMIT' })),
      },
      run: () => 1,
    },
    'rl.union': {
      summary: 'Unites.',
      args: {
        keys: arg.keys('R', { count: 'numkeys' }),
        aggregate: arg.optional(
          arg.oneof({ sum: arg.token('SUM'), max: arg.token('MAX') }, { token: 'AGGREGATE' }),
        ),
      },
      run: () => 1,
    },
    'rl.weights': {
      summary: 'Weighs.',
      args: { weights: arg.many(arg.double({ token: 'WEIGHTS' })) },
      run: () => 1,
    },
    'rl.add': {
      summary: 'Adds.',
      args: { pairs: arg.many(arg.block({ score: arg.double(), member: arg.string() })) },
      run: () => 1,
    },
    'rl.none': { summary: 'Ends */ a comment.', run: () => 1 },
    'rl.raw': { summary: 'Anything.', raw: () => 1 },
    'rl.wide': { summary: 'Too many variants.', args: options, run: () => 1 },
    'rl.config': {
      summary: 'Holds.',
      subcommands: { get: { summary: 'Gets.', args: { name: arg.string() }, run: () => 1 } },
    },
  },
})

const use = `
import type { RateLimitClient } from './client.ts'
declare const client: RateLimitClient
client.call('rl.take', 'k')
client.call('rl.take', 'k', 5)
client.call('rl.take', Buffer.from('k'), '5', 'NX')
client.call('rl.take', 'k', 5, 'AT', 1700000000)
client.call('rl.take', 'k', 5, 'AT', 1700000000, 'LIMIT', 0, 10n)
client.call('rl.take', 'k', 'LIMIT', 0, 10)
client.call('rl.union', 2, 'a', 'b')
client.call('rl.union', 2, 'a', 'b', 'AGGREGATE', 'MAX')
client.call('rl.weights', 'WEIGHTS', 1, 2.5)
client.call('rl.add', 1, 'a', 2, 'b')
client.call('rl.none')
client.call('rl.raw', 'a', 'b')
client.call('rl.wide', 'T0', 'T5')
client.call('rl.config get', 'name')
// @ts-expect-error the key is missing
client.call('rl.take')
// @ts-expect-error no such command
client.call('rl.give', 'k')
// @ts-expect-error a token that does not exist
client.call('rl.take', 'k', 5, 'XX')
// @ts-expect-error the token lacks its value
client.call('rl.take', 'k', 5, 'AT')
// @ts-expect-error takes nothing
client.call('rl.none', 'x')
`

test('the generated types accept right calls and refuse wrong ones', () => {
  const folder = mkdtempSync(join(tmpdir(), 'modis-types-'))
  const text = generateClientTypes(module)
  writeFileSync(join(folder, 'client.ts'), text)
  writeFileSync(join(folder, 'use.ts'), use)
  const compiler = new URL('../node_modules/typescript/bin/tsc', import.meta.url).pathname
  const types = new URL('../node_modules/@types', import.meta.url).pathname
  const flags = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext']
  const args = [...flags, '--allowImportingTsExtensions', '--typeRoots', types, '--types', 'node', 'use.ts']
  try {
    execFileSync(process.execPath, [compiler, ...args], { cwd: folder, encoding: 'utf8' })
  } catch (error) {
    assert.unreachable(`${text}\n${(error as { stdout: string }).stdout}`)
  }
  rmSync(folder, { recursive: true })
})

test('the generated text names module, version and summaries', () => {
  const text = generateClientTypes(module)
  assert.match(text, /^\/\/ Commands of the module rate-limit 1\.2\.3\. Generated/)
  assert.match(text, '  /** Takes tokens. */\n  "rl.take": [')
})

test.run()
