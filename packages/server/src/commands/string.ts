import { arg } from '@modis/sdk'
import type { CommandContext } from '../dispatch/command-context.ts'
import { Encoding, Type } from '../keyspace/entry-layout.ts'
import type { LargeString } from '../keyspace/objects.ts'
import type { RequestArgs } from '../protocol/request-args.ts'
import { defineFamily } from './family.ts'

export const stringFamily = defineFamily({
  name: 'string',
  group: 'string',
  categories: ['string'],
  commands: {
    get: {
      summary: 'Returns the string at a key.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['readonly', 'fast'],
      args: { key: arg.key({ flags: ['RO', 'access'] }) },
      raw: get,
    },
    set: {
      summary: 'Sets a key to a string, whatever it held.',
      since: '1.0.0',
      complexity: 'O(1)',
      flags: ['write', 'denyoom'],
      args: { key: arg.key({ flags: ['RW', 'access', 'update'] }), value: arg.bytes() },
      raw: set,
    },
  },
})

function get(ctx: CommandContext, args: RequestArgs): void {
  const entry = ctx.database.read(args.buffer, args.starts[1] as number, args.ends[1] as number)
  if (entry === undefined) {
    ctx.reply.null()
    return
  }
  if (entry.expect(Type.string).encoding === Encoding.object) {
    const large = entry.object<LargeString>()
    ctx.reply.bulkRange(large.bytes, 0, large.length)
  } else ctx.reply.bulkRange(entry.bytes, entry.start, entry.start + entry.length)
}

/** How a string of these bytes is kept: as an integer, short or long. */
function stringEncoding(args: RequestArgs, index: number): Encoding {
  const length = args.length(index)
  if (length <= 20 && args.isInteger(index)) return Encoding.integer
  return length <= 44 ? Encoding.embedded : Encoding.raw
}

function set(ctx: CommandContext, args: RequestArgs): void {
  const { buffer, starts, ends } = args
  ctx.database.setString(
    buffer,
    starts[1] as number,
    ends[1] as number,
    buffer,
    starts[2] as number,
    ends[2] as number,
    stringEncoding(args, 2),
  )
  ctx.changed(args, 1, 'string', 'set')
  ctx.reply.ok()
}
