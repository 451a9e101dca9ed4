import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, type ServerOptions, startModis } from '../support/servers.ts'
import { until } from '../support/until.ts'

/** A module whose replies have the types that only RESP3 knows. */
export const answersModule = `{
  name: 'answers',
  commands: {
    'answers.add': {
      summary: 'Adds to a number.',
      flags: ['write'],
      args: { key: arg.key('RW'), by: arg.integer({ min: 1 }) },
      run: (ctx, { key, by }) => key.string.increment(by),
    },
    'answers.all': {
      summary: 'Tells all about a number.',
      flags: ['readonly'],
      args: { key: arg.key('R') },
      run: (ctx, { key }) => new Map([['value', key.string.get()], ['half', 0.5], ['yes', true]]),
    },
  },
}`

/** A server that keeps its port and its data when it starts again. */
export class LastingServer {
  readonly port: number
  readonly #options: ServerOptions
  #running: RunningServer

  private constructor(running: RunningServer, options: ServerOptions) {
    this.port = running.port
    this.#running = running
    this.#options = options
  }

  static async start(options: ServerOptions = {}): Promise<LastingServer> {
    const kept = { ...options, dir: mkdtempSync(join(tmpdir(), 'modis-lasting-')), save: '3600 1' }
    return new LastingServer(await startModis(kept), kept)
  }

  /** Ends the server, which saves its data as it goes, and starts it again. */
  async restart(): Promise<void> {
    await this.#running.stop()
    this.#running = await startModis({ ...this.#options, port: this.port })
  }

  async stop(): Promise<void> {
    await this.#running.stop()
    rmSync(String(this.#options.dir), { recursive: true, force: true })
  }
}

/** The servers of a suite: one at a TCP port and at a unix socket, and one that asks for the password `secret`. */
export class ClientServers {
  readonly port: number
  /** The unix socket of the first server. */
  readonly path: string
  readonly locked: LastingServer
  readonly #server: RunningServer
  readonly #folder: string

  private constructor(server: RunningServer, locked: LastingServer, folder: string) {
    this.port = server.port
    this.path = socketIn(folder)
    this.locked = locked
    this.#server = server
    this.#folder = folder
  }

  static async start(): Promise<ClientServers> {
    const folder = mkdtempSync(join(tmpdir(), 'modis-clients-'))
    const [server, locked] = await Promise.all([
      startModis({ unixsocket: socketIn(folder) }),
      LastingServer.start({ requirepass: 'secret' }),
    ])
    return new ClientServers(server, locked, folder)
  }

  async stop(): Promise<void> {
    await Promise.all([this.#server.stop(), this.locked.stop()])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function socketIn(folder: string): string {
  return join(folder, 'socket')
}

/** Everything that a stream or an iterator gives, page after page. */
export async function collect<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const found: Item[] = []
  for await (const page of pages) found.push(...page)
  return found
}

/** Waits until one client of a server blocks, by what INFO says of clients. */
export async function untilOneWaits(informClients: () => Promise<string>): Promise<void> {
  await until('the consumer to wait', async () => /^blocked_clients:1\r$/m.test(await informClients()))
}
