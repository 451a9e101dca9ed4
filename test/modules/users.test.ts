// What users may do with the commands of modules, and modules with users.
import * as assert from 'uvu/assert'
import { suiteNeeding } from '../support/needs.ts'
import { type Pair, startPair } from '../support/pair.ts'
import type { RawClient } from '../support/raw-client.ts'
import { CompiledModules } from '../support/redis-modules.ts'
import { until } from '../support/until.ts'
import { ModuleFolder, ModuleServer, plain } from './module-folder.ts'

const test = suiteNeeding('users and modules', 'redis-server')
const modules = new CompiledModules()
const folder = new ModuleFolder()
let library: string
let modis: ModuleServer

/** A module in TypeScript that does what a handler may do with users. */
const lab = `{
  name: 'lab',
  commands: {
    'lab.get': { summary: 'Reads.', args: { key: arg.key('R') }, categories: ['explorers'], run: (ctx, { key }) => key.string.text() },
    'lab.set': { summary: 'Writes.', args: { key: arg.key('W'), value: arg.string() }, run: (ctx, { key, value }) => { key.string.set(value); return 'OK' } },
    'lab.move': { summary: 'Both.', args: { from: arg.key('RW'), to: arg.key('W') }, run: () => 'OK' },
    'lab.run': { summary: 'Runs code.', args: { code: arg.string() }, run: (ctx, { code }) => JSON.stringify(new Function('ctx', 'return ' + code)(ctx)) ?? 'undefined' },
    'lab.later': { summary: 'Runs code a while later.', args: { code: arg.string() }, run: async (ctx, { code }) => { await new Promise((resolve) => setTimeout(resolve, 50)); try { outcome = String(new Function('ctx', 'return ' + code)(ctx)) } catch (error) { outcome = String(error) } return outcome } },
    'lab.outcome': { summary: 'What the last of those came to.', run: () => outcome },
    'lab.nobody': { summary: 'Runs code without a client.', args: { code: arg.string() }, run: (ctx, { code }) => JSON.stringify(given.withDatabase(0, (inner) => new Function('ctx', 'return ' + code)(inner))) },
  },
  load(context) { given = context },
}`

test.before(async () => {
  library = modules.compile('users')
  folder.define('lab', lab, "let given\nlet outcome = ''")
  modis = await ModuleServer.start(folder, { loadmodule: library, 'module-add': 'lab' })
})
test.after(async () => {
  await modis.stop()
  folder.remove()
  modules.remove()
})
test.before.each(async () => {
  for (const user of ['alice', 'bob']) await modis.call('ACL', 'DELUSER', user)
  await modis.call('FLUSHALL')
  await modis.call('ACL', 'LOG', 'RESET')
})

/** A connection as a new user `alice` with these rules. */
async function alice(...rules: readonly string[]): Promise<RawClient> {
  assert.is(await modis.call('ACL', 'SETUSER', 'alice', 'reset', 'on', '>secret', ...rules), 'OK')
  const client = await modis.connect()
  assert.is(plain(await client.call('AUTH', 'alice', 'secret')), 'OK')
  return client
}

/** The latest entry of ACL LOG. */
async function logged(): Promise<Record<string, unknown>> {
  const [entry = []] = (await modis.call('ACL', 'LOG', '1')) as unknown[][]
  return Object.fromEntries(
    Array.from({ length: entry.length / 2 }, (_, i) => [entry[2 * i], entry[2 * i + 1]]),
  )
}

const noKey = '-NOPERM No permissions to access a key'
const noCommand = (name: string, user = 'alice'): string =>
  `-NOPERM User ${user} has no permissions to run the '${name}' command`

test('keys of a command in TypeScript are checked by its schema', async () => {
  const client = await alice('+@all', '~mine:*', '%R~read:*', '%W~write:*')
  const call = async (...words: string[]): Promise<unknown> => plain(await client.call(...words))
  assert.is(await call('lab.set', 'mine:a', '1'), 'OK')
  assert.is(await call('lab.get', 'mine:a'), '1')
  assert.is(await call('lab.get', 'read:a'), null)
  assert.is(await call('lab.set', 'write:a', '1'), 'OK')
  assert.is(await call('lab.get', 'write:a'), noKey)
  assert.is(await call('lab.set', 'read:a', '1'), noKey)
  assert.is(await call('lab.set', 'other', '1'), noKey)
  assert.is(await call('lab.move', 'mine:a', 'write:b'), 'OK')
  assert.is(await call('lab.move', 'mine:a', 'other'), noKey)
  const entry = await logged()
  assert.equal(
    [entry.reason, entry.context, entry.object, entry.username],
    ['key', 'toplevel', 'other', 'alice'],
  )
  client.close()
})

