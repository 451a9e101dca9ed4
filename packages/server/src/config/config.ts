import { OPTIONS, type Option } from './options.ts'

/** Present values of the server's options. */
export class Config {
  readonly #options = new Map<string, Option>()
  readonly #values = new Map<string, number | boolean | string>()
  readonly #listeners = new Map<string, Set<() => void>>()

  constructor(given: Readonly<Record<string, number | boolean | string>> = {}) {
    for (const option of OPTIONS) {
      this.#options.set(option.name, option)
      this.#values.set(option.name, given[option.name] ?? option.default)
    }
  }

  /** Value of an integer or memory option. */
  integer(name: string): number {
    return this.#values.get(name) as number
  }

  boolean(name: string): boolean {
    return this.#values.get(name) as boolean
  }

  /** Value of a string or enum option. */
  text(name: string): string {
    return this.#values.get(name) as string
  }

  /** Calls `listener` now and after every change of one of `names`. */
  follow(names: readonly string[], listener: () => void): void {
    for (const name of names) {
      const listeners = this.#listeners.get(name) ?? new Set()
      this.#listeners.set(name, listeners.add(listener))
    }
    listener()
  }
}
