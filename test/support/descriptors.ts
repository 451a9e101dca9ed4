import { readFileSync } from 'node:fs'

/** Descriptors that this machine lets a process have; Node raises the soft limit to the hard one when it starts. */
export function mostDescriptors(): number {
  const limit = /^Max open files +\d+ +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return limit === undefined || limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)
}
