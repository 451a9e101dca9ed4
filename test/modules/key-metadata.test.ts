import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withChecksum } from '../support/crc64.ts'
import { until } from '../support/until.ts'
import { ModuleFolder, ModuleServer } from './module-folder.ts'

const test = suite('key metadata of Redis modules')
const bridge = fileURLToPath(new URL('../../packages/bridge', import.meta.url))
const folder = new ModuleFolder()
const library = join(folder.root, 'meta.so')
let modis: ModuleServer

test.before(async () => {
  const source = join(bridge, 'test/modules/metadata.c')
  execFileSync('cc', ['-shared', '-fPIC', '-O1', `-I${join(bridge, 'include')}`, '-o', library, source])
  modis = await ModuleServer.start(folder, { loadmodule: library })
})

test.after(async () => {
  await modis.stop()
  folder.remove()
})

test.after.each(async () => {
  await modis.call('FLUSHALL')
  await until('all metadata to go', async () => (await alive()) === 0)
})

async function alive(server = modis): Promise<unknown> {
  return ((await server.call('meta.counters')) as unknown[])[0]
}

const attach = async (key: string, text: string, server = modis): Promise<void> =>
  assert.is(await server.call('meta.set', key, text), 'OK')

const metadataOf = (key: string, server = modis): Promise<unknown> => server.call('meta.get', key)

async function keeps(key: string, ...command: (string | number)[]): Promise<void> {
  assert.not.match(String(await modis.call(...command)), /^-/)
  assert.is(await metadataOf(key), 'text', `after ${command.join(' ')}`)
}

test('what changes a value keeps the metadata of its key, whatever becomes of its encoding', async () => {
  await modis.call('SET', 'number', 5)
  await attach('number', 'text')
  await keeps('number', 'INCR', 'number')
  await keeps('number', 'INCRBYFLOAT', 'number', '0.5')
  await keeps('number', 'APPEND', 'number', '000')
  await keeps('number', 'EXPIRE', 'number', 1000)
  await keeps('number', 'SETRANGE', 'number', 100_000, 'far')
  await keeps('number', 'PERSIST', 'number')
  await keeps('number', 'SETRANGE', 'number', 0, 'near')
  await modis.call('RPUSH', 'list', 'a')
  await attach('list', 'text')
  await keeps('list', 'RPUSH', 'list', 'x'.repeat(10_000), 'b')
  await keeps('list', 'LPOP', 'list', 2)
  await modis.call('HSET', 'hash', 'a', '1')
  await attach('hash', 'text')
  await keeps('hash', 'HSET', 'hash', 'b', 'x'.repeat(100))
  await keeps('hash', 'EXPIRE', 'hash', 1000)
  assert.is(await alive(), 3)
  assert.is(await modis.call('meta.flag', 'hash'), 'OK')
  await keeps('hash', 'HDEL', 'hash', 'b')
})

test('a key that is overwritten, deleted or expires loses its metadata', async () => {
  const losses: string[][] = [
    ['SET', 'key', 'other'],
    ['SET', 'key', 'other', 'KEEPTTL'],
    ['SET', 'key', '12345'],
    ['GETSET', 'key', 'value'],
    ['MSET', 'key', 'value'],
    ['SETEX', 'key', '100', 'value'],
    ['DEL', 'key'],
    ['UNLINK', 'key'],
    ['GETDEL', 'key'],
    ['SINTERSTORE', 'key', 'none'],
    ['SORT', 'source', 'STORE', 'key'],
    ['COPY', 'source', 'key', 'REPLACE'],
    ['RENAME', 'source', 'key'],
    ['PEXPIREAT', 'key', '1'],
  ]
  for (const command of losses) {
    await modis.call('FLUSHALL')
    await modis.call('RPUSH', 'source', '1')
    await modis.call('SET', 'key', 'value', 'EX', 100)
    await attach('key', 'text')
    assert.not.match(String(await modis.call(...command)), /^-/)
    assert.is(await alive(), 0, command.join(' '))
    assert.is(await metadataOf('key'), null)
    assert.is(((await modis.call('meta.counters')) as unknown[])[3], 'key')
  }
  await modis.call('SET', 'key', 'value')
  await attach('key', 'text')
  await modis.call('PEXPIRE', 'key', 20)
  await until('the metadata to go', async () => (await alive()) === 0)
  await modis.call('SET', 'early', 'value')
  await attach('early', 'text')
  await modis.call('DEL', 'early')
})

