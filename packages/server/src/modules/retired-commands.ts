import type { Command } from '../dispatch/command.ts'
import { unknownCommand, wrongArity } from '../dispatch/command-errors.ts'

/**
 * Makes commands that were taken out of the table harmless to those who still hold them, such as the queue of a MULTI:
 * they lead to the command of the same name in `replacements`, or answer as an unknown command does. What was counted
 * for a command goes on with its replacement.
 */
export function retireCommands(
  commands: readonly Command[],
  replacements: ReadonlyMap<string, Command>,
): void {
  for (const command of commands) retire(command, replacements.get(command.name))
}

function retire(command: Command, replacement: Command | undefined): void {
  if (replacement !== undefined) {
    replacement.calls += command.calls
    replacement.microseconds += command.microseconds
    replacement.rejected += command.rejected
    replacement.failed += command.failed
  }
  command.handler = (ctx, args) => {
    if (replacement?.handler === undefined) throw unknownCommand(args)
    if (!replacement.accepts(args.count)) throw wrongArity(replacement)
    return replacement.handler(ctx, args)
  }
  for (const [name, subcommand] of command.subcommands ?? [])
    retire(subcommand, replacement?.subcommands?.get(name))
}
