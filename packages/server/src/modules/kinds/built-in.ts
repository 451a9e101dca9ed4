import type { AnyCommand, Module } from '@modis/sdk'
import type { Handler } from '../../dispatch/command.ts'
import type { ModuleRecord } from '../module-record.ts'
import type { Registry } from '../registry.ts'
import { version } from '../../version.ts'

/** The handler of a built-in command: its own, given the server's context instead of a module's. */
export function builtInHandler(definition: AnyCommand): Handler | undefined {
  return definition.raw as unknown as Handler | undefined
}

/** Registers the command families that are linked in. */
export function registerFamilies(registry: Registry, families: readonly Module[]): void {
  for (const family of families) {
    const record: ModuleRecord = {
      name: family.name,
      kind: 'built-in',
      version: family.version ?? version,
      path: '',
      args: [],
      definition: family,
      state: 'live',
      value: undefined,
      commands: [],
      loadMs: 0,
    }
    registry.addModule(record)
    for (const [name, definition] of Object.entries(family.commands ?? {})) {
      const named = { group: family.group ?? 'generic', ...(definition as AnyCommand) }
      registry.register(registry.build(record, name, named, builtInHandler))
    }
  }
}
