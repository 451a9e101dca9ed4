import { EVENT_LETTERS, normalizeEventFlags } from '../../keyspace/notifications.ts'
import { percentileRules } from '../words-options.ts'
import { boolean, inSection, integer, MAX_LONG, oneof, string, words } from './builders.ts'

export const observabilityOptions = inSection('observability', [
  oneof(
    'loglevel',
    'notice',
    ['debug', 'verbose', 'notice', 'warning', 'nothing'],
    'Least important messages that are logged.',
  ),
  string('logfile', '', 'File that the log is appended to; empty for the standard output.', {
    immutable: true,
  }),
  string('notify-keyspace-events', '', 'Classes of keyspace events that are published.', {
    allowed: `letters of \`${EVENT_LETTERS}\``,
    normalize: normalizeEventFlags,
  }),
  integer(
    'slowlog-log-slower-than',
    10000,
    [-1, MAX_LONG],
    'Microseconds from which a command is in SLOWLOG; −1 for none.',
  ),
  integer('slowlog-max-len', 128, [0, MAX_LONG], 'Entries of SLOWLOG.'),
  integer(
    'latency-monitor-threshold',
    0,
    [0, MAX_LONG],
    'Milliseconds from which an event is in LATENCY; 0 for none.',
  ),
  boolean('latency-tracking', true, 'Keeps a histogram of each command’s durations.'),
  words(
    'latency-tracking-info-percentiles',
    '50 99 99.9',
    percentileRules,
    'Percentiles of the histograms that INFO shows.',
  ),
])
