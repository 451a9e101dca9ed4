import type { Args } from './args.ts'
import {
  allowedBounds,
  anyOf,
  missing,
  showArgument,
  syntaxError,
  tooMany,
  wrongArity,
} from './argument-errors.ts'
import type { KeyFlag } from './command.ts'
import { CommandError } from './errors.ts'
import type { Key } from './keys.ts'
import type { Argument, ArgumentSchema, Parsed } from './schema.ts'
import {
  argumentName,
  argumentWidth,
  keyFlags,
  leadingTokens,
  presentWidth,
  schemaWidth,
} from './schema-structure.ts'

/** Opens the key at position `index` of `args` for `argument`. */
export type KeyOpener = (args: Args, index: number, argument: Argument) => Key

/**
 * Parses the arguments of one call.
 * @throws CommandError `ERR syntax error`, or what is wrong with one argument
 */
export type SchemaParser<Schema> = (args: Args, open: KeyOpener) => Parsed<Schema>

/** Where the parser stands in the arguments of one call. */
interface Cursor {
  readonly args: Args
  readonly open: KeyOpener
  readonly end: number
  index: number
}

/** Reads one argument at the cursor; `reserved` arguments at the end are for those that follow. */
type Reader = (cursor: Cursor, reserved: number) => unknown

interface Step {
  readonly property: string
  /** In error messages. */
  readonly name: string
  readonly minWidth: number
  readonly optional: boolean
  /** May be left out and starts with a token: stands in any order among its neighbours of the kind. */
  readonly isOption: boolean
  readonly fallback: unknown
  /** Tokens it starts with; `null` where it may start with anything. */
  readonly tokens: readonly string[] | null
  /** Tokens of options that may stand in its place. */
  readonly followers: readonly string[]
  readonly read: Reader
}

const show = (cursor: Cursor): string => showArgument(cursor.args.string(cursor.index))

/** What is left when everything that fits was read. */
const unexpected = (cursor: Cursor, options: readonly string[]): CommandError =>
  syntaxError(
    `unexpected ${show(cursor)}${options.length === 0 ? '' : `; the options are ${options.join(', ')}`}`,
  )

/**
 * Compiles a schema into a parser. `nameWords` is 2 for subcommands, whose arguments start one position later.
 * That there are enough arguments was checked by the command's arity already; that there are not too many is not.
 */
export const compileParser = <Schema extends ArgumentSchema>(
  schema: Schema,
  nameWords = 1,
): SchemaParser<Schema> => {
  const read = compileSequence(schema, [])
  const most = nameWords + schemaWidth(schema).max
  const positional = compilePositional<Schema>(schema, nameWords)
  const options = Object.values(schema)
    .filter(isOptionArgument)
    .flatMap((option) => leadingTokens(option) ?? [])
  if (positional !== undefined) {
    return (args, open) => {
      if (args.count > most) throw wrongArity(args, nameWords)
      return positional(args, open)
    }
  }
  return (args, open) => {
    if (args.count > most) throw wrongArity(args, nameWords)
    const cursor: Cursor = { args, open, end: args.count, index: nameWords }
    const parsed = read(cursor, 0)
    if (cursor.index !== cursor.end) throw unexpected(cursor, options)
    return parsed as Parsed<Schema>
  }
}

/**
 * The parser of a schema whose arguments stand one after another, optional ones at the end: what most commands have.
 * Written out as code it makes objects of one shape without a loop, several times as fast as walking the schema.
 * Undefined for other schemas.
 */
const compilePositional = <Schema extends ArgumentSchema>(
  schema: Schema,
  nameWords: number,
): SchemaParser<Schema> | undefined => {
  const entries = Object.entries(schema)
  if (!isPositional(entries)) return undefined
  const readers = entries.map(([property, argument]) =>
    scalarReader(argumentName(property, argument), argument),
  )
  const missing = entries.map(([, argument]) => argument.options.default)
  const members = entries.map(([property, argument], place) => {
    const index = nameWords + place
    const read = `readers[${place}](args, open, ${index})`
    return `${JSON.stringify(property)}: ${argument.optional ? `args.count > ${index} ? ${read} : missing[${place}]` : read}`
  })
  // The text is made of numbers and quoted names alone.
  return new Function('readers', 'missing', `return (args, open) => ({ ${members.join(', ')} })`)(
    readers,
    missing,
  )
}

const scalarKinds: readonly string[] = [
  'key',
  'string',
  'bytes',
  'pattern',
  'integer',
  'integer64',
  'double',
  'unix-time',
]

