/** Levels of the log, from the chattiest. */
export const LOG_LEVELS = ['debug', 'verbose', 'notice', 'warning'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const MARKS: Readonly<Record<LogLevel, string>> = { debug: '.', verbose: '-', notice: '*', warning: '#' }
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The server's log in Redis's line format: `pid:role day month year time mark text`. */
export class Log {
  readonly #write: (line: string) => void
  level: LogLevel = 'notice'

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  debug(text: string): void {
    this.log('debug', text)
  }

  verbose(text: string): void {
    this.log('verbose', text)
  }

  notice(text: string): void {
    this.log('notice', text)
  }

  warning(text: string): void {
    this.log('warning', text)
  }

  log(level: LogLevel, text: string): void {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(this.level)) return
    this.#write(`${process.pid}:M ${timestamp(new Date())} ${MARKS[level]} ${text}\n`)
  }
}

function timestamp(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  const milliseconds = String(at.getMilliseconds()).padStart(3, '0')
  return `${two(at.getDate())} ${MONTHS[at.getMonth()]} ${at.getFullYear()} ${time}.${milliseconds}`
}
