// Client-side caching: what modules read for a client, and what they change, counts as what commands read and change.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { untilBlocked } from '../support/blocked.ts'
import { Talker } from '../support/talk.ts'
import { ModuleFolder, ModuleServer } from './module-folder.ts'

const test = suite('client-side caching and modules')
const folder = new ModuleFolder()
let modis: ModuleServer
let reader: Talker

folder.define(
  'shelf',
  `{
  name: 'shelf',
  commands: {
    'shelf.read': { summary: 'Reads.', flags: ['readonly'], args: { key: arg.key('R') }, run: (_ctx, { key }) => key.string.text() },
    'shelf.called': { summary: 'Reads by a call.', args: { name: arg.string() }, run: (ctx, { name }) => ctx.call('GET', name) },
    'shelf.later': {
      summary: 'Reads later.',
      flags: ['readonly'],
      args: { key: arg.key('R') },
      async run(ctx, { key }) {
        const { name } = key
        await new Promise((resolve) => { globalThis.readNow = resolve })
        return ctx.key(name).string.text()
      },
    },
    'shelf.now': { summary: 'Has shelf.later read.', run: () => { globalThis.readNow(); return 1 } },
    'shelf.write': { summary: 'Writes.', flags: ['write'], args: { key: arg.key('W'), value: arg.string() }, run: (_ctx, { key, value }) => { key.string.set(value); return value } },
  },
}`,
)

test.before(async () => {
  modis = await ModuleServer.start(folder)
  await modis.call('MODULE', 'LOAD', 'shelf')
})
test.before.each(async () => {
  reader = await Talker.connect(modis.server.port)
  await reader.say('HELLO 3')
  await reader.say('CLIENT TRACKING ON')
})
test.after.each(() => reader.close())
test.after(async () => {
  await modis.stop()
  folder.remove()
})

/** The keys that the reader was told of. */
async function invalid(): Promise<string[]> {
  const messages = (await reader.heard()).matchAll(/invalidate\r\n\*1\r\n\$\d+\r\n(.*)\r\n/g)
  return [...messages].map(([, key]) => key as string)
}

test('a command of a module reads its keys for the client', async () => {
  await modis.call('MSET', 'a', 1, 'b', 1)
  assert.is(await reader.say('shelf.read a'), '1')
  assert.is(await reader.say('shelf.called b'), '1')
  await modis.call('MSET', 'a', 2, 'b', 2, 'c', 2)
  assert.equal(await invalid(), ['a', 'b'])
})

test('what a module changes is invalid', async () => {
  await reader.say('MGET a b')
  assert.is(await modis.call('shelf.write', 'a', 'new'), 'new')
  assert.equal(await invalid(), ['a'])
})

test('what is read after an await is known although it changed in between', async () => {
  const reply = reader.say('shelf.later a')
  await untilBlocked(modis.client, 1)
  await modis.call('SET', 'a', 'meanwhile')
  await modis.call('shelf.now')
  assert.is(await reply, 'meanwhile')
  await modis.call('SET', 'a', 'after')
  assert.equal(await invalid(), ['a', 'a'])
})

test.run()
