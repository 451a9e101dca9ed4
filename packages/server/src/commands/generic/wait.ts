import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'

const notAnInteger = new CommandError('timeout is not an integer or out of range')
const negative = new CommandError('timeout is negative')
const tooLong = new CommandError('timeout is out of range')
const MAX_INTEGER = 2n ** 63n - 1n

/** There are no replicas that could acknowledge anything, so waiting for one lasts as long as the timeout. */
const REPLICAS = 0

export function wait(ctx: CommandContext, args: RequestArgs): void {
  const wanted = longArgument(args, 1)
  const timeoutMs = longArgument(args, 2, notAnInteger)
  if (timeoutMs < 0) throw negative
  if (timeoutMs === Number.MAX_SAFE_INTEGER && args.integer64(2) > MAX_INTEGER - BigInt(ctx.nowMs))
    throw tooLong
  if (wanted <= REPLICAS || !ctx.mayBlock) {
    ctx.reply.integer(REPLICAS)
    return
  }
  ctx.block({
    keys: [],
    timeoutMs,
    retry: () => false,
    timeout: (resumed) => resumed.reply.integer(REPLICAS),
  })
}
