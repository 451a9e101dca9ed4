import type { Command } from '../dispatch/command.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { Server } from '../server.ts'
import { type Client, Gate } from './client.ts'

/** Commands that run at once although the client has sent MULTI. */
const NEVER_QUEUED = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset'])

/** Starts to queue a client's commands. */
export function beginTransaction(client: Client): void {
  client.transaction = {
    queue: [],
    failed: false,
    writes: false,
    mayReplicate: false,
    deniesWhenFull: false,
    deniedWhileLoading: false,
    queuedBytes: 0,
  }
  client.gate |= Gate.transaction
}

/** Queues a command of a client that has sent MULTI; false where the command runs at once. */
export function queue(client: Client, command: Command, args: RequestArgs): boolean {
  const { transaction } = client
  if (transaction === undefined || NEVER_QUEUED.has(command.name)) return false
  const copy = args.clone()
  transaction.queue.push({ command, args: copy })
  transaction.writes ||= command.isWrite
  transaction.mayReplicate ||= command.mayReplicate
  transaction.deniesWhenFull ||= command.deniesWhenFull
  transaction.deniedWhileLoading ||= !command.isAllowedWhileLoading
  transaction.queuedBytes += copy.buffer.length + copy.count * 8
  client.reply.simple('QUEUED')
  return true
}

/** Forgets what a client has queued and watches. */
export function endTransaction(server: Server, client: Client): void {
  client.transaction = undefined
  client.gate &= ~Gate.transaction
  server.watches.unwatch(client)
}
