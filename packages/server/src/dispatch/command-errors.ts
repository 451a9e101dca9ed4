import { CommandError } from '@modis/sdk'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Command } from './command.ts'

const MAX_SHOWN_BYTES = 128

/** The start of an argument as Redis shows it in errors: up to a zero byte, and not too much. */
function start(args: RequestArgs, index: number, length: number): string {
  const from = args.start(index)
  const text = args.buffer.toString('utf8', from, Math.min(args.end(index), from + length))
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}

/** The error of a command nobody registered, with the start of its arguments. */
export function unknownCommand(args: RequestArgs): CommandError {
  let shown = ''
  for (let i = 1; i < args.count && shown.length < MAX_SHOWN_BYTES; i++) {
    shown += `'${start(args, i, MAX_SHOWN_BYTES - shown.length)}' `
  }
  return new CommandError(
    `unknown command '${start(args, 0, MAX_SHOWN_BYTES)}', with args beginning with: ${shown}`,
  )
}

export function unknownSubcommand(command: Command, args: RequestArgs): CommandError {
  return new CommandError(
    `unknown subcommand '${start(args, 1, MAX_SHOWN_BYTES)}'. Try ${command.name.toUpperCase()} HELP.`,
  )
}

export function wrongArity(command: Command): CommandError {
  return new CommandError(`wrong number of arguments for '${command.fullName}' command`)
}

/** The error of options that do not fit together or are unknown. */
export const syntaxError = new CommandError('syntax error')
export const noSuchKey = new CommandError('no such key')
export const outOfRange = new CommandError('value is out of range')
