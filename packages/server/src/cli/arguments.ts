import { ConfigError, type Setting, type SettingSource } from '../config/config-error.ts'
import { splitArguments } from '../protocol/inline-arguments.ts'

/** What a command line asks for. */
export type CommandLine =
  | { readonly mode: 'help' }
  | { readonly mode: 'version' }
  | { readonly mode: 'server'; readonly file: string | undefined; readonly settings: readonly Setting[] }

const source: SettingSource = { from: 'the command line' }

/**
 * Reads `[file] [--name value …] …` as redis-server does: a word that starts with `--` begins an option unless it is
 * the first word after one, and `--name value` may be a single word.
 * @throws ConfigError where a word that starts with `--` names no option
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [first] = args
  if (first === '--help' || first === '-h') return { mode: 'help' }
  if (first === '--version' || first === '-v') return { mode: 'version' }
  let file: string | undefined
  let rest = args
  if (first !== undefined && (first === '-' || !first.startsWith('-'))) {
    file = first
    rest = args.slice(1)
  } else if (args.length > 0 && args[args.length - 1] === '-') {
    file = '-'
    rest = args.slice(0, -1)
  }
  return { mode: 'server', file, settings: optionsOf(rest) }
}

function optionsOf(args: readonly string[]): Setting[] {
  const options: { name: string; words: string[] }[] = []
  for (const [index, arg] of args.entries()) {
    const last = options[options.length - 1]
    const next = args[index + 1]
    if (arg.startsWith('--') && (last === undefined || last.words.length > 0)) {
      const option = optionOf(arg)
      // `--save` stands for no save points where nothing but another option follows.
      if (
        option.name.toLowerCase() === 'save' &&
        option.words.length === 0 &&
        (next?.startsWith('--') ?? true)
      ) {
        option.words.push('')
      }
      options.push(option)
    } else if (last === undefined) {
      // As redis-server has it, the first option may lack its dashes.
      options.push({ name: arg, words: [] })
    } else last.words.push(arg)
  }
  return options.map((option) => ({ ...option, source }))
}

/** `--name`, `--name value` in one word, or `--name=value`. */
function optionOf(arg: string): { name: string; words: string[] } {
  const equals = /^--([\w.-]+)=(.*)$/s.exec(arg)
  if (equals !== null) return { name: equals[1] as string, words: [equals[2] as string] }
  const words = splitArguments(Buffer.from(arg.slice(2)))
  if (words === undefined || words.length === 0) throw new ConfigError(`'${arg}' names no option`, source)
  const [name = '', ...values] = words.map((word) => word.toString())
  return { name, words: values }
}