test('keys of a command in C are checked, those that only the module can tell included', async () => {
  const client = await alice('+@all', '%R~mine')
  const call = async (...words: string[]): Promise<unknown> => plain(await client.call(...words))
  // Of plain key positions Redis takes it that the command writes there as well.
  assert.is(await call('users.key', 'mine'), noKey)
  assert.is(await call('users.keys', 'x', 'mine'), 'mine')
  assert.is(await call('users.keys', 'x', 'other'), noKey)
  await modis.call('ACL', 'SETUSER', 'alice', '~mine')
  assert.is(await call('users.key', 'mine'), 'mine')
  assert.is(await call('users.key', 'other'), noKey)
  client.close()
})

test('channels of a command in C are checked, to unsubscribe from one takes no right', async () => {
  const client = await alice('+@all', 'resetchannels', '&news:*')
  const call = async (...words: string[]): Promise<unknown> => plain(await client.call(...words))
  const noChannel = '-NOPERM No permissions to access a channel'
  assert.is(await call('users.channel', 'publish', 'news:1'), 'OK')
  assert.is(await call('users.channel', 'publish', 'other'), noChannel)
  assert.is(await call('users.channel', 'psubscribe', 'news:*'), 'OK')
  assert.is(await call('users.channel', 'psubscribe', 'news:1*'), noChannel)
  assert.is(await call('users.channel', 'unsubscribe', 'other'), 'OK')
  client.close()
})

test('commands of modules are allowed by name and by category, those named before their module came as well', async () => {
  const client = await alice('-@all', '+lab.run', '+@explorers', '+@tellers', '~*')
  const call = async (...words: string[]): Promise<unknown> => plain(await client.call(...words))
  assert.is(await call('lab.run', '1'), '1')
  assert.is(await call('lab.get', 'k'), null)
  assert.is(await call('lab.set', 'k', 'v'), noCommand('lab.set'))
  assert.is(await call('users.name'), 'alice')
  assert.is(await call('users.changed'), noCommand('users.changed'))
  client.close()
})

test('categories of modules come and go with them', async () => {
  const categories = async (): Promise<unknown[]> => (await modis.call('ACL', 'CAT')) as unknown[]
  assert.equal((await categories()).slice(-2).sort(), ['explorers', 'tellers'])
  assert.equal(await modis.call('ACL', 'CAT', 'explorers'), ['lab.get'])
  assert.equal(await modis.call('ACL', 'CAT', 'tellers'), ['users.name'])
  assert.ok(((await modis.call('ACL', 'CAT', 'read')) as string[]).includes('users.name'))
  const client = await alice('-@all', '+@tellers', '+@explorers', '~*')
  assert.is(await modis.call('MODULE', 'UNLOAD', 'users'), 'OK')
  assert.is(await modis.call('MODULE', 'UNLOAD', 'lab'), 'OK')
  assert.equal(
    (await categories()).filter((name) => name === 'explorers' || name === 'tellers'),
    [],
  )
  assert.match(String(await modis.call('ACL', 'CAT', 'tellers')), /^-ERR Unknown category 'tellers'/)
  assert.match(String(await modis.call('ACL', 'SETUSER', 'bob', '+@tellers')), /Unknown command or category/)
  assert.is(await modis.call('MODULE', 'LOAD', library), 'OK')
  assert.is(await modis.call('MODULE', 'LOAD', library), 'OK', 'a reload')
  assert.is(await modis.call('MODULE', 'LOAD', 'lab'), 'OK')
  assert.is(plain(await client.call('users.name')), 'alice')
  assert.is(plain(await client.call('lab.get', 'k')), null)
  client.close()
})

