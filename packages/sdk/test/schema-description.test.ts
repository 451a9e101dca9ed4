import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ArgumentSchema, arg } from '../src/index.ts'
import { type ArgumentDocumentation, describe, type SchemaDescription } from '../src/internal.ts'
import { start, type TestServer } from '../src/test/index.ts'

/** Commands of Redis 7.0 in all the shapes their arguments and keys take. */
const commands: Readonly<Record<string, ArgumentSchema>> = {
  get: { key: arg.key('R') },
  set: {
    key: arg.key({
      flags: ['RW', 'access', 'update', 'variable_flags'],
      notes: 'RW and ACCESS due to the optional `GET` argument',
    }),
    value: arg.string(),
    condition: arg.optional(arg.oneof({ nx: arg.token('NX'), xx: arg.token('XX') }, { since: '2.6.12' })),
    get: arg.token('GET', { since: '6.2.0' }),
    expiration: arg.optional(
      arg.oneof({
        seconds: arg.integer({ token: 'EX', since: '2.6.12' }),
        milliseconds: arg.integer({ token: 'PX', since: '2.6.12' }),
        unixTimeSeconds: arg.unixTime({ token: 'EXAT', since: '6.2.0' }),
        unixTimeMilliseconds: arg.unixTime({ token: 'PXAT', since: '6.2.0' }),
        keepttl: arg.token('KEEPTTL', { since: '6.0.0' }),
      }),
    ),
  },
  mset: {
    keyValue: arg.many(
      arg.block({ key: arg.key({ flags: ['OW', 'update'] }), value: arg.string() }, { name: 'key_value' }),
      { name: 'key_value' },
    ),
  },
  del: { key: arg.keys({ flags: ['RM', 'delete'] }, { name: 'key' }) },
  rename: {
    key: arg.key({ flags: ['RW', 'access', 'delete'] }),
    newkey: arg.key({ flags: ['OW', 'update'] }),
  },
  copy: {
    source: arg.key('R'),
    destination: arg.key({ flags: ['OW', 'update'] }),
    destinationDb: arg.optional(arg.integer({ token: 'DB' })),
    replace: arg.token('REPLACE'),
  },
  blpop: {
    key: arg.keys({ flags: ['RW', 'access', 'delete'] }, { name: 'key' }),
    timeout: arg.double(),
  },
  zadd: {
    key: arg.key({ flags: ['RW', 'update'] }),
    condition: arg.optional(arg.oneof({ nx: arg.token('NX'), xx: arg.token('XX') }, { since: '3.0.2' })),
    comparison: arg.optional(arg.oneof({ gt: arg.token('GT'), lt: arg.token('LT') }, { since: '6.2.0' })),
    change: arg.token('CH', { since: '3.0.2' }),
    increment: arg.token('INCR', { since: '3.0.2' }),
    scoreMember: arg.many(arg.block({ score: arg.double(), member: arg.string() }), {
      name: 'score_member',
    }),
  },
  lmpop: {
    key: arg.keys({ flags: ['RW', 'access', 'delete'] }, { name: 'key', count: 'numkeys' }),
    where: arg.oneof({ left: arg.token('LEFT'), right: arg.token('RIGHT') }),
    count: arg.optional(arg.integer({ token: 'COUNT' })),
  },
  zunionstore: {
    destination: arg.key({ flags: ['OW', 'update'] }),
    key: arg.keys('R', { name: 'key', count: 'numkeys' }),
    weight: arg.optional(arg.many(arg.integer({ token: 'WEIGHTS' }))),
    aggregate: arg.optional(
      arg.oneof(
        { sum: arg.token('SUM'), min: arg.token('MIN'), max: arg.token('MAX') },
        { token: 'AGGREGATE' },
      ),
    ),
  },
  replicaof: {
    args: arg.oneof({
      hostPort: arg.block({ host: arg.string(), port: arg.integer() }),
      noOne: arg.block({
        no: arg.token('NO', { required: true }),
        one: arg.token('ONE', { required: true }),
      }),
    }),
  },
}

const documentationOf = (argument: unknown): ArgumentDocumentation => {
  const entries = argument as readonly unknown[]
  const fields = new Map<unknown, unknown>()
  for (let at = 0; at < entries.length; at += 2) fields.set(entries[at], entries[at + 1])
  const optional = { keySpecIndex: 'key_spec_index', token: 'token', since: 'since' }
  const found = Object.entries(optional).filter(([, name]) => fields.has(name))
  const nested = fields.get('arguments') as readonly unknown[] | undefined
  return {
    name: fields.get('name') as string,
    type: fields.get('type') as ArgumentDocumentation['type'],
    ...Object.fromEntries(found.map(([property, name]) => [property, fields.get(name)])),
    flags: (fields.get('flags') ?? []) as ArgumentDocumentation['flags'],
    ...(nested ? { arguments: nested.map(documentationOf) } : {}),
  }
}

