import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ImportRule } from './support/repository.ts'
import {
  importsOf,
  packages,
  repositoryFiles,
  root,
  sourceFiles,
  wrongImports,
} from './support/repository.ts'

const topLevel = [
  'package.json',
  'pnpm-workspace.yaml',
  'pnpm-lock.yaml',
  'turbo.json',
  'packages',
  'examples',
  'test',
  'docs',
  'README.md',
  'LICENSE',
]

// One way only: sdk ← server, sdk ← examples. The bridge knows neither, and the server can do without it.
const importRules: readonly ImportRule[] = [
  { from: 'packages/server/', to: /^@modis\/sdk$/, kinds: ['static', 'dynamic', 'type'] },
  { from: 'packages/server/', to: /^@modis\/bridge$/, kinds: ['dynamic', 'type'] },
  { from: 'packages/sdk/src/test/', to: /^modis$/, kinds: ['dynamic', 'type'] },
  { from: 'examples/', to: /^@modis\/sdk$/, kinds: ['static', 'dynamic', 'type'] },
  {
    from: 'packages/create-modis-module/templates/',
    to: /^@modis\/sdk$/,
    kinds: ['static', 'dynamic', 'type'],
  },
  { from: 'test/', to: /./, kinds: ['static', 'dynamic', 'type'] },
]

// The files that may touch the table of commands: it, and the registry in front of it.
const door = ['packages/server/src/dispatch/command-table.ts', 'packages/server/src/modules/registry.ts']

const sources = ['.ts', '.mts', '.js', '.mjs', '.cjs']

test('the top level holds what the design names, and dotfiles', () => {
  const names = new Set(repositoryFiles().map((path) => path.split('/')[0] ?? ''))
  const unexpected = [...names].filter((name) => !name.startsWith('.') && !topLevel.includes(name))
  assert.equal(unexpected, [])
})

test('imports go one way', () => {
  const files = [
    ...sourceFiles(sources, 'packages/'),
    ...sourceFiles(sources, 'examples/'),
    ...sourceFiles(sources, 'test/'),
  ]
  const wrong = files.flatMap((file) => wrongImports(file, importRules))
  assert.is(wrong.join('\n'), '')
})

test('the check of imports sees every kind of import', () => {
  const text = `
    import { a } from '@modis/sdk'
    import type { b } from "@modis/sdk/test"
    import {
      c,
    } from './c.ts'
    export * from './d.ts'
    import './e.ts'
    // import { not } from 'comment'
    const f = await import('@modis/bridge')
    let g: import('node:net').Socket
  `
  assert.equal(
    importsOf(text).map(({ specifier, kind }) => `${kind} ${specifier}`),
    [
      'static @modis/sdk',
      'type @modis/sdk/test',
      'static ./c.ts',
      'static ./d.ts',
      'static ./e.ts',
      'dynamic @modis/bridge',
      'type node:net',
    ],
  )
})

test('the check of imports refuses what it should', () => {
  const refused = (path: string, text: string) => wrongImports({ path, text }, importRules).length === 1
  assert.ok(refused('packages/sdk/src/a.ts', `import { createServer } from 'modis'`))
  assert.ok(refused('packages/sdk/src/a.ts', `const { createServer } = await import('modis')`))
  assert.ok(refused('packages/bridge/src/a.ts', `import { arg } from '@modis/sdk'`))
  assert.ok(refused('packages/server/src/a.ts', `import { bridge } from '@modis/bridge'`))
  assert.ok(refused('packages/server/src/a.ts', `import { arg } from '../../sdk/src/index.ts'`))
  assert.ok(refused('examples/hello/src/index.ts', `import { createServer } from 'modis'`))
  assert.not(refused('packages/server/src/a.ts', `const bridge = await import('@modis/bridge')`))
  assert.not(refused('packages/server/src/a/b.ts', `import { arg } from '../c.ts'`))
})

test('only the registry puts commands into the table', () => {
  const others = sourceFiles(['.ts'], 'packages/server/src/').filter(({ path }) => !door.includes(path))
  const wrong = others.filter(({ text }) => /\bnew CommandTable\(|\bcommands\.(add|delete)\(/.test(text))
  assert.equal(
    wrong.map(({ path }) => path),
    [],
  )
})

test('only the module pipeline registers commands', () => {
  const others = sourceFiles(['.ts'], 'packages/server/src/').filter(
    ({ path }) => !path.startsWith('packages/server/src/modules/'),
  )
  const wrong = others.filter(({ text }) =>
    /\bregistry\.(build|register|addModule|removeModule)\(|\bnew Command\(/.test(text),
  )
  assert.equal(
    wrong.map(({ path }) => path),
    [],
  )
})

test('every built-in family is a module', () => {
  const files = new Map(
    sourceFiles(['.ts'], 'packages/server/src/commands/').map((file) => [file.path, file.text]),
  )
  const definition = files.get('packages/server/src/commands/family.ts') ?? ''
  assert.match(definition, /\bdefineModule\(/)
  const index = files.get('packages/server/src/commands/index.ts') ?? ''
  const families = importsOf(index).filter(
    ({ specifier, kind }) => specifier.startsWith('.') && kind === 'static',
  )
  assert.ok(families.length > 0, 'commands/index.ts imports no family')
  for (const { specifier } of families) {
    const path = join('packages/server/src/commands', specifier)
    assert.match(files.get(path) ?? '', /\bdefine(Family|Module)\(/, `${path} is not made with defineFamily`)
  }
})

test('every example is there for npm start', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const examples = packages().filter(([folder]) => folder.startsWith('examples/'))
  for (const [, { name }] of examples)
    assert.ok(manifest.devDependencies[name], `the root does not depend on ${name}`)
})

for (const [folder, { name, scripts = {} }] of packages()) {
  if (!scripts.generate && !['@modis/sdk', 'modis'].includes(name)) continue
  test(`the generated files of ${name} are fresh`, () => {
    assert.ok(scripts['generate:check'], `${name} has no script generate:check`)
    try {
      execFileSync('npm', ['run', '--silent', 'generate:check'], { cwd: join(root, folder), stdio: 'pipe' })
    } catch (error) {
      const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer }
      assert.unreachable(`run "npm run generate" in ${folder}:\n${stdout}${stderr}`)
    }
  })
}

test.run()