test('a category that modules share goes with the last of them', async () => {
  for (const name of ['one', 'two']) {
    folder.define(
      name,
      `{ name: '${name}', commands: { '${name}.x': { summary: 'X.', categories: ['shared'], run: () => 1 } } }`,
    )
    assert.is(await modis.call('MODULE', 'LOAD', name), 'OK')
  }
  assert.equal(((await modis.call('ACL', 'CAT', 'shared')) as string[]).sort(), ['one.x', 'two.x'])
  await modis.call('MODULE', 'UNLOAD', 'one')
  assert.equal(await modis.call('ACL', 'CAT', 'shared'), ['two.x'])
  await modis.call('MODULE', 'UNLOAD', 'two')
  assert.match(String(await modis.call('ACL', 'CAT', 'shared')), /Unknown category/)
})

test('there is no room for more than 64 categories', async () => {
  const names = Array.from({ length: 64 }, (_, i) => `'c${i}'`)
  folder.define(
    'many',
    `{ name: 'many', commands: { 'many.x': { summary: 'X.', categories: [${names}], run: () => 1 } } }`,
  )
  assert.match(String(await modis.call('MODULE', 'LOAD', 'many')), /no room for the ACL category 'c41'/)
  assert.match(String(await modis.call('ACL', 'CAT', 'c1')), /Unknown category/)
})

test('a server starts with users whose rules name what modules bring', async () => {
  const file = `${folder.root}/modis.conf`
  const { writeFileSync } = await import('node:fs')
  writeFileSync(
    file,
    `loadmodule ${library}\nmodule-add lab\nmodule-directories ${folder.directory}\nuser carol on nopass ~* -@all +@explorers +@tellers +lab.set\n`,
  )
  const { startModis } = await import('../support/servers.ts')
  const server = await startModis({}, file)
  const { RawClient: Client } = await import('../support/raw-client.ts')
  const client = await Client.connect(server.port)
  assert.is(plain(await client.call('AUTH', 'carol', 'x')), 'OK')
  assert.is(plain(await client.call('lab.set', 'k', 'v')), 'OK')
  assert.is(plain(await client.call('lab.get', 'k')), 'v')
  assert.is(plain(await client.call('users.name')), 'carol')
  assert.is(plain(await client.call('users.changed')), noCommand('users.changed', 'carol'))
  client.close()
  await server.stop()
})

test('a handler asks what the user of its client may do', async () => {
  const client = await alice(
    '-@all',
    '+lab.run',
    '+get',
    '+config|get',
    '~mine',
    '%R~read:*',
    'resetchannels',
    '&news:*',
  )
  const run = async (code: string): Promise<unknown> =>
    JSON.parse(String(plain(await client.call('lab.run', code))))
  assert.is(await run('ctx.client.user'), 'alice')
  assert.equal(
    await run(
      `[ctx.mayRun('get', 'mine'), ctx.mayRun('get', 'read:x'), ctx.mayRun('get', 'other'), ctx.mayRun('set', 'mine', 'x')]`,
    ),
    [true, true, false, false],
  )
  assert.equal(
    await run(
      `[ctx.mayRun('config', 'get', 'port'), ctx.mayRun('config', 'set', 'port', 1), ctx.mayRun('get'), ctx.mayRun('nothing')]`,
    ),
    [true, false, false, false],
  )
  assert.equal(
    await run(
      `['mine', 'read:x', 'other'].map((key) => ['R', 'W', 'RW'].map((mode) => ctx.mayAccess(key, mode)))`,
    ),
    [
      [true, true, true],
      [true, false, false],
      [false, false, false],
    ],
  )
  assert.equal(
    await run(
      `[ctx.mayAccess('read:', 'R', { prefix: true }), ctx.mayAccess('read:', 'W', { prefix: true }), ctx.mayAccess('mine', 'R', { prefix: true })]`,
    ),
    [true, false, false],
  )
  assert.equal(
    await run(
      `[ctx.mayUseChannel('news:1'), ctx.mayUseChannel('other'), ctx.mayUseChannel('news:*', { pattern: true }), ctx.mayUseChannel('*', { pattern: true })]`,
    ),
    [true, false, true, false],
  )
  assert.match(
    String(plain(await client.call('lab.run', `ctx.mayAccess('k', 'X')`))),
    /a mode is 'R', 'W' or 'RW'/,
  )
  client.close()
})

