import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilBothBlocked } from '../support/blocked.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { until } from '../support/until.ts'

const test = suite('connection')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.after(() => pair.stop())

for (const version of [2, 3] as const) {
  test(`RESP${version}: PING, ECHO, SELECT and their errors`, async () => {
    await pair.speak(version)
    await pair.script(
      'PING',
      'PING hello',
      'PING a b',
      'ECHO "a b"',
      'ECHO',
      'SELECT 1',
      'SET k v',
      'SELECT 0',
      'GET k',
      'SELECT 16',
      'SELECT -1',
      'SELECT x',
      'SELECT 99999999999',
      'SELECT 99999999999999999999',
      'SELECT',
      'SELECT 1 2',
      'NOSUCHCOMMAND a b c',
      'GET',
      'CLIENT NOSUCH',
      'CLIENT',
    )
  })

  test(`RESP${version}: CLIENT subcommands`, async () => {
    await pair.speak(version)
    await pair.script(
      'CLIENT GETNAME',
      'CLIENT SETNAME "a b"',
      'CLIENT SETNAME name',
      'CLIENT GETNAME',
      'CLIENT SETNAME ""',
      'CLIENT GETNAME',
      'CLIENT SETNAME "x\\ny"',
      'CLIENT GETREDIR',
      'CLIENT TRACKINGINFO',
      'CLIENT NO-EVICT ON',
      'CLIENT NO-EVICT OFF',
      'CLIENT NO-EVICT MAYBE',
      'CLIENT REPLY ON',
      'CLIENT REPLY WHAT',
      'CLIENT KILL 1.2.3.4:5',
      'CLIENT KILL ADDR 1.2.3.4:5',
      'CLIENT KILL ID 0',
      'CLIENT KILL ID x',
      'CLIENT KILL ID 999999',
      'CLIENT KILL TYPE what',
      'CLIENT KILL TYPE pubsub',
      'CLIENT KILL USER nobody',
      'CLIENT KILL SKIPME maybe',
      'CLIENT KILL ID 1 SKIPME',
      'CLIENT KILL NOSUCH 1',
      'CLIENT LIST TYPE what',
      'CLIENT LIST ID x',
      'CLIENT LIST NOSUCH',
      'CLIENT LIST TYPE pubsub',
      'CLIENT UNBLOCK 999999',
      'CLIENT UNBLOCK x',
      'CLIENT UNBLOCK 1 WHAT',
      'CLIENT UNBLOCK 1 TIMEOUT x',
      'CLIENT PAUSE x',
      'CLIENT PAUSE -1',
      'CLIENT PAUSE 10 WHAT',
      'CLIENT PAUSE 1 ALL x',
      'CLIENT UNPAUSE',
      'CLIENT UNPAUSE x',
      'CLIENT ID x',
    )
  })

  test(`RESP${version}: HELLO`, async () => {
    await pair.script(
      'HELLO 1',
      'HELLO 4',
      'HELLO x',
      'HELLO 3 WHAT',
      'HELLO 3 SETNAME',
      'HELLO 3 AUTH a',
      'HELLO 3 SETNAME "a b"',
      'HELLO 3 AUTH nobody x',
    )
    await pair.prepare('HELLO', version, 'AUTH', 'default', 'anything', 'SETNAME', 'me')
    await pair.script('CLIENT GETNAME', 'CLIENT SETNAME ""')
    const [modis, redis] = await pair.both('HELLO', version)
    const facts = (value: unknown): Map<unknown, unknown> => {
      const map =
        value instanceof Map
          ? new Map(value)
          : new Map((value as unknown[]).flatMap((each, i, all) => (i % 2 ? [] : [[each, all[i + 1]]])))
      for (const changing of ['id', 'version']) {
        assert.ok(map.has(changing))
        map.delete(changing)
      }
      return map
    }
    assert.equal(facts(modis), facts(redis))
  })
}

test('HELLO without a version tells and changes nothing', async () => {
  await pair.speak(3)
  const [modis] = await pair.both('HELLO')
  assert.is((modis as Map<string, unknown>).get('proto'), 3)
  await pair.speak(2)
})

test('CLIENT LIST shows every connection with the fields of Redis 7.2', async () => {
  await pair.speak(2)
  const other = await pair.connect()
  await other.prepare('CLIENT', 'SETNAME', 'other')
  await other.prepare('SELECT', 3)
  const [modis, redis] = (await pair.both('CLIENT', 'LIST')) as [string, string]
  const names = (text: string): string[] =>
    (text.split('\n')[0] as string).split(' ').map((field) => field.split('=')[0] as string)
  assert.equal(names(modis), [...names(redis), 'lib-name', 'lib-ver'])
  assert.is(modis.trim().split('\n').length, 2)
  assert.match(modis, /name=other .* flags=N db=3 .* cmd=select user=default redir=-1 resp=2/)
  assert.match(modis, /flags=N db=0 .* cmd=client\|list/)
  other.disconnect()
})

test('CLIENT INFO shows subscriptions, transactions, library and options', async () => {
  const [modis] = [pair.modis]
  await modis.call('CLIENT', 'SETINFO', 'LIB-NAME', 'library')
  await modis.call('CLIENT', 'SETINFO', 'lib-ver', '1.2.3')
  await modis.call('CLIENT', 'NO-TOUCH', 'ON')
  await modis.call('CLIENT', 'NO-EVICT', 'ON')
  const info = await modis.call('CLIENT', 'INFO')
  assert.match(String(info), /flags=eT /)
  assert.match(String(info), / lib-name=library lib-ver=1.2.3\n$/)
  await modis.call('MULTI')
  await modis.call('CLIENT', 'INFO')
  const result = (await modis.call('EXEC')) as string[]
  assert.match(result[0] as string, /cmd=client\|info/)
  await modis.call('RESET')
})

