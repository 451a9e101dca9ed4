import type {
  Bridge,
  CommandDocumentation,
  CommandRegistration,
  ConfigRegistration,
  TypeRegistration,
} from '@modis/bridge'
import type { AnyCommand, CommandFlag, KeyFlag, KeySpec } from '@modis/sdk'
import type { Handler } from '../../../dispatch/command.ts'
import type { ChannelArgument } from '../../../dispatch/command-channels.ts'
import type { CommandContext } from '../../../dispatch/command-context.ts'
import type { KeyArgument } from '../../../dispatch/command-keys.ts'
import { bytesOf } from '../../../protocol/lossless-text.ts'
import type { RequestArgs } from '../../../protocol/request-args.ts'
import type { Server } from '../../../server.ts'
import { RegisteredType } from '../../data-types.ts'
import { ModuleError } from '../../module-error.ts'
import type { ModuleRecord } from '../../module-record.ts'
import type { Registration } from '../../registration.ts'
import { argumentSchema } from './argument-schema.ts'
import { bridgedOption } from './bridged-option.ts'
import { bridgedType } from './bridged-type.ts'
import { toArguments } from './command-host.ts'
import type { RedisModuleHost } from './module-host.ts'
import { ChannelBit, KEY_FLAG_BITS } from './numbers.ts'

/** Flags of RM_CreateCommand by what COMMAND INFO calls them. */
const FLAGS: Readonly<Record<string, CommandFlag>> = {
  write: 'write',
  readonly: 'readonly',
  admin: 'admin',
  'deny-oom': 'denyoom',
  'deny-script': 'noscript',
  'allow-loading': 'loading',
  pubsub: 'pubsub',
  'allow-stale': 'stale',
  'no-monitor': 'skip_monitor',
  'no-slowlog': 'skip_slowlog',
  fast: 'fast',
  'no-auth': 'no_auth',
  'may-replicate': 'may_replicate',
  'no-mandatory-keys': 'no_mandatory_keys',
  blocking: 'blocking',
  'allow-busy': 'allow_busy',
  'getkeys-api': 'movablekeys',
}

/** Runs a command of a Redis module by its number. */
export type Invoke = (command: number, ctx: CommandContext, args: RequestArgs) => void

interface PendingCommand {
  readonly registration: CommandRegistration
  documentation: CommandDocumentation | undefined
  categories: string[]
}

/** A Redis module while its OnLoad runs: collects what it registers. */
export class LoadingModule {
  readonly commands = new Map<number, PendingCommand>()
  readonly #server: Server
  readonly #registration: Registration
  readonly #host: RedisModuleHost
  readonly #bridge: Bridge
  readonly #module: number
  readonly #configs: ConfigRegistration[] = []
  /** What went wrong first: the reason for a load that then refuses. */
  failure: ModuleError | undefined
  #areConfigsLoaded = false
  /** Whether the module has told its name, with RedisModule_Init. */
  isIdentified = false

  constructor(registration: Registration, host: RedisModuleHost, bridge: Bridge, module: number) {
    this.#server = registration.server
    this.#registration = registration
    this.#host = host
    this.#bridge = bridge
    this.#module = module
  }

  get replaces(): ModuleRecord | undefined {
    return this.#registration.replaces
  }

  nameTaken(name: string): void {
    this.#attempt(() => this.#registration.identify(name))
  }

  identify(name: string, version: number): void {
    const { record } = this.#registration
    // A package says its version itself, and in a way that other modules can require.
    if (record.kind !== 'redis module package') record.version = String(version)
    record.versionNumber = version
    this.isIdentified = true
    this.#attempt(() => this.#registration.identify(name))
  }

