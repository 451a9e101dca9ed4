// Memory of data that is gone is used again or given back: it does not pile up.
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RawClient } from '../support/raw-client.ts'
import { type RunningServer, startModis } from '../support/servers.ts'

const test = suite('memory of flushed data')
const KEYS = 300_000
const ROUNDS = 8
const MEBIBYTE = 1024

function residentMebibytes(server: RunningServer): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / MEBIBYTE
}

async function rounds(client: RawClient, count: number, work: () => Promise<unknown>): Promise<void> {
  for (let round = 0; round < count; round++) {
    await work()
    await client.call('FLUSHALL')
  }
}

for (const [what, count, work] of [
  ['many keys', ROUNDS, (client: RawClient) => client.call('DEBUG', 'POPULATE', String(KEYS), 'key', '60')],
  [
    'a small list, a thousand times',
    1000,
    (client: RawClient) => client.call('RPUSH', 'list', 'a', 'b', 'c'),
  ],
] as const) {
  test(`filling and flushing again and again takes no more memory than once: ${what}`, async () => {
    const modis = await startModis()
    const client = await RawClient.connect(modis.port)
    try {
      await rounds(client, 2, () => work(client))
      const first = residentMebibytes(modis)
      await rounds(client, count, () => work(client))
      const grown = residentMebibytes(modis) - first
      assert.ok(grown < 60, `${first.toFixed(0)} MiB grew by ${grown.toFixed(0)}`)
    } finally {
      client.close()
      await modis.stop()
    }
  })
}

test.run()
