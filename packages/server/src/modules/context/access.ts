import type { KeyspaceEventClass } from '@modis/sdk'
import type { Database } from '../../keyspace/database.ts'
import type { Server } from '../../server.ts'
import type { ModuleRuntime } from './runtime.ts'

/**
 * A stretch of a handler during which nothing else runs: up to its return or its next `await`. Keys opened within it are
 * valid as long as it lasts.
 */
export interface Access {
  readonly runtime: ModuleRuntime
  /** Whether the stretch still lasts. */
  active: boolean
}

/** Records a change of a key: watchers, the count of changes and the keyspace event follow from it. */
export function changed(
  server: Server,
  database: Database,
  name: Buffer,
  from: number,
  to: number,
  eventClass: KeyspaceEventClass,
  event: string,
): void {
  server.keyspace.dirty++
  if (server.changesAreIdle) return
  server.signalChange(database, Buffer.from(name.subarray(from, to)), eventClass, event)
}
