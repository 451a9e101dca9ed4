import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Names, nameProblems, namesOf } from './package-name.ts'

/** The shapes a module can have, smallest first, with what each is. */
export const templates = {
  typescript: 'the smallest module: a command in TypeScript',
  'data-type': 'TypeScript with typed configuration and a data type of its own',
  'native-addon': 'TypeScript with a C addon for the hot loop, and JavaScript where it was not built',
  'redis-module': 'a Redis module in C, shipped through npm; no JavaScript',
} as const

/** A mistake of whoever typed the command; the message is all there is to say. */
export class UsageError extends Error {}

/** What to create, and where. */
export interface Creation {
  readonly name: string
  readonly template: string
  /** The folder in which the module's folder is made. */
  readonly parent: string
}

const templateFolder = join(import.meta.dirname, '../templates')

/**
 * Writes a new module into a folder of its own and returns the folder's name.
 * @throws UsageError where the name, the template or the folder will not do; nothing is written then
 */
export function create({ name, template, parent }: Creation): string {
  const problems = nameProblems(name)
  if (problems.length > 0)
    throw new UsageError(`npm would refuse the name '${name}': it ${problems.join(', it ')}`)
  if (!Object.hasOwn(templates, template)) {
    throw new UsageError(`there is no template '${template}'; there are ${Object.keys(templates).join(', ')}`)
  }
  const names = namesOf(name)
  const folder = join(parent, names.module)
  refuseUsed(folder, names.module)
  mkdirSync(folder, { recursive: true })
  cpSync(join(templateFolder, template), folder, { recursive: true, filter: isSource })
  // npm leaves out of a package every file that is called .gitignore.
  renameSync(join(folder, 'gitignore'), join(folder, '.gitignore'))
  fillIn(folder, names)
  return names.module
}

function refuseUsed(folder: string, name: string): void {
  if (!existsSync(folder)) return
  let entries: string[]
  try {
    entries = readdirSync(folder)
  } catch {
    throw new UsageError(`${name} is there already, and is no folder`)
  }
  if (entries.length > 0) throw new UsageError(`the folder ${name} is not empty: it holds ${entries[0]}`)
}

// A template may have been built where it stands.
function isSource(path: string): boolean {
  return !/[\\/]templates[\\/].*[\\/](node_modules|dist|build|prebuilds)$/.test(path)
}

function fillIn(folder: string, names: Names): void {
  const filled: Readonly<Record<string, string>> = {
    'my-package': names.package,
    'my-module': names.module,
    my_module: names.identifier,
    'mymodule-': names.dataType,
  }
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    // All at once, because a name may hold one of those that stand in the templates.
    const text = readFileSync(path, 'utf8').replace(
      /my-package|my-module|my_module|mymodule-/g,
      (placeholder) => filled[placeholder] as string,
    )
    writeFileSync(path, entry.name === 'package.json' ? withVersions(text) : text)
  }
}

// The packages of Modis are released together, this one among them.
function withVersions(text: string): string {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const manifest = JSON.parse(text)
  for (const dependencies of [manifest.dependencies, manifest.devDependencies]) {
    for (const name of Object.keys(dependencies ?? {})) {
      if (name === 'modis' || name.startsWith('@modis/')) dependencies[name] = `^${version}`
    }
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}
