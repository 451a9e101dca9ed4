import { readFileSync } from 'node:fs'

/** What the process opens apart from connections: listening sockets, files being saved, libraries, Node's own. */
const RESERVED = 64

/**
 * Connections that the system lets this process have. Node has raised the soft limit to the hard one when it started,
 * so more cannot be had; Infinity where the system does not say.
 */
export function possibleConnections(): number {
  let limits: string
  try {
    limits = readFileSync('/proc/self/limits', 'latin1')
  } catch {
    return Number.POSITIVE_INFINITY
  }
  const descriptors = /^Max open files +(\d+)/m.exec(limits)?.[1]
  return descriptors === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Number(descriptors) - RESERVED)
}
