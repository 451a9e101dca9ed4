import type { LatencyHistory } from '../../info/slow-commands.ts'

const ROWS = 4
const RULE = '-'.repeat(80)
/** What an event is about and what helps, for LATENCY DOCTOR. */
const ADVICE: Readonly<Record<string, string>> = {
  command:
    'Commands that look at many elements take long: SLOWLOG tells which. SCAN and its kin do the same in parts.',
  'fast-command':
    'Commands that should be quick were not: other programs may have the processor, or memory is swapped out.',
}

/** What LATENCY GRAPH shows: the samples of an event as bars, the oldest first, with how long ago each was. */
export function latencyGraph(event: string, { samples, longest }: LatencyHistory): string {
  const durations = samples.map(({ milliseconds }) => milliseconds)
  const high = Math.max(...durations)
  const low = Math.min(...durations)
  const heights = durations.map((each) =>
    high === low ? 1 : 1 + Math.round(((each - low) / (high - low)) * (ROWS - 1)),
  )
  const ages = samples.map(({ time }) => age(Math.floor(Date.now() / 1000) - time))
  const rows: string[] = []
  for (let row = ROWS; row >= 1; row--) {
    rows.push(heights.map((height) => (height === row ? '#' : height > row ? '|' : ' ')).join(''))
  }
  const labels = Array.from({ length: Math.max(...ages.map(({ length }) => length)) }, (_, at) =>
    ages.map((each) => each[at] ?? ' ').join(''),
  )
  const head = `${event} - high ${high} ms, low ${low} ms (all time high ${longest} ms)`
  return [head, RULE, ...rows, '', ...labels, ''].map((line) => `${line.trimEnd()}\n`).join('')
}

/** Seconds in the largest unit that is not zero, to be written downwards. */
function age(seconds: number): string {
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  return seconds < 86400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86400)}d`
}

/** What LATENCY DOCTOR says: each event with its figures and what helps. */
export function latencyReport(latencies: ReadonlyMap<string, LatencyHistory>, thresholdMs: number): string {
  if (thresholdMs === 0) {
    return 'Latency is not watched. CONFIG SET latency-monitor-threshold to the milliseconds from which an event counts.\n'
  }
  if (latencies.size === 0) return `No event took ${thresholdMs} ms or longer.\n`
  const lines = [...latencies].map(([event, { samples, longest }]) => {
    const durations = samples.map(({ milliseconds }) => milliseconds)
    const mean = durations.reduce((sum, each) => sum + each, 0) / durations.length
    const deviation = durations.reduce((sum, each) => sum + Math.abs(each - mean), 0) / durations.length
    const seconds = Math.max(1, (samples.at(-1)?.time ?? 0) - (samples[0]?.time ?? 0)) / durations.length
    return (
      `${event}: ${durations.length} in the history (mean ${mean.toFixed(0)} ms, mean deviation ${deviation.toFixed(0)} ms, ` +
      `one in ${seconds.toFixed(1)} s), longest ever ${longest} ms. ${ADVICE[event] ?? ''}`.trimEnd()
    )
  })
  return `${lines.join('\n')}\n`
}
