import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { type Pair, startPair, words } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import type { ReplyError } from '../support/resp.ts'
import { until } from '../support/until.ts'

const test = suite('ACL: what users may do')
let admin: Pair
let user: Pair

test.before(async () => {
  admin = await startPair()
})
test.before.each(async () => {
  await admin.prepare('FLUSHALL')
  await admin.prepare('ACL', 'SETUSER', 'user', 'reset', 'on', '>x')
  await admin.prepare('ACL', 'LOG', 'RESET')
  user = await admin.connect()
  await user.prepare('AUTH', 'user', 'x')
})
test.after.each(() => user.disconnect())
test.after(() => admin.stop())

const rules = (text: string): Promise<void> => admin.prepare('ACL', 'SETUSER', 'user', ...text.split(' '))

/** What Debian's 7.0 replies, in the words of 7.2. */
function inNewWords(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(
      'this user has no permissions to access one of the keys used as arguments',
      'No permissions to access a key',
    )
    .replace(
      'this user has no permissions to access one of the channels used as arguments',
      'No permissions to access a channel',
    )
    .replace(/NOPERM this user has no permissions to run/g, 'NOPERM User user has no permissions to run')
}

/** Sends the user's commands to both servers and asserts that the replies are the same, but for words that changed. */
async function script(...lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const [modis, redis] = await Promise.all([user.modis.raw(...words(line)), user.redis.raw(...words(line))])
    assert.is(modis.bytes.toString('latin1'), inNewWords(redis.bytes), line)
  }
}

test('keys of commands, by what the commands do with them', async () => {
  await rules('+@all ~k:* ~common %R~r:* %W~w:* allchannels')
  await script(
    ...commands(`
      GET k:1 | GET zzz | SET zzz 1 | GET r:1 | SET r:1 1 | SET r:1 1 GET | GET w:1 | SET w:1 1 | SET w:1 1 GET
      SET k:1 1 GET | SET k:1 | GETSET w:1 x | GETDEL k:1 | GETDEL w:1 | APPEND w:1 x | INCR w:1 | MSET k:1 1 zzz 1
      MGET k:1 r:1 zzz | DEL k:1 r:1 | UNLINK w:1 | EXISTS k:1 w:1 | TYPE w:1 | COPY k:1 k:2 | COPY r:1 w:1
      COPY w:1 r:1 | RENAME k:1 w:1 | RENAME w:1 k:1 | RENAME k:1 r:1 | LMOVE k:1 r:1 LEFT LEFT | LMOVE r:1 w:1 LEFT LEFT
      SMOVE k:1 zzz m | SINTERSTORE w:1 r:1 k:1 | SINTERSTORE r:1 w:1 k:1 | ZUNIONSTORE w:1 2 r:1 k:1
      ZUNIONSTORE w:1 2 r:1 zzz | ZUNIONSTORE w:1 9 r:1 zzz | ZUNIONSTORE zzz x r:1 zzz | LMPOP 2 k:1 zzz LEFT
      BLMPOP 1 2 k:1 zzz LEFT | OBJECT ENCODING zzz | OBJECT ENCODING k:1 | MEMORY USAGE zzz | EXPIRE r:1 1
      EXPIRE w:1 1 | PERSIST k:1 | TTL w:1 | DUMP w:1 | RESTORE w:1 0 x | TOUCH r:1 w:1 | WATCH w:1 | WATCH r:1
      UNWATCH | KEYS * | RANDOMKEY | GET "" | SINTERCARD 2 k:1 w:1 | ZRANGESTORE w:1 r:1 0 1 | ZRANGESTORE r:1 k:1 0 1
    `),
  )
})

test('hundreds of thousands of keys of one command are all looked at', async () => {
  await rules('+exists ~k:*')
  const keys = Array.from({ length: 300_000 }, (_, i) => `k:${i}`)
  const [allowed] = await user.modis.batch([['EXISTS'].concat(keys)])
  assert.is(allowed, 0)
  const [denied] = await user.modis.batch([['EXISTS'].concat(keys, 'other')])
  assert.is((denied as ReplyError).text, 'NOPERM No permissions to access a key')
})

test('SORT follows patterns only for those who may read every key', async () => {
  await rules('+@all ~k:* %R~r:* %W~w:*')
  const sorts = commands(`
    SORT k:1 | SORT k:1 BY nosort | SORT k:1 BY w_* | SORT k:1 GET # | SORT k:1 STORE w:1 | SORT k:1 STORE r:1
    SORT_RO k:1 BY x_* GET y | SORT k:1 BY a FOO | SORT k:1 FOO BY a_* | SORT k:1 LIMIT 0 1 GET k:*
  `)
  await script(...sorts)
  await rules('%R~*')
  await script(...sorts)
  await rules('resetkeys ~k:* (+sort_ro %R~*)')
  await script(...sorts)
})

test('commands, subcommands and first arguments', async () => {
  await rules('~* +get +select|0 +config|get +client +ping -client|id +@hash')
  const asked = commands(`
    GET a | SET a 1 | SELECT 0 | SELECT 1 | SELECT | CONFIG GET port | CONFIG SET port 1 | CONFIG FOO | CONFIG
    CLIENT GETNAME | CLIENT ID | HGET a b | HSET h a b | NOSUCH | ACL WHOAMI | MULTI | EXEC | RESET
  `).filter((line) => line !== 'CONFIG GET port')
  await script(...asked)
  await user.prepare('AUTH', 'user', 'x')
  await rules('-select -@hash +select|1 -config +client|id +@transaction')
  await script(...asked.filter((line) => line !== 'CLIENT ID' && line !== 'RESET'))
})

