import type { Module } from '@modis/sdk'
import type { Command } from '../dispatch/command.ts'

/** How a module came in. */
export type ModuleKind = 'built-in' | 'package' | 'package with native addon' | 'redis module package' | 'shared object'

/** States of a module's life; `failed` and `unloaded` are final. */
export type ModuleState =
  | 'resolved'
  | 'opened'
  | 'checked'
  | 'loading'
  | 'live'
  | 'draining'
  | 'unloaded'
  | 'failed'

/** One module of this server, built-ins included: what INFO and MODULE LIST tell of it. */
export interface ModuleRecord {
  readonly name: string
  readonly kind: ModuleKind
  /** Semver. */
  readonly version: string
  /** Folder of the package or path of the shared object; empty for built-ins. */
  readonly path: string
  /** The strings it was loaded with. */
  readonly args: readonly string[]
  /** Its definition; modules without TypeScript have none. */
  readonly definition?: Module
  state: ModuleState
  /** What its load returned; every handler's `ctx.state`. */
  value: unknown
  readonly commands: Command[]
  /** How long its load took. */
  loadMs: number
}
