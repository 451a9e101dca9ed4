import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { type Pair, startPair } from '../support/pair.ts'
import { ReplyError, textOf, type Value } from '../support/resp.ts'
import { Seeded } from '../support/seeded.ts'

const test = suite('ACL: rules')
let pair: Pair

test.before(async () => {
  pair = await startPair()
})
test.after.each(async () => {
  const [modis, redis] = (await pair.both('ACL', 'USERS')) as [string[], string[]]
  for (const [client, names] of [
    [pair.modis, modis],
    [pair.redis, redis],
  ] as const) {
    const others = names.filter((name) => name !== 'default')
    if (others.length > 0) await client.call('ACL', 'DELUSER', ...others)
  }
})
test.after(() => pair.stop())

const HASH_OF_X = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'
const HASH_OF_Y = 'a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa'

/** Rules given to a new user, and how redis-server 7.2.4 describes it then. */
const DESCRIBED: readonly (readonly [rules: string, described: string])[] = [
  ['', 'off sanitize-payload resetchannels -@all'],
  ['on nopass', 'on nopass sanitize-payload resetchannels -@all'],
  ['ON NOPASS +GET ~A*', 'on nopass sanitize-payload ~A* resetchannels -@all +get'],
  [`>x #${HASH_OF_X} >y`, `off sanitize-payload #${HASH_OF_X} #${HASH_OF_Y} resetchannels -@all`],
  ['>x nopass', 'off nopass sanitize-payload resetchannels -@all'],
  ['nopass >x <x', 'off sanitize-payload resetchannels -@all'],
  ['>x resetpass', 'off sanitize-payload resetchannels -@all'],
  ['skip-sanitize-payload', 'off skip-sanitize-payload resetchannels -@all'],
  ['skip-sanitize-payload sanitize-payload', 'off sanitize-payload resetchannels -@all'],
  ['allkeys allchannels allcommands', 'off sanitize-payload ~* &* +@all'],
  ['~* &* +@all', 'off sanitize-payload ~* &* +@all'],
  ['~* resetkeys &* resetchannels +@all nocommands', 'off sanitize-payload resetchannels -@all'],
  [
    '~a ~b ~a %R~b %R~c %W~c %W~d %rw~e %WR~f',
    'off sanitize-payload ~a ~b ~c %W~d ~e ~f resetchannels -@all',
  ],
  ['%R', 'off sanitize-payload %R~ resetchannels -@all'],
  ['%RW~*', 'off sanitize-payload ~* resetchannels -@all'],
  ['%R~* %W~x', 'off sanitize-payload %R~* %W~x resetchannels -@all'],
  ['&a &b &a', 'off sanitize-payload resetchannels &a &b -@all'],
  ['+get +set -get +get', 'off sanitize-payload resetchannels -@all +set +get'],
  ['+@all -@dangerous', 'off sanitize-payload resetchannels +@all -@dangerous'],
  ['+@all -get -set +get', 'off sanitize-payload resetchannels +@all -set +get'],
  ['-@all +@read -@read +@READ +@write +@read', 'off sanitize-payload resetchannels -@all +@write +@read'],
  ['+@all -@admin +@admin', 'off sanitize-payload resetchannels +@all +@admin'],
  ['+@read -@all +get', 'off sanitize-payload resetchannels -@all +get'],
  ['+@read allcommands -get', 'off sanitize-payload resetchannels +@all -get'],
  ['+config|get +config|set +config', 'off sanitize-payload resetchannels -@all +config'],
  ['+config -config|get +config|set -config', 'off sanitize-payload resetchannels -@all -config'],
  ['+config|get +get -config|get', 'off sanitize-payload resetchannels -@all +get -config|get'],
  [
    '+client|id +client|info +@connection',
    'off sanitize-payload resetchannels -@all +client|id +client|info +@connection',
  ],
  ['+select|0 +select|1', 'off sanitize-payload resetchannels -@all +select|0 +select|1'],
  ['+select|0 +select|1 -select', 'off sanitize-payload resetchannels -@all -select'],
  ['+select|0 +select', 'off sanitize-payload resetchannels -@all +select'],
  ['+select|A +select|a', 'off sanitize-payload resetchannels -@all +select|a'],
  ['+select|0 +@all', 'off sanitize-payload resetchannels +@all'],
  ['+object|help', 'off sanitize-payload resetchannels -@all +object|help'],
  ['-@all -get', 'off sanitize-payload resetchannels -@all -get'],
  ['+@all +get', 'off sanitize-payload resetchannels +@all +get'],
  [
    '(+get ~a) (+set %W~b) on',
    'on sanitize-payload resetchannels -@all (~a resetchannels -@all +get) (%W~b resetchannels -@all +set)',
  ],
  ['(+get ~a) clearselectors', 'off sanitize-payload resetchannels -@all'],
  ['( +get   ~a )', 'off sanitize-payload resetchannels -@all (~a resetchannels -@all +get)'],
  ['()', 'off sanitize-payload resetchannels -@all (resetchannels -@all)'],
  ['(allkeys allchannels +@all -@write)', 'off sanitize-payload resetchannels -@all (~* &* +@all -@write)'],
  ['(+get ~a) reset', 'off sanitize-payload resetchannels -@all'],
  ['on nopass ~* &* +@all reset', 'off sanitize-payload resetchannels -@all'],
]

