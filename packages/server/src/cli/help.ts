import type { Option } from '../config/option.ts'
import { formatOption } from '../config/option-value.ts'
import { OPTIONS } from '../config/options.ts'
import { redisVersion, version } from '../version.ts'

const COLUMN = 34

/** What `modis --version` prints. */
export const versionText = `Modis server v=${version} redis=${redisVersion} node=${process.versions.node} bits=64\n`

/** What `modis --help` prints: how it is called, and every option that means something. */
export function helpText(): string {
  return `Usage: modis [file] [--name value ...] ...
       modis - (reads the configuration from the standard input)
       modis --help | --version

The file is in the format of redis.conf, or by its ending JSON, YAML or a module of JavaScript. Without one, Modis
looks for modis.config.*, .modisrc and "modis" in package.json. Options override the file.

Examples:
       modis --port 7777
       modis /etc/modis.conf --loglevel verbose
       modis --loadmodule my-module first-argument --my-module.limit 10
       modis --save "" --dir /tmp

${sections().join('\n')}`
}

function sections(): string[] {
  const names = new Set(OPTIONS.map(({ section }) => section ?? 'general'))
  return [...names].flatMap((name) => {
    const options = OPTIONS.filter(
      (option) => (option.section ?? 'general') === name && option.noEffect !== true,
    )
    if (options.length === 0) return []
    const title = `${name[0]?.toUpperCase()}${name.slice(1)}:`
    return [`${title}\n${options.map(line).join('')}`]
  })
}

function line(option: Option): string {
  const value = option.type === 'directive' ? '...' : formatOption(option, option.default)
  const shown = `  --${option.name} ${/^\S+$/.test(value) ? value : `"${value}"`}`
  const gap = shown.length < COLUMN ? shown.padEnd(COLUMN) : `${shown}\n${' '.repeat(COLUMN)}`
  return `${gap} ${option.summary}\n`
}
