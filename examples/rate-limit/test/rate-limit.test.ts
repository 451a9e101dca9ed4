import { eventually, rejects, start } from '@modis/sdk/test'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

const hour = 3_600_000
/** How long to wait for what comes sooner or later. */
const patienceMs = 60_000
const server = await start({
  module: import.meta.url,
  config: { 'ratelimit.max-burst': 3, 'ratelimit.rate': 1, 'ratelimit.period-ms': hour },
})

test.after(() => server.stop())

const take = async (...args: readonly (string | number)[]): Promise<Record<string, number>> => {
  const reply = await server.call<(string | number)[]>('RL.TAKE', ...args)
  const pairs = reply.flatMap((name, index) => (index % 2 ? [] : [[name, reply[index + 1]]]))
  return Object.fromEntries(pairs) as Record<string, number>
}

test('takes until the bucket is empty', async () => {
  assert.equal(
    [(await take('a')).remaining, (await take('a', 2)).remaining, (await take('a')).allowed],
    [2, 0, 0],
  )
  const { 'retry-after-ms': retryAfterMs = 0 } = await take('a')
  assert.ok(retryAfterMs > hour - 10_000 && retryAfterMs <= hour)
  assert.is((await take('other')).remaining, 2)
})

test('a limit of its own for one call, and a map in RESP3', async () => {
  const client = await server.client({ resp: 3 })
  const reply = await client.call<Map<string, number>>('RL.TAKE', 'own', 5, 'LIMIT', 5, 1, hour)
  assert.is(reply.get('allowed'), 1)
  assert.is(reply.get('remaining'), 0)
  const peeked = await client.call<Map<string, number>>('RL.PEEK', 'own', 'LIMIT', 5, 1, hour)
  assert.is(peeked.get('remaining'), 0)
})

test('wrong calls say what is wrong', async () => {
  await rejects(server.call('RL.TAKE'), "wrong number of arguments for 'rl.take' command")
  await rejects(server.call('RL.TAKE', 'k', 0), "ERR tokens must be at least 1, got '0'")
  await rejects(server.call('RL.TAKE', 'k', 'x'), 'ERR value is not an integer or out of range')
  await rejects(server.call('RL.TAKE', 'k', 1, 'LIMIT', 5), 'ERR syntax error')
  await rejects(
    server.call('RL.TAKE', 'slow', 1, 'LIMIT', 1e9, 1, 1e9),
    'ERR a bucket of 1000000000 tokens that gets 1 in 1000000000 ms takes more than a thousand years to fill',
  )
  assert.is(await server.call('EXISTS', 'slow'), 0)
  await server.call('SET', 'text', 'x')
  await rejects(server.call('RL.TAKE', 'text'), /^WRONGTYPE/)
  await rejects(
    server.call('CONFIG', 'SET', 'ratelimit.rate', '0'),
    /'ratelimit.rate'.* must be an integer of at least 1, got '0'/,
  )
})

test('configuration takes effect at once', async () => {
  await server.call('CONFIG', 'SET', 'ratelimit.max-burst', 100)
  assert.is((await take('configured')).remaining, 99)
  assert.equal(await server.call('CONFIG', 'GET', 'ratelimit.max-burst'), ['ratelimit.max-burst', '100'])
  await server.call('CONFIG', 'SET', 'ratelimit.max-burst', 3)
})

test('buckets survive a reload, a restart, and DUMP and RESTORE', async () => {
  await take('kept', 3)
  await server.reload()
  assert.is((await take('kept')).allowed, 0)
  await server.restart()
  assert.is((await take('kept')).allowed, 0)
  const client = await server.client({ buffers: true })
  await client.call('RESTORE', 'copy', 0, await client.call<Buffer>('DUMP', 'kept'))
  assert.is((await take('copy')).allowed, 0)
  await server.call('COPY', 'kept', 'second copy')
  assert.is((await take('second copy')).allowed, 0)
})

test('a bucket that is full again takes no memory', async () => {
  const client = await server.client()
  // In one piece, so that the bucket has no time to fill up before it is looked at.
  const [, exists] = await client.pipeline([
    ['RL.TAKE', 'short', 1, 'LIMIT', 1, 1, 500],
    ['EXISTS', 'short'],
  ])
  assert.is(exists, 1)
  await eventually(async () => assert.is(await server.call('EXISTS', 'short'), 0), patienceMs)
})

test('counts are in INFO', async () => {
  await server.call('RL.TAKE', 'counted', 1)
  const text = await server.call<string>('INFO', 'ratelimit')
  assert.match(text, /allowed:[1-9]/)
})

test.run()
