import type { Args } from './args.ts'
import type { Context } from './context.ts'
import type { ReplyValue } from './reply.ts'
import type { ArgumentSchema, Parsed } from './schema.ts'

/** Command flags as `COMMAND INFO` prints them. */
export const commandFlags = [
  'write',
  'readonly',
  'denyoom',
  'admin',
  'pubsub',
  'noscript',
  'blocking',
  'loading',
  'stale',
  'skip_monitor',
  'skip_slowlog',
  'asking',
  'fast',
  'no_auth',
  'may_replicate',
  'no_mandatory_keys',
  'protected',
  'allow_busy',
  'no_multi',
  'no_async_loading',
  'movablekeys',
  'sentinel',
  'module',
] as const

/** One of {@link commandFlags}. */
export type CommandFlag = (typeof commandFlags)[number]

/**
 * ACL categories without the `@`. `read`, `write`, `fast`, `slow`, `admin`, `dangerous`, `pubsub` and `blocking` follow
 * from flags. One that Redis does not have is added with the module, shown by `ACL CAT` and allowed by `+@name` like the
 * others; it goes with the last module that names it.
 */
export type AclCategory = string

/** Flags of one key specification, as `COMMAND INFO` prints them. */
export const keySpecFlags = [
  'RW',
  'RO',
  'OW',
  'RM',
  'access',
  'update',
  'insert',
  'delete',
  'not_key',
  'incomplete',
  'variable_flags',
] as const

/** One of {@link keySpecFlags}. */
export type KeyFlag = (typeof keySpecFlags)[number]

/** Where a command's keys are; the shapes of Redis 7's key specifications. Positions count the command's name as 0. */
export interface KeySpec {
  readonly flags: readonly KeyFlag[]
  readonly notes?: string
  readonly begin:
    | { readonly index: number }
    | { readonly keyword: string; readonly startFrom: number }
    | { readonly unknown: true }
  readonly find:
    | { readonly lastKey: number; readonly step: number; readonly limit: number }
    | { readonly keyCountIndex: number; readonly firstKey: number; readonly step: number }
    | { readonly unknown: true }
}

/** Parts every command has, however its arguments are read. */
export interface CommandBase {
  /** One sentence for `COMMAND DOCS`. */
  readonly summary: string
  /** Version of the module (or, for built-ins, of Redis) that introduced the command. */
  readonly since?: string
  readonly complexity?: string
  /** Group for `COMMAND DOCS`; defaults to the module's group, else `module`. */
  readonly group?: string
  readonly flags?: readonly CommandFlag[]
  /** ACL categories beyond those which follow from the flags, without `@`. */
  readonly categories?: readonly AclCategory[]
  /** Tips of `COMMAND INFO`, such as `nondeterministic_output`. */
  readonly tips?: readonly string[]
  /** Changes of behaviour: `[version, what changed]`, for `COMMAND DOCS`. */
  readonly history?: readonly (readonly [string, string])[]
  readonly deprecatedSince?: string
  readonly replacedBy?: string
  /** The argument schema: arity, key specifications and documentation follow from it. */
  readonly args?: ArgumentSchema
  /** Overrides the arity that follows from `args`; negative means "at least", the name included. */
  readonly arity?: number
  /** Overrides the key specifications that follow from `args`. */
  readonly keySpecs?: readonly KeySpec[]
  /** Positions of the keys for a command whose specifications are incomplete; what Redis calls getkeys. */
  readonly getKeys?: (args: Args) => number[]
}

/** A command whose arguments are parsed by its schema before the handler runs. */
export interface ParsedCommand<State, Schema, Config = unknown> extends CommandBase {
  readonly args?: Schema & ArgumentSchema
  readonly run: (
    ctx: Context<State, Config>,
    args: Parsed<Schema>,
  ) => ReplyValue | undefined | Promise<ReplyValue | undefined>
  readonly raw?: never
  readonly subcommands?: never
}

/**
 * A command that reads its arguments itself through the cursor. Returning `undefined` means that the handler has
 * written to `ctx.reply`. With `subcommands` it runs where no subcommand is given.
 */
export interface RawCommand<State, Schema, Config = unknown> extends CommandBase {
  readonly raw: (
    ctx: Context<State, Config>,
    args: Args,
  ) => ReplyValue | undefined | Promise<ReplyValue | undefined>
  readonly run?: never
  readonly subcommands?: Subcommands<State, Schema, Config>
}

/** A command that only holds subcommands, such as `CONFIG`. */
export interface ContainerCommand<State, Schema, Config = unknown> extends CommandBase {
  readonly subcommands: Subcommands<State, Schema, Config>
  readonly run?: never
  readonly raw?: never
}

/** Subcommands by name. */
export type Subcommands<State, Schemas, Config = unknown> = {
  readonly [Name in keyof Schemas]: CommandDefinition<State, Schemas[Name], Config>
}

/**
 * One command (or subcommand) of a module. `Schema` is the type of its argument schema; for a command with
 * subcommands, an object of their schemas by name.
 */
export type CommandDefinition<State, Schema, Config = unknown> =
  | ParsedCommand<State, Schema, Config>
  | RawCommand<State, Schema, Config>
  | ContainerCommand<State, Schema, Config>

/** A command whatever its types: what the server registers. */
// biome-ignore lint/suspicious/noExplicitAny: handlers are contravariant in their context and arguments
export type AnyCommand = CommandDefinition<any, any, any>
