import { splitArguments } from '../protocol/inline-arguments.ts'
import { ConfigError, type Setting, type SettingSource } from './config-error.ts'
import { OPTIONS } from './options.ts'

/** A value in an object of options: words of an option may be one text or a list. */
export type ConfigInput =
  | string
  | number
  | boolean
  | readonly (string | number | readonly (string | number)[])[]

/**
 * Options of a server as an object, by Redis's names: `{ port: 0, save: '', 'maxmemory-policy': 'noeviction' }`. An
 * object stands for a module's options: `{ ratelimit: { 'max-burst': 5 } }` sets `ratelimit.max-burst`.
 */
export type ConfigObject = {
  readonly [name: string]: ConfigInput | { readonly [parameter: string]: ConfigInput } | undefined
}

const directives = new Set(OPTIONS.filter(({ type }) => type === 'directive').map(({ name }) => name))

/**
 * The settings an object stands for.
 * @throws ConfigError where a value is none of the kinds that can be one
 */
export function settingsOfObject(object: unknown, source: SettingSource): Setting[] {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw new ConfigError('the configuration must be an object of options', source)
  }
  return Object.entries(object).flatMap(([name, value]) => settingsOf(name, value, source))
}

function settingsOf(name: string, value: unknown, source: SettingSource): Setting[] {
  if (value === undefined) return []
  if (directives.has(name.toLowerCase())) {
    const lines = Array.isArray(value) ? value : [value]
    return lines.map((line) => ({ name, words: lineWords(name, line, source), source }))
  }
  if (Array.isArray(value)) {
    return [{ name, words: value.flat().flatMap((word) => scalar(name, word, source).split(' ')), source }]
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([parameter, each]) =>
      settingsOf(`${name}.${parameter}`, each, source),
    )
  }
  return [{ name, words: [scalar(name, value, source)], source }]
}

/** The words of one `loadmodule` and the like: a line of text, or a list of words. */
function lineWords(name: string, line: unknown, source: SettingSource): string[] {
  if (Array.isArray(line)) return line.map((word) => scalar(name, word, source))
  const words = splitArguments(Buffer.from(scalar(name, line, source)))
  if (words === undefined) throw new ConfigError('Unbalanced quotes', source, name)
  return words.map((word) => word.toString())
}

function scalar(name: string, value: unknown, source: SettingSource): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new ConfigError('is neither text, a number, a boolean nor a list of these', source, name)
}
