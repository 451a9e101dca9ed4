import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KeyType } from '../src/index.ts'
import { compile, type LoadedModule, load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'
import { parse } from './support/resp.ts'

/** REDISMODULE_CTX_FLAGS_LOADING. */
const LOADING = 1 << 13
const test = suite<{ host: MemoryHost; client: Client; module: LoadedModule }>('server')

test.before((context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  context.host.configValues.set('limit', '2kb')
  context.module = load(context.host, compile('server'))
})

test.after(({ host }) => {
  host.close()
})

for (const name of ['config', 'info']) {
  test(`server.${name} finds everything as it should be`, async ({ host, client }) => {
    assert.is((await host.send(client, `server.${name}`)).toString(), '+OK\r\n')
  })
}

test('parameters are registered with types, bounds, flags and defaults', ({ host }) => {
  const { limit, label, color, enabled } = Object.fromEntries(host.configs)
  assert.equal([enabled.type, enabled.default], ['bool', 'yes'])
  assert.equal([limit.default, limit.min, limit.max, limit.flags.memory], ['10', '1', '1048576', true])
  assert.equal([label.default, label.flags.sensitive, label.flags.hidden], ['none yet', true, false])
  assert.equal([color.default, color.enumNames], ['red green', ['red', 'green', 'blue', 'none']])
})

test('parameters are loaded, read and set in their text form', ({ host }) => {
  const { bridge } = host
  const { limit, label, color, enabled } = Object.fromEntries(host.configs)
  assert.equal(
    [enabled, limit, label, color].map(({ number }) => Buffer.from(bridge.configGet(number)).toString()),
    ['yes', '2048', 'none yet', 'red green'],
  )
  assert.is(bridge.configSet(enabled.number, 'NO'), null)
  assert.is(bridge.configSet(color.number, 'blue Red'), null)
  assert.is(bridge.configSet(label.number, 'two words'), null)
  assert.equal(
    [enabled, label, color].map(({ number }) => Buffer.from(bridge.configGet(number)).toString()),
    ['no', 'two words', 'red blue'],
  )
})

test('values that do not fit are refused with what is allowed', ({ host }) => {
  const { bridge } = host
  const { limit, color, enabled } = Object.fromEntries(host.configs)
  assert.is(bridge.configSet(enabled.number, 'maybe'), "argument must be 'yes' or 'no'")
  assert.is(bridge.configSet(limit.number, 'many'), 'argument must be a memory value')
  assert.is(bridge.configSet(limit.number, '2gb'), 'argument must be between 1 and 1048576 inclusive')
  assert.is(bridge.configSet(limit.number, '13'), '13 brings bad luck')
  assert.is(
    bridge.configSet(color.number, 'pink'),
    'argument(s) must be one of the following: red, green, blue, none',
  )
  assert.is(bridge.configSet(limit.number, '14'), null)
  assert.is(bridge.configApply(limit.number), '14 cannot be applied')
  assert.is(bridge.configSet(limit.number, '15'), null)
  assert.is(bridge.configApply(limit.number), null)
})

test('after OnLoad nothing more can be registered', async ({ host, client }) => {
  assert.ok((parse(await host.send(client, 'server.late-config')) as number) >= 1)
})

test('INFO fields of the module', ({ host, module }) => {
  const expected = [
    '# server',
    'server_signed:-5',
    'server_unsigned:18446744073709551615',
    'server_real:0.5',
    'server_text:two_lines',
    '',
    '# server_more',
    'server_dict:a=1,b=two words',
    'server_open:c=3',
    '',
  ]
  assert.is(host.bridge.info(module.number, false), expected.join('\r\n'))
  assert.match(host.bridge.info(module.number, true), /server_text:crash\r\n/)
  assert.ok(host.logs.includes('latency sample 12'))
})

test('keyspace notifications reach who asked for them, without endless recursion', async ({
  host,
  client,
}) => {
  await host.send(client, 'server.subscribe', 'on')
  assert.is(host.wantedEvents, (1 << 3) | (1 << 13))
  await host.send(client, 'set', 'a', '1')
  await host.send(client, 'del', 'a')
  await host.send(client, 'set', 'nested', '1')
  await host.send(client, 'server.notify', 'b')
  assert.is(parse(await host.send(client, 'server.heard')), 'event:set:a event:set:nested event:custom:b ')
  await host.send(client, 'server.subscribe', 'off')
  assert.is(host.wantedEvents, 0)
})

test('a job left by a notification runs when the command is over', async ({ host, client }) => {
  await host.send(client, 'server.subscribe', 'on')
  await host.send(client, 'set', 'later', '1')
  assert.is(parse(await host.send(client, 'get', 'job')), 'later')
  await host.send(client, 'server.subscribe', 'off')
  await host.send(client, 'server.heard')
})

test('no job that may write is taken while a file loads', async ({ host, client }) => {
  const { serverFlags } = host
  await host.send(client, 'server.subscribe', 'on')
  host.serverFlags = serverFlags | LOADING
  await host.send(client, 'set', 'later', '1')
  host.serverFlags = serverFlags
  assert.is(parse(await host.send(client, 'server.heard')), 'event:set:later job:refused:later ')
  await host.send(client, 'server.subscribe', 'off')
})

test('a job for a key reads, but neither calls commands nor notifies', async ({ host, client }) => {
  const freed = parse(await host.send(client, 'server.jobs')) as number
  await host.send(client, 'server.subscribe', 'on')
  await host.send(client, 'set', 'keyed', '1')
  client.db = 3
  await host.send(client, 'set', 'keyed', '1')
  client.db = 0
  assert.is(
    parse(await host.send(client, 'server.heard')),
    'event:set:keyed good:job:keyed event:set:keyed good:job-in-3:keyed ',
  )
  assert.is(parse(await host.send(client, 'get', 'forbidden')), null)
  assert.is(parse(await host.send(client, 'server.jobs')), freed + 2)
  assert.is(parse(await host.send(client, 'server.jobs', 'keyed')), freed + 2)
  assert.is(parse(await host.send(client, 'server.heard')), 'event:set:keyed good:job:keyed ')
  const warnings = host.logs.filter((line) => /A job for a key must not call commands/.test(line))
  assert.is(warnings.length, 1)
  await host.send(client, 'server.subscribe', 'off')
})

test('between the commands of a transaction only jobs for keys run', async ({ host, client }) => {
  const { bridge } = host
  await host.send(client, 'set', 'keyed', '1')
  await host.send(client, 'set', 'job', 'not yet')
  await host.send(client, 'server.subscribe', 'on')
  const happened = (key: string): boolean => bridge.keyspaceEvent(1 << 3, 'set', 0, Buffer.from(key))
  assert.is(happened('other'), false)
  assert.is(happened('keyed'), true)
  assert.is(happened('later'), true)
  assert.is(happened('keyed'), true)
  bridge.runPostNotificationJobs(false)
  assert.is(host.get(0, 'job', KeyType.string)?.bytes.toString(), 'not yet')
  assert.is(happened('later'), true)
  bridge.runPostNotificationJobs(false)
  bridge.runPostNotificationJobs(true)
  assert.is(host.get(0, 'job', KeyType.string)?.bytes.toString(), 'later')
  assert.is(happened('other'), false)
  assert.is(
    parse(await host.send(client, 'server.heard')),
    'event:set:other event:set:keyed event:set:later event:set:keyed good:job:keyed good:job:keyed ' +
      'event:set:later event:set:job event:set:job event:set:other ',
  )
  await host.send(client, 'server.subscribe', 'off')
})

test('server events carry their data', async ({ host, client }) => {
  await host.send(client, 'server.events', 'on')
  assert.is(host.wantedServerEvents, (1 << 2) | (1 << 4) | (1 << 17) | (1 << 16) | (1 << 9) | (1 << 1))
  await host.send(client, 'set', 'k', 'four')
  host.bridge.serverEvent(2, 0, { number: -1, second: 1 })
  host.bridge.serverEvent(4, 1, { second: client.id })
  host.bridge.serverEvent(17, 2, { number: 0, key: Buffer.from('k') })
  host.bridge.serverEvent(16, 0, { text: 'maxmemory dir' })
  host.bridge.serverEvent(9, 0, { text: 'other', number: 7 })
  host.bridge.serverEvent(1, 3, {})
  host.bridge.serverEvent(5, 0, {})
  assert.is(
    parse(await host.send(client, 'server.heard')),
    [
      'flush-0-1--1',
      `client-1-${client.id}-127.0.0.1-4242`,
      'key-2-1-4',
      'config-2-maxmemory-dir',
      'module-other-7',
      '1-3-1',
    ]
      .map((detail) => `server:${detail}: `)
      .join(''),
  )
  await host.send(client, 'server.events', 'off')
  assert.is(host.wantedServerEvents, 0)
})

test('command filters change the arguments of clients', async ({ host, client }) => {
  await host.send(client, 'server.filters', 'on')
  assert.is(host.filtering, true)
  assert.is(parse(await host.send(client, 'shout', 'hey')), 'hey')
  assert.is(parse(await host.send(client, 'echo', 'x', '@self')), 'x')
  await host.send(client, 'twice', 'filtered')
  assert.is(parse(await host.send(client, 'get', 'filtered')), 'filtered')
  assert.is(parse(await host.send(client, 'server.filters', 'off')), 5)
  assert.is(host.filtering, false)
})

test('a module authenticates clients', async ({ host, client }) => {
  host.users.set('other', { name: 'other', rules: '', isOwn: false })
  assert.is(host.authenticating, true)
  const ask = (user: string, password: string) => host.authenticateAs(client, user, password)
  assert.equal(await ask('guest', 'secret'), { outcome: 'welcome', error: null })
  assert.equal(await ask('guest', 'wrong'), { outcome: 'denied', error: '-WRONGPASS not that one' })
  assert.equal(await ask('someone', 'secret'), { outcome: 'not handled', error: null })
  assert.equal(parse(await host.send(client, 'server.become', 'other')), [0, 0])
  assert.is(client.user, 'other')
  assert.equal(parse(await host.send(client, 'server.become', 'nobody')), [1, 0])
  host.bridge.userChanged(client.id)
  host.bridge.userChanged(client.id)
  assert.equal(parse(await host.send(client, 'server.become', 'default')), [0, 1])
})

test('the documentation of a command arrives as a whole', ({ host }) => {
  assert.is(host.documentation.length, 1)
  const [documentation] = host.documentation
  assert.is(documentation.summary, 'Documented.')
  assert.equal(documentation.tips, ['one', 'two'])
  assert.equal(documentation.history, [{ since: '1.1.0', changes: 'Added the "switch".' }])
  assert.equal(documentation.keySpecs, [
    {
      notes: null,
      flags: ['RW', 'update'],
      begin: { type: 'index', position: 1 },
      find: { type: 'range', lastKey: -1, keyStep: 1, limit: 0 },
    },
  ])
  const [key, choice] = documentation.arguments
  assert.equal([key.name, key.type, key.keySpecIndex], ['key', 'key', 0])
  assert.equal([choice.type, choice.flags], ['oneof', ['optional']])
  assert.equal(
    choice.arguments.map(({ token }) => token),
    ['ON', 'OFF'],
  )
})

test('subcommands run', async ({ host, client }) => {
  assert.is(parse(await host.send(client, 'server.container', 'sub')), 'sub')
})

test('a function shared with another module ties the two together', async ({ host, client, module }) => {
  const user = load(host, compile('server'), 'user-of-shared')
  assert.is(parse(await host.send(client, 'server.shared', 'shared')), 42)
  assert.is(parse(await host.send(client, 'server.shared', 'nothing')), -1)
  assert.equal(host.bridge.usage(module.number).apiUsers, ['user-of-shared'])
  assert.is(user.unload(), true)
  assert.equal(host.bridge.usage(module.number).apiUsers, [])
})

test('an unloaded module leaves nothing', async ({ host, client, module }) => {
  await host.send(client, 'server.subscribe', 'on')
  await host.send(client, 'server.events', 'on')
  await host.send(client, 'server.filters', 'on')
  await host.send(client, 'del', 'job')
  for (const key of ['keyed', 'later']) {
    assert.is(host.bridge.keyspaceEvent(1 << 3, 'set', 0, Buffer.from(key)), true)
  }
  assert.is(module.unload(), true)
  host.bridge.runPostNotificationJobs(true)
  assert.is(host.entry(0, 'job'), undefined)
  assert.equal(
    [host.wantedEvents, host.wantedServerEvents, host.filtering, host.authenticating, host.commands.size],
    [0, 0, false, false, 0],
  )
  assert.is((await host.send(client, 'set', 'after', '1')).toString(), '+OK\r\n')
})

test('OnLoad fails with a configuration value that is refused', ({ host }) => {
  host.categories.length = 0
  host.configValues.set('limit', '13')
  host.logs.length = 0
  assert.throws(() => load(host, compile('server')), /refused/)
  assert.ok(host.logs.includes('config limit: 13 brings bad luck'))
  assert.equal([host.commands.size, host.configs.size, host.authenticating], [0, 0, false])
})

test.run()
