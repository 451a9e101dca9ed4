import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** The folder that holds the workspace. */
export const root = join(import.meta.dirname, '../..')

/** A file of the repository: its path from the root, with `/` between folders, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** Where a file imports from, and whether the import is there when the program runs, and when. */
export interface Import {
  readonly specifier: string
  readonly kind: 'static' | 'dynamic' | 'type'
}

/** Paths of all files that belong to the repository: committed or about to be, not what is built. */
export function repositoryFiles(): string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
}

/** The files with one of the given endings, below a folder where one is given. */
export function sourceFiles(endings: readonly string[], folder = ''): SourceFile[] {
  return repositoryFiles()
    .filter((path) => path.startsWith(folder) && endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** The packages of the workspace as `[folder, package.json]`. */
export function packages(): [string, { name: string; scripts?: Record<string, string> }][] {
  const folders = ['packages', 'examples'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  )
  return [...folders, 'test']
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => [folder, JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))])
}

/** Everything a file of TypeScript or JavaScript imports. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text)
  const found: Import[] = []
  const statement = /^[ \t]*(?:import|export)\s(\s*type\s)?[^'";]*?\sfrom\s*['"]([^'"]+)['"]/gm
  for (const [, type, specifier = ''] of code.matchAll(statement)) {
    found.push({ specifier, kind: type ? 'type' : 'static' })
  }
  for (const [, specifier = ''] of code.matchAll(/^[ \t]*import\s*['"]([^'"]+)['"]/gm)) {
    found.push({ specifier, kind: 'static' })
  }
  // `typeof import('x')` and `import('x').Name` stand for types, `await import('x')` never does.
  const call = /(await\s+|typeof\s+)?\b(?:import|require)\(\s*['"]([^'"]+)['"](\s*\)\.[A-Z])?/g
  for (const [, prefix = '', specifier = '', member] of code.matchAll(call)) {
    const isType = prefix.startsWith('typeof') || (prefix === '' && member !== undefined)
    found.push({ specifier, kind: isType ? 'type' : 'dynamic' })
  }
  return found
}

/** What is wrong with where one file imports from, one sentence each; nothing where all is well. */
export function wrongImports({ path, text }: SourceFile, rules: readonly ImportRule[]): string[] {
  const folder = packageFolder(path)
  const wrong: string[] = []
  for (const { specifier, kind } of importsOf(text)) {
    if (specifier.startsWith('.')) {
      const target = posix.join(posix.dirname(path), specifier)
      if (!target.startsWith(`${folder}/`)) wrong.push(`${path} reaches out of its package for ${specifier}`)
      continue
    }
    const name = workspaceName(specifier)
    if (name === undefined || name === packageName(folder)) continue
    const allowed = rules.some(
      (rule) => path.startsWith(rule.from) && rule.to.test(name) && rule.kinds.includes(kind),
    )
    if (!allowed) wrong.push(`${path} must not import ${specifier} (${kind})`)
  }
  return wrong
}

/** Lets files below `from` import the workspace packages `to` in the given ways. */
export interface ImportRule {
  readonly from: string
  readonly to: RegExp
  readonly kinds: readonly Import['kind'][]
}

function withoutComments(text: string): string {
  return text.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, '').replace(/^[ \t]*\/\/.*$/gm, '')
}

function packageFolder(path: string): string {
  return path.startsWith('test/') ? 'test' : path.split('/').slice(0, 2).join('/')
}

function packageName(folder: string): string | undefined {
  return packages().find(([each]) => each === folder)?.[1].name
}

function workspaceName(specifier: string): string | undefined {
  const name = /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[0] ?? ''
  const ours = name === 'modis' || name === 'create-modis-module' || /^@modis(-examples)?\//.test(name)
  return ours ? name : undefined
}
