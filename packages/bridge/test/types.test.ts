import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KeyType } from '../src/index.ts'
import { compile, load } from './support/load.ts'
import { type Client, MemoryHost } from './support/memory-host.ts'
import { parse } from './support/resp.ts'

const test = suite<{ host: MemoryHost; client: Client; type: number }>('types')
const key = Buffer.from('key')

test.before((context) => {
  context.host = new MemoryHost()
  context.client = context.host.connect()
  load(context.host, compile('types'))
  context.type = [...context.host.types.values()].find(({ name }) => name === 'test-type')!.number
})

test.after(({ host }) => {
  host.resetDataset()
  host.close()
})

function pointerAt(host: MemoryHost, name = 'key'): number {
  return host.get(0, name, KeyType.module)!.value
}

test('a type is registered with its methods and its identity in RDB files', ({ host, type }) => {
  const registered = host.types.get(type)!
  assert.is(registered.encodingVersion, 2)
  // Nine characters of six bits each, then ten bits of version: computed by hand.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  let id = 0n
  for (const character of 'test-type') id = (id << 6n) | BigInt(alphabet.indexOf(character))
  assert.is(registered.rdbId, String((id << 10n) | 2n))
  assert.is(registered.methods.copy && registered.methods.unlink && registered.methods.digest, true)
  assert.is(registered.auxTriggers, 1)
  const old = [...host.types.values()].find(({ name }) => name === 'old--type')!
  assert.is(old.methods.copy || old.methods.auxSave || old.methods.memoryUsage, false)
})

test('a value is set, read, replaced and freed', async ({ host, client }) => {
  await host.send(client, 'types.set', 'key', '5', 'text')
  assert.equal(parse(await host.send(client, 'types.get', 'key')), [5, 15, '2.5', '1.25', '2.5', 'text'])
  await host.send(client, 'types.set', 'key', '6', 'text')
  assert.is((parse(await host.send(client, 'types.counters')) as number[])[0], 1)
  assert.is((await host.send(client, 'types.replace', 'key')).toString(), '+OK\r\n')
  assert.is((parse(await host.send(client, 'types.get', 'key')) as number[])[0], 77)
  await host.send(client, 'set', 'string', 'x')
  assert.match((parse(await host.send(client, 'types.get', 'string')) as Error).message, /^WRONGTYPE/)
})

test('what is saved is what Redis writes, and loads again', async ({ host, client, type }) => {
  await host.send(client, 'types.set', 'key', '5', 'text')
  const saved = host.bridge.typeSave(type, pointerAt(host), 0, key)
  const text = Buffer.from('\x05\x04text').toString('hex')
  const expected = [
    '0205', // unsigned: 5
    '020f', // unsigned: 15
    '040000000000000440', // double: 2.5
    '030000a03f', // float: 1.25
    `0506${Buffer.from('0xap-2').toString('hex')}`, // long double: 2.5 in hexadecimal
    text,
    text,
    '00',
  ].join('')
  assert.is(Buffer.from(saved).toString('hex'), expected)
  const { value, consumed } = host.bridge.typeLoad(
    type,
    2,
    Buffer.concat([saved, Buffer.from('rest')]),
    0,
    key,
  )
  assert.is(consumed, saved.length)
  assert.equal(host.bridge.typeSave(type, value, 0, key), saved)
  host.bridge.typeFree(type, value)
  assert.is((await host.send(client, 'types.through', 'key')).toString(), '+OK\r\n')
})

test('many values become those of another version at once', async ({ host, client, type }) => {
  await host.send(client, 'types.set', 'key', '5', 'text')
  await host.send(client, 'types.set', 'other', '6', 'words')
  const former = ['key', 'other'].map((name) => pointerAt(host, name))
  const carried = Float64Array.from(former)
  assert.is(host.bridge.typeCarry(type, type, carried), 2)
  for (const [index, value] of carried.entries()) {
    assert.is.not(value, former[index])
    const saved = host.bridge.typeSave(type, former[index], 0, key)
    assert.equal(host.bridge.typeSave(type, value, 0, key), saved)
    host.bridge.typeFree(type, value)
  }
  assert.is(host.bridge.typeCarry(type, 12345, Float64Array.from(former)), 0)
})

test('strings that Redis compressed or stored as integers are read', ({ host, type }) => {
  // "aaaaaaaaaa…" (20 of them) in LZF: one literal, then a run of 19 at distance 1.
  const lzf = 'c3' + '05' + '14' + '00' + '61' + 'e0' + '0a' + '00'
  const payload = Buffer.from(
    `0205020f040000000000000440030000a03f0506${Buffer.from('0xap-2').toString('hex')}05${lzf}05c0fd00`,
    'hex',
  )
  const { value, consumed } = host.bridge.typeLoad(type, 2, payload, 0, key)
  assert.is(consumed, payload.length)
  const saved = Buffer.from(host.bridge.typeSave(type, value, 0, key)).toString('latin1')
  assert.ok(saved.includes('a'.repeat(20)))
  host.bridge.typeFree(type, value)
})

