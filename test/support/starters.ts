import { join } from 'node:path'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { RawClient } from './raw-client.ts'
import { textOf } from './resp.ts'
import type { RunningServer, ServerOptions } from './servers.ts'
import * as servers from './servers.ts'

/** Ways to start servers that a suite's tests need not stop: a test that fails half-way leaves none to the next one. */
export function startersFor(test: Test): Record<'startModis' | 'startRedis', typeof servers.startRedis> {
  const running = new Set<RunningServer>()
  test.after.each(async () => {
    for (const server of running) await server.stop('SIGKILL')
    running.clear()
  })
  const tracked = (start: typeof servers.startRedis) => async (options?: ServerOptions) => {
    const server = await start(options)
    running.add(server)
    return server
  }
  return { startModis: tracked(servers.startModis), startRedis: tracked(servers.startRedis) }
}

/** Has a server save, and resolves with the path of the file. */
export async function saved(server: RunningServer): Promise<string> {
  const client = await RawClient.connect(server.port)
  assert.is(textOf(await client.call('SAVE')), 'OK')
  client.close()
  return join(server.folder, 'dump.rdb')
}
