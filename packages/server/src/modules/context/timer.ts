import type { Timer } from '@modis/sdk'
import type { ModuleRuntime } from './runtime.ts'

/** The longest delay that timers of the platform hold. */
const LONGEST_DELAY_MS = 2 ** 31 - 1

/**
 * Starts a timer of a module. It is stopped when the module goes; one that fires once also keeps the module from being
 * unloaded until it has fired or was cleared.
 */
export function startTimer(
  runtime: ModuleRuntime,
  delayMs: number,
  callback: () => void,
  repeat: boolean,
): Timer {
  if (!(delayMs >= 0 && Number.isFinite(delayMs))) {
    throw new RangeError(`a timer's delay is a number of milliseconds from 0 up, got ${delayMs}`)
  }
  let dueMs = 0
  let handle: NodeJS.Timeout | undefined
  let isOver = false
  const arm = (): void => {
    handle = setTimeout(elapsed, Math.min(dueMs - performance.now(), LONGEST_DELAY_MS))
    handle.unref()
  }
  const over = (): void => {
    if (isOver) return
    isOver = true
    clearTimeout(handle)
    if (!repeat) runtime.pendingTimers--
  }
  const elapsed = (): void => {
    if (performance.now() < dueMs - 1) {
      arm()
      return
    }
    if (repeat) start()
    else clear()
    const { server } = runtime
    server.enter()
    runtime.guard('its timer', callback)
    if (server.blocking.readyCount > 0) server.blocking.serve()
    server.leave()
  }
  const start = (): void => {
    dueMs = performance.now() + delayMs
    arm()
  }
  if (!repeat) runtime.pendingTimers++
  const clear = runtime.record.resources.add(over)
  start()
  return {
    get remainingMs() {
      return isOver ? 0 : Math.max(dueMs - performance.now(), 0)
    },
    clear,
  }
}
