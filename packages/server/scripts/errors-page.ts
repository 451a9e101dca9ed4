import { MODULE_ERRORS, type ModuleStep } from '../src/modules/module-error.ts'

/** The first words of error replies, as Redis has them, and when they come. */
const REPLY_CODES: Readonly<Record<string, string>> = {
  ERR: 'Everything that has no word of its own: unknown commands, wrong arguments, what a module threw.',
  WRONGTYPE: 'The key holds a value of another type than the command works on.',
  NOAUTH: 'The client has to authenticate first.',
  WRONGPASS: 'The name or the password is wrong.',
  DENIED: 'Protected mode refuses connections from other machines.',
  NOPROTO: 'HELLO asked for another protocol version than 2 or 3.',
  EXECABORT: 'A command could not be queued, so that the transaction was not run.',
  LOADING: 'The data is being loaded; commands without the flag `loading` are refused until its end.',
  BUSY: 'A module is in the middle of a long command; only commands with the flag `allow_busy` run.',
  MISCONF: 'The last save failed, and `stop-writes-on-bgsave-error` is `yes`.',
  OOM: '`maxmemory` is reached, and nothing may be evicted.',
  BUSYKEY: 'The key that RESTORE was to make exists.',
  UNBLOCKED: 'The wait of the client was ended, by CLIENT UNBLOCK or because the module was unloaded.',
}

const STEPS: Readonly<Record<ModuleStep, string>> = {
  arguments: 'The words of MODULE LOADEX are read.',
  resolve: 'The name or path is found.',
  open: 'The package is evaluated, or the shared object opened.',
  check: 'What the module says of itself is compared with the server and the other modules.',
  load: "The module's own `load`, or `RedisModule_OnLoad`, runs.",
  'carry over': 'At a reload, the values of its data types are taken over from the old version.',
  unload: 'A module is asked to go. The replies are those of Redis and do not show the code.',
}

/** docs/reference/errors.md. */
export function errorsPage(): string {
  const steps = Object.entries(STEPS).map(([step, when]) => stepSection(step as ModuleStep, when))
  return `# Errors

## Error replies

The first word of an error reply is for programs, the rest for people. Modules may use words of their own.

${table(['word', 'meaning'], Object.entries(REPLY_CODES))}

A module's handler that throws a \`CommandError\` chooses both. Anything else it throws becomes
\`ERR <command> failed: <message>\`, stands in the log with its stack, and is counted against the module in
\`INFO modules\`; other commands and clients are not affected.

## Errors of modules

A load that fails leaves nothing of the module behind; a reload that fails leaves the old version serving. The reply
names the step, the reason and a code that stays the same between versions:

\`\`\`
ERR Error loading the extension. <step>: <reason> [<code>]
\`\`\`

The same line, with the name that was given, stands in the log. At start, it ends the server.

${steps.join('\n')}`
}

function stepSection(step: ModuleStep, when: string): string {
  const rows = Object.entries(MODULE_ERRORS)
    .filter(([, error]) => error.step === step)
    .map(([code, { meaning }]): [string, string] => [code, meaning])
  return `### ${step}\n\n${when}\n\n${table(['code', 'meaning'], rows)}\n`
}

function table(head: readonly [string, string], rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  return [`| ${head.join(' | ')} |`, '|---|---|', ...lines].join('\n')
}
