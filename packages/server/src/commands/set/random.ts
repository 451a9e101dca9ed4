import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import * as sets from '../../keyspace/types/set.ts'
import { checkRepetitions, positiveArgument, symmetricArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { deleteEmptied } from '../key-results.ts'

export function spop(ctx: CommandContext, args: RequestArgs): void {
  if (args.count > 3) throw syntaxError
  if (args.count === 3) {
    popMany(ctx, args)
    return
  }
  const { reply } = ctx
  const entry = ctx.database.write(args.buffer, args.start(1), args.end(1))?.expect(Type.set)
  if (entry === undefined) {
    reply.null()
    return
  }
  sets.popRandom(entry, (bytes, from, to) => reply.bulkRange(bytes, from, to))
  ctx.changed(args, 1, 'set', 'spop')
  if (sets.size(entry) === 0) deleteEmptied(ctx, args, 1, entry)
}

function popMany(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const count = positiveArgument(args, 2)
  const entry = ctx.database.write(args.buffer, args.start(1), args.end(1))?.expect(Type.set)
  if (entry === undefined || count === 0) {
    reply.set(0)
    return
  }
  const size = sets.size(entry)
  const write: sets.MemberVisitor = (bytes, from, to) => reply.bulkRange(bytes, from, to)
  ctx.changed(args, 1, 'set', 'spop', Math.min(count, size))
  if (count >= size) {
    reply.set(size)
    sets.forEach(entry, write)
    deleteEmptied(ctx, args, 1, entry)
  } else {
    reply.set(count)
    sets.popRandomMany(entry, count, write)
  }
}

export function srandmember(ctx: CommandContext, args: RequestArgs): void {
  if (args.count > 3) throw syntaxError
  if (args.count === 3) {
    sampleMany(ctx, args)
    return
  }
  const { reply } = ctx
  const entry = ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.set)
  if (entry === undefined) reply.null()
  else sets.random(entry, (bytes, from, to) => reply.bulkRange(bytes, from, to))
}

function sampleMany(ctx: CommandContext, args: RequestArgs): void {
  const { reply } = ctx
  const count = symmetricArgument(args, 2)
  const entry = ctx.database.read(args.buffer, args.start(1), args.end(1))?.expect(Type.set)
  if (entry === undefined || count === 0) {
    reply.array(0)
    return
  }
  checkRepetitions(count)
  const write: sets.MemberVisitor = (bytes, from, to) => reply.bulkRange(bytes, from, to)
  if (count < 0) {
    reply.array(-count)
    sets.randomRepeated(entry, -count, write)
    return
  }
  const size = sets.size(entry)
  reply.array(Math.min(count, size))
  if (count >= size) sets.forEach(entry, write)
  else sets.randomDistinct(entry, count, write)
}
