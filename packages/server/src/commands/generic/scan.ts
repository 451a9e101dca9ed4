import type { CommandContext } from '../../dispatch/command-context.ts'
import { chunkOf, keyBytes, keyLength, keyStart } from '../../keyspace/entry-layout.ts'
import { GlobPattern } from '../../protocol/glob-pattern.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { cursorArgument, scanOptions, writeScan } from '../scan-options.ts'
import { typeName } from './values.ts'

export function keys(ctx: CommandContext, args: RequestArgs): void {
  const { database, reply } = ctx
  const { arena } = database
  const pattern = new GlobPattern(args.bytes(1))
  const mark = reply.deferred()
  let count = 0
  database.keys.forEach((address) => {
    const chunk = chunkOf(arena, address)
    const from = keyStart(arena, address)
    const to = from + keyLength(arena, address)
    if (!pattern.matchesAll && !pattern.matches(chunk, from, to)) return
    if (database.hasExpired(address)) return
    reply.bulkRange(chunk, from, to)
    count++
  })
  reply.endDeferred(mark, 'array', count)
}

export function scan(ctx: CommandContext, args: RequestArgs): void {
  const { database, reply } = ctx
  const { arena } = database
  const start = cursorArgument(args, 1)
  let wanted: string | undefined
  const { count, pattern } = scanOptions(args, 2, (index) => {
    if (!args.equals(index, 'TYPE') || index + 1 >= args.count) return 0
    wanted = args.string(index + 1).toLowerCase()
    return 2
  })
  const expired: Buffer[] = []
  writeScan(reply, () => {
    let written = 0
    const cursor = database.keys.scan(start, count, (address) => {
      const chunk = chunkOf(arena, address)
      const from = keyStart(arena, address)
      const to = from + keyLength(arena, address)
      if (pattern !== undefined && !pattern.matches(chunk, from, to)) return
      if (database.hasExpired(address)) {
        expired.push(keyBytes(arena, address))
      } else if (wanted === undefined || typeName(database.entryAt(address)).toLowerCase() === wanted) {
        reply.bulkRange(chunk, from, to)
        written++
      }
    })
    return { cursor, written }
  })
  // The walk over, a look at those past their time deletes them.
  for (const key of expired) database.peek(key, 0, key.length)
}
