import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilBlocked } from '../support/blocked.ts'
import { ModuleFolder, ModuleServer, plain } from './module-folder.ts'

const test = suite('commands of modules')
const folder = new ModuleFolder()
let modis: ModuleServer

const lab = `{
  name: 'lab',
  load: ({ args }) => ({ count: 0, args }),
  commands: {
    'lab.value': { summary: 'Replies a value.', args: { code: arg.string() }, run: (ctx, { code }) => evaluate(code, ctx) },
    'lab.later': {
      summary: 'Replies a value later.',
      args: { ms: arg.integer(), code: arg.string() },
      async run(ctx, { ms, code }) {
        await new Promise((resolve) => setTimeout(resolve, ms))
        return await evaluate(code, ctx)
      },
    },
    'lab.gate': { summary: 'Replies when it is let go.', args: { name: arg.string() }, run: (_ctx, { name }) => new Promise((resolve) => gates.set(name, resolve)) },
    'lab.open': { summary: 'Lets go.', args: { name: arg.string() }, run: (_ctx, { name }) => { gates.get(name)(name); return 1 } },
    'lab.write': { summary: 'Writes to the reply.', args: { code: arg.string() }, run: (ctx, { code }) => { evaluate(code, ctx) } },
    'lab.raw': { summary: 'Reads its arguments itself.', arity: -1, raw: (ctx, args) => { ctx.reply.array(args.count); for (let i = 0; i < args.count; i++) ctx.reply.bulk(args.string(i)) } },
    'lab.rawlater': {
      summary: 'Reads its arguments itself, later.',
      flags: ['blocking'],
      arity: -2,
      async raw(ctx, args) {
        const texts = () => Array.from({ length: args.count }, (_, index) => args.string(index))
        if (args.equals(1, 'KEY')) {
          const key = args.bytes(2)
          return ctx.blockOnKeys({ keys: [key], timeoutMs: 0, retry: (inner) => (inner.key(key).exists ? texts() : sdk.stillBlocked), timeout: texts })
        }
        await new Promise((resolve) => setTimeout(resolve, args.integer(1)))
        return [...texts(), args.buffer.toString('utf8', args.start(1), args.end(1))]
      },
    },
    'lab.options': {
      summary: 'Parses options.',
      args: {
        key: arg.key('R'),
        mode: arg.optional(arg.oneof({ fast: arg.token('FAST'), slow: arg.token('SLOW') })),
        limit: arg.optional(arg.block({ offset: arg.integer({ min: 0 }), count: arg.integer() }, { token: 'LIMIT' })),
        rest: arg.many(arg.double(), { min: 0 }),
      },
      run: (_ctx, { key, mode, limit, rest }) => JSON.stringify([key.name.toString(), mode ?? null, limit ?? null, rest]),
    },
    'lab.vague': {
      summary: 'Has keys behind tokens and behind what may be missing.',
      flags: ['write'],
      args: {
        source: arg.key('R'),
        label: arg.optional(arg.string({ token: 'LABEL' })),
        store: arg.optional(arg.key('W', { token: 'STORE' })),
        note: arg.optional(arg.string()),
        last: arg.key('W'),
      },
      run: () => 'OK',
    },
    'lab.untold': {
      summary: 'Cannot always tell its keys.',
      flags: ['readonly'],
      arity: -2,
      keySpecs: [{ flags: ['RO', 'access'], begin: { unknown: true }, find: { unknown: true } }],
      getKeys: (args) => { if (args.equals(1, 'THROW')) throw new Error('no idea'); return [1] },
      raw: () => 'OK',
    },
    'lab.box': {
      summary: 'Container.',
      subcommands: {
        put: { summary: 'Puts.', flags: ['write'], args: { key: arg.key('W'), value: arg.string() }, run: (_ctx, { key, value }) => { key.string.set(value); return new sdk.SimpleString('OK') } },
        peek: { summary: 'Peeks.', args: { key: arg.key('R') }, run: (_ctx, { key }) => key.string.text() },
      },
    },
    'lab.wait': {
      summary: 'Waits for a key.',
      flags: ['write', 'blocking'],
      args: { key: arg.key('RW'), timeout: arg.integer({ default: 0 }) },
      run: (ctx, { key, timeout }) => {
        const take = (inner) => { const text = inner.key('result').string.text(); inner.key('result').delete(); return text }
        return ctx.blockOnKeys({
          keys: [key],
          timeoutMs: timeout,
          retry: (inner) => (inner.key(key.name).exists ? ['got', take(inner)] : sdk.stillBlocked),
          timeout: () => 'timeout',
        })
      },
    },
    'lab.waitasync': {
      summary: 'Waits for a key in an async handler.',
      flags: ['write', 'blocking'],
      args: { key: arg.key('RW') },
      async run(ctx, { key }) { return await ctx.blockOnKeys({ keys: [key], timeoutMs: 0, retry: () => 'async got', timeout: () => 'timeout' }) },
    },
    'lab.keys': {
      summary: 'Names its keys after an await.',
      args: { first: arg.key('RW'), others: arg.keys('R') },
      async run(_ctx, { first, others }) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        let stale = 'nothing'
        try { first.exists } catch (error) { stale = error.message }
        return [...[first, ...others].map((key) => key.name), stale]
      },
    },
    'lab.keep': { summary: 'Keeps a handle.', args: { key: arg.key('R') }, run: (_ctx, { key }) => { kept.push(key); return 1 } },
    'lab.kept': {
      summary: 'Uses the handle that was kept.',
      run: () => ['name', 'exists'].map((what) => { try { return String(kept.at(-1)[what]) } catch (error) { return error.message } }),
    },
    'lab.aftermath': {
      summary: 'Throws when its client is gone.',
      async run(ctx) {
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
        throw new Error('out of breath')
      },
    },
    'lab.giveup': { summary: 'Rejects with the reason of the signal.', run: (ctx) => new Promise((_resolve, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason))) },
    'lab.signal': {
      summary: 'Waits until aborted.',
      async run(ctx) {
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
        ctx.log.notice('aborted: ' + ctx.signal.reason.message)
        return 'aborted'
      },
    },
  },
}`
const prelude = `
const kept = []
const gates = new Map()
const evaluate = (code, ctx) => new Function('ctx', 'sdk', 'return ' + code)(ctx, sdk)
`

