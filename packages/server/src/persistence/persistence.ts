import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError } from '@modis/sdk'
import { ServerGate } from '../dispatch/server-gate.ts'
import type { Server } from '../server.ts'
import { redisVersion } from '../version.ts'
import { type Loaded, loadRdb } from './rdb/load.ts'
import { type Fill, RdbReader } from './rdb/rdb-reader.ts'
import { RdbWriter } from './rdb/rdb-writer.ts'
import { SaveJob } from './rdb/save-job.ts'
import { ValueCodec } from './rdb/value-codec.ts'

const SLICE_MS = 1
const CHECK_MS = 100
/** After a save that failed the next try waits this long. */
const RETRY_SECONDS = 5
/** A background save waits for the disk while this much is not written yet. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024

/** How far a load has come. */
export interface LoadProgress {
  readonly startedSeconds: number
  readonly totalBytes: number
  loadedBytes: number
  /** Memory that the data took when it was saved; 0 where the file does not tell. */
  savedMemoryBytes: number
}

/** Saves a server's keyspace to its RDB file and loads it at start. */
export class Persistence {
  readonly #server: Server
  readonly values: ValueCodec
  /** When the last save that succeeded ended, in seconds since the epoch; the start of the server before the first. */
  lastSaveSeconds = nowSeconds()
  lastStatus: 'ok' | 'err' = 'ok'
  /** Whether a background save runs. */
  inProgress = false
  /** How long the last background save took, in seconds; −1 before the first. */
  lastDurationSeconds = -1
  startedAtMs = 0
  /** Saves that succeeded since the start. */
  saves = 0
  /** Keys of the file that was loaded last; none of either before the first. */
  lastLoad: Loaded = { keys: 0, expired: 0 }
  /** The load that goes on. */
  loading: LoadProgress | undefined
  #job: { readonly job: SaveJob; readonly total: number } | undefined
  #lastTrySeconds = 0
  #scheduled = false
  #cancelled = false
  #temporaryFiles = 0
  /** Number of times that {@link saveNow} wrote the file. */
  #savedAtOnce = 0
  #backgroundPath: string | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(server: Server) {
    this.#server = server
    this.values = new ValueCodec(server)
    server.cron.add(CHECK_MS, () => this.#checkSavePoints())
    server.config.follow(['stop-writes-on-bgsave-error', 'save'], () => this.#showStatus())
  }

  /** How far the background save that runs has come, in keys; undefined where none does. */
  get progress(): { readonly saved: number; readonly total: number } | undefined {
    return this.#job && { saved: this.#job.job.keys, total: this.#job.total }
  }

  /** Path of the RDB file. */
  get path(): string {
    return join(this.#server.config.text('dir'), this.#server.config.text('dbfilename'))
  }

  /** A path of its own for each save: FLUSHALL may save while a background save still writes to its file. */
  #newTemporaryPath(): string {
    const name = `temp-${process.pid}-${this.#server.runId.slice(0, 8)}-${++this.#temporaryFiles}.rdb`
    return join(this.#server.config.text('dir'), name)
  }

  /**
   * Saves at once, keeping the event loop to itself.
   * @throws Error with the system's reason
   */
  saveNow(): void {
    const temporary = this.#newTemporaryPath()
    const dirtyBefore = this.#server.keyspace.dirty
    this.#server.events.emit('persistence-start', { target: 'rdb', background: false })
    try {
      const file = openSync(temporary, 'w')
      try {
        const writer = this.#writer((bytes) => writeAll(file, bytes))
        const job = new SaveJob(this.#server.keyspace, writer, this.values, this.#info())
        try {
          while (!job.step(1000)) {}
          job.finish()
        } finally {
          job.release()
        }
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(temporary, this.path)
      syncFolder(this.#server.config.text('dir'))
      this.#savedAtOnce++
      this.#succeeded(dirtyBefore, false)
    } catch (error) {
      rmSync(temporary, { force: true })
      this.#tellFailure(error)
      throw error
    }
  }

  /** Starts a save that goes on beside commands, or one more after the one that runs. */
  saveInBackground(): void {
    if (this.inProgress) {
      this.#scheduled = true
      return
    }
    this.inProgress = true
    this.startedAtMs = Date.now()
    this.#lastTrySeconds = Math.floor(this.startedAtMs / 1000)
    this.#server.log.notice('Background saving started')
    this.#running = this.#background().finally(() => {
      this.inProgress = false
      this.#backgroundPath = undefined
      this.#job = undefined
      this.lastDurationSeconds = Math.round((Date.now() - this.startedAtMs) / 1000)
      if (!this.#scheduled) return
      this.#scheduled = false
      this.saveInBackground()
    })
  }

  /** Resolves when no background save runs any more. */
  async idle(): Promise<void> {
    this.#scheduled = false
    await this.#running
  }

  /** Stops a background save, of which nothing is left then, and resolves when it has stopped. */
  async cancel(): Promise<void> {
    this.#cancelled = true
    await this.idle()
    this.#cancelled = false
  }

  /** Removes what a background save has written so far: for a process that ends at once. */
  abandon(): void {
    if (this.#backgroundPath !== undefined) rmSync(this.#backgroundPath, { force: true })
  }

  async #background(): Promise<void> {
    const temporary = this.#newTemporaryPath()
    this.#backgroundPath = temporary
    this.#server.events.emit('persistence-start', { target: 'rdb', background: true })
    try {
      let dirtyBefore: number
      let savedAtOnce: number
      // Nor may it take the place of a file that was saved at once since it began, which is newer.
      do {
        dirtyBefore = this.#server.keyspace.dirty
        savedAtOnce = this.#savedAtOnce
      } while (!(await this.#writeSnapshot(temporary)) || savedAtOnce !== this.#savedAtOnce)
      renameSync(temporary, this.path)
      syncFolder(this.#server.config.text('dir'))
      this.#succeeded(dirtyBefore, true)
      this.#server.log.notice('Background saving terminated with success')
    } catch (error) {
      rmSync(temporary, { force: true })
      this.#failed(error)
    }
  }

  /** Writes one snapshot; false where a flush made it useless. */
  async #writeSnapshot(temporary: string): Promise<boolean> {
    let pending: Buffer[] = []
    let pendingBytes = 0
    const writer = this.#writer((bytes) => {
      pending.push(bytes)
      pendingBytes += bytes.length
    })
    // The snapshot is of this very moment: opening the file may take its time, the commands that follow do not wait.
    const job = new SaveJob(this.#server.keyspace, writer, this.values, this.#info())
    this.#job = { job, total: this.#server.keyspace.databases.reduce((sum, { size }) => sum + size, 0) }
    let file: FileHandle | undefined
    const drain = async (to: FileHandle): Promise<void> => {
      const parts = pending
      pending = []
      pendingBytes = 0
      for (const part of parts) await to.writeFile(part)
    }
    try {
      file = await open(temporary, 'w')
      for (let done = false; !done && !job.aborted; ) {
        if (this.#cancelled) throw new Error('it was stopped because the server ends')
        done = job.step(SLICE_MS)
        if (pendingBytes > MAX_UNWRITTEN_BYTES || done) await drain(file)
        else await new Promise((resolve) => setImmediate(resolve))
      }
      if (job.aborted) return false
      job.finish()
      await drain(file)
      await file.sync()
      return true
    } finally {
      job.release()
      await file?.close()
    }
  }

  #writer(sink: (bytes: Buffer) => void): RdbWriter {
    const { config } = this.#server
    return new RdbWriter({
      compress: config.boolean('rdbcompression'),
      checksum: config.boolean('rdbchecksum'),
      sink,
    })
  }

  #info(): ConstructorParameters<typeof SaveJob>[3] {
    const policy = this.#server.config.text('maxmemory-policy')
    return {
      fields: {
        'redis-ver': redisVersion,
        'redis-bits': '64',
        ctime: String(nowSeconds()),
        'used-mem': String(this.#server.keyspace.usedBytes),
        'aof-base': '0',
      },
      writeAux: (writer, when) => this.values.writeAux(writer, when),
      clocks: policy.includes('lfu') ? 'lfu' : policy.includes('lru') ? 'lru' : 'none',
    }
  }

  #succeeded(dirtyBefore: number, background: boolean): void {
    this.#server.keyspace.dirty -= dirtyBefore
    this.lastSaveSeconds = nowSeconds()
    this.lastStatus = 'ok'
    this.#showStatus()
    this.saves++
    this.#server.log.notice('DB saved on disk')
    this.#server.events.emit('persistence-end', { target: 'rdb', background })
  }

  /** A background save has failed: nobody heard of that but the log, so that writes may be refused. */
  #failed(error: unknown): void {
    this.lastStatus = 'err'
    this.#lastTrySeconds = nowSeconds()
    this.#showStatus()
    this.#tellFailure(error)
  }

  #tellFailure(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    this.#server.log.warning(`Saving the DB to '${this.path}' failed: ${reason}`)
    this.#server.events.emit('persistence-failed', { target: 'rdb', reason })
  }

  /** The save points as pairs of seconds and changes. */
  get savePoints(): readonly { readonly seconds: number; readonly changes: number }[] {
    const words = this.#server.config.words('save').map(Number)
    return words.flatMap((seconds, i) => (i % 2 === 0 ? [{ seconds, changes: words[i + 1] as number }] : []))
  }

  /** Starts a background save where a save point is due: so many changes in so many seconds. */
  #checkSavePoints(): void {
    const { dirty } = this.#server.keyspace
    if (this.inProgress || dirty === 0) return
    const now = nowSeconds()
    if (this.lastStatus === 'err' && now - this.#lastTrySeconds <= RETRY_SECONDS) return
    const isDue = (point: { seconds: number; changes: number }): boolean =>
      dirty >= point.changes && now - this.lastSaveSeconds > point.seconds
    const due = this.savePoints.find(isDue)
    if (due === undefined) return
    this.#server.log.notice(`${due.changes} changes in ${due.seconds} seconds. Saving...`)
    this.saveInBackground()
  }

  /** Has writes refused while saving fails, where the configuration wants that. */
  #showStatus(): void {
    const { config, dispatcher } = this.#server
    const refuses =
      this.lastStatus === 'err' &&
      config.boolean('stop-writes-on-bgsave-error') &&
      config.words('save').length > 0
    if (refuses) dispatcher.gate |= ServerGate.saveFailed
    else dispatcher.gate &= ~ServerGate.saveFailed
  }

  /** Whether there is an RDB file. @throws Error where that cannot be told: saving later might overwrite it */
  get hasFile(): boolean {
    const { path } = this
    try {
      return statSync(path, { throwIfNoEntry: false }) !== undefined
    } catch (error) {
      throw new Error(`cannot load '${path}': ${(error as Error).message}`, { cause: error })
    }
  }

  /**
   * Loads the RDB file where there is one; returns the number of keys, or undefined where there is no file.
   * @throws Error with file, offset and reason where the file is damaged
   */
  load(): number | undefined {
    const { path } = this
    if (!this.hasFile) return undefined
    const started = performance.now()
    const file = openSync(path, 'r')
    const { config, dispatcher, events, eventsWhileBlocked } = this.#server
    const interval = config.integer('loading-process-events-interval-bytes')
    let serveAtBytes = interval
    const totalBytes = statSync(path).size
    const progress = { startedSeconds: nowSeconds(), totalBytes, loadedBytes: 0, savedMemoryBytes: 0 }
    const gateBefore = dispatcher.gate & ServerGate.loading
    this.loading = progress
    dispatcher.gate |= ServerGate.loading
    events.emit('loading-start', { source: 'rdb' })
    try {
      const fill: Fill = (target, from, to) => {
        // As in Redis, nobody hears of a load that is as good as over.
        if (progress.loadedBytes >= serveAtBytes) {
          serveAtBytes = progress.loadedBytes + interval
          eventsWhileBlocked.duringLoad()
        }
        const bytes = readSync(file, target, from, to - from, null)
        progress.loadedBytes += bytes
        return bytes
      }
      const reader = RdbReader.from(fill, config.boolean('rdbchecksum'))
      const loaded = loadRdb(this.#server, reader, this.values, totalBytes)
      this.lastLoad = loaded
      const seconds = ((performance.now() - started) / 1000).toFixed(3)
      this.#server.log.notice(
        `Done loading RDB, keys loaded: ${loaded.keys}, keys expired: ${loaded.expired}.`,
      )
      this.#server.log.notice(`DB loaded from disk: ${seconds} seconds`)
      events.emit('loading-end', { source: 'rdb' })
      return loaded.keys
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      events.emit('loading-failed', { source: 'rdb', reason })
      throw new Error(`cannot load '${path}': ${reason}`, {
        cause: error,
      })
    } finally {
      closeSync(file)
      this.loading = undefined
      dispatcher.gate = (dispatcher.gate & ~ServerGate.loading) | gateBefore
    }
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}

/** The error of SAVE and BGSAVE while a background save runs. */
export const saveInProgress = new CommandError('Background save already in progress')

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at)
}

/** Makes a rename survive a crash of the machine. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
