import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CallerFlag } from '../src/index.ts'
import { builtBy, compile, type LoadedModule, load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'
import { parse } from './support/resp.ts'
import { until } from './support/until.ts'

const test = suite<{ host: MemoryHost; client: Client; module: LoadedModule }>('threads')

test.before((context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  context.module = load(context.host, compile('threads'))
})

test.after(({ host }) => {
  host.close()
})

/** How often data was freed, and how many clients went while they waited. */
async function counters(host: MemoryHost, client: Client): Promise<number[]> {
  return parse(await host.send(client, 'threads.counters')) as number[]
}

test('a thread uses the keyspace under the lock and replies', async ({ host, client }) => {
  assert.equal(parse(await host.send(client, 'threads.background')), [['field', 'value'], client.id])
})

test('many clients at once', async ({ host, module }) => {
  const clients = Array.from({ length: 50 }, () => host.connect())
  const replies = await Promise.all(clients.map((client) => host.send(client, 'threads.background')))
  assert.equal(
    replies.map((reply) => (parse(reply) as number[])[1]),
    clients.map(({ id }) => id),
  )
  assert.is(host.bridge.usage(module.number).blockedClients, 0)
})

test('many threads take turns, and no update is lost', async ({ host, client }) => {
  host.remove(0, 'counter')
  const counted = host.send(client, 'threads.many', '20')
  const served: number[] = []
  const other = host.connect()
  while (served.length < 20) {
    served.push((await host.send(other, 'ping')).length)
    await sleep(1)
  }
  assert.is((await counted).toString(), '+counted\r\n')
  assert.is(parse(await host.send(client, 'get', 'counter')), '1000')
})

test('the reply callback gets the data and the arguments', async ({ host, client }) => {
  const [freedBefore] = await counters(host, client)
  const reply = host.send(client, 'threads.hold', '0', 'word')
  await host.send(host.connect(), 'threads.let-go', 'data')
  assert.equal(parse(await reply), ['word', 'data'])
  const [freed] = await counters(host, client)
  assert.is(freed, freedBefore + 1)
})

test('time runs out, and the late answer is thrown away', async ({ host, client }) => {
  const reply = await host.send(client, 'threads.hold', '20', 'word')
  assert.is(reply.toString(), '+too late\r\n')
  const [freedBefore] = await counters(host, client)
  await host.send(client, 'threads.let-go', 'data')
  await until('the data to be freed', async () => (await counters(host, client))[0] !== freedBefore)
  assert.is((await counters(host, client))[0], freedBefore + 1)
})

test('a client that disconnects is reported, and its data freed', async ({ host, client }) => {
  const other = host.connect()
  const [freedBefore, goneBefore] = await counters(host, client)
  host.send(other, 'threads.hold', '0', 'word')
  host.disconnect(other)
  await until('both', async () => {
    const [freed, gone] = await counters(host, client)
    return freed !== freedBefore && gone !== goneBefore
  })
  const [freed, gone] = await counters(host, client)
  assert.equal([freed, gone], [freedBefore + 1, goneBefore + 1])
})

test('a block that is taken back leaves the command to reply', async ({ host, client }) => {
  assert.is((await host.send(client, 'threads.abort')).toString(), '+aborted\r\n')
  await until('the wait to end', () => host.waiting.size === 0)
})

test('clients wait for keys', async ({ host, client }) => {
  const reply = host.send(client, 'threads.wait', '0', 'a', 'b')
  const other = host.connect()
  await host.send(other, 'threads.push', 'b', '')
  assert.is(host.waiting.size, 1)
  await host.send(other, 'threads.push', 'b', 'element')
  assert.is(parse(await reply), 'element')
})

test('waiting for keys times out, or is given up with the same reply', async ({ host, client }) => {
  assert.is((await host.send(client, 'threads.wait', '20', 'a')).toString(), '+too late\r\n')
  const reply = host.send(client, 'threads.wait', '0', 'a')
  assert.is(parse(await host.send(host.connect(), 'threads.give-up')), 0)
  assert.is((await reply).toString(), '+too late\r\n')
  const other = host.connect()
  host.send(other, 'threads.wait', '-1', 'a')
  assert.is(parse(await host.send(client, 'threads.give-up')), 1)
  host.disconnect(other)
})

test('a transaction cannot be blocked', async ({ host }) => {
  const client = host.connect()
  client.flags = CallerFlag.multi | CallerFlag.denyBlocking
  const reply = parse(await host.send(client, 'threads.hold', '0', 'word')) as Error
  assert.is(reply.message, 'ERR Blocking module command called from transaction')
  await host.send(host.connect(), 'threads.let-go', 'data')
})

test('without the lock a thread gets nothing from the keyspace, and breaks nothing', async ({
  host,
  client,
}) => {
  assert.equal(parse(await host.send(client, 'threads.without-lock')), [1, 1])
  await until('the line', () => host.logs.includes('threads notice from a thread without the lock'))
})

test('TryLock gets the lock of an idle server', async ({ host, client }) => {
  const reply = host.send(client, 'threads.try-lock')
  assert.is((await reply).toString(), '+PONG\r\n')
  assert.ok(host.logs.includes('yield busy in a thread'))
  await host.send(client, 'threads.yield')
  assert.ok(host.logs.includes('yield busy'))
})

test('timers of contexts without a client, made in a command and on a thread', async ({
  host,
  client,
  module,
}) => {
  assert.is((await host.send(client, 'threads.loose-timers')).toString(), '+OK\r\n')
  await until('the timers', async () => parse(await host.send(client, 'threads.loose-ticks')) === 2)
  assert.is(host.bridge.usage(module.number).timers, 0)
})

test('timers run, tell about themselves and stop', async ({ host, client, module }) => {
  assert.is((await host.send(client, 'threads.timers')).toString(), '+OK\r\n')
  await until('the timers', () => host.get(0, 'ticks', 1)?.bytes.toString() === '3')
  assert.is(parse(await host.send(client, 'get', 'ticks')), '3')
  assert.is(host.bridge.usage(module.number).timers, 0)
})

test('descriptors and one-shot functions on the event loop', async ({ host, client }) => {
  assert.is((await host.send(client, 'threads.event-loop')).toString(), '+OK\r\n')
  await until('all of them', async () => {
    return (await host.send(client, 'threads.event-loop-result')).toString() === '+OK\r\n'
  })
})

test('a descriptor that is closed while it is watched is forgotten', async ({ host, client }) => {
  assert.is((await host.send(client, 'threads.close-watched')).toString(), '+OK\r\n')
  const reads = async (expected: number): Promise<void> => {
    await until(`${expected} reads`, async () => {
      return parse(await host.send(client, 'threads.reads')) === expected
    })
  }
  await reads(1)
  assert.is((await host.send(client, 'threads.reuse-watched')).toString(), '+OK\r\n')
  await reads(2)
})

test('a child process runs, and its end is reported', async ({ host, client }) => {
  assert.is((await host.send(client, 'threads.fork', 'quick')).toString(), '+OK\r\n')
  await until('the child to end', async () => {
    return (parse(await host.send(client, 'threads.fork-result')) as number[])[0] === 3
  })
  assert.equal(parse(await host.send(client, 'threads.fork-result')), [3, 0])
  assert.is((await host.send(client, 'threads.fork', 'linger')).toString(), '+OK\r\n')
})

test('unloading waits for a thread that wants the lock', async ({ host, client, module }) => {
  await host.send(client, 'threads.restless')
  await until('the thread', () => host.bridge.usage(module.number).threadContexts === 1)
  await sleep(20)
  assert.is(module.unload(), true)
  assert.match((parse(await host.send(client, 'threads.counters')) as Error).message, /unknown command/)
})

test.run()

const exits = suite('a process whose module has a restless thread')

for (const [how, code] of [
  ['exit', 7],
  ['drain', 0],
] as const) {
  exits(`ends by ${how}`, () => {
    const script = fileURLToPath(new URL('./support/exit.ts', import.meta.url))
    const { status, signal } = spawnSync(process.execPath, ['--import', 'tsx', script, how], {
      timeout: 100_000,
      // What the thread had allocated when the process ended is no leak.
      env: { ...process.env, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:detect_leaks=0` },
    })
    assert.equal([status, signal], [code, null])
  })
}

exits.run()

const crashes = suite('a module that crashes')

/** Runs a command in a process of its own and returns how that ended. */
function crash(command: string): { signal: string | null; stderr: string } {
  const script = fileURLToPath(new URL('./support/crash.ts', import.meta.url))
  const { pid, signal, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, command], {
    encoding: 'utf8',
  })
  // What crashes cannot tidy up.
  rmSync(builtBy(pid), { recursive: true, force: true })
  return { signal, stderr }
}

crashes('is named with its command and the stack', () => {
  const { signal, stderr } = crash('threads.crash')
  assert.is(signal, 'SIGSEGV')
  assert.match(stderr, /Signal: SIGSEGV at address 0x0000000000000010/)
  assert.match(stderr, /Module: threads\nRunning: threads\.crash\nStack:\n(.*\n)*.*threads\.so/)
})

crashes('in a thread of its own ends the process the same way', () => {
  const { signal, stderr } = crash('threads.crash-thread')
  assert.is(signal, 'SIGABRT')
  assert.match(stderr, /Running: a thread of its own\nStack:\n(.*\n)*.*threads\.so/)
})

crashes('by an assertion says which', () => {
  const { signal, stderr } = crash('threads.assert')
  assert.is(signal, 'SIGABRT')
  assert.match(stderr, /Assertion failed in a module: argc == 100, at .*threads\.c:\d+/)
  assert.match(stderr, /Running: threads\.assert/)
})

crashes.run()
