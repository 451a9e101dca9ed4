import { arg, config, defineDataType, defineModule, type Key, stillBlocked } from '../src/index.ts'

/** Compiles only where both types are the same. */
type Equal<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false
const same = <Left, Right>(_proof: Equal<Left, Right>): void => {}

export default defineModule({
  name: 'sample',
  config: {
    'max-burst': config.integer({ default: 10, min: 1 }),
    mode: config.enum({ values: ['fast', 'exact'], default: 'fast' }),
    parts: config.flags({ values: ['a', 'b'], default: ['a'] }),
    title: config.string({ default: '' }),
    strict: config.boolean({ default: true }),
  },
  async load({ args, config, log }) {
    same<typeof args, readonly string[]>(true)
    same<(typeof config)['max-burst'], number>(true)
    same<(typeof config)['mode'], 'fast' | 'exact'>(true)
    log.notice('up')
    return { count: 1, label: config.title }
  },
  commands: {
    'sample.take': {
      summary: 'Takes.',
      flags: ['write', 'fast'],
      args: {
        bucket: arg.key('RW'),
        tokens: arg.integer({ min: 1, default: 1 }),
        note: arg.optional(arg.string()),
        condition: arg.optional(arg.oneof({ nx: arg.token('NX'), xx: arg.token('XX') })),
        get: arg.token('GET'),
        expiry: arg.optional(
          arg.oneof({
            seconds: arg.integer({ token: 'EX' }),
            keep: arg.token('KEEPTTL'),
            at: arg.unixTime(),
          }),
        ),
        limit: arg.optional(arg.block({ offset: arg.integer(), count: arg.integer64() }, { token: 'LIMIT' })),
        others: arg.keys('R', { count: 'numkeys' }),
        rest: arg.many(arg.bytes(), { min: 0 }),
      },
      run(ctx, args) {
        same<typeof ctx.state, { count: number; label: string }>(true)
        same<(typeof ctx.config)['parts'], readonly ('a' | 'b')[]>(true)
        same<typeof args.bucket, Key>(true)
        same<typeof args.tokens, number>(true)
        same<typeof args.note, string | undefined>(true)
        same<typeof args.condition, 'nx' | 'xx' | undefined>(true)
        same<typeof args.get, boolean>(true)
        same<NonNullable<typeof args.expiry>['seconds'], number | undefined>(true)
        same<NonNullable<typeof args.expiry>['keep'], true | undefined>(true)
        const seconds = args.expiry?.seconds
        if (seconds !== undefined) same<typeof seconds, number>(true)
        same<NonNullable<typeof args.limit>['count'], bigint>(true)
        same<typeof args.others, [Key, ...Key[]]>(true)
        same<typeof args.rest, Buffer[]>(true)
        // @ts-expect-error no such argument
        args.nothing
        return args.tokens
      },
    },
    'sample.none': {
      summary: 'No arguments.',
      run(ctx, args) {
        same<typeof ctx.state, { count: number; label: string }>(true)
        // @ts-expect-error a command without a schema has no arguments
        args.anything.toString()
        return 'OK'
      },
    },
    'sample.raw': {
      summary: 'Reads its arguments itself.',
      args: { key: arg.key('R') },
      raw(ctx, args) {
        same<typeof ctx.state.count, number>(true)
        ctx.reply.integer(args.integer(1))
        return undefined
      },
    },
    'sample.box': {
      summary: 'Container.',
      subcommands: {
        put: {
          summary: 'Puts.',
          args: { key: arg.key('W'), amount: arg.double() },
          run(ctx, args) {
            same<typeof ctx.state.label, string>(true)
            same<typeof args.amount, number>(true)
            return args.key.exists
          },
        },
        'get-all': {
          summary: 'Gets.',
          async run() {
            return [1, 2n, null, new Map([['a', 1]])]
          },
        },
      },
    },
  },
  cleanup(state) {
    same<typeof state.count, number>(true)
  },
})

const counterType = defineDataType({
  name: 'counter-A',
  encodingVersion: 1,
  save(io, value: { count: number }) {
    io.unsigned(value.count)
  },
  load: (io) => ({ count: io.unsigned() }),
})

export const withDataType = defineModule({
  name: 'counter',
  dataTypes: [counterType],
  load({ onServerEvent, onKeyspaceEvent, importApi, setTimer }) {
    onServerEvent('flush-end', (event) => same<typeof event.db, number>(true))
    onKeyspaceEvent({ classes: ['expired'] }, ({ key }) => same<typeof key, Buffer>(true))
    // @ts-expect-error no such event
    onServerEvent('flushed', () => {})
    const api = importApi<{ double(value: number): number }>('maths', '^1.0.0')
    same<ReturnType<typeof api.double>, number>(true)
    setTimer(10, () => {}, { repeat: true }).clear()
    return { waiting: 0 }
  },
  commands: {
    'counter.wait': {
      summary: 'Waits for a counter.',
      args: { counter: arg.key('RW') },
      run(ctx, { counter }) {
        const value = counter.value(counterType).get()
        same<typeof value, { count: number } | undefined>(true)
        same<ReturnType<typeof ctx.call<string[]>>, string[]>(true)
        return ctx.blockOnKeys({
          keys: [counter],
          timeoutMs: 100,
          retry(again) {
            same<typeof again.state, { waiting: number }>(true)
            return again.key(counter.name).exists ? 1 : stillBlocked
          },
          timeout: () => null,
        })
      },
    },
    'counter.void': {
      summary: 'Writes its reply itself.',
      run(ctx) {
        ctx.reply.ok()
      },
    },
  },
})

export const withoutState = defineModule({
  name: 'tiny',
  commands: {
    'tiny.hello': {
      summary: 'Greets.',
      args: { who: arg.string({ default: 'you' }) },
      run: (_ctx, { who }) => who,
    },
  },
})
