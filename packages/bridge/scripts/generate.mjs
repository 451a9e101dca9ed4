// Writes what follows from the table of functions (src/native/functions.def): the declarations in
// include/redismodule.h and docs/reference/redis-module-api.md. With --check it writes nothing and
// fails when one of them is not what it would write.

import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), '..')
const tableFile = join(packageFolder, 'src/native/functions.def')
const headerFile = join(packageFolder, 'include/redismodule.h')
const referenceFile = join(packageFolder, '../../docs/reference/redis-module-api.md')

/** The rows of the table, in its order. */
function readTable() {
  const rows = []
  for (const line of readFileSync(tableFile, 'utf8').split('\n')) {
    const match = /^(FN|NO)\(([\w-]+), ([\w-]+), ([\w.]+), (.+?), (\w+), (\(.*)\)$/.exec(line)
    if (!match) continue
    const [, kind, section, tier, since, result, name, rest] = match
    const end = closingParenthesis(rest)
    const reason = rest.slice(end + 1).replace(/^, /, '')
    rows.push({
      implemented: kind === 'FN',
      section,
      tier,
      since,
      result,
      name,
      parameters: rest.slice(0, end + 1),
      reason,
    })
  }
  return rows
}

function closingParenthesis(text) {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth++
    if (text[index] === ')' && --depth === 0) return index
  }
  throw new Error(`unbalanced parentheses: ${text}`)
}

function between(text, name, lines) {
  const start = `/* ${name} */\n`
  const stop = `/* end of ${name} */`
  const from = text.indexOf(start) + start.length
  const to = text.lastIndexOf('\n', text.indexOf(stop)) + 1
  return text.slice(0, from) + lines.join('\n') + (lines.length ? '\n' : '') + text.slice(to)
}

function header(rows) {
  const printf = { CreateStringPrintf: '2, 3', Log: '3, 4', LogIOError: '3, 4', ReplyWithErrorFormat: '' }
  const declarations = rows.map(({ result, name, parameters }) => {
    const pointer = result.endsWith('*') ? `${result}(` : `${result} (`
    const format = printf[name] ? ` __attribute__((format(printf, ${printf[name]})))` : ''
    return `REDISMODULE_API ${pointer}*RedisModule_${name})${parameters} REDISMODULE_ATTR${format};`
  })
  const requests = rows.map(
    ({ name }) => `  RedisModule_GetApi("RedisModule_${name}", (void *)&RedisModule_${name});`,
  )
  const text = between(readFileSync(headerFile, 'utf8'), 'functions', declarations)
  return between(text, 'requests', requests)
}

function reference(rows) {
  const implemented = rows.filter((row) => row.implemented).length
  const lines = [
    '# The Redis Modules C API in Modis',
    '',
    '<!-- Generated from packages/bridge/src/native/functions.def by `pnpm run generate`. -->',
    '',
    `${implemented} of ${rows.length} functions. A function that is absent is not handed out by`,
    '`RedisModule_GetApi`, so that a module which probes for it finds out.',
    '',
  ]
  for (const section of [...new Set(rows.map((row) => row.section))]) {
    lines.push(`## ${section}`, '', '| function | since | |', '|---|---|---|')
    for (const row of rows.filter((each) => each.section === section)) {
      lines.push(`| \`${row.name}\` | ${row.since} | ${row.implemented ? 'yes' : `absent: ${row.reason}`} |`)
    }
    lines.push('')
  }
  return `${lines.join('\n').trimEnd()}\n`
}

function main() {
  const rows = readTable()
  const stale = []
  for (const [file, text] of [
    [headerFile, header(rows)],
    [referenceFile, reference(rows)],
  ]) {
    let current = ''
    try {
      current = readFileSync(file, 'utf8')
    } catch {}
    if (current === text) continue
    stale.push(file)
    if (!process.argv.includes('--check')) writeFileSync(file, text)
  }
  if (stale.length > 0 && process.argv.includes('--check')) {
    console.error(`out of date, run pnpm run generate in packages/bridge:\n${stale.join('\n')}`)
    process.exitCode = 1
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
