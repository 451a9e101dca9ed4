import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallArgument } from '../context.ts'
import { type ClientOptions, TestClient } from './client.ts'
import { freePort } from './free-port.ts'
import { packageFolder, serverCommand } from './locate.ts'
import { type ServerProcess, startProcess } from './server-process.ts'

const defaultStartLimitMs = 30_000
/** A port that was free when it was looked for may be taken when the server starts. */
const portAttempts = 3

/** A module to load: a name or path, and the arguments it is given. */
export type ModuleToLoad = string | readonly [name: string, ...args: string[]]

/** How {@link start} starts a server. */
export interface StartOptions {
  /**
   * The module under test: a path or `file:` URL within its package, such as `import.meta.url`; the package of the
   * working directory unless given. `false` starts the server without one.
   */
  readonly module?: string | URL | false
  /** Arguments of the module under test. */
  readonly args?: readonly string[]
  /** Further modules, loaded before the module under test. */
  readonly modules?: readonly ModuleToLoad[]
  /**
   * Configuration by its full name: options of the server, and the modules' parameters as `<module>.<name>`. The server
   * listens on 127.0.0.1 alone, allows `DEBUG` and saves nothing by itself, unless this says otherwise.
   */
  readonly config?: Readonly<Record<string, string | number | boolean>>
  /** Program to start and its first arguments, instead of the installed `modis`; it must read a configuration file. */
  readonly program?: readonly string[]
  /** Longest time the server may take to be ready, in milliseconds; 30 000 unless given. */
  readonly startLimitMs?: number
}

/** A running server with the module under test. */
export interface TestServer {
  readonly port: number
  /** Folder of its data, deleted by {@link TestServer.stop}. */
  readonly folder: string
  /** Everything it logged so far. */
  log(): string
  /** A new connection; it is closed with the server. */
  client(options?: ClientOptions): Promise<TestClient>
  /** Sends one command over a connection kept for this. @throws ReplyError where the reply is an error */
  call<Shape = unknown>(command: string, ...args: readonly CallArgument[]): Promise<Shape>
  /** Loads the module under test anew, as an operator who deploys a new build does. @throws ReplyError where that fails */
  reload(): Promise<void>
  /** Saves, ends the process, and starts it again on the same data and with the same configuration file. */
  restart(): Promise<void>
  /** Ends the server and deletes its data. */
  stop(): Promise<void>
}

/**
 * Starts a server with the module of this package, on a free port and with a folder of its own.
 *
 * ```ts
 * const server = await start()
 * assert.is(await server.call('RL.TAKE', 'k'), 1)
 * await server.stop()
 * ```
 * @throws Error where the package or the server is not found, or the server does not come up; then with its log
 */
export const start = async (options: StartOptions = {}): Promise<TestServer> => {
  const folder = options.module === false ? null : packageFolder(options.module)
  const program = options.program ?? serverCommand(folder ?? process.cwd())
  const server = new ChildServer(options, folder, program)
  await server.begin()
  return server
}

class ChildServer implements TestServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'modis-test-'))
  /** Written once: what CONFIG REWRITE makes of it holds after a restart. */
  private readonly file = join(this.folder, 'modis.conf')
  port = 0
  private readonly options: StartOptions
  private readonly module: string | null
  private readonly program: readonly string[]
  private readonly clients: TestClient[] = []
  private running: ServerProcess | undefined
  private earlierLog = ''
  private shared: Promise<TestClient> | undefined

  constructor(options: StartOptions, module: string | null, program: readonly string[]) {
    this.options = options
    this.module = module
    this.program = program
  }

  async begin(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      this.port = await freePort()
      writeFileSync(this.file, this.configuration())
      try {
        return await this.launch()
      } catch (error) {
        const taken = /address already in use/i.test(String(error))
        if (taken && attempt < portAttempts) continue
        rmSync(this.folder, { recursive: true, force: true })
        throw error
      }
    }
  }

  log(): string {
    return this.earlierLog + (this.running?.log() ?? '')
  }

  async client(options: ClientOptions = {}): Promise<TestClient> {
    const client = await TestClient.open({ port: this.port }, options)
    this.clients.push(client)
    return client
  }

  async call<Shape = unknown>(command: string, ...args: readonly CallArgument[]): Promise<Shape> {
    this.shared ??= this.client()
    return (await this.shared).call<Shape>(command, ...args)
  }

  async reload(): Promise<void> {
    await this.call('MODULE', 'RELOAD', await this.moduleName())
  }

  async restart(): Promise<void> {
    const running = this.running as ServerProcess
    // There is no reply to a shutdown that succeeds; one that fails is an error reply.
    const client = await this.client()
    const failure = await client.call('SHUTDOWN', 'SAVE').catch((error: Error) => error)
    if (!client.closed) throw failure
    await running.end()
    this.earlierLog += running.log()
    await this.closeClients()
    await this.launch()
  }

  async stop(): Promise<void> {
    await this.closeClients()
    await this.running?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async launch(): Promise<void> {
    const limit = this.options.startLimitMs ?? defaultStartLimitMs
    this.running = await startProcess([...this.program, this.file], this.module ?? process.cwd(), limit)
  }

  private configuration(): string {
    const { args = [], modules = [], config = {} } = this.options
    const own: ModuleToLoad[] = this.module === null ? [] : [[this.module, ...args]]
    const settings = {
      port: this.port,
      bind: '127.0.0.1',
      dir: this.folder,
      save: '',
      'enable-debug-command': 'local',
      ...config,
    }
    const lines = [...modules, ...own].map((module) => ['loadmodule', ...[module].flat()])
    for (const [name, value] of Object.entries(settings)) lines.push([name, settingText(value)])
    return lines.map((words) => `${words.map(quote).join(' ')}\n`).join('')
  }

  /** The name the module under test goes by: it was loaded last. */
  private async moduleName(): Promise<string> {
    if (this.module === null) throw new Error('the server was started without a module')
    const list = await this.call<readonly (readonly unknown[])[]>('MODULE', 'LIST')
    const modules = list.map((entry) => ({ name: field(entry, 'name'), path: field(entry, 'path') }))
    const found = modules.find(({ path }) => path?.startsWith(this.module as string))
    if (found?.name === undefined) throw new Error(`no loaded module comes from ${this.module}`)
    return found.name
  }

  private async closeClients(): Promise<void> {
    this.shared = undefined
    await Promise.all(this.clients.splice(0).map((client) => client.close()))
  }
}

const field = (entry: readonly unknown[], name: string): string | undefined => {
  const at = entry.indexOf(name)
  return at < 0 ? undefined : String(entry[at + 1])
}

const settingText = (value: string | number | boolean): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}

/** A word of a configuration file, quoted where it must be. */
const quote = (word: string): string => {
  if (/^[A-Za-z0-9_./:@%+,=-]+$/.test(word)) return word
  return `"${word.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}"`
}
