import type { Module } from '@modis/sdk'
import type { ModuleOption } from '../config/config.ts'
import type { Command } from '../dispatch/command.ts'
import type { RegisteredType } from './data-types.ts'
import type { ModuleInstance } from './kinds/kind.ts'
import { Resources } from './resources.ts'

/** How a module came in. */
export type ModuleKind =
  | 'built-in'
  | 'package'
  | 'package with native addon'
  | 'redis module package'
  | 'shared object'

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
  /** A shared object tells its name only when it loads; until then this is the name of its file. */
  name: string
  readonly kind: ModuleKind
  /** Semver; of a shared object the integer it gives, as text. */
  version: string
  /** What MODULE LIST shows as `ver`; of a semver 1.2.3 it is 10203. */
  versionNumber: number
  /** Folder of the package or path of the shared object; empty for built-ins. */
  readonly path: string
  /** What the operator calls it: a package's name or a path. Loading it again reloads the module. Empty for built-ins. */
  readonly source: string
  /** The strings it was loaded with. */
  readonly args: readonly string[]
  /** The directive that CONFIG REWRITE writes for it; undefined for built-ins. */
  readonly directive: 'loadmodule' | 'module-add' | undefined
  /** Its definition; modules without TypeScript have none. */
  definition: Module | undefined
  /** What was opened; built-ins have none. */
  readonly instance: ModuleInstance | undefined
  state: ModuleState
  /** What its load returned; every handler's `ctx.state`. */
  value: unknown
  readonly commands: Command[]
  readonly types: RegisteredType[]
  /** Its configuration parameters as CONFIG knows them. */
  readonly configOptions: ModuleOption[]
  /** ACL categories of its commands that Redis does not have: they are there for as long as a module has them. */
  readonly categories: Set<string>
  /** What it holds for as long as it lives: subscriptions, timers, filters, APIs, INFO sections. */
  readonly resources: Resources
  /** How long its load took, from resolving to live. */
  loadMs: number
  /** Throws that were not a command's reply: of timers, events, filters. */
  failures: number
}

/** The integer by which Redis shows a version: 1.2.3 is 10203. */
function numericVersion(version: string): number {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)
  if (parts === null) return 1
  const [major, minor, patch] = parts.slice(1).map(Number) as [number, number, number]
  return major * 10000 + Math.min(minor, 99) * 100 + Math.min(patch, 99)
}

/** The version of a module as semver: that of a shared object, the integer 10203, is 1.2.3. */
export function semanticVersion({ version, versionNumber }: ModuleRecord): string {
  if (version.includes('.')) return version
  const parts = [versionNumber / 10000, (versionNumber / 100) % 100, versionNumber % 100]
  return parts.map(Math.floor).join('.')
}

/** A record with nothing registered yet. */
export function newRecord(
  facts: Pick<
    ModuleRecord,
    'name' | 'kind' | 'version' | 'path' | 'source' | 'args' | 'directive' | 'instance'
  >,
): ModuleRecord {
  return {
    ...facts,
    versionNumber: numericVersion(facts.version),
    definition: undefined,
    state: 'opened',
    value: undefined,
    commands: [],
    types: [],
    configOptions: [],
    categories: new Set(),
    resources: new Resources(),
    loadMs: 0,
    failures: 0,
  }
}
