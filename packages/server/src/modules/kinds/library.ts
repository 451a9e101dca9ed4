import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isTruncatedElf } from '@modis/sdk/internal'
import { platformName } from '../binaries.ts'
import { ModuleError } from '../module-error.ts'

/** An opened shared object that is a Redis module. The addresses given to its functions are those of C. */
export interface RedisModuleLibrary {
  /** The file the operator named, not the private copy. */
  readonly path: string
  /** `RedisModule_OnLoad`; 0 is success. */
  onLoad(context: bigint, argv: bigint, argc: number): number
  /** `RedisModule_OnUnload`, where the module has one; 0 is success. */
  readonly onUnload: ((context: bigint) => number) | undefined
  /**
   * Removes the private copy and, with `unmap`, takes the shared object out of memory: nothing of it may run or be called
   * any more. Without, it stays for as long as the process lives.
   */
  close(unmap: boolean): void
}

type Koffi = typeof import('koffi').default

/** Node exports symbols of libuv, OpenSSL and zlib; a module's own must win over them. */
const DEEP = { deep: true }

/** koffi's largest; with its default, a deep OnLoad overflows. */
const STACK_BYTES = 16 * 1024 * 1024

/** Libraries whose code may still be running. */
const kept: unknown[] = []

let loadedKoffi: Koffi | undefined

async function koffi(): Promise<Koffi> {
  if (loadedKoffi === undefined) {
    loadedKoffi = (await import('koffi')).default
    loadedKoffi.config({ sync_stack_size: STACK_BYTES })
  }
  return loadedKoffi
}

/**
 * Opens a private copy of a shared object, so that the file may be replaced while it is in use and two versions of it can
 * live side by side. Where the copy cannot be opened (it needs files beside it, or the temporary folder does not allow
 * execution), the file itself is.
 * @throws ModuleError
 */
export async function openLibrary(path: string): Promise<RedisModuleLibrary> {
  requireExecutable(path)
  if (isTruncatedElf(path)) {
    throw new ModuleError(
      'MODIS_MODULE_NOT_READABLE',
      `${path} is truncated: it ends before its last segment does`,
    )
  }
  const { load } = await koffi()
  const folder = copyOf(path)
  const copy = join(folder, basename(path))
  let library: ReturnType<typeof load>
  try {
    library = load(copy, DEEP)
  } catch (copyError) {
    removeCopy(folder)
    try {
      library = load(path, DEEP)
    } catch {
      throw openError(path, copyError)
    }
  }
  try {
    return wrap(path, library, () => removeCopy(folder))
  } catch (error) {
    library.unload()
    removeCopy(folder)
    throw error
  }
}

function wrap(path: string, library: ReturnType<Koffi['load']>, closed: () => void): RedisModuleLibrary {
  let onLoad: (context: bigint, argv: bigint, argc: number) => number
  try {
    onLoad = library.func('RedisModule_OnLoad', 'int', ['uintptr_t', 'uintptr_t', 'int'])
  } catch (error) {
    throw new ModuleError('MODIS_MODULE_NO_ONLOAD', `${path} does not export RedisModule_OnLoad`, error)
  }
  let onUnload: ((context: bigint) => number) | undefined
  try {
    onUnload = library.func('RedisModule_OnUnload', 'int', ['uintptr_t'])
  } catch {
    // The function is optional.
  }
  let isOpen = true
  return {
    path,
    onLoad,
    onUnload,
    close: (unmap) => {
      if (!isOpen) return
      isOpen = false
      if (unmap) library.unload()
      // koffi unloads a library that nothing refers to.
      else kept.push(library)
      closed()
    },
  }
}

/** Redis refuses a module that nobody may execute; so does this server, for the same files to work in both. */
function requireExecutable(path: string): void {
  let mode: number
  try {
    mode = statSync(path).mode
    accessSync(path, constants.R_OK)
  } catch (error) {
    throw new ModuleError(
      'MODIS_MODULE_NOT_READABLE',
      `cannot read ${path}: ${(error as Error).message}`,
      error,
    )
  }
  // A package manager may have unpacked a prebuilt addon without the permission; Redis never sees those.
  if ((mode & 0o111) === 0 && !path.endsWith('.node')) {
    throw new ModuleError(
      'MODIS_MODULE_NOT_EXECUTABLE',
      `${path} does not have execute permissions (chmod +x it)`,
    )
  }
}

/** Folders with private copies that are in use; what is left of them goes when the process ends. */
const copies = new Set<string>()

let swept = false

/** Removes what processes have left that were killed. */
function sweep(): void {
  if (swept) return
  swept = true
  for (const name of readdirSync(tmpdir())) {
    const pid = /^modis-(\d+)-\w{6}$/.exec(name)?.[1]
    if (pid === undefined || isRunning(Number(pid))) continue
    rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function copyOf(path: string): string {
  sweep()
  if (copies.size === 0) process.once('exit', removeCopies)
  const folder = mkdtempSync(join(tmpdir(), `modis-${process.pid}-`))
  copies.add(folder)
  const copy = join(folder, basename(path))
  copyFileSync(path, copy)
  chmodSync(copy, 0o700)
  return folder
}

function removeCopy(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
  copies.delete(folder)
  if (copies.size === 0) process.removeListener('exit', removeCopies)
}

function removeCopies(): void {
  for (const folder of copies) rmSync(folder, { recursive: true, force: true })
}

/** What the dynamic linker's message means. */
function openError(path: string, error: unknown): ModuleError {
  const text = (error instanceof Error ? error.message : String(error)).replace(
    /^Failed to load shared library: /,
    '',
  )
  const symbol = /undefined symbol: (\S+)/.exec(text) ?? /[Ss]ymbol not found: (\S+)/.exec(text)
  if (symbol !== null) {
    return new ModuleError('MODIS_MODULE_UNDEFINED_SYMBOL', `${path}: undefined symbol: ${symbol[1]}`, error)
  }
  const needed = /version `((GLIBC|GLIBCXX|CXXABI)_[\d.]+)' not found/.exec(text)
  if (needed !== null) {
    const library = needed[2] === 'GLIBC' ? 'the C library' : 'the C++ library'
    return new ModuleError(
      'MODIS_MODULE_LIBC',
      `${path} needs ${needed[1]}; ${library} of this machine is older (${platformName()})`,
      error,
    )
  }
  const missing =
    /(\S+): cannot open shared object file: No such file/.exec(text) ?? /Library not loaded: (\S+)/.exec(text)
  if (missing !== null) return missingLibrary(path, missing[1] as string, error)
  return new ModuleError(
    'MODIS_MODULE_NOT_READABLE',
    `${path} cannot be opened on ${platformName()}: ${text}`,
    error,
  )
}

function missingLibrary(path: string, name: string, error: unknown): ModuleError {
  if (/^(libc\.musl|ld-musl)/.test(name)) {
    return new ModuleError(
      'MODIS_MODULE_LIBC',
      `${path} was built for musl; this machine is ${platformName()}`,
      error,
    )
  }
  return new ModuleError(
    'MODIS_MODULE_LIBRARY_MISSING',
    `${path} needs the library ${name}, which is not on this machine`,
    error,
  )
}
