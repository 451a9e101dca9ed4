import type { ValueHolder } from '../../keyspace/loose-value.ts'
import type { Direction } from '../../keyspace/packed/quicklist.ts'
import * as zsets from '../../keyspace/types/zset.ts'
import type { ReplyWriter } from '../../protocol/reply-writer.ts'

/** Writes the header of `count` elements, each to be followed by its score where `withScores` is set. */
export function writeCount(reply: ReplyWriter, count: number, withScores: boolean): void {
  reply.array(withScores && reply.version === 2 ? count * 2 : count)
}

/** A visitor that writes members, in RESP3 within an array of their own together with the score where that is wanted. */
export function elementWriter(reply: ReplyWriter, withScores: boolean): zsets.ScoreVisitor {
  if (!withScores) return (bytes, from, to) => reply.bulkRange(bytes, from, to)
  const isNested = reply.version > 2
  return (bytes, from, to, score) => {
    if (isNested) reply.array(2)
    reply.bulkRange(bytes, from, to)
    reply.double(score)
  }
}

/** Writes the elements of a range as an array. */
export function writeRange(
  reply: ReplyWriter,
  holder: ValueHolder,
  range: zsets.RankRange,
  direction: Direction,
  withScores: boolean,
): void {
  writeCount(reply, range.count, withScores)
  zsets.forEachInRange(holder, range, direction, elementWriter(reply, withScores))
}