/** Redis 7.0 gives display texts more rarely than 7.2, which this follows. */
const withoutDisplayText = (documentation: ArgumentDocumentation): ArgumentDocumentation => {
  const { displayText: _text, arguments: nested, ...rest } = documentation
  return { ...rest, ...(nested ? { arguments: nested.map(withoutDisplayText) } : {}) }
}

/** Key specifications in the form that `COMMAND INFO` gives them to RESP2 clients. */
const infoKeySpecs = ({ keySpecs }: SchemaDescription): unknown[] =>
  keySpecs.map(({ notes, flags, begin, find }) => [
    ...(notes === undefined ? [] : ['notes', notes]),
    'flags',
    flags,
    'begin_search',
    'index' in begin ? ['type', 'index', 'spec', ['index', begin.index]] : begin,
    'find_keys',
    infoFind(find),
  ])

const infoFind = (find: SchemaDescription['keySpecs'][number]['find']): unknown => {
  if ('unknown' in find) return find
  const spec =
    'lastKey' in find
      ? ['lastkey', find.lastKey, 'keystep', find.step, 'limit', find.limit]
      : ['keynumidx', find.keyCountIndex, 'firstkey', find.firstKey, 'keystep', find.step]
  return ['type', 'lastKey' in find ? 'range' : 'keynum', 'spec', spec]
}

const test = suite<{ redis: TestServer }>('descriptions agree with redis-server')

test.before(async (context) => {
  context.redis = await start({ module: false, program: ['redis-server'] })
})

test.after(async ({ redis }) => {
  await redis.stop()
})

for (const [name, schema] of Object.entries(commands)) {
  test(`COMMAND INFO ${name}`, async ({ redis }) => {
    const [info = []] = await redis.call<unknown[][]>('COMMAND', 'INFO', name)
    const description = describe(schema)
    const { arity, firstKey, lastKey, step, movable } = description
    assert.equal([arity, firstKey, lastKey, step], [info[1], info[3], info[4], info[5]])
    assert.is(movable, (info[2] as string[]).includes('movablekeys'))
    assert.equal(infoKeySpecs(description), info[8] as unknown[][])
  })

  test(`COMMAND DOCS ${name}`, async ({ redis }) => {
    const [, docs] = await redis.call<[string, unknown[]]>('COMMAND', 'DOCS', name)
    const expected = docs[docs.indexOf('arguments') + 1] as unknown[]
    assert.equal(describe(schema).documentation.map(withoutDisplayText), expected.map(documentationOf))
  })
}

test.run()

const positions = suite('positions of keys')

positions('a key after a token is found by the token', () => {
  const schema = {
    key: arg.key('R'),
    longitude: arg.double(),
    count: arg.optional(arg.integer({ token: 'COUNT' })),
    store: arg.optional(arg.key({ access: 'W', token: 'STORE' })),
  }
  const { keySpecs, movable, firstKey } = describe(schema)
  assert.equal(keySpecs[1], {
    flags: ['OW', 'update'],
    begin: { keyword: 'STORE', startFrom: 3 },
    find: { lastKey: 0, step: 1, limit: 0 },
  })
  assert.ok(movable)
  assert.is(firstKey, 1)
})

positions('subcommands count their container', () => {
  const { arity, keySpecs } = describe({ key: arg.key('R') }, { nameWords: 2 })
  assert.is(arity, 3)
  assert.equal(keySpecs[0]?.begin, { index: 2 })
})

positions('a key of which nothing can be said in advance is marked incomplete', () => {
  const { keySpecs } = describe({ names: arg.many(arg.string(), { count: 'count' }), key: arg.key('RM') })
  assert.equal(keySpecs[0], {
    flags: ['RM', 'delete', 'incomplete'],
    begin: { unknown: true },
    find: { unknown: true },
  })
})

positions('a counted block of several arguments', () => {
  const element = arg.block({ weight: arg.double(), key: arg.key('R') })
  const { keySpecs, arity } = describe({ name: arg.string(), items: arg.many(element, { count: 'items' }) })
  assert.is(arity, -5)
  assert.equal(keySpecs[0]?.begin, { index: 2 })
  assert.equal(keySpecs[0]?.find, { keyCountIndex: 0, firstKey: 2, step: 2 })
})

positions('an own position and own specifications are taken as they are', () => {
  const spec = {
    begin: { keyword: 'STREAMS', startFrom: 1 },
    find: { lastKey: -1, step: 1, limit: 2 },
  } as const
  const streams = arg.block({ key: arg.keys({ access: 'R', spec }), id: arg.many(arg.string()) })
  const { keySpecs, documentation } = describe({ streams: arg.many(streams) })
  assert.equal(keySpecs, [{ flags: ['RO', 'access'], ...spec }])
  assert.is(documentation[0]?.arguments?.[0]?.keySpecIndex, 0)
  const given = describe({ a: arg.key('R'), by: arg.pattern({ keySpecIndex: 1 }) }, { keySpecs, arity: -7 })
  assert.is(given.arity, -7)
  assert.is(given.keySpecs.length, 1)
  assert.is(given.documentation[1]?.keySpecIndex, 1)
})

positions.run()
