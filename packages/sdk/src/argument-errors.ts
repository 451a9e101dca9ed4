import type { Args } from './args.ts'
import { CommandError } from './errors.ts'

const shownLength = 64

export const wrongArity = (args: Args, nameWords: number): CommandError => {
  const words = Array.from({ length: nameWords }, (_, index) => args.string(index).toLowerCase())
  return new CommandError(`wrong number of arguments for '${words.join('|')}' command`)
}

/** Starts as Redis's error, for clients that know it, and says where it is. */
export const syntaxError = (reason: string): CommandError => new CommandError(`syntax error: ${reason}`)

export const missing = (what: string): CommandError => syntaxError(`${what} is missing`)

/** Names of alternatives in words: `NX`, `NX or XX`. */
export const anyOf = (tokens: readonly string[]): string => tokens.join(' or ')

/** An argument as it is shown in an error message: shortened, and on one line. */
export const showArgument = (text: string): string => {
  const shown = text.length > shownLength ? `${text.slice(0, shownLength)}...` : text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  return `'${shown.replace(/[\x00-\x1f\x7f]/g, '?')}'`
}

/** Bounds in words: `between 1 and 10`, `at least 1` or `at most 10`. */
export const allowedBounds = (min: number | bigint | undefined, max: number | bigint | undefined): string => {
  if (min === undefined) return `at most ${max}`
  return max === undefined ? `at least ${min}` : `between ${min} and ${max}`
}

export const tooMany = (name: string, max: number, got: number): CommandError =>
  new CommandError(`${name} may be given at most ${max} times, got ${got}`)
