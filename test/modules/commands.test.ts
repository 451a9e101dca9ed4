import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { withLab } from './lab-module.ts'
import { plain } from './module-folder.ts'

const test = suite('commands of modules')
const lab = withLab(test)
const { value } = lab

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
  await lab.modis.call('HELLO', 3)
  for (const [code, , resp3] of codes) assert.equal(await value(code), resp3, code)
  await lab.modis.call('HELLO', 2)
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
    String(await lab.modis.call('lab.write', 'ctx.reply.array(2), ctx.reply.integer(1), nothing')),
    /nothing is not defined/,
  )
  assert.equal(
    await lab.modis.call('lab.write', '(ctx.reply.array(2), ctx.reply.integer(1), ctx.reply.bulk("two"))'),
    [1, 'two'],
  )
  assert.is(await lab.modis.call('PING'), 'PONG')
})

test('arguments are parsed by the schema, subcommands included', async () => {
  assert.is(await lab.modis.call('lab.options', 'k'), '["k",null,null,[]]')
  assert.is(
    await lab.modis.call('lab.options', 'k', 'limit', '1', '2', 'fast', '1.5', '-inf'),
    '["k","fast",{"offset":1,"count":2},[1.5,null]]',
  )
  assert.is(await lab.modis.call('lab.options'), "-ERR wrong number of arguments for 'lab.options' command")
  assert.is(
    await lab.modis.call('lab.options', 'k', 'x'),
    "-ERR value is not a valid float: rest must be a number, got 'x'",
  )
  assert.match(
    String(await lab.modis.call('lab.options', 'k', 'LIMIT', '-1', '2')),
    /^-ERR offset must be at least 0, got '-1'/,
  )
  assert.is(await lab.modis.call('lab.box', 'PUT', 'boxed', 'value'), 'OK')
  assert.is(await lab.modis.call('lab.box', 'peek', 'boxed'), 'value')
  assert.is(
    await lab.modis.call('lab.box', 'peek'),
    "-ERR wrong number of arguments for 'lab.box|peek' command",
  )
  assert.match(
    String(await lab.modis.call('lab.box', 'nothing')),
    /^-ERR unknown subcommand 'nothing'\. Try LAB\.BOX HELP\./,
  )
  assert.equal(await lab.modis.call('lab.box', 'help'), [
    'LAB.BOX <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
    'PUT <key> <value>',
    '    Puts.',
    'PEEK <key>',
    '    Peeks.',
    'HELP',
    '    Print this help.',
  ])
  assert.equal(await lab.modis.call('lab.raw', 'a', 'b c'), ['lab.raw', 'a', 'b c'])
})

test('COMMAND knows keys, arity, flags, categories and documentation', async () => {
  const info = ((await lab.modis.call('COMMAND', 'INFO', 'lab.options', 'lab.box')) as unknown[][]).map(
    (each) => each.slice(0, 6),
  )
  assert.equal(info[0], ['lab.options', -2, ['readonly', 'module'], 1, 1, 1])
  assert.equal(info[1], ['lab.box', -2, ['module'], 0, 0, 0])
  assert.equal(await lab.modis.call('COMMAND', 'GETKEYS', 'lab.box', 'put', 'key', 'value'), ['key'])
  const docs = JSON.stringify(await lab.modis.call('COMMAND', 'DOCS', 'lab.options'))
  assert.match(docs, /Parses options\./)
  assert.match(docs, /"module","lab"/)
})

test('keys behind tokens and behind optional arguments are found, for rules about keys as well', async () => {
  const keysOf = (...args: string[]): Promise<unknown> =>
    lab.modis.call('COMMAND', 'GETKEYS', 'lab.vague', ...args)
  assert.equal(await keysOf('a', 'z'), ['a', 'z'])
  assert.equal(await keysOf('a', 'note', 'z'), ['a', 'z'])
  assert.equal(await keysOf('a', 'STORE', 'b', 'z'), ['a', 'b', 'z'])
  // What looks like the token is the value of another.
  assert.equal(await keysOf('a', 'LABEL', 'STORE', 'STORE', 'b', 'note', 'z'), ['a', 'b', 'z'])
  await lab.modis.call('ACL', 'SETUSER', 'vague', '+@all', '%R~a', '~z', '%W~b')
  const mayRun = async (...args: string[]): Promise<boolean> =>
    (await lab.modis.call('ACL', 'DRYRUN', 'vague', 'lab.vague', ...args)) === 'OK'
  assert.is(await mayRun('a', 'z'), true)
  assert.is(await mayRun('a', 'LABEL', 'STORE', 'STORE', 'b', 'z'), true)
  assert.is(await mayRun('b', 'z'), false)
  assert.is(await mayRun('a', 'a'), false)
  assert.is(await mayRun('a', 'note', 'a'), false)
  assert.is(await mayRun('a', 'LABEL', 'STORE', 'STORE', 'c', 'z'), false)
  await lab.modis.call('ACL', 'DELUSER', 'vague')
})

