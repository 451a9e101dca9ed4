import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { matchesGlob } from '../keyspace/glob.ts'
import { splitArguments } from '../protocol/inline-arguments.ts'
import { textOf } from '../protocol/lossless-text.ts'
import { ConfigError, type Setting, type SettingSource } from './config-error.ts'

const STANDARD_INPUT = '-'
/** A file that includes itself would otherwise go on until memory ends. */
const MAX_INCLUDES = 32
const MARK = '\xef\xbb\xbf'

/**
 * Reads a configuration file in Redis's format; `-` is the standard input. `include` is followed where it stands.
 * @throws ConfigError where a file cannot be read or a line cannot be split into words
 */
export function readConfigFile(path: string): Setting[] {
  const name = path === STANDARD_INPUT ? 'the standard input' : resolve(path)
  return parseConfigText(readText(path, { from: name }), name, 0)
}

function readText(path: string, source: SettingSource): string {
  try {
    const file = path === STANDARD_INPUT ? 0 : openSync(path, 'r')
    try {
      if (fstatSync(file).isDirectory()) throw new Error('it is a folder')
      return readFileSync(file, 'latin1')
    } finally {
      if (file !== 0) closeSync(file)
    }
  } catch (error) {
    throw new ConfigError(`cannot open the configuration file '${path}': ${(error as Error).message}`, source)
  }
}

/**
 * The lines of a configuration file without the space around them, and without the mark of UTF-8 that editors of Windows
 * put first. Each character of `text` stands for a byte: what is space in ASCII alone is space here.
 */
export function linesOf(text: string): string[] {
  const start = text.startsWith(MARK) ? MARK.length : 0
  return text
    .slice(start)
    .split('\n')
    .map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ''))
}

/** The settings of a text in Redis's format; `name` is what errors call it. */
export function parseConfigText(text: string, name: string, includes: number): Setting[] {
  const settings: Setting[] = []
  linesOf(text).forEach((line, index) => {
    if (line === '' || line.startsWith('#')) return
    const bytes = Buffer.from(line, 'latin1')
    const source = { from: name, line: index + 1, text: textOf(bytes) }
    const words = splitArguments(bytes)?.map(textOf)
    if (words === undefined) throw new ConfigError('Unbalanced quotes in configuration line', source)
    const [option = '', ...rest] = words
    if (option.toLowerCase() === 'include') settings.push(...included(rest, source, includes))
    else settings.push({ name: option, words: rest, source })
  })
  return settings
}

/** Settings of the files that an `include` names; one with wildcards may find none. */
function included(words: readonly string[], source: SettingSource, includes: number): Setting[] {
  const [pattern] = words
  if (pattern === undefined || words.length > 1) {
    throw new ConfigError('wrong number of arguments', source, 'include', 'the path of one file')
  }
  if (includes >= MAX_INCLUDES)
    throw new ConfigError('files include each other without end', source, 'include')
  return filesOf(pattern).flatMap((path) =>
    parseConfigText(readText(path, source), resolve(path), includes + 1),
  )
}

function filesOf(pattern: string): string[] {
  if (!/[*?[]/.test(basename(pattern))) return [pattern]
  const wanted = Buffer.from(basename(pattern))
  let names: string[]
  try {
    names = readdirSync(dirname(pattern))
  } catch {
    return []
  }
  const found = names.filter((name) => {
    const bytes = Buffer.from(name)
    return !name.startsWith('.') && matchesGlob(wanted, 0, wanted.length, bytes, 0, bytes.length)
  })
  return found.sort().map((name) => join(dirname(pattern), name))
}
