import { type Client, Gate } from '../client/client.ts'
import { ACL_CATEGORIES } from '../dispatch/acl-categories.ts'
import { textOf } from '../protocol/lossless-text.ts'
import type { Server } from '../server.ts'
import { AclLog } from './acl-log.ts'
import { User, type UserHost } from './user.ts'

const DEFAULT_RULES = ['+@all', '~*', '&*', 'on', 'nopass']

/** The users of a server, and which of them its clients are. */
export class Users {
  /** The user of every client that has not logged in as another. */
  readonly default: User
  readonly log: AclLog
  readonly #server: Server
  readonly #host: UserHost
  readonly #byName = new Map<string, User>()

  constructor(server: Server) {
    this.#server = server
    this.log = new AclLog(server)
    const { config, registry } = server
    this.#host = {
      names: {
        find: (name) => registry.find(name),
        isCategory: (name) => ACL_CATEGORIES.includes(name) || registry.categories.has(name),
      },
      get allowsChannels() {
        return config.text('acl-pubsub-default') === 'allchannels'
      },
    }
    this.default = this.create('default')
    this.default.setRules(DEFAULT_RULES)
    config.follow(['requirepass'], () => this.#setPassword(config.text('requirepass')))
  }

  /** `requirepass` stands for the password of the user `default`. */
  #setPassword(password: string): void {
    this.default.setRules(['resetpass', password === '' ? 'nopass' : `>${password}`])
    this.changed(this.default)
  }

  get(name: string): User | undefined {
    return this.#byName.get(name)
  }

  values(): Iterable<User> {
    return this.#byName.values()
  }

  /** Registers a user that may do nothing yet; one that is there already is returned as it is. */
  create(name: string): User {
    const present = this.#byName.get(name)
    if (present !== undefined) return present
    const user = this.createDetached(name)
    this.#byName.set(name, user)
    return user
  }

  /** A user that ACL does not know: a module's own (RedisModule_CreateModuleUser), or one to try rules with. */
  createDetached(name: string): User {
    return new User(name, this.#host)
  }

  /** Removes a user and closes its clients; false where there is none. `default` stays. */
  delete(name: string): boolean {
    const user = this.#byName.get(name)
    if (user === undefined || user === this.default) return false
    this.#byName.delete(name)
    this.closeClientsOf(user)
    return true
  }

  /** Closes the clients of a user that is no more; a command of theirs that runs now still gets its reply. */
  closeClientsOf(user: User): void {
    for (const client of [...this.#server.clients.values()]) {
      if (client.user !== user) continue
      // The connection may outlive this turn, and must have no rights meanwhile.
      client.user = this.default
      client.isAuthenticated = false
      this.#setGate(client)
      close(client, 'its user was deleted')
    }
  }

  /** The user of a name and a password; undefined where they do not belong together or the user is disabled. */
  authenticate(name: Uint8Array, password: Uint8Array): User | undefined {
    const user = this.#byName.get(textOf(name))
    return user?.isEnabled && user.acceptsPassword(password) ? user : undefined
  }

  /** Whether a client that has not logged in must do so. */
  get requiresAuthentication(): boolean {
    return !this.default.isEnabled || !this.default.hasNoPassword
  }

  /** Makes a client that comes, or starts anew, the user `default`, logged in where that takes no password. */
  welcome(client: Client): void {
    client.user = this.default
    client.isAuthenticated = !this.requiresAuthentication
    this.#setGate(client)
  }

  /** Logs a client in as `user`. */
  become(client: Client, user: User): void {
    client.user = user
    client.isAuthenticated = true
    this.#setGate(client)
    this.#server.clients.authenticator?.userChanged(client)
  }

  /** Brings what was derived from the rules of `user` up to date, and closes clients whose channels it may use no more. */
  changed(user: User): void {
    const losesChannels = user.hasLostChannels
    user.hasLostChannels = false
    // Whether clients have to log in at all depends on the user `default`.
    for (const client of [...this.#server.clients.values()]) {
      if (client.user === user || user === this.default) this.#setGate(client)
      if (client.user === user && losesChannels && holdsForbiddenChannel(client, user)) {
        close(client, 'its user lost the right to its channels')
      }
    }
  }

  #setGate(client: Client): void {
    client.gate &= ~(Gate.unauthenticated | Gate.restrictedUser)
    if (!client.isAuthenticated && this.requiresAuthentication) client.gate |= Gate.unauthenticated
    if (!client.user.isUnrestricted) client.gate |= Gate.restrictedUser
  }
}

/** A client in the middle of a command is closed when it has the reply. */
function close(client: Client, reason: string): void {
  if (client.context.command === undefined) client.link?.destroy(reason)
  else client.link?.closeAfterFlush()
}

function holdsForbiddenChannel(client: Client, user: User): boolean {
  const isForbidden = (name: string, isPattern: boolean): boolean =>
    !user.mayAccessChannel(Buffer.from(name, 'latin1'), isPattern)
  return (
    [...(client.patterns ?? [])].some((name) => isForbidden(name, true)) ||
    [...(client.channels ?? []), ...(client.shardChannels ?? [])].some((name) => isForbidden(name, false))
  )
}
