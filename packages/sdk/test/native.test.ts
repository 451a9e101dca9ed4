import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadNative, NativePartError } from '../src/index.ts'

const test = suite<{ folder: string; url: string }>('native parts')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'sdk-native-'))
  mkdirSync(join(context.folder, 'dist'))
  writeFileSync(join(context.folder, 'package.json'), '{"name":"native"}')
  context.url = pathToFileURL(join(context.folder, 'dist/index.js')).href
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const addBuild = (folder: string, target: string, file: string, content: string): void => {
  mkdirSync(join(folder, 'prebuilds', target), { recursive: true })
  writeFileSync(join(folder, 'prebuilds', target, file), content)
}

const fails = (url: string): NativePartError => {
  try {
    loadNative(url)
  } catch (error) {
    assert.instance(error, NativePartError)
    return error as NativePartError
  }
  throw new Error('it was loaded')
}

test('no build at all', ({ folder, url }) => {
  const error = fails(url)
  assert.is(error.code, 'MODIS_NATIVE_NOT_FOUND')
  assert.ok(error.message.includes(`no native build for ${platform()}-${arch()}`), error.message)
  assert.ok(error.message.endsWith(`in ${folder}; found none at all`), error.message)
})

test('builds for other platforms are listed', ({ folder, url }) => {
  addBuild(folder, 'sunos-sparc', 'native.node', '')
  addBuild(folder, 'win32-x64', 'native.node', '')
  assert.match(fails(url).message, /; found: sunos-sparc \(native\.node\), win32-x64 \(native\.node\)$/)
})

test('a build that cannot be opened gives the reason of the linker', ({ folder, url }) => {
  addBuild(folder, `${platform()}-${arch()}`, 'native.node', 'no library')
  const error = fails(url)
  assert.is(error.code, 'MODIS_NATIVE_NOT_LOADABLE')
  assert.match(error.message, /^cannot open .*native\.node: .+/)
})

test('a build that was cut short is an error and not the end of the process', ({ folder, url }) => {
  const library = Buffer.alloc(200)
  library.write('\x7fELF\x02\x01', 'latin1')
  library.writeBigUInt64LE(64n, 32)
  library.writeUInt16LE(56, 54)
  library.writeUInt16LE(1, 56)
  library.writeUInt32LE(1, 64)
  library.writeBigUInt64LE(100n, 64 + 8)
  library.writeBigUInt64LE(101n, 64 + 32)
  addBuild(folder, `${platform()}-${arch()}`, 'native.node', library.toString('latin1'))
  assert.match(fails(url).message, /native\.node: it is truncated/)
})

test('an optional part may be missing, and the reason is told', ({ url }) => {
  let reason: NativePartError | undefined
  const loaded = loadNative.optional(url, (error) => {
    reason = error
  })
  assert.is(loaded, undefined)
  assert.is(reason?.code, 'MODIS_NATIVE_NOT_FOUND')
})

test('a file outside of any package', () => {
  assert.match(fails('file:///nowhere/at/all.js').message, /no package\.json above \/nowhere\/at\/all\.js/)
})

test.run()
