import { CommandError } from '@modis/sdk'
import { type Client, Gate } from '../client/client.ts'
import type { Command } from '../dispatch/command.ts'
import { textOf } from '../protocol/lossless-text.ts'
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

/** As {@link denied}, for a client that has waited and whose command is about to be served. */
export function deniedMeanwhile(server: Server, client: Client): CommandError | undefined {
  const { waiting } = client
  if ((client.gate & Gate.restrictedUser) === 0 || waiting === undefined) return undefined
  // What a module makes wait, it serves itself.
  if (waiting.command.flags.has('module')) return undefined
  return denied(server, client, waiting.command, waiting.args)
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
