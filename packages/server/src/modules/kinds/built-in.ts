import type { AnyCommand, Module } from '@modis/sdk'
import type { Handler } from '../../dispatch/command.ts'
import { version } from '../../version.ts'
import { newRecord } from '../module-record.ts'
import type { Registry } from '../registry.ts'

/** The handler of a built-in command: its own, given the server's context instead of a module's. */
function builtInHandler(definition: AnyCommand): Handler | undefined {
  return definition.raw as unknown as Handler | undefined
}

/** Registers the command families that are linked in. */
export function registerFamilies(registry: Registry, families: readonly Module[]): void {
  for (const family of families) {
    const record = newRecord({
      name: family.name,
      kind: 'built-in',
      version: family.version ?? version,
      path: '',
      source: '',
      args: [],
      directive: undefined,
      instance: undefined,
    })
    record.definition = family
    record.state = 'live'
    registry.addModule(record)
    for (const [name, definition] of Object.entries(family.commands ?? {})) {
      const named = { group: family.group ?? 'generic', ...(definition as AnyCommand) }
      registry.register(registry.build(record, name, named, builtInHandler))
    }
  }
}
