import type { Arguments, ByteSource, CallerInfo, Slice } from '@modis/bridge'
import { type Client, Gate } from '../../../client/client.ts'
import type { Authenticator, ModuleVerdict } from '../../../client/clients.ts'
import type { Command } from '../../../dispatch/command.ts'
import type { CommandContext } from '../../../dispatch/command-context.ts'
import { CommandHost } from './command-host.ts'
import { copyOf } from './keyspace-host.ts'
import { ClientFlag } from './numbers.ts'
import { writeOutput } from './output.ts'

/** `replyPending` of the bridge. */
const PENDING = -1
const LONGEST_TIMER_MS = 2 ** 31 - 1
const DEFAULT_USER = 1

/** A client that waits for a Redis module. */
interface ModuleBlock {
  readonly client: Client
  readonly command: Command | undefined
  timer: NodeJS.Timeout | undefined
}

/** Clients and users for Redis modules. The one user is `default`, as long as the server has no others. */
export class ClientHost extends CommandHost {
  readonly #blocks = new Map<number, ModuleBlock>()
  #asksModules = false
  /** The client that a module has let in last. */
  #welcomed: Client | undefined
  readonly #authenticator: Authenticator = {
    ask: (client, user, password) => this.#ask(client, user, password),
    userChanged: (client) => this.bridge().userChanged(client.id),
  }
  /** Blocks that the deletion of their keys may end too. */
  readonly #deletionWaits = new Set<number>()
  #unfollow: (() => void)[] = []

  #client(id: number): Client | undefined {
    return this.server.clients.get(id) ?? this.callerOf(id)
  }

  blockClient(
    blocked: number,
    id: number,
    timeoutMs: number,
    keys: Arguments | null,
    whenDeleted: boolean,
    mayTimeOut: boolean,
  ): void {
    const client = this.#client(id)
    if (client === undefined) return
    const block: ModuleBlock = { client, command: client.context.command, timer: undefined }
    this.#blocks.set(blocked, block)
    if (whenDeleted) this.#followDeletions(blocked)
    const serve = (ctx: CommandContext, length: number): boolean => {
      if (length === PENDING) return false
      this.#forget(blocked)
      this.#countMeasured(client)
      writeOutput(ctx.reply, this.bridge().output, length)
      return true
    }
    const options = {
      keys: keys === null ? [] : keyNames(keys),
      // The time is kept here: at its end the module may be about to unblock the client by itself.
      timeoutMs: 0,
      retry: (ctx: CommandContext, key: Buffer) =>
        serve(ctx, this.bridge().blockedKeyReady(blocked, key, client.resp)),
      timeout: (ctx: CommandContext) => void serve(ctx, this.bridge().blockedTimeout(blocked, client.resp)),
      unblockable: mayTimeOut,
    }
    this.server.blocking.block(client, options, block.command, () => {
      this.#forget(blocked)
      this.bridge().blockedGone(blocked)
    })
    if (timeoutMs > 0) this.#startTimer(blocked, block, Date.now() + timeoutMs)
  }

  #startTimer(blocked: number, block: ModuleBlock, atMs: number): void {
    const restMs = Math.min(Math.max(atMs - Date.now(), 0), LONGEST_TIMER_MS)
    block.timer = setTimeout(() => {
      if (Date.now() < atMs) {
        this.#startTimer(blocked, block, atMs)
        return
      }
      let served = false
      this.server.runBlocked(block.client, block.command, (ctx) => {
        const length = this.bridge().blockedTimeout(blocked, block.client.resp)
        if (length === PENDING) return
        served = true
        this.#countMeasured(block.client)
        writeOutput(ctx.reply, this.bridge().output, length)
      })
      if (served) this.#release(blocked)
    }, restMs)
  }

  /** The time that a module measured counts as time its command took. */
  #countMeasured({ waiting }: Client): void {
    if (waiting !== undefined) waiting.microseconds += this.bridge().measuredUs
  }

  /** Has the keyspace tell of keys that go, as long as a client waits for that as well. */
  #followDeletions(blocked: number): void {
    const { blocking, events, keyspace } = this.server
    this.#deletionWaits.add(blocked)
    if (this.#deletionWaits.size > 1) return
    this.#unfollow = [
      events.on('key-removed', ({ db, key }) => {
        blocking.signal(this.database(db), Buffer.from(key))
        this.serveSoon()
      }),
      events.on('flush-end', ({ db }) => {
        for (const each of db < 0 ? keyspace.databases : [this.database(db)]) blocking.signalAll(each)
        this.serveSoon()
      }),
    ]
  }

  #forget(blocked: number): void {
    clearTimeout(this.#blocks.get(blocked)?.timer)
    this.#blocks.delete(blocked)
    if (!this.#deletionWaits.delete(blocked) || this.#deletionWaits.size > 0) return
    for (const unfollow of this.#unfollow) unfollow()
  }

  #release(blocked: number): void {
    const client = this.#blocks.get(blocked)?.client
    this.#forget(blocked)
    if (client !== undefined) this.server.blocking.release(client)
  }

  unblocked(blocked: number, _client: number, reply: Slice, elapsedUs: number): void {
    const block = this.#blocks.get(blocked)
    if (block === undefined) return
    if (block.client.waiting !== undefined) block.client.waiting.microseconds += elapsedUs
    this.server.runBlocked(block.client, block.command, (ctx) => {
      writeOutput(ctx.reply, reply.bytes, reply.end, reply.start)
    })
    this.#release(blocked)
  }

  blockAborted(blocked: number, _client: number): void {
    this.#release(blocked)
  }

  selectDb(id: number, db: number): boolean {
    const database = this.server.keyspace.databases[db]
    if (database === undefined) return false
    const client = this.#client(id)
    if (client !== undefined) client.database = database
    return true
  }

  clientInfo(id: number): { flags: number; address: string; port: number; db: number; resp: number } | null {
    const client = this.server.clients.get(id)
    if (client === undefined) return null
    let flags = 0
    if (client.subscriptionCount > 0) flags |= ClientFlag.pubsub
    if (client.blocked !== undefined) flags |= ClientFlag.blocked
    if (client.tracking !== undefined) flags |= ClientFlag.tracking
    if (client.link?.isUnix === true) flags |= ClientFlag.unixSocket
    if (client === this.server.executing) flags |= ClientFlag.multi
    const colon = client.address.lastIndexOf(':')
    const address = client.address.slice(0, colon).replace(/^\[|\]$/g, '')
    return { flags, address, port: Number(client.address.slice(colon + 1)), db: client.db, resp: client.resp }
  }

  clientName(id: number): ByteSource | null {
    const client = this.server.clients.get(id)
    return client === undefined || client.name === '' ? null : Buffer.from(client.name)
  }

  setClientName(id: number, name: Slice): boolean {
    const client = this.server.clients.get(id)
    const text = copyOf(name).toString()
    if (client === undefined || /[^!-~]/.test(text)) return false
    client.name = text
    return true
  }

  clientUser(id: number): string | null {
    return this.#client(id)?.user.name ?? null
  }

  closeClient(id: number): boolean {
    const client = this.server.clients.get(id)
    client?.link?.closeAfterFlush()
    return client !== undefined
  }

  redactArgument(id: number, position: number): boolean {
    const client = this.#client(id)
    const command = client?.context.command?.fullName
    if (client === undefined || command === undefined) return false
    if (client.redacted?.command !== command) client.redacted = { command, positions: new Set() }
    client.redacted.positions.add(position)
    return true
  }

  currentCommandName(id: number): string {
    return this.#client(id)?.context.command?.fullName ?? ''
  }

  // There is one user until the server has access control lists; modules learn that others cannot be made.

  userCreate(_name: string): number {
    return 0
  }

  userFree(_user: number): void {}

  userByName(name: string): number {
    return name === 'default' ? DEFAULT_USER : 0
  }

  userName(user: number): string {
    return user === DEFAULT_USER ? 'default' : ''
  }

  userSetRules(_user: number, _rules: string): string | null {
    return 'ERR this server has no access control lists'
  }

  userRules(_user: number): string {
    return 'on nopass sanitize-payload ~* &* +@all'
  }

  userMayRun(_user: number, args: Arguments): 'yes' | 'no' | 'unknown-command' {
    return this.commandKeys(args) === 'unknown' ? 'unknown-command' : 'yes'
  }

  userMayAccessKey(user: number, _key: Slice, _flags: number, _isPrefix: boolean): boolean {
    return user === DEFAULT_USER
  }

  userMayAccessChannel(user: number, _channel: Slice, _flags: number): boolean {
    return user === DEFAULT_USER
  }

  aclLogAdd(user: string, object: Slice, _reason: number, caller: CallerInfo): void {
    this.server.log.notice(
      `A module denies user '${user}' of client ${caller.client} the use of '${copyOf(object)}'`,
    )
  }

  authenticate(id: number, user: number): boolean {
    const client = this.server.clients.get(id)
    if (client === undefined || user !== DEFAULT_USER) return false
    client.isAuthenticated = true
    client.gate &= ~Gate.unauthenticated
    this.#welcomed = client
    // Whoever let the client in hears when it becomes another user, or goes.
    this.server.clients.authenticator ??= this.#authenticator
    return true
  }

  authCallbacksWanted(wanted: boolean): void {
    this.#asksModules = wanted
    if (wanted) this.server.clients.authenticator ??= this.#authenticator
  }

  #ask(client: Client, user: Buffer, password: Buffer): ModuleVerdict {
    if (!this.#asksModules) return 'no opinion'
    this.#welcomed = undefined
    const { handled, error } = this.bridge().authenticate(this.idOf(client), user, password)
    if (!handled) return 'no opinion'
    return this.#welcomed === client ? 'welcome' : { denied: error }
  }
}

function keyNames({ bytes, offsets, first, count }: Arguments): Buffer[] {
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(bytes.subarray(offsets[first + 2 * i] as number, offsets[first + 2 * i + 1] as number)),
  )
}
