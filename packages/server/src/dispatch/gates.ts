import { CommandError } from '@modis/sdk'
import { denied } from '../acl/denials.ts'
import { type Client, Gate } from '../client/client.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import type { Command } from './command.ts'
import { ServerGate } from './server-gate.ts'

const forbiddenInMulti = new CommandError('Command not allowed inside a transaction')
const monitorsOnly = new CommandError("Replica can't interact with the keyspace")
const noAuthentication = new CommandError('Authentication required.', 'NOAUTH')
const loading = new CommandError('Redis is loading the dataset in memory', 'LOADING')
const outOfMemory = new CommandError("command not allowed when used memory > 'maxmemory'.", 'OOM')
const saveFailed = new CommandError(
  "Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may " +
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
  if (command.gate !== 0 && !mayUseProtected(server, client, command)) return protectedCommand(command)
  if ((client.gate & Gate.unauthenticated) !== 0 && !command.isAllowedUnauthenticated) return noAuthentication
  if (client.transaction !== undefined && command.isForbiddenInMulti) return forbiddenInMulti
  if ((client.gate & Gate.restrictedUser) !== 0) {
    const error = denied(server, client, command, args)
    if (error !== undefined) return error
  }
  const gate = server.dispatcher.gate
  // Every command makes room, so that the limit holds again soon; only those that need room are refused without it.
  // In the middle of a command nothing may go that the command may be working with.
  const isShort =
    (gate & ServerGate.outOfMemory) !== 0 && (gate & ServerGate.busy) === 0 && !server.freeMemory()
  if (isShort && needsMemory(client, command)) return outOfMemory
  if ((gate & ServerGate.saveFailed) !== 0 && (writes(client, command) || command.name === 'ping'))
    return saveFailed
  if ((client.gate & Gate.subscribed) !== 0 && client.resp === 2 && !allowedWhileSubscribed(command)) {
    return new CommandError(
      `Can't execute '${command.fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    )
  }
  if ((gate & ServerGate.observed) !== 0 && server.monitors.has(client) && touchesKeys(client, command))
    return monitorsOnly
  if ((gate & ServerGate.loading) !== 0 && isDeniedWhileLoading(client, command)) return loading
  if ((gate & ServerGate.busy) !== 0 && !command.isAllowedWhileBusy) return server.eventsWhileBlocked.refusal
  return undefined
}

/** Whether CLIENT PAUSE holds a command back. */
export function isHeldByPause(client: Client, command: Command, onlyWrites: boolean): boolean {
  if (!onlyWrites) return true
  return command.mayReplicate || (isExec(command) && client.transaction?.mayReplicate === true)
}

function isExec(command: Command): boolean {
  return command.name === 'exec'
}

function writes(client: Client, command: Command): boolean {
  return command.isWrite || (isExec(command) && client.transaction?.writes === true)
}

/** Redis treats a client that monitors as a replica, which has no business with keys. */
function touchesKeys(client: Client, command: Command): boolean {
  if (isExec(command)) return client.transaction?.mayReplicate === true
  return command.mayReplicate || command.isReadOnly
}

/** Redis refuses to queue anything while memory is full, for a queue takes memory of its own. */
function needsMemory(client: Client, command: Command): boolean {
  const { transaction } = client
  if (client.mayExceedMemory) return false
  if (transaction === undefined) return command.deniesWhenFull
  if (isExec(command)) return transaction.deniesWhenFull
  return !['discard', 'quit', 'reset'].includes(command.name)
}

function isDeniedWhileLoading(client: Client, command: Command): boolean {
  return (
    !command.isAllowedWhileLoading || (isExec(command) && client.transaction?.deniedWhileLoading === true)
  )
}

/** Whether a choice of `no`, `yes` and `local` lets a client do something. */
export function isPermitted(choice: string, client: Client): boolean {
  return choice === 'yes' || (choice === 'local' && client.link?.isLoopback !== false)
}

function protectedOption(command: Command): string | undefined {
  const name = (command.parent ?? command).name
  return name === 'debug' || name === 'module' ? `enable-${name}-command` : undefined
}

function mayUseProtected(server: Server, client: Client, command: Command): boolean {
  const option = protectedOption(command)
  return option === undefined || isPermitted(server.config.text(option), client)
}

function protectedCommand(command: Command): CommandError {
  const name = (command.parent ?? command).name.toUpperCase()
  return new CommandError(
    `${name} command not allowed. If the ${protectedOption(command)} option is set to "local", you can run it from a ` +
      'local connection, otherwise you need to set this option in the configuration file, and then restart the server.',
  )
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