async function described(name: string): Promise<string | undefined> {
  const lines = (await pair.modis.call('ACL', 'LIST')) as string[]
  return lines.find((line) => line.startsWith(`user ${name} `))?.slice(`user ${name} `.length)
}

test('a user is described as by redis-server 7.2.4, and the description makes the same user', async () => {
  for (const [rules, expected] of DESCRIBED) {
    await pair.modis.call('ACL', 'DELUSER', 'one', 'other')
    const reply = await pair.modis.call('ACL', 'SETUSER', 'one', ...rules.split(' '))
    assert.not.instance(reply, ReplyError, rules)
    assert.is(await described('one'), expected, rules)
    await pair.modis.call('ACL', 'SETUSER', 'other', 'reset', ...expected.split(' '))
    assert.is(await described('other'), expected, rules)
  }
})

for (const version of [2, 3] as const) {
  test(`RESP${version}: GETUSER shows all parts of a user`, async () => {
    await pair.speak(version)
    await pair.script(
      ...commands(`
        ACL GETUSER nosuch
        ACL SETUSER parts sanitize-payload on >x >y ~k* %R~r* &c* +@all -@dangerous (+get ~a %W~b) (&p allkeys +@all)
        ACL GETUSER parts | ACL SETUSER parts reset | ACL GETUSER parts | ACL SETUSER parts allkeys allchannels
        ACL GETUSER parts 
      `),
    )
    await pair.speak(2)
  })
}

test('wrong rules are refused with the same words, and change nothing', async () => {
  await pair.script(
    'ACL SETUSER wrong sanitize-payload ~a &a >x',
    ...[
      ...[
        'foo',
        '+foo',
        '+@foo',
        '-@foo',
        '+config|foo',
        '+config|get|x',
        '+config|',
        '-config|',
        '-config|foo',
      ],
      ...['+select|', '+select|0|1', '-select|0', '+foo|bar', '+', '-', '+@', '@all', '~* ~foo', '&* &foo'],
      ...[
        'allkeys ~foo',
        'allchannels &foo',
        'allkeys %R~foo',
        '%x~foo',
        '%RR~foo',
        '%WW~a',
        '"~a b"',
        '"&a b"',
      ],
      ...[
        '"~a\\x00b"',
        '"~a\\tb"',
        '<nosuch',
        '!1234',
        '#1234',
        `!${HASH_OF_Y}`,
        `#${HASH_OF_X.toUpperCase()}`,
      ],
      ...[
        '(',
        ')',
        '(+get',
        'on (+get ~x',
        '(+get ~x ) y',
        '"(+get (~x))"',
        '(on)',
        '(nopass)',
        '(>x)',
        '(reset)',
      ],
      ...['on +get ~b foo', '(+get ~* ~a)', '(+foo)', '"(+get \\"~a b\\")"'],
    ].flatMap((rules) => [`ACL SETUSER wrong ${rules}`, 'ACL GETUSER wrong']),
  )
})

