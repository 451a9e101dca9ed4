// npm start: installs and builds what has changed, then becomes the server, with every example
// module live. What follows `npm start --` is the server's own command line.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { manifest } from './fingerprint.mjs'
import { prepare } from './prepare.mjs'
import { fail, root } from './run.mjs'

const server = join(root, 'packages/server/dist/main.js')

try {
  await prepare()
} catch (error) {
  fail(error)
}

// The server runs in this very process: it gets the signals, and its exit status is npm's.
process.chdir(root)
process.argv = [process.argv[0], server, ...serverArguments(process.argv.slice(2))]
await import(pathToFileURL(server).href)

function serverArguments(own) {
  if (own.some((argument) => ['--help', '-h', '--version', '-v'].includes(argument))) return own
  const loads = exampleModules()
    .filter((name) => !own.includes(name))
    .flatMap((name) => ['--loadmodule', name])
  // A configuration file comes first, as it does for redis-server.
  const file = own.length > 0 && !own[0].startsWith('-') ? own.slice(0, 1) : []
  return [...file, ...loads, ...own.slice(file.length)]
}

// The root package depends on the examples, so the server finds them by name in its node_modules.
// An example that is nothing but native parts needs them to have been built.
function exampleModules() {
  const names = Object.keys(manifest('.').devDependencies).filter((name) =>
    name.startsWith('@modis-examples/'),
  )
  return names.filter((name) => {
    const folder = `node_modules/${name}`
    return manifest(folder).scripts.build || existsSync(join(root, folder, 'prebuilds'))
  })
}
