import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type Need, suiteNeeding } from './support/needs.ts'
import { packPackages, run, type Tarballs, useTarballs } from './support/tarballs.ts'

// What npm create modis-module writes is installed, built and tested as its author would do it, except
// that the packages of Modis come from here rather than from the registry.

const shapes: [template: string, needs: Need[], published: RegExp][] = [
  ['typescript', [], /dist\/index\.js/],
  ['data-type', [], /dist\/history\.js/],
  ['native-addon', ['g++'], /prebuilds\/\S+\.node/],
  ['redis-module', ['g++'], /prebuilds\/\S+\.node/],
]

const folder = mkdtempSync(join(tmpdir(), 'modis-create-'))
let tarballs: Tarballs | undefined

async function packOnce(): Promise<Tarballs> {
  if (tarballs === undefined) {
    const packed = join(folder, 'packed')
    mkdirSync(packed)
    tarballs = await packPackages(['@modis/sdk', 'modis', '@modis/bridge', 'create-modis-module'], packed)
  }
  return tarballs
}

for (const [template, needs, published] of shapes) {
  const test = suiteNeeding(`create-modis-module, ${template}`, ...needs)

  test('its module installs, builds, passes its tests and packs what it needs', async () => {
    const { 'create-modis-module': creator = '', ...used } = await packOnce()
    const name = `made-${template}`
    const create = ['exec', '--yes', `--package=${creator}`, '--', 'create-modis-module']
    await run('npm', [...create, `@modis-made/${name}`, '--template', template], folder)
    const module = join(folder, name)
    const manifest = join(module, 'package.json')
    const installable = useTarballs(JSON.parse(readFileSync(manifest, 'utf8')), used)
    writeFileSync(manifest, JSON.stringify(installable, null, 2))
    await run('npm', ['install', '--no-audit', '--no-fund'], module)
    const output = await run('npm', ['test'], module)
    assert.match(output, /Passed:\D*[1-9]/)
    await run('npm', ['pack'], module)
    const tarball = readdirSync(module).find((file) => file.endsWith('.tgz')) ?? ''
    const files = await run('tar', ['-tf', tarball], module)
    assert.match(files, published)
    assert.match(files, /README\.md/)
    assert.not.match(files, /\/(src|test|node_modules)\//)
  })

  test.run()
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
