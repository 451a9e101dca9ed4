import { totalmem } from 'node:os'
import { clientMemory } from '../../client/client-memory.ts'
import type { Keyspace } from '../../keyspace/keyspace.ts'
import type { Server } from '../../server.ts'
import { humanBytes, type InfoField, type InfoSectionDefinition } from '../section.ts'

/** `used_memory` is what `maxmemory` limits: keys, values and their indexes, and while there is a limit clients' buffers. */
export const memorySection: InfoSectionDefinition = {
  name: 'memory',
  title: 'Memory',
  isDefault: true,
  fields: (server) => [...usage(server), ...system(server), ...rest(server)],
}

/** Bytes of the keyspace with those that were freed and wait to be used again. */
export function activeBytes({ arena, usedBytes }: Keyspace): number {
  return usedBytes + arena.touchedBytes - arena.usedBytes
}

function both(name: string, bytes: number): InfoField[] {
  return [
    [name, bytes],
    [`${name}_human`, humanBytes(bytes)],
  ]
}

function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(2)}%`
}

/** What the process takes without any data: Node.js, its heap, and this program. */
const RUNTIME_BYTES = process.memoryUsage.rss()

function usage({ eviction, keyspace, rates }: Server): InfoField[] {
  const used = eviction.measure()
  const active = activeBytes(keyspace)
  const peak = rates.peak(used)
  const overhead = keyspace.arena.indexBytes
  return [
    ...both('used_memory', used),
    ...both('used_memory_rss', process.memoryUsage.rss()),
    ...both('used_memory_peak', peak),
    ['used_memory_peak_perc', percent(used, peak)],
    ['used_memory_overhead', overhead],
    ['used_memory_startup', 0],
    ['used_memory_dataset', used - overhead],
    ['used_memory_dataset_perc', percent(used - overhead, used)],
    ['allocator_allocated', used],
    ['allocator_active', active],
    ['allocator_resident', active],
  ]
}

function system({ config }: Server): InfoField[] {
  const { heapUsed, heapTotal } = process.memoryUsage()
  return [
    ...both('total_system_memory', totalmem()),
    ...both('javascript_heap_used', heapUsed),
    ['javascript_heap_total', heapTotal],
    ['used_memory_lua', 0],
    ['used_memory_vm_eval', 0],
    ['used_memory_lua_human', '0B'],
    ['used_memory_scripts_eval', 0],
    ['number_of_cached_scripts', 0],
    ['number_of_functions', 0],
    ['number_of_libraries', 0],
    ['used_memory_vm_functions', 0],
    ['used_memory_vm_total', 0],
    ['used_memory_vm_total_human', '0B'],
    ['used_memory_functions', 0],
    ['used_memory_scripts', 0],
    ['used_memory_scripts_human', '0B'],
    ...both('maxmemory', config.integer('maxmemory')),
    ['maxmemory_policy', config.text('maxmemory-policy')],
  ]
}

function rest({ keyspace, clients }: Server): InfoField[] {
  const { usedBytes } = keyspace
  const rss = process.memoryUsage.rss()
  const active = activeBytes(keyspace)
  const ratio = (a: number, b: number): string => (b === 0 ? 0 : a / b).toFixed(2)
  let clientBytes = 0
  for (const client of clients.values()) clientBytes += clientMemory(client)
  return [
    ['allocator_frag_ratio', ratio(active, usedBytes)],
    ['allocator_frag_bytes', active - usedBytes],
    ['allocator_rss_ratio', ratio(active, active)],
    ['allocator_rss_bytes', 0],
    ['rss_overhead_ratio', ratio(rss, RUNTIME_BYTES + active)],
    ['rss_overhead_bytes', rss - RUNTIME_BYTES - active],
    ['mem_fragmentation_ratio', ratio(rss, RUNTIME_BYTES + usedBytes)],
    ['mem_fragmentation_bytes', rss - RUNTIME_BYTES - usedBytes],
    ['mem_not_counted_for_evict', 0],
    ['mem_replication_backlog', 0],
    ['mem_total_replication_buffers', 0],
    ['mem_clients_slaves', 0],
    ['mem_clients_normal', clientBytes],
    ['mem_cluster_links', 0],
    ['mem_aof_buffer', 0],
    ['mem_allocator', 'arena'],
    ['active_defrag_running', 0],
    ['lazyfree_pending_objects', keyspace.pendingDisposals],
    ['lazyfreed_objects', 0],
  ]
}
