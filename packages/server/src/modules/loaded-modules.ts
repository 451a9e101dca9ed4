import { bytesOf } from '../protocol/lossless-text.ts'
import type { ReplyWriter } from '../protocol/reply-writer.ts'
import type { ModuleRecord } from './module-record.ts'
import type { Registry } from './registry.ts'

/** The modules that were loaded, in the order they came; built-ins are part of the server. */
export function loadedModules(registry: Registry): ModuleRecord[] {
  return [...registry.modules.values()].filter(({ kind }) => kind !== 'built-in')
}

/** Writes the reply of MODULE LIST, which is also a part of that of HELLO. */
export function writeLoadedModules(reply: ReplyWriter, registry: Registry): void {
  const modules = loadedModules(registry)
  reply.array(modules.length)
  for (const { name, versionNumber, path, args } of modules) {
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