test('a selector counts as a whole', async () => {
  await rules('+get ~a (+set ~b) (+@all -get ~c)')
  await script(
    ...commands(
      'GET a | GET b | GET c | SET a 1 | SET b 1 | SET c 1 | MGET c | MGET a | MSET b 1 c 1 | PUBLISH a b',
    ),
  )
})

for (const version of [2, 3] as const) {
  test(`RESP${version}: channels to publish and subscribe to`, async () => {
    await rules('+@all &ch:* &p:*')
    await user.prepare('HELLO', version)
    await script(
      ...commands(`
        PUBLISH ch:1 x | PUBLISH other x | SPUBLISH other x | SPUBLISH ch:1 x | SUBSCRIBE other | SUBSCRIBE ch:1 other
        PSUBSCRIBE ch:1 | PSUBSCRIBE * | PSUBSCRIBE ch:* | PUNSUBSCRIBE ch:* | SSUBSCRIBE other | SSUBSCRIBE ch:1
        SUNSUBSCRIBE ch:1 | SUBSCRIBE ch:1 | UNSUBSCRIBE ch:1 | PUNSUBSCRIBE other | UNSUBSCRIBE other | PING
      `),
    )
  })
}

test('transactions are checked when commands are queued, and again when they run', async () => {
  await rules('+@all ~k:* &ch')
  await script(...commands('MULTI | GET zzz | GET k:1 | EXEC'))
  const change = async (queued: string, rule: string, back: string): Promise<void> => {
    await script(...commands(`MULTI | ${queued} | SET k:1 v`))
    await rules(rule)
    await script('EXEC')
    await rules(back)
  }
  await change('GET k:1', '-get', '+get')
  await change('GET k:1', 'resetkeys', '~k:*')
  await change('PUBLISH ch x', 'resetchannels', '&ch')
  await change('GET k:1', '-exec', '+exec')
  await rules('-multi')
  await script(...commands('MULTI | EXEC | GET k:1'))
})

test('what EXEC refuses is no failure of the commands after it', async () => {
  await rules('+@all ~k:*')
  await user.modis.batch([['MULTI'], ['GET', 'k:1'], ['STRLEN', 'k:1']])
  await rules('-get')
  await admin.modis.call('CONFIG', 'RESETSTAT')
  await user.modis.call('EXEC')
  const info = (await admin.modis.call('INFO', 'commandstats', 'errorstats')) as string
  assert.match(info, /cmdstat_strlen:calls=1,.*failed_calls=0/)
  assert.match(info, 'errorstat_NOPERM:count=1')
  assert.not.match(info, 'cmdstat_get:')
})

test('a client that waited is served only if its user still may, as since Redis 7.2', async () => {
  await rules('+@all ~k:*')
  await admin.modis.call('CONFIG', 'RESETSTAT')
  const waiting = user.modis.call('BLPOP', 'k:1', 0)
  const isBlocked = async (): Promise<boolean> =>
    ((await admin.modis.call('INFO', 'clients')) as string).includes('blocked_clients:1')
  await until('the client to wait', isBlocked)
  await rules('resetkeys')
  await admin.modis.call('RPUSH', 'k:1', 'a')
  assert.is(((await waiting) as ReplyError).text, 'NOPERM No permissions to access a key')
  assert.is(await admin.modis.call('LLEN', 'k:1'), 1)
  const info = (await admin.modis.call('INFO', 'commandstats')) as string
  assert.match(info, /cmdstat_blpop:calls=0,usec=0,usec_per_call=0.00,rejected_calls=1,failed_calls=0/)
})

test('the default user may be limited, too', async () => {
  await admin.prepare('ACL', 'SETUSER', 'default', '-@all', '+acl', '+ping')
  const fresh = await admin.connect()
  for (const line of commands('PING | GET a | HELLO 3 | ACL WHOAMI')) {
    const [modis, redis] = await Promise.all([
      fresh.modis.raw(...words(line)),
      fresh.redis.raw(...words(line)),
    ])
    if (line.startsWith('HELLO')) continue
    const expected = inNewWords(redis.bytes).replace('User user', 'User default')
    assert.is(modis.bytes.toString('latin1'), expected, line)
  }
  fresh.disconnect()
  await admin.prepare('ACL', 'SETUSER', 'default', '+@all')
})

test('a user with all rights costs no checks, whatever rules brought it there', async () => {
  await rules('+@all ~* &*')
  await script(...commands('SET a 1 | GET a | PUBLISH c x | DEBUG SLEEP 0'))
  await rules('-get')
  await script(...commands('GET a | SET a 2'))
  await rules('reset on >x (+@all ~* &*)')
  await script(...commands('GET a | SORT a'))
})

test('subscribers are closed when their user loses the channels, and only then', async () => {
  await rules('+@all &a &b')
  const subscribers: RawClient[] = []
  for (const subscription of [
    ['SUBSCRIBE', 'a'],
    ['PSUBSCRIBE', 'a'],
    ['SSUBSCRIBE', 'a'],
    ['SUBSCRIBE', 'b'],
  ]) {
    const client = await RawClient.connect(admin.modisServer.port)
    await client.batch([['AUTH', 'user', 'x'], subscription])
    subscribers.push(client)
  }
  const closed = (): boolean[] => subscribers.map((client) => client.closed)
  await rules('&c')
  await rules('-get')
  await rules('resetchannels &b &a')
  assert.is(await subscribers[3]?.call('PING').then(Array.isArray), true)
  assert.equal(closed(), [false, false, false, false])
  await rules('resetchannels &b')
  await until('the subscribers to be closed', () => closed().filter(Boolean).length === 3)
  assert.equal(closed(), [true, true, true, false])
  await rules('resetchannels')
  await until('the last to be closed', () => closed()[3] === true)
  assert.is(((await user.modis.call('PING')) as { text: string }).text, 'PONG')
})

test.run()
