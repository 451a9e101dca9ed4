import { arg, CommandError, type CommandFlag } from '@modis/sdk'
import { rewriteConfig } from '../config/rewrite.ts'
import type { CommandContext } from '../dispatch/command-context.ts'
import { syntaxError } from '../dispatch/command-errors.ts'
import { isPermitted } from '../dispatch/gates.ts'
import { ServerGate } from '../dispatch/server-gate.ts'
import { bytesOf, textOf } from '../protocol/lossless-text.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { defineFamily } from './family.ts'
import { helpSubcommand } from './help.ts'

const FLAGS: readonly CommandFlag[] = ['admin', 'noscript', 'loading', 'stale']
const ALL_NODES = ['request_policy:all_nodes', 'response_policy:all_succeeded']

export const configFamily = defineFamily({
  name: 'config',
  group: 'server',
  categories: [],
  commands: {
    config: {
      summary: 'A container for commands about the configuration.',
      since: '2.0.0',
      complexity: 'That of the subcommand.',
      subcommands: {
        get: {
          summary: 'Returns options and their values.',
          since: '2.0.0',
          complexity: 'O(N*M), N being the options and M the patterns given',
          flags: FLAGS,
          history: [['7.0.0', 'Takes several patterns.']],
          args: { parameter: arg.many(arg.string()) },
          raw: get,
        },
        help: helpSubcommand('5.0.0'),
        resetstat: {
          summary: 'Sets the figures of INFO back to zero.',
          since: '2.0.0',
          complexity: 'O(1)',
          flags: FLAGS,
          tips: ALL_NODES,
          args: {},
          raw: resetStat,
        },
        rewrite: {
          summary: 'Writes the present values to the configuration file.',
          since: '2.8.0',
          complexity: 'O(1)',
          flags: FLAGS,
          tips: ALL_NODES,
          args: {},
          raw: rewrite,
        },
        set: {
          summary: 'Sets options, all of them or none.',
          since: '2.0.0',
          complexity: 'O(N), N being the options given',
          flags: FLAGS,
          tips: ALL_NODES,
          history: [['7.0.0', 'Takes several options.']],
          args: { data: arg.many(arg.block({ parameter: arg.string(), value: arg.string() })) },
          raw: set,
        },
      },
    },
  },
})

function get(ctx: CommandContext, args: RequestArgs): void {
  const patterns: string[] = []
  for (let i = 2; i < args.count; i++) patterns.push(args.string(i))
  const found = ctx.server.config.get(patterns)
  ctx.reply.map(found.length)
  for (const [name, value] of found) {
    ctx.reply.bulk(name)
    ctx.reply.bulk(bytesOf(value))
  }
}

function set(ctx: CommandContext, args: RequestArgs): void | Promise<void> {
  if (args.count % 2 !== 0) throw syntaxError
  const { client, reply, server } = ctx
  const pairs: [string, string][] = []
  for (let i = 2; i < args.count; i += 2) pairs.push([args.string(i), textOf(args.bytes(i + 1))])
  if (!ctx.mayBlock && pairs.some(([name]) => server.config.find(name)?.type === 'directive')) {
    throw new CommandError('modules cannot be changed within a transaction or by a module')
  }
  const rights = {
    protected: isPermitted(server.config.text('enable-protected-configs'), client),
    directives: isPermitted(server.config.text('enable-module-command'), client),
    loading: (server.dispatcher.gate & ServerGate.loading) !== 0,
  }
  const names = pairs.map(([name]) => name.toLowerCase())
  const done = (): void => {
    server.events.emit('config-changed', { names })
    reply.ok()
  }
  const waiting = server.config.set(pairs, rights)
  if (waiting === undefined) done()
  else return waiting.then(() => done())
}

function resetStat({ reply, server }: CommandContext): void {
  server.resetFigures()
  reply.ok()
}

function rewrite({ reply, server }: CommandContext): void {
  const { config, log } = server
  if (config.file === undefined) throw new CommandError('The server is running without a config file')
  if (!config.isFileRewritable) {
    throw new CommandError(`Rewriting config file: ${config.file} is not in the format of redis.conf`)
  }
  try {
    rewriteConfig(config, config.file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log.warning(`CONFIG REWRITE failed: ${reason}`)
    throw new CommandError(`Rewriting config file: ${reason}`)
  }
  log.notice('CONFIG REWRITE executed with success.')
  reply.ok()
}
