/**
 * Modis in another program.
 * @module
 */
import { Config } from './config/config.ts'
import { type ConfigObject, settingsOfObject } from './config/config-object.ts'
import { Log, silentLog } from './log.ts'
import { Server } from './server.ts'
import { shutDown } from './shutdown.ts'

export { ConfigError } from './config/config-error.ts'
export type { ConfigInput, ConfigObject } from './config/config-object.ts'
export { redisVersion, version } from './version.ts'

/** Options of {@link createServer}. */
export interface CreateServerOptions extends ConfigObject {
  /** TCP port; 0, the default, for any free one. `false` for none, with a `unixsocket`. */
  readonly port?: number | false
}

/** What is not configuration. */
export interface CreateServerSurroundings {
  /** Called with every line of the log; without it there is none. */
  readonly log?: (line: string) => void
}

/** A running server. */
export interface RunningServer {
  /** TCP port it listens at; 0 for none. */
  readonly port: number
  /** Path of the unix socket it listens at. */
  readonly path: string | undefined
  /** Resolves once the server has ended, by {@link close} or by SHUTDOWN. */
  readonly ended: Promise<void>
  /**
   * Ends the server and leaves nothing of it behind: no socket, no timer, no connection. The data is saved where save
   * points are configured.
   */
  close(): Promise<void>
}

/**
 * Starts a server within this process. It listens at the loopback interface unless `bind` says otherwise, reads and keeps
 * nothing on disk unless `save`, `dir` or `dbfilename` is given, and logs nothing unless `surroundings.log` is.
 * @param options Redis's options by name: `{ 'maxmemory-policy': 'noeviction', loadmodule: ['my-module'] }`
 * @throws ConfigError for an option that is wrong; Error where the port is taken, the data is damaged or a module fails
 */
export async function createServer(
  options: CreateServerOptions = {},
  surroundings: CreateServerSurroundings = {},
): Promise<RunningServer> {
  const { port = 0, ...rest } = options
  const settings = { bind: '127.0.0.1', save: '', ...rest, port: port === false ? 0 : port }
  const config = new Config(settingsOfObject(settings, { from: 'the options of createServer' }))
  const { log } = surroundings
  const server = new Server(config, log === undefined ? silentLog() : new Log(log))
  const ended = new Promise<void>((resolve) => {
    server.onEnded = resolve
  })
  try {
    await server.start({
      anyPort: port === 0,
      load: ['dir', 'dbfilename', 'save'].some((name) => name in options),
    })
  } catch (error) {
    await server.close()
    throw error
  }
  return {
    port: server.listeners.port,
    path: server.listeners.path,
    ended,
    close: async () => {
      await shutDown(server, new Set(['force']))
    },
  }
}
