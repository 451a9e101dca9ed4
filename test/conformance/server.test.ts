import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilBothBlocked } from '../support/blocked.ts'
import { commands } from '../support/commands.ts'
import { sameIdleTime } from '../support/idle-time.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { ReplyError, Status, textOf, Verbatim } from '../support/resp.ts'
import { startModis } from '../support/servers.ts'
import { until } from '../support/until.ts'

const test = suite('server commands')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.before.each(() => pair.speak(2))
test.after(() => pair.stop())

/** The fields of a text of INFO by section. */
function sectionsOf(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>()
  for (const part of text.split(/\r?\n(?=# )/)) {
    const [title = '', ...lines] = part.trim().split('\r\n')
    const fields = lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)]
    })
    sections.set(title.slice(2), new Map(fields))
  }
  return sections
}

test('INFO has the sections and the fields of redis-server', async () => {
  await pair.prepare('SET', 'a', '1', 'EX', 100)
  await pair.both('GET')
  for (const asked of [[], ['all'], ['everything'], ['default'], ['clients', 'CPU', 'clients']]) {
    const [modis, redis] = ((await pair.both('INFO', ...asked)) as string[]).map(sectionsOf)
    assert.equal(
      [...(modis as Map<string, unknown>).keys()],
      [...(redis as Map<string, unknown>).keys()],
      asked.join(),
    )
  }
  const [modis, redis] = ((await pair.both('INFO')) as string[]).map(sectionsOf) as [
    ReturnType<typeof sectionsOf>,
    ReturnType<typeof sectionsOf>,
  ]
  // What says how a program was compiled says nothing here.
  const compiled = ['atomicvar_api', 'gcc_version', 'used_cpu_sys_main_thread', 'used_cpu_user_main_thread']
  const gone = ['reply_buffer_shrinks', 'reply_buffer_expands', 'mem_cluster_links']
  for (const [title, fields] of redis) {
    for (const name of fields.keys()) {
      if (compiled.includes(name) || gone.includes(name) || title === 'Errorstats') continue
      assert.ok(modis.get(title)?.has(name), `${title}: ${name}`)
    }
  }
  assert.is(
    modis
      .get('Keyspace')
      ?.get('db0')
      ?.replace(/avg_ttl=\d+/, ''),
    'keys=1,expires=1,',
  )
  assert.is(modis.get('Replication')?.get('role'), 'master')
  assert.is(Number(modis.get('Server')?.get('tcp_port')), pair.modisServer.port)
})

test('INFO of unknown sections is empty, and RESP3 says that it is text', async () => {
  await pair.script('INFO nosuch', 'INFO nosuch other')
  await pair.speak(3)
  assert.instance(await pair.modis.call('INFO', 'server'), Verbatim)
  await pair.speak(2)
})

test('INFO modules tells of every module, built-in ones included', async () => {
  const text = String(await pair.modis.call('INFO', 'modules'))
  const lines = text.split('\r\n').filter((line) => line !== '')
  assert.is(lines.shift(), '# Modules')
  const names = lines.map((line) => /^modulestat_([\w-]+):/.exec(line)?.[1])
  for (const name of ['string', 'hash', 'connection', 'server']) assert.ok(names.includes(name), name)
  for (const line of lines) {
    assert.match(
      line,
      /^modulestat_[\w-]+:kind=built-in,version=\d+\.\d+\.\d+,state=live,load_ms=[\d.]+,commands=\d+,calls=\d+,usec=\d+,failures=\d+,memory=0$/,
    )
  }
})

test('commandstats and errorstats count as in Redis', async () => {
  await pair.prepare('CONFIG', 'RESETSTAT')
  await pair.both('SET', 'text', 'x')
  await pair.both('INCR', 'text')
  await pair.both('GET')
  await pair.both('NOSUCH')
  await pair.both('CONFIG', 'GET', 'port')
  await pair.both('CLIENT', 'KILL', 'ID', 'x')
  await pair.both('MULTI')
  await pair.both('LPUSH', 'text', 'x')
  await pair.both('EXEC')
  const figures = (text: string): string[] =>
    text
      .split('\r\n')
      .filter((line) => /^(cmdstat|errorstat)_/.test(line))
      .map((line) => line.replace(/usec=\d+,usec_per_call=[\d.]+,/, ''))
      .sort()
  const [modis, redis] = (await pair.both('INFO', 'commandstats', 'errorstats')) as [string, string]
  assert.equal(figures(modis), figures(redis))
  assert.match(modis, /cmdstat_incr:calls=1,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=0,failed_calls=1/)
  const stats = sectionsOf(String(await pair.modis.call('INFO', 'stats'))).get('Stats')
  assert.is(stats?.get('total_error_replies'), '5')
})

