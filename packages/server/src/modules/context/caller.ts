import { type CallArgument, type CallOptions, type CallReply, CommandError } from '@modis/sdk'
import { deniedToModule } from '../../acl/denials.ts'
import type { Client } from '../../client/client.ts'
import type { Database } from '../../keyspace/database.ts'
import { formatDouble } from '../../keyspace/packed/doubles.ts'
import { ReplyDecoder } from '../../protocol/reply-decoder.ts'
import { RequestArgs } from '../../protocol/request-args.ts'
import type { Server } from '../../server.ts'
import type { ModuleRecord } from '../module-record.ts'

/** Commands about the connection itself, which a call has none of. */
const CONNECTION_COMMANDS = new Set([
  ...['auth', 'hello', 'quit', 'reset', 'monitor', 'multi', 'exec', 'discard', 'watch', 'unwatch'],
  ...[
    'subscribe',
    'unsubscribe',
    'psubscribe',
    'punsubscribe',
    'ssubscribe',
    'sunsubscribe',
    'sync',
    'psync',
  ],
])

const noAuthentication = new CommandError('Authentication required.', 'NOAUTH')

const INITIAL_BYTES = 1024
const LARGEST_KEPT_BYTES = 1024 * 1024

/** One level of calls within calls: a client to call with and the memory for its arguments. */
interface Level {
  readonly client: Client
  readonly args: RequestArgs
}

/** Runs commands that modules call, as clients without a connection. */
export class CommandCaller {
  readonly #server: Server
  readonly #levels: Level[] = []
  readonly #decoder = new ReplyDecoder()
  #depth = 0
  /** The module whose call runs now; command filters ask. */
  calling: ModuleRecord | undefined

  constructor(server: Server) {
    this.#server = server
  }

  /**
   * Runs a command at once for `module` in `database`.
   * @param asClient whose user's rights count, where `options.asClient` says so
   * @throws CommandError where the command answers with an error and `options.errors` is not `return`
   */
  call(
    module: ModuleRecord,
    database: Database,
    asClient: Client | undefined,
    options: CallOptions,
    command: string,
    values: readonly CallArgument[],
  ): CallReply {
    const reply = this.#run(module, database, asClient, options, command, values)
    if (reply instanceof CommandError && options.errors !== 'return') throw reply
    return reply
  }

  #run(
    module: ModuleRecord,
    database: Database,
    asClient: Client | undefined,
    options: CallOptions,
    command: string,
    values: readonly CallArgument[],
  ): CallReply {
    if (CONNECTION_COMMANDS.has(command.toLowerCase())) {
      throw new CommandError(`'${command}' concerns a connection and cannot be called by a module`)
    }
    const level = this.#level()
    const { client, args } = level
    encode(args, command, values)
    const denial = this.#assume(client, options.asClient === true ? asClient : undefined, args)
    if (denial !== undefined) return denial
    client.database = database
    client.reply.version = options.resp ?? 3
    const outer = this.calling
    this.calling = module
    this.#depth++
    this.#server.enter()
    try {
      this.#server.dispatcher.dispatch(client, args)
      return this.#decoder.decode(client.reply.buffer, 0, options.text ?? false)
    } finally {
      this.#depth--
      this.calling = outer
      client.reply.release()
      if (args.buffer.length > LARGEST_KEPT_BYTES) args.buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
      this.#server.leave()
    }
  }

  /** Gives `client` the rights of another client, or without one all rights; tells where they do not do for a command. */
  #assume(client: Client, other: Client | undefined, args: RequestArgs): CommandError | undefined {
    const server = this.#server
    client.user = other?.user ?? server.users.default
    client.obeysUser = other?.obeysUser ?? false
    if (other === undefined || !client.obeysUser) return undefined
    // The handler may still run when its client has been turned away.
    if (!other.isAuthenticated) return noAuthentication
    const command = server.registry.resolve(args)
    // What is no command, or is called wrongly, fails as such.
    if (command === undefined || !command.accepts(args.count)) return undefined
    return deniedToModule(server, other.user, other, command, args)
  }

  /** Whether a client may run a command with these arguments. */
  mayRun(client: Client, name: string, values: readonly CallArgument[]): boolean {
    const args = new RequestArgs(Buffer.allocUnsafe(0))
    encode(args, name, values)
    const command = this.#server.registry.resolve(args)
    if (command === undefined || !command.accepts(args.count)) return false
    return client.may((user) => user.denialOf(command, args) === undefined)
  }

  #level(): Level {
    let level = this.#levels[this.#depth]
    if (level === undefined) {
      const client = this.#server.clients.createInternal()
      level = { client, args: new RequestArgs(Buffer.allocUnsafeSlow(INITIAL_BYTES)) }
      this.#levels.push(level)
    }
    return level
  }
}

/** Puts a command and its arguments into `args`, whose memory is used again. */
function encode(args: RequestArgs, command: string, values: readonly CallArgument[]): void {
  args.count = 0
  let at = append(args, command, 0)
  for (const value of values) {
    if (typeof value === 'number') at = append(args, numberText(value), at)
    else at = append(args, typeof value === 'bigint' ? value.toString() : value, at)
  }
}

function numberText(value: number): string {
  if (Number.isNaN(value)) throw new TypeError('an argument of a call is not a number (NaN)')
  return Number.isSafeInteger(value) ? String(value) : formatDouble(value)
}

function append(args: RequestArgs, value: Uint8Array | string, at: number): number {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
    throw new TypeError(
      `an argument of a call is ${value === null ? 'null' : typeof value}; bytes, text or numbers are allowed`,
    )
  }
  const most = typeof value === 'string' ? value.length * 3 : value.length
  if (at + most > args.buffer.length) {
    const grown = Buffer.allocUnsafeSlow(Math.max(args.buffer.length * 2, at + most))
    args.buffer.copy(grown, 0, 0, at)
    args.buffer = grown
  }
  let end = at
  if (typeof value === 'string') end += args.buffer.write(value, at)
  else {
    args.buffer.set(value, at)
    end += value.length
  }
  args.push(at, end)
  return end
}
