import type { Bridge } from '@modis/bridge'
import type { Server } from '../../../server.ts'
import { ModuleError } from '../../module-error.ts'
import type { ModuleSource } from '../../resolve.ts'
import type { ModuleInstance } from '../kind.ts'
import type { RedisModuleLibrary } from '../library.ts'
import { RedisModuleInstance } from './instance.ts'
import { RedisModuleHost } from './module-host.ts'

/** The bridge of each server that has run a Redis module; C has one for the whole process. */
const runtimes = new WeakMap<Server, { readonly host: RedisModuleHost; readonly bridge: Bridge }>()

/**
 * Makes a module of an opened Redis module binary.
 * @throws ModuleError where the bridge is missing, or serves another server of this process
 */
export async function openRedisModule(
  server: Server,
  _source: ModuleSource,
  library: RedisModuleLibrary,
): Promise<ModuleInstance> {
  const { host, bridge } = runtimes.get(server) ?? (await start(server, library.path))
  return new RedisModuleInstance(host, bridge, library)
}

async function start(server: Server, path: string): Promise<{ host: RedisModuleHost; bridge: Bridge }> {
  let createBridge: typeof import('@modis/bridge').createBridge
  try {
    ;({ createBridge } = await import('@modis/bridge'))
  } catch (error) {
    throw new ModuleError(
      'MODIS_MODULE_NO_BRIDGE',
      `${path} needs @modis/bridge, which is not installed`,
      error,
    )
  }
  const host = new RedisModuleHost(server, () => bridge)
  let bridge: Bridge
  try {
    bridge = createBridge(host)
  } catch (error) {
    throw new ModuleError(
      'MODIS_MODULE_NO_BRIDGE',
      `${path} needs @modis/bridge: ${(error as Error).message}`,
      error,
    )
  }
  await server.eventsWhileBlocked.prepare()
  const runtime = { host, bridge }
  runtimes.set(server, runtime)
  server.keyspace.measureElsewhere = () => bridge.moduleBytes
  server.onClose(() => {
    runtimes.delete(server)
    server.keyspace.metadata = undefined
    server.keyspace.measureElsewhere = undefined
    server.clients.authenticator = undefined
    bridge.close()
  })
  return runtime
}
