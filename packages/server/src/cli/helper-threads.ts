import { readdirSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/**
 * How much nicer than the one thread that runs commands those are on which the JavaScript engine compiles and collects.
 * Of equals, the system lets one have a processor for milliseconds while a request waits for it.
 */
export const HELPER_NICENESS = 10

/**
 * Puts every thread that the process has so far, except the main one, behind it. To be called before modules load: their
 * threads are their own. Does nothing where the system gives threads no priority of their own, or forbids it.
 */
export function lowerHelperThreads(): void {
  if (process.platform !== 'linux') return
  const niceness = Math.min(getPriority() + HELPER_NICENESS, constants.priority.PRIORITY_LOW)
  for (const name of readdirSync('/proc/self/task')) {
    const thread = Number(name)
    if (thread === process.pid) continue
    try {
      // Linux takes the id of a thread where others take that of a process.
      setPriority(thread, niceness)
    } catch {
      // It has ended, or the process may not: it serves as before, with longer waits on a single processor.
    }
  }
}
