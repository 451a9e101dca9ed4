import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { type Pair, startPair } from '../support/pair.ts'
import type { RawClient } from '../support/raw-client.ts'
import { ReplyError, Status, type Value } from '../support/resp.ts'

const test = suite('COMMAND')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.after(() => pair.stop())

/** What Redis 7.2 says otherwise than Debian's 7.0, by command and index in COMMAND INFO. */
const NEWER: Readonly<Record<string, readonly number[]>> = {
  // Blocking commands may be called by scripts.
  blmove: [2],
  blpop: [2],
  brpop: [2],
  brpoplpush: [2],
  bzpopmax: [2],
  bzpopmin: [2],
  wait: [2],
  // WITHSCORE.
  zrank: [1],
  zrevrank: [1],
  // Tips.
  'acl|deluser': [7],
  'acl|save': [7],
  'acl|setuser': [7],
  'client|setname': [7],
  'config|resetstat': [7],
  'config|rewrite': [7],
  'latency|reset': [7],
  randomkey: [7],
  scan: [7],
  msetnx: [7],
  // A command name without arguments is enough.
  'command|getkeys': [1],
  'command|getkeysandflags': [1],
}

/** Words in place of simple strings, notes left out for they are prose, lists without an order sorted. */
function plain(value: Value): unknown {
  if (value instanceof Status) return value.text
  if (!Array.isArray(value)) return value
  const texts = value.map(plain)
  const isSpec = texts[0] === 'notes'
  const kept = isSpec ? texts.slice(2) : texts
  return kept.every((each) => typeof each === 'string') && kept[0] !== 'type' ? [...kept].sort() : kept
}

test('COMMAND INFO says of every command what redis-server says', async () => {
  const [own, theirs] = (await pair.both('COMMAND', 'LIST')) as [string[], string[]]
  const shared = own.filter((name) => theirs.includes(name))
  assert.ok(shared.length > 200, `${shared.length} commands in common`)
  for (const name of shared) {
    const [modis, redis] = await pair.both('COMMAND', 'INFO', name)
    const [[modisInfo], [redisInfo]] = [plain(modis), plain(redis)] as [unknown[][], unknown[][]]
    for (let index = 0; index < 9; index++) {
      if (NEWER[name]?.includes(index)) continue
      assert.equal(modisInfo?.[index], redisInfo?.[index], `${name}, element ${index}`)
    }
  }
})

test('COMMAND, COMMAND INFO without names and COMMAND COUNT agree', async () => {
  const [all, info, count] = await Promise.all([
    pair.modis.call('COMMAND'),
    pair.modis.call('COMMAND', 'INFO'),
    pair.modis.call('COMMAND', 'COUNT'),
  ])
  assert.equal(all, info)
  assert.is((all as Value[]).length, count)
})

test('COMMAND DOCS documents every command and subcommand', async () => {
  await pair.speak(3)
  const docs = (await pair.modis.call('COMMAND', 'DOCS')) as Map<string, Map<string, Value>>
  const { size } = docs
  assert.is(size, await pair.modis.call('COMMAND', 'COUNT'))
  for (const [name, doc] of docs) {
    for (const field of ['summary', 'since', 'group'])
      assert.type(doc.get(field), 'string', `${name} ${field}`)
    for (const [subname, subdoc] of (doc.get('subcommands') as typeof docs | undefined) ?? []) {
      assert.ok(subname.startsWith(`${name}|`))
      assert.type(subdoc.get('summary'), 'string', subname)
    }
  }
  const [modis, redis] = (await pair.both('COMMAND', 'DOCS', 'SET')) as [typeof docs, typeof docs]
  const shapeOf = (argument: Value): unknown => {
    const { name, token, type, arguments: parts } = Object.fromEntries(argument as Map<string, Value>)
    return [name, token, type, ((parts as Value[] | undefined) ?? []).map(shapeOf)]
  }
  const shape = (reply: typeof docs): unknown => {
    const found = reply.get('set')?.get('arguments')
    return Array.isArray(found) ? found.map(shapeOf) : found
  }
  assert.equal(shape(modis), shape(redis))
  await pair.speak(2)
})