test('a pattern that nothing allows is refused, where redis-server would end', async () => {
  const reply = (await pair.modis.call('ACL', 'SETUSER', 'empty', '%~a')) as ReplyError
  assert.is(reply.text, "ERR Error in ACL SETUSER modifier '%~a': Syntax error")
})

test('names of users', async () => {
  await pair.script(
    ...commands(`
      ACL SETUSER "a b" | ACL SETUSER "a\\x00b" | ACL SETUSER "a\\tb" on | ACL SETUSER | ACL SETUSER "" sanitize-payload
      ACL SETUSER B | ACL SETUSER b | ACL SETUSER "\\xff\\xc3" sanitize-payload | ACL SETUSER \\xe4 | ACL USERS
      ACL GETUSER "\\xff\\xc3" | ACL DELUSER "\\xff\\xc3" \\xe4 B | ACL USERS | ACL DELUSER "" | ACL DELUSER nosuch b b
      ACL DELUSER default | ACL DELUSER nosuch default | ACL DELUSER | ACL USERS
    `),
  )
})

test('bytes that are no text are kept as they are', async () => {
  await pair.script(
    ...commands(`
      ACL SETUSER raw sanitize-payload on nopass "~\\xff*" "&\\xfe" +get "(~\\x80 +get)" | ACL GETUSER raw
      ACL DRYRUN raw GET "\\xffa" | ACL DRYRUN raw GET "\\x80"
    `),
  )
})

test('acl-pubsub-default says what new users and new selectors may use', async () => {
  await pair.script(
    ...commands(`
      CONFIG SET acl-pubsub-default allchannels | ACL SETUSER one sanitize-payload (+get) | ACL GETUSER one
      ACL SETUSER one resetchannels | ACL SETUSER one reset | ACL GETUSER one
      CONFIG SET acl-pubsub-default resetchannels | ACL SETUSER one reset (+get) | ACL GETUSER one
    `),
  )
})

/** A call of a command with arguments of the least number, so that only the command itself decides. */
async function isAllowed(name: string, arity: number): Promise<[modis: boolean, redis: boolean]> {
  const parts = name.split('|')
  const rest = Array.from({ length: Math.max(0, arity - parts.length) }, () => '1')
  const replies = await pair.both('ACL', 'DRYRUN', 'random', ...parts, ...rest)
  const [modis, redis] = replies.map((reply) => {
    assert.not.instance(reply, ReplyError, name)
    return (reply as { text?: string }).text === 'OK'
  })
  return [modis as boolean, redis as boolean]
}

/** Names and arities of what both servers have: commands, and subcommands instead of their containers. */
async function sharedCommands(): Promise<[name: string, arity: number][]> {
  const [own, theirs] = (await pair.both('COMMAND')) as [Value[][], Value[][]]
  const named = (infos: Value[][]): [string, number][] =>
    infos.flatMap((info) => {
      const subcommands = (info[9] as Value[][] | undefined) ?? []
      const [name, arity] = info as [string, number]
      return subcommands.length > 0 ? named(subcommands) : [[name, arity] as [string, number]]
    })
  const known = new Map(named(theirs))
  // Some take fewer arguments since 7.2.
  const most = (one: number, other: number): number => Math.max(Math.abs(one), Math.abs(other))
  return named(own).flatMap(([name, arity]) => {
    const other = known.get(name)
    return other === undefined ? [] : [[name, most(arity, other)] as [string, number]]
  })
}

test('random rules decide about every command as redis-server does', async () => {
  const random = new Seeded(7)
  const shared = await sharedCommands()
  assert.ok(shared.length > 200, `${shared.length} commands in common`)
  const categories = ((await pair.redis.call('ACL', 'CAT')) as string[]).concat('all')
  const containers = ['config', 'client', 'object', 'command', 'acl', 'memory', 'slowlog']
  for (let round = 0; round < 12; round++) {
    const rules = Array.from({ length: random.integer(1, 9) }, () => {
      const sign = random.pick(['+', '+', '-'])
      const kind = random.integer(0, 10)
      if (kind < 6) return `${sign}@${random.pick(categories)}`
      return sign + (kind < 7 ? random.pick(containers) : random.pick(shared)[0])
    })
    await pair.prepare('ACL', 'SETUSER', 'random', 'reset', 'allkeys', 'allchannels', ...rules)
    for (const [name, arity] of shared) {
      const [modis, redis] = await isAllowed(name, arity)
      assert.is(modis, redis, `${name} with ${rules.join(' ')}`)
    }
  }
})

