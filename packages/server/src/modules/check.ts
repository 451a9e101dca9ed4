import type { Requirements } from '@modis/sdk'
import { satisfies } from '@modis/sdk/internal'
import type { Server } from '../server.ts'
import { redisVersion, version } from '../version.ts'
import { ModuleError } from './module-error.ts'
import { type ModuleRecord, semanticVersion } from './module-record.ts'

/**
 * Checks what a module needs of the server and of other modules. With `module-strict no` a mismatch is logged instead.
 * @throws ModuleError
 */
export function checkRequirements(
  server: Server,
  record: ModuleRecord,
  requires: Requirements | undefined,
): void {
  refuseOrWarn(server, record, missing(server, requires ?? {}))
}

/**
 * Checks that the modules which need this one can go on with its version; of a shared object that is known once it is
 * loaded. As {@link checkRequirements}.
 * @throws ModuleError
 */
export function checkDependents(server: Server, record: ModuleRecord): void {
  refuseOrWarn(server, record, unsatisfied(server, record))
}

function refuseOrWarn(server: Server, record: ModuleRecord, mismatches: Iterable<ModuleError>): void {
  for (const error of mismatches) {
    if (server.config.boolean('module-strict')) throw error
    server.log.warning(
      `Module '${record.name}': ${error.message}; loaded all the same, because module-strict is no`,
    )
  }
}

function* missing(server: Server, requires: Requirements): Iterable<ModuleError> {
  const { modis, redis, modules = {} } = requires
  if (modis !== undefined && !satisfies(version, modis)) {
    yield new ModuleError('MODIS_MODULE_SERVER_VERSION', `it needs Modis ${modis}; this is ${version}`)
  }
  if (redis !== undefined && !satisfies(redisVersion, redis)) {
    yield new ModuleError(
      'MODIS_MODULE_SERVER_VERSION',
      `it needs Redis ${redis}; this server acts as ${redisVersion}`,
    )
  }
  for (const [name, range] of Object.entries(modules)) {
    const needed = server.registry.modules.get(name) ?? server.registry.builtIns.get(name)
    if (needed === undefined) {
      yield new ModuleError(
        'MODIS_MODULE_REQUIRED',
        `it needs module '${name}' ${range}, which is not loaded`,
      )
    } else if (!satisfies(semanticVersion(needed), range)) {
      yield new ModuleError(
        'MODIS_MODULE_REQUIRED',
        `it needs module '${name}' ${range}; ${semanticVersion(needed)} is loaded`,
      )
    }
  }
}

function* unsatisfied(server: Server, record: ModuleRecord): Iterable<ModuleError> {
  const version = semanticVersion(record)
  for (const [user, range] of dependents(server, record.name)) {
    if (satisfies(version, range)) continue
    yield new ModuleError(
      'MODIS_MODULE_REQUIRED',
      `module '${user}' needs it in version ${range}; this is ${version}`,
    )
  }
}

/** The live modules that require the module called `name`, with the range each needs. */
export function dependents(server: Server, name: string): [user: string, range: string][] {
  const found: [string, string][] = []
  for (const { name: user, instance } of server.registry.modules.values()) {
    const range = instance?.facts.requires?.modules?.[name]
    if (user !== name && range !== undefined) found.push([user, range])
  }
  return found
}
