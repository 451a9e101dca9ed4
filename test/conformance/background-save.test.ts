import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { suiteNeeding } from '../support/needs.ts'
import { startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { textOf } from '../support/resp.ts'
import type { RunningServer } from '../support/servers.ts'
import { saved, startersFor } from '../support/starters.ts'
import { until } from '../support/until.ts'

const test = suiteNeeding('saving in the background', 'redis-server')
const NO_SAVE_POINTS = { save: '' }
const { startModis } = startersFor(test)

test('a background save holds the keys as they were when it began', async () => {
  const modis = await startModis(NO_SAVE_POINTS)
  const client = await RawClient.connect(modis.port)
  const count = 60_000
  for (let i = 0; i < count; i += 1000) {
    const part = Array.from({ length: 1000 }, (_, j) => [`key:${i + j}`, `before ${i + j}`]).flat()
    await client.call('MSET', ...part)
  }
  const started = client.call('BGSAVE')
  // Sent in the same breath, so that they run while the snapshot is being written.
  const changes = Array.from({ length: 3000 }, (_, i) =>
    i % 3 === 0
      ? client.call('SET', `key:${i}`, 'after')
      : i % 3 === 1
        ? client.call('DEL', `key:${i}`)
        : client.call('SET', `new:${i}`, 'x'),
  )
  assert.is(textOf(await started), 'Background saving started')
  await Promise.all(changes)
  await endOfSave(client)
  client.close()
  const again = await startModis({ ...NO_SAVE_POINTS, dir: modis.folder })
  const reader = await RawClient.connect(again.port)
  assert.is(Number(await reader.call('DBSIZE')), count)
  for (let i = 0; i < 3000; i++) assert.is(textOf(await reader.call('GET', `key:${i}`)), `before ${i}`)
  reader.close()
  await Promise.all([modis.stop(), again.stop()])
})

test('a kill in the middle of a save leaves the old file', async () => {
  const modis = await startModis(NO_SAVE_POINTS)
  const client = await RawClient.connect(modis.port)
  await client.call('SET', 'old', 'yes')
  const file = await saved(modis)
  const before = readFileSync(file)
  for (let i = 0; i < 50; i++) {
    await client.call(
      'MSET',
      ...Array.from({ length: 1000 }, (_, j) => [`key:${i}:${j}`, 'x'.repeat(100)]).flat(),
    )
  }
  await stopWithinSave(modis, client, before)
  const ended = new Promise((resolve) => modis.process.once('exit', resolve))
  modis.process.kill('SIGKILL')
  await ended
  assert.ok(readFileSync(file).equals(before), 'the old file')
  await modis.stop()
})

function endOfSave(client: RawClient): Promise<void> {
  return until('the end of the save', async () =>
    /rdb_bgsave_in_progress:0/.test(textOf(await client.call('INFO', 'persistence'))),
  )
}

/** Stops a server, which can go on, while it writes the file of a save; saves that are over before that do not count. */
async function stopWithinSave(server: RunningServer, client: RawClient, oldFile: Buffer): Promise<void> {
  const isSaving = (): boolean => readdirSync(server.folder).some((name) => name.startsWith('temp-'))
  const isStopped = (): boolean =>
    /^State:\s+T/m.test(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))
  await until('a save to be caught in the middle', async () => {
    await endOfSave(client)
    writeFileSync(join(server.folder, 'dump.rdb'), oldFile)
    // The server may be stopped before it replies.
    const saving = client.call('BGSAVE').catch(() => undefined)
    for (let looks = 0; looks < 5000 && !isSaving(); looks++) await nextTurn()
    server.process.kill('SIGSTOP')
    await until('the server to stop', isStopped)
    if (isSaving()) return true
    server.process.kill('SIGCONT')
    await saving
    return false
  })
}

