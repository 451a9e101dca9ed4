import { existsSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve as resolvePath } from 'node:path'
import { binariesFound, binaryOf, bringsBinaries, isLibrary, platformName } from './binaries.ts'
import { entryOf, type Manifest, readManifest } from './manifest.ts'
import { ModuleError } from './module-error.ts'
import type { ModuleKind } from './module-record.ts'

/** Where a module is: the first stage of its way into the server. */
export interface ModuleSource {
  /** What the operator calls it: a package's name with its subpath, or an absolute path. */
  readonly name: string
  readonly kind: Exclude<ModuleKind, 'built-in'>
  /** Folder of the package, symbolic links resolved; of a shared object the folder it lies in. */
  readonly folder: string
  /** The file to open: the entry in JavaScript or the binary. */
  readonly file: string
  /** The package's version; a shared object's is known once it is loaded. */
  readonly version: string | undefined
}

/** `name`, `@scope/name`, and either with a subpath. */
const PACKAGE_NAME = /^(@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~_-][\w.~-]*(\/[\w@.~-]+)*$/i

/**
 * The nearest `node_modules` at or above each of `folders`: where modules are looked for by name when the
 * configuration does not say.
 */
export function defaultDirectories(folders: readonly string[]): string[] {
  const found = new Set<string>()
  for (const start of folders) {
    for (let folder = resolvePath(start); ; folder = dirname(folder)) {
      const candidate = join(folder, 'node_modules')
      if (existsSync(candidate)) {
        found.add(candidate)
        break
      }
      if (folder === dirname(folder)) break
    }
  }
  return [...found]
}

/**
 * Finds what MODULE LOAD was given: an absolute path (or one that starts with `./` or `../`) of a shared object or of a
 * package's folder, or the name of a package in one of `directories`.
 * @throws ModuleError saying where it looked
 */
export function resolveModule(request: string, directories: readonly string[]): ModuleSource {
  if (isAbsolute(request) || /^\.\.?(\/|$)/.test(request)) return resolveAtPath(resolvePath(request))
  if (!PACKAGE_NAME.test(request) || request.split('/').includes('..')) {
    throw new ModuleError(
      'MODIS_MODULE_NAME',
      `'${request}' is neither the name of a package nor the path of a folder, .so or .dylib`,
    )
  }
  return resolveByName(request, directories)
}

function resolveAtPath(path: string): ModuleSource {
  if (!existsSync(path)) throw new ModuleError('MODIS_MODULE_NOT_FOUND', `there is no file or folder ${path}`)
  if (statSync(path).isDirectory()) return resolvePackage(path, realpathSync(path), '.')
  if (!isLibrary(path)) {
    throw new ModuleError(
      'MODIS_MODULE_NAME',
      `${path} is no folder of a package and its name does not end in .so or .dylib`,
    )
  }
  return { name: path, kind: 'shared object', folder: dirname(path), file: path, version: undefined }
}

function resolveByName(request: string, directories: readonly string[]): ModuleSource {
  const parts = request.split('/')
  const words = request.startsWith('@') ? 2 : 1
  const name = parts.slice(0, words).join('/')
  const subpath = parts.length > words ? `./${parts.slice(words).join('/')}` : '.'
  for (const directory of directories) {
    const folder = join(directory, name)
    if (existsSync(folder)) return resolvePackage(request, realpathSync(folder), subpath)
  }
  const looked =
    directories.length === 0 ? 'there is no module directory' : `looked in ${directories.join(', ')}`
  throw new ModuleError('MODIS_MODULE_NOT_FOUND', `no package '${name}'; ${looked}`)
}

function resolvePackage(name: string, folder: string, subpath: string): ModuleSource {
  const manifest = readManifest(folder)
  const entry = entryOf(folder, manifest, subpath)
  const { version } = manifest
  if (entry !== undefined && !isLibrary(entry)) {
    const file = insideOf(folder, entry)
    if (!existsSync(file)) {
      throw new ModuleError(
        'MODIS_MODULE_NO_ENTRY',
        `${file}, the entry of the package, does not exist; was it built?`,
      )
    }
    const kind = bringsBinaries(folder, manifest) ? 'package with native addon' : 'package'
    return { name, kind, folder, file: realpathSync(file), version }
  }
  const named = entry === undefined ? undefined : insideOf(folder, entry)
  const file = named !== undefined && existsSync(named) ? named : binaryOf(folder, manifest)
  if (file === undefined) throw noBinary(folder, manifest, named)
  return { name, kind: 'redis module package', folder, file, version }
}

function insideOf(folder: string, entry: string): string {
  const file = resolvePath(folder, entry)
  if (!file.startsWith(`${folder}/`)) {
    throw new ModuleError(
      'MODIS_MODULE_MANIFEST',
      `the entry '${entry}' lies outside of the package ${folder}`,
    )
  }
  return file
}

function noBinary(folder: string, manifest: Manifest, named: string | undefined): ModuleError {
  if (named === undefined && !bringsBinaries(folder, manifest)) {
    return new ModuleError(
      'MODIS_MODULE_NO_ENTRY',
      `${folder} has no entry: neither "exports", "main", index.js nor a binary`,
    )
  }
  const found = binariesFound(folder, manifest)
  const what = found.length === 0 ? 'found none at all' : `found ${found.join(', ')}`
  return new ModuleError('MODIS_MODULE_NO_PREBUILD', `${folder} has no binary for ${platformName()}; ${what}`)
}
