import { satisfies } from '@modis/sdk/internal'
import { ModuleError } from './module-error.ts'
import type { ModuleRecord } from './module-record.ts'

interface SharedApi {
  readonly name: string
  readonly version: string
  readonly owner: ModuleRecord
  readonly api: Readonly<Record<string, unknown>>
}

interface Import {
  readonly user: ModuleRecord
  readonly name: string
  readonly range: string
}

/** Functions that modules offer each other by name and version. */
export class SharedApis {
  readonly #apis = new Map<string, SharedApi>()
  readonly #imports = new Set<Import>()

  /** @throws Error where another module than `replaces` offers the name */
  checkExport(name: string, replaces: ModuleRecord | undefined): void {
    const taken = this.#apis.get(name)
    if (taken === undefined || taken.owner === replaces) return
    throw new Error(`the API '${name}' is already exported by module '${taken.owner.name}'`)
  }

  /** Offers an API, in place of one of the same name; the function returned takes it back. */
  export(owner: ModuleRecord, name: string, version: string, api: object): () => void {
    const shared: SharedApi = { owner, name, version, api: api as Readonly<Record<string, unknown>> }
    this.#apis.set(name, shared)
    return () => {
      if (this.#apis.get(name) === shared) this.#apis.delete(name)
    }
  }

  /**
   * What another module offers, as an object whose functions lead to the version of that module that is live at each call.
   * @param forget is given what ends the import
   * @throws Error where nothing fits
   */
  import(user: ModuleRecord, name: string, range: string, forget: (undo: () => void) => void): object {
    const shared = this.#apis.get(name)
    if (shared === undefined) throw new Error(`no module exports an API '${name}'`)
    if (!satisfies(shared.version, range)) {
      throw new Error(
        `module '${shared.owner.name}' exports the API '${name}' in version ${shared.version}; ${range} is wanted`,
      )
    }
    const use: Import = { user, name, range }
    this.#imports.add(use)
    forget(() => this.#imports.delete(use))
    return this.#forwarder(name, shared.api)
  }

  /** An object with the members of `api` that always lead to the present exporter. */
  #forwarder(name: string, api: Readonly<Record<string, unknown>>): object {
    const forwarder: Record<string, unknown> = {}
    const present = (): Readonly<Record<string, unknown>> => {
      const shared = this.#apis.get(name)
      if (shared === undefined) throw new Error(`the API '${name}' is not exported any more`)
      return shared.api
    }
    for (const member of memberNames(api)) {
      if (typeof api[member] === 'function') {
        forwarder[member] = (...args: unknown[]) => {
          const target = present()
          const method = target[member]
          if (typeof method !== 'function')
            throw new Error(`the API '${name}' has no function '${member}' any more`)
          return method.apply(target, args)
        }
      } else Object.defineProperty(forwarder, member, { enumerable: true, get: () => present()[member] })
    }
    return forwarder
  }

  /** Names of the modules that use an API of `owner`. */
  usersOf(owner: ModuleRecord): string[] {
    const users = new Set<string>()
    for (const { user, name } of this.#imports) {
      const isOwned = this.#apis.get(name)?.owner === owner
      if (isOwned && user.name !== owner.name) users.add(user.name)
    }
    return [...users]
  }

  /**
   * Whether what `owner`'s users have imported is still there, and in a version they take, once `exports` replace its own.
   * @throws ModuleError
   */
  checkReplacement(owner: ModuleRecord, exports: ReadonlyMap<string, string>): void {
    for (const { user, name, range } of this.#imports) {
      if (user === owner || this.#apis.get(name)?.owner !== owner) continue
      const version = exports.get(name)
      if (version !== undefined && satisfies(version, range)) continue
      const now = version === undefined ? 'is not exported any more' : `would be version ${version}`
      throw new ModuleError(
        'MODIS_MODULE_REQUIRED',
        `module '${user.name}' uses the API '${name}' (${range}), which ${now}`,
      )
    }
  }
}

function memberNames(api: object): Set<string> {
  const names = new Set<string>()
  for (
    let level: object | null = api;
    level !== null && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const name of Object.getOwnPropertyNames(level)) if (name !== 'constructor') names.add(name)
  }
  return names
}
