import type { Server } from '../server.ts'
import type { ModuleInstance } from './kinds/kind.ts'
import { packageKind } from './kinds/package.ts'
import { sharedObjectKind } from './kinds/shared-object.ts'
import type { ModuleSource } from './resolve.ts'

const KINDS = {
  package: packageKind,
  'package with native addon': packageKind,
  'redis module package': sharedObjectKind,
  'shared object': sharedObjectKind,
} as const

/**
 * Opens what was resolved, beside a version of it that may be live already.
 * @throws ModuleError
 */
export function openModule(source: ModuleSource, server: Server): Promise<ModuleInstance> {
  return KINDS[source.kind].open(source, server)
}
