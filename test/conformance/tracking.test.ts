// Server-assisted client-side caching: what each of several connections gets, in which order, compared with redis-server.
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilWaits } from '../support/blocked.ts'
import { commands } from '../support/commands.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { textOf } from '../support/resp.ts'
import { Talker } from '../support/talk.ts'
import { until } from '../support/until.ts'

const test = suite('client-side caching')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(async () => {
  await pair.prepare('FLUSHALL')
  await pair.prepare('CONFIG', 'SET', 'tracking-table-max-keys', 1_000_000)
})
test.after(() => pair.stop())

/** What happens at a server; `control` is a connection that counts for nothing. */
type Scene = (talkers: readonly Talker[], ids: readonly number[], control: RawClient) => Promise<void>

/** Plays a scene with so many connections at one server and returns what each has heard, numbers of clients as names. */
async function play(port: number, count: number, scene: Scene): Promise<string[]> {
  const talkers = await Promise.all(Array.from({ length: count }, () => Talker.connect(port)))
  const ids: number[] = []
  for (const talker of talkers) ids.push((await talker.say('CLIENT ID')) as number)
  const control = await RawClient.connect(port)
  await scene(talkers, ids, control)
  control.close()
  const heard: string[] = []
  for (const talker of talkers) {
    const text = await talker.heard()
    heard.push(
      text
        .slice(text.indexOf('\n') + 1)
        .replaceAll(/version\r\n\$\d+\r\n[\d.]+/g, 'version')
        .replaceAll(/(\n(?:id|redirect|tracking-redir-broken)\r\n:)(\d+)/g, (_all, name, id) => {
          return `${name}client ${ids.indexOf(Number(id))}`
        }),
    )
    talker.close()
  }
  return heard
}

/** Plays a scene at both servers and asserts that everybody hears the same. */
async function compare(count: number, scene: Scene): Promise<string[]> {
  const modis = await play(pair.modisServer.port, count, scene)
  await pair.prepare('FLUSHALL')
  const redis = await play(pair.redisServer.port, count, scene)
  for (const [index, text] of modis.entries()) assert.is(text, redis[index], `connection ${index}`)
  return modis
}

/** Plays a scene at Modis alone, where an older redis-server is not of one mind with Redis 7.2. */
function playModis(count: number, scene: Scene): Promise<string[]> {
  return play(pair.modisServer.port, count, scene)
}

async function each(talker: Talker | undefined, lines: string): Promise<void> {
  for (const line of lines.split('|')) await talker?.say(line.trim())
}

/** Number of messages about invalid keys in what was heard. */
function messages(heard: string | undefined): number {
  return (heard ?? '').split('invalidate').length - 1
}

for (const version of [2, 3] as const) {
  test(`options and what is said of them, RESP${version}`, async () => {
    const other = await pair.connect()
    await other.speak(version)
    await other.script(
      ...commands(`
        CLIENT TRACKING | CLIENT TRACKING MAYBE | CLIENT TRACKING ON BOGUS | CLIENT TRACKING ON REDIRECT
        CLIENT TRACKING ON REDIRECT x | CLIENT TRACKING ON REDIRECT 0 | CLIENT TRACKING ON REDIRECT 123456
        CLIENT TRACKING ON REDIRECT 9223372036854775808 | CLIENT TRACKING ON PREFIX a | CLIENT TRACKING ON PREFIX
        CLIENT TRACKING ON BCAST OPTIN | CLIENT TRACKING ON BCAST OPTOUT | CLIENT TRACKING ON OPTIN OPTOUT
        CLIENT TRACKING off BOGUS | CLIENT TRACKING OFF | CLIENT GETREDIR | CLIENT TRACKINGINFO
        CLIENT CACHING | CLIENT CACHING YES | CLIENT CACHING BOGUS | CLIENT CACHING YES NO
        CLIENT TRACKING on | CLIENT TRACKINGINFO | CLIENT GETREDIR | CLIENT CACHING YES | CLIENT CACHING NO
        CLIENT CACHING BOGUS | CLIENT TRACKING ON BCAST | CLIENT TRACKING ON NOLOOP | CLIENT TRACKINGINFO
        CLIENT TRACKING ON OPTIN | CLIENT TRACKINGINFO | CLIENT CACHING NO | CLIENT CACHING yes | CLIENT TRACKINGINFO
        CLIENT TRACKINGINFO | PING | CLIENT TRACKINGINFO | CLIENT TRACKING ON OPTOUT | CLIENT TRACKING OFF
        CLIENT TRACKING ON OPTOUT NOLOOP | CLIENT CACHING YES | CLIENT CACHING NO | CLIENT TRACKINGINFO | BOGUS
        CLIENT TRACKINGINFO | CLIENT TRACKING ON OPTIN | CLIENT TRACKING OFF
        CLIENT TRACKING ON BCAST PREFIX foo PREFIX bar | CLIENT TRACKINGINFO | CLIENT TRACKING ON BCAST PREFIX fo
        CLIENT TRACKING ON BCAST PREFIX bars | CLIENT TRACKING ON BCAST PREFIX foo | CLIENT TRACKING ON
        CLIENT TRACKING ON BCAST PREFIX a PREFIX ab | CLIENT TRACKING ON BCAST PREFIX z | CLIENT TRACKINGINFO
        CLIENT TRACKING ON BCAST | CLIENT TRACKINGINFO | CLIENT TRACKING OFF | CLIENT TRACKINGINFO
        CLIENT TRACKING ON BCAST | CLIENT TRACKINGINFO | CLIENT TRACKING ON BCAST NOLOOP PREFIX x | RESET
        CLIENT TRACKINGINFO | CLIENT GETREDIR
      `),
    )
    other.disconnect()
  })
}

