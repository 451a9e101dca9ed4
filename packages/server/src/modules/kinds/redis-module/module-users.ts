import { AclRuleError } from '../../../acl/acl-error.ts'
import type { User } from '../../../acl/user.ts'
import { splitArguments } from '../../../protocol/inline-arguments.ts'
import { textOf } from '../../../protocol/lossless-text.ts'
import type { Server } from '../../../server.ts'

/** A module's own user, or the name of one of the server's. */
type Handle = { readonly own: User } | { readonly name: string }

/** The users that Redis modules hold, by the numbers under which the bridge knows them. */
export class ModuleUsers {
  readonly #server: Server
  readonly #handles = new Map<number, Handle>()
  #last = 0

  constructor(server: Server) {
    this.#server = server
  }

  #add(handle: Handle): number {
    this.#handles.set(++this.#last, handle)
    return this.#last
  }

  /** A user that only the module knows. */
  create(name: Buffer): number {
    return this.#add({ own: this.#server.users.createDetached(textOf(name)) })
  }

  /** The server's user of that name; 0 where there is none. */
  find(name: Buffer): number {
    const text = textOf(name)
    return this.#server.users.get(text) === undefined ? 0 : this.#add({ name: text })
  }

  /**
   * The user behind a number; undefined where that is freed. A user of the server is looked for anew: it may have been
   * deleted since, or come back with other rules.
   */
  get(number: number): User | undefined {
    const handle = this.#handles.get(number)
    if (handle === undefined) return undefined
    return 'own' in handle ? handle.own : this.#server.users.get(handle.name)
  }

  /** The number is used no more. With `disconnect`, a module's own user goes, and with it the clients that are it. */
  free(number: number, disconnect: boolean): void {
    const handle = this.#handles.get(number)
    this.#handles.delete(number)
    if (disconnect && handle !== undefined && 'own' in handle) this.#server.users.closeClientsOf(handle.own)
  }

  /**
   * Changes a user's rules.
   * @param isLine whether `rules` are several, to be split at blanks as a line of the configuration file is
   * @returns why they were not applied: of a single rule the reason alone, as the API tells it by a number
   */
  setRules(number: number, rules: Buffer, isLine: boolean): string | undefined {
    const user = this.get(number)
    if (user === undefined) return 'The user does not exist'
    // Redis takes a line whose quotes are not closed for an empty one.
    const words = isLine ? (splitArguments(rules) ?? []) : [rules]
    try {
      user.setRules(words.map(textOf))
    } catch (error) {
      if (!(error instanceof AclRuleError)) throw error
      return isLine ? error.message : error.reason
    }
    this.#server.users.changed(user)
    return undefined
  }
}
