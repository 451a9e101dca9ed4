// Loads a shared object into the bridge as the server does: koffi opens a private copy of it, finds
// the two lifecycle functions and calls them.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import koffi, { type LibraryHandle } from 'koffi'
import type { MemoryHost } from './memory-host.ts'

const folder = fileURLToPath(new URL('../modules', import.meta.url))
const header = fileURLToPath(new URL('../../include', import.meta.url))
/** Where a process puts the modules that it compiles. */
export const builtBy = (pid: number): string => join(tmpdir(), `modis-bridge-modules-${pid}`)
const built = builtBy(process.pid)

/** OnLoad of large modules goes deeper than koffi's default stack. */
koffi.config({ sync_stack_size: 16 * 1024 * 1024 })

/** Compiles test/modules/<name>.c; with the flags of the environment, for sanitizers. */
export function compile(name: string): string {
  mkdirSync(built, { recursive: true })
  const target = join(built, `${name}.so`)
  const flags = (process.env.MODIS_MODULE_FLAGS ?? '').split(' ').filter(Boolean)
  const args = ['-std=gnu11', '-g', '-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', ...flags]
  const source = join(folder, `${name}.c`)
  const { status, stderr } = spawnSync('cc', [...args, `-I${header}`, '-o', target, source, '-lpthread'], {
    encoding: 'utf8',
    // A sanitizer that is loaded into every process of this run is not meant for the compiler.
    env: { ...process.env, LD_PRELOAD: '' },
  })
  if (status !== 0) throw new Error(stderr)
  return target
}

function removeBuilt(): void {
  rmSync(built, { recursive: true, force: true })
}

process.on('exit', removeBuilt)

export interface LoadedModule {
  number: number
  unload(): boolean
}

let nextModule = 1

/** koffi closes a library that nothing refers to any more, however much of it still runs. */
const libraries: LibraryHandle[] = []

/** Loads a module; throws when its OnLoad refuses. */
export function load(host: MemoryHost, path: string, ...args: string[]): LoadedModule {
  const { bridge } = host
  const number = nextModule++
  mkdirSync(built, { recursive: true })
  const copy = join(built, `${number}-${basename(path)}`)
  copyFileSync(path, copy)
  // Sanitizers replace functions of the C library, which binding deeply would undo.
  const library = koffi.load(copy, { deep: !process.env.MODIS_MODULE_FLAGS })
  libraries.push(library)
  const onLoad = library.func('RedisModule_OnLoad', 'int', ['uintptr_t', 'uintptr_t', 'int'])
  const frame = bridge.beginLoad(
    number,
    args.map((arg) => Buffer.from(arg)),
  )
  const loaded = onLoad(frame.context, frame.argv, frame.argc) === 0
  bridge.endLoad(number, loaded)
  if (!loaded) {
    forget(host, number)
    throw new Error(`OnLoad of ${basename(path)} refused`)
  }
  return { number, unload: () => unload(host, number, library) }
}

function unload(host: MemoryHost, number: number, library: LibraryHandle): boolean {
  const context = host.bridge.beginUnload(number)
  let agreed = true
  try {
    const onUnload = library.func('RedisModule_OnUnload', 'int', ['uintptr_t'])
    agreed = onUnload(context) === 0
  } catch (error) {
    if (!/RedisModule_OnUnload/.test(String(error))) throw error
  }
  host.bridge.endUnload(number, agreed)
  if (agreed) forget(host, number)
  return agreed
}

function forget(host: MemoryHost, number: number): void {
  for (const [name, command] of host.commands) if (command.module === number) host.commands.delete(name)
  for (const [name, config] of host.configs) if (config.module === number) host.configs.delete(name)
  for (const [id, type] of host.types) if (type.module === number) host.types.delete(id)
  host.modules.delete(number)
}
