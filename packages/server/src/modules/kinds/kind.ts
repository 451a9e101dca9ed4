import type { Requirements } from '@modis/sdk'
import type { Server } from '../../server.ts'
import type { Registration } from '../registration.ts'
import type { ModuleSource } from '../resolve.ts'

/**
 * One kind of module: how it is opened. Everything after that is the same for all kinds and goes through
 * {@link ModuleInstance}.
 */
export interface Kind {
  /**
   * Evaluates or opens a module, beside a version of it that may be live already. Nothing is registered yet.
   * @throws ModuleError
   */
  open(source: ModuleSource, server: Server): Promise<ModuleInstance>
}

/** What a module says of itself before it is loaded. */
export interface ModuleFacts {
  /** Undefined where only its load tells, as of a shared object. */
  readonly name: string | undefined
  /** Semver; undefined where only its load tells. */
  readonly version: string | undefined
  readonly requires: Requirements | undefined
}

/** One opened version of a module, from opening to the end of its life. */
export interface ModuleInstance {
  readonly facts: ModuleFacts
  /**
   * Runs the module's own load, which registers what it has through `registration`; returns its state.
   * @throws ModuleError, or whatever the module threw; the caller then undoes the registration and closes the module
   */
  load(registration: Registration): Promise<unknown>
  /** What a Redis module has set with RedisModule_SetModuleOptions, as INFO shows it. */
  readonly options?: readonly string[]
  /** Clients that wait for the module. */
  readonly waitingClients: number
  /** Why Redis would refuse to unload it now, apart from values and APIs; undefined where it would not. */
  readonly refusal: string | undefined
  /** Asks what still runs on the module's behalf to come to its end, and refuses further calls. */
  drain(): void
  /** Takes {@link drain} back because the module goes on serving after all. */
  resume(): void
  /**
   * Another version has taken over: its commands are called now. Clients that wait for keys are to be handed over to it;
   * what runs already goes on.
   */
  replaced(): void
  /**
   * Asks the module whether it goes; of a Redis module this is where its OnUnload runs.
   * @throws ModuleError where it refuses
   */
  agree(): void
  /** Lets the module clean up after everything of it is out of sight. Throws what the module throws. */
  cleanup(): Promise<void>
  /** Gives back what opening it took; after a failed load or an unload. */
  close(): void
}
