import * as assert from 'uvu/assert'
import { type CommandLine, type Pair, words } from './pair.ts'
import type { RawClient } from './raw-client.ts'
import { Push, type Value } from './resp.ts'
import { until } from './until.ts'

/** Published after each command, as if it were an event, so that what has come by then is all that the command caused. */
const MARK = '__keyspace@0__:the end of a command'

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
    for (const [index, line] of lines.entries()) {
      await pair.compareUnordered(...words(line))
      await pair.prepare('PUBLISH', MARK, index)
    }
    const last = String(lines.length - 1)
    for (const listener of [listeners.modis, listeners.redis]) {
      await until('the last event', () => {
        const [channel, text] = events(listener).at(-1) ?? []
        return channel === MARK && text === last
      })
    }
    assert.equal(events(listeners.modis), events(listeners.redis), lines.join('\n'))
  } finally {
    listeners.disconnect()
    await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', '')
  }
}

/** The channel and the text of every event, as they came. */
function events(client: RawClient): Value[][] {
  const messages = client.pushes.filter((push): push is Push => push instanceof Push)
  return messages.map(({ values }) => values.slice(2))
}
