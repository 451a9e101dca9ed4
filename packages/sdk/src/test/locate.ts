import { existsSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Set where Modis itself is developed: packages then resolve to their sources. */
const sourceCondition = '--conditions=modis-source'

/**
 * The folder of the package that `place` belongs to.
 * @param place a path or `file:` URL within the package; the working directory unless given
 * @throws Error where no package.json is there or above
 */
export const packageFolder = (place: string | URL = process.cwd()): string => {
  const path = place instanceof URL || place.startsWith('file:') ? fileURLToPath(place) : resolve(place)
  const start = existsSync(path) && statSync(path).isDirectory() ? path : dirname(path)
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new Error(`no package.json in ${start} or above it`)
  }
}

/**
 * The command that starts the server installed for a module.
 * @param folder of the module's package
 * @throws Error where the package `modis` cannot be resolved from there
 */
export const serverCommand = (folder: string): string[] => {
  const manifest = findServer(folder)
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> }
  const source = join(dirname(manifest), 'src/main.ts')
  const fromSource = process.execArgv.includes(sourceCondition) && existsSync(source)
  const entry = fromSource ? source : join(dirname(manifest), bin.modis as string)
  const options = fromSource ? [sourceCondition, '--import', import.meta.resolve('tsx')] : []
  return [process.execPath, ...options, entry]
}

const findServer = (folder: string): string => {
  for (const base of [join(folder, 'package.json'), import.meta.url]) {
    try {
      return createRequire(base).resolve('modis/package.json')
    } catch {
      // The next place is tried.
    }
  }
  throw new Error(`the package modis is not installed for ${folder}; try: npm install --save-dev modis`)
}
