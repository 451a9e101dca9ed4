import { CommandError } from '@modis/sdk'
import { type Client, Gate } from '../client/client.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import type { Command } from './command.ts'

/** Conditions of the whole server; bits of the dispatcher's `gate`. */
export const ServerGate = {
  loading: 1 << 8,
  outOfMemory: 1 << 9,
  saveFailed: 1 << 10,
  /** Module command filters or MONITOR clients want to see every command. */
  observed: 1 << 11,
} as const

const noAuthentication = new CommandError('Authentication required.', 'NOAUTH')
const loading = new CommandError('Redis is loading the dataset in memory', 'LOADING')
const outOfMemory = new CommandError("command not allowed when used memory > 'maxmemory'.", 'OOM')
const saveFailed = new CommandError(
  'Redis is configured to save RDB snapshots, but it is currently unable to persist to disk. Commands that may ' +
    'modify the data set are disabled, because this instance is configured to report errors during writes if RDB ' +
    'snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.',
  'MISCONF',
)

/** Why a command that would otherwise run must not, in the order Redis checks; undefined where it may. */
export function refusal(
  server: Server,
  client: Client,
  command: Command,
  args: RequestArgs,
): CommandError | undefined {
  if ((client.gate & Gate.unauthenticated) !== 0 && !command.isAllowedUnauthenticated) return noAuthentication
  if (client.transaction !== undefined && command.isForbiddenInMulti) {
    return new CommandError('Command not allowed inside a transaction')
  }
  const gate = server.dispatcher.gate
  if ((gate & ServerGate.observed) !== 0) server.observe(client, command, args)
  if ((gate & ServerGate.outOfMemory) !== 0 && command.deniesWhenFull && !server.freeMemory()) return outOfMemory
  if ((gate & ServerGate.saveFailed) !== 0 && command.isWrite) return saveFailed
  if ((client.gate & Gate.subscribed) !== 0 && client.resp === 2 && !allowedWhileSubscribed(command)) {
    return new CommandError(
      `Can't execute '${command.fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    )
  }
  if ((gate & ServerGate.loading) !== 0 && !command.isAllowedWhileLoading) return loading
  return undefined
}

const SUBSCRIBED_COMMANDS = new Set([
  'ping',
  'subscribe',
  'ssubscribe',
  'sunsubscribe',
  'unsubscribe',
  'psubscribe',
  'punsubscribe',
  'quit',
  'reset',
])

function allowedWhileSubscribed(command: Command): boolean {
  return SUBSCRIBED_COMMANDS.has(command.name)
}
