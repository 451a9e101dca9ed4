/** Where an option stands on the reference page. */
export type Section =
  | 'network'
  | 'general'
  | 'clients'
  | 'security'
  | 'modules'
  | 'memory'
  | 'persistence'
  | 'data structures'
  | 'observability'
  | 'replication'
  | 'append-only file'
  | 'cluster'
  | 'tls'

/** What every option has. */
export interface OptionBase {
  readonly name: string
  /** One sentence for the reference page and `modis --help`. */
  readonly summary: string
  readonly section?: Section
  /** An older name of Redis's that means the same. */
  readonly alias?: string
  /** Only set at start. */
  readonly immutable?: boolean
  /** Its value is shown by no log. */
  readonly sensitive?: boolean
  /** Left out of CONFIG GET's patterns; found by its exact name alone. */
  readonly hidden?: boolean
  /** CONFIG SET needs `enable-protected-configs`. */
  readonly protected?: boolean
  /** CONFIG SET is refused while data is loaded. */
  readonly deniedWhileLoading?: boolean
  /** What a value that is not allowed is answered with, before the value itself; Redis's words unless given. */
  readonly refusal?: string
  /** Accepted so that Redis's configuration files load; the value changes nothing here. */
  readonly noEffect?: boolean
}

/**
 * A whole number within bounds. A `memory` value takes units (`1k` is 1000, `1kb` 1024, likewise `m` and `g`);
 * `percent` also takes `n%`, kept as −n; `octal` is read and shown to the base 8.
 */
export interface IntegerOption extends OptionBase {
  readonly type: 'integer'
  readonly format?: 'plain' | 'memory' | 'percent' | 'octal'
  readonly default: number
  readonly min: number
  readonly max: number
  /** Values beyond these are accepted and taken for the nearest of them. */
  readonly clamp?: { readonly min: number; readonly max: number }
}

/** `yes` or `no`. */
export interface BooleanOption extends OptionBase {
  readonly type: 'boolean'
  readonly default: boolean
  /** The one value there is, where the other would ask for what Modis does not have. */
  readonly only?: boolean
}

export interface StringOption extends OptionBase {
  readonly type: 'string'
  readonly default: string
  /** What is allowed, where that is not any text. */
  readonly allowed?: string
  /**
   * Checks a value and brings it into the form that is kept.
   * @throws RangeError whose message says what is wrong
   */
  readonly normalize?: (value: string) => string
}

/** One of several names, matched without case. */
export interface EnumOption extends OptionBase {
  readonly type: 'enum'
  readonly default: string
  readonly values: readonly string[]
}

/** Several words, such as `save` and `bind`. The words are kept in the form CONFIG GET shows. */
export interface WordsOption extends OptionBase {
  readonly type: 'words'
  readonly default: readonly string[]
  /** What is allowed, for the reference page and errors at start. */
  readonly allowed: string
  /**
   * Checks words and brings them into the form that is kept. `present` is the value they replace.
   * @throws RangeError whose message says what is wrong
   */
  readonly normalize: (words: readonly string[], present: readonly string[]) => readonly string[]
  /** Lines of a configuration file: one with all words unless given. */
  readonly lines?: (words: readonly string[]) => readonly (readonly string[])[]
  /** Lines of the file add up: the first replaces the default, each further one adds to it. */
  readonly repeatable?: boolean
}

/** An option of a module, which says itself what its texts mean. */
export interface CustomOption extends OptionBase {
  readonly type: 'custom'
  readonly default: OptionValue
  /** What is allowed, in words. */
  readonly allowed: string
  /** @throws Error whose message says what is wrong */
  readonly parse: (text: string) => OptionValue
  readonly format: (value: OptionValue) => string
}

/**
 * A directive that does something instead of holding a value, such as `loadmodule`: the file and the command line may
 * give it any number of times, and it is carried out once the server is there.
 */
export interface DirectiveOption extends OptionBase {
  readonly type: 'directive'
  /** What is allowed, for the reference page and errors at start. */
  readonly allowed: string
  /** Whether CONFIG GET and SET know it, by what `Config.setDirective` says. */
  readonly settable: boolean
  readonly minWords: number
}

export type Option =
  | IntegerOption
  | BooleanOption
  | StringOption
  | EnumOption
  | WordsOption
  | CustomOption
  | DirectiveOption

/** Value of an option: a number, a boolean, a text, or words. */
export type OptionValue = number | boolean | string | readonly string[]