test('CLIENT SETINFO refuses what it does not know', async () => {
  const errors = [
    [['CLIENT', 'SETINFO', 'lib-what', 'x'], "ERR Unrecognized option 'lib-what'"],
    [
      ['CLIENT', 'SETINFO', 'lib-name', 'a b'],
      'ERR lib-name cannot contain spaces, newlines or special characters.',
    ],
  ] as const
  for (const [command, text] of errors) {
    assert.is(((await pair.modis.call(...command)) as { text: string }).text, text)
  }
})

test('CLIENT REPLY silences replies, of one command or until it is turned on', async () => {
  await pair.speak(2)
  for (const { modis, redis } of [pair]) {
    for (const client of [modis, redis]) {
      client.socket.write(
        'CLIENT REPLY OFF\r\nPING\r\nSET a 1\r\nNOSUCH\r\nCLIENT REPLY ON\r\nPING\r\n' +
          'CLIENT REPLY SKIP\r\nPING\r\nECHO a\r\nCLIENT REPLY SKIP\r\nCLIENT REPLY SKIP\r\nPING\r\nECHO b\r\n',
      )
      const replies = await Promise.all([client.next(), client.next(), client.next(), client.next()])
      assert.is(replies.map(({ bytes }) => bytes).join(''), '+OK\r\n+PONG\r\n$1\r\na\r\n$1\r\nb\r\n')
    }
  }
})

test('replies of commands before CLIENT REPLY OFF in the same packet still come', async () => {
  pair.modis.socket.write('ECHO before\r\nCLIENT REPLY OFF\r\nPING\r\nCLIENT REPLY ON\r\n')
  const replies = await Promise.all([pair.modis.next(), pair.modis.next()])
  assert.is(replies[0]?.value, 'before')
})

test('RESET brings everything back', async () => {
  await pair.script(
    'SELECT 2',
    'CLIENT SETNAME x',
    'MULTI',
    'RESET',
    'CLIENT GETNAME',
    'SET only-in-zero 1',
    'EXEC',
    'SUBSCRIBE channel',
    'RESET',
    'GET only-in-zero',
  )
  await pair.speak(3)
  await pair.compare('RESET')
  await pair.compare('CLIENT', 'GETNAME')
})

test('QUIT answers and closes', async () => {
  const other = await pair.connect()
  await other.compare('QUIT')
  for (const client of [other.modis, other.redis]) {
    await new Promise<void>((resolve) =>
      client.closed ? resolve() : client.socket.once('close', () => resolve()),
    )
  }
})

test('CLIENT KILL closes others, and itself after its reply', async () => {
  const other = await pair.connect()
  const ids = await other.both('CLIENT', 'ID')
  const killed = await Promise.all([
    pair.modis.call('CLIENT', 'KILL', 'ID', ids[0] as number),
    pair.redis.call('CLIENT', 'KILL', 'ID', ids[1] as number),
  ])
  assert.equal(killed, [1, 1])
  const last = await pair.connect()
  await last.compare('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no', 'LADDR', '1.1.1.1:1')
  const own = await last.both('CLIENT', 'ID')
  assert.is(await last.modis.call('CLIENT', 'KILL', 'ID', own[0] as number, 'SKIPME', 'no'), 1)
  await new Promise<void>((resolve) =>
    last.modis.closed ? resolve() : last.modis.socket.once('close', () => resolve()),
  )
  last.disconnect()
})

test('CLIENT PAUSE holds commands back until it ends', async () => {
  const other = await pair.connect()
  await pair.compare('CLIENT', 'PAUSE', 100_000, 'WRITE')
  await other.compare('GET', 'paused')
  const write = other.compare('SET', 'paused', '1')
  let done = false
  void write.then(() => {
    done = true
  })
  const read = other.compare('GET', 'paused')
  await untilBothBlocked(pair, 1)
  assert.not(done)
  await pair.compare('CLIENT', 'UNPAUSE')
  await write
  assert.is(await read, '1')
  const start = Date.now()
  await pair.compare('CLIENT', 'PAUSE', 50, 'ALL')
  await other.compare('PING')
  assert.ok(Date.now() - start >= 40)
  other.disconnect()
})

test('CLIENT UNBLOCK ends a wait, as if its time were up or with an error', async () => {
  for (const reason of [[], ['TIMEOUT'], ['ERROR']] as const) {
    const other = await pair.connect()
    const ids = await other.both('CLIENT', 'ID')
    const wait = other.compare('BLPOP', 'nothing-there', 0)
    await untilBothBlocked(pair, 1)
    const done = await Promise.all([
      pair.modis.call('CLIENT', 'UNBLOCK', ids[0] as number, ...reason),
      pair.redis.call('CLIENT', 'UNBLOCK', ids[1] as number, ...reason),
    ])
    assert.equal(done, [1, 1])
    await wait
    await other.compare('PING')
    other.disconnect()
  }
})

test('the log tells why a connection was closed', async () => {
  const { modis, modisServer } = pair
  await modis.call('CONFIG', 'SET', 'loglevel', 'verbose')
  const other = await pair.connect()
  const id = await other.modis.call('CLIENT', 'ID')
  await modis.call('CLIENT', 'KILL', 'ID', Number(id))
  other.disconnect()
  const line = new RegExp(`Client ${id} at 127\\.0\\.0\\.1:\\d+ disconnected: killed by CLIENT KILL`)
  await until('the line', () => line.test(modisServer.log()))
  await modis.call('CONFIG', 'SET', 'loglevel', 'notice')
})

test.run()