test('CAT lists the categories, and their commands', async () => {
  await pair.script('ACL CAT', 'ACL CAT nosuch', 'ACL CAT a b', `ACL CAT ${'x'.repeat(200)}`)
  const [, theirs] = (await pair.both('COMMAND', 'LIST')) as [string[], string[]]
  const own = new Set((await pair.modis.call('COMMAND', 'LIST')) as string[])
  for (const category of ['hash', 'DANGEROUS', 'pubsub', 'transaction', 'connection', 'keyspace']) {
    const [modis, redis] = (await pair.both('ACL', 'CAT', category)) as [string[], string[]]
    const isShared = (name: string): boolean => own.has(name) && theirs.includes(name)
    assert.equal(modis.filter(isShared).sort(), redis.filter(isShared).sort(), category)
    assert.ok(modis.length > 3, category)
  }
})

test('GENPASS makes passwords of the length asked for', async () => {
  await pair.script(
    ...['0', '-1', '4097', 'x', '1.5', '1 2', '99999999999999999999'].map((bits) => `ACL GENPASS ${bits}`),
  )
  for (const [bits, digits] of [
    [1, 1],
    [4, 1],
    [5, 2],
    [256, 64],
    [4096, 1024],
  ]) {
    assert.match(
      (await pair.modis.call('ACL', 'GENPASS', bits as number)) as string,
      new RegExp(`^[0-9a-f]{${digits}}$`),
    )
  }
  const first = (await pair.modis.call('ACL', 'GENPASS')) as string
  assert.match(first, /^[0-9a-f]{64}$/)
  assert.is.not(first, await pair.modis.call('ACL', 'GENPASS'))
})

test('subcommands that are wrong, and files that are not there', async () => {
  await pair.script(
    ...commands(`
      ACL | ACL FOO | ACL LIST x | ACL USERS x | ACL WHOAMI x | ACL GETUSER | ACL GETUSER a b | ACL LOAD | ACL SAVE
      ACL LOAD x | ACL LOG x | ACL LOG 1 2 | ACL LOG 99999999999999999999 | ACL DRYRUN | ACL DRYRUN a | ACL WHOAMI
      ACL DRYRUN nosuch get x | ACL DRYRUN default nosuch | ACL DRYRUN default config foo | ACL DRYRUN default config
      ACL DRYRUN default get | ACL DRYRUN default get a b | ACL DRYRUN default get a | ACL DRYRUN default config get a
    `),
  )
})

test('thousands of users and a hundred thousand rules of one take little time', async () => {
  // The processor's time, for that of the clock also depends on what else the machine does.
  const seconds = async (): Promise<number> =>
    Number(/^used_cpu_user:([\d.]+)\r$/m.exec(textOf(await pair.modis.call('INFO', 'cpu')))?.[1])
  const start = await seconds()
  for (let from = 0; from < 5000; from += 500) {
    const commands = Array.from({ length: 500 }, (_, i) => [
      'ACL',
      'SETUSER',
      `many${from + i}`,
      '+get',
      '~a',
    ])
    await pair.modis.batch(commands)
  }
  assert.is(((await pair.modis.call('ACL', 'USERS')) as string[]).length, 5001)
  const rules = Array.from({ length: 100_000 }, (_, i) => [
    `~key:${i}`,
    `&channel:${i}`,
    `+select|${i}`,
    '+get',
  ])
  const [reply] = await pair.modis.batch([['ACL', 'SETUSER', 'huge'].concat(...rules)])
  assert.not.instance(reply, ReplyError)
  const hostile = `${'*a'.repeat(2000)}b`
  await pair.modis.call('ACL', 'SETUSER', 'huge', `~${hostile}`, `&${hostile}`)
  const denied = await pair.modis.call('ACL', 'DRYRUN', 'huge', 'GET', 'a'.repeat(5000))
  assert.match(String(denied), /has no permissions to access/)
  const taken = (await seconds()) - start
  assert.ok(taken < 30, `took ${taken} s`)
})

test.run()