for (const version of [2, 3] as const) {
  test(`RESP${version}: keys of commands`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        COMMAND GETKEYS GET a | COMMAND GETKEYS MSET a 1 b 2 | COMMAND GETKEYS SORT a STORE b
        COMMAND GETKEYS SORT a BY x GET y | COMMAND GETKEYS ZUNIONSTORE d 2 a b | COMMAND GETKEYS ZUNIONSTORE d x a b
        COMMAND GETKEYS ZUNIONSTORE d 5 a b | COMMAND GETKEYS LMPOP 1 k LEFT | COMMAND GETKEYS LMPOP 0 LEFT
        COMMAND GETKEYS MEMORY USAGE foo | COMMAND GETKEYS SUBSCRIBE foo | COMMAND GETKEYS SSUBSCRIBE foo
        COMMAND GETKEYS NOSUCH a | COMMAND GETKEYS SET a | COMMAND GETKEYS PING a | COMMAND GETKEYS CONFIG GET a
        COMMAND GETKEYSANDFLAGS MSET a 1 b 2 | COMMAND GETKEYSANDFLAGS COPY a b | COMMAND GETKEYSANDFLAGS SET a b
        COMMAND GETKEYSANDFLAGS SET a b GET | COMMAND GETKEYSANDFLAGS SORT a STORE b
        COMMAND GETKEYSANDFLAGS BLMOVE a b LEFT RIGHT 0 | COMMAND GETKEYS
      `),
    )
  })

  test(`RESP${version}: names, filters and wrong calls`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        COMMAND FOO | COMMAND COUNT x | COMMAND INFO nosuch | COMMAND INFO nosuch|get | COMMAND INFO config|get|x
        COMMAND DOCS nosuch | COMMAND LIST FILTERBY MODULE nosuch | COMMAND LIST FILTERBY ACLCAT nosuch
        COMMAND LIST FILTERBY | COMMAND LIST FILTERBY FOO x | COMMAND LIST x | COMMAND LIST FILTERBY PATTERN zrangebys*
      `),
    )
    for (const filter of [
      ['PATTERN', 'l[pr]*'],
      ['PATTERN', 'CONFIG|*'],
      ['PATTERN', 'xyz*'],
      ['ACLCAT', 'hash'],
      ['ACLCAT', 'TRANSACTION'],
    ]) {
      await pair.compareUnordered('COMMAND', 'LIST', 'FILTERBY', ...filter)
    }
  })
}

/** What HELP says of the syntax, without its explanations. */
async function syntaxLines(client: RawClient, container: string): Promise<string[]> {
  const lines = ((await client.call(container, 'HELP')) as Status[]).map(({ text }) => text)
  return lines.filter((line) => /^([^ ]| +\[)/.test(line)).sort()
}

test('every container has HELP in the form of Redis', async () => {
  const ownSyntax = [
    'ENABLE-KEYMETA-RUNTIME-REGISTRATION <0|1>',
    'NO-TOUCH (ON|OFF)',
    'RELOAD <name>',
    'SETINFO <option> <value>',
    'STRINGMATCH-LEN <pattern> <text>',
  ]
  for (const container of [
    'ACL',
    'CLIENT',
    'CONFIG',
    'COMMAND',
    'DEBUG',
    'LATENCY',
    'MEMORY',
    'MODULE',
    'OBJECT',
    'PUBSUB',
    'SLOWLOG',
  ]) {
    const lines = ((await pair.modis.call(container, 'HELP')) as Status[]).map(({ text }) => text)
    assert.is(lines[0], `${container} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`)
    assert.equal(lines.slice(-2), ['HELP', '    Print this help.'])
    assert.ok(lines.length > 4, container)
    const [ours, theirs] = [
      await syntaxLines(pair.modis, container),
      await syntaxLines(pair.redis, container),
    ]
    assert.equal(
      ours.filter((line) => !theirs.includes(line) && !ownSyntax.includes(line)),
      [],
      container,
    )
    // Of DEBUG there is only a part.
    if (container !== 'DEBUG')
      assert.equal(
        theirs.filter((line) => !ours.includes(line)),
        [],
        container,
      )
    const wrong = await pair.modis.call(container, 'HELP', 'x')
    assert.instance(wrong, ReplyError, container)
  }
})

test.run()
