import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { mostDescriptors } from '../support/descriptors.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { until } from '../support/until.ts'

const test = suite('publish/subscribe')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.after(() => pair.stop())

/** Compares the next replies or messages of both, byte for byte. To be called before what causes them. */
async function sameMessages(on: Pair, count: number): Promise<string> {
  const all = async (client: RawClient): Promise<string> => {
    const waiting = Array.from({ length: count }, () => client.next())
    return (await Promise.all(waiting)).map(({ bytes }) => bytes.toString('latin1')).join('')
  }
  const [modis, redis] = await Promise.all([all(on.modis), all(on.redis)])
  assert.is(modis, redis)
  return modis
}

/** Sends a line to both and compares the next `count` replies or messages. */
function sameReplies(on: Pair, line: string, count: number): Promise<string> {
  const replies = sameMessages(on, count)
  for (const client of [on.modis, on.redis]) client.socket.write(`${line}\r\n`)
  return replies
}

/** As {@link sameReplies} for several commands with one reply each. */
async function sameReply(on: Pair, text: string): Promise<void> {
  for (const line of commands(text)) await sameReplies(on, line, 1)
}

for (const version of [2, 3] as const) {
  test(`RESP${version}: subscriptions, messages and their counts`, async () => {
    const subscriber = await pair.connect()
    await subscriber.speak(version)
    await sameReplies(subscriber, 'SUBSCRIBE a b a', 3)
    await sameReplies(subscriber, 'PSUBSCRIBE a* [bc]?', 2)
    await sameReply(subscriber, 'SSUBSCRIBE shard')
    const messages = sameMessages(subscriber, 5)
    await pair.script(
      'PUBLISH a hello',
      'PUBLISH b "\\x00\\r\\n"',
      'PUBLISH cd x',
      'PUBLISH nobody x',
      'SPUBLISH shard y',
      'PUBLISH shard z',
    )
    await messages
    await pair.script(
      'PUBSUB NUMSUB a b none',
      'PUBSUB NUMPAT',
      'PUBSUB SHARDNUMSUB shard none',
      'PUBSUB NUMSUB',
    )
    for (const channels of [
      ['CHANNELS'],
      ['CHANNELS', 'a*'],
      ['CHANNELS', 'z*'],
      ['SHARDCHANNELS'],
      ['SHARDCHANNELS', 's*'],
    ]) {
      await pair.compareUnordered('PUBSUB', ...channels)
    }
    await sameReplies(subscriber, 'UNSUBSCRIBE a none', 2)
    await sameReply(
      subscriber,
      'UNSUBSCRIBE | UNSUBSCRIBE | PUNSUBSCRIBE a* | PUNSUBSCRIBE | SUNSUBSCRIBE | SUNSUBSCRIBE none | PING',
    )
    subscriber.disconnect()
  })

  test(`RESP${version}: what a subscriber may send`, async () => {
    const subscriber = await pair.connect()
    await subscriber.speak(version)
    await sameReply(
      subscriber,
      'SUBSCRIBE a | PING | PING text | GET x | CONFIG GET maxmemory | PUBLISH b x | RESET | GET x',
    )
    subscriber.disconnect()
  })
}

// Redis did it the other way round before 7.2.
test('RESP3: a message for the client that publishes follows the reply', async () => {
  const client = await RawClient.connect(pair.modisServer.port)
  const replies = async (line: string, count: number): Promise<string> => {
    const waiting = Array.from({ length: count }, () => client.next())
    client.socket.write(`${line}\r\n`)
    return (await Promise.all(waiting)).map(({ bytes }) => bytes.toString()).join('')
  }
  const message = (text: string): string => `>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$3\r\n${text}\r\n`
  await client.call('HELLO', 3)
  assert.is(await replies('SUBSCRIBE a', 1), '>3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n')
  assert.is(await replies('PUBLISH a one', 2), `:1\r\n${message('one')}`)
  await replies('MULTI', 1)
  await replies('PUBLISH a one', 1)
  await replies('PUBLISH a two', 1)
  assert.is(await replies('EXEC', 3), `*2\r\n:1\r\n:1\r\n${message('one')}${message('two')}`)
  client.close()
})