test('keys that were read are invalid once they change, whoever changes them', async () => {
  const heard = await compare(2, async ([reader, writer]) => {
    await each(reader, 'HELLO 3 | CLIENT TRACKING ON | MGET a b none | HGETALL hash | SET own 1 | GET own')
    await each(
      writer,
      'SET a 1 | SET a 2 | SET b 1 | SET unread 1 | HSET hash f v | DEL none | SET none 1 | EXPIRE none 100',
    )
    await each(
      reader,
      'GET a | APPEND own 2 | GET own | DEL own | TYPE b | TTL b | EXISTS b | LRANGE a 0 1 | GET',
    )
    await each(writer, 'RENAME b c | LPUSH list 1 | DEL a | SADD set a | MSET a 1 c 2')
    await each(
      reader,
      'MULTI | GET a | SET a 2 | SET q 1 | GET q | DEL q | EXEC | SMEMBERS set | SORT set ALPHA STORE set',
    )
    await each(reader, 'GET c | GETDEL c | DBSIZE | GET d | CLIENT TRACKING OFF')
    await each(writer, 'SET d 1')
  })
  assert.is(messages(heard[0]), 12)
  assert.is(messages(heard[1]), 0)
})

test('keys are known by name in all databases, and a flush of any is the end of all', async () => {
  const heard = await compare(3, async ([reader, writer, broadcast]) => {
    await each(reader, 'HELLO 3 | CLIENT TRACKING ON | GET a | GET b')
    await each(broadcast, 'HELLO 3 | CLIENT TRACKING ON BCAST')
    await each(writer, 'SELECT 5 | SET a 1 | FLUSHDB | SET b 1 | SWAPDB 0 5')
    await each(reader, 'GET a | FLUSHALL | SET a 1 | MULTI | GET b | FLUSHALL | EXEC | PING')
  })
  assert.ok(heard[0]?.includes('invalidate\r\n_\r\n'))
})

test('RESP2 alone has no place for messages', async () => {
  const heard = await compare(2, async ([reader, writer]) => {
    await each(reader, 'CLIENT TRACKING ON | GET a')
    await each(writer, 'SET a 1')
    await each(reader, 'GET a | SET a 2')
  })
  assert.is(messages(heard[0]), 0)
})

for (const version of [2, 3]) {
  test(`messages for another connection, RESP${version}`, async () => {
    const heard = await compare(4, async ([reader, writer, receiver, second], ids) => {
      await each(reader, `HELLO ${version}`)
      await each(second, `HELLO ${version}`)
      await each(receiver, `HELLO ${version} | SUBSCRIBE __redis__:invalidate`)
      await each(reader, `CLIENT TRACKING ON REDIRECT ${ids[2]} | CLIENT TRACKINGINFO | MGET a b`)
      await each(second, `CLIENT TRACKING ON BCAST PREFIX x: REDIRECT ${ids[2]}`)
      await each(writer, 'SET a 1')
      await each(reader, 'SET b 1 | GET b')
      await each(writer, 'MSET x:2 1 x:1 2 y:1 3 | FLUSHDB')
    })
    assert.is(messages(heard[2]), 6)
  })
}

test('CLIENT GETREDIR', async () => {
  await playModis(2, async ([reader], ids) => {
    await each(reader, `CLIENT TRACKING ON REDIRECT ${ids[1]}`)
    assert.is(await reader?.say('CLIENT GETREDIR'), ids[1])
  })
})

