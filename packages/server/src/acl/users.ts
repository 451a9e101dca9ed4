import { resolve } from 'node:path'
import { CommandError } from '@modis/sdk'
import { type Client, Gate } from '../client/client.ts'
import type { DirectiveLine } from '../config/config.ts'
import { replaceFile } from '../config/replace-file.ts'
import { ACL_CATEGORIES } from '../dispatch/acl-categories.ts'
import { bytesOf, textOf } from '../protocol/lossless-text.ts'
import type { Server } from '../server.ts'
import { AclRuleError } from './acl-error.ts'
import { readAclFile } from './acl-file.ts'
import { AclLog } from './acl-log.ts'
import { type ConfiguredUser, configuredUsers } from './configured-users.ts'
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
  readonly #configured: readonly ConfiguredUser[]

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
    this.#configured = configuredUsers(config, (name) => this.createDetached(name))
    config.setDirective('user', {
      get: () => '',
      set: () => {},
      lines: () => this.#configLines(),
    })
  }

  /** `requirepass` stands for the password of the user `default`. */
  #setPassword(password: string): void {
    this.default.setRules(['resetpass', password === '' ? 'nopass' : `>${password}`])
    this.changed(this.default)
  }

  /** Where the file of users is: as Redis's working directory does, `dir` counts. */
  get #path(): string {
    const { config } = this.#server
    return resolve(config.text('dir'), config.text('aclfile'))
  }

  /** Lines of the configuration file, where users do not stand in a file of their own. */
  #configLines(): DirectiveLine[] {
    if (this.#server.config.text('aclfile') !== '') return []
    return this.lines().map((line, order) => ({ order, words: line.split(' ').slice(1) }))
  }

  /**
   * Makes the users that the configuration or the file of users describes, now that all modules have brought their
   * commands.
   * @throws Error with what is wrong
   */
  loadConfigured(): void {
    const { config, log } = this.#server
    for (const { name, rules } of this.#configured) {
      const user = this.create(name)
      try {
        user.setRules(user === this.default ? ['reset', ...rules] : rules)
      } catch (error) {
        if (!(error instanceof AclRuleError)) throw error
        const { rule, reason } = error
        throw new Error(`Error loading ACL rule '${rule}' for the user named '${name}': ${reason}`)
      }
      if (!user.isEnabled) {
        log.notice(
          `The user '${name}' is disabled (there is no 'on' modifier in the user description). Make sure this is not a ` +
            'configuration error.',
        )
      }
    }
    this.changed(this.default)
    if (config.text('aclfile') === '') return
    try {
      this.load()
    } catch (error) {
      throw new Error(`Aborting Redis startup because of ACL errors: ${(error as Error).message}`)
    }
  }

  get(name: string): User | undefined {
    return this.#byName.get(name)
  }

  /** All users in the order of the bytes of their names. */
  values(): Iterable<User> {
    const users = [...this.#byName.values()].map((user) => ({ user, bytes: bytesOf(user.name) }))
    return users.sort((one, other) => one.bytes.compare(other.bytes)).map(({ user }) => user)
  }

  /** The users as lines of a file of users, in lossless text. */
  lines(): string[] {
    return [...this.values()].map((user) => `user ${user.name} ${user.describe()}`)
  }

  /**
   * Changes the rules of a user, which is created where there is none.
   * @throws AclRuleError; nothing has changed then
   */
  set(name: string, rules: readonly string[]): void {
    const user = this.#byName.get(name) ?? this.createDetached(name)
    user.setRules(rules)
    this.#byName.set(name, user)
    this.changed(user)
  }

  /**
   * Puts the users of the file `aclfile` in the place of those there are, whose clients are closed; `default` keeps its own.
   * @throws CommandError with everything that is wrong in the file; nothing has changed then
   */
  load(): void {
    const loaded = this.#readFile()
    const former = [...this.#byName.values()].filter((user) => user !== this.default)
    const template = loaded.get('default') ?? this.createDetached('default')
    if (!loaded.has('default')) template.setRules(DEFAULT_RULES)
    this.default.copyRulesOf(template)
    this.#byName.clear()
    for (const [name, user] of loaded) this.#byName.set(name, user)
    this.#byName.set('default', this.default)
    this.#closeClientsOf(new Set(former))
    this.changed(this.default)
  }

  #readFile(): Map<string, User> {
    try {
      return readAclFile(this.#path, this.#server.config.text('aclfile'), (name) => this.createDetached(name))
    } catch (error) {
      throw new CommandError((error as Error).message)
    }
  }

  /**
   * Writes the users to the file `aclfile`.
   * @throws Error with the system's reason
   */
  save(): void {
    replaceFile(
      this.#path,
      bytesOf(
        this.lines()
          .map((line) => `${line}\n`)
          .join(''),
      ),
    )
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

  /** Closes the clients of a user that is no more. */
  closeClientsOf(user: User): void {
    this.#closeClientsOf(new Set([user]))
  }

  #closeClientsOf(users: ReadonlySet<User>): void {
    for (const client of [...this.#server.clients.values()]) {
      if (users.has(client.user)) this.expel(client, 'its user was deleted')
    }
  }

  /** Closes a client that is not to be who it was; a command of it that runs now still gets its reply. */
  expel(client: Client, reason: string): void {
    // The connection may outlive this turn, and must have no rights meanwhile.
    client.user = this.default
    client.isAuthenticated = false
    this.#setGate(client)
    close(client, reason)
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
