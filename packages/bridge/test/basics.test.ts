import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compile, load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'
import { parse } from './support/resp.ts'

const test = suite<{ host: MemoryHost; client: Client }>('basics')

test.before((context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  load(context.host, compile('basics'))
})

test.after(({ host }) => {
  host.close()
})

for (const name of ['strings', 'numbers', 'memory', 'dictionaries', 'many', 'clock']) {
  test(`basics.${name} finds everything as it should be`, async ({ host, client }) => {
    assert.is((await host.send(client, `basics.${name}`)).toString(), '+OK\r\n')
  })
}

test('replies in RESP2', async ({ host, client }) => {
  const reply = (await host.send(client, 'basics.replies')).toString()
  const expected = [
    '*15 :-5 $3 0.1 $4 -inf :1 $-1 *-1 *2 $3 key *2 :1 :2 $30 123456789012345678901234567890',
    '$4 verb $4 mark *0 $0  $4 1.25 -CODE with  breaks *1 +inner ',
  ].join(' ')
  assert.is(reply.replaceAll('\r\n', ' '), expected)
})

test('replies in RESP3', async ({ host }) => {
  const reply = (await host.send(host.connect(3), 'basics.replies')).toString()
  const expected = [
    '*15 :-5 ,0.1 ,-inf #t _ _ %1 $3 key ~2 :1 :2 (123456789012345678901234567890',
    '=8 txt:verb =8 md :mark *0 $0  ,1.25 -CODE with  breaks *1 +inner ',
  ].join(' ')
  assert.is(reply.replaceAll('\r\n', ' '), expected)
})

test('attributes exist in RESP3 alone', async ({ host, client }) => {
  assert.is(parse(await host.send(client, 'basics.attribute')), 'basics.attribute')
  const reply = (await host.send(host.connect(3), 'basics.attribute')).toString()
  assert.is(reply, '|1\r\n$3\r\nttl\r\n:3600\r\n$16\r\nbasics.attribute\r\n')
})

test('a length that was never set is reported, and the reply stays well formed', async ({ host, client }) => {
  assert.equal(parse(await host.send(client, 'basics.misuse')), [])
  assert.is(host.logs.filter((line) => line.includes('API misuse detected in module basics')).length, 2)
})

test('the arity error names the command', async ({ host, client }) => {
  const reply = (await host.send(client, 'basics.arity')).toString()
  assert.is(reply, "-ERR wrong number of arguments for 'basics.arity' command\r\n")
})

test('a reply larger than the shared memory', async ({ host, client }) => {
  const reply = parse(await host.send(client, 'basics.big', '3000000')) as string
  assert.is(reply.length, 3_000_000)
  assert.is(parse(await host.send(client, 'basics.big', '10')), 'z'.repeat(10))
})

test('many arguments, and large ones', async ({ host, client }) => {
  const many = Array.from({ length: 1000 }, (_, index) => String(index))
  assert.is(parse(await host.send(client, 'basics.count', ...many)), 1001)
  assert.is(parse(await host.send(client, 'basics.count', 'x'.repeat(5_000_000))), 2)
})

test('OnLoad that refuses leaves nothing', ({ host }) => {
  const before = host.commands.size
  assert.throws(() => load(host, compile('basics'), 'refuse'), /refused/)
  assert.is(host.commands.size, before)
})

test.run()
