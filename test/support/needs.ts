import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Test } from 'uvu'
import { suite } from 'uvu'

/** Where Debian puts RediSearch. */
export const redisearchPath = '/usr/lib/redis/modules/redisearch.so'

const checks = {
  'redis-server': () => onPath('redis-server'),
  'redis-cli': () => onPath('redis-cli'),
  'redis-benchmark': () => onPath('redis-benchmark'),
  'g++': () => onPath('g++'),
  redisearch: () => existsSync(redisearchPath),
}

/** Something outside this repository that a suite compares with or builds with. */
export type Need = keyof typeof checks

/**
 * A suite that needs things from outside. Where one is missing, its tests count as skipped and a line
 * says why; under CI=true that is an error, for there nothing may be missing.
 */
export function suiteNeeding(name: string, ...needs: Need[]): Test {
  const test = suite(name)
  const missing = needs.filter((need) => !checks[need]())
  if (missing.length === 0) return test
  const reason = `${name} needs ${missing.join(' and ')}, which is not installed here`
  if (process.env.CI === 'true') throw new Error(reason)
  console.warn(`SKIPPED: ${reason}`)
  return skipping(test)
}

// Keeps the shape of a uvu suite: its tests are counted as skipped, its hooks never run.
function skipping(test: Test): Test {
  const skip = () => test.skip()
  const hook = Object.assign(() => {}, { each: () => {} })
  return Object.assign(skip, {
    only: skip,
    skip: test.skip,
    run: test.run,
    before: hook,
    after: hook,
  }) as Test
}

function onPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.some((folder) => existsSync(join(folder, program)))
}