test('every truncated or damaged payload is refused, and nothing is lost', async ({ host, client, type }) => {
  await host.send(client, 'types.set', 'key', '5', 'text')
  const saved = Buffer.from(host.bridge.typeSave(type, pointerAt(host), 0, key))
  for (let length = 0; length < saved.length; length++) {
    assert.throws(() => host.bridge.typeLoad(type, 2, saved.subarray(0, length), 0, key), /corrupt|end/)
  }
  for (let index = 0; index < saved.length; index++) {
    for (const damage of [0x00, 0x7f, 0x80, 0x81, 0xc3, 0xff]) {
      const damaged = Buffer.from(saved)
      damaged[index] = damage
      try {
        host.bridge.typeFree(type, host.bridge.typeLoad(type, 2, damaged, 0, key).value)
      } catch (error) {
        assert.match((error as Error).message, /corrupt|refused|end/)
      }
    }
  }
  assert.ok(host.logs.some((line) => line === 'types warning cannot load key key'))
})

test('an encoding version that the module does not know is refused', ({ host, type }) => {
  assert.throws(() => host.bridge.typeLoad(type, 1, Buffer.from([0]), 0, key), /refused/)
  assert.throws(() => host.bridge.typeLoad(9999, 1, Buffer.from([0]), 0, key), /not loaded/)
})

test('digest, copy, memory, effort, unlink and rewrite', async ({ host, client, type }) => {
  await host.send(client, 'types.set', 'key', '5', 'text')
  const value = pointerAt(host)
  const sha1 = (data: Buffer): Buffer => createHash('sha1').update(data).digest()
  const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, index) => byte ^ b[index]))
  const number = sha1(xor(Buffer.alloc(20), sha1(Buffer.from('5'))))
  const sequence = sha1(xor(number, sha1(Buffer.from('text'))))
  assert.equal(Buffer.from(host.bridge.typeDigest(type, value, 0, key)!), sha1(sequence))
  assert.is(host.bridge.typeMemoryUsage(type, value, 3, key, 5), 1008)
  assert.is(host.bridge.typeFreeEffort(type, value, 0, key), 42)
  host.bridge.typeUnlink(type, value, 0, key)
  assert.is((parse(await host.send(client, 'types.counters')) as number[])[1], 1)
  const rewritten = Buffer.from(host.bridge.typeRewrite(type, value, 0, key)).toString()
  assert.equal(parse(Buffer.from(rewritten)), ['types.set', 'key', '5', 'text'])
  const copy = host.bridge.typeCopy(type, value, key, Buffer.from('copy'), 0, 4)
  assert.is.not(copy, value)
  assert.match(Buffer.from(host.bridge.typeSave(type, copy, 0, key)).toString('hex'), /^0209/)
  host.bridge.typeFree(type, copy)
  assert.is(host.bridge.typeCopy(type, value, key, Buffer.from('elsewhere'), 0, 0), 0)
})

test('aux data is saved and loaded', async ({ host, client, type }) => {
  const [, , , count] = parse(await host.send(client, 'types.counters')) as number[]
  const saved = host.bridge.typeAuxSave(type, 1)
  assert.equal(Buffer.from(saved), Buffer.from([2, count, 0]))
  assert.is(host.bridge.typeAuxLoad(type, 2, 1, saved), saved.length)
  assert.is((parse(await host.send(client, 'types.counters')) as number[])[2], count)
  assert.throws(() => host.bridge.typeAuxLoad(type, 2, 2, saved), /refused/)
  assert.throws(() => host.bridge.typeAuxLoad(type, 2, 1, saved.subarray(0, 1)), /refused/)
})

test.run()

const careless = suite<{ host: MemoryHost }>('a type whose module does not look at errors')

careless.before((context) => {
  context.host = new MemoryHost()
  load(context.host, compile('types'), 'careless')
})

careless.after(({ host }) => {
  host.close()
})

careless('is not asked further once the bytes are wrong', ({ host }) => {
  const type = [...host.types.values()].find(({ name }) => name === 'test-type')!.number
  assert.throws(() => host.bridge.typeLoad(type, 2, Buffer.from([2, 5, 2]), 0, key), /corrupt/)
  assert.not.ok(host.logs.some((line) => line.includes('cannot load')))
})

careless.run()