test('a connection that is to get messages and is gone', async () => {
  const heard = await compare(3, async ([reader, writer, receiver], ids) => {
    await each(receiver, 'SUBSCRIBE __redis__:invalidate')
    await each(reader, `HELLO 3 | CLIENT TRACKING ON REDIRECT ${ids[2]} | MGET a b`)
    await receiver?.say('RESET')
    await each(writer, `SET a 1 | CLIENT KILL ID ${ids[2]} | SET b 1`)
    await each(reader, 'CLIENT TRACKINGINFO | CLIENT TRACKING ON | CLIENT TRACKINGINFO')
  })
  assert.ok(heard[0]?.includes('tracking-redir-broken'))
})

test('NOLOOP', async () => {
  const heard = await compare(2, async ([reader, writer]) => {
    await each(reader, 'HELLO 3 | CLIENT TRACKING ON NOLOOP | MGET a b | SET a 1')
    await each(writer, 'SET a 2 | SET b 2')
    await each(reader, 'CLIENT TRACKING OFF | CLIENT TRACKING ON NOLOOP BCAST | SET a 3')
    await each(writer, 'SET a 4')
    await each(reader, 'MULTI | SET a 1 | SET b 2 | EXEC | FLUSHALL')
  })
  assert.is(messages(heard[0]), 3)
})

test('OPTIN and OPTOUT', async () => {
  const heard = await compare(2, async ([reader, writer]) => {
    await each(reader, 'HELLO 3 | CLIENT TRACKING ON OPTIN | GET a | CLIENT CACHING YES | GET b | GET c')
    await each(writer, 'MSET a 1 b 1 c 1')
    await each(
      reader,
      'CLIENT CACHING YES | MULTI | GET a | GET b | EXEC | GET c | CLIENT CACHING YES | BOGUS | GET d',
    )
    await each(writer, 'MSET a 1 b 1 c 1 d 1')
    await each(reader, 'MULTI | GET a | CLIENT CACHING YES | GET b | EXEC | GET c')
    await each(writer, 'MSET a 1 b 1 c 1')
    await each(
      reader,
      'CLIENT TRACKING OFF | CLIENT TRACKING ON OPTOUT | GET a | CLIENT CACHING NO | GET b | GET c',
    )
    await each(writer, 'MSET a 1 b 1 c 1')
  })
  assert.is(messages(heard[0]), 6)
})

test('BCAST tells of all keys with a prefix, once for each turn', async () => {
  const heard = await compare(3, async ([listener, writer, all]) => {
    await each(listener, 'HELLO 3 | CLIENT TRACKING ON BCAST PREFIX user: PREFIX b')
    await each(all, 'HELLO 3 | CLIENT TRACKING ON BCAST')
    await each(
      writer,
      'MSET user:2 1 user:1 1 b 2 b 3 other 1 use 1 | INCR user:1 | RENAME user:1 boat | DEL nothing',
    )
    await each(writer, 'MULTI | SET b 1 | SET user:3 1 | SET user:10 1 | EXEC')
    await each(listener, 'SET user:9 1 | MULTI | SET user:8 1 | GET user:8 | EXEC')
    await each(listener, 'CLIENT TRACKING ON BCAST PREFIX c')
    await each(writer, 'SET car 1')
  })
  assert.is(messages(heard[0]), 10)
})

test('in a transaction that turns it on or off', async () => {
  await compare(2, async ([reader, writer]) => {
    await each(reader, 'HELLO 3 | MULTI | GET before | CLIENT TRACKING ON | GET a | EXEC')
    await each(writer, 'MSET before 1 a 1')
    await each(reader, 'GET a | MULTI | SET a 2 | CLIENT TRACKING OFF | GET b | EXEC | GET a | RESET')
    await each(writer, 'MSET a 1 b 1')
  })
})

test('keys that expire are nobody’s doing', async () => {
  const heard = await compare(3, async ([reader, writer, broadcast]) => {
    await each(writer, 'DEBUG SET-ACTIVE-EXPIRE 0')
    await each(reader, 'HELLO 3 | CLIENT TRACKING ON')
    await reader?.sayAtOnce('SET a 1 PX 500', 'GET a', 'SET b 1 PX 500', 'GET b')
    await each(broadcast, 'HELLO 3 | CLIENT TRACKING ON BCAST NOLOOP PREFIX b')
    await sleep(550)
    await each(reader, 'MGET x a')
    await each(broadcast, 'GET b')
    await each(writer, 'DEBUG SET-ACTIVE-EXPIRE 1')
  })
  assert.is(messages(heard[2]), 1)
})

test('a client whose wait ends', async () => {
  await compare(2, async ([waiter, writer], [id], control) => {
    await each(writer, 'RPUSH target a')
    await each(waiter, 'HELLO 3 | CLIENT TRACKING ON | LRANGE target 0 -1')
    const moved = waiter?.say('BLMOVE source target LEFT LEFT 0')
    await untilWaits(control, id ?? 0)
    await each(writer, 'RPUSH source x')
    await moved
  })
})

