import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packages, root } from './repository.ts'

/** Where the packed packages are, by name: `file:` and the path of a tarball, as npm takes it. */
export type Tarballs = Readonly<Record<string, string>>

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  packageManager: string
}

/**
 * Packs packages of the workspace as they would be published, from what was built last.
 * @param names of the packages
 * @param folder that receives the tarballs, absolute
 */
export async function packPackages(names: readonly string[], folder: string): Promise<Tarballs> {
  const tarballs: Record<string, string> = {}
  for (const name of names) {
    const found = packages().find(([, manifest]) => manifest.name === name)
    if (found === undefined) throw new Error(`no package of the workspace is called ${name}`)
    const before = new Set(readdirSync(folder))
    const pack = ['pack', '--pack-destination', folder]
    await run('npx', ['--yes', packageManager, '--config.ignore-scripts=true', ...pack], join(root, found[0]))
    const file = readdirSync(folder).find((each) => !before.has(each))
    if (file === undefined) throw new Error(`packing ${name} made no tarball`)
    tarballs[name] = `file:${join(folder, file)}`
  }
  return tarballs
}

/** Makes a package.json take packages from tarballs, whoever depends on them. */
export function useTarballs<Manifest extends object>(manifest: Manifest, tarballs: Tarballs): Manifest {
  const replaced = structuredClone(manifest) as Record<string, Record<string, string>>
  for (const dependencies of [replaced.dependencies, replaced.devDependencies]) {
    for (const name of Object.keys(dependencies ?? {})) {
      const tarball = tarballs[name]
      if (dependencies !== undefined && tarball !== undefined) dependencies[name] = tarball
    }
  }
  return { ...(replaced as unknown as Manifest), overrides: tarballs }
}

/** Runs a program to its end. @throws Error with all that it printed, where it fails */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env: cleanEnvironment() })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${program} ${args.join(' ')} in ${cwd} failed:\n${stdout}${stderr}`)
  }
}

/** What was fetched before is not asked for again, and a registry that does not answer at once is asked again. */
const PATIENT_NPM = {
  npm_config_prefer_offline: 'true',
  npm_config_fetch_retries: '6',
  npm_config_update_notifier: 'false',
}

// What `npm test` sets for this workspace is not what the author of a module has.
function cleanEnvironment(): NodeJS.ProcessEnv {
  const ours = /^npm_(package|lifecycle|command|execpath)|^NODE_OPTIONS$|^NODE_V8_COVERAGE$|^UVU/i
  const theirs = Object.entries(process.env).filter(([name]) => !ours.test(name))
  return { ...Object.fromEntries(theirs), ...PATIENT_NPM }
}
