#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { create, templates, UsageError } from './create.ts'

const help = `Starts a module for Modis, a Redis-compatible server.

  npm create modis-module <name> -- [--template <template>]

<name> is that of the new npm package, with or without a scope. The module is written into a new
folder of that name, and asks nothing.

Options
  --template <template>  the module's shape, ${Object.keys(templates)[0]} unless given:
${Object.entries(templates)
  .map(([name, text]) => `                           ${name.padEnd(13)} ${text}`)
  .join('\n')}
  --help                 this text
  --version              the version of this program
`

try {
  main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`create-modis-module: ${error.message}`)
  process.exitCode = 1
}

function main(args: string[]): void {
  const { positionals, values } = parse(args)
  if (values.help) {
    process.stdout.write(help)
    return
  }
  if (values.version) {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
    console.log(version)
    return
  }
  const [name, ...rest] = positionals
  if (name === undefined) throw new UsageError('which name? See npm create modis-module -- --help')
  if (rest.length > 0) throw new UsageError(`one name is enough; what is '${rest[0]}'?`)
  const folder = create({ name, template: values.template, parent: process.cwd() })
  process.stdout.write(`${name} is in ${folder}/: ${describe(values.template)}

  cd ${folder}
  npm install
  npm test
  npm start    # a server with the module live, for redis-cli

README.md in that folder says how it goes on.
`)
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args: withNpmOption(args),
      allowPositionals: true,
      options: {
        template: { type: 'string', default: 'typescript' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', short: 'v', default: false },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

// Without `--`, npm takes `--template data-type` for an option of its own: it leaves 'data-type' as
// the last argument, `--template=data-type` in the environment alone. npx passes the `--` on.
function withNpmOption(args: string[]): string[] {
  const own = args.filter((argument) => argument !== '--')
  const template = process.env.npm_config_template
  if (template === undefined || own.some((argument) => argument.startsWith('--template'))) return own
  return template === 'true'
    ? [...own.slice(0, -1), '--template', ...own.slice(-1)]
    : [...own, '--template', template]
}

function describe(template: string): string {
  return Object.entries(templates).find(([name]) => name === template)?.[1] ?? template
}
