// Tells whether anything that the installation or the build depends on has changed, without
// starting another program: `npm start` has three seconds to come up.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

const outputFolders = ['dist', 'prebuilds']
const ignoredFolders = new Set([...outputFolders, 'node_modules', 'build', 'coverage', 'test', '.turbo'])
const sharedFiles = ['pnpm-workspace.yaml', 'pnpm-lock.yaml', 'turbo.json', '.config/tsconfig.json']

/** The folders of the workspace's packages, `packages/server` and so on. */
export function packageFolders() {
  const below = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  )
  return [...below, 'test'].filter((folder) => existsSync(join(root, folder, 'package.json'))).sort()
}

/** The package.json of a folder of the workspace; of the workspace itself for '.'. */
export function manifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

/** Changes when the dependencies do, or the Node that they were installed for. */
export function installFingerprint() {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`)
  for (const folder of ['.', ...packageFolders()])
    hash.update(readFileSync(join(root, folder, 'package.json')))
  for (const file of sharedFiles.slice(0, 2)) hash.update(readFileSync(join(root, file)))
  return hash.digest('hex')
}

/** Changes when a source file is written; turbo then compares the contents. */
export function sourceFingerprint() {
  const hash = createHash('sha256')
  for (const file of sharedFiles) addFile(hash, file)
  for (const folder of packageFolders()) {
    if (folder !== 'test') addFolder(hash, folder, (name) => !ignoredFolders.has(name))
  }
  return hash.digest('hex')
}

/** Changes when something that was built is gone or is not what the build left. */
export function outputFingerprint() {
  const hash = createHash('sha256')
  for (const folder of packageFolders()) {
    for (const output of outputFolders) {
      const path = `${folder}/${output}`
      if (existsSync(join(root, path))) addFolder(hash, path, () => true)
    }
  }
  return hash.digest('hex')
}

function addFolder(hash, folder, accept) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (accept(entry.name)) addFolder(hash, path, accept)
    } else if (entry.isFile() && !entry.name.endsWith('.md')) addFile(hash, path)
  }
}

function addFile(hash, path) {
  const { size, mtimeMs } = statSync(join(root, path))
  hash.update(`${path} ${size} ${mtimeMs}\n`)
}