test('nothing stands against who has all rights, and against a module that acts for nobody', async () => {
  const code = `[ctx.mayRun('flushall'), ctx.mayRun('nothing'), ctx.mayAccess('k', 'RW'), ctx.mayUseChannel('c'), ctx.call('ECHO', 'x').toString(), ctx.callWith({ asClient: true }, 'ECHO', 'x').toString()]`
  const expected = [true, false, true, true, 'x', 'x']
  assert.equal(JSON.parse(String(await modis.call('lab.run', code))), expected)
  const client = await alice('-@all', '+lab.nobody')
  assert.equal(JSON.parse(String(plain(await client.call('lab.nobody', code)))), expected)
  client.close()
})

test('a call as the client obeys its rules, another does not', async () => {
  const client = await alice('-@all', '+lab.run', '+get', '~mine')
  const run = async (code: string): Promise<unknown> => plain(await client.call('lab.run', code))
  assert.is(await run(`ctx.call('SET', 'other', 'x')`), '"OK"')
  assert.is(await run(`ctx.callWith({ asClient: true }, 'GET', 'mine')`), 'null')
  assert.is(await run(`ctx.callWith({ asClient: true }, 'GET', 'other')`), noKey)
  assert.is(await run(`ctx.callWith({ asClient: true }, 'SET', 'mine', 'x')`), noCommand('set'))
  const entry = await logged()
  assert.equal(
    [entry.reason, entry.context, entry.object, entry.username],
    ['command', 'module', 'set', 'alice'],
  )
  assert.match(String(entry['client-info']), / cmd=lab\.run user=alice /)
  assert.is(
    await run(`ctx.callWith({ asClient: true, errors: 'return' }, 'SET', 'mine', 'x').code`),
    '"NOPERM"',
  )
  // What is wrong with the command itself is told as ever.
  assert.is(
    await run(`ctx.callWith({ asClient: true }, 'GET')`),
    "-ERR wrong number of arguments for 'get' command",
  )
  // A call within a call goes on as the client, or with all rights, as the outer one does.
  const inner = `ctx.callWith({ asClient: true }, 'SET', 'mine', 'x')`
  await modis.call('ACL', 'SETUSER', 'alice', '+users.call')
  assert.is(
    await run(`ctx.callWith({ asClient: true }, 'lab.run', ${JSON.stringify(inner)})`),
    noCommand('set'),
  )
  assert.is(await run(`ctx.call('lab.run', ${JSON.stringify(inner)}).toString()`), '"\\"OK\\""')
  assert.is(
    await run(`ctx.callWith({ asClient: true }, 'users.call', 'CE', 'SET', 'mine', 'x')`),
    noCommand('set'),
  )
  assert.is(await run(`ctx.call('users.call', 'CE', 'SET', 'mine', 'x')`), '"OK"')
  assert.is(await run(`ctx.callWith({ asClient: true }, 'users.call', 'E', 'SET', 'mine', 'x')`), '"OK"')
  client.close()
})

test('a handler denies in the words of the server', async () => {
  const client = await alice('+@all', '~*')
  const run = async (code: string): Promise<unknown> => plain(await client.call('lab.run', code))
  assert.is(await run(`ctx.deny('key', 'a key')`), noKey)
  let entry = await logged()
  assert.equal(
    [entry.reason, entry.context, entry.object, entry.username],
    ['key', 'module', 'a key', 'alice'],
  )
  assert.is(
    await run(`ctx.deny('channel', Buffer.from('news'))`),
    '-NOPERM No permissions to access a channel',
  )
  assert.is(await run(`ctx.deny('command', 'lab.secret')`), noCommand('lab.secret'))
  entry = await logged()
  assert.equal([entry.reason, entry.object], ['command', 'lab.secret'])
  assert.match(String(await run(`ctx.deny('why', 'x')`)), /a reason is one of command, key, channel/)
  client.close()
})

