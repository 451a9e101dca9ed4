import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { ModuleFolder, ModuleServer } from './module-folder.ts'

/** A module whose commands do what a test asks for, as source code for {@link ModuleFolder.define}. */
export const labSource = `{
  name: 'lab',
  load: ({ args }) => ({ count: 0, args }),
  commands: {
    'lab.value': { summary: 'Replies a value.', args: { code: arg.string() }, run: (ctx, { code }) => evaluate(code, ctx) },
    'lab.later': {
      summary: 'Replies a value later.',
      args: { ms: arg.integer(), code: arg.string() },
      async run(ctx, { ms, code }) {
        await new Promise((resolve) => setTimeout(resolve, ms))
        return await evaluate(code, ctx)
      },
    },
    'lab.gate': { summary: 'Replies when it is let go.', args: { name: arg.string() }, run: (_ctx, { name }) => new Promise((resolve) => gates.set(name, resolve)) },
    'lab.open': { summary: 'Lets go.', args: { name: arg.string() }, run: (_ctx, { name }) => { gates.get(name)(name); return 1 } },
    'lab.write': { summary: 'Writes to the reply.', args: { code: arg.string() }, run: (ctx, { code }) => { evaluate(code, ctx) } },
    'lab.raw': { summary: 'Reads its arguments itself.', arity: -1, raw: (ctx, args) => { ctx.reply.array(args.count); for (let i = 0; i < args.count; i++) ctx.reply.bulk(args.string(i)) } },
    'lab.rawlater': {
      summary: 'Reads its arguments itself, later.',
      flags: ['blocking'],
      arity: -2,
      async raw(ctx, args) {
        const texts = () => Array.from({ length: args.count }, (_, index) => args.string(index))
        if (args.equals(1, 'KEY')) {
          const key = args.bytes(2)
          return ctx.blockOnKeys({ keys: [key], timeoutMs: 0, retry: (inner) => (inner.key(key).exists ? texts() : sdk.stillBlocked), timeout: texts })
        }
        await new Promise((resolve) => setTimeout(resolve, args.integer(1)))
        return [...texts(), args.buffer.toString('utf8', args.start(1), args.end(1))]
      },
    },
    'lab.options': {
      summary: 'Parses options.',
      args: {
        key: arg.key('R'),
        mode: arg.optional(arg.oneof({ fast: arg.token('FAST'), slow: arg.token('SLOW') })),
        limit: arg.optional(arg.block({ offset: arg.integer({ min: 0 }), count: arg.integer() }, { token: 'LIMIT' })),
        rest: arg.many(arg.double(), { min: 0 }),
      },
      run: (_ctx, { key, mode, limit, rest }) => JSON.stringify([key.name.toString(), mode ?? null, limit ?? null, rest]),
    },
    'lab.vague': {
      summary: 'Has keys behind tokens and behind what may be missing.',
      flags: ['write'],
      args: {
        source: arg.key('R'),
        label: arg.optional(arg.string({ token: 'LABEL' })),
        store: arg.optional(arg.key('W', { token: 'STORE' })),
        note: arg.optional(arg.string()),
        last: arg.key('W'),
      },
      run: () => 'OK',
    },
    'lab.untold': {
      summary: 'Cannot always tell its keys.',
      flags: ['readonly'],
      arity: -2,
      keySpecs: [{ flags: ['RO', 'access'], begin: { unknown: true }, find: { unknown: true } }],
      getKeys: (args) => { if (args.equals(1, 'THROW')) throw new Error('no idea'); return [1] },
      raw: () => 'OK',
    },
    'lab.box': {
      summary: 'Container.',
      subcommands: {
        put: { summary: 'Puts.', flags: ['write'], args: { key: arg.key('W'), value: arg.string() }, run: (_ctx, { key, value }) => { key.string.set(value); return new sdk.SimpleString('OK') } },
        peek: { summary: 'Peeks.', args: { key: arg.key('R') }, run: (_ctx, { key }) => key.string.text() },
      },
    },
    'lab.wait': {
      summary: 'Waits for a key.',
      flags: ['write', 'blocking'],
      args: { key: arg.key('RW'), timeout: arg.integer({ default: 0 }) },
      run: (ctx, { key, timeout }) => {
        const take = (inner) => { const text = inner.key('result').string.text(); inner.key('result').delete(); return text }
        return ctx.blockOnKeys({
          keys: [key],
          timeoutMs: timeout,
          retry: (inner) => (inner.key(key.name).exists ? ['got', take(inner)] : sdk.stillBlocked),
          timeout: () => 'timeout',
        })
      },
    },
    'lab.waitasync': {
      summary: 'Waits for a key in an async handler.',
      flags: ['write', 'blocking'],
      args: { key: arg.key('RW') },
      async run(ctx, { key }) { return await ctx.blockOnKeys({ keys: [key], timeoutMs: 0, retry: () => 'async got', timeout: () => 'timeout' }) },
    },
    'lab.keys': {
      summary: 'Names its keys after an await.',
      args: { first: arg.key('RW'), others: arg.keys('R') },
      async run(_ctx, { first, others }) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        let stale = 'nothing'
        try { first.exists } catch (error) { stale = error.message }
        return [...[first, ...others].map((key) => key.name), stale]
      },
    },
    'lab.keep': { summary: 'Keeps a handle.', args: { key: arg.key('R') }, run: (_ctx, { key }) => { kept.push(key); return 1 } },
    'lab.kept': {
      summary: 'Uses the handle that was kept.',
      run: () => ['name', 'exists'].map((what) => { try { return String(kept.at(-1)[what]) } catch (error) { return error.message } }),
    },
    'lab.aftermath': {
      summary: 'Throws when its client is gone.',
      async run(ctx) {
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
        throw new Error('out of breath')
      },
    },
    'lab.giveup': { summary: 'Rejects with the reason of the signal.', run: (ctx) => new Promise((_resolve, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason))) },
    'lab.signal': {
      summary: 'Waits until aborted.',
      async run(ctx) {
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
        ctx.log.notice('aborted: ' + ctx.signal.reason.message)
        return 'aborted'
      },
    },
  },
}`
/** What stands before {@link labSource}. */
export const labPrelude = `
const kept = []
const gates = new Map()
const evaluate = (code, ctx) => new Function('ctx', 'sdk', 'return ' + code)(ctx, sdk)
`

/** What the tests of a suite have to do with the module, between its first test and its last. */
export interface Lab {
  readonly folder: ModuleFolder
  modis: ModuleServer
  /** Evaluates an expression within a handler, where `ctx` is its context; resolves with the reply. */
  value(code: string): Promise<unknown>
}

/** Has a suite run with the module loaded, with the arguments `an argument`. */
export function withLab(test: Test): Lab {
  const folder = new ModuleFolder()
  const started = { folder, value: (code: string) => started.modis.call('lab.value', code) } as Lab
  test.before(async () => {
    folder.define('lab', labSource, labPrelude)
    started.modis = await ModuleServer.start(folder)
    assert.is(await started.modis.call('MODULE', 'LOAD', 'lab', 'an', 'argument'), 'OK')
  })
  test.after(async () => {
    await started.modis.stop()
    folder.remove()
  })
  return started
}
