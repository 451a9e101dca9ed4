import { randomBytes } from 'node:crypto'
import type { KeyspaceEventClass } from '@modis/sdk'
import { Users } from './acl/users.ts'
import { BlockingKeys } from './client/blocking.ts'
import { type Client, Gate } from './client/client.ts'
import { ClientEviction } from './client/client-eviction.ts'
import { Clients } from './client/clients.ts'
import { keepHouse } from './client/housekeeping.ts'
import { Monitors } from './client/monitors.ts'
import { OutputLimits } from './client/output-limits.ts'
import { Pauses } from './client/pauses.ts'
import { Pubsub } from './client/pubsub.ts'
import { endSkip, muteFrom } from './client/reply-mode.ts'
import { Tracking } from './client/tracking.ts'
import { endTransaction } from './client/transaction.ts'
import { Watches } from './client/watches.ts'
import { families } from './commands/index.ts'
import type { Config } from './config/config.ts'
import { Cron } from './cron.ts'
import type { Command, HandlerResult } from './dispatch/command.ts'
import type { CommandContext } from './dispatch/command-context.ts'
import { Dispatcher } from './dispatch/dispatcher.ts'
import { ServerGate } from './dispatch/server-gate.ts'
import { Rates } from './info/rates.ts'
import { SlowCommands } from './info/slow-commands.ts'
import type { Database } from './keyspace/database.ts'
import type { Entry } from './keyspace/entry.ts'
import { Eviction } from './keyspace/eviction.ts'
import { ExpiryCycle } from './keyspace/expiry-cycle.ts'
import { Keyspace, type RemovalReason } from './keyspace/keyspace.ts'
import { Notifications } from './keyspace/notifications.ts'
import type { Log, LogLevel } from './log.ts'
import { CommandCaller } from './modules/context/caller.ts'
import { DataTypes } from './modules/data-types.ts'
import { CommandFilters } from './modules/filters.ts'
import { InfoSections } from './modules/info-sections.ts'
import { registerFamilies } from './modules/kinds/built-in.ts'
import { Modules } from './modules/lifecycle.ts'
import { Registry } from './modules/registry.ts'
import { SharedApis } from './modules/shared-apis.ts'
import { EventsWhileBlocked } from './net/events-while-blocked.ts'
import { Listeners } from './net/listeners.ts'
import { Persistence } from './persistence/persistence.ts'
import type { RequestArgs } from './protocol/request-args.ts'
import type { RequestLimits } from './protocol/request-parser.ts'
import { ServerEventBus } from './server-events.ts'
import { Stats } from './stats.ts'

/** Longest piece of periodic work, in milliseconds. */
const SLICE_MS = 1
/** Large values whose memory is counted anew in each round. */
const RECOUNTED_VALUES = 10_000

/** What watches over a process and is told how it is doing. */
export type Supervisor = 'systemd' | 'upstart' | 'no'

/** One server: composes the two pipelines, requests and modules, and owns what they share. */
export class Server {
  readonly config: Config
  readonly log: Log
  readonly stats = new Stats()
  readonly keyspace: Keyspace
  readonly eviction: Eviction
  readonly expiryCycle: ExpiryCycle
  readonly registry = new Registry()
  /** Brings modules in and out. */
  readonly modules: Modules
  /** The data types of modules. */
  readonly dataTypes = new DataTypes()
  /** Functions that modules offer each other. */
  readonly sharedApis = new SharedApis()
  /** Sections that modules add to INFO. */
  readonly infoSections = new InfoSections()
  /** What modules and other listeners are told of the server. */
  readonly events = new ServerEventBus()
  readonly commandFilters = new CommandFilters(this)
  /** Runs what modules call. */
  readonly caller: CommandCaller
  readonly persistence: Persistence
  readonly clients: Clients
  readonly users: Users
  readonly watches = new Watches()
  readonly notifications: Notifications
  readonly pubsub = new Pubsub(this)
  readonly tracking: Tracking
  readonly blocking: BlockingKeys
  readonly dispatcher: Dispatcher
  readonly pauses = new Pauses(this)
  readonly monitors = new Monitors(this)
  readonly slowCommands: SlowCommands
  readonly outputLimits = new OutputLimits()
  readonly cron = new Cron(this)
  readonly clientEviction: ClientEviction
  readonly rates = new Rates(this)
  readonly requestLimits: RequestLimits = { maxBulkBytes: 0, maxQueryBytes: 0 }
  readonly startedAtMs = Date.now()
  readonly listeners: Listeners
  readonly eventsWhileBlocked = new EventsWhileBlocked(this)
  /** Names this run of the server, in 40 hexadecimal digits. */
  readonly runId = randomBytes(20).toString('hex')
  /** Names the history of the data, for replicas. */
  replicationId = randomBytes(20).toString('hex')
  /** Called when SHUTDOWN or a signal has ended the server. */
  onEnded: (() => void) | undefined
  /** Who watches over the process. */
  supervisor: Supervisor = 'no'
  #closing: Promise<void> | undefined
  readonly #atClose: (() => void)[] = []
  #flushQueue: Client[] = []
  #batchDepth = 0
  /** The client whose EXEC runs what it has queued. */
  executing: Client | undefined
  #tellsLoop = false
  #isAwake = false
  /** Lets modules rewrite requests before their command is looked up; only set while a module asks for it. */
  filters: ((client: Client, args: RequestArgs) => void) | undefined

