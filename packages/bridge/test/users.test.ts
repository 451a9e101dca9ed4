import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CallerFlag } from '../src/index.ts'
import { compile, type LoadedModule, load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'
import { parse } from './support/resp.ts'

interface Context {
  host: MemoryHost
  client: Client
  users: LoadedModule
  authentication: LoadedModule
}

const test = suite<Context>('users')

test.before((context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  context.users = load(context.host, compile('users'))
  context.authentication = load(context.host, compile('authentication'))
})

test.after(({ host }) => {
  host.close()
})

test('users.rights finds everything as it should be', async ({ host, client }) => {
  assert.is((await host.send(client, 'users.rights')).toString(), '+OK\r\n')
  assert.is(host.handles.size, 0)
  assert.equal(host.disconnected, ['module-user'])
})

test('users.clients finds everything as it should be', async ({ host, client }) => {
  assert.is((await host.send(client, 'users.clients', 'secret')).toString(), '+OK\r\n')
  assert.equal(host.redacted, [1])
})

test('a module hears once when a client that it let in becomes somebody else, or goes', async ({ host }) => {
  const client = host.connect()
  assert.is((await host.send(client, 'users.keep')).toString(), '+OK\r\n')
  assert.is(client.user, 'kept')
  host.bridge.userChanged(client.id)
  host.disconnect(client)
  assert.is(parse(await host.send(host.connect(), 'users.changed')), 2)
})

test('freeing a user tells the server to close its clients', async ({ host, client }) => {
  host.disconnected.length = 0
  await host.send(client, 'users.drop')
  assert.equal(host.disconnected, ['kept'])
})

test('modules decide at once who may log in', async ({ host, client }) => {
  const ask = (password: string) => host.authenticateAs(client, 'user', password)
  assert.equal(await ask('allow'), { outcome: 'welcome', error: null })
  assert.equal(await ask('deny'), { outcome: 'denied', error: 'denied at once' })
  assert.equal(await ask('other'), { outcome: 'not handled', error: null })
})

test('modules decide later who may log in', async ({ host, client }) => {
  const ask = (password: string) => host.authenticateAs(client, 'user', password)
  assert.equal(await ask('late-allow'), { outcome: 'welcome', error: null })
  assert.equal(await ask('late-deny'), { outcome: 'denied', error: 'denied late' })
  assert.ok(host.measuredUs > 0)
  // The next callback is asked when the one that waited has no opinion, or was aborted.
  assert.equal(await ask('late-skip'), { outcome: 'welcome', error: null })
  assert.equal(await ask('late-abort'), { outcome: 'not handled', error: null })
  assert.is(parse(await host.send(client, 'authentication.freed')), 3)
})

test('a client may be blocked on its authentication only, and not twice at once', async ({
  host,
  client,
}) => {
  const ask = (password: string) => host.authenticateAs(client, 'user', password)
  assert.is(
    (await ask('late-plain')).error,
    '-ERR Clients undergoing module based authentication can only be blocked on auth',
  )
  assert.is(
    (await ask('late-block')).error,
    '-ERR Blocking module command called from a Reply callback context',
  )
  assert.match(String(parse(await host.send(client, 'authentication.outside'))), /not currently undergoing/)
  const inMulti = host.connect()
  inMulti.flags = CallerFlag.multi
  assert.equal(await host.authenticateAs(inMulti, 'user', 'late-allow'), {
    outcome: 'denied',
    error: '-ERR Blocking module command called from transaction',
  })
})

test('a client that leaves while a module decides is forgotten', async ({ host, client }) => {
  const leaving = host.connect()
  void host.authenticateAs(leaving, 'user', 'late-hold')
  host.disconnect(leaving)
  await host.send(client, 'authentication.release')
  const before = Number(parse(await host.send(client, 'authentication.freed')))
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.is(Number(parse(await host.send(client, 'authentication.freed'))), before + 1)
})

test('with a module go its callbacks, the users it left, and the clients it would hear of', async (context) => {
  const { host, client, users, authentication } = context
  const kept = host.connect()
  assert.is((await host.send(kept, 'users.keep')).toString(), '+OK\r\n')
  await host.send(client, 'users.leave')
  assert.is(host.handles.size, 2)
  host.disconnected.length = 0
  assert.ok(users.unload())
  assert.is(host.handles.size, 0)
  assert.equal(host.disconnected, [])
  assert.is(host.clients.has(kept.id), false)
  assert.ok(authentication.unload())
  assert.is(host.authenticating, false)
  assert.equal(await host.authenticateAs(client, 'user', 'allow'), { outcome: 'not handled', error: null })
})

test.run()
