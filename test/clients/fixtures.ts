import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, type ServerOptions, startModis } from '../support/servers.ts'

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
