// Runs other programs for the scripts of this folder: quietly while all goes well, with everything
// they said when it does not.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds the workspace. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Thrown for what a person can put right; its message is all that is shown. */
export class PlainError extends Error {}

/** The path of a program, or undefined where there is none on PATH. */
export function which(program) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}

/**
 * Runs a program to its end and keeps what it printed. Throws a PlainError that ends with that text
 * when the program fails. A signal to this process reaches the program first.
 */
export function run(title, program, args, { env = {}, cwd = root } = {}) {
  const start = performance.now()
  process.stdout.write(`modis: ${title} …\n`)
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const release = endWith(child)
    let output = ''
    child.stdout.on('data', (text) => (output += text))
    child.stderr.on('data', (text) => (output += text))
    child.on('error', (error) => {
      release()
      reject(new PlainError(`${title}: could not start ${program}: ${error.message}`))
    })
    child.on('close', (code, signal) => {
      release()
      if (code === 0) {
        process.stdout.write(`modis: done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
        resolve(output)
      } else {
        reject(
          new PlainError(`${output}\nmodis: ${title} failed (${signal ?? `exit status ${code}`}), see above`),
        )
      }
    })
  })
}

/** Runs pnpm, in the version that package.json names, fetched by npx where it is not there yet. */
export function pnpm(title, args) {
  return run(title, 'npx', ['--yes', '--loglevel=error', packageManager, ...args], {
    env: buildEnvironment(),
  })
}

/** Prints what a person has to know and ends with status 1; other errors keep their stack. */
export function fail(error) {
  console.error(error instanceof PlainError ? error.message : error)
  process.exit(1)
}

/**
 * Variables for whatever builds something. node-gyp fetches the headers of Node from the network
 * unless it is told where they are, which is next to the binary that is running in most installations.
 */
export function buildEnvironment() {
  const prefix = dirname(dirname(process.execPath))
  const headers = existsSync(join(prefix, 'include/node/node_api.h'))
  return {
    TURBO_TELEMETRY_DISABLED: '1',
    ...(headers ? { npm_config_nodedir: prefix } : {}),
  }
}

// Ends the child with whatever ends this process, then this process with the status a shell expects.
function endWith(child) {
  const handlers = ['SIGINT', 'SIGTERM'].map((signal) => {
    const handler = () => {
      child.once('close', () => process.exit(128 + constants.signals[signal]))
      child.kill(signal)
    }
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return () => {
    for (const release of handlers) release()
  }
}