test('a command that cannot tell its keys may be run by those alone who may use every key', async () => {
  await lab.modis.call('ACL', 'SETUSER', 'reader', 'on', 'nopass', '+@all', '~a')
  const reader = await lab.modis.connect()
  await reader.batch([
    ['AUTH', 'reader', 'x'],
    ['CLIENT', 'TRACKING', 'ON'],
  ])
  assert.is(plain(await reader.call('lab.untold', 'a')), 'OK')
  assert.is(plain(await reader.call('lab.untold', 'b')), '-NOPERM No permissions to access a key')
  assert.is(plain(await reader.call('lab.untold', 'THROW')), '-NOPERM No permissions to access a key')
  await lab.modis.call('ACL', 'SETUSER', 'reader', 'allkeys')
  assert.is(plain(await reader.call('lab.untold', 'THROW')), 'OK')
  await lab.modis.call('ACL', 'DELUSER', 'reader')
})

test('call: replies by type, errors thrown or returned, text, RESP2', async () => {
  await lab.modis.call('DEL', 'h', 'z')
  await lab.modis.call('HSET', 'h', 'f', 'v')
  await lab.modis.call('ZADD', 'z', '1.5', 'm')
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
  await lab.modis.call('CLIENT', 'SETNAME', 'tester')
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
  await lab.modis.call('MULTI')
  await lab.modis.call('lab.value', '[ctx.flags.transaction, ctx.flags.mayBlock]')
  assert.equal(await lab.modis.call('EXEC'), [[1, 0]])
  await lab.modis.call('SELECT', 3)
  assert.equal(await value('[ctx.db, ctx.key("k").db]'), [3, 3])
  await lab.modis.call('SELECT', 0)
})

test('figures: calls, failures and time of each command, kept across a reload', async () => {
  await lab.modis.call('CONFIG', 'RESETSTAT')
  await value('1')
  await value('nothing')
  await lab.modis.call('lab.value')
  await lab.modis.call('MODULE', 'RELOAD', 'lab')
  await value('1')
  const stats = String(await lab.modis.call('INFO', 'commandstats'))
  assert.match(
    stats,
    /cmdstat_lab\.value:calls=3,usec=\d+,usec_per_call=[\d.]+,rejected_calls=1,failed_calls=1/,
  )
})

test('a rule for a command outlives its module, holds again when that is back, and can be replaced meanwhile', async () => {
  const rules = async (): Promise<string> => {
    const lines = (await lab.modis.call('ACL', 'LIST')) as string[]
    return lines.find((line) => line.startsWith('user orphan ')) ?? ''
  }
  const mayRun = async (): Promise<boolean> =>
    (await lab.modis.call('ACL', 'DRYRUN', 'orphan', 'lab.value', '1')) === 'OK'
  await lab.modis.call('ACL', 'SETUSER', 'orphan', '+lab.value', '+lab.keep', '~*')
  assert.is(await mayRun(), true)
  assert.is(await lab.modis.call('MODULE', 'UNLOAD', 'lab'), 'OK')
  assert.match(await rules(), /-@all \+lab\.value \+lab\.keep$/)
  assert.match(
    String(await lab.modis.call('ACL', 'SETUSER', 'orphan', '+lab.kept')),
    'Unknown command or category name',
  )
  assert.is(await lab.modis.call('ACL', 'SETUSER', 'orphan', '-lab.keep'), 'OK')
  assert.match(await rules(), /-@all \+lab\.value -lab\.keep$/)
  assert.is(await lab.modis.call('MODULE', 'LOAD', 'lab'), 'OK')
  assert.is(await mayRun(), true)
  assert.is(await lab.modis.call('ACL', 'SETUSER', 'orphan', '-lab.value'), 'OK')
  assert.is(await mayRun(), false)
})

test.run()
