// npm test: sets up, builds, checks, and runs every suite. Its last line is the sum.
// `npm test -- text` runs only the suites whose path contains the text.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolders } from './fingerprint.mjs'
import { prepare } from './prepare.mjs'
import { meetRequirements } from './requirements.mjs'
import { buildEnvironment, PlainError, pnpm, root, run } from './run.mjs'
import { findSuites, runSuites } from './suites.mjs'

const texts = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const coverage = process.argv.includes('--coverage')
const coverageFolder = join(root, 'coverage')
const inCi = process.env.CI === 'true'

const sums = { passed: 0, failed: 0, skipped: 0 }
await attempt(setUp)
const ready = await attempt(() => prepare({ native: inCi ? 'required' : 'optional' }))
if (ready) {
  if (texts.length === 0) {
    await attempt(() => run('checking style', binary('biome'), ['check', '--colors=off']))
    await attempt(() =>
      pnpm('checking types', ['exec', 'turbo', 'run', 'check', '--output-logs=errors-only']),
    )
  }
  const suites = findSuites(texts)
  if (suites.length === 0) report(new PlainError(`no suite's path contains ${texts.join(' or ')}`))
  const measured = coverage ? { NODE_V8_COVERAGE: join(coverageFolder, 'raw') } : {}
  add(await runSuites(suites, { ...buildEnvironment(), ...measured }))
  if (coverage) await attempt(reportCoverage)
}
if (sums.passed === 0) sums.failed ||= 1
process.exitCode = sums.failed > 0 ? 1 : 0
console.log(`\n${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`)

async function setUp() {
  if (coverage) rmSync(coverageFolder, { recursive: true, force: true })
  const { names, debian } = await meetRequirements()
  if (names.length === 0) return
  const message =
    `missing here: ${names.join(', ')}; on Debian and Ubuntu:\n` +
    `    sudo apt-get install ${debian.join(' ')}`
  if (inCi) throw new PlainError(`modis: ${message}`)
  console.error(`modis: ${message}\nmodis: THE TESTS THAT NEED THEM ARE SKIPPED`)
}

async function reportCoverage() {
  const sources = packageFolders().flatMap((folder) => ['--include', `${folder}/src/**`])
  const folders = ['--temp-directory', 'coverage/raw', '--reports-dir', 'coverage']
  const reporters = ['--reporter', 'text', '--reporter', 'lcovonly']
  const args = ['report', ...folders, ...reporters, '--exclude-after-remap', '--all', ...sources]
  console.log(await run('reading the coverage', binary('c8'), args))
}

function binary(name) {
  return join(root, 'node_modules/.bin', name)
}

// Does one step; a step that fails counts as one failed test and is told in full.
async function attempt(step) {
  try {
    await step()
    return true
  } catch (error) {
    report(error)
    return false
  }
}

function report(error) {
  console.error(error instanceof PlainError ? error.message : error)
  sums.failed += 1
}

function add({ passed, failed, skipped }) {
  sums.passed += passed
  sums.failed += failed
  sums.skipped += skipped
}
