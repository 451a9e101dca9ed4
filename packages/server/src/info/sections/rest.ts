import { readFileSync } from 'node:fs'
import type { Server } from '../../server.ts'
import type { InfoField, InfoSectionDefinition } from '../section.ts'

const TICKS_A_SECOND = 100
const NO_ID = '0'.repeat(40)

/** This server is a master without replicas. */
export const replicationSection: InfoSectionDefinition = {
  name: 'replication',
  title: 'Replication',
  isDefault: true,
  fields: ({ replicationId, config }) => [
    ['role', 'master'],
    ['connected_slaves', 0],
    ['master_failover_state', 'no-failover'],
    ['master_replid', replicationId],
    ['master_replid2', NO_ID],
    ['master_repl_offset', 0],
    ['second_repl_offset', -1],
    ['repl_backlog_active', 0],
    ['repl_backlog_size', config.integer('repl-backlog-size')],
    ['repl_backlog_first_byte_offset', 0],
    ['repl_backlog_histlen', 0],
  ],
}

export const cpuSection: InfoSectionDefinition = {
  name: 'cpu',
  title: 'CPU',
  isDefault: true,
  fields: () => {
    const { user, system } = process.cpuUsage()
    const seconds = (microseconds: number): string => (microseconds / 1e6).toFixed(6)
    return [
      ['used_cpu_sys', seconds(system)],
      ['used_cpu_user', seconds(user)],
      ['used_cpu_sys_children', '0.000000'],
      ['used_cpu_user_children', '0.000000'],
      ...mainThread(),
    ]
  },
}

/** Processor time of the thread that runs commands, where the system tells it: Linux counts in hundredths of a second. */
function mainThread(): InfoField[] {
  if (process.platform !== 'linux') return []
  // The name stands in parentheses and may hold anything; the times are the twelfth and thirteenth field after it.
  const text = readFileSync(`/proc/self/task/${process.pid}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const seconds = (ticks: string | undefined): string => (Number(ticks) / TICKS_A_SECOND).toFixed(6)
  return [
    ['used_cpu_sys_main_thread', seconds(fields[12])],
    ['used_cpu_user_main_thread', seconds(fields[11])],
  ]
}

export const clusterSection: InfoSectionDefinition = {
  name: 'cluster',
  title: 'Cluster',
  isDefault: true,
  fields: () => [['cluster_enabled', 0]],
}

export const keyspaceSection: InfoSectionDefinition = {
  name: 'keyspace',
  title: 'Keyspace',
  isDefault: true,
  fields: databases,
}

function* databases({ keyspace }: Server): Iterable<InfoField> {
  for (const { index, size, expiring, averageTtlMs } of keyspace.databases) {
    if (size === 0 && expiring.size === 0) continue
    yield [`db${index}`, `keys=${size},expires=${expiring.size},avg_ttl=${Math.round(averageTtlMs)}`]
  }
}