test('a handler that goes on when its client was turned away has no rights left', async () => {
  const client = await alice('+@all', '~*')
  client
    .call('lab.later', `[ctx.mayRun('get', 'k'), ctx.mayAccess('k', 'R'), ctx.mayUseChannel('c')]`)
    .catch(() => {})
  await modis.call('ACL', 'DELUSER', 'alice')
  await until('the handler has asked', async () => (await modis.call('lab.outcome')) === 'false,false,false')
  const other = await alice('+@all', '~*')
  other.call('lab.later', `ctx.callWith({ asClient: true }, 'SET', 'k', 'v')`).catch(() => {})
  await modis.call('ACL', 'DELUSER', 'alice')
  await until('the call was refused', async () =>
    /Authentication required/.test(String(await modis.call('lab.outcome'))),
  )
  assert.is(await modis.call('EXISTS', 'k'), 0)
})

test('a module in C lets a client be a user of its own, and turns it away', async () => {
  const client = await modis.connect()
  const call = async (...words: string[]): Promise<unknown> => plain(await client.call(...words))
  const id = Number(await call('CLIENT', 'ID'))
  const before = Number(await modis.call('users.changed'))
  assert.is(await call('users.own', 'guest', 'off'), -1, 'a disabled user')
  assert.is(
    await call('users.own', 'guest', 'on +whatever'),
    "-ERR Error in ACL SETUSER modifier '+whatever': Unknown command or category name in ACL",
  )
  assert.is(await call('users.own', 'guest', 'on ~mine +get +users.name +acl|whoami'), id)
  assert.equal([await call('ACL', 'WHOAMI'), await call('users.name')], ['guest', 'guest'])
  assert.is(await call('GET', 'other'), noKey)
  assert.is(await call('SET', 'mine', 'x'), noCommand('set', 'guest'))
  assert.match(String(await modis.call('CLIENT', 'LIST', 'ID', id)), / user=guest /)
  assert.is(((await modis.call('ACL', 'USERS')) as string[]).includes('guest'), false)
  assert.is(await modis.call('users.free'), 'OK')
  await until('the client is closed', () => client.closed)
  assert.is(await modis.call('users.changed'), before + 1)
  const other = await modis.connect()
  const otherId = Number(plain(await other.call('users.own', 'guest', 'on +@all')))
  assert.is(await modis.call('users.close', otherId), 0)
  await until('the client is closed', () => other.closed)
  assert.is(await modis.call('users.close', otherId), 1)
})

test('logging in may wait for a module, with AUTH and HELLO', async () => {
  await modis.call('ACL', 'SETUSER', 'bob', 'on', '>password', '+@all')
  const client = await modis.connect()
  const call = async (...words: string[]): Promise<unknown> => plain(await client.call(...words))
  // What is sent behind it waits.
  const replies = (
    await client.batch([
      ['AUTH', 'bob', 'later'],
      ['ACL', 'WHOAMI'],
    ])
  ).map(plain)
  assert.equal(replies, ['OK', 'bob'])
  assert.is(await call('AUTH', 'bob', 'later no'), '-ERR not in the end')
  assert.is(
    await call('AUTH', 'bob', 'later, perhaps'),
    '-WRONGPASS invalid username-password pair or user is disabled.',
  )
  assert.is(await call('ACL', 'WHOAMI'), 'bob')
  await modis.call('ACL', 'SETUSER', 'bob', '>later, perhaps')
  assert.is(await call('AUTH', 'bob', 'later, perhaps'), 'OK')
  assert.is(await call('AUTH', 'default', 'x'), 'OK')
  await modis.call('CONFIG', 'RESETSTAT')
  const hello = (await call('HELLO', '3', 'AUTH', 'bob', 'later', 'SETNAME', 'late')) as Map<string, unknown>
  assert.equal(
    [hello.get('proto'), await call('ACL', 'WHOAMI'), await call('CLIENT', 'GETNAME')],
    [3, 'bob', 'late'],
  )
  assert.match(String(await modis.call('INFO', 'commandstats')), /cmdstat_hello:calls=1,.*failed_calls=0/)
  await call('MULTI')
  await call('AUTH', 'bob', 'later')
  assert.equal(await call('EXEC'), ['-ERR Blocking module command called from transaction'])
  // A client that leaves meanwhile is counted nowhere, and what it waited for harms nobody.
  const leaving = await modis.connect()
  await modis.call('CONFIG', 'RESETSTAT')
  leaving.call('AUTH', 'bob', 'later').catch(() => {})
  await until('it waits', async () => /blocked_clients:1/.test(String(await modis.call('INFO', 'clients'))))
  leaving.close()
  await until('it is gone', async () => /blocked_clients:0/.test(String(await modis.call('INFO', 'clients'))))
  assert.not.match(String(await modis.call('INFO', 'commandstats')), /cmdstat_auth:/)
  client.close()
})

