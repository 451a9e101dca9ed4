import type { LiveValues } from '../../modules/data-types.ts'
import type { ModuleRecord } from '../../modules/module-record.ts'
import type { Server } from '../../server.ts'
import type { InfoField, InfoSectionDefinition } from '../section.ts'
import { allCommands } from './commands.ts'

/** Values of one data type whose memory is asked for; the rest is taken to be like them. */
const MOST_MEASURED = 1000

/**
 * Every module. The lines `module:name=…` are those of Redis and tell of loaded modules alone; the lines
 * `modulestat_<name>:…` tell of all, built-in ones included.
 */
export const modulesSection: InfoSectionDefinition = {
  name: 'modules',
  title: 'Modules',
  isDefault: true,
  fields: (server) => {
    const loaded = [...server.registry.modules.values()]
    const builtIn = [...server.registry.builtIns.values()]
    return [
      ...loaded.map((record): InfoField => ['module', redisLine(server, record)]),
      ...[...loaded, ...builtIn].map((record): InfoField => [`modulestat_${record.name}`, figures(record)]),
    ]
  },
}

function redisLine({ registry, commandFilters, sharedApis }: Server, record: ModuleRecord): string {
  const names = (values: readonly string[]): string => `[${values.join('|')}]`
  const used = [...registry.modules.values()].filter((each) => sharedApis.usersOf(each).includes(record.name))
  return (
    `name=${record.name},ver=${record.versionNumber},api=1,filters=${commandFilters.countOf(record)},` +
    `usedby=${names(sharedApis.usersOf(record))},using=${names(used.map(({ name }) => name))},` +
    `options=${names(record.instance?.options ?? [])}`
  )
}

function figures(record: ModuleRecord): string {
  const { kind, version, state, loadMs } = record
  let count = 0
  let calls = 0
  let microseconds = 0
  let { failures } = record
  for (const command of allCommands(record.commands)) {
    count++
    calls += command.calls
    microseconds += command.microseconds
    failures += command.failed
  }
  const memory = record.types.reduce((sum, { values }) => sum + memoryOf(values), 0)
  return (
    `kind=${kind.replaceAll(' ', '-')},version=${version},state=${state},load_ms=${loadMs.toFixed(1)},` +
    `commands=${count},calls=${calls},usec=${Math.round(microseconds)},failures=${failures},` +
    `memory=${memory}`
  )
}

/** Bytes that the values of a data type take: of many values a part is measured and the rest estimated. */
function memoryOf(values: LiveValues): number {
  let measured = 0
  let bytes = 0
  for (let value = values.first; value !== undefined && measured < MOST_MEASURED; value = value.next) {
    bytes += value.memoryBytes
    measured++
  }
  return measured === 0 ? 0 : Math.round((bytes / measured) * values.count)
}
