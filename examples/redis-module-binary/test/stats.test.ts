import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rejects, start, type TestServer } from '@modis/sdk/test'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const folder = fileURLToPath(new URL('..', import.meta.url))

/** The binary that fits this machine; node-gyp-build finds it by the same names. */
const binary = (): string => {
  const prebuilds = join(folder, 'prebuilds', `${process.platform}-${process.arch}`)
  return join(prebuilds, readdirSync(prebuilds)[0] as string)
}

/** One script for both servers: the binary is the same, and so must be what it does. */
const servers = {
  // Debian's redis-server reads payloads up to version 10.
  Modis: () => start({ module: folder, config: { 'rdb-version': 10 } }),
  'redis-server': () => start({ module: false, program: ['redis-server'], modules: [binary()] }),
}

/** The numbers of a key; their text differs, since Redis 7.2 and Modis give the shortest that is exact. */
const numbers = async (server: TestServer, key: string): Promise<number[]> =>
  (await server.call<unknown[]>('STATS.GET', key)).filter((_, index) => index % 2 === 1).map(Number)

for (const [name, begin] of Object.entries(servers)) {
  const test = suite<{ server: TestServer }>(`stats in ${name}`)

  test.before(async (context) => {
    context.server = await begin()
  })

  test.after(({ server }) => server?.stop())

  test('counts numbers', async ({ server }) => {
    assert.is(await server.call('STATS.ADD', 's', 1, 2, 3, 4), 4)
    const expected = ['count', 4, 'mean', '2.5', 'variance', '1.6666666666666667', 'min', '1', 'max', '4']
    assert.equal(await server.call('STATS.GET', 's'), expected)
    const client = await server.client({ resp: 3 })
    const reply = await client.call<Map<string, number>>('STATS.GET', 's')
    assert.equal([...reply.entries()].flat().slice(0, 4), ['count', 4, 'mean', 2.5])
    assert.is(await server.call('STATS.GET', 'nothing'), null)
  })

  test('wrong calls change nothing', async ({ server }) => {
    await rejects(server.call('STATS.ADD', 'wrong', 1, 'x'), 'ERR value is not a valid float')
    await rejects(server.call('STATS.ADD', 'wrong', 'inf'), 'ERR value is not a valid float')
    assert.is(await server.call('EXISTS', 'wrong'), 0)
    await rejects(server.call('STATS.ADD', 'wrong'), /wrong number of arguments/)
    await server.call('SET', 'text', 'x')
    await rejects(server.call('STATS.ADD', 'text', 1), /^WRONGTYPE/)
    await rejects(server.call('STATS.GET', 'text'), /^WRONGTYPE/)
  })

  test('values survive a restart, and are copied', async ({ server }) => {
    await server.call('STATS.ADD', 'kept', 10, 20)
    const before = await server.call('STATS.GET', 'kept')
    await server.restart()
    assert.equal(await server.call('STATS.GET', 'kept'), before)
    await server.call('COPY', 'kept', 'copy')
    await server.call('STATS.ADD', 'copy', 30)
    assert.equal(await server.call('STATS.GET', 'kept'), before)
    const client = await server.client({ buffers: true })
    await client.call('RESTORE', 'restored', 0, await client.call<Buffer>('DUMP', 'kept'))
    assert.equal(await server.call('STATS.GET', 'restored'), before)
  })

  test('the type and the keys are known', async ({ server }) => {
    await server.call('STATS.ADD', 'typed', 1)
    assert.is(await server.call('TYPE', 'typed'), 'statistic')
    assert.equal(await server.call('COMMAND', 'GETKEYS', 'STATS.ADD', 'k', '1'), ['k'])
  })

  test.run()
}

const modis = suite('stats as a package')

modis('values go from one server to the other', async () => {
  const [first, second] = await Promise.all([servers.Modis(), servers['redis-server']()])
  for (const [from, to] of [
    [first, second],
    [second, first],
  ] as const) {
    await from.call('STATS.ADD', 'moved', 1.5, 2.5)
    const source = await from.client({ buffers: true })
    const target = await to.client({ buffers: true })
    await target.call('RESTORE', 'moved', 0, await source.call<Buffer>('DUMP', 'moved'), 'REPLACE')
    assert.equal(await numbers(to, 'moved'), await numbers(from, 'moved'))
  }
  await Promise.all([first.stop(), second.stop()])
})

modis('a reload keeps the values', async () => {
  const server = await servers.Modis()
  await server.call('STATS.ADD', 's', 1, 3)
  await server.reload()
  assert.is(await server.call('STATS.ADD', 's', 5), 3)
  await server.stop()
})

modis('refuses arguments', async () => {
  await rejects(start({ module: folder, args: ['what'] }), /stats takes no arguments.*OnLoad/s)
})

modis.run()
