import { CommandError } from '@modis/sdk'
import { type Client, Gate } from '../client/client.ts'
import type { Command } from '../dispatch/command.ts'
import type { CommandContext } from '../dispatch/command-context.ts'
import { textOf } from '../protocol/lossless-text.ts'
import type { ReplyWriter } from '../protocol/reply-writer.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import type { Denial, User } from './user.ts'

const noKey = new CommandError('No permissions to access a key', 'NOPERM')
const noChannel = new CommandError('No permissions to access a channel', 'NOPERM')

/** Why the rules of a client's user refuse a command, which is logged; undefined where they do not. */
export function denied(
  server: Server,
  client: Client,
  command: Command,
  args: RequestArgs,
): CommandError | undefined {
  const denial = client.user.denialOf(command, args)
  if (denial === undefined) return undefined
  const context = client.transaction === undefined ? 'toplevel' : 'multi'
  client.lastCommand = command
  server.users.log.add({ ...denial, context, user: client.user.name, client })
  return errorOf(client.user, denial)
}

/** As {@link denied}, for a command that a module calls as `user` on behalf of `client`. */
export function deniedToModule(
  server: Server,
  user: User,
  client: Client,
  command: Command,
  args: RequestArgs,
): CommandError | undefined {
  const denial = user.denialOf(command, args)
  if (denial === undefined) return undefined
  server.users.log.add({ ...denial, context: 'module', user: user.name, client })
  return errorOf(user, denial)
}

/** What a client is told of a denial: of keys and channels not which. */
export function errorOf(user: User, denial: Denial): CommandError {
  if (denial.reason === 'key') return noKey
  if (denial.reason === 'channel') return noChannel
  return new CommandError(explain(user, denial), 'NOPERM')
}

/** A denial in words that name what was refused, as ACL DRYRUN has them, in lossless text. */
export function explain(user: User, { reason, object }: Denial): string {
  const what = reason === 'command' ? 'run the' : 'access the'
  return `User ${user.name} has no permissions to ${what} '${textOf(object)}' ${reason}`
}

/**
 * As {@link denied}, for a client that has waited and whose command is about to be served: replies the error. False where
 * nothing is refused.
 */
export function refuseMeanwhile({ client, reply, server }: CommandContext): boolean {
  const { waiting } = client
  if ((client.gate & Gate.restrictedUser) === 0 || waiting === undefined) return false
  const { command, args } = waiting
  // What a module makes wait, it serves itself.
  if (command.flags.has('module')) return false
  const error = denied(server, client, command, args)
  if (error === undefined) return false
  // As in Redis, the command has then not been called at all.
  client.waiting = undefined
  command.rejected++
  replyUncounted(server, reply, error)
  return true
}

/** Replies an error that is counted as no command's failure. */
export function replyUncounted(server: Server, reply: ReplyWriter, { message, code }: CommandError): void {
  reply.error(message, code)
  reply.countedErrors = reply.errors
  server.stats.countError(code)
}

const REASONS = {
  command: 'no permission to execute the command or subcommand',
  key: 'no permission to touch the specified keys',
  channel: 'no permission to access one of the channels used as arguments',
} as const

/** As {@link denied}, for a command that was allowed when it was queued. */
export function deniedSince(
  server: Server,
  client: Client,
  command: Command,
  args: RequestArgs,
): CommandError | undefined {
  if ((client.gate & Gate.restrictedUser) === 0) return undefined
  const denial = client.user.denialOf(command, args)
  if (denial === undefined) return undefined
  server.users.log.add({ ...denial, context: 'multi', user: client.user.name, client })
  return new CommandError(
    'ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This command is no ' +
      `longer allowed for the following reason: ${REASONS[denial.reason]}`,
    'NOPERM',
  )
}
