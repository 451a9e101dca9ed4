import { type AnyCommand, type Args, CommandError, type KeyMode, type ReplyValue } from '@modis/sdk'
import { compileParser, type KeyOpener, keyMode } from '@modis/sdk/internal'
import { helpSubcommand, replyHelp } from '../../commands/help.ts'
import type { Command, Handler, HandlerResult } from '../../dispatch/command.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import type { HandlerFactory } from '../registry.ts'
import { CallContext } from './call-context.ts'
import type { ModuleRuntime } from './runtime.ts'
import { KeyWait, noReply, waitForPromise, writeReply } from './waiting.ts'

type Argument = Parameters<KeyOpener>[2]
type Result = ReplyValue | undefined | Promise<ReplyValue | undefined>

/** Makes the server's handlers of a TypeScript module's commands. */
export function moduleHandlers(runtime: ModuleRuntime): HandlerFactory {
  return (definition, fullName) => {
    if ((definition.raw as unknown) === replyHelp) return replyHelp
    if (definition.raw !== undefined) return rawHandler(runtime, definition)
    if (definition.run !== undefined)
      return parsedHandler(runtime, definition, fullName.includes('|') ? 2 : 1)
    return undefined
  }
}

/** A command with its HELP, which errors point to, where it has subcommands and says nothing of them itself. */
export function withHelp(definition: AnyCommand, since: string): AnyCommand {
  const { subcommands, raw } = definition
  const says = (name: string): boolean => name.toLowerCase() === 'help'
  if (subcommands === undefined || raw !== undefined || Object.keys(subcommands).some(says)) return definition
  return { ...definition, subcommands: { ...subcommands, help: helpSubcommand(since) } } as AnyCommand
}

/** The handler of a command whose arguments its schema parses. */
function parsedHandler(runtime: ModuleRuntime, definition: AnyCommand, nameWords: number): Handler {
  const run = definition.run as (ctx: CallContext, args: unknown) => Result
  const parse = compileParser(definition.args ?? {}, nameWords)
  const modes = new Map<Argument, KeyMode>()
  // Parsing runs no commands, so that one variable does for all calls and none of them needs a function of its own.
  let parsing: CallContext
  const open: KeyOpener = (_args, index, argument) =>
    parsing.argumentKey(index, modes.get(argument) ?? learnMode(modes, argument))
  return (ctx, args) => {
    if (runtime.refusesCalls) throw unloading(runtime)
    const call = new CallContext(runtime, ctx, args)
    parsing = call
    const parsed = parse(args, open)
    const mark = ctx.reply.length
    let result: Result
    try {
      result = run(call, parsed)
    } catch (error) {
      throw failure(call, ctx, mark, error)
    }
    return finish(call, ctx, mark, result)
  }
}

function learnMode(modes: Map<Argument, KeyMode>, argument: Argument): KeyMode {
  const mode = keyMode(argument)
  modes.set(argument, mode)
  return mode
}

/** The handler of a command that reads its arguments itself. */
function rawHandler(runtime: ModuleRuntime, definition: AnyCommand): Handler {
  const raw = definition.raw as (ctx: CallContext, args: Args) => Result
  return (ctx, args) => {
    if (runtime.refusesCalls) throw unloading(runtime)
    const call = new CallContext(runtime, ctx, args)
    const mark = ctx.reply.length
    let result: Result
    try {
      result = raw(call, args)
    } catch (error) {
      throw failure(call, ctx, mark, error)
    }
    return finish(call, ctx, mark, result)
  }
}

function unloading(runtime: ModuleRuntime): CommandError {
  return new CommandError(`module '${runtime.record.name}' is being unloaded`)
}

/** What a handler wrote before it threw is taken back: an error is a reply of its own. */
function failure(call: CallContext, ctx: CommandContext, mark: number, error: unknown): unknown {
  call.finish()
  ctx.reply.length = mark
  return error
}

/** Turns what a handler returned into exactly one reply, now or later. */
function finish(call: CallContext, ctx: CommandContext, mark: number, result: Result): HandlerResult {
  const wrote = ctx.reply.length !== mark
  if (typeof result === 'object' && result !== null && 'then' in result) {
    return finishLater(call, ctx, mark, result)
  }
  if (result === undefined && call.isWaiting) {
    call.suspend()
    return undefined
  }
  call.finish()
  if (result === undefined) {
    if (!wrote) throw noReply(ctx.command as Command)
    return undefined
  }
  if (wrote) {
    ctx.reply.length = mark
    throw new Error('the handler wrote to ctx.reply and returned a value; do one of the two')
  }
  writeReply(ctx.reply, result)
  return undefined
}

function finishLater(
  call: CallContext,
  ctx: CommandContext,
  mark: number,
  result: PromiseLike<ReplyValue | undefined>,
): HandlerResult {
  if (result instanceof KeyWait && !call.isWaiting) return finish(call, ctx, mark, result.value)
  if (call.isWaiting) {
    call.suspend()
    // An async handler that returned the wait; should it throw instead, the client is still served by its keys.
    if (!(result instanceof KeyWait))
      Promise.resolve(result).catch((error) => call.runtime.failed('an async handler', error))
    return undefined
  }
  if (ctx.reply.length !== mark) {
    ctx.reply.length = mark
    call.finish()
    Promise.resolve(result).catch((error) => call.runtime.failed('an async handler', error))
    throw new Error('the handler wrote to ctx.reply and went on asynchronously; return the reply instead')
  }
  call.suspend()
  waitForPromise(call, ctx, Promise.resolve(result))
  return undefined
}
