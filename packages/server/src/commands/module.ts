import { arg, CommandError, SimpleString } from '@modis/sdk'
import type { CommandContext } from '../dispatch/command-context.ts'
import { writeLoadedModules } from '../modules/loaded-modules.ts'
import { ModuleError } from '../modules/module-error.ts'
import type { LoadOptions } from '../modules/registration.ts'
import { textOf } from '../protocol/lossless-text.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { defineFamily } from './family.ts'
import { helpSubcommand } from './help.ts'

const target = arg.string({ name: 'path' })
const loads = { group: 'server', flags: ['no_async_loading', 'admin', 'noscript', 'protected'] } as const

export const moduleFamily = defineFamily({
  name: 'module',
  group: 'server',
  categories: [],
  commands: {
    module: {
      summary: 'Loads, lists and unloads modules.',
      since: '4.0.0',
      complexity: 'That of the subcommand.',
      subcommands: {
        help: helpSubcommand('5.0.0'),
        list: {
          summary: 'Lists the modules that are loaded.',
          since: '4.0.0',
          complexity: 'O(N), N being the modules',
          flags: ['admin', 'noscript'],
          tips: ['nondeterministic_output_order'],
          raw: (ctx) => writeLoadedModules(ctx.reply, ctx.server.registry),
        },
        load: {
          ...loads,
          summary: 'Loads a module, or replaces it by what is there now.',
          since: '4.0.0',
          complexity: 'O(1)',
          args: { path: target, arg: arg.many(arg.string(), { min: 0 }) },
          raw: load,
        },
        loadex: {
          ...loads,
          summary: 'Loads a module with values for its configuration parameters.',
          since: '7.0.0',
          complexity: 'O(1)',
          args: {
            path: target,
            configs: arg.many(arg.block({ name: arg.string(), value: arg.string() }, { token: 'CONFIG' }), {
              min: 0,
              repeatToken: true,
            }),
            args: arg.many(arg.string({ token: 'ARGS' }), { min: 0 }),
          },
          arity: -3,
          raw: loadex,
        },
        reload: {
          ...loads,
          summary: 'Loads a module anew, with the arguments and configuration it has.',
          since: '7.2.0',
          complexity: 'O(N), N being the values of its data types',
          args: { name: arg.string() },
          raw: reload,
        },
        unload: {
          ...loads,
          summary: 'Unloads a module.',
          since: '4.0.0',
          complexity: 'O(1)',
          args: { name: arg.string() },
          raw: unload,
        },
      },
    },
  },
})

function load(ctx: CommandContext, args: RequestArgs): Promise<SimpleString> {
  return bringIn(ctx, args.string(2), { args: strings(args, 3), config: new Map() })
}

function loadex(ctx: CommandContext, args: RequestArgs): Promise<SimpleString> {
  return bringIn(ctx, args.string(2), extendedOptions(args))
}

function bringIn(ctx: CommandContext, request: string, options: LoadOptions): Promise<SimpleString> {
  return answering(ctx, 'Error loading the extension.', () => ctx.server.modules.load(request, options))
}

function reload(ctx: CommandContext, args: RequestArgs): Promise<SimpleString> {
  const name = args.string(2)
  return answering(ctx, 'Error reloading the extension.', () => ctx.server.modules.reload(name))
}

function unload(ctx: CommandContext, args: RequestArgs): Promise<SimpleString> {
  const name = args.string(2)
  return answering(ctx, 'Error unloading module:', () => ctx.server.modules.unload(name))
}

/** Lets the client wait for `work`, which is answered with OK or why it failed. */
function answering(
  ctx: CommandContext,
  failure: string,
  work: () => Promise<unknown>,
): Promise<SimpleString> {
  if (!ctx.mayBlock) throw new CommandError('modules cannot be changed within a transaction or by a module')
  return work().then(
    () => new SimpleString('OK'),
    (error) => {
      if (!(error instanceof ModuleError)) throw error
      // Redis says why a module cannot be unloaded in words that clients know; a code would be a word too many there.
      throw new CommandError(`${failure} ${error.step === 'unload' ? error.message : error.reason}`)
    },
  )
}

function strings(args: RequestArgs, from: number): string[] {
  return Array.from({ length: args.count - from }, (_, index) => textOf(args.bytes(from + index)))
}

/** @throws CommandError where the words are not `CONFIG name value …` and `ARGS arg …` */
function extendedOptions(args: RequestArgs): LoadOptions {
  const config = new Map<string, string>()
  for (let i = 3; i < args.count; i += 3) {
    if (args.equals(i, 'ARGS')) return { args: strings(args, i + 1), config }
    if (!args.equals(i, 'CONFIG'))
      throw argumentError(`expected CONFIG or ARGS, got '${args.string(i).slice(0, 64)}'`)
    if (i + 2 >= args.count) throw argumentError('CONFIG is to be followed by a name and a value')
    const name = args.string(i + 1)
    if ([...config.keys()].some((given) => given.toLowerCase() === name.toLowerCase()))
      throw argumentError(`the parameter '${name}' is given twice`, 'MODIS_MODULE_CONFIG_TWICE')
    config.set(name, textOf(args.bytes(i + 2)))
  }
  return { args: [], config }
}

function argumentError(
  message: string,
  code: 'MODIS_MODULE_ARGUMENTS' | 'MODIS_MODULE_CONFIG_TWICE' = 'MODIS_MODULE_ARGUMENTS',
): CommandError {
  return new CommandError(`Error loading the extension. ${new ModuleError(code, message).reason}`)
}
