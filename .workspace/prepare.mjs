// Installs and builds what is missing or out of date, and nothing else.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { installFingerprint, outputFingerprint, sourceFingerprint } from './fingerprint.mjs'
import { PlainError, pnpm, root, which } from './run.mjs'

// What the build tools ask for; the packages themselves are content with any Node 20.
const oldestNode = [20, 19]
const modulesFile = join(root, 'node_modules/.modules.yaml')
// Below node_modules, so that whoever deletes that folder gets a new installation.
const stateFile = join(root, 'node_modules/.modis/prepared.json')

// What node-gyp needs to compile C, and the Debian package that brings it.
const compilers = [
  { program: 'g++', debian: 'g++' },
  { program: 'make', debian: 'make' },
  { program: 'python3', debian: 'python3' },
]

/** The Debian packages without which native parts cannot be compiled here. */
export function missingCompilers() {
  return compilers.filter(({ program }) => !which(program)).map(({ debian }) => debian)
}

/**
 * Brings node_modules, dist and prebuilds up to date. Without a compiler the native parts are left
 * out and the person is told, unless `native` is 'required': then that is an error.
 */
export async function prepare({ native = 'optional' } = {}) {
  checkNode()
  const missing = missingCompilers()
  const before = readState()
  const install = installFingerprint()
  const installed = before.install === install && existsSync(modulesFile)
  if (installed && isBuilt(before, native === 'optional' && missing.length > 0)) return
  if (missing.length > 0) explainMissing(missing, native)
  if (!installed) {
    const title = existsSync(modulesFile)
      ? 'installing packages'
      : 'installing packages, which takes a minute the first time'
    await pnpm(title, ['install', '--reporter=append-only'])
    writeState({ install: installFingerprint() })
  }
  // The installation may have completed the lock file: fingerprints are taken after it.
  const state = { install: installFingerprint(), native: missing.length === 0, sources: sourceFingerprint() }
  const tasks = state.native ? ['build', 'build:native'] : ['build']
  const title = state.native ? 'building, native parts included' : 'building without the native parts'
  await pnpm(title, ['exec', 'turbo', 'run', ...tasks, '--output-logs=errors-only'])
  writeState({ ...state, outputs: outputFingerprint() })
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new PlainError(
      `modis is built with Node ${oldestNode.join('.')} or newer; this is ${process.version}`,
    )
  }
}

function isBuilt(state, nativeMayLack) {
  return (
    (state.native || nativeMayLack) &&
    state.sources === sourceFingerprint() &&
    state.outputs === outputFingerprint()
  )
}

function explainMissing(missing, native) {
  const message =
    `cannot compile the native parts: ${missing.join(', ')} not found; on Debian and Ubuntu:\n` +
    `    sudo apt-get install ${missing.join(' ')}`
  if (native === 'required') throw new PlainError(`modis: ${message}`)
  console.error(`modis: ${message}`)
  console.error('modis: going on without them: Redis module binaries cannot be loaded')
}

function writeState(state) {
  mkdirSync(dirname(stateFile), { recursive: true })
  writeFileSync(stateFile, JSON.stringify(state))
}

function readState() {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8'))
  } catch {
    return {}
  }
}
