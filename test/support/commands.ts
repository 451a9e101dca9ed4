import type { CommandLine } from './pair.ts'

/** The commands of a text: one a line, or several with ` | ` between them. */
export function commands(text: string): CommandLine[] {
  return text
    .split(/\n| \| /)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
