import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually, rejects, start, type TestServer } from '@modis/sdk/test'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** This package as it is where there is no build for the platform. */
const packageWithoutPrebuilds = (): string => {
  const copy = mkdtempSync(join(tmpdir(), 'bloom-'))
  for (const part of ['package.json', 'dist'])
    cpSync(join(folder, part), join(copy, part), { recursive: true })
  mkdirSync(join(copy, 'prebuilds/sunos-sparc'), { recursive: true })
  symlinkSync(join(folder, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

const implementation = async (server: TestServer): Promise<unknown> => {
  const info = await server.call<unknown[]>('BLOOM.INFO', 'f')
  return info[info.indexOf('implementation') + 1]
}

const test = suite<{ server: TestServer }>('bloom')

test.before(async (context) => {
  context.server = await start({ module: folder, config: { 'bloom.max-bytes': '1mb' } })
})

test.after(({ server }) => server?.stop())

test('adds and finds', async ({ server }) => {
  assert.is(await server.call('BLOOM.RESERVE', 'f', 0.001, 5000), 1)
  assert.equal(await server.call('BLOOM.ADD', 'f', 'a', 'b', 'a'), [1, 1, 0])
  assert.equal(await server.call('BLOOM.EXISTS', 'f', 'a', 'b', 'c'), [1, 1, 0])
  assert.equal(await server.call('BLOOM.EXISTS', 'nothing', 'a'), [0])
  assert.is(await server.call('EXISTS', 'nothing'), 0)
  assert.is(await implementation(server), 'native')
  const client = await server.client({ resp: 3 })
  assert.equal(await client.call('BLOOM.ADD', 'new', 'a'), [true])
})

test('wrong calls say what is wrong', async ({ server }) => {
  await rejects(
    server.call('BLOOM.RESERVE', 'g', 0.9, 10),
    "error-rate must be between 1e-9 and 0.5, got '0.9'",
  )
  await rejects(
    server.call('BLOOM.RESERVE', 'g', 0.01, 1e9),
    /takes 2147483648 bytes; bloom.max-bytes allows 1048576/,
  )
  await server.call('BLOOM.RESERVE', 'twice', 0.01, 10)
  await rejects(server.call('BLOOM.RESERVE', 'twice', 0.01, 10), 'ERR the key exists already')
  await rejects(server.call('BLOOM.INFO', 'nothing'), 'ERR no such key')
  await server.call('SET', 'text', 'x')
  await rejects(server.call('BLOOM.ADD', 'text', 'a'), /^WRONGTYPE/)
})

test('filters survive reload, restart and copying', async ({ server }) => {
  await server.call('BLOOM.ADD', 'kept', 'a')
  await server.reload()
  assert.equal(await server.call('BLOOM.EXISTS', 'kept', 'a', 'b'), [1, 0])
  await server.restart()
  assert.equal(await server.call('BLOOM.EXISTS', 'kept', 'a', 'b'), [1, 0])
  await server.call('COPY', 'kept', 'copy')
  await server.call('BLOOM.ADD', 'copy', 'b')
  assert.equal(await server.call('BLOOM.EXISTS', 'kept', 'b'), [0])
})

test('a damaged filter is refused', async ({ server }) => {
  const client = await server.client({ buffers: true })
  await client.call('BLOOM.ADD', 'whole', 'a')
  const dump = await client.call<Buffer>('DUMP', 'whole')
  const damaged = Buffer.from(dump)
  damaged[12] = (damaged[12] as number) ^ 255
  await rejects(client.call('RESTORE', 'damaged', 0, damaged), /checksum|Bad data/)
})

test.run()

const fallback = suite<{ folder: string }>('bloom without its native part')

fallback.before((context) => {
  context.folder = packageWithoutPrebuilds()
})

fallback.after((context) => rmSync(context.folder, { recursive: true }))

fallback('falls back to JavaScript where there is no build, and says so', async (context) => {
  const server = await start({ module: context.folder })
  await server.call('BLOOM.ADD', 'f', 'a')
  assert.is(await implementation(server), 'javascript')
  assert.match(server.log(), /JavaScript is used instead of the native part: no native build for /)
  await server.stop()
})

fallback('reads in one implementation what the other wrote', async () => {
  const server = await start({ module: folder, args: ['javascript'] })
  await server.call('BLOOM.ADD', 'f', 'from JavaScript')
  assert.is(await implementation(server), 'javascript')
  await server.call('MODULE', 'LOAD', folder)
  assert.is(await implementation(server), 'native')
  assert.equal(await server.call('BLOOM.EXISTS', 'f', 'from JavaScript', 'other'), [1, 0])
  await server.stop()
})

fallback.run()

const replaced = suite('bloom with a replaced native part')

replaced('a reload opens the new build, not the one that is open already', async () => {
  const copy = packageWithoutPrebuilds()
  const target = join(copy, 'prebuilds', `${process.platform}-${process.arch}`)
  cpSync(join(folder, 'prebuilds'), join(copy, 'prebuilds'), { recursive: true })
  const server = await start({ module: copy })
  await server.call('BLOOM.ADD', 'f', 'a')
  assert.is(await implementation(server), 'native')
  const build = join(target, readdirSync(target)[0] as string)
  renameSync(build, join(copy, 'kept.node'))
  writeFileSync(build, 'no library')
  await server.reload()
  assert.is(await implementation(server), 'javascript')
  // The log comes another way than the replies.
  const line = /JavaScript is used instead of the native part: cannot open/
  await eventually(() => assert.match(server.log(), line), 60_000)
  renameSync(join(copy, 'kept.node'), build)
  await server.reload()
  assert.is(await implementation(server), 'native')
  assert.equal(await server.call('BLOOM.EXISTS', 'f', 'a', 'b'), [1, 0])
  await server.stop()
  rmSync(copy, { recursive: true })
})

replaced.run()
