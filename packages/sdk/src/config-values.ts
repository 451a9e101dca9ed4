import type { ConfigParameter, ConfigSchema } from './config.ts'
import { ConfigValueError } from './errors.ts'
import { parseMemory } from './memory-size.ts'

// biome-ignore lint/suspicious/noExplicitAny: `apply` makes a parameter invariant in its value
type AnyParameter = ConfigParameter<any>

/** What a parameter allows, in words; the wording starts as that of Redis. */
export const allowedValues = (parameter: AnyParameter): string => {
  const { kind, min, max, memory, maxLength, values = [] } = parameter
  if (kind === 'boolean') return "argument must be 'yes' or 'no'"
  if (kind === 'enum') return `argument(s) must be one of the following: ${values.join(', ')}`
  if (kind === 'flags')
    return `argument(s) must be some of the following, separated by spaces: ${values.join(', ')}`
  if (kind === 'string') return `argument must not be longer than ${maxLength} bytes`
  const what = memory ? 'argument must be a memory value' : 'argument must be an integer'
  if (min === undefined && max === undefined) return what
  if (min === undefined) return `${what} of at most ${max}`
  return max === undefined ? `${what} of at least ${min}` : `${what} between ${min} and ${max} inclusive`
}

/**
 * Parses what was given for a parameter in `CONFIG SET`, a file or `MODULE LOADEX`.
 * @param name the parameter's name as the operator knows it, for the error
 * @throws ConfigValueError where the value is not allowed
 */
export const parseConfigValue = <Value>(
  name: string,
  parameter: ConfigParameter<Value>,
  text: string,
): Value => {
  const value = parseText(parameter, text)
  if (value === undefined)
    throw new ConfigValueError(name, parameter.sensitive ? null : text, allowedValues(parameter))
  return value as Value
}

/** A parameter's value as `CONFIG GET` shows it and `CONFIG REWRITE` writes it. */
export const formatConfigValue = <Value>(parameter: ConfigParameter<Value>, value: Value): string => {
  if (parameter.kind === 'boolean') return value ? 'yes' : 'no'
  return Array.isArray(value) ? value.join(' ') : String(value)
}

/** The values of a schema before anything was configured. */
export const defaultConfig = (schema: ConfigSchema): Record<string, unknown> =>
  Object.fromEntries(Object.entries(schema).map(([name, parameter]) => [name, parameter.default]))

const parseText = (parameter: AnyParameter, text: string): unknown => {
  const { kind, values = [] } = parameter
  switch (kind) {
    case 'string':
      return Buffer.byteLength(text) <= (parameter.maxLength ?? Number.POSITIVE_INFINITY) ? text : undefined
    case 'boolean':
      return parseYesNo(text)
    case 'enum':
      return findName(values, text)
    case 'flags':
      return parseFlags(values, text)
    case 'integer':
      return parseInteger(parameter, text)
  }
}

const parseYesNo = (text: string): boolean | undefined => {
  const lower = text.toLowerCase()
  if (lower === 'yes') return true
  return lower === 'no' ? false : undefined
}

const findName = (values: readonly string[], text: string): string | undefined =>
  values.find((value) => value.toLowerCase() === text.toLowerCase())

const parseFlags = (values: readonly string[], text: string): readonly string[] | undefined => {
  const given = text.split(' ').filter((word) => word !== '')
  const found = given.map((word) => findName(values, word))
  if (found.includes(undefined)) return undefined
  // In the order they were declared in, so that equal settings look equal.
  return values.filter((value) => found.includes(value))
}

const parseInteger = (parameter: AnyParameter, text: string): number | undefined => {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = parameter
  const value = parameter.memory ? parseSignedMemory(text) : parsePlainInteger(text)
  return value !== undefined && value >= min && value <= max ? value : undefined
}

const parsePlainInteger = (text: string): number | undefined => {
  const value = /^-?[0-9]{1,17}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}

const parseSignedMemory = (text: string): number | undefined => {
  if (!text.startsWith('-')) return parseMemory(text)
  const bytes = parseMemory(text.slice(1))
  return bytes === undefined ? undefined : -bytes
}
