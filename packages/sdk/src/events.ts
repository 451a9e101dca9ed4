/** Classes of keyspace notifications; the letters of `notify-keyspace-events` in words. */
export type KeyspaceEventClass =
  | 'generic'
  | 'string'
  | 'list'
  | 'set'
  | 'hash'
  | 'zset'
  | 'expired'
  | 'evicted'
  | 'stream'
  | 'key-miss'
  | 'loaded'
  | 'new'
  | 'module'

/** One keyspace event. Handlers run at once, in the middle of the command: they must not write keys. */
export interface KeyspaceEvent {
  readonly class: KeyspaceEventClass
  /** Name of the event, such as `set`, `del` or `expired`. */
  readonly event: string
  readonly key: Buffer
  readonly db: number
}

/** Which keyspace events a handler wants; nothing given means all but `key-miss`, `loaded` and `new`. */
export interface KeyspaceEventFilter {
  readonly classes?: readonly KeyspaceEventClass[]
  /** Glob-style pattern of key names. */
  readonly pattern?: string
}

/** Events of the server by name, with what handlers are given. */
export interface ServerEvents {
  readonly 'loading-start': { readonly source: 'rdb' | 'aof' | 'replica' }
  readonly 'loading-end': { readonly source: 'rdb' | 'aof' | 'replica' }
  readonly 'loading-failed': { readonly source: 'rdb' | 'aof' | 'replica'; readonly reason: string }
  readonly 'loading-progress': { readonly loadedBytes: number; readonly totalBytes: number }
  readonly 'persistence-start': { readonly target: 'rdb' | 'aof'; readonly background: boolean }
  readonly 'persistence-end': { readonly target: 'rdb' | 'aof'; readonly background: boolean }
  readonly 'persistence-failed': { readonly target: 'rdb' | 'aof'; readonly reason: string }
  /** `db` is -1 when all databases are flushed. */
  readonly 'flush-start': { readonly db: number; readonly async: boolean }
  readonly 'flush-end': { readonly db: number; readonly async: boolean }
  readonly shutdown: Record<string, never>
  readonly 'client-connected': { readonly id: number }
  readonly 'client-disconnected': { readonly id: number }
  /** The server's periodic work, `hz` times a second. */
  readonly cron: { readonly hz: number }
  /** Before the event loop waits for input. */
  readonly 'event-loop-before-sleep': Record<string, never>
  readonly 'event-loop-after-sleep': Record<string, never>
  readonly 'config-changed': { readonly names: readonly string[] }
  readonly 'module-loaded': { readonly name: string; readonly version: string }
  readonly 'module-unloaded': { readonly name: string; readonly version: string }
  readonly 'databases-swapped': { readonly first: number; readonly second: number }
  /** A key is about to lose its value; it may still be read. */
  readonly 'key-removed': {
    readonly db: number
    readonly key: Buffer
    readonly reason: 'deleted' | 'expired' | 'evicted' | 'overwritten'
  }
  readonly 'role-changed': { readonly role: 'master' | 'replica' }
  readonly 'master-link-changed': { readonly up: boolean }
  readonly 'replica-changed': { readonly online: boolean }
}
