import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import type { ReplyError, Value } from '../support/resp.ts'
import { until } from '../support/until.ts'

const test = suite('ACL: users and their clients')
let admin: Pair

test.before(async () => {
  admin = await startPair()
})
test.before.each(async () => {
  await admin.prepare('ACL', 'SETUSER', 'default', 'reset', 'on', 'nopass', '~*', '&*', '+@all')
  await admin.prepare(
    'ACL',
    'SETUSER',
    'alice',
    'reset',
    'sanitize-payload',
    'on',
    '>x',
    '>y',
    '+@all',
    '~*',
    '&*',
  )
  await admin.prepare('ACL', 'LOG', 'RESET')
})
test.after(() => admin.stop())

/** Connections to both servers for one test. */
async function withClients(work: (clients: Pair) => Promise<unknown>): Promise<void> {
  const clients = await admin.connect()
  try {
    await work(clients)
  } finally {
    clients.disconnect()
  }
}

test('AUTH and HELLO take any user', async () => {
  await withClients(async (clients) => {
    await clients.script(
      ...commands(`
        ACL WHOAMI | AUTH x | AUTH default x | AUTH nosuch x | AUTH alice z | ACL WHOAMI | AUTH alice x | ACL WHOAMI
        AUTH alice y | AUTH a b c | AUTH default anything | ACL WHOAMI | HELLO 2 AUTH alice z SETNAME foo | ACL WHOAMI
        CLIENT GETNAME | HELLO 3 AUTH nosuch z | HELLO 2 AUTH alice | AUTH alice x | RESET | ACL WHOAMI
      `),
    )
    await clients.prepare('HELLO', 3, 'AUTH', 'alice', 'y', 'SETNAME', 'foo')
    await clients.script('ACL WHOAMI', 'CLIENT GETNAME')
  })
})

test('who is disabled cannot log in, and stays in where it is in', async () => {
  await withClients(async (clients) => {
    await clients.prepare('AUTH', 'alice', 'x')
    await admin.prepare('ACL', 'SETUSER', 'alice', 'off')
    await clients.script('ACL WHOAMI', 'AUTH alice x', 'ACL WHOAMI')
    await admin.prepare('ACL', 'SETUSER', 'alice', 'on', '<x')
    await clients.script('AUTH alice x', 'AUTH alice y')
    await admin.prepare('ACL', 'SETUSER', 'alice', 'nopass')
    await clients.script('AUTH alice anything')
    await admin.prepare('ACL', 'SETUSER', 'alice', 'resetpass')
    await clients.script('AUTH alice anything', 'AUTH alice ""')
  })
})

test('passwords are bytes', async () => {
  await withClients(async (clients) => {
    await admin.script('ACL SETUSER alice resetpass ">\\xff\\x00\\xc3" ">a b"', 'ACL GETUSER alice')
    await clients.script('AUTH alice "\\xff\\x00\\xc3"', 'AUTH alice "\\xff"', 'AUTH alice "a b"')
    await admin.script('ACL SETUSER alice "<\\xff\\x00\\xc3"', 'ACL SETUSER alice "<\\xff\\x00\\xc3"')
  })
})

test('without a password of the user default, or while it is off, one must log in', async () => {
  const before = await admin.connect()
  await admin.prepare('ACL', 'SETUSER', 'default', 'off')
  await withClients(async (clients) => {
    await clients.script(
      ...commands('PING | ACL WHOAMI | AUTH default x | AUTH alice x | PING | RESET | PING | QUIT'),
    )
  })
  await before.script('PING', 'ACL WHOAMI', 'RESET', 'PING')
  await admin.prepare('ACL', 'SETUSER', 'default', 'on', 'resetpass')
  await withClients((clients) => clients.script('PING', 'AUTH x', 'AUTH default x', 'AUTH default ""'))
  await admin.prepare('ACL', 'SETUSER', 'default', '>secret')
  await withClients((clients) => clients.script('PING', 'AUTH x', 'AUTH secret', 'PING', 'ACL WHOAMI'))
  await before.script('PING')
  await admin.prepare('ACL', 'SETUSER', 'default', 'nopass')
  await before.script('PING')
  before.disconnect()
})

