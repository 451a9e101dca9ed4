import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { shutDown } from '../../shutdown.ts'

const notInProgress = new CommandError('No shutdown in progress.')
const mayNotWait = new CommandError("SHUTDOWN without NOW or ABORT isn't allowed for DENY BLOCKING client")
const failed = new CommandError('Errors trying to SHUTDOWN. Check logs.')

/** SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]. A shutdown here never waits for replicas, so ABORT finds none. */
export function shutdown(ctx: CommandContext, args: RequestArgs): Promise<void> {
  const given = new Set<string>()
  for (let i = 1; i < args.count; i++) {
    const word = args.string(i).toLowerCase()
    if (!['nosave', 'save', 'now', 'force', 'abort'].includes(word)) throw syntaxError
    given.add(word)
  }
  if ((given.has('abort') && given.size > 1) || (given.has('save') && given.has('nosave'))) throw syntaxError
  if (given.has('abort')) throw notInProgress
  if (!given.has('now') && !ctx.mayBlock) throw mayNotWait
  const { refusal } = ctx.server.eventsWhileBlocked
  if (refusal !== undefined && !given.has('nosave')) throw refusal
  ctx.server.log.notice('User requested shutdown...')
  return shutDown(ctx.server, given).then((ended) => {
    if (!ended) throw failed
  })
}
