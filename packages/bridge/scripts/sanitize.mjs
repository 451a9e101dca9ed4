// Runs the tests with AddressSanitizer and UndefinedBehaviorSanitizer in the addon and in the test
// modules. Any invalid access, undefined behaviour or leak fails the run. Redisearch, which leaks by
// itself, is left out unless it is asked for: `pnpm run sanitize redisearch`.
//
// Node itself is not instrumented: what it leaks at its exit is suppressed by name in
// scripts/sanitize.supp. The addon is built apart, in a temporary folder; the usual build stays as it is.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), '..')
const sanitizers = '-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer'

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    cwd: packageFolder,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  if (status !== 0) process.exit(status ?? 1)
}

function nodeHeaders() {
  const prefixes = [process.env.npm_config_nodedir, join(dirname(process.execPath), '..')]
  const folders = prefixes.filter(Boolean).map((prefix) => join(prefix, 'include/node'))
  const found = folders.find((folder) => existsSync(join(folder, 'node_api.h')))
  if (!found) throw new Error(`no node_api.h in ${folders.join(' or ')}: set npm_config_nodedir`)
  return found
}

function library(name) {
  return spawnSync('cc', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim()
}

const root = mkdtempSync(join(tmpdir(), 'modis-bridge-sanitize-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))
const release = join(root, 'build/Release')
mkdirSync(release, { recursive: true })
const sources = readdirSync(join(packageFolder, 'src/native'))
  .filter((name) => name.endsWith('.c'))
  .map((name) => join('src/native', name))
const flags = '-std=gnu11 -D_GNU_SOURCE -g -O1 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden'
run('cc', [
  ...flags.split(' '),
  ...sanitizers.split(' '),
  `-I${nodeHeaders()}`,
  '-o',
  join(release, 'bridge.node'),
  ...sources,
])

// The process ends by the signals that the tests about crashes expect: they are not the sanitizer's.
const asan = ['segv', 'sigbus', 'abort', 'sigill', 'sigfpe'].map((name) => `handle_${name}=0`)
const suites = process.argv[2] ?? '^(?!redisearch).*\\.test\\.ts$'
run(process.execPath, ['--import', 'tsx', 'node_modules/uvu/bin.js', 'test', suites], {
  '@MODIS/BRIDGE_PREBUILD': root,
  MODIS_MODULE_FLAGS: sanitizers,
  LD_PRELOAD: `${library('libasan.so')} ${library('libubsan.so')}`,
  ASAN_OPTIONS: [
    ...asan,
    'detect_leaks=1',
    'allocator_may_return_null=1',
    'detect_stack_use_after_return=0',
  ].join(':'),
  LSAN_OPTIONS: `suppressions=${join(packageFolder, 'scripts/sanitize.supp')}:print_suppressions=0`,
  UBSAN_OPTIONS: 'print_stacktrace=1',
})
