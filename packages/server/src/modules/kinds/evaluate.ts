import { createRequire, register } from 'node:module'
import { pathToFileURL } from 'node:url'

/** How often each package folder was evaluated in this process, whatever server asked. */
const evaluations = new Map<string, number>()
let hooksRegistered = false

/**
 * Evaluates a package's entry and returns what it exports. The first time in this process is a plain import. Each further
 * time evaluates all files of the package anew, transitively, as they are now, but nothing outside of its folder; what
 * was evaluated before goes on untouched.
 *
 * Node never forgets an evaluated file: a reload costs as much memory as the package's own files do once they are
 * compiled, some 50 KB for a small one.
 *
 * @param file real path of the entry
 * @param folder real path of the package's folder
 * @throws whatever the evaluation threw
 */
export async function evaluate(file: string, folder: string): Promise<Record<string, unknown>> {
  const root = `${pathToFileURL(folder).href}/`
  const former = evaluations.get(root) ?? 0
  // Also after a failure: Node remembers failed evaluations, and the file may be mended by the next time.
  evaluations.set(root, former + 1)
  const url = pathToFileURL(file).href
  if (former === 0) return import(url)
  registerHooks()
  forgetRequired(folder)
  return import(`${url}?modis-load=${former}.${root.length}`)
}

function registerHooks(): void {
  if (hooksRegistered) return
  hooksRegistered = true
  register(import.meta.url.endsWith('.ts') ? './reload-hooks.ts' : './reload-hooks.js', import.meta.url)
}

/** Lets files of the package in CommonJS be evaluated anew; who has them already keeps them. */
function forgetRequired(folder: string): void {
  const { cache } = createRequire(import.meta.url)
  for (const path of Object.keys(cache)) {
    if (!path.startsWith(`${folder}/`) || path.slice(folder.length).includes('/node_modules/')) continue
    // A native addon cannot be initialised twice in general; the SDK's loadNative takes care of those.
    if (!path.endsWith('.node')) delete cache[path]
  }
}

/** Where in the package an error happened, as `dist/index.js:3:7`; undefined where its stack does not say. */
export function placeOf(error: unknown, folder: string): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const root = escaped(`${pathToFileURL(folder).href}/`)
  const match = new RegExp(
    `(?:${root}|${escaped(folder)}/)([^\\s?:()]+)(?:\\?[^\\s:()]*)?(:\\d+(?::\\d+)?)`,
  ).exec(stack)
  return match === null ? undefined : `${match[1]}${match[2]}`
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
