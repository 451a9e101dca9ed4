import type { Command } from '../../dispatch/command.ts'
import type { Server } from '../../server.ts'
import type { InfoField, InfoSectionDefinition } from '../section.ts'

export const commandStatsSection: InfoSectionDefinition = {
  name: 'commandstats',
  title: 'Commandstats',
  isDefault: false,
  fields: commandStats,
}

export const errorStatsSection: InfoSectionDefinition = {
  name: 'errorstats',
  title: 'Errorstats',
  isDefault: true,
  fields: ({ stats }) =>
    [...stats.errors]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, count]): InfoField => [`errorstat_${safeName(code)}`, `count=${count}`]),
}

export const latencyStatsSection: InfoSectionDefinition = {
  name: 'latencystats',
  title: 'Latencystats',
  isDefault: false,
  fields: latencyStats,
}

/** All commands and their subcommands. */
export function* allCommands(commands: Iterable<Command>): Iterable<Command> {
  for (const command of commands) {
    yield command
    if (command.subcommands !== undefined) yield* allCommands(command.subcommands.values())
  }
}

/** A name that cannot tear a line of INFO apart. */
function safeName(name: string): string {
  return name.replace(/[#:\n\r]/g, '_')
}

function* commandStats({ registry }: Server): Iterable<InfoField> {
  for (const { fullName, calls, microseconds, rejected, failed } of allCommands(registry.commands.values())) {
    if (calls === 0 && rejected === 0 && failed === 0) continue
    const each = calls === 0 ? 0 : microseconds / calls
    yield [
      `cmdstat_${safeName(fullName)}`,
      `calls=${calls},usec=${Math.round(microseconds)},usec_per_call=${each.toFixed(2)},` +
        `rejected_calls=${rejected},failed_calls=${failed}`,
    ]
  }
}

function* latencyStats({ config, registry }: Server): Iterable<InfoField> {
  if (!config.boolean('latency-tracking')) return
  const percentiles = config.words('latency-tracking-info-percentiles')
  for (const { fullName, histogram } of allCommands(registry.commands.values())) {
    if (histogram === undefined || histogram.count === 0) continue
    const values = percentiles.map((each) => `p${each}=${histogram.percentile(Number(each)).toFixed(3)}`)
    yield [`latency_percentiles_usec_${safeName(fullName)}`, values.join(',')]
  }
}
