import type { KeyFlag, KeySpec } from './command.ts'
import type { Argument, ArgumentKind, ArgumentSchema } from './schema.ts'
import { argumentName, argumentWidth, keyFlags, presentWidth, schemaWidth } from './schema-structure.ts'

/** Names of argument types in `COMMAND DOCS`. */
export type DocumentedType =
  | 'string'
  | 'integer'
  | 'double'
  | 'key'
  | 'pattern'
  | 'unix-time'
  | 'pure-token'
  | 'oneof'
  | 'block'

/** One argument as `COMMAND DOCS` shows it. */
export interface ArgumentDocumentation {
  readonly name: string
  readonly type: DocumentedType
  /** Absent for `oneof` and `block`, as in Redis. */
  readonly displayText?: string
  readonly keySpecIndex?: number
  readonly token?: string
  readonly summary?: string
  readonly since?: string
  readonly deprecatedSince?: string
  readonly flags: readonly ('optional' | 'multiple' | 'multiple_token')[]
  /** Alternatives of a `oneof`, parts of a `block`. */
  readonly arguments?: readonly ArgumentDocumentation[]
}

/** The plain range of keys that `COMMAND INFO` gives for clients which know no key specifications. */
export interface KeyRange {
  /** Position of the first key, the command's name being 0; 0 where there is none. */
  readonly firstKey: number
  /** Position of the last key; negative from the end. */
  readonly lastKey: number
  readonly step: number
  /** The range does not tell all keys: the flag `movablekeys`. */
  readonly movable: boolean
}

/** What follows from a schema for `COMMAND INFO`, `COMMAND DOCS` and `COMMAND GETKEYS`. */
export interface SchemaDescription extends KeyRange {
  /** Number of arguments, the name included; negative for "at least". */
  readonly arity: number
  readonly keySpecs: readonly KeySpec[]
  readonly documentation: readonly ArgumentDocumentation[]
}

/** What {@link describe} cannot see in the schema. */
export interface DescribeOptions {
  /** Words of the command's name: 2 for a subcommand; 1 unless given. */
  readonly nameWords?: number
  /** The command's own arity, instead of the one that follows. */
  readonly arity?: number
  /** The command's own key specifications, instead of those that follow. */
  readonly keySpecs?: readonly KeySpec[]
}

const documentedTypes: Readonly<Record<Exclude<ArgumentKind, 'many'>, DocumentedType>> = {
  key: 'key',
  string: 'string',
  bytes: 'string',
  pattern: 'pattern',
  integer: 'integer',
  integer64: 'integer',
  double: 'double',
  'unix-time': 'unix-time',
  'pure-token': 'pure-token',
  oneof: 'oneof',
  block: 'block',
}

/** Where an argument stands, as far as that can be said in advance. */
interface Place {
  /** Fewest arguments before it, the name included. */
  readonly least: number
  /** Nothing of varying width comes before it. */
  readonly fixed: boolean
  /** Width of all that follows; `null` where it varies. */
  readonly after: number | null
  /** Keys repeat every so many arguments to the end. */
  readonly repeat?: {
    readonly step: number
    /** Position of the integer that counts the elements. */
    readonly countAt: number | null
    /** Width of all that follows the last element; `null` where it varies. */
    readonly after: number | null
  }
  /** Token that directly precedes the argument. */
  readonly keyword?: string
}

/** Arity, key specifications and documentation of a schema, as `COMMAND INFO` and `COMMAND DOCS` want them. */
export const describe = (schema: ArgumentSchema, options: DescribeOptions = {}): SchemaDescription => {
  const nameWords = options.nameWords ?? 1
  const description = new Describer(options.keySpecs)
  const documentation = description.sequence(schema, { least: nameWords, fixed: true, after: 0 })
  const width = schemaWidth(schema)
  const arity = nameWords + width.min
  return {
    arity: options.arity ?? (width.min === width.max ? arity : -arity),
    keySpecs: description.keySpecs,
    documentation,
    ...keyRange(description.keySpecs),
  }
}

