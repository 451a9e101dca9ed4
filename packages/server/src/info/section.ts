import type { Server } from '../server.ts'

/** One line of INFO: a field and its value. */
export type InfoField = readonly [name: string, value: string | number | bigint]

/** A section of INFO. */
export interface InfoSectionDefinition {
  /** What INFO is given to ask for it. */
  readonly name: string
  /** Its heading. */
  readonly title: string
  /** Whether a plain INFO shows it. */
  readonly isDefault: boolean
  readonly fields: (server: Server) => Iterable<InfoField>
}

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P'] as const

/** A number of bytes as INFO's `_human` fields show it: `1.50M`. */
export function humanBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return unit === 0 ? `${value}B` : `${value.toFixed(2)}${UNITS[unit]}`
}
