// Finds the test suites and runs each in a process of its own, so that one that hangs or crashes is
// named and takes no other with it.

import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { packageFolders } from './fingerprint.mjs'
import { root } from './run.mjs'

// Suites start servers of their own; more than two at a time would measure each other's load.
const concurrency = Math.min(2, availableParallelism())
// Far longer than any takes, also where the machine is slow: to name one that hangs is all it is for.
const limitMs = Number(process.env.MODIS_TEST_LIMIT_MS ?? 600_000)
const closing = /^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/m
const running = new Set()

/** Every suite of every package whose path contains one of the given texts, or simply every one. */
export function findSuites(texts) {
  const suites = packageFolders().flatMap((folder) => {
    const tests = join(root, folder === 'test' ? folder : `${folder}/test`)
    return existsSync(tests) ? suitesBelow(tests).map((file) => ({ folder, file: relative(root, file) })) : []
  })
  return suites.filter(({ file }) => texts.length === 0 || texts.some((text) => file.includes(text)))
}

/** Runs suites, says how each went, and returns the sums `{ passed, failed, skipped }`. */
export async function runSuites(suites, env) {
  const sums = { passed: 0, failed: 0, skipped: 0 }
  const queue = [...suites]
  const stop = stopAllOnSignal()
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let suite = queue.shift(); suite; suite = queue.shift()) {
        const result = await runSuite(suite, env)
        sums.passed += result.passed
        sums.failed += result.failed
        sums.skipped += result.skipped
      }
    }),
  )
  stop()
  return sums
}

function suitesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return suitesBelow(path)
      return entry.name.endsWith('.test.ts') ? [path] : []
    })
}

async function runSuite({ folder, file }, env) {
  const start = performance.now()
  const { output, end } = await runToEnd(folder, file, env)
  const result = read(output, end)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const counts = [`${result.passed} passed`]
  if (result.failed > 0) counts.push(`${result.failed} failed`)
  if (result.skipped > 0) counts.push(`${result.skipped} skipped`)
  const sign = result.failed > 0 ? '✘' : '•'
  const told = result.failed > 0 || result.skipped > 0 ? `${output.trimEnd()}\n` : ''
  const reason = result.reason ? `: ${result.reason}` : ''
  process.stdout.write(`${told}${sign} ${file}  ${counts.join(', ')}  ${seconds} s${reason}\n`)
  return result
}

function runToEnd(folder, file, env) {
  const args = [
    '--conditions=modis-source',
    '--import',
    'tsx',
    relative(join(root, folder), join(root, file)),
  ]
  return new Promise((resolve) => {
    // A process group of its own, so that what a suite started ends with it.
    const child = spawn(process.execPath, args, {
      cwd: join(root, folder),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    running.add(child.pid)
    let output = ''
    let end
    child.stdout.on('data', (text) => (output += text))
    child.stderr.on('data', (text) => (output += text))
    const timer = setTimeout(() => {
      end = `killed, it hung: still running after ${limitMs / 1000} s`
      killGroup(child.pid)
    }, limitMs)
    child.on('error', (error) => (end = error.message))
    child.on('exit', (code, signal) => {
      end ??= signal ? `ended by ${signal}` : code
      clearTimeout(timer)
      // A server that the suite left running would hold the output open for ever.
      killGroup(child.pid)
      running.delete(child.pid)
    })
    child.on('close', () => resolve({ output, end }))
  })
}

// The closing lines of uvu are the only proof that a suite ran its tests to the end.
function read(output, end) {
  const match = closing.exec(stripVTControlCharacters(output))
  if (!match) {
    const reason = end === 0 ? 'it ended without running its tests' : `it broke off (${describe(end)})`
    return { passed: 0, failed: 1, skipped: 0, reason }
  }
  const [total, passed, skipped] = match.slice(1).map(Number)
  if (total === 0 && skipped === 0) return { passed, failed: 1, skipped, reason: 'it has no tests' }
  if (total > passed) return { passed, failed: total - passed, skipped }
  if (end !== 0) return { passed, failed: 1, skipped, reason: `all passed, but then: ${describe(end)}` }
  return { passed, failed: 0, skipped }
}

function describe(end) {
  return typeof end === 'number' ? `exit status ${end}` : end
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing of the group is left.
  }
}

function stopAllOnSignal() {
  const handler = () => {
    for (const pid of running) killGroup(pid)
    process.exit(130)
  }
  process.on('SIGINT', handler)
  process.on('SIGTERM', handler)
  return () => {
    process.off('SIGINT', handler)
    process.off('SIGTERM', handler)
  }
}