  /** Does something that may be refused; the first refusal is the reason that the client hears. */
  #attempt(work: () => void): boolean {
    try {
      work()
      return true
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error
      this.failure ??= error
      return false
    }
  }

  addCommand(registration: CommandRegistration): boolean {
    const isKnown = [...this.commands.values()].some(
      ({ registration: { name, parent } }) =>
        parent === registration.parent && name.toLowerCase() === registration.name.toLowerCase(),
    )
    if (isKnown) return false
    if (
      registration.parent === null &&
      !this.#attempt(() => this.#registration.checkCommand(registration.name))
    )
      return false
    this.commands.set(registration.number, { registration, documentation: undefined, categories: [] })
    return true
  }

  document(documentation: CommandDocumentation): void {
    const command = this.commands.get(documentation.command)
    if (command !== undefined) command.documentation = documentation
  }

  addCategory(name: string): 'added' | 'taken' | 'no-room' {
    return this.#registration.addCategory(name.toLowerCase())
  }

  setCategories(number: number, categories: string): boolean {
    const command = this.commands.get(number)
    const names = categories
      .toLowerCase()
      .split(' ')
      .filter((name) => name !== '')
    const unknown = names.find((name) => !this.#registration.hasCategory(name))
    if (unknown !== undefined)
      this.#server.log.warning(`Unrecognized categories flag ${unknown} on module load`)
    if (command === undefined || unknown !== undefined) return false
    command.categories = names
    return true
  }

  addType(registration: TypeRegistration): boolean {
    const { record } = this.#registration
    const methods = bridgedType(this.#bridge, registration)
    const id = BigInt(registration.rdbId)
    const type = new RegisteredType(record, registration.name, id, registration.encodingVersion, methods)
    if (!this.#attempt(() => this.#registration.addType(type as RegisteredType))) return false
    this.#host.addTypeNumber(registration.number, type as RegisteredType)
    return true
  }

  addConfig(config: ConfigRegistration): string | null {
    const fullName = this.#fullName(config)
    const lower = fullName.toLowerCase()
    if (this.#configs.some((each) => this.#fullName(each).toLowerCase() === lower))
      return `the parameter '${fullName}' is registered twice`
    this.#configs.push(config)
    this.#registration.addConfig(bridgedOption(this.#bridge, fullName, config))
    return null
  }

  /** What RedisModule_OnLoad has left out though it returned without an error; undefined where nothing is missing. */
  get omission(): string | undefined {
    if (!this.isIdentified) return 'has not called RedisModule_Init, which gives the module its name'
    if (this.#configs.length === 0 || this.#areConfigsLoaded) return undefined
    return 'has not called RedisModule_LoadConfigs, which sets the parameters it has registered'
  }

  #fullName({ name, flags }: ConfigRegistration): string {
    return flags.unprefixed ? name : `${this.#registration.record.name}.${name}`
  }

  /** Sets each parameter; as in Redis nothing is applied, for the module is only being made. */
  loadConfigs(defaultsOnly: boolean): boolean {
    if (!defaultsOnly) this.#areConfigsLoaded = true
    for (const config of this.#configs) {
      const fullName = this.#fullName(config)
      const given = defaultsOnly ? undefined : this.#registration.configText(fullName)
      const text = given ?? config.default
      if (text === null) continue
      const error = this.#bridge.configSet(config.number, bytesOf(text))
      if (error === null) continue
      this.failure ??= new ModuleError(
        'MODIS_MODULE_CONFIG_VALUE',
        `'${fullName}' cannot be '${text}': ${error}`,
      )
      return false
    }
    return true
  }

  wantInfo(): void {
    const { record } = this.#registration
    this.#registration.whenLive(() => {
      const text = (): string => this.#bridge.info(this.#module, false)
      record.resources.add(this.#server.infoSections.add(record.name, text))
    })
  }

  /** Hands the commands to the registration, when all is known of them. */
  buildCommands(invoke: Invoke): void {
    for (const [number, { registration }] of this.commands) {
      if (registration.parent === null) this.#build(number, invoke)
    }
  }

  #build(number: number, invoke: Invoke): void {
    const { registration } = this.commands.get(number) as PendingCommand
    const handlers = (definition: AnyCommand): Handler | undefined => {
      const bridged = (definition as BridgedCommand).number
      return (ctx, args) => invoke(bridged, ctx, args)
    }
    this.#registration.addCommand(registration.name, this.#definition(number), handlers)
  }

  #definition(number: number): AnyCommand {
    const { registration, documentation, categories } = this.commands.get(number) as PendingCommand
    const children = [...this.commands].filter(([, child]) => child.registration.parent === number)
    const specs = documentation?.keySpecs.length
      ? documentation.keySpecs.map(keySpec)
      : plainKeys(registration)
    const definition: BridgedCommand = {
      number,
      summary: documentation?.summary ?? '',
      group: 'module',
      flags: registration.flags.flatMap((flag) => FLAGS[flag] ?? []),
      categories,
      keySpecs: specs,
      arity: documentation?.arity || (children.length > 0 ? -2 : registration.parent === null ? -1 : -2),
      raw: () => undefined,
    }
    if (documentation?.complexity) definition.complexity = documentation.complexity
    if (documentation?.since) definition.since = documentation.since
    if (documentation?.tips.length) definition.tips = documentation.tips
    if (documentation?.history.length)
      definition.history = documentation.history.map(({ since, changes }) => [since, changes])
    if (documentation?.arguments.length) definition.args = argumentSchema(documentation.arguments)
    if (registration.flags.includes('getkeys-api'))
      definition.keyArguments = (args) => this.#keys(number, args)
    if (registration.flags.includes('getchannels-api'))
      definition.channelArguments = (args) => this.#channels(number, args)
    if (children.length > 0) {
      definition.subcommands = Object.fromEntries(
        children.map(
          ([
            child,
            {
              registration: { name },
            },
          ]) => [name, this.#definition(child)],
        ),
      )
    }
    return definition as unknown as AnyCommand
  }

  #keys(number: number, args: RequestArgs): KeyArgument[] {
    const told = this.#bridge.commandKeys(number, toArguments(args))
    return withinReach(told, args).map(([index, flags]) => ({ index, flags: keyFlagsOf(flags) }))
  }

  /** The channels that a user needs a right to; to unsubscribe takes none. */
  #channels(number: number, args: RequestArgs): ChannelArgument[] {
    const told = this.#bridge.commandChannels(number, toArguments(args))
    return withinReach(told, args).flatMap(([index, flags]) => {
      if ((flags & (ChannelBit.publish | ChannelBit.subscribe)) === 0) return []
      return [{ index, isPattern: (flags & ChannelBit.pattern) !== 0 }]
    })
  }
}

