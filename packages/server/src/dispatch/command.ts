import type { AnyCommand, CommandFlag, ReplyValue } from '@modis/sdk'
import type { SchemaDescription } from '@modis/sdk/internal'
import type { Histogram } from '../info/histogram.ts'
import type { ModuleRecord } from '../modules/module-record.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import type { CommandContext } from './command-context.ts'
import { ServerGate } from './server-gate.ts'

/** What a command's handler answers: a value to be written, or nothing where it wrote to the reply itself. */
// biome-ignore lint/suspicious/noConfusingVoidType: handlers that write their reply themselves return nothing
export type HandlerResult = ReplyValue | undefined | void

/** Runs one command. A promise blocks the client until it settles. */
export type Handler = (ctx: CommandContext, args: RequestArgs) => HandlerResult | Promise<HandlerResult>

/** What a {@link Command} is made of. */
export interface CommandSpec {
  /** Lower case; of a subcommand the name alone, without its container's. */
  readonly name: string
  /** The name as it is shown, where that is not in lower case. */
  readonly shownName?: string
  readonly module: ModuleRecord
  readonly parent?: Command
  readonly arity: number
  readonly flags: readonly CommandFlag[]
  /** ACL categories without `@`, those that follow from flags included. */
  readonly categories: readonly string[]
  /** Key specifications, key positions and documentation. */
  readonly description: SchemaDescription
  readonly definition: AnyCommand
  /** Undefined for a container that does nothing by itself. */
  readonly handler?: Handler
}

/** A registered command or subcommand with its figures. */
export class Command {
  readonly name: string
  /** `config|get` for a subcommand, else the name. */
  readonly fullName: string
  readonly module: ModuleRecord
  readonly parent: Command | undefined
  readonly arity: number
  readonly flags: ReadonlySet<CommandFlag>
  readonly categories: readonly string[]
  readonly description: SchemaDescription
  readonly definition: AnyCommand
  /** Changes only where the command's module is replaced or unloaded, for those who still hold the command. */
  handler: Handler | undefined
  subcommands: Map<string, Command> | undefined
  // The flags the dispatcher asks for on every call, as plain fields.
  readonly isWrite: boolean
  readonly isReadOnly: boolean
  readonly deniesWhenFull: boolean
  readonly isAllowedUnauthenticated: boolean
  readonly isAllowedWhileLoading: boolean
  readonly isAllowedWhileBusy: boolean
  readonly isForbiddenInMulti: boolean
  /** CLIENT PAUSE WRITE holds it back. */
  readonly mayReplicate: boolean
  /** Bits of `ServerGate` that make every call of the command pass the slow checks. */
  readonly gate: number
  calls = 0
  microseconds = 0
  /** Durations of its calls; undefined until the first that was tracked. */
  histogram: Histogram | undefined
  /** Calls refused before they ran. */
  rejected = 0
  /** Calls that ran and answered with an error. */
  failed = 0

  constructor(spec: CommandSpec) {
    this.name = spec.name
    const shown = spec.shownName ?? spec.name
    this.fullName = spec.parent === undefined ? shown : `${spec.parent.fullName}|${shown}`
    this.module = spec.module
    this.parent = spec.parent
    this.arity = spec.arity
    this.flags = new Set(spec.flags)
    this.categories = spec.categories
    this.description = spec.description
    this.definition = spec.definition
    this.handler = spec.handler
    this.isWrite = this.flags.has('write')
    this.isReadOnly = this.flags.has('readonly')
    this.deniesWhenFull = this.flags.has('denyoom')
    this.isAllowedUnauthenticated = this.flags.has('no_auth')
    this.isAllowedWhileLoading = this.flags.has('loading')
    this.isAllowedWhileBusy = this.flags.has('allow_busy')
    this.isForbiddenInMulti = this.flags.has('no_multi')
    this.mayReplicate = this.isWrite || this.flags.has('may_replicate')
    this.gate = this.flags.has('protected') ? ServerGate.protectedCommand : 0
  }

  /** Whether a request of `count` arguments, the name included, fits the arity. */
  accepts(count: number): boolean {
    return this.arity >= 0 ? count === this.arity : count >= -this.arity
  }

  resetFigures(): void {
    this.calls = 0
    this.microseconds = 0
    this.rejected = 0
    this.failed = 0
    this.histogram = undefined
    for (const subcommand of this.subcommands?.values() ?? []) subcommand.resetFigures()
  }
}