test('COPY, RENAME and MOVE ask the module', async () => {
  await modis.call('SET', 'key', 'value', 'EX', 1000)
  await attach('key', 'text')
  await modis.call('COPY', 'key', 'twin')
  await modis.call('COPY', 'key', 'twin', 'DB', 3)
  await modis.call('RENAME', 'key', 'renamed')
  assert.equal([await metadataOf('twin'), await metadataOf('renamed')], ['text for twin in 0', 'text'])
  assert.is(await alive(), 3)
  assert.is(await modis.call('MOVE', 'renamed', 5), 1)
  assert.is(await metadataOf('renamed'), null)
  await modis.call('SWAPDB', 5, 0)
  assert.is(await metadataOf('renamed'), 'text')
  assert.ok(Number(await modis.call('TTL', 'renamed')) > 0)
  await modis.call('SWAPDB', 5, 0)
  await modis.call('SELECT', 3)
  assert.is(await metadataOf('twin'), 'text for twin in 3')
  await modis.call('SELECT', 0)
  await modis.call('meta.behave', 0, 0)
  await modis.call('COPY', 'twin', 'other')
  await modis.call('RENAME', 'twin', 'renamed')
  assert.equal([await metadataOf('other'), await metadataOf('renamed')], [null, null])
  assert.is(await alive(), 2)
  await modis.call('meta.behave', 1, 0)
})

test('DUMP holds what Redis 8.8 writes, and RESTORE gives it back', async () => {
  await modis.call('SET', 'key', 'value')
  const plain = await modis.client.call('DUMP', 'key')
  await attach('key', 'text')
  const payload = await bytesOf('DUMP', 'key')
  // Opcode, one class, its name with version and flags, the fields, the type of a string, its value, version 14.
  assert.is(payload.subarray(0, -8).toString('hex'), 'f301096decb505047465787400000576616c75650e00')
  await modis.call('DEL', 'key')
  assert.is(await modis.call('RESTORE', 'key', 5_000_000, payload), 'OK')
  assert.is(await metadataOf('key'), 'text')
  await modis.call('meta.set', 'key', 'another')
  assert.is(await modis.call('RESTORE', 'key', 0, payload, 'REPLACE'), 'OK')
  assert.is(await metadataOf('key'), 'text')
  assert.is(await alive(), 1)
  assert.is(await modis.call('RESTORE', 'past', 1, payload, 'ABSTTL'), 'OK')
  assert.is(await alive(), 1)
  // What the module does not write leaves no trace.
  await attach('key', 'unsaved')
  assert.equal(await modis.client.call('DUMP', 'key'), plain)
})

async function bytesOf(...command: string[]): Promise<Buffer> {
  return Buffer.from((await modis.client.call(...command)) as string, 'latin1')
}

test('a file of all keys keeps the metadata; keys without are saved as ever', async () => {
  const file = join(modis.server.folder, 'dump.rdb')
  await modis.call('SET', 'key', 'value')
  await modis.call('SAVE')
  assert.is(readFileSync(file).subarray(0, 9).toString(), 'REDIS0011')
  await modis.call('EXPIRE', 'key', 1000)
  await attach('key', 'text')
  for (let i = 0; i < 200; i++) await modis.call('SET', `plain${i}`, i)
  await modis.call('DEBUG', 'RELOAD')
  assert.is(readFileSync(file).subarray(0, 9).toString(), 'REDIS0014')
  assert.is(await metadataOf('key'), 'text')
  assert.is(await alive(), 1)
  assert.ok(Number(await modis.call('TTL', 'key')) > 900)
  const path = join(folder.root, 'dump.rdb')
  copyFileSync(file, path)
  await startsWith(path, ['loadmodule', library], async (server) =>
    assert.is(await metadataOf('key', server), 'text'),
  )
  // The class says that it may be ignored where nobody knows it.
  await startsWith(path, ['loglevel', 'verbose'], async (server) => {
    assert.is(await server.call('GET', 'key'), 'value')
    assert.is(await server.call('DBSIZE'), 201)
    await server.logged(/Skipping metadata for class 'text'/)
  })
})

async function startsWith(
  file: string,
  [name, value]: [string, string],
  check: (server: ModuleServer) => Promise<void>,
): Promise<void> {
  const server = await ModuleServer.start(folder, { dir: folder.root, dbfilename: 'dump.rdb', [name]: value })
  assert.ok(file.startsWith(folder.root))
  await check(server)
  await server.stop()
}

test('a background save has the metadata of the moment it began', async () => {
  for (let i = 0; i < 300; i++) {
    await modis.call('SET', `key${i}`, i)
    await attach(`key${i}`, 'before')
  }
  const last = Number(await modis.call('LASTSAVE'))
  await new Promise((resolve) => setTimeout(resolve, 1100))
  // One after the other in one batch: the snapshot cannot have met many keys before they change.
  const commands = [['BGSAVE']]
  for (let i = 0; i < 300; i++) commands.push(i % 2 ? ['meta.set', `key${i}`, 'after'] : ['DEL', `key${i}`])
  await modis.client.batch(commands)
  await until('the save', async () => Number(await modis.call('LASTSAVE')) > last)
  await modis.call('FLUSHALL')
  assert.is(await modis.call('DEBUG', 'RELOAD', 'NOSAVE'), 'OK')
  assert.is(await modis.call('DBSIZE'), 300)
  for (let i = 0; i < 300; i++) assert.is(await metadataOf(`key${i}`), 'before')
})