test('requirepass is the password of the user default', async () => {
  await admin.prepare('ACL', 'SETUSER', 'default', 'sanitize-payload')
  await admin.script(
    ...commands(
      'CONFIG SET requirepass secret | ACL GETUSER default | CONFIG GET requirepass | AUTH x | AUTH secret',
    ),
  )
  const waiting = await admin.connect()
  await waiting.script('PING')
  await admin.script(
    ...commands(`
      ACL SETUSER default >other | CONFIG GET requirepass | AUTH other | AUTH secret | CONFIG SET requirepass third
      ACL GETUSER default | AUTH other | ACL SETUSER default -get
    `),
  )
  await waiting.script('PING')
  await admin.script('CONFIG SET requirepass ""', 'ACL GETUSER default', 'CONFIG GET requirepass', 'AUTH x')
  await waiting.script('PING')
  await admin.script('CONFIG SET requirepass again')
  await waiting.script('PING', 'AUTH again', 'PING')
  await admin.script('CONFIG SET requirepass ""')
  waiting.disconnect()
})

test('DELUSER closes the connections of the user, its own after the reply', async () => {
  const [one, two, other] = [await admin.connect(), await admin.connect(), await admin.connect()]
  for (const clients of [one, two]) await clients.prepare('AUTH', 'alice', 'x')
  await one.script('ACL DELUSER alice nosuch')
  await until('the connections to be closed', () => one.modis.closed && two.modis.closed)
  assert.not.ok(other.modis.closed)
  await other.script('ACL WHOAMI', 'AUTH alice x')
  for (const clients of [one, two, other]) clients.disconnect()
})

test('a user that is deleted in a transaction has no rights for the rest of it', async () => {
  await admin.modis.call('ACL', 'SETUSER', 'default', '-set')
  const client = await RawClient.connect(admin.modisServer.port)
  await client.batch([['AUTH', 'alice', 'x'], ['MULTI'], ['ACL', 'DELUSER', 'alice'], ['SET', 'a', 'b']])
  const replies = (await client.call('EXEC')) as Value[]
  assert.is(replies[0], 1)
  assert.match((replies[1] as ReplyError).text, /^NOPERM ACLs rules changed/)
  await until('the connection to be closed', () => client.closed)
})

test('CLIENT LIST shows users, and CLIENT KILL chooses by them', async () => {
  const [one, two] = [await admin.connect(), await admin.connect()]
  await one.prepare('AUTH', 'alice', 'x')
  const list = (await admin.modis.call('CLIENT', 'LIST')) as string
  assert.match(list, / user=alice /)
  assert.match(list, / user=default /)
  assert.match((await one.modis.call('CLIENT', 'INFO')) as string, / user=alice /)
  await admin.script('CLIENT KILL USER nosuch', 'CLIENT KILL USER alice', 'CLIENT KILL USER alice')
  await until('the connection to be closed', () => one.modis.closed)
  assert.not.ok(two.modis.closed)
  for (const clients of [one, two]) clients.disconnect()
})

test('what is secret about a user is shown by neither MONITOR nor SLOWLOG', async () => {
  await admin.modis.batch([
    ['CONFIG', 'SET', 'slowlog-log-slower-than', '0'],
    ['SLOWLOG', 'RESET'],
    ['ACL', 'SETUSER', 'bob', 'on', '>hidden'],
    ['AUTH', 'bob', 'hidden'],
    ['AUTH', 'default', 'hidden'],
    ['CONFIG', 'SET', 'slowlog-log-slower-than', '-1'],
  ])
  const log = JSON.stringify(await admin.modis.call('SLOWLOG', 'GET'))
  assert.match(log, '"ACL","SETUSER","(redacted)","(redacted)","(redacted)"')
  assert.not.match(log, 'hidden')
})

/** Entries of ACL LOG by the names of their fields. */
async function entries(client: RawClient, ...count: number[]): Promise<Record<string, Value>[]> {
  const log = (await client.call('ACL', 'LOG', ...count)) as Value[][]
  return log.map((fields) =>
    Object.fromEntries(fields.flatMap((name, i) => (i % 2 === 0 ? [[name, fields[i + 1]]] : []))),
  )
}

const KEPT = ['count', 'reason', 'context', 'object', 'username']

