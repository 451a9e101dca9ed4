/** What every configuration parameter may say. */
export interface ConfigOptions<Value> {
  readonly summary?: string
  /** Can only be set at load. */
  readonly immutable?: boolean
  /** The value is left out of logs. */
  readonly sensitive?: boolean
  /** Left out of `CONFIG GET` patterns; found by its exact name alone. */
  readonly hidden?: boolean
  /** Changes need `enable-protected-configs`. */
  readonly protected?: boolean
  /**
   * Called with the new value before it takes effect, once for each `CONFIG SET`, and once at load when the value is
   * not the default. Throw to refuse it: the message reaches the client and the old value stays.
   */
  apply?(value: Value): void
}

/** Options of `config.string`. */
export interface StringConfigOptions extends ConfigOptions<string> {
  readonly default: string
  /** Longest value, in bytes. */
  readonly maxLength?: number
}

/** Options of `config.boolean`; values are `yes` and `no`. */
export interface BooleanConfigOptions extends ConfigOptions<boolean> {
  readonly default: boolean
}

/** Options of `config.integer`. */
export interface IntegerConfigOptions extends ConfigOptions<number> {
  readonly default: number
  readonly min?: number
  readonly max?: number
  /** Accepts memory units: `1k` is 1000 bytes, `1kb` 1024, likewise `m`, `mb`, `g`, `gb`. */
  readonly memory?: boolean
}

/** Options of `config.enum`. */
export interface EnumConfigOptions<Name extends string> extends ConfigOptions<Name> {
  readonly values: readonly Name[]
  readonly default: NoInfer<Name>
}

/** Options of `config.flags`: several of the values at once, separated by spaces. */
export interface FlagsConfigOptions<Name extends string> extends ConfigOptions<readonly Name[]> {
  readonly values: readonly Name[]
  readonly default: readonly NoInfer<Name>[]
}

/** A configuration parameter of a module, made by `config.*`; `Value` is what the module reads. */
export interface ConfigParameter<Value = unknown> {
  readonly kind: 'string' | 'boolean' | 'integer' | 'enum' | 'flags'
  readonly default: Value
  readonly summary?: string
  readonly immutable: boolean
  readonly sensitive: boolean
  readonly hidden: boolean
  readonly protected: boolean
  readonly min?: number
  readonly max?: number
  readonly maxLength?: number
  readonly memory?: boolean
  readonly values?: readonly string[]
  readonly apply?: (value: Value) => void
}

/** The configuration of a module by parameter name. `CONFIG` shows each as `<module>.<name>`. */
// biome-ignore lint/suspicious/noExplicitAny: `apply` makes a parameter invariant in its value
export type ConfigSchema = Readonly<Record<string, ConfigParameter<any>>>

/** The values of a module's configuration; properties always give the present value. */
export type ConfigValues<Schema extends ConfigSchema> = {
  readonly [Name in keyof Schema]: Schema[Name] extends ConfigParameter<infer Value> ? Value : never
}

const parameter = <Value>(
  kind: ConfigParameter['kind'],
  options: ConfigOptions<Value> & { readonly default: Value },
): ConfigParameter<Value> =>
  Object.freeze({ immutable: false, sensitive: false, hidden: false, protected: false, ...options, kind })

/** The builders of {@link config}. */
export interface ConfigBuilders {
  /** Text. */
  string(options: StringConfigOptions): ConfigParameter<string>
  /** `yes` or `no`. */
  boolean(options: BooleanConfigOptions): ConfigParameter<boolean>
  /** A whole number within ±(2^53 − 1), with bounds and, where wanted, memory units. */
  integer(options: IntegerConfigOptions): ConfigParameter<number>
  /** One of several names, matched without case. */
  enum<const Name extends string>(options: EnumConfigOptions<Name>): ConfigParameter<Name>
  /** Any number of several names. */
  flags<const Name extends string>(options: FlagsConfigOptions<Name>): ConfigParameter<readonly Name[]>
}

/** Builders of configuration parameters. */
export const config: ConfigBuilders = Object.freeze({
  string: (options) => parameter('string', options),
  boolean: (options) => parameter('boolean', options),
  integer: (options) => parameter('integer', options),
  enum: (options) => parameter('enum', options),
  flags: (options) => parameter('flags', options),
} satisfies ConfigBuilders)
