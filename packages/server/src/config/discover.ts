import { pathToFileURL } from 'node:url'
import { ConfigError, type Setting } from './config-error.ts'
import { readConfigFile } from './config-file.ts'
import { settingsOfObject } from './config-object.ts'

/** What a configuration file says. */
export interface FoundConfig {
  readonly settings: readonly Setting[]
  /** Path of the file; undefined where there is none. */
  readonly file?: string
  /** Whether the file is in Redis's format, which CONFIG REWRITE can write. */
  readonly rewritable: boolean
}

const OTHER_FORMATS = /\.(json|ya?ml|[cm]?[jt]s)$/i

/**
 * Reads the configuration file `path`: in Redis's format, or by its ending JSON, YAML or a module of JavaScript.
 * Without a path, looks for `modis.config.*`, `.modisrc` and the like, and `modis` in package.json, in the working
 * directory and above it as far as the project reaches.
 * @throws ConfigError
 */
export async function findConfig(path: string | undefined): Promise<FoundConfig> {
  if (path !== undefined && !OTHER_FORMATS.test(path)) {
    return { settings: readConfigFile(path), file: path, rewritable: path !== '-' }
  }
  const { cosmiconfig } = await import('cosmiconfig')
  const explorer = cosmiconfig('modis', { searchStrategy: 'project', loaders: { '.ts': loadTypeScript } })
  try {
    const found = path === undefined ? await explorer.search() : await explorer.load(path)
    if (found === null || found.isEmpty) return { settings: [], rewritable: false }
    const { config, filepath } = found
    return { settings: settingsOfObject(config, { from: filepath }), file: filepath, rewritable: false }
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const from = path ?? 'the configuration file that was found'
    throw new ConfigError(`cannot be read: ${(error as Error).message}`, { from })
  }
}

/** cosmiconfig would look for a compiler beside itself; a Node.js that runs TypeScript needs none. */
async function loadTypeScript(path: string): Promise<unknown> {
  try {
    const { default: config } = (await import(pathToFileURL(path).href)) as { default?: unknown }
    return config
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error
    throw new Error(
      `${path} is TypeScript, which Node.js ${process.versions.node} does not run; write it in JavaScript`,
    )
  }
}
