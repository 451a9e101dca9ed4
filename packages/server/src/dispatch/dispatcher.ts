// The global of this name is a getter that is called at every use.
import { performance } from 'node:perf_hooks'
import { CommandError } from '@modis/sdk'
import { type Client, Gate } from '../client/client.ts'
import { endTransaction, queue } from '../client/transaction.ts'
import { Histogram } from '../info/histogram.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { writeValue } from '../protocol/write-value.ts'
import type { Server } from '../server.ts'
import type { Command, HandlerResult } from './command.ts'
import type { CommandContext } from './command-context.ts'
import { unknownCommand, unknownSubcommand, wrongArity } from './command-errors.ts'
import { isHeldByPause, refusal } from './gates.ts'
import { ServerGate } from './server-gate.ts'

/** Takes requests to their commands: the stage between the parser and the handlers. */
export class Dispatcher {
  readonly #server: Server
  /** Depth of commands that run within commands. */
  #depth = 0
  /** When the last command of this batch ended: the start of the next, so that the clock is read once for each. */
  #clockMs = 0
  /** Conditions of the whole server that keep commands from simply running; see gates.ts. */
  gate = 0
  /** Commands that took at least so many microseconds are looked at by SLOWLOG and LATENCY. */
  slowMicroseconds = Number.POSITIVE_INFINITY
  /** Whether the client that is served tracks the keys it reads. */
  tracksReads = false
  /** Called when a command is over that no other contains, and with false when more of its transaction follow. */
  afterCommand: ((isOver: boolean) => void) | undefined
  /** Whether the durations of commands are counted by size. */
  tracksLatency = true

  constructor(server: Server) {
    this.#server = server
  }

  /** When the command began that no other contains, by the monotonic clock; the last one where none runs. */
  get startedMs(): number {
    return this.#clockMs
  }

  /** Serves others in the middle of a command: what belongs to the one that goes on is put aside meanwhile. */
  apart(work: () => void): void {
    const server = this.#server
    const { executing, keyspace } = server
    const { touchOnRead } = keyspace
    server.executing = undefined
    this.gate |= ServerGate.busy
    this.#depth++
    try {
      server.tracking.apart(work)
    } finally {
      this.#depth--
      this.gate &= ~ServerGate.busy
      keyspace.touchOnRead = touchOnRead
      server.executing = executing
    }
  }

  /** Called once before the commands that one chunk of input holds. */
  startBatch(): void {
    this.#clockMs = performance.now()
  }

  /** Runs, queues or refuses one request of a client. */
  dispatch(client: Client, args: RequestArgs): void {
    const server = this.#server
    if (server.filters !== undefined) server.filters(client, args)
    let command = server.registry.commands.find(args, 0)
    if (command?.subcommands !== undefined && args.count > 1) {
      const subcommand = command.subcommands.get(args.string(1).toLowerCase())
      if (subcommand === undefined) {
        this.#reject(client, command, unknownSubcommand(command, args))
        return
      }
      command = subcommand
    }
    if (command === undefined) {
      this.#unknown(client, args)
      return
    }
    if (!command.accepts(args.count)) {
      this.#reject(client, command, wrongArity(command))
      return
    }
    if ((client.gate | this.gate | command.gate) !== 0) this.#dispatchGated(client, command, args)
    else this.run(client, command, args)
    if (server.blocking.readyCount > 0 && this.#depth === 0) server.blocking.serve()
  }

  /** The way of a request that something may stand against. */
  #dispatchGated(client: Client, command: Command, args: RequestArgs): void {
    const server = this.#server
    const error = refusal(server, client, command, args)
    if (error !== undefined) {
      this.#reject(client, command, error)
      return
    }
    if ((this.gate & ServerGate.paused) !== 0 && isHeldByPause(client, command, server.pauses.onlyWrites)) {
      server.pauses.hold(client, command, args)
      return
    }
    const isTracked = (this.gate & ServerGate.tracked) !== 0
    if (isTracked) server.tracking.limitKeys()
    if (client.transaction !== undefined && queue(client, command, args)) return
    const { keyspace } = server
    // What such a client does is no use of a key, but for TOUCH, which is there for nothing else.
    keyspace.touchOnRead = (client.gate & Gate.noTouch) === 0 || command.name === 'touch'
    if (isTracked || client.transaction !== undefined)
      server.tracking.during(client, () => this.run(client, command, args))
    else this.run(client, command, args)
    keyspace.touchOnRead = true
    server.tracking.endCaching(client, command)
    if ((this.gate & ServerGate.observed) !== 0) server.monitors.show(client, command, args)
    // Where replies are off, what is pushed has to wait until the reply has been taken back.
    if ((client.gate & Gate.replyOff) === 0) server.sendPushed(client)
  }

