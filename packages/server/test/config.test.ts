import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatMemory, parseMemory } from '@modis/sdk/internal'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseCommandLine } from '../src/cli/arguments.ts'
import { Config, type ModuleOption } from '../src/config/config.ts'
import { ConfigError, type Setting } from '../src/config/config-error.ts'
import { parseConfigText } from '../src/config/config-file.ts'
import { settingsOfObject } from '../src/config/config-object.ts'
import type { Option } from '../src/config/option.ts'
import { allowedValues, formatOption, parseOption } from '../src/config/option-value.ts'
import { OPTIONS } from '../src/config/options.ts'
import { bytesOf, textOf } from '../src/protocol/lossless-text.ts'

const test = suite('the configuration')
const rights = { protected: false, directives: true, loading: false }

const fromText = (text: string): Config => new Config(parseConfigText(text, 'test.conf', 0))

function thrownBy(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

test('the table of options is sound', () => {
  const names = OPTIONS.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]))
  assert.is(new Set(names).size, names.length)
  for (const option of OPTIONS) {
    assert.match(option.name, /^[a-z0-9_-]+$/)
    assert.match(option.summary, /^[A-Z].*\.$/, option.name)
    assert.ok(allowedValues(option).length > 0, option.name)
    if (option.type === 'directive' || option.name === 'dir') continue
    // What CONFIG GET shows of a default can be set again, and means the same.
    const shown = formatOption(option, option.default)
    const words = option.type === 'words' ? shown.split(' ') : [shown]
    assert.equal(formatOption(option, parseOption(option, words, option.default)), shown, option.name)
  }
})

test('nothing reads an option that is said to have no effect', () => {
  const folder = join(import.meta.dirname, '../src')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('')
  const isRead = (name: string): boolean =>
    new RegExp(`config\\.(integer|boolean|text|words)\\('${name}'\\)`).test(text)
  const read = OPTIONS.filter(({ name, noEffect }) => noEffect && isRead(name)).map(({ name }) => name)
  // INFO shows it.
  assert.equal(read, ['repl-backlog-size'])
})

test('memory sizes', () => {
  for (const [text, bytes] of [
    ['0', 0],
    ['1k', 1000],
    ['1KB', 1024],
    ['3m', 3e6],
    ['3mb', 3 * 1024 ** 2],
    ['2g', 2e9],
    ['2gB', 2 * 1024 ** 3],
    ['7b', 7],
  ] as const) {
    assert.is(parseMemory(text), bytes, text)
  }
  for (const text of ['', 'k', '-1', '1.5k', '1kk', '1 k', '1tb', 'x'])
    assert.is(parseMemory(text), undefined, text)
  assert.equal([0, 1000, 1024, 5 * 1024 ** 2, 1024 ** 3].map(formatMemory), [
    '0',
    '1000',
    '1kb',
    '5mb',
    '1gb',
  ])
})

test('option values are bytes, also where they are no UTF-8', () => {
  const texts = ['plain', 'späť', '\u{1f600}', 'a\u0000b']
  const bytes = [
    ...texts.map((text) => Buffer.from(text)),
    ...['ff', '61c3', 'c3a4ff80e2', 'eda080', 'f0908080'].map((hex) => Buffer.from(hex, 'hex')),
  ]
  for (const each of bytes) assert.equal(bytesOf(textOf(each)), each)
  for (const text of texts) assert.is(textOf(Buffer.from(text)), text)
  const config = fromText('requirepass "a\\xff\\xc3\\xa4"')
  assert.equal(bytesOf(config.text('requirepass')), Buffer.from('61ffc3a4', 'hex'))
})

test('a folder that is not there is no value of dir', () => {
  assert.match(
    thrownBy(() => fromText('dir /no/such/folder')).message,
    "'dir': cannot be '/no/such/folder': No such file or directory",
  )
  assert.match(thrownBy(() => fromText(`dir ${process.execPath}`)).message, 'Not a directory')
})

test('a file: quotes, comments, letters of either case, later lines over earlier ones', () => {
  const config = fromText(
    `# port 1\n\n  PORT 7001\r\nrequirepass "a\\x20\\"b\\"\\n"\nlogfile 'it\\'s'\nmaxmemory 1gb\nmaxmemory 2gb\nbind 127.0.0.1 ::1\n`,
  )
  assert.is(config.integer('port'), 7001)
  assert.is(config.text('requirepass'), 'a "b"\n')
  assert.is(config.text('logfile'), "it's")
  assert.is(config.integer('maxmemory'), 2 * 1024 ** 3)
  assert.equal(config.words('bind'), ['127.0.0.1', '::1'])
})

test('a file from Windows, and what is no space in UTF-8', () => {
  const text = Buffer.from('\ufeffport 7001\r\nrequirepass voilà\r\nmaxmemory 1gb').toString('latin1')
  const config = fromText(text)
  assert.is(config.integer('port'), 7001)
  assert.is(config.text('requirepass'), 'voilà')
  assert.is(config.integer('maxmemory'), 1024 ** 3)
  assert.throws(
    () => fromText(Buffer.from('grüße 1').toString('latin1')),
    /'grüße': there is no such option$/,
  )
  assert.throws(() => fromText('-x 1'), /'-x': there is no such option$/)
  assert.throws(() => fromText('prt 1'), /did you mean 'port'\?$/)
})

