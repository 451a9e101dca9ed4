import { ServerGate } from '../../dispatch/server-gate.ts'
import type { LoadProgress } from '../../persistence/persistence.ts'
import type { InfoField, InfoSectionDefinition } from '../section.ts'

export const persistenceSection: InfoSectionDefinition = {
  name: 'persistence',
  title: 'Persistence',
  isDefault: true,
  fields: ({ dispatcher, keyspace, persistence }) => [
    ['loading', (dispatcher.gate & ServerGate.loading) === 0 ? 0 : 1],
    ['async_loading', 0],
    ['current_cow_peak', 0],
    ['current_cow_size', 0],
    ['current_cow_size_age', 0],
    ['current_fork_perc', '0.00'],
    ['current_save_keys_processed', persistence.progress?.saved ?? 0],
    ['current_save_keys_total', persistence.progress?.total ?? 0],
    ['rdb_changes_since_last_save', keyspace.dirty],
    ['rdb_bgsave_in_progress', persistence.inProgress ? 1 : 0],
    ['rdb_last_save_time', persistence.lastSaveSeconds],
    ['rdb_last_bgsave_status', persistence.lastStatus],
    ['rdb_last_bgsave_time_sec', persistence.lastDurationSeconds],
    ['rdb_current_bgsave_time_sec', currentSaveSeconds(persistence)],
    ['rdb_saves', persistence.saves],
    ['rdb_last_cow_size', 0],
    ['rdb_last_load_keys_expired', persistence.lastLoad.expired],
    ['rdb_last_load_keys_loaded', persistence.lastLoad.keys],
    ['aof_enabled', 0],
    ['aof_rewrite_in_progress', 0],
    ['aof_rewrite_scheduled', 0],
    ['aof_last_rewrite_time_sec', -1],
    ['aof_current_rewrite_time_sec', -1],
    ['aof_last_bgrewrite_status', 'ok'],
    ['aof_rewrites', 0],
    ['aof_rewrites_consecutive_failures', 0],
    ['aof_last_write_status', 'ok'],
    ['aof_last_cow_size', 0],
    ['module_fork_in_progress', 0],
    ['module_fork_last_cow_size', 0],
    ...loadFields(persistence.loading),
  ],
}

/** Only there while a load goes on, as in Redis. */
function loadFields(progress: LoadProgress | undefined): InfoField[] {
  if (progress === undefined) return []
  const { startedSeconds, totalBytes, loadedBytes, savedMemoryBytes } = progress
  const elapsed = Math.floor(Date.now() / 1000) - startedSeconds
  return [
    ['loading_start_time', startedSeconds],
    ['loading_total_bytes', totalBytes],
    ['loading_rdb_used_mem', savedMemoryBytes],
    ['loading_loaded_bytes', loadedBytes],
    ['loading_loaded_perc', ((100 * loadedBytes) / Math.max(1, totalBytes)).toFixed(2)],
    [
      'loading_eta_seconds',
      elapsed === 0 ? 1 : Math.floor((elapsed * (totalBytes - loadedBytes)) / (loadedBytes + 1)),
    ],
  ]
}

function currentSaveSeconds({
  inProgress,
  startedAtMs,
}: {
  inProgress: boolean
  startedAtMs: number
}): number {
  return inProgress ? Math.floor((Date.now() - startedAtMs) / 1000) : -1
}
