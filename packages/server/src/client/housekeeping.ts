import type { Server } from '../server.ts'
import { type Client, Gate } from './client.ts'

const EVERY_MS = 1000

/** Looks after all clients once a second: closes idle ones as `timeout` says, and those that do not read. */
export function keepHouse(server: Server): void {
  let timeoutMs = 0
  server.config.follow(['timeout'], () => {
    timeoutMs = server.config.integer('timeout') * 1000
  })
  server.cron.add(EVERY_MS, () => {
    const idleSinceMs = server.keyspace.nowMs - timeoutMs
    for (const client of server.clients.values()) {
      client.link?.checkOutputLimit()
      if (timeoutMs === 0 || client.lastInteractionMs >= idleSinceMs || !mayTimeOut(server, client)) continue
      server.log.verbose('Closing idle client')
      client.link?.destroy('idle')
    }
  })
}

/** Who waits for something is not idle. */
function mayTimeOut(server: Server, client: Client): boolean {
  return client.blocked === undefined && (client.gate & Gate.subscribed) === 0 && !server.monitors.has(client)
}
