import { bytesOf } from '../protocol/lossless-text.ts'
import type { ReplyWriter } from '../protocol/reply-writer.ts'
import type { Registry } from './registry.ts'

/** Writes the reply of MODULE LIST, which is also a part of that of HELLO. */
export function writeLoadedModules(reply: ReplyWriter, registry: Registry): void {
  reply.array(registry.modules.size)
  for (const { name, versionNumber, path, args } of registry.modules.values()) {
    reply.map(4)
    reply.bulk('name')
    reply.bulk(name)
    reply.bulk('ver')
    reply.integer(versionNumber)
    reply.bulk('path')
    reply.bulk(path)
    reply.bulk('args')
    reply.array(args.length)
    for (const arg of args) reply.bulk(bytesOf(arg))
  }
}