test('damaged payloads are refused and leave nothing behind', async () => {
  await modis.call('SET', 'key', 'value')
  await attach('key', 'text')
  await modis.call('meta.flag', 'key')
  await modis.call('SAVE')
  const file = join(modis.server.folder, 'dump.rdb')
  assert.ok(readFileSync(file).length > 0)
  const payload = await bytesOf('DUMP', 'key')
  await modis.call('DEL', 'key')
  for (let length = 0; length < payload.length - 10; length++) {
    const cut = withFooter(payload.subarray(0, length))
    assert.is(await modis.call('RESTORE', 'key', 0, cut), '-ERR Bad data format', `${length} bytes`)
  }
  // Every count of classes but one, and a class of another name that may not be ignored.
  const body = Buffer.from(payload.subarray(0, -10))
  for (const [at, value] of [
    [1, 0],
    [1, 2],
    [1, 8],
    [1, 0x3f],
    [2, 0x08],
    [2, 0x79],
    [6, 9],
  ] as const) {
    const damaged = Buffer.from(body)
    damaged[at] = value
    if (at === 2 && value === 0x08) damaged[4] = 0
    assert.is(await modis.call('RESTORE', 'key', 0, withFooter(damaged)), '-ERR Bad data format')
  }
  const [head, fields, value] = [body.subarray(2, 6), body.subarray(6, 13), body.subarray(13)]
  const twice = Buffer.concat([Buffer.from([0xf3, 2]), head, fields, head, fields, value])
  assert.is(await modis.call('RESTORE', 'key', 0, withFooter(twice)), '-ERR Bad data format')
  const unknown = Buffer.concat([Buffer.from([0xf3, 1]), Buffer.from([0x09, 0, 0, 0]), fields, value])
  assert.is(await modis.call('RESTORE', 'key', 0, withFooter(unknown)), 'OK')
  assert.is(await modis.call('GET', 'key'), 'value')
  assert.is(await metadataOf('key'), null)
})

/** A body with its version and checksum. */
function withFooter(body: Buffer): Buffer {
  return withChecksum(Buffer.concat([body, Buffer.from([14, 0]), Buffer.alloc(8)]))
}

test('many keys with metadata, and a flush gives all of it back', async () => {
  const commands: string[][] = []
  for (let i = 0; i < 5000; i++)
    commands.push(['SET', `key:${i}`, 'x'.repeat(i % 50)], ['meta.set', `key:${i}`, `${i}`])
  await Promise.all(commands.map((command) => modis.call(...command)))
  for (let i = 0; i < 5000; i += 7) assert.is(await metadataOf(`key:${i}`), `${i}`)
  await modis.call('SELECT', 1)
  await modis.call('SET', 'elsewhere', 'value')
  await attach('elsewhere', 'text')
  await modis.call('SELECT', 0)
  await modis.call('FLUSHDB')
  await modis.call('SET', 'key:1', 'new')
  assert.is(await metadataOf('key:1'), null)
  await attach('key:1', 'text')
  await until('the metadata to go', async () => (await alive()) === 2)
  await modis.call('SELECT', 1)
  assert.is(await metadataOf('elsewhere'), 'text')
  await modis.call('SELECT', 0)
  await modis.call('FLUSHALL')
  await until('the metadata to go', async () => (await alive()) === 0)
})

test('a reload takes the metadata along, and an unloaded module finds its own again', async () => {
  await modis.call('SET', 'key', 'value')
  await attach('key', 'text')
  await modis.call('meta.flag', 'key')
  assert.is(await modis.call('MODULE', 'RELOAD', 'meta'), 'OK')
  assert.is(await metadataOf('key'), 'text')
  await modis.call('APPEND', 'key', 's')
  assert.is(await alive(), 1)
  await modis.call('SET', 'gone', 'value')
  await attach('gone', 'text')
  assert.is(await modis.call('MODULE', 'UNLOAD', 'meta'), 'OK')
  assert.is(await modis.call('DEL', 'gone'), 1)
  assert.is(await modis.call('RENAME', 'key', 'other'), 'OK')
  assert.is(await modis.call('MODULE', 'LOAD', library), 'OK')
  assert.is(await metadataOf('other'), 'text')
  // The new library counts from nothing.
  assert.is(await modis.call('DEL', 'other'), 1)
  assert.is(await alive(), -1)
  assert.is(await modis.call('MODULE', 'UNLOAD', 'meta'), 'OK')
  assert.is(await modis.call('MODULE', 'LOAD', library), 'OK')
})

test('classes are registered while the module loads, or where DEBUG allows it', async () => {
  assert.is(await modis.call('meta.register', 'more', 1), -1)
  assert.is(await modis.call('DEBUG', 'ENABLE-KEYMETA-RUNTIME-REGISTRATION', 1), 'OK')
  assert.is(await modis.call('meta.register', 'more', 1), 3)
  assert.is(await modis.call('DEBUG', 'ENABLE-KEYMETA-RUNTIME-REGISTRATION', 0), 'OK')
  assert.is(await modis.call('meta.register', 'most', 1), -1)
  assert.is(await modis.call('meta.release', 3), 0)
  assert.match(String(await modis.call('MODULE', 'LOAD', library, 'late', 1, 'x', 'refuse')), /^-ERR/)
  assert.is(await modis.call('SET', 'key', 'value'), 'OK')
  await attach('key', 'text')
})

test.run()
