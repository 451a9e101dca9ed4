import type { Reply } from '@modis/sdk'
import type { Registry } from '../modules/registry.ts'

/** Replies the modules that were loaded, as MODULE LIST and HELLO do: built-in ones are not among them. */
export function writeLoadedModules(reply: Reply, registry: Registry): void {
  const loaded = [...registry.modules.values()].filter(({ kind }) => kind !== 'built-in')
  reply.array(loaded.length)
  for (const { name, versionNumber, path, args } of loaded) {
    reply.map(4)
    reply.bulk('name')
    reply.bulk(name)
    reply.bulk('ver')
    reply.integer(versionNumber)
    reply.bulk('path')
    reply.bulk(path)
    reply.bulk('args')
    reply.array(args.length)
    for (const each of args) reply.bulk(each)
  }
}
