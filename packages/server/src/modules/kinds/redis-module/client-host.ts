import type { Arguments, ByteSource, CallerInfo, Slice } from '@modis/bridge'
import { KeyPermission, type User } from '../../../acl/user.ts'
import type { Client } from '../../../client/client.ts'
import type { Authenticator, ModuleVerdict } from '../../../client/clients.ts'
import type { Command } from '../../../dispatch/command.ts'
import type { CommandContext } from '../../../dispatch/command-context.ts'
import { bytesOf, textOf } from '../../../protocol/lossless-text.ts'
import { CommandHost, flagsOf } from './command-host.ts'
import { copyOf } from './keyspace-host.ts'
import { ClientFlag, KEY_FLAG_BITS } from './numbers.ts'
import { writeOutput } from './output.ts'

/** `replyPending` of the bridge. */
const PENDING = -1
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** What `REDISMODULE_ACL_LOG_*` count. */
const ACL_LOG_REASONS = ['auth', 'command', 'key', 'channel'] as const

/** A client that waits for a Redis module. */
interface ModuleBlock {
  readonly client: Client
  readonly command: Command | undefined
  timer: NodeJS.Timeout | undefined
}

/** Clients and users for Redis modules. */
export class ClientHost extends CommandHost {
  readonly #blocks = new Map<number, ModuleBlock>()
  #asksModules = false
  readonly #authenticator: Authenticator = {
    ask: (client, user, password) => this.#ask(client, user, password),
    userChanged: (client) => this.bridge().userChanged(client.id),
  }
  /** Blocks that the deletion of their keys may end too. */
  readonly #deletionWaits = new Set<number>()
  #unfollow: (() => void)[] = []

  blockClient(
    blocked: number,
    id: number,
    timeoutMs: number,
    keys: Arguments | null,
    whenDeleted: boolean,
    mayTimeOut: boolean,
  ): void {
    const client = this.client(id)
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
    const client = this.client(id)
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

  clientUser(id: number): ByteSource | null {
    const client = this.client(id)
    return client === undefined ? null : bytesOf(client.user.name)
  }

  redactArgument(id: number, position: number): boolean {
    const client = this.client(id)
    const command = client?.context.command?.fullName
    if (client === undefined || command === undefined) return false
    if (client.redacted?.command !== command) client.redacted = { command, positions: new Set() }
    client.redacted.positions.add(position)
    return true
  }

  currentCommandName(id: number): string {
    return this.client(id)?.context.command?.fullName ?? ''
  }

  userCreate(name: Slice): number {
    return this.users.create(copyOf(name))
  }

  userFree(user: number, disconnect: boolean): void {
    this.users.free(user, disconnect)
  }

  userByName(name: Slice): number {
    return this.users.find(copyOf(name))
  }

  userName(user: number): ByteSource | null {
    const found = this.users.get(user)
    return found === undefined ? null : bytesOf(found.name)
  }

  userSetRules(user: number, rules: Slice, isLine: boolean): ByteSource | null {
    const error = this.users.setRules(user, copyOf(rules), isLine)
    return error === undefined ? null : bytesOf(error)
  }

  userRules(user: number): ByteSource | null {
    const found = this.users.get(user)
    return found === undefined ? null : bytesOf(found.describe())
  }

  userMayAccessKey(user: number, key: Slice, flags: number, isPrefix: boolean): boolean {
    return this.users.get(user)?.mayAccessKey(copyOf(key), permissionsOf(flags), isPrefix) ?? false
  }

  userMayAccessChannel(user: number, channel: Slice, isPattern: boolean): boolean {
    return this.users.get(user)?.mayAccessChannel(copyOf(channel), isPattern) ?? false
  }

  aclLogAdd(user: Slice, object: Slice, reason: number, caller: CallerInfo): void {
    const denied = ACL_LOG_REASONS[reason]
    if (denied === undefined) return
    const client = this.actor(caller)
    const event = { reason: denied, context: 'module', object: copyOf(object), client } as const
    this.server.users.log.add({ ...event, user: textOf(copyOf(user)) })
  }

  authenticate(id: number, number: number): boolean {
    return this.#become(id, this.users.get(number))
  }

  authenticateByName(id: number, name: Slice): boolean {
    return this.#become(id, this.server.users.get(textOf(copyOf(name))))
  }

  #become(id: number, user: User | undefined): boolean {
    const { clients, users } = this.server
    const client = clients.get(id)
    if (client === undefined || user === undefined || !user.isEnabled) return false
    // Whoever let the client in hears when it becomes another user, or goes.
    clients.authenticator ??= this.#authenticator
    users.become(client, user)
    return true
  }

  deauthenticate(id: number): boolean {
    const { clients, users } = this.server
    const client = clients.get(id)
    if (client === undefined) return false
    clients.authenticator?.userChanged(client)
    users.expel(client, 'a module took its authentication back')
    return true
  }

  authCallbacksWanted(wanted: boolean): void {
    this.#asksModules = wanted
    if (wanted) this.server.clients.authenticator ??= this.#authenticator
  }

  #ask(client: Client, user: Buffer, password: Buffer): ModuleVerdict {
    if (!this.#asksModules) return 'no opinion'
    const caller = {
      client: this.idOf(client),
      db: client.db,
      resp: client.resp,
      flags: flagsOf(client.context),
    }
    const { outcome, error } = this.bridge().authenticate(caller, user, password)
    if (outcome === 'not handled') return 'no opinion'
    if (outcome === 'waits') return 'later'
    return outcome === 'welcome' && client.isAuthenticated ? 'welcome' : { denied: error }
  }

  authUnblocked(blocked: number, measuredUs: number): void {
    const block = this.#blocks.get(blocked)
    const waiting = block?.client.waiting
    if (block === undefined || waiting === undefined) return
    const { client, command } = block
    waiting.microseconds += measuredUs
    this.#forget(blocked)
    const wait = client.blocked
    this.server.runBlocked(client, command, (ctx) => {
      waiting.command.handler?.(ctx, waiting.args)
    })
    // Another module may have made it wait again.
    if (client.blocked === wait) this.server.blocking.release(client)
  }
}

/** What `REDISMODULE_CMD_KEY_*` say a key is used for. */
function permissionsOf(flags: number): number {
  const { access, insert, update, delete: removes } = KEY_FLAG_BITS
  let permissions = 0
  if ((flags & access) !== 0) permissions |= KeyPermission.read
  if ((flags & (insert | update | removes)) !== 0) permissions |= KeyPermission.write
  return permissions
}

function keyNames({ bytes, offsets, first, count }: Arguments): Buffer[] {
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(bytes.subarray(offsets[first + 2 * i] as number, offsets[first + 2 * i + 1] as number)),
  )
}