  #unknown(client: Client, args: RequestArgs): void {
    // A browser that was sent here speaks HTTP: nothing of what its page wants done may happen.
    if (args.equals(0, 'POST') || args.equals(0, 'HOST:')) {
      this.#server.log.warning(
        `Possible SECURITY ATTACK detected: ${client.address} sent a line of HTTP; the connection is closed.`,
      )
      client.link?.destroy('HTTP request')
      return
    }
    this.#reject(client, undefined, unknownCommand(args))
  }

  #reject(client: Client, command: Command | undefined, error: CommandError): void {
    if (command !== undefined) command.rejected++
    this.#server.tracking.endCaching(client, command)
    if (client.transaction !== undefined) client.transaction.failed = true
    if (command?.name === 'exec') {
      endTransaction(this.#server, client)
      const reason = error.code === 'ERR' ? error.message : `${error.code} ${error.message}`
      client.reply.error(`Transaction discarded because of: ${reason}`, 'EXECABORT')
    } else client.reply.error(error.message, error.code)
    this.#countError(client)
  }

  /** Counts the errors of a client that are not counted yet: once, however deep the command that replied them was. */
  #countError({ reply, isInternal }: Client): void {
    reply.countedErrors = reply.errors
    // The error of a module's call reaches no client, unless the module replies it: then it is counted there.
    if (isInternal) return
    this.#server.stats.countError(reply.lastErrorCode)
  }

  /** Runs a command whose arguments and permissions are checked, and counts it. */
  run(client: Client, command: Command, args: RequestArgs): void {
    const context = client.context
    const reply = client.reply
    const outer = context.command
    context.command = command
    client.lastCommand = command
    this.#depth++
    const startMs = this.#depth === 1 ? this.#clockMs : performance.now()
    try {
      const result = (command.handler as NonNullable<Command['handler']>)(context, args)
      if (result !== undefined) this.#finish(client, command, result)
    } catch (error) {
      this.#fail(client, command, error)
    }
    if (this.tracksReads && command.isReadOnly) this.#server.tracking.remember(command, args)
    const endMs = performance.now()
    this.#depth--
    context.command = outer
    if (this.#depth === 0) this.#clockMs = endMs
    const microseconds = (endMs - startMs) * 1000
    if (client.blocked !== undefined) client.waiting = { command, args: args.clone(), microseconds }
    else this.#count(client, command, args, microseconds)
    if (reply.errors !== reply.countedErrors) {
      command.failed++
      this.#countError(client)
    }
    if (this.afterCommand !== undefined) this.#tellEnd(this.afterCommand)
  }

  #tellEnd(afterCommand: (isOver: boolean) => void): void {
    const followsMore = this.#depth === 1 && this.#server.executing !== undefined
    if (this.#depth === 0 || followsMore) afterCommand(!followsMore)
  }

  #count(client: Client, command: Command, args: RequestArgs, microseconds: number): void {
    command.calls++
    command.microseconds += microseconds
    if (this.tracksLatency) {
      command.histogram ??= new Histogram()
      command.histogram.record(microseconds)
    }
    if (microseconds >= this.slowMicroseconds) {
      this.#server.slowCommands.note(client, command, args, microseconds)
    }
    this.#server.stats.commands++
  }

  /** Counts a command that had to wait, now that its client has the reply: by the time it ran, not by the time it waited. */
  countWaiting(client: Client): void {
    const { waiting } = client
    if (waiting === undefined) return
    client.waiting = undefined
    this.#count(client, waiting.command, waiting.args, waiting.microseconds)
  }

  #finish(client: Client, command: Command, result: HandlerResult | Promise<HandlerResult>): void {
    if (result instanceof Promise) this.#await(client, command, result)
    else if (result !== undefined) writeValue(client.reply, result)
  }

  /** Blocks the client until the handler's promise settles. */
  #await(client: Client, command: Command, promise: Promise<HandlerResult>): void {
    const blocking = this.#server.blocking
    if (!client.context.mayBlock) {
      promise.catch(() => {})
      throw new CommandError(
        `'${command.fullName}' waits, which is not possible in a transaction or a module's call`,
      )
    }
    let settled = false
    const settle = (work: (ctx: CommandContext) => HandlerResult): void => {
      if (settled) return
      settled = true
      this.#server.runBlocked(client, undefined, work)
      blocking.release(client)
    }
    const forget = (): void => {
      settled = true
    }
    blocking.block(
      client,
      { keys: [], timeoutMs: 0, retry: () => false, timeout: () => client.reply.null(), unblockable: false },
      command,
      forget,
    )
    promise.then(
      (value) => settle(() => value),
      (error) => {
        command.failed++
        settle(() => {
          throw error
        })
      },
    )
  }

  #fail(client: Client, command: Command | undefined, error: unknown): void {
    if (error instanceof CommandError) {
      client.reply.error(error.message, error.code)
      return
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const name =
      command === undefined ? 'a module' : `'${command.fullName}' of module '${command.module.name}'`
    this.#server.log.warning(`Command ${name} threw: ${text}`)
    client.reply.error(
      `${command?.fullName ?? 'command'} failed: ${error instanceof Error ? error.message : error}`,
    )
  }

  /** Runs part of a command that had to wait; what it throws becomes the reply. */
  runPart(client: Client, command: Command | undefined, work: (ctx: CommandContext) => HandlerResult): void {
    const outer = client.context.command
    client.context.command = command
    const startMs = performance.now()
    if (this.#depth++ === 0) this.#clockMs = startMs
    try {
      const result = work(client.context)
      if (result !== undefined) writeValue(client.reply, result)
    } catch (error) {
      this.#fail(client, command, error)
    }
    this.#depth--
    client.context.command = outer
    const { waiting } = client
    if (waiting !== undefined) waiting.microseconds += (performance.now() - startMs) * 1000
    // What a handler has read after its first `await` may have changed since the command was called.
    if (this.tracksReads && waiting?.command.isReadOnly) {
      this.#server.tracking.remember(waiting.command, waiting.args)
    }
    if (client.reply.errors !== client.reply.countedErrors) {
      if (command !== undefined) command.failed++
      this.#countError(client)
    }
    if (this.afterCommand !== undefined) this.#tellEnd(this.afterCommand)
  }
}
