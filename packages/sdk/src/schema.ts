import type { KeyFlag, KeySpec } from './command.ts'
import type { Key } from './keys.ts'

/** Carries the TypeScript type an argument parses to; it exists in types only. */
declare const parsedValue: unique symbol

/**
 * How a command uses a key: `R` reads its value, `W` writes without reading, `RW` both, `RM` deletes it, `INSERT`
 * adds to it without touching what is there. Shorthand for the key flags of Redis's key specifications.
 */
export type KeyAccess = 'R' | 'W' | 'RW' | 'RM' | 'INSERT'

/** What any argument may say about itself for `COMMAND DOCS`. */
export interface ArgumentOptions {
  /** A word that must precede the value, such as `EX`; matched without case. */
  readonly token?: string
  /** Name in `COMMAND DOCS` and error messages; defaults to the property's name in kebab-case. */
  readonly name?: string
  /** Text shown in a syntax summary, where it differs from the name. */
  readonly display?: string
  readonly summary?: string
  readonly since?: string
  readonly deprecatedSince?: string
  /** Index of the key specification this argument belongs to, where that is not simply one of its own. */
  readonly keySpecIndex?: number
}

/** Options of {@link arg.key}. Give `flags` where the shorthand {@link KeyAccess} is not precise enough. */
export interface KeyOptions extends ArgumentOptions {
  readonly access?: KeyAccess
  readonly flags?: readonly KeyFlag[]
  /** Remarks on the key specification. */
  readonly notes?: string
  /** Replaces the position that follows from the schema. */
  readonly spec?: Pick<KeySpec, 'begin' | 'find'>
}

/** Options of {@link arg.integer} and {@link arg.double}. A `default` makes the argument optional. */
export interface NumberOptions<Value extends number | bigint> extends ArgumentOptions {
  readonly min?: Value
  readonly max?: Value
  readonly default?: Value
}

/** Options of {@link arg.string} and {@link arg.pattern}. A `default` makes the argument optional. */
export interface TextOptions extends ArgumentOptions {
  readonly default?: string
  /** Longest value allowed, in bytes. */
  readonly maxLength?: number
}

/** Options of {@link arg.bytes}. */
export interface BytesOptions extends ArgumentOptions {
  /** Longest value allowed, in bytes. */
  readonly maxLength?: number
}

/** Options of {@link arg.token}. */
export interface TokenOptions extends Omit<ArgumentOptions, 'token'> {
  /** The word must be there (as `NO` and `ONE` in `REPLICAOF NO ONE`); by default it may be left out. */
  readonly required?: boolean
}

/** Options of {@link arg.many}. */
export interface ManyOptions extends Omit<ArgumentOptions, 'token'> {
  /** Fewest elements; 1 unless given. With 0 the argument may be left out. */
  readonly min?: number
  /** Most elements. */
  readonly max?: number
  /** Name of an integer that precedes the elements and counts them, such as `numkeys`. */
  readonly count?: string
  /** The element's token precedes every element, as `GET` in `SORT`; otherwise it precedes the first alone. */
  readonly repeatToken?: boolean
}

/** The kinds of argument; the names of `COMMAND DOCS` follow from them. */
export type ArgumentKind =
  | 'key'
  | 'string'
  | 'bytes'
  | 'pattern'
  | 'integer'
  | 'integer64'
  | 'double'
  | 'unix-time'
  | 'pure-token'
  | 'oneof'
  | 'block'
  | 'many'

/** One argument of a schema, made by {@link arg}; `Value` is what it parses to. */
export interface Argument<Value = unknown> {
  readonly kind: ArgumentKind
  readonly options: ArgumentOptions &
    Partial<Omit<KeyOptions, keyof ArgumentOptions>> & {
      readonly min?: number | bigint
      readonly max?: number | bigint
      readonly default?: unknown
      readonly maxLength?: number
      readonly count?: string
      readonly repeatToken?: boolean
    }
  /** May be left out. */
  readonly optional: boolean
  /** Alternatives of a `oneof`, parts of a `block`. */
  readonly parts?: ArgumentSchema
  /** Element of a `many`. */
  readonly element?: Argument
  readonly [parsedValue]: Value
}

/** A `pure-token` argument: true when the word is there. */
export interface TokenArgument<Value = boolean> extends Argument<Value> {
  readonly kind: 'pure-token'
}

/** The arguments of a command, in order; the property names are those of the parsed object. */
export type ArgumentSchema = Readonly<Record<string, Argument>>

/** The TypeScript type one argument parses to. */
export type ParsedArgument<A> = A extends Argument<infer Value> ? Value : never

/** The object a handler receives: one property for each argument of its schema. */
export type Parsed<Schema> = { [Name in keyof Schema]: ParsedArgument<Schema[Name]> }

/**
 * What {@link arg.oneof} parses to: when every alternative is a token, the name of the one given; else an object with
 * the one property that was given (the others are `undefined`).
 */