test('FLUSHALL during a background save leaves a whole file at any moment', async () => {
  const modis = await startModis({ save: '3600 1000000', rdbcompression: 'no' })
  const client = await RawClient.connect(modis.port)
  const sizes = (prefix: string): number[] =>
    readdirSync(modis.folder)
      .filter((name) => name.startsWith(prefix))
      .map((name) => statSync(join(modis.folder, name), { throwIfNoEntry: false })?.size ?? 0)
  // A save that was over before it was seen does not count.
  for (let caught = 0; caught < 4; ) {
    for (let i = 0; i < 24; i++) await client.call('SET', `key:${i}`, randomBytes(1 << 20))
    await endOfSave(client)
    await client.call('BGSAVE')
    // As soon as it has begun, or when all is written but not yet safe on the disk.
    const wanted = caught % 2 === 0 ? 1 : 24 << 20
    const isSaving = (): boolean => sizes('temp-').some((bytes) => bytes >= wanted)
    const isOver = (): boolean => sizes('dump').some((bytes) => bytes >= 24 << 20)
    while (!isSaving() && !isOver()) await nextTurn()
    if (isSaving()) caught++
    await client.call('FLUSHALL')
    for (const end = Date.now() + 100; Date.now() < end; await sleep(0)) {
      for (const bytes of sizes('dump')) assert.ok(bytes < 1000, `${bytes} bytes without a key`)
    }
  }
  client.close()
})

test('a save after very many that failed has all keys', async () => {
  const modis = await startModis({ ...NO_SAVE_POINTS, 'enable-protected-configs': 'yes' })
  const client = await RawClient.connect(modis.port)
  const dir = join(modis.folder, 'data')
  const save = async (): Promise<void> => {
    await client.call('BGSAVE')
    await endOfSave(client)
  }
  mkdirSync(dir)
  assert.is(textOf(await client.call('CONFIG', 'SET', 'dir', dir)), 'OK')
  await client.call('SET', 'key', 'value')
  await save()
  rmSync(dir, { recursive: true })
  for (let failures = 0; failures < 254; failures++) await save()
  assert.match(textOf(await client.call('INFO', 'persistence')), /rdb_last_bgsave_status:err/)
  mkdirSync(dir)
  await save()
  assert.is(textOf(await client.call('DEBUG', 'RELOAD', 'NOSAVE')), 'OK')
  assert.is(textOf(await client.call('GET', 'key')), 'value')
  client.close()
})

test('after a background save that failed writes are refused, after a SAVE they are not', async () => {
  const pair = await startPair({ save: '3600 1', 'enable-protected-configs': 'yes' })
  try {
    for (const { folder } of [pair.modisServer, pair.redisServer]) mkdirSync(join(folder, 'folder'))
    await pair.script('CONFIG SET dbfilename folder', 'SAVE', 'SET a 1', 'BGSAVE')
    for (const client of [pair.modis, pair.redis]) {
      await until('the save fails', async () =>
        /rdb_last_bgsave_status:err/.test(String(await client.call('INFO', 'persistence'))),
      )
    }
    await pair.script(
      'SET a 2',
      'GET a',
      'PING',
      'CONFIG SET stop-writes-on-bgsave-error no',
      'SET a 3',
      'PING',
    )
    await pair.script(
      'CONFIG SET stop-writes-on-bgsave-error yes',
      'SET a 4',
      'CONFIG SET dbfilename whole.rdb',
    )
    await pair.script('SAVE', 'SET a 5')
  } finally {
    await pair.stop()
  }
})

test('save points save by themselves', async () => {
  const modis = await startModis({ save: '1 2' })
  const client = await RawClient.connect(modis.port)
  const before = Number(await client.call('LASTSAVE'))
  await client.call('MSET', 'a', 1, 'b', 2)
  await client.call('SET', 'c', 3)
  await until('a save', async () => Number(await client.call('LASTSAVE')) > before)
  assert.ok(existsSync(join(modis.folder, 'dump.rdb')))
  client.close()
  await modis.stop()
})

test.run()