test('replies that are off', async () => {
  const heard = await compare(2, async ([reader, writer], _ids, control) => {
    await each(reader, 'HELLO 3 | CLIENT TRACKING ON | MGET a b')
    reader?.tell('CLIENT REPLY OFF')
    reader?.tell('SET a 1')
    await until('the change', async () => (await control.call('EXISTS', 'a')) === 1)
    await each(writer, 'SET b 1')
    await reader?.say('CLIENT REPLY ON')
  })
  assert.is(messages(heard[0]), 2)
})

test('CLIENT LIST and INFO', async () => {
  const other = await pair.connect()
  const third = await pair.connect()
  const shown = async (talker: Pair): Promise<string[]> => {
    const replies = await talker.both('CLIENT', 'INFO')
    return replies.map((reply) => (textOf(reply).match(/ (flags|redir)=\S+/g) ?? []).join())
  }
  const figures = async (): Promise<string[]> => {
    const replies = await pair.both('INFO', 'everything')
    return replies.map((reply) => (textOf(reply).match(/^tracking_.*$/gm) ?? []).join())
  }
  await until('those of other tests to be gone', async () =>
    (await figures()).every((text) => text.startsWith('tracking_clients:0,')),
  )
  await other.prepare('CLIENT', 'TRACKING', 'ON')
  await other.prepare('MGET', 'a', 'b', 'a')
  await third.prepare('CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', 'x', 'PREFIX', 'y')
  for (const [modis, redis] of [await shown(other), await shown(third), await shown(pair), await figures()]) {
    assert.is(modis, redis)
  }
  await third.prepare('CLIENT', 'TRACKING', 'OFF')
  await third.prepare('CLIENT', 'TRACKING', 'ON')
  await third.prepare('GET', 'a')
  const [some, same] = await figures()
  assert.is(some, same)
  assert.is(some, 'tracking_clients:2,tracking_total_keys:2,tracking_total_items:3,tracking_total_prefixes:0')
  await pair.prepare('SET', 'a', 1)
  const [fewer, alike] = await figures()
  assert.is(fewer, alike)
  other.disconnect()
  third.disconnect()
})

test('more keys than tracking-table-max-keys: those forgotten are invalid', async () => {
  const [heard] = await compare(1, async ([reader]) => {
    await each(
      reader,
      'HELLO 3 | CLIENT TRACKING ON | CONFIG SET tracking-table-max-keys 1 | GET same | GET same',
    )
  })
  assert.is(messages(heard), 0)
  for (const port of [pair.modisServer.port, pair.redisServer.port]) {
    const [text] = await play(port, 1, async ([reader]) => {
      const keys = Array.from({ length: 250 }, (_none, index) => `key:${index}`).join(' ')
      await each(
        reader,
        `HELLO 3 | CLIENT TRACKING ON | CONFIG SET tracking-table-max-keys 10 | MGET ${keys}`,
      )
      await each(reader, 'PING | PING | PING')
    })
    // Redis may forget the key of the connection before as one of them.
    assert.ok([240, 241].includes(messages(text)), `${messages(text)}`)
  }
})

test('keys that are evicted are invalid before the reply to the command that made it necessary', async () => {
  const [heard] = await playModis(2, async ([reader, writer]) => {
    await each(writer, 'CONFIG SET maxmemory-policy volatile-random | SETEX goes 1000 x')
    await each(reader, 'HELLO 3 | CLIENT TRACKING ON | GET goes')
    await each(writer, 'CONFIG SET maxmemory 1')
    await each(reader, 'GETRANGE goes 0 0')
    await each(writer, 'CONFIG SET maxmemory 0 | CONFIG SET maxmemory-policy noeviction')
  })
  assert.ok(heard?.includes('>2\r\n$10\r\ninvalidate\r\n*1\r\n$4\r\ngoes\r\n$0\r\n\r\n'), heard)
})

test('messages follow those of subscriptions after the reply, and never stand within it', async () => {
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', 'KA')
  const [heard] = await playModis(1, async ([reader]) => {
    await each(reader, 'HELLO 3 | SUBSCRIBE __keyspace@0__:a | CLIENT TRACKING ON | GET a | SET a 1')
  })
  const after = heard?.slice(heard.indexOf('_\r\n')) ?? ''
  const places = ['+OK', 'message', 'invalidate'].map((part) => after.indexOf(part))
  assert.equal(
    places,
    [...places].sort((a, b) => a - b),
  )
  assert.ok(places.every((place) => place > 0))
  await pair.prepare('CONFIG', 'SET', 'notify-keyspace-events', '')
})

test.run()