const isPositional = (entries: readonly (readonly [string, Argument])[]): boolean => {
  const firstOptional = entries.findIndex(([, argument]) => argument.optional)
  return entries.every(
    ([property, { kind, options, optional }], place) =>
      scalarKinds.includes(kind) &&
      options.token === undefined &&
      property !== '__proto__' &&
      (optional || firstOptional < 0 || place < firstOptional),
  )
}

/** A key found in the arguments of a call. */
export interface FoundKey {
  readonly index: number
  readonly flags: readonly KeyFlag[]
}

/**
 * Finds the keys of a call by parsing it: what `COMMAND GETKEYS` and ACL checks need where key specifications do not
 * tell all.
 * @throws CommandError as the parser does
 */
export const compileKeyFinder = (schema: ArgumentSchema, nameWords = 1): ((args: Args) => FoundKey[]) => {
  const parse = compileParser(schema, nameWords)
  return (args) => {
    const found: FoundKey[] = []
    parse(args, (_args, index, argument) => {
      found.push({ index, flags: keyFlags(argument) })
      return undefined as unknown as Key
    })
    return found
  }
}

const compileSequence = (schema: ArgumentSchema, followers: readonly string[]): Reader => {
  const entries = Object.entries(schema)
  const steps: Step[] = []
  for (let first = 0; first < entries.length; ) {
    let end = first
    while (end < entries.length && isOptionArgument((entries[end] as [string, Argument])[1])) end++
    // Options stand in any order, so each may be followed by any of its run, and by what follows the run.
    const run = entries.slice(first, Math.max(end, first + 1))
    const next = optionTokens(entries, end === first ? first + 1 : first, followers)
    for (const [property, argument] of run) steps.push(compileStep(property, argument, next))
    first += run.length
  }
  const total = schemaWidth(schema).min
  return (cursor, reserved) => {
    const parsed: Record<string, unknown> = {}
    let rest = total + reserved
    for (let index = 0; index < steps.length; index++) {
      const step = steps[index] as Step
      if (step.isOption) {
        index = readOptions(steps, index, cursor, rest, parsed)
      } else {
        rest -= step.minWidth
        parsed[step.property] = readPositional(step, cursor, rest)
      }
    }
    return parsed
  }
}

const isOptionArgument = (argument: Argument): boolean =>
  argument.optional && argumentWidth(argument).min === 0 && leadingTokens(argument) !== null

/** Tokens of the options that begin at `first`; where nothing but options is left, of those that follow, too. */
const optionTokens = (
  entries: readonly (readonly [string, Argument])[],
  first: number,
  followers: readonly string[],
): readonly string[] => {
  const tokens: string[] = []
  for (const [, argument] of entries.slice(first)) {
    if (!isOptionArgument(argument)) return tokens
    tokens.push(...(leadingTokens(argument) ?? []))
  }
  return [...tokens, ...followers]
}

const compileStep = (property: string, argument: Argument, followers: readonly string[]): Step => ({
  property,
  name: argumentName(property, argument),
  minWidth: argumentWidth(argument).min,
  optional: argument.optional && argumentWidth(argument).min === 0,
  isOption: isOptionArgument(argument),
  fallback: missingValue(argument),
  tokens: leadingTokens(argument),
  followers,
  read: compileReader(property, argument, followers),
})

/** Stands for a list that is made anew for each call. */
const emptyList = Symbol('empty list')

const missingValue = (argument: Argument): unknown => {
  if (argument.options.default !== undefined) return argument.options.default
  if (argument.kind === 'pure-token') return false
  if (argument.kind === 'many' && argument.options.min === 0) return emptyList
  return undefined
}

const matches = (cursor: Cursor, tokens: readonly string[]): boolean => {
  for (let index = 0; index < tokens.length; index++)
    if (cursor.args.equals(cursor.index, tokens[index] as string)) return true
  return false
}

/** Reads the options from `first` on in any order, and returns the index of the last of them. */
const readOptions = (
  steps: readonly Step[],
  first: number,
  cursor: Cursor,
  reserved: number,
  parsed: Record<string, unknown>,
): number => {
  let last = first
  while (last + 1 < steps.length && (steps[last + 1] as Step).isOption) last++
  for (let index = first; index <= last; index++) {
    const step = steps[index] as Step
    parsed[step.property] = fallbackValue(step)
  }
  let seen = 0
  while (cursor.end - cursor.index > reserved) {
    let index = first
    while (index <= last && !matches(cursor, (steps[index] as Step).tokens as string[])) index++
    if (index > last) break
    const bit = 1 << (index - first)
    const step = steps[index] as Step
    if (seen & bit) throw syntaxError(`${show(cursor)} where ${step.name} was given already`)
    seen |= bit
    parsed[step.property] = step.read(cursor, reserved)
  }
  return last
}

