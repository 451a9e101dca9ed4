import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { root, sourceFiles } from './support/repository.ts'

// Above the first number a warning, above the second a failure.
const fileLines = { good: 500, most: 600 }
const functionLines = { good: 70, most: 90 }

/** Files that are long for a reason, with the reason. */
const exceptions: Readonly<Record<string, string>> = {}

interface Diagnostic {
  readonly message: string
  readonly location: { readonly path: string; readonly start: { readonly line: number } }
}

test('files are short enough to read at one sitting', () => {
  const endings = ['.ts', '.mts', '.mjs', '.js', '.c', '.cc']
  const long = sourceFiles(endings)
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > fileLines.good && !(path in exceptions))
  for (const { path, lines } of long) console.warn(`long file: ${path} has ${lines} lines`)
  assert.equal(
    long.filter(({ lines }) => lines > fileLines.most),
    [],
  )
})

test('every exception is still needed', () => {
  const lines = new Map(sourceFiles(['']).map(({ path, text }) => [path, text.split('\n').length - 1]))
  assert.equal(
    Object.keys(exceptions).filter((path) => (lines.get(path) ?? 0) <= fileLines.good),
    [],
  )
})

test('functions are short enough to see at once', () => {
  const args = [
    'lint',
    '--only=complexity/noExcessiveLinesPerFunction',
    '--reporter=json',
    '--max-diagnostics=none',
  ]
  const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  assert.ok(stdout.startsWith('{'), `biome said: ${stderr}`)
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] }
  const long = diagnostics.map(({ message, location }) => ({
    where: `${location.path}:${location.start.line}`,
    lines: Number(/\((\d+)\)/.exec(message)?.[1]),
  }))
  for (const { where, lines } of long) console.warn(`long function: ${where} has ${lines} lines`)
  assert.equal(
    long.filter(({ lines }) => !(lines <= functionLines.most)),
    [],
  )
})

test.run()
