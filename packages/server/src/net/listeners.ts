import type { Socket } from 'node:net'
import { CommandError } from '@modis/sdk'
import type { Server } from '../server.ts'
import { Connection, refuse } from './connection.ts'
import { possibleConnections } from './descriptors.ts'
import { Listener } from './listener.ts'

const tooManyClients = new CommandError('max number of clients reached')

const protectedMode = new CommandError(
  'Modis is running in protected mode: no password is set and every address is listened at, so connections are ' +
    'only accepted from the loopback interface. To connect from elsewhere, do one of these: 1) set a password with ' +
    "'requirepass', 2) name the addresses to listen at with 'bind', 3) turn protected mode off with 'CONFIG SET " +
    "protected-mode no' from the loopback interface, provided that the server cannot be reached from the internet.",
  'DENIED',
)

/** Everything a server listens at: its TCP addresses and its unix socket. */
export class Listeners {
  readonly #server: Server
  #tcp: Listener[] = []
  #unix: Listener | undefined
  #maxClients = 0
  #keepAliveSeconds = 0
  #isProtected = false
  /** The port and the addresses listened at, as configured. */
  #bound = ''

  constructor(server: Server) {
    this.#server = server
    const { config } = server
    config.follow(['maxclients', 'tcp-keepalive', 'protected-mode', 'bind'], () => {
      this.#maxClients = config.integer('maxclients')
      this.#keepAliveSeconds = config.integer('tcp-keepalive')
      const everywhere = config
        .words('bind')
        .some((address) => /^-?(\*|0\.0\.0\.0|::)$/.test(address) || address === '-::*')
      this.#isProtected = config.boolean('protected-mode') && everywhere
    })
    config.onChange(['maxclients'], () => this.#checkMaxClients())
    config.onChange(['port'], () => this.#rebind('Unable to listen on this port. Check server logs.'))
    config.onChange(['bind'], () => this.#rebind('Failed to bind to specified addresses.'))
  }

  /** The TCP port listened at; 0 for none. */
  get port(): number {
    return this.#tcp[0]?.port ?? 0
  }

  /** Path of the unix socket listened at. */
  get path(): string | undefined {
    return this.#unix?.path
  }

  /** The TCP addresses listened at. */
  get tcp(): readonly Listener[] {
    return this.#tcp
  }

  /** Everything listened at. */
  get all(): readonly Listener[] {
    return this.#unix === undefined ? this.#tcp : [...this.#tcp, this.#unix]
  }

  /**
   * Starts to listen where the configuration says.
   * @param anyPort whether port 0 stands for any free port instead of none
   * @throws Error with the address and the system's reason
   */
  async open(anyPort: boolean): Promise<void> {
    const { config } = this.#server
    this.#lowerMaxClients()
    const port = config.integer('port')
    const path = config.text('unixsocket')
    if (port !== 0 || anyPort) this.#tcp = await this.#openTcp(port)
    this.#bound = this.#wanted
    if (path !== '') {
      const endpoint = {
        path,
        mode: config.integer('unixsocketperm'),
        backlog: config.integer('tcp-backlog'),
      }
      this.#unix = await this.#open(
        endpoint,
        `Failed opening Unix socket ${path}`,
        () => this.#unix?.path ?? path,
      )
    }
    if (this.all.length > 0) return
    throw new Error(
      "Configured to not listen anywhere: 'port' is 0 or 'bind' empty, and there is no 'unixsocket'",
    )
  }

  get #wanted(): string {
    const { config } = this.#server
    return [config.integer('port'), ...config.words('bind')].join(' ')
  }

  /** Takes no more clients than the system has descriptors for, so that who is too many is told. */
  #lowerMaxClients(): void {
    const { config, log } = this.#server
    const possible = possibleConnections()
    if (config.integer('maxclients') <= possible) return
    void config.set([['maxclients', String(possible)]], {
      protected: true,
      directives: false,
      loading: false,
    })
    log.warning(
      `maxclients has been reduced to ${possible}, which is what the limit of open files leaves. ` +
        "If you need higher maxclients increase 'ulimit -n'.",
    )
  }

