import type { Server } from '../../server.ts'
import type { InfoField, InfoSectionDefinition } from '../section.ts'
import { allCommands } from './commands.ts'

export const statsSection: InfoSectionDefinition = {
  name: 'stats',
  title: 'Stats',
  isDefault: true,
  fields: (server) => [...traffic(server), ...keys(server), ...others(server)],
}

function traffic({ stats, rates }: Server): InfoField[] {
  const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(2)
  return [
    ['total_connections_received', stats.connections],
    ['total_commands_processed', stats.commands],
    ['instantaneous_ops_per_sec', Math.round(rates.commands.perSecond)],
    ['total_net_input_bytes', stats.inputBytes],
    ['total_net_output_bytes', stats.outputBytes],
    ['total_net_repl_input_bytes', 0],
    ['total_net_repl_output_bytes', 0],
    ['instantaneous_input_kbps', kilobytes(rates.inputBytes.perSecond)],
    ['instantaneous_output_kbps', kilobytes(rates.outputBytes.perSecond)],
    ['instantaneous_input_repl_kbps', '0.00'],
    ['instantaneous_output_repl_kbps', '0.00'],
    ['rejected_connections', stats.rejectedConnections],
    ['sync_full', 0],
    ['sync_partial_ok', 0],
    ['sync_partial_err', 0],
  ]
}

function keys({ clientEviction, eviction, keyspace, expiryCycle, pubsub }: Server): InfoField[] {
  return [
    ['expired_keys', keyspace.expiredKeys],
    ['expired_stale_perc', expiryCycle.stalePercent.toFixed(2)],
    ['expired_time_cap_reached_count', expiryCycle.timeLimitReached],
    ['expire_cycle_cpu_milliseconds', Math.floor(expiryCycle.spentMs)],
    ['evicted_keys', keyspace.evictedKeys],
    ['evicted_clients', clientEviction.evicted],
    ['total_eviction_exceeded_time', Math.floor(eviction.totalExceededMs)],
    ['current_eviction_exceeded_time', Math.floor(eviction.exceededMs)],
    ['keyspace_hits', keyspace.hits],
    ['keyspace_misses', keyspace.misses],
    ['pubsub_channels', pubsub.channelCount],
    ['pubsub_patterns', pubsub.patternCount],
    ['pubsubshard_channels', pubsub.shardChannelCount],
  ]
}

function others({ rates, registry, stats, tracking }: Server): InfoField[] {
  let commandMicroseconds = 0
  for (const { microseconds } of allCommands(registry.commands.values())) commandMicroseconds += microseconds
  const activeMs = performance.eventLoopUtilization().active
  const cyclesPerSecond = rates.cycles.perSecond
  const cycleTime = cyclesPerSecond === 0 ? 0 : rates.activeTime.perSecond / cyclesPerSecond
  return [
    ['latest_fork_usec', 0],
    ['total_forks', 0],
    ['migrate_cached_sockets', 0],
    ['slave_expires_tracked_keys', 0],
    ['active_defrag_hits', 0],
    ['active_defrag_misses', 0],
    ['active_defrag_key_hits', 0],
    ['active_defrag_key_misses', 0],
    ['total_active_defrag_time', 0],
    ['current_active_defrag_time', 0],
    ['tracking_total_keys', tracking.keyCount],
    ['tracking_total_items', tracking.itemCount],
    ['tracking_total_prefixes', tracking.prefixCount],
    ['unexpected_error_replies', 0],
    ['total_error_replies', stats.errorReplies],
    ['dump_payload_sanitizations', 0],
    ['total_reads_processed', stats.reads],
    ['total_writes_processed', stats.writes],
    ['io_threaded_reads_processed', 0],
    ['io_threaded_writes_processed', 0],
    ['eventloop_cycles', stats.cycles],
    ['eventloop_duration_sum', Math.round(activeMs * 1000)],
    ['eventloop_duration_cmd_sum', Math.round(commandMicroseconds)],
    ['instantaneous_eventloop_cycles_per_sec', Math.round(cyclesPerSecond)],
    ['instantaneous_eventloop_duration_usec', Math.round(cycleTime)],
    ['acl_access_denied_auth', stats.denied.auth],
    ['acl_access_denied_cmd', stats.denied.command],
    ['acl_access_denied_key', stats.denied.key],
    ['acl_access_denied_channel', stats.denied.channel],
  ]
}
