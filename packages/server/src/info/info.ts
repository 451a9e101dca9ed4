import type { Server } from '../server.ts'
import type { InfoSectionDefinition } from './section.ts'
import { clientsSection } from './sections/clients.ts'
import { commandStatsSection, errorStatsSection, latencyStatsSection } from './sections/commands.ts'
import { memorySection } from './sections/memory.ts'
import { modulesSection } from './sections/modules.ts'
import { persistenceSection } from './sections/persistence.ts'
import { clusterSection, cpuSection, keyspaceSection, replicationSection } from './sections/rest.ts'
import { serverSection } from './sections/server.ts'
import { statsSection } from './sections/stats.ts'

/** The sections of INFO in the order they are printed. */
const SECTIONS: readonly InfoSectionDefinition[] = [
  serverSection,
  clientsSection,
  memorySection,
  persistenceSection,
  statsSection,
  replicationSection,
  cpuSection,
  modulesSection,
  commandStatsSection,
  errorStatsSection,
  latencyStatsSection,
  clusterSection,
  keyspaceSection,
]

/**
 * The text of INFO for the sections asked for: names, `default`, `all` or `everything`, and the names of modules and of
 * their sections; the default ones where none is asked for.
 */
export function infoText(server: Server, asked: readonly string[]): string {
  const names = new Set((asked.length === 0 ? ['default'] : asked).map((name) => name.toLowerCase()))
  const everything = names.has('everything')
  const all = everything || names.has('all')
  const wanted = SECTIONS.filter(
    ({ name, isDefault }) => all || names.has(name) || (isDefault && names.has('default')),
  )
  const texts = wanted.map((section) => sectionText(server, section))
  const known = new Set([...SECTIONS.map(({ name }) => name), 'default', 'all', 'everything'])
  if (everything || names.has('modules')) texts.push(server.infoSections.text())
  else for (const name of names) if (!known.has(name)) texts.push(moduleSection(server, name))
  return texts.filter((text) => text !== '').join('\r\n')
}

function sectionText(server: Server, { title, fields }: InfoSectionDefinition): string {
  let text = `# ${title}\r\n`
  for (const [name, value] of fields(server)) text += `${name}:${value}\r\n`
  return text
}

/** Sections of the module called `name`, or the one section that has this name. */
function moduleSection(server: Server, name: string): string {
  const ofModule = [...server.registry.modules.keys()].find((each) => each.toLowerCase() === name)
  if (ofModule !== undefined) return server.infoSections.text(ofModule)
  const sections = server.infoSections.text().split(/(?=^# )/m)
  return sections.filter((text) => text.toLowerCase().startsWith(`# ${name}\r\n`)).join('')
}
