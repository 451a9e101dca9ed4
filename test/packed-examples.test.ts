// Every example, packed as it would be published and installed from its tarball into an empty project, is loaded by name,
// configured, reloaded and unloaded there, in the server that was installed the same way.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suiteNeeding } from './support/needs.ts'
import { type Argument, RawClient } from './support/raw-client.ts'
import { ReplyError, textOf, type Value } from './support/resp.ts'
import { type RunningServer, start } from './support/servers.ts'
import { packPackages, run, useTarballs } from './support/tarballs.ts'

const test = suiteNeeding('packed examples', 'g++')

interface Example {
  readonly package: string
  /** What MODULE LIST calls it. */
  readonly module: string
  /** What MODULE LOADEX takes after the name. */
  readonly loadex: readonly string[]
  /** A command that shows that it runs, and what it replies. */
  readonly use: readonly [command: readonly Argument[], expected: RegExp]
  /** A parameter, a value that it takes and one that it refuses. */
  readonly parameter?: readonly [name: string, good: string, bad: string]
}

const EXAMPLES: readonly Example[] = [
  { package: '@modis-examples/hello', module: 'hello', loadex: [], use: [['HELLO.GREET', 'world'], /world/] },
  {
    package: '@modis-examples/rate-limit',
    module: 'ratelimit',
    loadex: ['CONFIG', 'ratelimit.max-burst', '5'],
    use: [['RL.TAKE', 'bucket'], /1/],
    parameter: ['ratelimit.max-burst', '7', '0'],
  },
  {
    package: '@modis-examples/bloom-native',
    module: 'bloom',
    loadex: ['CONFIG', 'bloom.capacity', '5000'],
    use: [['BLOOM.INFO', 'filter'], /native/],
    parameter: ['bloom.capacity', '2000', '-1'],
  },
  {
    package: '@modis-examples/redis-module-binary',
    module: 'stats',
    loadex: [],
    use: [['STATS.ADD', 'numbers', '1.5'], /^\d+$/],
  },
]

const project = mkdtempSync(join(tmpdir(), 'modis-packed-'))
let server: RunningServer
let client: RawClient

test.before(async () => {
  const packed = join(project, 'packed')
  mkdirSync(packed)
  const names = ['@modis/sdk', 'modis', '@modis/bridge', ...EXAMPLES.map((example) => example.package)]
  const tarballs = await packPackages(names, packed)
  const dependencies = Object.fromEntries(
    names.filter((name) => name !== '@modis/bridge').map((name) => [name, '*']),
  )
  const manifest = useTarballs({ name: 'empty', version: '1.0.0', private: true, dependencies }, tarballs)
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2))
  await run('npm', ['install', '--no-audit', '--no-fund'], project)
  const modis = join(project, 'node_modules/.bin/modis')
  server = await start(modis, [], { save: '', 'module-directories': join(project, 'node_modules') })
  client = await RawClient.connect(server.port)
})

test.after(async () => {
  client?.close()
  await server?.stop()
  rmSync(project, { recursive: true, force: true })
})

function flat(value: Value): string {
  if (Array.isArray(value)) return value.map(flat).join(' ')
  return textOf(value)
}

async function succeeds(...command: Argument[]): Promise<string> {
  const value = await client.call(...command)
  assert.not(value instanceof ReplyError, `${command.join(' ')}: ${textOf(value)}`)
  return flat(value)
}

async function fails(expected: RegExp, ...command: Argument[]): Promise<void> {
  const value = await client.call(...command)
  assert.ok(value instanceof ReplyError, `${command.join(' ')} replied ${flat(value)}`)
  assert.match(textOf(value), expected)
}

for (const example of EXAMPLES) {
  const [use, expected] = example.use

  test(`${example.package}: loaded, used, reloaded and unloaded by name`, async () => {
    await fails(/unknown command/, ...use)
    await succeeds('MODULE', 'LOAD', example.package)
    assert.match(await succeeds('MODULE', 'LIST'), new RegExp(`name ${example.module} `))
    if (example.module === 'bloom') await succeeds('BLOOM.ADD', 'filter', 'item')
    assert.match(await succeeds(...use), expected)
    assert.match(await succeeds('INFO', 'modules'), new RegExp(`module:name=${example.module},`))
    await succeeds('MODULE', 'RELOAD', example.module)
    assert.match(await succeeds(...use), expected)
    await succeeds('FLUSHALL')
    await succeeds('MODULE', 'UNLOAD', example.module)
    await fails(/unknown command/, ...use)
  })

  test(`${example.package}: loaded with LOADEX and configured`, async () => {
    await succeeds('MODULE', 'LOADEX', example.package, ...example.loadex)
    const [, parameter, value] = example.loadex
    if (parameter !== undefined)
      assert.is(await succeeds('CONFIG', 'GET', parameter), `${parameter} ${value}`)
    if (example.parameter !== undefined) {
      const [name, good, bad] = example.parameter
      await succeeds('CONFIG', 'SET', name, good)
      assert.is(await succeeds('CONFIG', 'GET', name), `${name} ${good}`)
      await fails(new RegExp(name), 'CONFIG', 'SET', name, bad)
      assert.is(await succeeds('CONFIG', 'GET', name), `${name} ${good}`)
    }
    await succeeds('MODULE', 'UNLOAD', example.module)
    await fails(
      /there is no parameter|CONFIG/,
      'MODULE',
      'LOADEX',
      example.package,
      'CONFIG',
      `${example.module}.nothing`,
      '1',
    )
    assert.not.match(await succeeds('MODULE', 'LIST'), new RegExp(`name ${example.module} `))
  })
}

test.run()
