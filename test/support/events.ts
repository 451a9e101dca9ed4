import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { type CommandLine, type Pair, words } from './pair.ts'
import type { RawClient } from './raw-client.ts'
import { Push, type Value } from './resp.ts'

const SETTLE_MS = 100

/**
 * Runs commands, each a line, on both servers and asserts that they cause the same keyspace events in the same order, and
 * that watched keys count as changed all the same.
 */
export async function compareEvents(pair: Pair, ...lines: readonly CommandLine[]): Promise<void> {
  const listeners = await pair.connect()
  try {
    await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', 'KEA')
    await listeners.speak(3)
    await listeners.prepare('PSUBSCRIBE', '__keyspace@*__:*')
    for (const line of lines) {
      await pair.compareUnordered(...words(line))
      await sleep(SETTLE_MS / 10)
    }
    await sleep(SETTLE_MS)
    assert.equal(events(listeners.modis), events(listeners.redis), lines.join('\n'))
  } finally {
    listeners.disconnect()
    await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', '')
  }
}

function events(client: RawClient): Value[] {
  const messages = client.pushes.filter((push): push is Push => push instanceof Push)
  return messages.map(({ values }) => values.slice(2))
}
