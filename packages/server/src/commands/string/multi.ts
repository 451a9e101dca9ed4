import type { Command } from '../../dispatch/command.ts'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { wrongArity } from '../../dispatch/command-errors.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { replyString, store } from './get-set.ts'

export function mget(ctx: CommandContext, args: RequestArgs): void {
  ctx.reply.array(args.count - 1)
  for (let index = 1; index < args.count; index++) {
    const entry = ctx.readKey(args, index)
    replyString(ctx, entry?.type === Type.string ? entry : undefined)
  }
}

export function mset(ctx: CommandContext, args: RequestArgs): void {
  expectPairs(ctx, args)
  storeAll(ctx, args)
  ctx.reply.ok()
}

export function msetnx(ctx: CommandContext, args: RequestArgs): void {
  expectPairs(ctx, args)
  for (let index = 1; index < args.count; index += 2) {
    if (ctx.writeKey(args, index) !== undefined) {
      ctx.reply.integer(0)
      return
    }
  }
  storeAll(ctx, args)
  ctx.reply.integer(1)
}

function expectPairs(ctx: CommandContext, args: RequestArgs): void {
  if (args.count % 2 === 0) throw wrongArity(ctx.command as Command)
}

function storeAll(ctx: CommandContext, args: RequestArgs): void {
  for (let index = 1; index < args.count; index += 2) store(ctx, args, index, index + 1, -1)
}
