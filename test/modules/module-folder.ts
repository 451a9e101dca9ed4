import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RawClient } from '../support/raw-client.ts'
import { DoubleText, ReplyError, Status, type Value, Verbatim } from '../support/resp.ts'
import { type RunningServer, type ServerOptions, startModis } from '../support/servers.ts'
import { until } from '../support/until.ts'

const sdk = fileURLToPath(new URL('../../packages/sdk', import.meta.url))

/** A `node_modules` of its own for modules that a test writes; they find the SDK of this repository. */
export class ModuleFolder {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'modis-modules-')))
  readonly directory = join(this.root, 'node_modules')

  constructor() {
    mkdirSync(join(this.directory, '@modis'), { recursive: true })
    symlinkSync(sdk, join(this.directory, '@modis', 'sdk'))
  }

  /** Path of a package, or of something in it. */
  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts)
  }

  /** Writes files of a package by their path in it; `index.js` alone makes it one. */
  write(name: string, files: Readonly<Record<string, string>>, manifest: object = {}): string {
    const folder = this.path(name)
    const all = {
      'package.json': JSON.stringify({
        name,
        version: '1.0.0',
        type: 'module',
        exports: './index.js',
        ...manifest,
      }),
      ...files,
    }
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return folder
  }

  /** Writes a package whose module is `definition`, an expression that may use the SDK's exports and `prelude`. */
  define(name: string, definition: string, prelude = '', manifest: object = {}): string {
    const source = `import * as sdk from '@modis/sdk'
const { arg, config, defineDataType, defineModule } = sdk
${prelude}
export default defineModule(${definition})
`
    return this.write(name, { 'index.js': source }, manifest)
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** A server that looks for modules in `folder`, and a connection to it. */
export class ModuleServer {
  readonly server: RunningServer
  readonly client: RawClient

  private constructor(server: RunningServer, client: RawClient) {
    this.server = server
    this.client = client
  }

  static async start(folder: ModuleFolder, options: ServerOptions = {}): Promise<ModuleServer> {
    const server = await startModis({
      'module-directories': folder.directory,
      loglevel: 'verbose',
      save: '',
      ...options,
    })
    return new ModuleServer(server, await RawClient.connect(server.port))
  }

  /** Sends a command; strings come as text, errors as their text after a `-`. */
  async call(...command: readonly (string | number | Uint8Array)[]): Promise<unknown> {
    return plain(await this.client.call(...command))
  }

  /** Waits for a line in the server's log, which comes another way than its replies. */
  async logged(pattern: RegExp): Promise<void> {
    await until(`the line ${pattern} in the log`, () => pattern.test(this.server.log()))
  }

  connect(): Promise<RawClient> {
    return RawClient.connect(this.server.port)
  }

  async stop(): Promise<void> {
    this.client.close()
    await this.server.stop()
  }
}

/** A reply with bytes decoded and errors as text after a `-`, for comparison. */
export function plain(value: Value): unknown {
  if (value instanceof ReplyError) return `-${value.text}`
  if (typeof value === 'string') return Buffer.from(value, 'latin1').toString()
  if (value instanceof Status || value instanceof Verbatim) return value.text
  if (value instanceof DoubleText) return `,${value.text}`
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [plain(key), plain(each)]))
  if (value instanceof Set) return new Set([...value].map(plain))
  return value
}
