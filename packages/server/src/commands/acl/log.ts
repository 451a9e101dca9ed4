import type { AclLogEntry } from '../../acl/acl-log.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { bytesOf } from '../../protocol/lossless-text.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { ReplyWriter } from '../../protocol/reply-writer.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { subcommandSyntax } from '../help.ts'

/** Entries shown unless a number is given. */
const SHOWN = 10

/** ACL LOG [count | RESET]. */
export function log({ reply, server }: CommandContext, args: RequestArgs): void {
  if (args.count > 3) throw subcommandSyntax('ACL', args)
  const { log } = server.users
  if (args.count === 3 && args.equals(2, 'RESET')) {
    log.clear()
    reply.ok()
    return
  }
  const count = args.count === 3 ? Math.max(0, longArgument(args, 2)) : SHOWN
  const entries = log.entries.slice(0, count)
  const nowMs = Date.now()
  reply.array(entries.length)
  for (const entry of entries) writeEntry(reply, entry, nowMs)
}

function writeEntry(reply: ReplyWriter, entry: AclLogEntry, nowMs: number): void {
  reply.map(10)
  reply.bulk('count')
  reply.integer(entry.count)
  reply.bulk('reason')
  reply.bulk(entry.reason)
  reply.bulk('context')
  reply.bulk(entry.context)
  reply.bulk('object')
  reply.bulk(entry.object)
  reply.bulk('username')
  reply.bulk(bytesOf(entry.user))
  reply.bulk('age-seconds')
  reply.double((nowMs - entry.updatedAtMs) / 1000)
  reply.bulk('client-info')
  reply.bulk(bytesOf(entry.clientInfo))
  reply.bulk('entry-id')
  reply.integer(entry.id)
  reply.bulk('timestamp-created')
  reply.integer(entry.createdAtMs)
  reply.bulk('timestamp-last-updated')
  reply.integer(entry.updatedAtMs)
}
