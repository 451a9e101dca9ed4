// Runs in the thread of Node's module loader once a package was evaluated a second time. Everything that a file marked
// with `?modis-load=<number>.<length>` imports from its own package gets the same mark, so that all of the package is
// evaluated anew, while what it imports from elsewhere, @modis/sdk above all, stays one and the same. `length` is that of
// the package folder's URL, so that the mark alone says where the package ends.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

interface Resolved {
  readonly url: string
  readonly format?: string | null
  readonly shortCircuit?: boolean
}

type NextResolve = (specifier: string, context: object) => Promise<Resolved>

const MARK = /[?&]modis-load=\d+\.(\d+)$/

export async function resolve(
  specifier: string,
  context: { readonly parentURL?: string },
  next: NextResolve,
): Promise<Resolved> {
  const resolved = await next(specifier, context)
  const match = MARK.exec(context.parentURL ?? '')
  if (match === null || MARK.test(resolved.url)) return resolved
  const parent = context.parentURL as string
  const folder = parent.slice(0, Number(match[1]))
  if (!resolved.url.startsWith(folder) || resolved.url.slice(folder.length).includes('/node_modules/'))
    return resolved
  const mark = match[0].slice(1)
  return { ...resolved, url: `${resolved.url}${resolved.url.includes('?') ? '&' : '?'}${mark}` }
}

interface Loaded {
  readonly format: string
  readonly source?: unknown
}

type NextLoad = (url: string, context: object) => Promise<Loaded>

/**
 * Gives Node the source of a marked file in CommonJS, which has it go through this loader, marks and all. Left to itself
 * it would take the file's dependencies from the cache of `require`, or take a fresh one for part of a cycle.
 */
export async function load(url: string, context: object, next: NextLoad): Promise<Loaded> {
  const loaded = await next(url, context)
  if (loaded.format !== 'commonjs' || (loaded.source ?? null) !== null || !MARK.test(url)) return loaded
  return { ...loaded, source: await readFile(fileURLToPath(url)) }
}