test('what users were refused is in the log, equal events together', async () => {
  await withClients(async (clients) => {
    await clients.prepare('CLIENT', 'SETNAME', 'caught')
    await admin.prepare('ACL', 'SETUSER', 'alice', '-set', 'resetkeys', '~a*', 'resetchannels')
    await clients.script('AUTH alice z', 'AUTH alice z', 'HELLO 2 AUTH nosuch z', 'AUTH alice x')
    for (const line of [
      ...['SET a 1', 'SET a 1', 'GET b', 'CONFIG SET a', 'PUBLISH ch x', 'GET b', 'MULTI', 'GET b', 'EXEC'],
      ...['MULTI', 'GET a', 'SET a 1'],
    ])
      await clients.both(...line.split(' '))
    await admin.prepare('ACL', 'SETUSER', 'alice', '-get')
    await clients.both('EXEC')
    const [modis, redis] = [await entries(admin.modis), await entries(admin.redis)]
    const kept = (log: Record<string, Value>[]): unknown =>
      log.map((entry) => KEPT.map((name) => entry[name]))
    assert.equal(kept(modis), kept(redis))
    assert.is(modis.length > 5, true)
    const [first] = await entries(admin.modis, 1)
    assert.equal(Object.keys(first ?? {}), [
      ...KEPT.slice(0, 5),
      ...['age-seconds', 'client-info', 'entry-id', 'timestamp-created', 'timestamp-last-updated'],
    ])
    assert.match(
      first?.['client-info'] as string,
      /^id=\d+ addr=127\.0\.0\.1:\d+ .* name=caught .* user=alice /,
    )
    assert.match(first?.['client-info'] as string, / cmd=set /)
    assert.ok(Math.abs(Number(first?.['timestamp-created']) - Date.now()) < 60_000)
  })
})

test('an entry that repeats moves to the front, with its number and the time it was made', async () => {
  await withClients(async ({ modis }) => {
    await modis.batch([
      ['AUTH', 'one', 'z'],
      ['AUTH', 'two', 'z'],
    ])
    const [two, one] = await entries(admin.modis)
    assert.equal([two?.username, one?.username], ['two', 'one'])
    assert.is(Number(two?.['entry-id']), Number(one?.['entry-id']) + 1)
    await sleep(5)
    await modis.call('AUTH', 'one', 'z')
    const [again] = await entries(admin.modis)
    assert.is(again?.count, 2)
    assert.is(again?.['entry-id'], one?.['entry-id'])
    assert.is(again?.['timestamp-created'], one?.['timestamp-created'])
    assert.ok(Number(again?.['timestamp-last-updated']) > Number(again?.['timestamp-created']))
    await modis.call('AUTH', 'three', 'z')
    assert.is((await entries(admin.modis))[0]?.['entry-id'], Number(two?.['entry-id']) + 1)
  })
})

test('the log holds so many entries, and shows ten unless asked for more', async () => {
  await withClients(async (clients) => {
    for (let i = 0; i < 20; i++) await clients.both('AUTH', `user${i}`, 'z')
    for (const count of [[], [3], [15], [0], [-1], [100]]) {
      const [modis, redis] = [await entries(admin.modis, ...count), await entries(admin.redis, ...count)]
      assert.equal(
        modis.map(({ username }) => username),
        redis.map(({ username }) => username),
        `LOG ${count}`,
      )
    }
    await admin.script('CONFIG SET acllog-max-len 5')
    assert.is((await entries(admin.modis, 100)).length, 20)
    await clients.both('AUTH', 'last', 'z')
    assert.is((await entries(admin.modis, 100)).length, 5)
    await admin.script('ACL LOG RESET', 'ACL LOG', 'CONFIG SET acllog-max-len 0')
    await clients.both('AUTH', 'last', 'z')
    await admin.script('ACL LOG', 'CONFIG SET acllog-max-len 128')
  })
})

test('a name of megabytes does not stay in the log', async () => {
  await withClients(async ({ modis }) => {
    await admin.modis.call('ACL', 'SETUSER', 'alice', 'resetkeys')
    await modis.call('AUTH', 'alice', 'x')
    await modis.call('GET', 'k'.repeat(4_000_000))
    const [entry] = await entries(admin.modis)
    assert.is(entry?.object, 'k'.repeat(16 * 1024))
  })
})

test('INFO counts what was refused', async () => {
  await admin.prepare('CONFIG', 'RESETSTAT')
  await withClients(async (clients) => {
    await admin.prepare('ACL', 'SETUSER', 'alice', '-set', 'resetkeys', 'resetchannels')
    for (const line of [
      'AUTH a b',
      'AUTH alice x',
      'SET a 1',
      'GET a',
      'GET b',
      'PUBLISH a b',
      'HELLO 3 AUTH a b',
    ])
      await clients.both(...line.split(' '))
    const info = (await admin.modis.call('INFO', 'stats')) as string
    const counted = Object.fromEntries(
      [...info.matchAll(/acl_access_denied_(\w+):(\d+)/g)].map(([, name, count]) => [name, Number(count)]),
    )
    assert.equal(counted, { auth: 2, cmd: 1, key: 2, channel: 1 })
    await admin.modis.call('CONFIG', 'RESETSTAT')
    assert.match((await admin.modis.call('INFO', 'stats')) as string, 'acl_access_denied_auth:0')
  })
})

test.run()
