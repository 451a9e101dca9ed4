import { CommandError } from '@modis/sdk'
import { syntaxError } from '../dispatch/command-errors.ts'
import { GlobPattern } from '../protocol/glob-pattern.ts'
import { longArgument } from '../protocol/number-arguments.ts'
import type { ReplyWriter } from '../protocol/reply-writer.ts'
import type { RequestArgs } from '../protocol/request-args.ts'

const DEFAULT_COUNT = 10
const CURSOR_TEXT = /^[+-]?[0-9]*$/
const CURSOR_LIMIT = 2n ** 64n

const invalidCursor = new CommandError('invalid cursor')

/** What the commands of the SCAN family are given besides key and cursor. */
export interface ScanOptions {
  /** About how many elements one call is to look at. */
  count: number
  /** What an element's name must match; undefined where anything will do. */
  pattern: GlobPattern | undefined
}

/**
 * Argument `index` as a scan cursor; one past every cursor that was ever given ends a scan at once.
 * @throws CommandError `ERR invalid cursor`
 */
export function cursorArgument(args: RequestArgs, index: number): number {
  // To strtoul a NUL byte ends the text.
  const [text = ''] = args.string(index).split('\0', 1)
  if (!CURSOR_TEXT.test(text)) throw invalidCursor
  const cursor = Number(text)
  if (cursor >= 0 && Number.isSafeInteger(cursor)) return cursor
  const digits = text.replace(/^[+-]/, '')
  // A sign without digits is no number to strtoul, which Redis asks; a negative one wraps around.
  if (digits === '' || BigInt(digits) >= CURSOR_LIMIT) throw invalidCursor
  return text.startsWith('-') && cursor !== 0
    ? Number.MAX_SAFE_INTEGER
    : Math.min(cursor, Number.MAX_SAFE_INTEGER)
}

/**
 * The options from argument `first` on. `more` is asked for an option other than COUNT and MATCH at an index, and
 * returns how many arguments it took, 0 where it does not know it.
 * @throws CommandError `ERR syntax error`, and for a COUNT that is no integer
 */
export function scanOptions(
  args: RequestArgs,
  first: number,
  more: (index: number) => number = () => 0,
): ScanOptions {
  const options: ScanOptions = { count: DEFAULT_COUNT, pattern: undefined }
  for (let index = first; index < args.count; ) {
    const hasValue = index + 1 < args.count
    if (hasValue && args.equals(index, 'COUNT')) {
      options.count = longArgument(args, index + 1)
      if (options.count < 1) throw syntaxError
      index += 2
    } else if (hasValue && args.equals(index, 'MATCH')) {
      const pattern = new GlobPattern(args.bytes(index + 1))
      options.pattern = pattern.matchesAll ? undefined : pattern
      index += 2
    } else {
      const taken = more(index)
      if (taken === 0) throw syntaxError
      index += taken
    }
  }
  return options
}

/**
 * Writes the reply of a command of the SCAN family. `scan` writes elements and returns the cursor to go on from and how
 * many it wrote.
 */
export function writeScan(reply: ReplyWriter, scan: () => { cursor: number; written: number }): void {
  const mark = reply.deferred()
  const { cursor, written } = scan()
  // What comes first is known last.
  const elements = reply.take(mark)
  reply.array(2)
  reply.bulk(String(cursor))
  reply.array(written)
  reply.raw(elements)
}

/** Writes the reply to a scan of a key that does not exist. */
export function writeEmptyScan(reply: ReplyWriter): void {
  reply.array(2)
  reply.bulk('0')
  reply.array(0)
}