test('a blocked command counts when it ends', async () => {
  await pair.prepare('CONFIG', 'RESETSTAT')
  const other = await pair.connect()
  const blocked = other.both('BLPOP', 'nothing', 0)
  await untilBothBlocked(pair, 1)
  assert.not.match(String(await pair.modis.call('INFO', 'commandstats')), /cmdstat_blpop/)
  await pair.both('RPUSH', 'nothing', 'x')
  await blocked
  assert.match(String(await pair.modis.call('INFO', 'commandstats')), /cmdstat_blpop:calls=1,/)
  other.disconnect()
})

test('latencystats shows percentiles', async () => {
  await pair.prepare('CONFIG', 'RESETSTAT')
  for (let i = 0; i < 50; i++) await pair.modis.call('GET', 'a')
  const text = String(await pair.modis.call('INFO', 'latencystats'))
  const [, ...values] =
    /latency_percentiles_usec_get:p50=([\d.]+),p99=([\d.]+),p99\.9=([\d.]+)/.exec(text) ?? []
  const [p50 = 0, p99 = 0, p999 = 0] = values.map(Number)
  assert.ok(p50 > 0 && p50 <= p99 && p99 <= p999, text)
  await pair.speak(3)
  const histogram = (await pair.modis.call('LATENCY', 'HISTOGRAM', 'GET', 'nosuch')) as Map<
    string,
    Map<string, unknown>
  >
  assert.is(histogram.get('get')?.get('calls'), 50)
  const counts = histogram.get('get')?.get('histogram_usec')
  assert.is(counts instanceof Map ? [...counts.values()].at(-1) : undefined, 50)
  await pair.speak(2)
})