const readPositional = (step: Step, cursor: Cursor, reserved: number): unknown => {
  if (step.optional) {
    const left = cursor.end - cursor.index - reserved
    if (left <= 0 || matches(cursor, step.followers)) return fallbackValue(step)
  }
  return step.read(cursor, reserved)
}

const fallbackValue = (step: Step): unknown => (step.fallback === emptyList ? [] : step.fallback)

const compileReader = (property: string, argument: Argument, followers: readonly string[]): Reader => {
  if (argument.kind === 'many') return compileMany(property, argument, followers)
  const value = compileValue(property, argument, followers)
  const { token } = argument.options
  if (token === undefined || argument.kind === 'pure-token') return value
  const word = token.toUpperCase()
  return (cursor, reserved) => {
    readToken(cursor, word)
    return value(cursor, reserved)
  }
}

const readToken = (cursor: Cursor, token: string): void => {
  if (cursor.index >= cursor.end) throw missing(token)
  if (!cursor.args.equals(cursor.index, token)) throw syntaxError(`expected ${token}, got ${show(cursor)}`)
  cursor.index++
}

const compileValue = (property: string, argument: Argument, followers: readonly string[]): Reader => {
  switch (argument.kind) {
    case 'pure-token': {
      const word = String(argument.options.token).toUpperCase()
      return (cursor) => {
        readToken(cursor, word)
        return true
      }
    }
    case 'oneof':
      return compileOneof(property, argument, followers)
    case 'block':
      return compileSequence(argument.parts ?? {}, followers)
    default:
      return compileScalar(argumentName(property, argument), argument)
  }
}

/** Reads the argument at position `index`. */
type ScalarReader = (args: Args, open: KeyOpener, index: number) => unknown

const compileScalar = (name: string, argument: Argument): Reader => {
  const read = scalarReader(name, argument)
  return (cursor) => {
    if (cursor.index >= cursor.end) throw missing(name)
    return read(cursor.args, cursor.open, cursor.index++)
  }
}

const scalarReader = (name: string, argument: Argument): ScalarReader => {
  switch (argument.kind) {
    case 'key':
      return (args, open, index) => open(args, index, argument)
    case 'bytes':
      return withinLength(name, argument, (args, _open, index) => args.bytes(index))
    case 'integer':
    case 'unix-time':
      return numberReader(name, argument.options, 'an integer', (args, _open, index) => args.integer(index))
    case 'integer64':
      return numberReader(name, argument.options, 'an integer', (args, _open, index) => args.integer64(index))
    case 'double':
      return numberReader(name, argument.options, 'a number', (args, _open, index) => args.double(index))
    default:
      return withinLength(name, argument, (args, _open, index) => args.string(index))
  }
}

const withinLength = (name: string, argument: Argument, read: ScalarReader): ScalarReader => {
  const { maxLength } = argument.options
  if (maxLength === undefined) return read
  return (args, open, index) => {
    const length = args.length(index)
    if (length > maxLength)
      throw new CommandError(`${name} must not be longer than ${maxLength} bytes, got ${length} bytes`)
    return read(args, open, index)
  }
}

const numberReader = (
  name: string,
  { min, max }: Pick<Argument['options'], 'min' | 'max'>,
  what: string,
  read: (args: Args, open: KeyOpener, index: number) => number | bigint,
): ScalarReader => {
  const isBounded = min !== undefined || max !== undefined
  const allowed = isBounded ? `${what}, ${allowedBounds(min, max)}` : what
  return (args, open, index) => {
    let value: number | bigint
    try {
      value = read(args, open, index)
    } catch (error) {
      // Redis's error comes first, for clients that know it.
      const reason = (error as CommandError).message
      throw new CommandError(`${reason}: ${name} must be ${allowed}, got ${showArgument(args.string(index))}`)
    }
    if ((min !== undefined && value < min) || (max !== undefined && value > max))
      throw new CommandError(
        `${name} must be ${allowedBounds(min, max)}, got ${showArgument(args.string(index))}`,
      )
    return value
  }
}

