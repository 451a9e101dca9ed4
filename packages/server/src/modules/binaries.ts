import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Manifest, readManifest } from './manifest.ts'

const nodeGypBuild = createRequire(import.meta.url)('node-gyp-build') as { resolve(folder: string): string }

let libc: 'glibc' | 'musl' | undefined

/** Name of the C library of this machine, as package.json's `libc` and prebuilds name it. */
function libcName(): 'glibc' | 'musl' | undefined {
  if (process.platform !== 'linux') return undefined
  if (libc === undefined) {
    const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
    libc = header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
  }
  return libc
}

/** Platform, architecture and C library, for messages: `linux-x64 (glibc)`. */
export function platformName(): string {
  const libc = libcName()
  return `${process.platform}-${process.arch}${libc === undefined ? '' : ` (${libc})`}`
}

const LIBRARY = /\.(so|dylib|node)$/

/** Whether a path is a shared object by its name. */
export function isLibrary(path: string): boolean {
  return LIBRARY.test(path)
}

/**
 * The binary that a package brings for this platform, or undefined: compiled in place or prebuilt in node-gyp-build's
 * layout, or in one of its optional dependencies made for this platform alone.
 */
export function binaryOf(folder: string, manifest: Manifest): string | undefined {
  return builtIn(folder) ?? platformPackageBinary(folder, manifest)
}

function builtIn(folder: string): string | undefined {
  if (!existsSync(join(folder, 'prebuilds')) && !existsSync(join(folder, 'build'))) return undefined
  try {
    return nodeGypBuild.resolve(folder)
  } catch {
    return undefined
  }
}

function platformPackageBinary(folder: string, manifest: Manifest): string | undefined {
  for (const name of Object.keys(manifest.optionalDependencies ?? {})) {
    const found = dependencyFolder(folder, name)
    if (found === undefined) continue
    const dependency = readManifest(found)
    if (!fitsHere(dependency)) continue
    const { main } = dependency
    const binary = main !== undefined && isLibrary(main) ? join(found, main) : builtIn(found)
    if (binary !== undefined && existsSync(binary)) return binary
  }
  return undefined
}

/** Folder of a dependency as Node would find it from `folder`, whatever the dependency exports. */
function dependencyFolder(folder: string, name: string): string | undefined {
  const places = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? []
  const found = places
    .map((place) => join(place, name))
    .find((path) => existsSync(join(path, 'package.json')))
  return found === undefined ? undefined : realpathSync(found)
}

function fitsHere({ os, cpu, libc }: Manifest): boolean {
  return allows(os, process.platform) && allows(cpu, process.arch) && allows(libc, libcName())
}

/** Whether a list of package.json's `os`, `cpu` or `libc`, negations included, allows a value. */
function allows(list: readonly string[] | undefined, value: string | undefined): boolean {
  if (list === undefined || value === undefined || list.length === 0) return true
  if (list.includes(`!${value}`)) return false
  return list.some((each) => each.startsWith('!')) || list.includes(value)
}

/** Every binary a package brings, for any platform, for the message that none fits. */
export function binariesFound(folder: string, manifest: Manifest): string[] {
  const prebuilds = join(folder, 'prebuilds')
  const found = filesIn(prebuilds).flatMap((target) =>
    filesIn(join(prebuilds, target)).map((file) => `prebuilds/${target}/${file}`),
  )
  for (const name of Object.keys(manifest.optionalDependencies ?? {})) {
    found.push(
      `${name} (${dependencyFolder(folder, name) === undefined ? 'not installed' : 'not for this platform'})`,
    )
  }
  return found
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** Whether a package is made to have binaries at all, so that their absence is a fault of its own. */
export function bringsBinaries(folder: string, manifest: Manifest): boolean {
  if (existsSync(join(folder, 'prebuilds')) || existsSync(join(folder, 'binding.gyp'))) return true
  return Object.keys(manifest.optionalDependencies ?? {}).some((name) => {
    const found = dependencyFolder(folder, name)
    if (found !== undefined) return (readManifest(found).os ?? readManifest(found).cpu) !== undefined
    return /(linux|darwin|win32|x64|arm64)/.test(name)
  })
}