for (const version of [2, 3] as const) {
  test(`RESP${version}: small replies and wrong calls`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        ROLE | TIME x | SLOWLOG RESET | SLOWLOG LEN x | SLOWLOG GET x | SLOWLOG GET -2 | SLOWLOG GET 1 2 | SLOWLOG NOSUCH
        LATENCY LATEST | LATENCY HISTORY x | LATENCY RESET | LATENCY RESET x y | LATENCY HISTOGRAM nosuch | LATENCY
        MEMORY USAGE nosuch | MEMORY USAGE a SAMPLES | MEMORY USAGE a SAMPLES -1 | MEMORY USAGE a SAMPLES x | MEMORY NOSUCH
        MEMORY PURGE | SHUTDOWN x | SHUTDOWN ABORT | SHUTDOWN SAVE NOSAVE | SHUTDOWN ABORT NOW
        DEBUG | DEBUG NOSUCH | DEBUG SLEEP | DEBUG SLEEP 0 | DEBUG ERROR foobar | DEBUG ERROR "A b c"
        DEBUG PROTOCOL string | DEBUG PROTOCOL integer | DEBUG PROTOCOL double | DEBUG PROTOCOL bignum | DEBUG PROTOCOL null
        DEBUG PROTOCOL array | DEBUG PROTOCOL set | DEBUG PROTOCOL map | DEBUG PROTOCOL verbatim | DEBUG PROTOCOL true
        DEBUG PROTOCOL false | DEBUG PROTOCOL nosuch | DEBUG OBJECT nosuch | DEBUG QUICKLIST-PACKED-THRESHOLD x
        DEBUG QUICKLIST-PACKED-THRESHOLD 0 | DEBUG SET-ACTIVE-EXPIRE 1 | DEBUG CHANGE-REPL-ID
      `),
    )
  })
}

test('DEBUG PROTOCOL sends attributes and pushes', async () => {
  const refused = await pair.modis.call('DEBUG', 'PROTOCOL', 'push')
  assert.equal(refused, new ReplyError('ERR RESP2 is not supported by this command'))
  await pair.speak(3)
  // An attribute comes with the value it belongs to, a push by itself.
  for (const [type, count] of [
    ['attrib', 1],
    ['push', 2],
  ] as const) {
    const replies = await Promise.all(
      [pair.modis, pair.redis].map((client) => {
        const waiting = Array.from({ length: count }, () => client.next())
        client.socket.write(`DEBUG PROTOCOL ${type}\r\n`)
        return Promise.all(waiting).then((both) => both.map(({ bytes }) => bytes.toString()).join(''))
      }),
    )
    assert.is(replies[0], replies[1])
  }
  await pair.speak(2)
})

test('DEBUG DIGEST is the same for the same data, and that of redis-server', async () => {
  await pair.prepare('FLUSHALL')
  await pair.compare('DEBUG', 'DIGEST')
  await pair.script(
    ...commands(`
      SET a 1 | SET text "\\x00\\xff" | RPUSH l a b c | SADD s 1 2 3 | SADD t a b c | HSET h a 1 b 2
      ZADD z 1 a 2.5 b inf c -0.75 d 1234567 e -0 f | SET e 1 EX 1000 | SELECT 3 | SET a 1 | SELECT 0
    `),
  )
  await pair.compare('RPUSH', 'long', ...Array.from({ length: 500 }, (_none, i) => `element ${i}`))
  await pair.compare('SADD', 'wide', ...Array.from({ length: 600 }, (_none, i) => `member ${i}`))
  await pair.compare(
    'ZADD',
    'ranks',
    ...Array.from({ length: 300 }, (_none, i) => [i / 4, `member ${i}`]).flat(),
  )
  await pair.compare('HSET', 'fields', ...Array.from({ length: 600 }, (_none, i) => [`field ${i}`, i]).flat())
  await pair.compare('DEBUG', 'DIGEST')
  await pair.compare('DEBUG', 'DIGEST-VALUE', 'a', 'l', 's', 'h', 'z', 'nosuch', 'e')
  // Redis 7.2 mixes other digits of such scores in than 7.0 does.
  await pair.prepare('ZADD', 'odd', 0.1, 'a', 1e300, 'b', 1e-7, 'c', '123456789012345680000', 'd', 1e16, 'e')
  assert.equal(await pair.modis.call('DEBUG', 'DIGEST-VALUE', 'odd'), [
    new Status('b4be5a24dfdafa93ec0e003fa4d619bd233ca2e1'),
  ])
  const before = await pair.modis.call('DEBUG', 'DIGEST')
  assert.equal(await pair.modis.call('DEBUG', 'RELOAD'), new Status('OK'))
  assert.equal(await pair.modis.call('DEBUG', 'DIGEST'), before)
})

test('DEBUG OBJECT and MEMORY USAGE tell of a value', async () => {
  await pair.prepare('SET', 'a', 'some text')
  const shape = (value: unknown): string =>
    String((value as { text: string }).text)
      .replace(/at:0x[0-9a-f]+/, '')
      .replace(/lru:\d+/, '')
      // Compared by itself: a second may begin between the commands.
      .replace(/lru_seconds_idle:\d+/, '')
  const [modis, redis] = await pair.both('DEBUG', 'OBJECT', 'a')
  assert.is(shape(modis), shape(redis))
  assert.match((modis as Status).text, / lru_seconds_idle:\d+/)
  await sameIdleTime(pair, 'a', () => pair.prepare('SET', 'a', 'some text'))
  const small = (await pair.modis.call('MEMORY', 'USAGE', 'a')) as number
  await pair.modis.call('SET', 'a', 'x'.repeat(100_000))
  const large = (await pair.modis.call('MEMORY', 'USAGE', 'a')) as number
  assert.ok(small > 10 && small < 500, String(small))
  assert.ok(large >= 100_000 && large < 140_000, String(large))
})

test('DEBUG POPULATE', async () => {
  await pair.prepare('FLUSHALL')
  await pair.script(
    'DEBUG POPULATE 10',
    'DEBUG POPULATE 3 other 20',
    'DBSIZE',
    'GET key:9',
    'GET other:2',
    'DEBUG POPULATE -1',
  )
})

test('TIME is the time', async () => {
  const before = Date.now()
  const reply = (await pair.modis.call('TIME')) as string[]
  const after = Date.now()
  const [seconds, microseconds] = reply.map(Number) as [number, number]
  assert.ok(microseconds >= 0 && microseconds < 1_000_000)
  const told = seconds * 1000 + Math.floor(microseconds / 1000)
  assert.ok(told >= before - 1 && told <= after + 1, `${told} is not between ${before} and ${after}`)
})

test('SLOWLOG keeps what took long, shortened and without secrets', async () => {
  await pair.prepare('SLOWLOG', 'RESET')
  await pair.prepare('CONFIG', 'SET', 'slowlog-log-slower-than', 0)
  const many = Array.from({ length: 40 }, (_none, i) => `k${i}`)
  await pair.both('DEL', ...many)
  await pair.both('SET', 'a', 'y'.repeat(200))
  await pair.both('CONFIG', 'SET', 'masterauth', 'secret')
  await pair.both('AUTH', 'default', 'secret')
  await pair.prepare('CONFIG', 'SET', 'slowlog-log-slower-than', -1)
  const [modis, redis] = (await pair.both('SLOWLOG', 'GET', 4)) as unknown[][][]
  const shown = (entries: unknown[][] | undefined): unknown => entries?.map((entry) => entry[3])
  assert.equal(shown(modis), shown(redis))
  assert.is(modis?.[0]?.length, 6)
  await pair.prepare('CONFIG', 'SET', 'slowlog-log-slower-than', 10000)
})

test('LATENCY tells of events that took long', async () => {
  // On a busy machine other events may take as long as that: only the one that is meant is looked at.
  const command = (value: unknown): unknown[] =>
    (value as unknown[][]).filter(([event]) => event === 'command')
  const longest = async (): Promise<number> => {
    const history = (await pair.modis.call('LATENCY', 'HISTORY', 'command')) as [number, number][]
    return Math.max(...history.map(([, milliseconds]) => milliseconds))
  }
  await pair.prepare('CONFIG', 'SET', 'latency-monitor-threshold', 200)
  const start = performance.now()
  await pair.both('DEBUG', 'SLEEP', '0.25')
  for (const reply of await pair.both('LATENCY', 'LATEST')) {
    const [[, second, last, most] = [], ...others] = command(reply) as number[][]
    assert.equal(others, [])
    assert.ok(Math.abs(Number(second) - Date.now() / 1000) < 60)
    assert.ok(Number(last) >= 200 && Number(most) >= 250 && Number(last) <= Number(most), `${last} ${most}`)
  }
  assert.ok((await longest()) >= 250)
  assert.ok((await longest()) <= performance.now() - start)
  await pair.both('DEBUG', 'SLEEP', '0.22')
  const [graph, redisGraph] = (await pair.both('LATENCY', 'GRAPH', 'command')).map(String)
  const head = /^command - high \d+ ms, low \d+ ms \(all time high \d+ ms\)\n-{80}\n/
  assert.match(graph ?? '', head)
  assert.match(redisGraph ?? '', head)
  assert.match(graph ?? '', /#/)
  await pair.compare('LATENCY', 'GRAPH', 'nosuch')
  assert.match(
    String(await pair.modis.call('LATENCY', 'DOCTOR')),
    /^command: \d+ in the history .*longest ever \d+ ms/m,
  )
  await pair.compare('LATENCY', 'RESET', 'command')
  // With a threshold that nothing reaches.
  await pair.prepare('CONFIG', 'SET', 'latency-monitor-threshold', 1_000_000)
  await pair.prepare('LATENCY', 'RESET')
  await pair.compare('LATENCY', 'RESET')
  assert.match(String(await pair.modis.call('LATENCY', 'DOCTOR')), 'No event took 1000000 ms or longer')
  await pair.prepare('CONFIG', 'SET', 'latency-monitor-threshold', 0)
  assert.match(String(await pair.modis.call('LATENCY', 'DOCTOR')), 'Latency is not watched')
})

test('MEMORY DOCTOR finds what is out of proportion', async () => {
  assert.match(String(await pair.modis.call('MEMORY', 'DOCTOR')), 'too little data')
  await pair.modis.call('SET', 'large', Buffer.alloc(64 << 20))
  await until('the peak to be noticed', async () =>
    /used_memory_peak:6\d{7}/.test(String(await pair.modis.call('INFO', 'memory'))),
  )
  await pair.modis.call('SET', 'large', Buffer.alloc(8 << 20))
  await until('memory to be given back', async () =>
    /^Peak: /m.test(String(await pair.modis.call('MEMORY', 'DOCTOR'))),
  )
  await pair.modis.call('DEL', 'large')
})

test('INFO tells what a load brought and the time of the main thread', async () => {
  await pair.modis.call('FLUSHALL')
  await pair.modis.call('MSET', 'a', 1, 'b', 2, 'c', 3)
  await pair.modis.call('DEBUG', 'RELOAD')
  assert.match(String(await pair.modis.call('INFO', 'persistence')), 'rdb_last_load_keys_loaded:3\r')
  const cpu = String(await pair.modis.call('INFO', 'cpu'))
  if (process.platform === 'linux') {
    const of = (name: string): number => Number(new RegExp(`${name}:([\\d.]+)`).exec(cpu)?.[1])
    assert.ok(
      of('used_cpu_user_main_thread') > 0 && of('used_cpu_user_main_thread') <= of('used_cpu_user') + 0.02,
    )
  }
  await pair.modis.call('FLUSHALL')
})

test('INFO tells how long memory was over its limit', async () => {
  for (const client of [pair.modis, pair.redis]) {
    const exceeded = async (): Promise<readonly [current: number, total: number]> => {
      const text = String(await client.call('INFO', 'stats'))
      const of = (name: string): number =>
        Number(new RegExp(`\\n${name}_eviction_exceeded_time:(\\d+)`).exec(text)?.[1])
      return [of('current'), of('total')]
    }
    await client.call('CONFIG', 'RESETSTAT')
    assert.equal(await exceeded(), [0, 0])
    const start = performance.now()
    await client.call('CONFIG', 'SET', 'maxmemory', '1')
    assert.instance(await client.call('SET', 'refused', '1'), ReplyError)
    await sleep(50)
    const [current, total] = await exceeded()
    const most = performance.now() - start + 2
    assert.ok(current >= 45 && current <= most && total === current, `${current}, ${total}, ${most}`)
    await client.call('CONFIG', 'SET', 'maxmemory', '1gb')
    await client.call('SET', 'taken', '1')
    const [none, past] = await exceeded()
    assert.ok(none === 0 && past >= total, `${none}, ${past}`)
    await client.call('CONFIG', 'SET', 'maxmemory', '0')
    await client.call('CONFIG', 'RESETSTAT')
    assert.equal(await exceeded(), [0, 0])
  }
})

test('MONITOR shows what others do, secrets and administration left out', async () => {
  const monitor = await pair.connect()
  await monitor.compare('MONITOR')
  const lines = Promise.all(
    [monitor.modis, monitor.redis].map(async (client) => {
      const replies = await Promise.all(Array.from({ length: 7 }, () => client.next()))
      return replies
        .map(({ bytes }) => bytes.toString().replace(/^\+[\d.]+ \[(\d+) [\d.:]+\]/, '[$1]'))
        .join('')
    }),
  )
  await pair.script('SELECT 2', 'SET a "\\x00 \\"q\\" \\n"', 'CONFIG GET timeout', 'MULTI', 'GET a', 'EXEC')
  await pair.both('AUTH', 'default', 'secret')
  await pair.script('SELECT 0')
  const [modis, redis] = await lines
  assert.is(modis, redis)
  monitor.disconnect()
})

test('SHUTDOWN saves where that is asked for, and ends the process well', async () => {
  for (const [words, saves] of [
    [['NOSAVE'], false],
    [['SAVE'], true],
    [['NOW', 'FORCE'], false],
  ] as const) {
    const server = await startModis()
    const client = await RawClient.connect(server.port)
    await client.call('SET', 'a', '1')
    const ended = new Promise<number | null>((resolve) => server.process.once('exit', resolve))
    client.socket.write(`SHUTDOWN ${words.join(' ')}\r\n`)
    assert.is(await ended, 0)
    assert.is(existsSync(join(server.folder, 'dump.rdb')), saves, words.join(' '))
    await server.stop()
  }
})

test('SHUTDOWN stops a background save, and leaves no temporary file', async () => {
  for (const words of ['NOSAVE', 'SAVE']) {
    const server = await startModis()
    const client = await RawClient.connect(server.port)
    await client.call('DEBUG', 'POPULATE', 300_000, 'key', 100)
    const ended = new Promise<number | null>((resolve) => server.process.once('exit', resolve))
    // In one piece, so that the save has no time to end before.
    client.socket.write(`BGSAVE\r\nINFO persistence\r\nSHUTDOWN ${words}\r\n`)
    assert.equal((await client.next()).value, new Status('Background saving started'))
    assert.match(textOf((await client.next()).value), 'rdb_bgsave_in_progress:1')
    assert.is(await ended, 0)
    assert.equal(readdirSync(server.folder), words === 'SAVE' ? ['dump.rdb'] : [])
    await server.stop()
  }
})

test('SHUTDOWN is refused where the data cannot be saved, unless forced', async () => {
  const server = await startModis({ dbfilename: 'dump.rdb', 'enable-protected-configs': 'yes' })
  const client = await RawClient.connect(server.port)
  await client.call('SET', 'a', '1')
  mkdirSync(join(server.folder, 'folder'))
  await client.call('CONFIG', 'SET', 'dbfilename', 'folder')
  assert.equal(
    await client.call('SHUTDOWN', 'SAVE'),
    new ReplyError('ERR Errors trying to SHUTDOWN. Check logs.'),
  )
  assert.is(await client.call('GET', 'a'), '1')
  const ended = new Promise<number | null>((resolve) => server.process.once('exit', resolve))
  client.socket.write('SHUTDOWN SAVE FORCE\r\n')
  assert.is(await ended, 0)
  await server.stop()
})

test.run()
