import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const include = fileURLToPath(new URL('../../packages/bridge/include', import.meta.url))
const sources = fileURLToPath(new URL('../modules/redis-modules', import.meta.url))

/** Redis modules compiled from modules/redis-modules, in a folder of their own. */
export class CompiledModules {
  readonly #folder = mkdtempSync(join(tmpdir(), 'modis-redis-modules-'))

  /** The path of modules/redis-modules/<name>.c, compiled. */
  compile(name: string): string {
    const path = join(this.#folder, `${name}.so`)
    const source = join(sources, `${name}.c`)
    const flags = ['-std=gnu11', '-g', '-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC']
    execFileSync('cc', [...flags, `-I${include}`, '-o', path, source, '-lpthread'])
    return path
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