/**
 * The range of keys for old clients, from key specifications. The rules are those of Redis: ranges with a step of 1
 * that follow each other are joined, everything else makes the keys movable.
 */
export const keyRange = (keySpecs: readonly KeySpec[]): KeyRange => {
  const [only] = keySpecs
  if (only === undefined) return { firstKey: 0, lastKey: 0, step: 0, movable: false }
  if (keySpecs.length === 1 && 'index' in only.begin && 'lastKey' in only.find) {
    const { lastKey, step } = only.find
    const { index } = only.begin
    const movable = only.flags.includes('incomplete')
    return { firstKey: index, lastKey: lastKey < 0 ? lastKey : index + lastKey, step, movable }
  }
  let firstKey = 0
  let lastKey = 0
  let movable = false
  for (const { begin, find, flags } of keySpecs) {
    const plain = 'index' in begin && 'lastKey' in find && find.step === 1
    if (!plain || (lastKey !== 0 && lastKey !== begin.index - 1)) {
      movable = true
      continue
    }
    if (flags.includes('incomplete')) movable = true
    const last = find.lastKey < 0 ? find.lastKey : begin.index + find.lastKey
    firstKey = firstKey === 0 ? begin.index : Math.min(firstKey, begin.index)
    // Positions from the end lie behind all others.
    lastKey = furthest(lastKey, last)
  }
  if (firstKey === 0) return { firstKey: 0, lastKey: 0, step: 0, movable: true }
  return { firstKey, lastKey, step: 1, movable }
}

const furthest = (left: number, right: number): number =>
  left < 0 === right < 0 ? Math.max(left, right) : Math.min(left, right)

/** Walks a schema once and collects key specifications in the order of their arguments. */
class Describer {
  readonly keySpecs: KeySpec[]
  private readonly given: boolean
  private nextIndex = 0

  constructor(given: readonly KeySpec[] | undefined) {
    this.given = given !== undefined
    this.keySpecs = [...(given ?? [])]
  }

  sequence(schema: ArgumentSchema, place: Place): ArgumentDocumentation[] {
    const documentation: ArgumentDocumentation[] = []
    const entries = Object.entries(schema)
    let { least, fixed } = place
    entries.forEach(([property, argument], index) => {
      const rest = schemaWidth(Object.fromEntries(entries.slice(index + 1)))
      const after = rest.min === rest.max && place.after !== null ? rest.min + place.after : null
      const keyword = index === 0 ? place.keyword : undefined
      const inner = { ...place, least, fixed, after }
      documentation.push(...this.argument(property, argument, withKeyword(inner, keyword)))
      const width = argumentWidth(argument)
      least += width.min
      fixed &&= width.min === width.max
    })
    return documentation
  }

  private argument(property: string, argument: Argument, place: Place): ArgumentDocumentation[] {
    if (argument.kind === 'many') return this.many(property, argument, place)
    return [this.document(argumentName(property, argument), argument, place, [], argument.optional)]
  }

  private many(property: string, argument: Argument, place: Place): ArgumentDocumentation[] {
    const element = argument.element as Argument
    const { count, repeatToken } = argument.options
    const name = argument.options.name ?? argumentName(property, element)
    const flags = repeatToken ? (['multiple', 'multiple_token'] as const) : (['multiple'] as const)
    const merged = { ...element, options: { ...element.options, ...documentationOptions(argument) } }
    const width = presentWidth(element)
    const step = width.min === width.max ? width.min - (element.options.token && !repeatToken ? 1 : 0) : 0
    const countAt = count === undefined ? null : place.least
    const least = place.least + (countAt === null ? 0 : 1)
    const inner: Place = { ...place, least, repeat: { step, countAt, after: place.after } }
    const documented = this.document(name, merged, inner, flags, argument.optional)
    if (count === undefined) return [documented]
    const counter = { name: count, type: 'integer', displayText: count } as const
    const optionalCount = argument.optional && Number(argument.options.min ?? 1) !== 0
    return [{ ...counter, flags: optionalCount ? ['optional'] : [] }, documented]
  }