interface Alternative {
  readonly property: string
  readonly tokens: readonly string[] | null
  readonly read: Reader
}

const compileOneof = (property: string, argument: Argument, followers: readonly string[]): Reader => {
  const entries = Object.entries(argument.parts ?? {})
  const alternatives = entries.map(
    ([property, part]): Alternative => ({
      property,
      tokens: leadingTokens(part),
      read: compileReader(property, part, followers),
    }),
  )
  const led = alternatives.filter((alternative) => alternative.tokens !== null)
  const others = alternatives.filter((alternative) => alternative.tokens === null)
  const tokens = led.flatMap((alternative) => alternative.tokens as string[])
  const onlyTokens = entries.every(([, part]) => part.kind === 'pure-token')
  const result = ({ property }: Alternative, value: unknown): unknown =>
    onlyTokens ? property : { [property]: value }
  return (cursor, reserved) => {
    if (cursor.index >= cursor.end)
      throw missing(others.length === 0 ? anyOf(tokens) : argumentName(property, argument))
    for (const alternative of led)
      if (matches(cursor, alternative.tokens as string[]))
        return result(alternative, alternative.read(cursor, reserved))
    if (others.length === 0) throw syntaxError(`expected ${anyOf(tokens)}, got ${show(cursor)}`)
    return readFirstFitting(others, cursor, reserved, result)
  }
}

/** Tries alternatives that no token tells apart in order; the last one's error is the one reported. */
const readFirstFitting = (
  alternatives: readonly Alternative[],
  cursor: Cursor,
  reserved: number,
  result: (alternative: Alternative, value: unknown) => unknown,
): unknown => {
  const start = cursor.index
  let failure: unknown
  for (const alternative of alternatives) {
    try {
      return result(alternative, alternative.read(cursor, reserved))
    } catch (error) {
      failure = error
      cursor.index = start
    }
  }
  throw failure
}

const compileMany = (property: string, argument: Argument, followers: readonly string[]): Reader => {
  const element = argument.element as Argument
  const name = argumentName(property, argument)
  const { count, repeatToken = false } = argument.options
  const min = Number(argument.options.min ?? 1)
  const max = Number(argument.options.max ?? Number.POSITIVE_INFINITY)
  const token = repeatToken ? undefined : element.options.token?.toUpperCase()
  const own = compileReader(name, token === undefined ? element : withoutToken(element), followers)
  const width = presentWidth(element).min - (token === undefined ? 0 : 1)
  const repeated = leadingTokens(element)
  const goesOn = (cursor: Cursor, reserved: number, taken: number): boolean => {
    if (cursor.end - cursor.index - reserved < 1) return false
    if (taken < min) return true
    if (repeatToken) return matches(cursor, repeated ?? [])
    return followers.length === 0 || !matches(cursor, followers)
  }
  if (count !== undefined) return compileCounted({ name, count, min, max, width, read: own })
  return (cursor, reserved) => {
    if (token !== undefined) readToken(cursor, token)
    const values: unknown[] = []
    while (goesOn(cursor, reserved, values.length)) values.push(own(cursor, reserved))
    if (values.length < min)
      throw values.length === 0
        ? missing(name)
        : syntaxError(`${name} is needed ${min} times, got ${values.length}`)
    if (values.length > max) throw tooMany(name, max, values.length)
    return values
  }
}

const withoutToken = (argument: Argument): Argument => {
  const { token: _token, ...options } = argument.options
  return { ...argument, options }
}

interface Counted {
  readonly name: string
  readonly count: string
  readonly min: number
  readonly max: number
  readonly width: number
  readonly read: Reader
}

const compileCounted = ({ name, count, min, max, width, read }: Counted): Reader => {
  const readCount = numberReader(count, {}, 'an integer', (args, _open, index) => args.integer(index))
  return (cursor, reserved) => {
    if (cursor.index >= cursor.end) throw missing(count)
    const wanted = readCount(cursor.args, cursor.open, cursor.index++) as number
    if (wanted < min)
      throw new CommandError(
        min === 1 ? `${count} should be greater than 0` : `${count} must be at least ${min}, got '${wanted}'`,
      )
    if (wanted > max) throw tooMany(name, max, wanted)
    // Checked before the loop: what is only declared is not worked through.
    if (wanted * width > cursor.end - cursor.index)
      throw new CommandError(`${count} can't be greater than number of args`)
    const values: unknown[] = []
    for (let index = 0; index < wanted; index++) values.push(read(cursor, reserved))
    return values
  }
}
