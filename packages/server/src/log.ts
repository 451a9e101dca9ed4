import { appendFileSync } from 'node:fs'

/** Levels of the log, from the chattiest; a log of level `nothing` stays empty. */
export const LOG_LEVELS = ['debug', 'verbose', 'notice', 'warning', 'nothing'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const MARKS: Readonly<Record<LogLevel, string>> = {
  debug: '.',
  verbose: '-',
  notice: '*',
  warning: '#',
  nothing: '#',
}
const COLOURS: Readonly<Record<LogLevel, string>> = {
  debug: '\x1b[2m',
  verbose: '\x1b[2m',
  notice: '',
  warning: '\x1b[33m',
  nothing: '',
}
const DIM = '\x1b[2m'
const PLAIN = '\x1b[0m'
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The server's log in Redis's line format: `pid:role day month year time mark text`, one line for each message. */
export class Log {
  readonly #write: (line: string) => void
  readonly #coloured: boolean
  level: LogLevel = 'notice'

  constructor(write: (line: string) => void, coloured = false) {
    this.#write = write
    this.#coloured = coloured
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
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(this.level) || this.level === 'nothing') return
    const head = `${process.pid}:M ${timestamp(new Date())} ${MARKS[level]}`
    if (this.#coloured) this.#write(`${DIM}${head}${PLAIN} ${COLOURS[level]}${text}${PLAIN}\n`)
    else this.#write(`${head} ${text.replaceAll('\n', '\\n')}\n`)
  }
}

/** A log that is thrown away. */
export const silentLog = (): Log => new Log(() => {})

/**
 * The log that `logfile` asks for: a file, which is opened anew for every line so that it may be moved away, or the
 * standard output, with colours where that is a terminal.
 */
export function openLog(file: string): Log {
  if (file !== '') return new Log((line) => appendFileSync(file, line))
  const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR
  return new Log((line) => process.stdout.write(line), coloured)
}

function timestamp(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  const milliseconds = String(at.getMilliseconds()).padStart(3, '0')
  return `${two(at.getDate())} ${MONTHS[at.getMonth()]} ${at.getFullYear()} ${time}.${milliseconds}`
}
