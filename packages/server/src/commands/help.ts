import { CommandError, type CommandFlag } from '@modis/sdk'
import type { ArgumentDocumentation } from '@modis/sdk/internal'
import type { Command } from '../dispatch/command.ts'
import type { CommandContext } from '../dispatch/command-context.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { BuiltInCommand } from './family.ts'

/** What Redis's HELP says of arguments, where it does not follow from their descriptions. */
const SYNTAX: Readonly<Record<string, readonly string[]>> = {
  'acl|log': ['LOG [<count> | RESET]'],
  'acl|setuser': ['SETUSER <username> <attribute> [<attribute> ...]'],
  'client|kill': ['KILL <ip:port>', 'KILL <option> <value> [<option> <value> [...]]'],
  'client|list': ['LIST [options ...]'],
  'client|setinfo': ['SETINFO <option> <value>'],
  'client|setname': ['SETNAME <name>'],
  'client|tracking': [
    'TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]',
    '         [OPTIN] [OPTOUT] [NOLOOP]',
  ],
  'client|unblock': ['UNBLOCK <clientid> [TIMEOUT|ERROR]'],
  'command|getkeys': ['GETKEYS <full-command>'],
  'command|getkeysandflags': ['GETKEYSANDFLAGS <full-command>'],
  'command|list': ['LIST'],
  'config|get': ['GET <pattern>'],
  'config|set': ['SET <directive> <value>'],
  'latency|histogram': ['HISTOGRAM [COMMAND ...]'],
  'module|loadex': ['LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]'],
}

/** The HELP subcommand of a command with subcommands; what it says follows from their descriptions. */
export function helpSubcommand(
  since: string,
  flags: readonly CommandFlag[] = ['loading', 'stale'],
): BuiltInCommand {
  return { summary: 'Lists the subcommands.', since, complexity: 'O(1)', flags, raw: replyHelp }
}

/** Handler of such a subcommand. */
export function replyHelp(ctx: CommandContext): void {
  const container = ctx.command?.parent
  if (container !== undefined) replyLines(ctx, helpLines(container))
}

/** The error of a subcommand with more arguments than it takes. */
export function subcommandSyntax(container: string, args: RequestArgs): CommandError {
  const name = args.string(1).slice(0, 128)
  return new CommandError(
    `unknown subcommand or wrong number of arguments for '${name}'. Try ${container.toUpperCase()} HELP.`,
  )
}

/** Replies lines of text as Redis replies HELP: each a simple string. */
export function replyLines(ctx: CommandContext, lines: readonly string[]): void {
  ctx.reply.array(lines.length)
  for (const line of lines) ctx.reply.simple(line)
}

function helpLines(container: Command): string[] {
  const lines = [`${container.name.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`]
  if (container.handler !== undefined) lines.push('(no subcommand)', `    ${container.definition.summary}`)
  for (const { name, fullName, description, definition } of container.subcommands?.values() ?? []) {
    if (name === 'help') continue
    const described = [name.toUpperCase(), ...description.documentation.map(syntax)].join(' ')
    lines.push(...(SYNTAX[fullName] ?? [described]), `    ${definition.summary}`)
  }
  return [...lines, 'HELP', '    Print this help.']
}

/** An argument as help shows it: `[COUNT <count>]`, `(ON|OFF)`, `[<key> ...]`. */
function syntax(argument: ArgumentDocumentation): string {
  const { type, token, flags, displayText, name } = argument
  const parts = argument.arguments ?? []
  const isOptional = flags.includes('optional')
  let text = `<${displayText ?? name}>`
  if (type === 'pure-token') text = token ?? name
  else if (type === 'oneof') text = parts.map(syntax).join('|')
  else if (type === 'block') text = parts.map(syntax).join(' ')
  const isChoice = type === 'oneof' && parts.every((part) => part.type === 'pure-token')
  if (isChoice && !isOptional) text = `(${text})`
  if (token !== undefined && type !== 'pure-token') text = `${token} ${text}`
  if (flags.includes('multiple'))
    text = isOptional && type !== 'block' ? `${text} ...` : `${text} [${text} ...]`
  return isOptional ? `[${text}]` : text
}
