// What is published, looked at as whoever installs it sees it: the tarballs of the packages, their manifests and types.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { root } from './support/repository.ts'
import { packPackages, run } from './support/tarballs.ts'

const NAMES = ['@modis/sdk', 'modis', '@modis/bridge', 'create-modis-module']

interface Manifest {
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly license?: string
  readonly engines?: { readonly node?: string }
}

const test = suite('published packages')
const project = realpathSync(mkdtempSync(join(tmpdir(), 'modis-published-')))
const folderOf = (name: string): string => join(project, 'node_modules', name)
const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'))
const filesOf = (name: string): string[] =>
  readdirSync(folderOf(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folderOf(name).length + 1))

test.before(async () => {
  const packed = join(project, 'packed')
  mkdirSync(packed)
  const tarballs = await packPackages(NAMES, packed)
  for (const name of NAMES) {
    mkdirSync(folderOf(name), { recursive: true })
    const tarball = (tarballs[name] as string).slice('file:'.length)
    await run('tar', ['-xzf', tarball, '-C', folderOf(name), '--strip-components=1'], project)
  }
})
test.after(() => rmSync(project, { recursive: true, force: true }))

for (const name of NAMES) {
  test(`${name} brings its license, its README and every file that its manifest names`, () => {
    const files = filesOf(name)
    const { exports = {}, bin = {}, license, engines } = manifestOf(name)
    for (const file of ['LICENSE', 'README.md']) assert.ok(files.includes(file), `no ${file}`)
    assert.is(license, 'MIT')
    assert.match(engines?.node ?? '', /^>=20/)
    const named = [...Object.values(exports), ...Object.values(bin)].flatMap((each) =>
      typeof each === 'string' ? [each] : Object.values(each),
    )
    for (const path of named) assert.ok(files.includes(path.replace(/^\.\//, '')), `${path} is not there`)
    for (const path of Object.values(bin))
      assert.match(readFileSync(join(folderOf(name), path), 'utf8'), /^#!\/usr\/bin\/env node\n/)
  })

  test(`${name} gives types ahead of code, and nothing that holds in this workspace alone`, () => {
    const { exports = {}, dependencies, optionalDependencies, peerDependencies } = manifestOf(name)
    for (const [path, target] of Object.entries(exports))
      if (typeof target === 'object') assert.equal(Object.keys(target), ['types', 'default'], path)
    const ranges = Object.values({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    for (const range of ranges) assert.not.match(range, /^(workspace|catalog|file|link):/)
    assert.equal(
      filesOf(name).filter(
        (file) =>
          /(^|\/)(test\/.*\.test\.ts|tsconfig.*\.json|\.turbo)/.test(file) && !file.startsWith('templates/'),
      ),
      [],
    )
  })
}

test('types resolve in projects for Node.js and in bundled ones, checked to the last declaration', async () => {
  const types = join(project, 'node_modules', '@types')
  mkdirSync(types, { recursive: true })
  symlinkSync(realpathSync(join(root, 'packages/sdk/node_modules/@types/node')), join(types, 'node'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  const source = `import { createServer } from 'modis'
import { arg, defineModule } from '@modis/sdk'
import { start } from '@modis/sdk/test'
import * as bridge from '@modis/bridge'
export const all = [createServer, start, bridge]
export default defineModule({
  name: 'typed',
  commands: { 'typed.get': { summary: 'Gets.', args: { key: arg.key('R') }, run: (_ctx, { key }) => key.string.text() } },
})
`
  writeFileSync(join(project, 'index.ts'), source)
  const compiler = join(root, 'packages/sdk/node_modules/.bin/tsc')
  const options = ['--noEmit', '--strict', '--target', 'es2023', '--types', 'node', 'index.ts']
  for (const mode of [['node16'], ['nodenext'], ['esnext', '--moduleResolution', 'bundler']])
    await run(compiler, ['--module', ...mode, ...options], project)
})

test.run()