  constructor(config: Config, log: Log) {
    this.config = config
    this.log = log
    this.keyspace = new Keyspace(config.integer('databases'), {
      expired: (database, key) => this.signalChange(database, key, 'expired', 'expired', false),
      created: (database, entry) => {
        if (this.notifications.wants('new')) this.notifications.notify('new', 'new', entry.key, database)
        if (this.blocking.hasWaiters(database)) this.blocking.signal(database, entry.key)
      },
    })
    this.eviction = new Eviction(
      this.keyspace,
      (database, key) => this.signalChange(database, key, 'evicted', 'evicted', false),
      () => this.clients.bufferBytes,
    )
    this.expiryCycle = new ExpiryCycle(this.keyspace)
    this.clients = new Clients(this)
    this.users = new Users(this)
    this.notifications = new Notifications(this.pubsub)
    this.blocking = new BlockingKeys({
      runBlocked: (client, command, work) => this.runBlocked(client, command, work),
      resumed: (client) => {
        this.tracking.endCaching(client, client.waiting?.command)
        this.dispatcher.countWaiting(client)
        endSkip(client)
        this.resumed(client)
      },
    })
    this.dispatcher = new Dispatcher(this)
    this.tracking = new Tracking(this)
    this.slowCommands = new SlowCommands(this)
    this.listeners = new Listeners(this)
    this.persistence = new Persistence(this)
    this.caller = new CommandCaller(this)
    registerFamilies(this.registry, families)
    this.modules = new Modules(this)
    this.#followConfig()
    this.#followEvents()
    this.#addPeriodicWork()
    keepHouse(this)
    this.clientEviction = new ClientEviction(this)
  }

  /** Has the keyspace and the event loop tell of what modules want to hear of only while they do. */
  #followEvents(): void {
    const { events, keyspace } = this
    events.whenWanted('key-removed', (isWanted) => {
      keyspace.removeHook = isWanted ? (...what) => this.#tellOfRemoval(...what) : undefined
    })
    const watchLoop = (): void => {
      const wasTold = this.#tellsLoop
      this.#tellsLoop = events.wants('event-loop-before-sleep') || events.wants('event-loop-after-sleep')
      // Who begins to listen does so while the loop works: what it hears of first is that the loop is about to wait.
      if (this.#tellsLoop && !wasTold) this.#awaitSleep()
    }
    events.whenWanted('event-loop-before-sleep', watchLoop)
    events.whenWanted('event-loop-after-sleep', watchLoop)
  }

