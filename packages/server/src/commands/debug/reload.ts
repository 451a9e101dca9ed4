import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'

/** DEBUG RELOAD [MERGE] [NOFLUSH] [NOSAVE]: saves the data and loads it again. */
export function reload(ctx: CommandContext, args: RequestArgs): void {
  const { keyspace, log, persistence } = ctx.server
  const given = new Set<string>()
  for (let i = 2; i < args.count; i++) {
    const word = args.string(i).toLowerCase()
    if (!['merge', 'noflush', 'nosave'].includes(word)) throw syntaxError
    given.add(word)
  }
  if (persistence.loading !== undefined) throw new CommandError('Data is being loaded already')
  if (persistence.inProgress) throw new CommandError('Background save already in progress')
  if (!given.has('nosave')) persistence.saveNow()
  if (!given.has('noflush')) ctx.server.flush(keyspace.databases)
  try {
    persistence.load()
  } catch (error) {
    log.warning(`DEBUG RELOAD: ${(error as Error).message}`)
    throw new CommandError('Error trying to load the RDB dump, check server logs.')
  }
  log.warning('DB reloaded by DEBUG RELOAD')
  ctx.reply.ok()
}