/** Positions that a module has told, with their flags, less those that are no arguments. */
function withinReach(
  { positions, flags }: { readonly positions: readonly number[]; readonly flags: readonly number[] },
  { count }: RequestArgs,
): [position: number, flags: number][] {
  return positions.flatMap((position, i) => (position < count ? [[position, flags[i] ?? 0]] : []))
}

/** The definition of a command of a Redis module; the bridge knows it by its number. */
interface BridgedCommand {
  readonly number: number
  readonly summary: string
  readonly group: string
  readonly flags: readonly CommandFlag[]
  readonly categories: readonly string[]
  readonly keySpecs: readonly KeySpec[]
  readonly arity: number
  readonly raw: () => undefined
  complexity?: string
  since?: string
  tips?: readonly string[]
  history?: readonly (readonly [string, string])[]
  args?: ReturnType<typeof argumentSchema>
  keyArguments?: (args: RequestArgs) => KeyArgument[]
  channelArguments?: (args: RequestArgs) => ChannelArgument[]
  subcommands?: Readonly<Record<string, unknown>>
}

/** Flags of a key by the bits of `REDISMODULE_CMD_KEY_*`. */
function keyFlagsOf(bits: number): KeyFlag[] {
  return (Object.keys(KEY_FLAG_BITS) as KeyFlag[]).filter((name) => (bits & (KEY_FLAG_BITS[name] ?? 0)) !== 0)
}

/** The one key specification that follows from first key, last key and step. */
function plainKeys({ firstKey, lastKey, keyStep, flags }: CommandRegistration): KeySpec[] {
  if (firstKey <= 0) return []
  const keyFlags: KeyFlag[] = ['RW', 'access', 'update']
  if (flags.includes('getkeys-api')) keyFlags.push('variable_flags')
  const find = { lastKey: lastKey < 0 ? lastKey : lastKey - firstKey, step: keyStep, limit: 0 }
  return [{ flags: keyFlags, begin: { index: firstKey }, find }]
}

function keySpec({ notes, flags, begin, find }: CommandDocumentation['keySpecs'][number]): KeySpec {
  return {
    flags: flags as KeyFlag[],
    ...(notes === null ? {} : { notes }),
    begin:
      begin.type === 'index'
        ? { index: begin.position }
        : begin.type === 'keyword'
          ? { keyword: begin.keyword, startFrom: begin.startFrom }
          : { unknown: true },
    find:
      find.type === 'range'
        ? { lastKey: find.lastKey, step: find.keyStep, limit: find.limit }
        : find.type === 'keynum'
          ? { keyCountIndex: find.keyNumberIndex, firstKey: find.firstKey, step: find.keyStep }
          : { unknown: true },
  }
}
