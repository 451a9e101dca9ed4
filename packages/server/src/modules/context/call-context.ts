import {
  type BlockOnKeys,
  type BytesLike,
  type CallArgument,
  type CallOptions,
  type CallReply,
  type ClientInfo,
  type Context,
  type DenialReason,
  type ExecutionFlags,
  type Key,
  type KeyMode,
  type KeyspaceEventClass,
  type Log,
  ReadOnlyKeyError,
  type Reply,
  type ReplyValue,
} from '@modis/sdk'
import { errorOf } from '../../acl/denials.ts'
import { KeyPermission } from '../../acl/user.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { ServerGate } from '../../dispatch/server-gate.ts'
import type { Database } from '../../keyspace/database.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import type { Access } from './access.ts'
import { bufferOf } from './bytes.ts'
import { KeyHandle } from './key.ts'
import type { ModuleRuntime } from './runtime.ts'
import { blockOnKeys, KeyWait } from './waiting.ts'

const NO_OPTIONS: CallOptions = {}
const { read, write } = KeyPermission
const PERMISSIONS: Readonly<Record<KeyMode, number>> = { R: read, W: write, RW: read | write }
const DENIAL_REASONS: readonly DenialReason[] = ['command', 'key', 'channel']

/** The context of one run of a module's command; also the {@link Access} of the keys opened before its first await. */
export class CallContext implements Context, Access {
  readonly runtime: ModuleRuntime
  readonly #ctx: CommandContext
  readonly #args: RequestArgs
  /** Whether the handler has neither returned nor awaited yet. */
  active = true
  /** Stretch of an async handler after an await; undefined before it has used the server in it. */
  #later: Access | undefined
  #finished = false
  #aborted: AbortController | undefined
  /** Set by {@link blockOnKeys}: the reply comes later. */
  isWaiting = false
  /** The last of the keys among the arguments, linked to those before it. */
  #argumentKeys: KeyHandle | undefined

  constructor(runtime: ModuleRuntime, ctx: CommandContext, args: RequestArgs) {
    this.runtime = runtime
    this.#ctx = ctx
    this.#args = args
  }

