import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { arg, config, defineDataType, defineModule, ModuleDefinitionError } from '../src/index.ts'
import { validateModule } from '../src/internal.ts'

const command = { summary: 'Does.', run: () => 'OK' }

/** Checks that a definition with these properties is refused with this message. */
const refused = (properties: Record<string, unknown>, message: RegExp): void =>
  assert.throws(
    () => validateModule({ name: 'm', contract: 1, ...properties }),
    (error: Error) => error instanceof ModuleDefinitionError && message.test(error.message),
    `expected ${message}`,
  )

const withCommand = (properties: Record<string, unknown>): Record<string, unknown> => ({
  commands: { 'm.do': { ...command, ...properties } },
})

test('a module with everything is accepted and returned', () => {
  const counter = defineDataType<{ count: number }>({
    name: 'counter-A',
    encodingVersion: 0,
    save: (io, value) => io.unsigned(value.count),
    load: (io) => ({ count: io.unsigned() }),
  })
  const module = defineModule({
    name: 'complete',
    version: '1.2.3-beta.1',
    requires: { modis: '>=0.1', redis: '^7.0.0', modules: { other: '1.x' } },
    group: 'things',
    config: { size: config.integer({ default: 1 }) },
    dataTypes: [counter],
    load: () => 1,
    commands: {
      'c.do': {
        summary: 'Does.',
        flags: ['write', 'fast'],
        categories: ['things'],
        args: { key: arg.key('RW') },
        run: () => null,
      },
      'c.box': { summary: 'Holds.', subcommands: { put: { summary: 'Puts.', raw: () => 1 } } },
    },
    cleanup() {},
  })
  assert.is(validateModule(module), module)
})

test('what is not a module', () => {
  for (const value of [undefined, null, 5, 'text', [], {}, { name: 'm' }])
    assert.throws(() => validateModule(value), /must be a module made by defineModule/)
  refused({ contract: 2 }, /written against version 2 of the contract; this server knows version 1/)
})

test('names, versions and requirements', () => {
  refused({ name: '' }, /^module name '' must be 1 to 64 letters/)
  refused({ name: 'with space' }, /^module name 'with space'/)
  refused({ name: undefined }, /^module name undefined/)
  refused({ version: '1.2' }, /^module 'm': version '1\.2' is not a semantic version/)
  refused({ requires: { modis: 'newest' } }, /requires modis 'newest', which is not a semver range/)
  refused({ requires: { modules: { other: 'x.y' } } }, /requires other 'x\.y'/)
  refused(
    { requires: { node: '20' } },
    /requires: unknown property 'node'; allowed are modis, redis, modules/,
  )
  refused({ comands: {} }, /^module 'm': unknown property 'comands'; allowed are name, /)
  refused({ load: 5 }, /load must be a function/)
})

test('commands', () => {
  refused({ commands: { 'a b': command } }, /command 'a b': a name consists of printable/)
  refused({ commands: { 'A|B': command } }, /command 'A\|B': a name/)
  refused({ commands: { 'm.do': command, 'M.DO': command } }, /command 'M\.DO' is defined twice/)
  refused(withCommand({ summary: '' }), /command 'm\.do' needs a summary/)
  refused(withCommand({ run: undefined }), /needs run, raw or subcommands/)
  refused(withCommand({ raw: () => 1 }), /has both run and raw/)
  refused(withCommand({ flags: ['wirte'] }), /unknown flag 'wirte'; allowed are write, readonly, /)
  refused(withCommand({ flags: ['write', 'readonly'] }), /write and readonly exclude each other/)
  refused(withCommand({ categories: ['@mine'] }), /ACL category '@mine' must be/)
  refused(withCommand({ arity: 0 }), /arity 0 must be an integer other than 0/)
  refused(withCommand({ flag: [] }), /command 'm\.do': unknown property 'flag'/)
  const subcommands = { put: { summary: 'Puts.' } }
  refused(
    { commands: { box: { summary: 'Box.', subcommands } } },
    /subcommand 'put' needs run, raw or subcommands/,
  )
  refused(
    { commands: { box: { summary: 'Box.', subcommands: { put: command, PUT: command } } } },
    /command 'box': subcommand 'PUT' is defined twice, in different cases/,
  )
  refused(
    { commands: { box: { summary: 'Box.', subcommands: { put: { summary: 'Puts.', subcommands } } } } },
    /command 'box': subcommand 'put'/,
  )
  refused(
    { commands: { box: { summary: 'Box.', subcommands: [] } } },
    /command 'box': subcommands must be an object/,
  )
})

test('arguments', () => {
  const schemas: [Record<string, unknown>, RegExp][] = [
    [{ n: 5 }, /argument 'n' is not an argument made by arg/],
    [{ n: arg.integer({ min: 2, max: 1 }) }, /argument 'n': min 2 is above max 1/],
    [{ n: arg.integer({ min: 2, default: 1 }) }, /argument 'n': the default 1 is out of its own bounds/],
    [{ k: arg.key('RO' as 'R') }, /argument 'k': unknown access 'RO' of a key; allowed are R, W, /],
    [{ k: arg.key({ flags: ['XX' as 'RW'] }) }, /argument 'k': unknown key flag 'XX'; allowed are RW, /],
    [{ o: arg.oneof({}) }, /argument 'o': a oneof needs at least one argument/],
    [
      { o: arg.oneof({ a: arg.token('NX'), b: arg.token('nx') }) },
      /argument 'o': the token NX stands for two/,
    ],
    [{ a: arg.token('NX'), b: arg.token('NX') }, /the token NX stands for two arguments/],
    [
      { m: arg.many(arg.string({ token: 'T' }), { count: 'n' }) },
      /a count stands between token and elements/,
    ],
    [{ m: arg.many(arg.string(), { repeatToken: true }) }, /repeatToken needs an element with a token/],
    [
      Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`t${i}`, arg.token(`T${i}`)])),
      /more than 31 options/,
    ],
  ]
  for (const [args, message] of schemas) refused(withCommand({ args }), message)
})

test('configuration and data types', () => {
  refused({ config: { 'a.b': config.string({ default: '' }) } }, /config 'a\.b': a name consists of/)
  refused({ config: { a: 5 } }, /config 'a' is not a parameter/)
  const text = config.string({ default: '' })
  refused({ config: { userName: text, username: text } }, /config 'username' is defined twice, in different/)
  const low = config.integer({ default: 0, min: 1 })
  refused(
    { config: { low } },
    /config 'low': the default 0 is not allowed: argument must be an integer of at least 1/,
  )
  refused({ config: { e: config.enum({ values: [], default: '' as never }) } }, /values must not be empty/)
  refused({ dataTypes: [{}] }, /dataTypes must be made by defineDataType/)
  const type = defineDataType<number>({ name: 'counter-A', encodingVersion: 0, save() {}, load: () => 1 })
  refused({ dataTypes: [type, type] }, /data type 'counter-A' is listed twice/)
  refused({ dataTypes: [{ ...type, name: 'counter-B' }] }, /its id does not belong to its name/)
})

test.run()