export type ParsedOneof<Alternatives extends ArgumentSchema> = [Alternatives[keyof Alternatives]] extends [
  TokenArgument<unknown>,
]
  ? keyof Alternatives & string
  : {
      [Name in keyof Alternatives]: { readonly [Given in Name]: ParsedAlternative<Alternatives[Name]> } & {
        readonly [Other in Exclude<keyof Alternatives, Name>]?: undefined
      }
    }[keyof Alternatives]

type ParsedAlternative<A> = A extends TokenArgument<unknown> ? true : Exclude<ParsedArgument<A>, undefined>

/** The builders of {@link arg}. */
export interface ArgumentBuilders {
  /** A key, opened for the handler as a {@link Key} of the client's database. */
  key(access: KeyAccess | KeyOptions, options?: KeyOptions): Argument<Key>
  /** Several keys: `many` of `key`. With `count`, the number of keys precedes them (`numkeys`). */
  keys(access: KeyAccess | KeyOptions, options: ManyOptions & { readonly min: 0 }): Argument<Key[]>
  keys(access: KeyAccess | KeyOptions, options?: ManyOptions): Argument<[Key, ...Key[]]>
  /** Text, decoded as UTF-8. */
  string(options?: TextOptions): Argument<string>
  /** Bytes as they came, copied. */
  bytes(options?: BytesOptions): Argument<Buffer>
  /** A glob-style pattern, decoded as UTF-8. */
  pattern(options?: TextOptions): Argument<string>
  /** A whole number within ±(2^53 − 1) and the bounds given. */
  integer(options?: NumberOptions<number>): Argument<number>
  /** A signed 64-bit integer within the bounds given. */
  integer64(options?: NumberOptions<bigint>): Argument<bigint>
  /** A double; `inf` and `-inf` are allowed, `nan` is not. */
  double(options?: NumberOptions<number>): Argument<number>
  /** A point in time as a whole number, in the unit the command documents. */
  unixTime(options?: NumberOptions<number>): Argument<number>
  /** A word that stands for itself, such as `NX`; true when it is there. */
  token(word: string, options: TokenOptions & { readonly required: true }): TokenArgument<true>
  token(word: string, options?: TokenOptions): TokenArgument
  /** Exactly one of several alternatives; see {@link ParsedOneof} for what it parses to. */
  oneof<const Alternatives extends ArgumentSchema>(
    alternatives: Alternatives,
    options?: ArgumentOptions,
  ): Argument<ParsedOneof<Alternatives>>
  /** Several arguments that belong together, such as `LIMIT offset count` (with the token `LIMIT`). */
  block<const Parts extends ArgumentSchema>(parts: Parts, options?: ArgumentOptions): Argument<Parsed<Parts>>
  /** An argument that may be left out; it then parses to `undefined`. */
  optional<Value>(argument: Argument<Value>): Argument<Value | undefined>
  /**
   * One argument repeated. Elements are taken as long as what must follow still fits; before options, up to the first
   * argument that is one of the options' tokens. Give `count` where the number of elements precedes them.
   */
  many<Value>(element: Argument<Value>, options: ManyOptions & { readonly min: 0 }): Argument<Value[]>
  many<Value>(element: Argument<Value>, options?: ManyOptions): Argument<[Value, ...Value[]]>
}

const make = <Value>(
  kind: ArgumentKind,
  options: Argument['options'],
  rest: { optional?: boolean; parts?: ArgumentSchema; element?: Argument } = {},
): Argument<Value> =>
  Object.freeze({
    kind,
    options,
    optional: options.default !== undefined,
    ...rest,
  }) as unknown as Argument<Value>

const many = (element: Argument, options: ManyOptions = {}): Argument<never> =>
  make('many', options, { element, optional: options.min === 0 })

const key = (access: KeyAccess | KeyOptions, options: KeyOptions = {}): Argument<Key> =>
  make('key', typeof access === 'string' ? { ...options, access } : access)

const token = (word: string, options: TokenOptions = {}): TokenArgument<never> => {
  const { required = false, ...rest } = options
  return make('pure-token', { ...rest, token: word }, { optional: !required }) as TokenArgument<never>
}

/** Builders of argument schemas. */
export const arg: ArgumentBuilders = Object.freeze({
  key,
  keys: (access: KeyAccess | KeyOptions, options: ManyOptions = {}) => many(key(access), options),
  string: (options = {}) => make('string', options),
  bytes: (options = {}) => make('bytes', options),
  pattern: (options = {}) => make('pattern', options),
  integer: (options = {}) => make('integer', options),
  integer64: (options = {}) => make('integer64', options),
  double: (options = {}) => make('double', options),
  unixTime: (options = {}) => make('unix-time', options),
  token,
  oneof: (alternatives, options = {}) => make('oneof', options, { parts: alternatives }),
  block: (parts, options = {}) => make('block', options, { parts }),
  optional: (argument) => Object.freeze({ ...argument, optional: true }) as never,
  many,
} satisfies ArgumentBuilders)
