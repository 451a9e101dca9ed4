// The real thing: the module that Debian's redis-redisearch installs, with its threads.

import { existsSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KeyType } from '../src/index.ts'
import { load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'
import { type Parsed, parse } from './support/resp.ts'

const library = '/usr/lib/redis/modules/redisearch.so'
const test = suite<{ host: MemoryHost; client: Client }>('redisearch')
const documents = 300

test.before(async (context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  load(context.host, library)
})

test.after(({ host }) => {
  host.close()
})

const words = ['quick', 'brown', 'fox', 'jumps', 'lazy', 'dog', 'river', 'stone', 'cloud', 'light']

async function search(host: MemoryHost, client: Client, ...query: string[]): Promise<Parsed[]> {
  return parse(await host.send(client, 'ft.search', 'idx', ...query)) as Parsed[]
}

test('an index is made and filled', async ({ host, client }) => {
  const schema = ['schema', 'title', 'text', 'weight', '5', 'body', 'text', 'price', 'numeric', 'sortable']
  assert.is(parse(await host.send(client, 'ft.create', 'idx', ...schema, 'tag', 'tag')), 'OK')
  for (let index = 0; index < documents; index++) {
    const body = [0, 1, 2].map((offset) => words[(index * 7 + offset * 3) % words.length]).join(' ')
    const fields = ['title', `number ${index}`, 'body', body, 'price', String(index), 'tag', `t${index % 3}`]
    const reply = await host.send(client, 'ft.add', 'idx', `doc:${index}`, '1.0', 'fields', ...fields)
    assert.is(reply.toString(), '+OK\r\n')
  }
  const info = parse(await host.send(client, 'ft.info', 'idx')) as Parsed[]
  assert.is(info[info.indexOf('num_docs') + 1], String(documents))
})

test('searches filter, sort and highlight', async ({ host, client }) => {
  const [count] = await search(host, client, 'quick', 'nocontent', 'limit', '0', '1')
  const expected = Array.from({ length: documents }, (_, index) => index).filter((index) =>
    [0, 1, 2].some((offset) => words[(index * 7 + offset * 3) % words.length] === 'quick'),
  )
  assert.is(count, expected.length)
  const sorted = await search(host, client, '@price:[10 12]', 'sortby', 'price', 'desc', 'nocontent')
  assert.equal(sorted, [3, 'doc:12', 'doc:11', 'doc:10'])
  const tagged = await search(host, client, '@tag:{t1} @price:[0 4]', 'nocontent')
  assert.equal(new Set(tagged), new Set([2, 'doc:1', 'doc:4']))
  const marked = await search(host, client, '@price:[0 0] quick', 'return', '1', 'body', 'highlight')
  assert.match(String(marked[2]), /<b>quick<\/b>/)
})

test('aggregates', async ({ host, client }) => {
  const reduce = ['reduce', 'sum', '1', '@price', 'as', 'total']
  const query = [
    '@price:[0 9]',
    'load',
    '1',
    '@tag',
    'groupby',
    '1',
    '@tag',
    ...reduce,
    'sortby',
    '2',
    '@tag',
    'asc',
  ]
  const [groups, ...rows] = parse(await host.send(client, 'ft.aggregate', 'idx', ...query)) as Parsed[]
  assert.is(groups, 3)
  assert.equal(
    rows.map((row) => (row as Parsed[])[3]),
    ['18', '12', '15'],
  )
})

test('many clients search at once', async ({ host }) => {
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      search(host, host.connect(), `@price:[${index} ${index}]`, 'nocontent'),
    ),
  )
  assert.equal(
    replies.map(([, name]) => name),
    replies.map((_, index) => `doc:${index}`),
  )
})

test('its values survive being saved and loaded', async ({ host, client }) => {
  const before = await search(host, client, 'quick', 'sortby', 'price', 'limit', '0', '50')
  const saved = [...host.databases[0]].flatMap(([key, { value }]) =>
    value.type === KeyType.module
      ? [
          {
            key,
            type: value.moduleType,
            bytes: host.bridge.typeSave(value.moduleType, value.value, 0, Buffer.from(key, 'latin1')),
          },
        ]
      : [],
  )
  const plain = [...host.databases[0]].filter(([, { value }]) => value.type !== KeyType.module)
  host.resetDataset()
  for (const [key, { value }] of plain) host.put(0, key, value)
  for (const { key, type, bytes } of saved) {
    const version = host.types.get(type)!.encodingVersion
    const loaded = host.bridge.typeLoad(type, version, bytes, 0, Buffer.from(key, 'latin1'))
    assert.is(loaded.consumed, bytes.length)
    host.put(0, key, { type: KeyType.module, moduleType: type, value: loaded.value })
  }
  assert.equal(await search(host, client, 'quick', 'sortby', 'price', 'limit', '0', '50'), before)
})

test('an index is dropped with its documents', async ({ host, client }) => {
  assert.is(parse(await host.send(client, 'ft.drop', 'idx')), 'OK')
  assert.equal([...host.databases[0].keys()], [])
})

if (existsSync(library)) test.run()
else console.log(`${library} is not installed: its tests are left out`)