test.before(async () => {
  folder.define('lab', lab, prelude)
  modis = await ModuleServer.start(folder)
  assert.is(await modis.call('MODULE', 'LOAD', 'lab', 'an', 'argument'), 'OK')
})
test.after(async () => {
  await modis.stop()
  folder.remove()
})

const value = (code: string): Promise<unknown> => modis.call('lab.value', code)

test('replies of every shape, in RESP2 and RESP3', async () => {
  const codes: [string, unknown, unknown][] = [
    ['"text"', 'text', 'text'],
    ['Buffer.from("bytes")', 'bytes', 'bytes'],
    ['42', 42, 42],
    ['9007199254740993n', 9007199254740993n, 9007199254740993n],
    ['1.5', '1.5', ',1.5'],
    ['new sdk.DoubleValue(2)', '2', ',2'],
    ['null', null, null],
    ['true', 1, true],
    ['[1, "a", [null]]', [1, 'a', [null]], [1, 'a', [null]]],
    ['new Map([["a", 1]])', ['a', 1], new Map([['a', 1]])],
    ['new Set(["a"])', ['a'], new Set(['a'])],
    ['new sdk.SimpleString("fine")', 'fine', 'fine'],
    ['new sdk.VerbatimString("txt", "text")', 'text', 'text'],
    ['new sdk.CommandError("no way", "NOWAY")', '-NOWAY no way', '-NOWAY no way'],
    ['new Error("oops")', '-ERR oops', '-ERR oops'],
  ]
  for (const [code, resp2] of codes) assert.equal(await value(code), resp2, code)
  await modis.call('HELLO', 3)
  for (const [code, , resp3] of codes) assert.equal(await value(code), resp3, code)
  await modis.call('HELLO', 2)
})

