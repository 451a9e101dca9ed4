import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exports as resolveExports } from 'resolve.exports'
import { ModuleError } from './module-error.ts'

/** What the server reads of a package.json. */
export interface Manifest {
  readonly name: string
  readonly version?: string
  readonly main?: string
  readonly exports?: unknown
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/**
 * The package.json of `folder`.
 * @throws ModuleError where there is none or it is malformed
 */
export function readManifest(folder: string): Manifest {
  const path = join(folder, 'package.json')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ModuleError('MODIS_MODULE_MANIFEST', `cannot read ${path}: ${(error as Error).message}`, error)
  }
  let manifest: unknown
  try {
    manifest = JSON.parse(text)
  } catch (error) {
    throw new ModuleError('MODIS_MODULE_MANIFEST', `${path} is not JSON: ${(error as Error).message}`, error)
  }
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) {
    throw new ModuleError('MODIS_MODULE_MANIFEST', `${path} does not hold an object`)
  }
  return { name: '', ...manifest } as Manifest
}

/** Conditions of `exports` that this process resolves with, as Node's own resolution does. */
export function conditions(): string[] {
  const given: string[] = []
  const options = [...(process.env.NODE_OPTIONS ?? '').split(/\s+/), ...process.execArgv]
  for (const [index, option] of options.entries()) {
    const match = /^(?:--conditions|-C)(?:=(.+))?$/.exec(option)
    const condition = match?.[1] ?? (match ? options[index + 1] : undefined)
    if (condition !== undefined) given.push(condition)
  }
  return [...given, 'node', 'import', 'module-sync', 'default']
}

/**
 * The file that `import`ing a package means, relative to its folder; `subpath` is `.` or `./part`. Undefined where the
 * package says nothing and has no `index.js`.
 * @throws ModuleError where `exports` does not allow it
 */
export function entryOf(folder: string, manifest: Manifest, subpath: string): string | undefined {
  if (manifest.exports !== undefined && manifest.exports !== null)
    return exportedFile(folder, manifest, subpath)
  if (subpath !== '.') return existsSync(join(folder, subpath)) ? subpath : undefined
  const candidates =
    manifest.main === undefined ? [] : [manifest.main, `${manifest.main}.js`, `${manifest.main}/index.js`]
  if (manifest.main !== undefined && candidates.every((candidate) => !existsSync(join(folder, candidate)))) {
    return manifest.main
  }
  return [...candidates, 'index.js'].find((candidate) => isFile(join(folder, candidate)))
}

function exportedFile(folder: string, manifest: Manifest, subpath: string): string | undefined {
  let targets: readonly string[] | undefined
  try {
    const options = { conditions: conditions(), unsafe: true }
    targets = resolveExports(manifest, subpath, options) as readonly string[] | undefined
  } catch {
    const what = subpath === '.' ? 'an entry' : `'${subpath}'`
    throw new ModuleError(
      'MODIS_MODULE_MANIFEST',
      `"exports" of ${join(folder, 'package.json')} does not give ${what}`,
    )
  }
  return targets?.[0]
}

function isFile(path: string): boolean {
  return existsSync(path) && !existsSync(`${path}/.`)
}