test('the unload of a module turns away those it would hear of', async () => {
  const client = await modis.connect()
  await client.call('users.own', 'guest', 'on +@all')
  assert.is(await modis.call('MODULE', 'UNLOAD', 'users'), 'OK')
  await until('the client is closed', () => client.closed)
  assert.is(await modis.call('MODULE', 'LOAD', library), 'OK')
})

test('a module in C hears why a call as a user was refused, and can try without calling', async () => {
  const as = (rules: string, ...words: string[]): Promise<unknown> =>
    modis.call('users.as', 'CE', rules, ...words)
  assert.is(await as('~mine +get', 'GET', 'other'), noKey)
  assert.is(await as('~mine +get', 'SET', 'mine', 'x'), noCommand('set', 'somebody'))
  assert.is(
    await as('~* +@all -config|set', 'CONFIG', 'SET', 'maxmemory', '0'),
    noCommand('config|set', 'somebody'),
  )
  assert.is(
    await as('+@all resetchannels', 'PUBLISH', 'c', 'x'),
    '-NOPERM No permissions to access a channel',
  )
  assert.match(String(await as('+@all', 'NOSUCH')), /^-ERR unknown command 'NOSUCH'/)
  assert.is(await modis.call('users.as', 'CD', '~mine +set', 'SET', 'mine', 'x'), 0)
  assert.is(await modis.call('users.as', 'CD', '~mine +set', 'SET', 'other', 'x'), noKey)
  assert.is(await modis.call('EXISTS', 'mine', 'other'), 0)
  assert.equal(await modis.call('users.check', 'default', 'k', 'c', 'GET'), [1, 1, 1, 22])
  assert.is(await modis.call('users.rules', 'default'), 'on nopass sanitize-payload ~* &* +@all')
})

test('what a module in C asks, calls and notes is as in redis-server', async () => {
  const pair: Pair = await startPair({ loadmodule: library, 'enable-module-command': 'yes' })
  try {
    await pair.script(
      'ACL SETUSER alice on >secret +@all -@dangerous -set ~mine %R~read resetchannels &news',
      'users.rules nobody',
      'users.check alice mine news GET mine',
      'users.check alice read other SET mine x',
      'users.check alice other news GET other',
      'users.check alice mine news NOSUCH x',
      'users.check alice mine news PUBLISH other x',
      'SET mine value',
      'users.as C "~mine +get" GET mine',
      'users.as C "~mine +get" GET other',
      'users.as C "~mine +get" SET mine x',
      'users.as C "on +@all" PUBLISH news x',
      'users.as C "~* +@all -config|set" CONFIG SET maxmemory 0',
      'users.as C "off" PING',
      'users.as C "+@all" NOSUCH',
      'users.as C "+@all" ACL WHOAMI',
      'users.as C "(+get ~a) (+set ~mine)" SET mine x',
      // Redis 7.0 logs what such users were refused under the client's own name.
      'ACL LOG RESET',
      'AUTH alice secret',
      'users.name',
      'users.call C GET mine',
      'users.call C GET other',
      'users.call C SET mine x',
      'users.call C PUBLISH other x',
      'users.call E SET other x',
      'users.call E ACL WHOAMI',
      'ACL WHOAMI',
      'users.log alice "an object"',
    )
    // Entries differ in their times and in what is told of their client.
    const told = (log: unknown): unknown[] =>
      (log as unknown[][]).map((entry) => {
        const fields = plain(entry as never) as unknown[]
        return ['reason', 'context', 'object', 'username', 'count'].map(
          (name) => fields[fields.indexOf(name) + 1],
        )
      })
    await pair.prepare('AUTH', 'default', 'x')
    const [ours, theirs] = await pair.both('ACL', 'LOG')
    assert.equal(told(ours), told(theirs))
    assert.is(told(ours).length, 4)
  } finally {
    await pair.stop()
  }
})

test.run()
