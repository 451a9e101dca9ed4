import type { CommandContext } from '../../dispatch/command-context.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as zsets from '../../keyspace/types/zset.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'

export function zcard(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.readKey(args, 1)?.expect(Type.zset)
  ctx.reply.integer(entry === undefined ? 0 : zsets.size(entry))
}
