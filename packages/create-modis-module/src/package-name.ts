import { builtinModules } from 'node:module'

const longestName = 214
const reserved = ['node_modules', 'favicon.ico']

/**
 * What npm has against a name for a new package, as ends of the sentence "the name …"; empty where npm would take it.
 * The rules are those of https://docs.npmjs.com/cli/configuring-npm/package-json#name.
 */
export function nameProblems(name: string): string[] {
  if (name === '') return ['is empty']
  const problems: string[] = []
  const parts = /^@([^/]*)\/(.*)$/.exec(name)
  const own = parts?.[2] ?? name
  if (name.length > longestName) problems.push(`has ${name.length} characters; npm allows ${longestName}`)
  if (name !== name.toLowerCase()) problems.push('holds upper-case letters')
  if (name !== name.trim()) problems.push('starts or ends with a blank')
  if (/^[._-]/.test(own)) problems.push(`starts with '${own[0]}'`)
  if (reserved.includes(own)) problems.push('is reserved')
  if (builtinModules.includes(name)) problems.push('is the name of a module of Node')
  if (parts?.[1] === '') problems.push('has an empty scope')
  if (own === '') problems.push('is nothing but a scope')
  const odd = strangeCharacters(parts ? `${parts[1]}${own}` : own)
  if (odd.length > 0) problems.push(`holds ${odd.map((character) => `'${character}'`).join(', ')}`)
  return problems
}

/** What follows from a package's name inside the module. */
export interface Names {
  /** The package, such as `@acme/word-count`. */
  readonly package: string
  /** The module, its folder and the prefix of its commands, such as `word-count`. */
  readonly module: string
  /** A word of C, such as `word_count`. */
  readonly identifier: string
  /** The nine characters of a data type, such as `word-coun`. */
  readonly dataType: string
}

/** The names of a module from that of its package, which npm would take. */
export function namesOf(packageName: string): Names {
  const module = packageName.slice(packageName.indexOf('/') + 1)
  const identifier = module.replace(/[^a-z0-9]/g, '_')
  return {
    package: packageName,
    module,
    identifier: /^[0-9]/.test(identifier) ? `module_${identifier}` : identifier,
    dataType: module
      .replace(/[^a-z0-9_-]/g, '-')
      .padEnd(9, '-')
      .slice(0, 9),
  }
}

// What a URL would escape, and what npm excludes beyond that.
function strangeCharacters(text: string): string[] {
  const strange = [...text].filter(
    (character) => !/[A-Za-z0-9._-]/.test(character) && character.trim() !== '',
  )
  return [...new Set(/\s/.test(text.trim()) ? [...strange, ' '] : strange)]
}
