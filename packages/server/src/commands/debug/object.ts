import type { CommandContext } from '../../dispatch/command-context.ts'
import { noSuchKey } from '../../dispatch/command-errors.ts'
import type { Entry } from '../../keyspace/entry.ts'
import { Encoding, Type } from '../../keyspace/entry-layout.ts'
import type { LargeList } from '../../keyspace/types/list.ts'
import type { RequestArgs } from '../../protocol/request-args.ts'
import { encodingName } from '../generic/values.ts'

/** Bytes of a DUMP payload that are not the value: its type, the version of the format and the checksum. */
const DUMP_FRAME_BYTES = 11

/** DEBUG OBJECT: a line about the value of the key in argument 2. */
export function describeObject(ctx: CommandContext, args: RequestArgs): string {
  const { database, server } = ctx
  const entry = database.peek(args.buffer, args.start(2), args.end(2))
  if (entry === undefined) throw noSuchKey
  const length = server.persistence.values.dump(entry).length - DUMP_FRAME_BYTES
  const idle = Math.max(0, (Math.floor(ctx.nowMs / 1000) & 0xffffff) - entry.clock)
  return (
    `Value at:0x${entry.address.toString(16)} refcount:1 encoding:${encodingName(entry)} serializedlength:${length} ` +
    `lru:${entry.clock} lru_seconds_idle:${idle}${listFacts(entry, server.config.integer('list-max-listpack-size'))}`
  )
}

function listFacts(entry: Entry, fill: number): string {
  if (entry.type !== Type.list || entry.encoding !== Encoding.object) return ''
  const { nodeCount, length, sizeBytes, compressDepth } = entry.object<LargeList>()
  const mean = (length / nodeCount).toFixed(2)
  return (
    ` ql_nodes:${nodeCount} ql_avg_node:${mean} ql_listpack_max:${fill} ql_compressed:${compressDepth === 0 ? 0 : 1}` +
    ` ql_uncompressed_size:${sizeBytes}`
  )
}
