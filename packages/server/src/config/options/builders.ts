import type {
  BooleanOption,
  DirectiveOption,
  EnumOption,
  IntegerOption,
  Option,
  OptionBase,
  Section,
  StringOption,
  WordsOption,
} from '../option.ts'

type Extra<Kind extends OptionBase> = Partial<Omit<Kind, 'type' | 'name' | 'default' | 'summary' | 'section'>>

/** The largest value of C's `int`, the bound of most numbers in Redis. */
export const MAX_INT = 2 ** 31 - 1
/** What stands for Redis's 64-bit bounds: numbers are whole up to here. */
export const MAX_LONG = Number.MAX_SAFE_INTEGER

export const integer = (
  name: string,
  fallback: number,
  [min, max]: readonly [number, number],
  summary: string,
  extra: Extra<IntegerOption> = {},
): IntegerOption => ({ type: 'integer', name, default: fallback, min, max, summary, ...extra })

export const memory = (
  name: string,
  fallback: number,
  bounds: readonly [number, number],
  summary: string,
  extra: Extra<IntegerOption> = {},
): IntegerOption => integer(name, fallback, bounds, summary, { format: 'memory', ...extra })

export const boolean = (
  name: string,
  fallback: boolean,
  summary: string,
  extra: Extra<BooleanOption> = {},
): BooleanOption => ({ type: 'boolean', name, default: fallback, summary, ...extra })

export const string = (
  name: string,
  fallback: string,
  summary: string,
  extra: Extra<StringOption> = {},
): StringOption => ({ type: 'string', name, default: fallback, summary, ...extra })

export const oneof = (
  name: string,
  fallback: string,
  values: readonly string[],
  summary: string,
  extra: Extra<EnumOption> = {},
): EnumOption => ({ type: 'enum', name, default: fallback, values, summary, ...extra })

export const words = (
  name: string,
  fallback: string,
  rules: Pick<WordsOption, 'allowed' | 'normalize' | 'lines' | 'repeatable'>,
  summary: string,
  extra: Extra<WordsOption> = {},
): WordsOption => ({
  type: 'words',
  name,
  default: fallback === '' ? [] : fallback.split(' '),
  summary,
  ...rules,
  ...extra,
})

export const directive = (
  name: string,
  summary: string,
  extra: Pick<DirectiveOption, 'allowed' | 'settable' | 'minWords'>,
): DirectiveOption => ({ type: 'directive', name, summary, ...extra })

/** A string that must be the name of a file, not a path. */
export const fileName = (name: string, noun: string, mayBeEmpty: boolean): Extra<StringOption> => ({
  allowed: `the name of a ${noun}, without folders`,
  normalize: (value) => {
    if (value === '' && !mayBeEmpty) throw new RangeError(`${name} can't be empty`)
    if (/[/\\]/.test(value)) throw new RangeError(`${name} can't be a path, just a ${noun}`)
    return value
  },
})

/** A string that must stay empty, for it would turn on what Modis does not have. */
export const onlyEmpty = (missing: string): Extra<StringOption> => ({
  allowed: `nothing but \`""\`: ${missing}`,
  normalize: (value) => {
    if (value !== '') throw new RangeError(`must be empty: ${missing}`)
    return value
  },
})

/** Marks options that are accepted only so that Redis's configuration files load. */
export const withoutEffect = (options: readonly Option[]): Option[] =>
  options.map((option) => ({ ...option, noEffect: true }))

/** Says where options stand on the reference page. */
export const inSection = (section: Section, options: readonly Option[]): Option[] =>
  options.map((option) => ({ ...option, section }))