  /** @throws Error where CONFIG SET asks for more clients than there are descriptors for */
  #checkMaxClients(): void {
    const possible = possibleConnections()
    if (this.#server.config.integer('maxclients') <= possible) return
    throw new Error(
      `The operating system is not able to handle the specified number of clients, try with ${possible}`,
    )
  }

  async #openTcp(port: number): Promise<Listener[]> {
    const { config, log } = this.#server
    const opened: Listener[] = []
    try {
      for (const address of config.words('bind')) {
        const isOptional = address.startsWith('-')
        const host = hostOf(isOptional ? address.slice(1) : address)
        // With any free port, all addresses are to have the same one.
        const endpoint = {
          host,
          port: port || (opened[0]?.port ?? 0),
          backlog: config.integer('tcp-backlog'),
        }
        try {
          opened.push(
            await this.#open(
              { ...endpoint, ipv6Only: host.includes(':') },
              `Could not create server TCP listening socket ${host}:${port}`,
              () => undefined,
            ),
          )
        } catch (error) {
          if (!isOptional || !isMissingAddress(error)) throw error
          log.debug(`Not listening at ${host}: ${(error as Error).message}`)
        }
      }
    } catch (error) {
      for (const listener of opened) listener.close()
      throw error
    }
    return opened
  }

  async #open(
    endpoint: Parameters<typeof Listener.open>[0],
    failure: string,
    path: () => string | undefined,
  ): Promise<Listener> {
    try {
      return await Listener.open(endpoint, (socket) => this.#accept(socket, path()))
    } catch (error) {
      const reason =
        (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
          ? 'Address already in use'
          : (error as Error).message
      throw Object.assign(new Error(`${failure}: ${reason}`), {
        code: (error as NodeJS.ErrnoException).code,
      })
    }
  }

  /** Listens where `port` and `bind` say after CONFIG SET; the old endpoints stay where that fails. */
  async #rebind(failure: string): Promise<void> {
    const former = this.#tcp
    const port = this.#server.config.integer('port')
    const wanted = this.#wanted
    if (wanted === this.#bound) return
    this.#bound = wanted
    // An address cannot be listened at twice, so the old endpoints go first and come back where the new ones fail.
    for (const listener of former) listener.close()
    this.#tcp = []
    if (port === 0) return
    try {
      this.#tcp = await this.#openTcp(port)
    } catch (error) {
      this.#server.log.warning((error as Error).message)
      throw new Error(failure)
    }
  }

  #accept(socket: Socket, unixPath: string | undefined): void {
    const server = this.#server
    if (server.clients.count >= this.#maxClients) {
      this.#reject(socket, tooManyClients)
      return
    }
    const isOpen = this.#isProtected && server.users.default.hasNoPassword
    if (isOpen && unixPath === undefined && !isLoopback(socket.remoteAddress)) {
      this.#reject(socket, protectedMode)
      return
    }
    if (unixPath === undefined && this.#keepAliveSeconds > 0)
      socket.setKeepAlive(true, this.#keepAliveSeconds * 1000)
    server.stats.connections++
    new Connection(server, socket, unixPath)
  }

  #reject(socket: Socket, error: CommandError): void {
    this.#server.stats.rejectedConnections++
    refuse(socket, error)
  }

  close(): void {
    for (const listener of this.all) listener.close()
    this.#tcp = []
    this.#unix = undefined
  }
}

function hostOf(address: string): string {
  if (address === '*') return '0.0.0.0'
  return address === '::*' ? '::' : address
}

/** Whether the system has no such address, or no such kind of address. */
function isMissingAddress(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'ENOTFOUND'].includes(
    (error as { code?: string }).code ?? '',
  )
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address)
}
