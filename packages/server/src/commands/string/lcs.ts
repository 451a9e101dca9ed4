import { CommandError } from '@modis/sdk'
import type { CommandContext } from '../../dispatch/command-context.ts'
import { syntaxError } from '../../dispatch/command-errors.ts'
import { ByteRange } from '../../keyspace/byte-range.ts'
import { Type } from '../../keyspace/entry-layout.ts'
import { readString } from '../../keyspace/types/string.ts'
import { longArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'

const notStrings = new CommandError('The specified keys must contain string values')
const lengthAndIndexes = new CommandError('If you want both the length and indexes, please just use IDX.')
const tooMuchMemory = new CommandError(
  'Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len',
)
const NO_BYTES = Buffer.alloc(0)

interface LcsOptions {
  length: boolean
  indexes: boolean
  withMatchLength: boolean
  minMatchLength: number
}

/** Lengths of the longest common subsequences of all pairs of prefixes of two texts, row by row. */
interface Lengths {
  readonly table: Uint32Array
  readonly width: number
}

export function lcs(ctx: CommandContext, args: RequestArgs): void {
  const left = stringAt(ctx, args, 1)
  const right = stringAt(ctx, args, 2)
  const options = readOptions(args)
  const cells = (left.length + 1) * (right.length + 1)
  if (cells * 4 > ctx.server.requestLimits.maxBulkBytes) throw tooMuchMemory
  const lengths = measure(left, right)
  const total = lengths.table[cells - 1] as number
  if (options.indexes) replyMatches(ctx, left, right, lengths, options)
  else if (options.length) ctx.reply.integer(total)
  else ctx.reply.bulk(subsequence(left, right, lengths))
}

/** A copy of the string at key `index`, empty where there is none: the table is built while nothing else may move it. */
function stringAt(ctx: CommandContext, args: RequestArgs, index: number): Buffer {
  const entry = ctx.readKey(args, index)
  if (entry === undefined) return NO_BYTES
  if (entry.type !== Type.string) throw notStrings
  const range = new ByteRange()
  readString(entry, range)
  return range.copy()
}

function readOptions(args: RequestArgs): LcsOptions {
  const options: LcsOptions = { length: false, indexes: false, withMatchLength: false, minMatchLength: 0 }
  for (let index = 3; index < args.count; index++) {
    if (args.equals(index, 'IDX')) options.indexes = true
    else if (args.equals(index, 'LEN')) options.length = true
    else if (args.equals(index, 'WITHMATCHLEN')) options.withMatchLength = true
    else if (args.equals(index, 'MINMATCHLEN') && index + 1 < args.count) {
      options.minMatchLength = Math.max(0, longArgument(args, ++index))
    } else throw syntaxError
  }
  if (options.length && options.indexes) throw lengthAndIndexes
  return options
}

function measure(left: Buffer, right: Buffer): Lengths {
  const width = right.length + 1
  const table = new Uint32Array((left.length + 1) * width)
  for (let i = 1; i <= left.length; i++) {
    const byte = left[i - 1]
    let at = i * width + 1
    for (let j = 0; j < right.length; j++, at++) {
      if (byte === right[j]) table[at] = (table[at - width - 1] as number) + 1
      else table[at] = Math.max(table[at - width] as number, table[at - 1] as number)
    }
  }
  return { table, width }
}

/**
 * Walks back through the table from the end of both texts. `visit` is called for each pair of equal bytes that belongs
 * to the subsequence, and with −1 for each step between two of them.
 */
function walkBack(
  left: Buffer,
  right: Buffer,
  { table, width }: Lengths,
  visit: (i: number, j: number) => void,
): void {
  let i = left.length
  let j = right.length
  while (i > 0 && j > 0) {
    if (left[i - 1] === right[j - 1]) {
      i--
      j--
      visit(i, j)
    } else {
      const at = i * width + j
      if ((table[at - width] as number) > (table[at - 1] as number)) i--
      else j--
      visit(-1, -1)
    }
  }
}

function subsequence(left: Buffer, right: Buffer, lengths: Lengths): Buffer {
  let at = lengths.table[lengths.table.length - 1] as number
  const result = Buffer.allocUnsafe(at)
  walkBack(left, right, lengths, (i) => {
    if (i >= 0) result[--at] = left[i] as number
  })
  return result
}

function replyMatches(
  ctx: CommandContext,
  left: Buffer,
  right: Buffer,
  lengths: Lengths,
  options: LcsOptions,
): void {
  const { reply } = ctx
  reply.map(2)
  reply.bulk('matches')
  const mark = reply.deferred()
  let matches = 0
  let leftStart = 0
  let rightStart = 0
  let matched = 0
  const end = (): void => {
    if (matched > 0 && matched >= options.minMatchLength) {
      matches++
      reply.array(options.withMatchLength ? 3 : 2)
      replyRange(ctx, leftStart, matched)
      replyRange(ctx, rightStart, matched)
      if (options.withMatchLength) reply.integer(matched)
    }
    matched = 0
  }
  walkBack(left, right, lengths, (i, j) => {
    if (i < 0) {
      end()
      return
    }
    leftStart = i
    rightStart = j
    matched++
  })
  end()
  reply.endDeferred(mark, 'array', matches)
  reply.bulk('len')
  reply.integer(lengths.table[lengths.table.length - 1] as number)
}

function replyRange(ctx: CommandContext, start: number, length: number): void {
  ctx.reply.array(2)
  ctx.reply.integer(start)
  ctx.reply.integer(start + length - 1)
}
