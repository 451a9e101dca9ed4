// Debian's RediSearch, the same binary in both servers: the same script gives the same replies.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { redisearchPath, suiteNeeding } from '../support/needs.ts'
import { Pair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import { bytesOf, textOf, type Value } from '../support/resp.ts'
import { startModis, startRedis } from '../support/servers.ts'
import { documents } from './corpus.ts'

const test = suiteNeeding('redisearch', 'redis-server', 'redisearch')
const COUNT = 1000
const OPTIONS = { save: '', loadmodule: redisearchPath }
const FOR_REDIS_7_0 = { 'rdb-version': 10 }

let pair: Pair

test.before(async () => {
  const [modis, redis] = await Promise.all([
    startModis({ ...OPTIONS, ...FOR_REDIS_7_0 }),
    startRedis(OPTIONS),
  ])
  pair = new Pair([modis, redis], [await RawClient.connect(modis.port), await RawClient.connect(redis.port)])
  await pair.compare(
    'FT.CREATE',
    'docs',
    'SCHEMA',
    'title',
    'TEXT',
    'WEIGHT',
    '5.0',
    'body',
    'TEXT',
    'length',
    'NUMERIC',
    'SORTABLE',
    'tag',
    'TAG',
  )
  for (const { id, title, body, length, tag } of documents(COUNT)) {
    await pair.compare(
      'FT.ADD',
      'docs',
      id,
      '1.0',
      'FIELDS',
      'title',
      title,
      'body',
      body,
      'length',
      length,
      'tag',
      tag,
    )
  }
})

test.after(() => pair.stop())

/** Searches whose replies are compared byte for byte; each line is the command after FT.SEARCH and the index. */
const SEARCHES: readonly (readonly string[])[] = [
  ['module'],
  ['module', 'NOCONTENT'],
  ['module package', 'LIMIT', '0', '5'],
  ['module|package', 'NOCONTENT', 'LIMIT', '0', '50'],
  ['"the default"', 'NOCONTENT', 'LIMIT', '0', '50'],
  ['option -default', 'NOCONTENT'],
  ['@title:install', 'NOCONTENT', 'LIMIT', '0', '30'],
  ['@body:(file path)', 'NOCONTENT', 'INORDER', 'SLOP', '3'],
  ['pack*', 'NOCONTENT', 'LIMIT', '0', '100'],
  ['%modle%', 'NOCONTENT', 'LIMIT', '0', '20'],
  ['@tag:{alpha|gamma} module', 'NOCONTENT', 'LIMIT', '0', '100'],
  ['@length:[100 300]', 'SORTBY', 'length', 'ASC', 'LIMIT', '0', '20', 'RETURN', '1', 'length'],
  ['module', 'SORTBY', 'length', 'DESC', 'LIMIT', '0', '20', 'RETURN', '2', 'length', 'tag'],
  ['module @length:[(200 +inf]', 'NOCONTENT', 'LIMIT', '0', '100'],
  ['module', 'FILTER', 'length', '150', '400', 'NOCONTENT'],
  ['module', 'HIGHLIGHT', 'FIELDS', '1', 'body', 'TAGS', '<b>', '</b>', 'LIMIT', '0', '5'],
  ['module', 'SUMMARIZE', 'FIELDS', '1', 'body', 'FRAGS', '2', 'LEN', '10', 'LIMIT', '0', '5'],
  ['module', 'WITHSCORES', 'NOCONTENT', 'LIMIT', '0', '20'],
  ['module', 'WITHSCORES', 'NOCONTENT', 'SCORER', 'DISMAX'],
  ['module', 'INKEYS', '3', 'doc1', 'doc2', 'doc3', 'NOCONTENT'],
  ['module', 'INFIELDS', '1', 'title', 'NOCONTENT'],
  ['modules', 'VERBATIM', 'NOCONTENT'],
  ['nothingwillmatchthis'],
  ['"unclosed'],
  ['@nofield:x'],
]

/** A reply as text, the fields of each document in alphabetical order: a large hash has them in none. */
function readable(value: Value): unknown {
  if (!Array.isArray(value)) return value === null ? null : sameNumber(textOf(value))
  return value.map((element) =>
    Array.isArray(element) ? fieldsSorted(element.map(readable)) : readable(element),
  )
}

/** Redis 7.0 writes more digits of a double than it takes to tell it from others; 7.2 and Modis do not. */
function sameNumber(text: string): string {
  return /^-?\d+\.\d+$/.test(text) ? String(Number(text)) : text
}

function fieldsSorted(flat: unknown[]): unknown[] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${flat[i + 1]}`] : [])).sort()
}

/** Sends a command that returns documents to both servers; everything but the order of their fields must be the same. */
async function compareDocuments(...command: readonly (string | number)[]): Promise<void> {
  const [modis, redis] = await pair.both(...command)
  assert.equal(readable(modis), readable(redis), command.join(' '))
}

for (const search of SEARCHES) {
  test(`FT.SEARCH ${search.join(' ')}`, () => compareDocuments('FT.SEARCH', 'docs', ...search))
}

const AGGREGATIONS: readonly (readonly string[])[] = [
  ['*', 'GROUPBY', '1', '@tag', 'REDUCE', 'COUNT', '0', 'AS', 'n', 'SORTBY', '2', '@tag', 'ASC'],
  [
    'module',
    'GROUPBY',
    '1',
    '@tag',
    'REDUCE',
    'AVG',
    '1',
    '@length',
    'AS',
    'mean',
    'SORTBY',
    '2',
    '@tag',
    'ASC',
  ],
  [
    '*',
    'GROUPBY',
    '1',
    '@tag',
    'REDUCE',
    'MAX',
    '1',
    '@length',
    'AS',
    'most',
    'REDUCE',
    'MIN',
    '1',
    '@length',
    'AS',
    'least',
    'SORTBY',
    '2',
    '@tag',
    'ASC',
  ],
  [
    'module',
    'LOAD',
    '1',
    '@length',
    'APPLY',
    'floor(@length/100)',
    'AS',
    'hundreds',
    'GROUPBY',
    '1',
    '@hundreds',
    'REDUCE',
    'COUNT',
    '0',
    'AS',
    'n',
    'SORTBY',
    '2',
    '@hundreds',
    'ASC',
  ],
]

for (const aggregation of AGGREGATIONS) {
  test(`FT.AGGREGATE ${aggregation.join(' ')}`, () =>
    compareDocuments('FT.AGGREGATE', 'docs', ...aggregation))
}

test('explanations, single documents, tag values, spelling', async () => {
  await pair.compare('FT.EXPLAIN', 'docs', 'module (package|file) -option @length:[1 2]')
  await compareDocuments('FT.MGET', 'docs', 'doc7')
  await compareDocuments('FT.MGET', 'docs', 'doc1', 'nodoc', 'doc2')
  await pair.compareUnordered('FT.TAGVALS', 'docs', 'tag')
  await compareDocuments('FT.SPELLCHECK', 'docs', 'modle')
  await pair.compare('FT.SEARCH', 'noindex', 'x')
  await pair.compare('FT.CREATE', 'docs', 'SCHEMA', 'x', 'TEXT')
  await pair.compare('FT.SEARCH', 'docs')
})

test('suggestions', async () => {
  for (const [word, score] of [
    ['modis', 2],
    ['module', 1],
    ['model', 3],
    ['more', 1],
  ] as const) {
    await pair.compare('FT.SUGADD', 'words', word, score)
  }
  await compareDocuments('FT.SUGGET', 'words', 'mo', 'WITHSCORES')
  await compareDocuments('FT.SUGGET', 'words', 'modl', 'FUZZY')
  await pair.compare('FT.SUGLEN', 'words')
  await pair.compare('FT.SUGDEL', 'words', 'model')
  await compareDocuments('FT.SUGGET', 'words', 'mo')
})

/** FT.INFO as a map, without what depends on addresses, allocators or time. */
function facts(info: Value): Record<string, string> {
  const flat = info as Value[]
  const map: Record<string, string> = {}
  for (let i = 0; i < flat.length; i += 2)
    map[textOf(flat[i])] = JSON.stringify(readable(flat[i + 1] as Value))
  for (const name of Object.keys(map)) if (/_mb$|gc_stats|cursor_stats|bytes/.test(name)) delete map[name]
  return map
}

test('FT.INFO', async () => {
  const [modis, redis] = await pair.both('FT.INFO', 'docs')
  assert.equal(facts(modis), facts(redis))
  assert.match(facts(modis).num_docs ?? '', String(COUNT))
})

test('concurrent clients get the same answers as one', async () => {
  const alone = await pair.modis.raw('FT.SEARCH', 'docs', 'module', 'NOCONTENT', 'LIMIT', '0', '100')
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => RawClient.connect(pair.modisServer.port)),
  )
  const replies = await Promise.all(
    clients.flatMap((client) =>
      Array.from({ length: 20 }, () =>
        client.raw('FT.SEARCH', 'docs', 'module', 'NOCONTENT', 'LIMIT', '0', '100'),
      ),
    ),
  )
  for (const { bytes } of replies) assert.is(bytes.toString(), alone.bytes.toString())
  for (const client of clients) client.close()
})

test('updates and deletions', async () => {
  await pair.compare(
    'FT.ADD',
    'docs',
    'doc0',
    '1.0',
    'REPLACE',
    'FIELDS',
    'title',
    'replaced zyzzyva',
    'body',
    'all new',
    'length',
    '7',
  )
  await compareDocuments('FT.SEARCH', 'docs', 'zyzzyva')
  await pair.compare('FT.DEL', 'docs', 'doc0')
  await pair.compare('FT.DEL', 'docs', 'doc0')
  await compareDocuments('FT.SEARCH', 'docs', 'zyzzyva')
  await pair.compare('FT.ADD', 'docs', 'doc0', '1.0', 'FIELDS', 'title', 'again')
  await pair.compare('FT.ADD', 'docs', 'doc0', '1.0', 'FIELDS', 'title', 'twice')
  await pair.compare('FT.ALTER', 'docs', 'SCHEMA', 'ADD', 'extra', 'TEXT')
  await pair.compare('FT.ADD', 'docs', 'more', '1.0', 'FIELDS', 'extra', 'quokka')
  await pair.compare('FT.SEARCH', 'docs', '@extra:quokka', 'NOCONTENT')
})

test('the words survive DUMP and RESTORE in either direction', async () => {
  const [ours, theirs] = await pair.both('DUMP', 'words')
  for (const [target, payload] of [
    [pair.modis, theirs],
    [pair.redis, ours],
  ] as const) {
    const restored = await target.call('RESTORE', 'words:moved', 0, bytesOf(payload))
    assert.is(textOf(restored), 'OK')
  }
  await compareDocuments('FT.SUGGET', 'words:moved', 'mo')
})

test('the index survives a save and a restart, and moves to the other server', async () => {
  const search = ['FT.SEARCH', 'docs', 'module', 'NOCONTENT', 'LIMIT', '0', '100']
  const before = await pair.modis.raw(...search)
  for (const client of [pair.modis, pair.redis]) {
    assert.is(textOf(await client.call('SAVE')), 'OK')
  }
  const ours = join(pair.modisServer.folder, 'dump.rdb')
  copyFileSync(ours, join(pair.modisServer.folder, 'ours.rdb'))
  copyFileSync(join(pair.redisServer.folder, 'dump.rdb'), join(pair.modisServer.folder, 'theirs.rdb'))
  const options = { ...OPTIONS, dir: pair.modisServer.folder }
  const again = await Promise.all([
    startModis({ ...options, dbfilename: 'ours.rdb' }),
    startModis({ ...options, dbfilename: 'theirs.rdb' }),
    startRedis({ ...options, dbfilename: 'ours.rdb' }),
  ])
  for (const server of again) {
    const client = await RawClient.connect(server.port)
    const reply = await client.raw(...search)
    assert.is(reply.bytes.toString(), before.bytes.toString())
    client.close()
  }
  for (const server of again) await server.stop('SIGKILL')
})

test('FT.DROP takes index and documents', async () => {
  await pair.compare('FT.DROP', 'docs')
  await pair.compare('FT.SEARCH', 'docs', 'module')
  await pair.compare('EXISTS', 'doc1')
  await pair.compareUnordered('KEYS', '*')
})

test.run()