  #tellOfRemoval(database: Database, entry: Entry, reason: RemovalReason): void {
    const { keyspace } = this
    const wasEnabled = keyspace.expiryEnabled
    // The value may still be read, also where it goes because its time has come.
    keyspace.expiryEnabled = false
    this.events.emit('key-removed', { db: database.index, key: entry.key, reason })
    keyspace.expiryEnabled = wasEnabled
  }

  /** Tells that the event loop has begun to work, and, once it has nothing left to do, that it is about to wait. */
  #wake(): void {
    if (this.#isAwake) return
    this.events.emit('event-loop-after-sleep', {})
    this.#awaitSleep()
  }

  #awaitSleep(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    setImmediate(() => {
      this.#isAwake = false
      this.events.emit('event-loop-before-sleep', {})
    })
  }

  #addPeriodicWork(): void {
    const { cron, eviction, expiryCycle, keyspace } = this
    cron.add(0, () => !this.pauses.active && expiryCycle.run(SLICE_MS))
    cron.add(0, () => !keyspace.disposeSome(SLICE_MS))
    cron.add(0, () => keyspace.objects.recount(RECOUNTED_VALUES))
    cron.add(0, () => !this.pauses.active && eviction.round())
  }

  #followConfig(): void {
    const { config } = this
    this.keyspace.limits.follow(config)
    this.outputLimits.follow(config)
    this.eviction.follow(config)
    config.follow(['maxmemory'], () => {
      if (this.eviction.maxBytes > 0) this.dispatcher.gate |= ServerGate.outOfMemory
      else this.dispatcher.gate &= ~ServerGate.outOfMemory
      // A lower limit holds at once, not only when the next command needs memory.
      this.eviction.isPending = this.eviction.maxBytes > 0
    })
    config.follow(['active-expire-effort'], () => {
      this.expiryCycle.effort = config.integer('active-expire-effort') - 1
    })
    this.notifications.onChange = () => this.#listenToKeyspace()
    config.follow(['notify-keyspace-events'], () => {
      this.notifications.setFlags(config.text('notify-keyspace-events'))
    })
    config.follow(['loglevel'], () => {
      this.log.level = config.text('loglevel') as LogLevel
    })
    config.follow(['proto-max-bulk-len', 'client-query-buffer-limit'], () => {
      this.requestLimits.maxBulkBytes = config.integer('proto-max-bulk-len')
      this.requestLimits.maxQueryBytes = config.integer('client-query-buffer-limit')
    })
  }

  /** Has the keyspace tell of misses and new strings only while somebody wants to hear of them. */
  #listenToKeyspace(): void {
    const { keyspace, notifications } = this
    const wantsMisses = notifications.wants('key-miss')
    keyspace.missHook = wantsMisses
      ? (database, key) => notifications.notify('key-miss', 'keymiss', Buffer.from(key), database)
      : undefined
    keyspace.onNewString = notifications.wants('new')
      ? (database, key) => notifications.notify('new', 'new', key, database)
      : undefined
  }

  /**
   * Loads the modules and what was saved, listens, and begins periodic work.
   * @param options what differs in a server within another program: `anyPort` makes port 0 stand for any free port
   *   instead of none, `load` set to false leaves an RDB file that is there alone
   * @throws Error with the reason where a module cannot be loaded, the saved data is damaged or an address cannot be
   *   listened at
   */
  async start(options: { readonly anyPort?: boolean; readonly load?: boolean } = {}): Promise<void> {
    const { dispatcher, listeners, log } = this
    await this.modules.loadConfigured()
    this.users.loadConfigured()
    dispatcher.gate |= ServerGate.loading
    // Once it listens, nothing is waited for before the load: clients of a file that is loaded soon hear nothing of it.
    const loads = options.load !== false && this.persistence.hasFile
    if (loads) await this.eventsWhileBlocked.prepare()
    await listeners.open(options.anyPort ?? false)
    log.notice('Server initialized')
    if (loads) {
      this.persistence.load()
      if (this.#closing !== undefined) return
    }
    dispatcher.gate &= ~ServerGate.loading
    this.cron.start()
    if (listeners.port !== 0) log.notice(`Ready to accept connections tcp port=${listeners.port}`)
    if (listeners.path !== undefined) log.notice(`Ready to accept connections unix path=${listeners.path}`)
  }

  /** Called before the commands of one chunk of input run. */
  enter(): void {
    if (this.#batchDepth++ > 0) return
    this.stats.cycles++
    if (this.#tellsLoop) this.#wake()
    this.keyspace.tick()
    this.dispatcher.startBatch()
  }

  /** Called after the commands of one chunk of input ran. */
  leave(): void {
    this.#batchDepth--
  }

  /**
   * Sends what was written to a client once the sockets that are ready now have all been read. Sending all replies in
   * one go rather than between reads wakes the peers once, which halves what the system spends on it.
   */
  flushSoon(client: Client): void {
    if (client.flushQueued) return
    client.flushQueued = true
    if (this.#flushQueue.push(client) === 1) setImmediate(this.#flushAll)
  }

  #flushAll = (): void => {
    const clients = this.#flushQueue
    this.#flushQueue = []
    for (const client of clients) {
      client.flushQueued = false
      client.link?.flush()
    }
    this.clientEviction.settle(clients)
  }

  /** Sends at once what waits for clients none of whose commands runs: for the middle of another's. */
  flushIdle(): void {
    const busy: Client[] = []
    for (const client of this.#flushQueue) {
      const { blocked, context, link } = client
      if (link?.isProcessing === true || blocked !== undefined || context.command !== undefined) {
        busy.push(client)
        continue
      }
      client.flushQueued = false
      link?.flush()
    }
    this.#flushQueue = busy
  }

  /** Whether a change of a key is nobody's concern. */
  get changesAreIdle(): boolean {
    return this.notifications.idle && !this.changesAreFollowed
  }

  /** Whether clients watch or track keys. */
  get changesAreFollowed(): boolean {
    return !this.watches.isEmpty || !this.tracking.isIdle
  }

  /**
   * Tells watchers, clients that track keys and listeners that a key has changed.
   * @param isByCommand false where the key has expired or was evicted
   */
  signalChange(
    database: Database,
    key: Buffer,
    eventClass: KeyspaceEventClass,
    event: string,
    isByCommand = true,
  ): void {
    this.keyChanged(database, key, isByCommand)
    if (!this.notifications.idle) this.notifications.notify(eventClass, event, key, database)
  }

  /** Tells watchers and clients that track keys that a key has changed. */
  keyChanged(database: Database, key: Buffer, isByCommand = true): void {
    if (!this.watches.isEmpty) this.watches.changed(database, key)
    if (!this.tracking.isIdle) this.tracking.changed(key, isByCommand)
  }

  /** Removes all keys of `databases`, telling modules, watchers and clients that track keys; returns how many there were. */
  flush(databases: readonly Database[], isAsync = false): number {
    const [only] = databases
    const isAll = databases === this.keyspace.databases || only === undefined
    const event = { db: isAll ? -1 : only.index, async: isAsync }
    this.events.emit('flush-start', event)
    for (const database of databases) {
      this.watches.changedAll(database, (key) => database.peek(key, 0, key.length) !== undefined)
    }
    this.tracking.flushed()
    const removed = this.keyspace.flush(databases)
    this.events.emit('flush-end', event)
    return removed
  }

  /** Writes to a client what was to follow the reply of the command that has just ended. */
  sendPushed(client: Client): void {
    this.pubsub.sendDeferred(client)
    this.tracking.sendPending(client)
  }

  /** Runs part of a blocked client's command outside its own batch. */
  runBlocked(
    client: Client,
    command: Command | undefined,
    work: (ctx: CommandContext) => HandlerResult,
  ): void {
    this.enter()
    const mark = client.reply.length
    this.tracking.during(client, () => this.dispatcher.runPart(client, command, work))
    if ((client.gate & Gate.replyOff) === 0) this.sendPushed(client)
    else muteFrom(this, client, mark)
    this.flushSoon(client)
    this.leave()
  }

  /** A client's wait is over: its next requests run once the present batch is done. */
  resumed(client: Client): void {
    this.flushSoon(client)
    setImmediate(() => {
      if (!client.closed) client.link?.resume()
    })
  }

  /** Forgets a client that is gone, with everything it had going on. */
  clientLeft(client: Client): void {
    client.waiting = undefined
    this.blocking.abandon(client)
    this.pubsub.unsubscribeAll(client)
    this.tracking.forget(client)
    this.monitors.remove(client)
    this.pauses.forget(client)
    endTransaction(this, client)
  }

  /** Makes room where `maxmemory` is reached; false where it cannot. While the data must not change, nothing is done. */
  freeMemory(): boolean {
    if (this.pauses.active || (this.dispatcher.gate & ServerGate.loading) !== 0) return true
    return this.eviction.freeMemory()
  }

  /** Sets the figures that INFO shows back to zero, as CONFIG RESETSTAT does. */
  resetFigures(): void {
    const { keyspace } = this
    this.stats.reset()
    keyspace.hits = 0
    keyspace.misses = 0
    keyspace.expiredKeys = 0
    keyspace.evictedKeys = 0
    this.eviction.resetFigures()
    this.expiryCycle.resetFigures()
    this.clientEviction.evicted = 0
    for (const command of this.registry.commands.values()) command.resetFigures()
  }

  /** Gives the data a new history, as far as replicas are concerned. */
  newReplicationId(): void {
    this.replicationId = randomBytes(20).toString('hex')
  }

  /**
   * Stops listening, closes every connection, lets modules clean up and ends all timers: nothing is left that would keep
   * a process alive. Data is not saved.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Does something when the server has closed, after its modules have cleaned up. */
  onClose(work: () => void): void {
    this.#atClose.push(work)
  }

  async #close(): Promise<void> {
    this.events.emit('shutdown', {})
    this.listeners.close()
    this.cron.stop()
    this.pauses.close()
    for (const client of [...this.clients.values()]) client.link?.destroy('server closes')
    await this.persistence.cancel()
    await this.modules.close()
    for (const work of this.#atClose) work()
    // The handles of listeners and connections go at the end of this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
  }
}
