import type { Server } from './server.ts'

/**
 * Ends a server: saves its data where that is asked for or save points are configured, then closes it. Words are those of
 * SHUTDOWN: `save`, `nosave`, `now`, `force`.
 * @param around is given the final save to run
 * @returns false where the data could not be saved, in which case the server goes on unless `force` is given
 */
export async function shutDown(
  server: Server,
  words: ReadonlySet<string>,
  around: (save: () => void) => void = (save) => save(),
): Promise<boolean> {
  const { log, persistence } = server
  if (server.eventsWhileBlocked.isServing) endAtOnce(server)
  if (persistence.inProgress) {
    log.warning('There is a background save. Stopping it!')
    await persistence.cancel()
  }
  // A part of the data must not take the place of the whole.
  const isWhole = persistence.loading === undefined
  if (isWhole && (words.has('save') || (!words.has('nosave') && persistence.savePoints.length > 0))) {
    log.notice('Saving the final RDB snapshot before exiting.')
    try {
      around(() => persistence.saveNow())
    } catch {
      // Why it failed is in the log already.
      if (!words.has('force')) {
        log.warning("Error trying to save the DB, can't exit.")
        return false
      }
      log.warning('Error trying to save the DB. Exiting anyway.')
    }
  }
  await server.close()
  log.notice('Modis is now ready to exit, bye bye...')
  server.onEnded?.()
  return true
}

/** In the middle of a command that may never end, nothing can be waited for. */
function endAtOnce(server: Server): void {
  if (server.onEnded === undefined) return
  server.events.emit('shutdown', {})
  server.listeners.close()
  server.persistence.abandon()
  server.log.notice('Modis is now ready to exit, bye bye...')
  server.onEnded()
}