test('subscribing within a transaction', async () => {
  const both = await pair.connect()
  await sameReply(both, 'MULTI | SUBSCRIBE a | PING | EXEC | RESET | MULTI | SSUBSCRIBE a | EXEC')
  both.disconnect()
})

test('a connection that ends is no subscriber any more', async () => {
  const gone = await pair.connect()
  await sameReply(gone, 'SUBSCRIBE gone | PSUBSCRIBE gone*')
  gone.disconnect()
  for (const client of [pair.modis, pair.redis]) {
    await until('its patterns to go', async () => (await client.call('PUBSUB', 'NUMPAT')) === 0)
  }
  await pair.script('PUBLISH gone x', 'PUBSUB NUMSUB gone', 'PUBSUB NUMPAT', 'PUBSUB CHANNELS')
})

test('wrong calls', async () => {
  await pair.script(
    'SUBSCRIBE',
    'PSUBSCRIBE',
    'PUBLISH a',
    'SPUBLISH a',
    'PUBSUB',
    'PUBSUB NOSUCH',
    'PUBSUB CHANNELS a b',
  )
})

test('keyspace notifications: which events are published where', async () => {
  const watcher = await pair.connect()
  await sameReply(watcher, 'PSUBSCRIBE __key*')
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', 'KEA')
  const events1 = sameMessages(watcher, 20)
  await pair.script(
    'SET n 1',
    'INCR n',
    'EXPIRE n 100',
    'DEL n',
    'RPUSH l a',
    'LPOP l',
    'HSET h f v',
    'HDEL h f',
  )
  await events1
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', 'Kg$')
  const events2 = sameMessages(watcher, 3)
  await pair.script('SET n 1', 'RPUSH l a', 'DEL n l')
  await events2
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', 'Emn')
  const events3 = sameMessages(watcher, 3)
  await pair.script('GET missing', 'SET fresh 1', 'SET fresh 2', 'SADD freshset a', 'DEL fresh freshset')
  await events3
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', 'EAn')
  const eventsOfNew = sameMessages(watcher, 3)
  await pair.script('SET newest 1', 'DEL newest')
  await eventsOfNew
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', 'Ex')
  const events4 = sameMessages(watcher, 1)
  await pair.script('SET short 1 PX 20')
  await events4
  await pair.prepare('DEBUG', 'SET-ACTIVE-EXPIRE', 0)
  const events5 = sameMessages(watcher, 2)
  for (const overwriting of ['SET short 2', 'SETEX short 10 2']) {
    await pair.script('SET short 1 PX 1')
    await sleep(5)
    await pair.script(overwriting)
  }
  await events5
  await pair.prepare('DEBUG', 'SET-ACTIVE-EXPIRE', 1)
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', '')
  await pair.script('SET n 1', 'DEL n')
  await sameReply(watcher, 'PING')
  watcher.disconnect()
})

test('a thousand subscribers get every message', async () => {
  const { port } = pair.modisServer
  const count = Math.min(1000, mostDescriptors() - 200)
  const clients = await Promise.all(Array.from({ length: count }, () => RawClient.connect(port)))
  await Promise.all(clients.map((client) => client.call('SUBSCRIBE', 'all')))
  const got = clients.map((client) => [client.next(), client.next()])
  assert.is(await pair.modis.call('PUBLISH', 'all', 'one'), count)
  assert.is(await pair.modis.call('PUBLISH', 'all', 'two'), count)
  for (const [first, second] of got) {
    assert.equal((await first)?.value, ['message', 'all', 'one'])
    assert.equal((await second)?.value, ['message', 'all', 'two'])
  }
  for (const client of clients) client.close()
})

test.run()
