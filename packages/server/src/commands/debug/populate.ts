import type { CommandContext } from '../../dispatch/command-context.ts'
import { Encoding } from '../../keyspace/entry-layout.ts'
import { textEncoding } from '../../keyspace/types/string.ts'
import { positiveArgument } from '../../protocol/number-arguments.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'

/** DEBUG POPULATE count [prefix] [size]: creates the keys `prefix:0`, `prefix:1`, … that do not exist. */
export function populate(ctx: CommandContext, args: RequestArgs): void {
  const { database, reply } = ctx
  const count = positiveArgument(args, 2)
  const prefix = args.count > 3 ? args.bytes(3) : Buffer.from('key')
  const size = args.count > 4 ? positiveArgument(args, 4) : 0
  for (let i = 0; i < count; i++) {
    const key = Buffer.concat([prefix, Buffer.from(`:${i}`)])
    if (database.write(key, 0, key.length) !== undefined) continue
    const text = Buffer.from(`value:${i}`)
    const value = size === 0 ? text : Buffer.alloc(size)
    if (size > 0) text.copy(value)
    const encoding = size === 0 ? textEncoding(value, 0, value.length) : Encoding.raw
    database.setString(key, 0, key.length, value, 0, value.length, encoding)
    if (ctx.server.changesAreFollowed) ctx.server.keyChanged(database, key)
  }
  reply.ok()
}
