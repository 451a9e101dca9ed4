import { arch, machine, release, type } from 'node:os'
import type { Server } from '../../server.ts'
import { redisVersion, version } from '../../version.ts'
import { nowMicroseconds } from '../../wall-clock.ts'
import type { InfoField, InfoSectionDefinition } from '../section.ts'

const SECONDS_A_DAY = 86400

export const serverSection: InfoSectionDefinition = {
  name: 'server',
  title: 'Server',
  isDefault: true,
  fields: (server) => [...identity(), ...state(server), ...listeners(server)],
}

function identity(): InfoField[] {
  return [
    ['redis_version', redisVersion],
    ['redis_git_sha1', '00000000'],
    ['redis_git_dirty', 0],
    ['redis_build_id', '0'],
    ['redis_mode', 'standalone'],
    ['modis_version', version],
    ['node_version', process.versions.node],
    ['os', `${type()} ${release()} ${machine()}`],
    ['arch_bits', /64|s390x/.test(arch()) ? 64 : 32],
    ['monotonic_clock', 'POSIX clock_gettime'],
    ['multiplexing_api', process.platform === 'linux' ? 'epoll' : 'libuv'],
  ]
}

function state({ config, keyspace, listeners, runId, startedAtMs, supervisor }: Server): InfoField[] {
  const uptime = Math.floor((Date.now() - startedAtMs) / 1000)
  return [
    ['process_id', process.pid],
    ['process_supervised', supervisor],
    ['run_id', runId],
    ['tcp_port', listeners.port],
    ['server_time_usec', nowMicroseconds()],
    ['uptime_in_seconds', uptime],
    ['uptime_in_days', Math.floor(uptime / SECONDS_A_DAY)],
    ['hz', config.integer('hz')],
    ['configured_hz', config.integer('hz')],
    ['lru_clock', Math.floor(keyspace.nowMs / 1000) & 0xffffff],
    ['executable', process.execPath],
    ['config_file', config.file ?? ''],
    ['io_threads_active', 0],
  ]
}

function listeners({ listeners }: Server): InfoField[] {
  const { tcp, path, port } = listeners
  const fields: InfoField[] = []
  if (tcp.length > 0) {
    const addresses = tcp.map(({ host }) => `,bind=${host}`).join('')
    fields.push([`listener${fields.length}`, `name=tcp${addresses},port=${port}`])
  }
  if (path !== undefined) fields.push([`listener${fields.length}`, `name=unix,bind=${path}`])
  return fields
}
