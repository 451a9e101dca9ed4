import { oomScoreRules, shutdownRules } from '../words-options.ts'
import { boolean, inSection, integer, MAX_INT, oneof, string, withoutEffect, words } from './builders.ts'

const SYSLOG_FACILITIES = ['user', ...[0, 1, 2, 3, 4, 5, 6, 7].map((number) => `local${number}`)]

const TITLE_VARIABLES = [
  'title',
  'listen-addr',
  'server-mode',
  'port',
  'tls-port',
  'unixsocket',
  'config-file',
]

function checkTitleTemplate(template: string): string {
  const rest = template.replace(/\{([\w-]+)\}/g, (all, name: string) =>
    TITLE_VARIABLES.includes(name) ? '' : all,
  )
  if (/[{}]/.test(rest)) throw new RangeError('template format is invalid or contains unknown variables')
  return template
}

export const generalOptions = inSection('general', [
  integer('databases', 16, [1, MAX_INT], 'Number of databases.', { immutable: true }),
  integer('hz', 10, [0, MAX_INT], 'Rounds of periodic work in a second.', { clamp: { min: 1, max: 500 } }),
  boolean('daemonize', false, 'Goes on in the background.', { immutable: true }),
  string('pidfile', '', 'File that holds the process id while the server runs; empty for none.', {
    immutable: true,
  }),
  boolean('set-proc-title', true, 'Shows address and port in the title of the process.', { immutable: true }),
  string('proc-title-template', '{title} {listen-addr} {server-mode}', 'Form of the process title.', {
    allowed: `text with ${TITLE_VARIABLES.map((name) => `{${name}}`).join(', ')}`,
    normalize: checkTitleTemplate,
  }),
  words('shutdown-on-sigint', 'default', shutdownRules, 'How SIGINT shuts down: the options of SHUTDOWN.'),
  words('shutdown-on-sigterm', 'default', shutdownRules, 'How SIGTERM shuts down: the options of SHUTDOWN.'),
  integer(
    'busy-reply-threshold',
    5000,
    [0, Number.MAX_SAFE_INTEGER],
    'Milliseconds after which a module that gives others time in the middle of a command has clients served.',
    { alias: 'lua-time-limit' },
  ),
  oneof('supervised', 'no', ['upstart', 'systemd', 'auto', 'no'], 'Who is told that the server is ready.', {
    immutable: true,
  }),
  ...withoutEffect([
    integer('shutdown-timeout', 10, [0, MAX_INT], 'Seconds a shutdown waits for replicas.'),
    boolean('always-show-logo', false, 'Shows a logo at start.', { immutable: true }),
    boolean('syslog-enabled', false, 'Logs to syslog.', { immutable: true, only: false }),
    string('syslog-ident', 'redis', 'Name in syslog.', { immutable: true }),
    oneof('syslog-facility', 'local0', SYSLOG_FACILITIES, 'Facility in syslog.', { immutable: true }),
    boolean('dynamic-hz', true, 'More rounds of periodic work for more clients.'),
    boolean('crash-log-enabled', true, 'Logs a report at a crash.'),
    boolean('crash-memcheck-enabled', true, 'Tests memory at a crash.'),
    boolean('use-exit-on-panic', false, 'Exits instead of aborting.', { hidden: true }),
    integer('watchdog-period', 0, [0, MAX_INT], 'Milliseconds of a stall that is logged.', { hidden: true }),
    boolean('disable-thp', true, 'Turns transparent huge pages off.', { immutable: true }),
    oneof('oom-score-adj', 'no', ['no', 'yes', 'relative', 'absolute'], 'Adjusts the OOM killer.'),
    words('oom-score-adj-values', '0 200 800', oomScoreRules, 'What the OOM killer is told.'),
    string('ignore-warnings', '', 'Warnings that do not stop the start.'),
    string('locale-collate', '', 'Locale that SORT ALPHA compares in.'),
    integer('io-threads', 1, [1, 128], 'Threads for input and output.', { immutable: true }),
    boolean('io-threads-do-reads', false, 'Reads on those threads too.', { immutable: true }),
    string('server_cpulist', '', 'Processors of the server.', { immutable: true }),
    string('bio_cpulist', '', 'Processors of background threads.', { immutable: true }),
    string('aof_rewrite_cpulist', '', 'Processors of AOF rewrites.', { immutable: true }),
    string('bgsave_cpulist', '', 'Processors of BGSAVE.', { immutable: true }),
  ]),
])
