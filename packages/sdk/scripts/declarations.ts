import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** One exported name: its docstring and its declaration, both as the compiler writes them. */
export interface Declaration {
  readonly name: string
  /** Text of the docstring without comment signs; empty where there is none. */
  readonly docstring: string
  /** Without `export` and `declare`; members keep their docstrings. */
  readonly code: string
}

/** The declarations the compiler emits for the sources, by the name of the source file without its ending. */
export const emitDeclarations = (files: readonly string[]): Map<string, Declaration[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'sdk-declarations-'))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const options = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--declarationMap', 'false']
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...options, '--outDir', folder], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the sources do not compile:\n${stdout}`)
  const found = files.map(
    (file) => [file, parseDeclarations(readFileSync(join(folder, `${file}.d.ts`), 'utf8'))] as const,
  )
  rmSync(folder, { recursive: true })
  return new Map(found)
}

const exported = /^export (?:declare )?(?:abstract )?(?:interface|type|class|const|function) (\w+)/

/** Exported declarations of one file, in order; overloads of a function are one. */
const parseDeclarations = (text: string): Declaration[] => {
  const declarations: Declaration[] = []
  const lines = text.split('\n')
  let docstring = ''
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string
    if (line.startsWith('/**')) {
      const end = endOf(lines, at, (each) => each.trimEnd().endsWith('*/'))
      docstring = plainText(lines.slice(at, end))
      at = end
      continue
    }
    const name = exported.exec(line)?.[1]
    if (name === undefined) {
      docstring = ''
      at++
      continue
    }
    const end = declarationEnd(lines, at)
    const code = lines.slice(at, end).filter(isPublic).join('\n')
    declarations.push({
      name,
      docstring,
      code: code.replace(/^export (?:declare )?/, '').replaceAll('    ', '  '),
    })
    docstring = ''
    at = end
  }
  return declarations
}

/** A declaration ends with the line that closes its last bracket and ends in `;` or `}`. */
const declarationEnd = (lines: readonly string[], from: number): number => {
  let depth = 0
  return endOf(lines, from, (line) => {
    if (/^\s*(?:\/?\*)/.test(line)) return false
    const bare = line.replace(/'[^']*'|"[^"]*"/g, '').replaceAll('=>', '')
    depth += (bare.match(/[{([]/g)?.length ?? 0) - (bare.match(/[})\]]/g)?.length ?? 0)
    return depth === 0 && /[;}]$/.test(bare)
  })
}

const endOf = (lines: readonly string[], from: number, isLast: (line: string) => boolean): number => {
  let at = from
  while (at < lines.length && !isLast(lines[at] as string)) at++
  return at + 1
}

const isPublic = (line: string): boolean => !/^\s+private /.test(line)

const plainText = (comment: readonly string[]): string =>
  comment
    .map((line) => line.replace(/^\s*\/?\*+\/? ?/, '').replace(/\s*\*\/\s*$/, ''))
    .join('\n')
    .trim()
