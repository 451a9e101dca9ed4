import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as zsets from '../../keyspace/types/zset.ts'
import { checkPairs, checkRepetitions, symmetricArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { elementWriter, writeCount, writeRange } from './elements.ts'

export function zrandmember(ctx: CommandContext, args: RequestArgs): void {
  if (args.count > 2) {
    sampleMany(ctx, args)
    return
  }
  const entry = ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.zset)
  if (entry === undefined) ctx.reply.null()
  else zsets.randomRepeated(entry, 1, elementWriter(ctx.reply, false))
}

function sampleMany(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const count = symmetricArgument(args, 2)
  const withScores = args.count === 4 && args.equals(3, 'WITHSCORES')
  if (args.count > 3 && !withScores) throw syntaxError
  if (withScores) checkPairs(args, 2, count)
  const entry = ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.zset)
  if (entry === undefined || count === 0) {
    reply.array(0)
    return
  }
  checkRepetitions(count)
  const size = zsets.size(entry)
  if (count >= size && count > 1) {
    writeRange(reply, entry, { first: 0, count: size }, 'backward', withScores)
    return
  }
  writeCount(reply, Math.abs(count), withScores)
  const write = elementWriter(reply, withScores)
  if (count > 1) zsets.randomDistinct(entry, count, write)
  else zsets.randomRepeated(entry, Math.abs(count), write)
}
