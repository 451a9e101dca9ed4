import { clientMemory } from '../../client/client-memory.ts'
import { humanBytes } from '../../info/section.ts'
import { activeBytes } from '../../info/sections/memory.ts'
import type { Server } from '../../server.ts'

/** Less data than this tells nothing. */
const LEAST_BYTES = 5 * 1024 * 1024
const MOST_PEAK_RATIO = 1.5
const MOST_RESERVED_RATIO = 1.4
const MOST_PROCESS_RATIO = 2
const MOST_CLIENT_BYTES = 200 * 1024

/** What MEMORY DOCTOR says: what of the memory is out of proportion, and what helps. */
export function memoryReport(server: Server): string {
  const { clients, eviction, keyspace, rates } = server
  const used = keyspace.usedBytes
  if (used < LEAST_BYTES) return 'There is too little data for anything to be said of its memory.\n'
  const active = activeBytes(keyspace)
  const peak = rates.peak(used)
  const resident = process.memoryUsage.rss()
  let clientBytes = 0
  for (const client of clients.values()) clientBytes += clientMemory(client)
  const found: string[] = []
  if (peak > used * MOST_PEAK_RATIO) {
    found.push(
      `Peak: the data once took ${humanBytes(peak)}, now ${humanBytes(used)}. What the system gave for it may not have gone back.`,
    )
  }
  if (active > used * MOST_RESERVED_RATIO) {
    found.push(
      `Fragmentation: ${humanBytes(active)} are held for ${humanBytes(used)} of data. New data fills the gaps; a restart removes them.`,
    )
  }
  if (resident > active * MOST_PROCESS_RATIO) {
    found.push(
      `Process: it takes ${humanBytes(resident)}, of which ${humanBytes(active)} are for data. Modules, clients' buffers and JavaScript take the rest: see INFO memory.`,
    )
  }
  if (clients.count > 0 && clientBytes / clients.count > MOST_CLIENT_BYTES) {
    found.push(
      `Clients: each takes ${humanBytes(Math.round(clientBytes / clients.count))} on average. CLIENT LIST shows whose omem or qbuf is large; maxmemory-clients limits them.`,
    )
  }
  if (eviction.isOverLimit) {
    found.push('Limit: more memory is in use than maxmemory allows, and nothing that may go is left.')
  }
  return found.length === 0 ? 'Nothing about the memory is out of proportion.\n' : `${found.join('\n')}\n`
}
