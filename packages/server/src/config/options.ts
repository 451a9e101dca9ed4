import type { Option } from './option.ts'
import { clientOptions } from './options/clients.ts'
import { dataStructureOptions } from './options/data-structures.ts'
import { generalOptions } from './options/general.ts'
import { memoryOptions } from './options/memory.ts'
import { moduleOptions } from './options/modules.ts'
import { networkOptions } from './options/network.ts'
import { appendOnlyOptions, clusterOptions, replicationOptions, tlsOptions } from './options/not-here.ts'
import { observabilityOptions } from './options/observability.ts'
import { persistenceOptions } from './options/persistence.ts'
import { securityOptions } from './options/security.ts'

/** Every option of the server: parsing, CONFIG GET and SET, bounds, REWRITE and the reference page follow from it. */
export const OPTIONS: readonly Option[] = [
  ...networkOptions,
  ...generalOptions,
  ...clientOptions,
  ...securityOptions,
  ...moduleOptions,
  ...memoryOptions,
  ...persistenceOptions,
  ...dataStructureOptions,
  ...observabilityOptions,
  ...replicationOptions,
  ...appendOnlyOptions,
  ...clusterOptions,
  ...tlsOptions,
]

/** Directives of Redis's files that are refused, and why. */
export const REFUSED: Readonly<Record<string, string>> = {
  'rename-command': 'commands cannot be renamed in this version',
  user: 'users are not part of this version',
  sentinel: 'there is no sentinel mode',
}

/** Directives of Redis's files whose lines need no value here any more, and what came of them. */
export const OBSOLETE: readonly string[] = [
  'list-max-ziplist-entries',
  'list-max-ziplist-value',
  'lua-replicate-commands',
]
