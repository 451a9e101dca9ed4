import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const main = join(import.meta.dirname, '../src/main.ts')
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))

const test = suite<{ parent: string }>('create-modis-module')

test.before.each((context) => {
  context.parent = mkdtempSync(join(tmpdir(), 'create-modis-module-'))
})

test.after.each(({ parent }) => rmSync(parent, { recursive: true }))

function run(parent: string, args: string[], env: Record<string, string> = {}) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), main, ...args],
    {
      cwd: parent,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    },
  )
  return { stdout, stderr, status }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

for (const template of ['typescript', 'data-type', 'native-addon', 'redis-module']) {
  test(`writes a ${template} module`, ({ parent }) => {
    const { status, stdout, stderr } = run(parent, ['@acme/word-count', '--template', template])
    assert.is(status, 0, stderr)
    assert.match(stdout, /cd word-count\n {2}npm install\n {2}npm test/)
    assert.equal(readdirSync(parent), ['word-count'])
    const folder = join(parent, 'word-count')
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    assert.is(manifest.name, '@acme/word-count')
    assert.is(manifest.devDependencies.modis, `^${version}`)
    for (const name of ['README.md', '.gitignore', 'src', 'test'])
      assert.ok(existsSync(join(folder, name)), name)
    for (const file of filesBelow(folder)) {
      assert.not.match(readFileSync(file, 'utf8'), /my-package|my[-_]?module/, file)
    }
  })
}

test('makes the smallest module unless told otherwise', ({ parent }) => {
  assert.is(run(parent, ['word-count']).status, 0)
  assert.equal(filesBelow(join(parent, 'word-count', 'src')), [join(parent, 'word-count', 'src', 'index.ts')])
})

test('a name may hold those that stand in the templates', ({ parent }) => {
  assert.is(run(parent, ['@my-package/my-module-2']).status, 0)
  const manifest = JSON.parse(readFileSync(join(parent, 'my-module-2/package.json'), 'utf8'))
  assert.is(manifest.name, '@my-package/my-module-2')
  assert.match(readFileSync(join(parent, 'my-module-2/src/index.ts'), 'utf8'), /name: 'my-module-2',/)
})

test('understands --template where npm took it for its own', ({ parent }) => {
  assert.is(run(parent, ['first', 'redis-module'], { npm_config_template: 'true' }).status, 0)
  assert.ok(existsSync(join(parent, 'first/src/module.c')))
  assert.is(run(parent, ['second'], { npm_config_template: 'redis-module' }).status, 0)
  assert.ok(existsSync(join(parent, 'second/src/module.c')))
  assert.is(run(parent, ['third', '--', '--template', 'redis-module']).status, 0)
  assert.ok(existsSync(join(parent, 'third/src/module.c')))
})

test('takes an empty folder and no other', ({ parent }) => {
  mkdirSync(join(parent, 'empty'))
  assert.is(run(parent, ['empty']).status, 0)
  const { status, stderr } = run(parent, ['empty'])
  assert.is(status, 1)
  assert.match(stderr, /^create-modis-module: the folder empty is not empty: it holds \S+\n$/)
  writeFileSync(join(parent, 'file'), '')
  assert.match(run(parent, ['file']).stderr, /file is there already, and is no folder/)
})

test('says what is wrong, and writes nothing', ({ parent }) => {
  const wrong: [string[], RegExp][] = [
    [[], /which name\?/],
    [['a', 'b'], /what is 'b'\?/],
    [['Word'], /npm would refuse the name 'Word': it holds upper-case letters/],
    [['../word'], /npm would refuse the name '\.\.\/word'/],
    [
      ['word', '--template', 'java'],
      /no template 'java'; there are typescript, data-type, native-addon, redis-module/,
    ],
    [['word', '--template', 'toString'], /no template 'toString'/],
    [['word', '--color'], /Unknown option '--color'/],
  ]
  for (const [args, message] of wrong) {
    const { status, stderr } = run(parent, args)
    assert.is(status, 1, args.join(' '))
    assert.match(stderr, message)
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr)
  }
  assert.equal(readdirSync(parent), [])
})

test('tells its version and what it can do', ({ parent }) => {
  assert.is(run(parent, ['--version']).stdout, `${version}\n`)
  const { stdout } = run(parent, ['--help'])
  for (const word of ['--template', 'typescript', 'data-type', 'native-addon', 'redis-module']) {
    assert.ok(stdout.includes(word), word)
  }
})

test.run()
