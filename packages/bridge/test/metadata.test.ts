import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KeyType, MetadataTransfer, type MetadataValues } from '../src/index.ts'
import { compile, type LoadedModule, load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'
import { parse } from './support/resp.ts'

const test = suite<{ host: MemoryHost; client: Client; module: LoadedModule }>('key metadata')
const key = Buffer.from('key')
const nowhere = Buffer.alloc(0)

test.before((context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  context.module = load(context.host, compile('metadata'))
})

test.before.each(async ({ host, client }) => {
  await host.send(client, 'set', 'key', 'value')
})

test.after(({ host }) => host.close())

async function alive(host: MemoryHost, client: Client): Promise<number> {
  return (parse(await host.send(client, 'meta.counters')) as number[])[0]
}

/** The metadata of a key, which the caller now has to free. */
async function attached(host: MemoryHost, client: Client, text: string): Promise<MetadataValues> {
  assert.is((await host.send(client, 'meta.set', 'key', text)).toString(), '+OK\r\n')
  const entry = host.entry(0, 'key')!
  const { metadata } = entry
  delete entry.metadata
  return metadata!
}

test('values of all 64 bits are set and read; a key that is empty or only read cannot be given any', async ({
  host,
  client,
}) => {
  assert.is((await host.send(client, 'meta.flag', 'key')).toString(), '+OK\r\n')
  assert.is((await host.send(client, 'meta.set', 'none', 'x')).toString(), '$-1\r\n')
  assert.is((await host.send(client, 'meta.get', 'key')).toString(), '$-1\r\n')
  await host.send(client, 'meta.set', 'key', 'x')
  assert.is(parse(await host.send(client, 'meta.get', 'key')), 'x')
  await host.send(client, 'meta.set', 'key', 'longer')
  assert.is(parse(await host.send(client, 'meta.get', 'key')), 'longer')
  host.bridge.metadataFree(host.entry(0, 'key')!.metadata!, key)
  assert.is(await alive(host, client), 0)
})

test('classes that cannot be registered', async ({ host, client }) => {
  const register = async (name: string, version: string): Promise<unknown> =>
    parse(await host.send(client, 'meta.register', name, version))
  assert.is((await host.send(client, 'meta.structure')).toString(), '+OK\r\n')
  for (const name of ['', 'abc', 'abcde', 'ab d', 'text']) assert.is(await register(name, '1'), -4)
  assert.is(await register('none', '-1'), -4)
  assert.is(await register('none', '32'), -4)
  host.metadataOwners.anyone = false
  assert.is(await register('none', '1'), -1)
  host.metadataOwners.anyone = true
  for (let id = 3; id < 8; id++) assert.is(await register(`cls${id}`, '31'), id)
  assert.is(await register('more', '1'), -4)
  const release = async (id: number): Promise<unknown> =>
    parse(await host.send(client, 'meta.release', String(id)))
  for (let id = 3; id < 8; id++) assert.is(await release(id), 0)
  for (const id of [3, 0, -1, 8]) assert.is(await release(id), 1)
  // A name that was there before gets its number again; no other name does.
  assert.is(await register('cls5', '2'), 5)
  assert.is(await register('more', '1'), -4)
  assert.is(await release(5), 0)
})

test('unlink and free see what stands for something, and nothing else', async ({ host, client }) => {
  const values = await attached(host, client, 'x')
  host.bridge.metadataUnlink(values, 0, Buffer.from('early'))
  // The module has freed it and says so.
  assert.is(Buffer.from(values.bytes).readBigUInt64LE(8), 0n)
  assert.is(await alive(host, client), 0)
  host.bridge.metadataFree(values, key)
  assert.is(await alive(host, client), 0)
  const others = await attached(host, client, 'y')
  host.bridge.metadataUnlink(others, 0, key)
  host.bridge.metadataFree(others, key)
  const [count, unlinked, , last] = parse(await host.send(client, 'meta.counters')) as unknown[]
  assert.equal([count, unlinked, last], [0, 2, 'key'])
  host.bridge.metadataFree({ mask: 0xff, bytes: new Uint8Array(64) }, null)
  assert.is((parse(await host.send(client, 'meta.counters')) as number[])[2], 0)
})

test('what a copy gets, what follows a key to another name or database', async ({ host, client }) => {
  const values = await attached(host, client, 'x')
  values.mask |= 1 << 2
  const { copy, rename, move } = MetadataTransfer
  const { bridge } = host
  const copied = bridge.metadataTransfer(copy, values, key, Buffer.from('twin'), 0, 3)
  assert.is(copied.mask, 1 << 1)
  assert.is.not(Buffer.from(copied.bytes).readBigUInt64LE(8), Buffer.from(values.bytes).readBigUInt64LE(8))
  assert.is(await alive(host, client), 2)
  const saved = Buffer.from(bridge.metadataSave(copied, 3, key)).toString('latin1')
  assert.ok(saved.includes('x for twin in 3'))
  bridge.metadataFree(copied, Buffer.from('twin'))
  // A class without a callback goes along as it is, but is not copied.
  assert.is(bridge.metadataTransfer(rename, values, key, Buffer.from('other'), 0, 0).mask, 0b110)
  assert.is(bridge.metadataTransfer(move, values, key, nowhere, 0, 1).mask, 0b110)
  await host.send(client, 'meta.behave', '0', '0')
  for (const how of [copy, rename, move])
    assert.is(bridge.metadataTransfer(how, values, key, key, 0, 0).mask & 2, 0)
  await host.send(client, 'meta.behave', '1', '0')
  bridge.metadataFree(values, key)
})

test('what is saved is what Redis writes, and loads again', async ({ host, client }) => {
  const { bridge } = host
  const values = await attached(host, client, 'some text')
  values.mask |= 1 << 2
  // Four characters of six bits, five bits of version, three of flags; computed by hand.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'
  let specification = 0
  for (const character of 'text') specification = specification * 64 + alphabet.indexOf(character)
  specification = (specification * 32 + 1) * 8 + 1
  const expected = Buffer.concat([
    Buffer.from([243, 1, 0, 0, 0, 0, 5, 9]),
    Buffer.from('some text'),
    Buffer.from([0]),
  ])
  expected.writeUInt32LE(specification, 2)
  const saved = bridge.metadataSave(values, 0, key)
  assert.equal(Buffer.from(saved), expected)
  assert.is(bridge.metadataSaves(), true)
  const loaded = bridge.metadataLoad(specification, saved.subarray(6), 0)
  assert.is(loaded.outcome, 'loaded')
  if (loaded.outcome !== 'loaded') return
  const again = { mask: 2, bytes: Buffer.alloc(64) }
  again.bytes.writeUInt32LE(loaded.low, 8)
  again.bytes.writeUInt32LE(loaded.high, 12)
  assert.equal(bridge.metadataSave(again, 0, key), saved)
  assert.equal(parse(Buffer.from(bridge.metadataRewrite(again, 0, key))), ['meta.set', 'key', 'some text'])
  bridge.metadataFree(again, key)
  bridge.metadataFree(values, key)
  const unsaved = await attached(host, client, 'unsaved')
  assert.is(bridge.metadataSave(unsaved, 0, key).length, 0)
  bridge.metadataFree(unsaved, key)
})

test('what does not load is refused, and nothing is lost', async ({ host, client }) => {
  const { bridge } = host
  const values = await attached(host, client, 'text')
  const saved = Buffer.from(bridge.metadataSave(values, 0, key))
  bridge.metadataFree(values, key)
  const specification = saved.readUInt32LE(2)
  const fields = saved.subarray(6)
  const outcome = (bits: number, bytes: Uint8Array): string =>
    bridge.metadataLoad(bits >>> 0, bytes, 0).outcome
  assert.is(outcome(specification ^ (1 << 8), fields), 'unknown')
  // Class `flag` has no loader.
  assert.is(outcome(0, fields), 'unknown')
  assert.is(outcome(specification ^ (8 << 3), fields), 'refused')
  for (let length = 0; length < fields.length; length++)
    assert.ok(['refused', 'corrupt'].includes(outcome(specification, fields.subarray(0, length))))
  assert.is(outcome(specification, Buffer.concat([fields, Buffer.from([0])])), 'corrupt')
  assert.is(outcome(specification, Buffer.from('\x05\x04skip\0')), 'left out')
  await host.send(client, 'meta.behave', '1', '1')
  assert.is(outcome(specification, fields), 'corrupt')
  await host.send(client, 'meta.behave', '1', '0')
  const [count, , withoutKey] = parse(await host.send(client, 'meta.counters')) as number[]
  assert.is(count, 0)
  assert.ok(withoutKey > 0)
})

test('a class that was released stands for nothing; its values come back with it', async ({
  host,
  client,
}) => {
  const { bridge } = host
  await host.send(client, 'meta.set', 'key', 'kept')
  const values = host.entry(0, 'key')!.metadata!
  assert.is(parse(await host.send(client, 'meta.release', '1')), 0)
  assert.is((await host.send(client, 'meta.get', 'key')).toString(), '$-1\r\n')
  bridge.metadataUnlink(values, 0, key)
  bridge.metadataFree(values, key)
  assert.is(bridge.metadataSave(values, 0, key).length, 0)
  assert.is(bridge.metadataTransfer(MetadataTransfer.copy, values, key, key, 0, 0).mask & 2, 0)
  assert.is(bridge.metadataTransfer(MetadataTransfer.rename, values, key, key, 0, 0).mask & 2, 2)
  assert.is(parse(await host.send(client, 'meta.register', 'text', '1')), 1)
  assert.is(parse(await host.send(client, 'meta.get', 'key')), 'kept')
  bridge.metadataFree(values, key)
  assert.is(await alive(host, client), 0)
})

test('a new version takes over the classes and what keys have of them', async ({ host, client, module }) => {
  const { bridge } = host
  const values = await attached(host, client, 'carried')
  values.mask |= 1 << 2
  // As a server does that replaces a module: its names are free for the new version.
  host.commands.clear()
  host.modules.clear()
  // A module that replaces nothing cannot have the names.
  assert.throws(() => load(host, compile('metadata')), /refused/)
  assert.equal(bridge.metadataClasses(module.number), { live: 0b110, pending: 0 })
  host.metadataOwners.successor = module.number + 2
  const next = load(host, compile('metadata'), 'text', '2')
  assert.is(next.number, module.number + 2)
  assert.equal(bridge.metadataClasses(next.number), { live: 0, pending: 0b110 })
  bridge.metadataCarry(values, next.number, 0, key)
  // Class `flag` neither saves nor loads, so that its value cannot follow.
  assert.is(values.mask, 0b010)
  bridge.metadataTakeOver(next.number)
  assert.equal(bridge.metadataClasses(next.number), { live: 0b110, pending: 0 })
  host.entry(0, 'key')!.metadata = values
  assert.is(parse(await host.send(client, 'meta.get', 'key')), 'carried')
  // What the old version releases as it goes is not what the new one has.
  assert.is(module.unload(), true)
  assert.is(parse(await host.send(client, 'meta.get', 'key')), 'carried')
  bridge.metadataFree(values, key)
  assert.is(await alive(host, client), 0)
  assert.is(next.unload(), true)
  assert.equal(bridge.metadataClasses(next.number), { live: 0, pending: 0 })
  assert.is(host.get(0, 'key', KeyType.string)?.bytes.toString(), 'value')
})

test('a load that fails leaves no class behind', ({ host }) => {
  assert.throws(() => load(host, compile('metadata'), 'late', '1', '', 'refuse'), /refused/)
  // There is room for two classes beside the names of those that were released: both numbers are free again.
  const module = load(host, compile('metadata'), 'text')
  assert.equal(host.bridge.metadataClasses(module.number), { live: 0b110, pending: 0 })
  module.unload()
})

test.run()
