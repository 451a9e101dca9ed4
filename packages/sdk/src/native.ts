import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, constants, platform, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isTruncatedElf } from './elf.ts'
import { NativePartError } from './errors.ts'

const require = createRequire(import.meta.url)
const nodeGypBuild = require('node-gyp-build') as { resolve(directory: string): string }

const openedKey = Symbol.for('modis.native')
const shared = globalThis as { [openedKey]?: Map<string, string> }
shared[openedKey] ??= new Map()
/** Libraries opened by this process: path to the file's identity. Kept across reloads of this module, too. */
const opened = shared[openedKey]

/** Loads the native part of a package; see {@link loadNative}. */
export interface LoadNative {
  /**
   * @param moduleUrl `import.meta.url` of a file of the package
   * @returns what the addon exports, initialised anew at each call
   * @throws NativePartError where there is no build for this platform, or it cannot be opened
   */
  <Exports extends object>(moduleUrl: string): Exports
  /**
   * As {@link loadNative}, for a package that can do without: `undefined` where the addon cannot be loaded.
   * @param onMissing is told why
   */
  optional<Exports extends object>(
    moduleUrl: string,
    onMissing?: (reason: NativePartError) => void,
  ): Exports | undefined
}

const packageFolder = (moduleUrl: string): string => {
  const file = fileURLToPath(moduleUrl)
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder))
      throw new NativePartError(
        'MODIS_NATIVE_NOT_FOUND',
        `no package.json above ${file}: not within a package`,
      )
  }
}

const libc = (): string =>
  process.env.LIBC ?? (platform() === 'linux' && existsSync('/etc/alpine-release') ? 'musl' : 'glibc')

const foldersIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : [])

/** The builds a package brings, as `linux-x64 (@scope+name.glibc.node)`. */
const foundBuilds = (folder: string): string[] =>
  foldersIn(join(folder, 'prebuilds')).flatMap((target) => {
    const path = join(folder, 'prebuilds', target)
    return statSync(path).isDirectory() ? foldersIn(path).map((file) => `${target} (${file})`) : []
  })

const resolveBuild = (folder: string): string => {
  try {
    return nodeGypBuild.resolve(folder)
  } catch {
    const builds = foundBuilds(folder)
    const target = platform() === 'linux' ? `${platform()}-${arch()} (${libc()})` : `${platform()}-${arch()}`
    const found = builds.length > 0 ? `found: ${builds.join(', ')}` : 'found none at all'
    throw new NativePartError(
      'MODIS_NATIVE_NOT_FOUND',
      `no native build for ${target}, Node.js ABI ${process.versions.modules} or Node-API in ${folder}; ${found}`,
    )
  }
}

const identity = (path: string): string => {
  const { dev, ino, size, mtimeMs } = statSync(path)
  return `${dev}:${ino}:${size}:${mtimeMs}`
}

const openLibrary = (path: string): object => {
  if (isTruncatedElf(path)) throw new Error('it is truncated: it ends before its last segment does')
  const module = { exports: {} }
  // Everything is bound at once, so that a missing symbol is an error here and not a crash at its first call.
  process.dlopen(module, path, constants.dlopen.RTLD_NOW)
  return module.exports
}

/** The dynamic linker knows a path it has opened and would return the old library for a file replaced since. */
const openCopy = (path: string): object => {
  const folder = mkdtempSync(join(tmpdir(), 'modis-native-'))
  const copy = join(folder, basename(path))
  try {
    copyFileSync(path, copy)
    return openLibrary(copy)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const load = <Exports extends object>(moduleUrl: string): Exports => {
  const path = resolveBuild(packageFolder(moduleUrl))
  const present = identity(path)
  const former = opened.get(path)
  try {
    const exports = former === undefined || former === present ? openLibrary(path) : openCopy(path)
    if (former === undefined) opened.set(path, present)
    return exports as Exports
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new NativePartError('MODIS_NATIVE_NOT_LOADABLE', `cannot open ${path}: ${reason}`)
  }
}

const loadOptional = <Exports extends object>(
  moduleUrl: string,
  onMissing?: (reason: NativePartError) => void,
): Exports | undefined => {
  try {
    return load<Exports>(moduleUrl)
  } catch (error) {
    if (!(error instanceof NativePartError)) throw error
    onMissing?.(error)
    return undefined
  }
}

/**
 * Loads the native addon of the package that `moduleUrl` (give `import.meta.url`) belongs to: `build/Release` where it
 * was compiled in place, else the fitting one of `prebuilds/<platform>-<arch>/`, as prebuildify writes and
 * node-gyp-build finds them. After a reload of the module a replaced build is opened beside the old one.
 *
 * `loadNative.optional` returns `undefined` instead of throwing.
 */
export const loadNative: LoadNative = Object.assign(load, { optional: loadOptional })