test('a handler that throws fails its command alone, with nothing half written', async () => {
  assert.match(String(await value('nothing.at.all')), /^-ERR lab\.value failed: nothing is not defined/)
  assert.match(
    String(await value('(() => { throw new sdk.CommandError("go away", "DENIED") })()')),
    /^-DENIED go away/,
  )
  assert.match(String(await value('[1, undefined]')), /^-ERR lab\.value failed: undefined is no reply/)
  assert.match(
    String(await value('[{ a: 1 }]')),
    /^-ERR lab\.value failed: an object \(Object\) is no reply; return a Map, such as new Map\(Object\.entries/,
  )
  assert.match(String(await value('Object.create(null)')), /an object \(without a class\) is no reply/)
  assert.match(
    String(await value('undefined')),
    /^-ERR lab\.value failed: the handler of 'lab\.value' returned nothing/,
  )
  assert.match(String(await value('(ctx.reply.integer(1), 2)')), /wrote to ctx\.reply and returned a value/)
  assert.match(
    String(await modis.call('lab.write', 'ctx.reply.array(2), ctx.reply.integer(1), nothing')),
    /nothing is not defined/,
  )
  assert.equal(
    await modis.call('lab.write', '(ctx.reply.array(2), ctx.reply.integer(1), ctx.reply.bulk("two"))'),
    [1, 'two'],
  )
  assert.is(await modis.call('PING'), 'PONG')
})

test('arguments are parsed by the schema, subcommands included', async () => {
  assert.is(await modis.call('lab.options', 'k'), '["k",null,null,[]]')
  assert.is(
    await modis.call('lab.options', 'k', 'limit', '1', '2', 'fast', '1.5', '-inf'),
    '["k","fast",{"offset":1,"count":2},[1.5,null]]',
  )
  assert.is(await modis.call('lab.options'), "-ERR wrong number of arguments for 'lab.options' command")
  assert.is(
    await modis.call('lab.options', 'k', 'x'),
    "-ERR value is not a valid float: rest must be a number, got 'x'",
  )
  assert.match(
    String(await modis.call('lab.options', 'k', 'LIMIT', '-1', '2')),
    /^-ERR offset must be at least 0, got '-1'/,
  )
  assert.is(await modis.call('lab.box', 'PUT', 'boxed', 'value'), 'OK')
  assert.is(await modis.call('lab.box', 'peek', 'boxed'), 'value')
  assert.is(await modis.call('lab.box', 'peek'), "-ERR wrong number of arguments for 'lab.box|peek' command")
  assert.match(
    String(await modis.call('lab.box', 'nothing')),
    /^-ERR unknown subcommand 'nothing'\. Try LAB\.BOX HELP\./,
  )
  assert.equal(await modis.call('lab.box', 'help'), [
    'LAB.BOX <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
    'PUT <key> <value>',
    '    Puts.',
    'PEEK <key>',
    '    Peeks.',
    'HELP',
    '    Print this help.',
  ])
  assert.equal(await modis.call('lab.raw', 'a', 'b c'), ['lab.raw', 'a', 'b c'])
})

test('COMMAND knows keys, arity, flags, categories and documentation', async () => {
  const info = ((await modis.call('COMMAND', 'INFO', 'lab.options', 'lab.box')) as unknown[][]).map((each) =>
    each.slice(0, 6),
  )
  assert.equal(info[0], ['lab.options', -2, ['readonly', 'module'], 1, 1, 1])
  assert.equal(info[1], ['lab.box', -2, ['module'], 0, 0, 0])
  assert.equal(await modis.call('COMMAND', 'GETKEYS', 'lab.box', 'put', 'key', 'value'), ['key'])
  const docs = JSON.stringify(await modis.call('COMMAND', 'DOCS', 'lab.options'))
  assert.match(docs, /Parses options\./)
  assert.match(docs, /"module","lab"/)
})

test('keys behind tokens and behind optional arguments are found, for rules about keys as well', async () => {
  const keysOf = (...args: string[]): Promise<unknown> =>
    modis.call('COMMAND', 'GETKEYS', 'lab.vague', ...args)
  assert.equal(await keysOf('a', 'z'), ['a', 'z'])
  assert.equal(await keysOf('a', 'note', 'z'), ['a', 'z'])
  assert.equal(await keysOf('a', 'STORE', 'b', 'z'), ['a', 'b', 'z'])
  // What looks like the token is the value of another.
  assert.equal(await keysOf('a', 'LABEL', 'STORE', 'STORE', 'b', 'note', 'z'), ['a', 'b', 'z'])
  await modis.call('ACL', 'SETUSER', 'vague', '+@all', '%R~a', '~z', '%W~b')
  const mayRun = async (...args: string[]): Promise<boolean> =>
    (await modis.call('ACL', 'DRYRUN', 'vague', 'lab.vague', ...args)) === 'OK'
  assert.is(await mayRun('a', 'z'), true)
  assert.is(await mayRun('a', 'LABEL', 'STORE', 'STORE', 'b', 'z'), true)
  assert.is(await mayRun('b', 'z'), false)
  assert.is(await mayRun('a', 'a'), false)
  assert.is(await mayRun('a', 'note', 'a'), false)
  assert.is(await mayRun('a', 'LABEL', 'STORE', 'STORE', 'c', 'z'), false)
  await modis.call('ACL', 'DELUSER', 'vague')
})

test('a command that cannot tell its keys may be run by those alone who may use every key', async () => {
  await modis.call('ACL', 'SETUSER', 'reader', 'on', 'nopass', '+@all', '~a')
  const reader = await modis.connect()
  await reader.batch([
    ['AUTH', 'reader', 'x'],
    ['CLIENT', 'TRACKING', 'ON'],
  ])
  assert.is(plain(await reader.call('lab.untold', 'a')), 'OK')
  assert.is(plain(await reader.call('lab.untold', 'b')), '-NOPERM No permissions to access a key')
  assert.is(plain(await reader.call('lab.untold', 'THROW')), '-NOPERM No permissions to access a key')
  await modis.call('ACL', 'SETUSER', 'reader', 'allkeys')
  assert.is(plain(await reader.call('lab.untold', 'THROW')), 'OK')
  await modis.call('ACL', 'DELUSER', 'reader')
})

test('call: replies by type, errors thrown or returned, text, RESP2', async () => {
  await modis.call('DEL', 'h', 'z')
  await modis.call('HSET', 'h', 'f', 'v')
  await modis.call('ZADD', 'z', '1.5', 'm')
  const json = (code: string): Promise<unknown> =>
    value(`JSON.stringify(${code}, (_, v) => v instanceof Map ? [...v] : v instanceof Set ? [...v] : v)`)
  assert.is(await json('ctx.callWith({ text: true }, "HGETALL", "h")'), '[["f","v"]]')
  assert.is(await json('ctx.callWith({ text: true, resp: 2 }, "HGETALL", "h")'), '["f","v"]')
  assert.is(await json('ctx.call("ZSCORE", "z", "m")'), '1.5')
  assert.is(
    await json(
      '[ctx.call("GET", "nothing"), ctx.call("EXISTS", "h"), ctx.call("SET", "a", 5), ctx.call("INCRBY", "a", 9007199254740992n).toString(), ctx.call("GET", "h").toString]',
    ).then((reply) => String(reply).startsWith('-WRONGTYPE')),
    true,
  )
  assert.is(await json('ctx.callWith({ errors: "return" }, "GET", "h").code'), '"WRONGTYPE"')
  assert.is(
    await json('ctx.callWith({ errors: "return" }, "NOSUCH", "a b").message'),
    `"unknown command 'NOSUCH', with args beginning with: 'a b' "`,
  )
  assert.match(String(await value('ctx.call("MULTI")')), /concerns a connection/)
  assert.is(await json('ctx.call("SMEMBERS", "nothing")'), '[]')
  assert.is(await json('ctx.call("BLPOP", "nothing", 0)'), 'null')
  assert.is(await value('ctx.call("lab.value", "ctx.call(\\"lab.value\\", \\"ctx.client.isInternal\\")")'), 1)
  assert.match(
    String(await value('ctx.call("lab.later", 1, "1")')),
    /Blocking module command called from another module/,
  )
})

test('client, database and circumstances', async () => {
  await modis.call('CLIENT', 'SETNAME', 'tester')
  assert.equal(
    await value(
      '[ctx.client.name, ctx.client.user, ctx.client.resp, ctx.client.isInternal, ctx.db, ctx.state.args]',
    ),
    ['tester', 'default', 2, 0, 0, ['an', 'argument']],
  )
  assert.equal(
    await value(
      '[ctx.flags.transaction, ctx.flags.mayBlock, ctx.flags.loading, ctx.mayRun("get", "k"), ctx.mayRun("nothing")]',
    ),
    [0, 1, 0, 1, 0],
  )
  await modis.call('MULTI')
  await modis.call('lab.value', '[ctx.flags.transaction, ctx.flags.mayBlock]')
  assert.equal(await modis.call('EXEC'), [[1, 0]])
  await modis.call('SELECT', 3)
  assert.equal(await value('[ctx.db, ctx.key("k").db]'), [3, 3])
  await modis.call('SELECT', 0)
})

test('a promise blocks the client alone', async () => {
  const other = await modis.connect()
  const later = modis.call('lab.gate', 'done')
  await untilBlocked(other, 1)
  assert.is(plain(await other.call('PING')), 'PONG')
  await other.call('lab.open', 'done')
  assert.is(await later, 'done')
  const waiting = await Promise.all(
    ['one', 'two', 'three'].map(async (name) => {
      const client = await modis.connect()
      return { client, name, reply: client.call('lab.gate', name) }
    }),
  )
  await untilBlocked(other, 3)
  // The reply comes to whom it belongs, whoever waits longer.
  for (const { client, name, reply } of waiting.reverse()) {
    await other.call('lab.open', name)
    assert.is(plain(await reply), name)
    client.close()
  }
  const replies = await Promise.all([
    modis.call('lab.later', 50, '"first"'),
    modis.call('PING'),
    modis.call('lab.value', '"third"'),
  ])
  assert.equal(replies, ['first', 'PONG', 'third'])
  other.close()
})

test('arguments are read after an await as before it, whatever other clients send meanwhile', async () => {
  const words = Array.from({ length: 40 }, (_, index) => `word ${index}`)
  const clients = await Promise.all(Array.from({ length: 4 }, () => modis.connect()))
  const asked = clients.map(async (client, index) => {
    const ms = String(30 + index)
    // What follows in the same pipeline has its own arguments.
    const [later, echo, next] = await Promise.all([
      client.call('lab.rawlater', ms, ...words, `client ${index}`),
      client.call('ECHO', `echo ${index}`),
      client.call('lab.rawlater', '1', `next ${index}`),
    ])
    assert.equal(plain(later), ['lab.rawlater', ms, ...words, `client ${index}`, ms])
    assert.equal(plain(echo), `echo ${index}`)
    assert.equal(plain(next), ['lab.rawlater', '1', `next ${index}`, '1'])
  })
  const waiting = await modis.connect()
  const served = waiting.call('lab.rawlater', 'KEY', 'awaited', ...words)
  for (let round = 0; round < 20; round++) await modis.call('ECHO', 'x'.repeat(1000))
  await Promise.all(asked)
  await modis.call('SET', 'awaited', '1')
  assert.equal(plain(await served), ['lab.rawlater', 'KEY', 'awaited', ...words])
  await modis.call('DEL', 'awaited')
  for (const client of [...clients, waiting]) client.close()
})

test('async handlers open keys again, and their errors are replies', async () => {
  assert.is(
    await modis.call(
      'lab.later',
      1,
      '(ctx.key("later").string.set("x"), ctx.call("GET", "later").toString())',
    ),
    'x',
  )
  assert.match(
    String(await modis.call('lab.later', 1, 'nothing')),
    /^-ERR lab\.later failed: nothing is not defined/,
  )
  assert.match(
    String(await modis.call('lab.later', 1, '(() => { throw new sdk.CommandError("late", "LATE") })()')),
    /^-LATE late/,
  )
  assert.match(String(await modis.call('lab.later', 1, 'undefined')), /returned nothing/)
  assert.match(String(await modis.call('lab.later', 1, 'ctx.reply.integer(1)')), /ctx\.reply was used after/)
  const stale =
    '(async () => { const key = ctx.key("later"); key.string.get(); await null; return key.string.text() })()'
  assert.match(
    String(await modis.call('lab.later', 1, stale)),
    /was used after its command had returned or awaited/,
  )
  const reopened =
    '(async () => { ctx.key("later").string.set("1"); await null; return ctx.key("later").string.text() })()'
  assert.is(await modis.call('lab.later', 1, reopened), '1')
  assert.match(String(await value('(() => { globalThis.kept = ctx })()')), /returned nothing/)
  assert.match(
    String(await value('kept.key("x").exists')),
    /the context was used after its command had its reply/,
  )
})

test('what a module throws in callbacks of its own, or a promise nobody waits for, leaves the server running', async () => {
  await value(
    '(setTimeout(() => { throw new Error("in a callback") }, 1), Promise.reject(new Error("forgotten")), 1)',
  )
  assert.is(await modis.call('PING'), 'PONG')
  await modis.logged(/Module 'lab' threw in a callback of its own: Error: in a callback/)
  await modis.logged(/Unhandled rejection.*: Error: forgotten/)
  assert.is(await modis.call('PING'), 'PONG')
  assert.match(String(await modis.call('INFO', 'modules')), /modulestat_lab:.*failures=[1-9]/)
})

test('a key knows its name as long as its command goes on, and never tells another', async () => {
  const other = await modis.connect()
  const names = modis.call('lab.keys', 'the first key', 'the second key', 'the third')
  // What other clients send lands in the memory in which the names were received.
  for (let i = 0; i < 20; i++) await other.call('SET', `another key that is as long ${i}`, 'a value')
  assert.equal(await names, [
    'the first key',
    'the second key',
    'the third',
    "The handle of key 'the first key' was used after its command had returned or awaited. " +
      'Open the key again with ctx.key() after each await.',
  ])
  await modis.call('lab.keep', 'kept beyond its command')
  const stale =
    'The handle of a key was used after its command had returned or awaited. ' +
    'Open the key again with ctx.key() after each await.'
  assert.equal(await modis.call('lab.kept'), [stale, stale])
  other.close()
})

test('an async command within a transaction answers with an error', async () => {
  await modis.call('MULTI')
  await modis.call('lab.later', 1, '1')
  assert.equal(await modis.call('EXEC'), ['-ERR Blocking module command called from transaction'])
  // A command that was refused does not do its work all the same, a little later.
  await modis.call('DEL', 'refused')
  await modis.call('MULTI')
  await modis.call('lab.later', 1, 'ctx.key("refused").string.set("x")')
  await modis.call('EXEC')
  await modis.logged(/'lab\.later', whose reply nobody waits for, threw: Error: the context was used after/)
  assert.is(await modis.call('EXISTS', 'refused'), 0)
})

test('a client that leaves aborts the signal of its command', async () => {
  const other = await modis.connect()
  void other.call('lab.signal').catch(() => {})
  await untilBlocked(modis.client, 1)
  assert.not.match(modis.server.log(), /<lab> aborted/)
  other.close()
  await modis.logged(/<lab> aborted: the client is gone/)
})

test('what an async command throws after its client left is logged, unless it only gives up', async () => {
  const other = await modis.connect()
  for (const command of ['lab.giveup', 'lab.aftermath']) {
    const leaver = await modis.connect()
    void leaver.call(command).catch(() => {})
    await untilBlocked(other, 1)
    leaver.close()
    await untilBlocked(other, 0)
  }
  await modis.logged(
    /Module 'lab': 'lab\.aftermath', whose reply nobody waits for, threw: Error: out of breath/,
  )
  assert.is(plain(await other.call('PING')), 'PONG')
  assert.not.match(modis.server.log(), /lab\.giveup/)
  other.close()
})

test('blockOnKeys: served by a write of any type, in time or not', async () => {
  const other = await modis.connect()
  await modis.call('DEL', 'awaited')
  const waiting = modis.call('lab.wait', 'awaited')
  await untilBlocked(other, 1)
  await other.call('SET', 'result', 'it')
  await other.call('SET', 'unrelated', '1')
  await other.call('SET', 'awaited', '1')
  assert.equal(await waiting, ['got', 'it'])
  assert.is(plain(await other.call('EXISTS', 'result')), 0)
  await modis.call('DEL', 'awaited')
  const started = performance.now()
  assert.is(await modis.call('lab.wait', 'awaited', 60), 'timeout')
  assert.ok(performance.now() - started >= 55)
  const forList = modis.call('lab.waitasync', 'list')
  await untilBlocked(other, 1)
  await other.call('LPUSH', 'list', 'x')
  assert.is(await forList, 'async got')
  await modis.call('MULTI')
  await modis.call('lab.wait', 'awaited')
  assert.equal(await modis.call('EXEC'), ['timeout'])
  other.close()
})

test('a reload hands waiting clients over to the new version; an unload ends their wait', async () => {
  const other = await modis.connect()
  await modis.call('DEL', 'awaited')
  const waiting = other.call('lab.wait', 'awaited')
  const running = modis.connect().then(async (client) => {
    const reply = plain(await client.call('lab.later', 200, '"of the old version"'))
    client.close()
    return reply
  })
  await untilBlocked(modis.client, 2)
  folder.define('lab', lab.replace("'got'", "'got from the new version'"), prelude)
  assert.is(await modis.call('MODULE', 'RELOAD', 'lab'), 'OK')
  assert.is(await running, 'of the old version')
  await modis.call('SET', 'result', 'x')
  await modis.call('SET', 'awaited', '1')
  assert.equal(plain(await waiting), ['got from the new version', 'x'])
  await modis.call('DEL', 'awaited')
  const again = other.call('lab.wait', 'awaited')
  const signalled = modis.connect().then(async (client) => {
    const reply = plain(await client.call('lab.signal'))
    client.close()
    return reply
  })
  await untilBlocked(modis.client, 2)
  assert.is(await modis.call('MODULE', 'UNLOAD', 'lab'), 'OK')
  assert.is(plain(await again), '-UNBLOCKED client unblocked, the module was unloaded')
  assert.is(await signalled, 'aborted')
  assert.match(String(await modis.call('lab.value', '1')), /unknown command/)
  await modis.call('MODULE', 'LOAD', 'lab')
  assert.is(await value('1'), 1)
  other.close()
})

test('figures: calls, failures and time of each command, kept across a reload', async () => {
  await modis.call('CONFIG', 'RESETSTAT')
  await value('1')
  await value('nothing')
  await modis.call('lab.value')
  await modis.call('MODULE', 'RELOAD', 'lab')
  await value('1')
  const stats = String(await modis.call('INFO', 'commandstats'))
  assert.match(
    stats,
    /cmdstat_lab\.value:calls=3,usec=\d+,usec_per_call=[\d.]+,rejected_calls=1,failed_calls=1/,
  )
})

test('a rule for a command outlives its module, holds again when that is back, and can be replaced meanwhile', async () => {
  const rules = async (): Promise<string> => {
    const lines = (await modis.call('ACL', 'LIST')) as string[]
    return lines.find((line) => line.startsWith('user orphan ')) ?? ''
  }
  const mayRun = async (): Promise<boolean> =>
    (await modis.call('ACL', 'DRYRUN', 'orphan', 'lab.value', '1')) === 'OK'
  await modis.call('ACL', 'SETUSER', 'orphan', '+lab.value', '+lab.keep', '~*')
  assert.is(await mayRun(), true)
  assert.is(await modis.call('MODULE', 'UNLOAD', 'lab'), 'OK')
  assert.match(await rules(), /-@all \+lab\.value \+lab\.keep$/)
  assert.match(
    String(await modis.call('ACL', 'SETUSER', 'orphan', '+lab.kept')),
    'Unknown command or category name',
  )
  assert.is(await modis.call('ACL', 'SETUSER', 'orphan', '-lab.keep'), 'OK')
  assert.match(await rules(), /-@all \+lab\.value -lab\.keep$/)
  assert.is(await modis.call('MODULE', 'LOAD', 'lab'), 'OK')
  assert.is(await mayRun(), true)
  assert.is(await modis.call('ACL', 'SETUSER', 'orphan', '-lab.value'), 'OK')
  assert.is(await mayRun(), false)
})

test.run()
