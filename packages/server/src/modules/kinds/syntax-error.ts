import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MOST_FILES = 12
const SOURCE = /\.[cm]?js$/

/**
 * Finds the syntax error in a package, as `lib/value.js:3`: Node's own error tells neither file nor line. The files last
 * changed are looked at first, for one of them it must be that did not load.
 */
export async function findSyntaxError(folder: string): Promise<string | undefined> {
  const files = sources(folder, '').sort((left, right) => right.changedMs - left.changedMs)
  for (const { path } of files.slice(0, MOST_FILES)) {
    try {
      await run(process.execPath, ['--check', join(folder, path)])
    } catch (error) {
      const line = /:(\d+)\r?\n/.exec((error as { stderr?: string }).stderr ?? '')?.[1]
      if (line !== undefined) return `${path}:${line}`
    }
  }
  return undefined
}

function sources(folder: string, below: string): { path: string; changedMs: number }[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : sources(folder, path)
    return SOURCE.test(entry.name) ? [{ path, changedMs: statSync(join(folder, path)).mtimeMs }] : []
  })
}