  /** A context for the same client, for serving it later. */
  again(): CallContext {
    return new CallContext(this.runtime, this.#ctx, this.#args)
  }

  /** The handler has returned or awaited and goes on later: its keys are stale, but for their names. */
  suspend(): void {
    for (let key = this.#argumentKeys; key !== undefined; key = key.previous) key.keepName()
    this.#argumentKeys = undefined
    this.#args.detach()
    this.active = false
  }

  /** The command has its reply: nothing may be done through the context any more. */
  finish(): void {
    this.active = false
    this.#finished = true
  }

  /** @param reason the message of the signal's reason, which is an `AbortError` */
  abort(reason: string): void {
    this.#aborted ??= new AbortController()
    this.#aborted.abort(new DOMException(reason, 'AbortError'))
  }

  /**
   * The present stretch of the handler. After an await, the first use of the server starts one, as a batch of commands of
   * its own; it ends when the code that runs now awaits again or returns.
   * @throws Error where the command is over, or the module
   */
  #access(): Access {
    if (this.active) return this
    if (this.#later !== undefined) return this.#later
    const { runtime } = this
    if (this.#finished) throw new Error('the context was used after its command had its reply')
    if (runtime.isGone) throw new Error(`module '${runtime.record.name}' is not loaded any more`)
    const { server } = runtime
    const access: Access = { runtime, active: true }
    this.#later = access
    server.enter()
    // Queued ahead of whatever the code awaits next, so that this runs first.
    queueMicrotask(() => {
      access.active = false
      this.#later = undefined
      if (server.blocking.readyCount > 0) server.blocking.serve()
      server.leave()
    })
    return access
  }

  get state(): unknown {
    return this.runtime.record.value
  }

  get config(): unknown {
    return this.runtime.config
  }

  get client(): ClientInfo {
    const { id, name, user, address, db, resp, isInternal } = this.#ctx.client
    return { id, name, user: user.name, address, db, resp, isInternal }
  }

  get db(): number {
    return this.#ctx.client.database.index
  }

  get flags(): ExecutionFlags {
    return new CallFlags(this.#ctx)
  }

  get signal(): AbortSignal {
    this.#aborted ??= new AbortController()
    return this.#aborted.signal
  }

  get reply(): Reply {
    if (!this.active)
      throw new Error(
        'ctx.reply was used after the handler had returned or awaited; return the reply instead',
      )
    return this.#ctx.reply
  }

  get log(): Log {
    return this.runtime.log
  }

  get #database(): Database {
    return this.#ctx.client.database
  }

  /** Opens the key in argument `index` of the command itself. */
  argumentKey(index: number, mode: KeyMode): Key {
    const args = this.#args
    const key = new KeyHandle(
      this,
      this.#ctx.client.database,
      args.buffer,
      args.starts[index] as number,
      args.ends[index] as number,
      mode,
    )
    key.borrowName(this.#argumentKeys)
    this.#argumentKeys = key
    return key
  }

  key(name: BytesLike, mode?: KeyMode): Key {
    const access = this.#access()
    const bytes = bufferOf(name)
    const isReader = this.#ctx.command?.flags.has('readonly') ?? false
    if (isReader && mode !== undefined && mode !== 'R') throw new ReadOnlyKeyError(bytes.toString())
    return new KeyHandle(access, this.#database, bytes, 0, bytes.length, mode ?? (isReader ? 'R' : 'RW'))
  }

  call<Shape extends CallReply = CallReply>(command: string, ...args: readonly CallArgument[]): Shape {
    return this.#call(NO_OPTIONS, command, args) as Shape
  }

  callWith<Shape extends CallReply = CallReply>(
    options: CallOptions,
    command: string,
    ...args: readonly CallArgument[]
  ): Shape {
    return this.#call(options, command, args) as Shape
  }

  #call(options: CallOptions, command: string, args: readonly CallArgument[]): CallReply {
    const { runtime } = this.#access()
    const { client } = this.#ctx
    return runtime.server.caller.call(runtime.record, client.database, client, options, command, args)
  }

  blockOnKeys(options: BlockOnKeys<unknown, unknown>): Promise<ReplyValue | undefined> {
    if (!this.active) throw new Error('blockOnKeys is to be called before the first await')
    if (this.isWaiting) throw new Error('blockOnKeys was called twice')
    let value: ReplyValue | undefined
    if (!this.#ctx.mayBlock) value = options.timeout(this)
    else {
      this.isWaiting = true
      blockOnKeys(this, this.#ctx, this.#args, options)
    }
    return new KeyWait(value) as unknown as Promise<ReplyValue | undefined>
  }

  publish(channel: BytesLike, message: BytesLike, options?: { readonly sharded?: boolean }): number {
    const { server } = this.#access().runtime
    // Subscribers' copies are made later, when the module may have changed its bytes.
    const name = Buffer.from(bufferOf(channel))
    const text = Buffer.from(bufferOf(message))
    return options?.sharded === true
      ? server.pubsub.publishToShard(name, text)
      : server.pubsub.publish(name, text)
  }

  notify(event: string, key: Key | BytesLike, eventClass: KeyspaceEventClass = 'module'): void {
    const { server } = this.#access().runtime
    if (server.notifications.idle) return
    const isHandle = key instanceof KeyHandle
    const name = isHandle ? key.name : Buffer.from(bufferOf(key as BytesLike))
    server.notifications.notify(eventClass, event, name, isHandle ? key.database : this.#database)
  }

  replicate(_command: string, ..._args: readonly CallArgument[]): void {
    // There is neither a replica nor an append-only file that the command could go to.
    this.#access()
  }

  now(): number {
    return this.runtime.server.keyspace.nowMs
  }

  mayRun(command: string, ...args: readonly CallArgument[]): boolean {
    return this.runtime.server.caller.mayRun(this.#ctx.client, command, args)
  }

  mayAccess(key: BytesLike, mode: KeyMode, options?: { readonly prefix?: boolean }): boolean {
    const permissions = PERMISSIONS[mode]
    if (permissions === undefined) throw new TypeError(`a mode is 'R', 'W' or 'RW', got '${mode}'`)
    const bytes = bufferOf(key)
    return this.#ctx.client.may((user) => user.mayAccessKey(bytes, permissions, options?.prefix ?? false))
  }

  mayUseChannel(channel: BytesLike, options?: { readonly pattern?: boolean }): boolean {
    const bytes = bufferOf(channel)
    return this.#ctx.client.may((user) => user.mayAccessChannel(bytes, options?.pattern ?? false))
  }

  deny(reason: DenialReason, object: BytesLike): never {
    if (!DENIAL_REASONS.includes(reason))
      throw new TypeError(`a reason is one of ${DENIAL_REASONS.join(', ')}, got '${reason}'`)
    const { client, server } = this.#ctx
    const { user } = client
    const denial = { reason, object: Buffer.from(bufferOf(object)) }
    server.users.log.add({ ...denial, context: 'module', user: user.name, client })
    throw errorOf(user, denial)
  }
}

/** Circumstances of a command, worked out when asked for. */
class CallFlags implements ExecutionFlags {
  readonly #ctx: CommandContext

  constructor(ctx: CommandContext) {
    this.#ctx = ctx
  }

  get transaction(): boolean {
    return !this.#ctx.mayBlock && !this.#ctx.client.isInternal
  }

  get script(): boolean {
    return false
  }

  get replicated(): boolean {
    return false
  }

  get mayBlock(): boolean {
    return this.#ctx.mayBlock
  }

  get loading(): boolean {
    return (this.#ctx.server.dispatcher.gate & ServerGate.loading) !== 0
  }

  get outOfMemory(): boolean {
    return (this.#ctx.server.dispatcher.gate & ServerGate.outOfMemory) !== 0
  }
}
