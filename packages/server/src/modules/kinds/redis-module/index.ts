import type { Server } from '../../../server.ts'
import { ModuleError } from '../../module-error.ts'
import type { ModuleSource } from '../../resolve.ts'
import type { ModuleInstance } from '../kind.ts'
import type { RedisModuleLibrary } from '../library.ts'

/**
 * Makes a module of an opened Redis module binary.
 * @throws ModuleError where the bridge is missing
 */
export async function openRedisModule(
  _server: Server,
  _source: ModuleSource,
  library: RedisModuleLibrary,
): Promise<ModuleInstance> {
  throw new ModuleError('MODIS_MODULE_NO_BRIDGE', `${library.path} needs @modis/bridge, which is not installed`)
}