test('save lines add up, and replace the default', () => {
  assert.equal(new Config().words('save'), ['3600', '1', '300', '100', '60', '10000'])
  assert.equal(fromText('save 1 2\nsave 3 4').words('save'), ['1', '2', '3', '4'])
  assert.equal(fromText('save 1 2\nsave ""').words('save'), [])
  assert.equal(fromText('save ""').words('save'), [])
  assert.equal(fromText('save "5 6"').words('save'), ['5', '6'])
})

test('errors name the place, the option and what is allowed, but no secret', () => {
  const error = thrownBy(() => fromText('port 1\n\nmaxmemory-policy x')) as ConfigError
  assert.instance(error, ConfigError)
  assert.is(error.option, 'maxmemory-policy')
  assert.equal(error.source, { from: 'test.conf', line: 3, text: 'maxmemory-policy x' })
  assert.match(
    error.message,
    /^test\.conf, line 3: 'maxmemory-policy': cannot be 'x' \(allowed: `volatile-lru`/,
  )
  assert.not.match(thrownBy(() => fromText('requirepass secret secret')).message, /secret/)
})

test('directives are kept in their order, settings of modules until they come', () => {
  const config = fromText(
    'loadmodule a x "y z"\nmodule-add b\nloadmodule c\na.limit 5\na.names x  y\nb.limit 1',
  )
  assert.equal(
    config.startDirectives.map(({ name, words }) => [name, ...words]),
    [
      ['loadmodule', 'a', 'x', 'y z'],
      ['module-add', 'b'],
      ['loadmodule', 'c'],
    ],
  )
  assert.equal(
    [...config.takePending('A')],
    [
      ['a.limit', '5'],
      ['a.names', 'x y'],
    ],
  )
  assert.equal([...config.pending.keys()], ['b.limit'])
})

test('an object: numbers, booleans, lists, modules', () => {
  const config = new Config(
    settingsOfObject(
      {
        port: 0,
        rdbcompression: false,
        save: ['1 2', [3, 4]],
        loadmodule: ['a b', ['c', 'd e']],
        m: { x: 1, y: true },
      },
      { from: 'object' },
    ),
  )
  assert.is(config.integer('port'), 0)
  assert.is(config.boolean('rdbcompression'), false)
  assert.equal(config.words('save'), ['1', '2', '3', '4'])
  assert.equal(
    config.startDirectives.map(({ words }) => words),
    [
      ['a', 'b'],
      ['c', 'd e'],
    ],
  )
  assert.equal([...config.takePending('m').values()], ['1', 'yes'])
  for (const wrong of [null, 5, [], 'port 1']) {
    assert.match(thrownBy(() => settingsOfObject(wrong, { from: 'object' })).message, 'must be an object')
  }
})

test('the command line, with the habits of redis-server', () => {
  const settings = (...args: string[]): string[][] => {
    const line = parseCommandLine(args)
    return line.mode === 'server' ? line.settings.map(({ name, words }: Setting) => [name, ...words]) : []
  }
  assert.equal(settings('--port', '1', '--save', '--bind', 'a', 'b'), [
    ['port', '1'],
    ['save', ''],
    ['bind', 'a', 'b'],
  ])
  assert.equal(settings('--port 1', "--requirepass 'a b'"), [
    ['port', '1'],
    ['requirepass', 'a b'],
  ])
  assert.equal(settings('--requirepass', '--secret', '--port=3'), [
    ['requirepass', '--secret'],
    ['port', '3'],
  ])
  assert.equal(settings('x.conf', '--loglevel', 'debug', '--save'), [
    ['loglevel', 'debug'],
    ['save', ''],
  ])
  assert.equal(settings('--loadmodule', 'x', '-a', 'b', '--loadmodule', 'y'), [
    ['loadmodule', 'x', '-a', 'b'],
    ['loadmodule', 'y'],
  ])
  for (const [args, file] of [
    [['x.conf', '--port', '1'], 'x.conf'],
    [['--port', '1'], undefined],
    [['-'], '-'],
    [['--port', '1', '-'], '-'],
  ] as const) {
    const line = parseCommandLine(args)
    assert.is(line.mode === 'server' ? line.file : 'none', file)
  }
})

test('SET takes all or nothing, and tells listeners once', () => {
  const config = new Config()
  let calls = 0
  config.follow(['timeout', 'tcp-keepalive'], () => {
    calls++
  })
  assert.is(calls, 1)
  config.set(
    [
      ['timeout', '1'],
      ['tcp-keepalive', '2'],
    ],
    rights,
  )
  assert.is(calls, 2)
  config.set([['timeout', '1']], rights)
  assert.is(calls, 2)
  thrownBy(() =>
    config.set(
      [
        ['timeout', '9'],
        ['tcp-keepalive', 'x'],
      ],
      rights,
    ),
  )
  assert.is(config.integer('timeout'), 1)
  assert.is(calls, 2)
})

test('a listener that refuses brings the old values back', async () => {
  const config = new Config()
  const seen: number[] = []
  config.onChange(['timeout'], () => {
    seen.push(config.integer('timeout'))
  })
  config.onChange(['timeout'], () => {
    if (config.integer('timeout') === 5) throw new Error('not five')
  })
  const error = thrownBy(() => config.set([['timeout', '5']], rights))
  assert.is(error.message, "CONFIG SET failed (possibly related to argument 'timeout') - not five")
  assert.is(config.integer('timeout'), 0)
  await Promise.resolve()
  assert.equal(seen, [5, 0])
  config.onChange(['port'], async () => {
    await Promise.resolve()
    if (config.integer('port') === 1) throw new Error('not one')
  })
  let refused = ''
  await Promise.resolve(config.set([['port', '1']], rights)).catch((reason) => {
    refused = reason.message
  })
  assert.match(refused, "'port') - not one")
  assert.is(config.integer('port'), 6379)
  await config.set([['port', '2']], rights)
  assert.is(config.integer('port'), 2)
})

const limit = (extra: Partial<Option> = {}): ModuleOption => ({
  option: {
    type: 'integer',
    name: 'm.limit',
    default: 5,
    min: 1,
    max: 10,
    summary: 'A limit.',
    ...extra,
  } as ModuleOption['option'],
})

test('options of modules come and go', () => {
  const config = new Config()
  let applied = 0
  config.addModuleOptions('m', [{ ...limit(), apply: () => void applied++ }])
  assert.equal(config.get(['m.*']), [['m.limit', '5']])
  assert.is(applied, 0)
  config.set([['M.LIMIT', '8']], rights)
  assert.is(applied, 1)
  assert.is(config.integer('m.limit'), 8)
  assert.match(thrownBy(() => config.set([['m.limit', '11']], rights)).message, 'between 1 and 10 inclusive')
  assert.match(thrownBy(() => config.addModuleOptions('n', [limit()])).message, "an option 'm.limit' already")
  config.removeModuleOptions('m')
  assert.equal(config.get(['m.*', 'm.limit']), [])
  assert.match(thrownBy(() => config.set([['m.limit', '1']], rights)).message, 'Unknown option')
})

test('a module can keep the value itself, and refuse it', () => {
  const config = new Config()
  let value = 3
  const accessor = {
    get: () => value,
    set: (wanted: unknown) => {
      if (wanted === 4) throw new Error('four is taken')
      value = wanted as number
    },
  }
  config.addModuleOptions('m', [{ ...limit(), accessor }])
  assert.equal(config.get(['m.limit']), [['m.limit', '3']])
  config.set([['m.limit', '6']], rights)
  assert.is(value, 6)
  assert.match(
    thrownBy(() =>
      config.set(
        [
          ['timeout', '3'],
          ['m.limit', '4'],
        ],
        rights,
      ),
    ).message,
    "'m.limit') - four is taken",
  )
  assert.is(value, 6)
  assert.is(config.integer('timeout'), 0)
})

test('immutable, hidden, protected', () => {
  const config = new Config()
  config.addModuleOptions('m', [limit({ immutable: true, hidden: true })])
  assert.equal(config.get(['m.*']), [])
  assert.equal(config.get(['m.limit']), [['m.limit', '5']])
  assert.match(thrownBy(() => config.set([['m.limit', '6']], rights)).message, "can't set immutable config")
  assert.match(thrownBy(() => config.set([['dir', '/']], rights)).message, "can't set protected config")
  config.set([['dir', '/']], { ...rights, protected: true })
  assert.is(config.text('dir'), '/')
})

test('directives that CONFIG SET can carry out', async () => {
  const config = new Config()
  const done: string[][] = []
  config.setDirective('module-add', {
    get: () => done.flat().join(' '),
    set: async (words) => {
      if (words[0] === 'bad') throw new Error('no such module')
      done.push([...words])
    },
    lines: () => done.map((words, order) => ({ words, order })),
  })
  await config.set(
    [
      ['module-add', 'x first'],
      ['timeout', '4'],
    ],
    rights,
  )
  assert.equal(done, [['x', 'first']])
  assert.is(config.integer('timeout'), 4)
  assert.equal(config.get(['module-add']), [['module-add', 'x first']])
  let refused = ''
  await Promise.resolve(
    config.set(
      [
        ['timeout', '5'],
        ['module-add', 'bad'],
      ],
      rights,
    ),
  ).catch((error) => {
    refused = error.message
  })
  assert.match(refused, "'module-add') - no such module")
  assert.is(config.integer('timeout'), 4)
  assert.match(
    thrownBy(() => config.set([['module-add', 'x']], { ...rights, directives: false })).message,
    'enable-module-command',
  )
  assert.equal(config.get(['loadmodule']), [])
  assert.match(thrownBy(() => config.set([['loadmodule', 'x']], rights)).message, 'Unknown option')
})

test.run()