  private document(
    name: string,
    argument: Argument,
    place: Place,
    multiple: readonly ('multiple' | 'multiple_token')[],
    optional: boolean,
  ): ArgumentDocumentation {
    const { token, summary, since, deprecatedSince, display } = argument.options
    const at = token === undefined ? place : withKeyword({ ...place, least: place.least + 1 }, token)
    const keySpecIndex = this.keySpecIndex(argument, at)
    const nested = this.nested(argument, at)
    return {
      name,
      type: documentedTypes[argument.kind as Exclude<ArgumentKind, 'many'>],
      ...(nested ? {} : { displayText: display ?? name }),
      ...(keySpecIndex === undefined ? {} : { keySpecIndex }),
      ...(token === undefined ? {} : { token }),
      ...(summary === undefined ? {} : { summary }),
      ...(since === undefined ? {} : { since }),
      ...(deprecatedSince === undefined ? {} : { deprecatedSince }),
      flags: optional ? ['optional', ...multiple] : multiple,
      ...(nested ? { arguments: nested } : {}),
    }
  }

  private nested(argument: Argument, place: Place): ArgumentDocumentation[] | undefined {
    if (argument.parts === undefined) return undefined
    if (argument.kind === 'block') return this.sequence(argument.parts, place)
    return Object.entries(argument.parts).flatMap(([property, alternative]) => {
      // A token among alternatives is the choice itself, which cannot be left out.
      const chosen = alternative.kind === 'pure-token' ? { ...alternative, optional: false } : alternative
      return this.argument(property, chosen, place)
    })
  }

  private keySpecIndex(argument: Argument, place: Place): number | undefined {
    const { keySpecIndex } = argument.options
    if (argument.kind !== 'key') return keySpecIndex
    if (this.given) return keySpecIndex ?? this.nextIndex++
    if (keySpecIndex !== undefined && this.keySpecs[keySpecIndex] !== undefined) return keySpecIndex
    this.keySpecs.push(keySpec(argument, place))
    return this.keySpecs.length - 1
  }
}

const withKeyword = (place: Place, keyword: string | undefined): Place => {
  const { keyword: _former, ...rest } = place
  return keyword === undefined ? rest : { ...rest, keyword }
}

const documentationOptions = (argument: Argument): Argument['options'] => {
  const { min: _min, max: _max, count: _count, repeatToken: _repeat, ...options } = argument.options
  return options
}

const unknown = { unknown: true } as const

const keySpec = (argument: Argument, place: Place): KeySpec => {
  const { spec, notes } = argument.options
  const found = spec ?? position(place)
  const flags = keyFlags(argument)
  const incomplete: readonly KeyFlag[] =
    spec === undefined && 'unknown' in found.begin && !flags.includes('incomplete') ? ['incomplete'] : []
  return { ...(notes === undefined ? {} : { notes }), flags: [...flags, ...incomplete], ...found }
}

const position = (place: Place): Pick<KeySpec, 'begin' | 'find'> => {
  const { least, repeat, keyword, fixed } = place
  const countAt = repeat?.countAt ?? null
  const start = countAt ?? least
  // A token's argument follows the token wherever that stands; anything else must stand at a known position.
  if ((keyword === undefined && !fixed) || repeat?.step === 0) return { begin: unknown, find: unknown }
  const begin = keyword === undefined ? { index: start } : { keyword, startFrom: start - 1 }
  if (repeat === undefined) return { begin, find: { lastKey: 0, step: 1, limit: 0 } }
  if (countAt !== null)
    return { begin, find: { keyCountIndex: 0, firstKey: least - countAt, step: repeat.step } }
  if (repeat.after === null) return { begin: unknown, find: unknown }
  return { begin, find: { lastKey: -1 - repeat.after, step: repeat.step, limit: 0 } }
}
