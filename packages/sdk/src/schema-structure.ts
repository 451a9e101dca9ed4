import type { KeyFlag } from './command.ts'
import type { KeyMode } from './keys.ts'
import type { Argument, ArgumentSchema, KeyAccess } from './schema.ts'

/** How many arguments a part of a schema takes up; `max` may be `Infinity`. */
export interface Width {
  readonly min: number
  readonly max: number
}

const accessFlags: Readonly<Record<KeyAccess, readonly KeyFlag[]>> = {
  R: ['RO', 'access'],
  W: ['OW', 'update'],
  RW: ['RW', 'access', 'update'],
  RM: ['RM', 'delete'],
  INSERT: ['RW', 'insert'],
}

/** Flags of a key argument's specification. */
export const keyFlags = (argument: Argument): readonly KeyFlag[] =>
  argument.options.flags ?? accessFlags[argument.options.access ?? 'RW']

/** Mode in which a key argument is opened. */
export const keyMode = (argument: Argument): KeyMode => {
  const flags = keyFlags(argument)
  if (flags.includes('RO')) return 'R'
  return flags.includes('OW') ? 'W' : 'RW'
}

/** Name of an argument in documentation and error messages. */
export const argumentName = (property: string, argument: Argument): string =>
  argument.options.name ?? property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const tokenWidth = (argument: Argument): number => (argument.options.token === undefined ? 0 : 1)

/** Width of an argument that is there, whether or not it may be left out. */
export const presentWidth = (argument: Argument): Width => {
  const token = tokenWidth(argument)
  if (argument.kind === 'pure-token') return { min: 1, max: 1 }
  if (argument.kind === 'many') return manyWidth(argument)
  if (argument.parts === undefined) return { min: token + 1, max: token + 1 }
  if (argument.kind === 'block') {
    const inner = schemaWidth(argument.parts)
    return { min: token + inner.min, max: token + inner.max }
  }
  const widths = Object.values(argument.parts).map(presentWidth)
  return {
    min: token + Math.min(...widths.map((width) => width.min)),
    max: token + Math.max(...widths.map((width) => width.max)),
  }
}

const manyWidth = (argument: Argument): Width => {
  const element = argument.element as Argument
  const { count, repeatToken, max = Number.POSITIVE_INFINITY } = argument.options
  const one = presentWidth(element)
  const once = repeatToken ? 0 : tokenWidth(element)
  const least = Number(argument.options.min ?? 1)
  const counted = count === undefined ? 0 : 1
  return {
    min: counted + (least === 0 ? 0 : once + least * (one.min - once)),
    max: counted + once + Number(max) * (one.max - once),
  }
}

/** Width of an argument where it stands: nothing where it may be left out. */
export const argumentWidth = (argument: Argument): Width => {
  const width = presentWidth(argument)
  if (argument.kind === 'many' && Number(argument.options.min ?? 1) === 0) return width
  return argument.optional ? { min: 0, max: width.max } : width
}

/** Width of all arguments of a schema together. */
export const schemaWidth = (schema: ArgumentSchema): Width => {
  let min = 0
  let max = 0
  for (const argument of Object.values(schema)) {
    const width = argumentWidth(argument)
    min += width.min
    max += width.max
  }
  return { min, max }
}

/** The tokens an argument starts with; `null` where it may start with anything. */
export const leadingTokens = (argument: Argument): readonly string[] | null => {
  const { token } = argument.options
  if (token !== undefined) return [token.toUpperCase()]
  if (argument.kind === 'many')
    return argument.options.count === undefined ? leadingTokens(argument.element as Argument) : null
  if (argument.kind === 'block') {
    const first = Object.values(argument.parts ?? {})[0]
    return first === undefined || first.optional ? null : leadingTokens(first)
  }
  if (argument.kind !== 'oneof') return null
  const tokens: string[] = []
  for (const alternative of Object.values(argument.parts ?? {})) {
    const own = leadingTokens(alternative)
    if (own === null) return null
    tokens.push(...own)
  }
  return tokens
}
