import { formatMemory, parseMemory } from '@modis/sdk/internal'
import type { IntegerOption, Option, OptionValue } from './option.ts'

/** Most letters of a refused value that an error shows. */
const MAX_SHOWN = 64

/**
 * The value that `words` give an option.
 * @param present value that is replaced
 * @throws RangeError whose message is Redis's, or for an option of a module says what is allowed and what was given
 */
export function parseOption(option: Option, words: readonly string[], present: OptionValue): OptionValue {
  if (option.refusal === undefined) return parseWords(option, words, present)
  try {
    return parseWords(option, words, present)
  } catch {
    const given = option.sensitive ? '' : `, got '${words.join(' ').slice(0, MAX_SHOWN)}'`
    throw new RangeError(option.refusal + given)
  }
}

function parseWords(option: Option, words: readonly string[], present: OptionValue): OptionValue {
  if (option.type === 'words') {
    return option.normalize(words.length === 1 && words[0] === '' ? [] : words, present as readonly string[])
  }
  if (option.type === 'custom') return option.parse(words.join(' '))
  const [text] = words
  if (text === undefined || words.length > 1) throw new RangeError('wrong number of arguments')
  switch (option.type) {
    case 'integer':
      return parseInteger(option, text)
    case 'boolean':
      return parseBoolean(text, option.only)
    case 'enum':
      return parseEnum(text, option.values)
    case 'string':
      return option.normalize?.(text) ?? text
    default:
      return text
  }
}

function parseBoolean(text: string, only: boolean | undefined): boolean {
  const value = /^yes$/i.test(text) ? true : /^no$/i.test(text) ? false : undefined
  if (value === undefined) throw new RangeError("argument must be 'yes' or 'no'")
  if (only !== undefined && value !== only)
    throw new RangeError(`argument must be '${only ? 'yes' : 'no'}' here`)
  return value
}

function parseEnum(text: string, values: readonly string[]): string {
  const lower = text.toLowerCase()
  const value = values.find((each) => each.toLowerCase() === lower)
  if (value === undefined) {
    throw new RangeError(`argument(s) must be one of the following: ${values.join(', ')}`)
  }
  return value
}

function parseInteger(option: IntegerOption, text: string): number {
  const { format = 'plain', min, max } = option
  const value = integerOf(format, text)
  if (value === undefined) throw new RangeError(NOT_A_NUMBER[format])
  if (format === 'percent' && value < 0) {
    if (value < min) throw new RangeError(`percentage argument must be less or equal to ${-min}`)
  } else if (value > max || value < min) {
    const base = format === 'octal' ? 8 : 10
    throw new RangeError(`argument must be between ${min.toString(base)} and ${max.toString(base)} inclusive`)
  }
  const { clamp } = option
  return clamp === undefined ? value : Math.min(Math.max(value, clamp.min), clamp.max)
}

const NOT_A_NUMBER = {
  plain: "argument couldn't be parsed into an integer",
  memory: 'argument must be a memory value',
  percent: 'argument must be a memory or percent value',
  octal: "argument couldn't be parsed as an octal number",
}

function integerOf(format: NonNullable<IntegerOption['format']>, text: string): number | undefined {
  if (format === 'plain') return /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : undefined
  if (format === 'octal') return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined
  if (format === 'percent' && /^\d+%$/.test(text)) return -Number(text.slice(0, -1))
  return parseMemory(text)
}

/** A value as CONFIG GET shows it. */
export function formatOption(option: Option, value: OptionValue): string {
  if (option.type === 'custom') return option.format(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') {
    const format = option.type === 'integer' ? option.format : 'plain'
    if (format === 'octal') return value.toString(8)
    return format === 'percent' && value < 0 ? `${-value}%` : String(value)
  }
  return typeof value === 'string' ? value : value.join(' ')
}

/** What an option may be set to, in words, for errors at start and the reference page. */
export function allowedValues(option: Option): string {
  switch (option.type) {
    case 'boolean':
      return option.only === undefined ? '`yes` or `no`' : `\`${option.only ? 'yes' : 'no'}\` alone`
    case 'enum':
      return option.values.map((value) => `\`${value}\``).join(', ')
    case 'string':
      return option.allowed ?? 'text'
    case 'integer':
      return allowedIntegers(option)
    default:
      return option.allowed
  }
}

function allowedIntegers(option: IntegerOption): string {
  const { format = 'plain', min, max } = option
  if (format === 'octal') return `octal, ${min.toString(8)} to ${max.toString(8)}`
  if (format === 'percent') return `bytes with units such as \`mb\`, or up to ${-min}%`
  const shown = format === 'memory' ? formatMemory : String
  const range = max >= Number.MAX_SAFE_INTEGER ? `${shown(min)} or more` : `${shown(min)} to ${shown(max)}`
  return format === 'memory' ? `${range}, with units such as \`mb\`` : range
}

/** Whether two values of an option are the same. */
export function sameValue(a: OptionValue, b: OptionValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b
  return a.length === b.length && a.every((word, index) => word === b[index])
}
