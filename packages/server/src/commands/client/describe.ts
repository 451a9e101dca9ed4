import { type Client, Gate } from '../../client/client.ts'
import { clientMemory } from '../../client/client-memory.ts'
import type { Server } from '../../server.ts'
import { redirectionOf } from './tracking.ts'

/** Classes of clients that CLIENT LIST and KILL tell apart. */
export type ClientClass = 'normal' | 'pubsub' | 'replica' | 'master'

export function classOf(client: Client): ClientClass {
  return client.subscriptionCount > 0 ? 'pubsub' : 'normal'
}

/** A client as one line of CLIENT LIST. */
export function describeClient(server: Server, client: Client): string {
  const { link, transaction, reply } = client
  const nowMs = Date.now()
  const pending = (link?.pendingBytes ?? 0) - reply.length
  const queryBytes = link?.queryBytes ?? 0
  const fields: Record<string, string | number> = {
    id: client.id,
    addr: client.address,
    laddr: link?.localAddress ?? '',
    fd: link?.descriptor ?? -1,
    name: client.name,
    age: Math.floor((nowMs - client.createdAtMs) / 1000),
    idle: Math.max(0, Math.floor((nowMs - client.lastInteractionMs) / 1000)),
    flags: flagsOf(server, client),
    db: client.db,
    sub: client.channels?.size ?? 0,
    psub: client.patterns?.size ?? 0,
    ssub: client.shardChannels?.size ?? 0,
    multi: transaction?.queue.length ?? -1,
    qbuf: queryBytes,
    'qbuf-free': Math.max(0, (link?.queryBufferBytes ?? 0) - queryBytes),
    'argv-mem': 0,
    'multi-mem': transaction?.queuedBytes ?? 0,
    rbs: reply.buffer.length,
    rbp: reply.length,
    obl: reply.length,
    oll: pending > 0 ? 1 : 0,
    omem: pending,
    'tot-mem': clientMemory(client),
    events: link === undefined ? '' : pending > 0 ? 'rw' : 'r',
    cmd: client.lastCommand?.fullName ?? 'NULL',
    user: client.user.name,
    redir: redirectionOf(client.tracking),
    resp: client.resp,
    'lib-name': client.libraryName,
    'lib-ver': client.libraryVersion,
  }
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

function flagsOf(server: Server, client: Client): string {
  let flags = ''
  if (server.monitors.has(client)) flags += 'O'
  if ((client.gate & Gate.subscribed) !== 0) flags += 'P'
  if (client.transaction !== undefined) flags += 'x'
  if (client.blocked !== undefined) flags += 'b'
  if (client.tracking !== undefined) flags += 't'
  if (client.tracking?.isRedirectBroken) flags += 'R'
  if (client.tracking?.broadcasts) flags += 'B'
  if (client.watchDirty) flags += 'd'
  if (client.closing) flags += 'c'
  if (client.link?.isUnix) flags += 'U'
  if (client.noEvict) flags += 'e'
  if (client.noTouch) flags += 'T'
  return flags || 'N'
}
