import type { Subcommands } from './command.ts'
import type { ConfigSchema, ConfigValues } from './config.ts'
import type { ModuleContext } from './context.ts'
import type { DataType } from './data-type.ts'

/** Versions a module needs, as semver ranges. */
export interface Requirements {
  /** Range of the server's own version. */
  readonly modis?: string
  /** Range of the Redis version the server is compatible with. */
  readonly redis?: string
  /** Other modules by name. */
  readonly modules?: Readonly<Record<string, string>>
}

/** A module as {@link defineModule} takes it. */
export interface ModuleDefinition<State, Config extends ConfigSchema, Schemas> {
  /** Letters, digits, `-`, `_` and `.`; what `MODULE LIST` shows and other modules require. */
  readonly name: string
  /** Semver; the package's version unless given. */
  readonly version?: string
  readonly requires?: Requirements
  /** Group of the commands in `COMMAND DOCS`. */
  readonly group?: string
  readonly config?: Config
  // biome-ignore lint/suspicious/noExplicitAny: a data type is invariant in its value
  readonly dataTypes?: readonly DataType<any>[]
  /**
   * Prepares the module; what it returns (or resolves to) is `ctx.state` of every command. A throw fails the load and
   * undoes what it registered. Write it above `commands`: TypeScript infers from top to bottom.
   */
  load?(context: ModuleContext<ConfigValues<Config>>): State | Promise<State>
  readonly commands?: Subcommands<State, Schemas, ConfigValues<Config>>
  /** Undoes what `load` did outside the server; the server undoes registrations, timers and commands itself. */
  cleanup?(state: State): void | Promise<void>
}

/** A module whatever its types: what the server loads. */
// biome-ignore lint/suspicious/noExplicitAny: handlers are contravariant in their context and arguments
export interface Module extends ModuleDefinition<any, any, any> {
  /** Version of the contract the module was written against. */
  readonly contract: 1
}

/**
 * Defines a module; make the result the default export of the package. The state is what `load` returns, every
 * handler's arguments follow from its own schema.
 *
 * ```ts
 * export default defineModule({
 *   name: 'counter',
 *   load: ({ log }) => ({ log, calls: 0 }),
 *   commands: {
 *     'counter.add': {
 *       summary: 'Adds to a counter.',
 *       flags: ['write', 'fast'],
 *       args: { counter: arg.key('RW'), by: arg.integer64({ default: 1n, min: 1n }) },
 *       run(ctx, { counter, by }) {
 *         ctx.state.calls++
 *         return counter.string.increment(by)
 *       },
 *     },
 *   },
 * })
 * ```
 */
export const defineModule = <
  State,
  const Config extends ConfigSchema = Record<never, never>,
  const Schemas = Record<never, never>,
>(
  definition: ModuleDefinition<State, Config, Schemas>,
): Module => Object.freeze({ ...definition, contract: 1 }) as Module
