import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_EVERY_MS = 5
const PATIENCE_MS = 60_000

/** Waits for something that comes sooner or later. @throws Error after a minute */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${PATIENCE_MS / 1000} s for ${what}`)
    await sleep(LOOK_EVERY_MS)
  }
}
