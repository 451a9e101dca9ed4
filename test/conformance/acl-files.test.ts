import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { commands } from '../support/commands.ts'
import { Pair } from '../support/pair.ts'
import { RawClient } from '../support/raw-client.ts'
import type { ReplyError } from '../support/resp.ts'
import { type RunningServer, type ServerOptions, start, startModis } from '../support/servers.ts'
import { until } from '../support/until.ts'

const test = suite('ACL: files of users')
const folder = mkdtempSync(join(tmpdir(), 'modis-acl-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

/** A folder of its own with files by their names. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(folder, 'files-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text, 'latin1')
  return made
}

/** Both servers, each in a folder of its own with the same files. */
async function withPair(
  files: Readonly<Record<string, string>>,
  options: ServerOptions,
  work: (pair: Pair, folders: { modis: string; redis: string }) => Promise<unknown>,
): Promise<void> {
  const folders = { modis: folderWith(files), redis: folderWith(files) }
  const servers = await Promise.all(
    (['modis', 'redis'] as const).map((kind): Promise<RunningServer> => {
      const file = 'server.conf' in files ? join(folders[kind], 'server.conf') : undefined
      const given = { ...options, dir: folders[kind] }
      if (kind === 'modis') return startModis(given, file)
      return start('redis-server', file === undefined ? [] : [file], { save: '', ...given })
    }),
  )
  const [modis, redis] = servers as [RunningServer, RunningServer]
  const clients = await Promise.all([RawClient.connect(modis.port), RawClient.connect(redis.port)])
  const pair = new Pair([modis, redis], clients)
  try {
    await work(pair, folders)
  } finally {
    await pair.stop()
  }
}

/** What is written when the server does not start. */
async function failure(
  files: Readonly<Record<string, string>>,
  options: ServerOptions = {},
): Promise<string> {
  const dir = folderWith(files)
  const file = 'server.conf' in files ? join(dir, 'server.conf') : undefined
  try {
    const server = await startModis({ ...options, dir }, file)
    await server.stop()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('the server has started')
}

const userLines = (path: string): string[] =>
  readFileSync(path, 'latin1')
    .split('\n')
    .filter((line) => line.startsWith('user '))

test('users of the configuration file, and CONFIG REWRITE', async () => {
  const text =
    '# the users\nuser zoe sanitize-payload on >x ~a* (%R~r* +get)\n# one more\nuser bob sanitize-payload on nopass ' +
    '( +set ~w* ) +@read\nUSER default sanitize-payload on nopass ~* &* +@all -config|set\ntimeout 100\n'
  await withPair({ 'server.conf': text }, {}, async (pair, folders) => {
    await pair.script(
      ...commands(`
        ACL USERS | ACL GETUSER zoe | ACL GETUSER bob | AUTH zoe x | AUTH default x
        ACL SETUSER amy sanitize-payload | ACL DELUSER bob | ACL SETUSER zoe ~b* | CONFIG REWRITE
      `),
    )
    const file = join(folders.modis, 'server.conf')
    assert.equal(userLines(file), userLines(join(folders.redis, 'server.conf')))
    const lines = readFileSync(file, 'latin1').split('\n')
    assert.is(
      lines.indexOf('# the users') + 1,
      lines.findIndex((line) => line.startsWith('user amy ')),
    )
    assert.ok(lines.includes('timeout 100'))
    const [described, next] = [await pair.modis.call('ACL', 'LIST'), await startModis({}, file)]
    const client = await RawClient.connect(next.port)
    assert.equal(await client.call('ACL', 'LIST'), described)
    client.close()
    await next.stop()
  })
})

test('names and patterns that need quotes are read back', async () => {
  await withPair({ 'server.conf': 'timeout 0\n' }, {}, async (pair, folders) => {
    await pair.modis.call('ACL', 'SETUSER', Buffer.from('\xff"', 'latin1'), '~\'"\\', '+get')
    await pair.modis.call('CONFIG', 'REWRITE')
    const next = await startModis({}, join(folders.modis, 'server.conf'))
    const client = await RawClient.connect(next.port)
    assert.equal((await client.raw('ACL', 'LIST')).bytes, (await pair.modis.raw('ACL', 'LIST')).bytes)
    client.close()
    await next.stop()
  })
})

test('a file of users is read, read again, and written', async () => {
  const text = 'user alice sanitize-payload on >x ~a* +get\n\n  user bob sanitize-payload off (+get ~a)\t\n'
  await withPair({ 'users.acl': text }, { aclfile: 'users.acl' }, async (pair, folders) => {
    await pair.script('ACL USERS', 'ACL GETUSER alice', 'ACL GETUSER bob', 'AUTH alice x', 'AUTH default x')
    await pair.script(
      ...commands(`
        ACL SETUSER carl sanitize-payload +get ~x | ACL SETUSER default sanitize-payload -debug | ACL DELUSER bob
        ACL SAVE | ACL SETUSER carl +set | ACL SETUSER dora | ACL LOAD | ACL USERS | ACL GETUSER carl
      `),
    )
    const saved = readFileSync(join(folders.modis, 'users.acl'), 'latin1')
    assert.is(saved, readFileSync(join(folders.redis, 'users.acl'), 'latin1'))
    assert.equal(
      readdirSync(folders.modis).filter((name) => name.includes('tmp')),
      [],
    )
    assert.is((await pair.modis.call('CONFIG', 'GET', 'aclfile'))?.toString(), 'aclfile,users.acl')
  })
})

const WRONG_FILES: readonly (readonly [what: string, text: string])[] = [
  ['another word', 'user alice on\nfoo bar\nuser\n'],
  ['comments', '# users\nuser alice on\n'],
  ['wrong rules', 'user alice on foo\nuser bob +foo on +@bar +config|foo bar bar\nuser carl >x <y\n'],
  ['a user twice', 'user alice on\nuser bob on\nuser alice off\n'],
  ['a name that cannot be', 'user al\tice on\nuser bob on\n'],
  ['patterns after all', 'user alice allkeys ~foo\n'],
]

test('a file with errors changes nothing, and all of them are told', async () => {
  await withPair(
    { 'users.acl': 'user alice sanitize-payload on >x\n' },
    { aclfile: 'users.acl' },
    async (pair, folders) => {
      for (const [what, text] of WRONG_FILES) {
        for (const each of Object.values(folders)) writeFileSync(join(each, 'users.acl'), text, 'latin1')
        const [reply] = await pair.script('ACL LOAD', 'ACL USERS', 'ACL GETUSER alice')
        assert.match((reply as ReplyError).text, 'no change to the previously active ACL rules', what)
      }
      writeFileSync(join(folders.modis, 'users.acl'), 'user alice (+get\nuser bob on\n')
      assert.is(
        ((await pair.modis.call('ACL', 'LOAD')) as ReplyError).text,
        'ERR users.acl:1: Unmatched parenthesis in selector definition.WARNING: ACL errors detected, no change to the ' +
          'previously active ACL rules was performed',
      )
      for (const each of Object.values(folders)) rmSync(join(each, 'users.acl'))
      await pair.script('ACL LOAD', 'ACL USERS')
      mkdirSync(join(folders.modis, 'users.acl'))
      assert.match(
        ((await pair.modis.call('ACL', 'SAVE')) as ReplyError).text,
        /^ERR There was an error trying to save/,
      )
      assert.match(pair.modisServer.log(), 'ACL SAVE failed: ')
      assert.equal(readdirSync(folders.modis), ['users.acl'])
    },
  )
})

test('ACL LOAD closes the clients of users that are read anew, and keeps those of default', async () => {
  const text = 'user alice on nopass +@all ~* &*\nuser default on nopass ~* &* +@all\n'
  await withPair({ 'users.acl': text }, { aclfile: 'users.acl' }, async (pair, folders) => {
    const [own, bystander] = [await pair.connect(), await pair.connect()]
    await own.prepare('AUTH', 'alice', 'x')
    writeFileSync(
      join(folders.modis, 'users.acl'),
      'user alice on nopass\nuser default on nopass ~* &* +@all -get\n',
    )
    await pair.modis.call('ACL', 'LOAD')
    await until('the connection to be closed', () => own.modis.closed)
    assert.not.ok(bystander.modis.closed)
    assert.match(((await bystander.modis.call('GET', 'a')) as ReplyError).text, /^NOPERM User default/)
    writeFileSync(join(folders.modis, 'users.acl'), 'user alice on nopass\n')
    await pair.modis.call('ACL', 'LOAD')
    assert.is(await bystander.modis.call('GET', 'a'), null)
    for (const clients of [own, bystander]) clients.disconnect()
  })
})

test('CONFIG REWRITE leaves no users where they have a file of their own', async () => {
  await withPair(
    { 'server.conf': 'aclfile users.acl\n', 'users.acl': 'user alice on\n' },
    {},
    async (pair, folders) => {
      await pair.script('CONFIG REWRITE', 'ACL USERS')
      assert.equal(userLines(join(folders.modis, 'server.conf')), [])
      assert.match(readFileSync(join(folders.modis, 'server.conf'), 'latin1'), /^aclfile "?users.acl"?$/m)
    },
  )
})

test('what is wrong with users stops the start', async () => {
  const configured = (text: string): Promise<string> => failure({ 'server.conf': text })
  assert.match(
    await configured('timeout 0\nuser alice on\nuser alice off\n'),
    /at line 3\n>>> 'user alice off'\n.*Error in user declaration 'alice': Duplicate user found/,
  )
  assert.match(await configured('user alice on bar\n'), /at line 1\n.*\n.*'bar': Syntax error/)
  assert.match(await configured('user alice (+get\n'), /at line 1\n.*\n.*Error in user declaration '\(\+get'/)
  assert.match(await configured('user "a b" on\n'), 'Spaces not allowed in ACL usernames')
  assert.match(await configured('user\n'), 'wrong number of arguments')
  assert.match(
    await configured('user alice +nosuch on\n'),
    "Error loading ACL rule '+nosuch' for the user named 'alice': Unknown command or category name in ACL",
  )
  assert.match(await configured('user alice on\naclfile users.acl\n'), 'not in both')
  const wrong = await failure({ 'users.acl': 'user alice foo\nuser alice on\n' }, { aclfile: 'users.acl' })
  assert.match(
    wrong,
    'Aborting Redis startup because of ACL errors: users.acl:1: Syntax error. WARNING: Duplicate',
  )
  assert.match(
    await failure({}, { aclfile: 'nosuch.acl' }),
    "opening file 'nosuch.acl': No such file or directory",
  )
})

test('a disabled user is told of at the start', async () => {
  const server = await startModis({}, join(folderWith({ 'server.conf': 'user alice >x\n' }), 'server.conf'))
  assert.match(server.log(), "The user 'alice' is disabled (there is no 'on' modifier")
  await server.stop()
})

test.run()
