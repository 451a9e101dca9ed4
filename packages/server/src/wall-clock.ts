const MOST_DRIFT_MS = 2

let offsetMs = 0

/** Microseconds since 1970. */
export function nowMicroseconds(): number {
  // The clock that counts microseconds does not hear of it when the system's clock is set; the other does.
  const steadyMs = performance.timeOrigin + performance.now()
  const systemMs = Date.now()
  if (Math.abs(systemMs - steadyMs - offsetMs) > MOST_DRIFT_MS) offsetMs = systemMs - steadyMs
  return Math.floor((steadyMs + offsetMs) * 1000)
}
