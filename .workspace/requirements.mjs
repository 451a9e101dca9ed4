// What the tests compare with: Debian's redis-server, its tools, and RediSearch as Debian ships it.

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { missingCompilers } from './prepare.mjs'
import { run, which } from './run.mjs'

const servicePolicy = '/usr/sbin/policy-rc.d'

const requirements = [
  { name: 'redis-server', debian: 'redis-server', there: () => which('redis-server') },
  { name: 'redis-cli', debian: 'redis-tools', there: () => which('redis-cli') },
  { name: 'redis-benchmark', debian: 'redis-tools', there: () => which('redis-benchmark') },
  {
    name: 'redisearch.so',
    debian: 'redis-redisearch',
    there: () => existsSync('/usr/lib/redis/modules/redisearch.so'),
  },
]

/**
 * Installs what is missing when this user may, and returns what then still is, as
 * `{ names, debian }`: what it is called, and the Debian packages that bring it.
 */
export async function meetRequirements() {
  let missing = findMissing()
  if (missing.debian.length > 0 && process.getuid?.() === 0 && which('apt-get')) {
    try {
      await install(missing.debian)
    } catch (error) {
      console.error(error.message)
    }
    missing = findMissing()
  }
  return missing
}

function findMissing() {
  const missing = requirements.filter(({ there }) => !there())
  const compilers = missingCompilers()
  return {
    names: [...compilers, ...missing.map(({ name }) => name)],
    debian: [...new Set([...compilers, ...missing.map(({ debian }) => debian)])],
  }
}

// The tests start redis-server themselves: dpkg is told not to start it as a service.
async function install(packages) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const ownPolicy = !existsSync(servicePolicy)
  if (ownPolicy) writeFileSync(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await run('reading the lists of Debian packages', 'apt-get', ['update'], { env })
    const args = ['install', '--yes', '--no-install-recommends', ...packages]
    await run(`installing ${packages.join(', ')}`, 'apt-get', args, { env })
  } finally {
    if (ownPolicy) rmSync(servicePolicy)
  }
}
