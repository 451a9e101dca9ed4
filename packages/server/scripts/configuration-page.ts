import { formatMemory } from '@modis/sdk/internal'
import type { Option } from '../src/config/option.ts'
import { allowedValues, formatOption } from '../src/config/option-value.ts'
import { OPTIONS } from '../src/config/options.ts'

/** docs/reference/configuration.md. */
export function configurationPage(): string {
  const effective = OPTIONS.filter(({ noEffect }) => noEffect !== true)
  const sections = new Set(effective.map(({ section }) => section ?? 'general'))
  const accepted = OPTIONS.filter(({ noEffect }) => noEffect === true)
  return `# Configuration

Options have Redis's names and, but for those of modules, Redis's meaning. They come from, each overriding those before:

1. a file: the first argument of \`modis\`, in the format of redis.conf (\`include\` and quotes as there), or by its
   ending JSON, YAML or a module of JavaScript. Without an argument, \`modis.config.*\`, \`.modisrc\` or \`modis\` in
   package.json is looked for in the working directory and above it, as far as the project reaches;
2. the command line: \`--name value …\`.

An option that is unknown or has a value that is not allowed stops the start; the message names file, line, option and what
is allowed. CONFIG GET and CONFIG SET work on all of them; several in one CONFIG SET take effect together or not at all.
CONFIG REWRITE writes the present values to the file and keeps its comments and its order.

Options of a module are called \`module.option\`: in the file, on the command line, in CONFIG, and without the module's name
in the \`config\` of its package.

Memory sizes take units: \`1k\` is 1000 bytes, \`1kb\` is 1024; likewise \`m\`, \`mb\`, \`g\` and \`gb\`.

${[...sections].map((name) => sectionOf(name, effective)).join('\n')}
## Accepted, without effect

Files made for Redis name these; Modis takes them so that such files load, and shows them in CONFIG GET. Where a value would
ask for something Modis does not have, only the value that does not is allowed.

${table(
  ['option', 'default', 'allowed'],
  accepted.map((option) => [nameOf(option), defaultOf(option), allowedValues(option)]),
)}
`
}

function sectionOf(name: string, options: readonly Option[]): string {
  const rows = options
    .filter(({ section }) => (section ?? 'general') === name)
    .map((option) => [nameOf(option), defaultOf(option), allowedValues(option), meaning(option)])
  return `## ${name[0]?.toUpperCase()}${name.slice(1)}\n\n${table(['option', 'default', 'allowed', 'meaning'], rows)}\n`
}

function nameOf({ name, alias }: Option): string {
  return alias === undefined ? `\`${name}\`` : `\`${name}\` (\`${alias}\`)`
}

function defaultOf(option: Option): string {
  if (option.type === 'directive') return ''
  const isMemory = option.type === 'integer' && option.format === 'memory'
  const text = isMemory ? formatMemory(option.default as number) : formatOption(option, option.default)
  return text === '' ? '`""`' : `\`${text}\``
}

function meaning(option: Option): string {
  const notes = [
    option.immutable ? 'only set at start' : '',
    option.protected ? 'CONFIG SET needs `enable-protected-configs`' : '',
    option.sensitive ? 'shown by no log' : '',
  ].filter((note) => note !== '')
  return notes.length === 0 ? option.summary : `${option.summary} (${notes.join('; ')})`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
